//! What an event says of one klant. What it says of somebody else is left out: that somebody took part
//! stays, and who it was does not.

use std::collections::{BTreeMap, BTreeSet};

use events::{
    Betrokkene, DigitaalAdres, Envelope, Gebeurtenis, actor_events, interne_taak_events,
    inzage_events, partij_events, referentiewaarde_events, vernietigingsvoorstel_events,
    vertegenwoordiging_events, zaaksleutels_events,
};
use log_source::Herkomst;
use read_side::inzagedossier::{DossierDocument, Gegeven};
use serde_json::Value;
use uuid::Uuid;

use crate::product::ProjectError;

/// What stands in the place of somebody else.
const ANDER: &str = "een ander";
/// Fields that name a partij.
const PARTIJVELDEN: [&str; 5] = [
    "wasPartij",
    "vorigePartij",
    "werkteVoorPartij",
    "vertegenwoordigendePartij",
    "vertegenwoordigdePartij",
];
/// The field with the key of what an event tells of: it says nothing of anybody.
const SLEUTEL: &str = "id";
/// Fields that name actoren: who they are is looked up when the row is shown.
const ACTORVELDEN: [&str; 2] = ["actor", "toegewezenAanActoren"];

/// For whom a dossier is made.
#[derive(Debug)]
pub(super) struct Voor {
    /// The klant.
    pub(super) klant: Uuid,
    /// Of a klantcontact: the betrokkenen that the klant was.
    pub(super) betrokkenen: BTreeSet<Uuid>,
    /// Whether it is about a confidential klantcontact.
    pub(super) vertrouwelijk: bool,
}

impl Voor {
    /// For a klant, of what is not a klantcontact.
    pub(super) const fn klant(klant: Uuid) -> Self {
        Self { klant, betrokkenen: BTreeSet::new(), vertrouwelijk: false }
    }
}

/// One line.
#[derive(Debug)]
pub(super) struct Regel {
    pub(super) gebeurtenis_id: Uuid,
    pub(super) document: DossierDocument,
}

/// What an event is about, for one klant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// The klant, or what it was in contact about.
    Klant,
    /// Somebody else who took part.
    Ander,
    /// Somebody else, of whom it was said before; or nothing.
    Niets,
}

