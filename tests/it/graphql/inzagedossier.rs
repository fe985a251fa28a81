//! Inzagedossier: two people open it, everything of one person is in it, and nobody else.

use std::collections::BTreeSet;

use graphql::{Settings, VertrouwelijkBeleid, Weergave};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, App, Counter, Persona};

const AN: &str = "an";
const BO: &str = "bo";
/// Text that only others have.
const ANDER: &str = "Geheimzinnig";

const DOSSIER: &str = "query($verzoek: ID!) { inzagedossier(verzoek: $verzoek) { klantId } }";
const REGELS: &str = "query($verzoek: ID!, $over: Dossierdeel!, $actueel: Boolean!, $first: Int!,
    $na: String) { inzagedossier(verzoek: $verzoek) { regels(over: $over, alleenActueel: $actueel,
    first: $first, after: $na) { totaal pageInfo { hasNextPage endCursor }
    nodes { gebeurtenis objectsoort objectId versie op handeling toepassing actueel vanAnder
        vertrouwelijk gegevens { naam waarde } teams { naam } systemen { naam } aantalMedewerkers
        medewerkers { naam } } } } }";

async fn vraag(app: &App, wie: &str, partij: Uuid) -> Answer {
    let body =
        json!({ "partij": partij, "kenmerk": "AVG-2026-7", "reden": "verzoek van betrokkene" });
    app.try_post_as(&Persona::privacyfunctionaris(wie), "/inzageverzoeken", body).await
}

async fn oordeel(app: &App, wie: &str, verzoek: Uuid, oordeel: &str) -> Answer {
    let path = format!("/inzageverzoeken/{verzoek}/{oordeel}");
    app.try_post_as(&Persona::privacyfunctionaris(wie), &path, json!({})).await
}

/// A request of this person for the dossier of a partij, approved by another.
pub async fn inzage(app: &App, wie: &str, partij: Uuid) -> Uuid {
    let verzoek = vraag(app, wie, partij).await;
    assert_eq!(verzoek.status, 201, "{:#}", verzoek.body);
    let verzoek = verzoek.id();
    let approved = oordeel(app, "iemand-anders", verzoek, "goedkeuringen").await;
    assert_eq!(approved.status, 200, "{:#}", approved.body);
    verzoek
}

/// Whether this person can read the dossier of a request.
async fn opens(app: &App, wie: &str, verzoek: Uuid) -> bool {
    let who = Persona::privacyfunctionaris(wie);
    let data = app.ask(&who, DOSSIER, json!({ "verzoek": verzoek })).await;
    data["inzagedossier"]["klantId"].is_string()
}

async fn page(app: &App, verzoek: Uuid, variables: Value) -> Value {
    let mut all =
        json!({ "verzoek": verzoek, "over": "CONTACTEN", "actueel": false, "first": 100 });
    all.as_object_mut().expect("an object").extend(variables.as_object().cloned().expect("one"));
    let data = app.ask(&Persona::privacyfunctionaris(AN), REGELS, all).await;
    data["inzagedossier"]["regels"].clone()
}

async fn regels(app: &App, verzoek: Uuid, over: &str, actueel: bool) -> Vec<Value> {
    let page = page(app, verzoek, json!({ "over": over, "actueel": actueel })).await;
    let nodes = page["nodes"].as_array().expect("nodes").clone();
    assert_eq!(page["totaal"], nodes.len());
    nodes
}

/// The values of a line, by name.
fn waarde<'r>(regel: &'r Value, naam: &str) -> Option<&'r str> {
    let gegevens = regel["gegevens"].as_array().expect("gegevens");
    gegevens.iter().find(|found| found["naam"] == naam)?["waarde"].as_str()
}

fn gebeurtenissen(regels: &[Value]) -> Vec<&str> {
    regels.iter().map(|regel| regel["gebeurtenis"].as_str().expect("a word")).collect()
}

fn persoon(naam: &str) -> Value {
    json!({
        "contactnaam": { "voornaam": naam, "achternaam": naam }, "interneNotitie": "Belt graag vroeg",
        "partijIdentificatoren": [{ "partijIdentificator": { "objectId": "999990019",
            "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
            "codeRegister": "brp" } }],
        "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": "jan@example.nl" }],
        "rekeningnummers": [{ "iban": "NL91ABNA0417164300" }],
        "bezoekadres": { "straatnaam": "Lindelaan", "huisnummer": 12, "postcode": "1999 AB",
            "stad": "Voorbeeldstad" },
    })
}

