//! V6898: when a klantcontact is registered, and what of the partij.

use serde_json::{Value, json};
use uuid::Uuid;

use super::views::*;
use super::vocabulary::*;
use crate::support::App;

/// What is asked at the kitchen table, by telephone or elsewhere.
fn vraag(door: Uuid, betrokkene: Value, ook: Value) -> Value {
    let zo = json!({
        "onderwerp": "Vraag over een traplift", "actoren": [door], "betrokkenen": [betrokkene]
    });
    met(zo, ook)
}

#[tokio::test]
async fn v6898_1_not_authenticated_and_no_follow_up_is_not_recorded() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let before = app.positie().await;

    // Contact takes place; nothing need follow.

    assert_niets_vastgelegd(&app, before, nicole).await;
}

#[tokio::test]
async fn v6898_2_not_authenticated_with_follow_up_has_contact_data_and_a_taak_but_no_partij() {
    let app = App::start().await;
    let (nicole, omstander) = (nicole(&app).await, omstander(&app).await);

    let karel = json!({
        "rol": "klant",
        "contactnaam": naam_karel(),
        "digitaleAdressen": [telefoon(TERUGBELNUMMER)]
    });
    let gesprek = vraag(nicole, karel, json!({ "interneTaken": [terugbellen(nicole)] }));
    let kc1 = app.post("/binnenkomende-telefoongesprekken", gesprek).await;

    assert_toont(
        &klantcontact(&app, kc1.id()).await,
        &json!({
            "kanaal": "telefoon",
            "indicatieContactGelukt": "ja",
            "hadBetrokkenen": [
                { "initiator": true, "wasPartij": null, "contactnaam": naam_karel() }
            ],
            "digitaleAdressen": [{ "adres": TERUGBELNUMMER, "verstrektDoorPartij": null }],
            "leiddeTotInterneTaken": [kc1.nth("interneTaak", 0)]
        }),
    );
    assert_toont(
        &werkvoorraad_van(&app, nicole).await,
        &json!([{
            "klantnaam": "Karel van Deurne", "telefoon": TERUGBELNUMMER, "klantGeverifieerd": false
        }]),
    );
    assert_in_niemands_klantbeeld(&app, &kc1, omstander).await;
}

#[tokio::test]
async fn v6898_3_authenticated_without_consent_leaves_the_partij_empty() {
    let app = App::start().await;
    let nicole = nicole(&app).await;

    let leeg = persoon(&app, json!({})).await;
    let voor_nu = json!({
        "contactnaam": naam_jan(), "digitaleAdressen": [telefoon(TERUGBELNUMMER)]
    });
    let ook = json!({
        "betrokkenen": [met(klant(leeg), voor_nu)], "interneTaken": [terugbellen(nicole)]
    });
    let gesprek = telefoongesprek("Vraag over een traplift", OP_GESPREK, nicole, ook);
    let kc1 = registreer(&app, gesprek).await;

    let partij = partij(&app, leeg).await;
    assert_toont(
        &partij,
        &json!({
            "contactnaam": null,
            "naam": null,
            "bezoekadres": null,
            "correspondentieadres": null,
            "voorkeurstaal": null,
            "indicatieGeheimhouding": null,
            "interneNotitie": null,
            "digitaleAdressen": [],
            "rekeningnummers": [],
            "indicatieActief": true,
            "partijIdentificatoren": [{ "partijIdentificator": { "objectId": BSN } }]
        }),
    );
    assert!(!partij["nummer"].as_str().expect("a number").is_empty());
    assert_toont(
        &klantbeeld(&app, leeg).await,
        &json!({
            "klant": { "weergavenaam": null },
            "telefoonnummers": [],
            "waarschuwingen": ["GEEN_CONTACTGEGEVENS"],
            "recenteContacten": { "nodes": [{
                "contactId": kc1.id(),
                "deelnemers": [{
                    "naam": "Jan de Vries",
                    "geverifieerd": true,
                    "klantId": leeg,
                    "eigenContactgegevens": true,
                    "telefoonnummers": [TERUGBELNUMMER]
                }]
            }] }
        }),
    );
    assert_toont(
        &werkvoorraad_van(&app, nicole).await,
        &json!([{
            "klantId": leeg,
            "klantnaam": "Jan de Vries",
            "telefoon": TERUGBELNUMMER,
            "terugbelgegevensVan": "KLANTCONTACT"
        }]),
    );
}

