//! Doing a handeling: one transaction, from reading the request to the last log row; all of it or
//! nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Identity;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clock::{Clock, SharedClock};
use events::{Gebeurtenis, ObjectRef};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use tokio::sync::Notify;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::betrokken;
use crate::fout::{Doing, Fout, Foutcode, HandelingError};
use crate::idempotentie::{Afnemer, Antwoord, Herhaalsleutel};
use crate::invoer::{Lees, Lezer, dag};
use crate::log::{HandelingRegel, append_events};
use crate::referentielijsten::{Lijstgebruik, Referentielijsten, ReferentielijstenCache};
use crate::register::Register;

/// How often a handeling is done again when the database ended it to resolve a deadlock.
const ATTEMPTS_MAX: u32 = 5;

/// A business action: its input, and what it does.
pub(crate) trait Handeling: Lees + ToSchema + Send + 'static {
    /// Name of the operation: the standard's own where it has one.
    const OPERATION_ID: &'static str;
    /// What it does, in Dutch, for the API document.
    const SAMENVATTING: &'static str;
    /// The scope that a bearer needs.
    const SCOPE: &'static str;
    /// Whether it registers something (201) or changes something (200).
    const REGISTREERT: bool;
    /// What it does with the reference lists.
    const LIJSTEN: Lijstgebruik = Lijstgebruik::Lezen;

    /// Decides, and tells `uitvoering` what happened.
    fn voer_uit(
        self,
        uitvoering: &mut Uitvoering<'_>,
    ) -> impl Future<Output = Result<(), HandelingError>> + Send;
}

/// Where and by whom a handeling is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opdracht<'o> {
    /// Who asks.
    pub(crate) identity: &'o Identity,
    /// The object that the path names.
    pub(crate) id: Option<Uuid>,
    /// The version that the caller expects (`If-Match`).
    pub(crate) verwachte_versie: Option<i64>,
    /// The key with which the request may be repeated.
    pub(crate) sleutel: Option<&'o Herhaalsleutel>,
    /// The request.
    pub(crate) invoer: &'o Value,
}

impl<'o> Opdracht<'o> {
    fn afnemer(&self) -> Afnemer<'o> {
        Afnemer { toepassing: &self.identity.application, door: &self.identity.subject }
    }
}

/// How the outcome of a handeling is told to the caller.
pub(crate) type Vorm = fn(Uitkomst) -> Result<Antwoord, serde_json::Error>;

/// What came of a request for a handeling.
#[derive(Debug)]
pub(crate) enum Gedaan {
    /// It was done now.
    Nu(Antwoord),
    /// It was done before, with the same key; this was the answer.
    Eerder(Antwoord),
}

/// One object that a handeling registered or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Onderdeel {
    /// Its kind, such as `betrokkene`.
    pub(crate) soort: &'static str,
    /// Its key.
    pub(crate) id: Uuid,
    /// Its number, when it has one.
    pub(crate) nummer: Option<String>,
    /// The object whose version tells its state.
    pub(crate) object: ObjectRef,
}

/// What a handeling came to.
#[derive(Debug)]
pub(crate) struct Uitkomst {
    /// Key of the handeling.
    pub(crate) handeling_id: Uuid,
    /// When it was done.
    pub(crate) tijdstip: DateTime<Utc>,
    /// Place in the log of its last event; `None` = nothing changed.
    pub(crate) positie: Option<i64>,
    /// What was registered or changed; the first is the main object.
    pub(crate) onderdelen: Vec<Onderdeel>,
    /// Number of the last event of each object.
    pub(crate) versies: BTreeMap<ObjectRef, i64>,
}

/// What a handeling finds around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Omgeving<'u> {
    /// The time, and new keys.
    pub(crate) clock: &'u dyn Clock,
    /// The reference lists, as they are for this handeling.
    pub(crate) lijsten: &'u Referentielijsten,
    /// How long an approved request for inzage holds.
    pub(crate) inzage_geldig: TimeDelta,
    /// The moment at which the handeling is done.
    pub(crate) tijdstip: DateTime<Utc>,
}

/// A handeling that is being done.
#[derive(Debug)]
pub(crate) struct Uitvoering<'u> {
    register: Register<'u>,
    opdracht: Opdracht<'u>,
    omgeving: Omgeving<'u>,
    gebeurtenissen: Vec<Gebeurtenis>,
    onderdelen: Vec<Onderdeel>,
    versies: BTreeMap<ObjectRef, i64>,
}

