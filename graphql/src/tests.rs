use std::collections::BTreeSet;

use access::Rol;
use async_graphql::Variables;
use async_graphql::parser::parse_query;
use serde_json::{Value, json};

use super::*;
use crate::policy::tests::bearer;

/// The committed description of the interface.
const COMMITTED: &str = include_str!("../schema.graphql");
/// Asks for everything that has a description.
const DESCRIPTIONS: &str = "{ __schema { types { name description \
    fields(includeDeprecated: true) { name description args { name description } } \
    inputFields { name description } enumValues(includeDeprecated: true) { name description } } } }";

async fn introspect(rollen: &[Rol]) -> Value {
    let request = Request::new(DESCRIPTIONS).data(bearer(rollen));
    let response = builder().finish().execute(request).await;
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    response.data.into_json().expect("json")["__schema"]["types"].take()
}

#[test]
fn the_committed_schema_is_current() {
    if std::env::var_os("KLANTBEELD_VERNIEUW_SCHEMA").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
        std::fs::write(path, sdl()).expect("a file that can be written");
        return;
    }
    assert!(
        COMMITTED == sdl(),
        "graphql/schema.graphql differs from the code; renew it with \
         `KLANTBEELD_VERNIEUW_SCHEMA=1 cargo test -p klantbeeld-graphql committed`"
    );
}

