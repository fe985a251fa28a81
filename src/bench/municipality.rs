//! A log as a municipality of any size fills it, from a seed: klanten, their contacts, and the
//! contactverzoeken that follow. None of these people exist.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use events::{
    Actor, ActorKlantcontact, Betrokkene, Contactnaam, DigitaalAdres, EigenDigitaalAdres,
    Gebeurtenis, Identificator, IndicatieJaNeeOnbekend, InterneTaak, InterneTaakAfgehandeld,
    InterneTaakToegewezen, Klantcontact, Klantcontactrol, ObjectRef, Onderwerpobject, Partij,
    PartijIdentificator, SoortActor, SoortPartij, Taakstatus, Zaakkoppeling,
};
use uuid::{Builder, Uuid};

use crate::random::Random;

/// Actoren with which the log begins.
const ACTOREN: u64 = 60;
/// Of a hundred handelingen so many register a klant, and so many go on with a contactverzoek.
const KLANTEN_PERCENT: u32 = 15;
const VERVOLG_PERCENT: u32 = 20;
/// Of a hundred contacts so many are about a zaak, and so many leave a contactverzoek.
const ZAAK_PERCENT: u32 = 50;
const VERZOEK_PERCENT: u32 = 35;
/// Of a hundred steps on a contactverzoek so many finish it.
const AFHANDEL_PERCENT: u32 = 60;
/// Time between two handelingen.
const PAUSE: TimeDelta = TimeDelta::seconds(20);
/// What a contact was about.
const ONDERWERPEN: [&str; 5] =
    ["Afvalcontainer", "Parkeervergunning", "Paspoort", "Aanslag", "Melding openbare ruimte"];
const INHOUD: &str = "De klant vraagt hoe het staat met de aanvraag, en wanneer er een antwoord \
                      komt. Uitgelegd wat de volgende stap is en hoe lang die meestal duurt.";

/// What one handeling recorded.
#[derive(Debug)]
pub struct Gedaan {
    /// Its key.
    pub id: Uuid,
    /// When.
    pub tijdstip: DateTime<Utc>,
    /// The events, each with its key and its number within its object.
    pub gebeurtenissen: Vec<(Uuid, i64, Gebeurtenis)>,
}

/// Does one handeling after another.
#[derive(Debug)]
pub struct Gemeente {
    random: Random,
    now: DateTime<Utc>,
    number: u64,
    partijen: Vec<Uuid>,
    actoren: Vec<Uuid>,
    open: Vec<InterneTaak>,
    versies: HashMap<ObjectRef, i64>,
}

impl Gemeente {
    /// A municipality that begins at a moment; another seed gives other keys.
    #[must_use]
    pub fn new(seed: u64, begin: DateTime<Utc>) -> Self {
        let random = Random::new(seed);
        let (partijen, actoren, open) = (Vec::new(), Vec::new(), Vec::new());
        Self { random, now: begin, number: 0, partijen, actoren, open, versies: HashMap::new() }
    }

    /// The next handeling.
    pub fn next_handeling(&mut self) -> Gedaan {
        self.now += PAUSE;
        self.number += 1;
        let gebeurtenissen = if self.number <= ACTOREN {
            self.actor()
        } else if self.partijen.is_empty() || self.random.chance(KLANTEN_PERCENT) {
            self.klant()
        } else if !self.open.is_empty() && self.random.chance(VERVOLG_PERCENT) {
            self.vervolg()
        } else {
            self.contact()
        };
        let gebeurtenissen = gebeurtenissen.into_iter().map(|one| self.numbered(one)).collect();
        Gedaan { id: self.id(), tijdstip: self.now, gebeurtenissen }
    }

    /// The objects so far, each with the number of its last event.
    pub fn objecten(&self) -> impl Iterator<Item = (&ObjectRef, &i64)> {
        self.versies.iter()
    }

    fn numbered(&mut self, gebeurtenis: Gebeurtenis) -> (Uuid, i64, Gebeurtenis) {
        let versie = self.versies.entry(gebeurtenis.object()).or_default();
        *versie += 1;
        let versie = *versie;
        (self.id(), versie, gebeurtenis)
    }

