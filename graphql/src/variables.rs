//! Whether the variables of a request fit what its document declares. Looked at for every request,
//! before the document is executed, as the specification has it; so a document that was validated
//! once need not be validated again for other variables.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ConstDirective, InputValueDefinition, OperationDefinition, Type, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Name, Positioned, ServerError, Value, Variables};

/// What may stand in a variable, by type.
#[derive(Debug)]
pub(crate) struct Inputs(HashMap<Name, Input>);

#[derive(Debug)]
enum Input {
    /// One of these words.
    Enum(HashSet<Name>),
    /// These fields.
    Object { fields: HashMap<Name, Declared>, is_oneof: bool },
}

/// A field of an input object.
#[derive(Debug)]
struct Declared {
    shape: Type,
    has_default: bool,
}

/// Where in a variable something is wrong, and what.
struct Misfit {
    path: String,
    reason: String,
}

impl Inputs {
    /// The input types that an interface describes of itself.
    pub(crate) fn of(sdl: &str) -> Self {
        let definitions = parse_schema(sdl).map(|document| document.definitions);
        let types = definitions.unwrap_or_default().into_iter().filter_map(|definition| {
            let TypeSystemDefinition::Type(found) = definition else { return None };
            let is_oneof = |it: &Positioned<ConstDirective>| it.node.name.node == "oneOf";
            let is_oneof = found.node.directives.iter().any(is_oneof);
            let input = match found.node.kind {
                TypeKind::Enum(words) => {
                    Input::Enum(words.values.into_iter().map(|word| word.node.value.node).collect())
                }
                TypeKind::InputObject(object) => {
                    let fields = object.fields.into_iter().map(|field| declared(field.node));
                    Input::Object { fields: fields.collect(), is_oneof }
                }
                _ => return None,
            };
            Some((found.node.name.node, input))
        });
        Self(types.collect())
    }

    /// Looks at the variables of one operation.
    pub(crate) fn check(
        &self,
        operation: &OperationDefinition,
        variables: &Variables,
    ) -> Result<(), ServerError> {
        for definition in &operation.variable_definitions {
            let name = &definition.node.name.node;
            let shape = &definition.node.var_type.node;
            let fits = match variables.get(name) {
                None if definition.node.default_value.is_some() || shape.nullable => Ok(()),
                None => Err(Misfit::new("is verplicht".to_owned())),
                Some(value) => self.fits(value, shape),
            };
            if let Err(Misfit { path, reason }) = fits {
                let detail = format!("De variabele ${name}{path} {reason}.");
                return Err(ServerError::new(detail, Some(definition.pos)));
            }
        }
        Ok(())
    }

    fn fits(&self, value: &Value, shape: &Type) -> Result<(), Misfit> {
        match (value, &shape.base) {
            (Value::Null, _) if shape.nullable => Ok(()),
            (Value::Null, _) => Err(Misfit::new("mag niet leeg zijn".to_owned())),
            (Value::List(items), BaseType::List(inner)) => {
                items.iter().enumerate().try_for_each(|(index, item)| {
                    self.fits(item, inner).map_err(|misfit| misfit.below(&format!("[{index}]")))
                })
            }
            // One value stands for a list of one.
            (value, BaseType::List(inner)) => self.fits(value, inner),
            (value, BaseType::Named(name)) => self.fits_named(value, name),
        }
    }

    fn fits_named(&self, value: &Value, name: &Name) -> Result<(), Misfit> {
        let fits = match self.0.get(name) {
            Some(Input::Object { fields, is_oneof }) => {
                return self.fits_object(value, fields, *is_oneof);
            }
            Some(Input::Enum(words)) => match value {
                Value::String(word) => words.contains(word.as_str()),
                Value::Enum(word) => words.contains(word),
                _ => false,
            },
            None => fits_scalar(value, name),
        };
        if fits { Ok(()) } else { Err(Misfit::new(format!("is geen {name}"))) }
    }

    fn fits_object(
        &self,
        value: &Value,
        fields: &HashMap<Name, Declared>,
        is_oneof: bool,
    ) -> Result<(), Misfit> {
        let Value::Object(given) = value else {
            return Err(Misfit::new("is geen object".to_owned()));
        };
        for (name, value) in given {
            let Some(field) = fields.get(name) else {
                return Err(Misfit::new("bestaat niet".to_owned()).below(&format!(".{name}")));
            };
            self.fits(value, &field.shape).map_err(|misfit| misfit.below(&format!(".{name}")))?;
        }
        if is_oneof && (given.len() != 1 || given.values().any(|value| *value == Value::Null)) {
            return Err(Misfit::new("moet precies één ingang hebben".to_owned()));
        }
        let mut required = fields.iter().filter(|(_, it)| !it.shape.nullable && !it.has_default);
        match required.find(|(name, _)| !given.contains_key(*name)) {
            Some((name, _)) => {
                Err(Misfit::new("is verplicht".to_owned()).below(&format!(".{name}")))
            }
            None => Ok(()),
        }
    }
}

