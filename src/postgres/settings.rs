//! The server's settings.

use super::{ClusterOptions, place::Place};

/// Names the socket file only, as the server has no network port. Stated
/// everywhere, since `PGPORT` would otherwise decide.
pub(super) const PORT: u16 = 5432;

/// Connections of a kept server: one application and a few visitors.
const MAX_CONNECTIONS: u32 = 100;
/// Connections of a throw-away server: many tests at a time, each with a pool.
const MAX_CONNECTIONS_TESTS: u32 = 200;
/// Memory for cached pages, in megabytes.
const SHARED_BUFFERS_MB: u32 = 128;
/// Write-ahead log between checkpoints, in megabytes; bounds the disk space and
/// the time of a recovery.
const MAX_WAL_SIZE_MB: u32 = 2048;

/// The text of the settings file, which is written at each start because the
/// directory may have been moved.
pub(super) fn text(options: &ClusterOptions, place: &Place) -> String {
    let connections = if options.throw_away { MAX_CONNECTIONS_TESTS } else { MAX_CONNECTIONS };
    let sockets = quoted(&place.socket_dir.to_string_lossy());
    let mut text = format!(
        "# Written at each start; use ALTER SYSTEM to change settings.\n\
         listen_addresses = ''\n\
         port = {PORT}\n\
         unix_socket_directories = {sockets}\n\
         unix_socket_permissions = 0700\n\
         max_connections = {connections}\n\
         shared_buffers = {SHARED_BUFFERS_MB}MB\n\
         max_wal_size = {MAX_WAL_SIZE_MB}MB\n\
         jit = off\n"
    );
    if !options.is_durable() {
        text.push_str("fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n");
    }
    text
}

/// A path as an element of a list (double quotes) in a settings file (single
/// quotes), so that spaces, commas and quotes do no harm.
fn quoted(path: &str) -> String {
    let element = path.replace('"', "\"\"");
    let value = element.replace('\\', "\\\\").replace('\'', "''");
    format!("'\"{value}\"'")
}

#[cfg(test)]
mod tests {
    #[test]
    fn paths_are_quoted_for_a_list_in_a_file() {
        assert_eq!(super::quoted("/a b, c"), "'\"/a b, c\"'");
        assert_eq!(super::quoted(r#"/it's "\"#), r#"'"/it''s ""\\"'"#);
    }
}
