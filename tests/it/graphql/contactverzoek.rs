//! contactverzoek: everything about one, for those to whom it is assigned; for others it is absent.

use serde_json::{Value, json};
use uuid::Uuid;

use super::code;
use crate::support::{Answer, App, Persona};

const QUERY: &str = "query($welk: ContactverzoekRef!) { contactverzoek(welk: $welk) {
    taakId nummer gevraagdeHandeling status klantnaam zaken { identificatie }
    terugbelgegevens { naam telefoon email van }
    contact { onderwerp samenvatting deelnemers { naam telefoonnummers }
      contactverzoeken { nummer status } }
    logboek { wat toelichting } } }";

/// Two contactverzoeken after one klantcontact, whose betrokkene gave a number of its own.
struct Scene {
    app: App,
    team: Uuid,
    ander: Uuid,
    jan: Uuid,
    contact: Answer,
}

async fn scene() -> Scene {
    let app = App::start().await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let ander = app.post("/organisatorische-eenheden", json!({ "naam": "Ander" })).await.id();
    let jan = json!({ "contactnaam": { "voornaam": "Jan" },
        "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": "jan@example.nl" }] });
    let jan = app.post("/personen", jan).await.id();
    let body = json!({
        "kanaal": "telefoon", "onderwerp": "Overkapping", "inhoud": "Mag het?",
        "vertrouwelijk": true, "actoren": [team], "plaatsgevondenOp": "2024-01-01T10:00:00Z",
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": jan,
            "digitaleAdressen": [{ "soortDigitaalAdres": "telefoonnummer",
                "adres": "0612345678" }] }],
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": "ZAAK-1",
            "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
            "codeRegister": "zakenregister" } }],
        "interneTaken": [
            { "gevraagdeHandeling": "Bellen", "toegewezenAanActoren": [team] },
            { "gevraagdeHandeling": "Nakijken", "toegewezenAanActoren": [ander] },
        ],
    });
    let contact = app.post("/klantcontacten", body).await;
    Scene { app, team, ander, jan, contact }
}

fn of(team: Uuid) -> Persona {
    Persona::behandelaar(&[]).with(&[team], &[])
}

async fn ask(app: &App, who: &Persona, welk: Value) -> Value {
    app.ask(who, QUERY, json!({ "welk": welk })).await["contactverzoek"].clone()
}

#[tokio::test]
async fn one_contactverzoek_is_shown_with_all_that_belongs_to_it() {
    let Scene { app, team, contact, .. } = scene().await;
    let [taak, other] = [0, 1].map(|index| contact.nth("interneTaak", index));
    let path = format!("/interne-taken/{taak}/afhandelingen");
    app.post(&path, json!({ "afsluittoelichting": "Gebeld." })).await;
    let found = ask(&app, &of(team), json!({ "taakId": taak })).await;
    assert_eq!(
        found["terugbelgegevens"],
        json!({ "naam": "Jan", "telefoon": "0612345678", "email": null, "van": "KLANTCONTACT" })
    );
    assert_eq!(found["zaken"], json!([{ "identificatie": "ZAAK-1" }]));
    assert_eq!(found["contact"]["samenvatting"], "Mag het?");
    let deelnemer = json!([{ "naam": "Jan", "telefoonnummers": ["0612345678"] }]);
    assert_eq!(found["contact"]["deelnemers"], deelnemer);
    let logboek = json!([
        { "wat": "CONTACT", "toelichting": null },
        { "wat": "TOEGEWEZEN", "toelichting": null },
        { "wat": "AFGEHANDELD", "toelichting": "Gebeld." },
    ]);
    assert_eq!(found["logboek"], logboek);
    let by_number = ask(&app, &of(team), json!({ "nummer": found["nummer"] })).await;
    assert_eq!(by_number, found);
    // What happens to the one is seen at the other: they followed the same contact.
    let path = format!("/interne-taken/{other}/afhandelingen");
    app.post(&path, json!({})).await;
    let found = ask(&app, &of(team), json!({ "taakId": taak })).await;
    let statuses = found["contact"]["contactverzoeken"].as_array().expect("taken").iter();
    let statuses: Vec<&Value> = statuses.map(|taak| &taak["status"]).collect();
    assert_eq!(statuses, ["AFGEROND", "AFGEROND"]);
}

