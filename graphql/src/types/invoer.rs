//! Arguments that several products share.

use std::collections::BTreeSet;

use async_graphql::{Context, Enum, ID, InputObject, OneofObject};
use read_side::klantbeeld::KlantKey;
use read_side::zoekterm;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::error::ProductError;
use crate::types::scalar::DateTime;

/// Wijst precies één klant aan. Soort en waarde horen altijd bij elkaar.
#[derive(Debug, OneofObject)]
pub(crate) enum Identificatie {
    /// Burgerservicenummer, negen cijfers.
    Bsn(String),
    /// KVK-nummer: de rechtspersoon zelf, niet een van haar vestigingen.
    KvkNummer(String),
    /// Een vestiging: KVK-nummer en vestigingsnummer samen.
    Vestiging(VestigingInvoer),
    /// Rechtspersonen en Samenwerkingsverbanden Informatienummer.
    Rsin(String),
    /// Sleutel van de klant, zoals andere antwoorden die noemen.
    KlantId(ID),
}

/// Een vestiging van een rechtspersoon.
#[derive(Debug, InputObject)]
pub(crate) struct VestigingInvoer {
    /// KVK-nummer van de rechtspersoon.
    pub(crate) kvk_nummer: String,
    /// Vestigingsnummer binnen dat KVK-nummer.
    pub(crate) vestigingsnummer: String,
}

impl Identificatie {
    /// The key in the read model. A klantId that is no key is the key of nobody.
    pub(crate) fn key(self) -> KlantKey {
        match self {
            Self::Bsn(bsn) => KlantKey::Bsn(bsn),
            Self::KvkNummer(kvk_nummer) => KlantKey::Kvk(kvk_nummer),
            Self::Vestiging(VestigingInvoer { kvk_nummer, vestigingsnummer }) => {
                KlantKey::Vestiging { kvk_nummer, vestigingsnummer }
            }
            Self::Rsin(rsin) => KlantKey::Rsin(rsin),
            Self::KlantId(id) => KlantKey::KlantId(parse_id(&id).unwrap_or(Uuid::nil())),
        }
    }
}

/// The key in an id; an id that is no key names nothing.
pub(crate) fn parse_id(id: &ID) -> Option<Uuid> {
    Uuid::try_parse(id).ok()
}

/// An e-mail address in the spelling in which it is searched; a refusal does not repeat it.
pub(crate) fn emailadres(text: &str) -> Result<String, ProductError> {
    zoekterm::emailadres(text).ok_or_else(|| {
        ProductError::invalid("email moet een heel e-mailadres zijn, zoals naam@example.nl.")
    })
}

/// A telephone number in the spelling in which it is searched; a refusal does not repeat it.
pub(crate) fn telefoonnummer(text: &str) -> Result<String, ProductError> {
    zoekterm::telefoonnummer(text).ok_or_else(|| {
        ProductError::invalid(
            "telefoon moet een heel telefoonnummer zijn, zoals 06 12345678 of +31 6 12345678.",
        )
    })
}

/// Een tijdvak, zonder het eindpunt: vanaf is erbij, tot is er niet bij.
#[derive(Debug, Default, InputObject)]
pub(crate) struct Periode {
    /// Begin, hoort erbij; leeg = zonder begin.
    pub(crate) vanaf: Option<DateTime>,
    /// Einde, hoort er niet bij; leeg = zonder einde.
    pub(crate) tot: Option<DateTime>,
}

type Moment = chrono::DateTime<chrono::Utc>;

impl Periode {
    /// Begin and end; an absent period has neither.
    pub(crate) fn bounds(
        periode: Option<&Self>,
    ) -> Result<(Option<Moment>, Option<Moment>), ProductError> {
        let vanaf = periode.and_then(|periode| periode.vanaf).map(|moment| moment.0);
        let tot = periode.and_then(|periode| periode.tot).map(|moment| moment.0);
        match (vanaf, tot) {
            (Some(begin), Some(end)) if end < begin => {
                Err(ProductError::invalid("De periode eindigt (tot) voordat zij begint (vanaf)."))
            }
            _ => Ok((vanaf, tot)),
        }
    }
}

/// Wijst een zaak aan. Geef ten minste één van beide; met beide, of als is vastgelegd dat zij van
/// één zaak zijn, worden ook contacten gevonden die maar met één van de twee zijn vastgelegd.
#[derive(Debug, InputObject)]
pub(crate) struct ZaakRef {
    /// Sleutel van de zaak in het zaakregister.
    pub(crate) uuid: Option<String>,
    /// Zaaknummer zoals mensen het gebruiken.
    pub(crate) identificatie: Option<String>,
}

impl ZaakRef {
    /// All keys of the zaak: those that are given, and the other one where that is known.
    pub(crate) async fn all_keys(&self, ctx: &Context<'_>) -> Result<Vec<String>, ProductError> {
        let keys = self.keys()?;
        let loaded = ctx.loaders()?.zaken.load_many(keys.iter().cloned());
        let known = Box::pin(loaded).await?;
        let pairs = known.into_values().flat_map(|zaak| [zaak.uuid, zaak.nummer]);
        let all: BTreeSet<String> = keys.into_iter().chain(pairs).collect();
        Ok(all.into_iter().collect())
    }

    /// The keys as the read model has them: in lower case.
    pub(crate) fn keys(&self) -> Result<Vec<String>, ProductError> {
        let mut keys: Vec<String> = [&self.uuid, &self.identificatie]
            .into_iter()
            .flatten()
            .map(|key| key.trim().to_lowercase())
            .filter(|key| !key.is_empty())
            .collect();
        keys.dedup();
        if keys.is_empty() {
            return Err(ProductError::invalid(
                "Noem van de zaak de uuid, de identificatie, of allebei.",
            ));
        }
        Ok(keys)
    }
}

/// A place in the log, as `actualiteit.positie` tells it.
pub(crate) fn parse_positie(text: Option<&str>) -> Result<Option<i64>, ProductError> {
    let Some(text) = text else { return Ok(None) };
    text.trim().parse().ok().filter(|positie| *positie >= 0).map(Some).ok_or_else(|| {
        ProductError::invalid(
            "gewijzigdSinds moet een plaats zijn zoals actualiteit.positie van een eerder antwoord \
             die noemt.",
        )
    })
}

/// De volgorde van een lijst in de tijd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Volgorde {
    /// Het nieuwste contact eerst.
    NieuwsteEerst,
    /// Het oudste contact eerst.
    OudsteEerst,
}

impl From<Volgorde> for read_side::Volgorde {
    fn from(volgorde: Volgorde) -> Self {
        match volgorde {
            Volgorde::NieuwsteEerst => Self::NieuwsteEerst,
            Volgorde::OudsteEerst => Self::OudsteEerst,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zaak_is_named_by_at_least_one_key_in_lower_case() {
        let zaak = ZaakRef { uuid: None, identificatie: Some("ZAAK-2026-0001".to_owned()) };
        assert_eq!(zaak.keys(), Ok(vec!["zaak-2026-0001".to_owned()]));
        assert!(ZaakRef { uuid: Some(" ".to_owned()), identificatie: None }.keys().is_err());
    }

    #[test]
    fn a_period_cannot_end_before_it_begins() {
        let at = |text: &str| Some(DateTime(text.parse().expect("a moment")));
        let backwards =
            Periode { vanaf: at("2026-02-01T00:00:00Z"), tot: at("2026-01-01T00:00:00Z") };
        assert!(Periode::bounds(Some(&backwards)).is_err());
        assert_eq!(Periode::bounds(None), Ok((None, None)));
    }
}
