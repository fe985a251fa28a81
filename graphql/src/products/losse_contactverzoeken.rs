//! LosseContactverzoeken: somebody calls about a contactverzoek, and is not known as klant.

use access::Rol;
use async_graphql::{Context, ID, Object, OneofObject, Result};
use read_side::contactgeschiedenis::VertrouwelijkFilter;
use read_side::losse_contactverzoeken::{self, Taakingang};
use read_side::taak::ContactverzoekDocument;

use crate::context::ContextExt;
use crate::error::ProductError;
use crate::loaders::Product;
use crate::policy::{self, Zicht};
use crate::types::actor::{Actoren, Medewerker, Team};
use crate::types::actualiteit::Actualiteit;
use crate::types::contactverzoek::TaakStatus;
use crate::types::invoer::{emailadres, telefoonnummer};
use crate::types::scalar::DateTime;
use crate::types::zaak::{Zaak, visible};

const ROLLEN: &[Rol] = &[Rol::Kcc];

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct LosseContactverzoekenQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, ROLLEN)
}

/// Waarmee u een contactverzoek zoekt van iemand die niet als klant bekend is: precies één ingang.
#[derive(OneofObject)]
pub(crate) enum LosZoekIngang {
    /// Het hele e-mailadres dat voor dit contact is opgegeven; hoofdletters tellen niet.
    Email(String),
    /// Het hele telefoonnummer dat voor dit contact is opgegeven, met of zonder landnummer, spaties
    /// en streepjes.
    Telefoon(String),
    /// Het nummer van het contactverzoek of van het contact.
    Nummer(String),
}

impl LosZoekIngang {
    fn ingang(self) -> Result<(Taakingang, String), ProductError> {
        Ok(match self {
            Self::Email(email) => (Taakingang::Email, emailadres(&email)?),
            Self::Telefoon(nummer) => (Taakingang::Telefoon, telefoonnummer(&nummer)?),
            Self::Nummer(nummer) => (Taakingang::Nummer, nummer.trim().to_owned()),
        })
    }
}

#[Object]
impl LosseContactverzoekenQuery {
    /// De contactverzoeken van wie niet als klant bekend is, ten hoogste 25 bij één ingang, het
    /// nieuwste eerst. Voor medewerkers van het klantcontactcentrum, met doelbinding.
    #[graphql(visible = "is_visible")]
    async fn losse_contactverzoeken(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Waarmee u zoekt.")] zoek: LosZoekIngang,
    ) -> Result<LosseContactverzoeken> {
        let env = ctx.env()?;
        let identity = ctx.identity()?;
        let publiek = policy::admit(identity, ROLLEN)?;
        let (soort, waarde) = zoek.ingang()?;
        let zicht = Zicht::employee(publiek, identity, env.settings.vertrouwelijk);
        // Addresses of who asked are what masking hides: being found by one would betray it.
        let filter = zicht.filter(soort != Taakingang::Nummer);
        let zonder = filter != VertrouwelijkFilter::Alle;
        let reader = ctx.reader(Rol::Kcc)?;
        let found = losse_contactverzoeken::zoek(&reader, (soort, &waarde), zonder);
        let (documents, meer) = env.run("losseContactverzoeken", found).await?;
        let verzoek = |document| LosContactverzoek::new(document, &zicht);
        Ok(LosseContactverzoeken { nodes: documents.into_iter().map(verzoek).collect(), meer })
    }
}

/// What a search found.
#[derive(Debug)]
pub(crate) struct LosseContactverzoeken {
    nodes: Vec<LosContactverzoek>,
    meer: bool,
}

/// De contactverzoeken die bij een ingang passen.
#[Object]
impl LosseContactverzoeken {
    /// De contactverzoeken, ten hoogste 25, het nieuwste eerst.
    async fn nodes(&self) -> &[LosContactverzoek] {
        &self.nodes
    }

    /// Of er meer contactverzoeken bij passen dan hier staan.
    async fn meer(&self) -> bool {
        self.meer
    }

    /// Hoe actueel dit antwoord is.
    async fn actualiteit(&self, ctx: &Context<'_>) -> Result<Actualiteit> {
        Ok(Actualiteit::load(ctx, Product::Werkvoorraad).await?)
    }
}

/// A contactverzoek of somebody who is not known, as one audience sees it.
#[derive(Debug)]
pub(crate) struct LosContactverzoek {
    document: ContactverzoekDocument,
    masked: bool,
}

impl LosContactverzoek {
    fn new(document: ContactverzoekDocument, zicht: &Zicht) -> Self {
        let masked = zicht.masks_contactverzoek(&document);
        Self { document, masked }
    }

    fn shown<'t>(&self, text: Option<&'t String>) -> Option<&'t str> {
        text.map(String::as_str).filter(|_| !self.masked)
    }
}

/// Een contactverzoek van iemand die niet als klant bekend is. Is het vertrouwelijk en mag u de
/// inhoud niet zien, dan blijven alleen nummer, tijdstip, status, streefdatum en team over.
#[Object]
impl LosContactverzoek {
    /// Sleutel van het contactverzoek.
    async fn taak_id(&self) -> ID {
        self.document.taak.taak_id.into()
    }

    /// Nummer om in gesprek te noemen; geen sleutel.
    async fn nummer(&self) -> &str {
        &self.document.taak.nummer
    }

    /// Wanneer het contact was.
    async fn op(&self) -> Option<DateTime> {
        self.document.contact_op.map(DateTime)
    }

    /// Onderwerp van het contact.
    async fn onderwerp(&self) -> Option<&str> {
        self.shown(self.document.onderwerp.as_ref())
    }

    /// Of het nog moet worden afgehandeld.
    async fn status(&self) -> TaakStatus {
        if self.document.taak.open { TaakStatus::Open } else { TaakStatus::Afgerond }
    }

    /// Wanneer het uiterlijk afgehandeld zou moeten zijn.
    async fn streefdatum(&self) -> Option<DateTime> {
        self.document.taak.streefdatum.map(DateTime)
    }

    /// Naam zoals bij het contact opgegeven.
    async fn naam(&self) -> Option<&str> {
        self.shown(self.document.klantnaam.as_ref())
    }

    /// Het einde van het opgegeven telefoonnummer, om na te vragen.
    async fn telefoon(&self) -> Option<String> {
        self.shown(self.document.telefoon.as_ref()).map(policy::telefoon)
    }

    /// Begin en einde van het opgegeven e-mailadres, om na te vragen.
    async fn email(&self) -> Option<String> {
        self.shown(self.document.email.as_ref()).map(policy::email)
    }

    /// De medewerkers aan wie het is toegewezen, de hoofdbehandelaar eerst.
    async fn behandelaars(&self, ctx: &Context<'_>) -> Result<Vec<Medewerker>> {
        if self.masked {
            return Ok(Vec::new());
        }
        Ok(Actoren::load(ctx, &self.document.taak.actoren).await?.medewerkers)
    }

    /// De teams waaraan het is toegewezen.
    async fn teams(&self, ctx: &Context<'_>) -> Result<Vec<Team>> {
        Ok(Actoren::load(ctx, &self.document.taak.actoren).await?.teams)
    }

    /// De eerste zaak waar het contact over ging.
    async fn zaak(&self, ctx: &Context<'_>) -> Result<Option<Zaak>> {
        Ok(Zaak::first(ctx, visible(&self.document.zaken, self.masked)).await?)
    }
}
