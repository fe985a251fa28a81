//! From JSON to typed input in one pass that collects every fault: parse, don't validate. A value of
//! these types is right; the bounds stand in the types, which also write the OpenAPI document.

mod basis;
mod codes;
mod groepen;
mod identificator;
mod lezer;
mod macros;
mod regels;
#[cfg(test)]
mod tests;
mod vormen;
mod zoeken;

pub use basis::{
    Datum, Emailadres, Indien, Moment, Nummer, Referentie, Tekst, Telefoonnummer, Wijziging,
};
pub(crate) use basis::{is_emailadres, telefoonnummer};
pub use codes::{
    ActorSoort, AdresValidatie, Categorie, ExternRegister, IndicatieContactGelukt, Kanaal,
    Landcode, NieuweCode, NieuweLandcode, NieuweTaalcode, PartijSoort, Rol, SoortDigitaalAdres,
    SoortObject, SoortObjectId, Status, Taal,
};
pub use groepen::{AdresInvoer, ContactnaamInvoer, Metadata};
pub use identificator::{IdentificatorInvoer, PartijIdentificatorInvoer};
pub(crate) use lezer::{LIST_MAX_ITEMS, dag, uuid};
pub use lezer::{Lees, Lezer};
pub(crate) use macros::invoer;
pub(crate) use regels::{is_null, minstens_een};
pub use vormen::{Bic, Huisnummer, Iban, NummeraanduidingId, Postcode};
pub use zoeken::{
    Aantal, CategorieOoit, Cursor, Identificatorcriterium, KanaalOoit, Naamdeel, Postcodecriterium,
    SoortDigitaalAdresOoit,
};
