//! What the cases look at: the products over GraphQL, and the register for what no product shows.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};
use uuid::Uuid;

use super::vocabulary::BSN;
use crate::support::{Answer, App, Persona};

/// What the cases look at in a contact.
const CONTACT: &str = "fragment Getoond on Contact {
    contactId nummer op kanaal richting onderwerp samenvatting antwoord gelukt taal medewerker team
    zaken { uuid viaContactverzoek } eerdereContacten documenten { id }
    deelnemers {
        naam rol namens geverifieerd initiator klantId eigenContactgegevens telefoonnummers
        emailadressen
    }
    heeftContactverzoek contactverzoeken { taakId gevraagdeHandeling status }
}";

/// A moment as every answer writes it.
pub fn moment(text: &str) -> String {
    let moment = DateTime::parse_from_rfc3339(text).expect("a moment");
    moment.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Asserts that an answer shows what is expected, and in lists nothing else; of an object only the
/// fields that are named.
#[track_caller]
pub fn assert_toont(getoond: &Value, verwacht: &Value) {
    assert!(toont(getoond, verwacht), "shown: {getoond:#}\nexpected: {verwacht:#}");
}

fn toont(getoond: &Value, verwacht: &Value) -> bool {
    match (getoond, verwacht) {
        (Value::Object(getoond), Value::Object(verwacht)) => verwacht
            .iter()
            .all(|(naam, waarde)| getoond.get(naam).is_some_and(|found| toont(found, waarde))),
        (Value::Array(getoond), Value::Array(verwacht)) => {
            getoond.len() == verwacht.len()
                && getoond.iter().zip(verwacht).all(|(found, waarde)| toont(found, waarde))
        }
        _ => getoond == verwacht,
    }
}

/// A refusal with one fault, as [`App::refused`] gives it.
pub fn afwijzing(status: u16, veld: &str, code: &str) -> (u16, Vec<(String, String)>) {
    (status, vec![(veld.to_owned(), code.to_owned())])
}

/// The klantbeeld of a partij, for the customer contact centre; null when there is no such klant.
pub async fn klantbeeld(app: &App, partij: Uuid) -> Value {
    klantbeeld_voor(app, &Persona::kcc(), json!({ "klantId": partij })).await
}

/// The klantbeeld of a klant by any key, for anybody.
pub async fn klantbeeld_voor(app: &App, wie: &Persona, voor: Value) -> Value {
    let query = format!(
        "query($voor: Identificatie!) {{
            klantbeeld(voor: $voor) {{
                klant {{ klantId klantnummer weergavenaam magBenaderdWorden afgeschermd }}
                telefoonnummers {{ waarde isStandaard isVoorkeur }}
                emailadressen {{ waarde isStandaard isVoorkeur }}
                bezoekadres {{ regels }} correspondentieadres {{ regels }}
                bereikbaarheid {{ kanaal adres bron reden }}
                samenvatting {{ aantalContacten openContactverzoeken }}
                recenteContacten(first: 5) {{ nodes {{ ...Getoond }} }}
                openContactverzoeken(first: 5) {{ nodes {{ taakId status }} }}
                interneNotitie waarschuwingen
            }}
        }} {CONTACT}"
    );
    app.ask(wie, &query, json!({ "voor": voor })).await["klantbeeld"].clone()
}

/// The contacts in the klantbeeld of a partij, newest first.
pub async fn contacten(app: &App, partij: Uuid) -> Value {
    klantbeeld(app, partij).await["recenteContacten"]["nodes"].clone()
}

/// The contactgeschiedenis of a partij for an employee, newest first.
pub async fn contactgeschiedenis(app: &App, partij: Uuid) -> Value {
    let voor = json!({ "klantId": partij });
    contactgeschiedenis_voor(app, &Persona::behandelaar(&[]), voor).await
}

/// The contactgeschiedenis of the burger with this burgerservicenummer, as the burger sees it.
pub async fn eigen_contactgeschiedenis(app: &App, bsn: &str) -> Value {
    contactgeschiedenis_voor(app, &Persona::burger(bsn), Value::Null).await
}

