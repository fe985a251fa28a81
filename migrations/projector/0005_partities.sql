-- Kafka as the source: how far each generation is in each partition of the topic with full events.
-- `volgende` moves in the same transaction as the rows. A process that has lost a partition carries
-- an old epoch and cannot commit. Without rows here, a generation follows the log.
CREATE TABLE projector.partities (
    product         text NOT NULL,
    generatie       integer NOT NULL,
    topic           text NOT NULL,
    partitie        integer NOT NULL,
    -- Offset of the first message that is not in the generation.
    volgende        bigint NOT NULL,
    -- Where the partition ended when it was last looked at.
    einde           bigint NOT NULL,
    epoch           bigint NOT NULL DEFAULT 0,
    eigenaar        text,
    -- A place in the log: what the log has up to there of this partition's objects is in the
    -- generation, and so is all that was recorded before `bijgewerkt_tot`.
    cursor          jsonb NOT NULL,
    bijgewerkt_tot  timestamptz NOT NULL,
    PRIMARY KEY (product, generatie, topic, partitie),
    FOREIGN KEY (product, generatie) REFERENCES projector.generaties ON DELETE CASCADE
) WITH (fillfactor = 50);
