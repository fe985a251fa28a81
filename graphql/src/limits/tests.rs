use async_graphql::parser::parse_query;
use serde_json::json;

use super::*;

fn check(query: &str, variables: serde_json::Value) -> Result<(), Refusal> {
    let limits = Limits::default();
    limits.check_text(query)?;
    let document = parse_query(query).expect("a document");
    limits.check_document(&document, None, &Variables::from_json(variables))
}

fn refused(query: &str) -> Refusal {
    check(query, json!({})).expect_err("refused")
}

fn nested(levels: usize) -> String {
    format!("{}{}", "{ a ".repeat(levels), "}".repeat(levels))
}

#[test]
fn ten_thousand_braces_are_refused_before_they_are_parsed() {
    let refusal = Limits::default().check_text(&nested(10_000)).expect_err("refused");
    assert_eq!((refusal.limit, refusal.asked), (Limit::Nesting, 10_000));
    let refusal = Limits::default().check_text(&"a ".repeat(4_001)).expect_err("refused");
    assert_eq!((refusal.limit, refusal.asked), (Limit::Tokens, 4_001));
}

#[test]
fn depth_is_counted_through_fragments() {
    assert_eq!(check(&nested(12), json!({})), Ok(()));
    let refusal = refused(&nested(13));
    assert_eq!((refusal.limit, refusal.maximum, refusal.asked), (Limit::Depth, 12, 13));
    let through = format!("{{ x {{ ...F }} }} fragment F on T {}", nested(12));
    assert_eq!((refused(&through).limit, refused(&through).asked), (Limit::Depth, 13));
}

#[test]
fn aliases_root_fields_and_directives_are_counted() {
    let aliases: String = (0..31).map(|number| format!("a{number}: b ")).collect();
    let refusal = refused(&format!("{{ x {{ {aliases} }} }}"));
    assert_eq!((refusal.limit, refusal.asked), (Limit::Aliases, 31));
    let refusal = refused("{ a b c d e f g h i j k }");
    assert_eq!((refusal.limit, refusal.asked), (Limit::RootFields, 11));
    let refusal = refused(&format!("{{ a {} }}", "@aa ".repeat(31)));
    assert_eq!((refusal.limit, refusal.asked), (Limit::Directives, 31));
    let same = format!("{{ x {{ {} }} }}", "__typename ".repeat(2_000));
    assert_eq!(refused(&same).limit, Limit::Selections);
}

#[test]
fn fragments_that_use_themselves_are_refused() {
    let cycle = "{ ...A } fragment A on T { b { ...B } } fragment B on T { ...A }";
    assert_eq!(refused(cycle).limit, Limit::Cycle);
    let unused = "{ a } fragment A on T { b { ...A } }";
    assert_eq!(refused(unused).limit, Limit::Cycle);
}

#[test]
fn fragments_that_double_each_other_stop_early() {
    let doubling: String =
        (0..11).map(|n| format!("fragment F{n} on T {{ ...F{m} ...F{m} }}", m = n + 1)).collect();
    let query = format!("{{ ...F0 }} {doubling} fragment F11 on T {{ a }}");
    let refusal = refused(&query);
    assert_eq!((refusal.limit, refusal.asked), (Limit::Selections, 2_001));
    let chain: String =
        (0..40).map(|n| format!("fragment F{n} on T {{ ...F{m} }}", m = n + 1)).collect();
    let query = format!("{{ ...F0 }} {chain} fragment F40 on T {{ a }}");
    assert_eq!(refused(&query).limit, Limit::Fragments);
}

#[test]
fn cost_is_the_size_of_the_page_times_what_is_in_it() {
    let cost = |query: &str, variables| {
        let limits = Limits { cost: 0, ..Limits::default() };
        let document = parse_query(query).expect("a document");
        let refusal = limits.check_document(&document, None, &Variables::from_json(variables));
        refusal.expect_err("refused").asked
    };
    // l + nodes + 100 * 2
    assert_eq!(cost("{ l(first: 100) { nodes { a b } } }", json!({})), 202);
    assert_eq!(cost("{ l { nodes { a __typename } totaal } }", json!({})), 43);
    let asked = "query($n: Int = 50) { l(first: $n) { edges { node { a } cursor } } }";
    assert_eq!(cost(asked, json!({ "n": 10 })), 32);
    assert_eq!(cost(asked, json!({})), 152);
    assert_eq!(cost(asked, json!({ "n": null })), 62);
    assert_eq!(cost("{ l(first: -5) { nodes { a } } }", json!({})), 2);
    let inside = "{ l(first: 10) { nodes { m(first: 10) { nodes { a } } } } }";
    assert_eq!(cost(inside, json!({})), 122);
}

#[test]
fn only_the_operation_that_runs_is_charged() {
    let limits = Limits { cost: 1, ..Limits::default() };
    let document = parse_query("query A { a } query B { a b c }").expect("a document");
    let check = |name| limits.check_document(&document, Some(name), &Variables::default());
    assert!(check("A").is_ok() && check("B").is_err());
}

#[test]
fn a_refusal_says_which_limit_and_by_how_much() {
    let fields: String = (0..60).map(|number| format!("f{number} ")).collect();
    let lists = format!("l(first: 100) {{ nodes {{ {fields} }} }} ");
    let refusal = refused(&format!("{{ {} }}", lists.repeat(2)));
    let error = ServerError::from(refusal);
    let extensions = serde_json::to_value(&error.extensions).expect("json");
    assert_eq!(extensions["code"], "LIMIET");
    assert_eq!(extensions["limiet"], "kosten");
    assert_eq!(extensions["maximum"], 10_000);
    assert_eq!(extensions["gevraagd"], 12_004);
    assert_eq!(extensions["kosten"], json!({ "geschat": 12_004, "maximum": 10_000 }));
    assert!(error.message.contains("12004") && error.message.contains("first"), "{error:?}");
}

#[test]
fn the_schema_may_be_asked_but_not_round_and_round() {
    let type_ref = |levels| nested(levels).replace('a', "ofType");
    let usual = format!(
        "{{ __schema {{ types {{ fields {{ args {{ type {} }} }} }} directives {{ args {{ name }} \
         }} }} }}",
        type_ref(9)
    );
    assert_eq!(check(&usual, json!({})), Ok(()));
    let round =
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    let refusal = refused(round);
    assert_eq!((refusal.limit, refusal.asked), (Limit::Introspection, 4));
}