/// A klant, somebody else, and a contact of both, with a taak of a medewerker and a team.
struct Scene {
    app: App,
    jan: Uuid,
    contact: Answer,
    verzoek: Uuid,
}

async fn scene(settings: Settings, vertrouwelijk: bool) -> Scene {
    let app = App::start_with(settings).await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Vergunningen" })).await.id();
    let medewerker = json!({ "naam": "Mia Medewerker", "functie": "KCC",
        "telefoonnummer": "0340232221" });
    let medewerker = app.post("/medewerkers", medewerker).await.id();
    let jan = app.post("/personen", persoon("Jan")).await.id();
    let ander = json!({ "contactnaam": { "achternaam": ANDER } });
    let ander = app.post("/personen", ander).await.id();
    let email = json!([{ "soortDigitaalAdres": "email", "adres": format!("{ANDER}@example.nl") }]);
    let own = json!([{ "soortDigitaalAdres": "telefoonnummer", "adres": "0612345678" }]);
    let body = json!({
        "kanaal": "telefoon", "onderwerp": "Overkapping", "inhoud": "Hoe ver is het?",
        "vertrouwelijk": vertrouwelijk, "actoren": [team, medewerker],
        "betrokkenen": [
            { "rol": "klant", "initiator": true, "wasPartij": jan, "digitaleAdressen": own },
            { "rol": "vertegenwoordiger", "initiator": false, "wasPartij": ander,
              "contactnaam": { "achternaam": ANDER }, "digitaleAdressen": email },
            { "rol": "klant", "initiator": false, "contactnaam": { "achternaam": ANDER } },
        ],
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": "ZAAK-2026-1",
            "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
            "codeRegister": "zakenregister" } }],
        "interneTaken": [{ "gevraagdeHandeling": "Bel terug", "toelichting": "Na vijven",
            "toegewezenAanActoren": [medewerker] }],
    });
    let contact = app.post("/klantcontacten", body).await;
    let paar = json!({ "vertegenwoordigendePartij": ander, "vertegenwoordigdePartij": jan });
    app.post("/vertegenwoordigingen", paar).await;
    let verzoek = inzage(&app, AN, jan).await;
    Scene { app, jan, contact, verzoek }
}

#[tokio::test]
async fn it_takes_two_people_and_opens_for_who_asked_only() {
    let app = App::start().await;
    let jan = app.post("/personen", persoon("Jan")).await.id();
    let unknown = vraag(&app, AN, Uuid::nil()).await;
    assert_eq!((unknown.status.as_u16(), &unknown.faults()[0].0[..]), (404, "partij"));
    let without = json!({ "partij": jan, "kenmerk": "AVG-2026-7" });
    let without =
        app.try_post_as(&Persona::privacyfunctionaris(AN), "/inzageverzoeken", without).await;
    assert_eq!((without.status.as_u16(), &without.faults()[0].0[..]), (400, "reden"));

    let verzoek = vraag(&app, AN, jan).await.id();
    assert!(!opens(&app, AN, verzoek).await, "before anybody approved");
    assert_eq!(oordeel(&app, AN, verzoek, "goedkeuringen").await.status, 403, "by who asked");
    assert!(!opens(&app, AN, verzoek).await, "approved by who asked");
    assert_eq!(oordeel(&app, BO, verzoek, "goedkeuringen").await.status, 200);
    assert_eq!(oordeel(&app, "cas", verzoek, "afwijzingen").await.status, 409, "judged twice");
    assert!(opens(&app, AN, verzoek).await);
    for other in [BO, "cas", ""] {
        assert!(!opens(&app, other, verzoek).await, "{other:?} did not ask");
    }
    let shown = app.get(&format!("/inzageverzoeken/{verzoek}")).await.body;
    assert_eq!((&shown["aangevraagdDoor"], &shown["beoordeeldDoor"]), (&json!(AN), &json!(BO)));

    let refused = vraag(&app, AN, jan).await.id();
    assert_eq!(oordeel(&app, BO, refused, "afwijzingen").await.status, 200);
    assert!(!opens(&app, AN, refused).await, "refused");
    let without = Persona::kcc().claim("scope", json!(""));
    let nobody = app.try_post_as(&without, "/inzageverzoeken", json!({})).await;
    assert_eq!(nobody.status, 403);
}

