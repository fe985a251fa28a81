-- How far the phase is in which a rebuild is, for whoever watches it: the rebuild is a process of its
-- own, and its checkpoint moves at the end of a phase only. Written about once a second.
CREATE TABLE projector.voortgang (
    product      text NOT NULL,
    generatie    integer NOT NULL,
    fase         text NOT NULL,
    -- In the unit of the phase: positions, objects or indexes.
    gedaan       bigint NOT NULL,
    totaal       bigint NOT NULL,
    -- As measured last; NULL as long as it is unknown.
    per_seconde  double precision,
    op           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (product, generatie),
    FOREIGN KEY (product, generatie) REFERENCES projector.generaties ON DELETE CASCADE
) WITH (fillfactor = 50);

CREATE OR REPLACE VIEW read_side.projecties AS
    SELECT g.product, g.generatie, g.versie, g.actief, g.fase, g.gepauzeerd, g.doel,
           c.positie, c.gebeurtenissen, c.bijgewerkt_tot, last.positie AS laatste_positie,
           jsonb_array_length(c.cursor->'gaps') AS open_gaten,
           CASE WHEN last.positie - c.positie > 100000 THEN last.positie - c.positie
                ELSE (SELECT count(*) FROM write_side.gebeurtenissen e
                      WHERE e.positie > c.positie AND e.positie <= last.positie) END
               AS achterstand,
           v.fase AS voortgang_fase, v.gedaan, v.totaal, v.per_seconde, v.op AS voortgang_op
    FROM projector.generaties g
    JOIN projector.checkpoints c USING (product, generatie)
    CROSS JOIN (SELECT coalesce(max(positie), 0) AS positie
                FROM write_side.gebeurtenissen) AS last
    LEFT JOIN projector.voortgang v
        ON v.product = g.product AND v.generatie = g.generatie AND g.fase <> 'klaar';
