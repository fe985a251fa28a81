//! Each gate refuses alone: with the other two judging somebody for whom the answer is.

use access::Identity;
use graphql::{AppSchema, Judged, Request};
use serde_json::{Value, json};

use super::{AN, JAN, MERK, PRIVACY, Scene, ZAAK, scene};
use crate::support::Persona;

/// A question with somebody for whom the answer is.
struct Vraag {
    query: String,
    allowed: Identity,
}

fn vragen(scene: &Scene) -> Vec<Vraag> {
    let kcc = || Persona::kcc().identity();
    let behandelaar = || Persona::behandelaar(&[ZAAK]).with(&[scene.team], &[]).identity();
    let (team, jan) = (scene.team, JAN);
    let contacten = "{ nodes { onderwerp deelnemers { naam } } }";
    let werk = format!("werkvoorraad(voor: {{ teams: [\"{team}\"] }}) {{ nodes {{ onderwerp }} }}");
    let zaak = format!("zaakContacthistorie(zaak: {{ identificatie: \"{ZAAK}\" }}) {contacten}");
    let van_jan = format!("contactgeschiedenis(voor: {{ bsn: \"{jan}\" }}) {contacten}");
    let klantbeeld = format!(
        "klantbeeld(voor: {{ bsn: \"{jan}\" }}) {{ klant {{ weergavenaam }} \
         recenteContacten {{ nodes {{ onderwerp }} }} }}"
    );
    let bereik = format!("bereikbaarheid(voor: {{ bsn: \"{jan}\" }}) {{ adres }}");
    let zoek = format!("klantZoeken(zoek: {{ bsn: \"{jan}\" }}) {{ nodes {{ weergavenaam }} }}");
    let gesprekken = "mijnGesprekken { nodes { onderwerp berichten { nodes { tekst } } } }";
    let dossier = |over: &str| {
        let regels = format!("regels(over: {over}) {{ nodes {{ gegevens {{ waarde }} }} }}");
        format!("inzagedossier(verzoek: \"{}\") {{ {regels} }}", scene.verzoek)
    };
    let privacy = || Persona::privacyfunctionaris(PRIVACY).identity();
    let los = "losseContactverzoeken(zoek: { email: \"los@example.nl\" }) { nodes { onderwerp } }";
    [
        (klantbeeld.clone(), kcc()),
        (klantbeeld, behandelaar()),
        (van_jan.clone(), kcc()),
        (van_jan, behandelaar()),
        (format!("contactgeschiedenis {contacten}"), Persona::burger(JAN).identity()),
        (zaak, behandelaar()),
        (werk.clone(), behandelaar()),
        (werk, Persona::kcc().with(&[team], &[]).identity()),
        ("mijnContactgegevens { naam }".to_owned(), Persona::burger(JAN).identity()),
        (gesprekken.to_owned(), Persona::burger(JAN).identity()),
        ("mijnVerzoeken { nodes { kenmerk } }".to_owned(), Persona::burger(JAN).identity()),
        (bereik, Persona::outputmanagement().identity()),
        (zoek, kcc()),
        (los.to_owned(), kcc()),
        (dossier("GEGEVENS"), privacy()),
        (dossier("CONTACTEN"), privacy()),
    ]
    .into_iter()
    .map(|(field, allowed)| Vraag { query: format!("{{ {field} }}"), allowed })
    .collect()
}

async fn ask(schema: &AppSchema, judged: Judged, query: &str) -> Value {
    let response = graphql::execute(schema, judged, Request::new(query)).await;
    serde_json::to_value(response).expect("json")
}

