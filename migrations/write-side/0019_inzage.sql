-- Requests to see all that is known of a partij (AVG art. 15): one asks, another approves for a time.
CREATE TABLE write_side.inzageverzoeken (
    id                uuid PRIMARY KEY,
    -- No reference: that inzage was given stays, also when the partij is destroyed.
    partij            uuid NOT NULL,
    kenmerk           text NOT NULL,
    reden             text NOT NULL,
    status            text NOT NULL CHECK (status IN ('aangevraagd', 'goedgekeurd', 'afgewezen')),
    aangevraagd_door  text NOT NULL,
    aangevraagd_op    timestamptz NOT NULL,
    beoordeeld_door   text,
    beoordeeld_op     timestamptz,
    geldig_tot        timestamptz,
    -- Two people: who asks does not judge.
    CHECK (beoordeeld_door <> aangevraagd_door),
    CHECK ((beoordeeld_door IS NULL) = (status = 'aangevraagd')),
    CHECK ((geldig_tot IS NOT NULL) = (status = 'goedgekeurd'))
);
