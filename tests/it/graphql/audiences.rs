//! Who sees what: each audience its own, and what is forbidden looks as if it did not exist.

use serde_json::{Value, json};
use uuid::Uuid;

use super::code;
use crate::support::{App, Persona};

const JAN: &str = "999990019";
const AN: &str = "999990020";
const ZAAK: &str = "ZAAK-2026-1";

/// Jan and An, a confidential contact of Jan alone, one of both, and an ordinary one of Jan.
struct Scene {
    app: App,
    team: Uuid,
    jan: Uuid,
}

fn persoon(naam: &str, bsn: &str) -> Value {
    json!({
        "contactnaam": { "voornaam": naam },
        "interneNotitie": "spreekt zacht",
        "partijIdentificatoren": [{ "partijIdentificator": { "objectId": bsn,
            "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
            "codeRegister": "brp" } }],
        "digitaleAdressen": [{ "soortDigitaalAdres": "telefoonnummer", "adres": "0612345678" }],
    })
}

async fn scene() -> Scene {
    let app = App::start().await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let medewerker = json!({ "naam": "Nicole", "functie": "KCC", "telefoonnummer": "0340232221" });
    let nicole = app.post("/medewerkers", medewerker).await.id();
    let jan = app.post("/personen", persoon("Jan", JAN)).await.id();
    let an = app.post("/personen", persoon("An", AN)).await.id();
    for (onderwerp, vertrouwelijk, both) in [
        ("gewoon", false, false),
        ("geheim van Jan", true, false),
        ("geheim van beiden", true, true),
    ] {
        let mut betrokkenen = vec![json!({ "rol": "klant", "initiator": true, "wasPartij": jan })];
        if both {
            betrokkenen.push(json!({ "rol": "klant", "initiator": false, "wasPartij": an }));
        }
        let body = json!({
            "kanaal": "telefoon", "onderwerp": onderwerp, "inhoud": "tekst",
            "vertrouwelijk": vertrouwelijk, "actoren": [nicole, team], "betrokkenen": betrokkenen,
            "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": ZAAK,
                "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
                "codeRegister": "zakenregister" } }],
            "interneTaken": [{ "gevraagdeHandeling": "Bellen", "toegewezenAanActoren": [team] }],
        });
        app.post("/klantcontacten", body).await;
    }
    Scene { app, team, jan }
}

const HISTORY: &str = "query($voor: Identificatie) { contactgeschiedenis(voor: $voor) { totaal
    nodes { onderwerp samenvatting medewerker medewerkers { naam } team heeftContactverzoek
      contactverzoeken { nummer } deelnemers { naam klantId } } } }";

fn subjects(data: &Value, path: &str) -> Vec<Value> {
    let nodes = data.pointer(path).and_then(Value::as_array).expect("nodes");
    let mut subjects: Vec<Value> = nodes.iter().map(|node| node["onderwerp"].clone()).collect();
    subjects.sort_by_key(Value::to_string);
    subjects
}

#[tokio::test]
async fn a_burger_sees_the_own_contacts_and_no_employee() {
    let Scene { app, jan, .. } = scene().await;
    let data = app.ask(&Persona::burger(JAN), HISTORY, json!({})).await;
    let history = &data["contactgeschiedenis"];
    assert_eq!(subjects(&data, "/contactgeschiedenis/nodes"), ["geheim van Jan", "gewoon"]);
    assert_eq!(history["totaal"], 2, "what is hidden is not counted");
    for node in history["nodes"].as_array().expect("nodes") {
        assert_eq!(node["medewerker"], Value::Null);
        assert_eq!(node["medewerkers"], json!([]));
        assert_eq!(node["team"], "Team");
        assert_eq!(node["heeftContactverzoek"], true);
        assert_eq!(node["contactverzoeken"], json!([]));
        assert_eq!(node["deelnemers"][0]["klantId"], json!(jan));
    }
    let data = app.ask(&Persona::burger(AN), HISTORY, json!({})).await;
    assert_eq!(data["contactgeschiedenis"]["totaal"], 0);
}

#[tokio::test]
async fn a_burger_names_nobody_and_has_no_other_product() {
    let Scene { app, .. } = scene().await;
    let burger = Persona::burger(AN);
    let named = app.try_ask(&burger, HISTORY, json!({ "voor": { "bsn": JAN } })).await;
    assert_eq!(code(&named), "GEEN_TOEGANG", "{named:#}");
    for query in [
        "{ klantbeeld(voor: { bsn: \"999990019\" }) { waarschuwingen } }",
        "{ werkvoorraad(voor: { mij: true }) { totaal } }",
        "{ zaakContacthistorie(zaak: { identificatie: \"ZAAK-2026-1\" }) { totaal } }",
    ] {
        let answer = app.try_ask(&burger, query, json!({})).await;
        assert_eq!(code(&answer), "ONBEKEND_VELD", "{answer:#}");
        assert_eq!(answer["data"].as_object().map(|data| data.values().all(Value::is_null)), None);
    }
}

