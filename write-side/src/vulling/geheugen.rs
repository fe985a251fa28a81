//! The part of the register that handelingen can still ask for while an empty database is filled.
//! The other half of what `register::write` is: each event changes what it names, and a row that
//! nobody will change any more goes to the rows that are copied.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use events::{
    Actor, ActorKlantcontact, Betrokkene, Bijlage, DigitaalAdres, Gebeurtenis, Identificator,
    InterneTaak, Klantcontact, ObjectRef, Objectsoort, Onderwerpobject, Partij,
    PartijIdentificator, SoortActor, SoortPartij,
};
use uuid::Uuid;

use super::elders::alleen_database;
use super::rijen::{Jsonb, Rijen, Tabel};
use crate::fout::HandelingError;
use crate::register::Reeks;

/// The first number of each series, as the sequences have it.
pub(super) const EERSTE_NUMMER: i64 = 1_000_001;

/// An object that is held, and the number of its last event.
#[derive(Debug)]
struct Gehouden<T> {
    versie: i64,
    rij: T,
}

#[derive(Debug)]
struct Contact {
    contact: Klantcontact,
    onderwerpobjecten: Vec<Onderwerpobject>,
}

#[derive(Debug)]
struct BekendePartij {
    partij: Partij,
    voorkeur: Option<Uuid>,
}

/// The register in memory. Of a partij that was let go it still knows that it exists, of which kind
/// it is and which keys it has: some 50 bytes. Of all else that was let go it knows nothing, so
/// that a handeling which names it is refused.
#[derive(Debug)]
pub(crate) struct Geheugen {
    soorten: HashMap<Uuid, SoortPartij>,
    /// A hash of each key: enough to refuse a second one; the unique index has the last word.
    sleutels: HashSet<u64>,
    partijen: HashMap<Uuid, Gehouden<BekendePartij>>,
    klantcontacten: HashMap<Uuid, Gehouden<Contact>>,
    interne_taken: HashMap<Uuid, Gehouden<InterneTaak>>,
    actoren: BTreeMap<Uuid, Gehouden<Actor>>,
    /// The next number of each series.
    nummers: [i64; Reeks::ALL.len()],
    pub(super) rijen: Rijen,
}

fn hash(key: &Identificator, parent: Option<Uuid>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&key.code_objecttype, &key.code_soort_object_id, &key.object_id).hash(&mut hasher);
    (&key.code_register, parent).hash(&mut hasher);
    hasher.finish()
}

impl Geheugen {
    /// A register with nothing in it.
    pub(super) fn new() -> Self {
        Self {
            soorten: HashMap::new(),
            sleutels: HashSet::new(),
            partijen: HashMap::new(),
            klantcontacten: HashMap::new(),
            interne_taken: HashMap::new(),
            actoren: BTreeMap::new(),
            nummers: [EERSTE_NUMMER; Reeks::ALL.len()],
            rijen: Rijen::new(),
        }
    }

    /// The next number of a series.
    pub(crate) fn nummer(&mut self, reeks: Reeks) -> String {
        let next = &mut self.nummers[reeks as usize];
        let nummer = next.to_string();
        *next += 1;
        nummer
    }

    /// The number that each series goes on with.
    pub(super) const fn nummers(&self) -> [i64; Reeks::ALL.len()] {
        self.nummers
    }

    /// The partij with this key.
    pub(crate) fn partij(&self, id: Uuid) -> Option<Partij> {
        self.partijen.get(&id).map(|held| held.rij.partij.clone())
    }

    /// The klantcontact with this key.
    pub(crate) fn klantcontact(&self, id: Uuid) -> Option<Klantcontact> {
        self.klantcontacten.get(&id).map(|held| held.rij.contact.clone())
    }

    /// The interne taak with this key.
    pub(crate) fn interne_taak(&self, id: Uuid) -> Option<InterneTaak> {
        self.interne_taken.get(&id).map(|held| held.rij.clone())
    }

    /// The kinds of the partijen among these that exist.
    pub(crate) fn soorten_partij(&self, ids: &[Uuid]) -> Vec<(Uuid, SoortPartij)> {
        ids.iter().filter_map(|id| Some((*id, *self.soorten.get(id)?))).collect()
    }

    /// Whether a partij has this key already.
    pub(crate) fn identificator_exists(&self, key: &Identificator, parent: Option<Uuid>) -> bool {
        self.sleutels.contains(&hash(key, parent))
    }

    /// The klantcontacten among these that are held.
    pub(crate) fn klantcontacten(&self, ids: &[Uuid]) -> Vec<Uuid> {
        ids.iter().copied().filter(|id| self.klantcontacten.contains_key(id)).collect()
    }

