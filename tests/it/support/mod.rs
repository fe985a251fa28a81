//! What every test needs: a database of its own, the whole service on it, and tokens.

mod app;
mod counter;
mod gate;
mod plan;
mod process;
mod server;
mod tokens;
mod wait;

pub use app::{
    Answer, App, LOGBOEK_KEYS, answer, logboek_settings, loopback, open_gap, settled, settled_now,
};
pub use counter::Counter;
pub use gate::Gate;
pub use plan::plans;
pub use process::Process;
pub use server::{TestDatabase, database};
pub use tokens::{Issuer, Persona};
pub use wait::{LIMIT, join_all, until, until_within};
