//! Random histories: handelingen as a municipality might do them, from a seed, some that must be
//! refused among them, several at a time, and with connections that are cut in the middle.

mod beheer;

use std::collections::BTreeMap;
use std::sync::Mutex;

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::App;

/// One thing that somebody does. Numbers pick from what is there, modulo.
#[derive(Debug, Clone)]
pub enum Step {
    /// Registers a persoon, perhaps with a BSN that somebody has already.
    Persoon { bsn: Option<u8> },
    /// Registers an organisatie with a vestiging.
    Organisatie,
    /// Changes a partij.
    WijzigPersoon { partij: usize, naam: u8 },
    /// One partij represented another.
    Vertegenwoordiging { een: usize, ander: usize },
    /// Registers a klantcontact with parts.
    Klantcontact { partij: Option<usize>, eerder: Option<usize>, taken: u8, zaak: bool },
    /// Couples a betrokkene to a partij.
    Koppel { betrokkene: usize, partij: usize },
    /// Uncouples it.
    Ontkoppel { betrokkene: usize },
    /// Registers a bijlage.
    Bijlage { contact: usize },
    /// Assigns an interne taak.
    WijsToe { taak: usize, actor: usize },
    /// Corrects an interne taak.
    Corrigeer { taak: usize },
    /// Handles an interne taak.
    Verwerk { taak: usize, zaak: bool },
    /// Opens it again.
    Heropen { taak: usize },
    /// Another handeling: which one, on what, with what.
    Beheer { wat: usize, een: usize, ander: usize },
    /// Three people destroy a partij or a klantcontact.
    Vernietig { partij: bool, welke: usize },
    /// A request that must be refused.
    Onzin,
    /// Cuts a connection that is writing.
    Cut,
}

/// Histories of up to this many steps, with or without cuts.
pub fn histories(steps: usize, with_cuts: bool) -> impl Strategy<Value = Vec<Step>> {
    let cut = if with_cuts { Step::Cut } else { Step::Onzin };
    let index = || 0_usize..1000;
    let step = prop_oneof![
        3 => proptest::option::of(0_u8..6).prop_map(|bsn| Step::Persoon { bsn }),
        1 => Just(Step::Organisatie),
        2 => (index(), any::<u8>()).prop_map(|(partij, naam)| Step::WijzigPersoon { partij, naam }),
        1 => (index(), index()).prop_map(|(een, ander)| Step::Vertegenwoordiging { een, ander }),
        8 => (proptest::option::of(index()), proptest::option::of(index()), 0_u8..3, any::<bool>())
            .prop_map(|(partij, eerder, taken, zaak)| Step::Klantcontact {
                partij, eerder, taken, zaak
            }),
        2 => (index(), index()).prop_map(|(betrokkene, partij)| Step::Koppel { betrokkene, partij }),
        1 => index().prop_map(|betrokkene| Step::Ontkoppel { betrokkene }),
        1 => index().prop_map(|contact| Step::Bijlage { contact }),
        2 => (index(), index()).prop_map(|(taak, actor)| Step::WijsToe { taak, actor }),
        1 => index().prop_map(|taak| Step::Corrigeer { taak }),
        2 => (index(), any::<bool>()).prop_map(|(taak, zaak)| Step::Verwerk { taak, zaak }),
        1 => index().prop_map(|taak| Step::Heropen { taak }),
        24 => (index(), index(), index())
            .prop_map(|(wat, een, ander)| Step::Beheer { wat, een, ander }),
        3 => (any::<bool>(), index())
            .prop_map(|(partij, welke)| Step::Vernietig { partij, welke }),
        1 => Just(Step::Onzin),
        2 => Just(cut),
    ];
    proptest::collection::vec(step, 1..steps)
}

/// What has been registered so far, for later steps to pick from.
#[derive(Debug, Default)]
struct Known {
    partijen: Vec<Uuid>,
    contacten: Vec<Uuid>,
    betrokkenen: Vec<Uuid>,
    taken: Vec<Uuid>,
    actoren: Vec<Uuid>,
    onderdelen: BTreeMap<String, Vec<Uuid>>,
}

/// Plays histories on a service.
pub struct Player<'a> {
    app: &'a App,
    known: Mutex<Known>,
}