#[tokio::test]
async fn an_approval_ends() {
    let app = App::start().await;
    let jan = app.post("/personen", persoon("Jan")).await.id();
    let verzoek = inzage(&app, AN, jan).await;
    assert!(opens(&app, AN, verzoek).await);
    // What the rows say, and what the decision reads, each by itself.
    for sql in [
        "UPDATE inzagedossier_g1.inzageverzoeken SET geldig_tot = now() WHERE verzoek_id = $1",
        "UPDATE inzagedossier_g1.inzageverzoeken SET geldig_tot = now() + interval '1 day',
             document = jsonb_set(document::jsonb, '{geldig_tot}', '\"2026-01-01T00:00:00Z\"')
         WHERE verzoek_id = $1",
    ] {
        sqlx::query(sql).bind(verzoek).execute(app.pool()).await.expect("changed");
        assert!(!opens(&app, AN, verzoek).await, "{sql}");
    }
}

#[tokio::test]
async fn the_dossier_has_all_of_the_klant_with_its_history_and_where_it_came_from() {
    let Scene { app, jan, .. } = scene(Settings::default(), false).await;
    let changed = json!({ "contactnaam": { "voornaam": "Jan", "achternaam": "de Vries" } });
    let path = format!("/personen/{jan}/wijzigingen");
    let done = app.try_post(&path, changed).await;
    assert_eq!(done.status, 200, "{:#}", done.body);
    let verzoek = inzage(&app, AN, jan).await;
    let all = regels(&app, verzoek, "GEGEVENS", false).await;
    assert_eq!(
        gebeurtenissen(&all),
        [
            "PersoonGeregistreerd",
            "PartijIdentificatorGeregistreerd",
            "DigitaalAdresGeregistreerd",
            "RekeningnummerGeregistreerd",
            "PersoonGewijzigd",
        ]
    );
    let [first, bsn, email, rekening, last] = &all[..] else { panic!("five lines") };
    assert_eq!(waarde(first, "interneNotitie"), Some("Belt graag vroeg"));
    assert_eq!(waarde(first, "bezoekadres.straatnaam"), Some("Lindelaan"));
    assert_eq!(waarde(first, "contactnaam.achternaam"), Some("Jan"));
    assert_eq!(waarde(last, "contactnaam.achternaam"), Some("de Vries"));
    assert_eq!(waarde(bsn, "partijIdentificator.objectId"), Some("999990019"));
    assert_eq!(waarde(email, "digitaalAdres.adres"), Some("jan@example.nl"));
    assert_eq!(waarde(rekening, "iban"), Some("NL91ABNA0417164300"));
    assert_eq!((&first["actueel"], &last["actueel"]), (&json!(false), &json!(true)));
    assert_eq!(first["handeling"], "registreerPersoon");
    assert_eq!(first["toepassing"], "test");
    let now = regels(&app, verzoek, "GEGEVENS", true).await;
    assert_eq!(now, all[1..]);
}

