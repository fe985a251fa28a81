//! The phase of a generation.

/// How far the making of a generation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fase {
    /// The log is read in bulk, and the states of objects are folded.
    Lezen,
    /// The rows are derived from the states and copied.
    Afleiden,
    /// Secondary indexes and statistics are made.
    Indexeren,
    /// It follows the log, but has not been verified.
    Inhalen,
    /// It follows the log, and may be served.
    Klaar,
    /// It is being dropped.
    Vervalt,
}

impl Fase {
    const ALL: [Self; 6] =
        [Self::Lezen, Self::Afleiden, Self::Indexeren, Self::Inhalen, Self::Klaar, Self::Vervalt];

    /// The word for it in the bookkeeping.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Lezen => "lezen",
            Self::Afleiden => "afleiden",
            Self::Indexeren => "indexeren",
            Self::Inhalen => "inhalen",
            Self::Klaar => "klaar",
            Self::Vervalt => "vervalt",
        }
    }

    /// The phase with this word.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fase| fase.code() == code)
    }
}
