//! Vernietiging: one proposes, another approves, a third executes. What is destroyed is gone from the
//! register and from the content of the log; that it was destroyed, on which ground, stays.

mod klantcontact;
mod partij;

use std::borrow::Cow;

use events::{
    Gebeurtenis, InterneTaak, Klantcontact, ObjectRef, Objectsoort, Partij, Taakstatus, Vernietigd,
    Vernietigingsstatus, Vernietigingsvoorstel,
};
use serde_json::Value;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::vergrendeling::{Vergrendelbaar, lock, lock_owner};
use crate::betrokken;
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::{Lees, Lezer, Tekst, invoer};
use crate::register;
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering, niet_gevonden};

/// A kind of object that can be destroyed by itself.
#[derive(Debug, Clone, Copy)]
pub struct Vernietigbaar(Objectsoort);

/// The kinds of object that can be destroyed by themselves.
const VERNIETIGBAAR: [Objectsoort; 3] =
    [Objectsoort::Partij, Objectsoort::Klantcontact, Objectsoort::InterneTaak];

impl Lees for Vernietigbaar {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let soort = waarde.as_str().and_then(Objectsoort::from_code);
        let read = soort.filter(|soort| VERNIETIGBAAR.contains(soort));
        if read.is_none() {
            lezer.fout(Foutcode::Invalid, "een van: partij, klantcontact, interne_taak");
        }
        read.map(Self)
    }
}

impl PartialSchema for Vernietigbaar {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .enum_values(Some(VERNIETIGBAAR.map(Objectsoort::code)));
        RefOr::T(Schema::Object(text.build()))
    }
}

impl ToSchema for Vernietigbaar {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Vernietigbaar")
    }
}

invoer! {
    /// Een voorstel om een object te vernietigen; een ander keurt het goed, een derde voert het uit.
    pub struct StelVernietigingVoor {
        /// Soort object.
        pub objectsoort: Vernietigbaar = "objectsoort",
        /// Sleutel van het object.
        pub object_id: Uuid = "objectId",
        /// Categorie van de selectielijst, of een andere grond; zonder persoonsgegevens.
        pub grond: Tekst<200> = "grond",
        /// Kenmerk van het besluit; zonder persoonsgegevens.
        pub besluit: Tekst<200> = "besluit",
    }
}

invoer! {
    /// Het oordeel dat het object vernietigd mag worden; het pad noemt het voorstel.
    pub struct KeurVernietigingGoed {
    }
}

invoer! {
    /// Het oordeel dat het object blijft; het pad noemt het voorstel.
    pub struct WijsVernietigingAf {
    }
}

macro_rules! uitvoeringen {
    ($($(#[$doc:meta])* $type:ident,)+) => {$(
        invoer! {
            $(#[$doc])*
            pub struct $type {
                /// Het goedgekeurde voorstel.
                pub voorstel: Uuid = "voorstel",
            }
        }
    )+};
}

uitvoeringen! {
    /// Op grond van welk voorstel het klantcontact wordt vernietigd.
    VernietigKlantcontact,
    /// Op grond van welk voorstel de interne taak wordt vernietigd.
    VernietigInterneTaak,
    /// Op grond van welk voorstel de partij wordt vernietigd.
    VernietigPartij,
}

/// A taak that somebody still has to do is not destroyed.
fn demand_verwerkt(taak: &InterneTaak) -> Result<(), HandelingError> {
    if taak.status == Taakstatus::TeVerwerken {
        let melding = "er is nog een interne taak te verwerken; handel die eerst af";
        return Err(Fout::new("id", Foutcode::StatusConflict, melding).into());
    }
    Ok(())
}

impl Handeling for StelVernietigingVoor {
    const OPERATION_ID: &'static str = "stelVernietigingVoor";
    const SAMENVATTING: &'static str = "Stel voor een object te vernietigen";
    const SCOPE: &'static str = "vernietiging:voorstellen";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let object = ObjectRef { soort: self.objectsoort.0, id: self.object_id };
        uitvoering.vergrendel_ook(object).await.map_err(|error| match error {
            HandelingError::Afgewezen(_) => niet_gevonden("objectId").into(),
            other => other,
        })?;
        let id = uitvoering.new_id();
        let voorstel = Vernietigingsvoorstel {
            id,
            object,
            grond: self.grond.0,
            besluit: self.besluit.0,
            status: Vernietigingsstatus::Voorgesteld,
            voorgesteld_door: uitvoering.door().to_owned(),
            beoordeeld_door: None,
            uitgevoerd_door: None,
        };
        let object = ObjectRef::vernietigingsvoorstel(id);
        uitvoering.meld_deel(Vernietigingsvoorstel::SOORT, id, object);
        uitvoering.gebeurt(Gebeurtenis::VernietigingVoorgesteld(voorstel)).await
    }
}

impl Handeling for KeurVernietigingGoed {
    const OPERATION_ID: &'static str = "keurVernietigingGoed";
    const SAMENVATTING: &'static str = "Keur een voorstel tot vernietiging goed";
    const SCOPE: &'static str = "vernietiging:goedkeuren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let voorstel = judged(uitvoering, Vernietigingsstatus::Goedgekeurd).await?;
        uitvoering.gebeurt(Gebeurtenis::VernietigingGoedgekeurd(voorstel)).await
    }
}

impl Handeling for WijsVernietigingAf {
    const OPERATION_ID: &'static str = "wijsVernietigingAf";
    const SAMENVATTING: &'static str = "Wijs een voorstel tot vernietiging af";
    const SCOPE: &'static str = "vernietiging:goedkeuren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let voorstel = judged(uitvoering, Vernietigingsstatus::Afgewezen).await?;
        uitvoering.gebeurt(Gebeurtenis::VernietigingAfgewezen(voorstel)).await
    }
}

