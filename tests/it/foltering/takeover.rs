//! How long it takes until another projector goes on, after the one that led was killed.

use std::time::{Duration, Instant};

use sqlx::PgConnection;

/// Longest time that a take-over may take before the test gives up on it.
const LIMIT: Duration = Duration::from_secs(30);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// Who began to lead last, and how far the checkpoint of klantbeeld is.
#[derive(PartialEq, Eq)]
struct Stand {
    naam: String,
    checkpoint: String,
}

/// Who leads by now; `None` when nobody has yet, or the server does not answer.
pub async fn leader(session: &mut PgConnection) -> Option<String> {
    look(session).await.map(|stand| stand.naam)
}

async fn look(session: &mut PgConnection) -> Option<Stand> {
    let sql = "SELECT l.naam, c.positie || ' ' || c.cursor::text || c.bijgewerkt_tot
               FROM projector.leider l, projector.checkpoints c
               WHERE c.product = 'klantbeeld' AND c.generatie = 1
               ORDER BY l.sinds DESC LIMIT 1";
    let found: (String, String) = sqlx::query_as(sql).fetch_optional(session).await.ok()??;
    let (naam, checkpoint) = found;
    Some(Stand { naam, checkpoint })
}

/// From now, when the one of this name was killed, to the next checkpoint that another commits.
///
/// # Panics
/// When nobody does in time.
pub async fn measure(session: &mut PgConnection, killed: &str) -> Duration {
    let begin = Instant::now();
    // After another raised the epochs, the one that was killed can commit nothing any more.
    let mut taken: Option<Stand> = None;
    loop {
        if let Some(stand) = look(session).await.filter(|stand| stand.naam != killed) {
            match &taken {
                Some(before) if *before != stand => return begin.elapsed(),
                Some(_) => {}
                None => taken = Some(stand),
            }
        }
        assert!(begin.elapsed() < LIMIT, "nobody took over from {killed} in {LIMIT:?}");
        tokio::time::sleep(PAUSE).await;
    }
}
