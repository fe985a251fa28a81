//! Inzagedossier: all that is known of a klant, with its history: one row per event, of the klant
//! itself, of its klantcontacten with their interne taken, and of its vertegenwoordigingen. States say
//! how things are, not how they were, so the rows of an object are made from its events in the log, up
//! to the version that its state has. What was destroyed is not in the log, and so not in the rows.

mod regels;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use events::{Envelope, Inzageverzoek, ObjectRef, Objectsoort};
use log_source::{Cursor, Herkomst};
use read_side::inzagedossier::{Inzagestatus, InzageverzoekDocument};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use self::regels::{Regel, Voor};
use super::bronnen::{Bronnen, document};
use super::derived::{self, Derived, Layer};
use super::table::{Rows, Table, moment, text};
use crate::product::{Product, ProjectError, Schema};

/// The product.
#[derive(Debug)]
pub(super) struct Inzagedossier;

const VERZOEKEN: Table = Table {
    name: "inzageverzoeken",
    root: Objectsoort::Inzageverzoek,
    root_column: "verzoek_id",
    key: &["verzoek_id"],
    columns: &[
        ("verzoek_id", "uuid"),
        ("partij_id", "uuid"),
        ("status", "text"),
        ("aangevraagd_door", "text"),
        ("aangevraagd_op", "timestamptz"),
        ("geldig_tot", "timestamptz"),
        ("document", "json"),
    ],
    feeds: None,
};

const GEGEVENS: Table = Table {
    name: "dossier_gegevens",
    root: Objectsoort::Partij,
    root_column: "partij_id",
    key: &["partij_id", "gebeurtenis_id"],
    columns: &[
        ("partij_id", "uuid"),
        ("gebeurtenis_id", "uuid"),
        ("op", "timestamptz"),
        ("actueel", "boolean"),
        ("vertrouwelijk", "boolean"),
        ("document", "json"),
    ],
    feeds: None,
};

const CONTACTEN: Table = Table {
    name: "dossier_contacten",
    root: Objectsoort::Klantcontact,
    root_column: "klantcontact_id",
    key: &["partij_id", "gebeurtenis_id"],
    columns: &[
        ("partij_id", "uuid"),
        ("gebeurtenis_id", "uuid"),
        ("klantcontact_id", "uuid"),
        ("op", "timestamptz"),
        ("actueel", "boolean"),
        ("vertrouwelijk", "boolean"),
        ("document", "json"),
    ],
    feeds: None,
};

const VERTEGENWOORDIGINGEN: Table = Table {
    name: "dossier_vertegenwoordigingen",
    root: Objectsoort::Vertegenwoordiging,
    root_column: "vertegenwoordiging_id",
    key: &["partij_id", "gebeurtenis_id"],
    columns: &[
        ("partij_id", "uuid"),
        ("gebeurtenis_id", "uuid"),
        ("vertegenwoordiging_id", "uuid"),
        ("op", "timestamptz"),
        ("actueel", "boolean"),
        ("vertrouwelijk", "boolean"),
        ("document", "json"),
    ],
    feeds: None,
};

#[async_trait]
impl Product for Inzagedossier {
    fn name(&self) -> &'static str {
        "inzagedossier"
    }

    fn version(&self) -> i32 {
        1
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/inzagedossier.sql")
    }

    fn derived(&self) -> Option<&dyn Derived> {
        Some(self)
    }

    async fn project(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        batch: &[Envelope],
    ) -> Result<(), ProjectError> {
        derived::project(self, conn, schema, batch).await
    }
}

