//! A rebuild that is killed with SIGKILL, in every phase, and begun again.

use super::command::{fase, limit_rebuilds, rebuild, served, start_rebuild};
use super::{STEPS, with_history};
use crate::history::Player;
use crate::projection::process::ProjectorProcess;
use crate::projection::tables::{copy_of_log, project_at_once, tables};
use crate::register::history;
use crate::support::{App, Gate, until};

/// Where a rebuild is held up: in which table, at which change, and the phase that it is in then.
const PLACES: [(&str, &str, &str); 7] = [
    ("checkpoints", "NEW.gebeurtenissen > 0 AND OLD.gebeurtenissen = 0", "lezen"),
    ("checkpoints", "NEW.gebeurtenissen > OLD.gebeurtenissen AND OLD.gebeurtenissen > 0", "lezen"),
    ("generaties", "OLD.fase = 'lezen' AND NEW.fase = 'afleiden'", "lezen"),
    ("generaties", "OLD.gevuld_tot IS NOT NULL AND NEW.gevuld_tot <> OLD.gevuld_tot", "afleiden"),
    ("generaties", "OLD.fase = 'indexeren' AND NEW.fase = 'inhalen'", "indexeren"),
    // One statement by itself: the server carries it out also for who is gone by then.
    ("generaties", "OLD.fase = 'inhalen' AND NEW.fase = 'klaar'", "klaar"),
    ("generaties", "NEW.actief AND NOT OLD.actief", "klaar"),
];

/// Closes a gate at this change.
async fn hold_up<'a>(app: &'a App, (table, change, _): (&str, &str, &str)) -> Gate<'a> {
    let condition = format!("NEW.product = 'klantbeeld' AND NEW.generatie = 2 AND ({change})");
    let place = format!("BEFORE UPDATE ON projector.{table} FOR EACH ROW WHEN ({condition})");
    Gate::close(app, &place).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_any_phase_it_goes_on_where_it_was() {
    let args = ["klantbeeld", "--batch", "20", "--memory", "0"];
    for place in PLACES {
        let app = with_history(5).await;
        let gate = hold_up(&app, place).await;
        let mut child = start_rebuild(&app, &args);
        gate.somebody_waits().await;
        child.kill().await.expect("killed");
        gate.open().await;
        // The server may still be at the statement of who is gone.
        until("the phase in which it was killed", || async {
            (fase(&app, 2).await.as_deref() == Some(place.2)).then_some(())
        })
        .await;
        assert_eq!(served(&app).await["klantbeeld"], 1, "{place:?}");

        let player = Player::new(&app).await;
        player.play(&history(6, 20, false), 1).await;
        let done = rebuild(&app, &args).await;
        assert_eq!(done.code, 0, "{place:?}: {done:?}");
        assert_eq!(done.json["rebuilt"][0]["generation"], 2, "it went on: {place:?}");
        app.settled().await;
        assert_eq!(served(&app).await["klantbeeld"], 2, "{place:?}");
        let rebuilt = tables(app.pool()).await;
        assert_eq!(super::command::klantbeeld(&app, &["rollback", "klantbeeld"]).await.code, 0);
        assert_eq!(tables(app.pool()).await, rebuilt, "{place:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_rebuild_at_a_time_and_the_second_changes_nothing() {
    let app = with_history(7).await;
    let gate = hold_up(&app, PLACES[2]).await;
    let first = start_rebuild(&app, &["klantbeeld"]);
    gate.somebody_waits().await;
    let second = rebuild(&app, &["werkvoorraad"]).await;
    assert_eq!(second.code, 4, "{second:?}");
    assert!(second.said.contains("another rebuild runs"), "{second:?}");
    gate.open().await;
    let first = first.wait_with_output().await.expect("it ends");
    assert!(first.status.success(), "{first:?}");
    let served = served(&app).await;
    assert_eq!((served["klantbeeld"], served["werkvoorraad"]), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_leader_is_killed_while_a_generation_catches_up_the_next_goes_on_with_it() {
    let app = App::start_without_projector().await;
    let player = Player::new(&app).await;
    player.play(&history(19, STEPS, false), 1).await;
    let mut first = ProjectorProcess::start(&app.database).await;
    app.settled().await;
    // Only who follows the log comes here: the rebuild itself has nothing folded before it writes.
    let change = "NEW.gebeurtenissen > OLD.gebeurtenissen AND OLD.gebeurtenissen > 0";
    let gate = hold_up(&app, ("checkpoints", change, "inhalen")).await;
    limit_rebuilds(&app, 100).await;
    let child = start_rebuild(&app, &["klantbeeld"]);
    until("the rebuild to know how far it reads", || fase(&app, 2)).await;
    player.play(&history(20, 20, false), 1).await;
    gate.somebody_waits().await;
    assert_eq!(fase(&app, 2).await.as_deref(), Some("inhalen"));
    first.kill();
    let _second = ProjectorProcess::start(&app.database).await;
    gate.open().await;
    let done = child.wait_with_output().await.expect("it ends");
    assert!(done.status.success(), "{done:?}");
    app.settled().await;
    assert_eq!(served(&app).await["klantbeeld"], 2);
    let fresh = copy_of_log(app.pool()).await;
    project_at_once(fresh.pool(), 1000).await;
    assert_eq!(tables(app.pool()).await, tables(fresh.pool()).await);
}
