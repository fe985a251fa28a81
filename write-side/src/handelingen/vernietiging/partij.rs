//! Destroying a partij: klantcontacten stay, and say no longer who took part.

use events::{
    Betrokkene, Gebeurtenis, Gewijzigd, ObjectRef, Partij, Vernietigd, Vernietigingsvoorstel,
    Vertegenwoordiging,
};
use uuid::Uuid;

use crate::fout::{Fout, Foutcode, HandelingError};
use crate::handelingen::vergrendeling::{Vergrendelbaar as _, lock_part};
use crate::register;
use crate::uitvoering::Uitvoering;

/// Destroys the partij; who referred to it is changed first.
pub(super) async fn vernietig(
    uitvoering: &mut Uitvoering<'_>,
    id: Uuid,
    voorstel: &Vernietigingsvoorstel,
) -> Result<(), HandelingError> {
    register::partij::lock_references(uitvoering.conn()?, id).await?;
    demand_no_children(uitvoering, id).await?;
    let object = ObjectRef::partij(id);
    uitvoering.meld_deel(Partij::SOORT, id, object);
    for contactpersoon in register::partij::contactpersonen(uitvoering.conn()?, id).await? {
        let found = lock_part::<Partij>(uitvoering, contactpersoon).await?;
        if let Some(oud) = found.filter(|oud| oud.werkte_voor_partij == Some(id)) {
            uitvoering.meld_deel(Partij::SOORT, contactpersoon, oud.object());
            let nieuw = Partij { werkte_voor_partij: None, ..oud.clone() };
            let event = Gewijzigd { oud, nieuw };
            uitvoering.gebeurt(Gebeurtenis::ContactpersoonGewijzigd(event)).await?;
        }
    }
    for item in register::partij::vertegenwoordigingen(uitvoering.conn()?, id).await? {
        if let Some(item) = lock_part::<Vertegenwoordiging>(uitvoering, item).await? {
            uitvoering.meld_deel(Vertegenwoordiging::SOORT, item.id, item.object());
            uitvoering.gebeurt(Gebeurtenis::VertegenwoordigingBeeindigd(item)).await?;
        }
    }
    for betrokkene in register::klantcontact::betrokkenen_van(uitvoering.conn()?, id).await? {
        anonymize(uitvoering, id, betrokkene).await?;
    }
    register::vernietiging::destroy_content(uitvoering.conn()?, object).await?;
    let event = Vernietigd {
        id,
        hoorde_bij: None,
        grond: voorstel.grond.clone(),
        besluit: voorstel.besluit.clone(),
    };
    uitvoering.gebeurt(Gebeurtenis::PartijVernietigd(event)).await
}

/// Keys of other partijen that live under one of this partij would lose their meaning.
async fn demand_no_children(
    uitvoering: &mut Uitvoering<'_>,
    partij: Uuid,
) -> Result<(), HandelingError> {
    let own = register::partij::load_identificatoren(uitvoering.conn()?, partij).await?;
    for key in &own {
        let children = register::partij::sub_identificatoren(uitvoering.conn()?, key.id).await?;
        if children.iter().any(|child| !own.iter().any(|key| key.id == *child)) {
            let melding = "andere partijen hebben een vestigingsnummer onder een sleutel van deze";
            return Err(Fout::new("id", Foutcode::SubIdentificatorInGebruik, melding).into());
        }
    }
    Ok(())
}

/// The betrokkene stays, without what one could know it by.
async fn anonymize(
    uitvoering: &mut Uitvoering<'_>,
    partij: Uuid,
    id: Uuid,
) -> Result<(), HandelingError> {
    let Some(found) = lock_part::<Betrokkene>(uitvoering, id).await? else {
        return Ok(());
    };
    if found.was_partij != Some(partij) {
        return Ok(());
    }
    uitvoering.meld_deel(Betrokkene::SOORT, id, found.object());
    let klantcontact = found.had_klantcontact;
    let betrokkene = Betrokkene {
        was_partij: None,
        contactnaam: None,
        organisatienaam: None,
        bezoekadres: None,
        correspondentieadres: None,
        ..found
    };
    register::vernietiging::destroy_betrokkene(uitvoering.conn()?, klantcontact, id).await?;
    uitvoering.gebeurt(Gebeurtenis::BetrokkeneGeanonimiseerd(betrokkene)).await
}
