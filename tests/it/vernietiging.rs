//! Vernietiging: three people, and afterwards nothing of what was destroyed can be read anywhere.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, App, Persona, until};

/// Text that stands in every personal field, so that one can look for it.
pub const CANARY: &str = "Kanariepiet";

fn person(name: &str) -> Persona {
    Persona::kcc().claim("sub", json!(name))
}

async fn propose(app: &App, who: &str, soort: &str, id: Uuid) -> Answer {
    let body = json!({ "objectsoort": soort, "objectId": id, "grond": "selectielijst 14.1",
                       "besluit": "B-2026-7" });
    app.try_post_as(&person(who), "/vernietigingsvoorstellen", body).await
}

async fn approve(app: &App, who: &str, voorstel: Uuid) -> Answer {
    let path = format!("/vernietigingsvoorstellen/{voorstel}/goedkeuringen");
    app.try_post_as(&person(who), &path, json!({})).await
}

async fn execute(app: &App, who: &str, path: &str, id: Uuid, voorstel: Uuid) -> Answer {
    let path = format!("/{path}/{id}/vernietigingen");
    app.try_post_as(&person(who), &path, json!({ "voorstel": voorstel })).await
}

/// Proposes, approves and executes by three people.
pub async fn destroy(app: &App, soort: &str, path: &str, id: Uuid) -> Answer {
    let voorstel = propose(app, "an", soort, id).await;
    assert_eq!(voorstel.status, 201, "{:#}", voorstel.body);
    let voorstel = voorstel.id();
    assert_eq!(approve(app, "bo", voorstel).await.status, 200);
    execute(app, "cas", path, id, voorstel).await
}

/// Somebody who may take part in a contact.
pub async fn team(app: &App) -> Uuid {
    app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id()
}

/// A klant with the canary in every text.
pub async fn klant(app: &App) -> Uuid {
    let body = json!({
        "contactnaam": { "achternaam": CANARY },
        "interneNotitie": CANARY,
        "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": format!("{CANARY}@example.nl") }],
        "rekeningnummers": [{ "iban": "NL91ABNA0417164300" }],
    });
    app.post("/personen", body).await.id()
}

fn contact(team: Uuid, klant: Option<Uuid>) -> Value {
    json!({
        "kanaal": "telefoon", "onderwerp": CANARY, "inhoud": CANARY, "actoren": [team],
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": klant,
            "contactnaam": { "voornaam": CANARY },
            "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": format!("{CANARY}@example.nl") }] }],
        "interneTaken": [{ "gevraagdeHandeling": CANARY, "toegewezenAanActoren": [team] }],
    })
}

/// In how many rows of all tables, of every schema, the canary stands.
pub async fn sightings(app: &App) -> i64 {
    app.settled().await;
    sqlx::query_scalar(
        "SELECT COALESCE(sum((xpath('/row/c/text()', query_to_xml(format(
                 'SELECT count(*) AS c FROM %I.%I t WHERE t::text ILIKE %L', nspname, relname,
                 '%' || $1 || '%'), false, true, '')))[1]::text::bigint), 0)::bigint
         FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
         WHERE relkind = 'r' AND nspname !~ '^(pg_|information_schema)'",
    )
    .bind(CANARY)
    .fetch_one(app.pool())
    .await
    .expect("a count")
}

#[tokio::test]
async fn it_takes_three_people() {
    let app = App::start().await;
    let id = klant(&app).await;
    let voorstel = propose(&app, "an", "partij", id).await.id();

    let twice = propose(&app, "dirk", "partij", id).await;
    assert_eq!((twice.status.as_u16(), &twice.faults()[0].1[..]), (409, "conflict"));
    let early = execute(&app, "cas", "partijen", id, voorstel).await;
    assert_eq!((early.status.as_u16(), &early.faults()[0].1[..]), (409, "status-conflict"));
    assert_eq!(approve(&app, "an", voorstel).await.status, 403, "approved by who proposed");
    assert_eq!(approve(&app, "bo", voorstel).await.status, 200);
    assert_eq!(approve(&app, "cas", voorstel).await.status, 409, "approved twice");
    for who in ["an", "bo"] {
        assert_eq!(execute(&app, who, "partijen", id, voorstel).await.status, 403, "{who}");
    }
    let other = klant(&app).await;
    let wrong = execute(&app, "cas", "partijen", other, voorstel).await;
    assert_eq!((wrong.status.as_u16(), &wrong.faults()[0].0[..]), (404, "voorstel"));

    assert_eq!(execute(&app, "cas", "partijen", id, voorstel).await.status, 200);
    assert_eq!(app.get(&format!("/partijen/{id}")).await.status, 410);
    assert_eq!(execute(&app, "cas", "partijen", id, voorstel).await.status, 410);
    let done = app.get(&format!("/vernietigingsvoorstellen/{voorstel}")).await.body;
    assert_eq!((&done["status"], &done["uitgevoerdDoor"]), (&json!("uitgevoerd"), &json!("cas")));
}

