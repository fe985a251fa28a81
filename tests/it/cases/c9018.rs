//! C9018: a klant calls to ask for a product.

use serde_json::json;

use super::views::*;
use super::vocabulary::*;
use crate::support::{Answer, App, Persona};

const PRODUCTAANVRAAG: &str = "5c2b7f1e-3f0a-4b69-9a55-0d3f8a7f1c11";

/// The product request that came out of the conversation is put with it.
async fn voeg_productaanvraag_toe(app: &App, gesprek: &Answer) {
    app.post(&format!("/klantcontacten/{}/bijlagen", gesprek.id()), productaanvraag()).await;
}

#[tokio::test]
async fn c9018_a_the_product_request_shows_with_the_conversation() {
    let app = App::start().await;
    let (nicole, jan) = (nicole(&app).await, jan(&app).await);
    let before = app.positie().await;

    let gezocht = klantbeeld_voor(&app, &Persona::kcc(), json!({ "bsn": BSN })).await;
    assert_toont(&gezocht["klant"], &json!({ "klantId": jan }));
    let kc1 = registreer(&app, aanvraag_uittreksel(nicole, jan)).await;
    voeg_productaanvraag_toe(&app, &kc1).await;

    assert_toont(
        &contacten(&app, jan).await,
        &json!([{ "contactId": kc1.id(), "documenten": [{ "id": PRODUCTAANVRAAG }] }]),
    );
    assert_toont(&werkvoorraad_van(&app, nicole).await, &json!([]));
    assert_eq!(
        app.events_after(before).await,
        [
            "KlantcontactGeregistreerd",
            "ActorAanKlantcontactGekoppeld",
            "BetrokkeneBijKlantcontactGeregistreerd",
            "BijlageGeregistreerd"
        ]
    );
}

#[tokio::test]
async fn c9018_b_the_colleague_who_must_create_the_zaak_has_the_product_request_at_hand() {
    let app = App::start().await;
    let (nicole, jan) = (nicole(&app).await, jan(&app).await);
    let afdeling = afdeling_vergunningen(&app).await;

    let kc1 = registreer(&app, aanvraag_uittreksel(nicole, jan)).await;
    voeg_productaanvraag_toe(&app, &kc1).await;
    let opdracht = json!({
        "aanleidinggevendKlantcontact": kc1.id(),
        "gevraagdeHandeling": "Zaak aanmaken voor productaanvraag",
        "toegewezenAanActoren": [afdeling]
    });
    let taak1 = app.post("/interne-taken", opdracht).await;

    assert_toont(
        &werkvoorraad_team(&app, afdeling).await,
        &json!([{
            "taakId": taak1.id(),
            "gevraagdeHandeling": "Zaak aanmaken voor productaanvraag",
            "documenten": [{ "id": PRODUCTAANVRAAG }]
        }]),
    );
}

#[tokio::test]
async fn c9018_c_somebody_new_becomes_a_klant_with_this_one_contact() {
    let app = App::start().await;
    let nicole = nicole(&app).await;

    let jan = persoon(&app, json!({})).await;
    let kc1 = registreer(&app, aanvraag_uittreksel(nicole, jan)).await;

    let beeld = klantbeeld_voor(&app, &Persona::kcc(), json!({ "bsn": BSN })).await;
    assert_toont(
        &beeld,
        &json!({
            "klant": { "klantId": jan, "weergavenaam": null },
            "recenteContacten": { "nodes": [{ "contactId": kc1.id() }] }
        }),
    );
    assert_eq!(
        app.refused("/personen", alleen_bsn(BSN)).await,
        afwijzing(409, "partijIdentificatoren[0]", "unique")
    );
}