#[tokio::test]
async fn of_contacts_everything_is_there_but_who_else_took_part() {
    let Scene { app, contact, verzoek, .. } = scene(Settings::default(), false).await;
    let taak = contact.nth("interneTaak", 0);
    app.post(&format!("/interne-taken/{taak}/afhandelingen"), json!({})).await;
    let all = regels(&app, verzoek, "CONTACTEN", false).await;
    let words = gebeurtenissen(&all);
    let of = |word: &str| {
        let place = words.iter().position(|found| *found == word);
        &all[place.unwrap_or_else(|| panic!("no {word} in {words:?}"))]
    };
    assert_eq!(waarde(of("KlantcontactGeregistreerd"), "inhoud"), Some("Hoe ver is het?"));
    let zaak = of("OnderwerpobjectGeregistreerd");
    assert_eq!(waarde(zaak, "onderwerpobjectidentificator.objectId"), Some("ZAAK-2026-1"));
    assert_eq!(waarde(of("DigitaalAdresGeregistreerd"), "digitaalAdres.adres"), Some("0612345678"));
    let taak = of("InterneTaakGeregistreerd");
    assert_eq!(waarde(taak, "toelichting"), Some("Na vijven"));
    assert_eq!((&taak["aantalMedewerkers"], &taak["medewerkers"]), (&json!(1), &json!([])));
    assert_eq!(of("InterneTaakAfgehandeld")["actueel"], true);
    assert_eq!(of("ActorAanKlantcontactGekoppeld")["teams"][0]["naam"], "Vergunningen");

    let took_part: Vec<(bool, usize)> = all
        .iter()
        .filter(|regel| regel["gebeurtenis"] == "BetrokkeneBijKlantcontactGeregistreerd")
        .map(|regel| {
            let gegevens = regel["gegevens"].as_array().expect("gegevens").len();
            (regel["vanAnder"].as_bool().expect("a boolean"), gegevens)
        })
        .collect();
    assert!(!took_part[0].0 && took_part[0].1 > 1, "{took_part:?}");
    assert_eq!(took_part[1..], [(true, 1), (true, 1)], "of others only their part");
    let pairs = regels(&app, verzoek, "VERTEGENWOORDIGINGEN", false).await;
    assert_eq!(waarde(&pairs[0], "vertegenwoordigendePartij"), Some("een ander"));
    for over in ["GEGEVENS", "CONTACTEN", "VERTEGENWOORDIGINGEN"] {
        let text = Value::from(regels(&app, verzoek, over, false).await).to_string();
        assert!(!text.contains(ANDER) && !text.contains("Mia"), "{over}: {text}");
    }
}

#[tokio::test]
async fn medewerkers_are_named_where_that_is_set() {
    let settings = Settings { inzage_medewerkers: true, ..Settings::default() };
    let Scene { app, verzoek, .. } = scene(settings, false).await;
    let text = Value::from(regels(&app, verzoek, "CONTACTEN", false).await).to_string();
    assert!(text.contains("Mia Medewerker") && !text.contains(ANDER), "{text}");
}

#[tokio::test]
async fn confidential_contacts_are_shown_as_the_policy_says() {
    for (inzage, lines, content) in [
        (Weergave::Tonen, true, true),
        (Weergave::Maskeren, true, false),
        (Weergave::Verbergen, false, false),
    ] {
        let vertrouwelijk = VertrouwelijkBeleid { inzage, ..VertrouwelijkBeleid::default() };
        let settings = Settings { vertrouwelijk, ..Settings::default() };
        let Scene { app, verzoek, .. } = scene(settings, true).await;
        let found = regels(&app, verzoek, "CONTACTEN", false).await;
        assert_eq!(!found.is_empty(), lines, "{inzage:?}");
        let text = Value::from(found).to_string();
        assert_eq!(text.contains("Hoe ver is het?"), content, "{inzage:?}");
        assert!(!regels(&app, verzoek, "GEGEVENS", false).await.is_empty());
    }
}

#[tokio::test]
async fn the_dossier_tells_what_was_done_with_the_data_and_who_was_given_them() {
    let Scene { app, verzoek, .. } = scene(Settings::default(), false).await;
    app.ask(
        &Persona::kcc(),
        "{ klantbeeld(voor: { bsn: \"999990019\" }) { waarschuwingen } }",
        json!({}),
    )
    .await;
    let query = "query($verzoek: ID!, $na: String) { inzagedossier(verzoek: $verzoek) {
        verwerkingen(first: 1, after: $na) { totaal pageInfo { hasNextPage endCursor }
            nodes { op operatie activiteit toepassing doelbinding gelukt } }
        ontvangers { toepassingen { toepassing aantal } nietVastgelegd } } }";
    let who = Persona::privacyfunctionaris(AN);
    let (mut operations, mut na) = (Vec::new(), Value::Null);
    loop {
        let data = app.ask(&who, query, json!({ "verzoek": verzoek, "na": na })).await;
        let page = &data["inzagedossier"]["verwerkingen"];
        let node = page["nodes"][0].clone();
        operations.push(node["operatie"].as_str().expect("a word").to_owned());
        if node["operatie"] == "klantbeeld" {
            assert_eq!(node["toepassing"], "test");
            assert_eq!(node["doelbinding"], "klantcontact");
            assert_eq!(node["activiteit"], "urn:klantbeeld:verwerkingsactiviteit:klantcontact");
        }
        let ontvangers = &data["inzagedossier"]["ontvangers"];
        assert_eq!(ontvangers["toepassingen"][0]["toepassing"], "test");
        assert_eq!(ontvangers["nietVastgelegd"].as_array().map(Vec::len), Some(3));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        na = page["pageInfo"]["endCursor"].clone();
    }
    for expected in [
        "registreerPersoon",
        "registreerKlantcontact",
        "vraagInzageAan",
        "keurInzageGoed",
        "klantbeeld",
    ] {
        let found = operations.iter().filter(|found| *found == expected).count();
        assert_eq!(found, 1, "{expected} in {operations:?}");
    }
}

