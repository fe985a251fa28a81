-- Whose dossier a privacy officer may read now: that of the request that it names, when it asked for it
-- itself, somebody else approved, and that still holds. Runs as the reader.
CREATE FUNCTION read_side.inzage_klant() RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN (
        SELECT partij_id FROM read_side.inzageverzoeken
        WHERE verzoek_id = read_side.lezer('inzage')::uuid
          AND status = 'goedgekeurd'
          AND aangevraagd_door = read_side.lezer('wie')
          AND geldig_tot > now()
    );
END
$$;
