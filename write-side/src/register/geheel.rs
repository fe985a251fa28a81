//! Objects and parts as a reader gets them: whole, with what belongs to them. The number of
//! statements does not depend on how many are read.

use std::collections::BTreeMap;

use events::{ObjectRef, Partij};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::digitaal_adres::{Adreskeuze, adressen};
use super::keuze::Keuze;
use super::{actor, interne_taak, klantcontact, partij};
use crate::fout::HandelingError;

/// What is read by key, one or many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leesbaar {
    /// Partij with its parts.
    Partij,
    /// Klantcontact with its parts.
    Klantcontact,
    /// Interne taak.
    InterneTaak,
    /// Actor.
    Actor,
    /// Betrokkene with its digital addresses; a part of a klantcontact.
    Betrokkene,
    /// Digital address; a part of a partij or a klantcontact.
    DigitaalAdres,
    /// Onderwerpobject; a part of a klantcontact.
    Onderwerpobject,
    /// Bijlage; a part of a klantcontact.
    Bijlage,
    /// Partij-identificator; a part of a partij.
    PartijIdentificator,
    /// Bank account; a part of a partij.
    Rekeningnummer,
}

/// Something that was read.
#[derive(Debug)]
pub(crate) struct Geheel {
    /// Its key.
    pub(crate) id: Uuid,
    /// The object whose version tells its state.
    pub(crate) object: ObjectRef,
    /// Everything there is to it.
    pub(crate) waarde: Value,
}

/// Reads what there is of these keys, in any order.
pub(crate) async fn load(
    conn: &mut PgConnection,
    soort: Leesbaar,
    ids: &[Uuid],
) -> Result<Vec<Geheel>, HandelingError> {
    let keuze = Keuze::Sleutels(ids);
    match soort {
        Leesbaar::Partij => partijen(conn, ids).await,
        Leesbaar::Klantcontact => klantcontacten(conn, ids).await,
        Leesbaar::InterneTaak => gehelen(interne_taak::interne_taken(conn, ids).await?, |taak| {
            (taak.id, ObjectRef::interne_taak(taak.id))
        }),
        Leesbaar::Actor => gehelen(actor::actoren(conn, ids).await?, |actor| {
            (actor.id, ObjectRef::actor(actor.id))
        }),
        Leesbaar::Betrokkene => betrokkenen(conn, ids).await,
        Leesbaar::DigitaalAdres => {
            let own = adressen(conn, Adreskeuze::sleutels(ids)).await?.into_iter();
            own.map(|own| geheel(own.digitaal_adres.id, own.hoort_bij, &own.digitaal_adres))
                .collect()
        }
        Leesbaar::Onderwerpobject => {
            gehelen(klantcontact::onderwerpobjecten(conn, keuze).await?, |object| {
                (object.id, ObjectRef::klantcontact(object.was_onderwerp_van_klantcontact))
            })
        }
        Leesbaar::Bijlage => gehelen(klantcontact::bijlagen(conn, keuze).await?, |bijlage| {
            (bijlage.id, ObjectRef::klantcontact(bijlage.was_bijlage_van_klantcontact))
        }),
        Leesbaar::PartijIdentificator => {
            gehelen(partij::identificatoren(conn, keuze).await?, |item| {
                (item.id, ObjectRef::partij(item.identificeerde_partij))
            })
        }
        Leesbaar::Rekeningnummer => {
            gehelen(partij::rekeningnummers(conn, keuze).await?, |account| {
                (account.id, ObjectRef::partij(account.partij))
            })
        }
    }
}

fn geheel(id: Uuid, object: ObjectRef, waarde: &impl Serialize) -> Result<Geheel, HandelingError> {
    Ok(Geheel { id, object, waarde: serde_json::to_value(waarde)? })
}

fn gehelen<T: Serialize>(
    items: Vec<T>,
    keys: impl Fn(&T) -> (Uuid, ObjectRef),
) -> Result<Vec<Geheel>, HandelingError> {
    let whole = |item: T| {
        let (id, object) = keys(&item);
        geheel(id, object, &item)
    };
    items.into_iter().map(whole).collect()
}

/// Parts by the object that they belong to.
struct PerEigenaar(BTreeMap<Uuid, Vec<Value>>);

impl PerEigenaar {
    fn new<T: Serialize>(
        parts: Vec<T>,
        eigenaar: impl Fn(&T) -> Option<Uuid>,
    ) -> Result<Self, HandelingError> {
        let mut per: BTreeMap<Uuid, Vec<Value>> = BTreeMap::new();
        for part in parts {
            if let Some(id) = eigenaar(&part) {
                per.entry(id).or_default().push(serde_json::to_value(part)?);
            }
        }
        Ok(Self(per))
    }

    fn take(&mut self, eigenaar: Uuid) -> Vec<Value> {
        self.0.remove(&eigenaar).unwrap_or_default()
    }
}

fn extended(base: &impl Serialize, parts: Value) -> Result<Value, HandelingError> {
    let mut whole = Map::new();
    for value in [serde_json::to_value(base)?, parts] {
        if let Value::Object(fields) = value {
            whole.extend(fields);
        }
    }
    Ok(Value::Object(whole))
}