#[tokio::test]
async fn a_reaction_that_names_nobody_is_in_the_dossier_of_the_gesprek() {
    for (inzage, total, text) in [
        (Weergave::Tonen, 2, json!("Een collega belt u")),
        (Weergave::Maskeren, 2, Value::Null),
        (Weergave::Verbergen, 1, Value::Null),
    ] {
        let vertrouwelijk = VertrouwelijkBeleid { inzage, ..VertrouwelijkBeleid::default() };
        let settings = Settings { vertrouwelijk, ..Settings::default() };
        let Scene { app, contact, verzoek, .. } = scene(settings, false).await;
        let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
        for (vertrouwelijk, inhoud) in [(false, "Ontvangen"), (true, "Een collega belt u")] {
            let body = json!({ "kanaal": "email", "onderwerp": "Antwoord", "inhoud": inhoud,
                "vertrouwelijk": vertrouwelijk, "actoren": [team],
                "betrokkenen": [{ "rol": "klant", "initiator": false }],
                "onderwerpobjecten": [{ "onderwerpWasKlantcontact": contact.id() }] });
            app.post("/klantcontacten", body).await;
        }
        // Of somebody else, so not of the klant.
        let other = json!({ "kanaal": "email", "onderwerp": ANDER, "actoren": [team],
            "betrokkenen": [{ "rol": "klant", "initiator": true,
                "contactnaam": { "achternaam": ANDER } }],
            "onderwerpobjecten": [{ "onderwerpWasKlantcontact": contact.id() }] });
        app.post("/klantcontacten", other).await;
        let query = "query($verzoek: ID!) { inzagedossier(verzoek: $verzoek) {
            reacties { totaal nodes { onderwerp tekst teams { naam } vertrouwelijk } } } }";
        let who = Persona::privacyfunctionaris(AN);
        let data = app.ask(&who, query, json!({ "verzoek": verzoek })).await;
        let found = &data["inzagedossier"]["reacties"];
        assert_eq!(found["totaal"], total, "{inzage:?}");
        assert_eq!(found["nodes"][0]["tekst"], "Ontvangen");
        assert_eq!(found["nodes"][1]["tekst"], text, "{inzage:?}");
        assert!(!data.to_string().contains(ANDER));
    }
}

#[tokio::test]
async fn all_pages_together_are_all_lines() {
    let Scene { app, verzoek, .. } = scene(Settings::default(), false).await;
    for over in ["GEGEVENS", "CONTACTEN", "VERTEGENWOORDIGINGEN"] {
        for actueel in [false, true] {
            let all = regels(&app, verzoek, over, actueel).await;
            for first in 1..=all.len() + 1 {
                let (mut found, mut na) = (Vec::new(), Value::Null);
                loop {
                    let asked =
                        json!({ "over": over, "actueel": actueel, "first": first, "na": na });
                    let page = page(&app, verzoek, asked).await;
                    found.extend(page["nodes"].as_array().expect("nodes").clone());
                    if page["pageInfo"]["hasNextPage"] == false {
                        break;
                    }
                    na = page["pageInfo"]["endCursor"].clone();
                }
                assert_eq!(found, all, "{over}, {actueel}, pages of {first}");
            }
        }
    }
}

