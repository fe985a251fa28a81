//! The verdict on the topics: everything is there, in order per object, and what came again is the same.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;

use sqlx::PgPool;

use crate::kafka::reader::{Received, first_seen, plain, read_until};

use crate::support::until_within;

use super::{LIMIT, Topics};

/// The full events, and the notifications.
pub async fn judge(pool: &PgPool, topics: &Topics) {
    println!("| topic of | messages | lost | sent again | out of order per object |");
    println!("| --- | --- | --- | --- | --- |");
    let events = "SELECT object_id::text, gebeurtenis_id::text FROM write_side.gebeurtenissen
                  ORDER BY positie";
    judge_one(pool, (&topics.brokers, &topics.intern), "gebeurtenis-id", events).await;
    until_within(LIMIT, "every handeling to be published", || async {
        let sql = "SELECT (SELECT count(*) FROM write_side.handelingen)
                        = (SELECT count(*) FROM write_side.notificaties)";
        let all: bool = sqlx::query_scalar(sql).fetch_one(pool).await.expect("an answer");
        all.then_some(())
    })
    .await;
    let notificaties = "SELECT object_id::text, handeling_id::text FROM write_side.notificaties
                        ORDER BY volgnummer";
    judge_one(pool, (&topics.brokers, &topics.notificaties), "ce_id", notificaties).await;
}

async fn judge_one(
    pool: &PgPool,
    (brokers, topic): (&str, &str),
    header: &'static str,
    sql: &'static str,
) {
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(pool).await.expect("rows");
    let count = rows.len();
    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (object, id) in rows {
        expected.entry(object).or_default().push(id);
    }
    // Each message is looked at once: how many, and which ids.
    let seen: Mutex<(usize, HashSet<String>)> = Mutex::default();
    let received = read_until(&plain(brokers), topic, move |received| {
        let (looked, ids) = &mut *seen.lock().expect("unpoisoned");
        ids.extend(received[*looked..].iter().map(|message| message.header(header).to_owned()));
        *looked = received.len();
        ids.len() == count
    })
    .await;
    let found = first_seen(&received, header);
    let out_of_order = expected.iter().filter(|(object, ids)| found.get(*object) != Some(ids));
    let (again, out_of_order) = (received.len() - count, out_of_order.count());
    println!("| {header} | {count} | 0 | {again} | {out_of_order} |");
    assert_eq!(found, expected);
    same_again(&received, header);
}

/// What comes again is the same, byte for byte.
fn same_again(received: &[Received], header: &str) {
    let mut first: HashMap<&str, &Received> = HashMap::new();
    for message in received {
        let before = *first.entry(message.header(header)).or_insert(message);
        assert_eq!(before, message, "it came again as another message");
    }
}
