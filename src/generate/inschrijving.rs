//! How klanten come into the register, and what changes of them.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use events::ObjectRef;
use serde_json::{Value, json};
use uuid::Uuid;
use write_side::vulling::{Soort, VullingError};

use super::agenda::Stap;
use super::gemeente::{Gemeente, Omvang};
use super::klanten::{Klant, Klasse, Plaats};
use super::organisatie::identity;
use crate::random::Random;
use crate::voorbeeldstad::namen::{ACHTERNAMEN, ORGANISATIES, STRATEN, VOORNAMEN};
use crate::voorbeeldstad::nummers;

/// Organisations per hundred inwoners, each with a contactpersoon; an assumption.
const ORGANISATIES_PERCENT: u32 = 4;
/// Of the inwoners so many are registered on the first day, from the registers before; the others
/// come in the course of the years.
const EERSTE_DAG_PERCENT: u64 = 80;
/// When registering begins, and the time between two on the first day.
const OCHTEND: NaiveTime = NaiveTime::from_hms_opt(5, 0, 0).unwrap();
const PAUZE: TimeDelta = TimeDelta::milliseconds(20);
/// Of a hundred personen so many have a telephone number, an e-mail address, a preferred address.
const TELEFOON_PERCENT: u32 = 75;
const EMAIL_PERCENT: u32 = 65;
const VOORKEUR_PERCENT: u32 = 30;
const TAAL_PERCENT: u32 = 8;
const NOTITIE_PERCENT: u32 = 3;
const VESTIGING_PERCENT: u32 = 30;
/// Of ten thousand personen so many move house, and so many leave or die, in a year.
const VERHUIZINGEN: u32 = 150;
const VERTREKKEN: u32 = 80;
const TEN_THOUSAND: u32 = 10_000;
/// The first burgerservicenummer: those that begin with 9 are not given out.
const EERSTE_BSN: u32 = 900_000_000;
/// The first KVK number: those that begin with 90 are not given out.
const EERSTE_KVK: u32 = 90_000_000;

/// Partijen of so many inwoners.
pub(super) const fn partijen(inwoners: u32) -> u32 {
    inwoners + organisaties(inwoners)
}

const fn organisaties(inwoners: u32) -> u32 {
    (inwoners as u64 * ORGANISATIES_PERCENT as u64 / 100) as u32
}

/// The klanten that are still to be registered.
pub(super) struct Inschrijvingen {
    omvang: Omvang,
    begin: NaiveDate,
    dagen: u64,
    done: u32,
    bsns: Box<dyn Iterator<Item = String> + Send>,
}

impl Inschrijvingen {
    pub(super) fn new(omvang: Omvang) -> Self {
        let begin = omvang.dagen().next().unwrap_or(omvang.tot);
        let dagen = u64::try_from((omvang.tot - begin).num_days()).unwrap_or_default().max(1);
        let bsns = Box::new(nummers::bsns(EERSTE_BSN));
        Self { omvang, begin, dagen, done: 0, bsns }
    }

    /// How many are registered at the end of a day.
    fn eind_van(&self, dag: NaiveDate) -> u64 {
        let all = u64::from(partijen(self.omvang.inwoners));
        let first = all * EERSTE_DAG_PERCENT / 100;
        let passed = u64::try_from((dag - self.begin).num_days()).unwrap_or_default();
        first.max(1) + (all - first.max(1)) * passed / (self.dagen - 1).max(1)
    }

    /// Registers the next klant that comes on a day; false when there is none.
    pub(super) fn volgende(
        &mut self,
        gemeente: &mut Gemeente,
        dag: NaiveDate,
    ) -> Result<bool, VullingError> {
        if u64::from(self.done) >= self.eind_van(dag) {
            return Ok(false);
        }
        gemeente.zet_klok(dag.and_time(OCHTEND).and_utc().max(gemeente.nu() + PAUZE));
        let total = partijen(self.omvang.inwoners);
        // Organisations lie evenly between the personen.
        let before = |place: u32| {
            let all = u64::from(self.omvang.inwoners) * u64::from(place) / u64::from(total.max(1));
            u32::try_from(all).unwrap_or(u32::MAX)
        };
        let (number, next) = (before(self.done), before(self.done + 1));
        if next > number {
            let bsn = self.bsns.next().unwrap_or_default();
            persoon(gemeente, number, bsn)?;
        } else {
            organisatie(gemeente, self.done - number)?;
        }
        self.done += 1;
        Ok(true)
    }
}

