//! Writers: each does handelingen on its own objects and on some that all of them change, in
//! transactions that end in every way a transaction can.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clock::{Clock, SystemClock};
use events::{Gebeurtenis, InterneTaak, InterneTaakToegewezen};
use klantbeeld::bench::municipality::{Gedaan, Gemeente};
use klantbeeld::random::Random;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::course::{Contact, Course};
use super::server::Server;
use crate::support::join_all;

/// Writers at the same time.
const WRITERS: u64 = 5;
/// Handelingen before the writers begin, from which the shared objects come.
const FIRST: usize = 300;
/// Objects that every writer changes.
const SHARED: usize = 8;
/// Most handelingen of one transaction.
const HANDELINGEN: u32 = 12;
/// How often one waits for the rate.
const BREATH: Duration = Duration::from_millis(2);

/// How a transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Commit,
    Slow(Duration),
    Rollback,
    Prepared,
    PreparedRollback,
}

impl End {
    fn draw(random: &mut Random) -> Self {
        let slow = Duration::from_millis(u64::from(random.below(150)));
        match random.below(100) {
            0..10 => Self::Rollback,
            10..16 => Self::Slow(slow),
            16..19 => Self::Prepared,
            19 => Self::PreparedRollback,
            _ => Self::Commit,
        }
    }
}

/// Makes what is beside the log, and a beginning of the log; gives the shared objects.
pub async fn prepare(server: &Server, course: &Course) -> Vec<InterneTaak> {
    let mut session = server.session("schrijver").await;
    let sql = "CREATE SCHEMA foltering;
         CREATE TABLE foltering.elders (n bigint);
         CREATE TABLE foltering.volgorde (xid xid8 NOT NULL, positie bigint NOT NULL,
             object_id uuid NOT NULL, versie bigint NOT NULL, PRIMARY KEY (xid, positie))";
    sqlx::raw_sql(sql).execute(&mut session).await.expect("tables");
    let mut gemeente = Gemeente::new(course.seed, SystemClock.now());
    let first: Vec<Gedaan> = (0..FIRST).map(|_| gemeente.next_handeling()).collect();
    let work = Work { handelingen: &first, shared: Vec::new() };
    work.record(&mut session, course, End::Commit).await.expect("a beginning");
    let mut open = BTreeMap::new();
    for (_, _, event) in first.iter().flat_map(|one| &one.gebeurtenissen) {
        match event {
            Gebeurtenis::InterneTaakGeregistreerd(taak) => {
                open.insert(taak.id, taak.clone());
            }
            Gebeurtenis::InterneTaakToegewezen(event) => {
                open.insert(event.interne_taak.id, event.interne_taak.clone());
            }
            Gebeurtenis::InterneTaakAfgehandeld(event) => {
                open.remove(&event.interne_taak.id);
            }
            // Nothing else happens to an interne taak in this municipality.
            _ => {}
        }
    }
    let taken: Vec<InterneTaak> = open.into_values().take(SHARED).collect();
    assert_eq!(taken.len(), SHARED);
    taken
}

/// Lets all of them write until there is enough.
pub async fn write_all(server: &Arc<Server>, course: &Arc<Course>, taken: &[InterneTaak]) {
    course.begin();
    let writers = (0..WRITERS).map(|number| {
        let (server, course, taken) = (Arc::clone(server), Arc::clone(course), taken.to_vec());
        tokio::spawn(async move { write(number, &server, &course, &taken).await })
    });
    for writer in join_all(writers).await {
        writer.expect("a writer");
    }
    course.end();
}

/// Writes until there is enough.
async fn write(number: u64, server: &Server, course: &Course, taken: &[InterneTaak]) {
    let mut random = course.random(number);
    let mut gemeente = Gemeente::new(course.seed + number + 1, SystemClock.now());
    let mut session = server.session("schrijver").await;
    while course.written() < course.events {
        let handelingen: Vec<Gedaan> =
            (0..=random.below(HANDELINGEN)).map(|_| gemeente.next_handeling()).collect();
        let work = Work { handelingen: &handelingen, shared: shared(&mut random, taken) };
        // Until it is in the log, by this way of ending or the next.
        loop {
            let end = End::draw(&mut random);
            match work.record(&mut session, course, end).await {
                Ok(true) => break,
                Ok(false) => {}
                Err(_) => {
                    session = server.session("schrijver").await;
                    if work.is_recorded(&mut session, server).await {
                        break;
                    }
                }
            }
        }
        while course.is_ahead() {
            tokio::time::sleep(BREATH).await;
        }
    }
}

