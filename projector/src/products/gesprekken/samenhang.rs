//! Which klantcontacten hang together: what is linked with one another, in whatever direction and
//! through whatever number of links, is one gesprek. Chains, stars and cycles are all the same to it,
//! and so is the order in which links came.
//!
//! A step takes one statement and work in proportion to the gesprekken that it touches.

use std::collections::{BTreeMap, BTreeSet};

use events::{ObjectRef, Objectsoort};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::super::bronnen::Bronnen;
use super::super::table::{Rows, Table, text};
use super::BERICHTEN;
use crate::product::{ProjectError, Schema};

pub(super) const SCHAKELS: Table = Table {
    name: "gesprek_schakels",
    root: Objectsoort::Klantcontact,
    root_column: "klantcontact_id",
    key: &["van", "naar", "klantcontact_id"],
    columns: &[("van", "uuid"), ("naar", "uuid"), ("klantcontact_id", "uuid")],
    feeds: Some("naar"),
};

/// The links that these klantcontacten say, each in both directions; and of each that is known, one with
/// itself.
pub(super) async fn rows(
    conn: &mut PgConnection,
    bronnen: &mut Bronnen<'_>,
    ids: &BTreeSet<Uuid>,
) -> Result<Rows, ProjectError> {
    bronnen.load(conn, ids.iter().copied().map(ObjectRef::klantcontact)).await?;
    let mut rows = Rows::new(&SCHAKELS);
    for state in ids.iter().filter_map(|id| bronnen.klantcontact(*id)) {
        let id = state.klantcontact.id;
        let eerder = state.eerdere_contacten().filter(|eerder| *eerder != id);
        let schakels: BTreeSet<(Uuid, Uuid)> =
            eerder.flat_map(|eerder| [(id, eerder), (eerder, id)]).chain([(id, id)]).collect();
        for (van, naar) in schakels {
            rows.push([text(van), text(naar), text(id)]);
        }
    }
    Ok(rows)
}

/// To which gesprek each known klantcontact belongs, of all gesprekken around some of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Samenhang {
    gesprek: BTreeMap<Uuid, Uuid>,
}

impl Samenhang {
    /// That of the gesprekken that have one of these, or to which one that is not known links them.
    pub(super) async fn around(
        conn: &mut PgConnection,
        schema: &Schema,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Self, ProjectError> {
        let table = schema.table(SCHAKELS.name);
        let sql = format!(
            "WITH RECURSIVE bereikt AS (
                 SELECT id FROM unnest($1::uuid[]) AS zaad (id)
                 UNION
                 SELECT s.naar FROM bereikt b JOIN {table} s ON s.van = b.id
             )
             SELECT s.van, s.naar FROM bereikt b JOIN {table} s ON s.van = b.id"
        );
        let ids: Vec<Uuid> = ids.iter().copied().collect();
        let schakels = sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(conn).await?;
        Ok(Self::of(schakels))
    }

    fn of(schakels: Vec<(Uuid, Uuid)>) -> Self {
        let mut buren: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        let mut bekend = BTreeSet::new();
        for (van, naar) in schakels {
            if van == naar {
                bekend.insert(van);
            } else {
                buren.entry(van).or_default().push(naar);
            }
        }
        let mut gesprek: BTreeMap<Uuid, Uuid> = BTreeMap::new();
        let mut gezien = BTreeSet::new();
        // From the smallest key on: the first known one of a gesprek gives it its key.
        for eerste in &bekend {
            let mut erbij = vec![*eerste];
            while let Some(id) = erbij.pop() {
                if gezien.insert(id) {
                    if bekend.contains(&id) {
                        gesprek.insert(id, *eerste);
                    }
                    erbij.extend(buren.get(&id).into_iter().flatten());
                }
            }
        }
        Self { gesprek }
    }

    /// The gesprek of a klantcontact: one that hangs together with nothing is one by itself.
    pub(super) fn gesprek(&self, id: Uuid) -> Uuid {
        self.gesprek.get(&id).copied().unwrap_or(id)
    }

    /// The keys of the gesprekken.
    pub(super) fn gesprekken(&self) -> impl Iterator<Item = Uuid> {
        self.gesprek.values().copied()
    }

    /// The gesprekken with one of these keys, and what belongs to each.
    pub(super) fn leden(&self, ids: &BTreeSet<Uuid>) -> BTreeMap<Uuid, Vec<Uuid>> {
        let mut leden: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for (id, gesprek) in self.gesprek.iter().filter(|(_, gesprek)| ids.contains(gesprek)) {
            leden.entry(*gesprek).or_default().push(*id);
        }
        leden
    }

    /// Those whose row says another gesprek, or that have none.
    pub(super) async fn moved(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
    ) -> Result<Vec<Uuid>, ProjectError> {
        let sql = format!(
            "SELECT nu.id FROM unnest($1::uuid[], $2::uuid[]) AS nu (id, gesprek)
             LEFT JOIN {} b ON b.klantcontact_id = nu.id
             WHERE b.gesprek_id IS DISTINCT FROM nu.gesprek",
            schema.table(BERICHTEN.name)
        );
        let (ids, gesprekken): (Vec<Uuid>, Vec<Uuid>) = self.gesprek.iter().unzip();
        let moved = sqlx::query_scalar(AssertSqlSafe(sql)).bind(ids).bind(gesprekken);
        Ok(moved.fetch_all(conn).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// What hangs together, of klantcontacten that are known and links between any.
    fn samenhang(bekend: &[u128], links: &[(u128, u128)]) -> Vec<(u128, u128)> {
        let own = bekend.iter().map(|one| (*one, *one));
        let both = links.iter().flat_map(|(van, naar)| [(*van, *naar), (*naar, *van)]);
        let schakels = own.chain(both).map(|(van, naar)| (id(van), id(naar))).collect();
        let found = Samenhang::of(schakels).gesprek;
        found.into_iter().map(|(lid, gesprek)| (lid.as_u128(), gesprek.as_u128())).collect()
    }

    #[test]
    fn chain_star_and_cycle_are_one_gesprek_each() {
        for links in [&[(4, 3), (3, 2)][..], &[(3, 2), (4, 2)], &[(2, 3), (3, 4), (4, 2)]] {
            assert_eq!(samenhang(&[2, 3, 4, 5], links), [(2, 2), (3, 2), (4, 2), (5, 5)]);
        }
    }

    #[test]
    fn what_is_not_known_links_but_has_no_gesprek_of_its_own() {
        assert_eq!(samenhang(&[2, 3], &[(2, 1), (3, 1)]), [(2, 2), (3, 2)]);
        assert_eq!(samenhang(&[], &[(2, 1)]), []);
    }

    #[test]
    fn without_its_link_a_gesprek_falls_apart() {
        assert_eq!(samenhang(&[1, 2, 3], &[(2, 1)]), [(1, 1), (2, 1), (3, 3)]);
    }
}
