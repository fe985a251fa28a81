//! Where the register is that a handeling asks: in the database, or in memory when very many
//! handelingen are done at once into an empty database ([`crate::vulling`]). The rules are the
//! handelingen's own either way.

use std::collections::BTreeMap;

use events::{Gebeurtenis, Identificator, ObjectRef, Onderwerpobject, SoortActor, SoortPartij};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{actor, klantcontact, partij, write};
use crate::fout::{Doing, HandelingError};
use crate::vulling::Geheugen;

/// The numbers that people read aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reeks {
    /// Of partijen.
    Partij,
    /// Of klantcontacten.
    Klantcontact,
    /// Of interne taken.
    InterneTaak,
}

impl Reeks {
    /// Every series.
    pub(crate) const ALL: [Self; 3] = [Self::Partij, Self::Klantcontact, Self::InterneTaak];

    /// The sequence in the database.
    pub(crate) const fn sequence(self) -> &'static str {
        match self {
            Self::Partij => "write_side.partij_nummer",
            Self::Klantcontact => "write_side.klantcontact_nummer",
            Self::InterneTaak => "write_side.interne_taak_nummer",
        }
    }
}

/// The register of one handeling.
#[derive(Debug)]
pub(crate) enum Register<'r> {
    /// The tables, in the transaction of the handeling.
    Database(&'r mut PgConnection),
    /// What is not in the tables yet.
    Geheugen(&'r mut Geheugen),
}

impl Register<'_> {
    /// The connection of the transaction, for what only the database can tell.
    ///
    /// # Errors
    /// When there is none: the handeling is none of those that can be done in memory.
    pub(crate) fn conn(&mut self) -> Result<&mut PgConnection, HandelingError> {
        match self {
            Self::Database(conn) => Ok(conn),
            Self::Geheugen(_) => Err(HandelingError::AlleenDatabase),
        }
    }

    /// Locks an object until the transaction ends; gives its version, none when it is not there.
    pub(crate) async fn lock(&mut self, object: ObjectRef) -> Result<Option<i64>, HandelingError> {
        match self {
            Self::Database(conn) => sqlx::query_scalar!(
                "SELECT versie FROM write_side.objecten
             WHERE objectsoort = $1 AND object_id = $2 FOR UPDATE",
                object.soort.code(),
                object.id,
            )
            .fetch_optional(&mut **conn)
            .await
            .doing("locking an object"),
            Self::Geheugen(geheugen) => Ok(geheugen.versie(object)),
        }
    }

    /// Writes what an event says.
    pub(crate) async fn apply(&mut self, gebeurtenis: &Gebeurtenis) -> Result<(), HandelingError> {
        match self {
            Self::Database(conn) => write::apply(conn, gebeurtenis).await,
            Self::Geheugen(geheugen) => geheugen.apply(gebeurtenis),
        }
    }

    /// A new number.
    pub(crate) async fn nummer(&mut self, reeks: Reeks) -> Result<String, HandelingError> {
        match self {
            Self::Database(conn) => sqlx::query_scalar!(
                r#"SELECT nextval($1::text::regclass)::text AS "nummer!""#,
                reeks.sequence(),
            )
            .fetch_one(&mut **conn)
            .await
            .doing("drawing a number"),
            Self::Geheugen(geheugen) => Ok(geheugen.nummer(reeks)),
        }
    }

    /// The kinds of the partijen among these that exist.
    pub(crate) async fn soorten_partij(
        &mut self,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, SoortPartij)>, HandelingError> {
        match self {
            Self::Database(conn) => partij::soorten(conn, ids).await,
            Self::Geheugen(geheugen) => Ok(geheugen.soorten_partij(ids)),
        }
    }

    /// Whether a partij has this key already, in the register or within a parent.
    pub(crate) async fn identificator_exists(
        &mut self,
        key: &Identificator,
        parent: Option<Uuid>,
    ) -> Result<bool, HandelingError> {
        match self {
            Self::Database(conn) => partij::identificator_exists(conn, key, parent).await,
            Self::Geheugen(geheugen) => Ok(geheugen.identificator_exists(key, parent)),
        }
    }

    /// The klantcontacten among these that exist.
    pub(crate) async fn klantcontacten(
        &mut self,
        ids: &[Uuid],
    ) -> Result<Vec<Uuid>, HandelingError> {
        match self {
            Self::Database(conn) => klantcontact::existing(conn, ids).await,
            Self::Geheugen(geheugen) => Ok(geheugen.klantcontacten(ids)),
        }
    }

    /// What a klantcontact was about.
    pub(crate) async fn onderwerpobjecten(
        &mut self,
        klantcontact: Uuid,
    ) -> Result<Vec<Onderwerpobject>, HandelingError> {
        match self {
            Self::Database(conn) => klantcontact::load_onderwerpobjecten(conn, klantcontact).await,
            Self::Geheugen(geheugen) => Ok(geheugen.onderwerpobjecten(klantcontact)),
        }
    }

    /// Whether the actoren among these that exist are active; they stay so until the transaction
    /// ends.
    pub(crate) async fn lock_active(
        &mut self,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, bool)>, HandelingError> {
        match self {
            Self::Database(conn) => actor::lock_active(conn, ids).await,
            Self::Geheugen(geheugen) => Ok(geheugen.actoren_actief(ids)),
        }
    }

    /// The kinds of the actoren among these that exist.
    pub(crate) async fn soorten_actor(
        &mut self,
        ids: &[Uuid],
    ) -> Result<BTreeMap<Uuid, SoortActor>, HandelingError> {
        match self {
            Self::Database(conn) => actor::soorten(conn, ids).await,
            Self::Geheugen(geheugen) => Ok(geheugen.soorten_actor(ids)),
        }
    }
}
