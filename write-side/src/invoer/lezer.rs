//! The reader: walks a JSON value, remembers where it is, and collects faults.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::Amsterdam;
use serde_json::{Map, Value};

use crate::fout::{Fout, Foutcode};
use crate::referentielijsten::Referentielijsten;

/// Longest list that is read, in items: a bound on the work of one request.
pub(crate) const LIST_MAX_ITEMS: usize = 100;
/// Fields that the service fills or fixes itself.
const READ_ONLY: [&str; 9] = [
    "id",
    "uuid",
    "url",
    "nummer",
    "soortPartij",
    "soortActor",
    "indicatieActief",
    "status",
    "toegewezenOp",
];

/// The day of a moment where the gemeente is.
pub(crate) fn dag(moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&Amsterdam).date_naive()
}

/// Something that can be read from JSON.
pub trait Lees: Sized {
    /// Reads the value; on a fault it is reported to the reader and nothing is returned.
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self>;

    /// What an absent field means: a fault, unless the type has a meaning for absence.
    fn afwezig(lezer: &mut Lezer<'_>) -> Option<Self> {
        lezer.fout(Foutcode::Required, "dit veld is verplicht");
        None
    }
}

/// Walks one request.
#[derive(Debug)]
pub struct Lezer<'l> {
    pad: String,
    fouten: Vec<Fout>,
    lijsten: &'l Referentielijsten,
    now: DateTime<Utc>,
}

impl<'l> Lezer<'l> {
    /// A reader at the root of a request.
    #[must_use]
    pub const fn new(lijsten: &'l Referentielijsten, now: DateTime<Utc>) -> Self {
        Self { pad: String::new(), fouten: Vec::new(), lijsten, now }
    }

    /// The reference lists of this installation.
    #[must_use]
    pub const fn lijsten(&self) -> &'l Referentielijsten {
        self.lijsten
    }

    /// The present moment.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The present day of the gemeente.
    #[must_use]
    pub fn vandaag(&self) -> NaiveDate {
        dag(self.now)
    }

    /// Reports a fault of the value that is being read.
    pub fn fout(&mut self, code: Foutcode, melding: impl Into<Cow<'static, str>>) {
        self.fouten.push(Fout::new(self.pad.clone(), code, melding));
    }

    /// Reports a fault of a field of the object that is being read.
    pub fn fout_bij(&mut self, veld: &str, code: Foutcode, melding: impl Into<Cow<'static, str>>) {
        self.at(veld, |lezer| lezer.fout(code, melding));
    }

    /// The value as an object whose fields are all known; each unknown field is a fault.
    pub fn object<'v>(
        &mut self,
        waarde: &'v Value,
        bekend: &[&str],
    ) -> Option<&'v Map<String, Value>> {
        let Some(object) = waarde.as_object() else {
            self.fout(Foutcode::Invalid, "hier hoort een object te staan");
            return None;
        };
        for naam in object.keys().filter(|naam| !bekend.contains(&naam.as_str())) {
            if READ_ONLY.contains(&naam.as_str()) {
                self.fout_bij(naam, Foutcode::ReadOnly, "dit veld vult de voorziening zelf");
            } else {
                self.fout_bij(naam, Foutcode::Invalid, "dit veld bestaat hier niet");
            }
        }
        Some(object)
    }

    /// Reads a field of an object.
    pub fn veld<T: Lees>(&mut self, object: &Map<String, Value>, naam: &str) -> Option<T> {
        self.at(naam, |lezer| match object.get(naam) {
            Some(waarde) => T::lees(waarde, lezer),
            None => T::afwezig(lezer),
        })
    }

    /// Reports when none of these fields is filled; without names there is no such rule.
    pub(crate) fn minstens_een(
        &mut self,
        object: &Map<String, Value>,
        namen: &[&str],
        melding: &'static str,
    ) {
        let empty = |naam: &&str| object.get(*naam).is_none_or(Value::is_null);
        if !namen.is_empty() && namen.iter().all(empty) {
            self.fout(Foutcode::Required, melding);
        }
    }

    /// Ends the walk: the value, or every fault that was found.
    ///
    /// # Errors
    /// The faults, in the order in which they were found.
    pub fn klaar<T>(self, waarde: Option<T>) -> Result<T, Vec<Fout>> {
        match waarde {
            Some(waarde) if self.fouten.is_empty() => Ok(waarde),
            _ => Err(self.fouten),
        }
    }

    fn at<R>(&mut self, veld: &str, body: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.pad.len();
        if length > 0 && !veld.starts_with('[') {
            self.pad.push('.');
        }
        self.pad.push_str(veld);
        let result = body(self);
        self.pad.truncate(length);
        result
    }
}

impl<T: Lees> Lees for Option<T> {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        if waarde.is_null() { Some(None) } else { T::lees(waarde, lezer).map(Some) }
    }

    fn afwezig(_: &mut Lezer<'_>) -> Option<Self> {
        Some(None)
    }
}

impl<T: Lees> Lees for Vec<T> {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let Some(items) = waarde.as_array() else {
            lezer.fout(Foutcode::Invalid, "hier hoort een lijst te staan");
            return None;
        };
        if items.len() > LIST_MAX_ITEMS {
            lezer.fout(
                Foutcode::MaxLength,
                format!("ten hoogste {LIST_MAX_ITEMS} regels; dit zijn er {}", items.len()),
            );
            return None;
        }
        let read: Vec<Option<T>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| lezer.at(&format!("[{index}]"), |lezer| T::lees(item, lezer)))
            .collect();
        read.into_iter().collect()
    }

    fn afwezig(_: &mut Lezer<'_>) -> Option<Self> {
        Some(Self::new())
    }
}

impl Lees for bool {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let read = waarde.as_bool();
        if read.is_none() {
            lezer.fout(Foutcode::Invalid, "hier hoort true of false te staan");
        }
        read
    }
}

/// A whole number. JSON has one kind of number, so 12.0 is the same as 12.
pub(super) fn geheel_getal(waarde: &Value) -> Option<u32> {
    let whole = |number: f64| {
        let fits = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it was looked at: nothing is lost"
        )]
        fits.then_some(number as u32)
    };
    match waarde.as_u64() {
        Some(number) => u32::try_from(number).ok(),
        None => waarde.as_f64().and_then(whole),
    }
}

impl Lees for u32 {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let read = geheel_getal(waarde);
        if read.is_none() {
            lezer.fout(Foutcode::Invalid, "hier hoort een geheel getal vanaf 0 te staan");
        }
        read
    }
}

/// A UUID in the one form that the API knows: with hyphens, and without braces or a prefix.
pub(crate) fn uuid(text: &str) -> Option<uuid::Uuid> {
    let plain = text.len() == uuid::fmt::Hyphenated::LENGTH;
    plain.then(|| uuid::Uuid::try_parse(text).ok()).flatten()
}

impl Lees for uuid::Uuid {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let read = waarde.as_str().and_then(uuid);
        if read.is_none() {
            lezer.fout(Foutcode::Invalid, "hier hoort een UUID te staan");
        }
        read
    }
}
