//! Doorlooptijden: how fast do we finish? For analysts, and for who leads a team: counts, and never
//! a person.

use access::{Identity, Rol};
use async_graphql::{Context, Enum, Object, Result};
use chrono::NaiveDate;
use read_side::analyse::Tijdvak;
use read_side::doorlooptijden::{self, Cel, Kenmerk};
use uuid::Uuid;

use crate::cellen::{self, Analyse};
use crate::context::ContextExt;
use crate::loaders::Product;
use crate::policy;
use crate::types::actor::naam;
use crate::types::actualiteit::Actualiteit;
use crate::types::scalar::Date;
use crate::types::telling::{CELLEN_MAX, Dagen, Interval, check_cellen, check_kenmerken, split};

/// Who is both counts all work: an analyst before a leader of teams.
const ROLLEN: &[Rol] = &[Rol::Analist, Rol::Teamleider];

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct DoorlooptijdenQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, ROLLEN)
}

/// Waarop afgeronde contactverzoeken worden geteld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "read_side::doorlooptijden::Kenmerk")]
pub(crate) enum TaakKenmerk {
    /// Het eerste team waaraan het was toegewezen.
    Team,
    /// Het kanaal van het contact.
    Kanaal,
    /// Wat er werd gevraagd, voor zover de gemeente daarop laat tellen.
    #[graphql(name = "GEVRAAGDE_HANDELING")]
    Handeling,
}

#[Object]
impl DoorlooptijdenQuery {
    /// Hoe snel contactverzoeken zijn afgehandeld, in uren op werkdagen vanaf het contact. Te
    /// kleine aantallen staan er niet in. Voor analisten, en voor teamleiders over hun eigen teams.
    #[graphql(visible = "is_visible")]
    async fn doorlooptijden(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Afgehandeld op deze dagen.")] periode: Dagen,
        #[graphql(desc = "Waarin de periode wordt verdeeld; leeg = niet.")] interval: Option<
            Interval,
        >,
        #[graphql(
            desc = "Waarop wordt geteld, ten hoogste drie kenmerken; leeg = op team, een lege \
                    lijst = nergens op."
        )]
        groepeer_op: Option<Vec<TaakKenmerk>>,
    ) -> Result<Doorlooptijden> {
        let identity = ctx.identity()?;
        let rol = policy::require_any(identity, ROLLEN)?;
        let env = ctx.env()?;
        let analyse = &env.settings.analyse;
        let tijdvak = periode.tijdvak(interval)?;
        let groepeer_op = groepeer_op.unwrap_or_else(|| vec![TaakKenmerk::Team]);
        check_kenmerken(&groepeer_op)?;
        let kenmerken: Vec<Kenmerk> = groepeer_op.into_iter().map(Kenmerk::from).collect();
        let which = (tijdvak, teams(identity));
        let reader = ctx.reader(rol)?;
        let found = doorlooptijden::cellen(&reader, which, &kenmerken, CELLEN_MAX + 1);
        let found = env.run("doorlooptijden", found).await?;
        check_cellen(&found)?;
        let (cells, onderdrukt) = analyse.toonbaar(found);
        let cells = cells.into_iter().map(|cell| shown(cell, tijdvak, &kenmerken, analyse));
        Ok(Doorlooptijden { nodes: cells.collect(), onderdrukt })
    }
}

/// The teams that the bearer sees: an analyst all, who leads teams those of its token.
fn teams(identity: &Identity) -> Option<&[Uuid]> {
    (!identity.has(Rol::Analist)).then_some(&identity.teams)
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
) -> DoorlooptijdenCel {
    let mut shown = DoorlooptijdenCel {
        aantal: analyse.afgerond(cell.aantal),
        p50: analyse.gemeten(cell.uren_bekend, cell.p50).map(tenths),
        p90: analyse.gemeten(cell.uren_bekend, cell.p90).map(tenths),
        binnen_termijn_pct: analyse.procent(cell.binnen_termijn, cell.uren_bekend),
        heropend: analyse.afgerond(cell.heropend),
        ..DoorlooptijdenCel::default()
    };
    let (vanaf, waarden) = split(tijdvak, cell.waarden);
    shown.vanaf = vanaf;
    for (kenmerk, waarde) in kenmerken.iter().zip(waarden) {
        match kenmerk {
            Kenmerk::Team => shown.team = waarde.and_then(|key| key.parse().ok()),
            Kenmerk::Kanaal => shown.kanaal = waarde,
            Kenmerk::Handeling => shown.gevraagde_handeling = waarde,
        }
    }
    shown
}

