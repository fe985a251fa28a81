-- What the other handelingen need: categories of partijen, values of reference lists as objects with
-- a version, and vernietiging.

CREATE TABLE write_side.categorie_relaties (
    id           uuid PRIMARY KEY,
    partij       uuid NOT NULL REFERENCES write_side.partijen,
    categorie    text NOT NULL,
    begin_datum  date NOT NULL,
    eind_datum   date,
    CHECK (eind_datum >= begin_datum)
);
-- A partij is in a category once at a time.
CREATE UNIQUE INDEX categorie_relatie_uniek ON write_side.categorie_relaties (partij, categorie)
    WHERE eind_datum IS NULL;

ALTER TABLE write_side.referentiewaarden
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT referentiewaarde_id UNIQUE,
    ADD COLUMN ingangsdatum date,
    ADD COLUMN einddatum date,
    ADD CHECK (einddatum >= ingangsdatum);
ALTER TABLE write_side.referentiewaarden ALTER COLUMN id DROP DEFAULT;
-- The values that came with the program: nothing happened to them yet.
INSERT INTO write_side.objecten (objectsoort, object_id, versie)
    SELECT 'referentiewaarde', id, 0 FROM write_side.referentiewaarden;

CREATE TABLE write_side.vernietigingsvoorstellen (
    id                uuid PRIMARY KEY,
    objectsoort       text NOT NULL,
    object_id         uuid NOT NULL,
    grond             text NOT NULL,
    besluit           text NOT NULL,
    status            text NOT NULL
        CHECK (status IN ('voorgesteld', 'goedgekeurd', 'afgewezen', 'uitgevoerd')),
    voorgesteld_door  text NOT NULL,
    beoordeeld_door   text,
    uitgevoerd_door   text,
    -- Three people: who proposes does not judge, who executes did neither.
    CHECK (beoordeeld_door <> voorgesteld_door),
    CHECK (uitgevoerd_door <> voorgesteld_door AND uitgevoerd_door <> beoordeeld_door)
);
-- An object is proposed once at a time.
CREATE UNIQUE INDEX vernietigingsvoorstel_open ON write_side.vernietigingsvoorstellen
    (objectsoort, object_id) WHERE status IN ('voorgesteld', 'goedgekeurd');

-- The log stays append-only, but for one thing: the content of an event may be destroyed. What is
-- left says where it stood and to which object it happened, or, of a betrokkene, only its part in
-- the contact.
DROP TRIGGER gebeurtenissen_append_only ON write_side.gebeurtenissen;
CREATE TRIGGER gebeurtenissen_append_only
    BEFORE DELETE OR TRUNCATE ON write_side.gebeurtenissen
    FOR EACH STATEMENT EXECUTE FUNCTION write_side.refuse_change();

CREATE FUNCTION write_side.only_destroy_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.positie, NEW.gebeurtenis_id, NEW.handeling_id, NEW.objectsoort, NEW.object_id,
        NEW.versie, NEW.tijdstip)
       IS DISTINCT FROM
       (OLD.positie, OLD.gebeurtenis_id, OLD.handeling_id, OLD.objectsoort, OLD.object_id,
        OLD.versie, OLD.tijdstip) THEN
        RAISE EXCEPTION 'the log is append-only: the place of an event does not change';
    END IF;
    IF NEW.soort = 'InhoudVernietigd' AND NEW.data::jsonb = jsonb_build_object('object',
           jsonb_build_object('soort', OLD.objectsoort, 'id', OLD.object_id)) THEN
        RETURN NEW;
    END IF;
    IF OLD.soort = 'BetrokkeneBijKlantcontactGeregistreerd' AND NEW.soort = OLD.soort
       AND NEW.data::jsonb = OLD.data::jsonb || '{"wasPartij": null, "contactnaam": null,
           "organisatienaam": null, "bezoekadres": null, "correspondentieadres": null}' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the log is append-only: the content of an event may be destroyed, not changed';
END
$$;
CREATE TRIGGER gebeurtenissen_only_destroy_content
    BEFORE UPDATE ON write_side.gebeurtenissen
    FOR EACH ROW EXECUTE FUNCTION write_side.only_destroy_content();
