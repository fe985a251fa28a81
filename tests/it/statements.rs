//! The number of SQL statements of a request is a constant of its shape: it does not grow with the
//! rows.

mod allocations;

use graphql::Analyse;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{App, Counter, Persona};

/// Numbers of rows at which statements are counted.
const SIZES: [usize; 3] = [1, 10, 100];
/// Medewerkers that take turns, so that names come through the loader.
const MEDEWERKERS: usize = 10;
/// An address that all but one klant have.
const ADRES: &str = "balie@example.nl";
/// Most klanten that a search gives.
const GEVONDEN_MAX: usize = 25;
const BSN: &str = "999990019";
const ZAAK: &str = "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5";

/// A klant with many contacts, each with a taak for the same team and about the same zaak.
struct Busy {
    app: App,
    team: Uuid,
    klant: Uuid,
}

async fn busy(contacts: usize) -> Busy {
    let analyse = Analyse { drempel: 1, ..Analyse::default() };
    let app = App::start_with(graphql::Settings { analyse, ..Default::default() }).await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let jan = json!({ "contactnaam": { "voornaam": "Jan" },
        "partijIdentificatoren": [{ "partijIdentificator": { "objectId": BSN,
            "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
            "codeRegister": "brp" } }] });
    let klant = app.post("/personen", jan).await.id();
    let mut medewerkers = Vec::new();
    for index in 0..MEDEWERKERS {
        let naam = format!("Medewerker {index}");
        let body = json!({ "naam": naam, "functie": "KCC", "telefoonnummer": "0340232221" });
        medewerkers.push(app.post("/medewerkers", body).await.id());
    }
    for index in 0..contacts {
        let other = app
            .post(
                "/personen",
                json!({ "contactnaam": { "voornaam": "An" },
                "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": ADRES }] }),
            )
            .await
            .id();
        let medewerker = medewerkers[index % MEDEWERKERS];
        let body = json!({
            "kanaal": "e-formulier", "onderwerp": format!("Vraag {index}"),
            "actoren": [medewerker, team],
            "betrokkenen": [
                { "rol": "klant", "initiator": true, "wasPartij": klant },
                { "rol": "klant", "initiator": false, "wasPartij": other },
            ],
            "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": ZAAK,
                "codeObjecttype": "zaak", "codeSoortObjectId": "uuid",
                "codeRegister": "zakenregister" } }],
            "interneTaken": [{ "gevraagdeHandeling": "Bellen",
                "toegewezenAanActoren": [team, medewerker] }],
        });
        app.post("/klantcontacten", body).await;
        let los = app.post("/klantcontacten", los(medewerker, team)).await;
        let path = format!("/interne-taken/{}/afhandelingen", los.nth("interneTaak", 0));
        app.post(&path, json!({})).await;
    }
    Busy { app, team, klant }
}

/// A contact of somebody who is not known, whose taak is done at once.
fn los(medewerker: Uuid, team: Uuid) -> Value {
    json!({
        "kanaal": "e-formulier", "onderwerp": "Vraag", "actoren": [medewerker, team],
        "betrokkenen": [{ "rol": "klant", "initiator": true,
            "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": ADRES }] }],
        "interneTaken": [{ "gevraagdeHandeling": "Bellen",
            "toegewezenAanActoren": [medewerker, team] }],
    })
}

impl Busy {
    /// Asks, and gives the number of statements and of rows.
    async fn count(&self, counter: &Counter, shape: &Shape) -> (usize, usize) {
        let who = (shape.who)(self);
        self.app.settled().await;
        let before = counter.read();
        let data = self.app.ask(&who, shape.query, (shape.variables)(self)).await;
        let statements = counter.read() - before;
        let rows = data.pointer(shape.rows).and_then(Value::as_array).expect("rows").len();
        (statements, rows)
    }
}

/// A request, and what it may cost.
struct Shape {
    query: &'static str,
    rows: &'static str,
    who: fn(&Busy) -> Persona,
    variables: fn(&Busy) -> Value,
    statements: usize,
}

fn kcc(_: &Busy) -> Persona {
    Persona::kcc()
}

fn behandelaar(busy: &Busy) -> Persona {
    Persona::behandelaar(&["*"]).with(&[busy.team], &[])
}

fn output(_: &Busy) -> Persona {
    Persona::outputmanagement()
}

fn teamleider(busy: &Busy) -> Persona {
    Persona::teamleider(&[busy.team])
}

fn analist(_: &Busy) -> Persona {
    Persona::analist()
}

fn burger(_: &Busy) -> Persona {
    Persona::burger(BSN)
}

fn klant(busy: &Busy) -> Value {
    json!({ "voor": { "klantId": busy.klant } })
}

fn found(_: &Busy) -> Value {
    json!({ "zoek": { "email": ADRES } })
}

