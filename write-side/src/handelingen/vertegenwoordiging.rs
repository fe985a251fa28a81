//! Registering that one partij represented another: a fact of the past (T11).

use events::{Gebeurtenis, ObjectRef, Vertegenwoordiging};
use uuid::Uuid;

use super::vergrendeling::lock;
use super::zonder_fouten;
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::invoer;
use crate::register;
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering, niet_gevonden};

invoer! {
    /// Dat een partij een andere vertegenwoordigde.
    pub struct RegistreerVertegenwoordiging {
        /// De partij die handelde.
        pub vertegenwoordigende_partij: Uuid = "vertegenwoordigendePartij",
        /// De partij voor wie werd gehandeld.
        pub vertegenwoordigde_partij: Uuid = "vertegenwoordigdePartij",
    }
    check |lezer| {
        if vertegenwoordigende_partij.is_some() && vertegenwoordigende_partij == vertegenwoordigde_partij {
            let melding = "een partij vertegenwoordigt zichzelf niet";
            lezer.fout_bij("vertegenwoordigdePartij", Foutcode::Invalid, melding);
        }
    }
}

invoer! {
    /// De vertegenwoordiging die niet klopt; het pad noemt haar.
    pub struct BeeindigVertegenwoordiging {
    }
}

impl Handeling for RegistreerVertegenwoordiging {
    const OPERATION_ID: &'static str = "registreerVertegenwoordiging";
    const SAMENVATTING: &'static str = "Registreer een vertegenwoordiging";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let (acting, represented) =
            (self.vertegenwoordigende_partij, self.vertegenwoordigde_partij);
        let known = uitvoering.register().soorten_partij(&[acting, represented]).await?;
        let mut fouten = Vec::new();
        let named =
            [("vertegenwoordigendePartij", acting), ("vertegenwoordigdePartij", represented)];
        for (veld, id) in named {
            if !known.iter().any(|(partij, _)| *partij == id) {
                fouten.push(niet_gevonden(veld));
            }
        }
        let conn = uitvoering.conn()?;
        if register::partij::vertegenwoordiging_exists(conn, acting, represented).await? {
            let melding = "deze vertegenwoordiging bestaat al";
            fouten.push(Fout::new("vertegenwoordigdePartij", Foutcode::Conflict, melding));
        }
        zonder_fouten(fouten)?;
        let id = uitvoering.new_id();
        let object = ObjectRef::vertegenwoordiging(id);
        uitvoering.meld(Onderdeel { soort: "vertegenwoordiging", id, nummer: None, object });
        let item = Vertegenwoordiging {
            id,
            vertegenwoordigende_partij: acting,
            vertegenwoordigde_partij: represented,
        };
        uitvoering.gebeurt(Gebeurtenis::VertegenwoordigingGeregistreerd(item)).await
    }
}

impl Handeling for BeeindigVertegenwoordiging {
    const OPERATION_ID: &'static str = "beeindigVertegenwoordiging";
    const SAMENVATTING: &'static str = "Beëindig een vertegenwoordiging";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let item = lock::<Vertegenwoordiging>(uitvoering).await?;
        uitvoering.gebeurt(Gebeurtenis::VertegenwoordigingBeeindigd(item)).await
    }
}
