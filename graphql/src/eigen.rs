//! What a bearer is and works on besides what its token says: one human is often several actoren, a
//! zaak has two keys, and a token names only some of them.

use std::collections::HashMap;

use access::Identity;
use async_graphql::Context;
use read_side::Reader;
use read_side::actoren::{self, ActorRow};
use read_side::zaken::{self, ZaakRow};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::context::{ContextExt, Env};
use crate::error::ProductError;
use crate::policy::{Publiek, Zicht};

/// What in a token stands for every zaak.
const ALLE: &str = "*";

/// The bearer of one request, looked up when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct EigenCell(OnceCell<Eigen>);

impl EigenCell {
    /// The bearer as all that it is.
    pub(crate) async fn get(
        &self,
        (env, reader): (&Env, &Reader),
        identity: &Identity,
    ) -> Result<&Eigen, ProductError> {
        self.0.get_or_try_init(|| Eigen::load(env, reader, identity)).await
    }
}

/// A bearer with every actor that is the same as one in its token, and both keys of its zaken.
#[derive(Debug, Clone)]
pub(crate) struct Eigen {
    identity: Identity,
    /// Of each known actor the one that leads those that are the same.
    hoofden: HashMap<Uuid, Uuid>,
}

impl Eigen {
    /// Looks up what a bearer is now.
    pub(crate) async fn load(
        env: &Env,
        reader: &Reader,
        identity: &Identity,
    ) -> Result<Self, ProductError> {
        let named: Vec<Uuid> = identity.actoren.iter().chain(&identity.teams).copied().collect();
        let keys: Vec<String> = identity.zaken.iter().filter(|key| *key != ALLE).cloned().collect();
        let rows = async {
            match named.is_empty() {
                true => Ok(Vec::new()),
                false => env.run("eigen actoren", actoren::zelfde(reader, &named)).await,
            }
        };
        let zaken = async {
            match keys.is_empty() {
                true => Ok(Vec::new()),
                false => env.run("eigen zaken", zaken::by_keys(reader, &keys)).await,
            }
        };
        let (rows, zaken) = tokio::try_join!(rows, zaken)?;
        Ok(Self::new(identity.clone(), &rows, zaken))
    }

    /// A bearer of whose actoren these are all that are the same, and of whose zaken both keys.
    pub(crate) fn new(mut identity: Identity, rows: &[ActorRow], zaken: Vec<ZaakRow>) -> Self {
        let hoofden = rows.iter().map(|row| (row.actor_id, row.hoofd)).collect();
        identity.actoren = zelfde(&hoofden, &identity.actoren);
        identity.teams = zelfde(&hoofden, &identity.teams);
        identity.zaken.extend(zaken.into_iter().flat_map(|zaak| [zaak.uuid, zaak.nummer]));
        Self { identity, hoofden }
    }

    /// The bearer, as if its token named all that it is.
    pub(crate) const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// These actoren of the bearer, and those that are the same as one of them.
    pub(crate) fn zelfde(&self, named: &[Uuid]) -> Vec<Uuid> {
        zelfde(&self.hoofden, named)
    }
}

/// These actoren and those that have the same hoofd as one of them. One that is not known is
/// itself.
fn zelfde(hoofden: &HashMap<Uuid, Uuid>, named: &[Uuid]) -> Vec<Uuid> {
    let led: Vec<&Uuid> = named.iter().filter_map(|id| hoofden.get(id)).collect();
    let same = hoofden.iter().filter(|(_, hoofd)| led.contains(hoofd)).map(|(id, _)| *id);
    let mut all: Vec<Uuid> = same.chain(named.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// How an employee sees klanten: a behandelaar is judged by all that it is.
pub(crate) async fn employee(ctx: &Context<'_>, publiek: Publiek) -> Result<Zicht, ProductError> {
    let identity = match publiek {
        Publiek::Behandelaar => ctx.eigen().await?.identity(),
        Publiek::Kcc | Publiek::Burger => ctx.identity()?,
    };
    Ok(Zicht::employee(publiek, identity, ctx.env()?.settings.vertrouwelijk))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::policy::tests::bearer;

    /// A bearer with these actoren and teams, of which the pairs are the same.
    pub(crate) fn eigen(actoren: &[u128], teams: &[u128], same: &[(u128, u128)]) -> Eigen {
        let ids =
            |numbers: &[u128]| numbers.iter().map(|number| Uuid::from_u128(*number)).collect();
        let identity = Identity { actoren: ids(actoren), teams: ids(teams), ..bearer(&[]) };
        let row = |(id, hoofd): &(u128, u128)| ActorRow {
            actor_id: Uuid::from_u128(*id),
            hoofd: Uuid::from_u128(*hoofd),
            soort: String::new(),
            naam: String::new(),
        };
        Eigen::new(identity, &same.iter().map(row).collect::<Vec<_>>(), Vec::new())
    }

    #[test]
    fn a_bearer_is_all_that_are_the_same_as_what_its_token_names() {
        let eigen = eigen(&[2, 9], &[6], &[(1, 1), (2, 1), (5, 5), (6, 5)]);
        let numbers = |ids: &[Uuid]| ids.iter().map(Uuid::as_u128).collect::<Vec<_>>();
        assert_eq!(numbers(&eigen.identity().actoren), [1, 2, 9]);
        assert_eq!(numbers(&eigen.identity().teams), [5, 6]);
        assert_eq!(numbers(&eigen.zelfde(&[Uuid::from_u128(6)])), [5, 6]);
    }

    #[test]
    fn a_bearer_works_on_a_zaak_by_either_of_its_keys() {
        let mut identity = bearer(&[]);
        identity.zaken.insert("zaak-1".to_owned());
        let row = ZaakRow {
            uuid: "u-1".to_owned(),
            nummer: "zaak-1".to_owned(),
            identificatie: "ZAAK-1".to_owned(),
        };
        let eigen = Eigen::new(identity, &[], vec![row]);
        assert!(eigen.identity().works_on("U-1") && eigen.identity().works_on("zaak-1"));
        assert!(!eigen.identity().works_on("u-2"));
    }
}