fn zaak(_: &Busy) -> Value {
    json!({ "zaak": { "uuid": ZAAK } })
}

fn nothing(_: &Busy) -> Value {
    json!({})
}

fn dagen(_: &Busy) -> Value {
    json!({ "p": { "vanaf": "2020-01-01", "tot": "2029-12-31" } })
}

fn team(busy: &Busy) -> Value {
    json!({ "teams": [busy.team] })
}

/// Each product at two levels of nesting.
const SHAPES: [Shape; 22] = [
    Shape {
        query: "query($voor: Identificatie!) { klantbeeld(voor: $voor) { klant { weergavenaam }
               recenteContacten(first: 10) { nodes { onderwerp } } } }",
        rows: "/klantbeeld/recenteContacten/nodes",
        who: kcc,
        variables: klant,
        statements: 1,
    },
    Shape {
        query: "query($voor: Identificatie!) { klantbeeld(voor: $voor) {
               recenteContacten(first: 100) { nodes { medewerkers { naam } deelnemers { naam }
                 contactverzoeken { behandelaars { naam } teams { naam } } } }
               openContactverzoeken(first: 100) { nodes { teams { naam } } }
               samenvatting { aantalContacten12mnd } actualiteit { volledig } } }",
        rows: "/klantbeeld/recenteContacten/nodes",
        who: kcc,
        variables: klant,
        statements: 7,
    },
    Shape {
        query: "query($voor: Identificatie!) { contactgeschiedenis(voor: $voor, first: 100) {
               nodes { onderwerp } } }",
        rows: "/contactgeschiedenis/nodes",
        who: kcc,
        variables: klant,
        statements: 1,
    },
    Shape {
        query:
            "query($voor: Identificatie!) { contactgeschiedenis(voor: $voor, first: 100) { totaal
               nodes { medewerkers { naam } deelnemers { naam } zaken { identificatie }
                 contactverzoeken { behandelaars { naam } } } actualiteit { volledig } } }",
        rows: "/contactgeschiedenis/nodes",
        who: kcc,
        variables: klant,
        statements: 6,
    },
    Shape {
        query: "query($zaak: ZaakRef!) { zaakContacthistorie(zaak: $zaak, first: 100) {
               nodes { onderwerp } } }",
        rows: "/zaakContacthistorie/nodes",
        who: behandelaar,
        variables: zaak,
        statements: 3,
    },
    Shape {
        query: "query($zaak: ZaakRef!) { zaakContacthistorie(zaak: $zaak, first: 100) { totaal
               nodes { medewerkers { naam } deelnemers { naam } zaken { uuid } }
               openContactverzoeken { teams { naam } } actualiteit { volledig } } }",
        rows: "/zaakContacthistorie/nodes",
        who: behandelaar,
        variables: zaak,
        statements: 8,
    },
    Shape {
        query: "query($teams: [ID!]) { werkvoorraad(voor: { teams: $teams }, first: 100) {
               nodes { nummer } } }",
        rows: "/werkvoorraad/nodes",
        who: behandelaar,
        variables: team,
        statements: 2,
    },
    Shape {
        query: "query($teams: [ID!]) { werkvoorraad(voor: { teams: $teams }, first: 100) { totaal
               perUrgentie { aantal } nodes { behandelaars { naam } teams { naam } klantnaam }
               actualiteit { volledig } } }",
        rows: "/werkvoorraad/nodes",
        who: behandelaar,
        variables: team,
        statements: 6,
    },
    Shape {
        query:
            "query($zoek: KlantZoekIngang!) { klantZoeken(zoek: $zoek) { nodes { weergavenaam
               telefoonnummers { waarde } aantalOpenContactverzoeken } actualiteit { volledig } } }",
        rows: "/klantZoeken/nodes",
        who: kcc,
        variables: found,
        statements: 2,
    },
    Shape {
        query: "query($voor: Identificatie!) { bereikbaarheid(voor: $voor) { adres taal
               alternatieven { adres } actualiteit { volledig } } }",
        rows: "/bereikbaarheid/alternatieven",
        who: output,
        variables: klant,
        statements: 2,
    },
    Shape {
        query: "{ contactverzoek(welk: { nummer: \"1000001\" }) { klantnaam behandelaars { naam }
               terugbelgegevens { telefoon } logboek { op } actualiteit { volledig }
               contact { medewerkers { naam } deelnemers { naam }
                 contactverzoeken { teams { naam } } } } }",
        rows: "/contactverzoek/contact/contactverzoeken",
        who: behandelaar,
        variables: nothing,
        statements: 5,
    },
    Shape {
        query: "query($zoek: LosZoekIngang!) { losseContactverzoeken(zoek: $zoek) { nodes { naam
               behandelaars { naam } teams { naam } } actualiteit { volledig } } }",
        rows: "/losseContactverzoeken/nodes",
        who: kcc,
        variables: found,
        statements: 3,
    },
    Shape {
        query: "{ mijnContactgegevens { naam telefoonnummers { waarde } voorkeurskanaal
               actualiteit { volledig } } }",
        rows: "/mijnContactgegevens/telefoonnummers",
        who: burger,
        variables: nothing,
        statements: 2,
    },
    Shape {
        query: "{ mijnGesprekken(first: 100) { nodes { onderwerp status zaken { uuid } } } }",
        rows: "/mijnGesprekken/nodes",
        who: burger,
        variables: nothing,
        statements: 3,
    },
    Shape {
        query: "{ mijnGesprekken(first: 100) { totaal nodes { laatsteBericht { tekst team }
               berichten(first: 3) { totaal nodes { tekst team zaken { uuid } } } }
               actualiteit { volledig } } }",
        rows: "/mijnGesprekken/nodes",
        who: burger,
        variables: nothing,
        statements: 7,
    },
    Shape {
        query: "{ mijnVerzoeken(first: 100) { totaal nodes { product zaken { uuid } ingediendDoor }
               actualiteit { volledig } } }",
        rows: "/mijnVerzoeken/nodes",
        who: burger,
        variables: nothing,
        statements: 5,
    },
    Shape {
        query: "query($voor: Identificatie!) { klantbeeld(voor: $voor) {
               samenvatting { openGesprekken }
               recenteContacten(first: 100) { nodes { gesprekId } } } }",
        rows: "/klantbeeld/recenteContacten/nodes",
        who: kcc,
        variables: klant,
        statements: 4,
    },
    Shape {
        query: "{ contactverzoek(welk: { nummer: \"1000001\" }) { gesprek { gesprekId
               berichten { totaal nodes { medewerkers { naam } gesprekId } } } } }",
        rows: "/contactverzoek/gesprek/berichten/nodes",
        who: behandelaar,
        variables: nothing,
        statements: 6,
    },
    Shape {
        query: "{ voorraadPerTeam { teams { team { naam } open zonderBehandelaar
               behandelaars { behandelaar { naam } open } } actualiteit { volledig } } }",
        rows: "/voorraadPerTeam/teams/0/behandelaars",
        who: teamleider,
        variables: nothing,
        statements: 3,
    },
    Shape {
        query: "query($p: Dagen!) { kanaalgebruik(periode: $p, groepeerOp: [KANAAL, TEAM]) {
               nodes { kanaal team aantal } actualiteit { volledig } } }",
        rows: "/kanaalgebruik/nodes",
        who: analist,
        variables: dagen,
        statements: 3,
    },
    Shape {
        query: "query($p: Dagen!) { doorlooptijden(periode: $p, groepeerOp: [TEAM]) {
               nodes { team aantal p50Uren } actualiteit { volledig } } }",
        rows: "/doorlooptijden/nodes",
        who: analist,
        variables: dagen,
        statements: 3,
    },
    Shape {
        query: "{ bewaaroverzicht(soort: KLANTCONTACT, first: 100, weesrisico: false) { totaal
               nodes { nummer laatsteGebruik bewaargrond } actualiteit { volledig } } }",
        rows: "/bewaaroverzicht/nodes",
        who: |_| Persona::archivaris(),
        variables: nothing,
        statements: 3,
    },
];

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_rows() {
    let counter = Counter::start();
    for size in SIZES {
        let busy = busy(size).await;
        for (index, shape) in SHAPES.iter().enumerate() {
            let (statements, rows) = busy.count(&counter, shape).await;
            let most = match shape.rows {
                "/klantZoeken/nodes" | "/losseContactverzoeken/nodes" => GEVONDEN_MAX,
                "/bereikbaarheid/alternatieven" | "/mijnContactgegevens/telefoonnummers" => 0,
                "/contactverzoek/contact/contactverzoeken"
                | "/contactverzoek/gesprek/berichten/nodes" => 1,
                "/kanaalgebruik/nodes" | "/doorlooptijden/nodes" => 1,
                "/voorraadPerTeam/teams/0/behandelaars" => MEDEWERKERS,
                _ if index == 0 => 10,
                _ => size,
            };
            assert_eq!(rows, size.min(most), "shape {index}");
            assert_eq!(statements, shape.statements, "shape {index} at {size} rows");
        }
    }
}

#[tokio::test]
async fn a_klant_with_500_contacts_costs_the_statements_of_one_with_5() {
    let counter = Counter::start();
    for size in [5, 500] {
        let busy = busy(size).await;
        for shape in &SHAPES[..2] {
            let (statements, _) = busy.count(&counter, shape).await;
            assert_eq!(statements, shape.statements, "at {size} contacts");
        }
    }
}
