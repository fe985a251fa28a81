//! How many rows a whole list has; asked only when the answer shows it.

use async_graphql::Context;
use read_side::Reader;
use read_side::bewaaroverzicht::{self, BewaarFilter};
use read_side::contactgeschiedenis::{self, ContactFilter};
use read_side::gesprekken::{self, GesprekFilter, RondContact};
use read_side::inzagedossier::{self, DossierFilter, Inzagestatus};
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
    KlantContacten(Reader, KlantContactenFilter),
    /// The open contactverzoeken of a klant that are not confidential.
    OpenContactverzoekenZonderVertrouwelijk(Reader, Uuid),
    /// The contacts of a klant.
    Contactgeschiedenis(Reader, Uuid, ContactFilter),
    /// The contacts about a zaak.
    ZaakContacten(Reader, ZaakFilter),
    /// What is kept.
    Bewaaroverzicht(Reader, BewaarFilter),
    /// Requests for inzage.
    Inzageverzoeken(Reader, Option<Inzagestatus>),
    /// A part of a dossier.
    Dossier(Reader, DossierFilter),
    /// What names nobody in the gesprekken of a partij.
    Reacties(Reader, Uuid),
    /// The processings of data of a partij.
    Verwerkingen(Uuid),
    /// A work list.
    Werkvoorraad(Reader, WerkvoorraadFilter),
    /// The gesprekken of a klant.
    Gesprekken(Reader, GesprekFilter),
    /// The berichten around a klantcontact.
    RondContact(Reader, RondContact),
}

impl Count {
    /// Counts.
    pub(crate) async fn resolve(&self, ctx: &Context<'_>) -> Result<i64, ProductError> {
        let env = ctx.env()?;
        match self {
            Self::Known(count) => Ok(*count),
            Self::KlantContacten(reader, filter) => {
                let count = klantbeeld::count_contacten(reader, *filter);
                env.run("klantbeeld: aantal contacten", count).await
            }
            Self::OpenContactverzoekenZonderVertrouwelijk(reader, partij_id) => {
                let count = klantbeeld::count_open_zonder_vertrouwelijk(reader, *partij_id);
                env.run("klantbeeld: aantal contactverzoeken", count).await
            }
            Self::Contactgeschiedenis(reader, partij_id, filter) => {
                let count = contactgeschiedenis::count(reader, *partij_id, filter);
                env.run("contactgeschiedenis: aantal", count).await
            }
            Self::ZaakContacten(reader, filter) => {
                let count = zaak_contacthistorie::count(reader, filter);
                env.run("zaakContacthistorie: aantal", count).await
            }
            Self::Bewaaroverzicht(reader, filter) => {
                let count = bewaaroverzicht::count(reader, *filter);
                env.run("bewaaroverzicht: aantal", count).await
            }
            Self::Inzageverzoeken(reader, status) => {
                let count = inzagedossier::count_verzoeken(reader, *status);
                env.run("inzageverzoeken: aantal", count).await
            }
            Self::Dossier(reader, filter) => {
                let count = inzagedossier::count_regels(reader, *filter);
                env.run("inzagedossier: aantal", count).await
            }
            Self::Reacties(reader, partij_id) => {
                let count = inzagedossier::count_reacties(reader, *partij_id);
                env.run("inzagedossier: aantal reacties", count).await
            }
            Self::Verwerkingen(partij) => {
                let count = logboek::aantal(&env.pool, *partij);
                env.run("inzagedossier: aantal verwerkingen", count).await
            }
            Self::Werkvoorraad(reader, filter) => {
                env.run("werkvoorraad: aantal", werkvoorraad::count(reader, filter)).await
            }
            Self::Gesprekken(reader, filter) => {
                env.run("gesprekken: aantal", gesprekken::count(reader, filter)).await
            }
            Self::RondContact(reader, rond) => {
                let count = gesprekken::count_rond_contact(reader, *rond);
                env.run("gesprek: aantal berichten", count).await
            }
        }
    }
}
