//! Klantbeeld: what must I know to help this klant now? One statement by key answers the usual
//! screen; deeper pages are read only when they are asked.

use std::borrow::Cow;

use access::Rol;
use async_graphql::{Context, Enum, Object, Result};
use read_side::Reader;
use read_side::contact::ContactDocument;
use read_side::klantbeeld::{
    self, KlantContactenFilter, KlantDocument, KlantRow, OPEN_CONTACTVERZOEKEN_MAX,
    RECENTE_CONTACTEN_MAX,
};
use read_side::taak::ContactverzoekDocument;
use read_side::{Page, PageRequest, Sleutel};

use crate::connection::{Connection, Lijst, Parts, page_request};
use crate::context::ContextExt;
use crate::count::Count;
use crate::eigen;
use crate::loaders::Product;
use crate::policy::{self, SCOPE_NOTITIE, Zicht};
use crate::products::samenvatting::Samenvatting;
use crate::types::actualiteit::Actualiteit;
use crate::types::adres::{DigitaalAdres, Postadres};
use crate::types::bereikbaarheid::Bereikbaarheid;
use crate::types::contact::Contact;
use crate::types::contactverzoek::Contactverzoek;
use crate::types::invoer::Identificatie;
use crate::types::klant::{Klant, Klantverwijzing};
use crate::types::minimaal::{self, Objectversie};
use crate::types::verzoek::Verzoek;
use crate::types::zaak::shown;

pub(crate) const ROLLEN: &[Rol] = &[Rol::Kcc, Rol::Behandelaar];
const RECENTE_CONTACTEN: Lijst = Cow::Borrowed("klantbeeld.recenteContacten");
const CONTACTVERZOEKEN: Lijst = Cow::Borrowed("klantbeeld.openContactverzoeken");
const VERZOEKEN: Lijst = Cow::Borrowed("klantbeeld.verzoeken");

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct KlantbeeldQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, ROLLEN)
}

#[Object]
impl KlantbeeldQuery {
    /// Wat u moet weten om deze klant nu te helpen. Leeg als de klant niet bekend is. Voor
    /// medewerkers van het klantcontactcentrum, met doelbinding, en behandelaars.
    #[graphql(visible = "is_visible")]
    async fn klantbeeld(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "De klant om wie het gaat.")] voor: Identificatie,
        #[graphql(
            desc = "Wat u zojuist vastlegde: het antwoord bevat het, of zegt dat het nog niet \
                          is verwerkt."
        )]
        minimaal: Option<Vec<Objectversie>>,
    ) -> Result<Option<Klantbeeld>> {
        let env = ctx.env()?;
        let identity = ctx.identity()?;
        let publiek = policy::admit(identity, ROLLEN)?;
        policy::require_purpose(identity)?;
        minimaal::wait(ctx, (Product::Klantbeeld, publiek.rol()), minimaal).await?;
        let reader = ctx.reader(publiek.rol())?;
        let key = voor.key();
        let found = env.run("klantbeeld", klantbeeld::by_key(&reader, &key)).await?;
        let zicht = eigen::employee(ctx, publiek).await?;
        Ok(found.map(|found| Klantbeeld::new(found, zicht, reader)))
    }
}

/// Iets waar u op moet letten bij deze klant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Waarschuwing {
    /// De klant heeft om geheimhouding gevraagd; contactgegevens zijn niet te zien.
    Afgeschermd,
    /// De contactgegevens mogen niet worden gebruikt om contact op te nemen.
    NietBenaderen,
    /// De identificatie past bij meer dan één klant; de eerst vastgelegde staat hier.
    MeerderePartijen,
    /// Er zijn geen contactgegevens vastgelegd.
    GeenContactgegevens,
}

/// The row of one klant as one audience sees it.
#[derive(Debug)]
pub(crate) struct Klantbeeld {
    pub(crate) row: KlantRow,
    ambiguous: bool,
    pub(crate) zicht: Zicht,
    pub(crate) reader: Reader,
}

impl Klantbeeld {
    fn new((row, ambiguous): (KlantRow, bool), zicht: Zicht, reader: Reader) -> Self {
        logboek::show(row.partij_id);
        Self { row, ambiguous, zicht, reader }
    }

