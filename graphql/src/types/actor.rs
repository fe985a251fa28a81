//! Who works for the gemeente: employees, teams and systems, by name.

use async_graphql::{Context, ID, SimpleObject};
use read_side::actoren::ActorRow;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::error::ProductError;

/// `soort` of an employee.
const MEDEWERKER: &str = "medewerker";
/// `soort` of a team.
const TEAM: &str = "organisatorische_eenheid";

/// Een medewerker van de gemeente.
#[derive(Debug, SimpleObject)]
pub(crate) struct Medewerker {
    /// Sleutel van de medewerker.
    pub(crate) medewerker_id: ID,
    /// Naam.
    pub(crate) naam: String,
}

/// Een team: een afdeling of groep van de gemeente.
#[derive(Debug, SimpleObject)]
pub(crate) struct Team {
    /// Sleutel van het team.
    pub(crate) team_id: ID,
    /// Naam.
    pub(crate) naam: String,
}

/// Een systeem dat zelf contact had, zoals een chatbot.
#[derive(Debug, SimpleObject)]
pub(crate) struct Systeem {
    /// Sleutel van het systeem.
    pub(crate) systeem_id: ID,
    /// Naam.
    pub(crate) naam: String,
}

/// The actoren of one object, by kind, each in the order in which they were coupled.
#[derive(Debug, Default)]
pub(crate) struct Actoren {
    pub(crate) medewerkers: Vec<Medewerker>,
    pub(crate) teams: Vec<Team>,
    pub(crate) systemen: Vec<Systeem>,
}

impl Actoren {
    /// Loads the names of these actoren; one statement for all objects of a level.
    pub(crate) async fn load(ctx: &Context<'_>, ids: &[Uuid]) -> Result<Self, ProductError> {
        let mut found = ctx.loaders()?.actoren.load_many(ids.iter().copied()).await?;
        let mut actoren = Self::default();
        for row in ids.iter().filter_map(|id| found.remove(id)) {
            actoren.add(row);
        }
        Ok(actoren)
    }

    fn add(&mut self, row: ActorRow) {
        let id = ID::from(row.actor_id);
        let naam = row.naam;
        match row.soort.as_str() {
            MEDEWERKER => self.medewerkers.push(Medewerker { medewerker_id: id, naam }),
            TEAM => self.teams.push(Team { team_id: id, naam }),
            _ => self.systemen.push(Systeem { systeem_id: id, naam }),
        }
    }
}

/// The name of an actor; one statement for all of a level.
pub(crate) async fn naam(
    ctx: &Context<'_>,
    id: Option<Uuid>,
) -> Result<Option<String>, ProductError> {
    let Some(id) = id else { return Ok(None) };
    Ok(ctx.loaders()?.actoren.load_one(id).await?.map(|row| row.naam))
}

/// The key of a team; `None` when the key is of nothing, or of someone who is no team.
pub(crate) async fn find_team(
    ctx: &Context<'_>,
    id: Option<Uuid>,
) -> Result<Option<Uuid>, ProductError> {
    let Some(id) = id else { return Ok(None) };
    let found = ctx.loaders()?.actoren.load_one(id).await?;
    Ok(found.filter(|row| row.soort == TEAM).map(|row| row.actor_id))
}
