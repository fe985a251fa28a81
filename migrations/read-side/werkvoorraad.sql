-- Werkvoorraad: what must I, or my team, do, and what first? One row per interne taak with whom to
-- call, on what number, about what; and what is shown of one alone: its klantcontact, and what
-- happened to it.

CREATE TABLE taken (
    taak_id            uuid PRIMARY KEY,
    nummer             text NOT NULL,
    versie             bigint NOT NULL,
    klantcontact_id    uuid NOT NULL,
    klant_id           uuid,
    open               boolean NOT NULL,
    kanaal             text,
    contact_op         timestamptz,
    toegewezen_op      timestamptz NOT NULL,
    streefdatum        timestamptz,
    zonder_behandelaar boolean NOT NULL,
    actoren            uuid[] NOT NULL,
    gewijzigd          bigint NOT NULL,
    document           json NOT NULL,
    contact            json,
    logboek            json NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX taken_actoren ON taken USING gin (actoren);
CREATE INDEX taken_actoren_open ON taken USING gin (actoren) WHERE open;
CREATE INDEX taken_nummer ON taken (nummer, taak_id);
CREATE INDEX taken_klantcontact ON taken (klantcontact_id);
CREATE INDEX taken_klant ON taken (klant_id) WHERE klant_id IS NOT NULL;

-- By what a contactverzoek is found of somebody who is not known as partij: one row per e-mail address,
-- telephone number and number for use in conversation, in one spelling, with what a search shows.
CREATE TABLE taak_ingangen (
    soort          text NOT NULL,
    waarde         text NOT NULL,
    taak_id        uuid NOT NULL,
    vertrouwelijk  boolean NOT NULL,
    document       json NOT NULL,
    PRIMARY KEY (soort, waarde, taak_id)
) WITH (fillfactor = 85);
CREATE INDEX taak_ingangen_taak ON taak_ingangen (taak_id);

-- How long a taak was whose: one row per taak, team and part of the team, for as long as it was open
-- and theirs. `deel` is the team as a whole (geheel), one of its medewerkers (behandelaar), none of
-- them (zonder), or an actor of whom is not known yet what it is (onbekend). What stands at a moment
-- and what came and went in a period are counted from these. Without a klant, without a text.
CREATE TABLE voorraadperioden (
    taak_id      uuid NOT NULL,
    volgnummer   integer NOT NULL,
    team         uuid NOT NULL,
    deel         text NOT NULL,
    behandelaar  uuid,
    vanaf        timestamptz NOT NULL,
    tot          timestamptz NOT NULL,
    streefdatum  timestamptz,
    contact_op   timestamptz,
    PRIMARY KEY (taak_id, volgnummer)
) WITH (fillfactor = 85);
-- Those that have not ended end at infinity: one walk has what is open and what ended lately.
CREATE INDEX voorraadperioden_team ON voorraadperioden (team, tot);

-- How fast taken were done: one row per taak that is done, not of one that was passed on. `uren` are
-- hours on working days from the contact until it was done.
CREATE TABLE afgeronde_taken (
    taak_id         uuid PRIMARY KEY,
    dag             date NOT NULL,
    team            uuid,
    kanaal          text,
    handeling       text,
    uren            double precision,
    binnen_termijn  boolean,
    heropend        boolean NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX afgeronde_taken_dag ON afgeronde_taken (dag);

-- Everybody sees what is assigned to it or to one of its teams: the array of the policy is what the index
-- is searched by, as the operator may not be let loose on rows before the policy is.
ALTER TABLE taken ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON taken TO klantbeeld_kcc, klantbeeld_behandelaar;
CREATE POLICY toegewezen ON taken TO klantbeeld_kcc, klantbeeld_behandelaar
    USING (actoren && (SELECT read_side.eigen_actoren()));

ALTER TABLE taak_ingangen ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON taak_ingangen TO klantbeeld_kcc;
CREATE POLICY kcc ON taak_ingangen TO klantbeeld_kcc
    USING (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle');

-- Who leads teams sees how those stand; how fast all work was done is told in counts.
ALTER TABLE voorraadperioden ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON voorraadperioden TO klantbeeld_teamleider;
CREATE POLICY teamleider ON voorraadperioden TO klantbeeld_teamleider
    USING (team = ANY ((SELECT read_side.lezer('actoren'))::uuid[]));

ALTER TABLE afgeronde_taken ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON afgeronde_taken TO klantbeeld_teamleider, klantbeeld_analist;
CREATE POLICY analist ON afgeronde_taken TO klantbeeld_analist USING (true);
CREATE POLICY teamleider ON afgeronde_taken TO klantbeeld_teamleider
    USING (team = ANY ((SELECT read_side.lezer('actoren'))::uuid[]));
