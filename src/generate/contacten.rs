//! Contacts, and the conversations that they become.

use chrono::{TimeDelta, Timelike as _};
use events::ObjectRef;
use serde_json::{Value, json};
use uuid::Uuid;
use write_side::vulling::{Onderdeel, Soort, VullingError};

use super::agenda::{Draad, Stap, Wie};
use super::gemeente::Gemeente;
use super::inschrijving::contactnaam;
use super::organisatie::Uitvoerder;
use super::taken;
use crate::random::Random;
use crate::voorbeeldstad::onderwerpen::{ALLE, Onderwerp};

/// Of a hundred contacts so many are with somebody whose identity is not established.
const ONBEKEND_PERCENT: u32 = 8;
/// Of a thousand contacts so many come by chatbot, and by MijnOverheid; the others by a channel of
/// their subject.
const CHATBOT: u32 = 30;
const MIJNOVERHEID: u32 = 15;
const THOUSAND: u32 = 1000;
/// Of a hundred contacts about care so many are conversations at home.
const THUIS_PERCENT: u32 = 30;
/// Of a hundred calls so many are registered by the short form.
const KORT_PERCENT: u32 = 70;
/// Of a hundred contacts so many are about a zaak: of subjects that become one, and of others.
const ZAAK_PERCENT: u32 = 70;
const ANDERE_ZAAK_PERCENT: u32 = 12;
/// Zaken that a klant has at most of this kind.
const ZAKEN_PER_KLANT: u64 = 3;
/// Of a hundred e-mails so many have an attachment; every form and letter has one.
const BIJLAGE_PERCENT: u32 = 15;
/// Of a hundred contacts so many leave work for another: those that a system registered, and those
/// that somebody took.
const TAAK_SYSTEEM_PERCENT: u32 = 50;
const TAAK_PERCENT: u32 = 30;
/// Of a hundred contacts that a system registered, and that leave no work, so many are answered.
const ANTWOORD_PERCENT: u32 = 60;
/// Of a hundred contacts so many are followed by a reaction of the klant; of a hundred answers too.
const REACTIE_PERCENT: u32 = 8;
const REACTIE_OP_ANTWOORD_PERCENT: u32 = 25;
/// Of a thousand contacts so many are corrected, appended to, confidential though their subject is not.
const CORRECTIES: u32 = 10;
const AANVULLINGEN: u32 = 20;
const VERTROUWELIJK: u32 = 10;
/// Of a hundred contacts so many are in another language.
const TAAL_PERCENT: u32 = 4;
/// The last hour (UTC) at which something is appended: it is still the same day then.
const LAATSTE_AANVULLING: u32 = 19;

/// A contact to register.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nieuw {
    pub(super) wie: Wie,
    pub(super) onderwerp: usize,
    pub(super) kanaal: &'static str,
    pub(super) zaak: Option<u64>,
    /// The contact that it follows.
    pub(super) eerder: Option<Uuid>,
    /// Whether the gemeente begins it.
    pub(super) van_gemeente: bool,
}

/// Somebody contacts the gemeente.
pub(super) fn begin(gemeente: &mut Gemeente) -> Result<(), VullingError> {
    let random = &mut gemeente.random;
    let wie = if random.chance(ONBEKEND_PERCENT) { None } else { gemeente.klanten.kies(random) };
    let wie = wie.map_or_else(|| Wie::Onbekend(random.number()), Wie::Bekend);
    let onderwerp = random.number() % ALLE.len() as u64;
    let onderwerp = usize::try_from(onderwerp).unwrap_or_default();
    let about = &ALLE[onderwerp];
    let kanaal = kanaal(random, about);
    let share = if about.zaak { ZAAK_PERCENT } else { ANDERE_ZAAK_PERCENT };
    let zaak = random.chance(share).then(|| zaak_van(random, wie));
    let nieuw = Nieuw { wie, onderwerp, kanaal, zaak, eerder: None, van_gemeente: false };
    van_klant(gemeente, nieuw)
}

fn kanaal(random: &mut Random, about: &Onderwerp) -> &'static str {
    let drawn = random.below(THOUSAND);
    if drawn < CHATBOT {
        "chatbot"
    } else if drawn < CHATBOT + MIJNOVERHEID {
        "mijnoverheid"
    } else if about.titel.contains("Wmo") && random.chance(THUIS_PERCENT) {
        "keukentafelgesprek"
    } else {
        let kanaal: &&str = random.pick(about.kanalen);
        kanaal
    }
}

/// The number of a zaak: a klant comes back to the same ones.
fn zaak_van(random: &mut Random, wie: Wie) -> u64 {
    let place = random.number() % ZAKEN_PER_KLANT;
    match wie {
        Wie::Bekend(klant) => Random::at(klant.id.as_u64_pair().1, place),
        Wie::Onbekend(number) => Random::at(number, place),
    }
}

