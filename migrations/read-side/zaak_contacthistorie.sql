-- ZaakContacthistorie: which contacts were about this zaak? One row per contact and key of the zaak
-- (uuid or identificatie), also for people who are not known as partij.

CREATE TABLE zaak_contacten (
    zaak             text NOT NULL,
    klantcontact_id  uuid NOT NULL,
    op               timestamptz NOT NULL,
    kanaal           text NOT NULL,
    vertrouwelijk    boolean NOT NULL,
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
