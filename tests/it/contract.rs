//! The bijhouding API as a contract over HTTP: what every operation does, whatever it is about.

mod adr;
mod geschiedenis;
mod http;
mod idempotentie;
pub mod operations;
mod schemas;
mod waarheid;
