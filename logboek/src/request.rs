//! What becomes known of a request while it is answered. It is kept beside the request's own task, so
//! that whoever makes something of a partij can say so wherever that is.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::activities::Activiteiten;
use crate::lines::{Auditregel, Kanaal, Regels, Resultaat, Verwerking};
use crate::store;
use crate::trace::{SpanId, Spoor, new_span};
use crate::writer::{Logboek, LogboekError};

/// Longest name of an operation that is kept, in characters.
const NAME_MAX: usize = 100;
/// Digits one after the other from which a name may hold somebody's number.
const NUMBER_DIGITS: usize = 7;
/// The action of a request that did not say what it wanted.
const UNKNOWN: &str = "onbekend";

tokio::task_local! {
    /// The request that this task answers.
    static VERZOEK: Arc<Verzoek>;
    /// The part of it that is being answered, if it has parts.
    static DEEL: Arc<Mutex<BTreeSet<Uuid>>>;
}

/// Who asks, as the token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wie {
    /// The bearer.
    pub subject: String,
    /// The application that the bearer uses.
    pub application: String,
    /// For what purpose.
    pub doelbinding: Option<String>,
}

/// One request.
#[derive(Debug)]
pub(crate) struct Verzoek {
    pub(crate) spoor: Spoor,
    logboek: Logboek,
    kanaal: Kanaal,
    oorsprong: Option<String>,
    begin: DateTime<Utc>,
    known: Mutex<Known>,
}

/// What is known of a request.
#[derive(Debug, Default)]
struct Known {
    /// Whether it came as far as a token.
    asked: bool,
    wie: Option<Wie>,
    actie: Option<String>,
    path: Option<String>,
    document: Option<String>,
    fouten: BTreeSet<String>,
    worst: Option<Resultaat>,
    /// Who was shown outside any part.
    shown: BTreeSet<Uuid>,
    parts: Vec<Part>,
    /// Whether a transaction has kept its lines.
    recorded: bool,
}

/// A part of a request: one operation with those whose data it processed.
#[derive(Debug, Clone)]
struct Part {
    name: String,
    failed: bool,
    begin: DateTime<Utc>,
    end: DateTime<Utc>,
    shown: BTreeSet<Uuid>,
}

impl Verzoek {
    pub(crate) fn new(
        logboek: Logboek,
        spoor: Spoor,
        kanaal: Kanaal,
        oorsprong: Option<String>,
    ) -> Self {
        let begin = logboek.clock().now();
        Self { spoor, logboek, kanaal, oorsprong, begin, known: Mutex::default() }
    }

    /// A request of its own, of the same bearer, that comes forth from this one.
    fn next(&self) -> Self {
        let known = self.known();
        let kept = Known {
            asked: known.asked,
            wie: known.wie.clone(),
            actie: known.actie.clone(),
            document: known.document.clone(),
            ..Known::default()
        };
        let spoor = self.spoor.within(self.logboek.clock());
        let (logboek, oorsprong) = (self.logboek.clone(), self.oorsprong.clone());
        let next = Self::new(logboek, spoor, self.kanaal, oorsprong);
        Self { known: Mutex::new(kept), ..next }
    }

    /// Answers this request in `work`.
    pub(crate) async fn scope<F: Future>(self: &Arc<Self>, work: F) -> F::Output {
        VERZOEK.scope(Arc::clone(self), work).await
    }

