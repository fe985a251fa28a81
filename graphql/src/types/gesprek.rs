//! A gesprek, as an employee sees it around one contact.

use std::borrow::Cow;

use async_graphql::{Context, ID, Object, Result};
use read_side::gesprekken::{self, RondContact};
use uuid::Uuid;

use crate::connection::{Connection, Lijst, Parts, page_request};
use crate::context::ContextExt;
use crate::count::Count;
use crate::loaders::Product;
use crate::policy::Zicht;
use crate::types::contact::Contact;

/// The gesprek around a contact, for the audience of its view.
#[derive(Debug)]
pub(crate) struct Gesprek {
    klantcontact_id: Uuid,
    zicht: Zicht,
}

impl Gesprek {
    pub(crate) fn around(klantcontact_id: Uuid, zicht: Zicht) -> Self {
        Self { klantcontact_id, zicht }
    }
}

/// Het gesprek waar een contact bij hoort: wat dezelfde klant erover schreef of zei, en wat de gemeente
/// daarop liet weten.
#[Object]
impl Gesprek {
    /// Sleutel van het gesprek; leeg als het contact hier nog niet bekend is. Zij verandert als een later
    /// contact twee gesprekken verbindt.
    async fn gesprek_id(&self, ctx: &Context<'_>) -> Result<Option<ID>> {
        let found = ctx.loaders()?.gesprekken.load_one(self.klantcontact_id).await?;
        Ok(found.map(ID::from))
    }

    /// De berichten, het nieuwste eerst, met dit contact erbij. Een bericht van een andere bekende klant
    /// ontbreekt.
    async fn berichten(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Contact>> {
        let env = ctx.env()?;
        let lijst: Lijst = Cow::Owned(format!("gesprek.berichten:{}", self.klantcontact_id));
        let request = page_request(&lijst, first, after.as_deref())?;
        let rond = RondContact {
            klantcontact_id: self.klantcontact_id,
            zonder_vertrouwelijk: self.zicht.hides(),
        };
        let reader = ctx.reader(self.zicht.publiek.rol())?;
        let page = gesprekken::rond_contact(&reader, rond, request);
        let page = env.run("gesprek: berichten", page).await?;
        let count = Count::RondContact(reader, rond);
        let parts = Parts { lijst, request, page, count, product: Product::Gesprekken };
        Ok(Connection::new(parts, |document| Contact::new(document, self.zicht.clone())))
    }
}