    /// What a klantcontact was about.
    pub(crate) fn onderwerpobjecten(&self, klantcontact: Uuid) -> Vec<Onderwerpobject> {
        let held = self.klantcontacten.get(&klantcontact);
        held.map(|held| held.rij.onderwerpobjecten.clone()).unwrap_or_default()
    }

    /// Whether the actoren among these that exist are active.
    pub(crate) fn actoren_actief(&self, ids: &[Uuid]) -> Vec<(Uuid, bool)> {
        let actief = |id: &Uuid| Some((*id, self.actoren.get(id)?.rij.indicatie_actief));
        ids.iter().filter_map(actief).collect()
    }

    /// The kinds of the actoren among these that exist.
    pub(crate) fn soorten_actor(&self, ids: &[Uuid]) -> BTreeMap<Uuid, SoortActor> {
        let soort = |id: &Uuid| Some((*id, self.actoren.get(id)?.rij.soort_actor));
        ids.iter().filter_map(soort).collect()
    }

    /// The number of the last event of an object that is held.
    pub(crate) fn versie(&self, object: ObjectRef) -> Option<i64> {
        let id = &object.id;
        match object.soort {
            Objectsoort::Partij => self.partijen.get(id).map(|held| held.versie),
            Objectsoort::Klantcontact => self.klantcontacten.get(id).map(|held| held.versie),
            Objectsoort::InterneTaak => self.interne_taken.get(id).map(|held| held.versie),
            Objectsoort::Actor => self.actoren.get(id).map(|held| held.versie),
            Objectsoort::Vertegenwoordiging
            | Objectsoort::Referentiewaarde
            | Objectsoort::Vernietigingsvoorstel
            | Objectsoort::Zaaksleutelpaar
            | Objectsoort::Inzageverzoek => None,
        }
    }

    /// Numbers an event of an object that is held.
    pub(super) fn raise(&mut self, object: ObjectRef) -> Result<i64, HandelingError> {
        let id = &object.id;
        let versie = match object.soort {
            Objectsoort::Partij => self.partijen.get_mut(id).map(|held| &mut held.versie),
            Objectsoort::Klantcontact => {
                self.klantcontacten.get_mut(id).map(|held| &mut held.versie)
            }
            Objectsoort::InterneTaak => self.interne_taken.get_mut(id).map(|held| &mut held.versie),
            Objectsoort::Actor => self.actoren.get_mut(id).map(|held| &mut held.versie),
            Objectsoort::Vertegenwoordiging
            | Objectsoort::Referentiewaarde
            | Objectsoort::Vernietigingsvoorstel
            | Objectsoort::Zaaksleutelpaar
            | Objectsoort::Inzageverzoek => None,
        };
        let versie = versie.ok_or(HandelingError::AlleenDatabase)?;
        *versie += 1;
        Ok(*versie)
    }

    /// Changes what an event says.
    ///
    /// # Errors
    /// When it is none of the events of handelingen that can be done in memory.
    pub(crate) fn apply(&mut self, gebeurtenis: &Gebeurtenis) -> Result<(), HandelingError> {
        use Gebeurtenis as G;
        match gebeurtenis {
            G::PersoonGeregistreerd(partij)
            | G::OrganisatieGeregistreerd(partij)
            | G::ContactpersoonGeregistreerd(partij) => self.insert_partij(partij),
            G::PersoonGewijzigd(change)
            | G::OrganisatieGewijzigd(change)
            | G::ContactpersoonGewijzigd(change) => self.update_partij(&change.nieuw)?,
            G::PartijGeactiveerd(partij) | G::PartijGedeactiveerd(partij) => {
                self.update_partij(partij)?;
            }
            G::PartijIdentificatorGeregistreerd(key) => self.insert_identificator(key)?,
            G::VoorkeursDigitaalAdresGekozen(event) => {
                held(&mut self.partijen, event.partij)?.voorkeur = event.digitaal_adres;
            }
            G::DigitaalAdresGeregistreerd(event) => self.insert_adres(&event.digitaal_adres)?,
            G::KlantcontactGeregistreerd(contact) => self.insert_contact(contact),
            G::KlantcontactAangevuld(event) => self.update_contact(&event.klantcontact)?,
            G::KlantcontactGecorrigeerd(change) => self.update_contact(&change.nieuw)?,
            G::ActorAanKlantcontactGekoppeld(coupling) => self.insert_koppeling(coupling)?,
            G::BetrokkeneBijKlantcontactGeregistreerd(item) => self.insert_betrokkene(item)?,
            G::BijlageGeregistreerd(bijlage) => self.insert_bijlage(bijlage)?,
            G::OnderwerpobjectGeregistreerd(object) => self.insert_onderwerpobject(object)?,
            // The link stands in the onderwerpobject.
            G::ZaakGekoppeld(_) => {}
            G::InterneTaakGeregistreerd(taak) => {
                self.interne_taken.insert(taak.id, Gehouden { versie: 0, rij: taak.clone() });
            }
            G::InterneTaakToegewezen(event) => self.update_taak(&event.interne_taak)?,
            G::InterneTaakGecorrigeerd(change) => self.update_taak(&change.nieuw)?,
            G::InterneTaakAfgehandeld(event) => self.update_taak(&event.interne_taak)?,
            G::InterneTaakHeropend(event) => self.update_taak(&event.interne_taak)?,
            G::MedewerkerGeregistreerd(actor)
            | G::OrganisatorischeEenheidGeregistreerd(actor)
            | G::GeautomatiseerdeActorGeregistreerd(actor) => {
                self.actoren.insert(actor.id, Gehouden { versie: 0, rij: actor.clone() });
            }
            alleen_database!() => return Err(HandelingError::AlleenDatabase),
        }
        Ok(())
    }

