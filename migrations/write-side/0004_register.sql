-- The register: what is so now. Integrity is the database's word; every row is what the events of
-- its object say, written in the same transaction as they are.

CREATE SEQUENCE write_side.partij_nummer MAXVALUE 9999999999 START 1000001;
CREATE SEQUENCE write_side.klantcontact_nummer MAXVALUE 9999999999 START 1000001;
CREATE SEQUENCE write_side.interne_taak_nummer MAXVALUE 9999999999 START 1000001;

CREATE TABLE write_side.partijen (
    id                        uuid PRIMARY KEY,
    nummer                    text NOT NULL CONSTRAINT partij_nummer_uniek UNIQUE,
    soort_partij              text NOT NULL
        CHECK (soort_partij IN ('persoon', 'organisatie', 'contactpersoon')),
    contactnaam               jsonb,
    naam                      text,
    werkte_voor_partij        uuid REFERENCES write_side.partijen,
    bezoekadres               jsonb,
    correspondentieadres      jsonb,
    voorkeurstaal             text,
    indicatie_geheimhouding   boolean,
    interne_notitie           text,
    indicatie_actief          boolean NOT NULL,
    voorkeurs_digitaal_adres  uuid,
    voorkeurs_rekeningnummer  uuid,
    -- B1304: at most one of the two names, decided by the subtype.
    CHECK (CASE soort_partij WHEN 'organisatie' THEN contactnaam IS NULL ELSE naam IS NULL END),
    CHECK (werkte_voor_partij IS NULL OR soort_partij = 'contactpersoon')
);

CREATE TABLE write_side.partij_identificatoren (
    id                      uuid PRIMARY KEY,
    identificeerde_partij   uuid NOT NULL REFERENCES write_side.partijen,
    code_objecttype         text NOT NULL,
    code_soort_object_id    text NOT NULL,
    object_id               text NOT NULL,
    code_register           text NOT NULL,
    sub_identificator_van   uuid REFERENCES write_side.partij_identificatoren,
    CHECK (sub_identificator_van <> id),
    -- I11: at most one key of each kind per partij.
    CONSTRAINT partij_identificator_soort_uniek UNIQUE (identificeerde_partij, code_soort_object_id)
);
-- I11: unique in the whole register, or within the parent.
CREATE UNIQUE INDEX partij_identificator_uniek ON write_side.partij_identificatoren
    (code_objecttype, code_soort_object_id, object_id, code_register)
    WHERE sub_identificator_van IS NULL;
CREATE UNIQUE INDEX partij_identificator_sub_uniek ON write_side.partij_identificatoren
    (sub_identificator_van, code_objecttype, code_soort_object_id, object_id, code_register)
    WHERE sub_identificator_van IS NOT NULL;

CREATE TABLE write_side.rekeningnummers (
    id      uuid PRIMARY KEY,
    partij  uuid NOT NULL REFERENCES write_side.partijen,
    iban    text NOT NULL,
    bic     text
);

CREATE TABLE write_side.vertegenwoordigingen (
    id                           uuid PRIMARY KEY,
    vertegenwoordigende_partij   uuid NOT NULL REFERENCES write_side.partijen,
    vertegenwoordigde_partij     uuid NOT NULL REFERENCES write_side.partijen,
    CHECK (vertegenwoordigende_partij <> vertegenwoordigde_partij),
    CONSTRAINT vertegenwoordiging_uniek
        UNIQUE (vertegenwoordigende_partij, vertegenwoordigde_partij)
);

CREATE TABLE write_side.actoren (
    id                  uuid PRIMARY KEY,
    soort_actor         text NOT NULL CHECK (soort_actor IN
        ('medewerker', 'geautomatiseerde_actor', 'organisatorische_eenheid')),
    naam                text NOT NULL,
    functie             text,
    omschrijving        text,
    emailadres          text,
    telefoonnummer      text,
    actoridentificator  jsonb,
    indicatie_actief    boolean NOT NULL
);

CREATE TABLE write_side.klantcontacten (
    id                         uuid PRIMARY KEY,
    nummer                     text NOT NULL CONSTRAINT klantcontact_nummer_uniek UNIQUE,
    referentienummer           text CONSTRAINT klantcontact_referentienummer_uniek UNIQUE,
    kanaal                     text NOT NULL,
    onderwerp                  text NOT NULL,
    inhoud                     text,
    reactie                    text,
    indicatie_contact_gelukt   text NOT NULL
        CHECK (indicatie_contact_gelukt IN ('ja', 'nee', 'onbekend')),
    taal                       text NOT NULL,
    vertrouwelijk              boolean NOT NULL,
    plaatsgevonden_op          timestamptz NOT NULL,
    hoofd_onderwerp_type       text,
    verdere_actie_ondernomen   boolean NOT NULL,
    metadata                   jsonb NOT NULL,
    -- I14
    CHECK (NOT (verdere_actie_ondernomen AND indicatie_contact_gelukt = 'ja'))
);

CREATE TABLE write_side.actor_klantcontacten (
    id            uuid PRIMARY KEY,
    klantcontact  uuid NOT NULL REFERENCES write_side.klantcontacten,
    actor         uuid NOT NULL REFERENCES write_side.actoren,
    CONSTRAINT actor_klantcontact_uniek UNIQUE (klantcontact, actor)
);

