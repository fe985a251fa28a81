//! FCOR: corrections and changes.

use serde_json::json;

use super::views::*;
use super::vocabulary::*;
use crate::support::{App, Persona};

#[tokio::test]
async fn fcor_1_a_digital_address_that_changed_is_verified_no_more() {
    let app = App::start().await;
    let adres = met(
        email(AFZENDER),
        json!({ "omschrijving": "Mailadres op het werk", "verificatieDatum": "2023-01-09" }),
    );
    let jan = jan_met(&app, json!({ "digitaleAdressen": [adres] })).await;
    let eerst = partij(&app, jan).await["digitaleAdressen"][0].clone();
    assert_eq!(eerst["verificatieDatum"], "2023-01-09");
    let before = app.positie().await;

    let path = format!("/digitale-adressen/{}/wijzigingen", eerst["id"].as_str().expect("an id"));
    app.post(&path, json!({ "adres": "joop.janssen@VNG.example" })).await;

    assert_toont(
        &partij(&app, jan).await["digitaleAdressen"],
        &json!([{
            "id": eerst["id"], "soortDigitaalAdres": "email",
            "adres": "joop.janssen@VNG.example", "omschrijving": "Mailadres op het werk",
            "verificatieDatum": null
        }]),
    );
    assert_toont(
        &klantbeeld(&app, jan).await["emailadressen"],
        &json!([{ "waarde": "joop.janssen@VNG.example" }]),
    );
    assert_eq!(app.events_after(before).await, ["DigitaalAdresGewijzigd"]);
}

#[tokio::test]
async fn fcor_2_another_name_in_a_contact_leaves_the_partij_as_it_is() {
    let app = App::start().await;
    let (nicole, jan) = (nicole(&app).await, jan(&app).await);
    let betrokkene = met(klant(jan), json!({ "contactnaam": naam_jan() }));
    let gesprek = met(aanvraag_uittreksel(nicole, jan), json!({ "betrokkenen": [betrokkene] }));
    let kc1 = registreer(&app, gesprek).await;
    let before = app.positie().await;

    let jannes = met(naam_jan(), json!({ "voornaam": "Jannes" }));
    let path = format!("/betrokkenen/{}/wijzigingen", kc1.nth("betrokkene", 0));
    app.post(&path, json!({ "contactnaam": jannes.clone() })).await;

    assert_toont(
        &klantcontact(&app, kc1.id()).await["hadBetrokkenen"],
        &json!([{ "contactnaam": jannes, "wasPartij": jan }]),
    );
    assert_toont(
        &contactgeschiedenis(&app, jan).await,
        &json!([{ "deelnemers": [{ "naam": "Jannes de Vries", "klantId": jan }] }]),
    );
    assert_toont(&klantbeeld(&app, jan).await["klant"], &json!({ "weergavenaam": "Jan de Vries" }));
    assert_eq!(app.events_after(before).await, ["BetrokkeneBijKlantcontactGewijzigd"]);
}

#[tokio::test]
async fn fcor_3_a_number_that_cannot_be_a_bsn_is_refused_and_the_old_one_stays() {
    let app = App::start().await;
    let jan = jan(&app).await;
    let sleutel = partij(&app, jan).await["partijIdentificatoren"][0].clone();

    let mut fout = alleen_bsn("999990231")["partijIdentificatoren"][0].clone();
    fout["reden"] = json!("typefout");
    let id = sleutel["id"].as_str().expect("an id");
    assert_eq!(
        app.refused(&format!("/partij-identificatoren/{id}/correcties"), fout).await,
        afwijzing(400, "partijIdentificator.objectId", "invalid-bsn")
    );

    assert_eq!(partij(&app, jan).await["partijIdentificatoren"][0], sleutel);
    let beeld = klantbeeld_voor(&app, &Persona::kcc(), json!({ "bsn": BSN })).await;
    assert_toont(&beeld["klant"], &json!({ "klantId": jan }));
}

#[tokio::test]
async fn fcor_4_a_corrected_onderwerpobject_and_bijlage_keep_their_ids() {
    let app = App::start().await;
    let (nicole, jan) = (nicole(&app).await, jan(&app).await);
    let zaak = |nummer: &str| {
        met(zaaksleutel(nummer), json!({ "codeSoortObjectId": "zaakidentificatie" }))
    };
    let ook = json!({
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": zaak("987298727729889902878") }],
        "bijlagen": [document("1122534425")]
    });
    let kc1 = registreer(&app, met(aanvraag_uittreksel(nicole, jan), ook)).await;
    let (oo1, bij1) = (kc1.nth("onderwerpobject", 0), kc1.nth("bijlage", 0));
    let before = app.positie().await;

    let nieuw = zaak("1892091992898");
    let body = json!({ "reden": "andere zaak", "onderwerpobjectidentificator": nieuw });
    app.post(&format!("/onderwerpobjecten/{oo1}/correcties"), body).await;
    let body = met(document("332444332"), json!({ "reden": "ander document" }));
    app.post(&format!("/bijlagen/{bij1}/correcties"), body).await;

    assert_toont(
        &klantcontact(&app, kc1.id()).await,
        &json!({
            "gingOverOnderwerpobjecten": [{
                "id": oo1, "onderwerpobjectidentificator": { "objectId": "1892091992898" }
            }],
            "omvatteBijlagen": [{
                "id": bij1, "bijlageidentificator": { "objectId": "332444332" }
            }]
        }),
    );
    assert_toont(
        &contacten(&app, jan).await,
        &json!([{ "contactId": kc1.id(), "documenten": [{ "id": "332444332" }] }]),
    );
    assert_eq!(
        app.events_after(before).await,
        ["OnderwerpobjectGecorrigeerd", "ZaakOntkoppeld", "ZaakGekoppeld", "BijlageGecorrigeerd"]
    );
}

#[tokio::test]
async fn fcor_5_nummer_and_soort_of_a_partij_cannot_be_changed() {
    let app = App::start().await;
    let jan = jan(&app).await;
    let before = partij(&app, jan).await;
    let path = format!("/personen/{jan}/wijzigingen");

    assert_eq!(
        app.refused(&path, json!({ "nummer": "999" })).await,
        afwijzing(400, "nummer", "read-only")
    );
    assert_eq!(
        app.refused(&path, json!({ "soortPartij": "organisatie" })).await,
        afwijzing(400, "soortPartij", "read-only")
    );

    assert_eq!(partij(&app, jan).await, before);
    assert_toont(
        &klantbeeld(&app, jan).await["klant"],
        &json!({ "klantnummer": before["nummer"], "weergavenaam": "Jan de Vries" }),
    );
}
