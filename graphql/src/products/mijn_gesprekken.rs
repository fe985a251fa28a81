//! MijnGesprekken: what did I ask, is there an answer?

use std::borrow::Cow;

use access::Rol;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use read_side::Page;
use read_side::contact::{ContactDocument, ZaakDocument};
use read_side::gesprekken::{
    self, BerichtenVraag, Besloten, GesprekDocument, GesprekFilter, Gespreksdeelnemer,
    Gespreksstatus as Status, Vertrouwelijkheid,
};
use read_side::klantbeeld;
use uuid::Uuid;

use crate::connection::{Connection, Lijst, Node, Parts, page_request};
use crate::context::ContextExt;
use crate::count::Count;
use crate::error::ProductError;
use crate::loaders::Product;
use crate::policy::{self, Zicht};
use crate::types::bericht::MijnBericht;
use crate::types::invoer::{Periode, Volgorde, ZaakRef, parse_id, parse_positie};
use crate::types::minimaal::{self, Objectversie};
use crate::types::scalar::DateTime;
use crate::types::zaak::{Objectverwijzing, Zaak};

pub(crate) const ROLLEN: &[Rol] = &[Rol::Burger];

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct MijnGesprekkenQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, ROLLEN)
}

/// Wie er in een gesprek aan zet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "read_side::gesprekken::Gespreksstatus")]
pub(crate) enum Gespreksstatus {
    /// Niemand, voor zover is vastgelegd: de gemeente heeft geantwoord of gedaan wat nodig was.
    Beantwoord,
    /// De gemeente: er is nog iets te doen, of een geschreven bericht nog niet beantwoord.
    WachtOpGemeente,
    /// De inwoner: de gemeente zocht contact en heeft nog niets gehoord.
    WachtOpInwoner,
}

/// Welke gesprekken u wilt zien; aan alles wat u invult moet een gesprek voldoen.
#[derive(Debug, Default, InputObject)]
pub(crate) struct MijnGesprekkenFilter {
    /// Alleen dit gesprek: de gesprekId uit een ander antwoord.
    gesprek: Option<ID>,
    /// Gesprekken waarvan het laatste bericht in dit tijdvak kwam.
    periode: Option<Periode>,
    /// Gesprekken met een bericht langs een van deze kanalen: codes uit de lijst van kanalen.
    kanaal: Option<Vec<String>>,
    /// Gesprekken met een van deze statussen.
    status: Option<Vec<Gespreksstatus>>,
    /// Gesprekken over deze zaak.
    zaak: Option<ZaakRef>,
    /// Alleen wat veranderde na deze plaats in de reeks gebeurtenissen: `actualiteit.positie` van een
    /// eerder antwoord. Wat uit de lijst verdween, staat er niet in.
    gewijzigd_sinds: Option<String>,
}

#[Object]
impl MijnGesprekkenQuery {
    /// Wat u de gemeente vroeg en wat zij u liet weten, als gesprekken: contacten die over elkaar gaan.
    /// Wie u bent, bepaalt de inlog. Voor burgers en organisaties.
    #[graphql(visible = "is_visible")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the interface")]
    async fn mijn_gesprekken(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Wat u zojuist vastlegde: het antwoord bevat het, of zegt dat het nog niet \
                          is verwerkt."
        )]
        minimaal: Option<Vec<Objectversie>>,
        #[graphql(desc = "Welke gesprekken.")] filter: Option<MijnGesprekkenFilter>,
        #[graphql(
            desc = "In welke volgorde: die van het laatste bericht.",
            default_with = "Volgorde::NieuwsteEerst"
        )]
        volgorde: Volgorde,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<MijnGesprek>> {
        let env = ctx.env()?;
        let identity = ctx.identity()?;
        policy::admit(identity, ROLLEN)?;
        let lijst = lijst(volgorde);
        let request = page_request(&lijst, first, after.as_deref())?;
        let key = policy::own_key(identity)?;
        minimaal::wait(ctx, (Product::Gesprekken, Rol::Burger), minimaal).await?;
        let reader = ctx.reader(Rol::Burger)?;
        let klant = klantbeeld::find_id(&reader, &key);
        // Nobody has the key of nobody: who is not known has no gesprekken.
        let klant = env.run("mijnGesprekken: klant", klant).await?.unwrap_or(Uuid::nil());
        let zicht = Zicht::burger(klant, env.settings.vertrouwelijk);
        let filter = row_filter(klant, filter.unwrap_or_default(), &zicht)?;
        let lezer = Gespreksdeelnemer { partij_id: klant, vertrouwelijk: filter.vertrouwelijk };
        let page = gesprekken::page(&reader, &filter, volgorde.into(), request);
        let page = env.run("mijnGesprekken", page).await?;
        let count = Count::Gesprekken(reader, filter);
        let parts = Parts { lijst, request, page, count, product: Product::Gesprekken };
        Ok(Connection::new(parts, |document| MijnGesprek { document, lezer, zicht: zicht.clone() }))
    }
}

fn lijst(volgorde: Volgorde) -> Lijst {
    Cow::Borrowed(match volgorde {
        Volgorde::NieuwsteEerst => "mijnGesprekken:NIEUWSTE_EERST",
        Volgorde::OudsteEerst => "mijnGesprekken:OUDSTE_EERST",
    })
}

