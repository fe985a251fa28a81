//! What is told, and to whom: every change, many at once as one, and nothing of another klant.

use std::time::Duration;

use graphql::{Settings, SubscriptionSettings, VertrouwelijkBeleid, Weergave};
use serde_json::{Value, json};
use uuid::Uuid;

use super::clients::{Heard, Socket, Stroom};
use super::{AN, JAN, PIET, Scene, klantbeeld, persoon, scene, soon};
use crate::rebuild::command::{klantbeeld as command, rebuild};
use crate::support::Persona;

/// The place in the log that an answer of a subscription names.
fn positie(answer: &Value, field: &str) -> i64 {
    let positie = &answer["data"][field]["positie"];
    positie.as_str().unwrap_or_else(|| panic!("{answer:#}")).parse().expect("a number")
}

#[tokio::test]
async fn a_handeling_is_told_to_who_follows_the_klant_and_to_nobody_else() {
    let scene = scene(soon()).await;
    let mut socket = Socket::of(&scene.app, &Persona::kcc()).await;
    socket.follow("jan", &klantbeeld("Jan", JAN)).await;
    socket.follow("an", &klantbeeld("An", AN)).await;
    // What was told wrongly of the one would come before what is told of the other.
    for (klant, id) in [(scene.jan, "jan"), (scene.an, "an"), (scene.jan, "jan")] {
        scene.contact(klant, false).await;
        let written = scene.app.positie().await;
        let answer = socket.next(id).await;
        assert!(positie(&answer, "klantbeeld") <= written, "{answer:#}");
        assert_eq!(answer["data"]["klantbeeld"].as_object().map(|fields| fields.len()), Some(2));
        scene.app.settled().await;
    }
    let asked = "query Na { klantbeeld(voor: { bsn: \"999990019\" }) {
        recenteContacten { totaal } } }";
    let data = scene.app.ask(&Persona::kcc(), asked, json!({})).await;
    assert_eq!(data["klantbeeld"]["recenteContacten"]["totaal"], 2);
}

#[tokio::test]
async fn who_asks_again_after_an_event_sees_what_changed() {
    let scene = scene(soon()).await;
    let mut stroom = Stroom::follow(&scene.app, &Persona::kcc(), &klantbeeld("K", JAN)).await;
    let asked = "query Na { klantbeeld(voor: { bsn: \"999990019\" }) {
        recenteContacten { totaal } actualiteit { positie } } }";
    for count in 1..4 {
        scene.contact(scene.jan, false).await;
        let event = stroom.next().await;
        let answer = scene.app.ask_at_once(&Persona::kcc(), asked, json!({})).await;
        assert_eq!(answer["data"]["klantbeeld"]["recenteContacten"]["totaal"], count);
        let actualiteit = &answer["data"]["klantbeeld"]["actualiteit"]["positie"];
        let actualiteit: i64 = actualiteit.as_str().expect("a position").parse().expect("a number");
        assert!(actualiteit >= positie(&event, "klantbeeld"), "{event:#} {answer:#}");
        scene.app.settled().await;
    }
}

#[tokio::test]
async fn many_changes_at_once_are_told_as_few() {
    const CHANGES: usize = 12;
    let poll = Duration::from_secs(2);
    let subscriptions = SubscriptionSettings { poll, ..SubscriptionSettings::default() };
    let scene = scene(Settings { subscriptions, ..Settings::default() }).await;
    let mut stroom = Stroom::follow(&scene.app, &Persona::kcc(), &klantbeeld("K", JAN)).await;
    for _ in 0..CHANGES {
        scene.contact(scene.jan, false).await;
    }
    let last = scene.app.positie().await;
    scene.app.settled().await;
    let mut events = 1;
    while positie(&stroom.next().await, "klantbeeld") < last {
        events += 1;
    }
    assert!(events < CHANGES, "{events} events");
}

#[tokio::test]
async fn a_klant_who_is_not_known_is_told_once_it_is() {
    let scene = scene(soon()).await;
    let mut stroom = Stroom::follow(&scene.app, &Persona::kcc(), &klantbeeld("K", PIET)).await;
    scene.contact(scene.jan, false).await;
    let before = scene.app.positie().await;
    scene.app.settled().await;
    let piet = scene.app.post("/personen", persoon(PIET)).await.id();
    assert!(positie(&stroom.next().await, "klantbeeld") > before, "that was another klant");
    scene.app.settled().await;
    scene.contact(piet, false).await;
    stroom.next().await;
}

