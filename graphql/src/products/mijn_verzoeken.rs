//! MijnVerzoeken: which applications did I make, and what became of them? The contacts of
//! contactgeschiedenis, as far as they are forms.

use std::borrow::Cow;

use access::Rol;
use async_graphql::{Context, Enum, InputObject, Object, Result};
use read_side::contact::ContactDocument;
use read_side::contactgeschiedenis::{self, ContactFilter};
use read_side::klantbeeld;
use uuid::Uuid;

use crate::connection::{Connection, Lijst, Node, Parts, page_request};
use crate::context::ContextExt;
use crate::count::Count;
use crate::error::ProductError;
use crate::loaders::Product;
use crate::policy::{self, Zicht};
use crate::types::invoer::{Periode, Volgorde, parse_positie};
use crate::types::minimaal::{self, Objectversie};
use crate::types::verzoek::Verzoek;

pub(crate) const ROLLEN: &[Rol] = &[Rol::Burger];

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct MijnVerzoekenQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, ROLLEN)
}

/// Welke verzoeken u wilt zien; aan alles wat u invult moet een verzoek voldoen.
#[derive(Debug, Default, InputObject)]
pub(crate) struct MijnVerzoekenFilter {
    /// Ingediend in dit tijdvak.
    periode: Option<Periode>,
    /// Om dit product; hoofdletters tellen niet.
    product: Option<String>,
    /// Alleen wat veranderde na deze plaats in de reeks gebeurtenissen: `actualiteit.positie` van een
    /// eerder antwoord. Wat uit de lijst verdween, staat er niet in.
    gewijzigd_sinds: Option<String>,
}

#[Object]
impl MijnVerzoekenQuery {
    /// Uw verzoeken en aanvragen, en welke zaken eruit ontstonden. Wie u bent, bepaalt de inlog. Voor
    /// burgers en organisaties.
    #[graphql(visible = "is_visible")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the interface")]
    async fn mijn_verzoeken(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Wat u zojuist vastlegde: het antwoord bevat het, of zegt dat het nog niet \
                          is verwerkt."
        )]
        minimaal: Option<Vec<Objectversie>>,
        #[graphql(desc = "Welke verzoeken.")] filter: Option<MijnVerzoekenFilter>,
        #[graphql(desc = "In welke volgorde.", default_with = "Volgorde::NieuwsteEerst")]
        volgorde: Volgorde,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<MijnVerzoek>> {
        let env = ctx.env()?;
        let identity = ctx.identity()?;
        policy::admit(identity, ROLLEN)?;
        let lijst = lijst(volgorde);
        let request = page_request(&lijst, first, after.as_deref())?;
        let key = policy::own_key(identity)?;
        minimaal::wait(ctx, (Product::Contactgeschiedenis, Rol::Burger), minimaal).await?;
        let reader = ctx.reader(Rol::Burger)?;
        let klant = klantbeeld::find_id(&reader, &key);
        // Nobody has the key of nobody: who is not known has no verzoeken.
        let klant = env.run("mijnVerzoeken: klant", klant).await?.unwrap_or(Uuid::nil());
        let zicht = Zicht::burger(klant, env.settings.vertrouwelijk);
        let filter = row_filter(filter.unwrap_or_default(), &zicht)?;
        let page = contactgeschiedenis::page(&reader, klant, &filter, volgorde.into(), request);
        let page = env.run("mijnVerzoeken", page).await?;
        let product = Product::Contactgeschiedenis;
        let count = Count::Contactgeschiedenis(reader, klant, filter);
        let parts = Parts { lijst, request, page, count, product };
        Ok(Connection::new(parts, |document| MijnVerzoek::new(document, &zicht)))
    }
}

fn lijst(volgorde: Volgorde) -> Lijst {
    Cow::Borrowed(match volgorde {
        Volgorde::NieuwsteEerst => "mijnVerzoeken:NIEUWSTE_EERST",
        Volgorde::OudsteEerst => "mijnVerzoeken:OUDSTE_EERST",
    })
}

fn row_filter(filter: MijnVerzoekenFilter, zicht: &Zicht) -> Result<ContactFilter, ProductError> {
    let (vanaf, tot) = Periode::bounds(filter.periode.as_ref())?;
    Ok(ContactFilter {
        vanaf,
        tot,
        alleen_verzoeken: true,
        vertrouwelijk: zicht.filter(filter.product.is_some()),
        product: filter.product,
        gewijzigd_sinds: parse_positie(filter.gewijzigd_sinds.as_deref())?,
        ..ContactFilter::default()
    })
}

/// Wie een verzoek indiende.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Indiener {
    /// Uzelf.
    Uzelf,
    /// Iemand die voor u optrad.
    Vertegenwoordiger,
    /// Iemand met wie u het verzoek samen deed.
    Ander,
}

impl Indiener {
    /// Who sent the form, to the klant that is asking: one that acts for somebody else does so itself.
    fn of(document: &ContactDocument, zicht: &Zicht) -> Self {
        let own = |partij| zicht.is_self(partij);
        let mut deelnemers = document.deelnemers.iter();
        let (acted, began) = deelnemers.clone().filter(|deelnemer| own(deelnemer.partij_id)).fold(
            (false, false),
            |(acted, began), deelnemer| {
                (acted || deelnemer.vertegenwoordiger, began || deelnemer.initiator)
            },
        );
        let acted_for = deelnemers
            .clone()
            .any(|deelnemer| deelnemer.vertegenwoordiger && !own(deelnemer.partij_id));
        let others_began = deelnemers.any(|one| one.initiator && !own(one.partij_id));
        match (acted, acted_for, others_began && !began) {
            (true, _, _) | (false, false, false) => Self::Uzelf,
            (false, true, _) => Self::Vertegenwoordiger,
            (false, false, true) => Self::Ander,
        }
    }
}

/// A verzoek of the klant that is asking.
#[derive(Debug)]
pub(crate) struct MijnVerzoek {
    verzoek: Verzoek,
    namens: Option<String>,
    ingediend_door: Indiener,
}

impl MijnVerzoek {
    fn new(document: ContactDocument, zicht: &Zicht) -> Self {
        let mut own = document.deelnemers.iter().filter(|one| zicht.is_self(one.partij_id));
        Self {
            namens: own.find_map(|deelnemer| deelnemer.namens.clone()),
            ingediend_door: Indiener::of(&document, zicht),
            verzoek: Verzoek::new(document, zicht),
        }
    }
}

/// Een verzoek of aanvraag van u.
#[Object]
impl MijnVerzoek {
    #[graphql(flatten)]
    async fn verzoek(&self) -> &Verzoek {
        &self.verzoek
    }

    /// De organisatie waarvoor u het deed; leeg als u die niet hebt genoemd.
    async fn namens(&self) -> Option<&str> {
        self.namens.as_deref()
    }

    /// Wie het indiende.
    async fn ingediend_door(&self) -> Indiener {
        self.ingediend_door
    }
}

impl Node for MijnVerzoek {
    const NAME: &'static str = "MijnVerzoek";
}
