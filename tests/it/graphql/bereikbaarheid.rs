//! bereikbaarheid: where a message goes, or why nowhere; for who sends, and nobody else.

use serde_json::{Value, json};
use uuid::Uuid;

use super::code;
use crate::support::{App, Persona};

const JAN: &str = "999990019";
const ZAAK: &str = "ZAAK-2026-1";

const QUERY: &str = "query($voor: Identificatie!, $zaak: ZaakRef, $kanalen: [Contactkanaal!]) {
    bereikbaarheid(voor: $voor, zaak: $zaak, toegestaneKanalen: $kanalen) {
      kanaal adres bron taal alternatieven { adres } reden } }";

fn jan() -> Value {
    json!({
        "contactnaam": { "voornaam": "Jan" },
        "voorkeurstaal": "fry",
        "partijIdentificatoren": [{ "partijIdentificator": { "objectId": JAN,
            "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
            "codeRegister": "brp" } }],
        "digitaleAdressen": [
            { "soortDigitaalAdres": "telefoonnummer", "adres": "0612345678" },
            { "soortDigitaalAdres": "email", "adres": "jan@example.nl", "isStandaardAdres": true },
            { "soortDigitaalAdres": "email", "adres": "zaak@example.nl", "referentie": ZAAK },
        ],
        "voorkeursDigitaalAdres": 0,
    })
}

async fn ask(app: &App, variables: Value) -> Value {
    let data = app.ask(&Persona::outputmanagement(), QUERY, variables).await;
    data["bereikbaarheid"].clone()
}

/// An answer without an address.
fn nowhere(reden: &str) -> Value {
    json!({ "kanaal": null, "adres": null, "bron": null, "taal": null, "alternatieven": [],
        "reden": reden })
}

#[tokio::test]
async fn an_address_for_the_zaak_goes_before_the_preference_and_that_before_the_rest() {
    let app = App::start().await;
    app.post("/personen", jan()).await;
    let zaak = json!({ "identificatie": "zaak-2026-1" });
    let voor = json!({ "bsn": JAN });
    for (variables, kanaal, adres, bron, others) in [
        (
            json!({ "voor": voor, "zaak": zaak }),
            "EMAIL",
            "zaak@example.nl",
            "ZAAK",
            json!([{ "adres": "0612345678" }, { "adres": "jan@example.nl" }]),
        ),
        (
            json!({ "voor": voor, "zaak": { "identificatie": "ZAAK-2026-2" } }),
            "TELEFOON",
            "0612345678",
            "VOORKEUR",
            json!([{ "adres": "jan@example.nl" }]),
        ),
        (
            json!({ "voor": voor, "kanalen": ["EMAIL"] }),
            "EMAIL",
            "jan@example.nl",
            "STANDAARD",
            json!([]),
        ),
    ] {
        let found = ask(&app, variables.clone()).await;
        let expected = json!({ "kanaal": kanaal, "adres": adres, "bron": bron, "taal": "fry",
            "alternatieven": others, "reden": null });
        assert_eq!(found, expected, "{variables}");
    }
    let none = ask(&app, json!({ "voor": voor, "kanalen": ["OVERIG"] })).await;
    assert_eq!(none, nowhere("GEEN_ADRES"));
    let empty = json!({ "voor": voor, "kanalen": [] });
    let answer = app.try_ask(&Persona::outputmanagement(), QUERY, empty).await;
    assert_eq!(code(&answer), "ONGELDIGE_INVOER", "{answer:#}");
}

#[tokio::test]
async fn what_was_given_once_at_a_contact_about_the_zaak_is_for_that_zaak_only() {
    let app = App::start().await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let jan = app.post("/personen", jan()).await.id();
    for (zaak, klant, email) in [
        ("ZAAK-2", Some(jan), "eens@example.nl"),
        ("ZAAK-2", None, "ander@example.nl"),
        ("ZAAK-3", Some(jan), "andere.zaak@example.nl"),
    ] {
        let body = json!({
            "kanaal": "e-formulier", "onderwerp": "Aanvraag", "actoren": [team],
            "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": klant,
                "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": email }] }],
            "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": zaak,
                "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
                "codeRegister": "zakenregister" } }],
        });
        app.post("/klantcontacten", body).await;
    }
    let voor = json!({ "bsn": JAN });
    let found = ask(&app, json!({ "voor": voor, "zaak": { "identificatie": "zaak-2" } })).await;
    assert_eq!((&found["adres"], &found["bron"]), (&json!("eens@example.nl"), &json!("EENMALIG")));
    let others = json!([{ "adres": "0612345678" }, { "adres": "jan@example.nl" }]);
    assert_eq!(found["alternatieven"], others, "nothing of others, or for another zaak");
    for variables in [json!({ "voor": voor }), json!({ "voor": voor, "zaak": { "uuid": "x" } })] {
        assert_eq!(ask(&app, variables).await["adres"], "0612345678");
    }
    app.post(&format!("/partijen/{jan}/deactiveringen"), json!({})).await;
    let variables = json!({ "voor": voor, "zaak": { "identificatie": "ZAAK-2" } });
    assert_eq!(ask(&app, variables).await, nowhere("NIET_ACTIEF"));
}