#[tokio::test]
async fn what_a_bearer_does_not_see_it_is_not_told() {
    let vertrouwelijk =
        VertrouwelijkBeleid { kcc: Weergave::Verbergen, ..VertrouwelijkBeleid::default() };
    let scene = scene(Settings { vertrouwelijk, ..soon() }).await;
    let mut kcc = Stroom::follow(&scene.app, &Persona::kcc(), &klantbeeld("K", JAN)).await;
    let behandelaar = Persona::behandelaar(&["*"]);
    let mut seen = Stroom::follow(&scene.app, &behandelaar, &klantbeeld("B", JAN)).await;
    scene.contact(scene.jan, true).await;
    let hidden = scene.app.positie().await;
    assert!(positie(&seen.next().await, "klantbeeld") <= hidden);
    scene.app.settled().await;
    scene.contact(scene.jan, false).await;
    assert!(
        positie(&kcc.next().await, "klantbeeld") > hidden,
        "it was told of what it may not see"
    );
}

/// Follows, changes, and waits for the event.
async fn told(scene: &Scene, who: &Persona, query: &str, klant: Uuid) -> Value {
    let mut stroom = Stroom::follow(&scene.app, who, query).await;
    scene.contact(klant, false).await;
    let told = stroom.next().await;
    scene.app.settled().await;
    told
}

#[tokio::test]
async fn open_work_and_what_is_ones_own_is_told_too() {
    let scene = scene(soon()).await;
    for (pad, code) in [
        ("/soorten-object", "formulierinzending"),
        ("/soorten-extern-id", "kenmerk"),
        ("/externe-registers", "formulieren"),
    ] {
        scene.app.post(pad, json!({ "code": code, "naam": code })).await;
    }
    let lid = Persona::behandelaar(&[]).with(&[scene.team], &[]);
    let werk = format!(
        "subscription W {{ werkvoorraad(voor: {{ teams: [\"{}\"] }}) {{ positie }} }}",
        scene.team
    );
    positie(&told(&scene, &lid, &werk, scene.jan).await, "werkvoorraad");
    let gesprekken = "subscription G { mijnGesprekken { positie } }";
    let event = told(&scene, &Persona::burger(JAN), gesprekken, scene.jan).await;
    positie(&event, "mijnGesprekken");
    // An has nothing new: that would come first.
    let verzoeken = "subscription V { mijnVerzoeken { positie } }";
    let mut van_an = Stroom::follow(&scene.app, &Persona::burger(AN), verzoeken).await;
    let mut van_jan = Stroom::follow(&scene.app, &Persona::burger(JAN), verzoeken).await;
    for (klant, stroom) in [(scene.jan, &mut van_jan), (scene.an, &mut van_an)] {
        let before = scene.app.positie().await;
        let klant = json!({ "rol": "klant", "initiator": true, "wasPartij": klant });
        let object = json!({ "objectId": "OF-1", "codeObjecttype": "formulierinzending",
            "codeSoortObjectId": "kenmerk", "codeRegister": "formulieren" });
        let body = json!({ "kanaal": "e-formulier", "onderwerp": "Aanvraag",
            "actoren": [scene.team], "betrokkenen": [klant],
            "onderwerpobjecten": [{ "onderwerpobjectidentificator": object }] });
        scene.app.post("/klantcontacten", body).await;
        assert!(positie(&stroom.next().await, "mijnVerzoeken") > before);
        scene.app.settled().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_generation_is_told() {
    let scene = scene(soon()).await;
    scene.contact(scene.jan, false).await;
    scene.app.settled().await;
    let mut stroom = Stroom::follow(&scene.app, &Persona::kcc(), &klantbeeld("K", JAN)).await;
    let done = rebuild(&scene.app, &["klantbeeld", "--no-switch"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let switched = command(&scene.app, &["switch", "klantbeeld"]).await;
    assert_eq!(switched.code, 0, "{switched:?}");
    positie(&stroom.next().await, "klantbeeld");
    let back = command(&scene.app, &["rollback", "klantbeeld"]).await;
    assert_eq!(back.code, 0, "{back:?}");
    positie(&stroom.next().await, "klantbeeld");
}

#[tokio::test]
async fn a_question_is_answered_once_on_either_way() {
    let scene = scene(soon()).await;
    let query = "query Q { klantbeeld(voor: { bsn: \"999990019\" }) { klant { klantId } } }";
    let expected = json!({ "data": { "klantbeeld": { "klant": { "klantId": scene.jan } } } });
    let token = scene.app.issuer.token(&Persona::kcc());
    let mut stroom = Stroom::open(scene.app.base(), &token, query).await;
    assert_eq!(stroom.next().await, expected);
    assert_eq!(stroom.event().await.expect("an end").0, "complete");
    assert_eq!(stroom.event().await, None);
    let mut socket = Socket::of(&scene.app, &Persona::kcc()).await;
    socket.subscribe("q", query).await;
    assert_eq!(socket.next("q").await, expected);
    let complete = json!({ "type": "complete", "id": "q" });
    assert_eq!(socket.hear().await, Heard::Said(complete));
    // The name is free again.
    socket.subscribe("q", query).await;
    assert_eq!(socket.next("q").await, expected);
}
