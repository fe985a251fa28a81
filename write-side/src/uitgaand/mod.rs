//! What leaves: others hear that something happened, never what was said. One notification per
//! handeling, published once in one order (`publicatie`), told by the feed and by webhooks.

pub(crate) mod cloudevent;
mod codes;
pub(crate) mod feed;
pub(crate) mod notificatie;
pub(crate) mod publicatie;
mod relay;
pub(crate) mod webhook;

pub use relay::{Relay, RelayError, RelaySettings};
pub use webhook::netwerk::Netwerkbeleid;
