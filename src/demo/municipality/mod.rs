//! Gemeente Voorbeeldstad: what happens there in a year, as requests to the bijhouding API.
//!
//! It is the same municipality at every start, but for the dates, which count back from now. Steps
//! follow each other; within a step no request depends on another. What a request registers gets a
//! name, and later requests write `@name` where its key belongs.

mod actoren;
mod contacten;
mod hoofdpersoon;
mod partijen;
mod taken;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::random::Random;
pub(super) use actoren::{BEHANDELAAR, BEHANDELAAR_TEAM, KCC_MEDEWERKER, KCC_TEAM};
pub(super) use partijen::{HOOFDPERSOON_BSN, JAN};

/// What a name begins with where a key belongs.
pub(super) const MARK: char = '@';
/// Where the generator begins; another number gives another year.
const SEED: u64 = 0x566f_6f72_6265_656c;

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Opdracht {
    /// How what it registers is called, for later requests.
    pub(super) naam: Option<String>,
    /// The path below the base of the API.
    pub(super) pad: String,
    /// The body.
    pub(super) invoer: Value,
}

impl Opdracht {
    fn new(pad: impl Into<String>, invoer: Value) -> Self {
        Self { naam: None, pad: pad.into(), invoer }
    }

    fn named(naam: impl Into<String>, pad: impl Into<String>, invoer: Value) -> Self {
        Self { naam: Some(naam.into()), ..Self::new(pad, invoer) }
    }
}

/// All that happens.
#[derive(Debug)]
pub(super) struct Spel {
    /// The steps, in order.
    pub(super) stappen: Vec<Vec<Opdracht>>,
}

impl Spel {
    /// The year before `now`.
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        let mut random = Random::new(SEED);
        let dagen = Dagen { now };
        let contacten = contacten::plan(&mut random, &dagen);
        let mut stappen = vec![
            actoren::opdrachten(),
            partijen::personen(&mut random),
            partijen::contactpersonen(),
            partijen::vertegenwoordigingen(),
            contacten.eerste,
            contacten.reacties,
            contacten.nu,
        ];
        stappen.extend(hoofdpersoon::stappen(&dagen));
        stappen.extend(taken::stappen(&contacten.taken, &contacten.onbekenden));
        Self { stappen }
    }

    /// Number of requests.
    pub(super) fn aantal(&self) -> usize {
        self.stappen.iter().map(Vec::len).sum()
    }
}

/// Moments in the year before now.
#[derive(Debug, Clone, Copy)]
struct Dagen {
    now: DateTime<Utc>,
}

impl Dagen {
    /// A moment `dagen` days ago, at a time of the day (UTC).
    fn geleden(&self, dagen: i64, hour: u32, minute: u32) -> String {
        let day = (self.now - TimeDelta::days(dagen)).date_naive();
        let moment = day.and_hms_opt(hour, minute, 0).map_or(self.now, |moment| moment.and_utc());
        // On the first day it may not be that late yet.
        let moment = moment.min(self.now - TimeDelta::minutes(5));
        moment.to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

/// The key of a zaak in the zakenregister.
fn zaak(identificatie: &str) -> Value {
    json!({
        "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
        "objectId": identificatie, "codeRegister": "zakenregister",
    })
}

/// A document in the documentenregister, as a bijlage.
fn bijlage(document: &str) -> Value {
    json!({ "bijlageidentificator": {
        "codeObjecttype": "informatieobject",
        "codeSoortObjectId": "informatieobjectidentificatie",
        "objectId": document, "codeRegister": "documentenregister",
    }})
}

#[cfg(test)]
mod tests;