/// Does handelingen.
#[derive(Debug, Clone)]
pub(crate) struct Uitvoerder {
    pub(crate) pool: PgPool,
    pub(crate) clock: SharedClock,
    pub(crate) committed: Vec<Arc<Notify>>,
    pub(crate) lijsten: Arc<ReferentielijstenCache>,
    /// How long an approved request for inzage holds.
    pub(crate) inzage_geldig: TimeDelta,
}

impl Uitvoerder {
    /// Does a handeling; when the database ended it to resolve a deadlock, again. A request that was
    /// done before with the same key gets its first answer.
    ///
    /// # Errors
    /// The faults of the request, or a fault of ours; nothing was written then, unless the commit was
    /// not answered.
    pub(crate) async fn doe<H: Handeling>(
        &self,
        opdracht: Opdracht<'_>,
        vorm: Vorm,
    ) -> Result<Gedaan, HandelingError> {
        let mut attempt = 1;
        loop {
            match self.probeer::<H>(opdracht, vorm).await {
                Err(HandelingError::Database(_, error))
                    if attempt < ATTEMPTS_MAX && is_conflict(&error) =>
                {
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    async fn probeer<H: Handeling>(
        &self,
        opdracht: Opdracht<'_>,
        vorm: Vorm,
    ) -> Result<Gedaan, HandelingError> {
        let mut tx =
            transactions::begin(&self.pool, "BEGIN").await.doing("beginning a transaction")?;
        if let Some(sleutel) = opdracht.sleutel {
            let first = sleutel.claim(&mut tx, opdracht.afnemer(), self.clock.now()).await?;
            if let Some(antwoord) = first {
                return Ok(Gedaan::Eerder(antwoord));
            }
        }
        let lijsten = self.lijsten.load(&mut tx, H::LIJSTEN).await?;
        let tijdstip = self.clock.now();
        let mut lezer = Lezer::new(&lijsten, tijdstip);
        let read = H::lees(opdracht.invoer, &mut lezer);
        let handeling = lezer.klaar(read).map_err(HandelingError::Afgewezen)?;
        let register = Register::Database(&mut tx);
        let omgeving = Omgeving {
            clock: &*self.clock,
            lijsten: &lijsten,
            inzage_geldig: self.inzage_geldig,
            tijdstip,
        };
        let mut uitvoering = Uitvoering::new(register, opdracht, omgeving);
        handeling.voer_uit(&mut uitvoering).await?;
        let uitkomst = uitvoering.sluit::<H>().await?;
        let changed = uitkomst.positie.is_some();
        let antwoord = vorm(uitkomst)?;
        if let Some(sleutel) = opdracht.sleutel {
            sleutel.keep(&mut tx, opdracht.afnemer(), &antwoord, self.clock.now()).await?;
        }
        tx.commit().await.map_err(|error| match is_conflict(&error) {
            true => HandelingError::Database("committing", error),
            false => HandelingError::Commit(error),
        })?;
        if changed {
            logboek::recorded();
            self.committed.iter().for_each(|waiting| waiting.notify_one());
        }
        Ok(Gedaan::Nu(antwoord))
    }
}

/// Whether the database ended the transaction only because another was in the way.
fn is_conflict(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01"))
}

impl<'u> Uitvoering<'u> {
    /// A handeling that begins, against `register`.
    pub(crate) fn new(
        register: Register<'u>,
        opdracht: Opdracht<'u>,
        omgeving: Omgeving<'u>,
    ) -> Self {
        let (gebeurtenissen, onderdelen, versies) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { register, opdracht, omgeving, gebeurtenissen, onderdelen, versies }
    }

    /// The register that the handeling asks.
    pub(crate) fn register(&mut self) -> &mut Register<'u> {
        &mut self.register
    }

    /// The connection of the transaction, for what only the database can tell.
    pub(crate) fn conn(&mut self) -> Result<&mut PgConnection, HandelingError> {
        self.register.conn()
    }

    /// The moment at which the handeling is done.
    pub(crate) fn tijdstip(&self) -> DateTime<Utc> {
        self.omgeving.tijdstip
    }

    /// The reference lists, as they are for this handeling.
    pub(crate) fn lijsten(&self) -> &'u Referentielijsten {
        self.omgeving.lijsten
    }

    /// How long an approved request for inzage holds.
    pub(crate) fn inzage_geldig(&self) -> TimeDelta {
        self.omgeving.inzage_geldig
    }

    /// The day, where the gemeente is, at which the handeling is done.
    pub(crate) fn vandaag(&self) -> NaiveDate {
        dag(self.omgeving.tijdstip)
    }

    /// A new key.
    pub(crate) fn new_id(&self) -> Uuid {
        self.omgeving.clock.new_id()
    }

    /// Who does it.
    pub(crate) fn door(&self) -> &str {
        &self.opdracht.identity.subject
    }

    /// Whether the bearer has this scope.
    pub(crate) fn may(&self, scope: &str) -> bool {
        self.opdracht.identity.may(scope)
    }

    /// The object that the path names.
    pub(crate) fn pad_id(&self) -> Result<Uuid, HandelingError> {
        self.opdracht
            .id
            .ok_or_else(|| Fout::new("id", Foutcode::Required, "het pad noemt geen object").into())
    }

    /// Locks the object that the path names until the transaction ends, and checks the version that
    /// the caller expects.
    pub(crate) async fn vergrendel(&mut self, object: ObjectRef) -> Result<(), HandelingError> {
        let versie = self.lock(object).await?;
        match self.opdracht.verwachte_versie {
            Some(expected) if expected != versie => Err(Fout::new(
                "If-Match",
                Foutcode::VersieConflict,
                format!("het object is gewijzigd: verwacht was versie {expected}, het is {versie}"),
            )
            .into()),
            _ => Ok(()),
        }
    }

    /// Locks an object that the path does not name.
    pub(crate) async fn vergrendel_ook(&mut self, object: ObjectRef) -> Result<(), HandelingError> {
        self.lock(object).await.map(|_| ())
    }

    async fn lock(&mut self, object: ObjectRef) -> Result<i64, HandelingError> {
        let versie = self.register.lock(object).await?;
        let Some(versie) = versie else {
            return Err(niet_gevonden("id").into());
        };
        self.versies.insert(object, versie);
        // Whoever waited for the lock acts now: times of an object do not run backwards.
        self.omgeving.tijdstip = self.omgeving.clock.now();
        Ok(versie)
    }

    /// Records what happened: the register shows it at once, the log gets it at the end.
    pub(crate) async fn gebeurt(&mut self, gebeurtenis: Gebeurtenis) -> Result<(), HandelingError> {
        self.register.apply(&gebeurtenis).await?;
        self.gebeurtenissen.push(gebeurtenis);
        Ok(())
    }

    /// Tells the caller of an object that was registered or changed.
    pub(crate) fn meld(&mut self, onderdeel: Onderdeel) {
        self.onderdelen.push(onderdeel);
    }

    /// Tells the caller of a part of an object.
    pub(crate) fn meld_deel(&mut self, soort: &'static str, id: Uuid, object: ObjectRef) {
        self.meld(Onderdeel { soort, id, nummer: None, object });
    }

    /// What happened and what was registered, for whoever writes the log itself.
    pub(crate) fn gedaan(self) -> (DateTime<Utc>, Vec<Gebeurtenis>, Vec<Onderdeel>) {
        (self.omgeving.tijdstip, self.gebeurtenissen, self.onderdelen)
    }

    async fn sluit<H: Handeling>(mut self) -> Result<Uitkomst, HandelingError> {
        let handeling_id = self.omgeving.clock.new_id();
        let mut versies = std::mem::take(&mut self.versies);
        let mut positie = None;
        if !self.gebeurtenissen.is_empty() {
            let regel = HandelingRegel {
                id: handeling_id,
                soort: H::OPERATION_ID,
                tijdstip: self.omgeving.tijdstip,
                door: &self.opdracht.identity.subject,
                toepassing: &self.opdracht.identity.application,
                pad_id: self.opdracht.id,
                doelbinding: self.opdracht.identity.doelbinding.as_deref(),
            };
            let conn = self.register.conn()?;
            let appended =
                append_events(conn, self.omgeving.clock, &regel, &self.gebeurtenissen).await?;
            positie = Some(appended.positie);
            versies.extend(appended.versies);
            let betrokkenen = betrokken::by_events(conn, &self.gebeurtenissen).await?;
            let recorded = logboek::record(conn, H::OPERATION_ID, betrokkenen);
            recorded.await.map_err(HandelingError::Logboek)?;
        }
        let onderdelen = self.onderdelen;
        Ok(Uitkomst {
            handeling_id,
            tijdstip: self.omgeving.tijdstip,
            positie,
            onderdelen,
            versies,
        })
    }
}

/// The fault of a reference to something that does not exist.
pub(crate) fn niet_gevonden(veld: impl Into<String>) -> Fout {
    Fout::new(veld, Foutcode::NietGevonden, "dit object bestaat niet")
}
