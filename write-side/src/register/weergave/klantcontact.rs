//! Klantcontacten and their parts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::codes::{Actorsoort, Betrokkenerol, ContactGelukt};
use super::groepen::{Adresgegevens, Contactnaamgegevens, Identificatorgegevens};
use super::partij::DigitaalAdresgegevens;
use super::weergave;

weergave! {
    /// Een klantcontact zelf.
    Klantcontactgegevens toont Klantcontact {
        /// Sleutel van het klantcontact.
        id: Uuid,
        /// Nummer om het klantcontact in gesprek te noemen.
        nummer: String,
        /// Eigen nummer van de afnemer.
        referentienummer: Option<String>,
        /// Kanaal (referentielijst kanaal).
        #[schema(examples("telefoon"))]
        kanaal: String,
        /// Waar het over ging; null als het vertrouwelijk is en de scope vertrouwelijk:lezen ontbreekt.
        onderwerp: Option<String>,
        /// Wat is uitgewisseld; null als het er niet is of, zoals onderwerp, niet te zien is.
        inhoud: Option<String>,
        /// Het antwoord dat is gegeven; null als het er niet is of, zoals onderwerp, niet te zien is.
        reactie: Option<String>,
        /// Of het lukte om contact te krijgen.
        indicatie_contact_gelukt: ContactGelukt,
        /// Taal, ISO 639-2/T (referentielijst taal).
        #[schema(examples("nld"))]
        taal: String,
        /// Of onderwerp en inhoud vertrouwelijk zijn.
        vertrouwelijk: bool,
        /// Wanneer het contact was.
        plaatsgevonden_op: DateTime<Utc>,
        /// Type van het hoofdonderwerp, een URI.
        hoofd_onderwerp_type: Option<String>,
        /// Of het bronsysteem zelf verder gaat omdat de klant niet werd bereikt.
        verdere_actie_ondernomen: bool,
        /// Vrije gegevens van het bronsysteem.
        metadata: BTreeMap<String, String>,
    }
}

weergave! {
    /// Dat een actor aan een klantcontact deelnam.
    Koppelinggegevens toont ActorKlantcontact {
        /// Sleutel van de koppeling.
        id: Uuid,
        /// Het klantcontact.
        klantcontact: Uuid,
        /// De actor.
        actor: Uuid,
        /// Soort actor.
        soort_actor: Actorsoort,
    }
}

weergave! {
    /// Een betrokkene bij een klantcontact: een bekende partij, of gegevens van wie niet bekend is.
    Betrokkenegegevens toont Betrokkene {
        /// Sleutel van de betrokkene.
        id: Uuid,
        /// Het klantcontact.
        had_klantcontact: Uuid,
        /// De bekende partij.
        was_partij: Option<Uuid>,
        /// Rol in het klantcontact.
        rol: Betrokkenerol,
        /// Of deze betrokkene het contact begon.
        initiator: bool,
        /// Naam voor de opvolging.
        contactnaam: Option<Contactnaamgegevens>,
        /// Organisatie waar de betrokkene bij hoorde.
        organisatienaam: Option<String>,
        /// Bezoekadres voor de opvolging.
        bezoekadres: Option<Adresgegevens>,
        /// Postadres voor de opvolging.
        correspondentieadres: Option<Adresgegevens>,
    }
}

weergave! {
    /// Waar een klantcontact over ging: een object van een register, of een eerder klantcontact.
    Onderwerpobjectgegevens toont Onderwerpobject {
        /// Sleutel van het onderwerpobject.
        id: Uuid,
        /// Het klantcontact dat erover ging.
        was_onderwerp_van_klantcontact: Uuid,
        /// Sleutel van het object.
        onderwerpobjectidentificator: Option<Identificatorgegevens>,
        /// Het eerdere klantcontact.
        onderwerp_was_klantcontact: Option<Uuid>,
        /// Of het object uit het contact ontstond.
        ontstond_uit_klantcontact: bool,
    }
}

weergave! {
    /// Een object dat bij het klantcontact ontstond of is meegegeven.
    Bijlagegegevens toont Bijlage {
        /// Sleutel van de bijlage.
        id: Uuid,
        /// Het klantcontact.
        was_bijlage_van_klantcontact: Uuid,
        /// Sleutel van het object.
        bijlageidentificator: Identificatorgegevens,
    }
}

/// Een betrokkene met de adressen die deze gaf.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BetrokkeneMetAdressen {
    #[serde(flatten)]
    pub(crate) betrokkene: Betrokkenegegevens,
    /// Digitale adressen voor de opvolging.
    pub(crate) digitale_adressen: Vec<DigitaalAdresgegevens>,
}

/// Een klantcontact met zijn onderdelen.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KlantcontactMetOnderdelen {
    #[serde(flatten)]
    pub(crate) klantcontact: Klantcontactgegevens,
    /// Wie er aan de kant van de klant bij was.
    pub(crate) had_betrokkenen: Vec<Betrokkenegegevens>,
    /// Digitale adressen die de betrokkenen gaven.
    pub(crate) digitale_adressen: Vec<DigitaalAdresgegevens>,
    /// Welke actoren deelnamen.
    pub(crate) had_betrokken_actoren: Vec<Koppelinggegevens>,
    /// Waar het over ging.
    pub(crate) ging_over_onderwerpobjecten: Vec<Onderwerpobjectgegevens>,
    /// Wat erbij ontstond of is meegegeven.
    pub(crate) omvatte_bijlagen: Vec<Bijlagegegevens>,
    /// Sleutels van de interne taken die eruit kwamen.
    pub(crate) leidde_tot_interne_taken: Vec<Uuid>,
}
