//! The GraphiQL page: a way to explore `/graphql` in the browser, also on a closed network.
//!
//! Everything the page needs is in the binary (`build.rs` bundles it from `web/`), and its
//! content security policy keeps the browser from asking any other host for anything.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde_json::{Value, json};

/// The page, with `{{VERSIE}}` and `{{VOORBEELDEN}}` still to be filled in.
const PAGE: &str = include_str!(concat!(env!("OUT_DIR"), "/graphiql/pagina.html"));
/// The script of the page; empty when the build could not make it.
const SCRIPT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/graphiql/graphiql.js"));
/// The style sheet of the page.
const STYLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/graphiql/graphiql.css"));
/// The licences of the packages inside the script and the style sheet.
const LICENCES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/graphiql/licenties.txt"));

/// What the browser may load for this page: files of this service and nothing else. Pictures in
/// the style sheet are `data:` addresses; fonts there are none.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// For a file that is asked for with its version in the address: it never changes.
const CACHE_FOREVER: &str = "public, max-age=31536000, immutable";
/// For everything else: keep it, but ask each time whether it is still the same.
const CACHE_AND_ASK: &str = "no-cache";

/// Whether this build has GraphiQL; if not, the page says what is missing.
pub const IS_AVAILABLE: bool = !SCRIPT.is_empty();

/// A worked example, shown as a tab when the page opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExampleDocument {
    /// Its name in Dutch, shown above the query.
    pub name: &'static str,
    /// The GraphQL document. The tab gets the name of its operation.
    pub query: &'static str,
    /// The variables as JSON text; empty when there are none.
    pub variables: &'static str,
}

/// Serves `GET /graphiql` and its files, with one tab for every example.
pub fn router(examples: &[ExampleDocument]) -> Router {
    let page = fill_page(PAGE, &version_of(&[SCRIPT, STYLE]), examples);
    Router::new()
        .route("/graphiql", serve(Asset::new("text/html; charset=utf-8", Bytes::from(page))))
        .route(
            "/graphiql/graphiql.js",
            serve(Asset::new("text/javascript; charset=utf-8", Bytes::from_static(SCRIPT))),
        )
        .route(
            "/graphiql/graphiql.css",
            serve(Asset::new("text/css; charset=utf-8", Bytes::from_static(STYLE))),
        )
        .route(
            "/graphiql/licenties.txt",
            serve(Asset::new("text/plain; charset=utf-8", Bytes::from_static(LICENCES))),
        )
}

/// A file as it is served.
#[derive(Debug)]
struct Asset {
    content_type: &'static str,
    body: Bytes,
    etag: String,
}

impl Asset {
    fn new(content_type: &'static str, body: Bytes) -> Self {
        let etag = format!("\"{}\"", version_of(&[&body]));
        Self { content_type, body, etag }
    }

    /// The file, or 304 when the browser already has this version.
    fn respond(&self, uri: &Uri, request: &HeaderMap) -> Response {
        let is_versioned = uri.query().is_some_and(|query| query.starts_with("v="));
        let mut response = if self.is_known(request) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Response::new(Body::from(self.body.clone()))
        };
        let headers = response.headers_mut();
        headers.extend(security_headers());
        let cache = if is_versioned { CACHE_FOREVER } else { CACHE_AND_ASK };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            headers.insert(ETAG, etag);
        }
        response
    }

    /// Whether the request names this version as the one it has.
    fn is_known(&self, request: &HeaderMap) -> bool {
        request
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|etag| etag.trim().trim_start_matches("W/") == self.etag)
    }
}

/// A route that gives the file to whoever asks for it.
fn serve(asset: Asset) -> MethodRouter {
    let shared = Arc::new(asset);
    get(move |uri: Uri, headers: HeaderMap| {
        let asset = Arc::clone(&shared);
        async move { asset.respond(&uri, &headers) }
    })
}

/// The headers that confine the page to this service.
fn security_headers() -> [(HeaderName, HeaderValue); 4] {
    [
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ]
}

