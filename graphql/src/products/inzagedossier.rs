//! Inzagedossier: what do we know about this person (AVG art. 15)? For a privacy officer who asked with
//! a reason, when somebody else approved. Who else is in it is not in the rows.

mod reactie;
mod regel;
mod verwerking;

use std::borrow::Cow;

use access::Rol;
use async_graphql::{Context, Enum, ID, Object, Result};
use read_side::inzagedossier::{self, DossierFilter, InzageverzoekDocument};
use read_side::{Page, PageRequest, Reader, Sleutel};

use self::reactie::Dossierreactie;
use self::regel::Dossierregel;
use self::verwerking::{Ontvangers, Verwerking};
use crate::connection::{Connection, Lijst, Node, Parts, page_request};
use crate::context::ContextExt;
use crate::count::Count;
use crate::loaders::Product;
use crate::policy;
use crate::types::actualiteit::Actualiteit;
use crate::types::invoer::parse_id;
use crate::types::scalar::DateTime;

const ROL: Rol = Rol::Privacyfunctionaris;

/// The root fields of this product.
#[derive(Debug, Default)]
pub(crate) struct InzagedossierQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, &[ROL])
}

/// Hoe ver een verzoek om inzage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inzagedossier::Inzagestatus")]
pub(crate) enum Inzagestatus {
    /// Nog niet beoordeeld.
    Aangevraagd,
    /// Een ander keurde het goed.
    Goedgekeurd,
    /// Een ander wees het af.
    Afgewezen,
}

/// Een deel van een dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inzagedossier::Dossierdeel")]
pub(crate) enum Dossierdeel {
    /// De klant zelf: namen, nummers, adressen, rekeningnummers, categorieën, notities.
    Gegevens,
    /// De contacten van de klant met alles wat erbij hoort, en de contactverzoeken die eruit voortkwamen.
    Contacten,
    /// Voor wie de klant optrad, en wie voor de klant optrad.
    Vertegenwoordigingen,
}

impl Dossierdeel {
    const fn lijst(self, alleen_actueel: bool) -> Lijst {
        Cow::Borrowed(match (self, alleen_actueel) {
            (Self::Gegevens, false) => "inzagedossier:GEGEVENS",
            (Self::Gegevens, true) => "inzagedossier:GEGEVENS:ACTUEEL",
            (Self::Contacten, false) => "inzagedossier:CONTACTEN",
            (Self::Contacten, true) => "inzagedossier:CONTACTEN:ACTUEEL",
            (Self::Vertegenwoordigingen, false) => "inzagedossier:VERTEGENWOORDIGINGEN",
            (Self::Vertegenwoordigingen, true) => "inzagedossier:VERTEGENWOORDIGINGEN:ACTUEEL",
        })
    }
}

#[Object]
impl InzagedossierQuery {
    /// De verzoeken om inzage, het nieuwste eerst: die van uzelf en die u kunt beoordelen. Aanvragen en
    /// beoordelen gebeurt in de bijhouding. Voor privacyfunctionarissen.
    #[graphql(visible = "is_visible")]
    async fn inzageverzoeken(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Alleen verzoeken die zo ver zijn.")] status: Option<Inzagestatus>,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Inzageverzoek>> {
        let env = ctx.env()?;
        policy::require(ctx.identity()?, ROL)?;
        let lijst: Lijst = Cow::Borrowed("inzageverzoeken");
        let request = page_request(&lijst, first, after.as_deref())?;
        let (reader, status) = (ctx.reader(ROL)?, status.map(Into::into));
        let page = inzagedossier::verzoeken(&reader, status, request);
        let page = env.run("inzageverzoeken", page).await?;
        let (count, product) = (Count::Inzageverzoeken(reader, status), Product::Inzagedossier);
        let parts = Parts { lijst, request, page, count, product };
        Ok(Connection::new(parts, Inzageverzoek::new))
    }

