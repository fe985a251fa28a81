//! The object, or the part of one, that the path names: found, locked, its expected version checked,
//! and told to the caller.

use events::{
    Actor, ActorKlantcontact, Betrokkene, Bijlage, CategorieRelatie, EigenDigitaalAdres,
    InterneTaak, Inzageverzoek, Klantcontact, ObjectRef, Onderwerpobject, Partij,
    PartijIdentificator, Referentiewaarde, Rekeningnummer, Vernietigingsvoorstel,
    Vertegenwoordiging, Zaaksleutels,
};
use uuid::Uuid;

use crate::fout::{Fout, Foutcode, HandelingError};
use crate::register::{self, Register};
use crate::uitvoering::{Onderdeel, Uitvoering, niet_gevonden};

/// Something that a path can name.
pub(super) trait Vergrendelbaar: Sized + Send {
    /// Its kind, as answers call it.
    const SOORT: &'static str;

    /// Reads it.
    fn load(
        bron: &mut Register<'_>,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<Self>, HandelingError>> + Send;

    /// The object whose version tells its state.
    fn object(&self) -> ObjectRef;

    /// The same from the key alone, when it is an object by itself.
    fn object_of(_: Uuid) -> Option<ObjectRef> {
        None
    }

    /// Its number, when it has one.
    fn nummer(&self) -> Option<String> {
        None
    }
}

/// What the path names, locked until the transaction ends, and told to the caller.
pub(super) async fn lock<T: Vergrendelbaar>(
    uitvoering: &mut Uitvoering<'_>,
) -> Result<T, HandelingError> {
    let id = uitvoering.pad_id()?;
    let found: T = lock_owner(uitvoering).await?;
    let (nummer, object) = (found.nummer(), found.object());
    uitvoering.meld(Onderdeel { soort: T::SOORT, id, nummer, object });
    Ok(found)
}

/// What the path names, locked until the transaction ends, to which something is added.
pub(super) async fn lock_owner<T: Vergrendelbaar>(
    uitvoering: &mut Uitvoering<'_>,
) -> Result<T, HandelingError> {
    let id = uitvoering.pad_id()?;
    let whole = T::object_of(id);
    let object = match whole {
        Some(object) => object,
        None => {
            let found = T::load(uitvoering.register(), id).await?;
            found.ok_or_else(|| niet_gevonden("id"))?.object()
        }
    };
    uitvoering.vergrendel(object).await?;
    // Only under the lock it is sure.
    let found = T::load(uitvoering.register(), id).await?;
    found.ok_or_else(|| if whole.is_some() { weg() } else { niet_gevonden("id") }.into())
}

/// A part with this key, with its owner locked until the transaction ends. Nothing, when somebody
/// removed it until then.
pub(super) async fn lock_part<T: Vergrendelbaar>(
    uitvoering: &mut Uitvoering<'_>,
    id: Uuid,
) -> Result<Option<T>, HandelingError> {
    let Some(found) = T::load(uitvoering.register(), id).await? else {
        return Ok(None);
    };
    uitvoering.vergrendel_ook(found.object()).await?;
    // Only under the lock it is sure.
    T::load(uitvoering.register(), id).await
}

/// The fault of an object that was there.
pub(crate) fn weg() -> Fout {
    Fout::new("id", Foutcode::Vernietigd, "dit object is vernietigd of beëindigd")
}

macro_rules! objects {
    ($($type:ty: $soort:literal, $module:ident::$load:ident, $object:ident $(, $nummer:ident)?
        $(=> $held:ident)?;)+) => {$(
        impl Vergrendelbaar for $type {
            const SOORT: &'static str = $soort;

            async fn load(
                bron: &mut Register<'_>,
                id: Uuid,
            ) -> Result<Option<Self>, HandelingError> {
                $(if let Register::Geheugen(geheugen) = bron {
                    return Ok(geheugen.$held(id));
                })?
                register::$module::$load(bron.conn()?, id).await
            }

            fn object(&self) -> ObjectRef {
                ObjectRef::$object(self.id)
            }

            fn object_of(id: Uuid) -> Option<ObjectRef> {
                Some(ObjectRef::$object(id))
            }

            $(fn nummer(&self) -> Option<String> {
                Some(self.$nummer.clone())
            })?
        }
    )+};
}

objects! {
    Partij: "partij", partij::load, partij, nummer => partij;
    Klantcontact: "klantcontact", klantcontact::load, klantcontact, nummer => klantcontact;
    InterneTaak: "interneTaak", interne_taak::load, interne_taak, nummer => interne_taak;
    Actor: "actor", actor::load, actor;
    Vertegenwoordiging: "vertegenwoordiging", partij::load_vertegenwoordiging, vertegenwoordiging;
    Referentiewaarde: "referentiewaarde", referentiewaarde::load, referentiewaarde;
    Vernietigingsvoorstel: "vernietigingsvoorstel", vernietiging::load, vernietigingsvoorstel;
    Zaaksleutels: "zaaksleutelpaar", zaaksleutels::load, zaaksleutelpaar;
    Inzageverzoek: "inzageverzoek", inzage::load, inzageverzoek;
}

macro_rules! parts {
    ($($type:ty: $soort:literal, $module:ident::$load:ident, |$deel:ident| $object:expr;)+) => {$(
        impl Vergrendelbaar for $type {
            const SOORT: &'static str = $soort;

            async fn load(
                bron: &mut Register<'_>,
                id: Uuid,
            ) -> Result<Option<Self>, HandelingError> {
                register::$module::$load(bron.conn()?, id).await
            }

            fn object(&self) -> ObjectRef {
                let $deel = self;
                $object
            }
        }
    )+};
}

parts! {
    Betrokkene: "betrokkene", klantcontact::load_betrokkene,
        |deel| ObjectRef::klantcontact(deel.had_klantcontact);
    ActorKlantcontact: "actorkoppeling", klantcontact::load_koppeling,
        |deel| ObjectRef::klantcontact(deel.klantcontact);
    Onderwerpobject: "onderwerpobject", klantcontact::load_onderwerpobject,
        |deel| ObjectRef::klantcontact(deel.was_onderwerp_van_klantcontact);
    Bijlage: "bijlage", klantcontact::load_bijlage,
        |deel| ObjectRef::klantcontact(deel.was_bijlage_van_klantcontact);
    PartijIdentificator: "partijIdentificator", partij::load_partij_identificator,
        |deel| ObjectRef::partij(deel.identificeerde_partij);
    Rekeningnummer: "rekeningnummer", partij::load_rekeningnummer,
        |deel| ObjectRef::partij(deel.partij);
    CategorieRelatie: "categorieRelatie", partij::load_categorie_relatie,
        |deel| ObjectRef::partij(deel.partij);
    EigenDigitaalAdres: "digitaalAdres", digitaal_adres::load, |deel| deel.hoort_bij;
}
