//! C9761: an employee calls back; it must be looked into, so a zaak is created.

use serde_json::json;

use super::views::*;
use super::vocabulary::*;
use crate::support::App;

#[tokio::test]
async fn c9761_a_the_zaak_shows_the_question_and_the_taak_through_which_it_came() {
    let app = App::start().await;
    let (nicole, afdeling) = (nicole(&app).await, afdeling_vergunningen(&app).await);
    let kc1 = terugbelverzoek(&app, nicole, afdeling, karel_onbekend()).await;
    let taak1 = kc1.nth("interneTaak", 0);
    let before = app.positie().await;

    // During the call a zaak is created in the zakenregister.
    markeer_verwerkt(&app, taak1, json!({ "zaak": zaaksleutel(ZAAK) })).await;

    assert_toont(&werkvoorraad_team(&app, afdeling).await, &json!([]));
    assert_toont(
        &zaakbeeld(&app, ZAAK).await,
        &json!([{
            "contactId": kc1.id(),
            "zaken": [{ "uuid": ZAAK, "viaContactverzoek": taak1 }],
            "contactverzoeken": [{ "taakId": taak1, "status": "AFGEROND" }]
        }]),
    );
    assert_toont(
        &klantcontact(&app, kc1.id()).await,
        &json!({
            "gingOverOnderwerpobjecten": [over_zaak(ZAAK)]
        }),
    );
    assert_eq!(
        app.events_after(before).await,
        ["InterneTaakAfgehandeld", "OnderwerpobjectGeregistreerd", "ZaakGekoppeld"]
    );
}
