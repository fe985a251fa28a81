//! The same gesprekken in products of employees.

use serde_json::{Value, json};

use super::{JAN, aan, scene, van, verzameld};
use crate::support::Persona;

#[tokio::test]
async fn employees_see_to_which_gesprek_a_contact_belongs_and_how_many_are_open() {
    let scene = scene().await;
    let taak = json!({ "interneTaken": [{ "gevraagdeHandeling": "Antwoorden",
        "toegewezenAanActoren": [scene.team] }] });
    let vraag = scene.bericht((1, "vraag"), van(scene.jan), None, taak).await;
    scene
        .bericht((2, "geheim"), aan(scene.jan), Some(vraag), json!({ "vertrouwelijk": true }))
        .await;
    scene.bericht((3, "van An"), van(scene.an), Some(vraag), json!({})).await;
    scene.bericht((4, "los"), aan(scene.jan), None, json!({ "kanaal": "post" })).await;
    let query = "query($voor: Identificatie!) { klantbeeld(voor: $voor) {
        samenvatting { openGesprekken } recenteContacten { nodes { onderwerp gesprekId } } } }";
    let variables = json!({ "voor": { "bsn": JAN } });
    let data = scene.app.ask(&Persona::kcc(), query, variables).await;
    let beeld = &data["klantbeeld"];
    assert_eq!(beeld["samenvatting"]["openGesprekken"], 2);
    let nodes = beeld["recenteContacten"]["nodes"].as_array().expect("nodes");
    assert_eq!(nodes.len(), 3);
    for node in nodes {
        let expected = match node["onderwerp"].as_str() {
            Some("Over vraag") => json!(vraag),
            // Masked: not what it was about, so not to what it belongs.
            None => Value::Null,
            Some(_) => continue,
        };
        assert_eq!(node["gesprekId"], expected, "{node:#}");
    }
    let query = "query($welk: ContactverzoekRef!) { contactverzoek(welk: $welk) {
        gesprek { gesprekId berichten { totaal nodes { onderwerp samenvatting } } } } }";
    let taken = scene.app.get(&format!("/klantcontacten/{vraag}")).await.body;
    let variables = json!({ "welk": { "taakId": taken["leiddeTotInterneTaken"][0] } });
    let who = Persona::behandelaar(&[]).with(&[scene.team], &[]);
    let data = scene.app.ask(&who, query, variables.clone()).await;
    let gesprek = &data["contactverzoek"]["gesprek"];
    assert_eq!(gesprek["gesprekId"], json!(vraag));
    // The team had a part in the confidential one: it was an actor of it. What An wrote is not there.
    let berichten = &gesprek["berichten"];
    assert_eq!(verzameld(berichten), ["Over geheim", "Over vraag"]);
    assert_eq!(berichten["totaal"], 2);
    let kcc = Persona::kcc().with(&[scene.team], &[]);
    let data = scene.app.ask(&kcc, query, variables).await;
    let berichten = &data["contactverzoek"]["gesprek"]["berichten"];
    assert_eq!(verzameld(berichten), ["-", "Over vraag"], "masked for the contact centre");
}
