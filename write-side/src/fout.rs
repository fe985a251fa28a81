//! What can be wrong with a handeling: a fault of the request, each with its field, code and
//! message, or a fault of ours.

use std::borrow::Cow;

/// The codes of the error table; each has its HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Foutcode {
    /// A value is missing.
    Required,
    /// A value is too long.
    MaxLength,
    /// A value, or a list, is too short.
    MinLength,
    /// A value breaks its type or a rule.
    Invalid,
    /// An address is not in exactly one form, or breaks it.
    InvalidAdres,
    /// A burgerservicenummer fails the elfproef.
    InvalidBsn,
    /// An RSIN fails the elfproef.
    InvalidRsin,
    /// A KVK number has not 8 digits.
    InvalidKvk,
    /// A vestigingsnummer has not 12 digits.
    InvalidVestigingsnummer,
    /// An e-mail address has not its form.
    InvalidEmail,
    /// A telephone number has not its form.
    InvalidTelefoonnummer,
    /// An IBAN fails its check digits.
    InvalidIban,
    /// A code is not in its reference list.
    OnbekendeReferentiewaarde,
    /// A code is retired.
    ReferentiewaardeNietActief,
    /// The service fills or fixes this value itself.
    ReadOnly,
    /// Further action is not taken when contact succeeded (I14).
    NoFurtherActionWhenContactSuccesful,
    /// The bearer may not do this part.
    GeenToegang,
    /// The object, or an object referred to, does not exist.
    NietGevonden,
    /// The value exists already.
    Unique,
    /// The coupling or representation exists already.
    Conflict,
    /// An inactive actor would be coupled or assigned (I04).
    ActorNietActief,
    /// The status does not allow it.
    StatusConflict,
    /// A parent key is missing or of the wrong kind (I11).
    SubIdentificatorVereist,
    /// Other keys live under this one (I11).
    SubIdentificatorInGebruik,
    /// The object was destroyed or ended.
    Vernietigd,
    /// An idempotency key was used for another request.
    IdempotencyKeyConflict,
    /// The expected version is stale.
    VersieConflict,
}

impl Foutcode {
    /// The code as it stands in an answer.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::MaxLength => "max_length",
            Self::MinLength => "min_length",
            Self::Invalid => "invalid",
            Self::InvalidAdres => "invalid-adres",
            Self::InvalidBsn => "invalid-bsn",
            Self::InvalidRsin => "invalid-rsin",
            Self::InvalidKvk => "invalid-kvk",
            Self::InvalidVestigingsnummer => "invalid-vestigingsnummer",
            Self::InvalidEmail => "invalid-email",
            Self::InvalidTelefoonnummer => "invalid-telefoonnummer",
            Self::InvalidIban => "invalid-iban",
            Self::OnbekendeReferentiewaarde => "onbekende-referentiewaarde",
            Self::ReferentiewaardeNietActief => "referentiewaarde-niet-actief",
            Self::ReadOnly => "read-only",
            Self::NoFurtherActionWhenContactSuccesful => "no-further-action-when-contact-succesful",
            Self::GeenToegang => "geen-toegang",
            Self::NietGevonden => "niet-gevonden",
            Self::Unique => "unique",
            Self::Conflict => "conflict",
            Self::ActorNietActief => "actor-niet-actief",
            Self::StatusConflict => "status-conflict",
            Self::SubIdentificatorVereist => "sub-identificator-vereist",
            Self::SubIdentificatorInGebruik => "sub-identificator-in-gebruik",
            Self::Vernietigd => "vernietigd",
            Self::IdempotencyKeyConflict => "idempotency-key-conflict",
            Self::VersieConflict => "versie-conflict",
        }
    }

    /// The HTTP status of an answer with this fault.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Required
            | Self::MaxLength
            | Self::MinLength
            | Self::Invalid
            | Self::InvalidAdres
            | Self::InvalidBsn
            | Self::InvalidRsin
            | Self::InvalidKvk
            | Self::InvalidVestigingsnummer
            | Self::InvalidEmail
            | Self::InvalidTelefoonnummer
            | Self::InvalidIban
            | Self::OnbekendeReferentiewaarde
            | Self::ReferentiewaardeNietActief
            | Self::ReadOnly => 400,
            Self::GeenToegang => 403,
            Self::NietGevonden => 404,
            Self::NoFurtherActionWhenContactSuccesful
            | Self::Unique
            | Self::Conflict
            | Self::ActorNietActief
            | Self::StatusConflict
            | Self::SubIdentificatorVereist
            | Self::SubIdentificatorInGebruik
            | Self::IdempotencyKeyConflict => 409,
            Self::Vernietigd => 410,
            Self::VersieConflict => 412,
        }
    }
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fout {
    /// Path of the field, such as `betrokkenen[0].contactnaam`; empty = the request itself.
    pub veld: String,
    /// What kind of fault.
    pub code: Foutcode,
    /// What is wrong and what would be right, in Dutch; never repeats a personal value.
    pub melding: Cow<'static, str>,
}

impl Fout {
    /// A fault of a field.
    pub fn new(
        veld: impl Into<String>,
        code: Foutcode,
        melding: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { veld: veld.into(), code, melding: melding.into() }
    }

