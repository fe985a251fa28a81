-- Klantbeeld: what must I know to help this klant now? One row per klant answers the usual screen;
-- deeper pages come from klant_contacten and klant_taken.

CREATE TABLE klanten (
    partij_id                     uuid PRIMARY KEY,
    versie                        bigint NOT NULL,
    soort                         text NOT NULL,
    nummer                        text NOT NULL,
    bsn                           text,
    rsin                          text,
    kvk_nummer                    text,
    vestigingsnummer              text,
    aantal_contacten              integer NOT NULL,
    aantal_vertrouwelijk          integer NOT NULL,
    laatste_contact_op            timestamptz,
    aantal_open_contactverzoeken  integer NOT NULL,
    document                      json NOT NULL,
    recente_contacten             json NOT NULL,
    open_contactverzoeken         json NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX klanten_bsn ON klanten (bsn, partij_id) WHERE bsn IS NOT NULL;
CREATE INDEX klanten_rsin ON klanten (rsin, partij_id) WHERE rsin IS NOT NULL;
CREATE INDEX klanten_kvk ON klanten (kvk_nummer, vestigingsnummer, partij_id)
    WHERE kvk_nummer IS NOT NULL;
CREATE INDEX klanten_nummer ON klanten (nummer, partij_id);

-- By what a klant is found who names no number of a register: one row per telephone number, e-mail
-- address and postcode, in one spelling. A klant who asked for secrecy has none.
CREATE TABLE klant_ingangen (
    soort      text NOT NULL,
    waarde     text NOT NULL,
    partij_id  uuid NOT NULL,
    naam       text NOT NULL,
    PRIMARY KEY (soort, waarde, partij_id)
) WITH (fillfactor = 85);
CREATE INDEX klant_ingangen_partij ON klant_ingangen (partij_id);

CREATE TABLE klant_contacten (
    partij_id        uuid NOT NULL,
    klantcontact_id  uuid NOT NULL,
    op               timestamptz NOT NULL,
    vertrouwelijk    boolean NOT NULL,
    verzoek          boolean NOT NULL,
    document         json NOT NULL,
    PRIMARY KEY (partij_id, klantcontact_id)
) WITH (fillfactor = 85);
-- The counts of a klant are read from the index alone.
CREATE INDEX klant_contacten_op ON klant_contacten (partij_id, op, klantcontact_id)
    INCLUDE (vertrouwelijk);
CREATE INDEX klant_contacten_klantcontact ON klant_contacten (klantcontact_id);

CREATE TABLE klant_taken (
    partij_id        uuid NOT NULL,
    taak_id          uuid NOT NULL,
    klantcontact_id  uuid NOT NULL,
    open             boolean NOT NULL,
    vertrouwelijk    boolean NOT NULL,
    streefdatum      timestamptz,
    document         json NOT NULL,
    PRIMARY KEY (partij_id, taak_id)
) WITH (fillfactor = 85);
CREATE INDEX klant_taken_open ON klant_taken (partij_id, streefdatum, taak_id) WHERE open;
CREATE INDEX klant_taken_klantcontact ON klant_taken (klantcontact_id);
