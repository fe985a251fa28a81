//! The publication: one notification per handeling, none lost, none doubled.

use serde_json::json;

use super::{all_events, assert_whole, published, start_relay, team};
use crate::history::Player;
use crate::register::history;
use crate::support::App;

/// Relays that are stopped and started while handelingen are done.
const RESTARTS: usize = 20;
/// Steps of a history.
const STEPS: usize = 150;

#[tokio::test]
async fn a_klantcontact_with_all_its_parts_is_one_event_poor_in_information() {
    let app = App::start_without_projector().await;
    let team = team(&app).await;
    let zaak = "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5";
    let body = json!({
        "kanaal": "telefoon", "onderwerp": "Kanarie", "inhoud": "Kanarie", "actoren": [team],
        "indicatieContactGelukt": "ja", "referentienummer": "987654321",
        "betrokkenen": [{ "rol": "klant", "initiator": true,
            "contactnaam": { "voornaam": "Kanarie" },
            "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": "kanarie@example.nl" }] }],
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": zaak,
            "codeObjecttype": "zaak", "codeSoortObjectId": "uuid",
            "codeRegister": "zakenregister" } }],
        "interneTaken": [{ "gevraagdeHandeling": "Kanarie", "toegewezenAanActoren": [team] }],
    });
    let made = app.post("/klantcontacten", body).await;
    let (contact, taak) = (made.id(), made.nth("interneTaak", 0));
    let _relay = start_relay(&app);
    published(&app).await;

    let events = all_events(&app, 10).await;
    assert_eq!(events.len(), 2);
    let event = &events[1];
    let handeling = &made.body["handelingId"];
    assert_eq!(event["type"], "nl.klantinteracties.klantcontact-geregistreerd.v1");
    assert_eq!((&event["id"], &event["correlationid"]), (handeling, handeling));
    assert_eq!((&event["subject"], &event["partitionkey"]), (&json!(contact), &json!(contact)));
    assert_eq!(event["time"], made.body["tijdstip"]);
    assert_eq!(event["dataref"], format!("/bijhouding/v1/klantcontacten/{contact}"));
    assert_eq!(
        event["data"],
        json!({
            "handeling": "RegistreerKlantcontact",
            "klantcontact": { "id": contact, "versie": made.body["objecten"][0]["versie"] },
            "kanaal": "telefoon", "taal": "nld", "vertrouwelijk": false,
            "indicatieContactGelukt": "ja", "leiddeTotInterneTaken": 1, "gekoppeldeZaken": 1,
            "objecten": [
                { "soort": "klantcontact", "id": contact,
                  "versie": made.body["objecten"][0]["versie"] },
                { "soort": "interne_taak", "id": taak, "versie": 1 },
            ],
        })
    );
    let text = json!(events).to_string().to_lowercase();
    assert!(!text.contains("kanarie") && !text.contains("987654321"), "{text}");
}

#[tokio::test]
async fn passing_on_and_destroying_are_told_as_what_they_are() {
    let app = App::start_without_projector().await;
    let team = team(&app).await;
    let body = json!({
        "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [team],
        "betrokkenen": [{ "rol": "klant", "initiator": true }],
        "interneTaken": [{ "gevraagdeHandeling": "Bel", "toegewezenAanActoren": [team] }],
    });
    let taak = app.post("/klantcontacten", body).await.nth("interneTaak", 0);
    let body = json!({ "nieuweTaak": { "gevraagdeHandeling": "Bel",
        "toegewezenAanActoren": [team] } });
    let new = app.post(&format!("/interne-taken/{taak}/doorsturingen"), body).await.id();
    let _relay = start_relay(&app);
    published(&app).await;
    let event = all_events(&app, 100).await.pop().expect("an event");
    assert_eq!(event["type"], "nl.klantinteracties.interne-taak-doorgestuurd.v1");
    assert_eq!(event["subject"], json!(taak));
    assert_eq!(event["data"]["vervangenDoorInterneTaak"], json!(new));
    assert_eq!(event["data"]["status"], "verwerkt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_that_come_and_go_lose_nothing_and_double_nothing() {
    let app = App::start_without_projector().await;
    let player = Player::new(&app).await;
    let steps = history(7, STEPS, true);
    let restarts = async {
        for round in 0..RESTARTS {
            // Two at a time; dropping them ends them wherever they are.
            let (_een, _ander) = (start_relay(&app), start_relay(&app));
            let wanted = i64::try_from(round).expect("few");
            let sql = "SELECT count(*) >= $1 FROM write_side.notificaties";
            crate::support::until("some to be published", || async {
                let enough: bool = sqlx::query_scalar(sql)
                    .bind(wanted)
                    .fetch_one(app.pool())
                    .await
                    .unwrap_or(false);
                enough.then_some(())
            })
            .await;
        }
    };
    tokio::join!(player.play(&steps, 4), restarts);
    let _relay = start_relay(&app);
    published(&app).await;
    let events = all_events(&app, 7).await;
    let sql = "SELECT count(*) FROM write_side.handelingen";
    let done: i64 = sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a count");
    assert_eq!(i64::try_from(events.len()), Ok(done));
    assert_whole(&events);
}
