//! Kanaalgebruik: which channels, when, about what? For analysts: counts, and never a person.

use access::Rol;
use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use chrono::NaiveDate;
use read_side::analyse::{GESPREKSRESULTAAT, Tijdvak};
use read_side::kanaalgebruik::{self, Cel, Kenmerk};
use uuid::Uuid;

use crate::cellen::{self, Analyse};
use crate::context::ContextExt;
use crate::error::ProductError;
use crate::loaders::Product;
use crate::policy;
use crate::types::actor::naam;
use crate::types::actualiteit::Actualiteit;
use crate::types::contact::Richting;
use crate::types::scalar::Date;
use crate::types::telling::{CELLEN_MAX, Dagen, Interval, check_cellen, check_kenmerken, split};

const ROL: Rol = Rol::Analist;

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct KanaalgebruikQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, &[ROL])
}

/// Waarop contacten worden geteld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ContactKenmerk {
    /// Het kanaal.
    Kanaal,
    /// Wie contact zocht.
    Richting,
    /// Het type van het onderwerp.
    Onderwerptype,
    /// Het eerste team dat het contact had.
    Team,
    /// Hoe het gesprek eindigde, als de gemeente daarop laat tellen.
    Gespreksresultaat,
}

impl ContactKenmerk {
    fn kenmerk(self) -> Kenmerk {
        match self {
            Self::Kanaal => Kenmerk::Kanaal,
            Self::Richting => Kenmerk::Richting,
            Self::Onderwerptype => Kenmerk::Onderwerptype,
            Self::Team => Kenmerk::Team,
            Self::Gespreksresultaat => Kenmerk::Metadata(GESPREKSRESULTAAT.to_owned()),
        }
    }
}

#[Object]
impl KanaalgebruikQuery {
    /// Langs welke kanalen contact was, wanneer en waarover, in aantallen. Te kleine aantallen
    /// staan er niet in; geen enkel antwoord zegt iets over een persoon. Voor analisten.
    #[graphql(visible = "is_visible")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the interface")]
    async fn kanaalgebruik(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Contacten van deze dagen.")] periode: Dagen,
        #[graphql(desc = "Waarin de periode wordt verdeeld; leeg = niet.")] interval: Option<
            Interval,
        >,
        #[graphql(
            desc = "Waarop wordt geteld, samen met metadata ten hoogste drie kenmerken; leeg = op \
                    kanaal, een lege lijst = nergens op."
        )]
        groepeer_op: Option<Vec<ContactKenmerk>>,
        #[graphql(
            desc = "Andere gegevens bij het contact waarop de gemeente laat tellen, bij hun \
                    sleutel."
        )]
        metadata: Option<Vec<String>>,
    ) -> Result<Kanaalgebruik> {
        policy::require(ctx.identity()?, ROL)?;
        let env = ctx.env()?;
        let analyse = &env.settings.analyse;
        let tijdvak = periode.tijdvak(interval)?;
        let groepeer_op = groepeer_op.unwrap_or_else(|| vec![ContactKenmerk::Kanaal]);
        let kenmerken = kenmerken(&groepeer_op, metadata.unwrap_or_default(), analyse)?;
        let reader = ctx.reader(ROL)?;
        let found = kanaalgebruik::cellen(&reader, tijdvak, &kenmerken, CELLEN_MAX + 1);
        let found = env.run("kanaalgebruik", found).await?;
        check_cellen(&found)?;
        let (cells, onderdrukt) = analyse.toonbaar(found);
        let cells = cells.into_iter().map(|cell| shown(cell, tijdvak, &kenmerken, analyse));
        Ok(Kanaalgebruik { nodes: cells.collect(), onderdrukt })
    }
}

/// What is counted by, when all of it is allowed.
fn kenmerken(
    groepeer_op: &[ContactKenmerk],
    metadata: Vec<String>,
    analyse: &Analyse,
) -> Result<Vec<Kenmerk>, ProductError> {
    let named = groepeer_op.iter().map(|kenmerk| kenmerk.kenmerk());
    let kenmerken: Vec<Kenmerk> =
        named.chain(metadata.into_iter().map(Kenmerk::Metadata)).collect();
    check_kenmerken(&kenmerken)?;
    let allowed = &analyse.toegestaan.metadata;
    let refused = |it: &Kenmerk| matches!(it, Kenmerk::Metadata(key) if !allowed.contains(key));
    if kenmerken.iter().any(refused) {
        let keys: Vec<&str> = allowed.iter().map(String::as_str).collect();
        let detail = format!("Op deze metadata wordt geteld: {}.", keys.join(", "));
        return Err(ProductError::invalid(detail));
    }
    Ok(kenmerken)
}

impl cellen::Cel for Cel {
    fn waarden(&self) -> &[Option<String>] {
        &self.waarden
    }

    fn aantal(&self) -> i64 {
        self.aantal
    }
}

fn shown(
    cell: Cel,
    tijdvak: Tijdvak,
    kenmerken: &[Kenmerk],
    analyse: &Analyse,
) -> KanaalgebruikCel {
    let mut shown = KanaalgebruikCel {
        aantal: analyse.afgerond(cell.aantal),
        gemiddelde_gespreksduur: analyse.gemeten(cell.duur_bekend, cell.duur).map(f64::round),
        gelukt_pct: analyse.procent(cell.gelukt, cell.gelukt_bekend),
        eerste_contact_oplossing_pct: analyse.procent(cell.opgelost, cell.eerste),
        ..KanaalgebruikCel::default()
    };
    let (vanaf, waarden) = split(tijdvak, cell.waarden);
    shown.vanaf = vanaf;
    for (kenmerk, waarde) in kenmerken.iter().zip(waarden) {
        match kenmerk {
            Kenmerk::Kanaal => shown.kanaal = waarde,
            Kenmerk::Richting => shown.richting = waarde.as_deref().and_then(richting),
            Kenmerk::Onderwerptype => shown.onderwerptype = waarde,
            Kenmerk::Team => shown.team = waarde.and_then(|key| key.parse().ok()),
            Kenmerk::Metadata(key) if key == GESPREKSRESULTAAT => shown.gespreksresultaat = waarde,
            Kenmerk::Metadata(key) => {
                shown.metadata.push(Metadatawaarde { sleutel: key.clone(), waarde });
            }
        }
    }
    shown
}

