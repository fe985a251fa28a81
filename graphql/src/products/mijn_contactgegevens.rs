//! MijnContactgegevens: how does the gemeente reach me?

use access::Rol;
use async_graphql::{Context, Object, Result};
use read_side::klantbeeld::{self, KlantDocument};

use crate::context::ContextExt;
use crate::loaders::Product;
use crate::policy;
use crate::types::actualiteit::Actualiteit;
use crate::types::adres::{DigitaalAdres, Postadres};
use crate::types::bereikbaarheid::{Contactkanaal, of_kanaal};
use crate::types::minimaal::{self, Objectversie};
use crate::types::zaak::shown;

const ROLLEN: &[Rol] = &[Rol::Burger];

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct MijnContactgegevensQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, ROLLEN)
}

#[Object]
impl MijnContactgegevensQuery {
    /// Hoe de gemeente u of uw organisatie bereikt, in de hoedanigheid waarin u bent ingelogd. Leeg
    /// als er niets over u is vastgelegd. Voor burgers en organisaties.
    #[graphql(visible = "is_visible")]
    async fn mijn_contactgegevens(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Wat u zojuist vastlegde: het antwoord bevat het, of zegt dat het nog niet \
                          is verwerkt."
        )]
        minimaal: Option<Vec<Objectversie>>,
    ) -> Result<Option<MijnContactgegevens>> {
        let env = ctx.env()?;
        let identity = ctx.identity()?;
        policy::admit(identity, ROLLEN)?;
        let key = policy::own_key(identity)?;
        minimaal::wait(ctx, (Product::Klantbeeld, Rol::Burger), minimaal).await?;
        let reader = ctx.reader(Rol::Burger)?;
        let found = klantbeeld::documenten_by_key(&reader, &key);
        let found = env.run("mijnContactgegevens", found).await?;
        Ok(found.into_iter().next().map(|(partij, document)| {
            logboek::show(partij);
            MijnContactgegevens(document)
        }))
    }
}

/// What is kept of the klant that is asking.
#[derive(Debug)]
pub(crate) struct MijnContactgegevens(KlantDocument);

/// Uw contactgegevens zoals de gemeente ze heeft.
#[Object]
impl MijnContactgegevens {
    /// Uw naam, of die van uw organisatie; leeg als die niet is vastgelegd.
    async fn naam(&self) -> Option<&str> {
        self.0.weergavenaam.as_deref()
    }

    /// Uw telefoonnummers.
    async fn telefoonnummers(&self) -> Vec<DigitaalAdres> {
        shown(&self.0.telefoonnummers, false)
    }

    /// Uw e-mailadressen.
    async fn emailadressen(&self) -> Vec<DigitaalAdres> {
        shown(&self.0.emailadressen, false)
    }

    /// Uw adressen op andere platforms.
    async fn overige_adressen(&self) -> Vec<DigitaalAdres> {
        shown(&self.0.overige_adressen, false)
    }

    /// Het kanaal waarlangs u het liefst wordt bereikt; leeg als u geen voorkeur hebt opgegeven.
    async fn voorkeurskanaal(&self) -> Option<Contactkanaal> {
        let preferred = |kanaal: &Contactkanaal| {
            of_kanaal(&self.0, *kanaal).iter().any(|adres| adres.is_voorkeur)
        };
        [Contactkanaal::Email, Contactkanaal::Telefoon, Contactkanaal::Overig]
            .into_iter()
            .find(preferred)
    }

    /// Taal die u het liefst hebt, volgens ISO 639-2/T.
    async fn voorkeurstaal(&self) -> Option<&str> {
        self.0.voorkeurstaal.as_deref()
    }

    /// Waar u post ontvangt.
    async fn correspondentieadres(&self) -> Option<Postadres> {
        self.0.correspondentieadres.as_ref().map(Postadres::from)
    }

    /// Of u om geheimhouding hebt gevraagd.
    async fn geheimhouding_opgegeven(&self) -> bool {
        self.0.afgeschermd
    }

    /// Hoe actueel dit antwoord is.
    async fn actualiteit(&self, ctx: &Context<'_>) -> Result<Actualiteit> {
        Ok(Actualiteit::load(ctx, Product::Klantbeeld).await?)
    }
}
