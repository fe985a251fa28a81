//! mijnVerzoeken: which applications a klant made, and what became of them.

use graphql::{Settings, VertrouwelijkBeleid, Weergave};
use serde_json::{Value, json};
use uuid::Uuid;

use super::code;
use crate::support::{App, Persona};

const JAN: &str = "999990019";
const AN: &str = "999990020";
const QUERY: &str = "query($filter: MijnVerzoekenFilter, $volgorde: Volgorde! = NIEUWSTE_EERST,
    $n: Int, $na: String) {
    mijnVerzoeken(filter: $filter, volgorde: $volgorde, first: $n, after: $na) { totaal
      pageInfo { hasNextPage endCursor } nodes {
        kenmerk product ingediendOp kanaal documenten { id } zaken { identificatie }
        namens ingediendDoor } } }";

struct Scene {
    app: App,
    team: Uuid,
    jan: Uuid,
    an: Uuid,
}

async fn scene(settings: Settings) -> Scene {
    let app = App::start_with(settings).await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let persoon = |bsn: &str| {
        json!({ "partijIdentificatoren": [{ "partijIdentificator": { "objectId": bsn,
            "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
            "codeRegister": "brp" } }] })
    };
    for (pad, code) in [
        ("/soorten-object", "formulierinzending"),
        ("/soorten-object", "product"),
        ("/soorten-extern-id", "kenmerk"),
        ("/externe-registers", "formulieren"),
    ] {
        app.post(pad, json!({ "code": code, "naam": code })).await;
    }
    let jan = app.post("/personen", persoon(JAN)).await.id();
    let an = app.post("/personen", persoon(AN)).await.id();
    Scene { app, team, jan, an }
}

fn object(soort: &str, id: &str) -> Value {
    json!({ "objectId": id, "codeObjecttype": soort, "codeSoortObjectId": "kenmerk",
        "codeRegister": "formulieren" })
}

fn document(id: &str) -> Value {
    json!({ "objectId": id, "codeObjecttype": "informatieobject",
        "codeSoortObjectId": "informatieobjectidentificatie",
        "codeRegister": "documentenregister" })
}

impl Scene {
    /// A form about a product, sent on a day.
    async fn formulier(&self, dag: u32, product: &str, betrokkenen: Value, vertrouwelijk: bool) {
        let over = |object: Value| json!({ "onderwerpobjectidentificator": object });
        let zaak = json!({ "objectId": format!("ZAAK-{product}"), "codeObjecttype": "zaak",
            "codeSoortObjectId": "zaakidentificatie", "codeRegister": "zakenregister" });
        let body = json!({
            "kanaal": "e-formulier", "onderwerp": "Aanvraag", "actoren": [self.team],
            "plaatsgevondenOp": format!("2026-03-{dag:02}T10:00:00Z"),
            "vertrouwelijk": vertrouwelijk, "betrokkenen": betrokkenen,
            "onderwerpobjecten": [over(object("formulierinzending", &format!("OF-{product}"))),
                over(object("product", product)), over(zaak)],
            "bijlagen": [{ "bijlageidentificator": document("aanvraag.pdf") }],
        });
        self.app.post("/klantcontacten", body).await;
    }

    async fn ask(&self, bsn: &str, variables: Value) -> Value {
        let data = self.app.ask(&Persona::burger(bsn), QUERY, variables).await;
        data["mijnVerzoeken"].clone()
    }
}

fn betrokkene(partij: Uuid, rol: &str, initiator: bool, namens: Option<&str>) -> Value {
    json!({ "rol": rol, "initiator": initiator, "wasPartij": partij, "organisatienaam": namens })
}

fn producten(found: &Value) -> Vec<&str> {
    let nodes = found["nodes"].as_array().expect("nodes");
    nodes.iter().map(|node| node["product"].as_str().unwrap_or("-")).collect()
}

#[tokio::test]
async fn a_verzoek_is_shown_with_what_became_of_it_and_who_sent_it() {
    let scene = scene(Settings::default()).await;
    let (jan, an) = (scene.jan, scene.an);
    scene.formulier(1, "Kapvergunning", json!([betrokkene(jan, "klant", true, None)]), true).await;
    let door_jan = json!([
        betrokkene(jan, "vertegenwoordiger", true, Some("Bakkerij")),
        betrokkene(an, "klant", false, None)
    ]);
    scene.formulier(2, "Terras", door_jan, false).await;
    let samen = json!([betrokkene(an, "klant", true, None), betrokkene(jan, "klant", false, None)]);
    scene.formulier(3, "Huwelijk", samen, false).await;
    let telefoon = json!({ "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [scene.team],
        "betrokkenen": [betrokkene(jan, "klant", true, None)] });
    scene.app.post("/klantcontacten", telefoon).await;

    let found = scene.ask(JAN, json!({})).await;
    assert_eq!(
        (&found["totaal"], producten(&found)),
        (&json!(3), vec!["Huwelijk", "Terras", "Kapvergunning"]),
        "{found:#}"
    );
    let expected = json!({
        "kenmerk": "OF-Kapvergunning", "product": "Kapvergunning",
        "ingediendOp": "2026-03-01T10:00:00Z", "kanaal": "e-formulier",
        "documenten": [{ "id": "aanvraag.pdf" }],
        "zaken": [{ "identificatie": "ZAAK-Kapvergunning" }],
        "namens": null, "ingediendDoor": "UZELF",
    });
    assert_eq!(found["nodes"][2], expected);
    let door = |found: &Value, place: usize| {
        let node = &found["nodes"][place];
        (node["ingediendDoor"].clone(), node["namens"].clone())
    };
    assert_eq!(door(&found, 1), (json!("UZELF"), json!("Bakkerij")));
    assert_eq!(door(&found, 0), (json!("ANDER"), Value::Null));
    let found = scene.ask(AN, json!({})).await;
    assert_eq!(producten(&found), ["Huwelijk", "Terras"]);
    // What Jan did it for is of Jan.
    assert_eq!(door(&found, 1), (json!("VERTEGENWOORDIGER"), Value::Null));
    assert_eq!(door(&found, 0), (json!("UZELF"), Value::Null));
}

