-- Who wants to be told by webhook, and how far that is.

CREATE TABLE write_side.abonnementen (
    id              uuid PRIMARY KEY,
    versie          bigint NOT NULL DEFAULT 1,
    callback_url    text NOT NULL,
    -- Words of notifications; empty = all.
    soorten         text[] NOT NULL,
    -- Attribute → the values that it may have.
    filters         jsonb NOT NULL,
    status          text NOT NULL CHECK (status IN ('actief', 'beeindigd')),
    reden           text,
    aangemaakt_op   timestamptz NOT NULL,
    aangemaakt_door text NOT NULL,
    -- Most requests per minute, as the receiver allowed.
    per_minuut      integer CHECK (per_minuut > 0),
    -- The receiver itself failed so often in a row, and is left alone until then.
    mislukt_opeen   integer NOT NULL DEFAULT 0,
    pauze_tot       timestamptz,
    -- Which process delivers, and until when it may.
    werker          uuid,
    werker_tot      timestamptz
);

-- Never read by the API.
CREATE TABLE write_side.abonnement_geheimen (
    abonnement_id  uuid PRIMARY KEY REFERENCES write_side.abonnementen,
    geheim         text,
    token_url      text,
    client_id      text,
    client_secret  text,
    scope          text,
    CHECK (geheim IS NOT NULL OR token_url IS NOT NULL),
    CHECK (num_nonnulls(token_url, client_id, client_secret) IN (0, 3))
);

CREATE TABLE write_side.afleveringen (
    abonnement_id    uuid NOT NULL REFERENCES write_side.abonnementen,
    volgnummer       bigint NOT NULL REFERENCES write_side.notificaties,
    object_id        uuid NOT NULL,
    status           text NOT NULL
        CHECK (status IN ('wacht', 'afgeleverd', 'geparkeerd', 'vervallen')),
    pogingen         integer NOT NULL DEFAULT 0,
    volgende_poging  timestamptz NOT NULL,
    laatste_fout     text,
    afgehandeld_op   timestamptz,
    PRIMARY KEY (abonnement_id, volgnummer)
);
CREATE INDEX afleveringen_wachtend ON write_side.afleveringen
    (abonnement_id, volgende_poging, volgnummer) WHERE status = 'wacht';
CREATE INDEX afleveringen_per_object ON write_side.afleveringen
    (abonnement_id, object_id, volgnummer) WHERE status = 'wacht';
CREATE INDEX afleveringen_klaar ON write_side.afleveringen (afgehandeld_op)
    WHERE status IN ('afgeleverd', 'vervallen');
