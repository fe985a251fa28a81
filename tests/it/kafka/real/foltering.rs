//! The torture test with Kafka between: the broker is killed with SIGKILL and started again, relays and
//! projectors are killed, projectors come and go, sessions are ended and the server recovers. What is
//! in the topics is the log, and the tables are those of a rebuild from the log.
//!
//! The short form runs with all tests against a real broker. The long form is the same with more
//! events: CONTRIBUTING.md has the command.

mod carried;
mod trouble;

use std::sync::Arc;
use std::time::Duration;

use clock::{Clock as _, SystemClock};
use sqlx::PgPool;

use crate::foltering::course::Course;
use crate::foltering::server::Server;
use crate::foltering::{verdict, visible, writers};
use crate::kafka::broker::Broker;
use crate::support::{App, Process, TestDatabase, until_within};

use super::own::OwnBroker;
use trouble::Scene;

/// Events of the short form.
const EVENTS: i64 = 16_000;
/// The long form has as many as this says.
const VARIABLE: &str = "KLANTBEELD_FOLTERING_KAFKA";
/// Longest time until everything is in the tables after the writers are done.
const LIMIT: Duration = Duration::from_secs(600);

/// The topics, and who follows them.
#[derive(Clone)]
struct Topics {
    brokers: String,
    notificaties: String,
    intern: String,
}

impl Topics {
    async fn create(brokers: String) -> Self {
        let notificaties = format!("test.{}", SystemClock.new_id());
        let intern = format!("{notificaties}.intern");
        let broker = Broker { mock: None, bootstrap: brokers.clone() };
        broker.create(&notificaties).await;
        broker.create(&intern).await;
        Self { brokers, notificaties, intern }
    }

    fn relay(&self, server: &Server, app: &App) -> Process {
        let args = ["--kafka-brokers", &self.brokers, "--kafka-topic", &self.notificaties];
        let intern = ["--kafka-internal", "--kafka-internal-topic", &self.intern];
        let args = [&args[..], &intern[..]].concat();
        Process::start_on(&server.url(), &app.issuer, "relay", &args)
    }

    fn projector(&self, server: &Server, app: &App) -> Process {
        let from = ["--project-from", "kafka", "--project-group", &self.intern];
        let kafka = ["--kafka-brokers", &self.brokers, "--kafka-internal-topic", &self.intern];
        let args = [&from[..], &kafka[..]].concat();
        Process::start_on(&server.url(), &app.issuer, "project", &args)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_kafka_between_nothing_is_lost_doubled_or_out_of_order() {
    let course = Arc::new(Course::from_environment(EVENTS, VARIABLE));
    let broker = OwnBroker::start();
    let topics = Topics::create(broker.address().await).await;
    let server = Arc::new(Server::start().await);
    let app = Arc::new(App::on(TestDatabase::on(server.options())).await);
    let taken = writers::prepare(&server, &course).await;
    let trouble = {
        let (server, course) = (Arc::clone(&server), Arc::clone(&course));
        let (app, topics) = (Arc::clone(&app), topics.clone());
        tokio::spawn(
            async move { Scene::start(&server, &app, &topics).torment(&course, broker).await },
        )
    };
    level(app.pool()).await;
    let watcher = {
        let (app, course) = (Arc::clone(&app), Arc::clone(&course));
        tokio::spawn(async move { visible::watch(&app, &course).await })
    };
    writers::write_all(&server, &course, &taken).await;
    let (told, running, broker) = trouble.await.expect("trouble");
    level(app.pool()).await;
    println!("seed {}; {told}", course.seed);
    verdict::log(app.pool(), &course).await;
    verdict::visible(&course, &watcher.await.expect("somebody who asks"));
    carried::judge(app.pool(), &topics).await;
    drop((running, broker));
    verdict::same_as_rebuilt(&server.url(), app.pool()).await;
    app.pool().close().await;
    drop(app);
    Arc::into_inner(server).expect("nobody else").stop().await;
}

/// Waits until every product has all that the log has.
async fn level(pool: &PgPool) {
    until_within(LIMIT, "the projectors to come to the end of the log", || async {
        let sql = "SELECT bool_and(positie >= (SELECT max(positie) FROM write_side.gebeurtenissen)
                                   AND jsonb_array_length(cursor->'gaps') = 0)
                   FROM projector.checkpoints";
        let level: bool = sqlx::query_scalar(sql).fetch_one(pool).await.unwrap_or(false);
        level.then_some(())
    })
    .await;
}
