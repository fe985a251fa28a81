//! In which of the media types an answer is wanted.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

use super::answer::Problem;

/// The media type of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `application/graphql-response+json`
    GraphqlResponse,
    /// `application/json`
    Json,
    /// `text/event-stream`: an answer for every change, or for a question one. What is refused before
    /// that has the first form.
    Events,
}

impl Form {
    /// The value of `Content-Type`.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse | Self::Events => {
                "application/graphql-response+json; charset=utf-8"
            }
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// How well a range of `Accept` fits: more is better, nothing does not fit.
    fn fits(self, range: &str) -> Option<u8> {
        let exact = match self {
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
            Self::Events => "text/event-stream",
        };
        match range {
            _ if range.eq_ignore_ascii_case(exact) => Some(2),
            // Who does not mind does not want a stream.
            _ if self == Self::Events => None,
            _ if range.eq_ignore_ascii_case("application/*") => Some(1),
            "*/*" => Some(0),
            _ => None,
        }
    }
}

/// Chooses between them; JSON where the client does not mind.
pub(super) fn negotiate(headers: &HeaderMap) -> Result<Form, Problem> {
    let values: Vec<&str> =
        headers.get_all(ACCEPT).iter().map(|value| value.to_str().unwrap_or_default()).collect();
    if values.iter().all(|value| value.trim().is_empty()) {
        return Ok(Form::Json);
    }
    let ranges: Vec<(&str, u16)> =
        values.iter().flat_map(|value| value.split(',')).map(range_and_weight).collect();
    let weight = |form: Form| weight_of(form, &ranges);
    let (json, graphql) = (weight(Form::Json), weight(Form::GraphqlResponse));
    let events = weight(Form::Events);
    if events > 0 && events >= json.max(graphql) {
        return Ok(Form::Events);
    }
    if json == 0 && graphql == 0 {
        return Err(Problem::not_acceptable());
    }
    Ok(if graphql > json || named_first(&ranges, graphql == json) {
        Form::GraphqlResponse
    } else {
        Form::Json
    })
}

/// Whether the newer media type is named before the older, where both weigh the same.
fn named_first(ranges: &[(&str, u16)], equal: bool) -> bool {
    let place = |form: Form| ranges.iter().position(|(range, _)| form.fits(range) == Some(2));
    match (place(Form::GraphqlResponse), place(Form::Json)) {
        (Some(graphql), Some(json)) => equal && graphql < json,
        (Some(_), None) => equal,
        (None, _) => false,
    }
}

/// The weight of the range that fits best, in thousandths.
fn weight_of(form: Form, ranges: &[(&str, u16)]) -> u16 {
    let fitting = ranges.iter().filter_map(|(range, weight)| Some((form.fits(range)?, *weight)));
    fitting.max_by_key(|(fit, _)| *fit).map_or(0, |(_, weight)| weight)
}

fn range_and_weight(part: &str) -> (&str, u16) {
    let mut parameters = part.split(';').map(str::trim);
    let range = parameters.next().unwrap_or_default();
    let weight = parameters
        .find_map(|parameter| parameter.strip_prefix("q=").or(parameter.strip_prefix("Q=")))
        .map_or(1_000, thousandths);
    (range, weight)
}

/// A weight such as `0.8` in thousandths; what is no weight counts as nothing.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = format!("{fraction:0<3}");
    match (whole, digits.get(..3).and_then(|digits| digits.parse::<u16>().ok())) {
        ("1", Some(0)) => 1_000,
        ("0", Some(weight)) => weight,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn form(accept: &'static str) -> Option<Form> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        negotiate(&headers).ok()
    }

    #[test]
    fn the_client_chooses_and_json_is_the_default() {
        assert_eq!(negotiate(&HeaderMap::new()).ok(), Some(Form::Json));
        for (accept, expected) in [
            ("", Some(Form::Json)),
            ("*/*", Some(Form::Json)),
            ("application/*", Some(Form::Json)),
            ("application/json", Some(Form::Json)),
            ("application/json; charset=utf-8", Some(Form::Json)),
            ("application/graphql-response+json", Some(Form::GraphqlResponse)),
            ("application/graphql-response+json, application/json", Some(Form::GraphqlResponse)),
            ("application/json, application/graphql-response+json", Some(Form::Json)),
            (
                "application/graphql-response+json; charset=utf-8, application/json; q=0.9",
                Some(Form::GraphqlResponse),
            ),
            ("application/graphql-response+json; q=0.5, application/json", Some(Form::Json)),
            ("application/json; q=0, */*", Some(Form::GraphqlResponse)),
            ("text/html, */*; q=0.1", Some(Form::Json)),
            ("text/event-stream", Some(Form::Events)),
            ("text/event-stream, */*; q=0.1", Some(Form::Events)),
            ("application/json, text/event-stream; q=0.9", Some(Form::Json)),
            ("text/*", None),
            ("text/html", None),
            ("application/json; q=0", None),
        ] {
            assert_eq!(form(accept), expected, "{accept}");
        }
    }
}
