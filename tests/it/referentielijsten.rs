//! Keeping the reference lists: the life of a value, and that what is retired is not used for new
//! data, also when two requests meet.

mod gebruik;
mod leven;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::App;

fn fault(veld: &str, code: &str) -> (String, String) {
    (veld.to_owned(), code.to_owned())
}

async fn medewerker(app: &App) -> Uuid {
    let body = json!({ "naam": "Nicole", "functie": "KCC", "telefoonnummer": "0340232221" });
    app.post("/medewerkers", body).await.id()
}

fn contact(actor: Uuid, kanaal: &str) -> Value {
    json!({
        "kanaal": kanaal, "onderwerp": "Vraag", "actoren": [actor],
        "betrokkenen": [{ "rol": "klant", "initiator": true }],
    })
}