fn is_ours(name: &str) -> bool {
    !name.starts_with("__") && !["Boolean", "Float", "ID", "Int", "String"].contains(&name)
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

#[tokio::test]
async fn everything_has_a_description() {
    let types = introspect(Rol::ALL).await;
    let mut missing = Vec::new();
    let mut look = |path: String, value: &Value| {
        if value["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
            missing.push(path);
        }
    };
    let types = types.as_array().expect("types");
    for kind in types.iter().filter(|kind| kind["name"].as_str().is_some_and(is_ours)) {
        let name = kind["name"].as_str().unwrap_or_default();
        look(name.to_owned(), kind);
        for part in ["fields", "inputFields", "enumValues"] {
            for value in list(kind, part) {
                let path = format!("{name}.{}", value["name"].as_str().unwrap_or_default());
                for argument in list(value, "args") {
                    let name = argument["name"].as_str().unwrap_or_default();
                    look(format!("{path}({name})"), argument);
                }
                look(path, value);
            }
        }
    }
    assert!(types.len() > 30 && missing.is_empty(), "without a description: {missing:#?}");
}

#[tokio::test]
async fn a_role_sees_its_own_products_only() {
    const KLANTBEELD: &str = "klantbeeld";
    const GESCHIEDENIS: &str = "contactgeschiedenis";
    const ZAAK: &str = "zaakContacthistorie";
    const WERK: &str = "werkvoorraad";
    const VERZOEK: &str = "contactverzoek";
    const LOS: &str = "losseContactverzoeken";
    const MIJN: &str = "mijnContactgegevens";
    const GESPREKKEN: &str = "mijnGesprekken";
    const VERZOEKEN: &str = "mijnVerzoeken";
    const ZOEKEN: &str = "klantZoeken";
    const DOORLOOP: &str = "doorlooptijden";
    for (rol, expected) in [
        (Rol::Kcc, BTreeSet::from([ZOEKEN, KLANTBEELD, GESCHIEDENIS, WERK, VERZOEK, LOS])),
        (Rol::Behandelaar, BTreeSet::from([KLANTBEELD, GESCHIEDENIS, ZAAK, WERK, VERZOEK])),
        (Rol::Burger, BTreeSet::from([MIJN, GESPREKKEN, VERZOEKEN, GESCHIEDENIS])),
        (Rol::Teamleider, BTreeSet::from(["voorraadPerTeam", DOORLOOP])),
        (Rol::Analist, BTreeSet::from(["kanaalgebruik", DOORLOOP])),
        (Rol::Beheerder, BTreeSet::from(["projectieStatus"])),
        (Rol::Outputmanagement, BTreeSet::from(["bereikbaarheid"])),
        (Rol::Archivaris, BTreeSet::from(["bewaaroverzicht"])),
        (Rol::Privacyfunctionaris, BTreeSet::from(["inzagedossier", "inzageverzoeken"])),
    ] {
        let types = introspect(&[rol]).await;
        let named = |name: &str| list_of_types(&types).find(|kind| kind["name"] == name);
        let query = named("Query").expect("the root");
        let seen: BTreeSet<&str> =
            list(query, "fields").iter().filter_map(|field| field["name"].as_str()).collect();
        assert_eq!(seen, expected, "{rol:?}");
        let is_staff = matches!(rol, Rol::Kcc | Rol::Behandelaar);
        assert_eq!(named("Klantbeeld").is_some(), is_staff, "{rol:?}");
    }
}

fn list_of_types(types: &Value) -> impl Iterator<Item = &Value> {
    types.as_array().into_iter().flatten()
}

#[tokio::test]
async fn a_product_of_another_role_is_refused_with_a_reason() {
    const DAG: &str = "periode: {vanaf: \"2026-01-01\", tot: \"2026-01-02\"}";
    let voor = "voor: {klantId: \"0\"}";
    for (rol, field, code) in [
        (Rol::Burger, format!("klantbeeld({voor}) {{ waarschuwingen }}"), "GEEN_TOEGANG"),
        (Rol::Kcc, format!("klantbeeld({voor}) {{ waarschuwingen }}"), "DOELBINDING_VEREIST"),
        (Rol::Kcc, "klantZoeken(zoek: {bsn: \"0\"}) { meer }".into(), "DOELBINDING_VEREIST"),
        (Rol::Behandelaar, "klantZoeken(zoek: {bsn: \"0\"}) { meer }".into(), "GEEN_TOEGANG"),
        (Rol::Kcc, "zaakContacthistorie(zaak: {uuid: \"0\"}) { totaal }".into(), "GEEN_TOEGANG"),
        (Rol::Burger, format!("contactgeschiedenis({voor}) {{ totaal }}"), "GEEN_TOEGANG"),
        (Rol::Burger, "contactgeschiedenis { totaal }".into(), "GEEN_TOEGANG"),
        (Rol::Behandelaar, "contactgeschiedenis { totaal }".into(), "DOELBINDING_VEREIST"),
        (Rol::Analist, "werkvoorraad(voor: {mij: true}) { totaal }".into(), "GEEN_TOEGANG"),
        (Rol::Analist, "voorraadPerTeam { tot }".into(), "GEEN_TOEGANG"),
        (Rol::Behandelaar, "voorraadPerTeam { tot }".into(), "GEEN_TOEGANG"),
        (Rol::Behandelaar, format!("doorlooptijden({DAG}) {{ onderdrukt }}"), "GEEN_TOEGANG"),
        (Rol::Teamleider, format!("kanaalgebruik({DAG}) {{ onderdrukt }}"), "GEEN_TOEGANG"),
        (Rol::Kcc, format!("kanaalgebruik({DAG}) {{ onderdrukt }}"), "GEEN_TOEGANG"),
        (Rol::Burger, format!("kanaalgebruik({DAG}) {{ onderdrukt }}"), "GEEN_TOEGANG"),
        (Rol::Beheerder, format!("kanaalgebruik({DAG}) {{ onderdrukt }}"), "GEEN_TOEGANG"),
        (Rol::Teamleider, format!("klantbeeld({voor}) {{ waarschuwingen }}"), "GEEN_TOEGANG"),
        (Rol::Kcc, format!("bereikbaarheid({voor}) {{ adres }}"), "GEEN_TOEGANG"),
        (Rol::Outputmanagement, format!("klantbeeld({voor}) {{ waarschuwingen }}"), "GEEN_TOEGANG"),
        (Rol::Archivaris, format!("klantbeeld({voor}) {{ waarschuwingen }}"), "GEEN_TOEGANG"),
        (Rol::Kcc, "bewaaroverzicht(soort: PARTIJ) { totaal }".into(), "GEEN_TOEGANG"),
        (Rol::Archivaris, "inzageverzoeken { totaal }".into(), "GEEN_TOEGANG"),
        (Rol::Beheerder, "inzagedossier(verzoek: \"0\") { klantId }".into(), "GEEN_TOEGANG"),
        (
            Rol::Kcc,
            "contactverzoek(welk: {nummer: \"1\"}) { nummer }".into(),
            "DOELBINDING_VEREIST",
        ),
        (Rol::Burger, "contactverzoek(welk: {nummer: \"1\"}) { nummer }".into(), "GEEN_TOEGANG"),
        (
            Rol::Kcc,
            "losseContactverzoeken(zoek: {nummer: \"1\"}) { meer }".into(),
            "DOELBINDING_VEREIST",
        ),
        (
            Rol::Behandelaar,
            "losseContactverzoeken(zoek: {nummer: \"1\"}) { meer }".into(),
            "GEEN_TOEGANG",
        ),
        (Rol::Kcc, "mijnContactgegevens { naam }".into(), "GEEN_TOEGANG"),
        (Rol::Burger, "mijnContactgegevens { naam }".into(), "GEEN_TOEGANG"),
        (Rol::Kcc, "projectieStatus { product }".into(), "GEEN_TOEGANG"),
        (Rol::Behandelaar, "projectieStatus { product }".into(), "GEEN_TOEGANG"),
        (Rol::Burger, "projectieStatus { product }".into(), "GEEN_TOEGANG"),
        (Rol::Analist, "projectieStatus { product }".into(), "GEEN_TOEGANG"),
    ] {
        let schema = on_no_database();
        let query = Request::new(format!("{{ {field} }}"));
        // Judged at the decision alone: at the schema these fields would not exist.
        let judged = Judged { schema: bearer(Rol::ALL), ..bearer(&[rol]).into() };
        let response = execute(&schema, judged, query).await;
        let answer = serde_json::to_value(&response).expect("json");
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{rol:?} {field} {answer}");
        assert!(answer["errors"][0]["path"].is_array(), "{answer}");
    }
}

#[tokio::test]
async fn an_employee_with_a_purpose_must_say_which_klant() {
    let mut behandelaar = bearer(&[Rol::Behandelaar]);
    behandelaar.doelbinding = Some("afhandeling".to_owned());
    let query = Request::new("{ contactgeschiedenis { totaal } }");
    let response = execute(&on_no_database(), behandelaar, query).await;
    let answer = serde_json::to_value(&response).expect("json");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "ONGELDIGE_INVOER", "{answer}");
}

