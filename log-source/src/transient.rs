//! Which errors of the database pass by themselves.

use sqlx::error::DatabaseError;

/// SQLSTATE classes that pass by themselves: connections, and too few resources.
const TRANSIENT_CLASSES: [&str; 2] = ["08", "53"];

/// SQLSTATEs that pass by themselves: serialisation failure, deadlock, lock and statement time-outs,
/// idle in transaction, servers that stop, start or have just become a standby, broken storage.
const TRANSIENT_CODES: [&str; 12] = [
    "40001", "40P01", "55P03", "57014", "25P03", "25006", "57P01", "57P02", "57P03", "57P05",
    "58000", "58030",
];

/// Whether this error of the database may not occur when the same is tried again.
#[must_use]
pub fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(error) => has_transient_code(error.as_ref()),
        // Not our enum, and open: what is not known to pass, does not.
        _ => false,
    }
}

fn has_transient_code(error: &dyn DatabaseError) -> bool {
    error.code().is_some_and(|code| {
        TRANSIENT_CODES.contains(&code.as_ref())
            || TRANSIENT_CLASSES.iter().any(|class| code.starts_with(class))
    })
}