/// The page with the version of its files and the examples. The examples come last: what is in
/// them is not looked at again.
fn fill_page(template: &str, version: &str, examples: &[ExampleDocument]) -> String {
    template.replace("{{VERSIE}}", version).replace("{{VOORBEELDEN}}", &embedded_json(examples))
}

/// The examples as JSON that cannot end the script element it stands in.
fn embedded_json(examples: &[ExampleDocument]) -> String {
    let list: Vec<Value> = examples
        .iter()
        .map(|example| {
            json!({"naam": example.name, "query": example.query, "variables": example.variables})
        })
        .collect();
    Value::from(list).to_string().replace('<', "\\u003c")
}

/// A short fingerprint (FNV-1a, 64 bits): tells two builds apart, and promises no more.
fn version_of(parts: &[&[u8]]) -> String {
    let hash = parts.iter().copied().flatten().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: ExampleDocument = ExampleDocument {
        name: "Naam </script><!--",
        query: "query Test { a } # {{VERSIE}}",
        variables: "{\"a\": 1}",
    };

    fn header<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[test]
    fn examples_cannot_end_their_script_element() {
        let text = embedded_json(&[EXAMPLE]);
        assert!(!text.contains('<'), "{text}");
        let parsed: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed[0]["naam"], EXAMPLE.name);
        assert_eq!(parsed[0]["query"], EXAMPLE.query);
        assert_eq!(parsed[0]["variables"], EXAMPLE.variables);
    }

    #[test]
    fn page_is_filled_and_examples_are_left_as_they_are() {
        let page = fill_page("v={{VERSIE}} {{VOORBEELDEN}}", "abc", &[EXAMPLE]);
        assert!(page.starts_with("v=abc ["), "{page}");
        assert!(page.contains("# {{VERSIE}}"), "{page}");
    }

    #[test]
    fn page_in_the_binary_has_a_place_for_the_version() {
        let page = fill_page(PAGE, "abc", &[]);
        assert!(page.contains("lang=\"nl\"") && page.contains("?v=abc"), "{page}");
        assert!(!page.contains("{{"), "{page}");
        assert_eq!(IS_AVAILABLE, page.contains("graphiql.js"));
    }

    #[test]
    fn version_is_the_published_fingerprint() {
        assert_eq!(version_of(&[b"a"]), "af63dc4c8601ec8c");
        assert_eq!(version_of(&[b"foo", b"bar"]), "85944171f73967e8");
    }

    #[test]
    fn file_comes_with_its_headers() {
        let asset = Asset::new("text/plain", Bytes::from_static(b"tekst"));
        let plain = asset.respond(&Uri::from_static("/graphiql"), &HeaderMap::new());
        assert_eq!(plain.status(), StatusCode::OK);
        assert_eq!(header(&plain, "content-type"), "text/plain");
        assert_eq!(header(&plain, "cache-control"), "no-cache");
        assert_eq!(header(&plain, "x-content-type-options"), "nosniff");
        assert_eq!(header(&plain, "x-frame-options"), "DENY");
        assert_eq!(header(&plain, "referrer-policy"), "no-referrer");
        assert!(header(&plain, "content-security-policy").contains("default-src 'none'"));
        let versioned = asset.respond(&Uri::from_static("/a.js?v=1"), &HeaderMap::new());
        assert_eq!(header(&versioned, "cache-control"), CACHE_FOREVER);
    }

    #[test]
    fn known_file_is_not_sent_again() {
        let asset = Asset::new("text/plain", Bytes::from_static(b"tekst"));
        for (etag, expected) in [
            (asset.etag.clone(), StatusCode::NOT_MODIFIED),
            (format!("\"oud\", W/{}", asset.etag), StatusCode::NOT_MODIFIED),
            ("\"oud\"".to_owned(), StatusCode::OK),
        ] {
            let mut request = HeaderMap::new();
            request.insert(IF_NONE_MATCH, HeaderValue::from_str(&etag).unwrap());
            let response = asset.respond(&Uri::from_static("/graphiql"), &request);
            assert_eq!(response.status(), expected, "{etag}");
        }
    }
}