/// The key of a zaak in the zakenregister.
pub(super) fn zaak(number: u64) -> Value {
    json!({
        "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
        "objectId": format!("ZAAK-{:013}", number % 10_000_000_000_000),
        "codeRegister": "zakenregister",
    })
}

/// A contact that the klant begins, with what follows.
fn van_klant(gemeente: &mut Gemeente, nieuw: Nieuw) -> Result<(), VullingError> {
    let systeem = gemeente.organisatie.systeem(nieuw.kanaal).cloned();
    let automatisch = systeem.is_some();
    let door = systeem.unwrap_or_else(|| gemeente.kcc());
    let share = if automatisch { TAAK_SYSTEEM_PERCENT } else { TAAK_PERCENT };
    let met_taak = gemeente.random.chance(share);
    let mut invoer = body(gemeente, nieuw, &door, automatisch);
    let about = &ALLE[nieuw.onderwerp];
    if met_taak {
        invoer["interneTaken"] = json!([taken::nieuw(gemeente, about)]);
    } else if !automatisch {
        invoer["reactie"] = json!(about.antwoord);
    }
    let soort = vorm(gemeente, nieuw.kanaal, &mut invoer, automatisch);
    let done = gemeente.doe(&door.identity, soort, None, &invoer)?;
    let draad = houd(gemeente, nieuw, &done);
    if gemeente.random.chance(REACTIE_PERCENT) {
        let moment = gemeente.nu() + TimeDelta::hours(20) + gemeente.tot(TimeDelta::days(9));
        gemeente.plan(moment, Stap::Reactie(draad));
    }
    if automatisch && !met_taak && gemeente.random.chance(ANTWOORD_PERCENT) {
        let moment = gemeente.werkmoment(TimeDelta::hours(2), TimeDelta::days(3));
        gemeente.plan(moment, Stap::Antwoord(draad));
    }
    if met_taak {
        taken::volg(gemeente, draad, &done)?;
    }
    verbeter(gemeente, draad.contact, automatisch);
    gemeente.laat_los(ObjectRef::klantcontact(draad.contact))
}

/// The form in which a contact is registered: some have a short one.
fn vorm(
    gemeente: &mut Gemeente,
    kanaal: &'static str,
    invoer: &mut Value,
    automatisch: bool,
) -> Soort {
    match kanaal {
        "telefoon" if gemeente.random.chance(KORT_PERCENT) => {
            Soort::RegistreerBinnenkomendTelefoongesprek
        }
        "keukentafelgesprek" => Soort::RegistreerKeukentafelgesprek,
        _ => {
            invoer["kanaal"] = json!(kanaal);
            if !automatisch {
                invoer["indicatieContactGelukt"] = json!("ja");
            }
            Soort::RegistreerKlantcontact
        }
    }
}

/// What every form has.
fn body(gemeente: &mut Gemeente, nieuw: Nieuw, door: &Uitvoerder, automatisch: bool) -> Value {
    let about = &ALLE[nieuw.onderwerp];
    let random = &mut gemeente.random;
    let vertrouwelijk = about.vertrouwelijk || random.below(THOUSAND) < VERTROUWELIJK;
    let mut invoer = json!({
        "onderwerp": about.titel, "inhoud": about.vraag, "vertrouwelijk": vertrouwelijk,
        "actoren": [door.actor], "betrokkenen": betrokkenen(random, nieuw),
    });
    let mut over = Vec::new();
    if let Some(number) = nieuw.zaak {
        over.push(json!({ "onderwerpobjectidentificator": zaak(number) }));
    }
    if let Some(eerder) = nieuw.eerder {
        over.push(json!({ "onderwerpWasKlantcontact": eerder }));
    }
    if !over.is_empty() {
        invoer["onderwerpobjecten"] = Value::Array(over);
    }
    let bijlage = match nieuw.kanaal {
        "e-formulier" | "post" => true,
        "email" => random.chance(BIJLAGE_PERCENT),
        _ => false,
    };
    if bijlage {
        invoer["bijlagen"] = json!([{ "bijlageidentificator": {
            "codeObjecttype": "informatieobject",
            "codeSoortObjectId": "informatieobjectidentificatie",
            "objectId": format!("DOCUMENT-{:016}", random.number() % 10_000_000_000_000_000),
            "codeRegister": "documentenregister",
        }}]);
    }
    if random.chance(TAAL_PERCENT) {
        invoer["taal"] = json!(random.pick(&["eng", "tur", "pol", "ukr", "ara"]));
    }
    if !automatisch {
        invoer["metadata"] = json!({ "gespreksduur": (60 + random.below(900)).to_string() });
    }
    invoer
}

