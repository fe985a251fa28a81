//! What can still be done to a klantcontact: appending what was said after putting through, repairing
//! an error (I18), and the actoren that took part.

use events::{
    ActorKlantcontact, Gebeurtenis, Gecorrigeerd, IndicatieJaNeeOnbekend, Klantcontact,
    KlantcontactAangevuld, ObjectRef,
};
use uuid::Uuid;

use crate::fout::{Fout, Foutcode, HandelingError};
use crate::handelingen::vergrendeling::{lock, lock_owner};
use crate::handelingen::{check_actoren, zonder_fouten};
use crate::invoer::{
    IndicatieContactGelukt, Indien, Kanaal, Metadata, Moment, Nummer, Taal, Tekst, Wijziging, dag,
    invoer,
};
use crate::register;
use crate::uitvoering::{Handeling, Uitvoering, niet_gevonden};

/// Longest content of a klantcontact, in characters.
const INHOUD_MAX: usize = 1000;

invoer! {
    /// Wat na doorverbinden nog is uitgewisseld; het komt achter de inhoud.
    pub struct VulKlantcontactAan {
        /// De aanvulling; met de inhoud samen ten hoogste 1000 tekens.
        pub aanvulling: Tekst<1000> = "aanvulling",
    }
}

invoer! {
    /// Wat fout stond in een klantcontact.
    pub struct CorrigeerKlantcontact {
        /// Wat er fout was.
        pub reden: Tekst<200> = "reden",
        /// Kanaal (referentielijst kanaal).
        #[schema(required = false, value_type = Kanaal)]
        pub kanaal: Indien<Kanaal> = "kanaal",
        /// Het ene onderwerp van het contact.
        #[schema(required = false, value_type = Tekst<200>)]
        pub onderwerp: Indien<Tekst<200>> = "onderwerp",
        /// Wat is uitgewisseld.
        #[schema(required = false, value_type = Option<Tekst<1000>>)]
        pub inhoud: Wijziging<Tekst<1000>> = "inhoud",
        /// Het antwoord dat tijdens het contact is gegeven.
        #[schema(required = false, value_type = Option<Tekst<4000>>)]
        pub reactie: Wijziging<Tekst<4000>> = "reactie",
        /// Of het gelukt is contact te krijgen.
        #[schema(required = false, value_type = IndicatieContactGelukt)]
        pub indicatie_contact_gelukt: Indien<IndicatieContactGelukt> = "indicatieContactGelukt",
        /// Taal van het contact.
        #[schema(required = false, value_type = Taal)]
        pub taal: Indien<Taal> = "taal",
        /// Of onderwerp en inhoud vertrouwelijk zijn.
        #[schema(required = false, value_type = bool)]
        pub vertrouwelijk: Indien<bool> = "vertrouwelijk",
        /// Wanneer het contact plaatsvond; nooit in de toekomst.
        #[schema(required = false, value_type = Moment)]
        pub plaatsgevonden_op: Indien<Moment> = "plaatsgevondenOp",
        /// Eigen nummer van de afnemer; uniek.
        #[schema(required = false, value_type = Option<Nummer>)]
        pub referentienummer: Wijziging<Nummer> = "referentienummer",
        /// Soort van het hoofdonderwerp, zoals een zaaktype (URI).
        #[schema(required = false, value_type = Option<Tekst<200>>)]
        pub hoofd_onderwerp_type: Wijziging<Tekst<200>> = "hoofdOnderwerpType",
        /// Of het bronsysteem zelf verder zoekt naar de klant.
        #[schema(required = false, value_type = bool)]
        pub verdere_actie_ondernomen: Indien<bool> = "verdereActieOndernomen",
        /// Vrije gegevens van de afnemer; zij vervangen de vorige.
        #[schema(required = false, value_type = Metadata)]
        pub metadata: Indien<Metadata> = "metadata",
    }
    check |lezer| {
        let moment = plaatsgevonden_op.as_ref().and_then(|moment| moment.0);
        if moment.is_some_and(|moment| moment.0 > lezer.now()) {
            let melding = "een klantcontact ligt niet in de toekomst";
            lezer.fout_bij("plaatsgevondenOp", Foutcode::Invalid, melding);
        }
    }
}

impl CorrigeerKlantcontact {
    fn change(self, contact: &mut Klantcontact) {
        if let Some(kanaal) = self.kanaal.0 {
            contact.kanaal = kanaal.0;
        }
        if let Some(onderwerp) = self.onderwerp.0 {
            contact.onderwerp = onderwerp.0;
        }
        self.inhoud.into(&mut contact.inhoud, |text| text.0);
        self.reactie.into(&mut contact.reactie, |text| text.0);
        if let Some(gelukt) = self.indicatie_contact_gelukt.0 {
            contact.indicatie_contact_gelukt = gelukt.0;
        }
        if let Some(taal) = self.taal.0 {
            contact.taal = taal.0;
        }
        contact.vertrouwelijk = self.vertrouwelijk.0.unwrap_or(contact.vertrouwelijk);
        if let Some(moment) = self.plaatsgevonden_op.0 {
            contact.plaatsgevonden_op = moment.0;
        }
        self.referentienummer.into(&mut contact.referentienummer, |nummer| nummer.0);
        self.hoofd_onderwerp_type.into(&mut contact.hoofd_onderwerp_type, |uri| uri.0);
        let verder = self.verdere_actie_ondernomen.0;
        contact.verdere_actie_ondernomen = verder.unwrap_or(contact.verdere_actie_ondernomen);
        if let Some(metadata) = self.metadata.0 {
            contact.metadata = metadata.0;
        }
    }
}

