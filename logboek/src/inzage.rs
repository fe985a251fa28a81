//! What the logbook tells whoever answers a person who asks what was done with its data. Lines of what
//! is read may be in a database of their own, those of what is done are in the database itself: both
//! are asked, unless they are one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::read::{Verwerkingsregel, of_betrokkene};
use crate::request;

/// An application that was given data of a betrokkene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ontvanger {
    /// The application, as the audit log has it.
    pub toepassing: String,
    /// When first.
    pub eerste: DateTime<Utc>,
    /// When last.
    pub laatste: DateTime<Utc>,
    /// How often.
    pub aantal: i64,
}

/// The databases with lines, and the pseudonyms of a partij in them. Outside a request there are none.
fn places(own: &PgPool, partij: Uuid) -> sqlx::Result<(Vec<PgPool>, Vec<String>)> {
    let logboek = request::logboek().ok_or(sqlx::Error::PoolClosed)?;
    let pools = match is_same(own, logboek.pool()) {
        true => vec![own.clone()],
        false => vec![own.clone(), logboek.pool().clone()],
    };
    Ok((pools, logboek.sleutels().pseudoniemen(partij)))
}

fn is_same(one: &PgPool, other: &PgPool) -> bool {
    let (one, other) = (one.connect_options(), other.connect_options());
    one.get_host() == other.get_host()
        && one.get_socket() == other.get_socket()
        && one.get_port() == other.get_port()
        && one.get_database() == other.get_database()
}

/// The processings of data of a partij, newest first, after a place in that list, at most so many.
/// `own` is the database in which is done; who reads is in a request.
///
/// # Errors
/// When a database does not answer, or nothing is logged.
pub async fn verwerkingen(
    own: &PgPool,
    partij: Uuid,
    after: Option<(i64, &[u8])>,
    first: i64,
) -> sqlx::Result<Vec<Verwerkingsregel>> {
    let (pools, pseudoniemen) = places(own, partij)?;
    let mut found = Vec::new();
    for pool in &pools {
        found.extend(of_betrokkene(pool, &pseudoniemen, after, first).await?);
    }
    let place = |line: &Verwerkingsregel| (line.tijdstip, line.span_id.clone());
    found.sort_by_key(|line| std::cmp::Reverse(place(line)));
    // Two names of one database give every line twice.
    let mut seen = BTreeSet::new();
    found.retain(|line| seen.insert(place(line)));
    found.truncate(usize::try_from(first).unwrap_or(usize::MAX));
    Ok(found)
}

/// Number of processings of data of a partij.
///
/// # Errors
/// When a database does not answer, or nothing is logged.
pub async fn aantal(own: &PgPool, partij: Uuid) -> sqlx::Result<i64> {
    let (pools, pseudoniemen) = places(own, partij)?;
    let mut sum = 0;
    for pool in &pools {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM logboek.verwerkingen
               WHERE data_subject_id = ANY($1)"#,
            &pseudoniemen,
        );
        sum += count.fetch_one(pool).await?;
    }
    Ok(sum)
}

/// The applications that were given data of a partij, by name.
///
/// # Errors
/// When a database does not answer, or nothing is logged.
pub async fn ontvangers(own: &PgPool, partij: Uuid) -> sqlx::Result<Vec<Ontvanger>> {
    let (pools, pseudoniemen) = places(own, partij)?;
    let mut found: BTreeMap<String, (i64, i64, i64)> = BTreeMap::new();
    for pool in &pools {
        let rows = sqlx::query!(
            r#"SELECT a.toepassing AS "toepassing!", min(v.start_time) AS "eerste!",
                      max(v.start_time) AS "laatste!", count(*) AS "aantal!"
               FROM logboek.verwerkingen v
               JOIN logboek.audit a ON a.trace_id = v.trace_id AND a.span_id = v.verzoek_span_id
               WHERE v.data_subject_id = ANY($1) AND v.status = 'Ok' AND a.toepassing IS NOT NULL
               GROUP BY a.toepassing"#,
            &pseudoniemen,
        );
        for row in rows.fetch_all(pool).await? {
            let new = (row.eerste, row.laatste, 0);
            let (eerste, laatste, aantal) = found.entry(row.toepassing).or_insert(new);
            *eerste = row.eerste.min(*eerste);
            *laatste = row.laatste.max(*laatste);
            *aantal += row.aantal;
        }
    }
    let moment = |millis| DateTime::from_timestamp_millis(millis).unwrap_or_default();
    let found = found.into_iter().map(|(toepassing, (eerste, laatste, aantal))| Ontvanger {
        toepassing,
        eerste: moment(eerste),
        laatste: moment(laatste),
        aantal,
    });
    Ok(found.collect())
}
