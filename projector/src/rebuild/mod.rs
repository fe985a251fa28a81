//! Rebuilding a product beside the one that is served: a new generation is filled at once, catches
//! up, is verified against a replay of the log, and is switched to; the old one goes on following,
//! so that one can go back.
//!
//! Every phase is recorded with its progress in the transaction of its rows. So whoever begins the
//! same rebuild again, after a `kill -9` anywhere, goes on where it was.

pub(crate) mod bookkeeping;
mod control;
mod diff;
mod drift;
mod error;
mod fill;
mod level;
mod pace;
mod parked;
mod progress;
mod repair;
mod run;
mod store;
mod switch;
mod verify;

use std::fmt;

use sqlx::PgPool;

use crate::error::ProjectorError;
use crate::fase::Fase;
use crate::product::Product;
use crate::products::derived::Derived;
use crate::run::Projector;

pub use bookkeeping::Generatie;
pub use control::{Gat, Stand, gaps, overview};
pub use diff::{DiffExample, TableDiff};
pub use drift::{Checked, Drift, DriftPace, drift};
pub use error::RebuildError;
pub use parked::{Geparkeerd, Overgeslagen, Retried, Skip, parked, skipped};
pub use progress::Rate;
pub use repair::Repaired;
pub use run::{Estimate, Outcome, RebuildSettings};
pub use switch::Switched;
pub use verify::{ParkedObject, TableVerification, Verification};

/// What a rebuild tells while it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// A phase begins.
    Phase {
        /// The product; none when several are read for at once.
        product: Option<&'static str>,
        /// The phase.
        fase: Fase,
        /// How much was done before: a rebuild that goes on begins there.
        done: i64,
        /// How much there is to do: positions, objects, indexes, or positions to catch up with.
        total: i64,
    },
    /// So much of the phase is done.
    Done {
        /// In the unit of the phase.
        amount: i64,
    },
    /// It stands still for a while.
    Waits {
        /// Why.
        why: Waits,
    },
    /// A generation is verified.
    Verifies {
        /// The product.
        product: &'static str,
        /// How many objects are replayed.
        total: i64,
    },
}

/// Why a rebuild stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// An operator paused it.
    Paused,
    /// The live generation is behind, and goes first.
    Live {
        /// Positions.
        lag: i64,
    },
}

/// Who hears what a rebuild tells.
pub trait Reporter: Send + Sync {
    /// Takes it in.
    fn tell(&self, told: Told);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn tell(&self, _: Told) {}
}

/// Works on the generations of products.
#[derive(Clone, Copy)]
pub struct Rebuilder<'r> {
    pub(crate) projector: &'r Projector,
    pub(crate) pool: &'r PgPool,
    pub(crate) reporter: &'r dyn Reporter,
}

impl fmt::Debug for Rebuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rebuilder").field("projector", &self.projector).finish_non_exhaustive()
    }
}

impl<'r> Rebuilder<'r> {
    /// Works on the products of a projector, which need not run; on its pool.
    #[must_use]
    pub fn new(projector: &'r Projector, reporter: &'r dyn Reporter) -> Self {
        Self { projector, pool: &projector.pool, reporter }
    }

    /// The name of a product, as the program has it.
    ///
    /// # Errors
    /// When there is no such product; the error names those that there are.
    pub fn named(&self, name: &str) -> Result<&'static str, RebuildError> {
        let names: Vec<&'static str> =
            self.projector.products.iter().map(|product| product.name()).collect();
        names.iter().copied().find(|known| *known == name).ok_or_else(|| {
            RebuildError::UnknownProduct { product: name.to_owned(), known: names.join(", ") }
        })
    }

    /// The names of all products.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.projector.products.iter().map(|product| product.name()).collect()
    }

    fn place(&self, product: &'static str) -> Result<usize, RebuildError> {
        let place = self.projector.products.iter().position(|one| one.name() == product);
        Ok(place.ok_or(ProjectorError::NoGeneration { product })?)
    }

    fn product(&self, product: &'static str) -> Result<&'r dyn Product, RebuildError> {
        Ok(self.projector.products[self.place(product)?].as_ref())
    }

    fn derived(&self, product: &'static str) -> Result<&'r dyn Derived, RebuildError> {
        self.product(product)?.derived().ok_or(RebuildError::NotDerived { product })
    }
}
