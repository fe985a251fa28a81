-- Who leads: one process that follows the log, or any number that follow Kafka together. A row counts
-- as long as its session holds the lead (an advisory lock); that of one that is gone is removed later.
DROP TABLE projector.leider;
CREATE TABLE projector.leider (
    -- The server's process of the session that holds the lead.
    pid      integer PRIMARY KEY,
    naam     text NOT NULL,
    sinds    timestamptz NOT NULL DEFAULT now(),
    -- Its last sign of life, by the clock of the server.
    gezien   timestamptz NOT NULL DEFAULT now(),
    -- The versions with which it folds, by product.
    versies  jsonb NOT NULL,
    -- The topic that it follows; none = the log.
    topic    text
);
