//! Examples of bodies, made from their schemas and a list of words: a field with a name of the list
//! gets its word, so that a new operation has an example too.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayItems, KnownFormat, Object, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Content, RefOr};

use super::finish::Schemas;
use crate::http::problem;
use crate::invoer::is_null;

/// What fields of a name have in an example.
static WORDS: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());
/// A key in an example.
const KEY: &str = "0192f0c8-5c1e-7d10-9a4b-2f3e4d5c6b7a";
/// Text of which nothing else is known.
const TEXT: &str = "Voorbeeld";

/// Makes examples.
pub(super) struct Examples<'s> {
    schemas: &'s Schemas,
}

impl<'s> Examples<'s> {
    /// From these schemas.
    pub(super) const fn new(schemas: &'s Schemas) -> Self {
        Self { schemas }
    }

    /// Gives a body its example, unless it has one.
    pub(super) fn fill(&self, content: &mut Content) {
        if content.example.is_none() && content.examples.is_empty() {
            content.example = content.schema.as_ref().map(|schema| self.value("", schema));
        }
    }

    /// The same for an answer; that of a problem has its status.
    pub(super) fn fill_response(&self, content: &mut Content, status: &str, description: &str) {
        match status.parse() {
            Ok(code) if code >= 400 => content.example = Some(problem::example(code, description)),
            _ => self.fill(content),
        }
    }

    fn value(&self, name: &str, schema: &RefOr<Schema>) -> Value {
        let schema = match schema {
            RefOr::Ref(reference) => {
                let named = reference.ref_location.rsplit('/').next().unwrap_or_default();
                return self.schemas.get(named).map_or(Value::Null, |of| self.value(name, of));
            }
            RefOr::T(schema) => schema,
        };
        match schema {
            Schema::Object(object) => self.object(name, object),
            Schema::Array(array) => match &array.items {
                ArrayItems::RefOrSchema(items) => json!([self.value(name, items)]),
                ArrayItems::False => json!([]),
            },
            Schema::OneOf(one) => self.first(name, &one.items),
            Schema::AnyOf(any) => self.first(name, &any.items),
            Schema::AllOf(all) => self.all(name, &all.items),
            _ => Value::Null,
        }
    }

    /// The fields of all parts; of what must be filled one way or another, the first way.
    fn all(&self, name: &str, parts: &[RefOr<Schema>]) -> Value {
        let mut fields = Map::new();
        for part in parts {
            let RefOr::T(Schema::AnyOf(ways)) = part else {
                if let Value::Object(own) = self.value(name, part) {
                    fields.extend(own);
                }
                continue;
            };
            let first = ways.items.first().and_then(|way| self.group(way));
            for name in first.into_iter().flat_map(|way| &way.required) {
                let of = parts.iter().find_map(|part| self.group(part)?.properties.get(name));
                let value = || of.map_or(Value::Null, |schema| self.value(name, schema));
                fields.entry(name).or_insert_with(value);
            }
        }
        Value::Object(fields)
    }

    /// The example of the first that is something.
    fn first(&self, name: &str, items: &[RefOr<Schema>]) -> Value {
        let values = items.iter().map(|item| self.value(name, item));
        values.into_iter().find(|value| !value.is_null()).unwrap_or_default()
    }

    fn object(&self, name: &str, object: &Object) -> Value {
        let given = object.examples.first().or(object.example.as_ref());
        if let Some(known) = given.or_else(|| object.enum_values.as_ref()?.first()) {
            return known.clone();
        }
        let types = match &object.schema_type {
            SchemaType::Type(own) => std::slice::from_ref(own),
            SchemaType::Array(types) => types.as_slice(),
            SchemaType::AnyValue => &[],
        };
        match types.iter().find(|own| **own != Type::Null) {
            Some(Type::Object) => self.fields(object),
            Some(Type::String) => text(name, object),
            Some(Type::Integer | Type::Number) => WORDS.get(name).cloned().unwrap_or(json!(1)),
            Some(Type::Boolean) => WORDS.get(name).cloned().unwrap_or(json!(false)),
            Some(Type::Array | Type::Null) | None => Value::Null,
        }
    }

    /// The fields of a word, and null for each other one that must be there.
    fn completed(&self, mut word: Map<String, Value>, schema: &RefOr<Schema>) -> Value {
        if let Some(object) = self.group(schema) {
            for name in &object.required {
                word.entry(name).or_insert(Value::Null);
            }
        }
        Value::Object(word)
    }

    /// The group of fields that a schema is, or may be.
    fn group<'a>(&'a self, schema: &'a RefOr<Schema>) -> Option<&'a Object> {
        match schema {
            RefOr::Ref(reference) => {
                let named = reference.ref_location.rsplit('/').next().unwrap_or_default();
                self.group(self.schemas.get(named)?)
            }
            RefOr::T(Schema::Object(object)) => Some(object),
            RefOr::T(Schema::OneOf(one)) if one.items.first().is_some_and(is_null) => {
                self.group(one.items.last()?)
            }
            RefOr::T(_) => None,
        }
    }

    /// The fields that are required, and those that the list has a word for.
    fn fields(&self, object: &Object) -> Value {
        let shown = object.properties.iter().filter(|(name, schema)| {
            let possible = !matches!(schema, RefOr::T(Schema::Object(of))
                if of.schema_type == SchemaType::Type(Type::Null));
            possible && (object.required.contains(name) || WORDS.contains_key(*name))
        });
        let fields = shown.map(|(name, schema)| {
            let value = match WORDS.get(name) {
                Some(Value::Object(word)) => self.completed(word.clone(), schema),
                // An answer with all that may be empty filled would be one that nobody gets.
                None if is_nullable_group(schema) => Value::Null,
                _ => self.value(name, schema),
            };
            (name.clone(), value)
        });
        let mut fields: Map<String, Value> = fields.collect();
        if let Some(AdditionalProperties::RefOr(value)) = object.additional_properties.as_deref() {
            fields.insert("bron".to_owned(), self.value("bron", value));
        }
        Value::Object(fields)
    }
}

/// Whether a schema is that of null or a group of fields.
fn is_nullable_group(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::OneOf(one)) if one.items.iter().any(is_null))
}

/// Text of a form, or the word for a field of this name, or just text.
fn text(name: &str, object: &Object) -> Value {
    match &object.format {
        Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)) => json!(KEY),
        Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)) => json!("2025-11-20T09:15:00Z"),
        Some(SchemaFormat::KnownFormat(KnownFormat::Date)) => json!("2025-11-20"),
        _ => {
            let word = WORDS.get(name).and_then(Value::as_str).unwrap_or(TEXT);
            let length = object.max_length.unwrap_or(usize::MAX);
            json!(word.chars().take(length).collect::<String>())
        }
    }
}
