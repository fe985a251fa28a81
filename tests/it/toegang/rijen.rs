//! What a reader sees in the database, whatever is asked of it.

use std::time::Duration;

use read_side::contactgeschiedenis::{self, ContactFilter, VertrouwelijkFilter};
use read_side::contactverzoek::{self, TaakKey};
use read_side::klantbeeld::KlantKey;
use read_side::zaak_contacthistorie::{self, ZaakFilter};
use read_side::{Leesrecht, Lezer, PageRequest, Reader, Verbinding, Volgorde};
use serde_json::json;
use sqlx::postgres::PgPoolOptions;
use tokio::time::timeout;
use uuid::Uuid;

use super::{AN, JAN, Scene, ZAAK, scene};
use crate::support::{App, plans};

const ALL: PageRequest = PageRequest { first: 100, after: None };

fn burger(bsn: &str, vertrouwelijk: VertrouwelijkFilter) -> Leesrecht {
    Leesrecht {
        klant: Some(KlantKey::Bsn(bsn.to_owned())),
        vertrouwelijk,
        ..Leesrecht::of(Lezer::Burger)
    }
}

fn reader(scene: &Scene, recht: &Leesrecht) -> Reader {
    Reader::new(Verbinding::new(scene.app.pool().clone()), recht)
}

async fn contacten(scene: &Scene, recht: &Leesrecht) -> (usize, i64) {
    let (reader, filter) = (reader(scene, recht), ContactFilter::default());
    let page = contactgeschiedenis::page(&reader, scene.jan, &filter, Volgorde::NieuwsteEerst, ALL);
    let count = contactgeschiedenis::count(&reader, scene.jan, &filter);
    (page.await.expect("a page").rows.len(), count.await.expect("a count"))
}

#[tokio::test]
async fn a_burger_has_its_own_contacts_and_of_the_confidential_ones_what_the_policy_says() {
    use VertrouwelijkFilter::{Alle, AlleenEigen, Geen};
    let scene = scene().await;
    scene.app.settled().await;
    for (bsn, filter, expected) in
        [(JAN, Alle, 3), (JAN, AlleenEigen, 3), (JAN, Geen, 2), (AN, Alle, 0), ("", Alle, 0)]
    {
        let seen = contacten(&scene, &burger(bsn, filter)).await;
        assert_eq!(seen, (expected, i64::try_from(expected).expect("few")), "{bsn} {filter:?}");
    }
    // Who names no number at all is nobody.
    let nameless = Leesrecht { klant: None, ..burger(JAN, Alle) };
    assert_eq!(contacten(&scene, &nameless).await.0, 0);
}

#[tokio::test]
async fn an_employee_without_a_purpose_has_no_contacts_and_hidden_ones_are_not_counted() {
    let scene = scene().await;
    scene.app.settled().await;
    let behandelaar = Leesrecht {
        doelbinding: true,
        vertrouwelijk: VertrouwelijkFilter::Alle,
        ..Leesrecht::of(Lezer::Behandelaar)
    };
    assert_eq!(contacten(&scene, &behandelaar).await, (3, 3));
    let hidden = Leesrecht { vertrouwelijk: VertrouwelijkFilter::Geen, ..behandelaar.clone() };
    assert_eq!(contacten(&scene, &hidden).await, (2, 2));
    let aimless = Leesrecht { doelbinding: false, ..behandelaar };
    assert_eq!(contacten(&scene, &aimless).await, (0, 0));
    assert_eq!(contacten(&scene, &Leesrecht::of(Lezer::Kcc)).await, (2, 2));
}

