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

-- What other products show of a klant.
CREATE TABLE klant_namen (
    partij_id     uuid PRIMARY KEY,
    soort         text NOT NULL,
    weergavenaam  text,
    afgeschermd   boolean NOT NULL
) WITH (fillfactor = 80);

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

-- A burger sees the klant of its token: a number that is not that of a rechtspersoon shows no vestiging.
ALTER TABLE klanten ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON klanten TO klantbeeld_kcc, klantbeeld_behandelaar, klantbeeld_burger,
    klantbeeld_outputmanagement;
CREATE POLICY alle ON klanten TO klantbeeld_kcc, klantbeeld_outputmanagement USING (true);
CREATE POLICY behandelaar ON klanten TO klantbeeld_behandelaar
    USING ((SELECT read_side.lezer('doelbinding')) = 'ja');
CREATE POLICY burger ON klanten TO klantbeeld_burger
    USING (bsn = (SELECT read_side.lezer('bsn')) OR rsin = (SELECT read_side.lezer('rsin'))
           OR kvk_nummer = (SELECT read_side.lezer('kvk_nummer'))
              AND vestigingsnummer IS NOT DISTINCT FROM (SELECT read_side.lezer('vestigingsnummer')));

-- Whoever sees a contact sees who had it.
ALTER TABLE klant_namen ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON klant_namen TO klantbeeld_kcc, klantbeeld_behandelaar, klantbeeld_burger;
CREATE POLICY alle ON klant_namen TO klantbeeld_kcc, klantbeeld_behandelaar USING (true);
CREATE POLICY burger ON klant_namen TO klantbeeld_burger
    USING (partij_id = (SELECT read_side.eigen_klant()));

ALTER TABLE klant_ingangen ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON klant_ingangen TO klantbeeld_kcc;
CREATE POLICY kcc ON klant_ingangen TO klantbeeld_kcc USING (true);

ALTER TABLE klant_contacten ENABLE ROW LEVEL SECURITY;
-- Whoever sends a message looks for an address that was given at a contact about the zaak.
GRANT SELECT ON klant_contacten TO klantbeeld_kcc, klantbeeld_behandelaar,
    klantbeeld_outputmanagement;
CREATE POLICY outputmanagement ON klant_contacten TO klantbeeld_outputmanagement USING (true);
CREATE POLICY kcc ON klant_contacten TO klantbeeld_kcc
    USING (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle');
CREATE POLICY behandelaar ON klant_contacten TO klantbeeld_behandelaar
    USING ((SELECT read_side.lezer('doelbinding')) = 'ja'
           AND (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle'));

ALTER TABLE klant_taken ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON klant_taken TO klantbeeld_kcc, klantbeeld_behandelaar;
CREATE POLICY kcc ON klant_taken TO klantbeeld_kcc
    USING (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle');
CREATE POLICY behandelaar ON klant_taken TO klantbeeld_behandelaar
    USING ((SELECT read_side.lezer('doelbinding')) = 'ja'
           AND (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle'));
