//! Webhooks: tells each subscription what it asked for. At least once, in order per object; a slow or
//! dead receiver has a task of its own and delays nobody else.

pub(crate) mod abonnement;
mod bezorger;
mod handtekening;
pub(crate) mod invoer;
pub(crate) mod netwerk;
mod oauth;
mod uitslag;
pub(crate) mod verzending;
pub(crate) mod wachtrij;

pub(super) use bezorger::Bezorger;