fn identificator(soort: &str, sleutel: &str, object_id: &str, register: &str) -> Value {
    json!({ "partijIdentificator": {
        "codeObjecttype": soort, "codeSoortObjectId": sleutel,
        "objectId": object_id, "codeRegister": register,
    }})
}

fn adres(random: &mut Random) -> Value {
    json!({ "straatnaam": random.pick(&STRATEN), "huisnummer": 1 + random.below(180),
        "postcode": format!("1999 A{}", random.pick(&["A", "B", "C", "D"])),
        "stad": "Voorbeeldstad" })
}

/// A name, of those that nobody has together.
pub(super) fn contactnaam(random: &mut Random) -> Value {
    let (letter, voornaam) = random.pick(&VOORNAMEN);
    let (voorvoegsel, achternaam) = random.pick(&ACHTERNAMEN);
    let mut naam = json!({ "voorletters": letter, "voornaam": voornaam, "achternaam": achternaam });
    if !voorvoegsel.is_empty() {
        naam["voorvoegselAchternaam"] = json!(voorvoegsel);
    }
    naam
}

/// Telephone numbers that begin with 0600 are of nobody.
fn telefoon(number: u32) -> Value {
    json!({ "soortDigitaalAdres": "telefoonnummer", "adres": format!("0600{:06}", number % 1_000_000),
        "omschrijving": "mobiel", "isStandaardAdres": true })
}

fn email(local: &str, number: u32) -> Value {
    json!({ "soortDigitaalAdres": "email", "adres": format!("{local}{number}@example.nl"),
        "omschrijving": "privé", "isStandaardAdres": true })
}

fn persoon(gemeente: &mut Gemeente, number: u32, bsn: String) -> Result<(), VullingError> {
    let random = &mut gemeente.random;
    let mut adressen = Vec::new();
    if random.chance(TELEFOON_PERCENT) {
        adressen.push(telefoon(number));
    }
    if random.chance(EMAIL_PERCENT) {
        adressen.push(email("inwoner", number));
    }
    let mut invoer = json!({
        "contactnaam": contactnaam(random),
        "partijIdentificatoren": [identificator("natuurlijk_persoon", "bsn", &bsn, "brp")],
        "bezoekadres": adres(random),
        "indicatieGeheimhouding": random.below(200) == 0,
    });
    if random.chance(VOORKEUR_PERCENT) && !adressen.is_empty() {
        invoer["voorkeursDigitaalAdres"] = json!(0);
    }
    if random.chance(TAAL_PERCENT) {
        invoer["voorkeurstaal"] = json!(random.pick(&["eng", "tur", "pol", "ukr", "ara"]));
    }
    if random.chance(NOTITIE_PERCENT) {
        invoer["interneNotitie"] = json!("Is slechthorend; spreek langzaam.");
    }
    invoer["digitaleAdressen"] = Value::Array(adressen);
    let id = partij(gemeente, Soort::RegistreerPersoon, &invoer)?;
    let klasse = Klasse::van_inwoner(number, gemeente.omvang.inwoners);
    let plaats = gemeente.klanten.voeg(klasse, Klant { id, contactpersoon: None });
    let left = gemeente.omvang.tot.and_time(NaiveTime::MIN).and_utc() - gemeente.nu();
    let years = left.num_days() as f64 / 365.25;
    let chance = |yearly: u32| (f64::from(yearly) * years) as u32;
    // Those by whom a class is known stay.
    let stays = matches!(klasse, Klasse::Meest | Klasse::Dagelijks);
    if !stays && gemeente.random.below(TEN_THOUSAND) < chance(VERTREKKEN) {
        let moment = gemeente.nu() + gemeente.tot(left);
        gemeente.plan(moment, Stap::Vertrek(id, plaats));
    } else if gemeente.random.below(TEN_THOUSAND) < chance(VERHUIZINGEN) {
        let moment = gemeente.nu() + gemeente.tot(left);
        gemeente.plan(moment, Stap::Verhuis(id));
    }
    gemeente.laat_los(ObjectRef::partij(id))
}

