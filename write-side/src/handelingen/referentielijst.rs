//! Keeping the reference lists: registering a value, correcting its name, and taking it in or out of
//! use (I16). One way for all lists; what a list has of its own stands in `lijsten`.

mod lijsten;

use chrono::NaiveDate;
use events::{Gebeurtenis, Gewijzigd, ObjectRef, Referentiewaarde};

pub(crate) use lijsten::{
    Categorieen, ExterneRegisters, Kanalen, Landen, SoortenDigitaalAdres, SoortenExternId,
    SoortenObject, Voorkeurstalen,
};

use super::vergrendeling::lock;
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::referentielijsten::Lijst;
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering};

/// The scope of changing the lists.
const BEHEREN: &str = "referentielijsten:beheren";
/// The scope of reading them.
pub(crate) const LEZEN: &str = "referentielijsten:lezen";

/// A list that is kept through the API.
pub(crate) trait Beheerd: 'static {
    /// The list.
    const LIJST: Lijst;
    /// What the operations call one value of it.
    const NAAM: &'static str;
    /// Where it is kept.
    const PADEN: Paden;
    /// Registering a value.
    type Registreer: Handeling;
    /// Correcting one.
    type Corrigeer: Handeling;
    /// Taking one into use again.
    type Activeer: Handeling;
    /// Taking one out of use.
    type Deactiveer: Handeling;
}

/// The paths of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paden {
    /// Its values.
    pub(crate) waarden: &'static str,
    /// One of them.
    pub(crate) waarde: &'static str,
    /// Corrections of one.
    pub(crate) correcties: &'static str,
    /// Taking one into use.
    pub(crate) activeringen: &'static str,
    /// Taking one out of use.
    pub(crate) deactiveringen: &'static str,
}

/// What a new value is.
#[derive(Debug, Default)]
struct Nieuw {
    code: String,
    naam: String,
    validatie: Option<String>,
    hoort_bij: Option<String>,
    ingangsdatum: Option<NaiveDate>,
    einddatum: Option<NaiveDate>,
}

async fn registreer(
    uitvoering: &mut Uitvoering<'_>,
    lijst: Lijst,
    nieuw: Nieuw,
) -> Result<(), HandelingError> {
    if let Some(bezet) = uitvoering.lijsten().code(lijst, &nieuw.code) {
        let melding = if bezet == nieuw.code {
            "deze code bestaat al".to_owned()
        } else {
            format!("deze code is een andere schrijfwijze van {bezet}")
        };
        return Err(Fout::new(code_veld(lijst), Foutcode::Unique, melding).into());
    }
    let waarde = Referentiewaarde {
        id: uitvoering.new_id(),
        lijst: lijst.naam().to_owned(),
        code: nieuw.code,
        naam: nieuw.naam,
        indicatie_actief: true,
        validatie: nieuw.validatie,
        hoort_bij: nieuw.hoort_bij,
        ingangsdatum: nieuw.ingangsdatum,
        einddatum: nieuw.einddatum,
    };
    check_periode(&waarde)?;
    let (id, object) = (waarde.id, ObjectRef::referentiewaarde(waarde.id));
    uitvoering.gebeurt(Gebeurtenis::ReferentiewaardeGeregistreerd(waarde)).await?;
    uitvoering.meld(Onderdeel { soort: "referentiewaarde", id, nummer: None, object });
    Ok(())
}

async fn corrigeer(
    uitvoering: &mut Uitvoering<'_>,
    change: impl FnOnce(&mut Referentiewaarde),
) -> Result<(), HandelingError> {
    let oud = lock::<Referentiewaarde>(uitvoering).await?;
    let mut nieuw = oud.clone();
    change(&mut nieuw);
    check_periode(&nieuw)?;
    if nieuw == oud {
        return Ok(());
    }
    let change = Gewijzigd { oud, nieuw };
    uitvoering.gebeurt(Gebeurtenis::ReferentiewaardeGecorrigeerd(change)).await
}

async fn activeer(uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
    let oud = lock::<Referentiewaarde>(uitvoering).await?;
    let today = uitvoering.vandaag();
    let einddatum = oud.einddatum.filter(|last| *last > today);
    let nieuw = Referentiewaarde { indicatie_actief: true, einddatum, ..oud.clone() };
    if nieuw == oud {
        return Ok(());
    }
    uitvoering.gebeurt(Gebeurtenis::ReferentiewaardeGeactiveerd(nieuw)).await
}

/// Takes a value out of use; a land with the last day on which it was one.
async fn deactiveer(
    uitvoering: &mut Uitvoering<'_>,
    einddatum: Option<NaiveDate>,
) -> Result<(), HandelingError> {
    let oud = lock::<Referentiewaarde>(uitvoering).await?;
    if !oud.indicatie_actief {
        return Ok(());
    }
    if einddatum.is_some_and(|last| last > uitvoering.vandaag()) {
        let melding = "deactiveren geldt meteen; leg een einde in de toekomst vast als correctie";
        return Err(Fout::new(EINDDATUM, Foutcode::Invalid, melding).into());
    }
    let einddatum = einddatum.or(oud.einddatum);
    let nieuw = Referentiewaarde { indicatie_actief: false, einddatum, ..oud };
    check_periode(&nieuw)?;
    uitvoering.gebeurt(Gebeurtenis::ReferentiewaardeGedeactiveerd(nieuw)).await
}

/// The field with the last day of a land.
const EINDDATUM: &str = "einddatumLand";

const fn code_veld(lijst: Lijst) -> &'static str {
    match lijst {
        Lijst::Land => "landcode",
        Lijst::Kanaal
        | Lijst::Taal
        | Lijst::SoortDigitaalAdres
        | Lijst::ExternRegister
        | Lijst::SoortObject
        | Lijst::SoortObjectId
        | Lijst::Categorie => "code",
    }
}

fn check_periode(waarde: &Referentiewaarde) -> Result<(), HandelingError> {
    match (waarde.ingangsdatum, waarde.einddatum) {
        (Some(first), Some(last)) if last < first => {
            let melding = "het einde ligt niet voor het begin";
            Err(Fout::new(EINDDATUM, Foutcode::Invalid, melding).into())
        }
        _ => Ok(()),
    }
}
