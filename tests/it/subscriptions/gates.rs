//! Each gate refuses alone, again before every event; and that somebody follows a klant is in the logbook
//! before it is told anything.

use std::time::Duration;

use access::Identity;
use futures_util::StreamExt;
use graphql::{AppSchema, Judged, Request};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::clients::{Socket, Stroom};
use super::{AN, JAN, PIET, Scene, klantbeeld, persoon, scene, soon};
use crate::logboek::all;
use crate::support::{Persona, until};

/// How long one waits for what should not come, after others got it.
const SILENCE: Duration = Duration::from_millis(500);

/// What is followed, with somebody for whom it is.
fn subjects(scene: &Scene) -> Vec<(String, Identity)> {
    let lid = |who: Persona| who.with(&[scene.team], &[]).identity();
    let werk = format!(
        "subscription {{ werkvoorraad(voor: {{ teams: [\"{}\"] }}) {{ positie }} }}",
        scene.team
    );
    let gesprekken = "subscription { mijnGesprekken { positie } }".to_owned();
    vec![
        (klantbeeld("K", JAN), Persona::kcc().identity()),
        (klantbeeld("K", JAN), Persona::behandelaar(&[]).identity()),
        (werk.clone(), lid(Persona::behandelaar(&[]))),
        (werk, lid(Persona::kcc())),
        (gesprekken, Persona::burger(JAN).identity()),
    ]
}

/// Those for whom nothing of it is.
fn others() -> Vec<Identity> {
    vec![
        Persona::systeem().identity(),
        Persona::analist().identity(),
        Persona::burger(AN).identity(),
        Persona::archivaris().identity(),
        Persona::kcc().claim("doelbinding", Value::Null).identity(),
        Persona::behandelaar(&[]).claim("doelbinding", Value::Null).identity(),
    ]
}

/// The code with which it is refused, if it is.
fn code(answer: impl Serialize) -> Option<String> {
    let answer = serde_json::to_value(answer).expect("JSON");
    answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned)
}

/// What is heard: a code, or that something changed since it stood.
fn follower(schema: &AppSchema, query: &str, judged: Judged) -> JoinHandle<String> {
    let (schema, request) = (schema.clone(), Request::new(query));
    tokio::spawn(async move {
        match graphql::follow(&schema, judged, request).await {
            Ok(mut answers) => {
                let stands = code(answers.next().await.expect("not the end"));
                let Some(refused) = stands else {
                    let told = code(answers.next().await.expect("not the end"));
                    return told.unwrap_or_else(|| "VERTELD".to_owned());
                };
                refused
            }
            Err(refused) => code(refused).expect("a code"),
        }
    })
}

/// What those who are judged so hear when Jan gets contacts, after all for whom it is heard it; nothing,
/// for some.
async fn hear(scene: &Scene, asked: &[(String, Judged)]) -> Vec<Option<String>> {
    let schema = scene.app.schema();
    let begin = |(query, judged): &(String, Judged)| follower(&schema, query, judged.clone());
    let followers: Vec<_> = asked.iter().map(begin).collect();
    let controls = subjects(scene).into_iter().map(|(query, own)| (query, own.into()));
    let controls: Vec<_> = controls.map(|control| begin(&control)).collect();
    until("whoever may hear it to hear it", async || {
        scene.contact(scene.jan, false).await;
        controls.iter().all(JoinHandle::is_finished).then_some(())
    })
    .await;
    for control in controls {
        assert_eq!(control.await.expect("an answer"), "VERTELD");
    }
    scene.contact(scene.jan, false).await;
    scene.app.settled().await;
    sleep(SILENCE).await;
    let mut heard = Vec::new();
    for follower in followers {
        follower.abort();
        heard.push(follower.await.ok());
    }
    heard
}

#[tokio::test]
async fn the_schema_alone_refuses_a_role_for_which_it_is_not() {
    let scene = scene(soon()).await;
    let mut asked = Vec::new();
    for (query, own) in subjects(&scene) {
        for other in others() {
            let judged = Judged { schema: other, ..own.clone().into() };
            asked.push((query.clone(), judged));
        }
    }
    let heard = hear(&scene, &asked).await;
    let mut refused = 0;
    for ((query, judged), heard) in asked.iter().zip(heard) {
        let is_for = |(own, identity): &(String, Identity)| {
            own == query && identity.rollen == judged.schema.rollen
        };
        if subjects(&scene).iter().any(is_for) {
            assert_eq!(heard.as_deref(), Some("VERTELD"), "{query} {judged:?}");
        } else {
            assert_eq!(heard.as_deref(), Some("ONBEKEND_VELD"), "{query} {judged:?}");
            refused += 1;
        }
    }
    assert!(refused > 15, "{refused}");
}

