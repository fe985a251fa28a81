-- Actoren: the names that the other products show through a loader.

CREATE TABLE actoren (
    actor_id  uuid PRIMARY KEY,
    soort     text NOT NULL,
    naam      text NOT NULL,
    actief    boolean NOT NULL
);

GRANT SELECT ON actoren TO klantbeeld_lezer;
