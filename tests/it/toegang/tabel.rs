//! `docs/toegang.md` has the table of roles and fields, and that of roles and rows: both are made from
//! the interface and the database, and every cell of the first is tried.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use access::{Identity, Rol};
use futures_util::StreamExt;
use graphql::{AppSchema, Request};
use serde_json::Value;
use uuid::Uuid;

use super::{JAN, ZAAK, scene};
use crate::support::App;

const DOC: &str = "docs/toegang.md";
/// What renews the tables.
const RENEW: &str = "KLANTBEELD_VERNIEUW=1 cargo test --test it toegang::tabel";
const FIELDS: &str = "<!-- velden -->\n";
const ROWS: &str = "<!-- rijen -->\n";
const END: &str = "<!-- einde -->\n";
const TYPES: &str = "{ __schema { types { name kind possibleTypes { name }
    fields(includeDeprecated: true) { name args { name defaultValue type { kind } }
      type { name ofType { name ofType { name ofType { name } } } } } } } }";

/// A field: its arguments that must be given, and the type of what it gives.
#[derive(Debug, Clone)]
struct Field {
    required: bool,
    output: String,
}

/// What one role is told of a type: its fields, and the types that an interface stands for.
#[derive(Debug, Clone, Default)]
struct Kind {
    fields: BTreeMap<String, Field>,
    possible: Vec<String>,
}

type Types = BTreeMap<String, Kind>;

