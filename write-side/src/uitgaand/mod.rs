//! What leaves: others hear that something happened, never what was said. One notification per
//! handeling, published once in one order (`publicatie`), told by the feed, by webhooks and by
//! Kafka.

pub(crate) mod cloudevent;
mod codes;
pub(crate) mod feed;
pub mod kafka;
pub(crate) mod notificatie;
#[cfg(feature = "kafka")]
mod pauze;
pub(crate) mod publicatie;
mod relay;
mod status;
pub(crate) mod webhook;

pub use cloudevent::Afzender;
pub use feed::notificaties_na;
pub use notificatie::{Notificatie, soorten};
pub use relay::{Relay, RelayError, RelaySettings};
pub use status::{RelayStatus, status};
pub use webhook::netwerk::Netwerkbeleid;
