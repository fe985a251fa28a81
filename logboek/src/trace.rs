//! The place of a request in a trace: accepted as W3C Trace Context, else taken from the transaction of
//! FSC, else made.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use clock::Clock;
use uuid::Uuid;

/// The header of W3C Trace Context, in a request and on its answer.
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// The header with which an FSC outway names a transaction.
const TRANSACTIE: HeaderName = HeaderName::from_static("fsc-transaction-id");

/// Length of a `traceparent` of version 00, in characters.
const LENGTH: usize = 55;
/// The version that says that there is none.
const NO_VERSION: u8 = 0xff;

/// Key of a trace.
pub type TraceId = [u8; 16];
/// Key of a step in a trace.
pub type SpanId = [u8; 8];

/// Where a request is in its trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoor {
    /// The trace.
    pub trace_id: TraceId,
    /// This request in it.
    pub span_id: SpanId,
    /// The step of the caller, if it named one.
    pub parent: Option<SpanId>,
    /// The transaction of FSC, if it named one.
    pub transactie: Option<Uuid>,
    /// What the caller said of sampling, which means nothing here: every request is logged.
    flags: u8,
}

impl Spoor {
    /// The place of the request with these headers.
    pub(crate) fn of(headers: &HeaderMap, clock: &dyn Clock) -> Self {
        let transactie = one(headers, &TRANSACTIE).and_then(|text| Uuid::try_parse(text).ok());
        let transactie = transactie.filter(|id| id.get_version_num() == 7);
        let span_id = new_span(clock);
        match one(headers, &TRACEPARENT).and_then(parse) {
            Some((trace_id, parent, flags)) => {
                Self { trace_id, span_id, parent: Some(parent), transactie, flags }
            }
            None => {
                let id = transactie.unwrap_or_else(|| clock.new_id());
                Self { trace_id: id.into_bytes(), span_id, parent: None, transactie, flags: 1 }
            }
        }
    }

    /// The place of a step of its own within this one.
    pub(crate) fn within(&self, clock: &dyn Clock) -> Self {
        Self { span_id: new_span(clock), parent: Some(self.span_id), ..*self }
    }

    /// The header on the answer, with which the caller finds this request again.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let (trace, span) = (hex(&self.trace_id), hex(&self.span_id));
        HeaderValue::from_str(&format!("00-{trace}-{span}-{:02x}", self.flags)).ok()
    }
}

/// A key for a step.
pub(crate) fn new_span(clock: &dyn Clock) -> SpanId {
    let bytes = clock.new_id().into_bytes();
    // The random half of a UUIDv7.
    let mut span = SpanId::default();
    span.copy_from_slice(&bytes[8..]);
    span
}

/// The value of a header that is there once.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}

fn parse(text: &str) -> Option<(TraceId, SpanId, u8)> {
    let [version]: [u8; 1] = unhex(text.get(..2)?)?;
    // Later versions may add parts behind these.
    let ends = match text.get(LENGTH..)? {
        "" => true,
        rest => version > 0 && rest.starts_with('-'),
    };
    let mut parts = text.get(3..LENGTH)?.split('-');
    let trace_id: TraceId = unhex(parts.next()?)?;
    let parent: SpanId = unhex(parts.next()?)?;
    let [flags] = unhex(parts.next()?)?;
    let dashes = text.as_bytes()[2] == b'-' && parts.next().is_none();
    let filled = trace_id != TraceId::default() && parent != SpanId::default();
    (version != NO_VERSION && ends && dashes && filled).then_some((trace_id, parent, flags))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from lower-case hexadecimal digits.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    if text.len() != N * 2 || !text.bytes().all(digits) {
        return None;
    }
    let byte = |index: usize| u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..N).map(byte).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use clock::SystemClock;

    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

    fn spoor(pairs: &[(HeaderName, &str)]) -> Spoor {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_str(value).expect("a value"));
        }
        Spoor::of(&headers, &SystemClock)
    }

    #[test]
    fn a_trace_is_accepted_and_told_again_with_our_own_span() {
        let spoor = spoor(&[(TRACEPARENT, GOOD)]);
        assert_eq!(hex(&spoor.trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(spoor.parent.map(|span| hex(&span)).as_deref(), Some("00f067aa0ba902b7"));
        let told = spoor.header().expect("a header");
        let told = told.to_str().expect("text");
        assert_eq!(&told[..36], &GOOD[..36]);
        assert_eq!(&told[36..52], hex(&spoor.span_id));
        assert_eq!(&told[52..], "-00");
    }

    #[test]
    fn what_is_no_trace_is_not_believed() {
        for wrong in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-00",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-x",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736900f067aa0ba902b7-00",
        ] {
            assert_eq!(spoor(&[(TRACEPARENT, wrong)]).parent, None, "{wrong}");
        }
        assert_eq!(spoor(&[(TRACEPARENT, GOOD), (TRACEPARENT, GOOD)]).parent, None);
        let later = format!("01{}-x", &GOOD[2..]);
        assert!(spoor(&[(TRACEPARENT, &later)]).parent.is_some());
    }

    #[test]
    fn a_transaction_of_fsc_is_the_trace_when_no_other_is_named() {
        let id = "01981f2e-6b1c-7c3a-9a52-3f1d7d0c4b11";
        let alone = spoor(&[(TRANSACTIE, id)]);
        assert_eq!(Uuid::from_bytes(alone.trace_id).to_string(), id);
        let both = spoor(&[(TRANSACTIE, id), (TRACEPARENT, GOOD)]);
        assert_eq!(both.transactie, alone.transactie);
        assert_ne!(both.trace_id, alone.trace_id);
        let random = "5b0c3c5e-0f54-4a5e-8c6c-2a6a1b7d9e10";
        assert_eq!(spoor(&[(TRANSACTIE, random)]).transactie, None);
    }
}
