-- Parking: an event that cannot be folded holds up its own object only, in one generation. Its later
-- events wait; they are read again from the log by key. Never anything of what an event says.

CREATE TABLE projector.geparkeerd (
    product      text NOT NULL,
    generatie    integer NOT NULL,
    objectsoort  text NOT NULL,
    object_id    uuid NOT NULL,
    -- The first event that cannot be folded.
    positie      bigint NOT NULL,
    versie       bigint NOT NULL,
    gebeurtenis  text NOT NULL,
    oorzaak      text NOT NULL,
    sinds        timestamptz NOT NULL DEFAULT now(),
    -- Events that wait: that one, and those after it.
    wachtend     bigint NOT NULL CHECK (wachtend > 0),
    PRIMARY KEY (product, generatie, objectsoort, object_id),
    FOREIGN KEY (product, generatie) REFERENCES projector.generaties ON DELETE CASCADE
);

-- Events that a product does not take in because somebody said so. Kept, also when it was taken back.
CREATE TABLE projector.overgeslagen (
    nummer           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product          text NOT NULL,
    objectsoort      text NOT NULL,
    object_id        uuid NOT NULL,
    positie          bigint NOT NULL,
    versie           bigint NOT NULL,
    gebeurtenis      text NOT NULL,
    oorzaak          text NOT NULL,
    reden            text NOT NULL CHECK (reden <> ''),
    door             text NOT NULL CHECK (door <> ''),
    op               timestamptz NOT NULL DEFAULT now(),
    ingetrokken_op   timestamptz
);
CREATE UNIQUE INDEX overgeslagen_geldig ON projector.overgeslagen (product, positie)
    WHERE ingetrokken_op IS NULL;

CREATE FUNCTION projector.bewaar_overgeslagen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ingetrokken_op IS NULL
       AND to_jsonb(NEW) - 'ingetrokken_op' = to_jsonb(OLD) - 'ingetrokken_op' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was skipped is kept: it can only be taken back';
END $$;
CREATE TRIGGER bewaar BEFORE UPDATE OR DELETE ON projector.overgeslagen
    FOR EACH ROW EXECUTE FUNCTION projector.bewaar_overgeslagen();
CREATE TRIGGER bewaar_alles BEFORE TRUNCATE ON projector.overgeslagen
    FOR EACH STATEMENT EXECUTE FUNCTION projector.bewaar_overgeslagen();

-- Drift: rows that are not what a replay of the log gives. Names of columns, never what is in them.
CREATE TABLE projector.drift (
    product      text NOT NULL,
    generatie    integer NOT NULL,
    tabel        text NOT NULL,
    objectsoort  text NOT NULL,
    object_id    uuid NOT NULL,
    -- Empty when rows are missing, or there are too many.
    kolommen     text[] NOT NULL,
    sinds        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (product, generatie, tabel, objectsoort, object_id),
    FOREIGN KEY (product, generatie) REFERENCES projector.generaties ON DELETE CASCADE
);

-- How far the continuous check is with one kind of object: it goes through all keys, again and again.
CREATE TABLE projector.driftcontrole (
    product        text NOT NULL,
    generatie      integer NOT NULL,
    objectsoort    text NOT NULL,
    tot            uuid,
    rondes         bigint NOT NULL DEFAULT 0,
    gecontroleerd  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (product, generatie, objectsoort),
    FOREIGN KEY (product, generatie) REFERENCES projector.generaties ON DELETE CASCADE
);

CREATE OR REPLACE VIEW read_side.actualiteit AS
    SELECT c.product, c.positie, c.bijgewerkt_tot, g.generatie,
           (SELECT count(*) FROM projector.geparkeerd p
            WHERE p.product = c.product AND p.generatie = c.generatie) AS geparkeerd
    FROM projector.checkpoints c JOIN projector.generaties g USING (product, generatie)
    WHERE g.actief;
