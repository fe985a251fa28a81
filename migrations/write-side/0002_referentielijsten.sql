-- Reference lists: data, not code. A code never changes; a retired value stays on old data.

CREATE TABLE write_side.referentiewaarden (
    lijst             text NOT NULL,
    code              text NOT NULL,
    naam              text NOT NULL,
    indicatie_actief  boolean NOT NULL DEFAULT true,
    -- How an address of this soort is checked (list soort_digitaal_adres).
    validatie         text CHECK (validatie IN ('email', 'telefoonnummer', 'overig')),
    -- The code of the value that this one belongs to: the register of a soort object, the soort
    -- object of a soort object-ID.
    hoort_bij         text,
    -- Other spellings that senders use for the same value; never given back.
    aliassen          text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (lijst, code)
);
