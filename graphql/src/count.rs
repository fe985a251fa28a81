//! How many rows a whole list has; asked only when the answer shows it.

use async_graphql::Context;
use read_side::bewaaroverzicht::{self, BewaarFilter};
use read_side::contactgeschiedenis::{self, ContactFilter};
use read_side::klantbeeld::{self, KlantContactenFilter};
use read_side::werkvoorraad::{self, WerkvoorraadFilter};
use read_side::zaak_contacthistorie::{self, ZaakFilter};
use uuid::Uuid;

use crate::context::ContextExt;
use crate::error::ProductError;

/// How to count a list.
#[derive(Debug)]
pub(crate) enum Count {
    /// Already known.
    Known(i64),
    /// The contacts of a klant in its klantbeeld.
    KlantContacten(KlantContactenFilter),
    /// The open contactverzoeken of a klant that are not confidential.
    OpenContactverzoekenZonderVertrouwelijk { partij_id: Uuid },
    /// The contacts of a klant.
    Contactgeschiedenis { partij_id: Uuid, filter: ContactFilter },
    /// The contacts about a zaak.
    ZaakContacten(ZaakFilter),
    /// What is kept.
    Bewaaroverzicht(BewaarFilter),
    /// A work list.
    Werkvoorraad(WerkvoorraadFilter),
}

impl Count {
    /// Counts.
    pub(crate) async fn resolve(&self, ctx: &Context<'_>) -> Result<i64, ProductError> {
        let env = ctx.env()?;
        let pool = &env.pool;
        match self {
            Self::Known(count) => Ok(*count),
            Self::KlantContacten(filter) => {
                let count = klantbeeld::count_contacten(pool, *filter);
                env.run("klantbeeld: aantal contacten", count).await
            }
            Self::OpenContactverzoekenZonderVertrouwelijk { partij_id } => {
                let count = klantbeeld::count_open_zonder_vertrouwelijk(pool, *partij_id);
                env.run("klantbeeld: aantal contactverzoeken", count).await
            }
            Self::Contactgeschiedenis { partij_id, filter } => {
                let count = contactgeschiedenis::count(pool, *partij_id, filter);
                env.run("contactgeschiedenis: aantal", count).await
            }
            Self::ZaakContacten(filter) => {
                let count = zaak_contacthistorie::count(pool, filter);
                env.run("zaakContacthistorie: aantal", count).await
            }
            Self::Bewaaroverzicht(filter) => {
                env.run("bewaaroverzicht: aantal", bewaaroverzicht::count(pool, *filter)).await
            }
            Self::Werkvoorraad(filter) => {
                env.run("werkvoorraad: aantal", werkvoorraad::count(pool, filter)).await
            }
        }
    }
}
