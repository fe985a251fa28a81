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
    /// Een adres dat voor de zaak is opgegeven gaat voor, dan een dat eenmalig is opgegeven bij een
    /// contact over de zaak, dan de voorkeur van de klant, dan het standaardadres van zijn soort,
    /// dan een ander adres. Voor de toepassing die berichten verstuurt (output management).
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
        let zaken = match &zaak {
            Some(zaak) => zaak.all_keys(ctx).await?,
            None => Vec::new(),
        };
        if toegestane_kanalen.as_ref().is_some_and(Vec::is_empty) {
            let detail = "Noem ten minste één kanaal, of laat toegestaneKanalen weg.";
            return Err(ProductError::invalid(detail).into());
        }
        let key = voor.key();
        let reader = ctx.reader(ROL)?;
        let found = klantbeeld::documenten_by_key(&reader, &key);
        let found = env.run("bereikbaarheid", found).await?;
        let (klant_id, klant) = match found.as_slice() {
            [] => return Ok(Bereikbaarheid::none(RedenOnbereikbaar::Onbekend)),
            [(id, klant)] => (*id, klant),
            _ => return Ok(Bereikbaarheid::none(RedenOnbereikbaar::MeerderePartijen)),
        };
        logboek::show(klant_id);
        let eenmalig = if zaken.is_empty() {
            Vec::new()
        } else {
            let given = klantbeeld::eenmalig(&reader, klant_id, &zaken);
            env.run("bereikbaarheid: eenmalig", given).await?
        };
        let kanalen = toegestane_kanalen.as_deref();
        Ok(Bereikbaarheid::voor(klant, Doel { zaken: &zaken, eenmalig: &eenmalig, kanalen }))
    }
}
