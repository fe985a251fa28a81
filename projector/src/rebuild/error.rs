//! Why a rebuild, or a command on generations, was not carried out.

use uuid::Uuid;

use super::Verification;
use crate::error::ProjectorError;
use crate::product::ProjectError;

/// Why not.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The bookkeeping or the log.
    #[error(transparent)]
    Projector(#[from] ProjectorError),
    /// Folding or deriving.
    #[error("product {product} could not be derived")]
    Project {
        /// The product.
        product: &'static str,
        /// Why.
        source: ProjectError,
    },
    /// A statement on the tables of a generation.
    #[error("{action} failed for generation {generatie} of product {product}")]
    Tables {
        /// The product.
        product: &'static str,
        /// The generation.
        generatie: i32,
        /// What was tried.
        action: &'static str,
        /// What the database says.
        source: sqlx::Error,
    },
    /// There is no such product.
    #[error("there is no product {product}; there are {known}")]
    UnknownProduct {
        /// What was asked for.
        product: String,
        /// What there is.
        known: String,
    },
    /// There is no such generation.
    #[error("product {product} has no {what}; `klantbeeld projecties` lists what there is")]
    NoGeneration {
        /// The product.
        product: &'static str,
        /// Which one was looked for.
        what: String,
    },
    /// A product that does not work in two stages.
    #[error("product {product} cannot be rebuilt: it does not derive its rows from objects")]
    NotDerived {
        /// The product.
        product: &'static str,
    },
    /// A phase that this program does not know.
    #[error(
        "generation {generatie} of product {product} is in phase {fase:?}, which this program \
             does not know: use a newer one"
    )]
    UnknownFase {
        /// The product.
        product: &'static str,
        /// The generation.
        generatie: i32,
        /// The phase.
        fase: String,
    },
    /// Somebody else rebuilds.
    #[error("another rebuild runs on this database; wait until it is done, or stop it")]
    Busy,
    /// Another process took over what this one worked on.
    #[error("another process has taken over, or dropped, the generation that this one was filling")]
    Superseded,
    /// The generation is not what a replay of the log gives.
    #[error(
        "generation {generatie} of product {product} is not what the log says; it is not \
             switched to"
    )]
    Wrong {
        /// The product.
        product: &'static str,
        /// The generation.
        generatie: i32,
        /// What was found.
        found: Box<Verification>,
    },
    /// The generation has not been filled and verified.
    #[error(
        "generation {generatie} of product {product} is not ready to be served (phase {fase}); \
             `klantbeeld rebuild {product}` goes on with it"
    )]
    NotReady {
        /// The product.
        product: &'static str,
        /// The generation.
        generatie: i32,
        /// Its phase.
        fase: &'static str,
    },
    /// The generation is behind what readers see now, and nobody brings it further.
    #[error(
        "generation {generatie} of product {product} is behind the one that is served, and \
             nobody who has its version {versie} follows the log with it"
    )]
    Behind {
        /// The product.
        product: &'static str,
        /// The generation.
        generatie: i32,
        /// Its version.
        versie: i32,
    },
    /// The running service could not go on with that generation.
    #[error(
        "the running service ({leider}) has version {in_service} of product {product}, and \
             generation {generatie} has version {versie}: stop it, switch, and start the one that \
             has version {versie}"
    )]
    OtherVersionRuns {
        /// The product.
        product: &'static str,
        /// The generation.
        generatie: i32,
        /// Its version.
        versie: i32,
        /// Who leads.
        leider: String,
        /// The version that it has.
        in_service: i32,
    },
    /// Readers never let go of the views for long enough.
    #[error(
        "the views of product {product} were in use all the time; nothing has changed: try \
             again when fewer long questions run"
    )]
    ViewsInUse {
        /// The product.
        product: &'static str,
    },
    /// Objects are parked in the generation that readers would see.
    #[error(
        "{objects} objects are parked in generation {generatie} of product {product}, and {served} \
             in the one that is served: see `klantbeeld parked list {product}`, or let readers see \
             it all the same with --with-parked"
    )]
    ObjectsParked {
        /// The product.
        product: &'static str,
        /// The generation.
        generatie: i32,
        /// How many are parked in it.
        objects: i64,
        /// How many are parked in the one that readers see.
        served: i64,
    },
    /// Nothing of the object is parked or skipped.
    #[error(
        "no object {object} of product {product} is parked; `klantbeeld parked list` tells which \
             are"
    )]
    NotParked {
        /// The product.
        product: &'static str,
        /// The key.
        object: Uuid,
    },
    /// The active generation cannot be dropped.
    #[error("generation {generatie} of product {product} is what readers see: it is not dropped")]
    Active {
        /// The product.
        product: &'static str,
        /// The generation.
        generatie: i32,
    },
}

impl RebuildError {
    /// Whether trying again may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Projector(source) => source.is_transient(),
            Self::Project { source, .. } => source.is_transient(),
            Self::Tables { source, .. } => log_source::is_transient(source),
            Self::UnknownProduct { .. }
            | Self::NoGeneration { .. }
            | Self::NotDerived { .. }
            | Self::UnknownFase { .. }
            | Self::Busy
            | Self::Superseded
            | Self::Wrong { .. }
            | Self::NotReady { .. }
            | Self::Behind { .. }
            | Self::OtherVersionRuns { .. }
            | Self::ViewsInUse { .. }
            | Self::ObjectsParked { .. }
            | Self::NotParked { .. }
            | Self::Active { .. } => false,
        }
    }

    /// What went wrong with the tables of a generation: `map_err(RebuildError::tables(…, "…"))`.
    pub(crate) fn tables(
        product: &'static str,
        generatie: i32,
        action: &'static str,
    ) -> impl Fn(sqlx::Error) -> Self {
        move |source| Self::Tables { product, generatie, action, source }
    }

    /// What went wrong with a product.
    pub(crate) fn project(product: &'static str) -> impl Fn(ProjectError) -> Self {
        move |source| Self::Project { product, source }
    }
}
