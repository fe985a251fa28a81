//! A file as the browser gets it: with a version of its own, and confined to this service.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};

/// What the browser may load for this page: files of this service and nothing else. Pictures in
/// the style sheet are `data:` addresses; fonts there are none.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// For a file that is asked for with its version in the address: it never changes.
const CACHE_FOREVER: &str = "public, max-age=31536000, immutable";
/// For everything else: keep it, but ask each time whether it is still the same.
const CACHE_AND_ASK: &str = "no-cache";

/// A file as it is served.
#[derive(Debug)]
pub struct Asset {
    content_type: &'static str,
    body: Bytes,
    etag: String,
}

impl Asset {
    /// A file of a type.
    #[must_use]
    pub fn new(content_type: &'static str, body: Bytes) -> Self {
        let etag = format!("\"{}\"", version_of(&[&body]));
        Self { content_type, body, etag }
    }

    /// The file, or 304 when the browser already has this version.
    #[must_use]
    pub fn respond(&self, uri: &Uri, request: &HeaderMap) -> Response {
        let is_versioned = uri.query().is_some_and(|query| query.starts_with("v="));
        let mut response = if is_known(request, &self.etag) {
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
}

/// Whether the request names this version (`If-None-Match`) as one that it has.
#[must_use]
pub fn is_known(request: &HeaderMap, etag: &str) -> bool {
    request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == etag)
}

/// A route that gives the file to whoever asks for it.
pub fn serve<S: Clone + Send + Sync + 'static>(asset: Asset) -> MethodRouter<S> {
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

/// A short fingerprint (FNV-1a, 64 bits): tells two builds apart, and promises no more.
#[must_use]
pub fn version_of(parts: &[&[u8]]) -> String {
    let hash = parts.iter().copied().flatten().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[test]
    fn version_is_the_published_fingerprint() {
        assert_eq!(version_of(&[b"a"]), "af63dc4c8601ec8c");
        assert_eq!(version_of(&[b"foo", b"bar"]), "85944171f73967e8");
    }

    #[test]
    fn file_comes_with_its_headers() {
        let asset = Asset::new("text/plain", Bytes::from_static(b"tekst"));
        let plain = asset.respond(&Uri::from_static("/"), &HeaderMap::new());
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