#[tokio::test]
async fn a_refused_proposal_destroys_nothing() {
    let app = App::start().await;
    let id = klant(&app).await;
    let voorstel = propose(&app, "an", "partij", id).await.id();
    let path = format!("/vernietigingsvoorstellen/{voorstel}/afwijzingen");
    assert_eq!(app.try_post_as(&person("bo"), &path, json!({})).await.status, 200);
    assert_eq!(execute(&app, "cas", "partijen", id, voorstel).await.status, 409);
    assert_eq!(app.get(&format!("/partijen/{id}")).await.status, 200);
    assert_eq!(propose(&app, "an", "partij", id).await.status, 201, "it can be proposed again");
}

#[tokio::test]
async fn two_who_execute_at_the_same_moment_do_it_once() {
    let app = App::start().await;
    let id = klant(&app).await;
    let voorstel = propose(&app, "an", "partij", id).await.id();
    approve(&app, "bo", voorstel).await;
    let (een, ander) = tokio::join!(
        execute(&app, "cas", "partijen", id, voorstel),
        execute(&app, "dirk", "partijen", id, voorstel),
    );
    let mut statuses = [een.status.as_u16(), ander.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 410]);
}

#[tokio::test]
async fn of_a_destroyed_klantcontact_nothing_can_be_read() {
    let app = App::start().await;
    let team = team(&app).await;
    let made = app.post("/klantcontacten", contact(team, None)).await;
    let (id, taak) = (made.id(), made.nth("interneTaak", 0));
    let later = json!({
        "kanaal": "email", "onderwerp": "Reactie", "actoren": [team],
        "betrokkenen": [{ "rol": "klant", "initiator": false }],
        "onderwerpobjecten": [{ "onderwerpWasKlantcontact": id }],
    });
    let later = app.post("/klantcontacten", later).await.id();
    assert!(sightings(&app).await > 0, "the canary is not found where it stands");

    let open = destroy(&app, "klantcontact", "klantcontacten", id).await;
    assert_eq!((open.status.as_u16(), &open.faults()[0].1[..]), (409, "status-conflict"));
    app.post(&format!("/interne-taken/{taak}/afhandelingen"), json!({})).await;
    let sql = "SELECT id FROM write_side.vernietigingsvoorstellen";
    let voorstel: Uuid = sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a proposal");
    let done = execute(&app, "cas", "klantcontacten", id, voorstel).await;
    assert_eq!(done.status, 200, "{:#}", done.body);

    assert_eq!(app.get(&format!("/klantcontacten/{id}")).await.status, 410);
    assert_eq!(app.get(&format!("/interne-taken/{taak}")).await.status, 410);
    let reply = app.get(&format!("/klantcontacten/{later}")).await.body;
    assert_eq!(reply["gingOverOnderwerpobjecten"], json!([]), "it was about what is gone");
    assert_eq!(sightings(&app).await, 0);
}