fn betrokkenen(random: &mut Random, nieuw: Nieuw) -> Value {
    let initiator = !nieuw.van_gemeente;
    match nieuw.wie {
        Wie::Bekend(klant) => {
            let own = json!({ "rol": "klant", "wasPartij": klant.id,
                "initiator": initiator && klant.contactpersoon.is_none() });
            match klant.contactpersoon {
                None => json!([own]),
                Some(speaks) => json!([
                    { "rol": "vertegenwoordiger", "initiator": initiator, "wasPartij": speaks },
                    own
                ]),
            }
        }
        Wie::Onbekend(number) => {
            // The same name at each contact of a conversation.
            let naam = contactnaam(&mut Random::new(number));
            let mut betrokkene =
                json!({ "rol": "klant", "initiator": initiator, "contactnaam": naam });
            if random.chance(60) {
                betrokkene["digitaleAdressen"] = json!([{ "soortDigitaalAdres": "telefoonnummer",
                    "adres": format!("0600{:06}", number % 1_000_000) }]);
            }
            json!([betrokkene])
        }
    }
}

/// Holds the contact that was registered; gives the conversation.
fn houd(gemeente: &mut Gemeente, nieuw: Nieuw, done: &[Onderdeel]) -> Draad {
    let contact = done.first().map(|item| item.id).unwrap_or_default();
    gemeente.houd(ObjectRef::klantcontact(contact));
    Draad { contact, wie: nieuw.wie, onderwerp: nieuw.onderwerp, zaak: nieuw.zaak }
}

/// Plans what is repaired of a contact.
fn verbeter(gemeente: &mut Gemeente, contact: Uuid, automatisch: bool) {
    let drawn = gemeente.random.below(THOUSAND);
    if drawn < CORRECTIES {
        let moment = gemeente.werkmoment(TimeDelta::minutes(10), TimeDelta::days(2));
        gemeente.plan(moment, Stap::Corrigeer(contact));
    } else if drawn < CORRECTIES + AANVULLINGEN
        && !automatisch
        && gemeente.nu().hour() < LAATSTE_AANVULLING
    {
        let moment = gemeente.nu() + TimeDelta::minutes(2) + gemeente.tot(TimeDelta::minutes(40));
        gemeente.plan(moment, Stap::VulAan(contact));
    }
}

/// Something is appended to a contact.
pub(super) fn vul_aan(gemeente: &mut Gemeente, contact: Uuid) -> Result<(), VullingError> {
    let invoer =
        json!({ "aanvulling": "Na doorverbinden is afgesproken dat de klant wordt gebeld." });
    let wie = gemeente.kcc().identity;
    gemeente.doe(&wie, Soort::VulKlantcontactAan, Some(contact), &invoer).map(drop)
}

/// A contact is corrected.
pub(super) fn corrigeer(gemeente: &mut Gemeente, contact: Uuid) -> Result<(), VullingError> {
    let onderwerp = gemeente.random.pick(ALLE).titel;
    let invoer = json!({ "reden": "Verkeerd onderwerp gekozen", "onderwerp": onderwerp });
    let wie = gemeente.kcc().identity;
    gemeente.doe(&wie, Soort::CorrigeerKlantcontact, Some(contact), &invoer).map(drop)
}

/// The klant reacts.
pub(super) fn reactie(gemeente: &mut Gemeente, draad: Draad) -> Result<(), VullingError> {
    let kanaal = kanaal(&mut gemeente.random, &ALLE[draad.onderwerp]);
    van_klant(gemeente, vervolg(draad, kanaal, false))
}

/// The gemeente answers; the klant may react.
pub(super) fn antwoord(gemeente: &mut Gemeente, draad: Draad) -> Result<(), VullingError> {
    let door = gemeente.kcc();
    let contact = beantwoord(gemeente, draad, &door)?;
    gemeente.laat_los(ObjectRef::klantcontact(contact))
}

/// Registers the answer of somebody, and holds it; gives its key.
pub(super) fn beantwoord(
    gemeente: &mut Gemeente,
    draad: Draad,
    door: &Uitvoerder,
) -> Result<Uuid, VullingError> {
    let kanaal = *gemeente.random.pick(&["email", "email", "telefoon", "mijnoverheid"]);
    let nieuw = vervolg(draad, kanaal, true);
    let mut invoer = body(gemeente, nieuw, door, false);
    invoer["kanaal"] = json!(kanaal);
    invoer["inhoud"] = json!(ALLE[draad.onderwerp].antwoord);
    invoer["indicatieContactGelukt"] = json!("ja");
    let done = gemeente.doe(&door.identity, Soort::RegistreerKlantcontact, None, &invoer)?;
    let next = houd(gemeente, nieuw, &done);
    if gemeente.random.chance(REACTIE_OP_ANTWOORD_PERCENT) {
        let moment = gemeente.nu() + TimeDelta::hours(3) + gemeente.tot(TimeDelta::days(6));
        gemeente.plan(moment, Stap::Reactie(next));
    }
    Ok(next.contact)
}

const fn vervolg(draad: Draad, kanaal: &'static str, van_gemeente: bool) -> Nieuw {
    let Draad { contact, wie, onderwerp, zaak } = draad;
    Nieuw { wie, onderwerp, kanaal, zaak, eerder: Some(contact), van_gemeente }
}
