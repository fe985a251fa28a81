//! What reading without gaps asks of the database, checked before the first poll of every reign.

use sqlx::PgPool;

use crate::{AssumptionError, SourceError};

struct Found {
    standby: bool,
    prepared: i32,
    relkind: Option<String>,
    identity: Option<String>,
    cache: Option<i64>,
    increment: Option<i64>,
    cycle: Option<bool>,
}

/// Checks that the log is an ordinary table on a primary, whose positions are drawn one by one,
/// ascending, inside the INSERT.
///
/// # Errors
/// [`AssumptionError`] says which is not so and what to do; otherwise the database did not answer.
pub(super) async fn check(pool: &PgPool) -> Result<(), SourceError> {
    let found = sqlx::query_as!(
        Found,
        r#"SELECT pg_is_in_recovery() AS "standby!",
                  current_setting('max_prepared_transactions')::int AS "prepared!",
                  c.relkind::text AS "relkind?",
                  a.attidentity::text AS "identity?",
                  s.seqcache AS "cache?", s.seqincrement AS "increment?", s.seqcycle AS "cycle?"
           FROM (VALUES (to_regclass('write_side.gebeurtenissen'))) AS log(oid)
           LEFT JOIN pg_class c ON c.oid = log.oid
           LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'positie'
           LEFT JOIN pg_depend d ON d.refobjid = c.oid AND d.refobjsubid = a.attnum
               AND d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_class'::regclass
               AND d.deptype = 'i'
           LEFT JOIN pg_sequence s ON s.seqrelid = d.objid"#
    )
    .fetch_one(pool)
    .await
    .map_err(|source| SourceError::Database { action: "checking the log's table", source })?;
    judge(&found)?;
    if found.prepared > 0 {
        tracing::warn!(
            instelling.max_prepared_transactions = found.prepared,
            "prepared transactions are allowed: a gap waits for every one that writes to the log"
        );
    }
    Ok(())
}

fn judge(found: &Found) -> Result<(), AssumptionError> {
    if found.standby {
        return Err(AssumptionError::Standby);
    }
    let Some(relkind) = &found.relkind else { return Err(AssumptionError::NoLog) };
    if relkind != "r" {
        return Err(AssumptionError::NoOrdinaryTable { relkind: relkind.clone() });
    }
    if found.identity.as_deref() != Some("a") {
        return Err(AssumptionError::NotIdentityAlways);
    }
    match (found.cache, found.increment, found.cycle) {
        (Some(1), Some(1), Some(false)) => Ok(()),
        (Some(cache), Some(increment), Some(cycle)) => {
            Err(AssumptionError::Sequence { cache, increment, cycle })
        }
        (None, _, _) | (_, None, _) | (_, _, None) => Err(AssumptionError::NotIdentityAlways),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Found {
        Found {
            standby: false,
            prepared: 0,
            relkind: Some("r".to_owned()),
            identity: Some("a".to_owned()),
            cache: Some(1),
            increment: Some(1),
            cycle: Some(false),
        }
    }

    #[test]
    fn each_broken_assumption_is_told_apart() {
        assert_eq!(judge(&good()), Ok(()));
        let standby = Found { standby: true, ..good() };
        assert_eq!(judge(&standby), Err(AssumptionError::Standby));
        let absent = Found { relkind: None, identity: None, cache: None, ..good() };
        assert_eq!(judge(&absent), Err(AssumptionError::NoLog));
        let parted = Found { relkind: Some("p".to_owned()), ..good() };
        let relkind = "p".to_owned();
        assert_eq!(judge(&parted), Err(AssumptionError::NoOrdinaryTable { relkind }));
        let by_default = Found { identity: Some("d".to_owned()), ..good() };
        assert_eq!(judge(&by_default), Err(AssumptionError::NotIdentityAlways));
        let cached = Found { cache: Some(32), ..good() };
        let expected = AssumptionError::Sequence { cache: 32, increment: 1, cycle: false };
        assert_eq!(judge(&cached), Err(expected));
    }
}