#[tokio::test]
async fn confidential_ones_are_listed_and_found_as_the_policy_says() {
    use Weergave::{Maskeren, Tonen, Verbergen};
    for (zelf, listed, found_by_product) in
        [(Tonen, Some("Kap"), 1), (Maskeren, Some("-"), 0), (Verbergen, None, 0)]
    {
        let vertrouwelijk =
            VertrouwelijkBeleid { burger_zelf: zelf, ..VertrouwelijkBeleid::default() };
        let scene = scene(Settings { vertrouwelijk, ..Settings::default() }).await;
        let eigen = json!([betrokkene(scene.jan, "klant", true, None)]);
        scene.formulier(1, "Kap", eigen, true).await;
        let samen = json!([
            betrokkene(scene.jan, "klant", true, None),
            betrokkene(scene.an, "klant", false, None)
        ]);
        scene.formulier(2, "Gedeeld", samen, true).await;
        let found = scene.ask(JAN, json!({})).await;
        assert_eq!(producten(&found), Vec::from_iter(listed), "{zelf:?}");
        assert_eq!(found["totaal"], listed.iter().count(), "{zelf:?}");
        let by_product = json!({ "filter": { "product": "kap" } });
        assert_eq!(scene.ask(JAN, by_product).await["totaal"], found_by_product, "{zelf:?}");
        assert_eq!(scene.ask(AN, json!({})).await["totaal"], 0, "{zelf:?}");
    }
}

#[tokio::test]
async fn it_is_filtered_by_period_and_product_and_its_pages_are_all_rows() {
    const ROWS: usize = 17;
    let scene = scene(Settings::default()).await;
    for index in 0..ROWS {
        let dag = 1 + u32::try_from(index % 4).expect("small");
        let eigen = json!([betrokkene(scene.jan, "klant", true, None)]);
        scene.formulier(dag, &format!("P{index}"), eigen, false).await;
    }
    let count =
        async |filter: Value| scene.ask(JAN, json!({ "filter": filter })).await["totaal"].clone();
    assert_eq!(count(json!({ "product": "p7" })).await, 1);
    assert_eq!(count(json!({ "product": "p" })).await, 0);
    assert_eq!(count(json!({ "periode": { "vanaf": "2026-03-04T00:00:00Z" } })).await, 4);
    for volgorde in ["NIEUWSTE_EERST", "OUDSTE_EERST"] {
        let mut whole: Option<Vec<String>> = None;
        for size in [100, 1, 5, 16, 17] {
            let (mut rows, mut after) = (Vec::new(), Value::Null);
            loop {
                let variables = json!({ "volgorde": volgorde, "n": size, "na": after });
                let page = scene.ask(JAN, variables).await;
                assert_eq!(page["totaal"], ROWS);
                rows.extend(producten(&page).into_iter().map(str::to_owned));
                assert!(rows.len() <= ROWS, "it never ends, or repeats");
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                after = page["pageInfo"]["endCursor"].clone();
            }
            assert_eq!(rows.len(), ROWS, "{volgorde} by {size}");
            assert_eq!(whole.get_or_insert(rows.clone()), &rows, "{volgorde} by {size}");
        }
    }
}

#[tokio::test]
async fn it_takes_no_klant_and_is_for_no_other_audience() {
    let scene = scene(Settings::default()).await;
    let named = "{ mijnVerzoeken(voor: { bsn: \"999990019\" }) { totaal } }";
    let answer = scene.app.try_ask(&Persona::burger(AN), named, json!({})).await;
    assert!(answer["data"].is_null(), "{answer:#}");
    for who in [
        Persona::kcc(),
        Persona::behandelaar(&["*"]),
        Persona::outputmanagement(),
        Persona::systeem(),
        Persona::systeem().claim("rollen", json!(["analist"])),
        Persona::systeem().claim("rollen", json!(["beheerder"])),
    ] {
        let answer = scene.app.try_ask(&who, QUERY, json!({})).await;
        assert_eq!(code(&answer), "ONBEKEND_VELD", "{answer:#}");
    }
}
