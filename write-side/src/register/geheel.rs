//! Objects and parts as a reader gets them: whole, with what belongs to them. The number of
//! statements does not depend on how many are read.

use std::collections::BTreeMap;

use events::{EigenDigitaalAdres, ObjectRef, Objectsoort};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::digitaal_adres::{Adreskeuze, adressen};
use super::keuze::Keuze;
use super::weergave::{
    Actorgegevens, BetrokkeneMetAdressen, Bijlagegegevens, DigitaalAdresgegevens,
    InterneTaakgegevens, Inzageverzoekgegevens, KlantcontactMetOnderdelen, Onderwerpobjectgegevens,
    PartijIdentificatorgegevens, PartijMetOnderdelen, Referentiewaardegegevens,
    Rekeningnummergegevens, Toon, Vernietigingsvoorstelgegevens, Vertegenwoordiginggegevens,
    Zaaksleutelgegevens,
};
use super::{
    actor, interne_taak, inzage, klantcontact, partij, referentiewaarde, vernietiging, zaaksleutels,
};
use crate::fout::HandelingError;

/// What is read by key, one or many at once.
pub(crate) trait Leesbaar: Serialize + ToSchema + Send + Sync + 'static {
    /// Reads what there is of these keys, in any order.
    fn load(
        conn: &mut PgConnection,
        ids: &[Uuid],
    ) -> impl Future<Output = Result<Vec<Geheel<Self>>, HandelingError>> + Send
    where
        Self: Sized;
}

/// An object with a version of its own.
pub(crate) trait Objectweergave: Leesbaar {
    /// Its kind.
    const SOORT: Objectsoort;
}

/// A part of an object, with a key of its own.
pub(crate) trait Deelweergave: Leesbaar {
    /// Where it is read.
    const PAD: &'static str;
    /// What it is called.
    const NAAM: &'static str;
    /// The kind of object that it belongs to, as a rule.
    const VAN: Objectsoort;
}

/// Something that was read.
#[derive(Debug)]
pub(crate) struct Geheel<T> {
    /// Its key.
    pub(crate) id: Uuid,
    /// The object whose version tells its state.
    pub(crate) object: ObjectRef,
    /// Everything there is to it.
    pub(crate) waarde: T,
}

/// Parts by the object that they belong to.
struct PerEigenaar<T>(BTreeMap<Uuid, Vec<T>>);

impl<T> PerEigenaar<T> {
    fn new<A>(parts: impl IntoIterator<Item = A>, eigenaar: impl Fn(&A) -> Option<Uuid>) -> Self
    where
        T: Toon<A>,
    {
        let mut per: BTreeMap<Uuid, Vec<T>> = BTreeMap::new();
        for part in parts {
            if let Some(id) = eigenaar(&part) {
                per.entry(id).or_default().push(T::toon(part));
            }
        }
        Self(per)
    }

    fn take(&mut self, eigenaar: Uuid) -> Vec<T> {
        self.0.remove(&eigenaar).unwrap_or_default()
    }
}

impl Leesbaar for PartijMetOnderdelen {
    async fn load(
        conn: &mut PgConnection,
        ids: &[Uuid],
    ) -> Result<Vec<Geheel<Self>>, HandelingError> {
        let partijen = partij::partijen(conn, ids).await?;
        let chosen = partij::voorkeuren(conn, ids).await?.into_iter();
        let mut chosen: BTreeMap<Uuid, _> =
            chosen.map(|(id, adres, rekening)| (id, (adres, rekening))).collect();
        let keys = partij::identificatoren(conn, Keuze::Van(ids)).await?;
        let mut keys = PerEigenaar::new(keys, |key| Some(key.identificeerde_partij));
        let own = adressen(conn, Adreskeuze::van_partijen(ids)).await?.into_iter();
        let adressen = own.map(|own| own.digitaal_adres);
        let mut adressen = PerEigenaar::new(adressen, |adres| adres.verstrekt_door_partij);
        let accounts = partij::rekeningnummers(conn, Keuze::Van(ids)).await?;
        let mut accounts = PerEigenaar::new(accounts, |account| Some(account.partij));
        let relaties = partij::categorie_relaties(conn, Keuze::Van(ids)).await?;
        let mut relaties = PerEigenaar::new(relaties, |relatie| Some(relatie.partij));
        let whole = |partij: events::Partij| {
            let id = partij.id;
            let (adres, rekening) = chosen.remove(&id).unwrap_or_default();
            let waarde = Self {
                volledige_naam: partij.weergavenaam(),
                partij: Toon::toon(partij),
                partij_identificatoren: keys.take(id),
                digitale_adressen: adressen.take(id),
                voorkeurs_digitaal_adres: adres,
                rekeningnummers: accounts.take(id),
                voorkeurs_rekeningnummer: rekening,
                categorie_relaties: relaties.take(id),
            };
            Geheel { id, object: ObjectRef::partij(id), waarde }
        };
        Ok(partijen.into_iter().map(whole).collect())
    }
}

