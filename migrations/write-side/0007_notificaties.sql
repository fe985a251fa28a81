-- What leaves: one notification per handeling, numbered in the order in which it may be told, poor in
-- information. Everybody who is told reads this one table.

CREATE TABLE write_side.notificaties (
    volgnummer    bigint PRIMARY KEY,
    handeling_id  uuid NOT NULL UNIQUE REFERENCES write_side.handelingen,
    soort         text NOT NULL,
    objectsoort   text NOT NULL,
    object_id     uuid NOT NULL,
    versie        bigint NOT NULL,
    tijdstip      timestamptz NOT NULL,
    data          json NOT NULL
);
CREATE INDEX notificaties_object ON write_side.notificaties (object_id, volgnummer);

-- How far each reader of the log that tells others is. Its row is its lock: one round at a time.
CREATE TABLE write_side.relay_voortgang (
    naam        text PRIMARY KEY,
    cursor      jsonb NOT NULL,
    bijgewerkt  timestamptz NOT NULL
);
INSERT INTO write_side.relay_voortgang (naam, cursor, bijgewerkt)
VALUES ('publicatie', '{"low": 0, "gaps": []}', now());
