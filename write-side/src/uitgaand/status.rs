//! How far the parts that tell others are.

use chrono::{DateTime, TimeDelta, Utc};
use clock::Clock;
use sqlx::PgPool;

/// How far one part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayStatus {
    /// Which: `publicatie`, `kafka`, `kafka-intern`.
    pub naam: String,
    /// Its place: in the log, or in the numbers of notifications.
    pub positie: i64,
    /// Where that ends.
    pub laatste: i64,
    /// How many are still to be told.
    pub achterstand: i64,
    /// How old the oldest of them is; `None` = there is none.
    pub oudste: Option<TimeDelta>,
    /// When it last moved; `None` = never.
    pub bijgewerkt: Option<DateTime<Utc>>,
}

struct Row {
    naam: String,
    positie: i64,
    laatste: i64,
    achterstand: i64,
    oudste: Option<DateTime<Utc>>,
    bijgewerkt: Option<DateTime<Utc>>,
}

/// How far each part is, by name. A part that never had anything to tell is not among them.
///
/// # Errors
/// When the database does not answer, or has not been migrated.
pub async fn status(pool: &PgPool, clock: &dyn Clock) -> sqlx::Result<Vec<RelayStatus>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT v.naam, s.positie AS "positie!", s.laatste AS "laatste!",
                  s.achterstand AS "achterstand!", s.oudste,
                  NULLIF(v.bijgewerkt, '-infinity') AS bijgewerkt
           FROM write_side.relay_voortgang v CROSS JOIN LATERAL (
               SELECT place.positie, count(n) AS achterstand, min(n.tijdstip) AS oudste,
                      (SELECT COALESCE(max(volgnummer), 0) FROM write_side.notificaties) AS laatste
               FROM (SELECT (v.cursor->>'volgnummer')::bigint AS positie) place
               LEFT JOIN write_side.notificaties n ON n.volgnummer > place.positie
               WHERE v.cursor ? 'volgnummer' GROUP BY place.positie
               UNION ALL
               SELECT place.positie, count(g.tijdstip), min(g.tijdstip),
                      (SELECT COALESCE(max(positie), 0) FROM write_side.gebeurtenissen)
               FROM (SELECT (v.cursor->>'low')::bigint AS positie) place
               LEFT JOIN LATERAL (
                   SELECT tijdstip FROM write_side.gebeurtenissen e
                   WHERE e.positie > place.positie
                   UNION ALL
                   SELECT tijdstip FROM jsonb_array_elements(v.cursor->'gaps') gap
                   JOIN write_side.gebeurtenissen e ON e.positie = (gap->>'positie')::bigint
               ) g ON true
               WHERE v.cursor ? 'low' GROUP BY place.positie
           ) s ORDER BY v.naam"#
    )
    .fetch_all(pool)
    .await?;
    let now = clock.now();
    let told = rows.into_iter().map(|row| RelayStatus {
        naam: row.naam,
        positie: row.positie,
        laatste: row.laatste,
        achterstand: row.achterstand,
        oudste: row.oudste.map(|moment| now - moment),
        bijgewerkt: row.bijgewerkt,
    });
    Ok(told.collect())
}
