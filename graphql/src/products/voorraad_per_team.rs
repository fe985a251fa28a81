//! VoorraadPerTeam: where does it get stuck? For who leads teams; counts, and never a klant.

use std::collections::BTreeMap;

use access::{Identity, Rol};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime as Moment, TimeDelta, Utc};
use read_side::voorraad::{self, Deel, Momenten, VoorraadRow};
use uuid::Uuid;

use crate::context::{ContextExt, Env};
use crate::error::ProductError;
use crate::loaders::Product;
use crate::policy;
use crate::types::actor::{Actoren, Medewerker, Team};
use crate::types::actualiteit::Actualiteit;
use crate::types::invoer::{Periode, parse_id};
use crate::types::scalar::DateTime;

const ROL: Rol = Rol::Teamleider;
/// How long the period is in which is counted what came and went, unless it is said.
const PERIODE_DAGEN: i64 = 7;

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct VoorraadPerTeamQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, &[ROL])
}

#[Object]
impl VoorraadPerTeamQuery {
    /// Hoeveel contactverzoeken er bij uw teams en hun medewerkers openstaan, wat erbij kwam en wat
    /// ervan af ging. Voor teamleiders; zonder gegevens van klanten.
    #[graphql(visible = "is_visible")]
    async fn voorraad_per_team(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Welke van uw teams; leeg = alle. Teams waar u niet bij hoort, zijn er voor u \
                    niet."
        )]
        teams: Option<Vec<ID>>,
        #[graphql(desc = "Waarin wordt geteld wat erbij kwam en eraf ging. Zonder einde tot de \
                    peildatum, zonder begin vanaf zeven dagen eerder.")]
        periode: Option<Periode>,
        #[graphql(desc = "De stand op dit moment; leeg = nu.")] peildatum: Option<DateTime>,
    ) -> Result<VoorraadPerTeam> {
        let identity = ctx.identity()?;
        policy::require(identity, ROL)?;
        let env = ctx.env()?;
        let momenten = momenten(env, periode.as_ref(), peildatum)?;
        let teams = own_teams(identity, teams);
        let reader = ctx.reader(ROL)?;
        let rows = voorraad::per_team(&reader, &teams, momenten);
        let mut rows = env.run("voorraadPerTeam", rows).await?;
        rows.retain(|row| env.settings.analyse.per_behandelaar || row.behandelaar.is_none());
        Ok(VoorraadPerTeam { momenten, teams, rows })
    }
}

/// The teams that are asked, as far as the bearer leads them.
fn own_teams(identity: &Identity, asked: Option<Vec<ID>>) -> Vec<Uuid> {
    let asked: Option<Vec<Uuid>> = asked.map(|ids| ids.iter().filter_map(parse_id).collect());
    let wanted = |team: &&Uuid| asked.as_ref().is_none_or(|asked| asked.contains(team));
    identity.teams.iter().filter(wanted).copied().collect()
}

fn momenten(
    env: &Env,
    periode: Option<&Periode>,
    peildatum: Option<DateTime>,
) -> Result<Momenten, ProductError> {
    let now = env.now();
    let peildatum = peildatum.map_or(now, |peildatum| peildatum.0);
    if peildatum > now {
        return Err(ProductError::invalid("De peildatum ligt in de toekomst."));
    }
    let (vanaf, tot) = Periode::bounds(periode)?;
    let tot = tot.unwrap_or(peildatum);
    let vanaf = vanaf.or_else(|| tot.checked_sub_signed(TimeDelta::days(PERIODE_DAGEN)));
    let vanaf = vanaf.unwrap_or(Moment::<Utc>::MIN_UTC).min(tot);
    let dringend_tot = env.settings.termijn.dringend_tot(peildatum);
    Ok(Momenten { peildatum, dringend_tot, vanaf, tot })
}

/// How the work of teams stands.
#[derive(Debug)]
pub(crate) struct VoorraadPerTeam {
    momenten: Momenten,
    teams: Vec<Uuid>,
    rows: Vec<VoorraadRow>,
}

/// Hoe het werk van teams ervoor staat.
#[Object]
impl VoorraadPerTeam {
    /// Het moment van de stand: alles wat daarvoor gebeurde, is meegeteld.
    async fn peildatum(&self) -> DateTime {
        self.momenten.peildatum.into()
    }

    /// Begin van het tijdvak van instroom en uitstroom, hoort erbij.
    async fn vanaf(&self) -> DateTime {
        self.momenten.vanaf.into()
    }

    /// Einde van dat tijdvak, hoort er niet bij.
    async fn tot(&self) -> DateTime {
        self.momenten.tot.into()
    }

    /// Uw teams, ook die zonder werk.
    async fn teams(&self, ctx: &Context<'_>) -> Result<Vec<Teamvoorraad>> {
        let behandelaars = self.rows.iter().filter_map(|row| row.behandelaar);
        let named: Vec<Uuid> = self.teams.iter().copied().chain(behandelaars).collect();
        let Actoren { medewerkers, teams, .. } = Actoren::load(ctx, &named).await?;
        let namen: BTreeMap<Uuid, String> = medewerkers
            .into_iter()
            .filter_map(|it| parse_id(&it.medewerker_id).map(|id| (id, it.naam)))
            .collect();
        Ok(teams.into_iter().map(|team| Teamvoorraad::of(team, &self.rows, &namen)).collect())
    }