/// Of a hundred transactions 30 change one of the objects that everybody changes and 10 change two, in
/// the order of their keys, as the write side does; each is a handeling.
fn shared(random: &mut Random, taken: &[InterneTaak]) -> Vec<(Uuid, InterneTaak)> {
    let count = match random.below(100) {
        0..30 => 1,
        30..40 => 2,
        _ => 0,
    };
    let mut chosen: BTreeMap<Uuid, InterneTaak> = BTreeMap::new();
    while chosen.len() < count {
        let taak = random.pick(taken);
        chosen.insert(taak.id, taak.clone());
    }
    chosen.into_values().map(|taak| (SystemClock.new_id(), taak)).collect()
}

/// What one transaction records.
struct Work<'w> {
    handelingen: &'w [Gedaan],
    /// Changes of shared objects, each with the key of its handeling.
    shared: Vec<(Uuid, InterneTaak)>,
}

/// The columns of events.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    handelingen: Vec<Uuid>,
    objectsoorten: Vec<&'static str>,
    objecten: Vec<Uuid>,
    versies: Vec<i64>,
    soorten: Vec<&'static str>,
    data: Vec<String>,
}

impl Columns {
    fn push(&mut self, id: Uuid, handeling: Uuid, versie: i64, event: &Gebeurtenis) {
        self.ids.push(id);
        self.handelingen.push(handeling);
        self.objectsoorten.push(event.object().soort.code());
        self.objecten.push(event.object().id);
        self.versies.push(versie);
        self.soorten.push(event.soort());
        self.data.push(event.data().expect("JSON").to_string());
    }
}

impl Work<'_> {
    fn name(&self) -> String {
        self.handelingen[0].id.to_string()
    }

    /// The keys of its handelingen.
    fn ids(&self) -> Vec<Uuid> {
        let own = self.handelingen.iter().map(|one| one.id);
        own.chain(self.shared.iter().map(|(handeling, _)| *handeling)).collect()
    }

    /// The last contact of a klant in it.
    fn contact(&self) -> Option<Contact> {
        let committed = Instant::now();
        self.handelingen.iter().rev().find_map(|one| {
            let partij = one.gebeurtenissen.iter().find_map(|(_, _, event)| {
                let Gebeurtenis::BetrokkeneBijKlantcontactGeregistreerd(betrokkene) = event else {
                    return None;
                };
                betrokkene.was_partij
            });
            partij.map(|partij| Contact { committed, partij, op: one.tijdstip })
        })
    }

    /// One transaction; no when it was rolled back as it should.
    async fn record(
        &self,
        session: &mut PgConnection,
        course: &Course,
        end: End,
    ) -> Result<bool, sqlx::Error> {
        sqlx::raw_sql("BEGIN").execute(&mut *session).await?;
        let mut columns = Columns::default();
        for one in self.handelingen {
            for (id, versie, event) in &one.gebeurtenissen {
                columns.push(*id, one.id, *versie, event);
            }
        }
        for (handeling, taak) in &self.shared {
            let sql = "SELECT versie FROM write_side.objecten
                       WHERE objectsoort = 'interne_taak' AND object_id = $1 FOR UPDATE";
            let versie: i64 =
                sqlx::query_scalar(sql).bind(taak.id).fetch_one(&mut *session).await?;
            let vorige_actoren = taak.toegewezen_aan_actoren.clone();
            let event = Gebeurtenis::InterneTaakToegewezen(InterneTaakToegewezen {
                interne_taak: InterneTaak {
                    toelichting: Some(format!("keer {versie}")),
                    ..taak.clone()
                },
                vorige_actoren,
            });
            columns.push(SystemClock.new_id(), *handeling, versie + 1, &event);
        }
        let posities = insert(session, &self.ids(), &columns).await?;
        let name = self.name();
        let ends: &[String] = &match end {
            End::Commit => vec!["COMMIT".to_owned()],
            End::Slow(time) => {
                tokio::time::sleep(time).await;
                vec!["COMMIT".to_owned()]
            }
            End::Rollback => vec!["ROLLBACK".to_owned()],
            End::Prepared => {
                vec![format!("PREPARE TRANSACTION '{name}'"), format!("COMMIT PREPARED '{name}'")]
            }
            End::PreparedRollback => {
                vec![format!("PREPARE TRANSACTION '{name}'"), format!("ROLLBACK PREPARED '{name}'")]
            }
        };
        for sql in ends {
            sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut *session).await?;
        }
        if matches!(end, End::Rollback | End::PreparedRollback) {
            return Ok(false);
        }
        course.note(&posities);
        course.latest.send_replace(self.contact());
        Ok(true)
    }

    /// After an error: whether it is in the log. What was prepared is committed first.
    async fn is_recorded(&self, session: &mut PgConnection, server: &Server) -> bool {
        let name = self.name();
        loop {
            let looked = async {
                let sql = "SELECT EXISTS (SELECT FROM pg_prepared_xacts WHERE gid = $1)";
                if sqlx::query_scalar(sql).bind(&name).fetch_one(&mut *session).await? {
                    let sql = format!("COMMIT PREPARED '{name}'");
                    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *session).await?;
                }
                let sql = "SELECT EXISTS (SELECT FROM write_side.handelingen
                           WHERE handeling_id = $1)";
                sqlx::query_scalar(sql).bind(self.handelingen[0].id).fetch_one(&mut *session).await
            };
            let looked: Result<bool, sqlx::Error> = looked.await;
            match looked {
                Ok(is_there) => return is_there,
                Err(_) => *session = server.session("schrijver").await,
            }
        }
    }
}

