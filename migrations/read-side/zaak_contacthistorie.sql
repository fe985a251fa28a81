-- ZaakContacthistorie: which contacts were about this zaak? One row per contact and key of the zaak
-- (uuid or identificatie), also for people who are not known as partij.

CREATE TABLE zaak_contacten (
    zaak             text NOT NULL,
    klantcontact_id  uuid NOT NULL,
    op               timestamptz NOT NULL,
    kanaal           text NOT NULL,
    vertrouwelijk    boolean NOT NULL,
    gewijzigd        bigint NOT NULL,
    document         json NOT NULL,
    PRIMARY KEY (zaak, klantcontact_id)
) WITH (fillfactor = 85);
CREATE INDEX zaak_contacten_op ON zaak_contacten (zaak, op, klantcontact_id);
CREATE INDEX zaak_contacten_klantcontact ON zaak_contacten (klantcontact_id);

CREATE TABLE zaak_adressen (
    zaak          text NOT NULL,
    adres_id      uuid NOT NULL,
    partij_id     uuid NOT NULL,
    document      json NOT NULL,
    PRIMARY KEY (zaak, adres_id)
);
CREATE INDEX zaak_adressen_partij ON zaak_adressen (partij_id);

-- A behandelaar sees the zaken on which it works; `*` is all of them.
ALTER TABLE zaak_contacten ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON zaak_contacten TO klantbeeld_behandelaar;
CREATE POLICY behandelaar ON zaak_contacten TO klantbeeld_behandelaar
    USING ((zaak = ANY ((SELECT read_side.eigen_zaken())::text[])
            OR (SELECT '*' = ANY (read_side.lezer('zaken')::text[])))
           AND (NOT vertrouwelijk OR (SELECT read_side.lezer('vertrouwelijk')) = 'alle'));

ALTER TABLE zaak_adressen ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON zaak_adressen TO klantbeeld_behandelaar;
CREATE POLICY behandelaar ON zaak_adressen TO klantbeeld_behandelaar
    USING (zaak = ANY ((SELECT read_side.eigen_zaken())::text[])
           OR (SELECT '*' = ANY (read_side.lezer('zaken')::text[])));
