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
    gewijzigd        bigint NOT NULL,
    document         json NOT NULL,
    PRIMARY KEY (partij_id, klantcontact_id)
) WITH (fillfactor = 85);
CREATE INDEX contacten_op ON contacten (partij_id, op, klantcontact_id);
-- MijnVerzoeken: which applications did I make? The same rows, as far as they are forms.
CREATE INDEX contacten_verzoek ON contacten (partij_id, op, klantcontact_id) WHERE verzoek;
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

-- Confidential contacts of a klant in which it was not alone are those of others too.
ALTER TABLE contacten ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON contacten TO klantbeeld_kcc, klantbeeld_behandelaar, klantbeeld_burger;
CREATE POLICY kcc ON contacten TO klantbeeld_kcc
    USING (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle');
CREATE POLICY behandelaar ON contacten TO klantbeeld_behandelaar
    USING ((SELECT read_side.lezer('doelbinding')) = 'ja'
           AND (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle'));
CREATE POLICY burger ON contacten TO klantbeeld_burger
    USING (partij_id = (SELECT read_side.eigen_klant())
           AND (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle'
                OR alleen_klant AND (SELECT read_side.lezer('vertrouwelijk')) = 'alleen_eigen'));

-- Whoever counts sees no contact, and nobody's.
ALTER TABLE contactfeiten ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON contactfeiten TO klantbeeld_analist;
CREATE POLICY analist ON contactfeiten TO klantbeeld_analist USING (true);