fn row_filter(
    partij_id: Uuid,
    filter: MijnGesprekkenFilter,
    zicht: &Zicht,
) -> Result<GesprekFilter, ProductError> {
    let (vanaf, tot) = Periode::bounds(filter.periode.as_ref())?;
    let zaken = filter.zaak.as_ref().map(ZaakRef::keys).transpose()?.unwrap_or_default();
    let vertrouwelijk = zicht.filter(!zaken.is_empty());
    Ok(GesprekFilter {
        partij_id,
        // A key that is none is the key of nothing.
        gesprek_id: filter.gesprek.map(|id| parse_id(&id).unwrap_or(Uuid::nil())),
        vanaf,
        tot,
        kanalen: filter.kanaal.unwrap_or_default(),
        statussen: filter.status.unwrap_or_default().into_iter().map(Status::from).collect(),
        zaken,
        gewijzigd_sinds: parse_positie(filter.gewijzigd_sinds.as_deref())?,
        vertrouwelijk,
    })
}

/// A gesprek of the klant that is asking.
#[derive(Debug)]
pub(crate) struct MijnGesprek {
    document: GesprekDocument,
    lezer: Gespreksdeelnemer,
    zicht: Zicht,
}

impl MijnGesprek {
    fn bericht(&self, document: ContactDocument) -> MijnBericht {
        MijnBericht::new(document, &self.zicht, self.document.alleen)
    }

    /// What berichten tell, as far as it may be seen.
    fn visible<'d, T>(&self, verteld: &'d [Besloten<T>]) -> impl Iterator<Item = &'d T> {
        let visible = verteld.iter().filter(|one| !self.zicht.masks(one.vertrouwelijkheid));
        visible.map(|one| &one.waarde)
    }
}

/// Een gesprek tussen u en de gemeente: contacten die over elkaar gaan. Wat een ander schreef en wat u
/// niet mag inzien, hoort er voor u niet bij.
#[Object]
impl MijnGesprek {
    /// Sleutel van het gesprek. Zij verandert als een later contact twee gesprekken verbindt.
    async fn gesprek_id(&self) -> ID {
        self.document.gesprek_id.into()
    }

    /// Nummer van het eerste bericht, om in gesprek te noemen; geen sleutel.
    async fn kenmerk(&self) -> Option<&str> {
        Some(&self.document.eerste.nummer)
    }

    /// Onderwerp van het eerste bericht; leeg als dat vertrouwelijk is en u de inhoud niet mag zien.
    async fn onderwerp(&self) -> Option<&str> {
        let GesprekDocument { eerste, alleen, .. } = &self.document;
        let hoe = Vertrouwelijkheid::of(eerste, self.lezer.partij_id, *alleen);
        (!self.zicht.masks(hoe)).then_some(&eerste.onderwerp)
    }

    /// Langs welk kanaal het begon: een code uit de lijst van kanalen.
    async fn kanaal(&self) -> &str {
        &self.document.eerste.kanaal
    }

    /// Wanneer het begon.
    async fn gestart_op(&self) -> DateTime {
        self.document.eerste.op.into()
    }

    /// Wanneer het laatste bericht kwam.
    async fn laatste_bericht_op(&self) -> DateTime {
        self.document.laatste.op.into()
    }

    /// Wie er aan zet is.
    async fn status(&self) -> Gespreksstatus {
        self.document.status.into()
    }

    /// Aantal berichten.
    async fn aantal_berichten(&self) -> u32 {
        self.document.aantal_berichten
    }

    /// Het laatste bericht.
    async fn laatste_bericht(&self) -> MijnBericht {
        self.bericht(self.document.laatste.clone())
    }

    /// De berichten, het nieuwste eerst.
    async fn berichten(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<MijnBericht>> {
        let gesprek_id = self.document.gesprek_id;
        let lijst: Lijst = Cow::Owned(format!("mijnGesprekken.berichten:{gesprek_id}"));
        let request = page_request(&lijst, first, after.as_deref())?;
        let vraag = BerichtenVraag {
            gesprek_id,
            alleen: self.document.alleen,
            first: request.first,
            after: request.after,
        };
        let page = ctx.loaders()?.berichten.load_one((self.lezer, vraag)).await?;
        let page = page.unwrap_or(Page { rows: Vec::new(), has_next: false });
        let count = Count::Known(i64::from(self.document.aantal_berichten));
        let parts = Parts { lijst, request, page, count, product: Product::Gesprekken };
        Ok(Connection::new(parts, |document| self.bericht(document)))
    }

    /// De zaken waar het over gaat.
    async fn zaken(&self, ctx: &Context<'_>) -> Result<Vec<Zaak>> {
        let links: Vec<ZaakDocument> = self.visible(&self.document.zaken).cloned().collect();
        Ok(Zaak::load_for_klant(ctx, &links).await?)
    }

    /// De documenten die zijn meegegeven of ontstaan.
    async fn documenten(&self) -> Vec<Objectverwijzing> {
        self.visible(&self.document.documenten).map(Objectverwijzing::from).collect()
    }
}

impl Node for MijnGesprek {
    const NAME: &'static str = "MijnGesprek";
}
