-- The log: which handelingen were done, and which events they recorded. Append-only.

CREATE SCHEMA IF NOT EXISTS write_side;

CREATE TABLE write_side.handelingen (
    handeling_id  uuid PRIMARY KEY,
    soort         text NOT NULL,
    tijdstip      timestamptz NOT NULL,
    door          text NOT NULL,
    toepassing    text NOT NULL,
    doelbinding   text
);

-- One row per object: its lock, and the number of its last event. A handeling locks the rows of the
-- object that it changes before it reads it, so that versions have no holes.
CREATE TABLE write_side.objecten (
    objectsoort  text NOT NULL,
    object_id    uuid NOT NULL,
    versie       bigint NOT NULL,
    PRIMARY KEY (objectsoort, object_id)
) WITH (fillfactor = 70);

-- The position is drawn inside the INSERT, with CACHE 1: reading without gaps rests on it.
CREATE TABLE write_side.gebeurtenissen (
    positie         bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
    gebeurtenis_id  uuid NOT NULL UNIQUE,
    handeling_id    uuid NOT NULL REFERENCES write_side.handelingen,
    objectsoort     text NOT NULL,
    object_id       uuid NOT NULL,
    versie          bigint NOT NULL,
    soort           text NOT NULL,
    schemaversie    smallint NOT NULL,
    data            json NOT NULL,
    tijdstip        timestamptz NOT NULL,
    UNIQUE (objectsoort, object_id, versie)
);
CREATE INDEX gebeurtenissen_handeling ON write_side.gebeurtenissen (handeling_id);

CREATE FUNCTION write_side.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME;
END
$$;
CREATE TRIGGER gebeurtenissen_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON write_side.gebeurtenissen
    FOR EACH STATEMENT EXECUTE FUNCTION write_side.refuse_change();
CREATE TRIGGER handelingen_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON write_side.handelingen
    FOR EACH STATEMENT EXECUTE FUNCTION write_side.refuse_change();
