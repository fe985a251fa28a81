//! What can go wrong in a product, and how it looks from outside: the fields of RFC 9457 in
//! `extensions`. Empty and broken are never the same answer.

use async_graphql::{Error, ErrorExtensionValues, ErrorExtensions, ServerError, Value};
use uuid::Uuid;

/// Why a product gives no answer.
///
/// Has no `Display` on purpose: it becomes a GraphQL error in one way only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProductError {
    /// The role of the bearer is not one of this product's.
    Forbidden { detail: String },
    /// The bearer's token names no purpose.
    PurposeRequired,
    /// An argument cannot be used.
    Invalid { detail: String },
    /// A cursor is damaged or belongs to another list.
    Cursor { detail: String },
    /// The database cannot be reached just now.
    Unavailable { trace: Uuid },
    /// Something broke; the log has the trace id.
    Internal { trace: Uuid },
    /// What was just written is not in the product yet.
    NotYet { detail: String },
    /// The product was never filled.
    NeverFilled { product: &'static str },
    /// What is followed ends: the token does not count any more.
    Expired,
    /// There is no room to follow more.
    TooMany,
    /// The schema was run without the data of a request: a fault of the program.
    Unprepared,
}

/// SQLSTATE of a reader that asks what its role may not see.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// The fields of RFC 9457.
struct Problem {
    code: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    trace: Option<Uuid>,
}

impl ProductError {
    /// Refuses an argument.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::Invalid { detail: detail.into() }
    }

    /// Logs the failure once, without values, and keeps only the trace id.
    /// A value of the caller that the database cannot hold is the caller's to mend (class 22).
    pub(crate) fn database(statement: &'static str, error: &sqlx::Error, trace: Uuid) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        if code.as_ref().is_some_and(|code| code.starts_with("22")) {
            return Self::invalid("Een waarde in de vraag valt buiten wat mogelijk is.");
        }
        if code.is_some_and(|code| code == INSUFFICIENT_PRIVILEGE) {
            // The gates before it let through what the database does not.
            tracing::warn!(%trace, statement, "the database refused a reader");
            let detail = "Deze gegevens zijn er niet voor uw rollen.".to_owned();
            return Self::Forbidden { detail };
        }
        tracing::error!(%trace, statement, cause = %describe(error), "the read model did not answer");
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                Self::Unavailable { trace }
            }
            _ => Self::Internal { trace },
        }
    }

    fn problem(&self) -> Problem {
        let (code, title, status, detail, trace) = match self {
            Self::Forbidden { detail } => {
                ("GEEN_TOEGANG", "Geen toegang", 403, detail.clone(), None)
            }
            Self::PurposeRequired => (
                "DOELBINDING_VEREIST",
                "Doelbinding vereist",
                403,
                "Het token noemt geen doelbinding; zonder doel mogen geen klantgegevens worden \
                 geraadpleegd."
                    .to_owned(),
                None,
            ),
            Self::Invalid { detail } => {
                ("ONGELDIGE_INVOER", "Ongeldige invoer", 400, detail.clone(), None)
            }
            Self::Cursor { detail } => {
                ("ONGELDIGE_CURSOR", "Ongeldige cursor", 400, detail.clone(), None)
            }
            Self::NotYet { detail } => {
                ("NOG_NIET_VERWERKT", "Nog niet verwerkt", 504, detail.clone(), None)
            }
            Self::Unavailable { trace } => (
                "NIET_BESCHIKBAAR",
                "Tijdelijk niet beschikbaar",
                503,
                "De gegevens zijn op dit moment niet te bereiken; probeer het straks opnieuw."
                    .to_owned(),
                Some(*trace),
            ),
            Self::Internal { trace } => {
                ("INTERNE_FOUT", "Interne fout", 500, internal_detail(), Some(*trace))
            }
            Self::NeverFilled { product } => (
                "NIET_BESCHIKBAAR",
                "Tijdelijk niet beschikbaar",
                503,
                format!("Het informatieproduct {product} is nog niet opgebouwd."),
                None,
            ),
            Self::Expired => (
                "TOKEN_VERLOPEN",
                "Token verlopen",
                401,
                "Het token is verlopen; volg opnieuw met een nieuw token.".to_owned(),
                None,
            ),
            Self::TooMany => (
                "TE_VEEL_GEVOLGD",
                "Te veel gevolgd",
                429,
                "U volgt al zo veel als kan, of samen volgt iedereen te veel; stop er met een, of \
                 probeer het later opnieuw."
                    .to_owned(),
                None,
            ),
            Self::Unprepared => ("INTERNE_FOUT", "Interne fout", 500, internal_detail(), None),
        };
        Problem { code, title, status, detail, trace }
    }
}

