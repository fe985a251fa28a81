//! The numbers that people read aloud: drawn by the service, unique, never a key.

use crate::fout::HandelingError;
use crate::register::Reeks;
use crate::uitvoering::Uitvoering;

/// A new number for a partij.
pub(super) async fn partij(uitvoering: &mut Uitvoering<'_>) -> Result<String, HandelingError> {
    uitvoering.register().nummer(Reeks::Partij).await
}

/// A new number for a klantcontact.
pub(super) async fn klantcontact(
    uitvoering: &mut Uitvoering<'_>,
) -> Result<String, HandelingError> {
    uitvoering.register().nummer(Reeks::Klantcontact).await
}

/// A new number for an interne taak.
pub(super) async fn interne_taak(
    uitvoering: &mut Uitvoering<'_>,
) -> Result<String, HandelingError> {
    uitvoering.register().nummer(Reeks::InterneTaak).await
}
