//! What hangs together is one gesprek, whatever came first: random links between klantcontacten, given
//! at registration, added, changed and taken away again, in any order of events and any batches; and a
//! rebuild gives the same.

use std::collections::BTreeMap;
use std::time::Instant;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use crate::projection::tables::{
    copy_of_log, project_at_once, shuffled_copy_of_log, tables_in_any_order,
};
use crate::rebuild::command::{klantbeeld, rebuild, start_rebuild};
use crate::support::{App, Gate, Persona};

/// Random graphs that are made, each on a database of its own.
const GRAPHS: u8 = 3;
/// Steps in which one is made.
const STEPS: usize = 60;
/// Steps after which it is looked at.
const LOOK_EVERY: usize = 6;
/// Other orders of the events of one graph.
const ORDERS: i64 = 3;
/// Contacts in a long gesprek.
const MANY: usize = 500;
const BSN: &str = "999990019";

/// One thing that happens to a graph. Numbers pick from what is there, modulo.
#[derive(Debug, Clone)]
enum Step {
    /// A klantcontact of nobody, one or both, about some earlier ones.
    Contact { wie: u8, eerder: Vec<usize> },
    /// A link between two that are there already.
    Link { van: usize, naar: usize },
    /// A link to another.
    Verleg { link: usize, naar: usize },
    /// A link is taken away.
    Weg { link: usize },
}

fn steps(seed: u8) -> Vec<Step> {
    let index = || 0_usize..1000;
    let step = prop_oneof![
        4 => (0_u8..4, proptest::collection::vec(index(), 0..3))
            .prop_map(|(wie, eerder)| Step::Contact { wie, eerder }),
        3 => (index(), index()).prop_map(|(van, naar)| Step::Link { van, naar }),
        1 => (index(), index()).prop_map(|(link, naar)| Step::Verleg { link, naar }),
        3 => index().prop_map(|link| Step::Weg { link }),
    ];
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let steps = proptest::collection::vec(step, STEPS).new_tree(&mut runner);
    steps.expect("steps").current()
}

/// A graph of klantcontacten, as whoever made it knows it.
struct Graaf<'a> {
    app: &'a App,
    team: Uuid,
    partijen: [Uuid; 2],
    contacten: Vec<Uuid>,
    /// Onderwerpobject, and between which klantcontacten.
    links: Vec<(Uuid, Uuid, Uuid)>,
}

impl<'a> Graaf<'a> {
    async fn new(app: &'a App) -> Self {
        let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
        let sleutel = json!({ "objectId": BSN, "codeObjecttype": "natuurlijk_persoon",
            "codeSoortObjectId": "bsn", "codeRegister": "brp" });
        let jan = json!({ "partijIdentificatoren": [{ "partijIdentificator": sleutel }] });
        let jan = app.post("/personen", jan).await.id();
        let an = app.post("/personen", json!({})).await.id();
        Self { app, team, partijen: [jan, an], contacten: Vec::new(), links: Vec::new() }
    }

    fn pick(&self, index: usize) -> Option<Uuid> {
        let place = index.checked_rem(self.contacten.len())?;
        self.contacten.get(place).copied()
    }

