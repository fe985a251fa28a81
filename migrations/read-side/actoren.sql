-- Actoren: the names that the other products show through a loader. Those with the same hoofd are
-- one human, or one team.

CREATE TABLE actoren (
    actor_id  uuid PRIMARY KEY,
    soort     text NOT NULL,
    naam      text NOT NULL,
    actief    boolean NOT NULL,
    hoofd     uuid NOT NULL
);
CREATE INDEX actoren_hoofd ON actoren (hoofd, actor_id);

GRANT SELECT ON actoren TO klantbeeld_lezer;
