//! Subscriptions, over WebSockets and SSE: who follows something is told that it changed, through the
//! same gates as the question of that name, until its token ends.

mod clients;
mod ends;
mod gates;
mod protocol;
mod told;

use std::time::Duration;

use graphql::{Settings, SubscriptionSettings};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::App;

const JAN: &str = "999990019";
const AN: &str = "999990020";
/// Nobody yet.
const PIET: &str = "999990093";

/// Jan and An, and a team.
struct Scene {
    app: App,
    team: Uuid,
    jan: Uuid,
    an: Uuid,
}

/// Settings with which a test does not wait long.
fn soon() -> Settings {
    let poll = Duration::from_millis(20);
    let subscriptions = SubscriptionSettings { poll, ..SubscriptionSettings::default() };
    Settings { subscriptions, ..Settings::default() }
}

fn persoon(bsn: &str) -> Value {
    json!({ "partijIdentificatoren": [{ "partijIdentificator": { "objectId": bsn,
        "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
        "codeRegister": "brp" } }] })
}

async fn scene(settings: Settings) -> Scene {
    let app = App::start_with(settings).await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let jan = app.post("/personen", persoon(JAN)).await.id();
    let an = app.post("/personen", persoon(AN)).await.id();
    app.settled().await;
    Scene { app, team, jan, an }
}

impl Scene {
    /// A contact of a klant, with work for the team.
    async fn contact(&self, klant: Uuid, vertrouwelijk: bool) {
        let body = json!({
            "kanaal": "telefoon", "onderwerp": "Vraag", "vertrouwelijk": vertrouwelijk,
            "actoren": [self.team],
            "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": klant }],
            "interneTaken": [{ "gevraagdeHandeling": "Bellen",
                "toegewezenAanActoren": [self.team] }],
        });
        self.app.post("/klantcontacten", body).await;
    }
}

/// Follows a klant, by bsn.
fn klantbeeld(naam: &str, bsn: &str) -> String {
    format!(
        "subscription {naam} {{ klantbeeld(voor: {{ bsn: \"{bsn}\" }}) {{ opgemerktOp positie }} }}"
    )
}
