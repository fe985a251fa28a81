//! C4390 and C0359: a klant reports something in public space, for which a zaak is created or runs
//! already.

use serde_json::{Value, json};
use uuid::Uuid;

use super::views::*;
use super::vocabulary::*;
use crate::support::{Answer, App};

/// Somebody who is not known reports a loose paving stone; the zaak has been created already.
async fn melding(app: &App, door: Uuid, op: &str, gegevens: Value) -> Answer {
    let ook = json!({
        "inhoud": "Beller meldt dat een stoeptegel los ligt.",
        "betrokkenen": [onbekende(gegevens)],
        "onderwerpobjecten": [over_zaak(ZAAK)]
    });
    registreer(app, telefoongesprek("Melding openbare ruimte", op, door, ook)).await
}

fn karel() -> Value {
    json!({
        "contactnaam": { "voornaam": "Karel" }, "digitaleAdressen": [telefoon(TERUGBELNUMMER)]
    })
}

#[tokio::test]
async fn c4390_a_the_zaak_shows_the_contact_from_which_it_arose_and_is_its_follow_up() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let omstander = omstander(&app).await;
    let before = app.positie().await;

    let kc1 = melding(&app, nicole, OP_GESPREK, karel()).await;

    assert_toont(
        &zaakbeeld(&app, ZAAK).await,
        &json!([{
            "contactId": kc1.id(),
            "op": moment(OP_GESPREK),
            "zaken": [{ "uuid": ZAAK, "viaContactverzoek": null }],
            "heeftContactverzoek": false
        }]),
    );
    assert_toont(&werkvoorraad_van(&app, nicole).await, &json!([]));
    assert_in_niemands_klantbeeld(&app, &kc1, omstander).await;
    assert_eq!(
        app.events_after(before).await,
        [
            "KlantcontactGeregistreerd",
            "ActorAanKlantcontactGekoppeld",
            "BetrokkeneBijKlantcontactGeregistreerd",
            "DigitaalAdresGeregistreerd",
            "OnderwerpobjectGeregistreerd",
            "ZaakGekoppeld"
        ]
    );
}

#[tokio::test]
async fn c0359_a_a_zaak_that_runs_already_shows_both_contacts_oldest_first() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let kc0 = melding(&app, nicole, OP_GESPREK, json!({})).await;

    let kc1 = melding(&app, nicole, "2023-03-01T11:15:00+01:00", karel()).await;

    assert_toont(
        &zaakbeeld(&app, ZAAK).await,
        &json!([{ "contactId": kc0.id() }, { "contactId": kc1.id() }]),
    );
    assert_toont(&werkvoorraad_van(&app, nicole).await, &json!([]));
}
