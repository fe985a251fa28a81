//! Reading is logged: every product, everyone who is shown, and never by whom.

use std::collections::BTreeSet;

use logboek::Activiteiten;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    BSN, Gelogd, ZAAK, all, contact, in_logboek, klanten, now, pseudoniem, since, team, verify,
};
use crate::graphql::inzagedossier::inzage;
use crate::support::{App, Persona, answer};

/// Klanten that a search finds at most.
const FOUND_MAX: usize = 25;

const ZOEK: &str = "query Balie($zoek: KlantZoekIngang!) { klantZoeken(zoek: $zoek) {
    nodes { klantId weergavenaam } meer } }";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_search_that_shows_25_klanten_is_26_lines_and_one_of_audit() {
    let app = App::start().await;
    let (_, found) = klanten(&app, FOUND_MAX + 1).await;
    app.settled().await;
    let begin = now(&app);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = app
        .request(Method::POST, graphql::PATH)
        .bearer_auth(app.issuer.token(&Persona::kcc()))
        .header("traceparent", format!("00-{trace}-00f067aa0ba902b7-00"))
        .json(&json!({ "query": ZOEK, "variables": { "zoek": { "email": "balie@example.nl" } } }));
    let told = answer(request).await;
    let nodes = told.body["data"]["klantZoeken"]["nodes"].as_array().expect("nodes");
    assert_eq!(nodes.len(), FOUND_MAX);

    let Gelogd { audit, verwerkingen } = since(&app, &begin).await;
    let [audit] = &audit[..] else { panic!("{audit:#?}") };
    assert_eq!(hex(&audit.trace_id), trace);
    assert_eq!(audit.parent_span_id.as_deref().map(hex).as_deref(), Some("00f067aa0ba902b7"));
    let header = told.headers["traceparent"].to_str().expect("text");
    assert_eq!(header, format!("00-{trace}-{}-00", hex(&audit.span_id)));
    assert_eq!(audit.wie.as_deref(), Some("nicole"));
    assert_eq!(audit.toepassing.as_deref(), Some("test"));
    assert_eq!(audit.doelbinding.as_deref(), Some("klantcontact"));
    assert_eq!((audit.actie.as_str(), audit.producten.as_str()), ("Balie", "klantZoeken"));
    assert_eq!((audit.resultaat.as_str(), audit.status), ("gelukt", 200));
    assert_eq!((audit.object.as_deref(), audit.betrokkenen), (None, 25));

    let (parents, children): (Vec<_>, Vec<_>) =
        verwerkingen.iter().partition(|line| line.data_subject_id.is_none());
    let [parent] = &parents[..] else { panic!("{parents:#?}") };
    assert_eq!(parent.parent_span_id, audit.span_id);
    assert_eq!(children.len(), FOUND_MAX);
    for line in &verwerkingen {
        assert_eq!((line.name.as_str(), line.status.as_str()), ("klantZoeken", "Ok"));
        assert_eq!(line.trace_id, audit.trace_id);
        assert_eq!(line.verzoek_span_id, audit.span_id);
        assert!(line.start_time <= line.end_time);
        assert!(line.processing_activity_id.ends_with(":klantcontact"));
    }
    assert!(children.iter().all(|line| line.parent_span_id == parent.span_id));
    let shown: BTreeSet<String> =
        children.iter().filter_map(|l| l.data_subject_id.clone()).collect();
    let expected: BTreeSet<String> =
        found.iter().take(FOUND_MAX).map(|id| pseudoniem(*id)).collect();
    assert_eq!(shown, expected);
}

