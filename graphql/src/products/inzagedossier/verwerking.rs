//! What was done with the data of a klant, and who was given them: as the logbook has it.

use async_graphql::{Object, SimpleObject};
use logboek::{Ontvanger as Gegeven, Verwerkingsregel};
use read_side::Sleutel;
use uuid::Uuid;

use crate::connection::Node;
use crate::types::scalar::DateTime;

/// Bytes of the key of a span.
const SPAN_BYTES: usize = 8;
/// What the logbook does not say of recipients.
const NIET_VASTGELEGD: [&str; 3] = [
    "Notificaties (webhooks en Kafka) bevatten sleutels en codes, geen gegevens van personen; aan wie zij \
     zijn gestuurd, is per abonnement bekend en niet per persoon.",
    "Wie gegevens uit de interne stroom van Kafka, uit de database zelf of uit een reservekopie las, staat \
     niet in het logboek.",
    "Wat een toepassing met een antwoord deed en aan wie zij het doorgaf, is alleen daar bekend.",
];

/// The place of a processing in its list.
pub(super) fn sleutel(regel: &Verwerkingsregel) -> Sleutel {
    let mut bytes = [0; 16];
    for (place, byte) in bytes.iter_mut().zip(regel.span_id.iter().take(SPAN_BYTES)) {
        *place = *byte;
    }
    Sleutel { moment: Some(regel.tijdstip), id: Uuid::from_bytes(bytes) }
}

/// The same as the logbook has it: milliseconds since 1970, and the key of the span.
pub(super) fn place(sleutel: Sleutel) -> Option<(i64, Vec<u8>)> {
    let span = sleutel.id.as_bytes().iter().take(SPAN_BYTES).copied().collect();
    Some((sleutel.moment?.timestamp_millis(), span))
}

/// A processing.
#[derive(Debug)]
pub(crate) struct Verwerking(Verwerkingsregel);

impl Verwerking {
    pub(super) const fn new(regel: Verwerkingsregel) -> Self {
        Self(regel)
    }
}

/// Dat gegevens van de klant zijn verwerkt.
#[Object]
impl Verwerking {
    /// Wanneer.
    async fn op(&self) -> DateTime {
        self.0.tijdstip.into()
    }

    /// Waarbij: het informatieproduct of de handeling.
    async fn operatie(&self) -> &str {
        &self.0.naam
    }

    /// Onder welke verwerkingsactiviteit van het register van de gemeente dat valt.
    async fn activiteit(&self) -> &str {
        &self.0.activiteit
    }

    /// Met welke toepassing.
    async fn toepassing(&self) -> Option<&str> {
        self.0.toepassing.as_deref()
    }

    /// Voor welk doel, zoals de gebruiker het opgaf.
    async fn doelbinding(&self) -> Option<&str> {
        self.0.doelbinding.as_deref()
    }

    /// Of het lukte.
    async fn gelukt(&self) -> bool {
        self.0.gelukt
    }
}

impl Node for Verwerking {
    const NAME: &'static str = "Verwerking";
}

/// Een toepassing die gegevens van de klant kreeg.
#[derive(Debug, SimpleObject)]
pub(crate) struct Ontvanger {
    /// De toepassing, zoals zij zich bij de inlog bekendmaakt.
    toepassing: String,
    /// Wanneer voor het eerst.
    eerste: DateTime,
    /// Wanneer voor het laatst.
    laatste: DateTime,
    /// Hoe vaak.
    aantal: i64,
}

/// Who was given data.
#[derive(Debug)]
pub(crate) struct Ontvangers(pub(super) Vec<Gegeven>);

/// Wie gegevens van de klant kreeg.
#[Object]
impl Ontvangers {
    /// De toepassingen, op naam.
    async fn toepassingen(&self) -> Vec<Ontvanger> {
        let shown = self.0.iter().map(|gegeven| Ontvanger {
            toepassing: gegeven.toepassing.clone(),
            eerste: gegeven.eerste.into(),
            laatste: gegeven.laatste.into(),
            aantal: gegeven.aantal,
        });
        shown.collect()
    }

    /// Wat van ontvangers niet is vastgelegd.
    async fn niet_vastgelegd(&self) -> Vec<&'static str> {
        NIET_VASTGELEGD.to_vec()
    }
}
