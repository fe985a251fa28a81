//! Settings of what may be asked: registered documents or any question, and the schema itself.

use std::collections::BTreeSet;

use access::Rol;
use clap::{Args, ValueEnum};
use graphql::{DocumentPolicy, Introspection, TrustedDocuments};

use crate::omgeving::Omgeving;

/// The word for nobody.
const GEEN: &str = "geen";
/// The word for every role.
const ALLE: &str = "alle";

/// Settings of what may be asked.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Which GraphQL questions are answered")]
pub struct QuestionSettings {
    /// Registered documents and any other question, or registered documents only
    #[arg(long, env = "KLANTBEELD_TRUSTED_DOCUMENTS", value_name = "WHICH", value_enum)]
    #[arg(default_value_t = Trusted::Also)]
    pub trusted_documents: Trusted,

    /// With `only`: roles that may ask freely all the same, by commas; `geen` or `alle`
    #[arg(long, env = "KLANTBEELD_FREE_QUESTIONS", value_name = "ROLES")]
    #[arg(value_parser = roles, default_value = "analist")]
    pub free_questions: Roles,

    /// With `only`: what a free question may cost
    #[arg(long, env = "KLANTBEELD_FREE_QUESTION_COST", value_name = "N")]
    #[arg(default_value_t = DocumentPolicy::default().free_cost)]
    pub free_question_cost: u64,

    /// Roles that may ask the schema and get suggestions, by commas; `geen` or `alle` [default:
    /// geen, and alle in ontwikkeling]
    #[arg(long, env = "KLANTBEELD_INTROSPECTION", value_name = "ROLES", value_parser = roles)]
    pub introspection: Option<Roles>,
}

/// Which questions are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Trusted {
    /// Registered documents, and any other question
    Also,
    /// Registered documents only
    Only,
}

/// Some roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles(BTreeSet<Rol>);

impl QuestionSettings {
    /// Which questions are answered, as the GraphQL side takes it.
    pub(super) fn policy(&self) -> DocumentPolicy {
        DocumentPolicy {
            trusted: match self.trusted_documents {
                Trusted::Also => TrustedDocuments::Also,
                Trusted::Only => TrustedDocuments::Only,
            },
            free_roles: self.free_questions.0.clone(),
            free_cost: self.free_question_cost,
        }
    }

    /// Who may ask the schema.
    pub(super) fn introspection(&self, omgeving: Omgeving) -> Introspection {
        match (&self.introspection, omgeving) {
            (Some(roles), _) => Introspection(roles.0.clone()),
            (None, Omgeving::Productie) => Introspection::none(),
            (None, Omgeving::Ontwikkeling) => Introspection::all(),
        }
    }
}

/// Roles by commas, or the word for none or all.
fn roles(text: &str) -> Result<Roles, String> {
    match text.trim() {
        GEEN => return Ok(Roles(BTreeSet::new())),
        ALLE => return Ok(Roles(Rol::ALL.iter().copied().collect())),
        _ => {}
    }
    let role = |code: &str| Rol::ALL.iter().copied().find(|rol| rol.code() == code.trim());
    let roles: Option<BTreeSet<Rol>> = text.split(',').map(role).collect();
    roles.map(Roles).ok_or_else(|| {
        let known: Vec<&str> = Rol::ALL.iter().map(|rol| rol.code()).collect();
        format!("give {GEEN}, {ALLE}, or roles by commas: {}", known.join(", "))
    })
}
