//! Stage one: the states of the objects that a product is made of, kept beside its rows. A batch is
//! folded in memory per object; a redelivered event changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use events::{Envelope, InterneTaak, ObjectRef, Objectsoort, Vertegenwoordiging};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::product::{ProjectError, Schema};
use crate::toestanden::{KlantcontactToestand, PartijToestand, Toestand};

/// A version that does not follow the one before: the log, or its reader, is at fault.
#[derive(Debug, thiserror::Error)]
#[error("version {versie} does not follow version {vorige}, the last one that was folded")]
struct VersionGap {
    versie: i64,
    vorige: i64,
}

#[derive(Debug)]
struct Bron {
    versie: i64,
    toestand: Option<Toestand>,
}

/// The objects that a batch needs.
#[derive(Debug)]
pub(super) struct Bronnen<'s> {
    schema: &'s Schema,
    objects: BTreeMap<ObjectRef, Bron>,
    touched: BTreeSet<ObjectRef>,
}

impl<'s> Bronnen<'s> {
    /// Folds the events of the kinds that the product is made of, and writes the states.
    pub(super) async fn fold(
        conn: &mut PgConnection,
        schema: &'s Schema,
        batch: &[Envelope],
        soorten: &[Objectsoort],
    ) -> Result<Self, ProjectError> {
        let mut bronnen = Self { schema, objects: BTreeMap::new(), touched: BTreeSet::new() };
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
        let absent = || Bron { versie: 0, toestand: None };
        let bron = self.objects.entry(event.object).or_insert_with(absent);
        if event.versie <= bron.versie {
            return Ok(());
        }
        if event.versie != bron.versie + 1 {
            let gap = VersionGap { versie: event.versie, vorige: bron.versie };
            return Err(ProjectError::event(event, gap));
        }
        let state = Toestand::fold(bron.toestand.take(), event)
            .map_err(|source| ProjectError::event(event, source))?;
        *bron = Bron { versie: event.versie, toestand: Some(state) };
        self.touched.insert(event.object);
        Ok(())
    }

    async fn write(&self, conn: &mut PgConnection) -> Result<(), ProjectError> {
        let mut soorten = Vec::new();
        let mut ids = Vec::new();
        let mut versies = Vec::new();
        let mut owners = Vec::new();
        let mut states = Vec::new();
        for object in &self.touched {
            let Some(Bron { versie, toestand: Some(state) }) = self.objects.get(object) else {
                continue;
            };
            soorten.push(object.soort.code());
            ids.push(object.id);
            versies.push(*versie);
            owners.push(state.hoort_bij());
            states.push(document(state)?);
        }
        if ids.is_empty() {
            return Ok(());
        }
        let table = self.schema.table("bronnen");
        let sql = format!(
            "INSERT INTO {table} AS b (objectsoort, object_id, versie, hoort_bij, toestand)
             SELECT soort, id, versie, hoort_bij, toestand::json
             FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[])
                  AS nieuw (soort, id, versie, hoort_bij, toestand)
             ON CONFLICT (objectsoort, object_id) DO UPDATE
             SET versie = excluded.versie, hoort_bij = excluded.hoort_bij,
                 toestand = excluded.toestand
             WHERE b.versie < excluded.versie"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(soorten)
            .bind(ids)
            .bind(versies)
            .bind(owners)
            .bind(states)
            .execute(conn)
            .await?;
        Ok(())
    }

    /// Loads the objects that are not loaded yet; unknown ones stay unknown.
    pub(super) async fn load(
        &mut self,
        conn: &mut PgConnection,
        objects: impl IntoIterator<Item = ObjectRef>,
    ) -> Result<(), ProjectError> {
        let missing: Vec<ObjectRef> =
            objects.into_iter().filter(|object| !self.objects.contains_key(object)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let table = self.schema.table("bronnen");
        let sql = format!(
            "SELECT objectsoort, object_id, versie, toestand::text FROM {table}
             WHERE (objectsoort, object_id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))"
        );
        let soorten: Vec<&str> = missing.iter().map(|object| object.soort.code()).collect();
        let ids: Vec<Uuid> = missing.iter().map(|object| object.id).collect();
        let rows: Vec<Row> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(soorten).bind(ids).fetch_all(conn).await?;
        self.accept(rows)
    }

    /// Loads the objects of a kind that are found by one of these.
    pub(super) async fn load_of(
        &mut self,
        conn: &mut PgConnection,
        soort: Objectsoort,
        owners: &BTreeSet<Uuid>,
    ) -> Result<(), ProjectError> {
        if owners.is_empty() {
            return Ok(());
        }
        let table = self.schema.table("bronnen");
        let sql = format!(
            "SELECT objectsoort, object_id, versie, toestand::text FROM {table}
             WHERE hoort_bij = ANY($1) AND objectsoort = $2"
        );
        let owners: Vec<Uuid> = owners.iter().copied().collect();
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(owners)
            .bind(soort.code())
            .fetch_all(conn)
            .await?;
        self.accept(rows)
    }

    fn accept(&mut self, rows: Vec<Row>) -> Result<(), ProjectError> {
        for (soort, id, versie, text) in rows {
            let Some(soort) = Objectsoort::from_code(&soort) else {
                continue;
            };
            let toestand = serde_json::from_str(&text)
                .map_err(|error| ProjectError::Database(sqlx::Error::Decode(Box::new(error))))?;
            // What was folded in this batch is newer than, or equal to, what was written before.
            self.objects
                .entry(ObjectRef { soort, id })
                .or_insert(Bron { versie, toestand: Some(toestand) });
        }
        Ok(())
    }

