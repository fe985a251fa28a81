-- Who reads. Every statement of a reader runs as the role of its audience, so that what a reader may not
-- see is not there for it, whatever the program asks: tables grant each role what it needs, and their
-- policies let it see its own rows only. The roles cannot log in; the login of the service takes them
-- on (SET ROLE). They belong to the cluster: databases beside each other share them, and whoever runs
-- the cluster may make them beforehand.
DO $$
DECLARE
    rol text;
BEGIN
    FOREACH rol IN ARRAY ARRAY['klantbeeld_lezer', 'klantbeeld_niemand', 'klantbeeld_kcc',
        'klantbeeld_behandelaar', 'klantbeeld_burger', 'klantbeeld_teamleider', 'klantbeeld_analist',
        'klantbeeld_beheerder', 'klantbeeld_outputmanagement', 'klantbeeld_archivaris',
        'klantbeeld_privacyfunctionaris'] LOOP
        BEGIN
            IF to_regrole(rol) IS NULL THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', rol);
            END IF;
            -- What every audience may read is granted to one role.
            IF rol NOT IN ('klantbeeld_lezer', 'klantbeeld_niemand')
                AND NOT pg_has_role(rol, 'klantbeeld_lezer', 'MEMBER') THEN
                EXECUTE format('GRANT klantbeeld_lezer TO %I', rol);
            END IF;
            IF NOT pg_has_role(rol, 'MEMBER') THEN
                EXECUTE format('GRANT %I TO %I', rol, current_user);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- At the same moment in a database beside this one.
        END;
    END LOOP;
END
$$;

GRANT USAGE ON SCHEMA read_side TO klantbeeld_lezer;
GRANT SELECT ON read_side.actualiteit TO klantbeeld_lezer;
GRANT SELECT ON read_side.projecties TO klantbeeld_beheerder;

-- What a statement is told of its reader, for as long as its transaction lasts; NULL when nothing.
CREATE FUNCTION read_side.lezer(naam text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('klantbeeld.' || naam, true), '');

-- The klant that a burger or organisation is, as its token says: the partij with that number that was
-- registered first. Runs as the reader, who sees no other klant.
CREATE FUNCTION read_side.eigen_klant() RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN (
        SELECT partij_id FROM (
            SELECT partij_id FROM read_side.klanten WHERE bsn = read_side.lezer('bsn')
            UNION ALL
            SELECT partij_id FROM read_side.klanten WHERE rsin = read_side.lezer('rsin')
            UNION ALL
            SELECT partij_id FROM read_side.klanten
            WHERE kvk_nummer = read_side.lezer('kvk_nummer')
              AND vestigingsnummer IS NOT DISTINCT FROM read_side.lezer('vestigingsnummer')
        ) eigen
        ORDER BY partij_id LIMIT 1
    );
END
$$;