invoer! {
    /// De actor die ook bij het contact was.
    pub struct KoppelActorAanKlantcontact {
        /// De actor.
        pub actor: Uuid = "actor",
    }
}

invoer! {
    /// De koppeling die niet klopt; het pad noemt haar.
    pub struct OntkoppelActorVanKlantcontact {
    }
}

impl Handeling for VulKlantcontactAan {
    const OPERATION_ID: &'static str = "vulKlantcontactAan";
    const SAMENVATTING: &'static str = "Vul de inhoud van een klantcontact aan";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let contact = lock::<Klantcontact>(uitvoering).await?;
        if dag(contact.plaatsgevonden_op) != uitvoering.vandaag() {
            let melding = "aanvullen kan alleen op de dag van het contact; corrigeer het daarna";
            return Err(Fout::new("id", Foutcode::StatusConflict, melding).into());
        }
        let aanvulling = self.aanvulling.0;
        let inhoud = match &contact.inhoud {
            Some(inhoud) => format!("{inhoud}\n{aanvulling}"),
            None => aanvulling.clone(),
        };
        let length = inhoud.chars().count();
        if length > INHOUD_MAX {
            let melding = format!("met de inhoud samen ten hoogste {INHOUD_MAX} tekens: {length}");
            return Err(Fout::new("aanvulling", Foutcode::MaxLength, melding).into());
        }
        let klantcontact = Klantcontact { inhoud: Some(inhoud), ..contact };
        let event = KlantcontactAangevuld { klantcontact, aanvulling };
        uitvoering.gebeurt(Gebeurtenis::KlantcontactAangevuld(event)).await
    }
}

impl Handeling for CorrigeerKlantcontact {
    const OPERATION_ID: &'static str = "corrigeerKlantcontact";
    const SAMENVATTING: &'static str = "Corrigeer een klantcontact";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock::<Klantcontact>(uitvoering).await?;
        let mut nieuw = oud.clone();
        let reden = self.reden.0.clone();
        self.change(&mut nieuw);
        if oud == nieuw {
            return Ok(());
        }
        zonder_fouten(keur(uitvoering, &oud, &nieuw).await?)?;
        let event = Gecorrigeerd { oud, nieuw, reden };
        uitvoering.gebeurt(Gebeurtenis::KlantcontactGecorrigeerd(event)).await
    }
}

/// I14 and I02 hold after a correction too.
async fn keur(
    uitvoering: &mut Uitvoering<'_>,
    oud: &Klantcontact,
    nieuw: &Klantcontact,
) -> Result<Vec<Fout>, HandelingError> {
    let mut fouten = Vec::new();
    let gelukt = nieuw.indicatie_contact_gelukt == IndicatieJaNeeOnbekend::Ja;
    if gelukt && nieuw.verdere_actie_ondernomen {
        let code = Foutcode::NoFurtherActionWhenContactSuccesful;
        let melding = "als het contact gelukt is, is er geen verdere actie ondernomen";
        fouten.push(Fout::new("verdereActieOndernomen", code, melding));
    }
    if let Some(nummer) = &nieuw.referentienummer
        && oud.referentienummer != nieuw.referentienummer
        && register::klantcontact::referentienummer_exists(uitvoering.conn()?, nummer).await?
    {
        fouten.push(Fout::referentienummer_gebruikt(""));
    }
    Ok(fouten)
}

impl Handeling for KoppelActorAanKlantcontact {
    const OPERATION_ID: &'static str = "koppelActorAanKlantcontact";
    const SAMENVATTING: &'static str = "Koppel een actor aan een klantcontact";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let contact = lock_owner::<Klantcontact>(uitvoering).await?;
        let fouten = check_actoren(uitvoering, "actor", &[self.actor]).await?;
        zonder_fouten(
            fouten.into_iter().map(|fout| Fout { veld: "actor".to_owned(), ..fout }).collect(),
        )?;
        let couplings =
            register::klantcontact::load_actoren(uitvoering.conn()?, contact.id).await?;
        if couplings.iter().any(|item| item.actor == self.actor) {
            let melding = "deze actor is al gekoppeld aan het klantcontact";
            return Err(Fout::new("actor", Foutcode::Conflict, melding).into());
        }
        let soorten = uitvoering.register().soorten_actor(&[self.actor]).await?;
        let soort_actor = soorten.get(&self.actor).copied();
        let coupling = ActorKlantcontact {
            id: uitvoering.new_id(),
            klantcontact: contact.id,
            actor: self.actor,
            soort_actor: soort_actor.ok_or_else(|| niet_gevonden("actor"))?,
        };
        uitvoering.meld_deel("actorkoppeling", coupling.id, ObjectRef::klantcontact(contact.id));
        uitvoering.gebeurt(Gebeurtenis::ActorAanKlantcontactGekoppeld(coupling)).await
    }
}

impl Handeling for OntkoppelActorVanKlantcontact {
    const OPERATION_ID: &'static str = "ontkoppelActorVanKlantcontact";
    const SAMENVATTING: &'static str = "Maak de koppeling van een actor met een klantcontact los";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let coupling = lock::<ActorKlantcontact>(uitvoering).await?;
        let conn = uitvoering.conn()?;
        let couplings = register::klantcontact::load_actoren(conn, coupling.klantcontact).await?;
        if couplings.len() == 1 {
            let melding = "een klantcontact heeft ten minste één actor; koppel eerst een ander";
            return Err(Fout::new("id", Foutcode::Conflict, melding).into());
        }
        uitvoering.gebeurt(Gebeurtenis::ActorVanKlantcontactOntkoppeld(coupling)).await
    }
}