/// The keys of klanten in an answer.
fn klant_ids(answer: &Value, found: &mut BTreeSet<String>) {
    match answer {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(id) if name == "klantId" => drop(found.insert(id.to_owned())),
                    _ => klant_ids(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| klant_ids(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A question for a product, and who asks it.
struct Vraag {
    product: &'static str,
    query: &'static str,
    who: fn(Uuid) -> Persona,
    /// Whether klanten are shown without their keys: then the first one is.
    zelf: bool,
}

fn kcc(_: Uuid) -> Persona {
    Persona::kcc()
}

fn behandelaar(team: Uuid) -> Persona {
    Persona::behandelaar(&["*"]).with(&[team], &[])
}

fn burger(_: Uuid) -> Persona {
    Persona::burger(BSN)
}

/// A question for every product, that shows whom it can.
const VRAGEN: [Vraag; 18] = [
    Vraag {
        product: "klantZoeken",
        query: "{ klantZoeken(zoek: { bsn: \"999990019\" }) { nodes { klantId } } }",
        who: kcc,
        zelf: false,
    },
    Vraag {
        product: "klantbeeld",
        query: "{ klantbeeld(voor: { bsn: \"999990019\" }) { klant { klantId }
            recenteContacten { nodes { deelnemers { klantId } } } tradOpVoor { klantId }
            openContactverzoeken { nodes { klantId } } verzoeken { nodes { kenmerk } } } }",
        who: kcc,
        zelf: false,
    },
    Vraag {
        product: "contactgeschiedenis",
        query: "{ contactgeschiedenis(voor: { bsn: \"999990019\" }) { nodes {
            deelnemers { klantId } } } }",
        who: kcc,
        zelf: false,
    },
    Vraag {
        product: "zaakContacthistorie",
        query: "query($zaak: String!) { zaakContacthistorie(zaak: { uuid: $zaak }) { nodes {
            deelnemers { klantId } } } }",
        who: behandelaar,
        zelf: false,
    },
    Vraag {
        product: "werkvoorraad",
        query: "query($team: ID!) { werkvoorraad(voor: { teams: [$team] }) { nodes { klantId } } }",
        who: behandelaar,
        zelf: false,
    },
    Vraag {
        product: "contactverzoek",
        query: "{ contactverzoek(welk: { nummer: \"1000001\" }) { klantId
            contact { deelnemers { klantId } } } }",
        who: behandelaar,
        zelf: false,
    },
    Vraag {
        product: "losseContactverzoeken",
        query: "{ losseContactverzoeken(zoek: { email: \"balie@example.nl\" }) { nodes { naam } } }",
        who: kcc,
        zelf: false,
    },
    Vraag {
        product: "mijnContactgegevens",
        query: "{ mijnContactgegevens { naam } }",
        who: burger,
        zelf: true,
    },
    Vraag {
        product: "mijnGesprekken",
        query: "{ mijnGesprekken { nodes { onderwerp laatsteBericht { tekst } } } }",
        who: burger,
        zelf: true,
    },
    Vraag {
        product: "mijnVerzoeken",
        query: "{ mijnVerzoeken { nodes { kenmerk } } }",
        who: burger,
        zelf: false,
    },
    Vraag {
        product: "voorraadPerTeam",
        query: "{ voorraadPerTeam { teams { open } } }",
        who: |team| Persona::teamleider(&[team]),
        zelf: false,
    },
    Vraag {
        product: "doorlooptijden",
        query: "{ doorlooptijden(periode: { vanaf: \"2026-01-01\", tot: \"2026-02-01\" }) {
            onderdrukt } }",
        who: |_| Persona::analist(),
        zelf: false,
    },
    Vraag {
        product: "kanaalgebruik",
        query: "{ kanaalgebruik(periode: { vanaf: \"2026-01-01\", tot: \"2026-02-01\" }) {
            onderdrukt } }",
        who: |_| Persona::analist(),
        zelf: false,
    },
    Vraag {
        product: "bereikbaarheid",
        query: "{ bereikbaarheid(voor: { bsn: \"999990019\" }) { adres } }",
        who: |_| Persona::outputmanagement(),
        zelf: true,
    },
    Vraag {
        product: "inzageverzoeken",
        query: "{ inzageverzoeken { nodes { klantId } } }",
        who: |_| Persona::privacyfunctionaris("petra"),
        zelf: false,
    },
    Vraag {
        product: "inzagedossier",
        query: "query($verzoek: ID!) { inzagedossier(verzoek: $verzoek) { klantId } }",
        who: |_| Persona::privacyfunctionaris("petra"),
        zelf: false,
    },
    Vraag {
        product: "bewaaroverzicht",
        query: "{ bewaaroverzicht(soort: PARTIJ) { nodes { klantId: objectId } } }",
        who: |_| Persona::archivaris(),
        zelf: false,
    },
    Vraag {
        product: "projectieStatus",
        query: "{ projectieStatus { product } }",
        who: |_| Persona::kcc().claim("rollen", json!(["beheerder"])),
        zelf: false,
    },
];

/// The products of the interface.
fn products() -> BTreeSet<String> {
    let sdl = graphql::sdl();
    let (_, rest) = sdl.split_once("\ntype Query {").expect("the root");
    let (root, _) = rest.split_once("\n}").expect("its end");
    let field = |line: &str| {
        let name = line.strip_prefix('\t')?.split(['(', ':']).next()?;
        name.chars().all(char::is_alphanumeric).then(|| name.to_owned())
    };
    root.lines().filter_map(field).filter(|name| !name.is_empty()).collect()
}

