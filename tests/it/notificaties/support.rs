//! A publisher beside the service, and what it published.

use std::sync::Arc;

use clock::SharedClock;
use sqlx::PgPool;
use tokio::sync::watch;
use uuid::Uuid;
use write_side::uitgaand::{Notificatie, Publicatie, notificaties_na};

use crate::support::{App, until};

/// A publisher; it stops when the sender is dropped.
pub fn start_publisher(app: &App) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    let publicatie = publicatie(app.pool(), &app.clock);
    tokio::spawn(async move { publicatie.run(stopped).await.expect("the publication goes on") });
    stop
}

fn publicatie(pool: &PgPool, clock: &SharedClock) -> Publicatie {
    Publicatie {
        pool: pool.clone(),
        clock: Arc::clone(clock),
        wake: None,
        laatste: watch::Sender::new(0),
    }
}

/// Everything that was published, once every handeling has been.
pub async fn all_published(pool: &PgPool) -> Vec<Notificatie> {
    until("every handeling to be published", || async {
        let left: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM write_side.handelingen h WHERE NOT EXISTS
                 (SELECT FROM write_side.notificaties n WHERE n.handeling_id = h.handeling_id)",
        )
        .fetch_one(pool)
        .await
        .expect("a count");
        (left == 0).then_some(())
    })
    .await;
    notificaties_na(pool, 0, i64::MAX).await.expect("notifications")
}

/// The keys of all handelingen, in the order of their first events.
pub async fn handelingen(pool: &PgPool) -> Vec<Uuid> {
    let sql = "SELECT handeling_id FROM write_side.gebeurtenissen GROUP BY 1 ORDER BY min(positie)";
    sqlx::query_scalar(sql).fetch_all(pool).await.expect("handelingen")
}

/// Checks what holds of every publication: numbers without holes, each handeling once, and the
/// versions of an object ascending.
pub fn assert_whole(published: &[Notificatie], handelingen: &[Uuid]) {
    let numbers: Vec<i64> = published.iter().map(|row| row.volgnummer).collect();
    let expected: Vec<i64> = (1..).take(handelingen.len()).collect();
    assert_eq!(numbers, expected);
    let mut told: Vec<Uuid> = published.iter().map(|row| row.handeling_id).collect();
    let mut done = handelingen.to_vec();
    told.sort();
    done.sort();
    assert_eq!(told, done);
    let mut versions = std::collections::BTreeMap::new();
    for row in published {
        let before = versions.insert(row.object_id, row.versie).unwrap_or_default();
        assert!(before < row.versie, "{row:?} came after version {before}");
    }
}
