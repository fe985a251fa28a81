-- That something changed in a product, and not what: rows that live for minutes, for whoever waits for a
-- change. A batch writes them in the transaction of its rows. Logged, so that replicas have them too.
CREATE TABLE projector.wijzigingen (
    nr       bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    product  text NOT NULL,
    -- The generation in which it changed, by its schema; that which is served is that of readers.
    schema   text NOT NULL,
    -- What changed: a partij or an actor. NULL = perhaps everything.
    id       uuid,
    op       timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Rows become visible in another order than that of their numbers: whoever reads them goes by this.
    tx       xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX wijzigingen_tx ON projector.wijzigingen (tx);

CREATE VIEW read_side.wijzigingen AS
    SELECT w.nr, w.product, w.id, w.op, w.tx
    FROM projector.wijzigingen w
    JOIN projector.generaties g ON g.product = w.product AND g.actief
        AND w.schema = g.product || '_g' || g.generatie;