impl Leesbaar for KlantcontactMetOnderdelen {
    async fn load(
        conn: &mut PgConnection,
        ids: &[Uuid],
    ) -> Result<Vec<Geheel<Self>>, HandelingError> {
        let van = Keuze::Van(ids);
        let contacten = klantcontact::klantcontacten(conn, ids).await?;
        let betrokkenen = klantcontact::betrokkenen(conn, van).await?;
        let contact_of: BTreeMap<Uuid, Uuid> =
            betrokkenen.iter().map(|item| (item.id, item.had_klantcontact)).collect();
        let mut betrokkenen = PerEigenaar::new(betrokkenen, |item| Some(item.had_klantcontact));
        let betrokken: Vec<Uuid> = contact_of.keys().copied().collect();
        let own = adressen(conn, Adreskeuze::van_betrokkenen(&betrokken)).await?.into_iter();
        let mut adressen = PerEigenaar::new(own.map(|own| own.digitaal_adres), |adres| {
            contact_of.get(&adres.verstrekt_door_betrokkene?).copied()
        });
        let actoren = klantcontact::koppelingen(conn, van).await?;
        let mut actoren = PerEigenaar::new(actoren, |koppeling| Some(koppeling.klantcontact));
        let objecten = klantcontact::onderwerpobjecten(conn, van).await?;
        let mut objecten =
            PerEigenaar::new(objecten, |object| Some(object.was_onderwerp_van_klantcontact));
        let bijlagen = klantcontact::bijlagen(conn, van).await?;
        let mut bijlagen =
            PerEigenaar::new(bijlagen, |bijlage| Some(bijlage.was_bijlage_van_klantcontact));
        let mut taken: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for (contact, taak) in interne_taak::of_klantcontacten(conn, ids).await? {
            taken.entry(contact).or_default().push(taak);
        }
        let whole = |contact: events::Klantcontact| {
            let id = contact.id;
            let waarde = Self {
                klantcontact: Toon::toon(contact),
                had_betrokkenen: betrokkenen.take(id),
                digitale_adressen: adressen.take(id),
                had_betrokken_actoren: actoren.take(id),
                ging_over_onderwerpobjecten: objecten.take(id),
                omvatte_bijlagen: bijlagen.take(id),
                leidde_tot_interne_taken: taken.remove(&id).unwrap_or_default(),
            };
            Geheel { id, object: ObjectRef::klantcontact(id), waarde }
        };
        Ok(contacten.into_iter().map(whole).collect())
    }
}

impl Leesbaar for BetrokkeneMetAdressen {
    async fn load(
        conn: &mut PgConnection,
        ids: &[Uuid],
    ) -> Result<Vec<Geheel<Self>>, HandelingError> {
        let betrokkenen = klantcontact::betrokkenen(conn, Keuze::Sleutels(ids)).await?;
        let own = adressen(conn, Adreskeuze::van_betrokkenen(ids)).await?.into_iter();
        let adressen = own.map(|own| own.digitaal_adres);
        let mut adressen = PerEigenaar::new(adressen, |adres| adres.verstrekt_door_betrokkene);
        let whole = |betrokkene: events::Betrokkene| {
            let (id, contact) = (betrokkene.id, betrokkene.had_klantcontact);
            let waarde =
                Self { betrokkene: Toon::toon(betrokkene), digitale_adressen: adressen.take(id) };
            Geheel { id, object: ObjectRef::klantcontact(contact), waarde }
        };
        Ok(betrokkenen.into_iter().map(whole).collect())
    }
}

impl Leesbaar for DigitaalAdresgegevens {
    async fn load(
        conn: &mut PgConnection,
        ids: &[Uuid],
    ) -> Result<Vec<Geheel<Self>>, HandelingError> {
        let own = adressen(conn, Adreskeuze::sleutels(ids)).await?.into_iter();
        let whole = |own: EigenDigitaalAdres| {
            let (id, object) = (own.digitaal_adres.id, own.hoort_bij);
            Geheel { id, object, waarde: Toon::toon(own.digitaal_adres) }
        };
        Ok(own.map(whole).collect())
    }
}

