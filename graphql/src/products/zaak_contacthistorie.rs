//! ZaakContacthistorie: which contacts were about this zaak?

use std::borrow::Cow;

use access::{Identity, Rol};
use async_graphql::{Context, Object, Result};
use read_side::Reader;
use read_side::contact::ContactDocument;
use read_side::zaak_contacthistorie::{self, ZaakFilter};
use read_side::{Page, PageRequest};

use crate::connection::{Connection, Extra, Lijst, Parts, page_request};
use crate::context::{ContextExt, Env};
use crate::count::Count;
use crate::eigen;
use crate::error::ProductError;
use crate::loaders::Product;
use crate::policy::{self, Zicht};
use crate::types::adres::DigitaalAdres;
use crate::types::contact::Contact;
use crate::types::contactverzoek::Vervolgtaak;
use crate::types::invoer::{Periode, Volgorde, ZaakRef, parse_positie};
use crate::types::minimaal::{self, Objectversie};

const ROLLEN: &[Rol] = &[Rol::Behandelaar];

/// How many keys a zaak has.
const SLEUTELS: usize = 2;
/// The source that is missing when only one of them is known.
const ZAKEN: &str = "zaken";

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct ZaakContacthistorieQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, ROLLEN)
}

#[Object]
impl ZaakContacthistorieQuery {
    /// De contacten over één zaak, met wie dan ook, ook met wie niet is geverifieerd. Een zaak waar
    /// u niet aan werkt, is voor u een zaak zonder contacten. Voor behandelaars.
    #[graphql(visible = "is_visible")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the interface")]
    async fn zaak_contacthistorie(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "De zaak.")] zaak: ZaakRef,
        #[graphql(
            desc = "Wat u zojuist vastlegde: het antwoord bevat het, of zegt dat het nog niet \
                          is verwerkt."
        )]
        minimaal: Option<Vec<Objectversie>>,
        #[graphql(desc = "Contacten in dit tijdvak.")] periode: Option<Periode>,
        #[graphql(desc = "Contacten langs een van deze kanalen: codes uit de lijst van kanalen.")]
        kanaal: Option<Vec<String>>,
        #[graphql(desc = "Alleen wat veranderde na deze plaats in de reeks gebeurtenissen: \
                          actualiteit.positie van een eerder antwoord.")]
        gewijzigd_sinds: Option<String>,
        #[graphql(desc = "In welke volgorde.", default_with = "Volgorde::NieuwsteEerst")]
        volgorde: Volgorde,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Contact, ZaakExtra>> {
        let env = ctx.env()?;
        let publiek = policy::admit(ctx.identity()?, ROLLEN)?;
        let zicht = eigen::employee(ctx, publiek).await?;
        let lijst = lijst(volgorde);
        let request = page_request(&lijst, first, after.as_deref())?;
        let (vanaf, tot) = Periode::bounds(periode.as_ref())?;
        let filter = ZaakFilter {
            zaken: own_keys(ctx.eigen().await?.identity(), zaak.all_keys(ctx).await?),
            vanaf,
            tot,
            kanalen: kanaal.unwrap_or_default(),
            gewijzigd_sinds: parse_positie(gewijzigd_sinds.as_deref())?,
            zonder_vertrouwelijk: zicht.hides(),
        };
        minimaal::wait(ctx, (Product::ZaakContacthistorie, publiek.rol()), minimaal).await?;
        let reader = ctx.reader(publiek.rol())?;
        let page = read_page((env, &reader), &filter, volgorde, request).await?;
        let extra = ZaakExtra::new(&reader, &filter, &page, &zicht);
        let product = Product::ZaakContacthistorie;
        let count = Count::ZaakContacten(reader, filter);
        let parts = Parts { lijst, request, page, count, product };
        Ok(Connection::with_extra(parts, |document| Contact::new(document, zicht.clone()), extra))
    }
}

