//! Interne taken: what contacts leave for others, most of it done soon, some late or never.

use chrono::TimeDelta;
use events::ObjectRef;
use serde_json::{Value, json};
use write_side::vulling::{Onderdeel, Soort, VullingError};

use super::agenda::{Draad, Stap, Taak};
use super::contacten::{self, zaak};
use super::gemeente::Gemeente;
use super::organisatie::Uitvoerder;
use crate::voorbeeldstad::onderwerpen::{ALLE, Onderwerp};

/// Of a hundred taken so many are of a medewerker and its team at once; the others of the team.
const VAN_MEDEWERKER_PERCENT: u32 = 40;
/// Of a hundred taken so many are assigned to a medewerker before they are done.
const TOEWIJZING_PERCENT: u32 = 35;
const TOELICHTING_PERCENT: u32 = 30;
/// Of a hundred taken so many are corrected.
const CORRECTIE_PERCENT: u32 = 1;
/// After how long a taak is done, in hours from and to, of a hundred; who is left is never done. An
/// assumption.
const DUUR: [(u32, i64, i64); 4] =
    [(55, 1, 24), (25, 24, 5 * 24), (14, 5 * 24, 30 * 24), (5, 30 * 24, 120 * 24)];
/// Of a hundred taken that are done so many are answered in a contact.
const ANTWOORD_PERCENT: u32 = 40;
/// Of a hundred taken about a subject that becomes a zaak, without one yet, so many end in one.
const ZAAK_PERCENT: u32 = 50;
/// Of a hundred taken that are done so many are opened again.
const HEROPEND_PERCENT: u32 = 2;

/// A taak in the request for a contact.
pub(super) fn nieuw(gemeente: &mut Gemeente, about: &Onderwerp) -> Value {
    let team = gemeente.organisatie.team_van(about);
    let actoren = if gemeente.random.chance(VAN_MEDEWERKER_PERCENT) {
        vec![gemeente.random.pick(&team.leden).actor, team.actor]
    } else {
        vec![team.actor]
    };
    let mut taak = json!({ "gevraagdeHandeling": about.taak, "toegewezenAanActoren": actoren });
    if gemeente.random.chance(TOELICHTING_PERCENT) {
        taak["toelichting"] = json!("De klant is het best na 15.00 uur te bereiken.");
    }
    taak
}

/// Plans what happens with the taak of a contact.
pub(super) fn volg(
    gemeente: &mut Gemeente,
    draad: Draad,
    done: &[Onderdeel],
) -> Result<(), VullingError> {
    let Some(item) = done.iter().find(|item| item.soort == "interneTaak") else {
        return Ok(());
    };
    let taak = Taak { id: item.id, draad, heropend: false };
    gemeente.houd(ObjectRef::interne_taak(taak.id));
    if gemeente.random.chance(CORRECTIE_PERCENT) {
        let moment = gemeente.nu() + TimeDelta::minutes(1) + gemeente.tot(TimeDelta::minutes(50));
        gemeente.plan(moment, Stap::LichtToe(taak));
    }
    let mut drawn = gemeente.random.below(100);
    let duur = DUUR.iter().find(|(share, ..)| {
        let here = drawn < *share;
        drawn = drawn.saturating_sub(*share);
        here
    });
    if let Some((_, from, to)) = duur {
        let (from, to) = (TimeDelta::hours(*from), TimeDelta::hours(*to));
        let klaar = gemeente.werkmoment(from, to);
        gemeente.plan(klaar, Stap::HandelAf(taak));
        if gemeente.random.chance(TOEWIJZING_PERCENT) {
            let moment = gemeente.nu() + (klaar - gemeente.nu()) / 2;
            gemeente.plan(moment, Stap::WijsToe(taak));
        }
    }
    gemeente.laat_los(ObjectRef::interne_taak(taak.id))
}

/// Somebody of the team that knows the subject.
fn teamlid(gemeente: &mut Gemeente, taak: Taak) -> Uitvoerder {
    let team = gemeente.organisatie.team_van(&ALLE[taak.draad.onderwerp]);
    gemeente.random.pick(&team.leden).clone()
}

/// A taak is assigned to a medewerker, with its team.
pub(super) fn wijs_toe(gemeente: &mut Gemeente, taak: Taak) -> Result<(), VullingError> {
    let door = teamlid(gemeente, taak);
    let team = gemeente.organisatie.team_van(&ALLE[taak.draad.onderwerp]).actor;
    let invoer = json!({ "toegewezenAanActoren": [door.actor, team] });
    gemeente.doe(&door.identity, Soort::WijsInterneTaakToe, Some(taak.id), &invoer).map(drop)
}

/// A taak is explained better.
pub(super) fn licht_toe(gemeente: &mut Gemeente, taak: Taak) -> Result<(), VullingError> {
    let wie = gemeente.kcc().identity;
    let invoer = json!({ "toelichting": "Graag bellen voor het eind van de week." });
    gemeente.doe(&wie, Soort::CorrigeerInterneTaak, Some(taak.id), &invoer).map(drop)
}

/// A taak is done, often by an answer.
pub(super) fn handel_af(gemeente: &mut Gemeente, taak: Taak) -> Result<(), VullingError> {
    let door = teamlid(gemeente, taak);
    let mut invoer = json!({ "afsluittoelichting": ALLE[taak.draad.onderwerp].antwoord });
    let antwoord = if gemeente.random.chance(ANTWOORD_PERCENT) {
        let contact = contacten::beantwoord(gemeente, taak.draad, &door)?;
        invoer["klantcontact"] = json!(contact);
        Some(contact)
    } else {
        None
    };
    let becomes = ALLE[taak.draad.onderwerp].zaak && taak.draad.zaak.is_none() && !taak.heropend;
    if becomes && gemeente.random.chance(ZAAK_PERCENT) {
        invoer["zaak"] = zaak(gemeente.random.number());
    }
    gemeente.doe(&door.identity, Soort::MarkeerInterneTaakVerwerkt, Some(taak.id), &invoer)?;
    if !taak.heropend && gemeente.random.chance(HEROPEND_PERCENT) {
        let moment = gemeente.werkmoment(TimeDelta::hours(20), TimeDelta::days(6));
        gemeente.plan(moment, Stap::Heropen(taak));
    }
    antwoord.map_or(Ok(()), |contact| gemeente.laat_los(ObjectRef::klantcontact(contact)))
}

/// A taak was not done after all; it is done later.
pub(super) fn heropen(gemeente: &mut Gemeente, taak: Taak) -> Result<(), VullingError> {
    let wie = gemeente.kcc().identity;
    let invoer = json!({ "reden": "De klant belt dat het nog niet is opgelost." });
    gemeente.doe(&wie, Soort::HeropenInterneTaak, Some(taak.id), &invoer)?;
    let moment = gemeente.werkmoment(TimeDelta::hours(4), TimeDelta::days(8));
    gemeente.plan(moment, Stap::HandelAf(Taak { heropend: true, ..taak }));
    Ok(())
}
