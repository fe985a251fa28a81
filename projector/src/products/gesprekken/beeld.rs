//! A gesprek as each klant that takes part in it may know it: pure.

use std::collections::{BTreeMap, BTreeSet};

use events::Objectsoort;
use read_side::contact::{ContactDocument, ObjectDocument, ZaakDocument};
use read_side::contactgeschiedenis::VertrouwelijkFilter;
use read_side::gesprekken::{
    Besloten, GesprekDocument, Gespreksstatus, Herkomst, Vertrouwelijkheid,
};
use uuid::Uuid;

use super::super::bronnen::document;
use super::super::table::{Rows, Table, list, moment, text};
use crate::product::ProjectError;

/// Channels on which one talks with somebody, or something, that answers at once: what is still to be
/// done after that is a contactverzoek.
const KANALEN_GESPROKEN: [&str; 4] = ["telefoon", "balie", "chatbot", "keukentafelgesprek"];

pub(super) const GESPREKKEN: Table = Table {
    name: "gesprekken",
    root: Objectsoort::Klantcontact,
    root_column: "gesprek_id",
    key: &["partij_id", "gesprek_id", "vertrouwelijk"],
    columns: &[
        ("partij_id", "uuid"),
        ("gesprek_id", "uuid"),
        ("vertrouwelijk", "text[]"),
        ("laatste_bericht_op", "timestamptz"),
        ("status", "text"),
        ("kanalen", "text[]"),
        ("zaken", "text[]"),
        ("gewijzigd", "bigint"),
        ("document", "json"),
    ],
    feeds: None,
};

/// A klantcontact in a gesprek.
#[derive(Debug)]
pub(super) struct Lid {
    pub(super) document: ContactDocument,
    /// The known partijen that took part.
    pub(super) partijen: BTreeSet<Uuid>,
    /// Whether one of them took part for itself, and nobody else did.
    pub(super) alleen_klant: bool,
    /// Whether a klant may read it: one of its partijen or, when it has none, all in the gesprek.
    pub(super) voor_klant: bool,
    /// The keys of its zaken.
    pub(super) zaken: BTreeSet<String>,
    /// Place in the log of its last change.
    pub(super) gewijzigd: i64,
}

/// A bericht that a klant may read.
type Bericht<'l> = (Vertrouwelijkheid, &'l Lid);

/// Adds the rows of a gesprek: one for each klant that takes part in it and each way of leaving out
/// confidential berichten, as far as these differ.
pub(super) fn add(
    rows: &mut Rows,
    gesprek_id: Uuid,
    mut leden: Vec<&Lid>,
) -> Result<(), ProjectError> {
    leden.sort_by_key(|lid| (lid.document.op, lid.document.klantcontact_id));
    let deelnemers: BTreeSet<Uuid> = leden.iter().flat_map(|lid| &lid.partijen).copied().collect();
    let alleen = deelnemers.len() == 1;
    let mut per_deelnemer: BTreeMap<Uuid, Vec<Bericht<'_>>> = BTreeMap::new();
    for lid in leden.into_iter().filter(|lid| lid.voor_klant) {
        let lezers = if lid.partijen.is_empty() { &deelnemers } else { &lid.partijen };
        for partij in lezers {
            let hoe = Vertrouwelijkheid::of(&lid.document, *partij, alleen);
            per_deelnemer.entry(*partij).or_default().push((hoe, lid));
        }
    }
    for (partij, berichten) in per_deelnemer {
        for (filters, berichten) in per_filter(&berichten) {
            // Who has no bericht of its own in it that it may know of takes no part in it.
            if berichten.iter().any(|(_, lid)| lid.partijen.contains(&partij)) {
                add_row(rows, (partij, filters), (gesprek_id, alleen), &berichten)?;
            }
        }
    }
    Ok(())
}

