//! Filling an empty database with very many handelingen at once.
//!
//! They are read, judged and decided by the same code as those that come over HTTP: scope, input,
//! rules, events. Two things differ. The register that they ask is in memory (`Geheugen`), and
//! what they record is copied in large parts, in one transaction, without indexes and references,
//! which are made and checked before it ends ([`Lading`]). The logbook gets no lines: nobody's data
//! are processed here.

mod elders;
mod geheugen;
mod lading;
mod rijen;

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use access::Identity;
use chrono::TimeDelta;
use clock::Clock;
use events::{Gebeurtenis, ObjectRef};
use serde_json::Value;
use uuid::Uuid;

pub(crate) use geheugen::Geheugen;
pub use lading::{Deel, Lading};

use crate::fout::{Fout, Foutcode, HandelingError};
use crate::handelingen::{actor, beheer_partij, interne_taak, klantcontact, partij, wijzig_partij};
use crate::invoer::Lezer;
use crate::referentielijsten::Referentielijsten;
use crate::register::{Reeks, Register};
use crate::uitvoering::{self, Handeling, Omgeving, Uitvoering};
use rijen::{Json, Tabel};

/// Why a database was not filled. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum VullingError {
    /// A handeling is not allowed: the rules say so, as they would over HTTP.
    #[error("the handeling {soort} was not done")]
    Handeling {
        /// Its operationId.
        soort: &'static str,
        /// Why.
        source: HandelingError,
    },
    /// There are handelingen or objects already.
    #[error(
        "the database is not empty: `klantbeeld generate` fills an empty one only, so name another \
         with --database-url, or begin with an empty data directory (--data-dir)"
    )]
    NietLeeg,
    /// Somebody works with the tables.
    #[error(
        "the tables are in use: stop every klantbeeld that works with this database, and try again"
    )]
    InGebruik,
    /// The database did not do its part.
    #[error("the database refused or failed while {0}")]
    Database(&'static str, #[source] sqlx::Error),
    /// The reference lists could not be read.
    #[error("the reference lists could not be read")]
    Lijsten(#[source] HandelingError),
    /// A row could not be written as JSON.
    #[error("a row could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// What to do.
#[derive(Debug, Clone, Copy)]
pub struct Opdracht<'o> {
    /// Which handeling.
    pub soort: Soort,
    /// Who does it.
    pub identity: &'o Identity,
    /// The object that the path would name.
    pub id: Option<Uuid>,
    /// The request.
    pub invoer: &'o Value,
}

/// Something that a handeling registered or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onderdeel {
    /// Its kind, such as `betrokkene`.
    pub soort: &'static str,
    /// Its key.
    pub id: Uuid,
}

