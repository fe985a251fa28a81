//! mijnGesprekken: a klant sees its gesprekken, and of these only what it may read.

mod elders;
mod pages;

use graphql::{Settings, VertrouwelijkBeleid, Weergave};
use serde_json::{Value, json};
use uuid::Uuid;

use super::code;
use crate::support::{App, Persona};

const JAN: &str = "999990019";
const AN: &str = "999990020";
const KVK: &str = "90000001";
const ZAAK: &str = "ZAAK-2026-1";

const QUERY: &str = "query($filter: MijnGesprekkenFilter, $volgorde: Volgorde! = NIEUWSTE_EERST) {
    mijnGesprekken(filter: $filter, volgorde: $volgorde) { totaal nodes {
      gesprekId kenmerk onderwerp kanaal gestartOp laatsteBerichtOp status aantalBerichten
      laatsteBericht { tekst van op team antwoord }
      berichten(first: 50) { totaal nodes { contactId onderwerp tekst van team } }
      zaken { identificatie viaContactverzoek } documenten { id } } } }";

/// Jan and An, who are klanten, and a team with an employee.
struct Scene {
    app: App,
    jan: Uuid,
    an: Uuid,
    team: Uuid,
    nicole: Uuid,
}

fn sleutel(objecttype: &str, soort: &str, id: &str, register: &str) -> Value {
    json!({ "partijIdentificator": { "objectId": id, "codeObjecttype": objecttype,
        "codeSoortObjectId": soort, "codeRegister": register } })
}

async fn scene_with(settings: Settings) -> Scene {
    let app = App::start_with(settings).await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Groen" })).await.id();
    let nicole = json!({ "naam": "Nicole", "functie": "KCC", "telefoonnummer": "0340232221" });
    let nicole = app.post("/medewerkers", nicole).await.id();
    let persoon = |bsn: &str| {
        json!({ "interneNotitie": "spreekt zacht",
            "partijIdentificatoren": [sleutel("natuurlijk_persoon", "bsn", bsn, "brp")] })
    };
    let jan = app.post("/personen", persoon(JAN)).await.id();
    let an = app.post("/personen", persoon(AN)).await.id();
    Scene { app, jan, an, team, nicole }
}

async fn scene() -> Scene {
    scene_with(Settings::default()).await
}

/// A betrokkene who began the contact, and one who did not.
fn van(partij: Uuid) -> Value {
    json!([{ "rol": "klant", "initiator": true, "wasPartij": partij }])
}

fn aan(partij: Uuid) -> Value {
    json!([{ "rol": "klant", "initiator": false, "wasPartij": partij }])
}

/// Nobody: of the betrokkene nothing is known.
fn zonder() -> Value {
    json!([{ "rol": "klant", "initiator": false }])
}

impl Scene {
    /// A bericht on a day, with other fields.
    async fn bericht(
        &self,
        (dag, tekst): (u32, &str),
        betrokkenen: Value,
        eerder: Option<Uuid>,
        ook: Value,
    ) -> Uuid {
        let mut body = json!({
            "kanaal": "email", "onderwerp": format!("Over {tekst}"), "inhoud": tekst,
            "plaatsgevondenOp": format!("2026-03-{dag:02}T10:00:00Z"),
            "actoren": [self.nicole, self.team], "betrokkenen": betrokkenen,
            "onderwerpobjecten": eerder.map(|id| json!({ "onderwerpWasKlantcontact": id }))
                .into_iter().collect::<Vec<_>>(),
        });
        let Value::Object(ook) = ook else { panic!("no object: {ook}") };
        body.as_object_mut().expect("an object").extend(ook);
        self.app.post("/klantcontacten", body).await.id()
    }

    async fn ask(&self, bsn: &str, filter: Value) -> Value {
        let variables = json!({ "filter": filter });
        let data = self.app.ask(&Persona::burger(bsn), QUERY, variables).await;
        data["mijnGesprekken"].clone()
    }

    /// The one gesprek of a burger.
    async fn gesprek(&self, bsn: &str) -> Value {
        let found = self.ask(bsn, Value::Null).await;
        assert_eq!(found["totaal"], 1, "{found:#}");
        found["nodes"][0].clone()
    }
}

fn teksten(gesprek: &Value) -> Vec<&str> {
    let nodes = gesprek["berichten"]["nodes"].as_array().expect("nodes");
    nodes.iter().map(|node| node["tekst"].as_str().unwrap_or("-")).collect()
}

fn verzameld(found: &Value) -> Vec<&str> {
    let nodes = found["nodes"].as_array().expect("nodes");
    nodes.iter().map(|node| node["onderwerp"].as_str().unwrap_or("-")).collect()
}

