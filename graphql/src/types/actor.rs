//! Who works for the gemeente: employees, teams and systems, by name.

use std::collections::BTreeSet;

use async_graphql::{Context, ID, SimpleObject};
use read_side::actoren::{self, ActorRow};
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
    /// Loads the names of these actoren, each human and team once; one statement for all objects of
    /// a level.
    pub(crate) async fn load(ctx: &Context<'_>, ids: &[Uuid]) -> Result<Self, ProductError> {
        let mut found = ctx.loaders()?.actoren.load_many(ids.iter().copied()).await?;
        let mut actoren = Self::default();
        let mut seen = BTreeSet::new();
        for row in ids.iter().filter_map(|id| found.remove(id)) {
            if seen.insert(row.hoofd) {
                actoren.add(row);
            }
        }
        Ok(actoren)
    }

    fn add(&mut self, row: ActorRow) {
        let id = ID::from(row.hoofd);
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

/// All keys of a team; `None` when the key is of nothing, or of someone who is no team.
pub(crate) async fn find_team(
    ctx: &Context<'_>,
    id: Option<Uuid>,
) -> Result<Option<Vec<Uuid>>, ProductError> {
    let Some(id) = id else { return Ok(None) };
    let (reader, ids) = (ctx.shared()?, [id]);
    let found = ctx.env()?.run("actoren: team", actoren::zelfde(&reader, &ids)).await?;
    let keys: Vec<Uuid> =
        found.iter().filter(|row| row.soort == TEAM).map(|row| row.actor_id).collect();
    Ok(if keys.is_empty() { None } else { Some(keys) })
}
