//! The three gates between a bearer and what is kept, each enough to refuse:
//!
//! 1. the schema ([`schema`]): a field that is not for any of the bearer's roles does not exist for it;
//! 2. the decision ([`crate::policy`]): whether a product answers this bearer, and what it masks;
//! 3. the rows ([`rows`]): in the database the reader is its audience, and sees its own rows only.

pub(crate) mod rows;
pub(crate) mod schema;

use access::Identity;

/// Who is judged at each gate: always the same bearer, but in a test of one gate without the others.
#[derive(Debug, Clone)]
pub struct Judged {
    /// At the schema.
    pub schema: Identity,
    /// At the decision.
    pub decision: Identity,
    /// At the rows.
    pub rows: Identity,
}

impl From<Identity> for Judged {
    fn from(bearer: Identity) -> Self {
        Self { schema: bearer.clone(), decision: bearer.clone(), rows: bearer }
    }
}
