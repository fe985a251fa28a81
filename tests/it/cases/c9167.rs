//! C9167: a klant calls with a question that cannot be answered at once, and is to be called back.

use serde_json::json;

use super::views::*;
use super::vocabulary::*;
use crate::support::App;

#[tokio::test]
async fn c9167_a_an_unknown_caller_is_in_the_work_list_and_in_nobodys_klantbeeld() {
    let app = App::start().await;
    let (nicole, afdeling) = (nicole(&app).await, afdeling_vergunningen(&app).await);
    let omstander = omstander(&app).await;
    let before = app.positie().await;

    let kc1 = terugbelverzoek(&app, nicole, afdeling, karel_onbekend()).await;

    assert_toont(
        &werkvoorraad_team(&app, afdeling).await,
        &json!([{
            "taakId": kc1.nth("interneTaak", 0),
            "gevraagdeHandeling": "Terugbellen",
            "status": "OPEN",
            "klantnaam": "Karel van Deurne",
            "klantGeverifieerd": false,
            "klantId": null,
            "telefoon": TERUGBELNUMMER,
            "terugbelgegevensVan": "KLANTCONTACT",
            "contactOp": moment(OP_TERUGBELVERZOEK)
        }]),
    );
    assert_in_niemands_klantbeeld(&app, &kc1, omstander).await;
    assert_toont(
        &klantcontact(&app, kc1.id()).await["digitaleAdressen"],
        &json!([{
            "id": kc1.nth("digitaalAdres", 0),
            "verstrektDoorBetrokkene": kc1.nth("betrokkene", 0),
            "verstrektDoorPartij": null
        }]),
    );
    assert_eq!(
        app.events_after(before).await,
        [
            "KlantcontactGeregistreerd",
            "ActorAanKlantcontactGekoppeld",
            "BetrokkeneBijKlantcontactGeregistreerd",
            "DigitaalAdresGeregistreerd",
            "InterneTaakGeregistreerd"
        ]
    );
}

#[tokio::test]
async fn c9167_b_name_and_number_for_this_follow_up_beat_those_of_the_klant() {
    let app = App::start().await;
    let (nicole, afdeling) = (nicole(&app).await, afdeling_vergunningen(&app).await);
    let karel = karel_bereikbaar_op(&app, standaard(telefoon(VAST_NUMMER))).await;

    let carl = json!({
        "contactnaam": { "voornaam": "Carl" }, "digitaleAdressen": [telefoon(TERUGBELNUMMER)]
    });
    let kc1 = terugbelverzoek(&app, nicole, afdeling, met(klant(karel), carl)).await;

    let taak1 = kc1.nth("interneTaak", 0);
    assert_toont(
        &werkvoorraad_team(&app, afdeling).await,
        &json!([{
            "taakId": taak1,
            "klantnaam": "Carl",
            "klantId": karel,
            "telefoon": TERUGBELNUMMER,
            "terugbelgegevensVan": "KLANTCONTACT"
        }]),
    );
    assert_toont(
        &partij(&app, karel).await,
        &json!({
            "volledigeNaam": "Karel van Deurne",
            "digitaleAdressen": [{ "adres": VAST_NUMMER, "isStandaardAdres": true }]
        }),
    );
    assert_toont(
        &klantbeeld(&app, karel).await,
        &json!({
            "klant": { "weergavenaam": "Karel van Deurne" },
            "telefoonnummers": [{ "waarde": VAST_NUMMER, "isStandaard": true }],
            "recenteContacten": { "nodes": [{
                "contactId": kc1.id(),
                "contactverzoeken": [{ "taakId": taak1, "status": "OPEN" }]
            }] },
            "openContactverzoeken": { "nodes": [{ "taakId": taak1, "status": "OPEN" }] }
        }),
    );
}

#[tokio::test]
async fn c9167_c_a_caller_registered_just_now_is_called_at_the_number_of_the_partij() {
    let app = App::start().await;
    let (nicole, afdeling) = (nicole(&app).await, afdeling_vergunningen(&app).await);

    let karel = karel_bereikbaar_op(&app, telefoon(TERUGBELNUMMER)).await;
    let kc1 = terugbelverzoek(&app, nicole, afdeling, klant(karel)).await;

    assert_toont(
        &werkvoorraad_team(&app, afdeling).await,
        &json!([{
            "taakId": kc1.nth("interneTaak", 0),
            "klantnaam": "Karel van Deurne",
            "klantGeverifieerd": true,
            "telefoon": TERUGBELNUMMER,
            "terugbelgegevensVan": "KLANT"
        }]),
    );
    let partij = partij(&app, karel).await;
    assert_toont(&partij, &json!({ "soortPartij": "persoon", "indicatieActief": true }));
    let nummer = partij["nummer"].as_str().expect("a number");
    assert!(!nummer.is_empty());
    assert_toont(
        &klantbeeld(&app, karel).await["klant"],
        &json!({
            "klantId": karel, "klantnummer": nummer, "magBenaderdWorden": true
        }),
    );
}