/// The lines of one object for one klant, in the order of its events.
pub(super) fn dossier(
    events: &[Envelope],
    herkomst: &BTreeMap<Uuid, Herkomst>,
    voor: &Voor,
) -> Result<Vec<Regel>, ProjectError> {
    let mut lines = Vec::new();
    for event in events {
        let over = over(&event.gebeurtenis, voor);
        if over == Over::Niets {
            continue;
        }
        let data = event.gebeurtenis.data().map_err(|error| ProjectError::event(event, error))?;
        let part = onderdeel(&event.gebeurtenis, &data);
        lines.push((part, regel(event, (over, &data), herkomst, voor)));
    }
    let mut later = BTreeSet::new();
    for (part, line) in lines.iter_mut().rev() {
        line.document.actueel &= later.insert(part.clone());
    }
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// The partijen of a vertegenwoordiging, as its events say.
pub(super) fn partijen(events: &[Envelope]) -> BTreeSet<Uuid> {
    use Gebeurtenis as G;
    let mut found = BTreeSet::new();
    for event in events {
        if let G::VertegenwoordigingGeregistreerd(pair) | G::VertegenwoordigingBeeindigd(pair) =
            &event.gebeurtenis
        {
            found.extend([pair.vertegenwoordigende_partij, pair.vertegenwoordigde_partij]);
        }
    }
    found
}

fn regel(
    event: &Envelope,
    (over, data): (Over, &Value),
    herkomst: &BTreeMap<Uuid, Herkomst>,
    voor: &Voor,
) -> Regel {
    let mut found = Gevonden { klant: voor.klant, gegevens: Vec::new(), actoren: Vec::new() };
    match over {
        Over::Klant => found.add("", data),
        Over::Ander => found.add("rol", &data["rol"]),
        Over::Niets => {}
    }
    let by = herkomst.get(&event.handeling_id);
    Regel {
        gebeurtenis_id: event.gebeurtenis_id,
        document: DossierDocument {
            gebeurtenis: event.gebeurtenis.soort().to_owned(),
            objectsoort: event.object.soort.code().to_owned(),
            object_id: event.object.id,
            versie: event.versie,
            op: event.tijdstip,
            handeling: by.map(|by| by.soort.clone()),
            toepassing: by.map(|by| by.toepassing.clone()),
            van_ander: over == Over::Ander,
            actueel: !is_einde(&event.gebeurtenis),
            vertrouwelijk: voor.vertrouwelijk,
            actoren: found.actoren,
            gegevens: found.gegevens,
        },
    }
}

fn of_betrokkene(betrokkene: &Betrokkene, voor: &Voor) -> bool {
    let other = betrokkene.was_partij.is_some_and(|partij| partij != voor.klant);
    voor.betrokkenen.contains(&betrokkene.id) && !other
}

fn of_adres(adres: &DigitaalAdres, voor: &Voor) -> Over {
    let own = adres.verstrekt_door_betrokkene.is_none_or(|id| voor.betrokkenen.contains(&id));
    if own { Over::Klant } else { Over::Niets }
}

/// Whom an event is about.
fn over(event: &Gebeurtenis, voor: &Voor) -> Over {
    use Gebeurtenis as G;
    let later = |own: bool| if own { Over::Klant } else { Over::Niets };
    match event {
        G::PartijVernietigd(_)
        | G::KlantcontactVernietigd(_)
        | G::InterneTaakVernietigd(_)
        | G::InhoudVernietigd(_) => Over::Niets,
        G::BetrokkeneBijKlantcontactGeregistreerd(betrokkene) => {
            if of_betrokkene(betrokkene, voor) { Over::Klant } else { Over::Ander }
        }
        G::BetrokkeneBijKlantcontactGewijzigd(change) => later(of_betrokkene(&change.nieuw, voor)),
        G::PartijAanBetrokkeneGekoppeld(betrokkene) | G::BetrokkeneGeanonimiseerd(betrokkene) => {
            later(of_betrokkene(betrokkene, voor))
        }
        G::PartijVanBetrokkeneOntkoppeld(event) => later(of_betrokkene(&event.betrokkene, voor)),
        G::BetrokkeneBijKlantcontactVerwijderd(event) => {
            later(of_betrokkene(&event.onderdeel, voor))
        }
        G::DigitaalAdresGeregistreerd(event)
        | G::DigitaalAdresGeverifieerd(event)
        | G::DigitaalAdresVerwijderd(event) => of_adres(&event.digitaal_adres, voor),
        G::DigitaalAdresGewijzigd(change) => of_adres(&change.nieuw, voor),
        G::KlantcontactGeregistreerd(_)
        | G::KlantcontactAangevuld(_)
        | G::KlantcontactGecorrigeerd(_)
        | G::ActorAanKlantcontactGekoppeld(_)
        | G::ActorVanKlantcontactOntkoppeld(_)
        | G::BijlageGeregistreerd(_)
        | G::BijlageGecorrigeerd(_)
        | G::BijlageVerwijderd(_)
        | G::OnderwerpobjectGeregistreerd(_)
        | G::OnderwerpobjectGecorrigeerd(_)
        | G::OnderwerpobjectVerwijderd(_)
        | G::ZaakGekoppeld(_)
        | G::ZaakOntkoppeld(_)
        | partij_events!()
        | interne_taak_events!()
        | vertegenwoordiging_events!() => Over::Klant,
        // Not in the life of a klant, its contacts or its taken.
        actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | zaaksleutels_events!()
        | inzage_events!() => Over::Niets,
    }
}

/// Whether something is no more after this.
const fn is_einde(event: &Gebeurtenis) -> bool {
    use Gebeurtenis as G;
    matches!(
        event,
        G::PartijIdentificatorVerwijderd(_)
            | G::DigitaalAdresVerwijderd(_)
            | G::RekeningnummerVerwijderd(_)
            | G::CategorieRelatieBeeindigd(_)
            | G::VertegenwoordigingBeeindigd(_)
            | G::ActorVanKlantcontactOntkoppeld(_)
            | G::BetrokkeneBijKlantcontactVerwijderd(_)
            | G::BijlageVerwijderd(_)
            | G::OnderwerpobjectVerwijderd(_)
            | G::ZaakOntkoppeld(_)
    )
}

/// Of which part of an object an event tells: its kind of part, and its key.
fn onderdeel(event: &Gebeurtenis, data: &Value) -> (&'static str, String) {
    use Gebeurtenis as G;
    const PLACES: [&str; 7] = [
        "/nieuw/id",
        "/id",
        "/onderdeel/id",
        "/digitaalAdres/id",
        "/betrokkene/id",
        "/klantcontact/id",
        "/interneTaak/id",
    ];
    if let G::ZaakGekoppeld(link) | G::ZaakOntkoppeld(link) = event {
        return ("zaak", link.onderwerpobject.to_string());
    }
    if let G::StandaardAdresAangewezen(event) = event {
        return ("standaard", event.soort_digitaal_adres.clone());
    }
    let key = PLACES.iter().find_map(|place| data.pointer(place)?.as_str());
    key.map_or_else(|| (event.soort(), String::new()), |key| ("", key.to_owned()))
}

/// What is found in the data of an event.
#[derive(Debug)]
struct Gevonden {
    klant: Uuid,
    gegevens: Vec<Gegeven>,
    actoren: Vec<Uuid>,
}

impl Gevonden {
    /// Adds what stands at a place: every value that is filled, by its path. What was so before is in
    /// an earlier line.
    fn add(&mut self, path: &str, value: &Value) {
        let name = path.rsplit('.').next().unwrap_or_default();
        if ACTORVELDEN.contains(&name) {
            return self.add_actoren(value);
        }
        match value {
            Value::Null => {}
            Value::Object(fields) => {
                for (field, value) in fields.iter().filter(|(field, _)| *field != "oud") {
                    match (path, field.as_str()) {
                        (_, "nieuw") => self.add(path, value),
                        ("", field) => self.add(field, value),
                        (path, field) => self.add(&format!("{path}.{field}"), value),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add(path, item)),
            Value::String(text) if text.is_empty() || name == SLEUTEL => {}
            Value::String(text) if PARTIJVELDEN.contains(&name) => {
                let own = Uuid::try_parse(text) == Ok(self.klant);
                self.gegeven(path, if own { text } else { ANDER });
            }
            Value::String(text) => self.gegeven(path, text),
            Value::Bool(_) | Value::Number(_) => self.gegeven(path, &value.to_string()),
        }
    }

    fn gegeven(&mut self, naam: &str, waarde: &str) {
        self.gegevens.push(Gegeven { naam: naam.to_owned(), waarde: waarde.to_owned() });
    }

    fn add_actoren(&mut self, value: &Value) {
        let listed = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let keys = listed.iter().filter_map(|key| Uuid::try_parse(key.as_str()?).ok());
        self.actoren.extend(keys);
    }
}
