//! The demo: a small municipality on this machine, without any set-up.
//!
//! It is the service itself: a private PostgreSQL, the write side's own HTTP API through which the
//! municipality is played, the projector, and tokens that are validated as in production. Only the
//! issuer of those tokens is a stand-in, whose key lives as long as the demo runs.

mod data;
mod error;
mod municipality;
mod page;
mod personas;
mod play;
mod player;
mod progress;
mod run;

use clap::Args;
use clock::SystemClock;

use crate::config::{DataSettings, HttpSettings, KafkaArgs, ProductSettings};

pub use error::DemoError;
pub use personas::Persona;
pub use run::run;

/// Settings of the demo.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Delete the municipality of an earlier demo and begin again
    #[arg(long)]
    pub reset: bool,

    /// Where to listen: this machine only.
    #[command(flatten)]
    pub http: HttpSettings,

    /// Where the data are kept.
    #[command(flatten)]
    pub data: DataSettings,

    /// The information products.
    #[command(flatten)]
    pub products: ProductSettings,

    /// Kafka, to see there what happens here.
    #[command(flatten)]
    pub kafka: KafkaArgs,
}

/// For whom a token is wanted, and of which demo.
#[derive(Debug, Clone, Args)]
pub struct TokenArgs {
    /// The persona
    #[arg(value_enum)]
    pub persona: Persona,

    /// Where the demo keeps its data.
    #[command(flatten)]
    pub data: DataSettings,
}

/// A fresh token for a demo that runs.
///
/// # Errors
/// When no demo runs on that data directory.
pub fn fresh_token(args: &TokenArgs) -> Result<String, DemoError> {
    let (issuer, ids) = data::running_issuer(&args.data.dir())?;
    Ok(issuer.sign(args.persona.claims(&ids), &SystemClock)?)
}