    fn document(&self) -> &KlantDocument {
        &self.row.document.0
    }

    fn is_shielded(&self) -> bool {
        self.document().afgeschermd
    }

    /// Number of contacts that this audience knows of.
    pub(crate) fn count_contacts(&self) -> i64 {
        let hidden = if self.zicht.hides() { self.row.aantal_vertrouwelijk } else { 0 };
        i64::from(self.row.aantal_contacten - hidden)
    }

    /// How many open contactverzoeken this audience knows of.
    pub(crate) fn count_open(&self) -> Count {
        if self.zicht.hides() {
            let reader = self.reader.clone();
            return Count::OpenContactverzoekenZonderVertrouwelijk(reader, self.row.partij_id);
        }
        Count::Known(i64::from(self.row.aantal_open_contactverzoeken))
    }

    /// Which contacts of the klant this audience knows of.
    pub(crate) fn filter(&self, alleen_verzoeken: bool) -> KlantContactenFilter {
        KlantContactenFilter {
            partij_id: self.row.partij_id,
            alleen_verzoeken,
            zonder_vertrouwelijk: self.zicht.hides(),
        }
    }

    fn fits_row(&self, request: PageRequest, kept: u32) -> bool {
        request.after.is_none() && request.first <= kept && !self.zicht.hides()
    }
}

