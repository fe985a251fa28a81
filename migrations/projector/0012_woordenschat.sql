-- The actoren that a reader is or belongs to: those that its token names, and all that are the same as
-- one of them. Runs as the reader.
CREATE FUNCTION read_side.eigen_actoren() RETURNS uuid[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE
    genoemd uuid[] := read_side.lezer('actoren')::uuid[];
BEGIN
    RETURN genoemd || ARRAY(
        SELECT zelfde.actor_id
        FROM read_side.actoren eigen
        JOIN read_side.actoren zelfde ON zelfde.hoofd = eigen.hoofd
        WHERE eigen.actor_id = ANY (genoemd)
    );
END
$$;
