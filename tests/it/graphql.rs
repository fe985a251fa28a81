//! The products over HTTP: pages, audiences, limits.

use serde_json::Value;

mod analyse;
mod audiences;
mod bereikbaarheid;
mod bewaaroverzicht;
mod contactverzoek;
pub mod inzagedossier;
mod klantzoeken;
mod losse_contactverzoeken;
mod mijn_contactgegevens;
mod mijn_gesprekken;
mod mijn_verzoeken;
mod minimaal;
mod pages;
mod serving;
mod transport;
mod voorraad_per_team;
mod woordenschat;

/// The code of the first error of an answer.
fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}
