//! Before anything is measured: whether the sides say the same.

use chrono::DateTime;
use serde_json::Value;

use super::ReadError;
use super::load::{Client, Target};
use super::questions::Scherm;

/// Objects of a screen for which answers are compared.
const COMPARED: usize = 25;
/// Characters of a difference that are told.
const TOLD: usize = 300;

/// Compares what a side answers with what the service does, for some objects of a screen.
pub(super) async fn same(
    scherm: Scherm,
    keys: &[String],
    service: &Target,
    (side, floor): (&'static str, &Target),
) -> Result<(), ReadError> {
    let mut ours = Client::connect(service.clone()).await?;
    let mut theirs = Client::connect(floor.clone()).await?;
    for (number, key) in keys.iter().enumerate().take(COMPARED) {
        let [one, other] = [ours.ask(number).await?, theirs.ask(number).await?];
        let one: Value = serde_json::from_slice(&one)?;
        let other: Value = serde_json::from_slice(&other)?;
        if let Some(what) = difference("", &one, &other) {
            let (screen, key) = (scherm.name(), key.clone());
            return Err(ReadError::Different { screen, side, key, what });
        }
    }
    Ok(())
}

/// Where two answers differ first; a moment may be spelled in more than one way.
fn difference(place: &str, one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) if one.len() == other.len() => {
            one.iter().find_map(|(name, value)| {
                let place = format!("{place}.{name}");
                difference(&place, value, other.get(name).unwrap_or(&Value::Null))
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(other).enumerate();
            pairs.into_iter().find_map(|(number, (one, other))| {
                difference(&format!("{place}[{number}]"), one, other)
            })
        }
        (Value::String(text), Value::String(other)) if moment(text) == moment(other) => None,
        (one, other) if one == other => None,
        (one, other) => {
            let mut told = format!("{place}: {one} is {other}");
            told.truncate(told.char_indices().nth(TOLD).map_or(told.len(), |(at, _)| at));
            Some(told)
        }
    }
}

fn moment(text: &str) -> Result<DateTime<chrono::FixedOffset>, &str> {
    DateTime::parse_from_rfc3339(text).map_err(|_| text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::difference;

    #[test]
    fn answers_are_compared_to_the_last_value() {
        let one = json!({ "a": [{ "op": "2026-01-01T00:00:00Z", "b": "x" }] });
        let spelled = json!({ "a": [{ "op": "2026-01-01T01:00:00+01:00", "b": "x" }] });
        assert_eq!(difference("", &one, &spelled), None);
        for other in [
            json!({ "a": [{ "op": "2026-01-01T00:00:01Z", "b": "x" }] }),
            json!({ "a": [{ "op": "2026-01-01T00:00:00Z", "b": "y" }] }),
            json!({ "a": [{ "op": "2026-01-01T00:00:00Z" }] }),
            json!({ "a": [] }),
        ] {
            assert!(difference("", &one, &other).is_some(), "{other}");
        }
    }
}
