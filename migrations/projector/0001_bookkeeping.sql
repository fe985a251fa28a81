-- What the projector knows of itself: which generation of each product is served, and how far it is.

CREATE SCHEMA IF NOT EXISTS projector;
CREATE SCHEMA IF NOT EXISTS read_side;

CREATE TABLE projector.generaties (
    product     text NOT NULL,
    generatie   integer NOT NULL,
    versie      integer NOT NULL,
    actief      boolean NOT NULL,
    gemaakt_op  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (product, generatie)
);
CREATE UNIQUE INDEX generaties_actief ON projector.generaties (product) WHERE actief;

-- One row per generation: the cursor moves in the same transaction as the rows. A projector that
-- has lost the lead carries an old epoch and cannot commit.
CREATE TABLE projector.checkpoints (
    product         text NOT NULL,
    generatie       integer NOT NULL,
    epoch           bigint NOT NULL DEFAULT 0,
    cursor          jsonb NOT NULL,
    positie         bigint NOT NULL DEFAULT 0,
    gebeurtenissen  bigint NOT NULL DEFAULT 0,
    bijgewerkt_tot  timestamptz NOT NULL DEFAULT 'epoch',
    PRIMARY KEY (product, generatie),
    FOREIGN KEY (product, generatie) REFERENCES projector.generaties ON DELETE CASCADE
) WITH (fillfactor = 10);

CREATE VIEW read_side.actualiteit AS
    SELECT c.product, c.positie, c.bijgewerkt_tot, g.generatie
    FROM projector.checkpoints c JOIN projector.generaties g USING (product, generatie)
    WHERE g.actief;
