//! Completes an answer as the GraphQL specification asks. The engine gives the fields of an object
//! in the order in which they were ready, and leaves out a field that failed; clients may
//! count on the order of their question, and on null in the nearest place that allows it.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, Field, OperationType, Selection, SelectionSet, Type, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Name, PathSegment, Positioned, Response, ServerError, Value};

use crate::documents::fields;

/// The name of the root type of an operation.
pub(crate) const fn root(operation: OperationType) -> &'static str {
    match operation {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

/// The type of every field of every type.
#[derive(Debug)]
pub(crate) struct Shapes(HashMap<Name, HashMap<Name, Type>>);

impl Shapes {
    /// The shapes that an interface describes of itself.
    pub(crate) fn of(sdl: &str) -> Self {
        let definitions = parse_schema(sdl).map(|document| document.definitions);
        let types = definitions.unwrap_or_default().into_iter().filter_map(|definition| {
            let TypeSystemDefinition::Type(found) = definition else { return None };
            let fields = match found.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => return None,
            };
            let typed = fields.into_iter().map(|field| (field.node.name.node, field.node.ty.node));
            Some((found.node.name.node, typed.collect()))
        });
        Self(types.collect())
    }

    /// The type of a field.
    pub(crate) fn field(&self, parent: &str, field: &str) -> Option<&Type> {
        self.0.get(parent)?.get(field)
    }

    /// The name of the type that a field gives, lists and nulls aside.
    pub(crate) fn output(&self, parent: &str, field: &str) -> Option<&str> {
        Some(base_name(&self.field(parent, field)?.base))
    }

    /// Completes the answer to an operation of this document.
    pub(crate) fn complete(
        &self,
        response: Response,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
    ) -> Response {
        let operation = fields::operation(document, operation_name);
        let (Some(operation), Value::Object(_)) = (operation, &response.data) else {
            return response;
        };
        let mut response = response;
        let failed = response.errors.iter().map(path_of).collect();
        let mut completing = Completing { shapes: self, document, failed, path: String::new() };
        let sets = vec![(&operation.selection_set.node, root(operation.ty))];
        let data = std::mem::take(&mut response.data);
        response.data = completing.object(data, &sets).unwrap_or_default();
        response
    }
}

/// The place of an error as one text.
fn path_of(error: &ServerError) -> String {
    let mut path = String::new();
    for segment in &error.path {
        match segment {
            PathSegment::Field(name) => push(&mut path, name),
            PathSegment::Index(index) => push(&mut path, &index),
        }
    }
    path
}

fn push(path: &mut String, segment: &dyn std::fmt::Display) {
    // Writing to a text does not fail.
    let _ = write!(path, "/{segment}");
}

/// Selections on one object, each with the type that it is on.
type Sets<'d> = Vec<(&'d SelectionSet, &'d str)>;

/// A value that may not be null is: its parent becomes null.
struct Failed;

struct Completing<'d> {
    shapes: &'d Shapes,
    document: &'d ExecutableDocument,
    failed: HashSet<String>,
    /// Where it is, while something failed: else nobody asks.
    path: String,
}

impl<'d> Completing<'d> {
    fn enter(&mut self, segment: &dyn std::fmt::Display) {
        if !self.failed.is_empty() {
            push(&mut self.path, segment);
        }
    }

    fn object(&mut self, value: Value, sets: &Sets<'d>) -> Result<Value, Failed> {
        let Value::Object(mut found) = value else { return Ok(value) };
        let mut fields: IndexMap<&'d str, Vec<(&'d Field, &'d str)>> = IndexMap::new();
        for (set, parent) in sets {
            self.collect(set, parent, &mut fields);
        }
        let mut ordered = IndexMap::with_capacity(found.len());
        for (key, selected) in fields {
            let length = self.path.len();
            self.enter(&key);
            let place = found.swap_remove_entry(key);
            let completed = match place {
                Some((name, value)) => {
                    self.field(value, &selected).map(|value| Some((name, value)))
                }
                None if self.failed.contains(&self.path) => match self.shape(&selected) {
                    Some(shape) if !shape.nullable => Err(Failed),
                    _ => Ok(Some((Name::new(key), Value::Null))),
                },
                // Of another type, or skipped.
                None => Ok(None),
            };
            self.path.truncate(length);
            ordered.extend(completed?);
        }
        Ok(Value::Object(ordered))
    }