async fn contactgeschiedenis_voor(app: &App, wie: &Persona, voor: Value) -> Value {
    let query = format!(
        "query($voor: Identificatie) {{
            contactgeschiedenis(voor: $voor, first: 5) {{ nodes {{ ...Getoond }} }}
        }} {CONTACT}"
    );
    let data = app.ask(wie, &query, json!({ "voor": voor })).await;
    data["contactgeschiedenis"]["nodes"].clone()
}

/// The gesprekken of the burger with this burgerservicenummer, as the burger sees them.
pub async fn mijn_gesprekken(app: &App, bsn: &str) -> Value {
    let query = "{
        mijnGesprekken(first: 5) {
            nodes {
                gesprekId onderwerp kanaal status aantalBerichten zaken { uuid } documenten { id }
                berichten(first: 5) { nodes { contactId op van team tekst } }
            }
        }
    }";
    let data = app.ask(&Persona::burger(bsn), query, json!({})).await;
    data["mijnGesprekken"]["nodes"].clone()
}

/// The berichten of the gesprek around a contactverzoek, for a member of the team that must do it.
pub async fn gesprek_rond(app: &App, team: Uuid, taak: Uuid) -> Value {
    let query = "query($taak: ID!) {
        contactverzoek(welk: { taakId: $taak }) {
            gesprek { berichten(first: 5) { nodes { contactId samenvatting } } }
        }
    }";
    let wie = Persona::behandelaar(&[]).with(&[team], &[]);
    let data = app.ask(&wie, query, json!({ "taak": taak })).await;
    data["contactverzoek"]["gesprek"]["berichten"]["nodes"].clone()
}

/// The contacts about a zaak, oldest first, for a behandelaar who works on it.
pub async fn zaakbeeld(app: &App, zaak: &str) -> Value {
    let query = format!(
        "query($zaak: String!) {{
            zaakContacthistorie(zaak: {{ uuid: $zaak }}, volgorde: OUDSTE_EERST, first: 5) {{
                nodes {{ ...Getoond }}
            }}
        }} {CONTACT}"
    );
    let data = app.ask(&Persona::behandelaar(&[zaak]), &query, json!({ "zaak": zaak })).await;
    data["zaakContacthistorie"]["nodes"].clone()
}

/// What a team must do, for one of its members.
pub async fn werkvoorraad_team(app: &App, team: Uuid) -> Value {
    let wie = Persona::behandelaar(&[]).with(&[team], &[]);
    werkvoorraad(app, &wie, json!({ "teams": [team] }), "OPEN").await
}

/// What a team has done, for one of its members.
pub async fn afgerond_door_team(app: &App, team: Uuid) -> Value {
    let wie = Persona::behandelaar(&[]).with(&[team], &[]);
    werkvoorraad(app, &wie, json!({ "teams": [team] }), "AFGEROND").await
}

/// What an employee must do.
pub async fn werkvoorraad_van(app: &App, medewerker: Uuid) -> Value {
    let wie = Persona::behandelaar(&[]).with(&[], &[medewerker]);
    werkvoorraad(app, &wie, json!({ "mij": true }), "OPEN").await
}

async fn werkvoorraad(app: &App, wie: &Persona, voor: Value, status: &str) -> Value {
    let query = "query($voor: WerkvoorraadVoor!, $status: TaakStatus!) {
        werkvoorraad(voor: $voor, filter: { status: $status }, first: 5) {
            nodes {
                taakId gevraagdeHandeling toelichting status contactId contactOp kanaal onderwerp
                klantnaam klantGeverifieerd klantId telefoon email terugbelgegevensVan
                afgehandeldOp documenten { id } zaken { uuid viaContactverzoek }
            }
        }
    }";
    let data = app.ask(wie, query, json!({ "voor": voor, "status": status })).await;
    data["werkvoorraad"]["nodes"].clone()
}

