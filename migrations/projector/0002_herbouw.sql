-- Rebuilding: a generation has a phase, so that a rebuild that was broken off goes on where it was,
-- and a moment at which readers last began to see it, so that one can go back to the one before.

ALTER TABLE projector.generaties
    ADD COLUMN fase text NOT NULL DEFAULT 'klaar'
        CHECK (fase IN ('lezen', 'afleiden', 'indexeren', 'inhalen', 'klaar', 'vervalt')),
    -- Last position that is read in bulk; what comes later is caught up with.
    ADD COLUMN doel bigint,
    -- How far the phase afleiden is: the kind of object, and the last key of it.
    ADD COLUMN gevuld_soort text,
    ADD COLUMN gevuld_tot uuid,
    ADD COLUMN geserveerd_op timestamptz,
    ADD COLUMN gepauzeerd boolean NOT NULL DEFAULT false,
    -- Most events a second that a rebuild reads; NULL = as fast as the live generation lets it.
    ADD COLUMN max_per_seconde integer CHECK (max_per_seconde > 0);

UPDATE projector.generaties SET geserveerd_op = gemaakt_op WHERE actief;

-- Who leads, and with which versions: it follows the generations of these versions only. Whether it
-- still lives, its lock tells.
CREATE TABLE projector.leider (
    een      boolean PRIMARY KEY DEFAULT true CHECK (een),
    naam     text NOT NULL,
    sinds    timestamptz NOT NULL,
    versies  jsonb NOT NULL
);
