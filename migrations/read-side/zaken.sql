-- Zaken: the two keys of one zaak, in the spelling in which they are looked up (uuid and nummer in
-- lower case) and in which people know it. A zaak of which one key is known has no row.

CREATE TABLE zaken (
    zaak_id        uuid PRIMARY KEY,
    uuid           text NOT NULL,
    nummer         text NOT NULL,
    identificatie  text NOT NULL
);
CREATE INDEX zaken_uuid ON zaken (uuid);
CREATE INDEX zaken_nummer ON zaken (nummer);

-- Whoever sees that a contact was about a zaak sees which.
ALTER TABLE zaken ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON zaken TO klantbeeld_kcc, klantbeeld_behandelaar, klantbeeld_burger,
    klantbeeld_outputmanagement;
CREATE POLICY alle ON zaken TO klantbeeld_kcc, klantbeeld_behandelaar, klantbeeld_burger,
    klantbeeld_outputmanagement USING (true);