fn richting(code: &str) -> Option<Richting> {
    read_side::contact::Richting::from_code(code).map(Richting::from)
}

/// What was counted.
#[derive(Debug)]
pub(crate) struct Kanaalgebruik {
    nodes: Vec<KanaalgebruikCel>,
    onderdrukt: bool,
}

/// Contacten in aantallen. Totalen staan er niet in: wie ze wil, telt op minder kenmerken.
#[Object]
impl Kanaalgebruik {
    /// De cellen: een voor elke combinatie die vaak genoeg voorkomt, op volgorde van de kenmerken.
    async fn nodes(&self) -> &[KanaalgebruikCel] {
        &self.nodes
    }

    /// Of er cellen zijn weggelaten: omdat zij te klein zijn, of omdat een te kleine er anders uit
    /// zou volgen.
    async fn onderdrukt(&self) -> bool {
        self.onderdrukt
    }

    /// Hoe actueel dit antwoord is.
    async fn actualiteit(&self, ctx: &Context<'_>) -> Result<Actualiteit> {
        Ok(Actualiteit::load(ctx, Product::Contactgeschiedenis).await?)
    }
}

/// A cell.
#[derive(Debug, Default)]
pub(crate) struct KanaalgebruikCel {
    vanaf: Option<NaiveDate>,
    kanaal: Option<String>,
    richting: Option<Richting>,
    onderwerptype: Option<String>,
    team: Option<Uuid>,
    gespreksresultaat: Option<String>,
    metadata: Vec<Metadatawaarde>,
    aantal: i64,
    gemiddelde_gespreksduur: Option<f64>,
    gelukt_pct: Option<i64>,
    eerste_contact_oplossing_pct: Option<i64>,
}

/// De contacten met één combinatie van kenmerken. Een kenmerk waarop niet is geteld, is leeg; een
/// waarop wel is geteld, ook bij contacten waarvan het niet bekend is.
#[Object]
impl KanaalgebruikCel {
    /// Eerste dag van het interval; leeg zonder interval.
    async fn vanaf(&self) -> Option<Date> {
        self.vanaf.map(Date)
    }

    /// Kanaal: een code uit de lijst van kanalen.
    async fn kanaal(&self) -> Option<&str> {
        self.kanaal.as_deref()
    }

    /// Wie contact zocht.
    async fn richting(&self) -> Option<Richting> {
        self.richting
    }

    /// Type van het onderwerp.
    async fn onderwerptype(&self) -> Option<&str> {
        self.onderwerptype.as_deref()
    }

    /// Naam van het eerste team dat het contact had.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(naam(ctx, self.team).await?)
    }

    /// Hoe het gesprek eindigde.
    async fn gespreksresultaat(&self) -> Option<&str> {
        self.gespreksresultaat.as_deref()
    }

    /// De andere gegevens waarop is geteld.
    async fn metadata(&self) -> &[Metadatawaarde] {
        &self.metadata
    }

    /// Aantal contacten, afgerond.
    async fn aantal(&self) -> i64 {
        self.aantal
    }

    /// Hoe lang een gesprek gemiddeld duurde, in seconden; leeg als dat van te weinig contacten
    /// bekend is.
    async fn gemiddelde_gespreksduur(&self) -> Option<f64> {
        self.gemiddelde_gespreksduur
    }

    /// Van de contacten waarvan het bekend is, het deel dat is gelukt, in procenten; leeg als het
    /// van te weinig contacten bekend is.
    async fn gelukt_pct(&self) -> Option<i64> {
        self.gelukt_pct
    }

    /// Van de eerste contacten (de klant zocht contact, en niet over een eerder contact) het deel
    /// waar geen contactverzoek op volgde, in procenten; leeg als het er te weinig zijn.
    async fn eerste_contact_oplossing_pct(&self) -> Option<i64> {
        self.eerste_contact_oplossing_pct
    }
}

/// Een gegeven bij contacten waarop de gemeente laat tellen.
#[derive(Debug, SimpleObject)]
pub(crate) struct Metadatawaarde {
    /// De sleutel.
    sleutel: String,
    /// De waarde; leeg bij contacten waarvan het niet bekend is.
    waarde: Option<String>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use read_side::analyse::Toegestaan;

    use super::*;

    #[test]
    fn metadata_is_counted_by_only_when_the_municipality_allows_it() {
        let analyse = Analyse::default();
        let by = |groepen: &[ContactKenmerk], keys: &[&str], analyse: &Analyse| {
            kenmerken(groepen, keys.iter().map(|key| (*key).to_owned()).collect(), analyse)
        };
        let result = [ContactKenmerk::Gespreksresultaat];
        assert!(by(&result, &[], &analyse).is_ok());
        assert!(by(&[], &["vraag"], &analyse).is_err());
        assert!(by(&result, &["gespreksresultaat"], &analyse).is_err(), "the same twice");
        let metadata = BTreeSet::from(["productgroep".to_owned()]);
        let toegestaan = Toegestaan { metadata, ..Toegestaan::default() };
        let other = Analyse { toegestaan, ..analyse };
        assert!(by(&[], &["productgroep"], &other).is_ok());
        assert!(by(&result, &[], &other).is_err());
    }
}
