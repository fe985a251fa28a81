-- Werkvoorraad: what must I, or my team, do, and what first? One row per interne taak with whom to
-- call, on what number, about what.

CREATE TABLE taken (
    taak_id            uuid PRIMARY KEY,
    versie             bigint NOT NULL,
    klantcontact_id    uuid NOT NULL,
    klant_id           uuid,
    open               boolean NOT NULL,
    kanaal             text,
    contact_op         timestamptz,
    toegewezen_op      timestamptz NOT NULL,
    streefdatum        timestamptz,
    zonder_behandelaar boolean NOT NULL,
    actoren            uuid[] NOT NULL,
    document           json NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX taken_actoren ON taken USING gin (actoren);
CREATE INDEX taken_actoren_open ON taken USING gin (actoren) WHERE open;
CREATE INDEX taken_klantcontact ON taken (klantcontact_id);
CREATE INDEX taken_klant ON taken (klant_id) WHERE klant_id IS NOT NULL;