#[tokio::test]
async fn of_a_destroyed_partij_its_contacts_stay_without_it() {
    let app = App::start().await;
    let team = team(&app).await;
    let id = klant(&app).await;
    let body = json!({
        "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [team],
        "betrokkenen": [
            { "rol": "klant", "initiator": true, "wasPartij": id,
              "contactnaam": { "voornaam": CANARY },
              "digitaleAdressen": [{ "soortDigitaalAdres": "email",
                                     "adres": format!("{CANARY}@example.nl") }] },
            { "rol": "vertegenwoordiger", "initiator": false,
              "contactnaam": { "voornaam": "Piet" } },
        ],
        "interneTaken": [{ "gevraagdeHandeling": "Terugbellen", "toegewezenAanActoren": [team] }],
    });
    let contact = app.post("/klantcontacten", body).await;
    let betrokkene = contact.nth("betrokkene", 0);
    let change = json!({ "contactnaam": { "voornaam": CANARY, "achternaam": "Jansen" } });
    app.post(&format!("/betrokkenen/{betrokkene}/wijzigingen"), change).await;
    let ander = klant_zonder_naam(&app).await;
    let pair = json!({ "vertegenwoordigendePartij": ander, "vertegenwoordigdePartij": id });
    app.post("/vertegenwoordigingen", pair).await;

    let done = destroy(&app, "partij", "partijen", id).await;
    assert_eq!(done.status, 200, "{:#}", done.body);
    assert_eq!(sightings(&app).await, 0);
    let left = app.get(&format!("/klantcontacten/{}", contact.id())).await.body;
    assert_eq!(left["hadBetrokkenen"][0]["wasPartij"], Value::Null);
    assert_eq!(left["hadBetrokkenen"][0]["rol"], "klant");
    assert_eq!(left["hadBetrokkenen"][1]["contactnaam"]["voornaam"], "Piet", "others stay");
    assert_eq!(left["onderwerp"], "Vraag");
}

/// Waits until this many sessions wait for a lock.
async fn waiting(app: &App, count: i64) {
    until("sessions to wait for a lock", || async {
        let sql = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let found: i64 = sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a count");
        (found == count).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_is_removed_while_a_partij_is_destroyed_is_not_changed_afterwards() {
    let app = App::start().await;
    let (team, id) = (team(&app).await, klant(&app).await);
    let mut body = contact(team, Some(id));
    let another = json!({ "rol": "klant", "initiator": false });
    body["betrokkenen"].as_array_mut().expect("a list").push(another);
    let contact = app.post("/klantcontacten", body).await;
    let (klantcontact, betrokkene) = (contact.id(), contact.nth("betrokkene", 0));
    let voorstel = propose(&app, "an", "partij", id).await.id();
    assert_eq!(approve(&app, "bo", voorstel).await.status, 200);

    // Both wait for the klantcontact: first who removes, then who destroys and has seen the betrokkene.
    let mut held = app.pool().begin().await.expect("a transaction");
    sqlx::query("SELECT FROM write_side.objecten WHERE object_id = $1 FOR UPDATE")
        .bind(klantcontact)
        .execute(&mut *held)
        .await
        .expect("a lock");
    let path = format!("/betrokkenen/{betrokkene}/verwijderingen");
    let removing = app.try_post(&path, json!({ "reden": "dubbel" }));
    let destroying = async {
        waiting(&app, 1).await;
        execute(&app, "cas", "partijen", id, voorstel).await
    };
    let letting_go = async {
        waiting(&app, 2).await;
        held.rollback().await.expect("let go");
    };
    let (removed, destroyed, ()) = tokio::join!(removing, destroying, letting_go);
    assert_eq!((removed.status.as_u16(), destroyed.status.as_u16()), (200, 200));
    app.settled().await;
    let events = app.events_after(0).await;
    assert!(!events.contains(&"BetrokkeneGeanonimiseerd".to_owned()), "{events:?}");
}

/// A klant without anything personal.
pub async fn klant_zonder_naam(app: &App) -> Uuid {
    app.post("/personen", json!({})).await.id()
}

#[tokio::test]
async fn the_log_lets_content_go_and_nothing_else() {
    let app = App::start().await;
    klant(&app).await;
    for sql in [
        "UPDATE write_side.gebeurtenissen SET data = '{}'",
        "UPDATE write_side.gebeurtenissen SET versie = versie + 1",
        "UPDATE write_side.gebeurtenissen SET soort = 'InhoudVernietigd', data = '{\"naam\": 1}'",
        "DELETE FROM write_side.gebeurtenissen",
        "TRUNCATE write_side.gebeurtenissen",
    ] {
        let refused = sqlx::query(sql).execute(app.pool()).await.expect_err(sql).to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
}