    /// The place where it was asked.
    pub(crate) fn on_path(&self, path: &str) {
        self.known().path = Some(path.to_owned());
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lines of this request when it is answered with this status; none when nobody asked, or
    /// when a transaction has kept them.
    pub(crate) fn lines(&self, status: u16) -> Option<Regels> {
        let known = self.known();
        if !known.asked || known.recorded {
            return None;
        }
        let mut parts = known.parts.clone();
        let products = joined(names(&parts));
        let actie = known.actie.clone().or(Some(products).filter(|names| !names.is_empty()));
        let actie = actie.or_else(|| known.path.clone()).unwrap_or_else(|| UNKNOWN.to_owned());
        if !known.shown.is_empty() {
            parts.push(self.part(&actie, known.shown.clone()));
        }
        Some(self.regels(&known, &actie, status, &parts))
    }

    fn part(&self, name: &str, shown: BTreeSet<Uuid>) -> Part {
        let end = self.logboek.clock().now();
        Part { name: name.to_owned(), failed: false, begin: self.begin, end, shown }
    }

    fn regels(&self, known: &Known, actie: &str, status: u16, parts: &[Part]) -> Regels {
        let all: BTreeSet<Uuid> = parts.iter().flat_map(|part| part.shown.clone()).collect();
        let one = all.first().filter(|_| all.len() == 1);
        let object = one.map(|partij| self.logboek.sleutels().pseudoniem(*partij).id);
        let duur = self.logboek.clock().now() - self.begin;
        let resultaat = known.worst.unwrap_or(Resultaat::Gelukt).max(Resultaat::of_status(status));
        let wie = known.wie.as_ref();
        let audit = Auditregel {
            trace_id: self.spoor.trace_id,
            span_id: self.spoor.span_id,
            parent_span_id: self.spoor.parent,
            transactie: self.spoor.transactie,
            tijdstip: self.begin,
            duur_ms: i32::try_from(duur.num_milliseconds()).unwrap_or(i32::MAX),
            kanaal: self.kanaal.code().to_owned(),
            wie: wie.map(|wie| wie.subject.clone()),
            toepassing: wie.map(|wie| wie.application.clone()),
            doelbinding: wie.and_then(|wie| wie.doelbinding.clone()),
            oorsprong: self.oorsprong.clone(),
            actie: actie.to_owned(),
            document: known.document.clone(),
            producten: joined(names(parts)),
            object,
            betrokkenen: i32::try_from(all.len()).unwrap_or(i32::MAX),
            resultaat: resultaat.code().to_owned(),
            status: i16::try_from(status).unwrap_or(i16::MAX),
            fouten: joined(known.fouten.iter().map(String::as_str)),
        };
        let processed = parts
            .iter()
            .filter(|part| !part.shown.is_empty() || Activiteiten::processes(&part.name));
        let verwerkingen = processed.flat_map(|part| self.verwerkingen(part)).collect();
        Regels { audit, verwerkingen }
    }

    /// The part itself, and under it each betrokkene.
    fn verwerkingen(&self, part: &Part) -> Vec<Verwerking> {
        let whole = self.verwerking(part, self.spoor.span_id, None);
        let under = part.shown.iter().map(|id| self.verwerking(part, whole.span_id, Some(*id)));
        let under: Vec<Verwerking> = under.collect();
        std::iter::once(whole).chain(under).collect()
    }

    fn verwerking(&self, part: &Part, parent: SpanId, betrokkene: Option<Uuid>) -> Verwerking {
        let pseudoniem = betrokkene.map(|partij| self.logboek.sleutels().pseudoniem(partij));
        let (id, soort) = pseudoniem.map(|found| (found.id, found.soort)).unzip();
        Verwerking {
            span_id: new_span(self.logboek.clock()),
            parent_span_id: parent,
            status: if part.failed { "Error" } else { "Ok" }.to_owned(),
            name: part.name.clone(),
            start_time: part.begin.timestamp_millis(),
            end_time: part.end.timestamp_millis(),
            processing_activity_id: self.logboek.activiteiten().of(&part.name),
            data_subject_id: id,
            data_subject_id_type: soort,
        }
    }
}

/// The names of parts, each once and always in the same order.
fn names(parts: &[Part]) -> BTreeSet<&str> {
    parts.iter().map(|part| part.name.as_str()).collect()
}

fn joined<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(" ")
}

/// Does something to what is known of the request of this task; nothing outside one.
fn note(change: impl FnOnce(&Verzoek, &mut Known)) {
    let _ = VERZOEK.try_with(|verzoek| change(verzoek, &mut verzoek.known()));
}

/// A request from which others come forth: a socket with its operations, a subscription with its events.
#[derive(Debug, Clone)]
pub struct Herkomst(Arc<Verzoek>);

impl Herkomst {
    /// The request of this task; none outside one.
    #[must_use]
    pub fn here() -> Option<Self> {
        VERZOEK.try_with(|verzoek| Self(Arc::clone(verzoek))).ok()
    }

