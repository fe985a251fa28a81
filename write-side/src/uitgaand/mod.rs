//! What happened reaches other systems: one notification per handeling, poor in information.
//!
//! `publicatie` makes notifications from the log, `cloudevent` gives them the form in which others
//! get them.

mod cloudevent;
mod error;
pub mod kafka;
mod kenmerken;
mod notificatie;
mod pauze;
mod publicatie;
mod soort;
mod status;

pub use cloudevent::{CLOUDEVENT_JSON, CloudEvent, Herkomst, event_type, schema_path};
pub use error::UitgaandError;
pub use notificatie::{Notificatie, last_volgnummer, notificaties_na};
pub use publicatie::Publicatie;
pub use soort::Soort;
pub use status::{RelayStatus, status};
