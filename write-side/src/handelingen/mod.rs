//! The handelingen: per object what can be done with it. A handeling reads its input, decides, and
//! tells what happened; it never writes a table itself.

pub(crate) mod actor;
pub(crate) mod beheer_partij;
pub(crate) mod betrokkene;
pub(crate) mod bijlage;
pub(crate) mod digitaal_adres;
pub(crate) mod interne_taak;
pub(crate) mod inzage;
pub(crate) mod klantcontact;
mod nummer;
pub(crate) mod onderwerpobject;
pub(crate) mod partij;
pub(crate) mod partij_identificator;
pub(crate) mod referentielijst;
pub(crate) mod rekeningnummer;
mod vergrendeling;
pub(crate) mod vernietiging;
pub(crate) mod vertegenwoordiging;
pub(crate) mod wijzig_partij;
pub(crate) mod zaaksleutels;

pub(crate) use vergrendeling::weg;

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::Lezer;
use crate::uitvoering::{Uitvoering, niet_gevonden};

/// The end of a list of checks: go on, or refuse with every fault that was found.
pub(crate) fn zonder_fouten(fouten: Vec<Fout>) -> Result<(), HandelingError> {
    if fouten.is_empty() { Ok(()) } else { Err(HandelingError::Afgewezen(fouten)) }
}

/// Reports a list that names nothing.
pub(crate) fn minstens_een<T>(
    lezer: &mut Lezer<'_>,
    veld: &str,
    lijst: Option<&[T]>,
    wat: &'static str,
) {
    if lijst.is_some_and(<[T]>::is_empty) {
        lezer.fout_bij(veld, Foutcode::Required, format!("noem ten minste één {wat}"));
    }
}

/// Checks that actoren exist and are active (I04), and that none is named twice; `veld` is the list
/// that names them.
pub(crate) async fn check_actoren(
    uitvoering: &mut Uitvoering<'_>,
    veld: &str,
    ids: &[Uuid],
) -> Result<Vec<Fout>, HandelingError> {
    let known: BTreeMap<Uuid, bool> =
        uitvoering.register().lock_active(ids).await?.into_iter().collect();
    let mut fouten = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let veld = format!("{veld}[{index}]");
        match known.get(id) {
            None => fouten.push(niet_gevonden(veld)),
            Some(false) => fouten.push(Fout::new(
                veld,
                Foutcode::ActorNietActief,
                "deze actor is niet actief en kan niets nieuws krijgen",
            )),
            Some(true) if ids[..index].contains(id) => {
                let melding = "deze actor staat al in de lijst";
                fouten.push(Fout::new(veld, Foutcode::Conflict, melding));
            }
            Some(true) => {}
        }
    }
    Ok(fouten)
}
