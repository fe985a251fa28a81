//! The schemas of the document as validators. An answer may get new fields, so its schema is open; here
//! it is closed, so that a field that the document does not have is seen.

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// A validator of a schema of the document.
pub fn validator(document: &Value, schema: &Value) -> Validator {
    compile(&json!({ "allOf": [schema], "components": document["components"] }))
}

/// A validator of an answer: with no field but those of the document.
pub fn strict(document: &Value, schema: &Value) -> Validator {
    let mut components = document["components"].clone();
    let schemas = components["schemas"].as_object_mut().expect("schemas");
    for schema in schemas.values_mut() {
        below(schema);
    }
    compile(&json!({ "allOf": [closed(schema)], "components": components }))
}

fn compile(schema: &Value) -> Validator {
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    options.should_validate_formats(true).build(schema).expect("a schema")
}

/// What is wrong with a value: each fault with its place.
pub fn faults(validator: &Validator, value: &Value) -> Vec<String> {
    let faults = validator.iter_errors(value);
    faults.map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

/// The schema with no fields but its own, where it stands.
fn closed(schema: &Value) -> Value {
    let mut schema = schema.clone();
    close(&mut schema);
    schema
}

/// Closes a schema where it is used. What `allOf` refers to is a part, and is closed with the whole.
fn close(schema: &mut Value) {
    below(schema);
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let is_group = ["$ref", "properties", "allOf"].iter().any(|key| object.contains_key(*key));
    if is_group && !object.contains_key("additionalProperties") {
        object.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}

/// Closes every schema below this one.
fn below(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(close);
    }
    for key in ["items", "additionalProperties"] {
        object.get_mut(key).into_iter().for_each(close);
    }
    for key in ["oneOf", "anyOf"] {
        let items = object.get_mut(key).and_then(Value::as_array_mut);
        items.into_iter().flatten().for_each(close);
    }
    let parts = object.get_mut("allOf").and_then(Value::as_array_mut);
    parts.into_iter().flatten().for_each(below);
}

/// Every example of the document with its schema, and the place where it stands; `answer` says
/// whether it is one of an answer.
pub struct Example<'d> {
    /// Where it stands.
    pub place: String,
    /// What it is an example of.
    pub schema: &'d Value,
    /// The example.
    pub value: &'d Value,
    /// Whether it is the body of an answer.
    pub answer: bool,
}

/// Collects the examples below a value.
pub fn examples<'d>(place: &str, value: &'d Value, found: &mut Vec<Example<'d>>) {
    match value {
        Value::Object(fields) => {
            own(place, fields, value, found);
            for (name, below) in fields {
                if !matches!(name.as_str(), "example" | "examples") {
                    examples(&format!("{place}/{name}"), below, found);
                }
            }
        }
        Value::Array(items) => {
            for (index, below) in items.iter().enumerate() {
                examples(&format!("{place}/{index}"), below, found);
            }
        }
        _ => {}
    }
}

/// The examples of a body beside its schema, or of a schema in itself.
fn own<'d>(
    place: &str,
    fields: &'d Map<String, Value>,
    whole: &'d Value,
    found: &mut Vec<Example<'d>>,
) {
    let (schema, answer) = match fields.get("schema") {
        Some(schema) => (schema, place.contains("/responses/")),
        None => (whole, false),
    };
    let listed = fields.get("examples").and_then(Value::as_array).into_iter().flatten();
    for value in listed.chain(fields.get("example")) {
        found.push(Example { place: place.to_owned(), schema, value, answer });
    }
}