    /// Does an operation that comes forth from it, which gives the HTTP status that it would have; its
    /// lines are kept when this is done.
    ///
    /// # Errors
    /// When they were not: then nothing of it may leave.
    pub async fn operation<T>(
        &self,
        work: impl Future<Output = (T, u16)>,
    ) -> Result<T, LogboekError> {
        let verzoek = Arc::new(self.0.next());
        let (done, status) = verzoek.scope(work).await;
        if let Some(regels) = verzoek.lines(status) {
            verzoek.logboek.write(regels).await?;
        }
        Ok(done)
    }
}

/// Somebody asks: whoever the token names, or nobody who is known.
pub fn asks(wie: Option<Wie>) {
    note(|_, known| {
        known.asked = true;
        known.wie = wie.or_else(|| known.wie.take());
    });
}

/// What is asked: the name of an operation. One that may hold a number of somebody is not kept.
pub fn action(naam: &str) {
    let digits = |part: &str| part.len() >= NUMBER_DIGITS;
    let numbered = naam.split(|c: char| !c.is_ascii_digit()).any(digits);
    if !numbered && naam.chars().count() <= NAME_MAX {
        note(|_, known| known.actie = Some(naam.to_owned()));
    }
}

/// The text of what is asked. Only a keyed hash is kept: there may be values in it.
pub fn document(text: &str) {
    note(|verzoek, known| known.document = Some(verzoek.logboek.sleutels().document(text)));
}

/// A fault in the answer, by its code and the HTTP status that it would have.
pub fn fault(code: &str, status: u16) {
    note(|_, known| {
        known.fouten.insert(code.to_owned());
        known.worst = known.worst.max(Some(Resultaat::of_status(status)));
    });
}

/// Data of this partij are in what is being made.
pub fn show(partij: Uuid) {
    let add = |shown: &Mutex<BTreeSet<Uuid>>| {
        shown.lock().unwrap_or_else(PoisonError::into_inner).insert(partij);
    };
    if DEEL.try_with(|deel| add(deel)).is_err() {
        note(|_, known| {
            known.shown.insert(partij);
        });
    }
}

/// The logbook of the request that this task answers; nothing outside one.
pub(crate) fn logboek() -> Option<Logboek> {
    VERZOEK.try_with(|verzoek| verzoek.logboek.clone()).ok()
}

/// Does one part of a request: an operation of its own in the log, with whoever is shown in it.
///
/// # Errors
/// Those of the work.
pub async fn process<T, E>(naam: &str, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let Ok(verzoek) = VERZOEK.try_with(Arc::clone) else { return work.await };
    let begin = verzoek.logboek.clock().now();
    let deel: Arc<Mutex<BTreeSet<Uuid>>> = Arc::default();
    let done = DEEL.scope(Arc::clone(&deel), work).await;
    let shown = std::mem::take(&mut *deel.lock().unwrap_or_else(PoisonError::into_inner));
    let end = verzoek.logboek.clock().now();
    let part = Part { name: naam.to_owned(), failed: done.is_err(), begin, end, shown };
    verzoek.known().parts.push(part);
    done
}

/// Keeps the lines of an operation in the transaction that does it, at its end; [`recorded`] says that it
/// was committed. Whoever was shown before counts among those whose data it processed.
///
/// # Errors
/// When the database refuses: then the transaction cannot go on either.
pub async fn record(
    conn: &mut PgConnection,
    operatie: &str,
    betrokkenen: BTreeSet<Uuid>,
) -> sqlx::Result<()> {
    /// What a registration is answered with, or a change: both are done.
    const DONE: u16 = 200;
    let Ok(verzoek) = VERZOEK.try_with(Arc::clone) else { return Ok(()) };
    let mut shown = verzoek.known().shown.clone();
    shown.extend(betrokkenen);
    let part = verzoek.part(operatie, shown);
    let regels = verzoek.regels(&verzoek.known(), operatie, DONE, &[part]);
    store::append(conn, verzoek.logboek.sleutels().now(), &[regels]).await
}

/// The transaction that kept the lines of this request was committed.
pub fn recorded() {
    note(|_, known| known.recorded = true);
}