    fn insert_partij(&mut self, partij: &Partij) {
        self.soorten.insert(partij.id, partij.soort_partij);
        let rij = BekendePartij { partij: partij.clone(), voorkeur: None };
        self.partijen.insert(partij.id, Gehouden { versie: 0, rij });
    }

    fn update_partij(&mut self, partij: &Partij) -> Result<(), HandelingError> {
        held(&mut self.partijen, partij.id)?.partij = partij.clone();
        Ok(())
    }

    fn insert_contact(&mut self, contact: &Klantcontact) {
        let rij = Contact { contact: contact.clone(), onderwerpobjecten: Vec::new() };
        self.klantcontacten.insert(contact.id, Gehouden { versie: 0, rij });
    }

    fn update_contact(&mut self, contact: &Klantcontact) -> Result<(), HandelingError> {
        held(&mut self.klantcontacten, contact.id)?.contact = contact.clone();
        Ok(())
    }

    fn update_taak(&mut self, taak: &InterneTaak) -> Result<(), HandelingError> {
        *held(&mut self.interne_taken, taak.id)? = taak.clone();
        Ok(())
    }

    fn insert_identificator(&mut self, item: &PartijIdentificator) -> Result<(), HandelingError> {
        let key = &item.partij_identificator;
        self.sleutels.insert(hash(key, item.sub_identificator_van));
        Ok(self.rijen.voeg(
            Tabel::PartijIdentificatoren,
            &[
                &item.id,
                &item.identificeerde_partij,
                &key.code_objecttype,
                &key.code_soort_object_id,
                &key.object_id,
                &key.code_register,
                &item.sub_identificator_van,
            ],
        )?)
    }

    fn insert_adres(&mut self, adres: &DigitaalAdres) -> Result<(), HandelingError> {
        Ok(self.rijen.voeg(
            Tabel::DigitaleAdressen,
            &[
                &adres.id,
                &adres.soort_digitaal_adres,
                &adres.adres,
                &adres.omschrijving,
                &adres.is_standaard_adres,
                &adres.referentie,
                &adres.verificatie_datum,
                &adres.verstrekt_door_partij,
                &adres.verstrekt_door_betrokkene,
            ],
        )?)
    }

    fn insert_koppeling(&mut self, coupling: &ActorKlantcontact) -> Result<(), HandelingError> {
        let velden = [&coupling.id, &coupling.klantcontact, &coupling.actor];
        Ok(self.rijen.voeg(Tabel::ActorKlantcontacten, &velden.map(|id| id as _))?)
    }

    fn insert_betrokkene(&mut self, item: &Betrokkene) -> Result<(), HandelingError> {
        Ok(self.rijen.voeg(
            Tabel::Betrokkenen,
            &[
                &item.id,
                &item.had_klantcontact,
                &item.was_partij,
                &item.rol.code(),
                &item.initiator,
                &item.contactnaam.as_ref().map(Jsonb),
                &item.organisatienaam,
                &item.bezoekadres.as_ref().map(Jsonb),
                &item.correspondentieadres.as_ref().map(Jsonb),
            ],
        )?)
    }

    fn insert_bijlage(&mut self, bijlage: &Bijlage) -> Result<(), HandelingError> {
        Ok(self.rijen.voeg(
            Tabel::Bijlagen,
            &[
                &bijlage.id,
                &bijlage.was_bijlage_van_klantcontact,
                &Jsonb(&bijlage.bijlageidentificator),
            ],
        )?)
    }

    fn insert_onderwerpobject(&mut self, object: &Onderwerpobject) -> Result<(), HandelingError> {
        let contact = held(&mut self.klantcontacten, object.was_onderwerp_van_klantcontact)?;
        contact.onderwerpobjecten.push(object.clone());
        Ok(self.rijen.voeg(
            Tabel::Onderwerpobjecten,
            &[
                &object.id,
                &object.was_onderwerp_van_klantcontact,
                &object.onderwerpobjectidentificator.as_ref().map(Jsonb),
                &object.onderwerp_was_klantcontact,
                &object.ontstond_uit_klantcontact,
            ],
        )?)
    }

