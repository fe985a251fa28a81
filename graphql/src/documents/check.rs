//! Looking at a document before it is registered: whether it can be asked at all.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument};
use async_graphql::{ServerError, Variables};

use super::fields;
use super::id::DocumentId;
use crate::completion::Shapes;
use crate::limits::Limits;
use crate::validation::ValidateOnly;
use crate::variables::Inputs;

/// A document that may be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its name for requests.
    pub id: DocumentId,
    /// Its name for people.
    pub naam: String,
    /// Its text.
    pub tekst: String,
    /// Its operations.
    pub operaties: Vec<String>,
    /// The deprecated fields in it, each with the reason.
    pub deprecated: Vec<(String, String)>,
}

/// Why a document may not be registered: what is wrong with it, each with its line if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub detail: String,
}

impl From<ServerError> for Fault {
    fn from(error: ServerError) -> Self {
        let line = error.locations.first().map(|place| place.line).filter(|line| *line > 0);
        Self { line, detail: error.message }
    }
}

/// Looks at documents against the interface of this program.
#[derive(Debug)]
pub struct Checker {
    shapes: Shapes,
    inputs: Inputs,
    deprecated: BTreeMap<String, String>,
    schema: ValidateOnly,
    limits: Limits,
}

impl Checker {
    /// A checker with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let sdl = crate::sdl();
        Self {
            shapes: Shapes::of(&sdl),
            inputs: Inputs::of(&sdl),
            deprecated: fields::deprecated(&sdl),
            schema: ValidateOnly::new(),
            limits,
        }
    }

    /// Whether this text may be registered, with everything that is wrong with it. The size of
    /// pages that a variable gives is looked at when it is asked; here it is the usual one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn check(&self, naam: &str, tekst: &str) -> Result<Checked, Vec<Fault>> {
        let document = self.readable(tekst).map_err(|error| vec![Fault::from(error)])?;
        let operaties = names(&document)?;
        let errors = self.schema.errors(tekst, &document).await;
        if !errors.is_empty() {
            return Err(errors.into_iter().map(Fault::from).collect());
        }
        self.inputs.check_arguments(&self.shapes, &document).map_err(|error| vec![error.into()])?;
        let asked = fields::asked_by_any(&self.shapes, &document);
        Ok(Checked {
            id: DocumentId::of(tekst),
            naam: naam.to_owned(),
            tekst: tekst.to_owned(),
            operaties,
            deprecated: self.going(&asked),
        })
    }

    /// The fields among these that are deprecated.
    fn going(&self, asked: &BTreeSet<String>) -> Vec<(String, String)> {
        let of = |field: &String| {
            self.deprecated.get(field).map(|reason| (field.clone(), reason.clone()))
        };
        asked.iter().filter_map(of).collect()
    }

    /// Every deprecated field of the interface, with the reason.
    #[must_use]
    pub fn deprecated(&self) -> &BTreeMap<String, String> {
        &self.deprecated
    }

    fn readable(&self, tekst: &str) -> Result<ExecutableDocument, ServerError> {
        self.limits.check_text(tekst)?;
        let document = async_graphql::parser::parse_query(tekst)?;
        self.limits.check_document(&document, None, &Variables::default())?;
        fields::check_subscriptions(&document)?;
        Ok(document)
    }
}

/// The operations of a document: each has a name, so that it can be told apart in what is counted
/// and logged.
fn names(document: &ExecutableDocument) -> Result<Vec<String>, Vec<Fault>> {
    match &document.operations {
        DocumentOperations::Single(operation) => {
            let detail = "Geef de vraag een naam: `query Naam { … }`.".to_owned();
            Err(vec![Fault { line: Some(operation.pos.line), detail }])
        }
        DocumentOperations::Multiple(operations) => {
            let mut names: Vec<String> = operations.keys().map(ToString::to_string).collect();
            names.sort_unstable();
            Ok(names)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn faults(tekst: &str) -> Vec<Fault> {
        Checker::new(Limits::default()).check("proef", tekst).await.expect_err("a fault")
    }

    #[tokio::test]
    async fn every_example_may_be_registered() {
        let checker = Checker::new(Limits::default());
        for example in crate::examples::ALL {
            let checked = checker.check(example.name, example.query).await;
            let checked = checked.unwrap_or_else(|faults| panic!("{}: {faults:?}", example.name));
            assert_eq!(checked.id, DocumentId::of(example.query));
            assert_eq!(checked.operaties.len(), 1);
        }
    }

    #[tokio::test]
    async fn what_cannot_be_asked_is_not_registered() {
        let unnamed = faults("\n{ __typename }").await;
        assert!(unnamed[0].detail.contains("naam"), "{unnamed:?}");
        let unknown = faults("query A {\n  geenVeld\n  ookGeenVeld\n}").await;
        assert_eq!(unknown.iter().map(|it| it.line).collect::<Vec<_>>(), [Some(2), Some(3)]);
        for (tekst, said) in [
            ("query A {", "expected"),
            ("query A($a: Int) { __typename }", "is not used"),
            ("query A { werkvoorraad { totaal } }", "voor"),
            ("query A { werkvoorraad(voor: 1) { totaal } }", "geen object"),
            (&format!("query A {{ {} }}", "__typename ".repeat(50)), "herhalingen"),
            (&format!("query A {{ {} }}", "@x ".repeat(5_000)), "tokens"),
        ] {
            let faults = faults(tekst).await;
            assert!(faults.iter().any(|it| it.detail.contains(said)), "{tekst}: {faults:?}");
        }
    }

    #[tokio::test]
    async fn a_document_may_have_several_operations() {
        let tekst = "query B { __typename } query A { __typename }";
        let checked = Checker::new(Limits::default()).check("proef", tekst).await;
        assert_eq!(checked.expect("a document").operaties, ["A", "B"]);
    }
}