#[tokio::test]
async fn question_answer_and_reply_are_one_gesprek_without_names_and_remarks() {
    let scene = scene().await;
    let zaak = json!({ "onderwerpobjectidentificator": { "objectId": ZAAK,
        "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
        "codeRegister": "zakenregister" } });
    let bijlage = json!({ "bijlageidentificator": { "objectId": "foto", "codeObjecttype":
        "informatieobject", "codeSoortObjectId": "informatieobjectidentificatie", "codeRegister": "documentenregister" } });
    let taak = json!({ "gevraagdeHandeling": "Beantwoorden", "toelichting": "lastige klant",
        "toegewezenAanActoren": [scene.team, scene.nicole] });
    let ook = json!({ "onderwerpobjecten": [zaak], "bijlagen": [bijlage], "interneTaken": [taak] });
    let vraag = scene.bericht((1, "de boom"), van(scene.jan), None, ook).await;
    let gesprek = scene.gesprek(JAN).await;
    assert_eq!(
        (&gesprek["status"], &gesprek["laatsteBericht"]["van"]),
        (&json!("WACHT_OP_GEMEENTE"), &json!("IK")),
        "{gesprek:#}"
    );

    // An answer of which no betrokkene is known, around the question; and a reply to it, in a chain.
    let antwoord = scene.bericht((2, "wij snoeien"), zonder(), Some(vraag), json!({})).await;
    scene.bericht((3, "dank"), van(scene.jan), Some(antwoord), json!({})).await;
    let gesprek = scene.gesprek(JAN).await;
    assert_eq!(gesprek["gesprekId"], json!(vraag));
    assert_eq!(gesprek["onderwerp"], "Over de boom");
    assert_eq!(gesprek["kanaal"], "email");
    assert_eq!(gesprek["gestartOp"], "2026-03-01T10:00:00Z");
    assert_eq!(gesprek["laatsteBerichtOp"], "2026-03-03T10:00:00Z");
    assert_eq!(
        (&gesprek["aantalBerichten"], &gesprek["berichten"]["totaal"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(teksten(&gesprek), ["dank", "wij snoeien", "de boom"]);
    assert_eq!(gesprek["berichten"]["nodes"][1]["van"], "GEMEENTE");
    // By mail, a reaction that the klant began may also be an answer.
    assert_eq!(gesprek["laatsteBericht"]["van"], "ONBEKEND");
    assert_eq!(gesprek["laatsteBericht"]["tekst"], "dank");
    assert_eq!(gesprek["laatsteBericht"]["team"], "Groen");
    assert_eq!(gesprek["zaken"], json!([{ "identificatie": ZAAK, "viaContactverzoek": null }]));
    assert_eq!(gesprek["documenten"], json!([{ "id": "foto" }]));
    let text = gesprek.to_string();
    for hidden in ["Nicole", "lastige klant", "spreekt zacht"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[tokio::test]
async fn whose_turn_it_is_follows_from_who_spoke_last_and_what_is_still_to_do() {
    let scene = scene().await;
    let taak = json!([{ "gevraagdeHandeling": "Bellen", "toegewezenAanActoren": [scene.team] }]);
    let status = async || scene.gesprek(JAN).await["status"].clone();
    // The gemeente began, and has not heard anything.
    let first = scene.bericht((1, "bel ons"), aan(scene.jan), None, json!({})).await;
    assert_eq!(status().await, "WACHT_OP_INWONER");
    let balie = json!({ "kanaal": "balie" });
    scene.bericht((2, "ik kom langs"), van(scene.jan), Some(first), balie).await;
    assert_eq!(status().await, "BEANTWOORD", "who talks with somebody gets an answer");
    let portaal = json!({ "kanaal": "mijn-omgeving" });
    scene.bericht((3, "nog iets"), van(scene.jan), Some(first), portaal).await;
    assert_eq!(status().await, "WACHT_OP_GEMEENTE");
    let gemist = json!({ "kanaal": "telefoon", "indicatieContactGelukt": "nee" });
    scene.bericht((4, "niet bereikt"), aan(scene.jan), Some(first), gemist).await;
    assert_eq!(status().await, "WACHT_OP_GEMEENTE", "an attempt is no answer");
    scene.bericht((5, "alsnog"), aan(scene.jan), Some(first), json!({})).await;
    assert_eq!(status().await, "BEANTWOORD");
    // Signs that do not agree decide nothing.
    scene.bericht((6, "notificatie"), van(scene.jan), Some(first), json!({})).await;
    assert_eq!(status().await, "BEANTWOORD");
    let later = json!({ "interneTaken": taak });
    let later = scene.bericht((7, "wordt vervolgd"), aan(scene.jan), Some(first), later).await;
    assert_eq!(status().await, "WACHT_OP_GEMEENTE", "a contactverzoek is open");
    let taken = scene.app.get(&format!("/klantcontacten/{later}")).await.body;
    let taak = taken["leiddeTotInterneTaken"][0].as_str().expect("a key").to_owned();
    scene.app.post(&format!("/interne-taken/{taak}/afhandelingen"), json!({})).await;
    assert_eq!(status().await, "BEANTWOORD");
}

#[tokio::test]
async fn what_another_wrote_is_not_there_not_even_in_counts() {
    let scene = scene().await;
    let vraag = scene.bericht((1, "samen"), van(scene.jan), None, json!({})).await;
    scene.bericht((2, "antwoord"), aan(scene.jan), Some(vraag), json!({})).await;
    let before = scene.gesprek(JAN).await;
    // Of An, a klant; of Karel, who is not known; and of somebody who does not say who it is.
    let karel = json!([{ "rol": "klant", "initiator": true,
        "contactnaam": { "voornaam": "Karel" } }]);
    let iemand = json!([{ "rol": "klant", "initiator": true }]);
    let portaal = json!({ "kanaal": "mijn-omgeving" });
    scene.bericht((3, "van An"), van(scene.an), Some(vraag), portaal).await;
    scene.bericht((4, "van Karel"), karel, Some(vraag), json!({})).await;
    scene.bericht((5, "van iemand"), iemand, Some(vraag), json!({})).await;
    assert_eq!(scene.gesprek(JAN).await, before);
    let an = scene.gesprek(AN).await;
    assert_eq!((teksten(&an), &an["aantalBerichten"]), (vec!["van An"], &json!(1)));
    assert_eq!(an["status"], "WACHT_OP_GEMEENTE");
    // Made unknowable, it is not for all.
    let path = format!("/partijen/{}/vernietigingen", scene.an);
    destroy(&scene.app, "partij", scene.an, &path).await;
    assert_eq!(scene.gesprek(JAN).await, before);
    assert_eq!(scene.ask(AN, Value::Null).await["totaal"], 0);
}

/// Three people destroy an object.
async fn destroy(app: &App, soort: &str, id: Uuid, path: &str) {
    let person = |name: &str| Persona::systeem().claim("sub", json!(name));
    let body = json!({ "objectsoort": soort, "objectId": id, "grond": "categorie 1",
        "besluit": "B-1" });
    let proposed = app.try_post_as(&person("an"), "/vernietigingsvoorstellen", body).await;
    let voorstel = proposed.id();
    let approve = format!("/vernietigingsvoorstellen/{voorstel}/goedkeuringen");
    app.try_post_as(&person("bo"), &approve, json!({})).await;
    let body = json!({ "voorstel": voorstel });
    let done = app.try_post_as(&person("cas"), path, body).await;
    assert!(done.status.is_success(), "{done:#?}");
}

/// A question of Jan, then a confidential bericht of Jan and one that An takes part in.
async fn confidential(settings: Settings) -> Scene {
    let scene = scene_with(settings).await;
    let geheim = |zaak: &str| {
        json!({ "vertrouwelijk": true, "onderwerpobjecten": [
            { "onderwerpobjectidentificator": { "objectId": zaak, "codeObjecttype": "zaak",
              "codeSoortObjectId": "zaakidentificatie", "codeRegister": "zakenregister" } },
        ] })
    };
    let samen = json!([{ "rol": "klant", "initiator": true, "wasPartij": scene.jan },
        { "rol": "klant", "initiator": false, "wasPartij": scene.an }]);
    let eerste = scene.bericht((1, "gewoon"), van(scene.jan), None, json!({})).await;
    for (dag, tekst, betrokkenen, zaak) in
        [(2, "eigen", van(scene.jan), "ZAAK-EIGEN"), (3, "gedeeld", samen, "ZAAK-GEDEELD")]
    {
        let made = scene.bericht((dag, tekst), betrokkenen, None, geheim(zaak)).await;
        let path = format!("/klantcontacten/{made}/onderwerpobjecten");
        scene.app.post(&path, json!({ "onderwerpWasKlantcontact": eerste })).await;
    }
    scene
}

fn beleid(zelf: Weergave, deelnemer: Weergave) -> Settings {
    let vertrouwelijk = VertrouwelijkBeleid {
        burger_zelf: zelf,
        burger_deelnemer: deelnemer,
        ..VertrouwelijkBeleid::default()
    };
    Settings { vertrouwelijk, ..Settings::default() }
}

#[tokio::test]
async fn confidential_berichten_are_shown_masked_or_absent_as_the_policy_says() {
    use Weergave::{Maskeren, Tonen, Verbergen};
    let (g, e, d) = ("gewoon", "eigen", "gedeeld");
    for (zelf, deelnemer, expected, zaken) in [
        (Tonen, Tonen, &[d, e, g][..], &["ZAAK-EIGEN", "ZAAK-GEDEELD"][..]),
        (Tonen, Verbergen, &[e, g], &["ZAAK-EIGEN"]),
        (Maskeren, Maskeren, &["-", "-", g], &[]),
        (Maskeren, Verbergen, &["-", g], &[]),
        (Verbergen, Verbergen, &[g], &[]),
    ] {
        let scene = confidential(beleid(zelf, deelnemer)).await;
        let gesprek = scene.gesprek(JAN).await;
        assert_eq!(teksten(&gesprek), expected, "{zelf:?} {deelnemer:?}");
        assert_eq!(gesprek["aantalBerichten"], expected.len(), "{zelf:?} {deelnemer:?}");
        assert_eq!(gesprek["berichten"]["totaal"], expected.len());
        let last = gesprek["laatsteBericht"]["tekst"].as_str().unwrap_or("-");
        assert_eq!(last, expected[0]);
        let shown: Vec<Value> = zaken
            .iter()
            .map(|zaak| json!({ "identificatie": zaak, "viaContactverzoek": null }))
            .collect();
        assert_eq!(gesprek["zaken"], json!(shown), "{zelf:?} {deelnemer:?}");
        // By what is not to be seen, nothing is found.
        for zaak in ["ZAAK-EIGEN", "ZAAK-GEDEELD"] {
            let found = scene.ask(JAN, json!({ "zaak": { "identificatie": zaak } })).await;
            assert_eq!(found["totaal"], usize::from(zaken.contains(&zaak)), "{zelf:?} {zaak}");
        }
        // An had a part in the shared one only.
        let an = scene.ask(AN, Value::Null).await;
        assert_eq!(an["totaal"], usize::from(deelnemer != Verbergen), "{deelnemer:?}: {an:#}");
    }
}

#[tokio::test]
async fn an_answer_of_nobody_is_as_confidential_as_the_gesprek_has_klanten() {
    let scene = scene().await;
    let geheim = json!({ "vertrouwelijk": true });
    let vraag = scene.bericht((1, "vraag"), van(scene.jan), None, geheim.clone()).await;
    scene.bericht((2, "antwoord"), zonder(), Some(vraag), geheim).await;
    assert_eq!(teksten(&scene.gesprek(JAN).await), ["antwoord", "vraag"]);
    // As soon as another takes part, it may be about the other.
    scene.bericht((3, "van An"), van(scene.an), Some(vraag), json!({})).await;
    assert_eq!(teksten(&scene.gesprek(JAN).await), ["vraag"]);
    assert_eq!(teksten(&scene.gesprek(AN).await), ["van An"]);
}

#[tokio::test]
async fn links_that_come_late_join_and_links_that_go_part() {
    let scene = scene().await;
    let een = scene.bericht((1, "een"), van(scene.jan), None, json!({})).await;
    let twee = scene.bericht((2, "twee"), van(scene.jan), None, json!({})).await;
    assert_eq!(verzameld(&scene.ask(JAN, Value::Null).await), ["Over twee", "Over een"]);
    let path = format!("/klantcontacten/{een}/onderwerpobjecten");
    let link = scene.app.post(&path, json!({ "onderwerpWasKlantcontact": twee })).await;
    assert_eq!(teksten(&scene.gesprek(JAN).await), ["twee", "een"]);
    let path = format!("/onderwerpobjecten/{}/verwijderingen", link.nth("onderwerpobject", 0));
    scene.app.post(&path, json!({})).await;
    assert_eq!(verzameld(&scene.ask(JAN, Value::Null).await), ["Over twee", "Over een"]);
}

#[tokio::test]
async fn every_condition_of_the_filter_finds_and_does_not_find() {
    let scene = scene().await;
    let vraag = scene.bericht((1, "vraag"), van(scene.jan), None, json!({})).await;
    scene.bericht((3, "antwoord"), aan(scene.jan), Some(vraag), json!({ "kanaal": "post" })).await;
    let zaak = json!({ "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": ZAAK,
        "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
        "codeRegister": "zakenregister" } }] });
    scene.bericht((2, "open"), van(scene.jan), None, zaak).await;
    let (vraag, open) = ("Over vraag", "Over open");
    for (filter, expected) in [
        (json!({}), &[vraag, open][..]),
        (json!({ "periode": { "vanaf": "2026-03-03T00:00:00Z" } }), &[vraag]),
        (json!({ "periode": { "tot": "2026-03-03T00:00:00Z" } }), &[open]),
        (json!({ "kanaal": ["post"] }), &[vraag]),
        (json!({ "kanaal": ["post", "email"] }), &[vraag, open]),
        (json!({ "kanaal": ["balie"] }), &[]),
        (json!({ "status": ["BEANTWOORD"] }), &[vraag]),
        (json!({ "status": ["WACHT_OP_GEMEENTE", "WACHT_OP_INWONER"] }), &[open]),
        (json!({ "zaak": { "identificatie": "zaak-2026-1" } }), &[open]),
        (json!({ "zaak": { "identificatie": "zaak-2026-2" } }), &[]),
        (json!({ "status": ["BEANTWOORD"], "zaak": { "identificatie": ZAAK } }), &[]),
    ] {
        let found = scene.ask(JAN, filter.clone()).await;
        assert_eq!(verzameld(&found), expected, "{filter}");
        assert_eq!(found["totaal"], expected.len(), "{filter}");
    }
    let variables = json!({ "volgorde": "OUDSTE_EERST" });
    let data = scene.app.ask(&Persona::burger(JAN), QUERY, variables).await;
    assert_eq!(verzameld(&data["mijnGesprekken"]), [open, vraag]);
}

#[tokio::test]
async fn contacts_by_a_hidden_channel_are_no_berichten() {
    let verborgen_kanalen = ["post".to_owned()].into();
    let scene = scene_with(Settings { verborgen_kanalen, ..Settings::default() }).await;
    let vraag = scene.bericht((1, "vraag"), van(scene.jan), None, json!({})).await;
    let post = json!({ "kanaal": "post" });
    scene.bericht((2, "brief"), aan(scene.jan), Some(vraag), post.clone()).await;
    scene.bericht((3, "losse brief"), aan(scene.jan), None, post).await;
    let gesprek = scene.gesprek(JAN).await;
    assert_eq!((teksten(&gesprek), &gesprek["aantalBerichten"]), (vec!["vraag"], &json!(1)));
    assert_eq!(gesprek["status"], "WACHT_OP_GEMEENTE");
    let query = "{ contactgeschiedenis { nodes { onderwerp gesprekId } } }";
    let data = scene.app.ask(&Persona::burger(JAN), query, json!({})).await;
    let of = |onderwerp: &str| {
        let nodes = data["contactgeschiedenis"]["nodes"].as_array().expect("nodes");
        let found = nodes.iter().find(|node| node["onderwerp"] == onderwerp);
        found.expect("a contact")["gesprekId"].clone()
    };
    assert_eq!((of("Over vraag"), of("Over brief")), (json!(vraag), Value::Null));
}

#[tokio::test]
async fn only_the_hoedanigheid_of_the_login_counts_and_it_is_for_no_other_audience() {
    let scene = scene().await;
    let kvk = sleutel("niet_natuurlijk_persoon", "kvk_nummer", KVK, "hr");
    let zaak = json!({ "naam": "De Zaak", "partijIdentificatoren": [kvk] });
    let zaak = scene.app.post("/organisaties", zaak).await.id();
    let vraag = scene.bericht((1, "van Jan"), van(scene.jan), None, json!({})).await;
    scene.bericht((2, "van de zaak"), van(zaak), Some(vraag), json!({})).await;
    let as_klant = async |klant: Value| {
        let who = Persona::burger(JAN).claim("klant", klant);
        let data = scene.app.ask(&who, QUERY, json!({})).await;
        let nodes = data["mijnGesprekken"]["nodes"].as_array().expect("nodes").clone();
        nodes.iter().flat_map(teksten).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(as_klant(json!({ "bsn": JAN })).await, ["van Jan"]);
    assert_eq!(as_klant(json!({ "kvkNummer": KVK })).await, ["van de zaak"]);
    assert!(as_klant(json!({ "bsn": "999990032" })).await.is_empty(), "nobody has gesprekken");
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
    // The key of another's gesprek is the key of nothing.
    let filter = json!({ "gesprek": vraag });
    assert_eq!(scene.ask(JAN, filter.clone()).await["totaal"], 1);
    assert_eq!(scene.ask(AN, filter).await["totaal"], 0);
    let named = "{ mijnGesprekken(voor: { bsn: \"999990019\" }) { totaal } }";
    let answer = scene.app.try_ask(&Persona::burger(AN), named, json!({})).await;
    assert!(answer["data"].is_null(), "{answer:#}");
}
