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
    verzoek          boolean NOT NULL,
    product          text,
    actoren          uuid[] NOT NULL,
    zaken            text[] NOT NULL,
    tekst            text NOT NULL,
    document         json NOT NULL,
    PRIMARY KEY (partij_id, klantcontact_id)
) WITH (fillfactor = 85);
CREATE INDEX contacten_op ON contacten (partij_id, op, klantcontact_id);
-- MijnVerzoeken: which applications did I make? The same rows, as far as they are forms.
CREATE INDEX contacten_verzoek ON contacten (partij_id, op, klantcontact_id) WHERE verzoek;
CREATE INDEX contacten_klantcontact ON contacten (klantcontact_id);
