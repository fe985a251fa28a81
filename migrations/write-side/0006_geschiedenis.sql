-- The history of handelingen: which were done on the object that their path names, newest first.
-- Keys of handelingen ascend in time (UUIDv7), so that they are the place in a page too.

ALTER TABLE write_side.handelingen
    -- The key in the path, as in /interne-taken/{id}/afhandelingen; null when the path has none.
    ADD COLUMN pad_id uuid;
CREATE INDEX handelingen_geschiedenis
    ON write_side.handelingen (soort, pad_id, handeling_id);
