//! Wijzigingen: that something changed, for whoever waits for it; and what a reader sees of a product as
//! one value, by which it is decided whether that reader is told.

use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::klantbeeld::{KlantKey, push_key};
use crate::reader::Reader;

/// Something that changed in what is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wijziging {
    /// Its number, of which the order means nothing.
    pub nr: i64,
    /// The transaction that wrote it.
    pub tx: i64,
    /// The product.
    pub product: String,
    /// The klant or actor that it concerns; `None` = perhaps all.
    pub id: Option<Uuid>,
    /// When it was written.
    pub op: DateTime<Utc>,
}

/// What one look at the changes gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blik {
    /// Every transaction below this had ended.
    pub grens: i64,
    /// What changed, in no order.
    pub wijzigingen: Vec<Wijziging>,
}

/// The changes that can be seen now, of transactions from `vanaf` on, but for those that are `gezien`.
/// A change that a look did not find is of a transaction that is not below its `grens`, so that the next
/// look from there finds it, in whatever order they end. Without `vanaf` none: only where it begins.
///
/// It is told nothing of a bearer: it decides only who is asked to look again.
///
/// # Errors
/// When the database does not answer.
pub async fn since(pool: &PgPool, vanaf: Option<i64>, gezien: &[i64]) -> sqlx::Result<Blik> {
    // Of a replica the running transactions are not all known, but the lowest is.
    let rows = sqlx::query!(
        r#"SELECT h.grens AS "grens!", w.nr AS "nr?", w.tx::text::bigint AS "tx?",
                  w.product AS "product?", w.id AS "id?", w.op AS "op?"
           FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS grens) AS h
           LEFT JOIN read_side.wijzigingen w
               ON w.tx >= ($1::bigint)::text::xid8 AND NOT w.nr = ANY($2::bigint[])"#,
        vanaf,
        gezien,
    )
    .fetch_all(pool)
    .await?;
    let grens = rows.first().map_or(0, |row| row.grens);
    let found = rows.into_iter().filter_map(|row| {
        Some(Wijziging { nr: row.nr?, tx: row.tx?, product: row.product?, id: row.id, op: row.op? })
    });
    Ok(Blik { grens, wijzigingen: found.collect() })
}

/// What a reader sees of a product, as one value: another value, another answer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Stand {
    /// The klant that it is about, if there is one for this reader.
    pub klant: Option<Uuid>,
    /// The generation that is served.
    pub generatie: i32,
    /// A hash of what the reader sees; none when that is nothing.
    pub afdruk: Option<String>,
    /// Place in the log up to which everything is in it: not part of what is compared.
    pub positie: i64,
}

impl Stand {
    /// Whether there is anything for this reader.
    #[must_use]
    pub const fn is_there(&self) -> bool {
        self.afdruk.is_some()
    }

    /// Whether an answer may be another than when this was the other.
    #[must_use]
    pub fn differs(&self, other: &Self) -> bool {
        let there = self.is_there() || other.is_there();
        there
            && (self.klant, self.generatie, &self.afdruk)
                != (other.klant, other.generatie, &other.afdruk)
    }
}

/// What a reader sees of one klant.
///
/// # Errors
/// When the database does not answer, or the product was never filled.
pub async fn klantbeeld(reader: &Reader, key: &KlantKey) -> sqlx::Result<Stand> {
    let mut query = QueryBuilder::<Postgres>::new("WITH klant AS (SELECT partij_id, document");
    push_key(&mut query, key, 1);
    query.push(
        ") SELECT k.partij_id AS klant, a.generatie, a.positie,
             hashtextextended(k.document::text, 0) || '/' || (
                 SELECT concat(count(*), '/', sum(hashtextextended(c.document::text, 0)))
                 FROM read_side.klant_contacten c WHERE c.partij_id = k.partij_id) || '/' || (
                 SELECT concat(count(*), '/', sum(hashtextextended(t.document::text, 0)))
                 FROM read_side.klant_taken t WHERE t.partij_id = k.partij_id) AS afdruk
           FROM read_side.actualiteit a LEFT JOIN klant k ON true WHERE a.product = 'klantbeeld'",
    );
    query.build_query_as().fetch_one(reader).await
}

/// What a reader sees of the open work of these actoren.
///
/// # Errors
/// When the database does not answer, or the product was never filled.
pub async fn werkvoorraad(reader: &Reader, actoren: &[Uuid]) -> sqlx::Result<Stand> {
    sqlx::query_as!(
        Stand,
        r#"SELECT NULL::uuid AS "klant?", a.generatie AS "generatie!", a.positie AS "positie!",
                  (SELECT concat(count(*), '/', sum(hashtextextended(concat_ws('/',
                       t.document::text, t.toegewezen_op, t.streefdatum, t.actoren), 0)))
                   FROM read_side.taken t WHERE t.open AND t.actoren && $1
                   HAVING cardinality($1) > 0) AS afdruk
           FROM read_side.actualiteit a WHERE a.product = 'werkvoorraad'"#,
        actoren,
    )
    .fetch_one(reader)
    .await
}

/// What a burger sees of the gesprekken in which it takes part.
///
/// # Errors
/// When the database does not answer, or the product was never filled.
pub async fn mijn_gesprekken(reader: &Reader) -> sqlx::Result<Stand> {
    sqlx::query_as!(
        Stand,
        r#"WITH klant AS (SELECT read_side.eigen_klant() AS id)
           SELECT klant.id AS klant, a.generatie AS "generatie!", a.positie AS "positie!",
                  (SELECT concat(count(*), '/', sum(hashtextextended(
                       concat_ws('/', g.gewijzigd, g.status, g.document::text), 0)))
                   FROM read_side.gesprekken g WHERE g.partij_id = klant.id
                   HAVING klant.id IS NOT NULL) AS afdruk
           FROM read_side.actualiteit a CROSS JOIN klant WHERE a.product = 'gesprekken'"#
    )
    .fetch_one(reader)
    .await
}

/// What a burger sees of its verzoeken.
///
/// # Errors
/// When the database does not answer, or the product was never filled.
pub async fn mijn_verzoeken(reader: &Reader) -> sqlx::Result<Stand> {
    sqlx::query_as!(
        Stand,
        r#"WITH klant AS (SELECT read_side.eigen_klant() AS id)
           SELECT klant.id AS klant, a.generatie AS "generatie!", a.positie AS "positie!",
                  (SELECT concat(count(*), '/', sum(hashtextextended(c.document::text, 0)))
                   FROM read_side.contacten c WHERE c.verzoek AND c.partij_id = klant.id
                   HAVING klant.id IS NOT NULL) AS afdruk
           FROM read_side.actualiteit a CROSS JOIN klant WHERE a.product = 'contactgeschiedenis'"#
    )
    .fetch_one(reader)
    .await
}
