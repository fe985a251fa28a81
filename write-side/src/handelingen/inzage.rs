//! Inzage: one asks to see all that is known of a partij, another approves; for a time, and for who
//! asked only.

use events::{Gebeurtenis, Inzagestatus, Inzageverzoek, Partij};
use uuid::Uuid;

use super::vergrendeling::{Vergrendelbaar as _, lock, lock_part};
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::{Tekst, invoer};
use crate::uitvoering::{Handeling, Uitvoering, niet_gevonden};

/// The scope with which a request is judged.
const OORDELEN: &str = "inzage:goedkeuren";

invoer! {
    /// Een verzoek om alles te zien wat van één partij bekend is; een ander keurt het goed.
    pub struct VraagInzageAan {
        /// Sleutel van de partij van wie het dossier is.
        pub partij: Uuid = "partij",
        /// Waaronder het verzoek van de persoon elders bekend is; zonder persoonsgegevens.
        pub kenmerk: Tekst<200> = "kenmerk",
        /// Waarom inzage nodig is; zonder persoonsgegevens.
        pub reden: Tekst<200> = "reden",
    }
}

invoer! {
    /// Het oordeel dat de aanvrager het dossier mag zien; het pad noemt het verzoek.
    pub struct KeurInzageGoed {
    }
}

invoer! {
    /// Het oordeel dat de aanvrager het dossier niet mag zien; het pad noemt het verzoek.
    pub struct WijsInzageAf {
    }
}

impl Handeling for VraagInzageAan {
    const OPERATION_ID: &'static str = "vraagInzageAan";
    const SAMENVATTING: &'static str = "Vraag inzage aan in alles wat van een partij bekend is";
    const SCOPE: &'static str = "inzage:aanvragen";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let partij = lock_part::<Partij>(uitvoering, self.partij).await?;
        partij.ok_or_else(|| niet_gevonden("partij"))?;
        let id = uitvoering.new_id();
        let verzoek = Inzageverzoek {
            id,
            partij: self.partij,
            kenmerk: self.kenmerk.0,
            reden: self.reden.0,
            status: Inzagestatus::Aangevraagd,
            aangevraagd_door: uitvoering.door().to_owned(),
            aangevraagd_op: uitvoering.tijdstip(),
            beoordeeld_door: None,
            beoordeeld_op: None,
            geldig_tot: None,
        };
        uitvoering.meld_deel(Inzageverzoek::SOORT, id, verzoek.object());
        uitvoering.gebeurt(Gebeurtenis::InzageAangevraagd(verzoek)).await
    }
}

impl Handeling for KeurInzageGoed {
    const OPERATION_ID: &'static str = "keurInzageGoed";
    const SAMENVATTING: &'static str = "Keur een verzoek om inzage goed";
    const SCOPE: &'static str = OORDELEN;
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let verzoek = judged(uitvoering, Inzagestatus::Goedgekeurd).await?;
        let geldig_tot = Some(uitvoering.tijdstip() + uitvoering.inzage_geldig());
        let verzoek = Inzageverzoek { geldig_tot, ..verzoek };
        uitvoering.gebeurt(Gebeurtenis::InzageGoedgekeurd(verzoek)).await
    }
}

impl Handeling for WijsInzageAf {
    const OPERATION_ID: &'static str = "wijsInzageAf";
    const SAMENVATTING: &'static str = "Wijs een verzoek om inzage af";
    const SCOPE: &'static str = OORDELEN;
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let verzoek = judged(uitvoering, Inzagestatus::Afgewezen).await?;
        uitvoering.gebeurt(Gebeurtenis::InzageAfgewezen(verzoek)).await
    }
}

/// The request that the path names, judged by somebody else than who asked.
async fn judged(
    uitvoering: &mut Uitvoering<'_>,
    status: Inzagestatus,
) -> Result<Inzageverzoek, HandelingError> {
    let verzoek = lock::<Inzageverzoek>(uitvoering).await?;
    if verzoek.status != Inzagestatus::Aangevraagd {
        let melding = format!("het verzoek is al beoordeeld: het is {}", verzoek.status.code());
        return Err(Fout::new("id", Foutcode::StatusConflict, melding).into());
    }
    let door = uitvoering.door().to_owned();
    if door == verzoek.aangevraagd_door {
        let melding = "wie het verzoek deed, oordeelt er niet over";
        return Err(Fout::new("id", Foutcode::GeenToegang, melding).into());
    }
    let op = uitvoering.tijdstip();
    let (beoordeeld_door, beoordeeld_op) = (Some(door), Some(op));
    Ok(Inzageverzoek { status, beoordeeld_door, beoordeeld_op, ..verzoek })
}
