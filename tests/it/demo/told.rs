//! What the other commands say where nothing is set up.

use serde_json::Value;

use super::{Scratch, output, text};

#[test]
fn what_is_not_there_is_not_made_by_looking() {
    let scratch = Scratch::new("absent");
    let status = output(&["status", "--data-dir", &scratch.data_arg()]);
    assert_eq!(status.status.code(), Some(1));
    assert!(text(&status.stderr).contains("klantbeeld migrate"), "{}", text(&status.stderr));
    assert!(!scratch.data().exists());
}

#[test]
fn documents_are_printed() {
    let schema = text(&output(&["schema"]).stdout);
    assert!(schema.contains("klantbeeld("), "{schema}");
    let openapi = output(&["openapi"]);
    let document: Value = serde_json::from_slice(&openapi.stdout).expect("JSON");
    assert!(document["paths"].is_object());
}

#[test]
fn the_help_of_every_command_names_its_variables() {
    for command in ["demo", "token", "serve", "migrate", "status", "schema", "openapi"] {
        let help = output(&[command, "--help"]);
        let help = text(&help.stdout);
        assert!(help.contains("KLANTBEELD_"), "{command}:\n{help}");
        assert!(help.contains("Example"), "{command}:\n{help}");
    }
}
