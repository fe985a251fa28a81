//! FCOR: corrections and changes.

use serde_json::json;

use super::views::*;
use super::vocabulary::*;
use crate::support::App;

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
