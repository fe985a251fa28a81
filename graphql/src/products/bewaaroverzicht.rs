//! Bewaaroverzicht: what may go, and what is nobody's? For the archivist; no name, no text.

use std::borrow::Cow;

use access::Rol;
use async_graphql::{Context, Enum, ID, Object, Result};
use read_side::bewaaroverzicht::{self, BewaarDocument, BewaarFilter, Bewaartermijnen, MagWeg};

use crate::connection::{Connection, Lijst, Node, Parts, page_request};
use crate::context::ContextExt;
use crate::count::Count;
use crate::loaders::Product;
use crate::policy;
use crate::types::scalar::{Date, DateTime};

const ROL: Rol = Rol::Archivaris;

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct BewaaroverzichtQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, &[ROL])
}

/// Wat wordt bewaard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bewaaroverzicht::Bewaarsoort")]
pub(crate) enum Bewaarsoort {
    /// Een contact, met de contactverzoeken die eruit voortkwamen.
    Klantcontact,
    /// Een klant.
    Partij,
}

impl Bewaarsoort {
    const fn lijst(self) -> Lijst {
        Cow::Borrowed(match self {
            Self::Klantcontact => "bewaaroverzicht:KLANTCONTACT",
            Self::Partij => "bewaaroverzicht:PARTIJ",
        })
    }
}

#[Object]
impl BewaaroverzichtQuery {
    /// Wat wordt bewaard, wat het langst niet is gebruikt eerst, en vanaf wanneer het weg mag. Zonder
    /// namen en teksten. Vernietigen is een voorstel in de bijhouding, met drie personen. Voor
    /// archivarissen.
    #[graphql(visible = "is_visible")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the interface")]
    async fn bewaaroverzicht(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Wat voor object.")] soort: Bewaarsoort,
        #[graphql(desc = "Alleen wat op deze dag weg mag; zonder bewaartermijn is dat niets.")]
        peildatum: Option<Date>,
        #[graphql(desc = "Alleen met (true) of zonder (false) weesrisico.")] weesrisico: Option<
            bool,
        >,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Bewaarobject>> {
        let env = ctx.env()?;
        policy::require(ctx.identity()?, ROL)?;
        let lijst = soort.lijst();
        let request = page_request(&lijst, first, after.as_deref())?;
        let termijnen = env.settings.bewaartermijnen;
        let soort = soort.into();
        let termijn = termijnen.of(soort);
        let mag_weg = peildatum.map(|Date(op)| MagWeg { op, termijn });
        let filter = BewaarFilter { soort, mag_weg, wees: weesrisico };
        let reader = ctx.reader(ROL)?;
        let page = bewaaroverzicht::page(&reader, filter, request);
        let page = env.run("bewaaroverzicht", page).await?;
        let (count, product) = (Count::Bewaaroverzicht(reader, filter), Product::Bewaaroverzicht);
        let parts = Parts { lijst, request, page, count, product };
        Ok(Connection::new(parts, |document| Bewaarobject::new(document, soort, &termijnen)))
    }
}

/// Waarom iets wordt bewaard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Bewaargrond {
    /// Er moet nog een contactverzoek worden afgehandeld.
    OpenContactverzoek,
    /// Het hoort bij een zaak, en volgt de bewaartermijn daarvan.
    Zaak,
    /// De eigen bewaartermijn, gerekend vanaf het laatste gebruik.
    Termijn,
    /// Er is geen bewaartermijn ingesteld, of geen gebruik om vanaf te rekenen.
    Onbepaald,
}

/// Something that is kept.
#[derive(Debug)]
pub(crate) struct Bewaarobject {
    document: BewaarDocument,
    grond: Bewaargrond,
    vanaf: Option<Date>,
}

impl Bewaarobject {
    fn new(
        document: BewaarDocument,
        soort: bewaaroverzicht::Bewaarsoort,
        termijnen: &Bewaartermijnen,
    ) -> Self {
        if soort == bewaaroverzicht::Bewaarsoort::Partij {
            logboek::show(document.object_id);
        }
        let last = document.laatste_gebruik;
        let day = last.zip(termijnen.of(soort));
        let day = day.and_then(|(last, term)| bewaaroverzicht::vernietigen_vanaf(last, term));
        let (grond, vanaf) = match day {
            _ if document.open => (Bewaargrond::OpenContactverzoek, None),
            _ if document.zaak_gekoppeld => (Bewaargrond::Zaak, None),
            Some(day) => (Bewaargrond::Termijn, Some(Date(day))),
            None => (Bewaargrond::Onbepaald, None),
        };
        Self { document, grond, vanaf }
    }
}

/// Een object dat wordt bewaard.
#[Object]
impl Bewaarobject {
    /// Sleutel van het object: de contactId of de klantId.
    async fn object_id(&self) -> ID {
        self.document.object_id.into()
    }

    /// Nummer om in gesprek te noemen; geen sleutel.
    async fn nummer(&self) -> &str {
        &self.document.nummer
    }

    /// Wanneer het voor het laatst is gebruikt: het contact, of wat er daarna nog moest gebeuren; van
    /// een klant, het laatste van zijn contacten. Leeg als het nooit is gebruikt.
    async fn laatste_gebruik(&self) -> Option<DateTime> {
        self.document.laatste_gebruik.map(DateTime)
    }

    /// Of het bij een zaak hoort.
    async fn zaak_gekoppeld(&self) -> bool {
        self.document.zaak_gekoppeld
    }

    /// Waarom het wordt bewaard.
    async fn bewaargrond(&self) -> Bewaargrond {
        self.grond
    }

    /// Vanaf welke dag het weg mag; leeg als dat niet aan een eigen bewaartermijn ligt.
    async fn vernietigen_vanaf(&self) -> Option<Date> {
        self.vanaf
    }

    /// Of het van niemand is: een contact zonder bekende klant en zonder zaak, een klant zonder
    /// contacten.
    async fn weesrisico(&self) -> bool {
        self.document.wees
    }
}

impl Node for Bewaarobject {
    const NAME: &'static str = "Bewaarobject";
}
