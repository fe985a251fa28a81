-- Bewaaroverzicht: what may go, and what is nobody's? Moments, numbers and signs; never a name or a text.

CREATE TABLE bewaar_klantcontacten (
    klantcontact_id  uuid PRIMARY KEY,
    laatste_gebruik  timestamptz NOT NULL,
    open             boolean NOT NULL,
    zaak_gekoppeld   boolean NOT NULL,
    wees             boolean NOT NULL,
    document         json NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX bewaar_klantcontacten_gebruik ON bewaar_klantcontacten (laatste_gebruik, klantcontact_id);

-- Which partijen took part: what the rows of partijen are made of.
CREATE TABLE bewaar_deelnames (
    partij_id        uuid NOT NULL,
    klantcontact_id  uuid NOT NULL,
    laatste_gebruik  timestamptz NOT NULL,
    open             boolean NOT NULL,
    zaak_gekoppeld   boolean NOT NULL,
    PRIMARY KEY (partij_id, klantcontact_id)
) WITH (fillfactor = 85);
CREATE INDEX bewaar_deelnames_klantcontact ON bewaar_deelnames (klantcontact_id);

CREATE TABLE bewaar_partijen (
    partij_id        uuid PRIMARY KEY,
    laatste_gebruik  timestamptz,
    open             boolean NOT NULL,
    zaak_gekoppeld   boolean NOT NULL,
    wees             boolean NOT NULL,
    document         json NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX bewaar_partijen_gebruik ON bewaar_partijen (laatste_gebruik, partij_id);

-- The archivist sees what there is and how long it was not used, of everybody and nobody's name.
ALTER TABLE bewaar_klantcontacten ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON bewaar_klantcontacten TO klantbeeld_archivaris;
CREATE POLICY archivaris ON bewaar_klantcontacten TO klantbeeld_archivaris USING (true);

ALTER TABLE bewaar_partijen ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON bewaar_partijen TO klantbeeld_archivaris;
CREATE POLICY archivaris ON bewaar_partijen TO klantbeeld_archivaris USING (true);
