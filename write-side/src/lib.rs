//! The write side: takes business actions (handelingen), one transaction each, and records what
//! happened as events, beside the register that says what is so now.
//!
//! The way of a handeling: `http` takes the request, `invoer` reads it and finds every fault,
//! `handelingen` decides, `register` and `log` write, all in one transaction of `uitvoering`.

mod betrokken;
mod fout;
mod geschiedenis;
mod handelingen;
mod http;
mod idempotentie;
mod invoer;
mod log;
mod referentielijsten;
mod register;
mod spelling;
pub mod uitgaand;
mod uitvoering;
pub mod vulling;

pub use http::{ApiSettings, Bijhouding, RouterError, openapi_json, router};
pub use uitgaand::{Afzender, Netwerkbeleid, Relay, RelayError, RelaySettings};

/// The tables of the write side.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../migrations/write-side");
