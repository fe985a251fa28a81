//! C1199: a klant mails a question to the gemeente.

use serde_json::json;

use super::views::*;
use super::vocabulary::*;
use crate::support::App;

#[tokio::test]
async fn c1199_a_a_mail_is_work_for_the_kcc_and_in_nobodys_klantbeeld() {
    let app = App::start().await;
    let (mailverwerker, kcc) = (mailverwerker(&app).await, kcc(&app).await);
    let omstander = omstander(&app).await;
    let before = app.positie().await;

    let kc1 = vraag_per_mail(&app, mailverwerker, kcc).await;

    assert_toont(
        &klantcontact(&app, kc1.id()).await,
        &json!({
            "onderwerp": "Ophaalschema vuilnis",
            "inhoud": "Beste gemeente, op welke dag komt het huisvuil rond kerst? Groet, ...",
            "kanaal": "email",
            "taal": "nld",
            "omvatteBijlagen": [document("9245590b-5566-48c0-ae88-bc6c3fb9a650")]
        }),
    );
    assert_toont(
        &werkvoorraad_team(&app, kcc).await,
        &json!([{
            "taakId": kc1.nth("interneTaak", 0),
            "gevraagdeHandeling": "Lezen en bepalen benodigde actie",
            "status": "OPEN",
            "kanaal": "email",
            "onderwerp": "Ophaalschema vuilnis",
            "email": AFZENDER,
            "klantGeverifieerd": false,
            "contactOp": moment(OP_MAIL)
        }]),
    );
    assert_in_niemands_klantbeeld(&app, &kc1, omstander).await;
    assert_eq!(
        app.events_after(before).await,
        [
            "KlantcontactGeregistreerd",
            "ActorAanKlantcontactGekoppeld",
            "BetrokkeneBijKlantcontactGeregistreerd",
            "DigitaalAdresGeregistreerd",
            "BijlageGeregistreerd",
            "InterneTaakGeregistreerd"
        ]
    );
}

#[tokio::test]
async fn c1199_a_a_sender_address_is_no_ground_to_pick_the_klant_who_has_it_too() {
    let app = App::start().await;
    let (mailverwerker, kcc) = (mailverwerker(&app).await, kcc(&app).await);
    let jan = jan_met(&app, json!({ "digitaleAdressen": [standaard(email(AFZENDER))] })).await;

    let kc1 = vraag_per_mail(&app, mailverwerker, kcc).await;

    assert_in_niemands_klantbeeld(&app, &kc1, jan).await;
}

#[tokio::test]
async fn c1199_a_a_description_of_50_characters_is_refused() {
    let app = App::start().await;
    let (mailverwerker, kcc) = (mailverwerker(&app).await, kcc(&app).await);
    let omschrijving = "Bewaard omdat het bericht van dit adres is gekomen";
    assert_eq!(omschrijving.chars().count(), 50);
    assert_eq!(
        app.refused("/klantcontacten", mail(mailverwerker, kcc, omschrijving)).await,
        afwijzing(400, "betrokkenen[0].digitaleAdressen[0].omschrijving", "max_length")
    );
}

#[tokio::test]
async fn c1199_b_once_the_sender_is_known_the_contact_shows_and_the_address_stays_where_it_is() {
    let app = App::start().await;
    let (mailverwerker, kcc) = (mailverwerker(&app).await, kcc(&app).await);
    let naam = json!({ "voorletters": "J", "voornaam": "Jan", "achternaam": "Janssen" });
    let jan = jan_met(&app, json!({ "contactnaam": naam })).await;
    let kc1 = vraag_per_mail(&app, mailverwerker, kcc).await;
    assert_toont(&contacten(&app, jan).await, &json!([]));
    let before = app.positie().await;

    koppel_partij(&app, kc1.nth("betrokkene", 0), jan).await;

    assert_toont(
        &contacten(&app, jan).await,
        &json!([{ "contactId": kc1.id(), "onderwerp": "Ophaalschema vuilnis" }]),
    );
    assert_toont(&partij(&app, jan).await, &json!({ "digitaleAdressen": [] }));
    assert_toont(&klantbeeld(&app, jan).await, &json!({ "emailadressen": [] }));
    assert_eq!(app.events_after(before).await, ["PartijAanBetrokkeneGekoppeld"]);
}