#[tokio::test]
async fn confidential_is_masked_for_the_kcc_and_shown_to_who_handles_it() {
    let Scene { app, jan, team } = scene().await;
    let voor = json!({ "voor": { "klantId": jan } });
    let data = app.ask(&Persona::kcc(), HISTORY, voor.clone()).await;
    assert_eq!(data["contactgeschiedenis"]["totaal"], 3);
    let seen = subjects(&data, "/contactgeschiedenis/nodes");
    assert_eq!(seen, [json!("gewoon"), Value::Null, Value::Null]);
    let text = data.to_string();
    assert!(!text.contains("geheim"), "{text}");

    // A behandelaar has a part in it through the team or the zaak; another one has not.
    for who in [Persona::behandelaar(&[]).with(&[team], &[]), Persona::behandelaar(&[ZAAK])] {
        let data = app.ask(&who, HISTORY, voor.clone()).await;
        let seen = subjects(&data, "/contactgeschiedenis/nodes");
        assert_eq!(seen, ["geheim van Jan", "geheim van beiden", "gewoon"]);
    }
    let data = app.ask(&Persona::behandelaar(&["ANDERE"]), HISTORY, voor).await;
    assert_eq!(
        subjects(&data, "/contactgeschiedenis/nodes"),
        [json!("gewoon"), Value::Null, Value::Null]
    );
}

#[tokio::test]
async fn a_masked_contact_does_not_show_through_its_contactverzoek() {
    let Scene { app, .. } = scene().await;
    let query = "{ klantbeeld(voor: { bsn: \"999990020\" }) {
        recenteContacten { nodes { onderwerp deelnemers { naam } } }
        openContactverzoeken { nodes { klantnaam klantId telefoon email onderwerp
          gevraagdeHandeling behandelaars { naam } } } } }";
    let data = app.ask(&Persona::kcc(), query, json!({})).await;
    let text = data.to_string();
    assert_eq!(
        data["klantbeeld"]["openContactverzoeken"]["nodes"].as_array().map(Vec::len),
        Some(1)
    );
    for secret in ["Jan", "0612345678", "geheim", "Bellen"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn hiding_confidential_contacts_hides_them_from_counts_and_lists() {
    let settings = graphql::Settings {
        vertrouwelijk: graphql::VertrouwelijkBeleid {
            kcc: graphql::Weergave::Verbergen,
            ..graphql::VertrouwelijkBeleid::default()
        },
        ..graphql::Settings::default()
    };
    let app = App::start_with(settings).await;
    let nicole = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let jan = app.post("/personen", persoon("Jan", JAN)).await.id();
    for vertrouwelijk in [true, false, true] {
        let body = json!({
            "kanaal": "telefoon", "onderwerp": format!("vertrouwelijk: {vertrouwelijk}"),
            "vertrouwelijk": vertrouwelijk, "actoren": [nicole],
            "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": jan }],
        });
        app.post("/klantcontacten", body).await;
    }
    let query = "query($voor: Identificatie!) { klantbeeld(voor: $voor) {
        samenvatting { aantalContacten aantalContacten12mnd }
        recenteContacten { totaal nodes { onderwerp } } }
        contactgeschiedenis(voor: $voor) { totaal nodes { onderwerp } } }";
    let data = app.ask(&Persona::kcc(), query, json!({ "voor": { "bsn": JAN } })).await;
    let klantbeeld = &data["klantbeeld"];
    assert_eq!(klantbeeld["samenvatting"]["aantalContacten"], 1);
    assert_eq!(klantbeeld["samenvatting"]["aantalContacten12mnd"], 1);
    assert_eq!(klantbeeld["recenteContacten"]["totaal"], 1);
    assert_eq!(data["contactgeschiedenis"]["totaal"], 1);
    assert!(!data.to_string().contains("vertrouwelijk: true"));
}