impl<'a> Player<'a> {
    /// A player with a few actoren.
    pub async fn new(app: &'a App) -> Self {
        let mut known = Known::default();
        for naam in ["KCC", "Vergunningen", "Belastingen"] {
            let eenheid = app.post("/organisatorische-eenheden", json!({ "naam": naam })).await;
            known.actoren.push(eenheid.id());
        }
        Self { app, known: Mutex::new(known) }
    }

    /// Plays a history, `lanes` steps at a time.
    pub async fn play(&self, steps: &[Step], lanes: usize) {
        let lanes = (0..lanes).map(|lane| async move {
            for step in steps.iter().skip(lane).step_by(lanes) {
                self.step(step).await;
            }
        });
        futures_join(lanes).await;
    }

    fn pick(&self, from: impl Fn(&Known) -> &Vec<Uuid>, index: usize) -> Option<Uuid> {
        let known = self.known.lock().expect("unpoisoned");
        let list = from(&known);
        (!list.is_empty()).then(|| list[index % list.len()])
    }

    async fn step(&self, step: &Step) {
        if matches!(step, Step::Cut) {
            cut(self.app).await;
            return;
        }
        if let Step::Vernietig { partij, welke } = step {
            self.vernietig(*partij, *welke).await;
            return;
        }
        let Some((path, body)) = self.request(step) else {
            return;
        };
        let answer = self.app.try_post(&path, body).await;
        if matches!(step, Step::Onzin) {
            assert!(!answer.status.is_success(), "nonsense was done");
        }
        if let Some(objects) = answer.body["objecten"].as_array() {
            self.remember(objects);
        }
    }

    fn remember(&self, objects: &[Value]) {
        let mut known = self.known.lock().expect("unpoisoned");
        for object in objects {
            let id: Uuid = object["id"].as_str().expect("an id").parse().expect("a UUID");
            let list = match object["soort"].as_str() {
                Some("partij") => &mut known.partijen,
                Some("klantcontact") => &mut known.contacten,
                Some("betrokkene") => &mut known.betrokkenen,
                Some("interneTaak") => &mut known.taken,
                Some(soort) => known.onderdelen.entry(soort.to_owned()).or_default(),
                None => continue,
            };
            if !list.contains(&id) {
                list.push(id);
            }
        }
    }

    /// The request of a step; nothing when there is nothing to pick from.
    fn request(&self, step: &Step) -> Option<(String, Value)> {
        let partij = |index: usize| self.pick(|known| &known.partijen, index);
        let taak = |index: usize| self.pick(|known| &known.taken, index);
        let betrokkene = |index: usize| self.pick(|known| &known.betrokkenen, index);
        Some(match step {
            Step::Persoon { bsn } => ("/personen".to_owned(), persoon(*bsn)),
            Step::Organisatie => ("/organisaties".to_owned(), organisatie()),
            Step::WijzigPersoon { partij: index, naam } => {
                let body = json!({
                    "contactnaam": { "achternaam": format!("Naam{}", naam % 4) },
                    "interneNotitie": if naam % 2 == 0 { json!("let op") } else { Value::Null },
                });
                (format!("/personen/{}/wijzigingen", partij(*index)?), body)
            }
            Step::Vertegenwoordiging { een, ander } => {
                let body = json!({
                    "vertegenwoordigendePartij": partij(*een)?,
                    "vertegenwoordigdePartij": partij(*ander)?,
                });
                ("/vertegenwoordigingen".to_owned(), body)
            }
            Step::Klantcontact { .. } => ("/klantcontacten".to_owned(), self.contact(step)?),
            Step::Koppel { betrokkene: index, partij: other } => (
                format!("/betrokkenen/{}/partijkoppelingen", betrokkene(*index)?),
                json!({ "wasPartij": partij(*other)? }),
            ),
            Step::Ontkoppel { betrokkene: index } => (
                format!("/betrokkenen/{}/partijontkoppelingen", betrokkene(*index)?),
                json!({ "reden": "vergissing" }),
            ),
            Step::Bijlage { contact } => {
                let contact = self.pick(|known| &known.contacten, *contact)?;
                (format!("/klantcontacten/{contact}/bijlagen"), bijlage())
            }
            Step::WijsToe { taak: index, actor } => {
                let actor = self.pick(|known| &known.actoren, *actor)?;
                let body = json!({ "toegewezenAanActoren": [actor] });
                (format!("/interne-taken/{}/toewijzingen", taak(*index)?), body)
            }
            Step::Corrigeer { taak: index } => (
                format!("/interne-taken/{}/correcties", taak(*index)?),
                json!({ "gevraagdeHandeling": "Mailen", "toelichting": null }),
            ),
            Step::Verwerk { taak: index, zaak } => {
                let body = if *zaak { json!({ "zaak": zaak_key() }) } else { json!({}) };
                (format!("/interne-taken/{}/afhandelingen", taak(*index)?), body)
            }
            Step::Heropen { taak: index } => (
                format!("/interne-taken/{}/heropeningen", taak(*index)?),
                json!({ "reden": "toch niet klaar" }),
            ),
            Step::Beheer { wat, een, ander } => self.beheer(*wat, *een, *ander)?,
            Step::Onzin => ("/klantcontacten".to_owned(), json!({ "kanaal": "rooksignalen" })),
            Step::Vernietig { .. } | Step::Cut => return None,
        })
    }