#[tokio::test]
async fn requests_are_listed_in_pages_for_every_privacy_officer() {
    let app = App::start().await;
    let jan = app.post("/personen", persoon("Jan")).await.id();
    let mut all = BTreeSet::new();
    for _ in 0..4 {
        all.insert(vraag(&app, AN, jan).await.id().to_string());
    }
    let judged = *all.first().map(|id| id.parse::<Uuid>().expect("a key")).as_ref().expect("one");
    oordeel(&app, BO, judged, "goedkeuringen").await;
    let query = "query($status: Inzagestatus, $first: Int!, $na: String) { inzageverzoeken(
        status: $status, first: $first, after: $na) { totaal pageInfo { hasNextPage endCursor }
        nodes { verzoekId klantId kenmerk reden status aangevraagdDoor beoordeeldDoor teLezen } } }";
    for first in 1..=5 {
        let (mut found, mut na) = (Vec::new(), Value::Null);
        loop {
            let asked = json!({ "first": first, "na": na });
            let data = app.ask(&Persona::privacyfunctionaris(BO), query, asked).await;
            let page = &data["inzageverzoeken"];
            assert_eq!(page["totaal"], 4);
            let nodes = page["nodes"].as_array().expect("nodes");
            found.extend(
                nodes.iter().map(|node| node["verzoekId"].as_str().expect("a key").to_owned()),
            );
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            na = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(found.len(), 4);
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), all, "pages of {first}");
    }
    let asked = json!({ "first": 9, "status": "GOEDGEKEURD" });
    for (who, readable) in [(AN, true), (BO, false)] {
        let data = app.ask(&Persona::privacyfunctionaris(who), query, asked.clone()).await;
        let [node] = &data["inzageverzoeken"]["nodes"].as_array().expect("nodes")[..] else {
            panic!("one is approved: {data:#}");
        };
        assert_eq!(node["teLezen"], readable, "{who}");
        assert_eq!(
            (&node["reden"], &node["beoordeeldDoor"]),
            (&json!("verzoek van betrokkene"), &json!(BO))
        );
    }
}

#[tokio::test]
async fn only_a_privacy_officer_sees_it() {
    let Scene { app, verzoek, .. } = scene(Settings::default(), false).await;
    for who in [
        Persona::kcc(),
        Persona::behandelaar(&["*"]),
        Persona::burger("999990019"),
        Persona::archivaris(),
        Persona::outputmanagement(),
        Persona::kcc().claim("rollen", json!(["beheerder", "analist", "teamleider"])),
    ] {
        // Also who asked for it itself.
        let who = who.claim("sub", json!(AN));
        let answer = app.try_ask(&who, DOSSIER, json!({ "verzoek": verzoek })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "ONBEKEND_VELD", "{who:?}");
        assert_eq!(answer["data"], Value::Null);
    }
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_dossier() {
    let counter = Counter::start();
    let mut counts = Vec::new();
    for contacts in [1, 12] {
        let Scene { app, jan, verzoek, .. } = scene(Settings::default(), false).await;
        let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
        for _ in 1..contacts {
            let body = json!({ "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [team],
                "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": jan }] });
            app.post("/klantcontacten", body).await;
        }
        app.settled().await;
        let before = counter.read();
        let page = page(&app, verzoek, json!({})).await;
        counts.push((counter.read() - before, page["nodes"].as_array().map(Vec::len)));
    }
    let [(few, small), (many, large)] = counts[..] else { panic!("two sizes") };
    assert!(small < large);
    // Whether it may be read, the lines, how many there are, and who is named.
    assert_eq!((few, many), (4, 4));
}

#[tokio::test]
async fn what_was_destroyed_is_in_no_dossier() {
    let Scene { app, jan, contact, .. } = scene(Settings::default(), false).await;
    let taak = contact.nth("interneTaak", 0);
    app.post(&format!("/interne-taken/{taak}/afhandelingen"), json!({})).await;
    let gone =
        crate::vernietiging::destroy(&app, "klantcontact", "klantcontacten", contact.id()).await;
    assert_eq!(gone.status, 200, "{:#}", gone.body);
    let verzoek = inzage(&app, AN, jan).await;
    assert_eq!(regels(&app, verzoek, "CONTACTEN", false).await, Vec::<Value>::new());
    let gone = crate::vernietiging::destroy(&app, "partij", "partijen", jan).await;
    assert_eq!(gone.status, 200, "{:#}", gone.body);
    for over in ["GEGEVENS", "CONTACTEN", "VERTEGENWOORDIGINGEN"] {
        assert_eq!(regels(&app, verzoek, over, false).await, Vec::<Value>::new(), "{over}");
    }
    assert_eq!(vraag(&app, AN, jan).await.status, 404);
}
