//! By what a contactverzoek is found of somebody who is not known as partij: what was given for this
//! follow-up, and the numbers that are used in conversation.

use std::collections::BTreeSet;

use events::{InterneTaak, Objectsoort};
use read_side::losse_contactverzoeken::Taakingang;
use read_side::zoekterm;

use super::super::documents::{SOORTEN_EMAIL, SOORTEN_TELEFOON};
use super::super::table::{Rows, Table, text};
use crate::toestanden::KlantcontactToestand;

pub(super) const TAAK_INGANGEN: Table = Table {
    name: "taak_ingangen",
    root: Objectsoort::InterneTaak,
    root_column: "taak_id",
    key: &["soort", "waarde", "taak_id"],
    columns: &[
        ("soort", "text"),
        ("waarde", "text"),
        ("taak_id", "uuid"),
        ("vertrouwelijk", "boolean"),
        ("document", "json"),
    ],
    feeds: None,
};

/// Adds the rows of a taak with its document: none when a known partij asked, or when nobody did.
pub(super) fn add(
    rows: &mut Rows,
    taak: &InterneTaak,
    contact: &KlantcontactToestand,
    document: &str,
) {
    for (soort, waarde) in ingangen(taak, contact) {
        let vertrouwelijk = contact.klantcontact.vertrouwelijk;
        let (soort, taak) = (text(soort.code()), text(taak.id));
        rows.push([soort, Some(waarde), taak, text(vertrouwelijk), text(document)]);
    }
}

fn ingangen(taak: &InterneTaak, contact: &KlantcontactToestand) -> BTreeSet<(Taakingang, String)> {
    let Some(vrager) = contact.vrager().filter(|vrager| vrager.was_partij.is_none()) else {
        return BTreeSet::new();
    };
    let nummers = [&taak.nummer, &contact.klantcontact.nummer];
    let mut found: BTreeSet<(Taakingang, String)> =
        nummers.into_iter().map(|nummer| (Taakingang::Nummer, nummer.clone())).collect();
    let adressen = contact.digitale_adressen.iter();
    for adres in adressen.filter(|adres| adres.verstrekt_door_betrokkene == Some(vrager.id)) {
        let soort = adres.soort_digitaal_adres.as_str();
        if SOORTEN_EMAIL.contains(&soort) {
            found.extend(zoekterm::emailadres(&adres.adres).map(|it| (Taakingang::Email, it)));
        } else if SOORTEN_TELEFOON.contains(&soort) {
            found.extend(
                zoekterm::telefoonnummer(&adres.adres).map(|it| (Taakingang::Telefoon, it)),
            );
        }
    }
    found
}
