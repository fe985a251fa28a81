use serde_json::json;

use crate::support::{App, Persona};

#[tokio::test]
async fn the_straight_line() {
    let app = App::start().await;
    let nicole = app
        .post(
            "/medewerkers",
            json!({ "naam": "Nicole van Dijk", "functie": "medewerker KCC", "telefoonnummer": "0340232221" }),
        )
        .await
        .id();
    let jan = app
        .post(
            "/personen",
            json!({ "contactnaam": { "voornaam": "Jan", "voorvoegselAchternaam": "de", "achternaam": "Vries" },
                "partijIdentificatoren": [{ "partijIdentificator": { "objectId": "999990019",
                    "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn", "codeRegister": "brp" } }] }),
        )
        .await
        .id();
    let kc = app
        .post(
            "/klantcontacten",
            json!({ "kanaal": "telefoon", "onderwerp": "Afval", "actoren": [nicole],
                "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": jan }],
                "interneTaken": [{ "gevraagdeHandeling": "Terugbellen", "toegewezenAanActoren": [nicole] }] }),
        )
        .await;
    let data = app
        .ask(
            &Persona::kcc(),
            "query($v: Identificatie!) { klantbeeld(voor: $v) { klant { weergavenaam } recenteContacten { nodes { contactId onderwerp medewerker } } openContactverzoeken { nodes { gevraagdeHandeling } } actualiteit { volledig } } }",
            json!({ "v": { "bsn": "999990019" } }),
        )
        .await;
    assert_eq!(
        data["klantbeeld"]["recenteContacten"]["nodes"][0]["contactId"],
        json!(kc.id()),
        "{data:#}"
    );
    println!("{data:#}");
}
