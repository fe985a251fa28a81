//! Stage one: the states of the objects that a product is made of, kept beside its rows. A batch is
//! folded in memory per object; a redelivered event changes nothing.

mod inzage;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use events::{
    Actor, Envelope, InterneTaak, ObjectRef, Objectsoort, Vertegenwoordiging, Zaaksleutels,
};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use self::rows::{COLUMNS, Row, read};
use crate::generations::BRONNEN;
use crate::parking::{Replay, Skips};
use crate::product::{ProjectError, Schema};
use crate::toestanden::{KlantcontactToestand, PartijToestand, TaakToestand, Toestand, Vernietigd};

pub(crate) use rows::{document, store, stored, versies};

/// A version that does not follow the one before: the log, or its reader, is at fault.
#[derive(Debug, thiserror::Error)]
#[error("version {versie} does not follow version {vorige}, the last one that was folded")]
struct VersionGap {
    versie: i64,
    vorige: i64,
}

/// Where objects are loaded from.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// The states that the generation keeps.
    Table,
    /// A replay of their events: what the generation keeps is not believed.
    Log(Replay),
}

/// One object: its state after its last event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Bron {
    pub(crate) versie: i64,
    /// Place in the log of that event.
    pub(crate) positie: i64,
    pub(crate) toestand: Option<Toestand>,
}

impl Bron {
    /// Takes in an event; no when it had been taken in before.
    pub(crate) fn fold(&mut self, event: &Envelope) -> Result<bool, ProjectError> {
        if event.versie <= self.versie {
            return Ok(false);
        }
        if event.versie != self.versie + 1 {
            let gap = VersionGap { versie: event.versie, vorige: self.versie };
            return Err(ProjectError::event(event, gap));
        }
        let state = Toestand::fold(self.toestand.take(), event)
            .map_err(|source| ProjectError::event(event, source))?;
        *self = Self { versie: event.versie, positie: event.positie, toestand: Some(state) };
        Ok(true)
    }

    /// Passes the next event without taking it in: an object that begins so is not there.
    pub(crate) fn pass(&mut self, versie: i64) -> bool {
        if versie != self.versie + 1 {
            return false;
        }
        let state = self.toestand.take().unwrap_or(Toestand::Weg { hoort_bij: None });
        *self = Self { versie, toestand: Some(state), ..*self };
        true
    }

    /// Passes what is skipped next; no when nothing is.
    pub(crate) fn pass_all(&mut self, object: ObjectRef, skips: &Skips) -> bool {
        let before = self.versie;
        while skips.has(object, self.versie + 1) {
            self.pass(self.versie + 1);
        }
        self.versie > before
    }
}

/// The objects that a batch needs.
#[derive(Debug)]
pub struct Bronnen<'s> {
    schema: &'s Schema,
    origin: Origin,
    objects: BTreeMap<ObjectRef, Bron>,
    touched: BTreeSet<ObjectRef>,
}

impl<'s> Bronnen<'s> {
    /// Objects of a generation, loaded when they are asked for.
    pub(crate) fn of(schema: &'s Schema, origin: Origin) -> Self {
        Self { schema, origin, objects: BTreeMap::new(), touched: BTreeSet::new() }
    }

