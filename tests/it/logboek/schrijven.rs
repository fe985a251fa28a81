//! What is done is logged in the transaction that does it.

use serde_json::json;

use super::{Gelogd, contact, klanten, now, pseudoniem, since, team, verify};
use crate::support::{App, join_all};
use crate::vernietiging::destroy;

#[tokio::test]
async fn a_handeling_is_logged_with_everyone_whom_it_touches() {
    let app = App::start_without_projector().await;
    let team = team(&app).await;
    let (jan, others) = klanten(&app, 2).await;
    let begin = now(&app);
    let registered = app.post("/klantcontacten", contact(team, &[jan, others[0]])).await;
    let Gelogd { audit, verwerkingen } = since(&app, &begin).await;
    let [line] = &audit[..] else { panic!("{audit:#?}") };
    assert_eq!(
        (line.actie.as_str(), line.kanaal.as_str()),
        ("registreerKlantcontact", "bijhouding")
    );
    assert_eq!((line.wie.as_deref(), line.resultaat.as_str()), (Some("systeem"), "gelukt"));
    assert_eq!((line.betrokkenen, verwerkingen.len()), (2, 3));
    assert!(verwerkingen.iter().all(|line| line.processing_activity_id.ends_with(":bijhouding")));

    let taak = registered.nth("interneTaak", 0);
    let betrokkene = registered.nth("betrokkene", 1);
    let both = [pseudoniem(jan), pseudoniem(others[0])];
    for (path, body, expected) in [
        (
            format!("/klantcontacten/{}/aanvullingen", registered.id()),
            json!({ "aanvulling": "Meer" }),
            &both[..],
        ),
        (format!("/interne-taken/{taak}/afhandelingen"), json!({}), &both),
        (
            format!("/betrokkenen/{betrokkene}/partijontkoppelingen"),
            json!({ "reden": "vergissing" }),
            &both,
        ),
        (
            format!("/betrokkenen/{betrokkene}/verwijderingen"),
            json!({ "reden": "vergissing" }),
            &both[..1],
        ),
    ] {
        let begin = now(&app);
        app.post(&path, body).await;
        let logged = since(&app, &begin).await;
        assert_eq!(logged.betrokkenen(), expected.iter().cloned().collect(), "{path}");
    }
    let begin = now(&app);
    destroy(&app, "klantcontact", "klantcontacten", registered.id()).await;
    let logged = since(&app, &begin).await;
    let destroyed = logged.verwerkingen.iter().filter(|line| line.name == "vernietigKlantcontact");
    let ids: Vec<_> = destroyed.filter_map(|line| line.data_subject_id.clone()).collect();
    assert_eq!(ids, [pseudoniem(jan)]);
    assert_eq!(verify(&app).await.bevindingen, []);
}

#[tokio::test]
async fn a_refused_handeling_is_logged_and_nothing_of_it_as_done() {
    let app = App::start_without_projector().await;
    klanten(&app, 0).await;
    let begin = now(&app);
    app.refused("/personen", json!({ "contactnaam": 7 })).await;
    let Gelogd { audit, verwerkingen } = since(&app, &begin).await;
    let [line] = &audit[..] else { panic!("{audit:#?}") };
    assert_eq!((line.resultaat.as_str(), line.status), ("geweigerd", 400));
    assert_eq!((line.actie.as_str(), line.fouten.as_str()), ("registreerPersoon", "invalid"));
    assert_eq!(verwerkingen, []);
}

#[tokio::test]
async fn many_at_once_are_each_logged_once_and_in_whole_chains() {
    const WRITERS: usize = 24;
    let app = App::start_without_projector().await;
    let begin = now(&app);
    let bodies = (0..WRITERS).map(|_| json!({ "contactnaam": { "voornaam": "An" } }));
    let ids = join_all(bodies.map(|body| async { app.post("/personen", body).await.id() })).await;
    let logged = since(&app, &begin).await;
    assert_eq!(logged.audit.len(), WRITERS);
    assert_eq!(logged.betrokkenen(), ids.into_iter().map(pseudoniem).collect());
    let oordeel = verify(&app).await;
    assert_eq!((oordeel.bevindingen, oordeel.schakels), (Vec::new(), 24));
}
