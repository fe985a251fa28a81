-- The actoren that a reader is or belongs to: those that its token names, and all that are the same
-- as one of them. Runs as the reader.
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

-- The keys of the zaken on which a reader works: those that its token names, and the other key of
-- each. Runs as the reader.
CREATE FUNCTION read_side.eigen_zaken() RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE
    genoemd text[] := read_side.lezer('zaken')::text[];
BEGIN
    RETURN genoemd
        || ARRAY(SELECT nummer FROM read_side.zaken WHERE uuid = ANY (genoemd))
        || ARRAY(SELECT uuid FROM read_side.zaken WHERE nummer = ANY (genoemd));
END
$$;