fn on_no_database() -> AppSchema {
    let pool = PgPool::connect_lazy("postgres://nobody@127.0.0.1:1/nothing").expect("a pool");
    schema(pool, Settings::default(), Arc::new(clock::SystemClock))
}

#[tokio::test]
async fn every_example_is_valid_and_within_the_limits() {
    for example in examples::ALL {
        let variables: Value = serde_json::from_str(example.variables).expect("json");
        let variables = Variables::from_json(variables);
        let document = parse_query(example.query).expect("a document");
        assert_eq!(Limits::default().check_document(&document, None, &variables), Ok(()));
        // Who has no role may do nothing, so a valid document ends in refusals and nothing else.
        let request = Request::new(example.query).variables(variables);
        let judged = Judged { schema: bearer(Rol::ALL), ..bearer(&[]).into() };
        let schema = on_no_database();
        let response = if example.query.contains("\nsubscription ") {
            let mut answers = follow(&schema, judged, request).await.expect("something to follow");
            answers.next().await.expect("an answer")
        } else {
            execute(&schema, judged, request).await
        };
        let answer = serde_json::to_value(&response).expect("json");
        for error in answer["errors"].as_array().expect("a refusal") {
            assert_eq!(error["extensions"]["code"], "GEEN_TOEGANG", "{}: {error}", example.name);
        }
    }
}

#[test]
fn every_list_with_a_page_size_is_a_connection() {
    // The limits charge `first` for what is in `nodes` and `edges`; a list that takes `first` and
    // has no such fields would go uncharged.
    let sdl = sdl();
    let mut paged = 0;
    for (at, _) in sdl.match_indices("first: Int = ") {
        let result = sdl[at..].split_once("\n\t):").map(|(_, rest)| rest).unwrap_or_default();
        let kind = result.lines().next().unwrap_or_default();
        assert!(kind.ends_with("Connection!"), "{kind}");
        paged += 1;
    }
    assert_eq!(paged, sdl.matches("first: Int").count());
    assert_eq!(paged, 15);
}