    /// The objects of a kind that this batch changed.
    pub(super) fn touched(&self, soort: Objectsoort) -> impl Iterator<Item = Uuid> {
        self.touched.iter().filter(move |object| object.soort == soort).map(|object| object.id)
    }

    /// A klantcontact, if it is known and loaded.
    pub(super) fn klantcontact(&self, id: Uuid) -> Option<&KlantcontactToestand> {
        match self.state(ObjectRef::klantcontact(id))? {
            Toestand::Klantcontact(state) => Some(state),
            Toestand::Partij(_)
            | Toestand::InterneTaak(_)
            | Toestand::Actor(_)
            | Toestand::Vertegenwoordiging(_)
            | Toestand::Weg { .. } => None,
        }
    }

    /// A partij with the number of its last event, if it is known and loaded.
    pub(super) fn partij(&self, id: Uuid) -> Option<(i64, &PartijToestand)> {
        let object = ObjectRef::partij(id);
        let versie = self.objects.get(&object)?.versie;
        match self.state(object)? {
            Toestand::Partij(state) => Some((versie, state)),
            Toestand::Klantcontact(_)
            | Toestand::InterneTaak(_)
            | Toestand::Actor(_)
            | Toestand::Vertegenwoordiging(_)
            | Toestand::Weg { .. } => None,
        }
    }

    /// Whether this partij was destroyed.
    pub(super) fn is_weg(&self, partij: Uuid) -> bool {
        self.state(ObjectRef::partij(partij)).is_some_and(Toestand::is_weg)
    }

    /// The partij that asked in a klantcontact, if it is known and loaded.
    pub(super) fn vrager(&self, contact: &KlantcontactToestand) -> Option<&PartijToestand> {
        let id = contact.vrager()?.was_partij?;
        self.partij(id).map(|(_, partij)| partij)
    }

    /// The actor, if it is known and loaded.
    pub(super) fn actor(&self, id: Uuid) -> Option<&events::Actor> {
        match self.state(ObjectRef::actor(id))? {
            Toestand::Actor(actor) => Some(actor),
            Toestand::Partij(_)
            | Toestand::Klantcontact(_)
            | Toestand::InterneTaak(_)
            | Toestand::Vertegenwoordiging(_)
            | Toestand::Weg { .. } => None,
        }
    }

    /// The loaded interne taken with the number of their last event, in order of registration.
    pub(super) fn taken(&self) -> impl Iterator<Item = (i64, &InterneTaak)> {
        self.objects.values().filter_map(|bron| match &bron.toestand {
            Some(Toestand::InterneTaak(taak)) => Some((bron.versie, taak)),
            Some(
                Toestand::Partij(_)
                | Toestand::Klantcontact(_)
                | Toestand::Actor(_)
                | Toestand::Vertegenwoordiging(_)
                | Toestand::Weg { .. },
            )
            | None => None,
        })
    }

    /// The loaded representations, in order of registration.
    pub(super) fn vertegenwoordigingen(&self) -> impl Iterator<Item = &Vertegenwoordiging> {
        self.objects.values().filter_map(|bron| match &bron.toestand {
            Some(Toestand::Vertegenwoordiging(item)) => Some(item),
            Some(
                Toestand::Partij(_)
                | Toestand::Klantcontact(_)
                | Toestand::InterneTaak(_)
                | Toestand::Actor(_)
                | Toestand::Weg { .. },
            )
            | None => None,
        })
    }

    /// What the objects of a kind that this batch changed are found by, also of those that are no
    /// more.
    pub(super) fn touched_of(&self, soort: Objectsoort) -> impl Iterator<Item = Uuid> {
        self.touched(soort)
            .filter_map(move |id| self.state(ObjectRef { soort, id }))
            .filter_map(Toestand::hoort_bij)
    }

    fn state(&self, object: ObjectRef) -> Option<&Toestand> {
        self.objects.get(&object)?.toestand.as_ref()
    }

    /// The klantcontacten whose documents this batch may have changed: those that it touched and
    /// those of the interne taken that it touched.
    pub(super) fn dirty_klantcontacten(&self) -> BTreeSet<Uuid> {
        let of_taken = self.touched_of(Objectsoort::InterneTaak);
        self.touched(Objectsoort::Klantcontact).chain(of_taken).collect()
    }

    /// Loads klantcontacten with the interne taken that followed them.
    pub(super) async fn load_klantcontacten(
        &mut self,
        conn: &mut PgConnection,
        ids: &BTreeSet<Uuid>,
    ) -> Result<(), ProjectError> {
        self.load(conn, ids.iter().copied().map(ObjectRef::klantcontact)).await?;
        self.load_of(conn, Objectsoort::InterneTaak, ids).await
    }

    /// The loaded interne taken by their klantcontact, in order of registration.
    pub(super) fn taken_per_klantcontact(&self) -> BTreeMap<Uuid, Vec<&InterneTaak>> {
        let mut taken: BTreeMap<Uuid, Vec<&InterneTaak>> = BTreeMap::new();
        for (_, taak) in self.taken() {
            taken.entry(taak.aanleidinggevend_klantcontact).or_default().push(taak);
        }
        taken
    }
}

type Row = (String, Uuid, i64, String);

/// A document as the read tables keep it.
pub(super) fn document<T: serde::Serialize>(value: &T) -> Result<String, ProjectError> {
    serde_json::to_string(value)
        .map_err(|error| ProjectError::Database(sqlx::Error::Encode(Box::new(error))))
}
