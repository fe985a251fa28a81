//! A municipality that is made up: what happens there, day by day, each handeling at its moment.

use std::collections::HashMap;
use std::sync::Arc;

use access::Identity;
use chrono::{
    DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Timelike as _, Utc, Weekday,
};
use events::ObjectRef;
use serde_json::Value;
use uuid::Uuid;
use write_side::vulling::{Onderdeel, Opdracht, Soort, Vulling, VullingError};

use super::agenda::{Agenda, Stap};
use super::klanten::Klanten;
use super::klok::Klok;
use super::organisatie::{self, Organisatie, Uitvoerder};
use super::{contacten, inschrijving, taken};
use crate::random::Random;

/// Contacts that somebody begins, per inwoner and year. With what follows them (answers, reactions)
/// there are about two: an assumption, see docs/generate.md.
const CONTACTEN_PER_INWONER: f64 = 1.43;
/// How the contacts of a week fall over its days, Monday first; an assumption.
const WEEK: [f64; 7] = [1.35, 1.2, 1.1, 1.1, 0.95, 0.2, 0.1];
/// When contacts begin to come in, and how long, in UTC.
const OPENING: NaiveTime = NaiveTime::from_hms_opt(7, 0, 0).unwrap();
const OPEN: TimeDelta = TimeDelta::hours(12);
/// When the gemeente works, in hours UTC.
const WERKTIJD: std::ops::Range<u32> = 7..16;
const DAYS_PER_YEAR: f64 = 365.25;

/// What is made up, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Omvang {
    /// Inhabitants.
    pub inwoners: u32,
    /// Years.
    pub jaren: u32,
    /// The day after the last one.
    pub tot: NaiveDate,
    /// Where chance begins.
    pub seed: u64,
}

impl Omvang {
    /// The days, in order.
    pub(super) fn dagen(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let count = f64::from(self.jaren) * DAYS_PER_YEAR;
        let count = count as u64;
        let begin = self.tot - Days::new(count);
        begin.iter_days().zip(0..count).map(|(day, _)| day)
    }

    /// Contacts that begin on a day. Fractions are kept for the next one, in `rest`.
    pub(super) fn contacten_op(&self, dag: NaiveDate, rest: &mut f64) -> u32 {
        let part =
            WEEK[dag.weekday().num_days_from_monday() as usize] * 7.0 / WEEK.iter().sum::<f64>();
        let count = f64::from(self.inwoners) * CONTACTEN_PER_INWONER / DAYS_PER_YEAR * part + *rest;
        *rest = count.fract();
        count as u32
    }

    /// What progress is counted in: klanten, and contacts that somebody begins.
    pub(super) fn stappen(&self) -> u64 {
        let mut rest = 0.0;
        let contacten = self.dagen().map(|dag| u64::from(self.contacten_op(dag, &mut rest)));
        u64::from(inschrijving::partijen(self.inwoners)) + contacten.sum::<u64>()
    }
}

/// The municipality.
#[derive(Debug)]
pub(super) struct Gemeente {
    pub(super) omvang: Omvang,
    pub(super) random: Random,
    pub(super) organisatie: Organisatie,
    pub(super) klanten: Klanten,
    pub(super) vulling: Vulling,
    klok: Klok,
    agenda: Agenda,
    /// How many steps that are planned name an object.
    gehouden: HashMap<ObjectRef, u32>,
    einde: DateTime<Utc>,
    stappen: u64,
}

impl Gemeente {
    /// A municipality in which nothing happened yet.
    pub(super) fn new(omvang: Omvang, vulling: Vulling) -> Self {
        let begin = omvang.dagen().next().unwrap_or(omvang.tot);
        Self {
            omvang,
            random: Random::new(omvang.seed),
            organisatie: Organisatie::default(),
            klanten: Klanten::default(),
            vulling,
            klok: Klok::new(!omvang.seed, begin.and_time(NaiveTime::MIN).and_utc()),
            agenda: Agenda::default(),
            gehouden: HashMap::new(),
            einde: omvang.tot.and_time(NaiveTime::MIN).and_utc(),
            stappen: 0,
        }
    }

