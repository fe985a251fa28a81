//! Which questions are answered: any, or only those that were registered.

use std::collections::BTreeSet;

use access::{Identity, Rol};
use async_graphql::ServerError;

use super::prepared::Prepared;
use crate::error::refusal;
use crate::limits::Limits;

/// Which questions may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustedDocuments {
    /// Registered ones, and any other.
    Also,
    /// Registered ones only, but for roles that may ask freely.
    Only,
}

/// Who may ask what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentPolicy {
    /// Which questions may be asked.
    pub trusted: TrustedDocuments,
    /// Roles that may ask freely where others may not.
    pub free_roles: BTreeSet<Rol>,
    /// What such a free question may cost.
    pub free_cost: u64,
}

impl Default for DocumentPolicy {
    /// Any question is answered; where it is not, an analyst may still look around.
    fn default() -> Self {
        let free_roles = BTreeSet::from([Rol::Analist]);
        Self { trusted: TrustedDocuments::Also, free_roles, free_cost: 2_000 }
    }
}

impl DocumentPolicy {
    /// The limits under which this bearer may ask this document. The error is the refusal.
    pub(crate) fn admit(
        &self,
        identity: &Identity,
        prepared: &Prepared,
        limits: &Limits,
    ) -> Result<Limits, ServerError> {
        if prepared.is_registered || self.trusted == TrustedDocuments::Also {
            return Ok(*limits);
        }
        // Somebody of several roles asks in all of them.
        let may = |rol: &Rol| self.free_roles.contains(rol);
        if !identity.rollen.is_empty() && identity.rollen.iter().all(may) {
            return Ok(Limits { cost: limits.cost.min(self.free_cost), ..*limits });
        }
        Err(refusal(
            "ALLEEN_DOCUMENTEN",
            "Alleen geregistreerde vragen",
            403,
            "Hier worden alleen vragen beantwoord die vooraf zijn geregistreerd. Noem er een met \
             documentId in plaats van query."
                .to_owned(),
        ))
    }
}
