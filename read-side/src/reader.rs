//! Who reads. Every statement runs in a read-only transaction as the database role of the reader's
//! audience, and the policies of the tables are told who that is: so what a reader may not see is not
//! there for it, also where the program that asks has a fault.

use std::fmt::Write as _;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{TryFutureExt as _, TryStreamExt as _};
use sqlx::postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{
    AssertSqlSafe, Describe, Either, Execute, Executor, PgPool, Postgres, SqlStr, Transaction,
};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::contactgeschiedenis::VertrouwelijkFilter;
use crate::klantbeeld::KlantKey;

/// The audiences, each with a role in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lezer {
    /// Nobody who may see anything.
    Niemand,
    /// The customer contact centre.
    Kcc,
    /// Whoever handles zaken and contactverzoeken.
    Behandelaar,
    /// An inhabitant or organisation.
    Burger,
    /// Whoever leads teams.
    Teamleider,
    /// An analyst.
    Analist,
    /// Whoever runs the service.
    Beheerder,
    /// The service that sends messages.
    Outputmanagement,
    /// Whoever decides what may be destroyed.
    Archivaris,
    /// Whoever shows persons what is known of them.
    Privacyfunctionaris,
}

impl Lezer {
    /// The role, as the migrations of the projector make it.
    const fn role(self) -> &'static str {
        match self {
            Self::Niemand => "klantbeeld_niemand",
            Self::Kcc => "klantbeeld_kcc",
            Self::Behandelaar => "klantbeeld_behandelaar",
            Self::Burger => "klantbeeld_burger",
            Self::Teamleider => "klantbeeld_teamleider",
            Self::Analist => "klantbeeld_analist",
            Self::Beheerder => "klantbeeld_beheerder",
            Self::Outputmanagement => "klantbeeld_outputmanagement",
            Self::Archivaris => "klantbeeld_archivaris",
            Self::Privacyfunctionaris => "klantbeeld_privacyfunctionaris",
        }
    }
}

/// What the policies are told of a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leesrecht {
    /// The audience.
    pub lezer: Lezer,
    /// Whether the reader named a purpose (doelbinding).
    pub doelbinding: bool,
    /// Which confidential contacts it may know of.
    pub vertrouwelijk: VertrouwelijkFilter,
    /// The klant that it is, for a burger.
    pub klant: Option<KlantKey>,
    /// The actoren that it is, and its teams.
    pub actoren: Vec<Uuid>,
    /// The zaken on which it works; `*` = all.
    pub zaken: Vec<String>,
    /// As whom a privacy officer reads, and on which request for inzage.
    pub inzage: Option<Inzage>,
}

/// On what a privacy officer reads a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inzage {
    /// The request that was approved.
    pub verzoek: Uuid,
    /// Who reads: the bearer at the issuer of its token.
    pub wie: String,
}

impl Leesrecht {
    /// The right of an audience of which nothing more is known.
    #[must_use]
    pub const fn of(lezer: Lezer) -> Self {
        Self {
            lezer,
            doelbinding: false,
            vertrouwelijk: VertrouwelijkFilter::Geen,
            klant: None,
            actoren: Vec::new(),
            zaken: Vec::new(),
            inzage: None,
        }
    }

    /// The statement with which a transaction of this reader begins.
    #[must_use]
    pub fn begin(&self) -> String {
        let mut sql = format!("BEGIN READ ONLY; SET LOCAL ROLE {}", self.lezer.role());
        let mut tell = |name: &str, value: &str| {
            // Writing to a text does not fail.
            let _ = write!(sql, "; SET LOCAL klantbeeld.{name} = {}", literal(value));
        };
        if self.doelbinding {
            tell("doelbinding", "ja");
        }
        match self.vertrouwelijk {
            VertrouwelijkFilter::Alle => tell("vertrouwelijk", "alle"),
            VertrouwelijkFilter::AlleenEigen => tell("vertrouwelijk", "alleen_eigen"),
            VertrouwelijkFilter::Geen => {}
        }
        match &self.klant {
            // No token names a burger by the key of a partij.
            None | Some(KlantKey::KlantId(_)) => {}
            Some(KlantKey::Bsn(bsn)) => tell("bsn", bsn),
            Some(KlantKey::Rsin(rsin)) => tell("rsin", rsin),
            Some(KlantKey::Kvk(kvk)) => tell("kvk_nummer", kvk),
            Some(KlantKey::Vestiging { kvk_nummer, vestigingsnummer }) => {
                tell("kvk_nummer", kvk_nummer);
                tell("vestigingsnummer", vestigingsnummer);
            }
        }
        if !self.actoren.is_empty() {
            tell("actoren", &array(self.actoren.iter().map(Uuid::to_string)));
        }
        if !self.zaken.is_empty() {
            tell("zaken", &array(self.zaken.iter().cloned()));
        }
        if let Some(Inzage { verzoek, wie }) = &self.inzage {
            tell("inzage", &verzoek.to_string());
            tell("wie", wie);
        }
        sql
    }
}