    /// Alles wat van één persoon of organisatie bekend is, met wat er eerder stond, wat ermee gedaan is
    /// en wie het kreeg. Wie er nog meer in voorkomt, staat er niet in. Leeg als u dit niet zelf hebt
    /// aangevraagd, als geen ander het goedkeurde, of als dat niet meer geldt. Voor
    /// privacyfunctionarissen.
    #[graphql(visible = "is_visible")]
    async fn inzagedossier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sleutel van het goedgekeurde verzoek.")] verzoek: ID,
    ) -> Result<Option<Inzagedossier>> {
        let (env, identity) = (ctx.env()?, ctx.identity()?);
        policy::require(identity, ROL)?;
        let Some(verzoek) = parse_id(&verzoek) else { return Ok(None) };
        let reader = ctx.dossier(verzoek)?;
        let open = inzagedossier::open(&reader, verzoek);
        let found = env.run("inzagedossier", open).await?;
        let found = found.filter(|found| policy::may_read(identity, found, env.now()));
        Ok(found.map(|document| Inzagedossier { verzoek: Inzageverzoek::new(document), reader }))
    }
}

/// A request for inzage.
#[derive(Debug)]
pub(crate) struct Inzageverzoek(InzageverzoekDocument);

impl Inzageverzoek {
    fn new(document: InzageverzoekDocument) -> Self {
        logboek::show(document.partij_id);
        Self(document)
    }
}

/// Een verzoek om te zien wat van één klant bekend is.
#[Object]
impl Inzageverzoek {
    /// Sleutel van het verzoek.
    async fn verzoek_id(&self) -> ID {
        self.0.verzoek_id.into()
    }

    /// Sleutel van de klant om wie het gaat.
    async fn klant_id(&self) -> ID {
        self.0.partij_id.into()
    }

    /// Waaronder het verzoek van de persoon elders bekend is.
    async fn kenmerk(&self) -> &str {
        &self.0.kenmerk
    }

    /// Waarom inzage nodig is.
    async fn reden(&self) -> &str {
        &self.0.reden
    }

    /// Hoe ver het is.
    async fn status(&self) -> Inzagestatus {
        self.0.status.into()
    }

    /// Wie het aanvroeg, zoals de inlog die persoon noemt; alleen die persoon kan het dossier lezen.
    async fn aangevraagd_door(&self) -> &str {
        &self.0.aangevraagd_door
    }

    /// Wanneer het is aangevraagd.
    async fn aangevraagd_op(&self) -> DateTime {
        self.0.aangevraagd_op.into()
    }

    /// Wie het goedkeurde of afwees.
    async fn beoordeeld_door(&self) -> Option<&str> {
        self.0.beoordeeld_door.as_deref()
    }

    /// Wanneer het is beoordeeld.
    async fn beoordeeld_op(&self) -> Option<DateTime> {
        self.0.beoordeeld_op.map(DateTime)
    }

    /// Tot wanneer het dossier te lezen is; leeg als het niet is goedgekeurd.
    async fn geldig_tot(&self) -> Option<DateTime> {
        self.0.geldig_tot.map(DateTime)
    }

    /// Of u het dossier nu kunt lezen.
    async fn te_lezen(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(policy::may_read(ctx.identity()?, &self.0, ctx.env()?.now()))
    }
}

impl Node for Inzageverzoek {
    const NAME: &'static str = "Inzageverzoek";
}

/// A dossier that the bearer may read.
#[derive(Debug)]
pub(crate) struct Inzagedossier {
    verzoek: Inzageverzoek,
    reader: Reader,
}

/// Alles wat van één klant bekend is. Vrije tekst is zoals zij is geschreven: kijk haar na op anderen
/// voordat u haar verstrekt.
#[Object]
impl Inzagedossier {
    /// Het verzoek op grond waarvan u dit leest.
    async fn verzoek(&self) -> &Inzageverzoek {
        &self.verzoek
    }

    /// Sleutel van de klant.
    async fn klant_id(&self) -> ID {
        self.verzoek.0.partij_id.into()
    }

