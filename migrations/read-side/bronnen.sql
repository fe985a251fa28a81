-- Every generation of a product keeps the objects from which it derives its rows: stage one of the
-- fold. `versie` is the number of the last event that is in `toestand`.

CREATE TABLE bronnen (
    objectsoort  text NOT NULL,
    object_id    uuid NOT NULL,
    versie       bigint NOT NULL,
    toestand     json NOT NULL,
    PRIMARY KEY (objectsoort, object_id)
) WITH (fillfactor = 85);
