-- What a good user of PostGraphile adds to the register: functions for lists in an order that no
-- relation has. Every index that they need is there already.
CREATE FUNCTION write_side.partijen_recente_contacten(partij write_side.partijen)
    RETURNS SETOF write_side.klantcontacten
    LANGUAGE sql STABLE
    AS $$
    SELECT k.* FROM write_side.betrokkenen b
    JOIN write_side.klantcontacten k ON k.id = b.had_klantcontact
    WHERE b.was_partij = partij.id
    ORDER BY k.plaatsgevonden_op DESC, k.id DESC
$$;
CREATE FUNCTION write_side.partijen_open_taken(partij write_side.partijen)
    RETURNS SETOF write_side.interne_taken
    LANGUAGE sql STABLE
    AS $$
    SELECT t.* FROM write_side.betrokkenen b
    JOIN write_side.interne_taken t ON t.aanleidinggevend_klantcontact = b.had_klantcontact
    WHERE b.was_partij = partij.id AND t.status = 'te_verwerken'
    ORDER BY t.toegewezen_op, t.id
$$;
