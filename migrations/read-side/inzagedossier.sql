-- Inzagedossier: what do we know about this person (AVG art. 15)? One row per event and klant, with what
-- it says of that klant: what it says of others was left out when the row was made.

-- Who asked whose dossier, who approved, and until when.
CREATE TABLE inzageverzoeken (
    verzoek_id        uuid PRIMARY KEY,
    partij_id         uuid NOT NULL,
    status            text NOT NULL,
    aangevraagd_door  text NOT NULL,
    aangevraagd_op    timestamptz NOT NULL,
    geldig_tot        timestamptz,
    document          json NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX inzageverzoeken_op ON inzageverzoeken (aangevraagd_op, verzoek_id);

CREATE TABLE dossier_gegevens (
    partij_id       uuid NOT NULL,
    gebeurtenis_id  uuid NOT NULL,
    op              timestamptz NOT NULL,
    actueel         boolean NOT NULL,
    vertrouwelijk   boolean NOT NULL,
    document        json NOT NULL,
    PRIMARY KEY (partij_id, gebeurtenis_id)
) WITH (fillfactor = 85);
CREATE INDEX dossier_gegevens_op ON dossier_gegevens (partij_id, op, gebeurtenis_id);

CREATE TABLE dossier_contacten (
    partij_id        uuid NOT NULL,
    gebeurtenis_id   uuid NOT NULL,
    klantcontact_id  uuid NOT NULL,
    op               timestamptz NOT NULL,
    actueel          boolean NOT NULL,
    vertrouwelijk    boolean NOT NULL,
    document         json NOT NULL,
    PRIMARY KEY (partij_id, gebeurtenis_id)
) WITH (fillfactor = 85);
CREATE INDEX dossier_contacten_op ON dossier_contacten (partij_id, op, gebeurtenis_id);
CREATE INDEX dossier_contacten_klantcontact ON dossier_contacten (klantcontact_id);

CREATE TABLE dossier_vertegenwoordigingen (
    partij_id             uuid NOT NULL,
    gebeurtenis_id        uuid NOT NULL,
    vertegenwoordiging_id uuid NOT NULL,
    op                    timestamptz NOT NULL,
    actueel               boolean NOT NULL,
    vertrouwelijk         boolean NOT NULL,
    document              json NOT NULL,
    PRIMARY KEY (partij_id, gebeurtenis_id)
) WITH (fillfactor = 85);
CREATE INDEX dossier_vertegenwoordigingen_op
    ON dossier_vertegenwoordigingen (partij_id, op, gebeurtenis_id);
CREATE INDEX dossier_vertegenwoordigingen_paar
    ON dossier_vertegenwoordigingen (vertegenwoordiging_id);

-- Every privacy officer sees what was asked, for somebody else must judge it; what it is about only who
-- asked, when somebody else approved, and for as long as that holds (read_side.inzage_klant).
ALTER TABLE inzageverzoeken ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON inzageverzoeken TO klantbeeld_privacyfunctionaris;
CREATE POLICY privacyfunctionaris ON inzageverzoeken TO klantbeeld_privacyfunctionaris USING (true);

ALTER TABLE dossier_gegevens ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON dossier_gegevens TO klantbeeld_privacyfunctionaris;
CREATE POLICY privacyfunctionaris ON dossier_gegevens TO klantbeeld_privacyfunctionaris
    USING (partij_id = (SELECT read_side.inzage_klant()));

ALTER TABLE dossier_contacten ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON dossier_contacten TO klantbeeld_privacyfunctionaris;
CREATE POLICY privacyfunctionaris ON dossier_contacten TO klantbeeld_privacyfunctionaris
    USING (partij_id = (SELECT read_side.inzage_klant())
           AND (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle'));

ALTER TABLE dossier_vertegenwoordigingen ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON dossier_vertegenwoordigingen TO klantbeeld_privacyfunctionaris;
CREATE POLICY privacyfunctionaris ON dossier_vertegenwoordigingen TO klantbeeld_privacyfunctionaris
    USING (partij_id = (SELECT read_side.inzage_klant()));