/// The proposal that the path names, judged by somebody else than who proposed.
async fn judged(
    uitvoering: &mut Uitvoering<'_>,
    status: Vernietigingsstatus,
) -> Result<Vernietigingsvoorstel, HandelingError> {
    let voorstel = lock::<Vernietigingsvoorstel>(uitvoering).await?;
    demand(&voorstel, Vernietigingsstatus::Voorgesteld, "id")?;
    let door = uitvoering.door().to_owned();
    if door == voorstel.voorgesteld_door {
        return Err(other_person("wie het voorstel deed, oordeelt er niet over").into());
    }
    Ok(Vernietigingsvoorstel { status, beoordeeld_door: Some(door), ..voorstel })
}

fn other_person(melding: &'static str) -> Fout {
    Fout::new("id", Foutcode::GeenToegang, melding)
}

fn demand(
    voorstel: &Vernietigingsvoorstel,
    status: Vernietigingsstatus,
    veld: &str,
) -> Result<(), HandelingError> {
    if voorstel.status == status {
        return Ok(());
    }
    let melding = format!("het voorstel is {}, niet {}", voorstel.status.code(), status.code());
    Err(Fout::new(veld, Foutcode::StatusConflict, melding).into())
}

/// The approved proposal to destroy this object, marked as executed by a third person.
async fn execute(
    uitvoering: &mut Uitvoering<'_>,
    voorstel: Uuid,
    object: ObjectRef,
) -> Result<Vernietigingsvoorstel, HandelingError> {
    let found = register::vernietiging::load(uitvoering.conn()?, voorstel).await?;
    let found = found.filter(|found| found.object == object);
    found.ok_or_else(|| niet_gevonden("voorstel"))?;
    uitvoering.vergrendel_ook(ObjectRef::vernietigingsvoorstel(voorstel)).await?;
    let found = register::vernietiging::load(uitvoering.conn()?, voorstel).await?;
    let found = found.ok_or_else(|| niet_gevonden("voorstel"))?;
    demand(&found, Vernietigingsstatus::Goedgekeurd, "voorstel")?;
    let door = uitvoering.door().to_owned();
    if door == found.voorgesteld_door || Some(&door) == found.beoordeeld_door.as_ref() {
        return Err(other_person("wie voorstelde of goedkeurde, voert niet uit").into());
    }
    let status = Vernietigingsstatus::Uitgevoerd;
    Ok(Vernietigingsvoorstel { status, uitgevoerd_door: Some(door), ..found })
}

/// The end of every execution: the proposal is done.
async fn conclude(
    uitvoering: &mut Uitvoering<'_>,
    voorstel: Vernietigingsvoorstel,
) -> Result<(), HandelingError> {
    let object = ObjectRef::vernietigingsvoorstel(voorstel.id);
    uitvoering.meld_deel(Vernietigingsvoorstel::SOORT, voorstel.id, object);
    uitvoering.gebeurt(Gebeurtenis::VernietigingUitgevoerd(voorstel)).await
}

/// Destroys an interne taak: its register row and the content of its events.
async fn vernietig_taak(
    uitvoering: &mut Uitvoering<'_>,
    taak: InterneTaak,
    voorstel: &Vernietigingsvoorstel,
) -> Result<(), HandelingError> {
    demand_verwerkt(&taak)?;
    let object = ObjectRef::interne_taak(taak.id);
    // Afterwards the register no longer has whose it was.
    betrokken::show(uitvoering.conn()?, &[object]).await?;
    uitvoering.meld(Onderdeel { soort: InterneTaak::SOORT, id: taak.id, nummer: None, object });
    register::vernietiging::destroy_content(uitvoering.conn()?, object).await?;
    let event = Vernietigd {
        id: taak.id,
        hoorde_bij: Some(taak.aanleidinggevend_klantcontact),
        grond: voorstel.grond.clone(),
        besluit: voorstel.besluit.clone(),
    };
    uitvoering.gebeurt(Gebeurtenis::InterneTaakVernietigd(event)).await
}

impl Handeling for VernietigInterneTaak {
    const OPERATION_ID: &'static str = "vernietigInterneTaak";
    const SAMENVATTING: &'static str = "Vernietig een interne taak";
    const SCOPE: &'static str = "vernietiging:uitvoeren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let taak = lock_owner::<InterneTaak>(uitvoering).await?;
        let voorstel = execute(uitvoering, self.voorstel, taak.object()).await?;
        vernietig_taak(uitvoering, taak, &voorstel).await?;
        conclude(uitvoering, voorstel).await
    }
}

impl Handeling for VernietigKlantcontact {
    const OPERATION_ID: &'static str = "vernietigKlantcontact";
    const SAMENVATTING: &'static str = "Vernietig een klantcontact met alles wat erbij hoort";
    const SCOPE: &'static str = "vernietiging:uitvoeren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let contact = lock_owner::<Klantcontact>(uitvoering).await?;
        let voorstel = execute(uitvoering, self.voorstel, contact.object()).await?;
        klantcontact::vernietig(uitvoering, contact.id, &voorstel).await?;
        conclude(uitvoering, voorstel).await
    }
}

impl Handeling for VernietigPartij {
    const OPERATION_ID: &'static str = "vernietigPartij";
    const SAMENVATTING: &'static str =
        "Vernietig een partij; haar klantcontacten blijven zonder haar gegevens";
    const SCOPE: &'static str = "vernietiging:uitvoeren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let partij = lock_owner::<Partij>(uitvoering).await?;
        let voorstel = execute(uitvoering, self.voorstel, partij.object()).await?;
        partij::vernietig(uitvoering, partij.id, &voorstel).await?;
        conclude(uitvoering, voorstel).await
    }
}
