//! How deep brackets are nested in the text of a document, without parsing it: a parser that
//! descends once per bracket must not be asked to descend ten thousand times.

/// The deepest nesting of braces, brackets and parentheses, outside strings and comments.
pub(crate) fn deepest(query: &str) -> u64 {
    let bytes = query.as_bytes();
    let (mut depth, mut deepest, mut at) = (0_u64, 0_u64, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' | b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => at += line_length(&bytes[at..]),
            b'"' => at += string_length(&bytes[at..]) - 1,
            _ => {}
        }
        at += 1;
    }
    deepest
}

/// Bytes until the end of the line.
fn line_length(rest: &[u8]) -> usize {
    rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len())
}

/// Bytes of the string that begins here, its quotes included. A string that does not end is counted
/// as the one quote: what follows is then counted as text, so that nothing can hide behind it.
fn string_length(rest: &[u8]) -> usize {
    let (quote, block): (&[u8], bool) =
        if rest.starts_with(b"\"\"\"") { (b"\"\"\"", true) } else { (b"\"", false) };
    let mut at = quote.len();
    while at < rest.len() {
        if rest[at..].starts_with(quote) {
            return at + quote.len();
        }
        match rest[at] {
            b'\\' if block && rest[at + 1..].starts_with(quote) => at += 1 + quote.len(),
            b'\\' if !block => at += 2,
            b'\n' | b'\r' if !block => return 1,
            _ => at += 1,
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_of_every_kind_count() {
        assert_eq!(deepest(""), 0);
        assert_eq!(deepest("{ a(b: [{ c: 1 }]) { d } } { e }"), 4);
        assert_eq!(deepest(&"{".repeat(10_000)), 10_000);
        assert_eq!(deepest("}}}{"), 1);
    }

    #[test]
    fn strings_and_comments_do_not_count() {
        assert_eq!(deepest("{ a(b: \"{{{ \\\" {{{\") }"), 2);
        assert_eq!(deepest("{ a(b: \"\"\"{{ \" \\\"\"\" {{\"\"\") }"), 2);
        assert_eq!(deepest("{ # {{{{\n a { b } }"), 2);
        assert_eq!(deepest("{ a(b: \"\") { c } }"), 2);
    }

    #[test]
    fn nothing_hides_behind_a_string_that_does_not_end() {
        assert_eq!(deepest("\"{{{{"), 4);
        assert_eq!(deepest("\"\"\"{{{{"), 4);
        assert_eq!(deepest("\"{{{{\n{"), 5);
        assert_eq!(deepest("\"\\"), 0);
    }
}
