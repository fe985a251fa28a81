//! Destroying a klantcontact with all its parts and the interne taken that followed it.

use events::{
    Gebeurtenis, InterneTaak, Klantcontact, ObjectRef, Onderwerpobject, Vernietigd,
    Vernietigingsvoorstel,
};
use uuid::Uuid;

use super::vernietig_taak;
use crate::betrokken;
use crate::fout::HandelingError;
use crate::handelingen::onderwerpobject::beheer::{record_correction, record_removal};
use crate::handelingen::vergrendeling::{Vergrendelbaar as _, lock_part};
use crate::register;
use crate::uitvoering::Uitvoering;

/// Destroys the klantcontact; nothing of it may still be to do.
pub(super) async fn vernietig(
    uitvoering: &mut Uitvoering<'_>,
    id: Uuid,
    voorstel: &Vernietigingsvoorstel,
) -> Result<(), HandelingError> {
    let object = ObjectRef::klantcontact(id);
    uitvoering.meld_deel(Klantcontact::SOORT, id, object);
    // Afterwards the register no longer has who took part.
    betrokken::show(uitvoering.conn()?, &[object]).await?;
    for taak in register::interne_taak::of_klantcontact(uitvoering.conn()?, id).await? {
        if let Some(taak) = lock_part::<InterneTaak>(uitvoering, taak).await? {
            vernietig_taak(uitvoering, taak, voorstel).await?;
        }
    }
    for onderwerp in register::klantcontact::onderwerpen_over(uitvoering.conn()?, id).await? {
        forget(uitvoering, (id, onderwerp), voorstel).await?;
    }
    register::vernietiging::destroy_content(uitvoering.conn()?, object).await?;
    let event = Vernietigd {
        id,
        hoorde_bij: None,
        grond: voorstel.grond.clone(),
        besluit: voorstel.besluit.clone(),
    };
    uitvoering.gebeurt(Gebeurtenis::KlantcontactVernietigd(event)).await
}

/// Another klantcontact was about this one: it keeps what else it was about.
async fn forget(
    uitvoering: &mut Uitvoering<'_>,
    (klantcontact, onderwerp): (Uuid, Uuid),
    voorstel: &Vernietigingsvoorstel,
) -> Result<(), HandelingError> {
    let Some(oud) = lock_part::<Onderwerpobject>(uitvoering, onderwerp).await? else {
        return Ok(());
    };
    if oud.onderwerp_was_klantcontact != Some(klantcontact) {
        return Ok(());
    }
    uitvoering.meld_deel(Onderwerpobject::SOORT, oud.id, oud.object());
    if oud.onderwerpobjectidentificator.is_none() {
        return record_removal(uitvoering, oud).await;
    }
    let nieuw = Onderwerpobject { onderwerp_was_klantcontact: None, ..oud.clone() };
    record_correction(uitvoering, oud, nieuw, voorstel.grond.clone()).await
}