fn tenths(hours: f64) -> f64 {
    (hours * 10.0).round() / 10.0
}

/// What was counted.
#[derive(Debug)]
pub(crate) struct Doorlooptijden {
    nodes: Vec<DoorlooptijdenCel>,
    onderdrukt: bool,
}

/// Afgehandelde contactverzoeken in aantallen. Totalen staan er niet in: wie ze wil, telt op minder
/// kenmerken.
#[Object]
impl Doorlooptijden {
    /// De cellen: een voor elke combinatie die vaak genoeg voorkomt, op volgorde van de kenmerken.
    async fn nodes(&self) -> &[DoorlooptijdenCel] {
        &self.nodes
    }

    /// Of er cellen zijn weggelaten: omdat zij te klein zijn, of omdat een te kleine er anders uit
    /// zou volgen.
    async fn onderdrukt(&self) -> bool {
        self.onderdrukt
    }

    /// Hoe actueel dit antwoord is.
    async fn actualiteit(&self, ctx: &Context<'_>) -> Result<Actualiteit> {
        Ok(Actualiteit::load(ctx, Product::Werkvoorraad).await?)
    }
}

/// A cell.
#[derive(Debug, Default)]
pub(crate) struct DoorlooptijdenCel {
    vanaf: Option<NaiveDate>,
    team: Option<Uuid>,
    kanaal: Option<String>,
    gevraagde_handeling: Option<String>,
    aantal: i64,
    p50: Option<f64>,
    p90: Option<f64>,
    binnen_termijn_pct: Option<i64>,
    heropend: i64,
}

/// De afgehandelde contactverzoeken met één combinatie van kenmerken. Een kenmerk waarop niet is
/// geteld, is leeg; een waarop wel is geteld, ook waar het niet bekend is.
#[Object]
impl DoorlooptijdenCel {
    /// Eerste dag van het interval; leeg zonder interval.
    async fn vanaf(&self) -> Option<Date> {
        self.vanaf.map(Date)
    }

    /// Naam van het eerste team waaraan het was toegewezen toen het werd afgehandeld.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(naam(ctx, self.team).await?)
    }

    /// Kanaal van het contact: een code uit de lijst van kanalen.
    async fn kanaal(&self) -> Option<&str> {
        self.kanaal.as_deref()
    }

    /// Wat er werd gevraagd; leeg als de gemeente daarop niet laat tellen: het is vrije tekst.
    async fn gevraagde_handeling(&self) -> Option<&str> {
        self.gevraagde_handeling.as_deref()
    }

    /// Aantal afgehandelde contactverzoeken, afgerond. Wat is doorgestuurd, telt pas als het daar
    /// is afgehandeld.
    async fn aantal(&self) -> i64 {
        self.aantal
    }

    /// Uren op werkdagen, vanaf het contact, waarbinnen de helft was afgehandeld; leeg als het van
    /// te weinig bekend is.
    async fn p50_uren(&self) -> Option<f64> {
        self.p50
    }

    /// Uren op werkdagen, vanaf het contact, waarbinnen negen van de tien waren afgehandeld; leeg
    /// als het van te weinig bekend is.
    async fn p90_uren(&self) -> Option<f64> {
        self.p90
    }

    /// Het deel dat op of voor de streefdatum was afgehandeld, in procenten; leeg als het van te
    /// weinig bekend is.
    async fn binnen_termijn_pct(&self) -> Option<i64> {
        self.binnen_termijn_pct
    }

    /// Hoeveel ervan ooit opnieuw open moesten, afgerond.
    async fn heropend(&self) -> i64 {
        self.heropend
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::tests::bearer;

    #[test]
    fn who_leads_teams_sees_those_and_an_analyst_all() {
        let team = Uuid::from_u128(1);
        let lead = Identity { teams: vec![team], ..bearer(&[Rol::Teamleider]) };
        assert_eq!(teams(&lead), Some(&[team][..]));
        assert_eq!(teams(&bearer(&[Rol::Teamleider])), Some(&[][..]));
        assert_eq!(teams(&bearer(&[Rol::Teamleider, Rol::Analist])), None);
    }
}
