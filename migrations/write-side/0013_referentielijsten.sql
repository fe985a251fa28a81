-- The reference lists have a version, so that a program that has read them knows whether they are
-- still so; and a lock: who works with the lists keeps them as they are, who changes one works alone.

CREATE TABLE write_side.referentielijsten (
    enig    boolean PRIMARY KEY DEFAULT true CHECK (enig),
    versie  bigint NOT NULL
);
INSERT INTO write_side.referentielijsten (versie) VALUES (1);

-- Takes the lock ("lijsten" in ASCII) until the transaction ends, and gives the version. The statement
-- inside begins after the wait for the lock and so sees what the other one did.
CREATE FUNCTION write_side.vergrendel_referentielijsten(wijzigen boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF wijzigen THEN
        PERFORM pg_advisory_xact_lock(30515203409208686);
    ELSE
        PERFORM pg_advisory_xact_lock_shared(30515203409208686);
    END IF;
    RETURN (SELECT versie FROM write_side.referentielijsten);
END
$$;

-- Also for whoever changes a list by hand.
CREATE FUNCTION write_side.raise_versie_referentielijsten() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_side.vergrendel_referentielijsten(true);
    UPDATE write_side.referentielijsten SET versie = versie + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER referentiewaarden_versie
    BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON write_side.referentiewaarden
    FOR EACH STATEMENT EXECUTE FUNCTION write_side.raise_versie_referentielijsten();