#[tokio::test]
async fn numbers_and_notes_need_their_scope() {
    let Scene { app, .. } = scene().await;
    let query = "{ klantbeeld(voor: { bsn: \"999990019\" }) { interneNotitie
        klant { ... on Inwoner { bsn } } } }";
    let data = app.ask(&Persona::kcc(), query, json!({})).await;
    assert_eq!(data["klantbeeld"]["klant"]["bsn"], JAN);
    assert_eq!(data["klantbeeld"]["interneNotitie"], "spreekt zacht");
    let without = Persona::kcc().claim("scope", json!(""));
    let data = app.ask(&without, query, json!({})).await;
    assert_eq!(data["klantbeeld"]["klant"]["bsn"], "•••••0019");
    assert_eq!(data["klantbeeld"]["interneNotitie"], Value::Null);
}

#[tokio::test]
async fn a_shielded_klant_is_found_by_number_and_its_data_are_masked() {
    let Scene { app, jan, team } = scene().await;
    let path = format!("/personen/{jan}/wijzigingen");
    app.post(&path, json!({ "indicatieGeheimhouding": true })).await;
    let query = "{ klantbeeld(voor: { bsn: \"999990019\" }) { waarschuwingen
        klant { afgeschermd } telefoonnummers { waarde } bereikbaarheid { adres reden } } }";
    let data = app.ask(&Persona::kcc(), query, json!({})).await;
    let klantbeeld = &data["klantbeeld"];
    assert_eq!(klantbeeld["klant"]["afgeschermd"], true);
    assert!(
        klantbeeld["waarschuwingen"].as_array().expect("a list").contains(&json!("AFGESCHERMD"))
    );
    let work = "query($t: [ID!]) { werkvoorraad(voor: { teams: $t }) { nodes { telefoon } } }";
    let who = Persona::behandelaar(&[]).with(&[team], &[]);
    let tasks = app.ask(&who, work, json!({ "t": [team] })).await;
    for text in [data.to_string(), tasks.to_string()] {
        assert!(!text.contains("0612345678"), "{text}");
    }
}

#[tokio::test]
async fn a_zaak_is_for_who_works_on_it() {
    let Scene { app, .. } = scene().await;
    let query = "query($z: ZaakRef!) { zaakContacthistorie(zaak: $z) { totaal
        nodes { onderwerp medewerker } openContactverzoeken { gevraagdeHandeling } } }";
    let zaak = json!({ "z": { "identificatie": ZAAK } });
    let mine = app.ask(&Persona::behandelaar(&[ZAAK]), query, zaak.clone()).await;
    assert_eq!(mine["zaakContacthistorie"]["totaal"], 3);
    let other = app.ask(&Persona::behandelaar(&["ZAAK-2026-2"]), query, zaak.clone()).await;
    let absent = json!({ "z": { "identificatie": "ZAAK-BESTAAT-NIET" } });
    let absent = app.ask(&Persona::behandelaar(&[ZAAK]), query, absent).await;
    assert_eq!(other, absent, "not yours looks like does not exist");
    assert_eq!(other["zaakContacthistorie"]["totaal"], 0);
}

#[tokio::test]
async fn a_work_list_is_for_its_team() {
    let Scene { app, team, .. } = scene().await;
    let query =
        "query($t: [ID!]) { werkvoorraad(voor: { teams: $t }) { totaal nodes { nummer } } }";
    let mine = Persona::behandelaar(&[]).with(&[team], &[]);
    let data = app.ask(&mine, query, json!({ "t": [team] })).await;
    assert_eq!(data["werkvoorraad"]["totaal"], 3);
    let stranger = Persona::behandelaar(&[]).with(&[Uuid::nil()], &[]);
    let data = app.ask(&stranger, query, json!({ "t": [team] })).await;
    assert_eq!(data["werkvoorraad"], json!({ "totaal": 0, "nodes": [] }));
}

#[tokio::test]
async fn who_has_no_purpose_or_no_role_gets_nothing() {
    let Scene { app, .. } = scene().await;
    let query = "{ klantbeeld(voor: { bsn: \"999990019\" }) { waarschuwingen } }";
    let aimless = Persona::kcc().claim("doelbinding", Value::Null);
    let cases = [
        (aimless, "DOELBINDING_VEREIST"),
        (Persona::systeem(), "ONBEKEND_VELD"),
        (Persona::systeem().claim("rollen", json!(["analist"])), "ONBEKEND_VELD"),
        (Persona::systeem().claim("rollen", json!(["beheerder"])), "ONBEKEND_VELD"),
    ];
    for (who, expected) in cases {
        let answer = app.try_ask(&who, query, json!({})).await;
        assert_eq!(code(&answer), expected, "{answer:#}");
        assert!(!answer.to_string().contains("AFGESCHERMD"));
    }
}
