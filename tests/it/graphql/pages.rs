//! All pages together are all rows, in order and each once, for any size of page, also where a sort
//! key is null or the same.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{App, Persona};

/// Rows of each list.
const ROWS: u32 = 37;
/// Sizes of page that are tried.
const SIZES: u32 = 6;
const ZAAK: &str = "zaak-1";

const LISTS: [(&str, &str); 8] = [
    (
        "/werkvoorraad",
        "query($n: Int, $na: String, $id: ID!) { werkvoorraad(voor: { teams: [$id] }, first: $n,
           after: $na, sorteer: STREEFDATUM) { totaal nodes { id: taakId }
           pageInfo { hasNextPage endCursor } } }",
    ),
    (
        "/werkvoorraad",
        "query($n: Int, $na: String, $id: ID!) { werkvoorraad(voor: { teams: [$id] }, first: $n,
           after: $na, sorteer: CONTACT_OP) { totaal nodes { id: taakId }
           pageInfo { hasNextPage endCursor } } }",
    ),
    (
        "/werkvoorraad",
        "query($n: Int, $na: String, $id: ID!) { werkvoorraad(voor: { teams: [$id] }, first: $n,
           after: $na, sorteer: TOEGEWEZEN_OP) { totaal nodes { id: taakId }
           pageInfo { hasNextPage endCursor } } }",
    ),
    (
        "/contactgeschiedenis",
        "query($n: Int, $na: String, $id: ID!) { contactgeschiedenis(voor: { klantId: $id },
           first: $n, after: $na) { totaal nodes { id: contactId }
           pageInfo { hasNextPage endCursor } } }",
    ),
    (
        "/contactgeschiedenis",
        "query($n: Int, $na: String, $id: ID!) { contactgeschiedenis(voor: { klantId: $id },
           first: $n, after: $na, volgorde: OUDSTE_EERST) { totaal nodes { id: contactId }
           pageInfo { hasNextPage endCursor } } }",
    ),
    (
        "/zaakContacthistorie",
        "query($n: Int, $na: String) { zaakContacthistorie(zaak: { identificatie: \"zaak-1\" },
           first: $n, after: $na) { totaal nodes { id: contactId }
           pageInfo { hasNextPage endCursor } } }",
    ),
    (
        "/klantbeeld/recenteContacten",
        "query($n: Int, $na: String, $id: ID!) { klantbeeld(voor: { klantId: $id }) {
           recenteContacten(first: $n, after: $na) { totaal nodes { id: contactId }
           pageInfo { hasNextPage endCursor } } } }",
    ),
    (
        "/klantbeeld/openContactverzoeken",
        "query($n: Int, $na: String, $id: ID!) { klantbeeld(voor: { klantId: $id }) {
           openContactverzoeken(first: $n, after: $na) { totaal nodes { id: taakId }
           pageInfo { hasNextPage endCursor } } } }",
    ),
];

/// Rows whose moments are often the same and, in the work list, sometimes null.
async fn fill(app: &App) -> (Uuid, Uuid) {
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let klant = app.post("/personen", json!({})).await.id();
    for index in 0..ROWS {
        let body = json!({
            "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [team],
            "plaatsgevondenOp": format!("2024-01-{:02}T10:00:00Z", 1 + index % 5),
            "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": klant }],
            "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": ZAAK,
                "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
                "codeRegister": "zakenregister" } }],
            "interneTaken": [{ "gevraagdeHandeling": "Bellen", "toegewezenAanActoren": [team] }],
        });
        app.post("/klantcontacten", body).await;
    }
    app.settled().await;
    forget_moments(app.pool()).await;
    (team, klant)
}

/// As if the klantcontacten of some taken were not known yet.
async fn forget_moments(pool: &PgPool) {
    let sql = "UPDATE read_side.taken SET streefdatum = NULL, contact_op = NULL
         WHERE taak_id IN (SELECT taak_id FROM read_side.taken LIMIT 7)";
    sqlx::query(sql).execute(pool).await.expect("updated");
}

/// Walks all pages of a list.
async fn walk(app: &App, list: (&str, &str), ids: (Uuid, Uuid), size: u32) -> Vec<String> {
    let (path, query) = list;
    let (team, klant) = ids;
    let (who, id) = if path == "/werkvoorraad" || path == "/zaakContacthistorie" {
        (Persona::behandelaar(&[ZAAK]).with(&[team], &[]), team)
    } else {
        (Persona::kcc(), klant)
    };
    let mut rows = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "n": size, "na": after, "id": id });
        let data = app.ask(&who, query, variables).await;
        let page = data.pointer(path).expect("a page");
        assert_eq!(page["totaal"], ROWS, "{path}");
        let nodes = page["nodes"].as_array().expect("nodes");
        assert!(nodes.len() <= usize::try_from(size).expect("small"));
        rows.extend(nodes.iter().map(|node| node["id"].as_str().expect("an id").to_owned()));
        if page["pageInfo"]["hasNextPage"] == false {
            return rows;
        }
        assert!(rows.len() <= 10 * usize::try_from(ROWS).expect("small"), "{path} never ends");
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn all_pages_together_are_all_rows() {
    let app = App::start().await;
    let ids = fill(&app).await;
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[3; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for list in LISTS {
        let whole = walk(&app, list, ids, 100).await;
        let distinct: std::collections::BTreeSet<_> = whole.iter().collect();
        assert_eq!(distinct.len(), usize::try_from(ROWS).expect("small"), "{}", list.0);
        for _ in 0..SIZES {
            let size = (1_u32..20).new_tree(&mut runner).expect("a size").current();
            assert_eq!(walk(&app, list, ids, size).await, whole, "{} by {size}", list.0);
        }
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_and_a_wrong_size_are_refused() {
    let app = App::start().await;
    let (team, klant) = fill(&app).await;
    let who = Persona::behandelaar(&[ZAAK]).with(&[team], &[]);
    let first = app.ask(&who, LISTS[0].1, json!({ "n": 1, "id": team })).await;
    let cursor = &first["werkvoorraad"]["pageInfo"]["endCursor"];
    let other = app.try_ask(&who, LISTS[1].1, json!({ "n": 1, "id": team, "na": cursor })).await;
    assert_eq!(other["errors"][0]["extensions"]["code"], "ONGELDIGE_CURSOR", "{other:#}");
    for size in [0, 101, -1] {
        let answer =
            app.try_ask(&Persona::kcc(), LISTS[3].1, json!({ "n": size, "id": klant })).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["status"], 400, "{size}: {answer:#}");
    }
}