fn declared(field: InputValueDefinition) -> (Name, Declared) {
    let has_default = field.default_value.is_some();
    (field.name.node, Declared { shape: field.ty.node, has_default })
}

/// The scalars of the language; of others only who executes knows.
fn fits_scalar(value: &Value, name: &Name) -> bool {
    match (name.as_str(), value) {
        ("Int", Value::Number(number)) => {
            number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        ("Float", Value::Number(_)) => true,
        ("ID", Value::Number(number)) => number.is_i64() || number.is_u64(),
        ("String" | "ID", Value::String(_)) | ("Boolean", Value::Boolean(_)) => true,
        ("Int" | "Float" | "ID" | "String" | "Boolean", _) => false,
        (_, value) => !matches!(value, Value::Object(_) | Value::List(_)),
    }
}

impl Misfit {
    const fn new(reason: String) -> Self {
        Self { path: String::new(), reason }
    }

    fn below(self, place: &str) -> Self {
        Self { path: format!("{place}{}", self.path), ..self }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::documents::fields::operation;

    const SDL: &str = "
        type Query { a: Int }
        enum Kleur { ROOD BLAUW }
        input Een @oneOf { bsn: String kvk: String }
        input Filter { kleuren: [Kleur!] aantal: Int! tekst: String! = \"x\" }
        scalar DateTime
    ";

    fn said(declared: &str, variables: Json) -> Option<String> {
        let document = parse_query(format!("query A({declared}) {{ a }}")).expect("a document");
        let operation = operation(&document, None).expect("an operation");
        let checked = Inputs::of(SDL).check(operation, &Variables::from_json(variables));
        checked.err().map(|error| error.message)
    }

    #[test]
    fn what_fits_passes() {
        for (declared, variables) in [
            ("$a: Int", json!({})),
            ("$a: Int", json!({ "a": null })),
            ("$a: Int! = 1", json!({})),
            ("$a: [Int!]!", json!({ "a": 3 })),
            ("$a: [ID]", json!({ "a": ["x", 3, null] })),
            ("$a: Float", json!({ "a": 3 })),
            ("$a: Een!", json!({ "a": { "bsn": "1" } })),
            ("$a: Filter", json!({ "a": { "kleuren": ["ROOD"], "aantal": 1 } })),
            ("$a: DateTime", json!({ "a": "2026-01-01T00:00:00Z" })),
            ("$a: Boolean", json!({ "a": true, "b": "nobody asks this" })),
        ] {
            assert_eq!(said(declared, variables.clone()), None, "{declared} {variables}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named_without_its_value() {
        for (declared, variables, place) in [
            ("$a: Int!", json!({}), "$a is verplicht"),
            ("$a: Int!", json!({ "a": null }), "$a mag niet leeg zijn"),
            ("$a: Int", json!({ "a": "geheim" }), "$a is geen Int"),
            ("$a: Int", json!({ "a": 3_000_000_000_u32 }), "$a is geen Int"),
            ("$a: String", json!({ "a": 1 }), "$a is geen String"),
            ("$a: [Int!]", json!({ "a": [1, null] }), "$a[1] mag niet leeg zijn"),
            ("$a: Een", json!({ "a": {} }), "$a moet precies één ingang hebben"),
            ("$a: Een", json!({ "a": { "bsn": "1", "kvk": "geheim" } }), "$a moet precies één"),
            ("$a: Een", json!({ "a": { "bsn": null } }), "$a moet precies één"),
            ("$a: Een", json!({ "a": "geheim" }), "$a is geen object"),
            (
                "$a: Filter",
                json!({ "a": { "kleuren": ["geheim"], "aantal": 1 } }),
                "$a.kleuren[0] is geen Kleur",
            ),
            ("$a: Filter", json!({ "a": {} }), "$a.aantal is verplicht"),
            ("$a: Filter", json!({ "a": { "aantal": 1, "b": "geheim" } }), "$a.b bestaat niet"),
            ("$a: DateTime", json!({ "a": ["geheim"] }), "$a is geen DateTime"),
        ] {
            let said = said(declared, variables).unwrap_or_default();
            assert!(said.contains(place) && !said.contains("geheim"), "{declared}: {said}");
        }
    }
}
