//! Whether the logbook is as it was written: every chain is walked from its beginning.

use std::collections::HashMap;

use sqlx::PgPool;

use crate::chain::{Plaats, link};
use crate::keys::Sleutels;
use crate::lines::{Auditregel, Regels, Verwerking};
use crate::trace::{SpanId, TraceId};

/// Links that are read at a time.
const PAGE: i64 = 1_000;

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bevinding {
    /// A line of this link was changed, added or taken away, or the link before it was.
    Gewijzigd {
        /// The chain.
        streng: i16,
        /// The link.
        nummer: i64,
    },
    /// Links are missing before this one.
    Ontbreekt {
        /// The chain.
        streng: i16,
        /// The first that is missing.
        nummer: i64,
    },
    /// The chain does not end where it was left.
    Einde {
        /// The chain.
        streng: i16,
    },
    /// The key of a link is not in the file.
    Sleutel {
        /// The name of the key.
        naam: String,
    },
    /// Lines of processings that belong to no request.
    Los {
        /// How many.
        aantal: i64,
    },
}

impl std::fmt::Display for Bevinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gewijzigd { streng, nummer } => {
                write!(
                    f,
                    "chain {streng}, link {nummer}: its lines are not those that were written"
                )
            }
            Self::Ontbreekt { streng, nummer } => {
                write!(f, "chain {streng}: link {nummer} is missing")
            }
            Self::Einde { streng } => write!(f, "chain {streng} does not end where it was left"),
            Self::Sleutel { naam } => {
                write!(f, "key {naam} is not in the file of keys, so its links cannot be judged")
            }
            Self::Los { aantal } => write!(f, "{aantal} lines of processings belong to no request"),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Oordeel {
    /// Number of links that were judged.
    pub schakels: u64,
    /// What is wrong; nothing = the logbook is as it was written.
    pub bevindingen: Vec<Bevinding>,
}

/// Why the logbook could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum ControleError {
    /// The database did not answer.
    #[error("the logbook could not be read; check that the database runs and was migrated")]
    Database(#[from] sqlx::Error),
}

/// Walks every chain, in one snapshot, and judges it with these keys. Of each chain the first thing
/// that is wrong is told.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(pool: &PgPool, sleutels: &Sleutels) -> Result<Oordeel, ControleError> {
    let mut tx = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let ends = sqlx::query!("SELECT streng, nummer, hash FROM logboek.strengen ORDER BY streng")
        .fetch_all(&mut *tx)
        .await?;
    let mut oordeel = Oordeel::default();
    for end in ends {
        let mut walk = Walk { sleutels, streng: end.streng, nummer: 0, hash: Vec::new() };
        match walk.all(&mut tx).await? {
            Some(wrong) => oordeel.bevindingen.push(wrong),
            None if (walk.nummer, &walk.hash) != (end.nummer, &end.hash) => {
                oordeel.bevindingen.push(Bevinding::Einde { streng: end.streng });
            }
            None => {}
        }
        oordeel.schakels += u64::try_from(walk.nummer).unwrap_or_default();
    }
    let loose = sqlx::query_scalar!(
        r#"SELECT count(*) AS "aantal!" FROM logboek.verwerkingen v
           WHERE NOT EXISTS (SELECT FROM logboek.audit a
               WHERE a.trace_id = v.trace_id AND a.span_id = v.verzoek_span_id)"#,
    )
    .fetch_one(&mut *tx)
    .await?;
    if loose > 0 {
        oordeel.bevindingen.push(Bevinding::Los { aantal: loose });
    }
    Ok(oordeel)
}

/// One chain, from its beginning to the link that was judged last.
struct Walk<'k> {
    sleutels: &'k Sleutels,
    streng: i16,
    nummer: i64,
    hash: Vec<u8>,
}

/// A link as it stands in the database.
struct Link {
    nummer: i64,
    sleutel: String,
    hash: Vec<u8>,
    regels: Regels,
}