    /// Lets go of an object that no handeling will name any more: its row is final.
    ///
    /// # Errors
    /// When a value cannot be written as JSON.
    pub(super) fn laat_los(&mut self, object: ObjectRef) -> serde_json::Result<()> {
        let Some(versie) = self.versie(object) else {
            return Ok(());
        };
        self.rijen.voeg(Tabel::Objecten, &[&object.soort.code(), &object.id, &versie])?;
        if let Some(held) = self.partijen.remove(&object.id) {
            row_of_partij(&mut self.rijen, &held.rij)?;
        }
        if let Some(held) = self.klantcontacten.remove(&object.id) {
            row_of_contact(&mut self.rijen, &held.rij.contact)?;
        }
        if let Some(held) = self.interne_taken.remove(&object.id) {
            rows_of_taak(&mut self.rijen, &held.rij)?;
        }
        if let Some(held) = self.actoren.remove(&object.id) {
            row_of_actor(&mut self.rijen, &held.rij)?;
        }
        Ok(())
    }

    /// Lets go of all that is held, in the order of the keys.
    ///
    /// # Errors
    /// When a value cannot be written as JSON.
    pub(super) fn laat_alles_los(&mut self) -> serde_json::Result<()> {
        let mut objecten: Vec<ObjectRef> =
            self.partijen.keys().copied().map(ObjectRef::partij).collect();
        objecten.extend(self.klantcontacten.keys().copied().map(ObjectRef::klantcontact));
        objecten.extend(self.interne_taken.keys().copied().map(ObjectRef::interne_taak));
        objecten.extend(self.actoren.keys().copied().map(ObjectRef::actor));
        objecten.sort_unstable();
        objecten.into_iter().try_for_each(|object| self.laat_los(object))
    }
}

/// What an event changes must be held.
fn held<T>(map: &mut HashMap<Uuid, Gehouden<T>>, id: Uuid) -> Result<&mut T, HandelingError> {
    map.get_mut(&id).map(|held| &mut held.rij).ok_or(HandelingError::AlleenDatabase)
}

fn row_of_partij(rijen: &mut Rijen, held: &BekendePartij) -> serde_json::Result<()> {
    let partij = &held.partij;
    rijen.voeg(
        Tabel::Partijen,
        &[
            &partij.id,
            &partij.nummer,
            &partij.soort_partij.code(),
            &partij.contactnaam.as_ref().map(Jsonb),
            &partij.naam,
            &partij.werkte_voor_partij,
            &partij.bezoekadres.as_ref().map(Jsonb),
            &partij.correspondentieadres.as_ref().map(Jsonb),
            &partij.voorkeurstaal,
            &partij.indicatie_geheimhouding,
            &partij.interne_notitie,
            &partij.indicatie_actief,
            &held.voorkeur,
        ],
    )
}

fn row_of_contact(rijen: &mut Rijen, contact: &Klantcontact) -> serde_json::Result<()> {
    rijen.voeg(
        Tabel::Klantcontacten,
        &[
            &contact.id,
            &contact.nummer,
            &contact.referentienummer,
            &contact.kanaal,
            &contact.onderwerp,
            &contact.inhoud,
            &contact.reactie,
            &contact.indicatie_contact_gelukt.code(),
            &contact.taal,
            &contact.vertrouwelijk,
            &contact.plaatsgevonden_op,
            &contact.hoofd_onderwerp_type,
            &contact.verdere_actie_ondernomen,
            &Jsonb(&contact.metadata),
        ],
    )
}

fn rows_of_taak(rijen: &mut Rijen, taak: &InterneTaak) -> serde_json::Result<()> {
    for (volgnummer, actor) in (1_i16..).zip(&taak.toegewezen_aan_actoren) {
        rijen.voeg(Tabel::InterneTaakActoren, &[&taak.id, &volgnummer, actor])?;
    }
    rijen.voeg(
        Tabel::InterneTaken,
        &[
            &taak.id,
            &taak.nummer,
            &taak.referentienummer,
            &taak.aanleidinggevend_klantcontact,
            &taak.gevraagde_handeling,
            &taak.toelichting,
            &taak.toegewezen_op,
            &taak.status.code(),
            &taak.afgehandeld_op,
            &taak.afsluittoelichting,
        ],
    )
}

fn row_of_actor(rijen: &mut Rijen, actor: &Actor) -> serde_json::Result<()> {
    rijen.voeg(
        Tabel::Actoren,
        &[
            &actor.id,
            &actor.soort_actor.code(),
            &actor.naam,
            &actor.functie,
            &actor.omschrijving,
            &actor.emailadres,
            &actor.telefoonnummer,
            &actor.actoridentificator.as_ref().map(Jsonb),
            &actor.indicatie_actief,
        ],
    )
}
