//! Whether the caller takes JSON.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// Whether `Accept` allows `application/json`; without the header everything is allowed.
pub(super) fn allows_json(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter().map(|value| value.to_str().unwrap_or_default());
    let ranges: Vec<&str> = values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .collect();
    // The most precise range that fits decides.
    let best = ranges.iter().filter_map(|range| fit(range)).max_by_key(|(precision, _)| *precision);
    ranges.is_empty() || best.is_some_and(|(_, allowed)| allowed)
}

/// How precisely a range names JSON, and whether it allows it (`q=0` does not).
fn fit(range: &str) -> Option<(u8, bool)> {
    let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
    let precision = match parts.next()?.as_str() {
        "application/json" => 2,
        "application/*" => 1,
        "*/*" => 0,
        _ => return None,
    };
    let weight = parts.find_map(|part| part.strip_prefix("q=").map(str::to_owned));
    let allowed = weight.is_none_or(|weight| weight.parse().is_ok_and(|weight: f32| weight > 0.0));
    Some((precision, allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_precise_range_decides() {
        let allows = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().expect("a header"));
            allows_json(&headers)
        };
        assert!(allows_json(&HeaderMap::new()));
        for accept in [
            "",
            "*/*",
            "application/*",
            "Application/JSON; charset=utf-8",
            "text/html, */*;q=0.1",
            "application/json;q=0.5, text/html",
            "application/json, */*;q=0",
        ] {
            assert!(allows(accept), "{accept}");
        }
        for accept in [
            "text/html",
            "application/xml",
            "application/json;q=0",
            "*/*;q=0",
            "application/json;q=0, */*",
            "application/problem+json",
            "application/json;q=x",
        ] {
            assert!(!allows(accept), "{accept}");
        }
    }
}
