//! What was written stays, and what is changed all the same is found.

use logboek::Bevinding;
use serde_json::json;

use super::{columns, klanten, tamper, verify};
use crate::support::{App, Persona};

/// A logbook with lines of reading and of writing, with every column filled somewhere.
async fn filled() -> App {
    let app = App::start().await;
    klanten(&app, 1).await;
    let query =
        "query Kijk($bsn: String!) { klantbeeld(voor: { bsn: $bsn }) { klant { klantId } } }";
    app.settled().await;
    let request = app
        .request(reqwest::Method::POST, graphql::PATH)
        .bearer_auth(app.issuer.token(&Persona::kcc()))
        .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        .header("fsc-transaction-id", "01981f2e-6b1c-7c3a-9a52-3f1d7d0c4b11")
        .json(&json!({ "query": query, "variables": { "bsn": "999990019" } }));
    request.send().await.expect("an answer");
    assert_eq!(verify(&app).await.bevindingen, []);
    app
}

#[tokio::test]
async fn lines_cannot_be_changed_or_taken_away() {
    let app = filled().await;
    for table in ["audit", "verwerkingen"] {
        for change in [
            format!("UPDATE logboek.{table} SET trace_id = trace_id"),
            format!("DELETE FROM logboek.{table}"),
            format!("TRUNCATE logboek.{table}"),
        ] {
            let refused =
                sqlx::query(sqlx::AssertSqlSafe(change.clone())).execute(app.pool()).await;
            let error = refused.expect_err(&change).to_string();
            assert!(error.contains("append-only"), "{change}: {error}");
        }
    }
}

/// Something else of the same type.
fn other(column: &str, kind: &str) -> Option<String> {
    Some(match kind {
        "text" if column == "resultaat" => "'mislukt'".to_owned(),
        "text" if column == "status" => "'Error'".to_owned(),
        "text" => format!("COALESCE({column}, '') || 'x'"),
        "bytea" => format!("set_bit({column}, 5, 1 - get_bit({column}, 5))"),
        "integer" | "smallint" | "bigint" => format!("{column} + 1"),
        "uuid" => "gen_random_uuid()".to_owned(),
        "timestamp with time zone" => format!("{column} + interval '1 microsecond'"),
        other => panic!("a column of type {other}"),
    })
}

#[tokio::test]
async fn one_bit_that_was_flipped_is_found_in_every_column() {
    let app = filled().await;
    for table in ["audit", "verwerkingen"] {
        tamper(&app, &format!("CREATE TABLE logboek.was AS TABLE logboek.{table}")).await;
        for (column, kind) in columns(&app, table).await {
            let value = other(&column, &kind).expect("another value");
            // One line; of a key that others refer to, one that nobody does.
            let sql = format!(
                "UPDATE logboek.{table} SET {column} = {value} WHERE ctid = (
                     SELECT ctid FROM logboek.{table} WHERE {column} IS NOT NULL
                     ORDER BY {column} DESC LIMIT 1)"
            );
            assert_eq!(tamper(&app, &sql).await, 1, "{table}.{column} is filled nowhere");
            let found = verify(&app).await.bevindingen;
            assert_ne!(found, [], "{table}.{column} was changed");
            tamper(&app, &format!("DELETE FROM logboek.{table}")).await;
            tamper(&app, &format!("INSERT INTO logboek.{table} TABLE logboek.was")).await;
            assert_eq!(verify(&app).await.bevindingen, [], "{table} was put back");
        }
        tamper(&app, "DROP TABLE logboek.was").await;
    }
}

#[tokio::test]
async fn lines_that_went_or_came_are_found() {
    let app = filled().await;
    let longest: (i16, i64) =
        sqlx::query_as("SELECT streng, nummer FROM logboek.strengen ORDER BY nummer DESC LIMIT 1")
            .fetch_one(app.pool())
            .await
            .expect("a chain");
    let (streng, last) = longest;
    assert!(last > 2, "{last} links");
    for (change, expected) in [
        (
            format!("DELETE FROM logboek.audit WHERE streng = {streng} AND nummer = 2"),
            Bevinding::Ontbreekt { streng, nummer: 2 },
        ),
        (
            format!("DELETE FROM logboek.audit WHERE streng = {streng} AND nummer = {last}"),
            Bevinding::Einde { streng },
        ),
        (
            "INSERT INTO logboek.verwerkingen SELECT v.trace_id, verzoek_span_id, '\\x0011223344556677',
                 v.parent_span_id, v.status, name, start_time, end_time, processing_activity_id,
                 data_subject_id, data_subject_id_type
             FROM logboek.verwerkingen v JOIN logboek.audit a USING (trace_id)
             WHERE streng = 1 AND nummer = 1 LIMIT 1"
                .to_owned(),
            Bevinding::Gewijzigd { streng: 1, nummer: 1 },
        ),
    ] {
        for table in ["audit", "verwerkingen"] {
            tamper(&app, &format!("CREATE TABLE logboek.was_{table} AS TABLE logboek.{table}")).await;
        }
        assert_eq!(tamper(&app, &change).await, 1, "{change}");
        assert!(verify(&app).await.bevindingen.contains(&expected), "{change}");
        for table in ["audit", "verwerkingen"] {
            tamper(&app, &format!("DELETE FROM logboek.{table}")).await;
            tamper(&app, &format!("INSERT INTO logboek.{table} TABLE logboek.was_{table}")).await;
            tamper(&app, &format!("DROP TABLE logboek.was_{table}")).await;
        }
        assert_eq!(verify(&app).await.bevindingen, []);
    }
}
