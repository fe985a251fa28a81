//! The life of an interne taak: registered, corrected, assigned, handled, opened again (F2120,
//! F5241).

pub(crate) mod doorsturen;

use events::{
    Gebeurtenis, Gewijzigd, Identificator, InterneTaak, InterneTaakAfgehandeld,
    InterneTaakHeropend, InterneTaakToegewezen, ObjectRef, Taakstatus,
};
use uuid::Uuid;

use super::onderwerpobject::NieuwOnderwerp;
use super::vergrendeling::lock;
use super::{check_actoren, minstens_een, nummer, zonder_fouten};
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::{IdentificatorInvoer, Indien, Lezer, Moment, Nummer, Tekst, Wijziging, invoer};
use crate::register;
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering, niet_gevonden};

invoer! {
    /// Wat een actor moet doen om een klantcontact op te volgen.
    pub struct InterneTaakInvoer {
        /// Wat moet worden gedaan.
        pub gevraagde_handeling: Tekst<200> = "gevraagdeHandeling",
        /// Toelichting.
        pub toelichting: Option<Tekst<1000>> = "toelichting",
        /// Eigen nummer van de afnemer; uniek.
        pub referentienummer: Option<Nummer> = "referentienummer",
        /// Wie het moet doen: ten minste één, de eerste is de hoofdactor.
        #[schema(min_items = 1, max_items = 100)]
        pub toegewezen_aan_actoren: Vec<Uuid> = "toegewezenAanActoren",
    }
    check |lezer| {
        minstens_een(lezer, "toegewezenAanActoren", toegewezen_aan_actoren.as_deref(), "actor");
    }
}

invoer! {
    /// Een interne taak naar aanleiding van een klantcontact.
    pub struct RegistreerInterneTaak {
        /// Het klantcontact dat er aanleiding toe gaf.
        pub aanleidinggevend_klantcontact: Uuid = "aanleidinggevendKlantcontact",
        /// Wat moet worden gedaan.
        pub gevraagde_handeling: Tekst<200> = "gevraagdeHandeling",
        /// Toelichting.
        pub toelichting: Option<Tekst<1000>> = "toelichting",
        /// Eigen nummer van de afnemer; uniek.
        pub referentienummer: Option<Nummer> = "referentienummer",
        /// Wie het moet doen: ten minste één, de eerste is de hoofdactor.
        #[schema(min_items = 1, max_items = 100)]
        pub toegewezen_aan_actoren: Vec<Uuid> = "toegewezenAanActoren",
    }
    check |lezer| {
        minstens_een(lezer, "toegewezenAanActoren", toegewezen_aan_actoren.as_deref(), "actor");
    }
}

invoer! {
    /// Wat fout stond in een interne taak. Wie het doet en hoever het is, hebben eigen handelingen.
    pub struct CorrigeerInterneTaak {
        /// Wat moet worden gedaan.
        #[schema(required = false, value_type = Tekst<200>)]
        pub gevraagde_handeling: Indien<Tekst<200>> = "gevraagdeHandeling",
        /// Toelichting.
        #[schema(required = false, value_type = Option<Tekst<1000>>)]
        pub toelichting: Wijziging<Tekst<1000>> = "toelichting",
        /// Wanneer de taak is afgehandeld; alleen van een verwerkte taak.
        #[schema(required = false, value_type = Moment)]
        pub afgehandeld_op: Indien<Moment> = "afgehandeldOp",
    }
    check |lezer| {
        check_not_future(lezer, afgehandeld_op.as_ref().and_then(|moment| moment.0));
    }
}

invoer! {
    /// Aan wie de interne taak wordt toegewezen.
    pub struct WijsInterneTaakToe {
        /// Wie het moet doen: ten minste één, de eerste is de hoofdactor.
        #[schema(min_items = 1, max_items = 100)]
        pub toegewezen_aan_actoren: Vec<Uuid> = "toegewezenAanActoren",
    }
    check |lezer| {
        minstens_een(lezer, "toegewezenAanActoren", toegewezen_aan_actoren.as_deref(), "actor");
    }
}

invoer! {
    /// Hoe de interne taak is afgehandeld.
    pub struct MarkeerInterneTaakVerwerkt {
        /// Wanneer; standaard nu, nooit in de toekomst.
        pub afgehandeld_op: Option<Moment> = "afgehandeldOp",
        /// Slotopmerking.
        pub afsluittoelichting: Option<Tekst<1000>> = "afsluittoelichting",
        /// De zaak die eruit voortkwam; die wordt onderwerp van het aanleidinggevende klantcontact.
        pub zaak: Option<IdentificatorInvoer> = "zaak",
        /// Het klantcontact waarin is geantwoord.
        pub klantcontact: Option<Uuid> = "klantcontact",
    }
    check |lezer| {
        check_not_future(lezer, afgehandeld_op.flatten());
        if let Some(Some(zaak)) = &zaak
            && zaak.0.code_objecttype != "zaak"
        {
            let melding = "dit objecttype is geen zaak";
            lezer.fout_bij("zaak.codeObjecttype", Foutcode::Invalid, melding);
        }
    }
}

