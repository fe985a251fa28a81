//! Parameters in the query of a request: each known, each once, each of its form. Every fault is
//! told at once.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::Uri;

use crate::fout::{Fout, Foutcode, HandelingError};

/// The parameter that says after which handeling a page begins.
pub(super) const NA: &str = "na";
/// The parameter that says how much a page has.
pub(super) const AANTAL: &str = "aantal";
/// Most handelingen of a page.
pub(super) const AANTAL_MAX: u16 = 100;
/// Handelingen of a page when nothing is said.
pub(super) const AANTAL_DEFAULT: u16 = 25;

/// The parameters of a request.
#[derive(Debug)]
pub(super) struct Parameters {
    values: BTreeMap<String, String>,
    fouten: Vec<Fout>,
}

impl Parameters {
    /// Reads the query; what is unknown or given twice is a fault, told at the end.
    ///
    /// # Errors
    /// When the query cannot be read at all.
    pub(super) fn read(uri: &Uri, known: &[&str]) -> Result<Self, HandelingError> {
        let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
            let melding = "de parameters achter het vraagteken zijn niet te lezen";
            return Err(Fout::new("", Foutcode::Invalid, melding).into());
        };
        let mut read = Self { values: BTreeMap::new(), fouten: Vec::new() };
        for (name, value) in pairs {
            let melding = if !known.contains(&name.as_str()) {
                "deze parameter bestaat hier niet"
            } else if read.values.insert(name.clone(), value).is_some() {
                "deze parameter staat er twee keer"
            } else {
                continue;
            };
            read.fouten.push(Fout::new(name, Foutcode::Invalid, melding));
        }
        Ok(read)
    }

    /// Takes a parameter in its form; another form is a fault, with what it should have been.
    pub(super) fn take<T>(
        &mut self,
        name: &str,
        form: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let read = parse(self.values.get(name)?);
        if read.is_none() {
            self.fouten.push(Fout::new(name, Foutcode::Invalid, form));
        }
        read
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Every fault that was found.
    pub(super) fn end(self) -> Result<(), HandelingError> {
        if self.fouten.is_empty() { Ok(()) } else { Err(HandelingError::Afgewezen(self.fouten)) }
    }
}