fn lijst(volgorde: Volgorde) -> Lijst {
    Cow::Borrowed(match volgorde {
        Volgorde::NieuwsteEerst => "zaakContacthistorie:NIEUWSTE_EERST",
        Volgorde::OudsteEerst => "zaakContacthistorie:OUDSTE_EERST",
    })
}

/// The keys of a zaak that are in the token, or of the same zaak as one that is. Another key is not
/// read: nothing says that it is of that zaak.
fn own_keys(identity: &Identity, keys: Vec<String>) -> Vec<String> {
    keys.into_iter().filter(|key| identity.works_on(key)).collect()
}

/// Without a key nothing can fit; the statement is run all the same, so that a zaak that is not
/// one's own takes as long as one that does not exist.
async fn read_page(
    (env, reader): (&Env, &Reader),
    filter: &ZaakFilter,
    volgorde: Volgorde,
    request: PageRequest,
) -> Result<Page<ContactDocument>, ProductError> {
    let page = zaak_contacthistorie::page(reader, filter, volgorde.into(), request);
    env.run("zaakContacthistorie", page).await
}

/// What this connection has beyond its contacts.
#[derive(Debug)]
pub(crate) struct ZaakExtra {
    reader: Reader,
    zaken: Vec<String>,
    contacten: Vec<Contact>,
}

impl ZaakExtra {
    fn new(
        reader: &Reader,
        filter: &ZaakFilter,
        page: &Page<ContactDocument>,
        zicht: &Zicht,
    ) -> Self {
        let with_taken =
            page.rows.iter().filter(|(_, contact)| !contact.contactverzoeken.is_empty());
        let contacten =
            with_taken.map(|(_, contact)| Contact::new(contact.clone(), zicht.clone())).collect();
        Self { reader: reader.clone(), zaken: filter.zaken.clone(), contacten }
    }
}

/// Wat bij een zaak hoort naast haar contacten.
#[Object]
impl ZaakExtra {
    /// Contactgegevens die klanten alleen voor deze zaak hebben opgegeven, ten hoogste 100; die van
    /// afgeschermde klanten ontbreken.
    async fn zaakspecifieke_contactgegevens(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Vec<DigitaalAdres>> {
        let env = ctx.env()?;
        let found = zaak_contacthistorie::adressen(&self.reader, &self.zaken);
        let found = env.run("zaakContacthistorie: adressen", found).await?;
        let mut adressen: Vec<_> =
            found.iter().filter(|found| !found.afgeschermd).map(|found| &found.adres).collect();
        // An address that is kept under both keys of the zaak stands side by side: sorted by id.
        adressen.dedup_by_key(|adres| adres.adres_id);
        Ok(adressen.into_iter().map(DigitaalAdres::from).collect())
    }

    /// De open contactverzoeken uit de contacten op deze pagina.
    async fn open_contactverzoeken(&self) -> Vec<Vervolgtaak> {
        self.contacten.iter().flat_map(Contact::open_taken).collect()
    }
}

impl Extra for ZaakExtra {
    const NAME: Option<&'static str> = Some("ZaakContactConnection");

    /// Contacts that are linked by the other key of the zaak may be missing.
    fn ontbreekt(&self) -> Option<&'static str> {
        (self.zaken.len() < SLEUTELS).then_some(ZAKEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::tests::bearer;

    #[test]
    fn only_the_keys_in_the_token_are_read() {
        let keys = || vec!["uuid-1".to_owned(), "zaak-1".to_owned()];
        let mut behandelaar = bearer(&[Rol::Behandelaar]);
        assert!(own_keys(&behandelaar, keys()).is_empty());
        behandelaar.zaken.insert("zaak-1".to_owned());
        assert_eq!(own_keys(&behandelaar, keys()), ["zaak-1"]);
        behandelaar.zaken.insert("*".to_owned());
        assert_eq!(own_keys(&behandelaar, keys()), keys());
    }
}
