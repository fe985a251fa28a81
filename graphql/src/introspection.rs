//! Asking the schema itself: who may, and whether a document does.

use std::collections::{BTreeSet, HashSet};

use access::{Identity, Rol};
use async_graphql::ServerError;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

use crate::error::refusal;
use crate::limits::INTROSPECTION;

/// Who may ask the schema, and gets suggestions for a name that is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introspection(pub BTreeSet<Rol>);

impl Introspection {
    /// Every role.
    #[must_use]
    pub fn all() -> Self {
        Self(Rol::ALL.iter().copied().collect())
    }

    /// Nobody.
    #[must_use]
    pub const fn none() -> Self {
        Self(BTreeSet::new())
    }

    /// Whether nobody may.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this bearer may. Somebody of several roles asks in all of them.
    pub(crate) fn allows(&self, identity: &Identity) -> bool {
        !identity.rollen.is_empty() && identity.rollen.iter().all(|rol| self.0.contains(rol))
    }

    /// Refuses a document that asks the schema from who may not.
    pub(crate) fn admit(
        &self,
        identity: &Identity,
        document: &ExecutableDocument,
    ) -> Result<(), ServerError> {
        if self.allows(identity) || !asks_schema(document) {
            return Ok(());
        }
        Err(refusal(
            "SCHEMA_NIET_OPVRAAGBAAR",
            "Schema niet op te vragen",
            403,
            "Het schema is hier voor deze rol niet op te vragen.".to_owned(),
        ))
    }
}

/// Whether any operation of the document asks the schema.
fn asks_schema(document: &ExecutableDocument) -> bool {
    let mut seen = HashSet::new();
    let mut operations = document.operations.iter();
    operations.any(|(_, operation)| asks(document, &operation.node.selection_set.node, &mut seen))
}

fn asks<'d>(
    document: &'d ExecutableDocument,
    set: &'d SelectionSet,
    seen: &mut HashSet<&'d str>,
) -> bool {
    set.items.iter().any(|item| match &item.node {
        Selection::Field(field) => INTROSPECTION.contains(&field.node.name.node.as_str()),
        Selection::InlineFragment(inline) => asks(document, &inline.node.selection_set.node, seen),
        Selection::FragmentSpread(spread) => {
            let name = spread.node.fragment_name.node.as_str();
            let fragment = document.fragments.get(name).filter(|_| seen.insert(name));
            fragment.is_some_and(|found| asks(document, &found.node.selection_set.node, seen))
        }
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;
    use crate::policy::tests::bearer;

    #[test]
    fn a_document_that_asks_the_schema_is_known_however_it_is_written() {
        for (query, expected) in [
            ("{ __schema { types { name } } }", true),
            ("{ a: __type(name: \"Klant\") { name } }", true),
            (
                "{ ... on Query { ...F } } fragment F on Query { ...G } fragment G on Query { ...F \
              __schema { description } }",
                true,
            ),
            ("query A { b } query B { __schema { description } }", true),
            ("{ __typename klantbeeld { __typename } }", false),
            ("{ ...F } fragment F on Query { ...F }", false),
        ] {
            let document = parse_query(query).expect("a document");
            assert_eq!(asks_schema(&document), expected, "{query}");
        }
    }

    #[test]
    fn only_who_may_gets_the_schema() {
        let document = parse_query("{ __schema { description } }").expect("a document");
        let analist = Introspection(BTreeSet::from([Rol::Analist]));
        assert!(analist.admit(&bearer(&[Rol::Analist]), &document).is_ok());
        for rollen in [&[Rol::Kcc][..], &[Rol::Kcc, Rol::Analist]] {
            assert!(analist.admit(&bearer(rollen), &document).is_err(), "{rollen:?}");
        }
        assert!(Introspection::none().admit(&bearer(&[Rol::Beheerder]), &document).is_err());
        assert!(Introspection::all().admit(&bearer(Rol::ALL), &document).is_ok());
    }
}
