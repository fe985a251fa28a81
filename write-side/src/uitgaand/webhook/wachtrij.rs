//! What waits to be delivered: one row per subscription and notification.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use uuid::Uuid;

use super::uitslag::{self, Uitslag};

/// How long what was delivered can still be looked at.
const KEPT: TimeDelta = TimeDelta::days(7);
/// The states that a delivery can have.
pub(crate) const STATUSSEN: [&str; 4] = ["wacht", "afgeleverd", "geparkeerd", "vervallen"];
/// Most old rows that are removed at a time.
const REMOVED_MAX: i64 = 10_000;

/// Puts notifications in the queue of each subscription that asks for them.
pub(in crate::uitgaand) async fn enqueue(
    conn: &mut PgConnection,
    after: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO write_side.afleveringen
             (abonnement_id, volgnummer, object_id, status, volgende_poging)
         SELECT a.id, n.volgnummer, n.object_id, 'wacht', $2
         FROM write_side.notificaties n
         JOIN write_side.abonnementen a ON a.status = 'actief'
             AND (a.soorten = '{}' OR n.soort = ANY(a.soorten))
             AND NOT EXISTS (
                 SELECT FROM jsonb_each(a.filters) AS filter (attribuut, waarden)
                 WHERE NOT waarden ? COALESCE(CASE attribuut
                     WHEN 'subject' THEN n.object_id::text
                     WHEN 'objectsoort' THEN n.objectsoort
                     ELSE n.data ->> attribuut END, ''))
         WHERE n.volgnummer > $1",
        after,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes rows of what was delivered long ago.
pub(in crate::uitgaand) async fn forget_old(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM write_side.afleveringen WHERE (abonnement_id, volgnummer) IN (
             SELECT abonnement_id, volgnummer FROM write_side.afleveringen
             WHERE status IN ('afgeleverd', 'vervallen') AND afgehandeld_op < $1 LIMIT $2)",
        now - KEPT,
        REMOVED_MAX,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The subscriptions for which something can be sent now.
pub(super) async fn due(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM write_side.abonnementen a
         WHERE status = 'actief' AND (pauze_tot IS NULL OR pauze_tot <= $1)
           AND EXISTS (SELECT FROM write_side.afleveringen
                       WHERE abonnement_id = a.id AND status = 'wacht'
                         AND volgende_poging <= $1)",
        now,
    )
    .fetch_all(pool)
    .await
}

/// Takes or keeps the right to deliver for a subscription; by the database's clock, which all
/// processes share.
pub(super) async fn lease(
    pool: &PgPool,
    abonnement: Uuid,
    werker: Uuid,
    seconds: f64,
) -> sqlx::Result<bool> {
    let taken = sqlx::query!(
        "UPDATE write_side.abonnementen
         SET werker = $2, werker_tot = clock_timestamp() + make_interval(secs => $3)
         WHERE id = $1 AND (werker IS NULL OR werker = $2 OR werker_tot < clock_timestamp())",
        abonnement,
        werker,
        seconds,
    )
    .execute(pool)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// Gives the right back.
pub(super) async fn release(pool: &PgPool, abonnement: Uuid, werker: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE write_side.abonnementen SET werker = NULL, werker_tot = NULL
         WHERE id = $1 AND werker = $2",
        abonnement,
        werker,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Gives back every right of a process.
pub(super) async fn release_all(pool: &PgPool, werker: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE write_side.abonnementen SET werker = NULL, werker_tot = NULL WHERE werker = $1",
        werker,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// What can be sent now: of each object only the first that waits.
pub(super) async fn next(
    pool: &PgPool,
    abonnement: Uuid,
    now: DateTime<Utc>,
    max: i64,
) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        "SELECT volgnummer FROM write_side.afleveringen a
         WHERE abonnement_id = $1 AND status = 'wacht' AND volgende_poging <= $2
           AND NOT EXISTS (
               SELECT FROM write_side.afleveringen eerder
               WHERE eerder.abonnement_id = a.abonnement_id AND eerder.object_id = a.object_id
                 AND eerder.status = 'wacht' AND eerder.volgnummer < a.volgnummer)
         ORDER BY volgnummer LIMIT $3",
        abonnement,
        now,
        max,
    )
    .fetch_all(pool)
    .await
}

/// Writes what an attempt came to.
pub(super) async fn record(
    pool: &PgPool,
    abonnement: Uuid,
    volgnummer: i64,
    uitslag: &Uitslag,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let mut tx = transactions::begin(pool, "BEGIN").await?;
    let attempts = sqlx::query_scalar!(
        "UPDATE write_side.afleveringen SET pogingen = pogingen + 1
         WHERE abonnement_id = $1 AND volgnummer = $2 AND status = 'wacht' RETURNING pogingen",
        abonnement,
        volgnummer,
    )
    .fetch_optional(&mut *tx)
    .await?;
    // It was ended in the meantime.
    let Some(attempts) = attempts else {
        return Ok(());
    };
    let row = Row { abonnement, volgnummer, attempts, now };
    match uitslag {
        Uitslag::Delivered => row.finish(&mut tx, "afgeleverd", None).await?,
        Uitslag::Gone => {
            let reden = "de ontvanger antwoordde 410: hij wil geen gebeurtenissen meer";
            super::abonnement::end(&mut tx, abonnement, reden, now).await?;
        }
        Uitslag::Later { wait, reason } => {
            let until = now + uitslag::bounded(*wait);
            match uitslag::backoff(attempts) {
                Some(_) => row.again(&mut tx, until, reason).await?,
                None => row.again_or_park(&mut tx, reason).await?,
            }
            pause(&mut tx, abonnement, Some(until)).await?;
        }
        Uitslag::Refused(reason) => row.again_or_park(&mut tx, reason).await?,
        Uitslag::ReceiverFailed(reason) => {
            row.again_or_park(&mut tx, reason).await?;
            fail(&mut tx, abonnement, now).await?;
        }
    }
    if *uitslag == Uitslag::Delivered {
        pause(&mut tx, abonnement, None).await?;
    }
    tx.commit().await
}

struct Row {
    abonnement: Uuid,
    volgnummer: i64,
    attempts: i32,
    now: DateTime<Utc>,
}

impl Row {
    async fn finish(
        &self,
        conn: &mut PgConnection,
        status: &str,
        reason: Option<&str>,
    ) -> sqlx::Result<()> {
        sqlx::query!(
            "UPDATE write_side.afleveringen
             SET status = $3, afgehandeld_op = $4, laatste_fout = COALESCE($5, laatste_fout)
             WHERE abonnement_id = $1 AND volgnummer = $2",
            self.abonnement,
            self.volgnummer,
            status,
            self.now,
            reason,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    async fn again(
        &self,
        conn: &mut PgConnection,
        at: DateTime<Utc>,
        reason: &str,
    ) -> sqlx::Result<()> {
        sqlx::query!(
            "UPDATE write_side.afleveringen SET volgende_poging = $3, laatste_fout = $4
             WHERE abonnement_id = $1 AND volgnummer = $2",
            self.abonnement,
            self.volgnummer,
            at,
            reason,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    async fn again_or_park(&self, conn: &mut PgConnection, reason: &str) -> sqlx::Result<()> {
        match uitslag::backoff(self.attempts) {
            Some(wait) => self.again(conn, self.now + wait, reason).await,
            None => {
                tracing::warn!(abonnement = %self.abonnement, volgnummer = self.volgnummer, reason,
                    "a delivery is parked");
                self.finish(conn, "geparkeerd", Some(reason)).await
            }
        }
    }
}

/// Leaves a receiver alone until then, or no longer.
async fn pause(
    conn: &mut PgConnection,
    abonnement: Uuid,
    until: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE write_side.abonnementen SET mislukt_opeen = 0, pauze_tot = $2
         WHERE id = $1 AND (mislukt_opeen, pauze_tot) IS DISTINCT FROM (0, $2)",
        abonnement,
        until,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Leaves a receiver alone until then, or longer when it was to be left alone already.
pub(super) async fn rest(
    pool: &PgPool,
    abonnement: Uuid,
    until: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE write_side.abonnementen SET pauze_tot = GREATEST(pauze_tot, $2) WHERE id = $1",
        abonnement,
        until,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Counts a failure of the receiver, and leaves it alone for a while.
async fn fail(conn: &mut PgConnection, abonnement: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    let failures = sqlx::query_scalar!(
        "UPDATE write_side.abonnementen SET mislukt_opeen = mislukt_opeen + 1 WHERE id = $1
         RETURNING mislukt_opeen",
        abonnement,
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE write_side.abonnementen SET pauze_tot = $2 WHERE id = $1",
        abonnement,
        now + uitslag::pause(failures),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Een gebeurtenis voor een abonnement, en hoe het met de aflevering staat.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Aflevering {
    /// Volgnummer van de gebeurtenis.
    volgnummer: i64,
    /// Kenmerk van de gebeurtenis.
    gebeurtenis: Uuid,
    /// Hoe het staat.
    #[schema(schema_with = afleveringstatus)]
    status: String,
    /// Aantal pogingen tot nu toe.
    pogingen: i32,
    /// Wanneer de volgende poging is.
    volgende_poging: DateTime<Utc>,
    /// Waarom de laatste poging niet lukte.
    #[schema(required)]
    laatste_fout: Option<String>,
    /// Wanneer zij klaar was.
    #[schema(required)]
    afgehandeld_op: Option<DateTime<Utc>>,
}

fn afleveringstatus() -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    text.enum_values(Some(STATUSSEN))
}

impl Aflevering {
    /// Its place.
    pub(crate) const fn volgnummer(&self) -> i64 {
        self.volgnummer
    }
}

/// The deliveries of a subscription after a place, in order.
pub(crate) async fn page(
    pool: &PgPool,
    abonnement: Uuid,
    status: Option<&str>,
    na: i64,
    aantal: i64,
) -> sqlx::Result<Vec<Aflevering>> {
    sqlx::query_as!(
        Aflevering,
        "SELECT a.volgnummer, n.handeling_id AS gebeurtenis, a.status, a.pogingen,
                a.volgende_poging, a.laatste_fout, a.afgehandeld_op
         FROM write_side.afleveringen a JOIN write_side.notificaties n USING (volgnummer)
         WHERE a.abonnement_id = $1 AND ($2::text IS NULL OR a.status = $2) AND a.volgnummer > $3
         ORDER BY a.volgnummer LIMIT $4",
        abonnement,
        status,
        na,
        aantal,
    )
    .fetch_all(pool)
    .await
}

/// Lets one delivery, or every parked one, be tried again at once; gives how many.
pub(crate) async fn resend(
    pool: &PgPool,
    abonnement: Uuid,
    volgnummer: Option<i64>,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let mut tx = transactions::begin(pool, "BEGIN").await?;
    let done = sqlx::query!(
        "UPDATE write_side.afleveringen
         SET status = 'wacht', pogingen = 0, volgende_poging = $3, afgehandeld_op = NULL
         WHERE abonnement_id = $1
           AND CASE WHEN $2::bigint IS NULL THEN status = 'geparkeerd' ELSE volgnummer = $2 END",
        abonnement,
        volgnummer,
        now,
    )
    .execute(&mut *tx)
    .await?;
    pause(&mut tx, abonnement, None).await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}
