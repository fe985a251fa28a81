//! Beginning a transaction in a way that survives whoever asked for it.

use sqlx::{PgPool, Postgres, SqlSafeStr, Transaction};

/// Begins a transaction with this statement.
///
/// It is begun in a task of its own: sqlx 0.9 gives back a connection with an open transaction when its
/// future is dropped while `BEGIN` is under way (a client that hangs up, a time-out), and whoever gets
/// that connection next works inside it. Of a task that goes on, the transaction is dropped, which rolls
/// it back.
///
/// # Errors
/// When there is no connection, or the server does not begin.
pub async fn begin(
    pool: &PgPool,
    statement: impl SqlSafeStr + Send + 'static,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    begun.await.map_err(|_| sqlx::Error::WorkerCrashed)?
}