#[tokio::test]
async fn every_product_logs_everyone_whom_it_shows() {
    let asked: BTreeSet<String> = VRAGEN.iter().map(|vraag| vraag.product.to_owned()).collect();
    assert_eq!(asked, products(), "each product needs a question here");
    let app = App::start().await;
    let team = team(&app).await;
    let (jan, others) = klanten(&app, 2).await;
    let paar = json!({ "vertegenwoordigendePartij": jan, "vertegenwoordigdePartij": others[1] });
    app.post("/vertegenwoordigingen", paar).await;
    app.post("/klantcontacten", contact(team, &[jan, others[0]])).await;
    let verzoek = inzage(&app, "petra", jan).await;
    for vraag in &VRAGEN {
        app.settled().await;
        let begin = now(&app);
        let variables = json!({ "zaak": ZAAK, "team": team, "verzoek": verzoek });
        let data = app.ask(&(vraag.who)(team), vraag.query, variables).await;
        let mut ids = BTreeSet::new();
        klant_ids(&data, &mut ids);
        let mut expected: BTreeSet<String> =
            ids.iter().map(|id| pseudoniem(id.parse().expect("a key"))).collect();
        expected.extend(vraag.zelf.then(|| pseudoniem(jan)));
        let logged = since(&app, &begin).await;
        assert_eq!(logged.betrokkenen(), expected, "{}", vraag.product);
        let names: BTreeSet<&str> = logged.verwerkingen.iter().map(|v| v.name.as_str()).collect();
        let processes = Activiteiten::processes(vraag.product);
        assert_eq!(names, processes.then_some(vraag.product).into_iter().collect());
        let [audit] = &logged.audit[..] else { panic!("{:#?}", logged.audit) };
        assert_eq!(audit.producten, vraag.product);
        assert_eq!(audit.object.is_some(), expected.len() == 1, "{}", vraag.product);
    }
    assert_eq!(verify(&app).await.bevindingen, []);
}

#[test]
fn every_product_has_an_activity_or_none_on_purpose() {
    let known: BTreeSet<String> = Activiteiten::products().map(str::to_owned).collect();
    assert_eq!(&products() - &known, BTreeSet::new());
}

