//! C2138: a klant sends a letter.

use serde_json::json;

use super::views::*;
use super::vocabulary::*;
use crate::support::App;

#[tokio::test]
async fn c2138_a_a_scanned_letter_of_a_known_klant_is_its_bijlage() {
    let app = App::start().await;
    let (scanstraat, kcc) = (scanstraat(&app).await, kcc(&app).await);
    let jan = jan(&app).await;

    // The letter itself is in the documentenregister already.
    let op = "2024-01-24T10:00:12+01:00";
    let afzender = json!({ "adresregel1": "Dennenstraat 35", "adresregel2": "3552RA Utrecht" });
    let ook = json!({
        "betrokkenen": [met(klant(jan), json!({ "correspondentieadres": afzender }))],
        "bijlagen": [document("brief-2024-0001")]
    });
    let kc1 = registreer(&app, contact("post", "Ingekomen brief", op, scanstraat, ook)).await;

    assert_toont(
        &klantcontact(&app, kc1.id()).await,
        &json!({
            "inhoud": null,
            "omvatteBijlagen": [document("brief-2024-0001")],
            "plaatsgevondenOp": moment(op)
        }),
    );
    assert_toont(
        &contacten(&app, jan).await,
        &json!([{
            "contactId": kc1.id(),
            "kanaal": "post",
            "op": moment(op),
            "samenvatting": null,
            "documenten": [{ "id": "brief-2024-0001" }]
        }]),
    );
    assert_toont(&werkvoorraad_team(&app, kcc).await, &json!([]));
}
