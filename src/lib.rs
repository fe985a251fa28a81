//! The front door of Klantbeeld: the command line, the settings, and which roles run in this
//! process. Everything that a domain expert would recognise lives in the other crates.
//!
//! The way in: [`cli`] reads the command line into [`config`], [`commands`] carries it out, and
//! [`app`] is the service itself: HTTP and projector, in whatever roles were asked.

pub mod app;
pub mod bench;
pub mod cli;
pub mod commands;
pub mod config;
pub mod database;
pub mod demo;
pub mod generate;
mod health;
mod issuer;
mod kafka;
pub mod live_file;
pub mod logging;
mod metrics;
pub mod migrations;
pub mod omgeving;
pub mod postgres;
pub mod random;
pub mod shutdown;
mod voorbeeldstad;
