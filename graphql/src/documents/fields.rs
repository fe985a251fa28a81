//! Which fields a question asks, by the type that has them, and which of those are to disappear.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    ConstDirective, DocumentOperations, ExecutableDocument, FieldDefinition, OperationDefinition,
    OperationType, Selection, SelectionSet, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Positioned, ServerError, Value};

use crate::completion::{Shapes, base_name, root};
use crate::error::refusal;

/// What is said of a deprecated field without a reason, as the specification has it.
const NO_REASON: &str = "No longer supported";

/// A field as `Type.field`.
fn name(parent: &str, field: &str) -> String {
    format!("{parent}.{field}")
}

/// The fields that an operation asks, each once; what fragments bring in included. Fields of the
/// schema itself are no fields of a product.
pub(crate) fn asked(
    shapes: &Shapes,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> BTreeSet<String> {
    let (unfolded, found) = (HashSet::new(), BTreeSet::new());
    let mut walk = Walk { shapes, document, unfolded, found };
    walk.set(&operation.selection_set.node, root(operation.ty));
    walk.found
}

/// The fields that any operation of the document asks.
pub(crate) fn asked_by_any(shapes: &Shapes, document: &ExecutableDocument) -> BTreeSet<String> {
    let operations = document.operations.iter();
    operations.flat_map(|(_, operation)| asked(shapes, document, &operation.node)).collect()
}

/// The operation with this name; without a name the only one.
pub(crate) fn operation<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Option<&'d OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(&operation.node),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).map(|operation| &operation.node)
        }
        (DocumentOperations::Multiple(operations), None) => {
            let only = operations.values().next().filter(|_| operations.len() == 1);
            only.map(|operation| &operation.node)
        }
    }
}

/// Refuses subscriptions that do not follow exactly one thing (GraphQL, section 5.2.4), or do it under a
/// condition or by a fragment, which the engine does not look into.
pub(crate) fn check_subscriptions(document: &ExecutableDocument) -> Result<(), ServerError> {
    let mut operations = document.operations.iter().map(|(_, operation)| &operation.node);
    let wrong = operations.any(|operation| {
        let items = &operation.selection_set.node.items;
        let plain = match items.as_slice() {
            [Positioned { node: Selection::Field(field), .. }] => field.node.directives.is_empty(),
            _ => false,
        };
        operation.ty == OperationType::Subscription && !plain
    });
    if !wrong {
        return Ok(());
    }
    let detail = "Een subscription volgt precies één veld, zonder fragment en zonder directieven; \
                  volg meer met meer subscriptions.";
    Err(refusal("ONGELDIGE_AANVRAAG", "Ongeldige aanvraag", 400, detail.to_owned()))
}

struct Walk<'d> {
    shapes: &'d Shapes,
    document: &'d ExecutableDocument,
    /// Fragments that were looked at: they hold the same wherever they are used.
    unfolded: HashSet<&'d str>,
    found: BTreeSet<String>,
}

impl<'d> Walk<'d> {
    fn set(&mut self, set: &'d SelectionSet, parent: &'d str) {
        for item in &set.items {
            match &item.node {
                Selection::Field(Positioned { node: field, .. }) => {
                    let asked = field.name.node.as_str();
                    if let Some(shape) = self.shapes.field(parent, asked) {
                        self.found.insert(name(parent, asked));
                        self.set(&field.selection_set.node, base_name(&shape.base));
                    }
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    let on = on.map_or(parent, |on| on.node.on.node.as_str());
                    self.set(&inline.node.selection_set.node, on);
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(spread.node.fragment_name.node.as_str());
                }
            }
        }
    }

    fn fragment(&mut self, name: &'d str) {
        let document = self.document;
        if let Some(fragment) = document.fragments.get(name)
            && self.unfolded.insert(name)
        {
            let on = fragment.node.type_condition.node.on.node.as_str();
            self.set(&fragment.node.selection_set.node, on);
        }
    }
}

/// The deprecated fields of an interface, each with the reason.
pub(crate) fn deprecated(sdl: &str) -> BTreeMap<String, String> {
    let definitions = parse_schema(sdl).map(|document| document.definitions);
    let mut found = BTreeMap::new();
    for definition in definitions.unwrap_or_default() {
        let TypeSystemDefinition::Type(kind) = definition else { continue };
        let parent = kind.node.name.node;
        let fields = match kind.node.kind {
            TypeKind::Object(object) => object.fields,
            TypeKind::Interface(interface) => interface.fields,
            TypeKind::Scalar
            | TypeKind::Union(_)
            | TypeKind::Enum(_)
            | TypeKind::InputObject(_) => {
                continue;
            }
        };
        let going = fields.iter().filter_map(|field| {
            let reason = reason(&field.node)?;
            Some((name(&parent, &field.node.name.node), reason))
        });
        found.extend(going);
    }
    found
}

/// Why a field is deprecated, if it is.
fn reason(field: &FieldDefinition) -> Option<String> {
    let is_deprecated = |it: &&Positioned<ConstDirective>| it.node.name.node == "deprecated";
    let directive = field.directives.iter().find(is_deprecated)?;
    let reason = directive.node.get_argument("reason").map(|reason| &reason.node);
    Some(match reason {
        Some(Value::String(reason)) => reason.clone(),
        _ => NO_REASON.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    const SDL: &str = r#"
        type Query { item: Item oud: Int @deprecated(reason: "Vraag item.") }
        interface Ding { naam: String }
        type Item implements Ding { naam: String items: [Item!]! kort: Int @deprecated }
    "#;

    fn of(query: &str) -> Vec<String> {
        let document = parse_query(query).expect("a document");
        asked_by_any(&Shapes::of(SDL), &document).into_iter().collect()
    }

    #[test]
    fn a_field_is_told_once_with_the_type_that_has_it() {
        let query = "query A { item { ...F items { naam a: naam __typename } } __schema { types } }
            fragment F on Item { ... on Ding { naam } ...F geenVeld }";
        assert_eq!(of(query), ["Ding.naam", "Item.items", "Item.naam", "Query.item"]);
    }

    #[test]
    fn an_operation_is_found_by_its_name() {
        let document = parse_query("query A { item { naam } } query B { oud }").expect("document");
        let asked_by = |name| {
            let operation = operation(&document, name).expect("an operation");
            asked(&Shapes::of(SDL), &document, operation)
        };
        assert_eq!(asked_by(Some("B")), BTreeSet::from(["Query.oud".to_owned()]));
        assert!(operation(&document, Some("C")).is_none());
        assert!(operation(&document, None).is_none(), "which of the two is not said");
        let one = parse_query("query A { oud }").expect("a document");
        assert!(operation(&one, None).is_some());
    }

    #[test]
    fn what_is_deprecated_is_known_with_its_reason() {
        let expected = [("Item.kort", NO_REASON), ("Query.oud", "Vraag item.")];
        let expected = expected.map(|(field, reason)| (field.to_owned(), reason.to_owned()));
        assert_eq!(deprecated(SDL), BTreeMap::from(expected));
    }
}
