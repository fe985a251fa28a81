//! How large the text of a document is, without parsing it: a parser that descends once per bracket
//! must not be asked to descend ten thousand times.

/// What a text holds, outside strings and comments.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measured {
    /// The deepest nesting of braces, brackets and parentheses.
    pub(crate) nesting: u64,
    /// Tokens.
    pub(crate) tokens: u64,
}

/// Measures a text.
pub(crate) fn measure(query: &str) -> Measured {
    let bytes = query.as_bytes();
    let (mut measured, mut depth, mut at) = (Measured::default(), 0_u64, 0_usize);
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let length = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at += line_length(rest);
                continue;
            }
            b'"' => string_length(rest),
            b'.' if rest.starts_with(b"...") => 3,
            byte if is_word(*byte) => {
                rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len())
            }
            _ => 1,
        };
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        measured.nesting = measured.nesting.max(depth);
        measured.tokens += 1;
        at += length;
    }
    measured
}

/// Whether a byte goes on with a name or a number.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
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

    fn deepest(query: &str) -> u64 {
        measure(query).nesting
    }

    #[test]
    fn names_numbers_strings_and_signs_are_tokens() {
        for (query, tokens) in [
            ("", 0),
            (" ,\n# { a }\n", 0),
            ("{ a(b: [\"x y\", $c]) { ...F @d } }", 18),
            ("{a,b_1 é}", 6),
        ] {
            assert_eq!(measure(query).tokens, tokens, "{query}");
        }
        assert_eq!(measure(&"@".repeat(1_000)).tokens, 1_000);
    }

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
