//! Keys of a partij in other registers, with the hierarchy of I11.

pub(crate) mod beheer;

use events::{Gebeurtenis, Identificator, ObjectRef, PartijIdentificator};
use uuid::Uuid;

use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::{Lezer, PartijIdentificatorInvoer, invoer};
use crate::register;
use crate::uitvoering::{Onderdeel, Uitvoering, niet_gevonden};

/// The kind of key that a vestigingsnummer lives under.
const KVK_NUMMER: &str = "kvk_nummer";
/// The kind of key that lives under another.
const VESTIGINGSNUMMER: &str = "vestigingsnummer";

invoer! {
    /// Sleutel van de partij in een ander register.
    pub struct PartijIdentificatorregel {
        /// De sleutel.
        pub partij_identificator: PartijIdentificatorInvoer = "partijIdentificator",
        /// De partij-identificator waarbinnen deze sleutel uniek is: voor een vestigingsnummer het
        /// KVK-nummer. Mag ontbreken als dat KVK-nummer in dezelfde lijst staat.
        pub sub_identificator_van: Option<Uuid> = "subIdentificatorVan",
    }
}

/// Faults within a list: two keys of one kind (I11).
pub(super) fn check_lijst(lezer: &mut Lezer<'_>, regels: Option<&[PartijIdentificatorregel]>) {
    let regels = regels.unwrap_or_default();
    for (index, regel) in regels.iter().enumerate() {
        let soort = &regel.partij_identificator.0.code_soort_object_id;
        let same = |other: &PartijIdentificatorregel| {
            other.partij_identificator.0.code_soort_object_id == *soort
        };
        if regels[..index].iter().any(same) {
            let veld = format!("partijIdentificatoren[{index}]");
            let melding = "een partij heeft van elke soort ten hoogste één identificator";
            lezer.fout_bij(&veld, Foutcode::Unique, melding);
        }
    }
}

/// A key whose parent is known.
#[derive(Debug)]
pub(super) struct Gekeurd {
    key: Identificator,
    parent: Parent,
}

#[derive(Debug)]
enum Parent {
    None,
    Registered(Uuid, Identificator),
    InSameList(Identificator),
}

/// Checks keys against the register: parents exist and are of the right kind, and nobody has the
/// key yet.
pub(super) async fn keur(
    uitvoering: &mut Uitvoering<'_>,
    regels: Vec<PartijIdentificatorregel>,
    fouten: &mut Vec<Fout>,
) -> Result<Vec<Gekeurd>, HandelingError> {
    let kvk = regels
        .iter()
        .map(|regel| &regel.partij_identificator.0)
        .find(|key| key.code_soort_object_id == KVK_NUMMER)
        .cloned();
    let mut gekeurd = Vec::new();
    for (index, regel) in regels.into_iter().enumerate() {
        let key = regel.partij_identificator.0;
        let veld = format!("partijIdentificatoren[{index}]");
        let parent = match regel.sub_identificator_van {
            Some(id) => match register::partij::load_identificator(uitvoering.conn()?, id).await? {
                Some(parent) => Parent::Registered(id, parent),
                None => {
                    fouten.push(niet_gevonden(format!("{veld}.subIdentificatorVan")));
                    continue;
                }
            },
            None if is_vestiging(&key) => kvk.clone().map_or(Parent::None, Parent::InSameList),
            None => Parent::None,
        };
        if let Some(fout) = hierarchy_fault(&veld, &key, &parent) {
            fouten.push(fout);
            continue;
        }
        let parent_id = match &parent {
            Parent::Registered(id, _) => Some(*id),
            Parent::None | Parent::InSameList(_) => None,
        };
        // Within a parent of the same list nothing can stand yet.
        let fresh = matches!(parent, Parent::InSameList(_));
        if !fresh && uitvoering.register().identificator_exists(&key, parent_id).await? {
            let melding = "deze identificator hoort al bij een geregistreerde partij";
            fouten.push(Fout::new(veld, Foutcode::Unique, melding));
            continue;
        }
        gekeurd.push(Gekeurd { key, parent });
    }
    Ok(gekeurd)
}

/// Whether a key lives under another.
fn is_vestiging(key: &Identificator) -> bool {
    key.code_soort_object_id == VESTIGINGSNUMMER
}

fn hierarchy_fault(veld: &str, key: &Identificator, parent: &Parent) -> Option<Fout> {
    let is_vestiging = is_vestiging(key);
    let melding = match parent {
        Parent::None if is_vestiging => {
            "een vestigingsnummer is uniek binnen een KVK-nummer: noem dat als subIdentificatorVan"
        }
        Parent::Registered(_, parent) if parent.code_soort_object_id != KVK_NUMMER => {
            "subIdentificatorVan moet een KVK-nummer zijn"
        }
        Parent::Registered(..) if !is_vestiging => {
            "alleen een vestigingsnummer is uniek binnen een andere identificator"
        }
        Parent::None | Parent::Registered(..) | Parent::InSameList(_) => return None,
    };
    let veld = format!("{veld}.subIdentificatorVan");
    Some(Fout::new(veld, Foutcode::SubIdentificatorVereist, melding))
}

/// Registers the keys of a partij.
pub(super) async fn registreer(
    uitvoering: &mut Uitvoering<'_>,
    partij: Uuid,
    mut gekeurd: Vec<Gekeurd>,
) -> Result<(), HandelingError> {
    // Parents before children; the order of the caller otherwise.
    gekeurd.sort_by_key(|item| matches!(item.parent, Parent::InSameList(_)));
    let mut kvk = None;
    for Gekeurd { key, parent } in gekeurd {
        let id = uitvoering.new_id();
        if key.code_soort_object_id == KVK_NUMMER {
            kvk = Some(id);
        }
        let (parent_id, parent_key) = match parent {
            Parent::None => (None, None),
            Parent::Registered(id, key) => (Some(id), Some(key)),
            Parent::InSameList(key) => (kvk, Some(key)),
        };
        let item = PartijIdentificator {
            id,
            identificeerde_partij: partij,
            partij_identificator: key,
            sub_identificator_van: parent_id,
            hoofdidentificator: parent_key,
        };
        uitvoering.gebeurt(Gebeurtenis::PartijIdentificatorGeregistreerd(item)).await?;
        let object = ObjectRef::partij(partij);
        uitvoering.meld(Onderdeel { soort: "partijIdentificator", id, nummer: None, object });
    }
    Ok(())
}