/// The berichten that are left by each way of leaving out confidential ones; ways that leave the same
/// stand together.
fn per_filter<'l>(berichten: &[Bericht<'l>]) -> Vec<(Vec<VertrouwelijkFilter>, Vec<Bericht<'l>>)> {
    let mut found: Vec<(Vec<VertrouwelijkFilter>, Vec<Bericht<'l>>)> = Vec::new();
    for filter in VertrouwelijkFilter::ALLE {
        let left: Vec<_> =
            berichten.iter().filter(|(hoe, _)| filter.laat_toe(*hoe)).copied().collect();
        match found.last_mut() {
            // Each leaves out more than the one before it.
            Some((filters, same)) if same.len() == left.len() => filters.push(filter),
            Some(_) | None => found.push((vec![filter], left)),
        }
    }
    found
}

fn add_row(
    rows: &mut Rows,
    (partij, filters): (Uuid, Vec<VertrouwelijkFilter>),
    (gesprek_id, alleen): (Uuid, bool),
    berichten: &[Bericht<'_>],
) -> Result<(), ProjectError> {
    let (Some((_, eerste)), Some((_, laatste))) = (berichten.first(), berichten.last()) else {
        return Ok(());
    };
    let kanalen: BTreeSet<&str> =
        berichten.iter().map(|(_, lid)| lid.document.kanaal.as_str()).collect();
    let zaken: BTreeSet<&String> = berichten.iter().flat_map(|(_, lid)| &lid.zaken).collect();
    let contacten: Vec<&ContactDocument> = berichten.iter().map(|(_, lid)| &lid.document).collect();
    let getoond = GesprekDocument {
        gesprek_id,
        status: status(&contacten),
        aantal_berichten: u32::try_from(berichten.len()).unwrap_or(u32::MAX),
        alleen,
        eerste: eerste.document.clone(),
        laatste: laatste.document.clone(),
        zaken: elk_een_keer(berichten, |contact| &contact.zaken, zaaksleutel),
        documenten: elk_een_keer(berichten, |contact| &contact.documenten, objectsleutel),
    };
    rows.push([
        text(partij),
        text(gesprek_id),
        list(filters.into_iter().map(VertrouwelijkFilter::code)),
        moment(laatste.document.op),
        text(getoond.status.code()),
        list(kanalen),
        list(zaken),
        text(berichten.iter().map(|(_, lid)| lid.gewijzigd).max().unwrap_or_default()),
        text(document(&getoond)?),
    ]);
    Ok(())
}

fn zaaksleutel(zaak: &ZaakDocument) -> [Option<&str>; 2] {
    [zaak.uuid.as_deref(), zaak.identificatie.as_deref()]
}

fn objectsleutel(object: &ObjectDocument) -> [&str; 4] {
    [&object.soort, &object.soort_id, &object.id, &object.register]
}

/// What berichten tell, each thing once: as that of the least confidential bericht that tells it.
fn elk_een_keer<'l, T: Clone + 'l, K: Ord>(
    berichten: &[Bericht<'l>],
    verteld: impl Fn(&'l ContactDocument) -> &'l [T],
    sleutel: impl Fn(&'l T) -> K,
) -> Vec<Besloten<T>> {
    let mut berichten = berichten.to_vec();
    // Stable: the oldest first of those that are as confidential.
    berichten.sort_by_key(|(vertrouwelijkheid, _)| *vertrouwelijkheid);
    let mut gezien = BTreeSet::new();
    let mut found: Vec<Besloten<T>> = Vec::new();
    for (vertrouwelijkheid, lid) in berichten {
        let nieuw = verteld(&lid.document).iter().filter(|waarde| gezien.insert(sleutel(waarde)));
        found.extend(nieuw.map(|waarde| Besloten { vertrouwelijkheid, waarde: waarde.clone() }));
    }
    found
}

/// Whose turn it is, by berichten from the oldest to the newest:
///
/// - that of the gemeente as long as a contactverzoek is open;
/// - else the last bericht decides of which it is known where it comes from; an attempt of the gemeente
///   that failed is none. From the gemeente: answered, unless a klant has not been heard yet. From a
///   klant: that of the gemeente, unless it was answered in the contact itself, on a channel on which one
///   talks, or by a contactverzoek that was handled;
/// - nobody's when nothing is known.
fn status(berichten: &[&ContactDocument]) -> Gespreksstatus {
    let open = |contact: &&ContactDocument| contact.contactverzoeken.iter().any(|taak| taak.open);
    if berichten.iter().any(open) {
        return Gespreksstatus::WachtOpGemeente;
    }
    for contact in berichten.iter().rev() {
        match Herkomst::of(contact) {
            Herkomst::Gemeente if contact.gelukt == Some(false) => {}
            Herkomst::Gemeente => {
                let heard = berichten.iter().any(|one| Herkomst::of(one) == Herkomst::Klant);
                return match heard {
                    true => Gespreksstatus::Beantwoord,
                    false => Gespreksstatus::WachtOpInwoner,
                };
            }
            Herkomst::Klant => {
                let answered = contact.antwoord.is_some()
                    || KANALEN_GESPROKEN.contains(&contact.kanaal.as_str())
                    || !contact.contactverzoeken.is_empty();
                return match answered {
                    true => Gespreksstatus::Beantwoord,
                    false => Gespreksstatus::WachtOpGemeente,
                };
            }
            Herkomst::Onbekend => {}
        }
    }
    Gespreksstatus::Beantwoord
}