    /// A key that sorts by its moment, as those of the service do.
    fn id(&mut self) -> Uuid {
        let millis = u64::try_from(self.now.timestamp_millis()).unwrap_or_default();
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.random.number().to_be_bytes());
        bytes[8..].copy_from_slice(&self.random.number().to_be_bytes()[..2]);
        Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }

    fn actor(&mut self) -> Vec<Gebeurtenis> {
        let id = self.id();
        self.actoren.push(id);
        let team = self.number.is_multiple_of(6);
        let actor = Actor {
            id,
            soort_actor: if team {
                SoortActor::OrganisatorischeEenheid
            } else {
                SoortActor::Medewerker
            },
            naam: format!("Medewerker {}", self.number),
            functie: Some("Klantcontactmedewerker".to_owned()),
            omschrijving: None,
            emailadres: Some(format!("medewerker{}@example.nl", self.number)),
            telefoonnummer: None,
            actoridentificator: None,
            indicatie_actief: true,
        };
        vec![match team {
            true => Gebeurtenis::OrganisatorischeEenheidGeregistreerd(actor),
            false => Gebeurtenis::MedewerkerGeregistreerd(actor),
        }]
    }

    fn klant(&mut self) -> Vec<Gebeurtenis> {
        let id = self.id();
        self.partijen.push(id);
        let partij = Partij {
            id,
            nummer: self.number.to_string(),
            soort_partij: SoortPartij::Persoon,
            contactnaam: Some(Contactnaam {
                voorletters: Some("J".to_owned()),
                voornaam: Some("Jo".to_owned()),
                voorvoegsel_achternaam: None,
                achternaam: Some(format!("Voorbeeld{}", self.number)),
            }),
            naam: None,
            werkte_voor_partij: None,
            bezoekadres: None,
            correspondentieadres: None,
            voorkeurstaal: Some("nld".to_owned()),
            indicatie_geheimhouding: Some(false),
            interne_notitie: None,
            indicatie_actief: true,
        };
        let sleutel = PartijIdentificator {
            id: self.id(),
            identificeerde_partij: id,
            // Nine digits that begin with 0000 are no number of anybody.
            partij_identificator: identificator(
                ("natuurlijk_persoon", "bsn", "brp"),
                format!("{:09}", self.number % 100_000),
            ),
            sub_identificator_van: None,
            hoofdidentificator: None,
        };
        let (telefoon, email) = ("0612345678".to_owned(), format!("jo{}@example.nl", self.number));
        vec![
            Gebeurtenis::PersoonGeregistreerd(partij),
            Gebeurtenis::PartijIdentificatorGeregistreerd(sleutel),
            self.adres(id, "telefoonnummer", telefoon),
            self.adres(id, "email", email),
        ]
    }

    fn adres(&mut self, partij: Uuid, soort: &str, adres: String) -> Gebeurtenis {
        Gebeurtenis::DigitaalAdresGeregistreerd(EigenDigitaalAdres {
            hoort_bij: ObjectRef::partij(partij),
            digitaal_adres: DigitaalAdres {
                id: self.id(),
                soort_digitaal_adres: soort.to_owned(),
                adres,
                omschrijving: None,
                is_standaard_adres: true,
                referentie: None,
                verificatie_datum: None,
                verstrekt_door_partij: Some(partij),
                verstrekt_door_betrokkene: None,
            },
        })
    }

    fn contact(&mut self) -> Vec<Gebeurtenis> {
        let id = self.id();
        let partij = *self.random.pick(&self.partijen);
        let contact = self.klantcontact(id);
        let mut done = vec![Gebeurtenis::KlantcontactGeregistreerd(contact)];
        done.push(Gebeurtenis::ActorAanKlantcontactGekoppeld(ActorKlantcontact {
            id: self.id(),
            klantcontact: id,
            actor: *self.random.pick(&self.actoren),
            soort_actor: SoortActor::Medewerker,
        }));
        done.push(Gebeurtenis::BetrokkeneBijKlantcontactGeregistreerd(Betrokkene {
            id: self.id(),
            had_klantcontact: id,
            was_partij: Some(partij),
            rol: Klantcontactrol::Klant,
            initiator: true,
            contactnaam: None,
            organisatienaam: None,
            bezoekadres: None,
            correspondentieadres: None,
        }));
        if self.random.chance(ZAAK_PERCENT) {
            done.extend(self.zaak(id));
        }
        if self.random.chance(VERZOEK_PERCENT) {
            let taak = self.taak(id);
            self.open.push(taak.clone());
            done.push(Gebeurtenis::InterneTaakGeregistreerd(taak));
        }
        done
    }

    fn klantcontact(&mut self, id: Uuid) -> Klantcontact {
        Klantcontact {
            id,
            nummer: self.number.to_string(),
            referentienummer: None,
            kanaal: (*self.random.pick(&["telefoon", "email", "balie"])).to_owned(),
            onderwerp: (*self.random.pick(&ONDERWERPEN)).to_owned(),
            inhoud: Some(INHOUD.to_owned()),
            reactie: None,
            indicatie_contact_gelukt: IndicatieJaNeeOnbekend::Ja,
            taal: "nld".to_owned(),
            vertrouwelijk: self.random.chance(3),
            plaatsgevonden_op: self.now,
            hoofd_onderwerp_type: None,
            verdere_actie_ondernomen: false,
            metadata: std::collections::BTreeMap::new(),
        }
    }

    fn zaak(&mut self, klantcontact: Uuid) -> [Gebeurtenis; 2] {
        let onderwerpobject = self.id();
        let zaak = identificator(("zaak", "uuid", "zakenregister"), self.id().to_string());
        [
            Gebeurtenis::OnderwerpobjectGeregistreerd(Onderwerpobject {
                id: onderwerpobject,
                was_onderwerp_van_klantcontact: klantcontact,
                onderwerpobjectidentificator: Some(zaak.clone()),
                onderwerp_was_klantcontact: None,
                ontstond_uit_klantcontact: false,
            }),
            Gebeurtenis::ZaakGekoppeld(Zaakkoppeling {
                zaak,
                klantcontact,
                onderwerpobject,
                via_interne_taak: None,
            }),
        ]
    }

    fn taak(&mut self, klantcontact: Uuid) -> InterneTaak {
        InterneTaak {
            id: self.id(),
            nummer: self.number.to_string(),
            referentienummer: None,
            aanleidinggevend_klantcontact: klantcontact,
            gevraagde_handeling: "Bel de klant terug".to_owned(),
            toelichting: None,
            toegewezen_aan_actoren: vec![*self.random.pick(&self.actoren)],
            toegewezen_op: self.now,
            status: Taakstatus::TeVerwerken,
            afgehandeld_op: None,
            afsluittoelichting: None,
        }
    }

    /// A step on one of the contactverzoeken that are open.
    fn vervolg(&mut self) -> Vec<Gebeurtenis> {
        let bound = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        let place = usize::try_from(self.random.below(bound)).unwrap_or_default();
        let mut taak = self.open.swap_remove(place);
        if self.random.chance(AFHANDEL_PERCENT) {
            taak.status = Taakstatus::Verwerkt;
            taak.afgehandeld_op = Some(self.now);
            return vec![Gebeurtenis::InterneTaakAfgehandeld(InterneTaakAfgehandeld {
                interne_taak: taak,
                zaak: None,
                antwoord_klantcontact: None,
                vervangen_door_interne_taak: None,
                afgehandeld_door: "bench".to_owned(),
            })];
        }
        let vorige = std::mem::take(&mut taak.toegewezen_aan_actoren);
        taak.toegewezen_aan_actoren = vec![*self.random.pick(&self.actoren)];
        taak.toegewezen_op = self.now;
        self.open.push(taak.clone());
        vec![Gebeurtenis::InterneTaakToegewezen(InterneTaakToegewezen {
            interne_taak: taak,
            vorige_actoren: vorige,
        })]
    }
}

fn identificator((objecttype, soort, register): (&str, &str, &str), id: String) -> Identificator {
    Identificator {
        code_objecttype: objecttype.to_owned(),
        code_soort_object_id: soort.to_owned(),
        object_id: id,
        code_register: register.to_owned(),
    }
}
