//! C0534: a klant calls with a question that a colleague can answer at once.

use super::views::*;
use super::vocabulary::*;
use crate::support::App;

#[tokio::test]
async fn c0534_a_putting_somebody_unknown_through_is_not_recorded() {
    let app = App::start().await;
    let (nicole, collega) = (nicole(&app).await, vergunningen_medewerker(&app).await);
    let before = app.positie().await;

    // Nicole tells the colleague what is asked and puts the caller through; the colleague answers.

    assert_niets_vastgelegd(&app, before, nicole).await;
    assert_niets_vastgelegd(&app, before, collega).await;
}
