//! What a request may cost. Everything is decided before execution, on the text and on the parsed
//! document, and a refusal says which limit and by how much.

mod nesting;
mod walk;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Name, ServerError, Value, Variables};

use crate::error::refusal;
pub(crate) use walk::INTROSPECTION;
use walk::Walk;

/// The bounds of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the body, in bytes.
    pub body_bytes: usize,
    /// Nesting of brackets in the text of the document.
    pub nesting: u64,
    /// Tokens in the text of the document.
    pub tokens: u64,
    /// Fields and fragments in the document, fragments counted where they are used.
    pub selections: u64,
    /// Levels of fields.
    pub depth: u64,
    /// Fragments inside fragments.
    pub fragments: u64,
    /// Fields with an alias.
    pub aliases: u64,
    /// Fields that stand in one place a second time: each is answered again.
    pub repeats: u64,
    /// Fields of the root.
    pub root_fields: u64,
    /// Directives.
    pub directives: u64,
    /// Lists inside lists when the schema itself is asked.
    pub introspection_lists: u64,
    /// Estimated number of values in the answer.
    pub cost: u64,
    /// Size of the answer, in bytes.
    pub answer_bytes: usize,
}

impl Default for Limits {
    /// Far above what the screens of the documentation need, far below what hurts.
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024,
            nesting: 40,
            tokens: 4_000,
            selections: 2_000,
            depth: 12,
            fragments: 12,
            aliases: 30,
            repeats: 20,
            root_fields: 10,
            directives: 30,
            introspection_lists: 3,
            cost: 10_000,
            answer_bytes: 4 * 1024 * 1024,
        }
    }
}

/// A limit that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Nesting,
    Tokens,
    Selections,
    Depth,
    Fragments,
    Cycle,
    Aliases,
    Repeats,
    RootFields,
    Directives,
    Introspection,
    Cost,
    Answer,
}

impl Limit {
    /// Its name, as it stands in the refusal.
    const fn name(self) -> &'static str {
        match self {
            Self::Nesting => "nesting",
            Self::Tokens => "tokens",
            Self::Selections => "selecties",
            Self::Depth => "diepte",
            Self::Fragments => "fragmenten",
            Self::Cycle => "fragmentcyclus",
            Self::Aliases => "aliassen",
            Self::Repeats => "herhalingen",
            Self::RootFields => "hoofdvelden",
            Self::Directives => "directieven",
            Self::Introspection => "introspectie",
            Self::Cost => "kosten",
            Self::Answer => "antwoord",
        }
    }

    /// What to do about it.
    const fn advice(self) -> &'static str {
        match self {
            Self::Nesting | Self::Depth => "Vraag minder diep.",
            Self::Tokens | Self::Selections => "Vraag minder velden, of verdeel de vraag.",
            Self::Fragments => "Gebruik minder fragmenten in fragmenten.",
            Self::Cycle => "Een fragment mag zichzelf niet gebruiken.",
            Self::Aliases => "Gebruik minder aliassen, of verdeel de vraag.",
            Self::Repeats => "Vraag elk veld op één plaats één keer.",
            Self::RootFields => "Verdeel de vraag over meer aanvragen.",
            Self::Directives => "Gebruik minder directieven.",
            Self::Introspection => "Vraag het schema met minder lijsten in lijsten.",
            Self::Cost | Self::Answer => {
                "Vraag kleinere pagina's (first) of minder velden per element."
            }
        }
    }
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) limit: Limit,
    pub(crate) maximum: u64,
    /// What was asked; at least this much where counting stopped.
    pub(crate) asked: u64,
    /// The estimated cost, when it came to an estimate.
    pub(crate) cost: Option<u64>,
    pub(crate) cost_maximum: u64,
}

impl From<Refusal> for ServerError {
    fn from(refused: Refusal) -> Self {
        let Refusal { limit, maximum, asked, .. } = refused;
        let name = limit.name();
        let detail = format!(
            "De vraag gaat over de limiet {name}: ten hoogste {maximum}, gevraagd {asked}. {}",
            limit.advice()
        );
        let mut error = refusal("LIMIET", "Vraag te groot", 400, detail);
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("limiet", name);
        extensions.set("maximum", maximum);
        extensions.set("gevraagd", asked);
        if let Some(cost) = refused.cost {
            extensions.set("kosten", costs(cost, refused.cost_maximum));
        }
        error
    }
}

fn costs(estimated: u64, maximum: u64) -> Value {
    let pairs = [("geschat", estimated), ("maximum", maximum)];
    Value::Object(
        pairs.into_iter().map(|(name, value)| (Name::new(name), Value::from(value))).collect(),
    )
}

impl Limits {
    /// Looks at the text before it is parsed: so long, or with brackets so deep, that parsing it
    /// is a danger.
    pub(crate) fn check_text(&self, query: &str) -> Result<(), Refusal> {
        let measured = nesting::measure(query);
        self.within(Limit::Nesting, self.nesting, measured.nesting, None)?;
        self.within(Limit::Tokens, self.tokens, measured.tokens, None)
    }

    /// Looks at the parsed document: every operation in it, and every fragment.
    pub(crate) fn check_document(
        &self,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<(), Refusal> {
        let mut walk = Walk::new(self, document, variables);
        for (name, operation) in document.operations.iter() {
            let cost = walk.operation(&operation.node)?;
            let runs = operation_name.is_none() || name.map(|name| name.as_str()) == operation_name;
            let counted = walk.finish_operation();
            let shown = Some(cost);
            self.within(Limit::Depth, self.depth, counted.depth, shown)?;
            self.within(Limit::Aliases, self.aliases, counted.aliases, shown)?;
            self.within(Limit::Repeats, self.repeats, counted.repeats, shown)?;
            self.within(Limit::RootFields, self.root_fields, counted.root_fields, shown)?;
            self.within(Limit::Directives, self.directives, counted.directives, shown)?;
            if runs {
                self.within(Limit::Cost, self.cost, cost, shown)?;
            }
        }
        walk.unused_fragments()
    }

    fn within(
        &self,
        limit: Limit,
        maximum: u64,
        asked: u64,
        cost: Option<u64>,
    ) -> Result<(), Refusal> {
        if asked <= maximum {
            return Ok(());
        }
        Err(Refusal { limit, maximum, asked, cost, cost_maximum: self.cost })
    }

    /// The refusal of an answer that is larger than this.
    pub(crate) fn answer_too_large(&self) -> Refusal {
        let maximum = u64::try_from(self.answer_bytes).unwrap_or(u64::MAX);
        self.stop(Limit::Answer, maximum, maximum.saturating_add(1))
    }

    /// The refusal of a limit at which counting stops.
    pub(crate) fn stop(&self, limit: Limit, maximum: u64, asked: u64) -> Refusal {
        Refusal { limit, maximum, asked, cost: None, cost_maximum: self.cost }
    }
}

#[cfg(test)]
mod tests;
