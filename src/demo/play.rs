//! Playing the municipality, and waiting until the information products have it.

use std::sync::Arc;
use std::time::Duration;

use clock::SharedClock;
use projector::Product;
use serde_json::json;
use sqlx::PgPool;
use tokio::time::{Instant, sleep};

use super::DemoError;
use super::municipality::{self, JAN, MARK, Opdracht, Spel};
use super::personas::{Ids, Persona, player_claims};
use super::player::{Names, Player};
use super::progress::Progress;
use crate::issuer::Issuer;

/// What the request for inzage is called.
const INZAGE: &str = "inzage";
/// How long the products may take to catch up with the municipality.
const CATCH_UP_LIMIT: Duration = Duration::from_secs(60);
/// How often it is looked whether they have.
const CATCH_UP_POLL: Duration = Duration::from_millis(100);

/// Plays the municipality through the service at `base`; gives the keys of the personas.
pub(super) async fn play(
    base: &str,
    issuer: &Issuer,
    clock: &SharedClock,
) -> Result<Ids, DemoError> {
    let spel = Spel::new(clock.now());
    let player = Player::new(base, issuer.sign(player_claims(), &**clock)?)?;
    let progress = Arc::new(Progress::new("Playing Gemeente Voorbeeldstad", spel.aantal()));
    let mut names = Names::default();
    for stap in spel.stappen {
        player.play(stap, &mut names, &progress).await?;
    }
    inzage(base, issuer, clock, &mut names).await?;
    Ok(Ids {
        kcc_medewerker: names.id(municipality::KCC_MEDEWERKER)?,
        kcc_team: names.id(municipality::KCC_TEAM)?,
        behandelaar: names.id(municipality::BEHANDELAAR)?,
        behandelaar_team: names.id(municipality::BEHANDELAAR_TEAM)?,
    })
}

/// Two privacy officers: one asks for inzage in what is known of Jan de Vries, the other approves.
async fn inzage(
    base: &str,
    issuer: &Issuer,
    clock: &SharedClock,
    names: &mut Names,
) -> Result<(), DemoError> {
    let asked = json!({ "partij": format!("{MARK}{JAN}"), "kenmerk": "AVG-2026-1",
                        "reden": "verzoek van de betrokkene" });
    let goedkeuringen = format!("/inzageverzoeken/{MARK}{INZAGE}/goedkeuringen");
    let steps = [
        (Persona::Privacyfunctionaris, "/inzageverzoeken".to_owned(), asked),
        (Persona::TweedePrivacyfunctionaris, goedkeuringen, json!({})),
    ];
    let progress = Arc::new(Progress::new("Asking for inzage", steps.len()));
    for (persona, pad, invoer) in steps {
        let player = Player::new(base, issuer.sign(persona.claims(&Ids::default()), &**clock)?)?;
        let opdracht = Opdracht { naam: Some(INZAGE.to_owned()), pad, invoer };
        player.play(vec![opdracht], names, &progress).await?;
    }
    Ok(())
}

/// Waits until every product has all that was registered so far.
pub(super) async fn caught_up(
    pool: &PgPool,
    products: &[Box<dyn Product>],
    clock: &SharedClock,
) -> Result<(), DemoError> {
    let begin = clock.now();
    let deadline = Instant::now() + CATCH_UP_LIMIT;
    while Instant::now() < deadline {
        // A database that does not answer now may do so a moment later.
        let status = projector::status(pool, products, &**clock).await.unwrap_or_default();
        let fresh = |product: &projector::ProductStatus| {
            product.bijgewerkt_tot.is_some_and(|moment| moment >= begin)
        };
        let active: Vec<_> = status.iter().filter(|product| product.actief).collect();
        if active.len() >= products.len() && active.into_iter().all(fresh) {
            return Ok(());
        }
        sleep(CATCH_UP_POLL).await;
    }
    Err(DemoError::Behind { limit_s: CATCH_UP_LIMIT.as_secs() })
}
