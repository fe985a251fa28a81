//! The pace of a rebuild: below what an operator allows, and never at the cost of what is served.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clock::SystemClock;
use projector::products::Inrichting;
use projector::rebuild::{RebuildSettings, Rebuilder, Reporter, Told, Waits};
use projector::{Fase, Projector, ProjectorSettings};
use serde_json::json;

use super::command::limit_rebuilds;
use super::with_history;
use crate::support::{App, Gate, until};

/// Events that one statement of the rebuild reads.
const BATCH: usize = 20;
/// More positions than the live projection may be behind before a rebuild waits.
const BEHIND: i32 = 1_500;
/// After this time a rebuild no longer waits for a live projection that stands still.
const STUCK: Duration = Duration::from_secs(5);

/// Keeps what a rebuild tells, with when.
struct Notes {
    begin: Instant,
    told: Mutex<Vec<(Duration, Told)>>,
}

impl Notes {
    fn new() -> Self {
        Self { begin: Instant::now(), told: Mutex::default() }
    }

    fn told(&self) -> Vec<(Duration, Told)> {
        self.told.lock().expect("notes").clone()
    }
}

impl Reporter for Notes {
    fn tell(&self, told: Told) {
        self.told.lock().expect("notes").push((self.begin.elapsed(), told));
    }
}

/// Fills a generation of klantbeeld in this process.
async fn rebuild(app: &App, reporter: &dyn Reporter) {
    let products = projector::products::all(&Inrichting::default());
    let settings = ProjectorSettings::default();
    let projector = Projector::new(app.pool().clone(), Arc::new(SystemClock), products, settings);
    let settings = RebuildSettings {
        memory_mib: 64,
        batch: BATCH,
        sample: 10,
        seed: 1,
        switch: false,
        with_parked: false,
        fresh: false,
    };
    let rebuilder = Rebuilder::new(&projector, reporter);
    rebuilder.rebuild(&["klantbeeld"], &settings).await.expect("rebuilt");
}

/// What was done of a phase, with when.
fn done(told: &[(Duration, Told)], wanted: Fase) -> Vec<(Duration, i64)> {
    let is = |told: &Told| matches!(told, Told::Phase { fase, .. } if *fase == wanted);
    let begin = told.iter().position(|(_, told)| is(told)).expect("the phase");
    let mut steps = Vec::new();
    for (at, told) in &told[begin + 1..] {
        let Told::Done { amount } = told else { break };
        steps.push((*at, *amount));
    }
    steps
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limited_rebuild_is_nowhere_faster_than_its_limit() {
    const LIMIT: i32 = 200;
    let app = with_history(21).await;
    limit_rebuilds(&app, LIMIT).await;
    let sql = "SELECT positie FROM write_side.gebeurtenissen ORDER BY 1";
    let posities: Vec<i64> = sqlx::query_scalar(sql).fetch_all(app.pool()).await.expect("events");
    let notes = Notes::new();
    rebuild(&app, &notes).await;
    let told = notes.told();

    // So many it may have done by then, besides the batch that it is at.
    let allowed = |time: Duration| (f64::from(LIMIT) * time.as_secs_f64()) as usize + BATCH;
    let read = done(&told, Fase::Lezen);
    assert!(read.len() > 5, "{told:?}");
    for (at, positie) in read {
        let events = posities.partition_point(|one| *one <= positie);
        assert!(events <= allowed(at), "{events} events after {at:?}: {told:?}");
    }
    let derive =
        told.iter().find(|(_, told)| matches!(told, Told::Phase { fase: Fase::Afleiden, .. }));
    let (begin, _) = derive.expect("the phase");
    for (at, objects) in done(&told, Fase::Afleiden) {
        let objects = usize::try_from(objects).expect("a count");
        assert!(objects <= allowed(at - *begin), "{objects} objects after {at:?}: {told:?}");
    }
}

/// Looks that nothing is done while the live projection is behind and held up.
struct Watcher {
    notes: Notes,
    waits: AtomicBool,
    opened: AtomicBool,
    waited_at: Mutex<Option<Instant>>,
}

impl Reporter for Watcher {
    fn tell(&self, told: Told) {
        self.notes.tell(told);
        match told {
            Told::Waits { why: Waits::Live { lag } } => {
                assert!(lag >= 1_000, "{lag}");
                self.waited_at.lock().expect("a time").get_or_insert_with(Instant::now);
                self.waits.store(true, Ordering::SeqCst);
            }
            Told::Done { .. } if self.waits.load(Ordering::SeqCst) => {
                let since = self.waited_at.lock().expect("a time").map(|at| at.elapsed());
                let given_up = since.is_some_and(|since| since >= STUCK);
                assert!(self.opened.load(Ordering::SeqCst) || given_up, "it did not wait");
            }
            Told::Done { .. } | Told::Phase { .. } | Told::Verifies { .. } | Told::Waits { .. } => {
            }
        }
    }
}

/// Registers many actoren at once, as a busy hour would.
async fn flood(app: &App) {
    app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await;
    let sql = "INSERT INTO write_side.gebeurtenissen (gebeurtenis_id, handeling_id, objectsoort,
                   object_id, versie, soort, schemaversie, data, tijdstip)
               SELECT gen_random_uuid(), e.handeling_id, e.objectsoort, new.id, 1, e.soort,
                   e.schemaversie, jsonb_set(e.data::jsonb, '{id}', to_jsonb(new.id))::json,
                   clock_timestamp()
               FROM (SELECT * FROM write_side.gebeurtenissen ORDER BY positie DESC LIMIT 1) AS e,
                    LATERAL (SELECT gen_random_uuid() AS id FROM generate_series(1, $1)) AS new";
    let done = sqlx::query(sql).bind(BEHIND).execute(app.pool()).await.expect("events");
    assert_eq!(i32::try_from(done.rows_affected()), Ok(BEHIND));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_waits_while_what_is_served_is_behind() {
    let app = with_history(22).await;
    app.settled().await;
    let place = "BEFORE UPDATE ON projector.checkpoints FOR EACH ROW WHEN (NEW.product = 'actoren'
                 AND NEW.generatie = 1 AND NEW.positie > OLD.positie)";
    let gate = Gate::close(&app, place).await;
    flood(&app).await;
    gate.somebody_waits().await;
    let watcher = Arc::new(Watcher {
        notes: Notes::new(),
        waits: AtomicBool::default(),
        opened: AtomicBool::default(),
        waited_at: Mutex::default(),
    });
    let reporter: &Watcher = &watcher;
    let release = async {
        until("the rebuild to wait", || async {
            watcher.waits.load(Ordering::SeqCst).then_some(())
        })
        .await;
        watcher.opened.store(true, Ordering::SeqCst);
        gate.open().await;
    };
    tokio::join!(rebuild(&app, reporter), release);
    let told = watcher.notes.told();
    let waited = told.iter().position(|(_, told)| matches!(told, Told::Waits { .. }));
    let before = told[..waited.expect("it waited")].iter();
    let before = before.filter(|(_, told)| matches!(told, Told::Done { .. })).count();
    assert_eq!(before, 1, "after its first step: {told:?}");
}