    /// Hoe actueel dit antwoord is.
    async fn actualiteit(&self, ctx: &Context<'_>) -> Result<Actualiteit> {
        Ok(Actualiteit::load(ctx, Product::Werkvoorraad).await?)
    }
}

/// The counts of a part of a team; none when nothing stands, came or went.
#[derive(Debug, Default)]
struct Stand(Option<VoorraadRow>);

impl Stand {
    fn count(&self, count: impl Fn(&VoorraadRow) -> i64) -> i64 {
        self.0.as_ref().map_or(0, count)
    }
}

/// Wat er openstaat, erbij kwam en eraf ging.
#[Object]
impl Stand {
    /// Hoeveel contactverzoeken er openstaan.
    async fn open(&self) -> i64 {
        self.count(|row| row.open)
    }

    /// Hoeveel daarvan over hun streefdatum zijn.
    async fn verlopen(&self) -> i64 {
        self.count(|row| row.verlopen)
    }

    /// Hoeveel daarvan hun streefdatum bijna bereiken: de dringende van de werkvoorraad.
    async fn bijna_verlopen(&self) -> i64 {
        self.count(|row| row.bijna_verlopen)
    }

    /// Wanneer het contact was van wie het langst wacht; leeg als er niets openstaat.
    async fn oudste_contact_op(&self) -> Option<DateTime> {
        self.0.as_ref().and_then(|row| row.oudste_contact_op).map(DateTime)
    }

    /// Hoeveel contactverzoeken erbij kwamen: nieuw, toegewezen of heropend.
    async fn instroom(&self) -> i64 {
        self.count(|row| row.instroom)
    }

    /// Hoeveel contactverzoeken eraf gingen: afgehandeld, doorgestuurd of aan anderen toegewezen.
    async fn uitstroom(&self) -> i64 {
        self.count(|row| row.uitstroom)
    }
}

/// One team.
#[derive(Debug)]
pub(crate) struct Teamvoorraad {
    team: Team,
    stand: Stand,
    zonder: i64,
    behandelaars: Vec<Behandelaarvoorraad>,
}

impl Teamvoorraad {
    fn of(team: Team, rows: &[VoorraadRow], namen: &BTreeMap<Uuid, String>) -> Self {
        let id = parse_id(&team.team_id);
        let rows = || rows.iter().filter(move |row| Some(row.team) == id);
        let part = |deel: Deel| rows().find(move |row| row.deel == deel.code()).cloned();
        let behandelaar = |row: &VoorraadRow| {
            let medewerker_id = row.behandelaar?;
            let naam = namen.get(&medewerker_id)?.clone();
            let behandelaar = Medewerker { medewerker_id: medewerker_id.into(), naam };
            Some(Behandelaarvoorraad { behandelaar, stand: Stand(Some(row.clone())) })
        };
        let mut behandelaars: Vec<Behandelaarvoorraad> = rows().filter_map(behandelaar).collect();
        behandelaars.sort_by(|one, other| one.behandelaar.naam.cmp(&other.behandelaar.naam));
        Self {
            stand: Stand(part(Deel::Geheel)),
            zonder: part(Deel::Zonder).map_or(0, |row| row.open),
            behandelaars,
            team,
        }
    }
}

/// Hoe het werk van één team ervoor staat. Een contactverzoek dat bij meer teams ligt, telt bij elk
/// van die teams.
#[Object]
impl Teamvoorraad {
    /// Het team.
    async fn team(&self) -> &Team {
        &self.team
    }

    #[graphql(flatten)]
    async fn stand(&self) -> &Stand {
        &self.stand
    }

    /// Hoeveel open contactverzoeken aan geen medewerker zijn toegewezen.
    async fn zonder_behandelaar(&self) -> i64 {
        self.zonder
    }

    /// De medewerkers bij wie iets openstond, erbij kwam of eraf ging, op naam. Een contactverzoek
    /// dat bij meer medewerkers ligt, telt bij elk van hen. Leeg als de gemeente dit niet laat zien.
    async fn behandelaars(&self) -> &[Behandelaarvoorraad] {
        &self.behandelaars
    }
}

/// One medewerker of a team.
#[derive(Debug)]
pub(crate) struct Behandelaarvoorraad {
    behandelaar: Medewerker,
    stand: Stand,
}

/// Hoe het werk van één medewerker in één team ervoor staat.
#[Object]
impl Behandelaarvoorraad {
    /// De medewerker.
    async fn behandelaar(&self) -> &Medewerker {
        &self.behandelaar
    }

    #[graphql(flatten)]
    async fn stand(&self) -> &Stand {
        &self.stand
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::tests::bearer;

    #[test]
    fn teams_that_are_not_led_are_not_there() {
        let [own, second, other] = [1, 2, 3].map(Uuid::from_u128);
        let identity = Identity { teams: vec![own, second], ..bearer(&[ROL]) };
        assert_eq!(own_teams(&identity, None), [own, second]);
        let asked = vec![ID::from(other), ID::from(second), ID::from("geen sleutel")];
        assert_eq!(own_teams(&identity, Some(asked)), [second]);
        assert!(own_teams(&identity, Some(Vec::new())).is_empty());
    }
}
