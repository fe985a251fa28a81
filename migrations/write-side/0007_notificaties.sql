-- What others hear: one notification per handeling, numbered without holes, and how far each part
-- that tells others has come.

CREATE TABLE write_side.relay_voortgang (
    naam        text PRIMARY KEY,
    cursor      jsonb NOT NULL,
    bijgewerkt  timestamptz NOT NULL
);
-- The publication begins at the start of the log.
INSERT INTO write_side.relay_voortgang (naam, cursor, bijgewerkt)
VALUES ('publicatie', '{"low": 0, "gaps": []}', '-infinity');

-- Poor in information on purpose: keys, versions, codes, counts. Written by one publisher at a time,
-- in the order of volgnummer, so a reader that remembers the last number misses nothing.
CREATE TABLE write_side.notificaties (
    volgnummer    bigint PRIMARY KEY CHECK (volgnummer > 0),
    handeling_id  uuid NOT NULL UNIQUE REFERENCES write_side.handelingen,
    positie       bigint NOT NULL,
    soort         text NOT NULL,
    objectsoort   text NOT NULL,
    object_id     uuid NOT NULL,
    versie        bigint NOT NULL,
    tijdstip      timestamptz NOT NULL,
    data          json NOT NULL
);
CREATE INDEX notificaties_soort ON write_side.notificaties (soort, volgnummer);
CREATE INDEX notificaties_object ON write_side.notificaties (object_id, volgnummer);
