//! mijnContactgegevens: a burger sees what is kept of itself, in the hoedanigheid of the login.

use serde_json::{Value, json};

use super::code;
use crate::support::{App, Persona};

const JAN: &str = "999990019";
const KVK: &str = "90000001";
const VESTIGING: &str = "000090000099";

const QUERY: &str = "{ mijnContactgegevens { naam telefoonnummers { waarde isVoorkeur }
    emailadressen { waarde alleenVoor } voorkeurskanaal voorkeurstaal
    correspondentieadres { regels } geheimhoudingOpgegeven } }";

fn sleutel(objecttype: &str, soort: &str, id: &str, register: &str) -> Value {
    json!({ "partijIdentificator": { "objectId": id, "codeObjecttype": objecttype,
        "codeSoortObjectId": soort, "codeRegister": register } })
}

/// Jan, his company and its vestiging.
async fn register(app: &App) {
    let jan = json!({
        "contactnaam": { "voornaam": "Jan" },
        "interneNotitie": "spreekt zacht",
        "indicatieGeheimhouding": true,
        "voorkeurstaal": "fry",
        "partijIdentificatoren": [sleutel("natuurlijk_persoon", "bsn", JAN, "brp")],
        "digitaleAdressen": [
            { "soortDigitaalAdres": "telefoonnummer", "adres": "0612345678" },
            { "soortDigitaalAdres": "email", "adres": "jan@example.nl", "referentie": "ZAAK-1" },
        ],
        "voorkeursDigitaalAdres": 0,
        "correspondentieadres": { "straatnaam": "Kade", "huisnummer": 1, "postcode": "1999 CD",
            "stad": "Voorbeeldstad" },
    });
    app.post("/personen", jan).await;
    let kvk = sleutel("niet_natuurlijk_persoon", "kvk_nummer", KVK, "hr");
    let zaak = json!({ "naam": "De Zaak", "interneNotitie": "betaalt laat",
        "partijIdentificatoren": [kvk] });
    let zaak = app.post("/organisaties", zaak).await;
    let mut vestiging = sleutel("vestiging", "vestigingsnummer", VESTIGING, "hr");
    vestiging["subIdentificatorVan"] = json!(zaak.nth("partijIdentificator", 0));
    let filiaal = json!({ "naam": "Filiaal", "partijIdentificatoren": [vestiging] });
    app.post("/organisaties", filiaal).await;
}

async fn ask(app: &App, klant: Value) -> Value {
    let who = Persona::burger(JAN).claim("klant", klant);
    app.ask(&who, QUERY, json!({})).await["mijnContactgegevens"].clone()
}

#[tokio::test]
async fn a_burger_sees_all_of_itself_but_the_internal_remark() {
    let app = App::start().await;
    register(&app).await;
    let found = ask(&app, json!({ "bsn": JAN })).await;
    let expected = json!({
        "naam": "Jan",
        "telefoonnummers": [{ "waarde": "0612345678", "isVoorkeur": true }],
        "emailadressen": [{ "waarde": "jan@example.nl", "alleenVoor": "ZAAK-1" }],
        "voorkeurskanaal": "TELEFOON",
        "voorkeurstaal": "fry",
        "correspondentieadres": { "regels": ["Kade 1", "1999 CD Voorbeeldstad"] },
        "geheimhoudingOpgegeven": true,
    });
    assert_eq!(found, expected);
    let query = "{ mijnContactgegevens { interneNotitie } }";
    let answer = app.try_ask(&Persona::burger(JAN), query, json!({})).await;
    assert!(!answer.to_string().contains("spreekt zacht"), "{answer:#}");
    assert!(answer["data"].is_null(), "{answer:#}");
}

#[tokio::test]
async fn only_the_hoedanigheid_of_the_login_counts() {
    let app = App::start().await;
    register(&app).await;
    let vestiging = json!({ "kvkNummer": KVK, "vestigingsnummer": VESTIGING });
    for (klant, naam) in [
        (json!({ "bsn": JAN }), "Jan"),
        (json!({ "kvkNummer": KVK }), "De Zaak"),
        (json!({ "vestiging": vestiging }), "Filiaal"),
    ] {
        let found = ask(&app, klant.clone()).await;
        assert_eq!(found["naam"], naam, "{klant}");
    }
    for klant in [json!({ "bsn": "999990020" }), json!({ "rsin": JAN })] {
        assert_eq!(ask(&app, klant.clone()).await, Value::Null, "{klant}");
    }
}

#[tokio::test]
async fn it_takes_no_klant_and_is_for_no_other_audience() {
    let app = App::start().await;
    register(&app).await;
    let named = "{ mijnContactgegevens(voor: { bsn: \"999990019\" }) { naam } }";
    let answer = app.try_ask(&Persona::burger("999990020"), named, json!({})).await;
    assert!(answer["data"].is_null(), "{answer:#}");
    for who in [
        Persona::kcc(),
        Persona::behandelaar(&["*"]),
        Persona::outputmanagement(),
        Persona::systeem(),
        Persona::systeem().claim("rollen", json!(["analist"])),
        Persona::systeem().claim("rollen", json!(["beheerder"])),
    ] {
        let answer = app.try_ask(&who, QUERY, json!({})).await;
        assert_eq!(code(&answer), "ONBEKEND_VELD", "{answer:#}");
    }
}
