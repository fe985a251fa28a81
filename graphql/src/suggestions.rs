//! "Did you mean": names that are like one that does not exist. Only out of what the schema tells
//! this bearer, and only to who may ask the schema.

use access::Identity;
use async_graphql::{Request, Response, ServerError, Value, Variables};

use crate::AppSchema;

/// Most suggestions for one name.
const SUGGESTED_MAX: usize = 3;
/// Asks the fields of a type, as this bearer sees them.
const FIELDS: &str = "query($t: String!) { __type(name: $t) { fields(includeDeprecated: true) \
    { name } } }";
/// How the engine begins to tell of a field that does not exist.
const UNKNOWN_FIELD: &str = "Unknown field \"";

/// Adds suggestions to the errors of validation.
pub(crate) async fn add(schema: &AppSchema, identity: &Identity, response: &mut Response) {
    for error in &mut response.errors {
        if let Some((field, kind)) = unknown_field(&error.message) {
            let known = fields(schema, identity, kind).await;
            let like = alike(field, &known);
            suggest(error, like);
        }
    }
}

/// The field and the type in what the engine says.
fn unknown_field(message: &str) -> Option<(&str, &str)> {
    let (field, rest) = message.strip_prefix(UNKNOWN_FIELD)?.split_once("\" on type \"")?;
    Some((field, rest.split_once('"')?.0))
}

async fn fields(schema: &AppSchema, identity: &Identity, kind: &str) -> Vec<String> {
    let variables = Variables::from_json(serde_json::json!({ "t": kind }));
    let request = Request::new(FIELDS).variables(variables).data(identity.clone());
    let answer = schema.execute(request).await.data.into_json().unwrap_or_default();
    let fields = answer["__type"]["fields"].as_array().cloned().unwrap_or_default();
    fields.iter().filter_map(|field| Some(field["name"].as_str()?.to_owned())).collect()
}

/// The names that differ little, the closest first.
fn alike(name: &str, known: &[String]) -> Vec<String> {
    let name = name.to_lowercase();
    let furthest = name.chars().count().div_ceil(3);
    let distances = known.iter().map(|known| (distance(&name, &known.to_lowercase()), known));
    let mut close: Vec<(usize, &String)> =
        distances.filter(|(distance, _)| *distance <= furthest).collect();
    close.sort();
    close.into_iter().take(SUGGESTED_MAX).map(|(_, known)| known.clone()).collect()
}

/// How many letters must be put, taken or changed to get from one to the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, theirs) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *theirs);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

fn suggest(error: &mut ServerError, like: Vec<String>) {
    if !like.is_empty() {
        error.message.push_str(&format!(" Bedoelt u {}?", like.join(" of ")));
        let like = like.into_iter().map(Value::from).collect();
        error.extensions.get_or_insert_default().set("suggesties", Value::List(like));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_little_are_suggested() {
        let known = ["naam", "weergavenaam", "telefoon", "team"].map(str::to_owned);
        assert_eq!(alike("wergavenaam", &known), ["weergavenaam"]);
        assert_eq!(alike("naan", &known), ["naam"]);
        assert_eq!(alike("Telefon", &known), ["telefoon"]);
        assert!(alike("onderwerp", &known).is_empty());
    }

    #[test]
    fn the_distance_is_the_number_of_changes() {
        for (one, other, expected) in
            [("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("kat", "kater", 2), ("één", "een", 2)]
        {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn what_the_engine_says_is_understood() {
        let said = "Unknown field \"naan\" on type \"Klant\".";
        assert_eq!(unknown_field(said), Some(("naan", "Klant")));
        assert_eq!(unknown_field("Something else"), None);
    }
}
