//! All pages together are all gesprekken, and all berichten of one.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::{JAN, scene, van};
use crate::support::Persona;

#[tokio::test]
async fn all_pages_together_are_all_gesprekken_and_all_berichten() {
    const ROWS: usize = 23;
    let scene = scene().await;
    let (mut first, mut last) = (None, None);
    for index in 0..ROWS {
        // Moments that are often the same; and one gesprek with as many berichten.
        let dag = 1 + u32::try_from(index % 4).expect("small");
        scene.bericht((dag, "los"), van(scene.jan), None, json!({})).await;
        last = Some(scene.bericht((dag, "samen"), van(scene.jan), last, json!({})).await);
        first = first.or(last);
    }
    let gesprekken = "query($n: Int, $na: String, $volgorde: Volgorde!) { page: mijnGesprekken(
        first: $n, after: $na, volgorde: $volgorde) { totaal nodes { id: gesprekId }
        pageInfo { hasNextPage endCursor } } }";
    let berichten = "query($n: Int, $na: String, $id: ID) { mijnGesprekken(
        filter: { gesprek: $id }) { nodes { page: berichten(first: $n, after: $na) { totaal
        nodes { id: contactId } pageInfo { hasNextPage endCursor } } } } }";
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[5; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for (volgorde, rows) in [("NIEUWSTE_EERST", ROWS + 1), ("OUDSTE_EERST", ROWS + 1)] {
        let mut ask = async |size: u32, na: Value| {
            let variables = json!({ "n": size, "na": na, "volgorde": volgorde });
            let data = scene.app.ask(&Persona::burger(JAN), gesprekken, variables).await;
            data["page"].clone()
        };
        let whole = walk(&mut ask, 100, rows).await;
        for _ in 0..4 {
            let size = (1_u32..20).new_tree(&mut runner).expect("a size").current();
            assert_eq!(walk(&mut ask, size, rows).await, whole, "{volgorde} by {size}");
        }
    }
    let first = first.expect("a gesprek");
    let mut ask = async |size: u32, na: Value| {
        let variables = json!({ "n": size, "na": na, "id": first });
        let data = scene.app.ask(&Persona::burger(JAN), berichten, variables).await;
        data["mijnGesprekken"]["nodes"][0]["page"].clone()
    };
    let whole = walk(&mut ask, 100, ROWS).await;
    for size in [1, 7, 22] {
        assert_eq!(walk(&mut ask, size, ROWS).await, whole, "berichten by {size}");
    }
}

/// Walks all pages of a list.
async fn walk(
    ask: &mut impl AsyncFnMut(u32, Value) -> Value,
    size: u32,
    rows: usize,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = ask(size, after).await;
        assert_eq!(page["totaal"], rows);
        let nodes = page["nodes"].as_array().expect("nodes");
        assert!(nodes.len() <= usize::try_from(size).expect("small"));
        found.extend(nodes.iter().map(|node| node["id"].as_str().expect("an id").to_owned()));
        assert!(found.len() <= rows, "it never ends, or repeats");
        if page["pageInfo"]["hasNextPage"] == false {
            let distinct: std::collections::BTreeSet<_> = found.iter().collect();
            assert_eq!(distinct.len(), rows);
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
