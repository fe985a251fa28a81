//! A verzoek: a contact through a form, with its documents.

use async_graphql::Object;
use read_side::contact::{ContactDocument, ObjectDocument};

use crate::connection::Node;
use crate::policy::Zicht;
use crate::types::scalar::DateTime;
use crate::types::zaak::{Objectverwijzing, Zaak, shown};

/// `soort` of the object that a sent form is.
const FORMULIERINZENDING: &str = "formulierinzending";
/// `soort` of the object that a product is.
const PRODUCT: &str = "product";

/// A verzoek as one audience sees it.
#[derive(Debug)]
pub(crate) struct Verzoek {
    document: ContactDocument,
    masked: bool,
}

impl Verzoek {
    /// A verzoek for the audience of `zicht`.
    pub(crate) fn new(document: ContactDocument, zicht: Zicht) -> Self {
        let masked = zicht.masks_contact(&document);
        let deelnemers = document.deelnemers.iter().filter(|_| !masked);
        deelnemers.filter_map(|deelnemer| deelnemer.partij_id).for_each(logboek::show);
        Self { document, masked }
    }

    fn object(&self, soort: &str) -> Option<&ObjectDocument> {
        let objects = self.document.overige_onderwerpen.iter().chain(&self.document.documenten);
        objects.into_iter().find(|object| object.soort.eq_ignore_ascii_case(soort))
    }
}

/// Een verzoek of aanvraag: een contact met een formulier en zijn bijlagen.
#[Object]
impl Verzoek {
    /// Kenmerk van de inzending, anders het nummer van het contact.
    async fn kenmerk(&self) -> Option<&str> {
        let inzending = self.object(FORMULIERINZENDING).filter(|_| !self.masked);
        Some(inzending.map_or(&self.document.nummer, |object| &object.id))
    }

    /// Het gevraagde product; leeg als dat niet is vastgelegd of niet mag worden gezien.
    async fn product(&self) -> Option<&str> {
        self.object(PRODUCT).filter(|_| !self.masked).map(|object| object.id.as_str())
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
    async fn zaken(&self) -> Vec<Zaak> {
        shown(&self.document.zaken, self.masked)
    }
}

impl Node for Verzoek {
    const NAME: &'static str = "Verzoek";
}
