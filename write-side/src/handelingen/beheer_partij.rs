//! Whether the contact data of a partij may be used, and the categories it is in.

use events::{CategorieRelatie, Gebeurtenis, ObjectRef, Partij};

use super::vergrendeling::{lock, lock_owner};
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::{Categorie, Datum, invoer};
use crate::register;
use crate::uitvoering::{Handeling, Uitvoering};

invoer! {
    /// De partij waarvan de contactgegevens weer gebruikt mogen worden; het pad noemt haar.
    pub struct ActiveerPartij {
    }
}

invoer! {
    /// De partij waarvan de contactgegevens niet meer gebruikt mogen worden; het pad noemt haar.
    pub struct DeactiveerPartij {
    }
}

invoer! {
    /// De categorie waartoe een partij hoort.
    pub struct CategoriseerPartij {
        /// Categorie (referentielijst categorie).
        pub categorie: Categorie = "categorie",
        /// Eerste dag; standaard vandaag.
        pub begin_datum: Option<Datum> = "beginDatum",
    }
}

invoer! {
    /// Het einde van een categorie van een partij.
    pub struct BeeindigCategorieRelatie {
        /// Laatste dag; standaard vandaag.
        pub eind_datum: Option<Datum> = "eindDatum",
    }
}

impl Handeling for ActiveerPartij {
    const OPERATION_ID: &'static str = "activeerPartij";
    const SAMENVATTING: &'static str = "Activeer een partij";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let partij = lock::<Partij>(uitvoering).await?;
        if partij.indicatie_actief {
            return Ok(());
        }
        let partij = Partij { indicatie_actief: true, ..partij };
        uitvoering.gebeurt(Gebeurtenis::PartijGeactiveerd(partij)).await
    }
}

impl Handeling for DeactiveerPartij {
    const OPERATION_ID: &'static str = "deactiveerPartij";
    const SAMENVATTING: &'static str = "Deactiveer een partij";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let partij = lock::<Partij>(uitvoering).await?;
        if !partij.indicatie_actief {
            return Ok(());
        }
        let partij = Partij { indicatie_actief: false, ..partij };
        uitvoering.gebeurt(Gebeurtenis::PartijGedeactiveerd(partij)).await
    }
}

impl Handeling for CategoriseerPartij {
    const OPERATION_ID: &'static str = "categoriseerPartij";
    const SAMENVATTING: &'static str = "Deel een partij in bij een categorie";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let partij = lock_owner::<Partij>(uitvoering).await?.id;
        let categorie = self.categorie.0;
        let present = register::partij::load_categorie_relaties(uitvoering.conn()?, partij).await?;
        if present.iter().any(|item| item.categorie == categorie && item.eind_datum.is_none()) {
            let melding = "de partij zit al in deze categorie";
            return Err(Fout::new("categorie", Foutcode::Conflict, melding).into());
        }
        let today = uitvoering.tijdstip().date_naive();
        let relatie = CategorieRelatie {
            id: uitvoering.new_id(),
            partij,
            categorie,
            begin_datum: self.begin_datum.map_or(today, |date| date.0),
            eind_datum: None,
        };
        uitvoering.meld_deel("categorieRelatie", relatie.id, ObjectRef::partij(partij));
        uitvoering.gebeurt(Gebeurtenis::PartijGecategoriseerd(relatie)).await
    }
}

impl Handeling for BeeindigCategorieRelatie {
    const OPERATION_ID: &'static str = "beeindigCategorieRelatie";
    const SAMENVATTING: &'static str = "Beëindig de indeling van een partij bij een categorie";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let relatie = lock::<CategorieRelatie>(uitvoering).await?;
        if relatie.eind_datum.is_some() {
            let melding = "deze indeling is al beëindigd";
            return Err(Fout::new("id", Foutcode::StatusConflict, melding).into());
        }
        let today = uitvoering.tijdstip().date_naive();
        let eind_datum = self.eind_datum.map_or(today, |date| date.0);
        if eind_datum < relatie.begin_datum {
            let melding = "het einde ligt niet voor het begin";
            return Err(Fout::new("eindDatum", Foutcode::Invalid, melding).into());
        }
        let relatie = CategorieRelatie { eind_datum: Some(eind_datum), ..relatie };
        uitvoering.gebeurt(Gebeurtenis::CategorieRelatieBeeindigd(relatie)).await
    }
}
