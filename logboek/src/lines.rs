//! The lines of the two logs. None has a field for content.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::trace::{SpanId, TraceId};

/// By which interface something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kanaal {
    /// The information products.
    Graphql,
    /// The bijhouding API.
    Bijhouding,
}

impl Kanaal {
    /// The word for it in the log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Graphql => "graphql",
            Self::Bijhouding => "bijhouding",
        }
    }
}

/// What came of a request; a later one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resultaat {
    /// It was done.
    Gelukt,
    /// It was refused, wholly or in part.
    Geweigerd,
    /// Something of ours failed.
    Mislukt,
}

impl Resultaat {
    /// The word for it in the log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gelukt => "gelukt",
            Self::Geweigerd => "geweigerd",
            Self::Mislukt => "mislukt",
        }
    }

    /// What an HTTP status says.
    pub(crate) const fn of_status(status: u16) -> Self {
        match status {
            ..400 => Self::Gelukt,
            400..500 => Self::Geweigerd,
            500.. => Self::Mislukt,
        }
    }
}

/// Who did what, with which outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Auditregel {
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    pub(crate) parent_span_id: Option<SpanId>,
    pub(crate) transactie: Option<Uuid>,
    pub(crate) tijdstip: DateTime<Utc>,
    pub(crate) duur_ms: i32,
    pub(crate) kanaal: String,
    pub(crate) wie: Option<String>,
    pub(crate) toepassing: Option<String>,
    pub(crate) doelbinding: Option<String>,
    pub(crate) oorsprong: Option<String>,
    pub(crate) actie: String,
    pub(crate) document: Option<String>,
    /// Names with a space between.
    pub(crate) producten: String,
    pub(crate) object: Option<String>,
    pub(crate) betrokkenen: i32,
    pub(crate) resultaat: String,
    pub(crate) status: i16,
    /// Codes with a space between.
    pub(crate) fouten: String,
}

/// That data were processed: of one betrokkene, or of none that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verwerking {
    pub(crate) span_id: SpanId,
    pub(crate) parent_span_id: SpanId,
    pub(crate) status: String,
    pub(crate) name: String,
    /// In milliseconds since 1970.
    pub(crate) start_time: i64,
    /// In milliseconds since 1970.
    pub(crate) end_time: i64,
    pub(crate) processing_activity_id: String,
    pub(crate) data_subject_id: Option<String>,
    pub(crate) data_subject_id_type: Option<String>,
}

/// All lines of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Regels {
    pub(crate) audit: Auditregel,
    pub(crate) verwerkingen: Vec<Verwerking>,
}