#[tokio::test]
async fn of_others_it_looks_as_if_it_did_not_exist() {
    let Scene { app, team, ander, contact, .. } = scene().await;
    let taak = contact.nth("interneTaak", 0);
    let nummer = ask(&app, &of(team), json!({ "taakId": taak })).await["nummer"].clone();
    for who in [
        of(ander),
        of(Uuid::nil()),
        Persona::behandelaar(&["*"]),
        Persona::kcc(),
        Persona::kcc().with(&[ander], &[]),
    ] {
        for welk in [json!({ "taakId": taak }), json!({ "nummer": nummer })] {
            assert_eq!(ask(&app, &who, welk).await, Value::Null, "{who:?}");
        }
    }
    for welk in [json!({ "taakId": "geen sleutel" }), json!({ "nummer": "1" })] {
        assert_eq!(ask(&app, &of(team), welk).await, Value::Null);
    }
    let mine = Persona::kcc().with(&[team], &[]);
    assert_eq!(ask(&app, &mine, json!({ "taakId": taak })).await["klantnaam"], "Jan");
    // What is passed on to others is theirs from then on.
    let path = format!("/interne-taken/{taak}/toewijzingen");
    app.post(&path, json!({ "toegewezenAanActoren": [ander] })).await;
    assert_eq!(ask(&app, &of(team), json!({ "taakId": taak })).await, Value::Null);
    assert_eq!(ask(&app, &of(ander), json!({ "taakId": taak })).await["klantnaam"], "Jan");
}

#[tokio::test]
async fn other_audiences_are_refused_and_secrecy_hides_the_numbers() {
    let Scene { app, team, jan, contact, .. } = scene().await;
    let taak = contact.nth("interneTaak", 0);
    let welk = json!({ "welk": { "taakId": taak } });
    for (who, expected) in [
        (Persona::kcc().claim("doelbinding", Value::Null), "DOELBINDING_VEREIST"),
        (Persona::burger("999990019"), "ONBEKEND_VELD"),
        (Persona::outputmanagement(), "ONBEKEND_VELD"),
        (Persona::systeem(), "ONBEKEND_VELD"),
        (Persona::systeem().claim("rollen", json!(["analist"])), "ONBEKEND_VELD"),
        (Persona::systeem().claim("rollen", json!(["beheerder"])), "ONBEKEND_VELD"),
    ] {
        let answer = app.try_ask(&who.with(&[team], &[]), QUERY, welk.clone()).await;
        assert_eq!(code(&answer), expected, "{answer:#}");
    }
    let path = format!("/personen/{jan}/wijzigingen");
    app.post(&path, json!({ "indicatieGeheimhouding": true })).await;
    let found = ask(&app, &of(team), json!({ "taakId": taak })).await;
    let hidden = json!({ "naam": "Jan", "telefoon": null, "email": null, "van": null });
    assert_eq!(found["terugbelgegevens"], hidden);
    assert!(!found.to_string().contains("0612345678"), "{found:#}");
}

#[tokio::test]
async fn a_confidential_contact_is_masked_when_the_policy_says_so() {
    let settings = graphql::Settings {
        vertrouwelijk: graphql::VertrouwelijkBeleid {
            behandelaar: graphql::Weergave::Verbergen,
            ..graphql::VertrouwelijkBeleid::default()
        },
        ..graphql::Settings::default()
    };
    let app = App::start_with(settings).await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let body = json!({
        "kanaal": "telefoon", "onderwerp": "geheim", "inhoud": "geheim", "vertrouwelijk": true,
        "actoren": [team],
        "betrokkenen": [{ "rol": "klant", "initiator": true }],
        "interneTaken": [{ "gevraagdeHandeling": "Bellen", "toegewezenAanActoren": [team] }],
    });
    let taak = app.post("/klantcontacten", body).await.nth("interneTaak", 0);
    let found = ask(&app, &of(team), json!({ "taakId": taak })).await;
    assert_eq!(found["gevraagdeHandeling"], "Bellen", "whoever must do it keeps seeing it");
    assert!(!found.to_string().contains("geheim"), "{found:#}");
}
