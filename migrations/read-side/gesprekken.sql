-- Gesprekken: what did I ask, and is there an answer? Klantcontacten that are about one another, in a
-- chain or around one of them, are one gesprek; its key is that of the klantcontact that was registered
-- first of those that are known.

-- What links klantcontacten, in both directions, beside the one that says so. Each klantcontact is also
-- linked with itself, so that it is seen which of them are known. All in the primary key: it is walked
-- while a generation is being filled, when there is no other index.
CREATE TABLE gesprek_schakels (
    van              uuid NOT NULL,
    naar             uuid NOT NULL,
    klantcontact_id  uuid NOT NULL,
    PRIMARY KEY (van, naar, klantcontact_id)
);
CREATE INDEX gesprek_schakels_klantcontact ON gesprek_schakels (klantcontact_id);

-- One row per klantcontact. `voor_klant`: a klant may read it, if it is one of `partijen` or if these
-- are none: then it is for all who take part in the gesprek.
CREATE TABLE gesprek_berichten (
    klantcontact_id  uuid PRIMARY KEY,
    gesprek_id       uuid NOT NULL,
    op               timestamptz NOT NULL,
    vertrouwelijk    boolean NOT NULL,
    alleen_klant     boolean NOT NULL,
    voor_klant       boolean NOT NULL,
    partijen         uuid[] NOT NULL,
    document         json NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX gesprek_berichten_gesprek ON gesprek_berichten (gesprek_id, op, klantcontact_id);

-- One row per gesprek and klant that takes part in it, of what that klant may read; and where its
-- berichten are confidential, one for each of the ways in which those are left out. `vertrouwelijk` says
-- for which of them a row is.
CREATE TABLE gesprekken (
    partij_id           uuid NOT NULL,
    gesprek_id          uuid NOT NULL,
    vertrouwelijk       text[] NOT NULL,
    laatste_bericht_op  timestamptz NOT NULL,
    status              text NOT NULL,
    kanalen             text[] NOT NULL,
    zaken               text[] NOT NULL,
    gewijzigd           bigint NOT NULL,
    document            json NOT NULL,
    PRIMARY KEY (partij_id, gesprek_id, vertrouwelijk)
) WITH (fillfactor = 85);
CREATE INDEX gesprekken_op ON gesprekken (partij_id, laatste_bericht_op, gesprek_id);
CREATE INDEX gesprekken_gesprek ON gesprekken (gesprek_id);

-- A klant sees the gesprekken in which it takes part, as the policy on confidential berichten lets it.
ALTER TABLE gesprekken ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON gesprekken TO klantbeeld_kcc, klantbeeld_behandelaar, klantbeeld_burger;
CREATE POLICY kcc ON gesprekken TO klantbeeld_kcc USING (true);
CREATE POLICY behandelaar ON gesprekken TO klantbeeld_behandelaar
    USING ((SELECT read_side.lezer('doelbinding')) = 'ja');
CREATE POLICY burger ON gesprekken TO klantbeeld_burger
    USING (partij_id = (SELECT read_side.eigen_klant())
           AND coalesce((SELECT read_side.lezer('vertrouwelijk')), 'geen') = ANY (vertrouwelijk));
-- In a dossier, those of whose dossier it is.
GRANT SELECT ON gesprekken TO klantbeeld_privacyfunctionaris;
CREATE POLICY privacyfunctionaris ON gesprekken TO klantbeeld_privacyfunctionaris
    USING (partij_id = (SELECT read_side.inzage_klant()));

ALTER TABLE gesprek_berichten ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON gesprek_berichten TO klantbeeld_kcc, klantbeeld_behandelaar, klantbeeld_burger;
CREATE POLICY medewerker ON gesprek_berichten TO klantbeeld_kcc, klantbeeld_behandelaar
    USING (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle');
CREATE POLICY burger ON gesprek_berichten TO klantbeeld_burger
    USING (voor_klant
           AND (partijen = '{}' OR (SELECT read_side.eigen_klant()) = ANY (partijen))
           AND gesprek_id IN (SELECT g.gesprek_id FROM gesprekken g)
           AND (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle'
                OR (alleen_klant OR partijen = '{}')
                   AND (SELECT read_side.lezer('vertrouwelijk')) = 'alleen_eigen'));
-- In a dossier, what is in its gesprekken and names nobody: what names the klant is a contact of it.
GRANT SELECT ON gesprek_berichten TO klantbeeld_privacyfunctionaris;
CREATE POLICY privacyfunctionaris ON gesprek_berichten TO klantbeeld_privacyfunctionaris
    USING (voor_klant AND partijen = '{}'
           AND gesprek_id IN (SELECT g.gesprek_id FROM gesprekken g)
           AND (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle'));