invoer! {
    /// Waarom de interne taak opnieuw open moet.
    pub struct HeropenInterneTaak {
        /// Reden.
        pub reden: Tekst<200> = "reden",
    }
}

fn check_not_future(lezer: &mut Lezer<'_>, moment: Option<Moment>) {
    if moment.is_some_and(|moment| moment.0 > lezer.now()) {
        let melding = "een afhandeling ligt niet in de toekomst";
        lezer.fout_bij("afgehandeldOp", Foutcode::Invalid, melding);
    }
}

impl InterneTaakInvoer {
    /// Every fault that only the register can tell; `pad` leads to the taak in the request.
    pub(super) async fn keur(
        &self,
        uitvoering: &mut Uitvoering<'_>,
        pad: &str,
    ) -> Result<Vec<Fout>, HandelingError> {
        let veld = format!("{pad}toegewezenAanActoren");
        let mut fouten = check_actoren(uitvoering, &veld, &self.toegewezen_aan_actoren).await?;
        if let Some(nummer) = &self.referentienummer {
            let conn = uitvoering.conn()?;
            if register::interne_taak::referentienummer_exists(conn, &nummer.0).await? {
                fouten.push(Fout::referentienummer_gebruikt(pad));
            }
        }
        Ok(fouten)
    }
}

/// An interne taak to register. Its key and number are still to be given.
#[derive(Debug)]
pub(super) struct NieuweTaak {
    klantcontact: Uuid,
    invoer: InterneTaakInvoer,
}

impl NieuweTaak {
    /// A taak that follows a klantcontact.
    pub(super) const fn new(klantcontact: Uuid, invoer: InterneTaakInvoer) -> Self {
        Self { klantcontact, invoer }
    }

    /// Registers the taak; gives its key.
    pub(super) async fn registreer(
        self,
        uitvoering: &mut Uitvoering<'_>,
    ) -> Result<Uuid, HandelingError> {
        let taak = InterneTaak {
            id: uitvoering.new_id(),
            nummer: nummer::interne_taak(uitvoering).await?,
            referentienummer: self.invoer.referentienummer.map(|nummer| nummer.0),
            aanleidinggevend_klantcontact: self.klantcontact,
            gevraagde_handeling: self.invoer.gevraagde_handeling.0,
            toelichting: self.invoer.toelichting.map(|text| text.0),
            toegewezen_aan_actoren: self.invoer.toegewezen_aan_actoren,
            toegewezen_op: uitvoering.tijdstip(),
            status: Taakstatus::TeVerwerken,
            afgehandeld_op: None,
            afsluittoelichting: None,
        };
        let id = taak.id;
        let object = ObjectRef::interne_taak(id);
        let nummer = Some(taak.nummer.clone());
        uitvoering.meld(Onderdeel { soort: "interneTaak", id, nummer, object });
        uitvoering.gebeurt(Gebeurtenis::InterneTaakGeregistreerd(taak)).await?;
        Ok(id)
    }
}

fn demand(taak: &InterneTaak, status: Taakstatus) -> Result<(), HandelingError> {
    let melding = match (status, taak.status == status) {
        (_, true) => return Ok(()),
        (Taakstatus::TeVerwerken, false) => "de interne taak is al verwerkt",
        (Taakstatus::Verwerkt, false) => "de interne taak is niet verwerkt",
    };
    Err(Fout::new("status", Foutcode::StatusConflict, melding).into())
}

impl Handeling for RegistreerInterneTaak {
    const OPERATION_ID: &'static str = "registreerInterneTaak";
    const SAMENVATTING: &'static str = "Registreer een interne taak";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let klantcontact = self.aanleidinggevend_klantcontact;
        let invoer = InterneTaakInvoer {
            gevraagde_handeling: self.gevraagde_handeling,
            toelichting: self.toelichting,
            referentienummer: self.referentienummer,
            toegewezen_aan_actoren: self.toegewezen_aan_actoren,
        };
        let mut fouten = invoer.keur(uitvoering, "").await?;
        let known = uitvoering.register().klantcontacten(&[klantcontact]).await?;
        if known.is_empty() {
            fouten.push(niet_gevonden("aanleidinggevendKlantcontact"));
        }
        zonder_fouten(fouten)?;
        NieuweTaak::new(klantcontact, invoer).registreer(uitvoering).await.map(|_| ())
    }
}

