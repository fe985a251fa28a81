//! The publication: one notification per handeling, none lost, none doubled.

use serde_json::json;

use crate::support::App;

use super::support::{all_published, assert_whole, handelingen, start_publisher};

#[tokio::test]
async fn every_handeling_is_one_notification_with_its_main_object() {
    let app = App::start_without_projector().await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Kanarieteam" })).await.id();
    let contact = app
        .post(
            "/klantcontacten",
            json!({
                "kanaal": "telefoon", "onderwerp": "Kanarie", "taal": "nld",
                "indicatieContactGelukt": "ja", "actoren": [team],
                "betrokkenen": [{
                    "rol": "klant", "initiator": true, "contactnaam": { "voornaam": "Kanarie" },
                }],
                "interneTaken": [{
                    "gevraagdeHandeling": "Kanarie bellen", "toegewezenAanActoren": [team],
                }],
            }),
        )
        .await;
    let taak = contact.nth("interneTaak", 0);
    app.post(&format!("/interne-taken/{taak}/afhandelingen"), json!({})).await;
    let _publisher = start_publisher(&app);
    let published = all_published(app.pool()).await;
    assert_whole(&published, &handelingen(app.pool()).await);
    let told: Vec<(&str, uuid::Uuid, i64)> =
        published.iter().map(|row| (row.soort.as_str(), row.object_id, row.versie)).collect();
    assert_eq!(
        told,
        [
            ("actor-geregistreerd", team, 1),
            ("klantcontact-geregistreerd", contact.id(), 3),
            ("interne-taak-afgehandeld", taak, 2),
        ]
    );
    assert_eq!(published[1].data["leiddeTotInterneTaken"], 1);
    assert_eq!(published[1].data["handeling"], "RegistreerKlantcontact");
    assert!(!published.iter().any(|row| row.data.to_string().contains("anarie")));
}
