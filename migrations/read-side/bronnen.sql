-- Every generation of a product keeps the objects from which it derives its rows: stage one of the
-- fold. `versie` is the number of the last event that is in `toestand`, and `positie` its place in the log;
-- `hoort_bij` names the object
-- that one finds it by: of an interne taak its klantcontact.

CREATE TABLE bronnen (
    objectsoort  text NOT NULL,
    object_id    uuid NOT NULL,
    versie       bigint NOT NULL,
    positie      bigint NOT NULL,
    hoort_bij    uuid,
    toestand     json NOT NULL,
    PRIMARY KEY (objectsoort, object_id)
) WITH (fillfactor = 85);
CREATE INDEX bronnen_hoort_bij ON bronnen (hoort_bij, objectsoort) WHERE hoort_bij IS NOT NULL;
-- Which version of an object is in the product every reader may know; what it says only the projector.
GRANT SELECT (objectsoort, object_id, versie) ON bronnen TO klantbeeld_lezer;