#[tokio::test]
async fn zaken_and_taken_of_others_are_not_there() {
    let scene = scene().await;
    scene.app.settled().await;
    let filter = ZaakFilter { zaken: vec![ZAAK.to_lowercase()], ..ZaakFilter::default() };
    for (zaken, expected) in
        [(vec![], 0), (vec!["andere"], 0), (vec!["zaak-2026-1"], 2), (vec!["*"], 2)]
    {
        let zaken = zaken.into_iter().map(str::to_owned).collect();
        let recht = Leesrecht { zaken, ..Leesrecht::of(Lezer::Behandelaar) };
        let reader = reader(&scene, &recht);
        let count = zaak_contacthistorie::count(&reader, &filter);
        // The third contact about it is confidential, and this reader is told of none.
        assert_eq!(count.await.expect("a count"), expected);
    }
    let all = [scene.team, Uuid::from_u128(1)];
    let sql = "SELECT taak_id FROM read_side.taken LIMIT 1";
    let taak: Uuid = sqlx::query_scalar(sql).fetch_one(scene.app.pool()).await.expect("a taak");
    for (own, seen) in [(scene.team, true), (Uuid::from_u128(1), false)] {
        for lezer in [Lezer::Kcc, Lezer::Behandelaar] {
            let recht = Leesrecht { actoren: vec![own], ..Leesrecht::of(lezer) };
            let reader = reader(&scene, &recht);
            let found = contactverzoek::by_key(&reader, &TaakKey::TaakId(taak), &all).await;
            assert_eq!(found.expect("an answer").is_some(), seen, "{lezer:?}");
        }
    }
}

#[tokio::test]
async fn the_rows_know_who_is_the_same_and_the_other_key_of_a_zaak() {
    let scene = scene().await;
    let app = &scene.app;
    let medewerker = |email: &str| {
        json!({ "naam": "Bram", "functie": "Behandelaar", "emailadres": email,
            "telefoonnummer": "0340232221" })
    };
    let mut actoren = Vec::new();
    for email in ["bram@example.nl", "Bram@Example.nl", "cor@example.nl"] {
        actoren.push(app.post("/medewerkers", medewerker(email)).await.id());
    }
    let [een, zelfde, ander] = actoren[..] else { panic!("three actoren") };
    let taak = json!({ "gevraagdeHandeling": "Bellen", "toegewezenAanActoren": [een] });
    let body = json!({ "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [een],
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": scene.jan }],
        "interneTaken": [taak] });
    let taak = app.post("/klantcontacten", body).await.nth("interneTaak", 0);
    let uuid = "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5";
    let paar = json!({ "uuid": uuid, "identificatie": ZAAK, "codeRegister": "zakenregister" });
    app.post("/zaaksleutels", paar).await;
    app.settled().await;
    for (own, seen) in [(een, true), (zelfde, true), (ander, false)] {
        let recht = Leesrecht { actoren: vec![own], ..Leesrecht::of(Lezer::Behandelaar) };
        let reader = reader(&scene, &recht);
        let found = contactverzoek::by_key(&reader, &TaakKey::TaakId(taak), &actoren).await;
        assert_eq!(found.expect("an answer").is_some(), seen);
    }
    let filter = ZaakFilter { zaken: vec![ZAAK.to_lowercase()], ..ZaakFilter::default() };
    for (own, expected) in [(uuid, 2), ("b8c4d9e0-f5a6-4b8c-9d0e-f1a2b3c4d5e6", 0)] {
        let zaken = vec![own.to_owned()];
        let recht = Leesrecht { zaken, ..Leesrecht::of(Lezer::Behandelaar) };
        let reader = reader(&scene, &recht);
        let count = zaak_contacthistorie::count(&reader, &filter).await;
        assert_eq!(count.expect("a count"), expected);
    }
}

#[tokio::test]
async fn a_role_without_a_right_is_refused_by_the_database() {
    let scene = scene().await;
    scene.app.settled().await;
    for lezer in [Lezer::Niemand, Lezer::Analist, Lezer::Beheerder, Lezer::Outputmanagement] {
        let reader = reader(&scene, &Leesrecht::of(lezer));
        let filter = ContactFilter::default();
        let error =
            contactgeschiedenis::count(&reader, scene.jan, &filter).await.expect_err("refused");
        let code = error.as_database_error().and_then(|error| error.code());
        assert_eq!(code.as_deref(), Some("42501"), "{lezer:?}");
    }
}

#[tokio::test]
async fn a_reader_cannot_write_and_what_it_is_told_ends_with_its_transaction() {
    let scene = scene().await;
    scene.app.settled().await;
    let recht = burger(JAN, VertrouwelijkFilter::Alle);
    let mut conn = scene.app.pool().acquire().await.expect("a connection");
    for sql in ["DELETE FROM read_side.contacten", "SELECT * FROM write_side.gebeurtenissen"] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(recht.begin())).execute(&mut *conn).await.expect("begun");
        let refused = sqlx::raw_sql(sql).execute(&mut *conn).await;
        assert!(refused.is_err(), "{sql}");
        sqlx::raw_sql("ROLLBACK").execute(&mut *conn).await.expect("ended");
    }
    let sql = "SELECT read_side.lezer('bsn'), current_user = session_user";
    let left: (Option<String>, bool) =
        sqlx::query_as(sql).fetch_one(&mut *conn).await.expect("a row");
    assert_eq!(left, (None, true));
}