impl Walk<'_> {
    /// Judges every link; gives the first thing that is wrong.
    async fn all(&mut self, conn: &mut sqlx::PgConnection) -> sqlx::Result<Option<Bevinding>> {
        loop {
            let links = page(conn, self.streng, self.nummer).await?;
            if links.is_empty() {
                return Ok(None);
            }
            for found in links {
                if let Some(wrong) = self.judge(&found) {
                    return Ok(Some(wrong));
                }
            }
        }
    }

    fn judge(&mut self, found: &Link) -> Option<Bevinding> {
        let (streng, nummer) = (self.streng, self.nummer + 1);
        if found.nummer != nummer {
            return Some(Bevinding::Ontbreekt { streng, nummer });
        }
        let Some(key) = self.sleutels.named(&found.sleutel) else {
            return Some(Bevinding::Sleutel { naam: found.sleutel.clone() });
        };
        let hash = link(key, &self.hash, Plaats { streng, nummer }, &found.regels);
        if hash != found.hash {
            return Some(Bevinding::Gewijzigd { streng, nummer });
        }
        (self.nummer, self.hash) = (nummer, hash);
        None
    }
}

/// The links of a chain after this one, with their lines.
async fn page(conn: &mut sqlx::PgConnection, streng: i16, after: i64) -> sqlx::Result<Vec<Link>> {
    let rows = sqlx::query!(
        "SELECT nummer, sleutel, hash, trace_id, span_id, parent_span_id, transactie, tijdstip,
                duur_ms, kanaal, wie, toepassing, doelbinding, oorsprong, actie, document,
                producten, object, betrokkenen, resultaat, status, fouten
         FROM logboek.audit WHERE streng = $1 AND nummer > $2 ORDER BY nummer LIMIT $3",
        streng,
        after,
        PAGE,
    )
    .fetch_all(&mut *conn)
    .await?;
    let traces: Vec<Vec<u8>> = rows.iter().map(|row| row.trace_id.clone()).collect();
    let spans: Vec<Vec<u8>> = rows.iter().map(|row| row.span_id.clone()).collect();
    let mut verwerkingen = verwerkingen(conn, &traces, &spans).await?;
    let links = rows.into_iter().map(|row| {
        let key = (trace(&row.trace_id), span(&row.span_id));
        let audit = Auditregel {
            trace_id: key.0,
            span_id: key.1,
            parent_span_id: row.parent_span_id.as_deref().map(span),
            transactie: row.transactie,
            tijdstip: row.tijdstip,
            duur_ms: row.duur_ms,
            kanaal: row.kanaal,
            wie: row.wie,
            toepassing: row.toepassing,
            doelbinding: row.doelbinding,
            oorsprong: row.oorsprong,
            actie: row.actie,
            document: row.document,
            producten: row.producten,
            object: row.object,
            betrokkenen: row.betrokkenen,
            resultaat: row.resultaat,
            status: row.status,
            fouten: row.fouten,
        };
        let verwerkingen = verwerkingen.remove(&key).unwrap_or_default();
        let regels = Regels { audit, verwerkingen };
        Link { nummer: row.nummer, sleutel: row.sleutel, hash: row.hash, regels }
    });
    Ok(links.collect())
}

type PerRequest = HashMap<(TraceId, SpanId), Vec<Verwerking>>;

/// The lines of processings of these requests.
async fn verwerkingen(
    conn: &mut sqlx::PgConnection,
    traces: &[Vec<u8>],
    spans: &[Vec<u8>],
) -> sqlx::Result<PerRequest> {
    let rows = sqlx::query!(
        "SELECT v.trace_id, verzoek_span_id, v.span_id, parent_span_id, status, name, start_time,
                end_time, processing_activity_id, data_subject_id, data_subject_id_type
         FROM unnest($1::bytea[], $2::bytea[]) AS verzoek (trace_id, span_id)
         JOIN logboek.verwerkingen v
           ON v.trace_id = verzoek.trace_id AND v.verzoek_span_id = verzoek.span_id",
        traces,
        spans,
    )
    .fetch_all(conn)
    .await?;
    let mut found = PerRequest::new();
    for row in rows {
        let key = (trace(&row.trace_id), span(&row.verzoek_span_id));
        found.entry(key).or_default().push(Verwerking {
            span_id: span(&row.span_id),
            parent_span_id: span(&row.parent_span_id),
            status: row.status,
            name: row.name,
            start_time: row.start_time,
            end_time: row.end_time,
            processing_activity_id: row.processing_activity_id,
            data_subject_id: row.data_subject_id,
            data_subject_id_type: row.data_subject_id_type,
        });
    }
    Ok(found)
}

/// A key of a trace; the table holds no other length.
fn trace(bytes: &[u8]) -> TraceId {
    bytes.try_into().unwrap_or_default()
}

/// A key of a span; the table holds no other length.
fn span(bytes: &[u8]) -> SpanId {
    bytes.try_into().unwrap_or_default()
}