/// A klantcontact with its parts, as the register has it.
pub async fn klantcontact(app: &App, id: Uuid) -> Value {
    lees(app, &format!("/klantcontacten/{id}")).await
}

/// A partij with its parts, as the register has it.
pub async fn partij(app: &App, id: Uuid) -> Value {
    lees(app, &format!("/partijen/{id}")).await
}

/// An interne taak, as the register has it.
pub async fn interne_taak(app: &App, id: Uuid) -> Value {
    lees(app, &format!("/interne-taken/{id}")).await
}

async fn lees(app: &App, path: &str) -> Value {
    let answer = app.get(path).await;
    assert!(answer.status.is_success(), "{path}: {answer:#?}");
    answer.body
}

/// Asserts that nothing happened since a position, that no klantcontact was registered at all, and
/// that this employee has nothing to do.
pub async fn assert_niets_vastgelegd(app: &App, sinds: i64, medewerker: Uuid) {
    assert_eq!(app.events_after(sinds).await, [""; 0]);
    let alles = app.events_after(0).await;
    assert!(alles.iter().all(|soort| soort != "KlantcontactGeregistreerd"), "{alles:?}");
    assert_toont(&werkvoorraad_van(app, medewerker).await, &json!([]));
}

/// Asserts that a contact is in nobody's klantbeeld: its betrokkene is no klant, and an onlooker
/// has no contacts.
pub async fn assert_in_niemands_klantbeeld(app: &App, contact: &Answer, omstander: Uuid) {
    let betrokkene = contact.nth("betrokkene", 0);
    assert_eq!(klantbeeld(app, betrokkene).await, Value::Null);
    assert_toont(
        &klantcontact(app, contact.id()).await["hadBetrokkenen"],
        &json!([
            { "id": betrokkene, "wasPartij": null }
        ]),
    );
    assert_toont(&contacten(app, omstander).await, &json!([]));
    assert_toont(&contactgeschiedenis(app, omstander).await, &json!([]));
}

/// Asserts that question, taak and answer form one chain that can be followed both ways.
pub async fn assert_keten(app: &App, vraag: Uuid, taak: Uuid, antwoord: Uuid) {
    assert_toont(&klantcontact(app, vraag).await, &json!({ "leiddeTotInterneTaken": [taak] }));
    assert_toont(&interne_taak(app, taak).await, &json!({ "aanleidinggevendKlantcontact": vraag }));
    assert_toont(
        &klantcontact(app, antwoord).await["gingOverOnderwerpobjecten"],
        &json!([
            { "wasOnderwerpVanKlantcontact": antwoord, "onderwerpWasKlantcontact": vraag }
        ]),
    );
}

/// Asserts the same of what an employee sees of a klant, whose burgerservicenummer is that of the cases:
/// the answer, and before it the question. To the klant they are one gesprek.
pub async fn assert_keten_in_geschiedenis(
    app: &App,
    partij: Uuid,
    [vraag, taak, antwoord]: [Uuid; 3],
) {
    let verwacht = json!([
        {
            "contactId": antwoord,
            "richting": "UITGAAND",
            "eerdereContacten": [vraag],
            "contactverzoeken": []
        },
        {
            "contactId": vraag,
            "richting": "INKOMEND",
            "eerdereContacten": [],
            "contactverzoeken": [{ "taakId": taak, "status": "AFGEROND" }]
        }
    ]);
    assert_toont(&contactgeschiedenis(app, partij).await, &verwacht);
    assert_toont(&contacten(app, partij).await, &verwacht);
    assert_toont(
        &mijn_gesprekken(app, BSN).await,
        &json!([{
            "gesprekId": vraag,
            "status": "BEANTWOORD",
            "aantalBerichten": 2,
            "berichten": { "nodes": [
                { "contactId": antwoord, "van": "GEMEENTE", "team": "Gemeente" },
                { "contactId": vraag, "van": "IK" }
            ] }
        }]),
    );
}