macro_rules! soorten {
    ($($(#[$doc:meta])* $variant:ident = $module:path,)+) => {
        /// The handelingen that can be done in memory.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Soort { $($(#[$doc])* $variant),+ }

        impl Vulling {
            fn dispatch(
                &mut self,
                clock: &dyn Clock,
                opdracht: Opdracht<'_>,
            ) -> Result<Vec<Onderdeel>, (&'static str, HandelingError)> {
                match opdracht.soort {
                    $(Soort::$variant => {
                        type H = $module;
                        self.doe_een::<H>(clock, opdracht).map_err(|error| (H::OPERATION_ID, error))
                    })+
                }
            }
        }
    };
}

soorten! {
    /// A medewerker.
    RegistreerMedewerker = actor::RegistreerMedewerker,
    /// A team.
    RegistreerOrganisatorischeEenheid = actor::RegistreerOrganisatorischeEenheid,
    /// A system.
    RegistreerGeautomatiseerdeActor = actor::RegistreerGeautomatiseerdeActor,
    /// A persoon.
    RegistreerPersoon = partij::RegistreerPersoon,
    /// An organisatie.
    RegistreerOrganisatie = partij::RegistreerOrganisatie,
    /// A contactpersoon.
    RegistreerContactpersoon = partij::RegistreerContactpersoon,
    /// A change of a persoon.
    WijzigPersoon = wijzig_partij::WijzigPersoon,
    /// A partij whose contact data may no longer be used.
    DeactiveerPartij = beheer_partij::DeactiveerPartij,
    /// A klantcontact.
    RegistreerKlantcontact = klantcontact::RegistreerKlantcontact,
    /// A telephone call.
    RegistreerBinnenkomendTelefoongesprek = klantcontact::RegistreerBinnenkomendTelefoongesprek,
    /// A conversation at home.
    RegistreerKeukentafelgesprek = klantcontact::RegistreerKeukentafelgesprek,
    /// An addition to a klantcontact.
    VulKlantcontactAan = klantcontact::beheer::VulKlantcontactAan,
    /// A correction of a klantcontact.
    CorrigeerKlantcontact = klantcontact::beheer::CorrigeerKlantcontact,
    /// An interne taak that another is to do.
    WijsInterneTaakToe = interne_taak::WijsInterneTaakToe,
    /// A correction of an interne taak.
    CorrigeerInterneTaak = interne_taak::CorrigeerInterneTaak,
    /// An interne taak that is done.
    MarkeerInterneTaakVerwerkt = interne_taak::MarkeerInterneTaakVerwerkt,
    /// An interne taak that was not done after all.
    HeropenInterneTaak = interne_taak::HeropenInterneTaak,
}

/// Rows that wait for a `COPY`.
#[derive(Debug)]
pub struct Pakket(Vec<(Tabel, Vec<u8>)>);

/// Does handelingen in memory, one after another.
#[derive(Debug)]
pub struct Vulling {
    geheugen: Geheugen,
    lijsten: Arc<Referentielijsten>,
    gebeurtenissen: u64,
}

impl Vulling {
    fn new(lijsten: Arc<Referentielijsten>) -> Self {
        Self { geheugen: Geheugen::new(), lijsten, gebeurtenissen: 0 }
    }

    /// Does a handeling at the present moment of the clock; gives what it registered or changed, the
    /// main object first. Objects are held until they are let go.
    ///
    /// # Errors
    /// When the rules do not allow it, or it names an object that was let go.
    pub fn doe(
        &mut self,
        clock: &dyn Clock,
        opdracht: Opdracht<'_>,
    ) -> Result<Vec<Onderdeel>, VullingError> {
        self.dispatch(clock, opdracht)
            .map_err(|(soort, source)| VullingError::Handeling { soort, source })
    }

    fn doe_een<H: Handeling>(
        &mut self,
        clock: &dyn Clock,
        opdracht: Opdracht<'_>,
    ) -> Result<Vec<Onderdeel>, HandelingError> {
        if !opdracht.identity.may(H::SCOPE) {
            let melding = format!("hiervoor is de scope {} nodig", H::SCOPE);
            return Err(Fout::new("", Foutcode::GeenToegang, melding).into());
        }
        let tijdstip = clock.now();
        let mut lezer = Lezer::new(&self.lijsten, tijdstip);
        let read = H::lees(opdracht.invoer, &mut lezer);
        let handeling = lezer.klaar(read).map_err(HandelingError::Afgewezen)?;
        let inner = uitvoering::Opdracht {
            identity: opdracht.identity,
            id: opdracht.id,
            verwachte_versie: None,
            sleutel: None,
            invoer: opdracht.invoer,
        };
        let register = Register::Geheugen(&mut self.geheugen);
        // None of these handelingen gives inzage.
        let inzage_geldig = TimeDelta::zero();
        let omgeving = Omgeving { clock, lijsten: &self.lijsten, inzage_geldig, tijdstip };
        let mut uitvoering = Uitvoering::new(register, inner, omgeving);
        at_once(handeling.voer_uit(&mut uitvoering))?;
        let (tijdstip, gebeurtenissen, onderdelen) = uitvoering.gedaan();
        if !gebeurtenissen.is_empty() {
            self.log_handeling::<H>(clock, opdracht, tijdstip, &gebeurtenissen)?;
        }
        Ok(onderdelen.iter().map(|item| Onderdeel { soort: item.soort, id: item.id }).collect())
    }

    /// The rows of the log, as `log::append_events` writes them.
    fn log_handeling<H: Handeling>(
        &mut self,
        clock: &dyn Clock,
        opdracht: Opdracht<'_>,
        tijdstip: chrono::DateTime<chrono::Utc>,
        gebeurtenissen: &[Gebeurtenis],
    ) -> Result<(), HandelingError> {
        let handeling = clock.new_id();
        let Identity { subject, application, doelbinding, .. } = opdracht.identity;
        self.geheugen.rijen.voeg(
            Tabel::Handelingen,
            &[
                &handeling,
                &H::OPERATION_ID,
                &tijdstip,
                subject,
                application,
                doelbinding,
                &opdracht.id,
            ],
        )?;
        for gebeurtenis in gebeurtenissen {
            let object = gebeurtenis.object();
            let versie = self.geheugen.raise(object)?;
            self.geheugen.rijen.voeg(
                Tabel::Gebeurtenissen,
                &[
                    &clock.new_id(),
                    &handeling,
                    &object.soort.code(),
                    &object.id,
                    &versie,
                    &gebeurtenis.soort(),
                    &Gebeurtenis::SCHEMAVERSIE,
                    &Json(|out: &mut Vec<u8>| gebeurtenis.write_data(out)),
                    &tijdstip,
                ],
            )?;
            self.gebeurtenissen += 1;
        }
        Ok(())
    }

    /// Lets go of an object that no handeling will name any more. A partij may still take part in
    /// klantcontacten; it may not be changed.
    ///
    /// # Errors
    /// When its row cannot be written.
    pub fn laat_los(&mut self, object: ObjectRef) -> Result<(), VullingError> {
        Ok(self.geheugen.laat_los(object)?)
    }

    /// Lets go of everything: nothing is done any more.
    ///
    /// # Errors
    /// When a row cannot be written.
    pub fn laat_alles_los(&mut self) -> Result<(), VullingError> {
        Ok(self.geheugen.laat_alles_los()?)
    }

    /// Events that were recorded.
    #[must_use]
    pub const fn gebeurtenissen(&self) -> u64 {
        self.gebeurtenissen
    }

    /// Bytes that wait for a `COPY`.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.geheugen.rijen.bytes()
    }

    /// Takes the rows that wait.
    pub fn pakket(&mut self) -> Pakket {
        Pakket(self.geheugen.rijen.neem())
    }

    /// With which number each series of numbers goes on.
    #[must_use]
    pub fn vervolg(&self) -> Vervolg {
        Vervolg(self.geheugen.nummers())
    }
}

/// The tables that are filled, with their schema.
pub fn tabellen() -> impl Iterator<Item = String> {
    Tabel::ALL.iter().map(|tabel| format!("write_side.{}", tabel.naam()))
}

/// Memory answers at once; what does not, asked for something else.
fn at_once(done: impl Future<Output = Result<(), HandelingError>>) -> Result<(), HandelingError> {
    match pin!(done).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => Err(HandelingError::AlleenDatabase),
    }
}

/// With which number each series of numbers goes on, in the order of `Reeks::ALL`.
#[derive(Debug, Clone, Copy)]
pub struct Vervolg([i64; Reeks::ALL.len()]);