    async fn contact(&mut self, wie: u8, eerder: &[Uuid]) {
        let betrokkene = |index: usize| json!({ "rol": "klant", "initiator": true, "wasPartij": self.partijen[index] });
        let betrokkenen = match wie {
            0 => json!([{ "rol": "klant", "initiator": false }]),
            1 => json!([betrokkene(0)]),
            2 => json!([betrokkene(1)]),
            _ => json!([betrokkene(0), betrokkene(1)]),
        };
        let over = |id: &Uuid| json!({ "onderwerpWasKlantcontact": id });
        let body = json!({
            "kanaal": "email", "onderwerp": "Vraag", "actoren": [self.team],
            "vertrouwelijk": self.contacten.len().is_multiple_of(3),
            "betrokkenen": betrokkenen,
            "onderwerpobjecten": eerder.iter().map(over).collect::<Vec<_>>(),
        });
        let made = self.app.post("/klantcontacten", body).await;
        for (place, naar) in eerder.iter().enumerate() {
            self.links.push((made.nth("onderwerpobject", place), made.id(), *naar));
        }
        self.contacten.push(made.id());
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Contact { wie, eerder } => {
                let eerder: Vec<Uuid> = eerder.iter().filter_map(|one| self.pick(*one)).collect();
                self.contact(*wie, &eerder).await;
            }
            Step::Link { van, naar } => {
                let (Some(van), Some(naar)) = (self.pick(*van), self.pick(*naar)) else { return };
                if van != naar {
                    let path = format!("/klantcontacten/{van}/onderwerpobjecten");
                    let body = json!({ "onderwerpWasKlantcontact": naar });
                    let link = self.app.post(&path, body).await.nth("onderwerpobject", 0);
                    self.links.push((link, van, naar));
                }
            }
            Step::Verleg { link, naar } => {
                let Some(place) = link.checked_rem(self.links.len()) else { return };
                let (link, van, _) = self.links[place];
                let Some(naar) = self.pick(*naar).filter(|naar| *naar != van) else { return };
                let body = json!({ "reden": "vergissing", "onderwerpWasKlantcontact": naar });
                self.app.post(&format!("/onderwerpobjecten/{link}/correcties"), body).await;
                self.links[place].2 = naar;
            }
            Step::Weg { link } => {
                let Some(place) = link.checked_rem(self.links.len()) else { return };
                let (link, ..) = self.links.remove(place);
                let path = format!("/onderwerpobjecten/{link}/verwijderingen");
                self.app.post(&path, json!({})).await;
            }
        }
    }

    /// To which gesprek each belongs: both ends of a link take the lower of their keys, until nothing
    /// changes.
    fn expected(&self) -> BTreeMap<Uuid, Uuid> {
        let mut gesprek: BTreeMap<Uuid, Uuid> =
            self.contacten.iter().map(|id| (*id, *id)).collect();
        loop {
            let before = gesprek.clone();
            for (_, van, naar) in &self.links {
                let lowest = gesprek[van].min(gesprek[naar]);
                gesprek.insert(*van, lowest);
                gesprek.insert(*naar, lowest);
            }
            if gesprek == before {
                return gesprek;
            }
        }
    }
}

async fn projected(pool: &PgPool) -> BTreeMap<Uuid, Uuid> {
    let sql = "SELECT klantcontact_id, gesprek_id FROM read_side.gesprek_berichten";
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(sql).fetch_all(pool).await.expect("rows");
    rows.into_iter().collect()
}

