//! Reading one's own write, and what changed since an earlier answer.

use std::time::Duration;

use projector::products::{self, Inrichting};
use serde_json::{Value, json};

use super::code;
use crate::support::{Answer, App, Persona};

const JAN: &str = "999990019";
const CONTACTEN: &str = "query($minimaal: [Objectversie!], $filter: ContactgeschiedenisFilter) {
    contactgeschiedenis(minimaal: $minimaal, filter: $filter) {
      totaal nodes { onderwerp } actualiteit { positie } } }";

async fn with_jan(app: &App) -> Value {
    let jan = json!({ "contactnaam": { "voornaam": "Jan" },
        "partijIdentificatoren": [{ "partijIdentificator": { "objectId": JAN,
            "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
            "codeRegister": "brp" } }] });
    json!(app.post("/personen", jan).await.id())
}

async fn contact(app: &App, jan: &Value, onderwerp: &str) -> Answer {
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let body = json!({ "kanaal": "telefoon", "onderwerp": onderwerp, "actoren": [team],
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": jan }] });
    app.post("/klantcontacten", body).await
}

/// What the answer to a handeling says of the objects that it wrote, as a client passes it on.
fn written(answer: &Answer) -> Value {
    let objects = answer.body["objecten"].as_array().expect("objects").iter();
    let versie = |object: &Value| json!({ "id": object["id"], "versie": object["versie"], "soort": object["soort"] });
    objects.map(versie).collect()
}

#[tokio::test]
async fn an_answer_has_what_was_just_written() {
    let app = App::start().await;
    let jan = with_jan(&app).await;
    let burger = Persona::burger(JAN);
    for count in 1..=20 {
        let answer = contact(&app, &jan, "vraag").await;
        let minimaal = json!({ "minimaal": written(&answer) });
        let seen = app.ask_at_once(&burger, CONTACTEN, minimaal).await;
        assert_eq!(seen["data"]["contactgeschiedenis"]["totaal"], count, "{seen:#}");
    }
}

#[tokio::test]
async fn what_does_not_come_in_time_is_told_with_what_is_missing() {
    let settings =
        graphql::Settings { wacht_max: Duration::from_millis(50), ..graphql::Settings::default() };
    let app = App::start_with(settings).await;
    let jan = with_jan(&app).await;
    app.settled().await;
    let minimaal = json!({ "minimaal": [{ "id": jan, "versie": 7 }] });
    let query = "query($minimaal: [Objectversie!]) { mijnContactgegevens(minimaal: $minimaal)
                 { naam } }";
    let seen = app.try_ask(&Persona::burger(JAN), query, minimaal).await;
    assert_eq!(code(&seen), "NOG_NIET_VERWERKT", "{seen:#}");
    assert!(seen.to_string().contains("versie 7 (nu 2)"), "{seen:#}");
    // Contactgeschiedenis is not made of partijen: nothing to wait for.
    let minimaal = json!({ "minimaal": [{ "id": jan, "versie": 7, "soort": "partij" }] });
    app.ask(&Persona::burger(JAN), CONTACTEN, minimaal).await;
    let minimaal = json!({ "minimaal": [{ "id": "zomaar", "versie": 1 }] });
    let seen = app.try_ask(&Persona::burger(JAN), CONTACTEN, minimaal).await;
    assert_eq!(code(&seen), "ONGELDIGE_INVOER", "{seen:#}");
}

#[test]
fn the_kinds_that_are_waited_for_are_those_that_the_projector_folds() {
    for (product, soorten) in graphql::soorten() {
        let all = products::all(&Inrichting::default());
        let folded = all.iter().find(|it| it.name() == product).and_then(|it| it.derived());
        let mut expected: Vec<&str> =
            folded.expect("a product").objectsoorten().iter().map(|soort| soort.code()).collect();
        let mut named = soorten.to_vec();
        expected.sort_unstable();
        named.sort_unstable();
        assert_eq!(named, expected, "{product}");
    }
}

#[tokio::test]
async fn since_an_earlier_answer_only_what_changed() {
    let app = App::start().await;
    let jan = with_jan(&app).await;
    let burger = Persona::burger(JAN);
    contact(&app, &jan, "eerste").await;
    let second = contact(&app, &jan, "tweede").await;
    let all = app.ask(&burger, CONTACTEN, json!({})).await;
    let since = |data: &Value| {
        let positie = &data["contactgeschiedenis"]["actualiteit"]["positie"];
        json!({ "filter": { "gewijzigdSinds": positie } })
    };
    let none = app.ask(&burger, CONTACTEN, since(&all)).await;
    assert_eq!(none["contactgeschiedenis"]["totaal"], 0, "{none:#}");

    // An interne taak that follows a contact changes what is shown of the contact.
    let contact_id = second.id();
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Ander" })).await.id();
    let taak = json!({ "aanleidinggevendKlantcontact": contact_id, "gevraagdeHandeling": "Bellen",
                       "toegewezenAanActoren": [team] });
    app.post("/interne-taken", taak).await;
    contact(&app, &jan, "derde").await;
    let changed = app.ask(&burger, CONTACTEN, since(&all)).await;
    let nodes = &changed["contactgeschiedenis"]["nodes"];
    assert_eq!(*nodes, json!([{ "onderwerp": "derde" }, { "onderwerp": "tweede" }]));

    let work = "query($teams: [ID!]!, $filter: WerkvoorraadFilter) {
        werkvoorraad(voor: { teams: $teams }, filter: $filter) {
          totaal actualiteit { positie } } }";
    let behandelaar = Persona::behandelaar(&[]).with(&[team], &[]);
    let before = app.ask(&behandelaar, work, json!({ "teams": [team] })).await;
    assert_eq!(before["werkvoorraad"]["totaal"], 1);
    let filter = json!({ "gewijzigdSinds": before["werkvoorraad"]["actualiteit"]["positie"] });
    let asked = json!({ "teams": [team], "filter": filter });
    let after = app.ask(&behandelaar, work, asked.clone()).await;
    assert_eq!(after["werkvoorraad"]["totaal"], 0);
    // The name of who asked stands in the row.
    let path = format!("/personen/{}/wijzigingen", jan.as_str().expect("a key"));
    app.post(&path, json!({ "contactnaam": { "voornaam": "Johan" } })).await;
    let after = app.ask(&behandelaar, work, asked).await;
    assert_eq!(after["werkvoorraad"]["totaal"], 1);

    let wrong = json!({ "filter": { "gewijzigdSinds": "gisteren" } });
    let refused = app.try_ask(&burger, CONTACTEN, wrong).await;
    assert_eq!(code(&refused), "ONGELDIGE_INVOER");
}
