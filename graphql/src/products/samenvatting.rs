//! The summary inside a klantbeeld.

use async_graphql::{Context, Object, Result};
use chrono::Months;
use read_side::PageRequest;
use read_side::contact::{ContactDocument, ZaakDocument};
use read_side::gesprekken::{GesprekFilter, Gespreksstatus};
use read_side::klantbeeld;

use crate::context::ContextExt;
use crate::count::Count;
use crate::products::klantbeeld::Klantbeeld;
use crate::types::contact::Contact;
use crate::types::scalar::DateTime;
use crate::types::zaak::Zaak;

/// The period of `aantalContacten12mnd`.
const RECENT: Months = Months::new(12);

/// The summary of a klantbeeld.
#[derive(Debug)]
pub(crate) struct Samenvatting<'b>(pub(crate) &'b Klantbeeld);

/// Een klantbeeld in een paar getallen.
#[Object]
impl Samenvatting<'_> {
    /// Aantal contacten met deze klant.
    async fn aantal_contacten(&self) -> i64 {
        self.0.count_contacts()
    }

    /// Aantal contacten met deze klant in de laatste twaalf maanden.
    #[graphql(name = "aantalContacten12mnd")]
    async fn aantal_contacten_12mnd(&self, ctx: &Context<'_>) -> Result<i64> {
        let env = ctx.env()?;
        let now = env.now();
        let since = now.checked_sub_months(RECENT).unwrap_or(now);
        let partij_id = self.0.row.partij_id;
        let hides = self.0.zicht.hides();
        let counted = klantbeeld::count_contacten_since(&self.0.reader, partij_id, since, hides);
        Ok(env.run("klantbeeld: contacten 12 maanden", counted).await?)
    }

    /// Wanneer het laatste contact was; leeg als er geen contact was.
    async fn laatste_contact_op(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        if !self.0.zicht.hides() {
            return Ok(self.0.row.laatste_contact_op.map(DateTime));
        }
        let env = ctx.env()?;
        let last = PageRequest { first: 1, after: None };
        let page = klantbeeld::contacten(&self.0.reader, self.0.filter(false), last);
        let page = env.run("klantbeeld: laatste contact", page).await?;
        Ok(page.rows.into_iter().next().map(|(_, contact)| contact.op.into()))
    }

    /// Aantal open contactverzoeken.
    async fn open_contactverzoeken(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.0.count_open().resolve(ctx).await?)
    }

    /// Aantal gesprekken waarin iemand aan zet is: de gemeente of de klant. Van elk gesprek telt wat de
    /// klant er zelf van mag zien.
    async fn open_gesprekken(&self, ctx: &Context<'_>) -> Result<i64> {
        let filter = GesprekFilter {
            partij_id: self.0.row.partij_id,
            statussen: vec![Gespreksstatus::WachtOpGemeente, Gespreksstatus::WachtOpInwoner],
            vertrouwelijk: self.0.zicht.filter(false),
            ..GesprekFilter::default()
        };
        let count = Count::Gesprekken(self.0.reader.clone(), filter);
        Ok(count.resolve(ctx).await?)
    }

    /// De zaken waar de nieuwste contacten over gingen, elke zaak één keer.
    async fn zaken(&self, ctx: &Context<'_>) -> Result<Vec<Zaak>> {
        let zicht = &self.0.zicht;
        let hidden = |document: &ContactDocument| zicht.hides() && document.vertrouwelijk;
        let contacten = self.0.row.recente_contacten.0.iter().filter(|document| !hidden(document));
        let links: Vec<ZaakDocument> = contacten
            .flat_map(|document| Contact::new(document.clone(), zicht.clone()).visible_zaken())
            .collect();
        Ok(Zaak::load(ctx, &links).await?)
    }
}