    /// Wat is vastgelegd, in de volgorde waarin dat gebeurde: per gebeurtenis wat die over de klant zegt.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the interface")]
    async fn regels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Welk deel van het dossier.", default_with = "Dossierdeel::Gegevens")]
        over: Dossierdeel,
        #[graphql(
            desc = "Alleen wat nu nog geldt, zonder wat later is gewijzigd of verwijderd.",
            default = false
        )]
        alleen_actueel: bool,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Dossierregel>> {
        let env = ctx.env()?;
        let lijst = over.lijst(alleen_actueel);
        let request = page_request(&lijst, first, after.as_deref())?;
        let partij_id = self.verzoek.0.partij_id;
        let filter = DossierFilter { partij_id, deel: over.into(), alleen_actueel };
        let page = inzagedossier::regels(&self.reader, filter, request);
        let page = env.run("inzagedossier: regels", page).await?;
        let count = Count::Dossier(self.reader.clone(), filter);
        let parts = Parts { lijst, request, page, count, product: Product::Inzagedossier };
        let beleid = env.settings.vertrouwelijk.inzage;
        Ok(Connection::new(parts, |document| Dossierregel::new(document, beleid)))
    }

    /// Reacties in gesprekken van de klant waarbij niemand is genoemd, het oudste eerst. Wat de klant
    /// noemt, staat bij de contacten.
    async fn reacties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Dossierreactie>> {
        let env = ctx.env()?;
        let lijst: Lijst = Cow::Borrowed("inzagedossier.reacties");
        let request = page_request(&lijst, first, after.as_deref())?;
        let partij = self.verzoek.0.partij_id;
        let page = inzagedossier::reacties(&self.reader, partij, request);
        let page = env.run("inzagedossier: reacties", page).await?;
        let count = Count::Reacties(self.reader.clone(), partij);
        let parts = Parts { lijst, request, page, count, product: Product::Gesprekken };
        let beleid = env.settings.vertrouwelijk.inzage;
        Ok(Connection::new(parts, |document| Dossierreactie::new(document, beleid)))
    }

    /// Wat met gegevens van de klant is gedaan, het nieuwste eerst, zoals het logboek
    /// dataverwerkingen het heeft. Wie het deed, is alleen voor de audit.
    async fn verwerkingen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Verwerking>> {
        let lijst: Lijst = Cow::Borrowed("inzagedossier.verwerkingen");
        let request = page_request(&lijst, first, after.as_deref())?;
        let partij = self.verzoek.0.partij_id;
        let page = verwerkingen(ctx, partij, request).await?;
        let (count, product) = (Count::Verwerkingen(partij), Product::Inzagedossier);
        let parts = Parts { lijst, request, page, count, product };
        Ok(Connection::new(parts, Verwerking::new))
    }

    /// Wie gegevens van de klant kreeg, voor zover dat is vastgelegd.
    async fn ontvangers(&self, ctx: &Context<'_>) -> Result<Ontvangers> {
        let env = ctx.env()?;
        let found = logboek::ontvangers(&env.pool, self.verzoek.0.partij_id);
        Ok(Ontvangers(env.run("inzagedossier: ontvangers", found).await?))
    }

    /// Tot wanneer alles is verwerkt.
    async fn actualiteit(&self, ctx: &Context<'_>) -> Result<Actualiteit> {
        Ok(Actualiteit::load(ctx, Product::Inzagedossier).await?)
    }
}

/// A page of the processings: their place is a moment and the key of a span.
async fn verwerkingen(
    ctx: &Context<'_>,
    partij: uuid::Uuid,
    request: PageRequest,
) -> Result<Page<logboek::Verwerkingsregel>> {
    let env = ctx.env()?;
    let after = request.after.and_then(verwerking::place);
    let after = after.as_ref().map(|(moment, span)| (*moment, &span[..]));
    let found = logboek::verwerkingen(&env.pool, partij, after, request.limit());
    let found = env.run("inzagedossier: verwerkingen", found).await?;
    let first = usize::try_from(request.first).unwrap_or(usize::MAX);
    let has_next = found.len() > first;
    let keyed = |regel| -> (Sleutel, _) { (verwerking::sleutel(&regel), regel) };
    Ok(Page { rows: found.into_iter().take(first).map(keyed).collect(), has_next })
}
