//! The one spelling in which telephone numbers, e-mail addresses, names and postcodes are searched.
//! The projector writes it and a question is put in it, so that what looks different but is the same
//! is found. Pure; what has no such spelling cannot be searched.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Fewest and most digits of a telephone number: a short number, and the most that E.164 allows.
const CIJFERS: std::ops::RangeInclusive<usize> = 3..=15;
/// Longest e-mail address, in bytes (RFC 5321).
const EMAIL_MAX_BYTES: usize = 254;
/// What people put between the digits of a telephone number.
const TUSSENTEKENS: [char; 6] = ['-', '.', '/', '(', ')', '\u{2013}'];
/// The country whose numbers are written without a country code.
const NEDERLAND: &str = "31";

/// A telephone number with its country code: `06 1234-5678`, `+31 (0)6 12345678` and
/// `0031612345678` are all `+31612345678`. A short number, such as 14 030, stays as it is.
#[must_use]
pub fn telefoonnummer(text: &str) -> Option<String> {
    let between = |letter: &char| letter.is_whitespace() || TUSSENTEKENS.contains(letter);
    let bare: String = text.chars().filter(|letter| !between(letter)).collect();
    let (international, digits) = match bare.strip_prefix('+').or_else(|| bare.strip_prefix("00")) {
        Some(rest) => (true, rest),
        None => (false, bare.as_str()),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !CIJFERS.contains(&digits.len()) {
        return None;
    }
    if let (true, Some(rest)) = (international, digits.strip_prefix(NEDERLAND)) {
        // The zero of +31 (0)6 is dialled within the country only.
        return Some(format!("+{NEDERLAND}{}", rest.strip_prefix('0').unwrap_or(rest)));
    }
    if international {
        return Some(format!("+{digits}"));
    }
    Some(match digits.strip_prefix('0') {
        Some(rest) => format!("+{NEDERLAND}{rest}"),
        None => digits.to_owned(),
    })
}

/// An e-mail address without blanks around it, in lower case.
#[must_use]
pub fn emailadres(text: &str) -> Option<String> {
    let bare = text.trim().to_lowercase();
    let (name, host) = bare.split_once('@')?;
    let whole = !name.is_empty() && !host.is_empty() && !bare.contains(char::is_whitespace);
    (whole && bare.len() <= EMAIL_MAX_BYTES).then_some(bare)
}

/// A Dutch postcode without blanks, in capitals: `1234AB`.
#[must_use]
pub fn postcode(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let (digits, letters) = bare.split_at_checked(4)?;
    let fits = digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
        && letters.len() == 2
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic());
    fits.then(|| bare.to_ascii_uppercase())
}

/// The words of a name with one blank between them, in lower case and without accents. Empty when
/// there is no letter in it.
#[must_use]
pub fn naam(text: &str) -> String {
    let plain: String = text.nfkd().filter(|letter| !is_combining_mark(*letter)).collect();
    let lower = plain.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_telephone_number_is_one_number() {
        for text in [
            "0612345678",
            "06 1234 5678",
            "06-12345678",
            " 06.12.34.56.78 ",
            "(06) 12345678",
            "+31612345678",
            "+31 6 1234 5678",
            "+31 (0)6-12345678",
            "+310612345678",
            "0031612345678",
            "0031 (0)6 12 34 56 78",
        ] {
            assert_eq!(telefoonnummer(text).as_deref(), Some("+31612345678"), "{text}");
        }
        assert_eq!(telefoonnummer("0032 470 12 34 56").as_deref(), Some("+32470123456"));
        assert_eq!(telefoonnummer("+32 470 12 34 56").as_deref(), Some("+32470123456"));
        assert_eq!(telefoonnummer("14 030").as_deref(), Some("14030"));
    }

    #[test]
    fn what_is_no_telephone_number_has_no_spelling() {
        for text in ["", "06", "nul zes", "0612345678 tst 12", "+", "06+12345678", "٠٦١٢٣٤٥٦٧٨"]
        {
            assert_eq!(telefoonnummer(text), None, "{text}");
        }
        assert_eq!(telefoonnummer(&"1".repeat(16)), None);
    }

    #[test]
    fn capitals_and_blanks_make_no_other_email_address() {
        for text in ["jan@example.nl", " Jan@Example.NL\n", "JAN@EXAMPLE.NL"] {
            assert_eq!(emailadres(text).as_deref(), Some("jan@example.nl"), "{text}");
        }
        for text in ["", "jan", "@example.nl", "jan@", "jan de@example.nl"] {
            assert_eq!(emailadres(text), None, "{text}");
        }
        assert_eq!(emailadres(&format!("{}@example.nl", "j".repeat(300))), None);
    }

    #[test]
    fn a_postcode_is_four_digits_and_two_letters() {
        for text in ["1999AB", "1999 ab", " 1999  aB "] {
            assert_eq!(postcode(text).as_deref(), Some("1999AB"), "{text}");
        }
        for text in ["", "1999", "0999 AB", "1999 A", "1999 ABC", "B-1999", "19é9AB"] {
            assert_eq!(postcode(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_is_its_words_without_capitals_and_accents() {
        assert_eq!(naam("  René  d'Ârtagnan-Müller "), "rene d artagnan muller");
        assert_eq!(naam("RENE D ARTAGNAN MULLER"), "rene d artagnan muller");
        assert_eq!(naam("ﬁets & Zn. (2)"), "fiets zn 2");
        assert_eq!(naam(" -- "), "");
    }
}