fn internal_detail() -> String {
    "Er ging iets mis bij ons; noem bij navraag het traceId.".to_owned()
}

/// The kind of failure, without what the database says of the values.
fn describe(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(database) => {
            format!("SQLSTATE {}", database.code().unwrap_or_default())
        }
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} cannot be read"),
        sqlx::Error::Io(cause) => format!("connection: {}", cause.kind()),
        sqlx::Error::PoolTimedOut => "no free connection".to_owned(),
        sqlx::Error::PoolClosed => "the pool is closed".to_owned(),
        sqlx::Error::RowNotFound => "row not found".to_owned(),
        _ => "other".to_owned(),
    }
}

/// The `type` of RFC 9457 for a code: a URN, so that it promises no page.
pub(crate) fn type_of(code: &str) -> String {
    format!("urn:klantbeeld:fout:{}", code.to_lowercase().replace('_', "-"))
}

impl From<ProductError> for Error {
    fn from(error: ProductError) -> Self {
        let problem = error.problem();
        Self::new(problem.detail.clone()).extend_with(|_, extensions| {
            extensions.set("type", type_of(problem.code));
            extensions.set("title", problem.title);
            extensions.set("status", problem.status);
            extensions.set("code", problem.code);
            extensions.set("detail", problem.detail.as_str());
            if let Some(trace) = problem.trace {
                extensions.set("traceId", trace.to_string());
            }
        })
    }
}

/// The code of what the GraphQL engine itself refuses.
pub(crate) const INVALID_REQUEST: &str = "ONGELDIGE_AANVRAAG";

/// The refusal of a whole request, before it is executed.
pub(crate) fn refusal(
    code: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
) -> ServerError {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("type", type_of(code));
    extensions.set("title", title);
    extensions.set("status", status);
    extensions.set("code", code);
    extensions.set("detail", detail.as_str());
    let mut error = ServerError::new(detail, None);
    error.extensions = Some(extensions);
    error
}

/// Gives the errors of the GraphQL engine itself (syntax, validation) the same fields.
pub(crate) fn complete(mut error: ServerError) -> ServerError {
    let mut extensions = error.extensions.take().unwrap_or_default();
    if extensions.get("code").is_none() {
        let code = INVALID_REQUEST;
        extensions.set("type", type_of(code));
        extensions.set("title", "Ongeldige aanvraag");
        extensions.set("status", 400);
        extensions.set("code", code);
        extensions.set("detail", error.message.as_str());
    }
    error.extensions = Some(extensions);
    error
}

/// The code of a completed error, and its status.
pub(crate) fn code_and_status(error: &ServerError) -> Option<(&str, u16)> {
    let extensions = error.extensions.as_ref()?;
    let (Value::String(code), Value::Number(status)) =
        (extensions.get("code")?, extensions.get("status")?)
    else {
        return None;
    };
    Some((code, u16::try_from(status.as_u64()?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_carries_the_fields_of_rfc_9457() {
        let error = Error::from(ProductError::PurposeRequired);
        let extensions = error.extensions.expect("extensions");
        assert_eq!(extensions.get("code"), Some(&"DOELBINDING_VEREIST".into()));
        assert_eq!(extensions.get("status"), Some(&403.into()));
        assert_eq!(extensions.get("type"), Some(&"urn:klantbeeld:fout:doelbinding-vereist".into()));
        assert!(extensions.get("title").is_some() && extensions.get("detail").is_some());
    }

    #[test]
    fn a_failure_of_the_database_is_masked_but_can_be_traced() {
        let trace = Uuid::from_u128(7);
        let secret = sqlx::Error::Protocol("bsn 999990019".to_owned());
        let error = Error::from(ProductError::database("klantbeeld", &secret, trace));
        assert!(!error.message.contains("999990019"));
        let extensions = error.extensions.expect("extensions");
        assert_eq!(extensions.get("traceId"), Some(&trace.to_string().into()));
        assert_eq!(extensions.get("code"), Some(&"INTERNE_FOUT".into()));
    }
}
