//! OKR: rules that proved themselves in Open Klant.

use serde_json::{Value, json};

use super::views::*;
use super::vocabulary::*;
use crate::support::{App, Persona};

#[tokio::test]
async fn okr_1_the_newest_standard_address_takes_the_place_of_the_one_before() {
    let app = App::start().await;
    let een = standaard(email("a@voorbeeld.example"));
    let jan = jan_met(&app, json!({ "digitaleAdressen": [een] })).await;

    let ander = standaard(email("b@voorbeeld.example"));
    app.post(&format!("/partijen/{jan}/digitale-adressen"), ander).await;

    let beeld = klantbeeld(&app, jan).await;
    let standaarden = |adressen: &Value| -> Vec<(String, bool)> {
        let adressen = adressen.as_array().expect("addresses").iter();
        let mut gevonden: Vec<(String, bool)> = adressen
            .map(|adres| {
                let waarde = adres["waarde"].as_str().expect("an address").to_owned();
                (waarde, adres["isStandaard"] == true)
            })
            .collect();
        gevonden.sort();
        gevonden
    };
    assert_eq!(
        standaarden(&beeld["emailadressen"]),
        [("a@voorbeeld.example".to_owned(), false), ("b@voorbeeld.example".to_owned(), true)]
    );
    assert_toont(&beeld["bereikbaarheid"], &json!({ "adres": "b@voorbeeld.example" }));
}

#[tokio::test]
async fn okr_2_a_referentie_is_used_once_per_partij_and_soort() {
    let app = App::start().await;
    let portaal = |adres| met(adres, json!({ "referentie": "portaal" }));
    let met_adressen = |adressen: [Value; 2]| {
        met(alleen_bsn(BSN), json!({ "digitaleAdressen": adressen.map(portaal) }))
    };

    let dubbel = met_adressen([email("a@voorbeeld.example"), email("b@voorbeeld.example")]);
    assert_eq!(
        app.refused("/personen", dubbel).await,
        afwijzing(409, "digitaleAdressen[1].referentie", "unique")
    );

    let twee_soorten = met_adressen([email("a@voorbeeld.example"), telefoon(VAST_NUMMER)]);
    let jan = app.post("/personen", twee_soorten).await.id();
    assert_toont(
        &klantbeeld(&app, jan).await,
        &json!({
            "emailadressen": [{ "waarde": "a@voorbeeld.example" }],
            "telefoonnummers": [{ "waarde": VAST_NUMMER }]
        }),
    );
}

#[tokio::test]
async fn okr_3_a_vestigingsnummer_needs_a_kvk_nummer_above_it() {
    let app = App::start().await;
    let sleutel = |objecttype: &str, soort: &str, nummer: &str| {
        json!({ "partijIdentificator": {
            "objectId": nummer,
            "codeObjecttype": objecttype,
            "codeSoortObjectId": soort,
            "codeRegister": "hr"
        } })
    };
    let vestiging = sleutel("vestiging", "vestigingsnummer", "000012345678");
    let kvk = sleutel("niet_natuurlijk_persoon", "kvk_nummer", "12345678");

    let zonder = json!({ "naam": "Voorbeeld B.V.", "partijIdentificatoren": [vestiging] });
    assert_eq!(
        app.refused("/organisaties", zonder).await,
        afwijzing(409, "partijIdentificatoren[0].subIdentificatorVan", "sub-identificator-vereist")
    );

    let erbij = json!({ "naam": "Voorbeeld B.V.", "partijIdentificatoren": [vestiging, kvk] });
    let org = app.post("/organisaties", erbij).await.id();
    let voor = json!({
        "vestiging": { "kvkNummer": "12345678", "vestigingsnummer": "000012345678" }
    });
    let beeld = klantbeeld_voor(&app, &Persona::kcc(), voor).await;
    assert_toont(&beeld["klant"], &json!({ "klantId": org, "weergavenaam": "Voorbeeld B.V." }));
}

#[tokio::test]
async fn okr_4_a_taak_that_is_still_to_be_done_has_no_moment_of_being_done() {
    let app = App::start().await;
    let (nicole, kcc) = (nicole(&app).await, kcc(&app).await);
    let karel = onbekende(json!({ "contactnaam": { "voornaam": "Karel" } }));
    let kc1 = terugbelverzoek(&app, nicole, kcc, karel).await;
    let taak1 = kc1.nth("interneTaak", 0);

    let path = format!("/interne-taken/{taak1}/correcties");
    let gedaan = json!({ "afgehandeldOp": "2024-01-15T09:17:20+01:00" });
    assert_eq!(app.refused(&path, gedaan).await, afwijzing(400, "afgehandeldOp", "invalid"));

    assert_toont(
        &werkvoorraad_team(&app, kcc).await,
        &json!([{ "taakId": taak1, "status": "OPEN", "afgehandeldOp": null }]),
    );
}

#[tokio::test]
async fn okr_5_no_further_action_is_taken_when_contact_succeeded() {
    let app = App::start().await;
    let (nicole, jan) = (nicole(&app).await, jan(&app).await);

    let verder = json!({ "verdereActieOndernomen": true });
    assert_eq!(
        app.refused("/klantcontacten", met(aanvraag_uittreksel(nicole, jan), verder)).await,
        afwijzing(409, "verdereActieOndernomen", "no-further-action-when-contact-succesful")
    );

    assert_toont(&contacten(&app, jan).await, &json!([]));
}

#[tokio::test]
async fn okr_6_a_partij_does_not_represent_itself() {
    let app = App::start().await;
    let jan = jan(&app).await;
    let zichzelf = json!({ "vertegenwoordigendePartij": jan, "vertegenwoordigdePartij": jan });
    assert_eq!(
        app.refused("/vertegenwoordigingen", zichzelf).await,
        afwijzing(400, "vertegenwoordigdePartij", "invalid")
    );
}

#[tokio::test]
async fn okr_7_an_inactive_actor_takes_no_new_contacts_and_stays_in_old_ones() {
    let app = App::start().await;
    let (nicole, jan) = (nicole(&app).await, jan(&app).await);
    let eerder = registreer(&app, aanvraag_uittreksel(nicole, jan)).await;
    app.post(&format!("/actoren/{nicole}/deactiveringen"), json!({})).await;

    assert_eq!(
        app.refused("/klantcontacten", aanvraag_uittreksel(nicole, jan)).await,
        afwijzing(409, "actoren[0]", "actor-niet-actief")
    );

    assert_toont(
        &contacten(&app, jan).await,
        &json!([{ "contactId": eerder.id(), "medewerker": "Nicole van Dijk" }]),
    );
}
