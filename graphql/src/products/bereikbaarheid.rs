//! Bereikbaarheid: by which channel and to which address is something sent to this klant?

use access::Rol;
use async_graphql::{Context, Object, Result};
use read_side::klantbeeld;

use crate::context::ContextExt;
use crate::error::ProductError;
use crate::policy;
use crate::types::bereikbaarheid::{Bereikbaarheid, Contactkanaal, Doel, RedenOnbereikbaar};
use crate::types::invoer::{Identificatie, ZaakRef};

const ROL: Rol = Rol::Outputmanagement;

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct BereikbaarheidQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, &[ROL])
}

#[Object]
impl BereikbaarheidQuery {
    /// Langs welk kanaal en naar welk adres een bericht aan deze klant gaat, of waarom er geen is.
    /// Een adres dat voor de zaak is opgegeven gaat voor, dan de voorkeur van de klant, dan het
    /// standaardadres van zijn soort, dan een ander adres. Voor de toepassing die berichten
    /// verstuurt (output management).
    #[graphql(visible = "is_visible")]
    async fn bereikbaarheid(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "De klant die het bericht krijgt.")] voor: Identificatie,
        #[graphql(desc = "De zaak waar het bericht over gaat.")] zaak: Option<ZaakRef>,
        #[graphql(desc = "De kanalen waarlangs het bericht kan; niets ingevuld = alle.")]
        toegestane_kanalen: Option<Vec<Contactkanaal>>,
    ) -> Result<Bereikbaarheid> {
        let env = ctx.env()?;
        policy::require(ctx.identity()?, ROL)?;
        let zaken = zaak.as_ref().map(ZaakRef::keys).transpose()?.unwrap_or_default();
        if toegestane_kanalen.as_ref().is_some_and(Vec::is_empty) {
            let detail = "Noem ten minste één kanaal, of laat toegestaneKanalen weg.";
            return Err(ProductError::invalid(detail).into());
        }
        let key = voor.key();
        let found = klantbeeld::documenten_by_key(&env.pool, &key);
        let found = env.run("bereikbaarheid", found).await?;
        let doel = Doel { zaken: &zaken, kanalen: toegestane_kanalen.as_deref() };
        Ok(match found.as_slice() {
            [] => Bereikbaarheid::none(RedenOnbereikbaar::Onbekend),
            [(partij, klant)] => {
                logboek::show(*partij);
                Bereikbaarheid::voor(klant, doel)
            }
            _ => Bereikbaarheid::none(RedenOnbereikbaar::MeerderePartijen),
        })
    }
}