#[async_trait]
impl Derived for Inzagedossier {
    fn objectsoorten(&self) -> &'static [Objectsoort] {
        &[
            Objectsoort::Inzageverzoek,
            Objectsoort::Partij,
            Objectsoort::Klantcontact,
            Objectsoort::InterneTaak,
            Objectsoort::Vertegenwoordiging,
        ]
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&VERZOEKEN, &GEGEVENS, &CONTACTEN, &VERTEGENWOORDIGINGEN]
    }

    async fn dirty(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        _: BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, ProjectError> {
        if layer.root == Objectsoort::Klantcontact {
            return Ok(bronnen.dirty_klantcontacten());
        }
        let mut dirty: BTreeSet<Uuid> = bronnen.touched(layer.root).collect();
        if layer.root == Objectsoort::Vertegenwoordiging {
            dirty.extend(of_destroyed(conn, bronnen).await?);
        }
        Ok(dirty)
    }

    async fn rows(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Rows>, ProjectError> {
        let objects: Vec<ObjectRef> =
            ids.iter().map(|id| ObjectRef { soort: layer.root, id: *id }).collect();
        bronnen.load(conn, objects).await?;
        let rows = match layer.root {
            Objectsoort::Inzageverzoek => verzoeken(bronnen, ids)?,
            Objectsoort::Partij => gegevens(conn, bronnen, ids).await?,
            Objectsoort::Klantcontact => contacten(conn, bronnen, ids).await?,
            Objectsoort::Vertegenwoordiging => vertegenwoordigingen(conn, bronnen, ids).await?,
            Objectsoort::InterneTaak
            | Objectsoort::Actor
            | Objectsoort::Referentiewaarde
            | Objectsoort::Vernietigingsvoorstel
            | Objectsoort::Zaaksleutelpaar => return Ok(Vec::new()),
        };
        Ok(vec![rows])
    }
}

fn verzoeken(bronnen: &Bronnen<'_>, ids: &BTreeSet<Uuid>) -> Result<Rows, ProjectError> {
    let mut rows = Rows::new(&VERZOEKEN);
    for verzoek in ids.iter().filter_map(|id| bronnen.inzageverzoek(*id)) {
        rows.push([
            text(verzoek.id),
            text(verzoek.partij),
            text(verzoek.status.code()),
            text(&verzoek.aangevraagd_door),
            moment(verzoek.aangevraagd_op),
            verzoek.geldig_tot.and_then(moment),
            text(document(&shown(verzoek))?),
        ]);
    }
    Ok(rows)
}

fn shown(verzoek: &Inzageverzoek) -> InzageverzoekDocument {
    InzageverzoekDocument {
        verzoek_id: verzoek.id,
        partij_id: verzoek.partij,
        kenmerk: verzoek.kenmerk.clone(),
        reden: verzoek.reden.clone(),
        status: match verzoek.status {
            events::Inzagestatus::Aangevraagd => Inzagestatus::Aangevraagd,
            events::Inzagestatus::Goedgekeurd => Inzagestatus::Goedgekeurd,
            events::Inzagestatus::Afgewezen => Inzagestatus::Afgewezen,
        },
        aangevraagd_door: verzoek.aangevraagd_door.clone(),
        aangevraagd_op: verzoek.aangevraagd_op,
        beoordeeld_door: verzoek.beoordeeld_door.clone(),
        beoordeeld_op: verzoek.beoordeeld_op,
        geldig_tot: verzoek.geldig_tot,
    }
}

/// What the log says of objects, up to the version of their state, with who recorded it.
struct Gebeurd {
    per_object: BTreeMap<ObjectRef, Vec<Envelope>>,
    herkomst: BTreeMap<Uuid, Herkomst>,
}

impl Gebeurd {
    async fn read(
        conn: &mut PgConnection,
        bronnen: &Bronnen<'_>,
        objects: Vec<ObjectRef>,
    ) -> Result<Self, ProjectError> {
        let versies = bronnen.versies(objects);
        // What this program cannot read and is in a state all the same was skipped.
        let (events, _) =
            log_source::of_objects_apart(conn, &versies, &Cursor::default(), &[]).await?;
        let handelingen: BTreeSet<Uuid> = events.iter().map(|event| event.handeling_id).collect();
        let herkomst = log_source::herkomst(conn, &handelingen).await?;
        let mut per_object: BTreeMap<ObjectRef, Vec<Envelope>> = BTreeMap::new();
        for event in events {
            per_object.entry(event.object).or_default().push(event);
        }
        Ok(Self { per_object, herkomst })
    }

    fn of(&self, object: ObjectRef) -> &[Envelope] {
        self.per_object.get(&object).map_or(&[], Vec::as_slice)
    }

    /// What the events of an object say of a klant.
    fn dossier(&self, object: ObjectRef, voor: &Voor) -> Result<Vec<Regel>, ProjectError> {
        regels::dossier(self.of(object), &self.herkomst, voor)
    }
}

async fn gegevens(
    conn: &mut PgConnection,
    bronnen: &Bronnen<'_>,
    ids: &BTreeSet<Uuid>,
) -> Result<Rows, ProjectError> {
    let known: Vec<Uuid> =
        ids.iter().filter(|id| bronnen.partij(**id).is_some()).copied().collect();
    let objects = known.iter().copied().map(ObjectRef::partij).collect();
    let gebeurd = Gebeurd::read(conn, bronnen, objects).await?;
    let mut rows = Rows::new(&GEGEVENS);
    for partij in known {
        for regel in gebeurd.dossier(ObjectRef::partij(partij), &Voor::klant(partij))? {
            rows.push([
                text(partij),
                text(regel.gebeurtenis_id),
                moment(regel.document.op),
                text(regel.document.actueel),
                text(false),
                text(document(&regel.document)?),
            ]);
        }
    }
    Ok(rows)
}

async fn contacten(
    conn: &mut PgConnection,
    bronnen: &mut Bronnen<'_>,
    ids: &BTreeSet<Uuid>,
) -> Result<Rows, ProjectError> {
    bronnen.load_klantcontacten(conn, ids).await?;
    let whole = with_taken(bronnen, ids);
    let objects = whole.values().flatten().copied().collect();
    let gebeurd = Gebeurd::read(conn, bronnen, objects).await?;
    let mut rows = Rows::new(&CONTACTEN);
    for state in ids.iter().filter_map(|id| bronnen.klantcontact(*id)) {
        let contact = &state.klantcontact;
        let partijen: BTreeSet<Uuid> = state.partijen().collect();
        for partij in partijen {
            let own = state.betrokkenen.iter().filter(|item| item.was_partij == Some(partij));
            let betrokkenen = own.map(|item| item.id).collect();
            let vertrouwelijk = contact.vertrouwelijk;
            let voor = Voor { klant: partij, betrokkenen, vertrouwelijk };
            for object in whole.get(&contact.id).into_iter().flatten() {
                for regel in gebeurd.dossier(*object, &voor)? {
                    rows.push([
                        text(partij),
                        text(regel.gebeurtenis_id),
                        text(contact.id),
                        moment(regel.document.op),
                        text(regel.document.actueel),
                        text(contact.vertrouwelijk),
                        text(document(&regel.document)?),
                    ]);
                }
            }
        }
    }
    Ok(rows)
}

/// Each klantcontact of somebody who is known, with the interne taken that followed it.
fn with_taken(bronnen: &Bronnen<'_>, ids: &BTreeSet<Uuid>) -> BTreeMap<Uuid, Vec<ObjectRef>> {
    let per_contact = bronnen.taken_per_klantcontact();
    let mut whole = BTreeMap::new();
    for state in ids.iter().filter_map(|id| bronnen.klantcontact(*id)) {
        let id = state.klantcontact.id;
        if state.partijen().next().is_some() {
            let taken = per_contact.get(&id).map_or(&[][..], Vec::as_slice);
            let taken = taken.iter().map(|taak| ObjectRef::interne_taak(taak.id));
            whole.insert(id, [ObjectRef::klantcontact(id)].into_iter().chain(taken).collect());
        }
    }
    whole
}

async fn vertegenwoordigingen(
    conn: &mut PgConnection,
    bronnen: &mut Bronnen<'_>,
    ids: &BTreeSet<Uuid>,
) -> Result<Rows, ProjectError> {
    let objects = ids.iter().copied().map(ObjectRef::vertegenwoordiging).collect();
    let gebeurd = Gebeurd::read(conn, bronnen, objects).await?;
    // One that has ended no longer has a state that says of whom it was.
    let pairs: Vec<(Uuid, BTreeSet<Uuid>)> = ids
        .iter()
        .map(|id| (*id, regels::partijen(gebeurd.of(ObjectRef::vertegenwoordiging(*id)))))
        .collect();
    let partijen = pairs.iter().flat_map(|(_, pair)| pair.iter().copied());
    bronnen.load(conn, partijen.map(ObjectRef::partij).collect::<Vec<_>>()).await?;
    let mut rows = Rows::new(&VERTEGENWOORDIGINGEN);
    for (id, pair) in pairs {
        for partij in pair.into_iter().filter(|id| !bronnen.is_weg(ObjectRef::partij(*id))) {
            let object = ObjectRef::vertegenwoordiging(id);
            for regel in gebeurd.dossier(object, &Voor::klant(partij))? {
                rows.push([
                    text(partij),
                    text(regel.gebeurtenis_id),
                    text(id),
                    moment(regel.document.op),
                    text(regel.document.actueel),
                    text(false),
                    text(document(&regel.document)?),
                ]);
            }
        }
    }
    Ok(rows)
}

/// The vertegenwoordigingen in the dossiers of partijen that this batch destroyed.
async fn of_destroyed(
    conn: &mut PgConnection,
    bronnen: &Bronnen<'_>,
) -> Result<Vec<Uuid>, ProjectError> {
    let touched = bronnen.touched(Objectsoort::Partij);
    let gone: Vec<Uuid> = touched.filter(|id| bronnen.is_weg(ObjectRef::partij(*id))).collect();
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let table = bronnen.schema().table(VERTEGENWOORDIGINGEN.name);
    let sql =
        format!("SELECT DISTINCT vertegenwoordiging_id FROM {table} WHERE partij_id = ANY($1)");
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(gone).fetch_all(conn).await?)
}
