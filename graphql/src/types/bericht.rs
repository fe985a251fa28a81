//! A bericht: a contact as a klant that takes part in the gesprek reads it.

use async_graphql::{Context, Enum, ID, Object, Result};
use read_side::contact::ContactDocument;
use read_side::gesprekken::{Herkomst, Vertrouwelijkheid};

use crate::connection::Node;
use crate::policy::Zicht;
use crate::types::actor::Actoren;
use crate::types::scalar::DateTime;
use crate::types::zaak::{Objectverwijzing, Zaak, shown, visible};

/// Who speaks where no team is recorded.
const GEMEENTE: &str = "Gemeente";

/// Van wie een bericht komt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum BerichtVan {
    /// Van uzelf.
    Ik,
    /// Van iemand die samen met u aan het contact deelnam.
    Ander,
    /// Van de gemeente.
    Gemeente,
    /// De vastgelegde gegevens spreken elkaar tegen.
    Onbekend,
}

/// A bericht for the klant that is asking.
#[derive(Debug)]
pub(crate) struct MijnBericht {
    document: ContactDocument,
    van: BerichtVan,
    masked: bool,
}

impl MijnBericht {
    /// A bericht for the klant of `zicht`; `alleen`: no other takes part in the gesprek.
    pub(crate) fn new(document: ContactDocument, zicht: &Zicht, alleen: bool) -> Self {
        let hoe = zicht.klant().map(|klant| Vertrouwelijkheid::of(&document, klant, alleen));
        // Who does not say who it is reads nothing.
        let masked = hoe.is_none_or(|hoe| zicht.masks(hoe));
        let own = |began: &&read_side::contact::DeelnemerDocument| began.initiator;
        let mut began = document.deelnemers.iter().filter(own);
        let van = match Herkomst::of(&document) {
            Herkomst::Klant if began.any(|deelnemer| zicht.is_self(deelnemer.partij_id)) => {
                BerichtVan::Ik
            }
            Herkomst::Klant => BerichtVan::Ander,
            Herkomst::Gemeente => BerichtVan::Gemeente,
            Herkomst::Onbekend => BerichtVan::Onbekend,
        };
        zicht.klant().into_iter().for_each(logboek::show);
        Self { document, van, masked }
    }

    fn content<'t>(&self, text: Option<&'t str>) -> Option<&'t str> {
        text.filter(|_| !self.masked)
    }
}

/// Een bericht in een gesprek van u. Van een vertrouwelijk bericht dat u niet mag inzien, blijven alleen
/// tijdstip, kanaal, afzender en team over; de rest is leeg.
#[Object]
impl MijnBericht {
    /// Sleutel van het contact.
    async fn contact_id(&self) -> ID {
        self.document.klantcontact_id.into()
    }

    /// Wanneer het bericht kwam.
    async fn op(&self) -> DateTime {
        self.document.op.into()
    }

    /// Langs welk kanaal: een code uit de lijst van kanalen.
    async fn kanaal(&self) -> &str {
        &self.document.kanaal
    }

    /// Van wie het komt.
    async fn van(&self) -> BerichtVan {
        self.van
    }

    /// Het team van de gemeente dat het bericht stuurde of kreeg; "Gemeente" als geen team is vastgelegd.
    async fn team(&self, ctx: &Context<'_>) -> Result<String> {
        let teams = Actoren::load(ctx, &self.document.actoren).await?.teams;
        Ok(teams.into_iter().next().map_or_else(|| GEMEENTE.to_owned(), |team| team.naam))
    }

    /// Onderwerp.
    async fn onderwerp(&self) -> Option<&str> {
        self.content(Some(&self.document.onderwerp))
    }

    /// Wat er is geschreven of besproken.
    async fn tekst(&self) -> Option<&str> {
        self.content(self.document.samenvatting.as_deref())
    }

    /// Het antwoord dat meteen is gegeven.
    async fn antwoord(&self) -> Option<&str> {
        self.content(self.document.antwoord.as_deref())
    }

    /// De zaken waar het over ging.
    async fn zaken(&self, ctx: &Context<'_>) -> Result<Vec<Zaak>> {
        Ok(Zaak::load_for_klant(ctx, visible(&self.document.zaken, self.masked)).await?)
    }

    /// De documenten die zijn meegegeven of ontstaan.
    async fn documenten(&self) -> Vec<Objectverwijzing> {
        shown(&self.document.documenten, self.masked)
    }
}

impl Node for MijnBericht {
    const NAME: &'static str = "MijnBericht";
}
