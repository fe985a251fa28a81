//! The last hand on the document, the same for every operation: values stand where they are used,
//! lists of requests have their bound, and every body has an example.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{Array, ArrayItems, Object, Ref, Schema, SchemaType, Type};
use utoipa::openapi::{Components, Content, OpenApi, RefOr, Response};

use super::examples::Examples;
use crate::invoer::{LIST_MAX_ITEMS, is_null};

/// The schemas of the document by name.
pub(super) type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Finishes the document.
pub(super) fn finish(document: &mut OpenApi) {
    let mut schemas: Schemas = match document.components.as_mut() {
        Some(components) => std::mem::take(&mut components.schemas).into_iter().collect(),
        None => return,
    };
    let values = values_of(&schemas);
    schemas.retain(|name, _| !values.contains_key(name));
    for schema in schemas.values_mut() {
        in_place(schema, &values);
    }
    let bodies: Vec<String> = operations(document)
        .filter_map(|operation| operation.request_body.as_ref())
        .flat_map(|body| body.content.values())
        .filter_map(named)
        .collect();
    for name in reachable(&schemas, bodies) {
        if let Some(schema) = schemas.get_mut(&name) {
            bounded(schema);
        }
    }
    let examples = Examples::new(&schemas);
    for operation in operations(document) {
        if let Some(body) = operation.request_body.as_mut() {
            body.content.values_mut().for_each(|content| examples.fill(content));
        }
        for (status, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response {
                let description = response.description.clone();
                for content in response.content.values_mut() {
                    examples.fill_response(content, status, &description);
                }
            }
        }
    }
    let shared = share_errors(document);
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.extend(schemas);
    components.responses.extend(shared);
}

/// Lets operations that fail alike refer to one description. Gives those descriptions by name.
fn share_errors(document: &mut OpenApi) -> BTreeMap<String, RefOr<Response>> {
    let mut shared: BTreeMap<String, RefOr<Response>> = BTreeMap::new();
    let responses = operations(document).flat_map(|operation| &mut operation.responses.responses);
    for (status, response) in responses {
        if !status.starts_with(['4', '5']) || matches!(response, RefOr::Ref(_)) {
            continue;
        }
        let names = (1_u32..).map(|number| match number {
            1 => format!("Fout{status}"),
            _ => format!("Fout{status}x{number}"),
        });
        for name in names {
            let free = shared.entry(name.clone()).or_insert_with(|| response.clone());
            if free == response {
                *response = RefOr::Ref(Ref::from_response_name(name));
                break;
            }
        }
    }
    shared
}

/// Every operation.
fn operations(document: &mut OpenApi) -> impl Iterator<Item = &mut Operation> {
    document.paths.paths.values_mut().flat_map(|item| {
        [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]
            .into_iter()
            .flatten()
    })
}

/// The schemas that are no object but a value, such as text of a length.
fn values_of(schemas: &Schemas) -> BTreeMap<String, Object> {
    let values = schemas.iter().filter_map(|(name, schema)| match schema {
        RefOr::T(Schema::Object(object))
            if object.schema_type != SchemaType::Type(Type::Object) =>
        {
            Some((name.clone(), object.clone()))
        }
        _ => None,
    });
    values.collect()
}

/// The name of the schema of a body.
fn named(content: &Content) -> Option<String> {
    match &content.schema {
        Some(RefOr::Ref(reference)) => name_of(&reference.ref_location),
        _ => None,
    }
}

fn name_of(location: &str) -> Option<String> {
    location.strip_prefix("#/components/schemas/").map(str::to_owned)
}

/// Puts values where they are used, and lets what may be null say so in its type.
fn in_place(schema: &mut RefOr<Schema>, values: &BTreeMap<String, Object>) {
    if let RefOr::Ref(reference) = schema {
        let value = name_of(&reference.ref_location).and_then(|name| values.get(&name));
        if let Some(mut value) = value.cloned() {
            if !reference.description.is_empty() {
                let own = value.description.take();
                value.description = Some(joined(&reference.description, own.as_deref()));
            }
            *schema = RefOr::T(Schema::Object(value));
        }
        return;
    }
    children(schema, &mut |child| in_place(child, values));
    if let RefOr::T(Schema::OneOf(one)) = schema
        && let [null, RefOr::T(Schema::Object(value))] = one.items.as_slice()
        && is_null(null)
        && let SchemaType::Type(own) = &value.schema_type
        && *own != Type::Object
    {
        let mut value = value.clone();
        value.schema_type = SchemaType::Array(vec![own.clone(), Type::Null]);
        if let Some(known) = value.enum_values.as_mut() {
            known.push(serde_json::Value::Null);
        }
        *schema = RefOr::T(Schema::Object(value));
    }
}

/// What a field means, and what its values are.
fn joined(field: &str, value: Option<&str>) -> String {
    match value {
        Some(value) => format!("{field} {value}"),
        None => field.to_owned(),
    }
}

/// Does something with every schema directly below this one.
fn children(schema: &mut RefOr<Schema>, visit: &mut dyn FnMut(&mut RefOr<Schema>)) {
    let RefOr::T(schema) = schema else {
        return;
    };
    match schema {
        Schema::Object(object) => object.properties.values_mut().for_each(visit),
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                visit(items);
            }
        }
        Schema::OneOf(one) => one.items.iter_mut().for_each(visit),
        Schema::AllOf(all) => all.items.iter_mut().for_each(visit),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(visit),
        _ => {}
    }
}

/// The names of these schemas, and of all that they refer to.
fn reachable(schemas: &Schemas, from: Vec<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = from;
    while let Some(name) = open.pop() {
        if let Some(schema) = schemas.get(&name)
            && found.insert(name)
        {
            references(&mut schema.clone(), &mut open);
        }
    }
    found
}

fn references(schema: &mut RefOr<Schema>, found: &mut Vec<String>) {
    if let RefOr::Ref(reference) = schema {
        found.extend(name_of(&reference.ref_location));
    }
    children(schema, &mut |child| references(child, found));
}

/// Gives each list without a bound the one that the reader has.
fn bounded(schema: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Array(Array { max_items, .. })) = schema {
        max_items.get_or_insert(LIST_MAX_ITEMS);
    }
    children(schema, &mut bounded);
}