/// The tables of gesprekken, and the states that they are made of.
async fn gesprekken(pool: &PgPool) -> BTreeMap<String, Vec<String>> {
    let mut all = tables_in_any_order(pool).await;
    all.retain(|name, _| name.starts_with("gesprek"));
    assert_eq!(all.len(), 4, "{:?}", all.keys());
    assert!(all.values().all(|rows| !rows.is_empty()));
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_links_in_any_order_and_any_batches_give_the_same_gesprekken() {
    let mut largest = 0;
    for seed in 0..GRAPHS {
        let app = App::start().await;
        let mut graaf = Graaf::new(&app).await;
        for (place, step) in steps(seed).iter().enumerate() {
            graaf.step(step).await;
            if place % LOOK_EVERY == 0 {
                app.settled().await;
                assert_eq!(projected(app.pool()).await, graaf.expected(), "seed {seed}, {place}");
            }
        }
        app.settled().await;
        let expected = graaf.expected();
        assert_eq!(projected(app.pool()).await, expected, "seed {seed}");
        for gesprek in expected.values() {
            let size = expected.values().filter(|other| *other == gesprek).count();
            largest = largest.max(size);
        }
        let live = gesprekken(app.pool()).await;
        for order in 0..ORDERS {
            let other = shuffled_copy_of_log(app.pool(), order).await;
            project_at_once(other.pool(), [1, 7, 1000][usize::try_from(order).expect("few")]).await;
            assert_eq!(gesprekken(other.pool()).await, live, "seed {seed}, order {order}");
        }
        // Few at a time, so that a gesprek lies in many parts.
        let done = rebuild(&app, &["gesprekken", "--batch", "3", "--memory", "0"]).await;
        assert_eq!(done.code, 0, "{done:?}");
        assert_eq!(done.json["rebuilt"][0]["verification"]["good"], true, "{done:?}");
        assert_eq!(gesprekken(app.pool()).await, live, "seed {seed}, rebuilt");
    }
    assert!(largest > 5, "the graphs hang together too little: {largest}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_tampered_with_is_found_and_repaired() {
    let app = App::start().await;
    let mut graaf = Graaf::new(&app).await;
    for step in steps(9) {
        graaf.step(&step).await;
    }
    app.settled().await;
    let good = gesprekken(app.pool()).await;
    let check = ["drift", "check", "gesprekken", "--all"];
    let checked = klantbeeld(&app, &check).await;
    assert_eq!((checked.code, &checked.json["checked"][0]["wrong"]), (0, &json!(0)), "{checked:?}");
    // Each layer has its turn: every klantcontact is looked at twice.
    let keys = checked.json["checked"][0]["keys"].as_u64().expect("a count");
    assert_eq!(keys, 2 * u64::try_from(graaf.contacten.len()).expect("few"));
    for (table, root, change) in [
        ("gesprek_berichten", "klantcontact_id", "UPDATE {t} SET gesprek_id = gen_random_uuid()"),
        ("gesprek_berichten", "klantcontact_id", "DELETE FROM {t}"),
        ("gesprekken", "gesprek_id", "UPDATE {t} SET status = 'geheim'"),
        ("gesprekken", "gesprek_id", "DELETE FROM {t}"),
        ("gesprek_schakels", "klantcontact_id", "DELETE FROM {t}"),
    ] {
        let name = format!("gesprekken_g1.{table}");
        let one = format!("(SELECT ctid FROM {name} ORDER BY {root} LIMIT 1)");
        let change = change.replace("{t}", &name);
        let sql = format!("{change} WHERE ctid = {one} RETURNING {root}");
        let object: Uuid =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(app.pool()).await.expect("a row");
        let found = klantbeeld(&app, &check).await;
        assert_eq!(found.code, 3, "{change}: {found:?}");
        let args = ["drift", "repair", "gesprekken", &object.to_string()];
        assert_eq!(klantbeeld(&app, &args).await.code, 0, "{change}");
        assert_eq!(gesprekken(app.pool()).await, good, "{change}");
        // A link that is missed makes more rows look wrong than those of one klantcontact.
        assert_eq!(klantbeeld(&app, &check).await.code, 0, "{change}");
        assert_eq!(klantbeeld(&app, &["drift", "list"]).await.code, 0, "{change}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_second_layer_a_rebuild_goes_on_there() {
    let app = App::start().await;
    let mut graaf = Graaf::new(&app).await;
    for step in steps(4) {
        graaf.step(&step).await;
    }
    app.settled().await;
    let live = gesprekken(app.pool()).await;
    let second = "NEW.product = 'gesprekken' AND NEW.generatie = 2
        AND OLD.gevuld_soort = 'klantcontact:2'";
    let place = format!("BEFORE UPDATE ON projector.generaties FOR EACH ROW WHEN ({second})");
    let gate = Gate::close(&app, &place).await;
    let args = ["gesprekken", "--batch", "3", "--memory", "0"];
    let mut child = start_rebuild(&app, &args);
    gate.somebody_waits().await;
    child.kill().await.expect("killed");
    gate.open().await;
    let done = rebuild(&app, &args).await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(done.json["rebuilt"][0]["generation"], 2, "it went on: {done:?}");
    assert_eq!(gesprekken(app.pool()).await, live);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gesprek_of_500_contacts_in_one_chain_works() {
    let app = App::start().await;
    let mut graaf = Graaf::new(&app).await;
    let begin = Instant::now();
    for number in 0..MANY {
        let eerder: Vec<Uuid> = graaf.contacten.last().copied().into_iter().collect();
        graaf.contact(u8::try_from(number % 2).expect("small"), &eerder).await;
    }
    app.settled().await;
    println!("{MANY} contacts in one gesprek, registered and projected: {:?}", begin.elapsed());
    let fresh = copy_of_log(app.pool()).await;
    let begin = Instant::now();
    project_at_once(fresh.pool(), 1000).await;
    println!("all products projected anew: {:?}", begin.elapsed());
    let query = "{ mijnGesprekken { totaal nodes { aantalBerichten gesprekId
                   berichten(first: 100) { totaal pageInfo { hasNextPage } nodes { op } } } } }";
    let begin = Instant::now();
    let data = app.ask(&Persona::burger(BSN), query, json!({})).await;
    println!("asked: {:?}", begin.elapsed());
    let gesprek = &data["mijnGesprekken"]["nodes"][0];
    // Every third is confidential, and half of those are of nobody; no other klant takes part.
    assert_eq!(data["mijnGesprekken"]["totaal"], 1, "{data:#}");
    assert_eq!(gesprek["aantalBerichten"], MANY);
    assert_eq!(gesprek["gesprekId"], json!(graaf.contacten[0]));
    assert_eq!(gesprek["berichten"]["totaal"], MANY);
    let nodes = gesprek["berichten"]["nodes"].as_array().map(Vec::len);
    assert_eq!(nodes, Some(100));
    let Value::Bool(more) = gesprek["berichten"]["pageInfo"]["hasNextPage"] else { panic!() };
    assert!(more);
}