async fn partijen(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Geheel>, HandelingError> {
    let partijen: Vec<Partij> = partij::partijen(conn, ids).await?;
    let chosen = partij::voorkeuren(conn, ids).await?.into_iter();
    let mut chosen: BTreeMap<Uuid, _> =
        chosen.map(|(id, adres, rekening)| (id, (adres, rekening))).collect();
    let keys = partij::identificatoren(conn, Keuze::Van(ids)).await?;
    let mut keys = PerEigenaar::new(keys, |key| Some(key.identificeerde_partij))?;
    let own = adressen(conn, Adreskeuze::van_partijen(ids)).await?.into_iter();
    let adressen = own.map(|own| own.digitaal_adres).collect();
    let mut adressen = PerEigenaar::new(adressen, |adres| adres.verstrekt_door_partij)?;
    let accounts = partij::rekeningnummers(conn, Keuze::Van(ids)).await?;
    let mut accounts = PerEigenaar::new(accounts, |account| Some(account.partij))?;
    let relaties = partij::categorie_relaties(conn, Keuze::Van(ids)).await?;
    let mut relaties = PerEigenaar::new(relaties, |relatie| Some(relatie.partij))?;
    let whole = |partij: Partij| {
        let id = partij.id;
        let (adres, rekening) = chosen.remove(&id).unwrap_or_default();
        let parts = json!({
            "volledigeNaam": partij.weergavenaam(),
            "partijIdentificatoren": keys.take(id),
            "digitaleAdressen": adressen.take(id),
            "voorkeursDigitaalAdres": adres,
            "rekeningnummers": accounts.take(id),
            "voorkeursRekeningnummer": rekening,
            "categorieRelaties": relaties.take(id),
        });
        Ok(Geheel { id, object: ObjectRef::partij(id), waarde: extended(&partij, parts)? })
    };
    partijen.into_iter().map(whole).collect()
}

async fn klantcontacten(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Geheel>, HandelingError> {
    let van = Keuze::Van(ids);
    let contacten = klantcontact::klantcontacten(conn, ids).await?;
    let betrokkenen = klantcontact::betrokkenen(conn, van).await?;
    let betrokken: Vec<Uuid> = betrokkenen.iter().map(|betrokkene| betrokkene.id).collect();
    let contact_of: BTreeMap<Uuid, Uuid> =
        betrokkenen.iter().map(|betrokkene| (betrokkene.id, betrokkene.had_klantcontact)).collect();
    let mut betrokkenen = PerEigenaar::new(betrokkenen, |item| Some(item.had_klantcontact))?;
    let own = adressen(conn, Adreskeuze::van_betrokkenen(&betrokken)).await?.into_iter();
    let adressen = own.map(|own| own.digitaal_adres).collect();
    let mut adressen = PerEigenaar::new(adressen, |adres| {
        contact_of.get(&adres.verstrekt_door_betrokkene?).copied()
    })?;
    let actoren = klantcontact::koppelingen(conn, van).await?;
    let mut actoren = PerEigenaar::new(actoren, |koppeling| Some(koppeling.klantcontact))?;
    let objecten = klantcontact::onderwerpobjecten(conn, van).await?;
    let mut objecten =
        PerEigenaar::new(objecten, |object| Some(object.was_onderwerp_van_klantcontact))?;
    let bijlagen = klantcontact::bijlagen(conn, van).await?;
    let mut bijlagen =
        PerEigenaar::new(bijlagen, |bijlage| Some(bijlage.was_bijlage_van_klantcontact))?;
    let mut taken: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (contact, taak) in interne_taak::of_klantcontacten(conn, ids).await? {
        taken.entry(contact).or_default().push(taak);
    }
    let whole = |contact: events::Klantcontact| {
        let id = contact.id;
        let parts = json!({
            "hadBetrokkenen": betrokkenen.take(id),
            "digitaleAdressen": adressen.take(id),
            "hadBetrokkenActoren": actoren.take(id),
            "gingOverOnderwerpobjecten": objecten.take(id),
            "omvatteBijlagen": bijlagen.take(id),
            "leiddeTotInterneTaken": taken.remove(&id).unwrap_or_default(),
        });
        Ok(Geheel { id, object: ObjectRef::klantcontact(id), waarde: extended(&contact, parts)? })
    };
    contacten.into_iter().map(whole).collect()
}

async fn betrokkenen(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Geheel>, HandelingError> {
    let betrokkenen = klantcontact::betrokkenen(conn, Keuze::Sleutels(ids)).await?;
    let own = adressen(conn, Adreskeuze::van_betrokkenen(ids)).await?.into_iter();
    let adressen = own.map(|own| own.digitaal_adres).collect();
    let mut adressen = PerEigenaar::new(adressen, |adres| adres.verstrekt_door_betrokkene)?;
    let whole = |betrokkene: events::Betrokkene| {
        let (id, contact) = (betrokkene.id, betrokkene.had_klantcontact);
        let parts = json!({ "digitaleAdressen": adressen.take(id) });
        let waarde = extended(&betrokkene, parts)?;
        Ok(Geheel { id, object: ObjectRef::klantcontact(contact), waarde })
    };
    betrokkenen.into_iter().map(whole).collect()
}
