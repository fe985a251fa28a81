//! `klantbeeld documents use`: who asks what, and who still asks what will disappear.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use chrono::Days;
use clock::{Clock as _, SystemClock};
use graphql::Limits;
use graphql::documents::{self, Checker, Registered, Use};
use serde_json::{Value, json};

use crate::cli::UseArgs;
use crate::commands::table::table;
use crate::commands::{CommandError, print};

const DOCUMENT_COLUMNS: [&str; 4] = ["DOCUMENT", "APPLICATION", "TIMES", "LAST"];
const FIELD_COLUMNS: [&str; 5] = ["FIELD", "APPLICATION", "TIMES", "LAST", "DEPRECATED"];

/// Under which name questions that are not registered are told.
const FREE: &str = "(not registered)";

/// What is known of use.
struct Known {
    documents: Vec<Use>,
    fields: Vec<Use>,
    names: BTreeMap<String, String>,
    deprecated: BTreeMap<String, String>,
}

/// Tells of use.
pub(super) async fn run(args: UseArgs) -> Result<ExitCode, CommandError> {
    let today = SystemClock.now().date_naive();
    let since = today.checked_sub_days(Days::new(args.days.into())).unwrap_or(today);
    let (documents, fields, registered) = super::with(&args.database, async |pool| {
        let documents = documents::document_use(pool, since).await?;
        let fields = documents::field_use(pool, since).await?;
        Ok((documents, fields, documents::list(pool).await?))
    })
    .await?;
    let name = |it: &Registered| (it.id.hash(), it.naam.clone());
    let names = registered.iter().map(name).collect();
    let deprecated = Checker::new(Limits::default()).deprecated().clone();
    let known = Known { documents, fields, names, deprecated };
    print(&match args.json {
        true => serde_json::to_string_pretty(&known.document(&since.to_string()))?,
        false => known.tables(args.fields),
    })?;
    Ok(ExitCode::SUCCESS)
}

impl Known {
    fn name(&self, hash: &str) -> String {
        let named = self.names.get(hash).cloned();
        named.unwrap_or_else(|| if hash.is_empty() { FREE.to_owned() } else { hash.to_owned() })
    }

    fn document(&self, since: &str) -> Value {
        let document = |it: &Use| {
            json!({
                "id": if it.wat.is_empty() { None } else { Some(format!("sha256:{}", it.wat)) },
                "name": self.names.get(&it.wat),
                "application": it.toepassing,
                "times": it.aantal,
                "last": it.laatst_op.to_rfc3339(),
            })
        };
        let field = |it: &Use| {
            json!({
                "field": it.wat,
                "application": it.toepassing,
                "times": it.aantal,
                "last": it.laatst_op.to_rfc3339(),
                "deprecated": self.deprecated.get(&it.wat),
            })
        };
        let documents: Vec<Value> = self.documents.iter().map(document).collect();
        let fields: Vec<Value> = self.fields.iter().map(field).collect();
        json!({
            "since": since,
            "documents": documents,
            "fields": fields,
            "unusedDeprecatedFields": self.unused(),
        })
    }

    /// The deprecated fields that nobody asked.
    fn unused(&self) -> Vec<&String> {
        let used: BTreeSet<&String> = self.fields.iter().map(|it| &it.wat).collect();
        self.deprecated.keys().filter(|field| !used.contains(field)).collect()
    }

    fn tables(&self, all_fields: bool) -> String {
        let documents = self.documents.iter().map(|it| {
            [self.name(&it.wat), it.toepassing.clone(), it.aantal.to_string(), moment(it)]
        });
        let told = |it: &&Use| all_fields || self.deprecated.contains_key(&it.wat);
        let fields: Vec<&Use> = self.fields.iter().filter(told).collect();
        let mut text = table(DOCUMENT_COLUMNS, documents);
        if fields.is_empty() {
            text.push_str("\n\nNo deprecated field was asked.");
        } else {
            let lines = fields.into_iter().map(|it| self.field_cells(it));
            text.push_str(&format!("\n\n{}", table(FIELD_COLUMNS, lines)));
        }
        text
    }

    fn field_cells(&self, it: &Use) -> [String; 5] {
        let reason = self.deprecated.get(&it.wat).cloned().unwrap_or_else(|| "-".to_owned());
        [it.wat.clone(), it.toepassing.clone(), it.aantal.to_string(), moment(it), reason]
    }
}

fn moment(it: &Use) -> String {
    it.laatst_op.format("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn used(wat: &str, aantal: i64) -> Use {
        let laatst_op = DateTime::from_timestamp(1_780_000_000, 0).expect("a moment");
        Use { toepassing: "portaal".to_owned(), wat: wat.to_owned(), aantal, laatst_op }
    }

    fn known() -> Known {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        Known {
            documents: vec![used("ab", 3), used("", 2), used("cd", 1)],
            fields: vec![used("Klant.naam", 6), used("Klant.oud", 3)],
            names: BTreeMap::from([pair("ab", "mijn/gegevens")]),
            deprecated: BTreeMap::from([pair("Klant.oud", "Vraag naam."), pair("Klant.x", "Weg.")]),
        }
    }

    #[test]
    fn a_table_tells_who_still_asks_what_will_disappear() {
        let text = known().tables(false);
        for said in ["mijn/gegevens", FREE, "cd ", "Klant.oud", "Vraag naam.", "portaal"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert!(!text.contains("Klant.naam"), "{text}");
        assert!(known().tables(true).contains("Klant.naam"));
        let known = Known { fields: Vec::new(), ..known() };
        assert!(known.tables(false).contains("No deprecated field"), "{}", known.tables(false));
    }

    #[test]
    fn json_names_what_may_be_removed() {
        let document = known().document("2026-05-01");
        assert_eq!(document["unusedDeprecatedFields"], json!(["Klant.x"]));
        assert_eq!(document["fields"][1]["deprecated"], "Vraag naam.");
        assert_eq!(document["fields"][0]["deprecated"], Value::Null);
        assert_eq!(document["documents"][0]["id"], "sha256:ab");
        assert_eq!(document["documents"][1]["id"], Value::Null);
    }
}
