//! Hearing that something changed.

use crate::graphiql::ExampleDocument;

/// Whether what is known of a klant changed.
pub(super) const KLANTBEELD_VOLGEN: ExampleDocument = ExampleDocument {
    name: "Klantbeeld volgen",
    query: r"# Horen dát het klantbeeld veranderde, niet wat: het eerste bericht komt meteen, en bij elk bericht
# stelt u de vraag Klantbeeld opnieuw. Met de stopknop houdt het op.
subscription KlantbeeldVolgen($voor: Identificatie!) {
  klantbeeld(voor: $voor) { opgemerktOp positie }
}
",
    variables: r#"{
  "voor": { "bsn": "999990019" }
}"#,
};