    /// A referentienummer is in use already (I02); `pad` leads to the object in the request.
    pub(crate) fn referentienummer_gebruikt(pad: &str) -> Self {
        let melding = "dit referentienummer is al gebruikt";
        Self::new(format!("{pad}referentienummer"), Foutcode::Unique, melding)
    }

    /// The uuid belongs to a zaak that has another identificatie.
    pub(crate) fn zaak_uuid_gebruikt() -> Self {
        let melding = "van deze uuid is een andere identificatie vastgelegd; corrigeer die";
        Self::new("uuid", Foutcode::Unique, melding)
    }

    /// The identificatie belongs to a zaak that has another uuid.
    pub(crate) fn zaakidentificatie_gebruikt() -> Self {
        let melding = "van deze identificatie is een andere uuid vastgelegd; corrigeer die";
        Self::new("identificatie", Foutcode::Unique, melding)
    }
}

/// Why a handeling was not done. It has left no trace.
#[derive(Debug, thiserror::Error)]
pub enum HandelingError {
    /// The request is at fault; every fault that was found is named.
    #[error("the handeling was refused with {} faults, the first of code {}", .0.len(), first_code(.0))]
    Afgewezen(Vec<Fout>),
    /// The database did not do its part.
    #[error("the database refused or failed while {0}")]
    Database(&'static str, #[source] sqlx::Error),
    /// The answer to the commit did not come: the handeling was done wholly, or not at all.
    #[error("the database did not answer the commit")]
    Commit(#[source] sqlx::Error),
    /// That it is done cannot be recorded, so it is not done.
    #[error("the logbook could not be written")]
    Logboek(#[source] sqlx::Error),
    /// An event could not be written as JSON.
    #[error("an event could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// It asks what the register in memory does not hold.
    #[error("this handeling is only done against a database")]
    AlleenDatabase,
}

fn first_code(fouten: &[Fout]) -> &'static str {
    fouten.first().map_or("none", |fout| fout.code.code())
}

impl From<Fout> for HandelingError {
    fn from(fout: Fout) -> Self {
        Self::Afgewezen(vec![fout])
    }
}

/// Adds what was being done to a database error.
pub(crate) trait Doing<T> {
    /// `activity` continues the sentence "the database failed while …".
    fn doing(self, activity: &'static str) -> Result<T, HandelingError>;
}

impl<T> Doing<T> for sqlx::Result<T> {
    fn doing(self, activity: &'static str) -> Result<T, HandelingError> {
        self.map_err(|error| match constraint_fault(&error) {
            Some(fout) => fout.into(),
            None => HandelingError::Database(activity, error),
        })
    }
}

/// The fault behind a violated constraint: two requests at the same moment, where the check before
/// the write could not see the other.
fn constraint_fault(error: &sqlx::Error) -> Option<Fout> {
    let error = error.as_database_error()?;
    if error.is_foreign_key_violation() {
        // It was there when the handeling looked, and went before it wrote.
        let melding = "een object dat het verzoek noemt, bestaat niet meer";
        return Some(Fout::new("", Foutcode::NietGevonden, melding));
    }
    let constraint = error.constraint()?;
    let (veld, code, melding) = match constraint {
        "partij_identificator_uniek" | "partij_identificator_sub_uniek" => (
            "partijIdentificatoren",
            Foutcode::Unique,
            "deze identificator hoort al bij een geregistreerde partij",
        ),
        "partij_identificator_soort_uniek" => (
            "partijIdentificatoren",
            Foutcode::Unique,
            "de partij heeft al een identificator van deze soort",
        ),
        "klantcontact_referentienummer_uniek" | "interne_taak_referentienummer_uniek" => {
            return Some(Fout::referentienummer_gebruikt(""));
        }
        "zaaksleutels_uuid_uniek" => return Some(Fout::zaak_uuid_gebruikt()),
        "zaaksleutels_identificatie_uniek" => return Some(Fout::zaakidentificatie_gebruikt()),
        "vertegenwoordiging_uniek" => {
            ("vertegenwoordigdePartij", Foutcode::Conflict, "deze vertegenwoordiging bestaat al")
        }
        "actor_klantcontact_uniek" => {
            ("actoren", Foutcode::Conflict, "deze actor is al gekoppeld aan het klantcontact")
        }
        "digitaal_adres_standaard_uniek" => (
            "isStandaardAdres",
            Foutcode::Conflict,
            "een ander verzoek wees tegelijk een standaardadres aan; probeer het opnieuw",
        ),
        "categorie_relatie_uniek" => {
            ("categorie", Foutcode::Conflict, "de partij zit al in deze categorie")
        }
        "referentiewaarden_pkey" => ("code", Foutcode::Unique, "deze code bestaat al"),
        "vernietigingsvoorstel_open" => {
            ("id", Foutcode::Conflict, "er loopt al een voorstel om dit object te vernietigen")
        }
        "digitaal_adres_referentie_uniek" => (
            "referentie",
            Foutcode::Unique,
            "deze referentie is al gebruikt bij een adres van deze soort van de partij",
        ),
        _ => return None,
    };
    Some(Fout::new(veld, code, melding))
}
