//! What other products show of a klant: its name, and whether it is shielded.

use std::collections::BTreeSet;

use events::Objectsoort;
use uuid::Uuid;

use super::super::bronnen::Bronnen;
use super::super::table::{Rows, Table, text};

pub(super) const KLANT_NAMEN: Table = Table {
    name: "klant_namen",
    root: Objectsoort::Partij,
    root_column: "partij_id",
    key: &["partij_id"],
    columns: &[
        ("partij_id", "uuid"),
        ("soort", "text"),
        ("weergavenaam", "text"),
        ("afgeschermd", "boolean"),
    ],
    feeds: None,
};

/// The rows of these klanten, which are loaded.
pub(super) fn rows(bronnen: &Bronnen<'_>, klanten: &BTreeSet<Uuid>) -> Rows {
    let mut rows = Rows::new(&KLANT_NAMEN);
    for (id, (_, partij)) in klanten.iter().filter_map(|id| Some((id, bronnen.partij(*id)?))) {
        let partij = &partij.partij;
        rows.push([
            text(id),
            text(partij.soort_partij.code()),
            partij.weergavenaam(),
            text(partij.indicatie_geheimhouding == Some(true)),
        ]);
    }
    rows
}