/// Rows beside which reading all of a table would show.
const CROWD: i64 = 20_000;

#[tokio::test]
async fn the_policies_leave_the_work_list_and_the_own_contacts_to_their_indexes() {
    let scene = scene().await;
    scene.app.settled().await;
    for sql in [
        "INSERT INTO werkvoorraad_g1.taken SELECT r.* FROM
             (SELECT t FROM werkvoorraad_g1.taken t LIMIT 1) een, generate_series(1, $1) n,
             json_populate_record(een.t, json_build_object('taak_id', gen_random_uuid(),
                 'nummer', n, 'actoren', json_build_array(gen_random_uuid()))) r",
        "INSERT INTO contactgeschiedenis_g1.contacten SELECT r.* FROM
             (SELECT c FROM contactgeschiedenis_g1.contacten c LIMIT 1) een, generate_series(1, $1) n,
             json_populate_record(een.c, json_build_object('partij_id', gen_random_uuid(),
                 'klantcontact_id', gen_random_uuid(), 'tekst', n)) r",
        "INSERT INTO klantbeeld_g1.klanten SELECT r.* FROM
             (SELECT k FROM klantbeeld_g1.klanten k LIMIT 1) een, generate_series(1, $1) n,
             json_populate_record(een.k, json_build_object('partij_id', gen_random_uuid(),
                 'nummer', n, 'bsn', n)) r",
    ] {
        sqlx::query(sql).bind(CROWD).execute(scene.app.pool()).await.expect("rows");
    }
    sqlx::raw_sql("ANALYZE").execute(scene.app.pool()).await.expect("analysed");
    let team = scene.team;
    let behandelaar = Leesrecht { actoren: vec![team], ..Leesrecht::of(Lezer::Behandelaar) };
    let work = "SELECT document FROM read_side.taken WHERE actoren && $1 AND open
                ORDER BY streefdatum NULLS LAST, taak_id LIMIT 20";
    let own = "SELECT document FROM read_side.contacten WHERE partij_id = $1
               ORDER BY op DESC, klantcontact_id DESC LIMIT 20";
    let jan = format!("'{}'", scene.jan);
    for (recht, statement, values, index) in [
        (behandelaar, work, ("uuid[]", format!("'{{{team}}}'")), "taken_actoren"),
        (burger(JAN, VertrouwelijkFilter::Alle), own, ("uuid", jan), "contacten_op"),
    ] {
        let (types, values) = (values.0, values.1.as_str());
        for plan in plans(scene.app.pool(), &recht, statement, (types, values)).await {
            assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{plan}");
        }
    }
    let eigen = "SELECT read_side.eigen_klant() = $1";
    let recht = burger(JAN, VertrouwelijkFilter::Alle);
    let mut tx =
        scene.app.pool().begin_with(sqlx::AssertSqlSafe(recht.begin())).await.expect("begun");
    let found: bool =
        sqlx::query_scalar(eigen).bind(scene.jan).fetch_one(&mut *tx).await.expect("it");
    assert!(found);
}

#[tokio::test]
async fn whoever_is_broken_off_leaves_no_role_and_nothing_told_on_a_connection() {
    let app = App::start_without_projector().await;
    let options = app.pool().connect_options().as_ref().clone();
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.expect("a pool");
    let klant = Some(KlantKey::Bsn(JAN.to_owned()));
    let recht = Leesrecht { klant, ..Leesrecht::of(Lezer::Burger) };
    for step in 0..300 {
        let reader = Reader::new(Verbinding::new(pool.clone()), &recht);
        let question = sqlx::query("SELECT pg_sleep(0.001)").execute(&reader);
        // At any moment: while it begins, while it asks, and after that.
        let _ = timeout(Duration::from_micros(10 * step), question).await;
        drop(reader);
        let left: (bool, Option<String>) = sqlx::query_as(
            "SELECT current_user = session_user, nullif(current_setting('klantbeeld.bsn', true), '')",
        )
        .fetch_one(&pool)
        .await
        .expect("an answer");
        assert_eq!(left, (true, None), "after {step}");
    }
}
