//! The operations of the served document, for tests that hold for every one of them.

use serde_json::Value;

/// The document as an installation without settings serves it.
pub fn document() -> Value {
    let text = write_side::openapi_json().expect("a document");
    serde_json::from_str(&text).expect("JSON")
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its path, after the base.
    pub path: String,
    /// Its method, in capitals.
    pub method: String,
    /// What the document says of it.
    pub object: Value,
}

impl Operation {
    /// Its name.
    pub fn id(&self) -> &str {
        self.object["operationId"].as_str().unwrap_or_default()
    }

    /// Its path with a key that nothing has.
    pub fn with_key(&self) -> String {
        let parameters = self.parameters("path").into_iter();
        parameters.fold(self.path.clone(), |path, (name, parameter)| {
            let word = parameter["schema"]["enum"][0].as_str().map(str::to_owned);
            let number = parameter["schema"]["minimum"].as_i64().map(|number| number.to_string());
            let key = "0192f0c8-0000-7000-8000-000000000000".to_owned();
            path.replace(&format!("{{{name}}}"), &word.or(number).unwrap_or(key))
        })
    }

    /// Whether everybody may.
    pub fn is_public(&self) -> bool {
        self.object["security"] == serde_json::json!([])
    }

    /// Whether it takes a body.
    pub fn has_body(&self) -> bool {
        self.object["requestBody"].is_object()
    }

    /// Its parameters of a kind: name and object.
    pub fn parameters(&self, kind: &str) -> Vec<(String, Value)> {
        let all = self.object["parameters"].as_array().cloned().unwrap_or_default();
        let of_kind = all.into_iter().filter(|parameter| parameter["in"] == kind);
        of_kind
            .map(|parameter| (parameter["name"].as_str().expect("a name").to_owned(), parameter))
            .collect()
    }

    /// Its answers: status and object.
    pub fn responses(&self, document: &Value) -> Vec<(String, Value)> {
        let all = self.object["responses"].as_object().expect("responses");
        let resolved = |response: &Value| match response["$ref"].as_str() {
            Some(place) => {
                let found = document.pointer(place.trim_start_matches('#'));
                found.unwrap_or_else(|| panic!("{place}")).clone()
            }
            None => response.clone(),
        };
        all.iter().map(|(status, response)| (status.clone(), resolved(response))).collect()
    }
}

/// Every operation.
pub fn all() -> Vec<Operation> {
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().expect("an item");
        item.iter().map(|(method, object)| Operation {
            path: path.clone(),
            method: method.to_uppercase(),
            object: object.clone(),
        })
    });
    let found: Vec<Operation> = operations.collect();
    assert!(found.len() > 50, "{}", found.len());
    found
}

/// Every schema with properties below a value, with the place where it stands.
pub fn objects<'v>(place: &str, value: &'v Value, found: &mut Vec<(String, &'v Value)>) {
    if value["properties"].is_object() {
        found.push((place.to_owned(), value));
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                objects(&format!("{place}/{name}"), value, found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                objects(&format!("{place}/{index}"), value, found);
            }
        }
        _ => {}
    }
}