CREATE TABLE write_side.betrokkenen (
    id                     uuid PRIMARY KEY,
    had_klantcontact       uuid NOT NULL REFERENCES write_side.klantcontacten,
    was_partij             uuid REFERENCES write_side.partijen,
    rol                    text NOT NULL CHECK (rol IN ('klant', 'vertegenwoordiger')),
    initiator              boolean NOT NULL,
    contactnaam            jsonb,
    organisatienaam        text,
    bezoekadres            jsonb,
    correspondentieadres   jsonb
);
CREATE INDEX betrokkenen_klantcontact ON write_side.betrokkenen (had_klantcontact);
CREATE INDEX betrokkenen_partij ON write_side.betrokkenen (was_partij);

CREATE TABLE write_side.digitale_adressen (
    id                         uuid PRIMARY KEY,
    soort_digitaal_adres       text NOT NULL,
    adres                      text NOT NULL,
    omschrijving               text,
    is_standaard_adres         boolean NOT NULL,
    referentie                 text,
    verificatie_datum          date,
    verstrekt_door_partij      uuid REFERENCES write_side.partijen,
    verstrekt_door_betrokkene  uuid REFERENCES write_side.betrokkenen,
    -- I07
    CHECK (num_nonnulls(verstrekt_door_partij, verstrekt_door_betrokkene) = 1),
    CHECK (NOT is_standaard_adres OR verstrekt_door_partij IS NOT NULL),
    -- The pair to which a preference must point (I08).
    UNIQUE (verstrekt_door_partij, id)
);
CREATE INDEX digitale_adressen_betrokkene
    ON write_side.digitale_adressen (verstrekt_door_betrokkene);
-- I09
CREATE UNIQUE INDEX digitaal_adres_standaard_uniek ON write_side.digitale_adressen
    (verstrekt_door_partij, soort_digitaal_adres) WHERE is_standaard_adres;
-- I10
CREATE UNIQUE INDEX digitaal_adres_referentie_uniek ON write_side.digitale_adressen
    (verstrekt_door_partij, soort_digitaal_adres, referentie) WHERE referentie IS NOT NULL;

ALTER TABLE write_side.rekeningnummers ADD UNIQUE (partij, id);
ALTER TABLE write_side.partijen
    ADD CONSTRAINT voorkeurs_digitaal_adres_eigen FOREIGN KEY (id, voorkeurs_digitaal_adres)
        REFERENCES write_side.digitale_adressen (verstrekt_door_partij, id),
    ADD CONSTRAINT voorkeurs_rekeningnummer_eigen FOREIGN KEY (id, voorkeurs_rekeningnummer)
        REFERENCES write_side.rekeningnummers (partij, id);

CREATE TABLE write_side.onderwerpobjecten (
    id                               uuid PRIMARY KEY,
    was_onderwerp_van_klantcontact   uuid NOT NULL REFERENCES write_side.klantcontacten,
    onderwerpobjectidentificator     jsonb,
    onderwerp_was_klantcontact       uuid REFERENCES write_side.klantcontacten,
    ontstond_uit_klantcontact        boolean NOT NULL,
    -- I15
    CHECK (num_nonnulls(onderwerpobjectidentificator, onderwerp_was_klantcontact) >= 1),
    CHECK (onderwerp_was_klantcontact <> was_onderwerp_van_klantcontact)
);
CREATE INDEX onderwerpobjecten_klantcontact
    ON write_side.onderwerpobjecten (was_onderwerp_van_klantcontact);

CREATE TABLE write_side.bijlagen (
    id                            uuid PRIMARY KEY,
    was_bijlage_van_klantcontact  uuid NOT NULL REFERENCES write_side.klantcontacten,
    bijlageidentificator          jsonb NOT NULL
);
CREATE INDEX bijlagen_klantcontact ON write_side.bijlagen (was_bijlage_van_klantcontact);

CREATE TABLE write_side.interne_taken (
    id                             uuid PRIMARY KEY,
    nummer                         text NOT NULL CONSTRAINT interne_taak_nummer_uniek UNIQUE,
    referentienummer               text CONSTRAINT interne_taak_referentienummer_uniek UNIQUE,
    aanleidinggevend_klantcontact  uuid NOT NULL REFERENCES write_side.klantcontacten,
    gevraagde_handeling            text NOT NULL,
    toelichting                    text,
    toegewezen_op                  timestamptz NOT NULL,
    status                         text NOT NULL CHECK (status IN ('te_verwerken', 'verwerkt')),
    afgehandeld_op                 timestamptz,
    afsluittoelichting             text,
    -- I06
    CHECK ((status = 'verwerkt') = (afgehandeld_op IS NOT NULL))
);
CREATE INDEX interne_taken_klantcontact
    ON write_side.interne_taken (aanleidinggevend_klantcontact);

CREATE TABLE write_side.interne_taak_actoren (
    interne_taak  uuid NOT NULL REFERENCES write_side.interne_taken,
    volgnummer    smallint NOT NULL,
    actor         uuid NOT NULL REFERENCES write_side.actoren,
    PRIMARY KEY (interne_taak, volgnummer),
    UNIQUE (interne_taak, actor)
);
