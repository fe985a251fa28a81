//! A projector that is killed while it parks.

use super::{an_event, from, set_schemaversie, waiting, with_log};
use crate::projection::process::ProjectorProcess;
use crate::support::Gate;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_parks_it_has_parked_nothing_and_the_next_does() {
    let app = with_log(4).await;
    let (object, positie) = an_event(app.pool()).await;
    set_schemaversie(app.pool(), positie, 99).await;
    let place = "BEFORE INSERT ON projector.geparkeerd FOR EACH ROW";
    let gate = Gate::close(&app, place).await;
    let mut first = ProjectorProcess::start(&app.database).await;
    gate.somebody_waits().await;
    first.kill();
    gate.open().await;
    assert_eq!(waiting(app.pool(), object).await, []);
    let _second = ProjectorProcess::start(&app.database).await;
    app.settled().await;
    let waits = from(app.pool(), object, positie).await;
    let parked = waiting(app.pool(), object).await;
    assert!(parked.len() >= 3 && parked.iter().all(|(_, n)| *n == waits), "{waits}: {parked:?}");
}
