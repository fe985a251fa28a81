-- The two keys by which one zaak is known. Each belongs to one zaak only, capitals aside: what
-- could mean two zaken joins none.
CREATE TABLE write_side.zaaksleutels (
    id             uuid PRIMARY KEY,
    uuid           uuid NOT NULL CONSTRAINT zaaksleutels_uuid_uniek UNIQUE,
    identificatie  text NOT NULL,
    code_register  text NOT NULL
);
CREATE UNIQUE INDEX zaaksleutels_identificatie_uniek ON write_side.zaaksleutels (lower(identificatie));
