//! What is counted of a klantcontact: what it is counted by, and what is measured. No person, no
//! text.

use std::collections::BTreeMap;

use events::{IndicatieJaNeeOnbekend, Objectsoort, SoortActor};
use read_side::analyse::{Toegestaan, is_code};
use read_side::contact::Richting;
use read_side::werkdagen;
use uuid::Uuid;

use super::super::bronnen::document;
use super::super::documents;
use super::super::table::{Rows, Table, text};
use crate::product::ProjectError;
use crate::toestanden::KlantcontactToestand;

pub(super) const CONTACTFEITEN: Table = Table {
    name: "contactfeiten",
    root: Objectsoort::Klantcontact,
    root_column: "klantcontact_id",
    key: &["klantcontact_id"],
    columns: &[
        ("klantcontact_id", "uuid"),
        ("dag", "date"),
        ("kanaal", "text"),
        ("richting", "text"),
        ("onderwerptype", "text"),
        ("team", "uuid"),
        ("metadata", "jsonb"),
        ("gespreksduur", "integer"),
        ("gelukt", "boolean"),
        ("opgelost", "boolean"),
    ],
    feeds: None,
};

/// The key of `metadata` that says how long a conversation took, in seconds.
const GESPREKSDUUR: &str = "gespreksduur";
/// Longest conversation that is believed, in seconds: a day.
const GESPREKSDUUR_MAX: i32 = 24 * 60 * 60;

/// Adds the row of a klantcontact.
pub(super) fn add(
    rows: &mut Rows,
    state: &KlantcontactToestand,
    led_to_taak: bool,
    toegestaan: &Toegestaan,
) -> Result<(), ProjectError> {
    let contact = &state.klantcontact;
    let richting = documents::richting(state, led_to_taak);
    let answers = state.onderwerpobjecten.iter().any(|it| it.onderwerp_was_klantcontact.is_some());
    let first = richting == Richting::Inkomend && !answers;
    let duur = contact.metadata.get(GESPREKSDUUR).and_then(|text| seconds(text));
    rows.push([
        text(contact.id),
        text(werkdagen::dag(contact.plaatsgevonden_op)),
        text(&contact.kanaal),
        text(richting.code()),
        contact.hoofd_onderwerp_type.as_deref().filter(|it| is_code(it)).and_then(text),
        team(state).and_then(text),
        text(document(&metadata(&contact.metadata, toegestaan))?),
        duur.and_then(text),
        gelukt(contact.indicatie_contact_gelukt).and_then(text),
        first.then_some(!led_to_taak).and_then(text),
    ]);
    Ok(())
}

fn team(state: &KlantcontactToestand) -> Option<Uuid> {
    let team = SoortActor::OrganisatorischeEenheid;
    state.actoren.iter().find(|it| it.soort_actor == team).map(|it| it.actor)
}

/// The keys that may be counted by, with values that can be codes.
fn metadata<'m>(
    metadata: &'m BTreeMap<String, String>,
    toegestaan: &Toegestaan,
) -> BTreeMap<&'m str, &'m str> {
    let allowed = metadata.iter().filter(|(key, _)| toegestaan.metadata.contains(*key));
    allowed.map(|(key, value)| (key.as_str(), value.trim())).filter(|(_, it)| is_code(it)).collect()
}

fn gelukt(indicatie: IndicatieJaNeeOnbekend) -> Option<bool> {
    match indicatie {
        IndicatieJaNeeOnbekend::Ja => Some(true),
        IndicatieJaNeeOnbekend::Nee => Some(false),
        IndicatieJaNeeOnbekend::Onbekend => None,
    }
}

/// A number of seconds; anything else says nothing.
fn seconds(text: &str) -> Option<i32> {
    text.trim().parse().ok().filter(|seconds| (0..=GESPREKSDUUR_MAX).contains(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_allowed_keys_with_short_values_are_taken() {
        let given = BTreeMap::from([
            ("gespreksresultaat".to_owned(), " beantwoord ".to_owned()),
            ("vraag".to_owned(), "Mag ik u iets vertellen?".to_owned()),
        ]);
        let found = metadata(&given, &Toegestaan::default());
        assert_eq!(found, BTreeMap::from([("gespreksresultaat", "beantwoord")]));
        let long = BTreeMap::from([("gespreksresultaat".to_owned(), "x".repeat(101))]);
        assert!(metadata(&long, &Toegestaan::default()).is_empty());
    }

    #[test]
    fn a_duration_that_cannot_be_is_none() {
        assert_eq!(
            (seconds(" 330 "), seconds("0"), seconds("86400")),
            (Some(330), Some(0), Some(86400))
        );
        for wrong in ["", "vijf", "-1", "86401", "5.5", "99999999999"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
