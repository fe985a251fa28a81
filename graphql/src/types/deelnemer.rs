//! Who took part in a contact on the outside.

use async_graphql::{Context, Enum, ID, Object, Result};
use read_side::contact::DeelnemerDocument;
use read_side::klantbeeld::KlantNaam;

use crate::context::ContextExt;
use crate::error::ProductError;
use crate::policy::Zicht;

/// In welke rol iemand deelnam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum DeelnemerRol {
    /// Voor zichzelf.
    Klant,
    /// Voor iemand anders.
    Vertegenwoordiger,
}

/// A participant as one audience sees it.
#[derive(Debug)]
pub(crate) struct Deelnemer {
    document: DeelnemerDocument,
    zicht: Zicht,
}

impl Deelnemer {
    /// A participant for the audience of `zicht`.
    pub(crate) fn new(document: DeelnemerDocument, zicht: Zicht) -> Self {
        Self { document, zicht }
    }

    async fn klant(&self, ctx: &Context<'_>) -> Result<Option<KlantNaam>, ProductError> {
        match self.document.partij_id {
            Some(id) => ctx.loaders()?.klanten.load_one(id).await,
            None => Ok(None),
        }
    }

    /// Whether the numbers must not be seen: of a shielded klant, and of one that cannot be judged.
    async fn is_shielded(&self, ctx: &Context<'_>) -> Result<bool, ProductError> {
        if self.document.partij_id.is_none() || self.zicht.is_self(self.document.partij_id) {
            return Ok(false);
        }
        Ok(self.klant(ctx).await?.is_none_or(|klant| klant.afgeschermd))
    }

    async fn numbers<'d>(
        &self,
        ctx: &Context<'_>,
        numbers: &'d [String],
    ) -> Result<&'d [String], ProductError> {
        if numbers.is_empty() || self.is_shielded(ctx).await? { Ok(&[]) } else { Ok(numbers) }
    }
}

/// Iemand die van buiten de gemeente deelnam aan een contact.
#[Object]
impl Deelnemer {
    /// Naam zoals bij het contact opgegeven, anders die van de klant; leeg als er geen naam is.
    async fn naam(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if let Some(naam) = &self.document.naam {
            return Ok(Some(naam.clone()));
        }
        Ok(self.klant(ctx).await?.and_then(|klant| klant.weergavenaam))
    }

    /// In welke rol diegene deelnam.
    async fn rol(&self) -> DeelnemerRol {
        if self.document.vertegenwoordiger {
            DeelnemerRol::Vertegenwoordiger
        } else {
            DeelnemerRol::Klant
        }
    }

    /// Organisatie waar diegene bij hoorde.
    async fn namens(&self) -> Option<&str> {
        self.document.namens.as_deref()
    }

    /// Of vaststaat wie het was: een bekende klant.
    async fn geverifieerd(&self) -> bool {
        self.document.partij_id.is_some()
    }

    /// Of diegene het contact begon.
    async fn initiator(&self) -> bool {
        self.document.initiator
    }

    /// Sleutel van de klant; leeg als die niet is geverifieerd.
    async fn klant_id(&self) -> Option<ID> {
        self.document.partij_id.map(ID::from)
    }

    /// Of bij dit contact eigen gegevens zijn opgegeven, alleen voor deze opvolging.
    async fn eigen_contactgegevens(&self) -> bool {
        self.document.eigen_contactgegevens
    }

    /// Telefoonnummers, alleen voor deze opvolging; leeg als de klant is afgeschermd.
    async fn telefoonnummers(&self, ctx: &Context<'_>) -> Result<&[String]> {
        Ok(self.numbers(ctx, &self.document.telefoonnummers).await?)
    }

    /// E-mailadressen, alleen voor deze opvolging; leeg als de klant is afgeschermd.
    async fn emailadressen(&self, ctx: &Context<'_>) -> Result<&[String]> {
        Ok(self.numbers(ctx, &self.document.emailadressen).await?)
    }
}