    /// Lets everything happen; `tell` may take the rows that wait, and may stop it.
    pub(super) fn leef<E: From<VullingError>>(
        &mut self,
        mut tell: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        organisatie::registreer(self, self.omvang.inwoners)?;
        let mut inschrijvingen = inschrijving::Inschrijvingen::new(self.omvang);
        let mut rest = 0.0;
        for dag in self.omvang.dagen() {
            while inschrijvingen.volgende(self, dag)? {
                self.stappen += 1;
                tell(self)?;
            }
            let count = self.omvang.contacten_op(dag, &mut rest);
            let begin = dag.and_time(OPENING).and_utc();
            for place in 0..count {
                let step = OPEN / i32::try_from(count).unwrap_or(i32::MAX);
                let within = self.tot(step);
                self.tot_en_met(begin + step * i32::try_from(place).unwrap_or_default() + within)?;
                contacten::begin(self)?;
                self.stappen += 1;
                tell(self)?;
            }
            let next = (dag + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
            self.tot_en_met(next - TimeDelta::microseconds(1))?;
        }
        Ok(self.vulling.laat_alles_los()?)
    }

    /// Does what is due until a moment, and sets the clock to it.
    fn tot_en_met(&mut self, moment: DateTime<Utc>) -> Result<(), VullingError> {
        while let Some((due, stap)) = self.agenda.volgende(moment) {
            self.klok.zet(due);
            match stap {
                Stap::VulAan(contact) => contacten::vul_aan(self, contact)?,
                Stap::Corrigeer(contact) => contacten::corrigeer(self, contact)?,
                Stap::Antwoord(draad) => contacten::antwoord(self, draad)?,
                Stap::Reactie(draad) => contacten::reactie(self, draad)?,
                Stap::WijsToe(taak) => taken::wijs_toe(self, taak)?,
                Stap::LichtToe(taak) => taken::licht_toe(self, taak)?,
                Stap::HandelAf(taak) => taken::handel_af(self, taak)?,
                Stap::Heropen(taak) => taken::heropen(self, taak)?,
                Stap::Verhuis(partij) => inschrijving::verhuis(self, partij)?,
                Stap::Vertrek(partij, plaats) => inschrijving::vertrek(self, partij, plaats)?,
            }
            for object in stap.objecten().into_iter().flatten() {
                self.laat_los(object)?;
            }
        }
        self.klok.zet(moment);
        Ok(())
    }

    /// The present moment.
    pub(super) fn nu(&self) -> DateTime<Utc> {
        clock::Clock::now(&self.klok)
    }

    /// Klanten and contacts so far, as [`Omvang::stappen`] counts them.
    pub(super) const fn stappen(&self) -> u64 {
        self.stappen
    }

    /// Lets the clock go on to a moment, if it is not there yet.
    pub(super) fn zet_klok(&self, moment: DateTime<Utc>) {
        self.klok.zet(moment);
    }

    /// Does a handeling.
    pub(super) fn doe(
        &mut self,
        identity: &Arc<Identity>,
        soort: Soort,
        id: Option<Uuid>,
        invoer: &Value,
    ) -> Result<Vec<Onderdeel>, VullingError> {
        self.vulling.doe(&self.klok, Opdracht { soort, identity, id, invoer })
    }

    /// Plans a step. What lies after the end does not happen.
    pub(super) fn plan(&mut self, moment: DateTime<Utc>, stap: Stap) {
        if moment >= self.einde {
            return;
        }
        for object in stap.objecten().into_iter().flatten() {
            self.houd(object);
        }
        self.agenda.plan(moment, stap);
    }

    /// Holds an object until it is let go as often.
    pub(super) fn houd(&mut self, object: ObjectRef) {
        *self.gehouden.entry(object).or_default() += 1;
    }

    /// Lets go of an object, unless it is held for something else.
    pub(super) fn laat_los(&mut self, object: ObjectRef) -> Result<(), VullingError> {
        match self.gehouden.get_mut(&object) {
            Some(count) if *count > 1 => {
                *count -= 1;
                Ok(())
            }
            _ => {
                self.gehouden.remove(&object);
                self.vulling.laat_los(object)
            }
        }
    }

    /// Somebody of the customer contact centre.
    pub(super) fn kcc(&mut self) -> Uitvoerder {
        self.organisatie.kcc(&mut self.random).clone()
    }

    /// A time below a bound.
    pub(super) fn tot(&mut self, bound: TimeDelta) -> TimeDelta {
        let micros = bound.num_microseconds().unwrap_or(1).max(1);
        let drawn = self.random.number() % u64::try_from(micros).unwrap_or(1);
        TimeDelta::microseconds(i64::try_from(drawn).unwrap_or_default())
    }

    /// A time between two bounds from now, when the gemeente works.
    pub(super) fn werkmoment(&mut self, from: TimeDelta, to: TimeDelta) -> DateTime<Utc> {
        let mut moment = self.nu() + from + self.tot(to - from);
        if moment.hour() >= WERKTIJD.end {
            moment += TimeDelta::hours(24 - i64::from(moment.hour() - WERKTIJD.start));
        } else if moment.hour() < WERKTIJD.start {
            moment += TimeDelta::hours(i64::from(WERKTIJD.start - moment.hour()));
        }
        let free = match moment.weekday() {
            Weekday::Sat => 2,
            Weekday::Sun => 1,
            Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => 0,
        };
        moment + TimeDelta::days(free)
    }
}
