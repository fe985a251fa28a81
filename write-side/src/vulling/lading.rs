//! The database side of filling: one transaction, so that a database that was filled for a part does
//! not exist. Indexes and references are dropped before and made after: the database checks every
//! row against all of them, in one go.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, Transaction};

use super::{Pakket, Vervolg, Vulling, VullingError};
use crate::referentielijsten::{Lijstgebruik, Referentielijsten, ReferentielijstenCache};
use crate::register::Reeks;
use crate::vulling::rijen::Tabel;

/// How long to wait for whoever works with the tables.
const LOCK_TIMEOUT: &str = "10s";
/// Memory of the server for making one index.
const INDEX_MEMORY: &str = "256MB";

/// Something that is dropped before and made after.
#[derive(Debug, sqlx::FromRow)]
struct Onderdeel {
    drop: String,
    make: String,
}

/// A database that is being filled. Dropping it leaves the database as it was.
#[derive(Debug)]
pub struct Lading {
    tx: Transaction<'static, Postgres>,
    later: Vec<Onderdeel>,
    lijsten: Arc<Referentielijsten>,
}

/// How far making the indexes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deel {
    /// Indexes and references that are made.
    pub klaar: usize,
    /// All of them.
    pub totaal: usize,
}

trait Doing<T> {
    fn doing(self, activity: &'static str) -> Result<T, VullingError>;
}

impl<T> Doing<T> for sqlx::Result<T> {
    fn doing(self, activity: &'static str) -> Result<T, VullingError> {
        self.map_err(|error| {
            let code = error.as_database_error().and_then(|error| error.code());
            match code.as_deref() {
                Some("55P03") => VullingError::InGebruik,
                _ => VullingError::Database(activity, error),
            }
        })
    }
}

impl Lading {
    /// Takes the tables for itself, and drops what would slow it down.
    ///
    /// # Errors
    /// When they are not empty, or somebody works with them.
    pub async fn begin(pool: &PgPool) -> Result<Self, VullingError> {
        let mut tx = pool.begin().await.doing("beginning a transaction")?;
        let memory = format!(
            "SET LOCAL lock_timeout = '{LOCK_TIMEOUT}';
             SET LOCAL maintenance_work_mem = '{INDEX_MEMORY}'"
        );
        run(&mut tx, memory).await?;
        let tables: Vec<String> = super::tabellen().collect();
        run(&mut tx, format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables.join(", "))).await?;
        for tabel in Tabel::ALL {
            refuse_rows(&mut tx, *tabel).await?;
        }
        let lijsten = ReferentielijstenCache::default()
            .load(&mut tx, Lijstgebruik::Lezen)
            .await
            .map_err(VullingError::Lijsten)?;
        let mut later = droppable(&mut tx, &tables).await?;
        for part in &later {
            run(&mut tx, part.drop.clone()).await?;
        }
        // References are dropped first and made last.
        later.reverse();
        // A start that was interrupted drew positions: they begin anew.
        let restart = "ALTER TABLE write_side.gebeurtenissen ALTER COLUMN positie RESTART WITH 1";
        run(&mut tx, restart.to_owned()).await?;
        Ok(Self { tx, later, lijsten })
    }

    /// Does the handelingen, with the reference lists of this database.
    #[must_use]
    pub fn vulling(&self) -> Vulling {
        Vulling::new(Arc::clone(&self.lijsten))
    }

    /// Writes rows.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn schrijf(&mut self, pakket: &Pakket) -> Result<(), VullingError> {
        for (tabel, bytes) in &pakket.0 {
            let (naam, kolommen) = (tabel.naam(), tabel.kolommen());
            let sql = format!("COPY write_side.{naam} ({kolommen}) FROM STDIN (FORMAT BINARY)");
            let mut copy = self.tx.copy_in_raw(&sql).await.doing("beginning to copy")?;
            copy.send(bytes.as_slice()).await.doing("copying rows")?;
            copy.finish().await.doing("copying rows")?;
        }
        Ok(())
    }

    /// Makes indexes and references, lets the numbers go on, and commits; `tell` hears how far it is.
    ///
    /// # Errors
    /// When a row is against a rule of the database, or the database fails.
    pub async fn rond_af(
        mut self,
        vervolg: Vervolg,
        mut tell: impl FnMut(Deel),
    ) -> Result<(), VullingError> {
        let totaal = self.later.len();
        for (klaar, part) in self.later.iter().enumerate() {
            tell(Deel { klaar, totaal });
            sqlx::raw_sql(AssertSqlSafe(part.make.clone()))
                .execute(&mut *self.tx)
                .await
                .doing("making indexes and checking references")?;
        }
        tell(Deel { klaar: totaal, totaal });
        for (reeks, next) in Reeks::ALL.iter().zip(vervolg.0) {
            let sql = format!("ALTER SEQUENCE {} RESTART WITH {next}", reeks.sequence());
            run(&mut self.tx, sql).await?;
        }
        self.tx.commit().await.doing("committing")
    }
}

async fn run(conn: &mut PgConnection, sql: String) -> Result<(), VullingError> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.doing("preparing the tables")?;
    Ok(())
}

async fn refuse_rows(conn: &mut PgConnection, tabel: Tabel) -> Result<(), VullingError> {
    // The values of reference lists that came with the program are objects to which nothing happened.
    let own = if tabel == Tabel::Objecten { "WHERE versie > 0" } else { "" };
    let sql = format!("SELECT EXISTS (SELECT FROM write_side.{} {own})", tabel.naam());
    let filled: bool = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(conn)
        .await
        .doing("looking whether the database is empty")?;
    if filled { Err(VullingError::NietLeeg) } else { Ok(()) }
}

/// References to and from the tables, then their keys, then their other indexes.
async fn droppable(
    conn: &mut PgConnection,
    tables: &[String],
) -> Result<Vec<Onderdeel>, VullingError> {
    let sql = "
        WITH tabellen AS (SELECT unnest($1::text[])::regclass::oid AS oid)
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
               format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
                      pg_get_constraintdef(oid)) AS make,
               CASE contype WHEN 'f' THEN 0 ELSE 1 END AS rang, conrelid AS tabel, conname AS naam
        FROM pg_constraint
        WHERE contype IN ('p', 'u', 'f') AND (conrelid IN (SELECT oid FROM tabellen)
              OR contype = 'f' AND confrelid IN (SELECT oid FROM tabellen))
        UNION ALL
        SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid), 2,
               indrelid, indexrelid::regclass::name
        FROM pg_index
        WHERE indrelid IN (SELECT oid FROM tabellen)
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        ORDER BY rang, tabel, naam";
    sqlx::query_as(sql).bind(tables).fetch_all(conn).await.doing("looking for indexes")
}
