//! Contactverzoek: everything about this one contactverzoek, for whoever must do it.

use access::{Identity, Rol};
use async_graphql::{Context, Enum, ID, Object, OneofObject, Result, SimpleObject};
use read_side::contactverzoek::{self, ContactverzoekRow, LogboekDocument, TaakKey};
use uuid::Uuid;

use crate::context::ContextExt;
use crate::loaders::Product;
use crate::policy::{self, Zicht};
use crate::types::actualiteit::Actualiteit;
use crate::types::contact::Contact;
use crate::types::contactverzoek::{Contactverzoek, Terugbelgegevens};
use crate::types::gesprek::Gesprek;
use crate::types::invoer::parse_id;
use crate::types::minimaal::{self, Objectversie};
use crate::types::scalar::DateTime;

const ROLLEN: &[Rol] = &[Rol::Behandelaar, Rol::Kcc];

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct ContactverzoekQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, ROLLEN)
}

/// Wijst één contactverzoek aan: met precies één van beide.
#[derive(Debug, OneofObject)]
pub(crate) enum ContactverzoekRef {
    /// Sleutel van het contactverzoek, zoals andere antwoorden die noemen.
    TaakId(ID),
    /// Het nummer dat in gesprek wordt genoemd.
    Nummer(String),
}

impl ContactverzoekRef {
    /// The key in the read model. A taakId that is no key is the key of nothing.
    fn key(self) -> TaakKey {
        match self {
            Self::TaakId(id) => TaakKey::TaakId(parse_id(&id).unwrap_or(Uuid::nil())),
            Self::Nummer(nummer) => TaakKey::Nummer(nummer.trim().to_owned()),
        }
    }
}

#[Object]
impl ContactverzoekQuery {
    /// Alles over één contactverzoek dat aan u of uw team is toegewezen. Leeg als het niet bestaat
    /// of aan anderen is toegewezen. Voor behandelaars en medewerkers van het klantcontactcentrum,
    /// die met doelbinding.
    #[graphql(visible = "is_visible")]
    async fn contactverzoek(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Welk contactverzoek.")] welk: ContactverzoekRef,
        #[graphql(
            desc = "Wat u zojuist vastlegde: het antwoord bevat het, of zegt dat het nog niet \
                          is verwerkt."
        )]
        minimaal: Option<Vec<Objectversie>>,
    ) -> Result<Option<Contactverzoekbeeld>> {
        let env = ctx.env()?;
        let publiek = policy::admit(ctx.identity()?, ROLLEN)?;
        minimaal::wait(ctx, (Product::Werkvoorraad, publiek.rol()), minimaal).await?;
        let reader = ctx.reader(publiek.rol())?;
        let identity = ctx.eigen().await?.identity();
        let (key, actoren) = (welk.key(), own_actoren(identity));
        let found = contactverzoek::by_key(&reader, &key, &actoren);
        let found = env.run("contactverzoek", found).await?;
        let zicht = Zicht::assignee(publiek, env.settings.vertrouwelijk);
        let rondom = Zicht::employee(publiek, identity, env.settings.vertrouwelijk);
        Ok(found.map(|row| Contactverzoekbeeld::new(row, zicht, rondom)))
    }
}

/// The actoren that the bearer is or belongs to.
fn own_actoren(identity: &Identity) -> Vec<Uuid> {
    identity.actoren.iter().chain(&identity.teams).copied().collect()
}

/// One contactverzoek as one audience sees it.
#[derive(Debug)]
pub(crate) struct Contactverzoekbeeld {
    contactverzoek: Contactverzoek,
    contact: Option<Contact>,
    logboek: Vec<LogboekDocument>,
    gesprek: Gesprek,
}

impl Contactverzoekbeeld {
    /// `zicht` is that on the contactverzoek itself, `rondom` that on the gesprek around it.
    fn new(row: ContactverzoekRow, zicht: Zicht, rondom: Zicht) -> Self {
        Self {
            gesprek: Gesprek::around(row.document.taak.klantcontact_id, rondom),
            contact: row.contact.map(|contact| Contact::new(contact.0, zicht.clone())),
            contactverzoek: Contactverzoek::new(row.document.0, zicht),
            logboek: row.logboek.0,
        }
    }
}

/// Alles over één contactverzoek: wat er moet gebeuren, voor wie, naar aanleiding waarvan, en wat
/// er al mee is gebeurd.
#[Object]
impl Contactverzoekbeeld {
    #[graphql(flatten)]
    async fn contactverzoek(&self) -> &Contactverzoek {
        &self.contactverzoek
    }

    /// Het contact waaruit het voortkwam, met de deelnemers; leeg als dat hier nog niet bekend is.
    async fn contact(&self) -> Option<&Contact> {
        self.contact.as_ref()
    }

    /// Het gesprek waar het bij hoort, voor zover u het mag zien: van een vertrouwelijk bericht waarin u
    /// geen deel had, niet de inhoud.
    async fn gesprek(&self) -> &Gesprek {
        &self.gesprek
    }

    /// Wie terug te bellen of te antwoorden, en hoe.
    async fn terugbelgegevens(&self) -> Terugbelgegevens {
        self.contactverzoek.terugbelgegevens()
    }

    /// Wat er met het contactverzoek is gebeurd, het oudste eerst.
    async fn logboek(&self) -> Vec<Logboekregel> {
        self.logboek.iter().map(Logboekregel::from).collect()
    }

    /// Hoe actueel dit antwoord is.
    async fn actualiteit(&self, ctx: &Context<'_>) -> Result<Actualiteit> {
        Ok(Actualiteit::load(ctx, Product::Werkvoorraad).await?)
    }
}

/// Wat er met een contactverzoek kan gebeuren.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "read_side::contactverzoek::Logboekfeit")]
pub(crate) enum Logboekfeit {
    /// Het contact waaruit het voortkwam.
    Contact,
    /// Het is toegewezen.
    Toegewezen,
    /// Het is afgehandeld.
    Afgehandeld,
    /// Het is doorgestuurd: een ander contactverzoek nam zijn plaats in.
    Doorgestuurd,
    /// Het is heropend.
    Heropend,
}

/// Iets wat met een contactverzoek is gebeurd.
#[derive(Debug, SimpleObject)]
pub(crate) struct Logboekregel {
    /// Wanneer.
    op: DateTime,
    /// Wat er gebeurde.
    wat: Logboekfeit,
    /// Wat erbij is gezegd.
    toelichting: Option<String>,
}

impl From<&LogboekDocument> for Logboekregel {
    fn from(document: &LogboekDocument) -> Self {
        Self {
            op: document.op.into(),
            wat: document.wat.into(),
            toelichting: document.toelichting.clone(),
        }
    }
}