/// A text as SQL has it, whatever it holds. What no text of the database can hold is left out.
fn literal(value: &str) -> String {
    let value = value.replace('\0', "").replace('\\', "\\\\").replace('\'', "''");
    format!("E'{value}'")
}

/// An array as the database reads it.
fn array(values: impl Iterator<Item = String>) -> String {
    let quoted =
        values.map(|value| format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")));
    format!("{{{}}}", quoted.collect::<Vec<_>>().join(","))
}

/// The connection of one request: all its readers share it, one statement after the other, so that a
/// request begins one transaction and not one for each statement. Nothing is to be kept of a
/// transaction: it ends when this is dropped, without anybody waiting for that.
#[derive(Debug)]
pub struct Verbinding {
    pool: PgPool,
    begun: Mutex<Option<Begun>>,
}

/// A transaction in which every statement so far succeeded.
#[derive(Debug)]
struct Begun {
    begin: Arc<str>,
    transaction: Transaction<'static, Postgres>,
}

impl Verbinding {
    /// A connection of this pool, taken when the first statement needs it.
    #[must_use]
    pub fn new(pool: PgPool) -> Arc<Self> {
        Arc::new(Self { pool, begun: Mutex::new(None) })
    }

    /// The transaction of a reader: that which was begun for it, or a new one. One of another reader
    /// goes back to the pool first: nobody waits for a connection and holds one.
    async fn transaction(
        &self,
        begun: Option<Begun>,
        begin: &Arc<str>,
    ) -> sqlx::Result<Transaction<'static, Postgres>> {
        if let Some(begun) = begun {
            if begun.begin == *begin {
                return Ok(begun.transaction);
            }
            begun.transaction.rollback().await?;
        }
        // Whoever is broken off would leave this reader's role, and what the policies were told of it, to
        // the next.
        transactions::begin(&self.pool, AssertSqlSafe(begin.to_string())).await
    }
}

/// A way to the read model for one reader.
#[derive(Debug, Clone)]
pub struct Reader {
    verbinding: Arc<Verbinding>,
    begin: Arc<str>,
}

impl Reader {
    /// A way for a reader with this right.
    #[must_use]
    pub fn new(verbinding: Arc<Verbinding>, recht: &Leesrecht) -> Self {
        Self { verbinding, begin: recht.begin().into() }
    }

    /// The transaction in which the next statement is run, when that of nobody else is.
    async fn hold(&self) -> sqlx::Result<Held<'_>> {
        let mut place = self.verbinding.begun.lock().await;
        let transaction = self.verbinding.transaction(place.take(), &self.begin).await?;
        Ok(Held { place, begin: &self.begin, transaction })
    }
}

/// A transaction in use. When its statement fails or is broken off it is dropped, and not used again:
/// what comes after it in the same request begins anew.
struct Held<'r> {
    place: MutexGuard<'r, Option<Begun>>,
    begin: &'r Arc<str>,
    transaction: Transaction<'static, Postgres>,
}

impl Held<'_> {
    /// Keeps the transaction for the next statement.
    fn keep(mut self) {
        let begin = Arc::clone(self.begin);
        *self.place = Some(Begun { begin, transaction: self.transaction });
    }
}

impl<'c> Executor<'c> for &'c Reader {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, sqlx::Result<Either<PgQueryResult, PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let answer = async move {
            let mut held = self.hold().await?;
            let steps: Vec<_> = held.transaction.fetch_many(query).try_collect().await?;
            held.keep();
            Ok(stream::iter(steps.into_iter().map(Ok)))
        };
        Box::pin(answer.try_flatten_stream())
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move {
            let mut held = self.hold().await?;
            let row = held.transaction.fetch_optional(query).await?;
            held.keep();
            Ok(row)
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<PgStatement>>
    where
        'c: 'e,
    {
        Box::pin(async move {
            let mut held = self.hold().await?;
            let statement = held.transaction.prepare_with(sql, parameters).await?;
            held.keep();
            Ok(statement)
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Postgres>>>
    where
        'c: 'e,
    {
        Box::pin(async move {
            let mut held = self.hold().await?;
            let described = held.transaction.describe(sql).await?;
            held.keep();
            Ok(described)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_token_says_stays_a_value() {
        let recht = Leesrecht {
            doelbinding: true,
            vertrouwelijk: VertrouwelijkFilter::AlleenEigen,
            klant: Some(KlantKey::Bsn("1' OR \\'1".to_owned())),
            zaken: vec!["a\"b,c\\".to_owned(), "\0*".to_owned()],
            ..Leesrecht::of(Lezer::Burger)
        };
        assert_eq!(
            recht.begin(),
            "BEGIN READ ONLY; SET LOCAL ROLE klantbeeld_burger; \
             SET LOCAL klantbeeld.doelbinding = E'ja'; \
             SET LOCAL klantbeeld.vertrouwelijk = E'alleen_eigen'; \
             SET LOCAL klantbeeld.bsn = E'1'' OR \\\\''1'; \
             SET LOCAL klantbeeld.zaken = E'{\"a\\\\\"b,c\\\\\\\\\",\"*\"}'"
        );
    }
}