async fn types(schema: &AppSchema, identity: Identity) -> Types {
    let response = graphql::execute(schema, identity, Request::new(TYPES)).await;
    let answer = serde_json::to_value(response).expect("json");
    let found = answer["data"]["__schema"]["types"].as_array().cloned().expect("types");
    let ours = found.iter().filter(|kind| !text(&kind["name"]).starts_with("__"));
    ours.map(|kind| (text(&kind["name"]).to_owned(), read_kind(kind))).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn read_kind(kind: &Value) -> Kind {
    let list = |name: &str| kind[name].as_array().cloned().unwrap_or_default();
    let fields = list("fields").into_iter().map(|field| {
        let args = field["args"].as_array().cloned().unwrap_or_default();
        let required = args
            .iter()
            .any(|arg| arg["type"]["kind"] == "NON_NULL" && arg["defaultValue"].is_null());
        let mut output = &field["type"];
        while output["name"].is_null() {
            output = &output["ofType"];
        }
        let found = Field { required, output: text(&output["name"]).to_owned() };
        (text(&field["name"]).to_owned(), found)
    });
    let fields = fields.collect();
    let possible = list("possibleTypes").iter().map(|one| text(&one["name"]).to_owned()).collect();
    Kind { fields, possible }
}

/// The root types, with the operation of each.
const ROOTS: [(&str, &str); 2] = [("Query", "query"), (FOLLOWED, "subscription")];
/// The root of what is followed.
const FOLLOWED: &str = "Subscription";

fn is_root(parent: &str) -> bool {
    ROOTS.iter().any(|(root, _)| *root == parent)
}

/// How a value of each type is come by: the operation and the selections around it, outermost first.
fn ways(rol: Rol, types: &Types) -> BTreeMap<String, Vec<String>> {
    let roots = ROOTS.iter().filter(|(root, _)| types.contains_key(*root));
    let mut next: VecDeque<String> = roots.clone().map(|(root, _)| (*root).to_owned()).collect();
    let roots = roots.map(|(root, operation)| ((*root).to_owned(), vec![(*operation).to_owned()]));
    let mut ways: BTreeMap<String, Vec<String>> = roots.collect();
    while let Some(parent) = next.pop_front() {
        let kind = &types[&parent];
        let through = kind.fields.iter().map(|(name, field)| {
            let step = if is_root(&parent) { root(rol, name, field) } else { name.clone() };
            (step, field.output.clone())
        });
        let possible = kind.possible.iter().map(|name| (format!("... on {name}"), name.clone()));
        for (step, output) in through.chain(possible).collect::<Vec<_>>() {
            if types.contains_key(&output) && !ways.contains_key(&output) {
                let mut way = ways[&parent].clone();
                way.push(step);
                ways.insert(output.clone(), way);
                next.push_back(output);
            }
        }
    }
    ways
}

/// A root field with the arguments that it needs.
fn root(rol: Rol, name: &str, field: &Field) -> String {
    // A burger names nobody, and somebody else must.
    let names_klant = name == "contactgeschiedenis" && rol != Rol::Burger;
    if !field.required && !names_klant {
        return name.to_owned();
    }
    let arguments = match name {
        "klantbeeld" | "bereikbaarheid" | "contactgeschiedenis" => {
            format!("voor: {{ bsn: \"{JAN}\" }}")
        }
        "klantZoeken" => format!("zoek: {{ bsn: \"{JAN}\" }}"),
        "losseContactverzoeken" => "zoek: { email: \"los@example.nl\" }".to_owned(),
        "zaakContacthistorie" => format!("zaak: {{ identificatie: \"{ZAAK}\" }}"),
        "doorlooptijden" | "kanaalgebruik" => {
            "periode: { vanaf: \"2026-01-01\", tot: \"2026-02-01\" }".to_owned()
        }
        "inzagedossier" => format!("verzoek: \"{}\"", Uuid::nil()),
        "bewaaroverzicht" => "soort: KLANTCONTACT".to_owned(),
        "werkvoorraad" => "voor: { mij: true }".to_owned(),
        "contactverzoek" => "welk: { nummer: \"1\" }".to_owned(),
        other => panic!("which arguments has {other}?"),
    };
    format!("{name}({arguments})")
}

/// A question for one field of one type.
fn question(
    (rol, types): (Rol, &Types),
    way: &[String],
    (parent, name): (&str, &str),
    field: &Field,
) -> String {
    let mut asked = if is_root(parent) { root(rol, name, field) } else { name.to_owned() };
    if types.get(&field.output).is_some_and(|kind| !kind.fields.is_empty()) {
        asked += " { __typename }";
    }
    let (operation, steps) = way.split_first().expect("an operation");
    let around = |inner, step| format!("{{ {step} {inner} }}");
    format!("{operation} {}", steps.iter().rev().fold(format!("{{ {asked} }}"), around))
}

/// The answer; of what is followed the first.
async fn answer(schema: &AppSchema, identity: &Identity, query: &str) -> Value {
    let (identity, request) = (identity.clone(), Request::new(query));
    let answer = if query.starts_with("subscription") {
        match graphql::follow(schema, identity, request).await {
            Ok(mut answers) => answers.next().await.expect("an answer"),
            Err(refused) => refused,
        }
    } else {
        graphql::execute(schema, identity, request).await
    };
    serde_json::to_value(answer).expect("json")
}

async fn per_rol(schema: &AppSchema) -> BTreeMap<Rol, Types> {
    let mut all = BTreeMap::new();
    for rol in Rol::ALL {
        all.insert(*rol, types(schema, Identity::of_rollen([*rol])).await);
    }
    all
}

fn fields_table(per_rol: &BTreeMap<Rol, Types>) -> String {
    let codes: Vec<&str> = Rol::ALL.iter().map(|rol| rol.code()).collect();
    let mut table = format!("| veld | {} |\n", codes.join(" | "));
    table += &format!("| --- |{}\n", " --- |".repeat(codes.len()));
    let all: BTreeSet<(&String, &String)> = per_rol
        .values()
        .flatten()
        .flat_map(|(parent, kind)| kind.fields.keys().map(move |field| (parent, field)))
        .collect();
    for (parent, field) in all {
        let sees = |rol: &Rol| {
            let kind = per_rol[rol].get(parent);
            if kind.is_some_and(|kind| kind.fields.contains_key(field)) { "ja" } else { "–" }
        };
        let cells: Vec<&str> = Rol::ALL.iter().map(sees).collect();
        writeln!(table, "| {parent}.{field} | {} |", cells.join(" | ")).expect("text");
    }
    table
}

async fn rows_table(app: &App) -> String {
    let sql = "
        SELECT t.relname::text, r.rolname::text,
               CASE WHEN NOT t.relrowsecurity THEN 'alle'
                    ELSE coalesce(string_agg(regexp_replace(pg_get_expr(p.polqual, p.polrelid),
                                                            '\\s+', ' ', 'g'), ' of '), 'geen') END
        FROM pg_class t
        JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname LIKE '%\\_g1'
        JOIN LATERAL aclexplode(t.relacl) a ON a.privilege_type = 'SELECT'
        JOIN pg_roles r ON r.oid = a.grantee AND r.rolname LIKE 'klantbeeld\\_%'
        LEFT JOIN pg_policy p ON p.polrelid = t.oid AND r.oid = ANY (p.polroles)
        GROUP BY 1, 2, t.relrowsecurity ORDER BY 1, 2";
    let rows: Vec<(String, String, String)> =
        sqlx::query_as(sql).fetch_all(app.pool()).await.expect("policies");
    let mut table = "| tabel | rol | rijen |\n| --- | --- | --- |\n".to_owned();
    for (name, role, rows) in rows {
        let rows = if rows == "true" { "alle".to_owned() } else { format!("`{rows}`") };
        let rows = if rows == "`alle`" { "alle".to_owned() } else { rows };
        writeln!(table, "| {name} | {role} | {rows} |").expect("text");
    }
    table
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(DOC)
}

/// The text with what stands between a mark and the end replaced.
fn with_table(text: &str, mark: &str, table: &str) -> String {
    let (before, rest) = text.split_once(mark).unwrap_or_else(|| panic!("{mark} in {DOC}"));
    let (_, after) = rest.split_once(END).expect("the end of a table");
    format!("{before}{mark}{table}{END}{after}")
}

#[tokio::test]
async fn the_document_has_the_tables_of_the_interface_and_the_database() {
    let app = App::start().await;
    app.settled().await;
    let text = std::fs::read_to_string(file()).expect("the document");
    let renewed = with_table(&text, FIELDS, &fields_table(&per_rol(&app.schema()).await));
    let renewed = with_table(&renewed, ROWS, &rows_table(&app).await);
    if std::env::var_os("KLANTBEELD_VERNIEUW").is_some() {
        std::fs::write(file(), renewed).expect("a file that can be written");
    } else {
        assert!(text == renewed, "{DOC} differs from what is; renew it with `{RENEW}`");
    }
}

#[tokio::test]
async fn every_cell_of_the_table_is_so() {
    let scene = scene().await;
    scene.app.settled().await;
    let schema = scene.app.schema();
    let per_rol = per_rol(&schema).await;
    let all = types(&schema, Identity::of_rollen(Rol::ALL.iter().copied())).await;
    let everybody = scene.everybody();
    assert!(ways(Rol::Kcc, &all).contains_key(FOLLOWED), "{:?}", all.keys());
    let (mut seen, mut unseen) = (0, 0);
    for persona in &everybody {
        let identity = persona.identity();
        let rol = *identity.rollen.first().expect("a role");
        let own = &per_rol[&rol];
        let (own_ways, all_ways) = (ways(rol, own), ways(rol, &all));
        for (parent, kind) in all.iter().filter(|(parent, _)| all_ways.contains_key(*parent)) {
            for (name, field) in &kind.fields {
                let visible = own.get(parent).is_some_and(|kind| kind.fields.contains_key(name));
                let way = if visible { &own_ways[parent] } else { &all_ways[parent] };
                let query = question((rol, &all), way, (parent, name), field);
                let answer = answer(&schema, &identity, &query).await;
                let code = text(&answer["errors"][0]["extensions"]["code"]);
                assert_eq!(code == "ONBEKEND_VELD", !visible, "{persona:?} {query} {answer}");
                assert!(visible || answer["data"].is_null(), "{persona:?} {query} {answer}");
                // Whoever may ask gets an answer, however empty.
                assert!(!visible || code.is_empty(), "{persona:?} {query} {answer}");
                *(if visible { &mut seen } else { &mut unseen }) += 1;
            }
        }
    }
    assert!(seen > 300 && unseen > 300, "{seen} {unseen}");
}
