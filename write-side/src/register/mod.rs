//! The register: what is so now. A row changes only because an event says so: `Register::apply` is the
//! one way to write, in the transaction that records the event.

pub(crate) mod actor;
pub(crate) mod digitaal_adres;
pub(crate) mod geheel;
mod ingang;
pub(crate) mod interne_taak;
pub(crate) mod inzage;
mod keuze;
pub(crate) mod klantcontact;
pub(crate) mod partij;
pub(crate) mod referentiewaarde;
pub(crate) mod vernietiging;
pub(crate) mod weergave;
mod write;
pub(crate) mod zaaksleutels;
pub(crate) mod zoek;

pub(crate) use ingang::{Reeks, Register};
