//! How far every product is: what an operator sees.

use chrono::{DateTime, TimeDelta, Utc};
use clock::Clock;
use sqlx::PgPool;

use crate::error::ProjectorError;
use crate::product::Product;

/// How far one generation of a product is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductStatus {
    /// Name of the product.
    pub product: String,
    /// The generation; `None` when the migrations have not run for this product.
    pub generatie: Option<i32>,
    /// Whether readers see this generation.
    pub actief: bool,
    /// Version in this program; `None` when the program does not have the product.
    pub versie_in_code: Option<i32>,
    /// Version with which the generation is folded.
    pub versie_in_tabel: Option<i32>,
    /// Place in the log up to which the generation is, except for open gaps.
    pub positie: i64,
    /// Last visible place in the log; 0 when the log is empty.
    pub laatste_positie: i64,
    /// Number of events that were folded since the generation began.
    pub gebeurtenissen: i64,
    /// Number of visible events that are not in the generation. The database counts them one by
    /// one: some tenths of a second for every million.
    pub achterstand: i64,
    /// Number of positions whose transaction has not ended.
    pub open_gaten: i32,
    /// Everything recorded before this moment is in it; `None` as long as nothing is.
    pub bijgewerkt_tot: Option<DateTime<Utc>>,
    /// Time since [`ProductStatus::bijgewerkt_tot`]; about a second while the projector is alive and
    /// has nothing to do.
    pub oud: Option<TimeDelta>,
}

impl ProductStatus {
    /// Whether the projector refuses to go on with this generation until it is rebuilt.
    #[must_use]
    pub fn must_be_rebuilt(&self) -> bool {
        match (self.versie_in_code, self.versie_in_tabel) {
            (Some(code), Some(table)) => code != table,
            (None, _) | (_, None) => false,
        }
    }
}

struct Row {
    product: String,
    generatie: i32,
    actief: bool,
    versie: i32,
    positie: i64,
    laatste_positie: i64,
    gebeurtenissen: i64,
    achterstand: i64,
    open_gaten: i32,
    bijgewerkt_tot: DateTime<Utc>,
}

/// How far every generation is, by product and generation; products of this program that have none
/// come last.
///
/// # Errors
/// When the database does not answer, or has not been migrated.
pub async fn status(
    pool: &PgPool,
    products: &[Box<dyn Product>],
    clock: &dyn Clock,
) -> Result<Vec<ProductStatus>, ProjectorError> {
    let now = clock.now();
    let rows = rows(pool).await?;
    let absent: Vec<ProductStatus> = products
        .iter()
        .filter(|product| rows.iter().all(|row| row.product != product.name()))
        .map(|product| without_generation(product.as_ref()))
        .collect();
    let present = rows.into_iter().map(|row| of(row, products, now));
    Ok(present.chain(absent).collect())
}

async fn rows(pool: &PgPool) -> Result<Vec<Row>, ProjectorError> {
    sqlx::query_as!(
        Row,
        r#"SELECT g.product, g.generatie, g.actief, g.versie, c.positie, c.gebeurtenissen,
                  c.bijgewerkt_tot, last.positie AS "laatste_positie!",
                  jsonb_array_length(c.cursor->'gaps') AS "open_gaten!",
                  (SELECT count(*) FROM write_side.gebeurtenissen e
                   WHERE e.positie > c.positie)
                  + (SELECT count(*) FROM jsonb_array_elements(c.cursor->'gaps') gap
                     JOIN write_side.gebeurtenissen e
                         ON e.positie = (gap->>'positie')::bigint) AS "achterstand!"
           FROM projector.generaties g
           JOIN projector.checkpoints c USING (product, generatie)
           CROSS JOIN (SELECT coalesce(max(positie), 0) AS positie
                       FROM write_side.gebeurtenissen) AS last
           ORDER BY g.product, g.generatie"#
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("reading how far the products are"))
}

fn of(row: Row, products: &[Box<dyn Product>], now: DateTime<Utc>) -> ProductStatus {
    let product = products.iter().find(|product| product.name() == row.product);
    // The table's default, the epoch, says that nothing was ever complete.
    let bijgewerkt_tot = (row.bijgewerkt_tot > DateTime::UNIX_EPOCH).then_some(row.bijgewerkt_tot);
    ProductStatus {
        versie_in_code: product.map(|product| product.version()),
        product: row.product,
        generatie: Some(row.generatie),
        actief: row.actief,
        versie_in_tabel: Some(row.versie),
        positie: row.positie,
        laatste_positie: row.laatste_positie,
        gebeurtenissen: row.gebeurtenissen,
        achterstand: row.achterstand,
        open_gaten: row.open_gaten,
        bijgewerkt_tot,
        oud: bijgewerkt_tot.map(|moment| now - moment),
    }
}

fn without_generation(product: &dyn Product) -> ProductStatus {
    ProductStatus {
        product: product.name().to_owned(),
        generatie: None,
        actief: false,
        versie_in_code: Some(product.version()),
        versie_in_tabel: None,
        positie: 0,
        laatste_positie: 0,
        gebeurtenissen: 0,
        achterstand: 0,
        open_gaten: 0,
        bijgewerkt_tot: None,
        oud: None,
    }
}
