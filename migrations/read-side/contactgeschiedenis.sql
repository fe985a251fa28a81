-- Contactgeschiedenis: which contacts, by which channel, about what? One row per contact and klant,
-- so that every filter and every page is one walk over one index.

CREATE TABLE contacten (
    partij_id        uuid NOT NULL,
    klantcontact_id  uuid NOT NULL,
    op               timestamptz NOT NULL,
    kanaal           text NOT NULL,
    vertrouwelijk    boolean NOT NULL,
    alleen_klant     boolean NOT NULL,
    contactverzoek   boolean NOT NULL,
    actoren          uuid[] NOT NULL,
    zaken            text[] NOT NULL,
    tekst            text NOT NULL,
    document         json NOT NULL,
    PRIMARY KEY (partij_id, klantcontact_id)
) WITH (fillfactor = 85);
CREATE INDEX contacten_op ON contacten (partij_id, op, klantcontact_id);
CREATE INDEX contacten_klantcontact ON contacten (klantcontact_id);

-- What is counted of a contact: one narrow row each, with what it is counted by and what is measured.
-- No person, no text: of `metadata` only the keys that the municipality allows.
CREATE TABLE contactfeiten (
    klantcontact_id  uuid PRIMARY KEY,
    dag              date NOT NULL,
    kanaal           text NOT NULL,
    richting         text NOT NULL,
    onderwerptype    text,
    team             uuid,
    metadata         jsonb NOT NULL,
    gespreksduur     integer,
    gelukt           boolean,
    opgelost         boolean
) WITH (fillfactor = 85);
CREATE INDEX contactfeiten_dag ON contactfeiten (dag);