    /// The generation.
    pub(crate) const fn schema(&self) -> &'s Schema {
        self.schema
    }

    /// Folds the events of the kinds that the product is made of, and writes the states.
    pub(crate) async fn fold(
        conn: &mut PgConnection,
        schema: &'s Schema,
        batch: &[Envelope],
        soorten: &[Objectsoort],
    ) -> Result<Self, ProjectError> {
        let mut bronnen = Self::of(schema, Origin::Table);
        let relevant = || batch.iter().filter(|event| soorten.contains(&event.object.soort));
        let named: BTreeSet<ObjectRef> = relevant().map(|event| event.object).collect();
        bronnen.load(conn, named).await?;
        for event in relevant() {
            bronnen.fold_one(event)?;
        }
        bronnen.write(conn).await?;
        Ok(bronnen)
    }

    fn fold_one(&mut self, event: &Envelope) -> Result<(), ProjectError> {
        if self.objects.entry(event.object).or_default().fold(event)? {
            self.touched.insert(event.object);
        }
        Ok(())
    }

    /// Lets a loaded object pass a skipped event; no when it is not the next one.
    pub(crate) fn pass(&mut self, object: ObjectRef, versie: i64) -> bool {
        let passed = self.objects.entry(object).or_default().pass(versie);
        if passed {
            self.touched.insert(object);
        }
        passed
    }

    /// Takes away from a loaded object what an event says was destroyed, whatever version it has.
    /// When all of it was, nothing more is to come of it, and it is one of `versie`; otherwise it
    /// stays at its own. No when it has nothing of what was destroyed.
    pub(crate) fn scrub(&mut self, event: &Envelope, versie: i64) -> bool {
        let bron = self.objects.entry(event.object).or_default();
        // One that does not have the betrokkene stays as it is.
        let Ok(state) = Toestand::fold(bron.toestand.clone(), event) else { return false };
        if Vernietigd::by(&event.gebeurtenis) == Vernietigd::Geheel {
            (bron.versie, bron.positie) = (versie, event.positie);
        }
        bron.toestand = Some(state);
        self.touched.insert(event.object);
        true
    }

    /// Counts objects as changed.
    pub(crate) fn touch(&mut self, objects: impl IntoIterator<Item = ObjectRef>) {
        self.touched.extend(objects);
    }

    /// The objects that are loaded.
    pub(crate) fn loaded(&self) -> impl Iterator<Item = ObjectRef> {
        self.objects.keys().copied()
    }

    /// Writes the states of the objects that were touched.
    pub(crate) async fn write(&self, conn: &mut PgConnection) -> Result<(), ProjectError> {
        let touched = self.touched.iter().filter_map(|object| {
            let bron = self.objects.get(object)?;
            Some((*object, bron))
        });
        store(conn, self.schema, touched).await
    }

    /// Loads the objects that are not loaded yet; unknown ones stay unknown.
    pub(crate) async fn load(
        &mut self,
        conn: &mut PgConnection,
        objects: impl IntoIterator<Item = ObjectRef>,
    ) -> Result<(), ProjectError> {
        let missing: BTreeSet<ObjectRef> =
            objects.into_iter().filter(|object| !self.objects.contains_key(object)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        match &self.origin {
            Origin::Table => {
                let found = stored(conn, self.schema, &missing).await?;
                self.accept(found);
            }
            Origin::Log(replay) => {
                let (believed, missing) =
                    missing.into_iter().partition(|object| replay.parked.contains(object));
                let replayed = replayed(conn, self.schema, replay, &missing).await?;
                let found = stored(conn, self.schema, &believed).await?;
                self.accept(replayed);
                self.accept(found);
            }
        }
        Ok(())
    }

    /// Loads the objects of a kind that are found by one of these.
    pub(crate) async fn load_of(
        &mut self,
        conn: &mut PgConnection,
        soort: Objectsoort,
        owners: &BTreeSet<Uuid>,
    ) -> Result<(), ProjectError> {
        if owners.is_empty() {
            return Ok(());
        }
        let table = self.schema.table(BRONNEN);
        let owners: Vec<Uuid> = owners.iter().copied().collect();
        let found = "WHERE hoort_bij = ANY($1) AND objectsoort = $2";
        match &self.origin {
            Origin::Table => {
                let sql = format!("{COLUMNS} FROM {table} {found}");
                let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
                    .bind(owners)
                    .bind(soort.code())
                    .fetch_all(conn)
                    .await?;
                self.accept(read(rows)?);
                Ok(())
            }
            Origin::Log(_) => {
                let sql = format!("SELECT object_id FROM {table} {found}");
                let ids: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
                    .bind(owners)
                    .bind(soort.code())
                    .fetch_all(&mut *conn)
                    .await?;
                self.load(conn, ids.into_iter().map(|id| ObjectRef { soort, id })).await
            }
        }
    }

    /// Every actor as it is stored, loaded or not.
    pub(crate) async fn stored_actoren(
        &self,
        conn: &mut PgConnection,
    ) -> Result<Vec<Actor>, ProjectError> {
        let table = self.schema.table(BRONNEN);
        let sql = format!("{COLUMNS} FROM {table} WHERE objectsoort = $1");
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(Objectsoort::Actor.code())
            .fetch_all(conn)
            .await?;
        let found = read(rows)?.into_iter().filter_map(|(_, bron)| match bron.toestand? {
            Toestand::Actor(actor) => Some(actor),
            Toestand::Partij(_)
            | Toestand::Klantcontact(_)
            | Toestand::InterneTaak(_)
            | Toestand::Vertegenwoordiging(_)
            | Toestand::Zaaksleutels(_)
            | Toestand::Inzageverzoek(_)
            | Toestand::Weg { .. } => None,
        });
        Ok(found.collect())
    }

    /// The loaded objects whose stored state is not the one that is loaded.
    pub(crate) async fn differing(
        &self,
        conn: &mut PgConnection,
    ) -> Result<Vec<ObjectRef>, ProjectError> {
        let all = self.objects.keys().copied().collect();
        let stored: BTreeMap<ObjectRef, Bron> =
            stored(conn, self.schema, &all).await?.into_iter().collect();
        let differs = |(object, bron): &(&ObjectRef, &Bron)| stored.get(*object) != Some(*bron);
        Ok(self.objects.iter().filter(differs).map(|(object, _)| *object).collect())
    }

    /// Puts the loaded states in the place of what is stored, whatever its version; gives how many.
    pub(crate) async fn overwrite(&self, conn: &mut PgConnection) -> Result<usize, ProjectError> {
        let table = self.schema.table(BRONNEN);
        let sql = format!(
            "DELETE FROM {table}
             WHERE (objectsoort, object_id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))"
        );
        let soorten: Vec<&str> = self.objects.keys().map(|object| object.soort.code()).collect();
        let ids: Vec<Uuid> = self.objects.keys().map(|object| object.id).collect();
        let objects = self.objects.iter().map(|(object, bron)| (*object, bron));
        sqlx::query(AssertSqlSafe(sql)).bind(soorten).bind(ids).execute(&mut *conn).await?;
        store(conn, self.schema, objects).await?;
        Ok(self.objects.len())
    }

    fn accept(&mut self, found: Vec<(ObjectRef, Bron)>) {
        for (object, bron) in found {
            // What was folded in this batch is newer than, or equal to, what was written before.
            self.objects.entry(object).or_insert(bron);
        }
    }

    /// The objects of a kind that this batch changed.
    pub(crate) fn touched(&self, soort: Objectsoort) -> impl Iterator<Item = Uuid> {
        self.touched.iter().filter(move |object| object.soort == soort).map(|object| object.id)
    }

    /// A klantcontact, if it is known and loaded.
    pub(crate) fn klantcontact(&self, id: Uuid) -> Option<&KlantcontactToestand> {
        match self.state(ObjectRef::klantcontact(id))? {
            Toestand::Klantcontact(state) => Some(state),
            Toestand::Partij(_)
            | Toestand::InterneTaak(_)
            | Toestand::Actor(_)
            | Toestand::Vertegenwoordiging(_)
            | Toestand::Zaaksleutels(_)
            | Toestand::Inzageverzoek(_)
            | Toestand::Weg { .. } => None,
        }
    }

    /// A partij with the number of its last event, if it is known and loaded.
    pub(crate) fn partij(&self, id: Uuid) -> Option<(i64, &PartijToestand)> {
        let object = ObjectRef::partij(id);
        let versie = self.objects.get(&object)?.versie;
        match self.state(object)? {
            Toestand::Partij(state) => Some((versie, state)),
            Toestand::Klantcontact(_)
            | Toestand::InterneTaak(_)
            | Toestand::Actor(_)
            | Toestand::Vertegenwoordiging(_)
            | Toestand::Zaaksleutels(_)
            | Toestand::Inzageverzoek(_)
            | Toestand::Weg { .. } => None,
        }
    }

    /// The partij that asked in a klantcontact, if it is known and loaded.
    pub(crate) fn vrager(&self, contact: &KlantcontactToestand) -> Option<&PartijToestand> {
        let id = contact.vrager()?.was_partij?;
        self.partij(id).map(|(_, partij)| partij)
    }

    /// The actor, if it is known and loaded.
    pub(crate) fn actor(&self, id: Uuid) -> Option<&events::Actor> {
        match self.state(ObjectRef::actor(id))? {
            Toestand::Actor(actor) => Some(actor),
            Toestand::Partij(_)
            | Toestand::Klantcontact(_)
            | Toestand::InterneTaak(_)
            | Toestand::Vertegenwoordiging(_)
            | Toestand::Zaaksleutels(_)
            | Toestand::Inzageverzoek(_)
            | Toestand::Weg { .. } => None,
        }
    }

    /// The keys of a zaak, if they are known and loaded.
    pub(crate) fn zaaksleutels(&self, id: Uuid) -> Option<&Zaaksleutels> {
        match self.state(ObjectRef::zaaksleutelpaar(id))? {
            Toestand::Zaaksleutels(pair) => Some(pair),
            Toestand::Partij(_)
            | Toestand::Klantcontact(_)
            | Toestand::InterneTaak(_)
            | Toestand::Actor(_)
            | Toestand::Vertegenwoordiging(_)
            | Toestand::Inzageverzoek(_)
            | Toestand::Weg { .. } => None,
        }
    }

    /// The loaded interne taken with the number of their last event, in order of registration.
    pub(crate) fn taken(&self) -> impl Iterator<Item = (i64, &InterneTaak)> {
        self.taaktoestanden().map(|(versie, state)| (versie, &state.taak))
    }

    /// The same with their course.
    pub(crate) fn taaktoestanden(&self) -> impl Iterator<Item = (i64, &TaakToestand)> {
        self.objects.values().filter_map(|bron| match &bron.toestand {
            Some(Toestand::InterneTaak(state)) => Some((bron.versie, state)),
            Some(
                Toestand::Partij(_)
                | Toestand::Klantcontact(_)
                | Toestand::Actor(_)
                | Toestand::Vertegenwoordiging(_)
                | Toestand::Zaaksleutels(_)
                | Toestand::Inzageverzoek(_)
                | Toestand::Weg { .. },
            )
            | None => None,
        })
    }

    /// The loaded representations, in order of registration.
    pub(crate) fn vertegenwoordigingen(&self) -> impl Iterator<Item = &Vertegenwoordiging> {
        self.objects.values().filter_map(|bron| match &bron.toestand {
            Some(Toestand::Vertegenwoordiging(item)) => Some(item),
            Some(
                Toestand::Partij(_)
                | Toestand::Klantcontact(_)
                | Toestand::InterneTaak(_)
                | Toestand::Actor(_)
                | Toestand::Zaaksleutels(_)
                | Toestand::Inzageverzoek(_)
                | Toestand::Weg { .. },
            )
            | None => None,
        })
    }

    /// What the objects of a kind that this batch changed are found by, also of those that are no
    /// more.
    pub(crate) fn touched_of(&self, soort: Objectsoort) -> impl Iterator<Item = Uuid> {
        self.touched(soort)
            .filter_map(move |id| self.state(ObjectRef { soort, id }))
            .filter_map(Toestand::hoort_bij)
    }

    /// Place in the log of the last event of these objects, as far as they are loaded; 0 of none.
    pub(crate) fn gewijzigd(&self, objects: impl IntoIterator<Item = ObjectRef>) -> i64 {
        let found = objects.into_iter().filter_map(|object| self.objects.get(&object));
        found.map(|bron| bron.positie).max().unwrap_or_default()
    }

    /// The same of a klantcontact and of the interne taken that followed it.
    pub(crate) fn contact_gewijzigd(&self, id: Uuid, taken: &[&InterneTaak]) -> i64 {
        let taken = taken.iter().map(|taak| ObjectRef::interne_taak(taak.id));
        self.gewijzigd(taken.chain([ObjectRef::klantcontact(id)]))
    }

    fn state(&self, object: ObjectRef) -> Option<&Toestand> {
        self.objects.get(&object)?.toestand.as_ref()
    }

    /// The klantcontacten whose documents this batch may have changed: those that it touched and
    /// those of the interne taken that it touched.
    pub(crate) fn dirty_klantcontacten(&self) -> BTreeSet<Uuid> {
        let of_taken = self.touched_of(Objectsoort::InterneTaak);
        self.touched(Objectsoort::Klantcontact).chain(of_taken).collect()
    }

    /// Loads klantcontacten with the interne taken that followed them.
    pub(crate) async fn load_klantcontacten(
        &mut self,
        conn: &mut PgConnection,
        ids: &BTreeSet<Uuid>,
    ) -> Result<(), ProjectError> {
        self.load(conn, ids.iter().copied().map(ObjectRef::klantcontact)).await?;
        self.load_of(conn, Objectsoort::InterneTaak, ids).await
    }

    /// The loaded interne taken by their klantcontact, in order of registration.
    pub(crate) fn taken_per_klantcontact(&self) -> BTreeMap<Uuid, Vec<&InterneTaak>> {
        let mut taken: BTreeMap<Uuid, Vec<&InterneTaak>> = BTreeMap::new();
        for (_, taak) in self.taken() {
            taken.entry(taak.aanleidinggevend_klantcontact).or_default().push(taak);
        }
        taken
    }
}

/// The states of objects as their events in the log give them, up to where the generation is.
async fn replayed(
    conn: &mut PgConnection,
    schema: &Schema,
    replay: &Replay,
    objects: &BTreeSet<ObjectRef>,
) -> Result<Vec<(ObjectRef, Bron)>, ProjectError> {
    let wanted = versies(conn, schema, objects).await?;
    let skips = replay.skips.until(&replay.until, &wanted);
    let events = log_source::of_objects(conn, &wanted, &replay.until, &skips.posities()).await?;
    let mut found: BTreeMap<ObjectRef, Bron> = BTreeMap::new();
    for event in &events {
        let bron = found.entry(event.object).or_default();
        bron.pass_all(event.object, &skips);
        bron.fold(event)?;
    }
    for object in objects.iter().filter(|object| skips.names(**object)) {
        found.entry(*object).or_default().pass_all(*object, &skips);
    }
    Ok(found.into_iter().collect())
}
