//! C2984: an employee calls a klant back at the request of the customer contact centre.

use serde_json::{Value, json};
use uuid::Uuid;

use super::views::*;
use super::vocabulary::*;
use crate::support::{Answer, App};

const OP_TERUGGEBELD: &str = "2023-03-31T09:30:00+02:00";

/// A terugbelverzoek of Karel, who is not known, and the employee who takes it up.
struct Terugbelverzoek {
    afdeling: Uuid,
    medewerker: Uuid,
    vraag: Answer,
    taak: Uuid,
}

async fn given(app: &App) -> Terugbelverzoek {
    let (nicole, afdeling) = (nicole(app).await, afdeling_vergunningen(app).await);
    let medewerker = vergunningen_medewerker(app).await;
    let vraag = terugbelverzoek(app, nicole, afdeling, karel_onbekend()).await;
    let taak = vraag.nth("interneTaak", 0);
    Terugbelverzoek { afdeling, medewerker, vraag, taak }
}

/// A call to Karel about his question.
fn belt_terug(given: &Terugbelverzoek, ook: Value) -> Value {
    let over_de_vraag = json!({
        "betrokkenen": [benaderde(json!({ "contactnaam": naam_karel() }))],
        "onderwerpobjecten": [over_contact(given.vraag.id())]
    });
    let ook = met(over_de_vraag, ook);
    telefoongesprek("Vergunning overkapping", OP_TERUGGEBELD, given.medewerker, ook)
}

/// Karel is reached and gets his answer; the taak is done.
async fn beantwoord(app: &App, given: &Terugbelverzoek) -> Answer {
    let gesprek = belt_terug(given, json!({ "inhoud": "Karel gebeld en antwoord gegeven." }));
    let antwoord = registreer(app, gesprek).await;
    markeer_verwerkt(app, given.taak, json!({})).await;
    antwoord
}

#[tokio::test]
async fn c2984_a_when_the_klant_is_reached_the_taak_is_done_and_the_chain_is_whole() {
    let app = App::start().await;
    let given = given(&app).await;
    let (kc1, taak1) = (given.vraag.id(), given.taak);
    assert_toont(
        &werkvoorraad_team(&app, given.afdeling).await,
        &json!([{
            "taakId": taak1, "contactId": kc1, "status": "OPEN", "telefoon": TERUGBELNUMMER
        }]),
    );
    let before = app.positie().await;

    let kc2 = beantwoord(&app, &given).await;

    assert_toont(&werkvoorraad_team(&app, given.afdeling).await, &json!([]));
    let taak = interne_taak(&app, taak1).await;
    assert_eq!(taak["status"], "verwerkt");
    let afgehandeld_op = taak["afgehandeldOp"].as_str().expect("a moment");
    assert_toont(
        &afgerond_door_team(&app, given.afdeling).await,
        &json!([{
            "taakId": taak1,
            "contactId": kc1,
            "status": "AFGEROND",
            "afgehandeldOp": moment(afgehandeld_op)
        }]),
    );
    assert_toont(
        &klantcontact(&app, kc2.id()).await,
        &json!({
            "hadBetrokkenen": [{ "initiator": false }],
            "gingOverOnderwerpobjecten": [{ "onderwerpWasKlantcontact": kc1 }]
        }),
    );
    assert_keten(&app, kc1, taak1, kc2.id()).await;
    assert_eq!(
        app.events_after(before).await,
        [
            "KlantcontactGeregistreerd",
            "ActorAanKlantcontactGekoppeld",
            "BetrokkeneBijKlantcontactGeregistreerd",
            "OnderwerpobjectGeregistreerd",
            "InterneTaakAfgehandeld"
        ]
    );
}

#[tokio::test]
async fn c2984_a_the_chain_shows_in_the_products_once_the_klant_is_known() {
    let app = App::start().await;
    let given = given(&app).await;
    let kc2 = beantwoord(&app, &given).await;

    let karel = persoon(&app, json!({ "contactnaam": naam_karel() })).await;
    for contact in [&given.vraag, &kc2] {
        koppel_partij(&app, contact.nth("betrokkene", 0), karel).await;
    }

    let keten = [given.vraag.id(), given.taak, kc2.id()];
    assert_keten_in_geschiedenis(&app, karel, keten).await;
}

#[tokio::test]
async fn c2984_b_when_the_klant_does_not_answer_the_taak_stays_open() {
    let app = App::start().await;
    let given = given(&app).await;

    let geen_gehoor = json!({
        "inhoud": "Karel gebeld, geen gehoor.", "indicatieContactGelukt": "nee"
    });
    let kc2 = registreer(&app, belt_terug(&given, geen_gehoor)).await;

    assert_toont(
        &werkvoorraad_team(&app, given.afdeling).await,
        &json!([{ "taakId": given.taak, "status": "OPEN" }]),
    );
    assert_toont(&klantcontact(&app, kc2.id()).await, &json!({ "indicatieContactGelukt": "nee" }));
    assert_toont(
        &gesprek_rond(&app, given.afdeling, given.taak).await,
        &json!([
            { "contactId": kc2.id(), "samenvatting": "Karel gebeld, geen gehoor." },
            { "contactId": given.vraag.id() }
        ]),
    );
    // The attempt shows in the products once it is known who was called.
    let karel = persoon(&app, json!({ "contactnaam": naam_karel() })).await;
    koppel_partij(&app, kc2.nth("betrokkene", 0), karel).await;
    assert_toont(
        &contacten(&app, karel).await,
        &json!([{ "contactId": kc2.id(), "gelukt": false, "richting": "UITGAAND" }]),
    );
}
