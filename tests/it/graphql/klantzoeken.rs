//! klantZoeken: every entry finds what fits and nothing else, in one walk over one index; whoever
//! asked for secrecy is found by number only.

use read_side::klantzoeken::{Ingang, vraag};
use read_side::{Leesrecht, Lezer};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::code;
use crate::support::{App, Persona, plans};

const JAN: &str = "999990019";
const KVK: &str = "90000001";
const VESTIGING: &str = "000090000099";
const RSIN: &str = "999993653";
/// Klanten with the same address: more than a search gives.
const MANY: usize = 27;
/// Rows beside which reading all of a table would show.
const CROWD: i64 = 20_000;

const SEARCH: &str = "query($zoek: KlantZoekIngang!) { klantZoeken(zoek: $zoek) { meer nodes {
    klantId weergavenaam soort klantnummer kvkNummer vestigingsnummer afgeschermd
    telefoonnummers { waarde } emailadressen { waarde }
    aantalOpenContactverzoeken laatsteContactOp } } }";

fn sleutel(objecttype: &str, soort: &str, id: &str, register: &str) -> Value {
    json!({ "partijIdentificator": { "objectId": id, "codeObjecttype": objecttype,
        "codeSoortObjectId": soort, "codeRegister": register } })
}

fn adres(soort: &str, adres: &str) -> Value {
    json!({ "soortDigitaalAdres": soort, "adres": adres })
}

fn jan() -> Value {
    json!({
        "contactnaam": { "voornaam": "Ján", "voorvoegselAchternaam": "de",
            "achternaam": "Vries-Müller" },
        "partijIdentificatoren": [sleutel("natuurlijk_persoon", "bsn", JAN, "brp")],
        "digitaleAdressen": [adres("telefoonnummer", "06-12345678"),
            adres("email", "Jan@Example.nl")],
        "bezoekadres": { "straatnaam": "Lindelaan", "huisnummer": 12, "postcode": "1999 AB",
            "stad": "Voorbeeldstad" },
        "correspondentieadres": { "straatnaam": "Kade", "huisnummer": 1, "postcode": "1999 CD",
            "stad": "Voorbeeldstad" },
    })
}

async fn search(app: &App, zoek: Value) -> Value {
    app.ask(&Persona::kcc(), SEARCH, json!({ "zoek": zoek })).await["klantZoeken"].clone()
}

/// The names of who is found.
async fn names(app: &App, zoek: Value) -> Vec<String> {
    let found = search(app, zoek).await;
    let nodes = found["nodes"].as_array().expect("nodes").iter();
    nodes.map(|node| node["weergavenaam"].as_str().unwrap_or_default().to_owned()).collect()
}

/// A search by name and postcode.
fn naam(naam: &str, postcode: &str) -> Value {
    json!({ "naamEnPostcode": { "naam": naam, "postcode": postcode } })
}

#[tokio::test]
async fn every_entry_finds_what_fits_and_nothing_else() {
    let app = App::start().await;
    let nummer = app.post("/personen", jan()).await.nummer().to_owned();
    let ander = json!({ "contactnaam": { "voornaam": "An" },
        "digitaleAdressen": [adres("telefoonnummer", "0612345679")] });
    app.post("/personen", ander).await;
    for zoek in [
        json!({ "bsn": JAN }),
        json!({ "klantnummer": nummer }),
        json!({ "email": " jan@EXAMPLE.nl " }),
        json!({ "telefoon": "0612345678" }),
        json!({ "telefoon": "+31 (0)6 1234 5678" }),
        json!({ "telefoon": "0031612345678" }),
        naam("vries", "1999ab"),
        naam("JAN DE VRIES", "1999 CD"),
        naam("de vries mull", "1999 AB"),
    ] {
        assert_eq!(names(&app, zoek.clone()).await, ["Ján de Vries-Müller"], "{zoek}");
    }
    for zoek in [
        json!({ "bsn": RSIN }),
        json!({ "rsin": JAN }),
        json!({ "kvkNummer": JAN }),
        json!({ "klantnummer": "1" }),
        json!({ "email": "jan@example.nl.nl" }),
        json!({ "telefoon": "061234567" }),
        naam("ries", "1999 AB"),
        naam("vries", "1999 EF"),
        naam("vries jan", "1999 AB"),
    ] {
        assert_eq!(names(&app, zoek.clone()).await, [""; 0], "{zoek}");
    }
}

