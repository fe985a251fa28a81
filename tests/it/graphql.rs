//! The products over HTTP: pages, audiences, limits.

use serde_json::Value;

mod audiences;
mod bereikbaarheid;
mod bewaaroverzicht;
mod contactverzoek;
mod klantzoeken;
mod losse_contactverzoeken;
mod mijn_contactgegevens;
mod pages;
mod transport;

/// The code of the first error of an answer.
fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}