    fn contact(&self, step: &Step) -> Option<Value> {
        let Step::Klantcontact { partij, eerder, taken, zaak } = step else {
            return None;
        };
        let was_partij = partij.and_then(|index| self.pick(|known| &known.partijen, index));
        let eerder = eerder.and_then(|index| self.pick(|known| &known.contacten, index));
        let actor = self.pick(|known| &known.actoren, usize::from(*taken))?;
        let mut onderwerpen: Vec<Value> = Vec::new();
        onderwerpen.extend(eerder.map(|id| json!({ "onderwerpWasKlantcontact": id })));
        if *zaak {
            onderwerpen.push(json!({ "onderwerpobjectidentificator": zaak_key() }));
        }
        let taak = json!({ "gevraagdeHandeling": "Terugbellen", "toegewezenAanActoren": [actor] });
        Some(json!({
            "kanaal": "telefoon",
            "onderwerp": "Vraag",
            "inhoud": "Inhoud",
            "vertrouwelijk": *taken == 2,
            "actoren": [actor],
            "betrokkenen": [{
                "rol": "klant",
                "initiator": true,
                "wasPartij": was_partij,
                "contactnaam": { "voornaam": "Sam" },
                "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": "sam@example.nl" }],
            }],
            "onderwerpobjecten": onderwerpen,
            "interneTaken": vec![taak; usize::from(*taken)],
        }))
    }
}

fn persoon(bsn: Option<u8>) -> Value {
    const NUMBERS: [&str; 6] =
        ["999990019", "999990020", "999990032", "999990044", "999990056", "999990068"];
    let keys: Vec<Value> = bsn
        .map(|index| {
            json!({ "partijIdentificator": {
                "objectId": NUMBERS[usize::from(index) % NUMBERS.len()],
                "codeObjecttype": "natuurlijk_persoon",
                "codeSoortObjectId": "bsn",
                "codeRegister": "brp",
            } })
        })
        .into_iter()
        .collect();
    json!({
        "contactnaam": { "voornaam": "Jan", "achternaam": "Jansen" },
        "partijIdentificatoren": keys,
        "digitaleAdressen": [
            { "soortDigitaalAdres": "telefoonnummer", "adres": "0612345678" },
            { "soortDigitaalAdres": "email", "adres": "jan@example.nl", "isStandaardAdres": true },
        ],
        "voorkeursDigitaalAdres": 0,
        "rekeningnummers": [{ "iban": "NL91ABNA0417164300" }],
    })
}

fn organisatie() -> Value {
    json!({ "naam": "Bakkerij de Ochtend", "voorkeurstaal": "nld" })
}

fn zaak_key() -> Value {
    json!({
        "objectId": "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5",
        "codeObjecttype": "zaak",
        "codeSoortObjectId": "uuid",
        "codeRegister": "zakenregister",
    })
}

fn bijlage() -> Value {
    json!({ "bijlageidentificator": {
        "objectId": "document-1",
        "codeObjecttype": "informatieobject",
        "codeSoortObjectId": "informatieobjectidentificatie",
        "codeRegister": "documentenregister",
    } })
}

/// Ends a session that is in the middle of a handeling.
async fn cut(app: &App) {
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND state <> 'idle' AND query LIKE '%write_side.%' LIMIT 1",
    )
    .execute(app.pool())
    .await
    .ok();
}

/// Runs futures side by side in this task.
async fn futures_join<F: Future<Output = ()>>(futures: impl Iterator<Item = F>) {
    let mut futures: Vec<_> = futures.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        futures.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if futures.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