impl Handeling for CorrigeerInterneTaak {
    const OPERATION_ID: &'static str = "corrigeerInterneTaak";
    const SAMENVATTING: &'static str = "Corrigeer een interne taak";
    const SCOPE: &'static str = "interne-taken:afhandelen";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock::<InterneTaak>(uitvoering).await?;
        let mut nieuw = oud.clone();
        if let Some(gevraagd) = self.gevraagde_handeling.0 {
            nieuw.gevraagde_handeling = gevraagd.0;
        }
        self.toelichting.into(&mut nieuw.toelichting, |text| text.0);
        if let Some(moment) = self.afgehandeld_op.0 {
            // I06: the moment is filled if and only if the taak is verwerkt.
            if oud.status == Taakstatus::TeVerwerken {
                let melding = "een taak die nog verwerkt moet worden, is niet afgehandeld";
                return Err(Fout::new("afgehandeldOp", Foutcode::Invalid, melding).into());
            }
            nieuw.afgehandeld_op = Some(moment.0);
        }
        if oud == nieuw {
            return Ok(());
        }
        let event = Gewijzigd { oud, nieuw };
        uitvoering.gebeurt(Gebeurtenis::InterneTaakGecorrigeerd(event)).await
    }
}

impl Handeling for WijsInterneTaakToe {
    const OPERATION_ID: &'static str = "wijsInterneTaakToe";
    const SAMENVATTING: &'static str = "Wijs een interne taak toe";
    const SCOPE: &'static str = "interne-taken:afhandelen";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let taak = lock::<InterneTaak>(uitvoering).await?;
        demand(&taak, Taakstatus::TeVerwerken)?;
        let actoren = self.toegewezen_aan_actoren;
        zonder_fouten(check_actoren(uitvoering, "toegewezenAanActoren", &actoren).await?)?;
        if taak.toegewezen_aan_actoren == actoren {
            return Ok(());
        }
        let vorige_actoren = taak.toegewezen_aan_actoren;
        let interne_taak = InterneTaak {
            toegewezen_aan_actoren: actoren,
            toegewezen_op: uitvoering.tijdstip(),
            ..taak
        };
        let event = InterneTaakToegewezen { interne_taak, vorige_actoren };
        uitvoering.gebeurt(Gebeurtenis::InterneTaakToegewezen(event)).await
    }
}

impl Handeling for MarkeerInterneTaakVerwerkt {
    const OPERATION_ID: &'static str = "markeerInterneTaakVerwerkt";
    const SAMENVATTING: &'static str = "Markeer een interne taak als verwerkt";
    const SCOPE: &'static str = "interne-taken:afhandelen";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let taak = lock::<InterneTaak>(uitvoering).await?;
        demand(&taak, Taakstatus::TeVerwerken)?;
        if let Some(antwoord) = self.klantcontact {
            let known = uitvoering.register().klantcontacten(&[antwoord]).await?;
            if known.is_empty() {
                return Err(niet_gevonden("klantcontact").into());
            }
        }
        let klantcontact = taak.aanleidinggevend_klantcontact;
        let via_interne_taak = Some(taak.id);
        let moment = self.afgehandeld_op.map_or_else(|| uitvoering.tijdstip(), |moment| moment.0);
        let zaak = self.zaak.map(|zaak| zaak.0);
        let event = InterneTaakAfgehandeld {
            interne_taak: InterneTaak {
                status: Taakstatus::Verwerkt,
                afgehandeld_op: Some(moment),
                afsluittoelichting: self.afsluittoelichting.map(|text| text.0),
                ..taak
            },
            zaak: zaak.clone(),
            antwoord_klantcontact: self.klantcontact,
            vervangen_door_interne_taak: None,
            afgehandeld_door: uitvoering.door().to_owned(),
        };
        uitvoering.gebeurt(Gebeurtenis::InterneTaakAfgehandeld(event)).await?;
        match zaak {
            Some(zaak) => koppel_zaak(uitvoering, klantcontact, zaak, via_interne_taak).await,
            None => Ok(()),
        }
    }
}

/// Makes the zaak a subject of the klantcontact, unless it is already.
async fn koppel_zaak(
    uitvoering: &mut Uitvoering<'_>,
    klantcontact: Uuid,
    zaak: Identificator,
    via_interne_taak: Option<Uuid>,
) -> Result<(), HandelingError> {
    uitvoering.vergrendel_ook(ObjectRef::klantcontact(klantcontact)).await?;
    let known = uitvoering.register().onderwerpobjecten(klantcontact).await?;
    if known.iter().any(|object| object.onderwerpobjectidentificator.as_ref() == Some(&zaak)) {
        return Ok(());
    }
    let onderwerp =
        NieuwOnderwerp { identificator: Some(zaak), was_klantcontact: None, via_interne_taak };
    onderwerp.registreer(uitvoering, klantcontact).await
}

impl Handeling for HeropenInterneTaak {
    const OPERATION_ID: &'static str = "heropenInterneTaak";
    const SAMENVATTING: &'static str = "Heropen een verwerkte interne taak";
    const SCOPE: &'static str = "interne-taken:afhandelen";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let taak = lock::<InterneTaak>(uitvoering).await?;
        demand(&taak, Taakstatus::Verwerkt)?;
        let interne_taak = InterneTaak {
            status: Taakstatus::TeVerwerken,
            afgehandeld_op: None,
            afsluittoelichting: None,
            ..taak
        };
        let event = InterneTaakHeropend { interne_taak, reden: self.reden.0 };
        uitvoering.gebeurt(Gebeurtenis::InterneTaakHeropend(event)).await
    }
}