/// Inserts as the write side does: the rows of the objects first, so that they are locked.
async fn insert(
    session: &mut PgConnection,
    handelingen: &[Uuid],
    columns: &Columns,
) -> Result<Vec<i64>, sqlx::Error> {
    let sql = "INSERT INTO write_side.objecten (objectsoort, object_id, versie)
               SELECT soort, id, max(versie)
               FROM unnest($1::text[], $2::uuid[], $3::bigint[]) AS o (soort, id, versie)
               GROUP BY 1, 2 ORDER BY 1, 2
               ON CONFLICT (objectsoort, object_id) DO UPDATE SET versie = excluded.versie";
    sqlx::query(sql)
        .bind(&columns.objectsoorten)
        .bind(&columns.objecten)
        .bind(&columns.versies)
        .execute(&mut *session)
        .await?;
    let sql = "INSERT INTO write_side.handelingen (handeling_id, soort, tijdstip, door, toepassing)
               SELECT id, 'foltering', now(), 'foltering', 'foltering'
               FROM unnest($1::uuid[]) AS id";
    sqlx::query(sql).bind(handelingen).execute(&mut *session).await?;
    let sql = "WITH nieuw AS (
                   INSERT INTO write_side.gebeurtenissen (gebeurtenis_id, handeling_id, objectsoort,
                       object_id, versie, soort, schemaversie, data, tijdstip)
                   SELECT g.id, handeling, objectsoort, object, versie, soort, $8, data::json, now()
                   FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[],
                        $6::text[], $7::text[]) WITH ORDINALITY
                        AS g (id, handeling, objectsoort, object, versie, soort, data, n)
                   ORDER BY n
                   RETURNING positie, object_id, versie)
               INSERT INTO foltering.volgorde
               SELECT pg_current_xact_id(), positie, object_id, versie FROM nieuw
               RETURNING positie";
    sqlx::query_scalar(sql)
        .bind(&columns.ids)
        .bind(&columns.handelingen)
        .bind(&columns.objectsoorten)
        .bind(&columns.objecten)
        .bind(&columns.versies)
        .bind(&columns.soorten)
        .bind(&columns.data)
        .bind(Gebeurtenis::SCHEMAVERSIE)
        .fetch_all(session)
        .await
}