#[tokio::test]
async fn v6898_4_authenticated_with_consent_makes_a_new_partij_of_the_data() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let before = app.positie().await;

    let karel = onbekende(json!({
        "contactnaam": naam_karel(), "digitaleAdressen": [telefoon(TERUGBELNUMMER)]
    }));
    let gesprek = vraag(nicole, karel, json!({ "indicatieHergebruikPartij": true }));
    let kc1 = app.post("/keukentafelgesprekken", gesprek).await;

    let karel = kc1.nth("partij", 0);
    assert_toont(
        &klantcontact(&app, kc1.id()).await,
        &json!({
            "kanaal": "keukentafelgesprek",
            "indicatieContactGelukt": "ja",
            "hadBetrokkenen": [{ "wasPartij": karel, "contactnaam": null }],
            "digitaleAdressen": []
        }),
    );
    assert_toont(
        &klantbeeld(&app, karel).await,
        &json!({
            "klant": { "weergavenaam": "Karel van Deurne" },
            "telefoonnummers": [{ "waarde": TERUGBELNUMMER }],
            "bereikbaarheid": { "kanaal": "TELEFOON", "adres": TERUGBELNUMMER },
            "recenteContacten": { "nodes": [{
                "contactId": kc1.id(),
                "deelnemers": [{ "naam": "Karel van Deurne", "eigenContactgegevens": false }]
            }] }
        }),
    );
    assert_eq!(
        app.events_after(before).await,
        [
            "KlantcontactGeregistreerd",
            "PersoonGeregistreerd",
            "DigitaalAdresGeregistreerd",
            "ActorAanKlantcontactGekoppeld",
            "BetrokkeneBijKlantcontactGeregistreerd"
        ]
    );
}

#[tokio::test]
async fn v6898_4_authenticated_with_consent_before_uses_the_partij_that_exists() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let karel = karel_bereikbaar_op(&app, standaard(telefoon(VAST_NUMMER))).await;

    let gesprek = vraag(nicole, klant(karel), json!({ "interneTaken": [terugbellen(nicole)] }));
    let kc1 = app.post("/binnenkomende-telefoongesprekken", gesprek).await;

    assert_toont(
        &contacten(&app, karel).await,
        &json!([{
            "contactId": kc1.id(),
            "deelnemers": [{ "klantId": karel, "eigenContactgegevens": false }]
        }]),
    );
    assert_toont(
        &werkvoorraad_van(&app, nicole).await,
        &json!([{ "klantnaam": "Karel van Deurne", "telefoon": VAST_NUMMER }]),
    );
}

#[tokio::test]
async fn v6898_4_authenticated_with_consent_now_completes_a_partij_that_was_empty() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let jan = persoon(&app, json!({})).await;

    let aanvulling = json!({
        "contactnaam": naam_jan(),
        "correspondentieadres": { "adresregel1": "Postbus 2700", "adresregel2": "3200 TD Turfstad" }
    });
    app.post(&format!("/personen/{jan}/wijzigingen"), aanvulling).await;
    let gesprek = vraag(nicole, klant(jan), json!({}));
    let kc1 = app.post("/binnenkomende-telefoongesprekken", gesprek).await;

    assert_toont(
        &klantbeeld(&app, jan).await,
        &json!({
            "klant": { "weergavenaam": "Jan de Vries" },
            "correspondentieadres": { "regels": ["Postbus 2700", "3200 TD Turfstad"] },
            "recenteContacten": { "nodes": [{
                "contactId": kc1.id(), "deelnemers": [{ "naam": "Jan de Vries" }]
            }] }
        }),
    );
}
