//! How fast an interne taak was done: a narrow row of one that is, to be counted.

use events::{Objectsoort, Taakstatus};
use read_side::werkdagen::{self, Termijn};

use super::super::bronnen::Bronnen;
use super::super::table::{Rows, Table, text};
use super::perioden::first_team;
use crate::products::Inrichting;
use crate::toestanden::{KlantcontactToestand, TaakToestand, Taakfeit};

pub(super) const AFGERONDE_TAKEN: Table = Table {
    name: "afgeronde_taken",
    root: Objectsoort::InterneTaak,
    root_column: "taak_id",
    key: &["taak_id"],
    columns: &[
        ("taak_id", "uuid"),
        ("dag", "date"),
        ("team", "uuid"),
        ("kanaal", "text"),
        ("handeling", "text"),
        ("uren", "double precision"),
        ("binnen_termijn", "boolean"),
        ("heropend", "boolean"),
    ],
    feeds: None,
};

/// Adds the row of a taak that is done. One that was passed on is not: another took its place.
pub(super) fn add(
    rows: &mut Rows,
    bronnen: &Bronnen<'_>,
    state: &TaakToestand,
    contact: Option<&KlantcontactToestand>,
    inrichting: &Inrichting,
) {
    let taak = &state.taak;
    let passed_on = state.verloop.last().is_some_and(|stap| stap.feit == Taakfeit::Doorgestuurd);
    let done = taak.afgehandeld_op.filter(|_| taak.status == Taakstatus::Verwerkt && !passed_on);
    let Some(op) = done else { return };
    let termijn: &Termijn = &inrichting.termijn;
    let contact = contact.map(|contact| &contact.klantcontact);
    let began = contact.map(|contact| contact.plaatsgevonden_op);
    rows.push([
        text(taak.id),
        text(werkdagen::dag(op)),
        first_team(bronnen, state).and_then(text),
        contact.and_then(|contact| text(&contact.kanaal)),
        inrichting.toegestaan.handeling(&taak.gevraagde_handeling).and_then(text),
        began.and_then(|began| text(termijn.uren(began, op))),
        began.and_then(|began| text(op <= termijn.streefdatum(began))),
        text(state.heropend()),
    ]);
}