    /// The fields of one object in the order of the question, those with one name together.
    fn collect(
        &self,
        set: &'d SelectionSet,
        parent: &'d str,
        fields: &mut IndexMap<&'d str, Vec<(&'d Field, &'d str)>>,
    ) {
        for item in &set.items {
            match &item.node {
                Selection::Field(Positioned { node: field, .. }) => {
                    let key = field.response_key().node.as_str();
                    fields.entry(key).or_default().push((field, parent));
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    let on = on.map_or(parent, |on| on.node.on.node.as_str());
                    self.collect(&inline.node.selection_set.node, on, fields);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.collect(&fragment.node.selection_set.node, on, fields);
                    }
                }
            }
        }
    }

    fn shape(&self, selected: &[(&'d Field, &'d str)]) -> Option<&'d Type> {
        let shapes = self.shapes;
        selected.iter().find_map(|(field, parent)| shapes.field(parent, &field.name.node))
    }

    fn field(&mut self, value: Value, selected: &[(&'d Field, &'d str)]) -> Result<Value, Failed> {
        let shape = self.shape(selected);
        let on = shape.map_or("", |shape| base_name(&shape.base));
        let sets: Sets<'d> = selected
            .iter()
            .filter(|(field, _)| !field.selection_set.node.items.is_empty())
            .map(|(field, _)| (&field.selection_set.node, on))
            .collect();
        if sets.is_empty() {
            return Ok(value);
        }
        self.value(value, shape, &sets)
    }

    fn value(
        &mut self,
        value: Value,
        shape: Option<&'d Type>,
        sets: &Sets<'d>,
    ) -> Result<Value, Failed> {
        let completed = match value {
            Value::List(items) => self.list(items, shape, sets),
            other => self.object(other, sets),
        };
        // What is not described (the schema itself) may be null.
        let nullable = shape.is_none_or(|shape| shape.nullable);
        match completed {
            Ok(Value::Null) | Err(Failed) if nullable => Ok(Value::Null),
            Ok(Value::Null) | Err(Failed) => Err(Failed),
            completed => completed,
        }
    }

    fn list(
        &mut self,
        items: Vec<Value>,
        shape: Option<&'d Type>,
        sets: &Sets<'d>,
    ) -> Result<Value, Failed> {
        let inner = shape.and_then(|shape| match &shape.base {
            BaseType::List(inner) => Some(&**inner),
            BaseType::Named(_) => None,
        });
        let mut completed = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let length = self.path.len();
            self.enter(&index);
            let value = self.value(item, inner, sets);
            self.path.truncate(length);
            completed.push(value?);
        }
        Ok(Value::List(completed))
    }
}

/// The name of a type without its lists.
pub(crate) fn base_name(base: &BaseType) -> &str {
    match base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base_name(&inner.base),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Request, Result, Schema};

    use super::*;

    struct Root;

    #[Object(name = "Query")]
    impl Root {
        async fn item(&self) -> Item {
            Item
        }
        async fn maybe(&self) -> Option<Item> {
            Some(Item)
        }
        async fn items(&self) -> Option<Vec<Item>> {
            Some(vec![Item, Item])
        }
    }

    struct Item;

    #[Object]
    impl Item {
        async fn slow(&self) -> i32 {
            tokio::task::yield_now().await;
            1
        }
        async fn fast(&self) -> i32 {
            2
        }
        async fn wrong(&self) -> Result<i32> {
            Err("stuk".into())
        }
        async fn wrong_nullable(&self) -> Result<Option<i32>> {
            Err("stuk".into())
        }
        async fn item(&self) -> Item {
            Item
        }
    }

    async fn answer(query: &str) -> String {
        let schema = Schema::new(Root, EmptyMutation, EmptySubscription);
        let response = schema.execute(Request::new(query)).await;
        let document = parse_query(query).expect("a document");
        let completed = Shapes::of(&schema.sdl()).complete(response, &document, None);
        serde_json::to_string(&completed.data).expect("json")
    }

    #[tokio::test]
    async fn fields_come_in_the_order_of_the_question() {
        let query = "{ item { slow ...F ... on Item { a: fast } item { slow fast } } } \
            fragment F on Item { item { x: slow } b: slow }";
        let expected = r#"{"item":{"slow":1,"item":{"x":1,"slow":1,"fast":2},"b":1,"a":2}}"#;
        assert_eq!(answer(query).await, expected);
    }

    #[tokio::test]
    async fn what_failed_is_null_in_the_nearest_place_that_allows_it() {
        for (query, expected) in [
            ("{ maybe { fast wrongNullable } }", r#"{"maybe":{"fast":2,"wrongNullable":null}}"#),
            ("{ maybe { fast wrong } }", r#"{"maybe":null}"#),
            ("{ maybe { wrong } }", r#"{"maybe":null}"#),
            ("{ maybe { item { item { a: wrong fast } } } }", r#"{"maybe":null}"#),
            ("{ items { fast wrong } maybe { fast } }", r#"{"items":null,"maybe":{"fast":2}}"#),
            ("{ item { fast wrong } maybe { fast } }", "null"),
            ("{ item { fast wrong @skip(if: true) } }", r#"{"item":{"fast":2}}"#),
        ] {
            assert_eq!(answer(query).await, expected, "{query}");
        }
    }
}
