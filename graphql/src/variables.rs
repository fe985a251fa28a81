//! Whether values fit the types that they are for: the variables of a request, looked at every
//! time, so that a document that was validated once need not be validated again for others; and
//! what stands in the arguments of a document, where the engine lets more through than the
//! specification.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ConstDirective, ExecutableDocument, Field, FieldDefinition, InputValueDefinition,
    OperationDefinition, Selection, SelectionSet, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned, ServerError, Value, Variables};

use crate::completion::{Shapes, base_name, root};

/// Stands for a variable inside an argument; no name in a document is written so. What a variable
/// holds is looked at by itself.
const VARIABLE: &str = "$";

/// What may stand in a variable or an argument, by type.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    types: HashMap<Name, Input>,
    /// The arguments of every field of every type.
    arguments: HashMap<Name, HashMap<Name, HashMap<Name, Type>>>,
}

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
        let mut inputs = Self::default();
        for definition in definitions.unwrap_or_default() {
            let TypeSystemDefinition::Type(found) = definition else { continue };
            let is_oneof = |it: &Positioned<ConstDirective>| it.node.name.node == "oneOf";
            let is_oneof = found.node.directives.iter().any(is_oneof);
            let name = found.node.name.node;
            match found.node.kind {
                TypeKind::Enum(words) => {
                    let words = words.values.into_iter().map(|word| word.node.value.node);
                    inputs.types.insert(name, Input::Enum(words.collect()));
                }
                TypeKind::InputObject(object) => {
                    let fields = object.fields.into_iter().map(|field| declared(field.node));
                    let fields = fields.collect();
                    inputs.types.insert(name, Input::Object { fields, is_oneof });
                }
                TypeKind::Object(object) => {
                    inputs.arguments.insert(name, arguments(object.fields));
                }
                TypeKind::Interface(interface) => {
                    inputs.arguments.insert(name, arguments(interface.fields));
                }
                TypeKind::Scalar | TypeKind::Union(_) => {}
            }
        }
        inputs
    }

    /// Looks at what stands in the arguments of a document. What fragments hold is looked at once,
    /// wherever they are used; names that do not exist are for validation.
    pub(crate) fn check_arguments(
        &self,
        shapes: &Shapes,
        document: &ExecutableDocument,
    ) -> Result<(), ServerError> {
        for (_, operation) in document.operations.iter() {
            let root = root(operation.node.ty);
            self.check_set(shapes, &operation.node.selection_set.node, root)?;
        }
        document.fragments.values().try_for_each(|fragment| {
            let on = fragment.node.type_condition.node.on.node.as_str();
            self.check_set(shapes, &fragment.node.selection_set.node, on)
        })
    }

    fn check_set(
        &self,
        shapes: &Shapes,
        set: &SelectionSet,
        parent: &str,
    ) -> Result<(), ServerError> {
        set.items.iter().try_for_each(|item| match &item.node {
            Selection::Field(field) => {
                self.check_field(&field.node, parent)?;
                let shape = shapes.field(parent, &field.node.name.node);
                let on = shape.map_or("", |shape| base_name(&shape.base));
                self.check_set(shapes, &field.node.selection_set.node, on)
            }
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref();
                let on = on.map_or(parent, |on| on.node.on.node.as_str());
                self.check_set(shapes, &inline.node.selection_set.node, on)
            }
            Selection::FragmentSpread(_) => Ok(()),
        })
    }

    fn check_field(&self, field: &Field, parent: &str) -> Result<(), ServerError> {
        let known = self.arguments.get(parent).and_then(|fields| fields.get(&field.name.node));
        for (name, value) in &field.arguments {
            let Some(shape) = known.and_then(|known| known.get(&name.node)) else { continue };
            let variable = |_: Name| Ok::<_, ()>(Value::Enum(Name::new(VARIABLE)));
            let Ok(given) = value.node.clone().into_const_with(variable) else { continue };
            if let Err(Misfit { path, reason }) = self.fits(&given, shape) {
                let detail = format!("Het argument {}{path} {reason}.", name.node);
                return Err(ServerError::new(detail, Some(value.pos)));
            }
        }
        Ok(())
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
            (Value::Enum(name), _) if name == VARIABLE => Ok(()),
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
        let fits = match self.types.get(name) {
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

/// The arguments of fields.
fn arguments(fields: Vec<Positioned<FieldDefinition>>) -> HashMap<Name, HashMap<Name, Type>> {
    let arguments = |field: Positioned<FieldDefinition>| {
        let arguments = field.node.arguments.into_iter();
        let typed = arguments.map(|argument| (argument.node.name.node, argument.node.ty.node));
        (field.node.name.node, typed.collect())
    };
    fields.into_iter().map(arguments).collect()
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
        type Query { a(first: Int = 20, van: Een, filter: Filter): Int item: Item }
        type Item { a(first: Int): Int }
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

    fn said_of_arguments(query: &str) -> Option<String> {
        let document = parse_query(query).expect("a document");
        let checked = Inputs::of(SDL).check_arguments(&Shapes::of(SDL), &document);
        checked.err().map(|error| error.message)
    }

    #[test]
    fn arguments_are_looked_at_wherever_they_stand() {
        for fine in [
            "query A($f: Int, $b: String!) { a(first: $f, van: { bsn: $b }) }",
            "{ a(first: null, filter: { kleuren: [ROOD], aantal: 2 }) item { a(first: 3) } }",
            "{ b(first: \"x\") a(geen: 1) }",
        ] {
            assert_eq!(said_of_arguments(fine), None, "{fine}");
        }
        for (wrong, place) in [
            ("{ a(first: 2147483648) }", "first is geen Int"),
            ("{ item { a(first: -2147483649) } }", "first is geen Int"),
            (
                "{ ... { item { ...F } } } fragment F on Item { a(first: \"1\") }",
                "first is geen Int",
            ),
            ("{ a(van: 1) }", "van is geen object"),
            ("query A($b: String) { a(van: { bsn: $b, kvk: \"1\" }) }", "van moet precies één"),
            ("{ a(filter: { aantal: 1, kleuren: [PAARS] }) }", "filter.kleuren[0] is geen Kleur"),
        ] {
            let said = said_of_arguments(wrong).unwrap_or_default();
            assert!(said.contains(place), "{wrong}: {said}");
        }
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
