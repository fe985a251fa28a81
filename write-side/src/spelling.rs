//! How names of the log are spelled elsewhere.

/// A name of the log as a field is called: `interne_taak` is `interneTaak`.
pub(crate) fn camel(code: &str) -> String {
    let mut words = code.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| text + &capitalized(word))
}

/// A word with a capital.
pub(crate) fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_one() {
        assert_eq!(camel("interne_taak"), "interneTaak");
        assert_eq!(capitalized("registreerPersoon"), "RegistreerPersoon");
        assert_eq!(capitalized(""), "");
    }
}
