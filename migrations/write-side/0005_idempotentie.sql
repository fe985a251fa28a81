-- The first answers to handelingen that came with an Idempotency-Key, so that a request that is
-- repeated gets that answer and nothing is done twice. Kept for a day; no part of the log.

CREATE TABLE write_side.idempotentie (
    -- The caller: the application and the subject of the token. A key is its own affair.
    toepassing  text NOT NULL,
    door        text NOT NULL,
    sleutel     text NOT NULL,
    -- SHA-256 of the request.
    verzoek     bytea NOT NULL,
    tijdstip    timestamptz NOT NULL,
    -- The answer; null only within the transaction that is still doing the handeling.
    status      smallint,
    -- Not jsonb: the answer is repeated to the letter.
    antwoord    json,
    etag        text,
    location    text,
    PRIMARY KEY (toepassing, door, sleutel)
);
CREATE INDEX idempotentie_tijdstip ON write_side.idempotentie (tijdstip);
