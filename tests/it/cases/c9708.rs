//! C9708: an employee answers a question that became an interne taak.

use serde_json::{Value, json};

use super::views::*;
use super::vocabulary::*;
use crate::support::App;

#[tokio::test]
async fn c9708_a_a_reply_by_mail_closes_the_chain() {
    let app = App::start().await;
    let (mailverwerker, kcc) = (mailverwerker(&app).await, kcc(&app).await);
    let medewerker = vergunningen_medewerker(&app).await;
    let vraag = vraag_per_mail(&app, mailverwerker, kcc).await;
    let (kc1, taak1) = (vraag.id(), vraag.nth("interneTaak", 0));

    // The taak names no channel and nobody is known: the channel of the question, its sender.
    assert_toont(
        &werkvoorraad_team(&app, kcc).await,
        &json!([{
            "taakId": taak1, "contactId": kc1, "kanaal": "email", "email": AFZENDER, "klantId": null
        }]),
    );
    let ook = json!({
        "inhoud": "Beste inwoner, het huisvuil gaat zaterdag 22 december. Groet, ...",
        "indicatieContactGelukt": "onbekend",
        "taal": "nld",
        "betrokkenen": [benaderde(json!({ "digitaleAdressen": [email(AFZENDER)] }))],
        "bijlagen": [document("98728a09-daa4-41cb-9d10-b44c0d89ebe8")],
        "onderwerpobjecten": [over_contact(kc1)]
    });
    let op = "2023-11-20T14:00:00+01:00";
    let antwoord = contact("email", "Ophaalschema vuilnis", op, medewerker, ook);
    let kc2 = registreer(&app, antwoord).await;
    markeer_verwerkt(&app, taak1, json!({})).await;

    assert_toont(
        &klantcontact(&app, kc2.id()).await,
        &json!({
            "indicatieContactGelukt": "onbekend",
            "hadBetrokkenen": [{ "initiator": false }],
            "digitaleAdressen": [
                { "adres": AFZENDER, "verstrektDoorBetrokkene": kc2.nth("betrokkene", 0) }
            ],
            "gingOverOnderwerpobjecten": [{ "onderwerpWasKlantcontact": kc1 }]
        }),
    );
    assert_toont(&werkvoorraad_team(&app, kcc).await, &json!([]));
    assert_keten(&app, kc1, taak1, kc2.id()).await;
    // The products show the same once the sender is known.
    let jan = jan(&app).await;
    for contact in [&vraag, &kc2] {
        koppel_partij(&app, contact.nth("betrokkene", 0), jan).await;
    }
    assert_keten_in_geschiedenis(&app, jan, [kc1, taak1, kc2.id()]).await;
    assert_toont(
        &contacten(&app, jan).await[0],
        &json!({
            "gelukt": null, "deelnemers": [{ "emailadressen": [AFZENDER] }]
        }),
    );
}

#[tokio::test]
async fn c9708_b_a_colleague_follows_up_a_question_that_was_passed_on() {
    let app = App::start().await;
    let (mailverwerker, kcc) = (mailverwerker(&app).await, kcc(&app).await);
    let collega = vergunningen_medewerker(&app).await;
    let vraag = vraag_per_mail(&app, mailverwerker, kcc).await;
    let taak1 = vraag.nth("interneTaak", 0);

    let nieuw =
        json!({ "gevraagdeHandeling": "Opvolgen vraag", "toegewezenAanActoren": [collega] });
    let path = format!("/interne-taken/{taak1}/doorsturingen");
    let taak2 = app.post(&path, json!({ "nieuweTaak": nieuw })).await.id();

    assert_toont(
        &werkvoorraad_van(&app, collega).await,
        &json!([{
            "taakId": taak2, "gevraagdeHandeling": "Opvolgen vraag", "status": "OPEN",
            "contactId": vraag.id()
        }]),
    );
    assert_toont(&werkvoorraad_team(&app, kcc).await, &json!([]));
    let taak = interne_taak(&app, taak2).await;
    assert_eq!(taak["status"], "te_verwerken");
    assert!(taak["toegewezenOp"].is_string(), "{taak:#}");
}

