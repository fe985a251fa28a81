-- How far every generation of every product is, for whoever may not look into this schema: figures and
-- names of products only. Up to 100,000 positions the events that are missing are counted; beyond that
-- the distance is told, so that looking costs the same however far behind a generation is.

CREATE VIEW read_side.projecties AS
    SELECT g.product, g.generatie, g.versie, g.actief, g.fase, g.gepauzeerd, g.doel,
           c.positie, c.gebeurtenissen, c.bijgewerkt_tot, last.positie AS laatste_positie,
           jsonb_array_length(c.cursor->'gaps') AS open_gaten,
           CASE WHEN last.positie - c.positie > 100000 THEN last.positie - c.positie
                ELSE (SELECT count(*) FROM write_side.gebeurtenissen e
                      WHERE e.positie > c.positie AND e.positie <= last.positie) END
               AS achterstand
    FROM projector.generaties g
    JOIN projector.checkpoints c USING (product, generatie)
    CROSS JOIN (SELECT coalesce(max(positie), 0) AS positie
                FROM write_side.gebeurtenissen) AS last;
