//! A reaction that names nobody, in a gesprek of the klant.

use async_graphql::{Context, ID, Object, Result};
use read_side::contact::ContactDocument;

use crate::connection::Node;
use crate::policy::Weergave;
use crate::types::actor::{Actoren, Team};
use crate::types::scalar::DateTime;

/// A reaction, as it is shown.
#[derive(Debug)]
pub(crate) struct Dossierreactie {
    document: ContactDocument,
    masked: bool,
}

impl Dossierreactie {
    /// A reaction under this policy on confidential contacts; hidden ones are not in the rows.
    pub(super) fn new(document: ContactDocument, beleid: Weergave) -> Self {
        let masked = document.vertrouwelijk && beleid != Weergave::Tonen;
        Self { document, masked }
    }

    fn content<'t>(&self, text: Option<&'t str>) -> Option<&'t str> {
        text.filter(|_| !self.masked)
    }
}

/// Een reactie in een gesprek van de klant, waarbij niemand is genoemd. Van een vertrouwelijke die u niet
/// mag inzien, blijven alleen tijdstip, kanaal en team over.
#[Object]
impl Dossierreactie {
    /// Sleutel van het contact.
    async fn contact_id(&self) -> ID {
        self.document.klantcontact_id.into()
    }

    /// Wanneer de reactie kwam.
    async fn op(&self) -> DateTime {
        self.document.op.into()
    }

    /// Langs welk kanaal: een code uit de lijst van kanalen.
    async fn kanaal(&self) -> &str {
        &self.document.kanaal
    }

    /// Of het een vertrouwelijk contact is.
    async fn vertrouwelijk(&self) -> bool {
        self.document.vertrouwelijk
    }

    /// Onderwerp.
    async fn onderwerp(&self) -> Option<&str> {
        self.content(Some(&self.document.onderwerp))
    }

    /// Wat er is uitgewisseld.
    async fn tekst(&self) -> Option<&str> {
        self.content(self.document.samenvatting.as_deref())
    }

    /// Het antwoord dat toen is gegeven.
    async fn antwoord(&self) -> Option<&str> {
        self.content(self.document.antwoord.as_deref())
    }

    /// De teams die reageerden.
    async fn teams(&self, ctx: &Context<'_>) -> Result<Vec<Team>> {
        Ok(Actoren::load(ctx, &self.document.actoren).await?.teams)
    }
}

impl Node for Dossierreactie {
    const NAME: &'static str = "Dossierreactie";
}