#[tokio::test]
async fn an_organisation_is_found_by_its_numbers_with_its_vestigingen() {
    let app = App::start().await;
    let kvk = sleutel("niet_natuurlijk_persoon", "kvk_nummer", KVK, "hr");
    let rsin = sleutel("niet_natuurlijk_persoon", "rsin", RSIN, "hr");
    let mut vestiging = sleutel("vestiging", "vestigingsnummer", VESTIGING, "hr");
    let zaak = json!({ "naam": "De Zaak", "partijIdentificatoren": [kvk, rsin] });
    let zaak = app.post("/organisaties", zaak).await;
    vestiging["subIdentificatorVan"] = json!(zaak.nth("partijIdentificator", 0));
    let filiaal = json!({ "naam": "Filiaal", "partijIdentificatoren": [vestiging] });
    app.post("/organisaties", filiaal).await;
    assert_eq!(names(&app, json!({ "kvkNummer": KVK })).await, ["De Zaak", "Filiaal"]);
    assert_eq!(names(&app, json!({ "rsin": RSIN })).await, ["De Zaak"]);
    let vestiging = json!({ "vestiging": { "kvkNummer": KVK, "vestigingsnummer": VESTIGING } });
    let found = search(&app, vestiging).await;
    assert_eq!(found["nodes"][0]["weergavenaam"], "Filiaal");
    assert_eq!(found["nodes"][0]["soort"], "ORGANISATIE");
    assert_eq!(found["nodes"][0]["vestigingsnummer"], VESTIGING);
    assert_eq!(found["nodes"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_entry_follows_what_changes() {
    let app = App::start().await;
    let jan = app.post("/personen", jan()).await;
    let (telefoon, email) = (jan.nth("digitaalAdres", 0), jan.nth("digitaalAdres", 1));
    let path = format!("/digitale-adressen/{telefoon}/wijzigingen");
    app.post(&path, json!({ "adres": "0687654321" })).await;
    app.post(&format!("/digitale-adressen/{email}/verwijderingen"), json!({})).await;
    let path = format!("/personen/{}/wijzigingen", jan.id());
    app.post(&path, json!({ "contactnaam": { "achternaam": "Jansen" } })).await;
    for zoek in [
        json!({ "telefoon": "0612345678" }),
        json!({ "email": "jan@example.nl" }),
        json!({ "naamEnPostcode": { "naam": "vries", "postcode": "1999 AB" } }),
    ] {
        assert_eq!(names(&app, zoek.clone()).await, [""; 0], "{zoek}");
    }
    assert_eq!(names(&app, json!({ "telefoon": "06 8765 4321" })).await, ["Jansen"]);
    let zoek = json!({ "naamEnPostcode": { "naam": "jansen", "postcode": "1999 AB" } });
    assert_eq!(names(&app, zoek).await, ["Jansen"]);
}

#[tokio::test]
async fn whoever_asked_for_secrecy_is_found_by_number_only_and_shown_without_addresses() {
    let app = App::start().await;
    let jan = app.post("/personen", jan()).await;
    let path = format!("/personen/{}/wijzigingen", jan.id());
    app.post(&path, json!({ "indicatieGeheimhouding": true })).await;
    for zoek in [
        json!({ "telefoon": "0612345678" }),
        json!({ "email": "jan@example.nl" }),
        json!({ "naamEnPostcode": { "naam": "vries", "postcode": "1999 AB" } }),
    ] {
        let found = search(&app, zoek).await;
        assert_eq!(found, json!({ "nodes": [], "meer": false }), "as if nobody fitted");
    }
    for zoek in [json!({ "bsn": JAN }), json!({ "klantnummer": jan.nummer() })] {
        let found = search(&app, zoek).await;
        assert_eq!(found["nodes"][0]["afgeschermd"], true);
        let text = found.to_string();
        for secret in ["12345678", "xample.nl", JAN] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn no_list_shows_a_burgerservicenummer_or_confidential_contacts_that_are_hidden() {
    let settings = graphql::Settings {
        vertrouwelijk: graphql::VertrouwelijkBeleid {
            kcc: graphql::Weergave::Verbergen,
            ..graphql::VertrouwelijkBeleid::default()
        },
        ..graphql::Settings::default()
    };
    for (settings, aantal, laatste) in [
        (graphql::Settings::default(), 2, "2024-02-01T10:00:00Z"),
        (settings, 1, "2024-01-01T10:00:00Z"),
    ] {
        let app = App::start_with(settings).await;
        let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
        let jan = app.post("/personen", jan()).await.id();
        for (op, vertrouwelijk) in [("2024-01-01", false), ("2024-02-01", true)] {
            let body = json!({
                "kanaal": "telefoon", "onderwerp": "Vraag", "vertrouwelijk": vertrouwelijk,
                "plaatsgevondenOp": format!("{op}T10:00:00Z"), "actoren": [team],
                "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": jan }],
                "interneTaken": [{ "gevraagdeHandeling": "Bellen",
                    "toegewezenAanActoren": [team] }],
            });
            app.post("/klantcontacten", body).await;
        }
        let found = search(&app, json!({ "bsn": JAN })).await;
        assert_eq!(found["nodes"][0]["aantalOpenContactverzoeken"], aantal);
        assert_eq!(found["nodes"][0]["laatsteContactOp"], laatste);
        assert_eq!(found["nodes"][0]["telefoonnummers"], json!([{ "waarde": "0612345678" }]));
        assert!(!found.to_string().contains(JAN), "{found:#}");
    }
}

#[tokio::test]
async fn at_most_25_are_given_and_it_is_told_that_there_are_more() {
    let app = App::start().await;
    for index in 0..MANY {
        let body = json!({ "contactnaam": { "achternaam": format!("Klant {index}") },
            "digitaleAdressen": [adres("email", "balie@example.nl")] });
        app.post("/personen", body).await;
    }
    let found = search(&app, json!({ "email": "balie@example.nl" })).await;
    assert_eq!(found["nodes"].as_array().map(Vec::len), Some(25));
    assert_eq!(found["meer"], true);
}

#[tokio::test]
async fn other_audiences_and_useless_entries_are_refused_without_repeating_them() {
    let app = App::start().await;
    app.post("/personen", jan()).await;
    let zoek = json!({ "zoek": { "bsn": JAN } });
    let refused = "ONBEKEND_VELD";
    for (who, expected) in [
        (Persona::kcc().claim("doelbinding", Value::Null), "DOELBINDING_VEREIST"),
        (Persona::behandelaar(&["*"]), refused),
        (Persona::burger(JAN), refused),
        (Persona::systeem(), refused),
        (Persona::systeem().claim("rollen", json!(["analist"])), refused),
        (Persona::systeem().claim("rollen", json!(["beheerder"])), refused),
    ] {
        let answer = app.try_ask(&who, SEARCH, zoek.clone()).await;
        assert_eq!(code(&answer), expected, "{answer:#}");
        assert!(!answer.to_string().contains("Vries"), "{answer:#}");
    }
    for zoek in [
        json!({ "telefoon": "zeg ik niet" }),
        json!({ "email": "zeg ik niet" }),
        json!({ "naamEnPostcode": { "naam": "z", "postcode": "1999 AB" } }),
        json!({ "naamEnPostcode": { "naam": "zeg ik", "postcode": "niet" } }),
    ] {
        let answer = app.try_ask(&Persona::kcc(), SEARCH, json!({ "zoek": zoek })).await;
        assert_eq!(code(&answer), "ONGELDIGE_INVOER", "{answer:#}");
        assert!(!answer.to_string().contains("zeg ik"), "{answer:#}");
    }
    for zoek in [json!({}), json!({ "bsn": JAN, "email": "jan@example.nl" })] {
        let answer = app.try_ask(&Persona::kcc(), SEARCH, json!({ "zoek": zoek })).await;
        assert!(answer["data"].is_null(), "exactly one entry: {answer:#}");
    }
}

/// As if there were very many klanten.
async fn crowd(pool: &PgPool) {
    for sql in [
        "INSERT INTO klantbeeld_g1.klanten SELECT r.* FROM
             (SELECT k FROM klantbeeld_g1.klanten k LIMIT 1) een, generate_series(1, $1) n,
             json_populate_record(een.k, json_build_object('partij_id', gen_random_uuid(),
                 'nummer', n, 'bsn', n, 'rsin', n, 'kvk_nummer', n)) r",
        "INSERT INTO klantbeeld_g1.klant_ingangen SELECT ingang, partij_id::text, partij_id, 'x'
         FROM klantbeeld_g1.klanten, unnest('{email,telefoon,postcode}'::text[]) ingang LIMIT $1",
    ] {
        sqlx::query(sql).bind(CROWD).execute(pool).await.expect("rows");
    }
    sqlx::query("ANALYZE klantbeeld_g1.klanten").execute(pool).await.expect("analysed");
    sqlx::query("ANALYZE klantbeeld_g1.klant_ingangen").execute(pool).await.expect("analysed");
}

#[tokio::test]
async fn every_entry_is_one_walk_over_one_index() {
    let app = App::start().await;
    app.post("/personen", jan()).await;
    app.settled().await;
    crowd(app.pool()).await;
    let text = || "x".to_owned();
    let entries = [
        (Ingang::Bsn(text()), "'x'", "klanten_bsn"),
        (Ingang::Rsin(text()), "'x'", "klanten_rsin"),
        (Ingang::Kvk(text()), "'x'", "klanten_kvk"),
        (
            Ingang::Vestiging { kvk_nummer: text(), vestigingsnummer: text() },
            "'x', 'x'",
            "klanten_kvk",
        ),
        (Ingang::Klantnummer(text()), "'x'", "klanten_nummer"),
        (Ingang::Email(text()), "'email', 'x'", "klant_ingangen_pkey"),
        (Ingang::Telefoon(text()), "'telefoon', 'x'", "klant_ingangen_pkey"),
        (
            Ingang::NaamEnPostcode { naam: text(), postcode: text() },
            "'postcode', 'x', ' x'",
            "klant_ingangen_pkey",
        ),
    ];
    let kcc = Leesrecht::of(Lezer::Kcc);
    for (ingang, values, index) in &entries {
        let types = vec!["text"; values.split(',').count()].join(", ") + ", bigint";
        let values = format!("{values}, 26");
        let statement = vraag(ingang, false).sql().as_str().to_owned();
        for plan in plans(app.pool(), &kcc, &statement, (&types, &values)).await {
            assert!(plan.contains(&format!("using {index}")), "{ingang:?}: {plan}");
            // A list by number of the KVK begins with the rechtspersoon, whatever its place.
            let sorts = plan.contains("Sort") && !matches!(ingang, Ingang::Kvk(_));
            assert!(!plan.contains("Seq Scan") && !sorts, "{ingang:?}: {plan}");
        }
    }
}