/// Alles over één klant op één scherm.
#[Object]
impl Klantbeeld {
    /// De klant zelf.
    async fn klant(&self) -> Klant<'_> {
        Klant::new(&self.row)
    }

    /// Telefoonnummers; leeg als de klant is afgeschermd.
    async fn telefoonnummers(&self) -> Vec<DigitaalAdres> {
        shown(&self.document().telefoonnummers, self.is_shielded())
    }

    /// E-mailadressen; leeg als de klant is afgeschermd.
    async fn emailadressen(&self) -> Vec<DigitaalAdres> {
        shown(&self.document().emailadressen, self.is_shielded())
    }

    /// Adressen op andere platforms; leeg als de klant is afgeschermd.
    async fn overige_adressen(&self) -> Vec<DigitaalAdres> {
        shown(&self.document().overige_adressen, self.is_shielded())
    }

    /// Waar de klant bezoek ontvangt; leeg als de klant is afgeschermd.
    async fn bezoekadres(&self) -> Option<Postadres> {
        self.document().bezoekadres.as_ref().filter(|_| !self.is_shielded()).map(Postadres::from)
    }

    /// Waar de klant post ontvangt; leeg als de klant is afgeschermd.
    async fn correspondentieadres(&self) -> Option<Postadres> {
        let adres = self.document().correspondentieadres.as_ref();
        adres.filter(|_| !self.is_shielded()).map(Postadres::from)
    }

    /// Voor wie de klant optrad: een gegeven uit het verleden, geen recht.
    async fn trad_op_voor(&self, ctx: &Context<'_>) -> Result<Vec<Klantverwijzing>> {
        Klantverwijzing::load(ctx, &self.document().trad_op_voor).await
    }

    /// Hoe de klant nu het best te bereiken is.
    async fn bereikbaarheid(&self) -> Bereikbaarheid {
        Bereikbaarheid::of(self.document())
    }

    /// Het klantbeeld in een paar getallen.
    async fn samenvatting(&self) -> Samenvatting<'_> {
        Samenvatting(self)
    }

    /// De contacten van de klant, het nieuwste eerst.
    async fn recente_contacten(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(10)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Contact>> {
        let request = page_request(&RECENTE_CONTACTEN, first, after.as_deref())?;
        let page = if self.fits_row(request, RECENTE_CONTACTEN_MAX) {
            let kept = &self.row.recente_contacten.0;
            page_of_row(kept, request, self.count_contacts(), recent_key)
        } else {
            let env = ctx.env()?;
            let page = klantbeeld::contacten(&self.reader, self.filter(false), request);
            env.run("klantbeeld: contacten", page).await?
        };
        let parts = Parts {
            lijst: RECENTE_CONTACTEN,
            request,
            page,
            count: Count::Known(self.count_contacts()),
            product: Product::Klantbeeld,
        };
        Ok(Connection::new(parts, |document| Contact::new(document, self.zicht.clone())))
    }

    /// De open contactverzoeken van de klant, het dringendste eerst.
    async fn open_contactverzoeken(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(10)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Contactverzoek>> {
        let request = page_request(&CONTACTVERZOEKEN, first, after.as_deref())?;
        let total = i64::from(self.row.aantal_open_contactverzoeken);
        let page = if self.fits_row(request, OPEN_CONTACTVERZOEKEN_MAX) {
            page_of_row(&self.row.open_contactverzoeken.0, request, total, open_key)
        } else {
            let env = ctx.env()?;
            let hides = self.zicht.hides();
            let partij_id = self.row.partij_id;
            let page = klantbeeld::open_contactverzoeken(&self.reader, partij_id, hides, request);
            env.run("klantbeeld: contactverzoeken", page).await?
        };
        let parts = Parts {
            lijst: CONTACTVERZOEKEN,
            request,
            page,
            count: self.count_open(),
            product: Product::Klantbeeld,
        };
        Ok(Connection::new(parts, |document| Contactverzoek::new(document, self.zicht.clone())))
    }

    /// De verzoeken en aanvragen van de klant, het nieuwste eerst.
    async fn verzoeken(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Verzoek>> {
        let env = ctx.env()?;
        let request = page_request(&VERZOEKEN, first, after.as_deref())?;
        let filter = self.filter(true);
        let page = klantbeeld::contacten(&self.reader, filter, request);
        let page = env.run("klantbeeld: verzoeken", page).await?;
        let count = Count::KlantContacten(self.reader.clone(), filter);
        let product = Product::Klantbeeld;
        let parts = Parts { lijst: VERZOEKEN, request, page, count, product };
        Ok(Connection::new(parts, |document| Verzoek::new(document, &self.zicht)))
    }

    /// Interne opmerking over de klant; alleen met de scope `interne-notitie:lezen`, anders leeg.
    async fn interne_notitie(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let allowed = ctx.identity()?.may(SCOPE_NOTITIE);
        Ok(self.document().interne_notitie.as_deref().filter(|_| allowed))
    }

    /// Waar u op moet letten bij deze klant.
    async fn waarschuwingen(&self) -> Vec<Waarschuwing> {
        let klant = self.document();
        let numberless = klant.telefoonnummers.is_empty()
            && klant.emailadressen.is_empty()
            && klant.overige_adressen.is_empty();
        [
            (klant.afgeschermd, Waarschuwing::Afgeschermd),
            (!klant.mag_benaderd_worden, Waarschuwing::NietBenaderen),
            (self.ambiguous, Waarschuwing::MeerderePartijen),
            // Of a shielded klant it is not told whether there are data.
            (numberless && !klant.afgeschermd, Waarschuwing::GeenContactgegevens),
        ]
        .into_iter()
        .filter_map(|(holds, waarschuwing)| holds.then_some(waarschuwing))
        .collect()
    }

    /// Hoe actueel dit klantbeeld is.
    async fn actualiteit(&self, ctx: &Context<'_>) -> Result<Actualiteit> {
        Ok(Actualiteit::load(ctx, Product::Klantbeeld).await?)
    }
}

fn recent_key(contact: &ContactDocument) -> Sleutel {
    Sleutel { moment: Some(contact.op), id: contact.klantcontact_id }
}

fn open_key(verzoek: &ContactverzoekDocument) -> Sleutel {
    Sleutel { moment: verzoek.taak.streefdatum, id: verzoek.taak.taak_id }
}

/// The first page of a list whose first rows stand in the row of the klant.
fn page_of_row<T: Clone>(
    kept: &[T],
    request: PageRequest,
    total: i64,
    key: impl Fn(&T) -> Sleutel,
) -> Page<T> {
    let first = usize::try_from(request.first).unwrap_or(usize::MAX);
    Page {
        rows: kept.iter().take(first).map(|row| (key(row), row.clone())).collect(),
        has_next: total > i64::from(request.first),
    }
}