#[tokio::test]
async fn the_usual_introspection_fits_the_limits() {
    let query = graphiql_introspection();
    let document = parse_query(query).expect("a document");
    let limits = Limits::default();
    assert_eq!(limits.check_text(query), Ok(()));
    assert_eq!(limits.check_document(&document, None, &Variables::default()), Ok(()));
    let response = execute(&on_no_database(), bearer(&[Rol::Kcc]), Request::new(query)).await;
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    assert_ne!(response.data.into_json().expect("json"), json!(null));
}

/// What GraphiQL asks.
const fn graphiql_introspection() -> &'static str {
    "query IntrospectionQuery { __schema { description queryType { name kind } \
     mutationType { name kind } subscriptionType { name kind } types { ...FullType } \
     directives { name description isRepeatable locations args(includeDeprecated: true) \
     { ...InputValue } } } } \
     fragment FullType on __Type { kind name description specifiedByURL isOneOf \
     fields(includeDeprecated: true) { name description args(includeDeprecated: true) \
     { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } \
     inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef } \
     enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } \
     possibleTypes { ...TypeRef } } \
     fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue \
     isDeprecated deprecationReason } \
     fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind \
     name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { \
     kind name ofType { kind name } } } } } } } } } }"
}

/// Every field that a reader of counts can come to, and why nobody can be known from it.
const COUNTED: &[(&str, &[&str])] = &[
    ("Kanaalgebruik", &["nodes", "onderdrukt", "actualiteit"]),
    (
        "KanaalgebruikCel",
        &[
            "vanaf",
            "kanaal",
            "richting",
            "onderwerptype",
            "team",
            "gespreksresultaat",
            "metadata",
            "aantal",
            "gemiddeldeGespreksduur",
            "geluktPct",
            "eersteContactOplossingPct",
        ],
    ),
    ("Metadatawaarde", &["sleutel", "waarde"]),
    ("Doorlooptijden", &["nodes", "onderdrukt", "actualiteit"]),
    (
        "DoorlooptijdenCel",
        &[
            "vanaf",
            "team",
            "kanaal",
            "gevraagdeHandeling",
            "aantal",
            "p50Uren",
            "p90Uren",
            "binnenTermijnPct",
            "heropend",
        ],
    ),
    ("Actualiteit", &["bijgewerktTot", "positie", "volledig", "ontbrekendeBronnen"]),
];

#[tokio::test]
async fn an_analyst_comes_to_no_field_from_which_a_person_could_be_read() {
    let types = introspect(&[Rol::Analist]).await;
    let mut seen = 0;
    for kind in list_of_types(&types).filter(|kind| kind["name"].as_str().is_some_and(is_ours)) {
        let name = kind["name"].as_str().unwrap_or_default();
        let fields: Vec<&str> =
            list(kind, "fields").iter().filter_map(|field| field["name"].as_str()).collect();
        if fields.is_empty() || name == "Query" {
            continue;
        }
        let allowed = COUNTED.iter().find(|(counted, _)| *counted == name);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{name}: is nobody to be read here?"));
        assert_eq!(fields, *allowed, "{name}: is nobody to be read from what is new?");
        seen += 1;
    }
    assert_eq!(seen, COUNTED.len());
    // Nothing names one object: no key goes in, and types with a person or a key in them are not
    // there.
    for name in ["Identificatie", "Klant", "Contact", "Medewerker", "Team"] {
        assert!(list_of_types(&types).all(|kind| kind["name"] != name), "{name}");
    }
    let query = list_of_types(&types).find(|kind| kind["name"] == "Query").expect("the root");
    for field in list(query, "fields") {
        let arguments = list(field, "args").iter().filter_map(|argument| argument["name"].as_str());
        let allowed = ["periode", "interval", "groepeerOp", "metadata"];
        assert!(arguments.clone().all(|name| allowed.contains(&name)), "{field}");
        assert!(arguments.count() > 0);
    }
}