fn shows(answer: &Value) -> bool {
    answer.to_string().contains(MERK)
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

/// Those for whom an answer is not: of other roles, of the same without what the role needs, and
/// other people of the same role.
fn others(scene: &Scene, vraag: &Vraag) -> Vec<Identity> {
    let mut others: Vec<Identity> = scene.everybody().iter().map(Persona::identity).collect();
    others.extend([
        Persona::systeem().identity(),
        Persona::kcc().claim("doelbinding", Value::Null).identity(),
        Persona::behandelaar(&["ANDERE"]).claim("doelbinding", Value::Null).identity(),
        Persona::burger(AN).identity(),
        Persona::privacyfunctionaris("pim").identity(),
    ]);
    let mut same = others.clone();
    same.retain(|other| other.rollen != vraag.allowed.rollen);
    let lacking = others.split_off(scene.everybody().len());
    let of_role = lacking.into_iter().filter(|other| other.rollen == vraag.allowed.rollen);
    same.extend(of_role);
    same
}

#[tokio::test]
async fn who_may_see_it_sees_it() {
    let scene = scene().await;
    scene.app.settled().await;
    let schema = scene.app.schema();
    for vraag in vragen(&scene) {
        let answer = ask(&schema, vraag.allowed.clone().into(), &vraag.query).await;
        assert!(shows(&answer), "{}: {answer:#}", vraag.query);
    }
}

#[tokio::test]
async fn the_schema_alone_refuses_a_role_for_which_a_product_is_not() {
    let scene = scene().await;
    scene.app.settled().await;
    let schema = scene.app.schema();
    let mut refused = 0;
    for vraag in vragen(&scene) {
        for other in scene.everybody().iter().map(Persona::identity) {
            let judged = Judged { schema: other.clone(), ..vraag.allowed.clone().into() };
            let answer = ask(&schema, judged, &vraag.query).await;
            // Of two roles that both have the product each passes this gate.
            if shows(&answer) {
                let own = ask(&schema, other.clone().into(), &vraag.query).await;
                assert_ne!(code(&own), "ONBEKEND_VELD", "{other:?}");
                continue;
            }
            assert_eq!(code(&answer), "ONBEKEND_VELD", "{} {answer:#}", vraag.query);
            refused += 1;
        }
    }
    assert!(refused > 30, "{refused}");
}

#[tokio::test]
async fn the_decision_alone_refuses_whoever_it_is_not_for() {
    let scene = scene().await;
    scene.app.settled().await;
    let schema = scene.app.schema();
    for vraag in vragen(&scene) {
        for other in others(&scene, &vraag) {
            let judged = Judged { decision: other.clone(), ..vraag.allowed.clone().into() };
            let answer = ask(&schema, judged, &vraag.query).await;
            assert!(!shows(&answer), "{} {other:?} {answer:#}", vraag.query);
        }
    }
}

#[tokio::test]
async fn the_rows_alone_refuse_whoever_they_are_not_for() {
    let scene = scene().await;
    scene.app.settled().await;
    let schema = scene.app.schema();
    for vraag in vragen(&scene) {
        for other in others(&scene, &vraag) {
            let judged = Judged { rows: other.clone(), ..vraag.allowed.clone().into() };
            let answer = ask(&schema, judged, &vraag.query).await;
            assert!(!shows(&answer), "{} {other:?} {answer:#}", vraag.query);
        }
    }
}

#[tokio::test]
async fn a_field_that_is_not_for_you_looks_like_one_that_does_not_exist() {
    let scene = scene().await;
    let schema = scene.app.schema();
    let burger = Persona::burger(JAN).identity();
    let mut seen = Vec::new();
    for field in ["klantZoeken", "klantZoekem"] {
        let query = format!("{{ {field}(zoek: {{ bsn: \"{AN}\" }}) {{ meer }} }}");
        let answer = ask(&schema, burger.clone().into(), &query).await;
        seen.push(answer.to_string().replace(field, "veld"));
    }
    assert_eq!(seen[0], seen[1]);
    let query =
        "{ __typename ... on Klantbeeld { waarschuwingen } ...f } fragment f on Geheim { x }";
    let answer = ask(&schema, burger.into(), query).await;
    let unknown = |answer: &Value, index: usize| {
        assert_eq!(answer["errors"][index]["extensions"]["code"], json!("ONBEKEND_VELD"));
    };
    unknown(&answer, 0);
    unknown(&answer, 1);
}
