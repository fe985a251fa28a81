//! The published language of Klantbeeld: the events that the write side records and the projector
//! folds, with the envelope that carries them. No I/O, no rules: only what happened.
//!
//! Every event carries the full new state of what it names, so that a reader never has to ask the
//! register. Names and meaning follow the semantic information model *klantinteracties*.

mod actor;
mod bericht;
mod digitaal_adres;
mod envelope;
mod gebeurtenis;
mod groepen;
mod interne_taak;
mod inzage;
mod klantcontact;
mod partij;
mod referentiewaarde;
mod vernietiging;
mod vertegenwoordiging;
mod waarden;
mod wijziging;
mod zaaksleutels;

pub use actor::{Actor, SoortActor};
pub use bericht::{BERICHTVORM, BerichtError, Kop};
pub use digitaal_adres::{
    DigitaalAdres, DigitaalAdresGewijzigd, EigenDigitaalAdres, StandaardAdresAangewezen,
    VoorkeursDigitaalAdresGekozen,
};
pub use envelope::{Envelope, ObjectRef, Objectsoort, UnknownObjectsoort};
pub use gebeurtenis::{Gebeurtenis, GebeurtenisError};
pub use interne_taak::{
    InterneTaak, InterneTaakAfgehandeld, InterneTaakHeropend, InterneTaakToegewezen, Taakstatus,
};
pub use inzage::{Inzagestatus, Inzageverzoek};
pub use klantcontact::{
    ActorKlantcontact, Betrokkene, Bijlage, Klantcontact, KlantcontactAangevuld, Klantcontactrol,
    Onderwerpobject, PartijVanBetrokkeneOntkoppeld, Zaakkoppeling,
};
pub use partij::{
    CategorieRelatie, Partij, PartijIdentificator, Rekeningnummer, SoortPartij,
    VoorkeursRekeningnummerGekozen,
};
pub use referentiewaarde::Referentiewaarde;
pub use vernietiging::{InhoudVernietigd, Vernietigingsstatus, Vernietigingsvoorstel};
pub use vertegenwoordiging::Vertegenwoordiging;
pub use waarden::{Adres, Contactnaam, Identificator, IndicatieJaNeeOnbekend};
pub use wijziging::{Gecorrigeerd, Gewijzigd, Vernietigd, Verwijderd};
pub use zaaksleutels::Zaaksleutels;
