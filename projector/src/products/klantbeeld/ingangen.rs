//! By what a klant is found who names no number of a register: its telephone numbers, e-mail
//! addresses and postcodes, in one spelling. A klant who asked for secrecy is not found by these.

use std::collections::BTreeSet;

use events::Objectsoort;
use read_side::klantzoeken::Ingangsoort;
use read_side::zoekterm;
use uuid::Uuid;

use super::super::bronnen::Bronnen;
use super::super::documents::{SOORTEN_EMAIL, SOORTEN_TELEFOON};
use super::super::table::{Rows, Table, text};
use crate::toestanden::PartijToestand;

pub(super) const KLANT_INGANGEN: Table = Table {
    name: "klant_ingangen",
    root: Objectsoort::Partij,
    root_column: "partij_id",
    key: &["soort", "waarde", "partij_id"],
    columns: &[("soort", "text"), ("waarde", "text"), ("partij_id", "uuid"), ("naam", "text")],
    feeds: None,
};

/// The rows of these klanten, which are loaded.
pub(super) fn rows(bronnen: &Bronnen<'_>, klanten: &BTreeSet<Uuid>) -> Rows {
    let mut rows = Rows::new(&KLANT_INGANGEN);
    for id in klanten {
        let Some((_, partij)) = bronnen.partij(*id) else { continue };
        let naam = partij.partij.weergavenaam().unwrap_or_default();
        let naam = zoekterm::naam(&naam);
        for (soort, waarde) in ingangen(partij) {
            rows.push([text(soort.code()), Some(waarde), text(id), text(&naam)]);
        }
    }
    rows
}

/// The entries of a partij, each once.
fn ingangen(partij: &PartijToestand) -> BTreeSet<(Ingangsoort, String)> {
    if partij.partij.indicatie_geheimhouding == Some(true) {
        return BTreeSet::new();
    }
    let of_soort = |soorten: &'static [&'static str]| {
        let adressen = partij.digitale_adressen.iter();
        adressen
            .filter(move |adres| soorten.contains(&adres.soort_digitaal_adres.as_str()))
            .map(|adres| adres.adres.as_str())
    };
    let plaatsen = [&partij.partij.bezoekadres, &partij.partij.correspondentieadres];
    let postcodes = plaatsen.into_iter().flatten().filter_map(|adres| adres.postcode.as_deref());
    let emails = of_soort(&SOORTEN_EMAIL)
        .filter_map(zoekterm::emailadres)
        .map(|waarde| (Ingangsoort::Email, waarde));
    let telefoons = of_soort(&SOORTEN_TELEFOON)
        .filter_map(zoekterm::telefoonnummer)
        .map(|waarde| (Ingangsoort::Telefoon, waarde));
    let postcodes =
        postcodes.filter_map(zoekterm::postcode).map(|waarde| (Ingangsoort::Postcode, waarde));
    emails.chain(telefoons).chain(postcodes).collect()
}
