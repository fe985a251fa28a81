//! Gemeente Voorbeeldstad, where the demo and `klantbeeld generate` take their names, subjects, teams
//! and numbers from. Nobody and nothing in it exists.

pub(crate) mod namen;
pub(crate) mod nummers;
pub(crate) mod onderwerpen;
pub(crate) mod teams;
