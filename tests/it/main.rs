//! From HTTP handeling to GraphQL answer, against a real PostgreSQL that the tests start themselves:
//! one server for the run, one database per test.

mod bijhouding;
mod cases;
mod demo;
mod golden;
mod graphql;
mod history;
#[cfg(feature = "kafka")]
mod kafka;
mod log;
mod notificaties;
mod projection;
mod projector_source;
mod register;
mod statements;
mod support;
