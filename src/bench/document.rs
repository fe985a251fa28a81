//! Figures in a document: a command that measures renews what it wrote before.

use std::path::Path;

use super::read::ReadError;

/// Puts a text between the lines `<!-- NAME -->` and `<!-- /NAME -->` of a document.
///
/// # Errors
/// When the document cannot be used, or has no such lines.
pub(super) fn write(path: &Path, name: &str, text: &str) -> Result<(), ReadError> {
    let unusable = |source| ReadError::File { path: path.to_owned(), source };
    let old = std::fs::read_to_string(path).map_err(unusable)?;
    let new = replaced(&old, name, text).ok_or_else(|| ReadError::NoBlock(path.to_owned()))?;
    std::fs::write(path, new).map_err(unusable)
}

fn replaced(document: &str, name: &str, text: &str) -> Option<String> {
    let [begin, end] = [format!("<!-- {name} -->\n"), format!("<!-- /{name} -->")];
    let (before, rest) = document.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{}\n\n{end}{after}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn only_what_is_between_the_marks_is_renewed() {
        let old = "a\n<!-- bench x -->\nold\n<!-- /bench x -->\nb\n";
        let new = "a\n<!-- bench x -->\n\nnew\n\n<!-- /bench x -->\nb\n";
        assert_eq!(replaced(old, "bench x", "new\n").as_deref(), Some(new));
        assert_eq!(replaced(new, "bench x", "new").as_deref(), Some(new));
        assert_eq!(replaced(old, "bench y", "new"), None);
    }
}