#[tokio::test]
async fn no_address_is_given_of_who_may_not_be_approached() {
    let app = App::start().await;
    let jan = app.post("/personen", jan()).await.id();
    app.post(&format!("/partijen/{jan}/deactiveringen"), json!({})).await;
    let variables = json!({ "voor": { "bsn": JAN }, "zaak": { "identificatie": ZAAK } });
    assert_eq!(ask(&app, variables).await, nowhere("NIET_ACTIEF"));
}

#[tokio::test]
async fn who_asked_for_secrecy_is_reached_by_who_sends_only() {
    let app = App::start().await;
    let jan = app.post("/personen", jan()).await.id();
    let path = format!("/personen/{jan}/wijzigingen");
    app.post(&path, json!({ "indicatieGeheimhouding": true })).await;
    let found = ask(&app, json!({ "voor": { "bsn": JAN } })).await;
    assert_eq!(found["adres"], "0612345678");
    let query = "{ klantbeeld(voor: { bsn: \"999990019\" }) { bereikbaarheid { adres reden
        alternatieven { adres } } } }";
    let data = app.ask(&Persona::kcc(), query, json!({})).await;
    let shown = json!({ "adres": null, "reden": "AFGESCHERMD", "alternatieven": [] });
    assert_eq!(data["klantbeeld"]["bereikbaarheid"], shown);
}

#[tokio::test]
async fn a_key_of_more_than_one_partij_or_of_nobody_is_an_answer() {
    let app = App::start().await;
    for naam in ["Een", "Twee"] {
        let body = json!({ "naam": naam,
            "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": "a@example.nl" }] });
        app.post("/organisaties", body).await;
    }
    app.settled().await;
    // Our register keeps a key unique; what others register may not.
    let sql = "UPDATE read_side.klanten SET kvk_nummer = '90000001'";
    sqlx::query(sql).execute(app.pool()).await.expect("updated");
    let two = ask(&app, json!({ "voor": { "kvkNummer": "90000001" } })).await;
    assert_eq!(two, nowhere("MEERDERE_PARTIJEN"));
    for voor in [json!({ "bsn": JAN }), json!({ "klantId": Uuid::nil() })] {
        assert_eq!(ask(&app, json!({ "voor": voor })).await, nowhere("ONBEKEND"));
    }
}

#[tokio::test]
async fn it_is_for_who_sends_and_who_sends_has_nothing_else() {
    let app = App::start().await;
    app.post("/personen", jan()).await;
    let voor = json!({ "voor": { "bsn": JAN } });
    for who in [
        Persona::kcc(),
        Persona::behandelaar(&["*"]),
        Persona::burger(JAN),
        Persona::systeem(),
        Persona::systeem().claim("rollen", json!(["analist"])),
        Persona::systeem().claim("rollen", json!(["beheerder"])),
    ] {
        let answer = app.try_ask(&who, QUERY, voor.clone()).await;
        assert_eq!(code(&answer), "ONBEKEND_VELD", "{answer:#}");
        assert!(!answer.to_string().contains("0612345678"), "{answer:#}");
    }
    for query in [
        "{ klantbeeld(voor: { bsn: \"999990019\" }) { waarschuwingen } }",
        "{ klantZoeken(zoek: { bsn: \"999990019\" }) { meer } }",
        "{ contactgeschiedenis(voor: { bsn: \"999990019\" }) { totaal } }",
        "{ werkvoorraad(voor: { mij: true }) { totaal } }",
        "{ zaakContacthistorie(zaak: { identificatie: \"ZAAK-2026-1\" }) { totaal } }",
        "{ projectieStatus { product } }",
    ] {
        let answer = app.try_ask(&Persona::outputmanagement(), query, json!({})).await;
        assert_eq!(code(&answer), "ONBEKEND_VELD", "{answer:#}");
    }
}