/// What the department sees of a question of Jan, of whom `bekend` is known and who gave
/// `opgegeven` for this follow-up; and his klantbeeld.
async fn vraag_van_jan(bekend: Value, opgegeven: Value) -> (Value, Value) {
    let app = App::start().await;
    let (nicole, afdeling) = (nicole(&app).await, afdeling_vergunningen(&app).await);
    let jan = jan_met(&app, bekend).await;
    terugbelverzoek(&app, nicole, afdeling, met(klant(jan), opgegeven)).await;
    (werkvoorraad_team(&app, afdeling).await, klantbeeld(&app, jan).await)
}

fn voorkeur_telefoon_standaard_email() -> Value {
    json!({
        "digitaleAdressen": [
            standaard(telefoon("0101234567")), standaard(email("jan@voorbeeld.example")),
            telefoon(VAST_NUMMER)
        ],
        "voorkeursDigitaalAdres": 2
    })
}

#[tokio::test]
async fn c9708_c_first_of_all_the_taak_says_what_must_be_done() {
    let app = App::start().await;
    let (nicole, afdeling) = (nicole(&app).await, afdeling_vergunningen(&app).await);
    let jan = jan_met(&app, voorkeur_telefoon_standaard_email()).await;
    let opdracht = json!({
        "gevraagdeHandeling": "Antwoorden per brief", "toegewezenAanActoren": [afdeling]
    });
    let ook = json!({ "betrokkenen": [klant(jan)], "interneTaken": [opdracht] });
    registreer(&app, telefoongesprek("Vergunning overkapping", OP_GESPREK, nicole, ook)).await;
    assert_toont(
        &werkvoorraad_team(&app, afdeling).await,
        &json!([{ "gevraagdeHandeling": "Antwoorden per brief" }]),
    );
}

#[tokio::test]
async fn c9708_c_data_for_this_follow_up_beat_what_the_klant_prefers() {
    let opgegeven = json!({ "digitaleAdressen": [email("eenmalig@voorbeeld.example")] });
    let (werk, _) = vraag_van_jan(voorkeur_telefoon_standaard_email(), opgegeven).await;
    assert_toont(
        &werk,
        &json!([{
            "email": "eenmalig@voorbeeld.example",
            "telefoon": null,
            "terugbelgegevensVan": "KLANTCONTACT"
        }]),
    );
}

#[tokio::test]
async fn c9708_c_the_preferred_address_beats_the_standard_one() {
    let (werk, beeld) = vraag_van_jan(voorkeur_telefoon_standaard_email(), json!({})).await;
    assert_toont(&werk, &json!([{ "telefoon": VAST_NUMMER, "terugbelgegevensVan": "KLANT" }]));
    assert_toont(
        &beeld["bereikbaarheid"],
        &json!({
            "kanaal": "TELEFOON", "adres": VAST_NUMMER, "bron": "VOORKEUR"
        }),
    );
}

#[tokio::test]
async fn c9708_c_without_a_preference_the_standard_address_is_used() {
    let bekend = json!({
        "digitaleAdressen": [telefoon("0101234567"), standaard(telefoon(VAST_NUMMER))]
    });
    let (werk, beeld) = vraag_van_jan(bekend, json!({})).await;
    assert_toont(&werk, &json!([{ "telefoon": VAST_NUMMER, "terugbelgegevensVan": "KLANT" }]));
    assert_toont(
        &beeld["bereikbaarheid"],
        &json!({
            "kanaal": "TELEFOON", "adres": VAST_NUMMER, "bron": "STANDAARD"
        }),
    );
}

#[tokio::test]
async fn c9708_c_without_any_address_the_channel_of_the_question_and_the_post_remain() {
    let regels = json!({ "adresregel1": "Postbus 2700", "adresregel2": "3200 TD Turfstad" });
    let (werk, beeld) = vraag_van_jan(json!({ "correspondentieadres": regels }), json!({})).await;
    assert_toont(
        &werk,
        &json!([{
            "kanaal": "telefoon", "telefoon": null, "email": null, "terugbelgegevensVan": null
        }]),
    );
    assert_toont(
        &beeld,
        &json!({
            "bereikbaarheid": { "adres": null, "reden": "GEEN_ADRES" },
            "correspondentieadres": { "regels": ["Postbus 2700", "3200 TD Turfstad"] }
        }),
    );
}
