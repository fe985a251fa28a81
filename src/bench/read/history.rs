//! Two klanten that only differ in how many contacts they had, registered as an application does.

use std::ops::Range;

use axum::body::Bytes;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::ReadError;
use super::load::Client;
use super::service::Service;

/// Contacts of the klant with few.
const FEW: u32 = 5;
/// Applications that register at the same time.
const CLIENTS: u32 = 8;
/// What they may do.
const SCOPE: &str = "klantcontacten:registreren partijen:beheren actoren:beheren";

/// The two klanten.
pub(super) struct Histories {
    pub(super) few: String,
    pub(super) many: String,
    /// How many contacts the second one had.
    pub(super) contacten: u32,
}

impl Histories {
    /// Registers both.
    pub(super) async fn register(service: &Service, contacten: u32) -> Result<Self, ReadError> {
        let medewerker = json!({
            "naam": "Nicole", "functie": "KCC", "telefoonnummer": "0600000000",
        });
        let actor = made(service, "medewerkers", medewerker).await?;
        let [few, many] = [klant(service, "Kort").await?, klant(service, "Lang").await?];
        contacts(service, [&few, &actor], 0..FEW).await?;
        contacts(service, [&many, &actor], 0..contacten).await?;
        Ok(Self { few, many, contacten })
    }
}

async fn klant(service: &Service, achternaam: &str) -> Result<String, ReadError> {
    let body = json!({
        "contactnaam": { "voornaam": "Jo", "achternaam": achternaam },
        "digitaleAdressen": [
            { "soortDigitaalAdres": "telefoonnummer", "adres": "0600000001" },
            { "soortDigitaalAdres": "email", "adres": format!("{achternaam}@example.nl") },
        ],
    });
    made(service, "personen", body).await
}

async fn contacts(
    service: &Service,
    [klant, actor]: [&str; 2],
    numbers: Range<u32>,
) -> Result<(), ReadError> {
    let mut registering = JoinSet::new();
    for first in 0..CLIENTS {
        let own = numbers.clone().skip(first as usize).step_by(CLIENTS as usize);
        let bodies: Vec<Bytes> = own.map(|number| contact(klant, actor, number)).collect();
        let count = bodies.len();
        let target = service.target(&path("klantcontacten"), claims(), bodies)?;
        registering.spawn(async move {
            let mut client = Client::connect(target).await?;
            for number in 0..count {
                client.ask(number).await?;
            }
            Ok::<(), ReadError>(())
        });
    }
    while let Some(done) = registering.join_next().await {
        done??;
    }
    Ok(())
}

fn contact(klant: &str, actor: &str, number: u32) -> Bytes {
    let body = json!({
        "kanaal": "telefoon", "onderwerp": format!("Vraag {number}"),
        "inhoud": "De klant vraagt hoe het staat met de aanvraag.",
        "actoren": [actor],
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": klant }],
    });
    body.to_string().into()
}

fn claims() -> Value {
    json!({ "sub": "bench", "rollen": ["beheerder"], "scope": SCOPE })
}

fn path(collection: &str) -> String {
    format!("/bijhouding/v1/{collection}")
}

/// Registers one thing; gives its key.
async fn made(service: &Service, collection: &str, body: Value) -> Result<String, ReadError> {
    let target = service.target(&path(collection), claims(), vec![body.to_string().into()])?;
    let answer = Client::connect(target).await?.ask(0).await?;
    let answer: Value = serde_json::from_slice(&answer)?;
    Ok(answer["objecten"][0]["id"].as_str().unwrap_or_default().to_owned())
}