fn organisatie(gemeente: &mut Gemeente, number: u32) -> Result<(), VullingError> {
    let random = &mut gemeente.random;
    let (naam, _) = random.pick(&ORGANISATIES);
    let kvk = (EERSTE_KVK + number).to_string();
    let mut sleutels = vec![identificator("niet_natuurlijk_persoon", "kvk_nummer", &kvk, "hr")];
    if random.chance(VESTIGING_PERCENT) {
        let nummer = format!("0000{kvk}");
        sleutels.push(identificator("vestiging", "vestigingsnummer", &nummer, "hr"));
    }
    let invoer = json!({
        "naam": format!("{naam} {number}"),
        "partijIdentificatoren": sleutels,
        "digitaleAdressen": [
            { "soortDigitaalAdres": "telefoonnummer", "adres": format!("0999{:06}", number % 1_000_000),
              "omschrijving": "receptie", "isStandaardAdres": true },
            email("info", number),
        ],
        "bezoekadres": adres(random),
    });
    let id = partij(gemeente, Soort::RegistreerOrganisatie, &invoer)?;
    let contact = json!({
        "contactnaam": contactnaam(&mut gemeente.random), "werkteVoorPartij": id,
        "digitaleAdressen": [email("contact", number)],
    });
    let contactpersoon = partij(gemeente, Soort::RegistreerContactpersoon, &contact)?;
    let klant = Klant { id, contactpersoon: Some(contactpersoon) };
    gemeente.klanten.voeg(Klasse::Organisatie, klant);
    gemeente.laat_los(ObjectRef::partij(id))?;
    gemeente.laat_los(ObjectRef::partij(contactpersoon))
}

fn partij(gemeente: &mut Gemeente, soort: Soort, invoer: &Value) -> Result<Uuid, VullingError> {
    let wie = gemeente.kcc().identity;
    let done = gemeente.doe(&wie, soort, None, invoer)?;
    let id = done.first().map(|item| item.id).unwrap_or_default();
    gemeente.houd(ObjectRef::partij(id));
    Ok(id)
}

/// A persoon moves house.
pub(super) fn verhuis(gemeente: &mut Gemeente, partij: Uuid) -> Result<(), VullingError> {
    let invoer = json!({ "bezoekadres": adres(&mut gemeente.random) });
    let wie = gemeente.kcc().identity;
    gemeente.doe(&wie, Soort::WijzigPersoon, Some(partij), &invoer).map(drop)
}

/// A persoon goes away: nobody contacts the gemeente for it any more.
pub(super) fn vertrek(
    gemeente: &mut Gemeente,
    partij: Uuid,
    plaats: Option<Plaats>,
) -> Result<(), VullingError> {
    if let Some(plaats) = plaats {
        gemeente.klanten.neem_weg(plaats);
    }
    let beheer = identity("beheer".to_owned());
    gemeente.doe(&beheer, Soort::DeactiveerPartij, Some(partij), &json!({})).map(drop)
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;

    #[test]
    fn all_are_registered_on_the_last_day() {
        let tot = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
        let omvang = Omvang { inwoners: 1000, jaren: 1, tot, seed: 1 };
        let inschrijvingen = Inschrijvingen::new(omvang);
        assert_eq!(inschrijvingen.eind_van(inschrijvingen.begin), 832);
        assert_eq!(inschrijvingen.eind_van(tot - Days::new(1)), 1040);
    }
}
