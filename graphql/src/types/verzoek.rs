//! A verzoek: a contact through a form, with its documents.

use async_graphql::{Context, Object, Result};
use read_side::contact::ContactDocument;

use crate::connection::Node;
use crate::policy::Zicht;
use crate::types::scalar::DateTime;
use crate::types::zaak::{Objectverwijzing, Zaak, shown, visible};

/// A verzoek as one audience sees it.
#[derive(Debug)]
pub(crate) struct Verzoek {
    document: ContactDocument,
    masked: bool,
    /// Whether it is shown to the klant itself.
    burger: bool,
}

impl Verzoek {
    /// A verzoek for the audience of `zicht`.
    pub(crate) fn new(document: ContactDocument, zicht: &Zicht) -> Self {
        let masked = zicht.masks_contact(&document);
        let deelnemers = document.deelnemers.iter().filter(|_| !masked);
        deelnemers.filter_map(|deelnemer| deelnemer.partij_id).for_each(logboek::show);
        Self { document, masked, burger: zicht.is_burger() }
    }
}

/// Een verzoek of aanvraag: een contact met een formulier en zijn bijlagen.
#[Object]
impl Verzoek {
    /// Kenmerk van de inzending, anders het nummer van het contact.
    async fn kenmerk(&self) -> Option<&str> {
        let inzending = self.document.formulierinzending().filter(|_| !self.masked);
        Some(inzending.unwrap_or(&self.document.nummer))
    }

    /// Het gevraagde product; leeg als dat niet is vastgelegd of niet mag worden gezien.
    async fn product(&self) -> Option<&str> {
        self.document.product().filter(|_| !self.masked)
    }

    /// Wanneer het verzoek is ingediend.
    async fn ingediend_op(&self) -> DateTime {
        self.document.op.into()
    }

    /// Langs welk kanaal: een code uit de lijst van kanalen.
    async fn kanaal(&self) -> &str {
        &self.document.kanaal
    }

    /// De documenten bij het verzoek.
    async fn documenten(&self) -> Vec<Objectverwijzing> {
        shown(&self.document.documenten, self.masked)
    }

    /// De zaken die uit het verzoek ontstonden of waar het over ging.
    async fn zaken(&self, ctx: &Context<'_>) -> Result<Vec<Zaak>> {
        let links = visible(&self.document.zaken, self.masked);
        Ok(match self.burger {
            true => Zaak::load_for_klant(ctx, links).await?,
            false => Zaak::load(ctx, links).await?,
        })
    }
}

impl Node for Verzoek {
    const NAME: &'static str = "Verzoek";
}
