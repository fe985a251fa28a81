//! From HTTP handeling to GraphQL answer, against a real PostgreSQL that the tests start themselves:
//! one server for the run, one database per test.

mod bench;
mod bijhouding;
mod cases;
mod contract;
mod demo;
mod docs;
mod documenten;
mod foltering;
mod generate;
mod gesprekken;
mod golden;
mod graphql;
mod handelingen_doc;
mod history;
mod invarianten;
#[cfg(feature = "kafka")]
mod kafka;
mod kanarie;
mod log;
mod logboek;
mod metrics;
mod notificaties;
mod parkeren;
mod producten;
mod projection;
mod projector_source;
mod rebuild;
mod referentielijsten;
mod register;
mod statements;
mod subscriptions;
mod support;
mod toegang;
mod tokens;
mod vernietiging;
mod zaaksleutels;
mod zoeken;