#[tokio::test]
async fn a_request_for_two_products_is_two_processings() {
    let app = App::start().await;
    let (jan, others) = klanten(&app, 1).await;
    app.settled().await;
    let begin = now(&app);
    let query = "{ a: klantbeeld(voor: { bsn: \"999990019\" }) { klant { klantId } }
                   b: klantZoeken(zoek: { email: \"balie@example.nl\" }) { nodes { klantId } } }";
    app.ask(&Persona::kcc(), query, json!({})).await;
    let Gelogd { audit, verwerkingen } = since(&app, &begin).await;
    assert_eq!(audit[0].producten, "klantZoeken klantbeeld");
    assert_eq!(audit[0].actie, "klantZoeken klantbeeld");
    let of = |name: &str| -> Vec<Option<String>> {
        let lines = verwerkingen.iter().filter(|line| line.name == name);
        let mut ids: Vec<_> = lines.map(|line| line.data_subject_id.clone()).collect();
        ids.sort();
        ids
    };
    assert_eq!(of("klantbeeld"), [None, Some(pseudoniem(jan))]);
    assert_eq!(of("klantZoeken"), [None, Some(pseudoniem(others[0]))]);
}

#[tokio::test]
async fn refusals_and_failures_are_logged_too() {
    let app = App::start().await;
    klanten(&app, 0).await;
    let ask = |token: Option<String>, query: &str| {
        let request = app.request(Method::POST, graphql::PATH).json(&json!({ "query": query }));
        answer(token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth))
    };
    let kcc = || Some(app.issuer.token(&Persona::kcc()));
    let burger = Some(app.issuer.token(&Persona::burger(BSN)));
    let klantbeeld =
        "query Kijk { klantbeeld(voor: { bsn: \"999990019\" }) { klant { klantId } } }";
    for (token, query, expected) in [
        (None, klantbeeld, ("geweigerd", "NIET_AANGEMELD", None)),
        (Some("x".to_owned()), klantbeeld, ("geweigerd", "NIET_AANGEMELD", None)),
        (burger, klantbeeld, ("geweigerd", "GEEN_TOEGANG ONBEKEND_VELD", Some("pseudoniem"))),
        (kcc(), "{ nonsens }", ("geweigerd", "ONBEKEND_VELD", Some("nicole"))),
        (kcc(), "{", ("geweigerd", "ONGELDIGE_AANVRAAG", Some("nicole"))),
    ] {
        let begin = now(&app);
        ask(token, query).await;
        let Gelogd { audit, verwerkingen } = since(&app, &begin).await;
        let [audit] = &audit[..] else { panic!("{query}: {audit:#?}") };
        let found = (audit.resultaat.as_str(), audit.fouten.as_str(), audit.wie.as_deref());
        assert_eq!(found, expected, "{query}");
        assert_eq!(verwerkingen.iter().filter(|line| line.data_subject_id.is_some()).count(), 0);
    }
    let begin = now(&app);
    sqlx::query("ALTER VIEW read_side.klanten RENAME TO weg")
        .execute(app.pool())
        .await
        .expect("gone");
    ask(kcc(), klantbeeld).await;
    let failed = since(&app, &begin).await;
    assert_eq!(failed.audit[0].resultaat, "mislukt");
    assert_eq!(failed.audit[0].fouten, "INTERNE_FOUT");
    assert_eq!(failed.verwerkingen[0].status, "Error");
}

#[tokio::test]
async fn reading_the_register_is_logged() {
    let app = App::start_without_projector().await;
    let team = team(&app).await;
    let (jan, others) = klanten(&app, 1).await;
    let registered = app.post("/klantcontacten", contact(team, &[jan, others[0]])).await;
    let (contact, taak) = (registered.id(), registered.nth("interneTaak", 0));
    let betrokkene = registered.nth("betrokkene", 0);
    let both = [pseudoniem(jan), pseudoniem(others[0])];
    let one = [pseudoniem(jan)];
    for (path, name, expected) in [
        (format!("/partijen/{jan}"), "raadpleegPartij", &one[..]),
        (format!("/klantcontacten/{contact}"), "raadpleegKlantcontact", &both),
        (format!("/interne-taken/{taak}"), "raadpleegInterneTaak", &both),
        (format!("/betrokkenen/{betrokkene}"), "raadpleegBetrokkene", &both),
        (format!("/actoren/{team}"), "raadpleegActor", &[]),
        (
            format!("/partijen/{jan}/handelingen"),
            "GET /bijhouding/v1/partijen/{id}/handelingen",
            &one,
        ),
        (format!("/partijen/{team}"), "raadpleegPartij", &[]),
    ] {
        let begin = now(&app);
        app.get(&path).await;
        let logged = since(&app, &begin).await;
        assert_eq!(logged.betrokkenen(), expected.iter().cloned().collect(), "{path}");
        assert_eq!(logged.audit[0].actie, name, "{path}");
        assert_eq!(logged.audit[0].kanaal, "bijhouding");
    }
    let begin = now(&app);
    let zoek = json!({ "identificator": { "codeObjecttype": "natuurlijk_persoon",
        "codeSoortObjectId": "bsn", "objectId": BSN, "codeRegister": "brp" } });
    let found = app.try_post("/partijen/_zoek", zoek).await;
    assert_eq!(found.status, 200, "{:#}", found.body);
    let logged = since(&app, &begin).await;
    assert_eq!(logged.betrokkenen(), [pseudoniem(jan)].into());
    assert_eq!(verify(&app).await.bevindingen, []);
}

/// Numbers of nine digits that may be somebody's.
fn numbers(text: &str) -> Vec<&str> {
    let elfproef = |digits: &&str| {
        let weighed =
            digits.bytes().map(|digit| i64::from(digit - b'0')).zip([9, 8, 7, 6, 5, 4, 3, 2, -1]);
        digits.len() == 9 && weighed.map(|(digit, weight)| digit * weight).sum::<i64>() % 11 == 0
    };
    // A run of digits within a hash is nobody's.
    let hash = |word: &&str| word.len() >= 16 && word.chars().all(|c| c.is_ascii_hexdigit());
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !hash(word));
    words.flat_map(|word| word.split(|c: char| !c.is_ascii_digit())).filter(elfproef).collect()
}

#[tokio::test]
async fn no_number_and_no_name_of_anybody_is_in_the_logbook() {
    assert_eq!(numbers("x 999990019, 999990018"), [BSN]);
    let app = App::start().await;
    klanten(&app, 1).await;
    let inline = "query Q999990019 { klantbeeld(voor: { bsn: \"999990019\" }) {
        klant { weergavenaam } } }";
    app.ask(&Persona::kcc(), inline, json!({})).await;
    let query =
        "query($bsn: String!) { klantbeeld(voor: { bsn: $bsn }) { klant { weergavenaam } } }";
    app.ask(&Persona::kcc(), query, json!({ "bsn": BSN })).await;
    app.ask(&Persona::burger(BSN), "{ mijnContactgegevens { naam } }", json!({})).await;
    let kept = in_logboek(&app).await;
    assert!(kept.contains("klantbeeld") && kept.contains("nicole"), "{kept}");
    assert_eq!(numbers(&kept), Vec::<&str>::new());
    assert!(!kept.contains("Vries") && !kept.contains("example.nl"), "{kept}");
    let logged = all(&app).await;
    assert!(logged.audit.iter().any(|line| line.document.is_some()));
    // Of a processing it is not told who asked, whatever one knows of the request.
    let sql = "SELECT string_agg(v::text, ' ') FROM logboek.verwerkingen v";
    let lines: String = sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("lines");
    assert!(!lines.contains("nicole") && !lines.contains("pseudoniem\""), "{lines}");
}