/// Declares what is shown as it stands in the register: how it is read, and the object whose version
/// tells its state.
macro_rules! leesbaar {
    ($($type:ident: |$conn:ident, $ids:ident| $read:expr, |$item:ident| $object:expr;)+) => {$(
        impl Leesbaar for $type {
            async fn load(
                $conn: &mut PgConnection,
                $ids: &[Uuid],
            ) -> Result<Vec<Geheel<Self>>, HandelingError> {
                let found = $read.await?.into_iter().map(|$item| {
                    let (id, object) = ($item.id, $object);
                    Geheel { id, object, waarde: Toon::toon($item) }
                });
                Ok(found.collect())
            }
        }
    )+};
}

leesbaar! {
    InterneTaakgegevens: |conn, ids| interne_taak::interne_taken(conn, ids),
        |taak| ObjectRef::interne_taak(taak.id);
    Actorgegevens: |conn, ids| actor::actoren(conn, ids), |actor| ObjectRef::actor(actor.id);
    Vertegenwoordiginggegevens: |conn, ids| partij::vertegenwoordigingen_met(conn, ids),
        |paar| ObjectRef::vertegenwoordiging(paar.id);
    Referentiewaardegegevens: |conn, ids| referentiewaarde::waarden(conn, ids),
        |waarde| ObjectRef::referentiewaarde(waarde.id);
    Vernietigingsvoorstelgegevens: |conn, ids| vernietiging::voorstellen(conn, ids),
        |voorstel| ObjectRef::vernietigingsvoorstel(voorstel.id);
    Zaaksleutelgegevens: |conn, ids| zaaksleutels::paren(conn, ids),
        |pair| ObjectRef::zaaksleutelpaar(pair.id);
    Inzageverzoekgegevens: |conn, ids| inzage::verzoeken(conn, ids),
        |verzoek| ObjectRef::inzageverzoek(verzoek.id);
    Onderwerpobjectgegevens:
        |conn, ids| klantcontact::onderwerpobjecten(conn, Keuze::Sleutels(ids)),
        |object| ObjectRef::klantcontact(object.was_onderwerp_van_klantcontact);
    Bijlagegegevens: |conn, ids| klantcontact::bijlagen(conn, Keuze::Sleutels(ids)),
        |bijlage| ObjectRef::klantcontact(bijlage.was_bijlage_van_klantcontact);
    PartijIdentificatorgegevens:
        |conn, ids| partij::identificatoren(conn, Keuze::Sleutels(ids)),
        |key| ObjectRef::partij(key.identificeerde_partij);
    Rekeningnummergegevens: |conn, ids| partij::rekeningnummers(conn, Keuze::Sleutels(ids)),
        |account| ObjectRef::partij(account.partij);
}

macro_rules! objecten {
    ($($type:ident: $soort:ident,)+) => {$(
        impl Objectweergave for $type {
            const SOORT: Objectsoort = Objectsoort::$soort;
        }
    )+};
}

objecten! {
    PartijMetOnderdelen: Partij,
    KlantcontactMetOnderdelen: Klantcontact,
    InterneTaakgegevens: InterneTaak,
    Actorgegevens: Actor,
    Vertegenwoordiginggegevens: Vertegenwoordiging,
    Referentiewaardegegevens: Referentiewaarde,
    Vernietigingsvoorstelgegevens: Vernietigingsvoorstel,
    Zaaksleutelgegevens: Zaaksleutelpaar,
    Inzageverzoekgegevens: Inzageverzoek,
}

macro_rules! delen {
    ($($type:ident: $pad:literal, $naam:literal, $van:ident;)+) => {$(
        impl Deelweergave for $type {
            const PAD: &'static str = $pad;
            const NAAM: &'static str = $naam;
            const VAN: Objectsoort = Objectsoort::$van;
        }
    )+};
}

delen! {
    BetrokkeneMetAdressen: "/betrokkenen", "betrokkene", Klantcontact;
    DigitaalAdresgegevens: "/digitale-adressen", "digitaal_adres", Partij;
    Onderwerpobjectgegevens: "/onderwerpobjecten", "onderwerpobject", Klantcontact;
    Bijlagegegevens: "/bijlagen", "bijlage", Klantcontact;
    PartijIdentificatorgegevens: "/partij-identificatoren", "partij_identificator", Partij;
    Rekeningnummergegevens: "/rekeningnummers", "rekeningnummer", Partij;
}
