//! Which parts are read: the same query serves one object, a page of objects, and parts by key.

use uuid::Uuid;

/// Which parts are read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Keuze<'k> {
    /// Those of these owners.
    Van(&'k [Uuid]),
    /// Those with these keys.
    Sleutels(&'k [Uuid]),
}

impl<'k> Keuze<'k> {
    /// The owners.
    pub(super) const fn van(self) -> &'k [Uuid] {
        match self {
            Self::Van(ids) => ids,
            Self::Sleutels(_) => &[],
        }
    }

    /// The keys.
    pub(super) const fn sleutels(self) -> &'k [Uuid] {
        match self {
            Self::Van(_) => &[],
            Self::Sleutels(ids) => ids,
        }
    }
}
