//! Filling the log of an empty database, by `COPY`.

use sqlx::postgres::PgPoolCopyExt as _;
use sqlx::{AssertSqlSafe, PgPool};

use super::BenchError;
use super::municipality::Gemeente;

/// Bytes that are sent to the server at once.
const BUFFER: usize = 1024 * 1024;
/// Events that one `COPY` brings.
const CHUNK: usize = 20_000;

const HANDELINGEN: &str =
    "write_side.handelingen (handeling_id, soort, tijdstip, door, toepassing)";
const GEBEURTENISSEN: &str = "write_side.gebeurtenissen (gebeurtenis_id, handeling_id, \
                              objectsoort, object_id, versie, soort, schemaversie, data, tijdstip)";
const OBJECTEN: &str = "write_side.objecten (objectsoort, object_id, versie)";

/// Fills the log with at least so many events: whole handelingen, without gaps; gives how many.
///
/// # Errors
/// When the database refuses, or an event cannot be written as JSON.
pub async fn fill(
    pool: &PgPool,
    gemeente: &mut Gemeente,
    events: usize,
) -> Result<usize, BenchError> {
    let mut done = 0;
    while done < events {
        let (mut handelingen, mut rows, mut here) = (String::new(), String::new(), 0);
        while here < CHUNK.min(events - done) {
            let one = gemeente.next_handeling();
            let (id, at) = (one.id, one.tijdstip.to_rfc3339());
            handelingen.push_str(&format!("{id}\tbench\t{at}\tbench\tbench\n"));
            here += one.gebeurtenissen.len();
            for (event, versie, gebeurtenis) in one.gebeurtenissen {
                let object = gebeurtenis.object();
                let data = gebeurtenis.data()?.to_string().replace('\\', "\\\\");
                rows.push_str(&format!(
                    "{event}\t{id}\t{}\t{}\t{versie}\t{}\t{}\t{data}\t{at}\n",
                    object.soort.code(),
                    object.id,
                    gebeurtenis.soort(),
                    events::Gebeurtenis::SCHEMAVERSIE,
                ));
            }
        }
        copy(pool, HANDELINGEN, handelingen.as_bytes()).await?;
        copy(pool, GEBEURTENISSEN, rows.as_bytes()).await?;
        done += here;
    }
    let line = |(object, versie): (&events::ObjectRef, &i64)| {
        format!("{}\t{}\t{versie}\n", object.soort.code(), object.id)
    };
    let objecten: String = gemeente.objecten().map(line).collect();
    copy(pool, OBJECTEN, objecten.as_bytes()).await?;
    for table in ["handelingen", "gebeurtenissen", "objecten"] {
        let sql = format!("VACUUM ANALYZE write_side.{table}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await?;
    }
    Ok(done)
}

/// Copies lines into a table.
pub(super) async fn copy(pool: &PgPool, target: &str, lines: &[u8]) -> Result<(), sqlx::Error> {
    let mut copy = pool.copy_in_raw(&format!("COPY {target} FROM STDIN")).await?;
    for part in lines.chunks(BUFFER) {
        copy.send(part).await?;
    }
    copy.finish().await.map(drop)
}