#[tokio::test]
async fn the_decision_alone_and_the_rows_alone_tell_nothing_to_others() {
    let scene = scene(soon()).await;
    let mut asked = Vec::new();
    for (query, own) in subjects(&scene) {
        // Open work needs no purpose but for kcc.
        let is_other =
            |other: &Identity| other.rollen != own.rollen || query.contains("klantbeeld");
        for other in others().into_iter().filter(is_other) {
            let judged: Judged = own.clone().into();
            asked.push((query.clone(), Judged { decision: other.clone(), ..judged.clone() }));
            asked.push((query.clone(), Judged { rows: other, ..judged }));
        }
    }
    assert!(asked.len() > 40);
    let heard = hear(&scene, &asked).await;
    for ((query, judged), heard) in asked.iter().zip(heard) {
        assert_ne!(heard.as_deref(), Some("VERTELD"), "{query} {judged:?}");
    }
}

#[tokio::test]
async fn that_a_klant_is_followed_is_in_the_logbook_before_anything_is_told() {
    let scene = scene(soon()).await;
    let betrokkenen = async |actie: &str| -> Vec<i32> {
        let lines = all(&scene.app).await.audit;
        lines.iter().filter(|line| line.actie == actie).map(|line| line.betrokkenen).collect()
    };
    let kcc = Persona::kcc();
    let _jan = Stroom::follow(&scene.app, &kcc, &klantbeeld("Jan", JAN)).await;
    assert_eq!(betrokkenen("Jan").await, [1]);
    let mut piet = Stroom::follow(&scene.app, &kcc, &klantbeeld("Piet", PIET)).await;
    assert_eq!(betrokkenen("Piet").await, [0], "there is nobody yet");
    let mut socket = Socket::of(&scene.app, &kcc).await;
    socket.follow("piet", &klantbeeld("Over", PIET)).await;

    // While it cannot be kept, nothing is told.
    let stop = "CREATE FUNCTION public.niet() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE 'niet nu'; END $$;
                CREATE TRIGGER niet BEFORE INSERT ON logboek.audit FOR EACH ROW
                WHEN (NEW.kanaal = 'graphql') EXECUTE FUNCTION public.niet()";
    sqlx::raw_sql(stop).execute(scene.app.pool()).await.expect("a trigger");
    let klant = scene.app.post("/personen", persoon(PIET)).await.id();
    scene.app.settled().await;
    assert!(timeout(SILENCE, piet.event()).await.is_err(), "told without a line");
    let refused = Stroom::ask(&scene.app, &kcc, &json!({ "query": klantbeeld("K", JAN) })).await;
    assert_eq!(refused.status().as_u16(), 503);
    socket.subscribe("jan", &klantbeeld("K", JAN)).await;
    assert_eq!(socket.refused("jan").await, "LOGBOEK_NIET_BESCHIKBAAR");

    sqlx::raw_sql("DROP TRIGGER niet ON logboek.audit")
        .execute(scene.app.pool())
        .await
        .expect("ok");
    piet.next().await;
    assert_eq!(betrokkenen("Piet").await, [0, 1]);
    socket.next("piet").await;
    assert_eq!(betrokkenen("Over").await, [0, 1]);
    // Who is in the logbook is not put there again.
    scene.contact(klant, false).await;
    piet.next().await;
    assert_eq!(betrokkenen("Piet").await, [0, 1]);
    let lines = all(&scene.app).await.audit;
    let own = |actie: &str| lines.iter().filter(|line| line.actie == actie).collect::<Vec<_>>();
    for line in own("Piet").iter().chain(&own("Over")) {
        assert!(line.wie.is_some(), "{line:?}");
        assert_eq!(line.doelbinding.as_deref(), Some("klantcontact"));
    }
    let spans = own("Piet");
    assert_eq!(
        (&spans[0].trace_id, Some(&spans[0].span_id)),
        (&spans[1].trace_id, spans[1].parent_span_id.as_ref()),
        "it comes forth from the request"
    );
}
