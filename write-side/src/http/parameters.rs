//! Parameters in the query of a request: each known, each once, each of its form. What an operation
//! takes is what the document says of it, so that the two cannot differ.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::str::FromStr;

use axum::extract::Query;
use axum::http::{Method, Uri};
use serde_json::Value;
use utoipa::Number;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{
    ArrayItems, KnownFormat, Object, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{OpenApi, RefOr};

use super::BASE;
use crate::fout::{Fout, Foutcode};
use crate::invoer::uuid;

/// The parameter that says after which handeling a page begins.
pub(super) const NA: &str = "na";
/// The parameter that says how much a page has.
pub(super) const AANTAL: &str = "aantal";
/// Most handelingen of a page.
pub(super) const AANTAL_MAX: u16 = 100;
/// Handelingen of a page when nothing is said.
pub(super) const AANTAL_DEFAULT: u16 = 25;

/// The parameters of each operation, by method and path.
#[derive(Debug)]
pub(super) struct Known(BTreeMap<(&'static str, String), Taken>);

/// What one operation takes, and whether from anybody.
#[derive(Debug)]
struct Taken {
    forms: BTreeMap<String, Vorm>,
    is_public: bool,
}

/// What a parameter looks like.
#[derive(Debug)]
enum Vorm {
    /// A whole number in digits.
    Getal(RangeInclusive<i64>),
    /// One of these words.
    Woord(Vec<String>),
    /// Some of these words, with commas between them.
    Woorden(Vec<String>),
    /// A UUID.
    Uuid,
    /// Any text.
    Tekst,
}

impl Known {
    /// What the document says.
    pub(super) fn of(document: &OpenApi) -> Self {
        let operations = document.paths.paths.iter().flat_map(|(path, item)| {
            [
                ("GET", &item.get),
                ("HEAD", &item.get),
                ("POST", &item.post),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ]
            .into_iter()
            .filter_map(move |(method, operation)| {
                let operation = operation.as_ref()?;
                let is_public = operation.security.as_ref().is_some_and(Vec::is_empty);
                let taken = Taken { forms: forms(operation), is_public };
                Some(((method, format!("{BASE}{path}")), taken))
            })
        });
        Self(operations.collect())
    }

    fn of_operation(&self, method: &Method, path: &str) -> Option<&Taken> {
        let found = self.0.iter().find(|((known, at), _)| known == method && at == path);
        found.map(|(_, taken)| taken)
    }

    /// Whether the operation is for everybody.
    pub(super) fn is_public(&self, method: &Method, path: &str) -> bool {
        self.of_operation(method, path).is_some_and(|taken| taken.is_public)
    }

    /// Everything that is wrong with the query of a request to a path of the router.
    pub(super) fn check(&self, method: &Method, path: &str, uri: &Uri) -> Result<(), Vec<Fout>> {
        let Some(Taken { forms, .. }) = self.of_operation(method, path) else {
            return Ok(());
        };
        let pairs = pairs(uri).ok_or_else(|| {
            let melding = "de parameters achter het vraagteken zijn niet te lezen";
            vec![Fout::new("", Foutcode::Invalid, melding)]
        })?;
        let mut seen = BTreeSet::new();
        let fouten = pairs.into_iter().filter_map(|(name, value)| {
            let melding = match forms.get(&name) {
                None => Some("deze parameter bestaat hier niet".to_owned()),
                Some(_) if !seen.insert(name.clone()) => {
                    Some("deze parameter staat er twee keer".to_owned())
                }
                Some(form) => form.fault(&value),
            };
            Some(Fout::new(name, Foutcode::Invalid, melding?))
        });
        let fouten: Vec<Fout> = fouten.collect();
        if fouten.is_empty() { Ok(()) } else { Err(fouten) }
    }
}

impl Vorm {
    fn of(parameter: &Parameter) -> Self {
        let schema = match &parameter.schema {
            Some(RefOr::T(Schema::Object(schema))) => schema,
            Some(RefOr::T(Schema::Array(list))) => return Self::Woorden(words_of(&list.items)),
            _ => return Self::Tekst,
        };
        if schema.enum_values.is_some() {
            return Self::Woord(words(schema));
        }
        let whole = |number: &Option<Number>, default| match number {
            Some(Number::Int(number)) => i64::try_from(*number).unwrap_or(default),
            Some(Number::UInt(number)) => i64::try_from(*number).unwrap_or(default),
            Some(Number::Float(_)) | None => default,
        };
        match (&schema.schema_type, &schema.format) {
            (SchemaType::Type(Type::Integer), _) => {
                let (min, max) = (whole(&schema.minimum, 0), whole(&schema.maximum, i64::MAX));
                Self::Getal(min..=max)
            }
            (SchemaType::Type(Type::Boolean), _) => {
                Self::Woord(["true", "false"].map(str::to_owned).to_vec())
            }
            (_, Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))) => Self::Uuid,
            _ => Self::Tekst,
        }
    }

    /// What the value should have been, if it is not.
    fn fault(&self, value: &str) -> Option<String> {
        let (right, form) = match self {
            Self::Getal(range) => {
                let digits = value.bytes().all(|byte| byte.is_ascii_digit());
                let right = digits && value.parse().is_ok_and(|number| range.contains(&number));
                (right, format!("een getal van {} tot en met {}", range.start(), range.end()))
            }
            Self::Woord(words) => {
                (words.iter().any(|word| word == value), format!("een van: {}", words.join(", ")))
            }
            Self::Woorden(words) => {
                let right = value.split(',').all(|part| words.iter().any(|word| word == part));
                (right, format!("met komma's ertussen: {}", words.join(", ")))
            }
            Self::Uuid => (uuid(value).is_some(), "een UUID".to_owned()),
            Self::Tekst => (true, String::new()),
        };
        (!right).then_some(form)
    }
}

fn words(schema: &Object) -> Vec<String> {
    let words = schema.enum_values.iter().flatten().filter_map(Value::as_str);
    words.map(str::to_owned).collect()
}

fn words_of(items: &ArrayItems) -> Vec<String> {
    match items {
        ArrayItems::RefOrSchema(item) => match item.as_ref() {
            RefOr::T(Schema::Object(schema)) => words(schema),
            _ => Vec::new(),
        },
        ArrayItems::False => Vec::new(),
    }
}

fn forms(operation: &Operation) -> BTreeMap<String, Vorm> {
    let all = operation.parameters.iter().flatten();
    let query = all.filter(|parameter| matches!(parameter.parameter_in, ParameterIn::Query));
    query.map(|parameter| (parameter.name.clone(), Vorm::of(parameter))).collect()
}

fn pairs(uri: &Uri) -> Option<Vec<(String, String)>> {
    Query::try_from_uri(uri).ok().map(|Query(pairs)| pairs)
}

/// The value of a parameter, which was checked before the operation was reached.
pub(super) fn value<T>(uri: &Uri, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let pairs = pairs(uri)?;
    let (_, value) = pairs.iter().find(|(known, _)| known == name)?;
    read(value)
}

/// The value of a parameter that is a number.
pub(super) fn number<N: FromStr>(uri: &Uri, name: &str) -> Option<N> {
    value(uri, name, |text| text.parse().ok())
}
