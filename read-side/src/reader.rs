//! Who reads. Every statement runs in a transaction of its own, as the database role of the reader's
//! audience, and the policies of the tables are told who that is: so what a reader may not see is not
//! there for it, also where the program that asks has a fault.

use std::fmt::Write as _;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
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

/// A way to the read model for one reader.
#[derive(Debug, Clone)]
pub struct Reader {
    pool: PgPool,
    begin: Arc<str>,
}

impl Reader {
    /// A way for a reader with this right.
    #[must_use]
    pub fn new(pool: PgPool, recht: &Leesrecht) -> Self {
        Self { pool, begin: recht.begin().into() }
    }

    /// A transaction in which one statement is run. Nothing is to be kept of it: it ends when it is
    /// dropped, without anybody waiting for that.
    pub(crate) async fn begin(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        self.pool.begin_with(AssertSqlSafe(self.begin.to_string())).await
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
