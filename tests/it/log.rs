//! The log is append-only, and its reading without gaps rests on how positions are drawn.

use std::time::Duration;

use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{PgPool, Row as _};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::time::{sleep, timeout};

use crate::support::{App, TestDatabase, database, until};

#[tokio::test]
async fn nobody_changes_or_removes_what_was_recorded() {
    let app = App::start().await;
    app.post("/organisatorische-eenheden", json!({ "naam": "KCC" })).await;
    for sql in [
        "UPDATE write_side.gebeurtenissen SET data = '{}'",
        "DELETE FROM write_side.gebeurtenissen",
        "TRUNCATE write_side.gebeurtenissen",
        "UPDATE write_side.handelingen SET door = 'iemand anders'",
        "DELETE FROM write_side.handelingen",
    ] {
        let refused = sqlx::query(sql).execute(app.pool()).await.expect_err("refused");
        assert!(refused.to_string().contains("append-only"), "{sql}: {refused}");
    }
    assert_eq!(app.events_after(0).await, ["OrganisatorischeEenheidGeregistreerd"]);
}

#[tokio::test]
async fn a_handeling_is_recorded_with_who_did_it_and_why() {
    let app = App::start().await;
    let answer = app.post("/organisatorische-eenheden", json!({ "naam": "KCC" })).await;
    let row: (String, String, String) = sqlx::query_as(
        "SELECT soort, door, toepassing FROM write_side.handelingen WHERE handeling_id = $1::uuid",
    )
    .bind(answer.body["handelingId"].as_str())
    .fetch_one(app.pool())
    .await
    .expect("the handeling");
    let expected = ("registreerOrganisatorischeEenheid", "systeem", "test");
    assert_eq!((row.0.as_str(), row.1.as_str(), row.2.as_str()), expected);
    assert_eq!(answer.body["positie"], app.positie().await);
}

/// How late the slow server's answers come.
const LATE: Duration = Duration::from_millis(300);
/// When who asked goes away.
const IMPATIENT: Duration = Duration::from_millis(100);

/// Passes on what one side says to the other, each piece later by this much.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, late: Duration) {
    let mut piece = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        sleep(late).await;
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}

/// A pool of one connection to a server whose answers come late.
async fn late_answers(database: &TestDatabase) -> PgPool {
    let options = database.pool().connect_options().as_ref().clone();
    let socket = options.get_socket().cloned();
    let upstream = (options.get_host().to_owned(), options.get_port());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (asks, hears) = client.into_split();
            if let Some(socket) = &socket {
                let path = socket.join(format!(".s.PGSQL.{}", upstream.1));
                let server = UnixStream::connect(path).await.expect("the server");
                let (answers, listens) = server.into_split();
                tokio::spawn(pass(asks, listens, Duration::ZERO));
                tokio::spawn(pass(answers, hears, LATE));
            } else {
                let server = TcpStream::connect(&upstream).await.expect("the server");
                let (answers, listens) = server.into_split();
                tokio::spawn(pass(asks, listens, Duration::ZERO));
                tokio::spawn(pass(answers, hears, LATE));
            }
        }
    });
    let options = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(port)
        .ssl_mode(PgSslMode::Disable)
        .username(options.get_username())
        .database(options.get_database().expect("a database"));
    let pool = PgPoolOptions::new().max_connections(1).test_before_acquire(false);
    pool.connect_with(options).await.expect("a pool")
}

/// Goes away while a transaction begins: it was asked for, and the answer has not come.
async fn go_away<T>(pool: &PgPool, begin: impl Future<Output = T>) {
    until("the connection to be free", || async { (pool.num_idle() == 1).then_some(()) }).await;
    assert!(timeout(IMPATIENT, begin).await.is_err(), "it began already");
}

/// Whether the connection of the pool is in a transaction, though nobody is at work.
async fn is_in_transaction(pool: &PgPool) -> bool {
    // Sent alone, a statement begins when its transaction does.
    let sql = "SELECT now() <> statement_timestamp()";
    sqlx::raw_sql(sql).fetch_one(pool).await.expect("an answer").get(0)
}

#[tokio::test]
async fn who_goes_away_while_a_transaction_begins_leaves_none_behind() {
    let database = database().await;
    let pool = late_answers(&database).await;
    go_away(&pool, transactions::begin(&pool, "BEGIN")).await;
    assert!(!is_in_transaction(&pool).await);
    // What would be left without it; when this no longer holds, sqlx does not need our help.
    go_away(&pool, pool.begin()).await;
    assert!(is_in_transaction(&pool).await);
}
