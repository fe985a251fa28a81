//! Searching interne taken.

use access::Identity;
use uuid::Uuid;

use super::{Pagina, Voorwaarden, Zoekvraag, eis_sleutel, gegeven, korte_periode, moment};
use crate::invoer::{Aantal, Cursor, Moment, Nummer, Status, Tekst, invoer};
use crate::register::weergave::InterneTaakgegevens;

/// What goes along with a search in free text: who is in it could be found otherwise.
const SLEUTELS: &str = "naast tekst: id, nummer, referentienummer, actor, \
    aanleidinggevendKlantcontact, of toegewezenVanaf en toegewezenTot van ten hoogste 31 dagen";

invoer! {
    /// Waarop interne taken worden gezocht; alles wat wordt genoemd, moet kloppen.
    pub struct ZoekInterneTaak {
        /// Sleutel van de interne taak.
        pub id: Option<Uuid> = "id",
        /// Nummer van de interne taak.
        pub nummer: Option<Nummer> = "nummer",
        /// Eigen nummer van de registrerende toepassing.
        pub referentienummer: Option<Nummer> = "referentienummer",
        /// Een actor aan wie de taak is toegewezen.
        pub actor: Option<Uuid> = "actor",
        /// Het klantcontact waaruit de taak volgde.
        pub aanleidinggevend_klantcontact: Option<Uuid> = "aanleidinggevendKlantcontact",
        /// Hoever de taak is.
        pub status: Option<Status> = "status",
        /// Toegewezen op of na dit moment.
        pub toegewezen_vanaf: Option<Moment> = "toegewezenVanaf",
        /// Toegewezen voor dit moment.
        pub toegewezen_tot: Option<Moment> = "toegewezenTot",
        /// Deel van wat er moet gebeuren; hoofdletters maken niet uit.
        pub gevraagde_handeling: Option<Tekst<200>> = "gevraagdeHandeling",
        /// Deel van de toelichting; hoofdletters maken niet uit.
        pub toelichting: Option<Tekst<200>> = "toelichting",
        /// Aantal per pagina.
        #[schema(required = false)]
        pub aantal: Aantal = "aantal",
        /// De pagina na deze plaats: `volgende` uit het vorige antwoord.
        pub na: Option<Cursor> = "na",
    }
    check |lezer| {
        let (vanaf, tot) = (toegewezen_vanaf.as_ref(), toegewezen_tot.as_ref());
        let periode = korte_periode(lezer, "toegewezenTot", vanaf, tot);
        let sleutels = [
            periode,
            gegeven(id.as_ref()),
            gegeven(nummer.as_ref()),
            gegeven(referentienummer.as_ref()),
            gegeven(actor.as_ref()),
            gegeven(aanleidinggevend_klantcontact.as_ref()),
        ];
        if gegeven(gevraagde_handeling.as_ref()) || gegeven(toelichting.as_ref()) {
            eis_sleutel(lezer, &sleutels, SLEUTELS);
        }
    }
}

impl Zoekvraag for ZoekInterneTaak {
    const OPERATION_ID: &'static str = "zoekInterneTaak";
    const SAMENVATTING: &'static str = "Zoek interne taken";
    const SCOPE: &'static str = "interne-taken:lezen";
    type Geeft = InterneTaakgegevens;

    fn pagina(&self) -> Pagina {
        Pagina::new(self.aantal, self.na)
    }

    fn voorwaarden(self, identity: &Identity) -> Voorwaarden {
        Voorwaarden::van("interne_taken", identity)
            .als("o.id = ?", self.id)
            .als("o.nummer = ?", self.nummer.map(|nummer| nummer.0))
            .als("o.referentienummer = ?", self.referentienummer.map(|nummer| nummer.0))
            .als(
                "o.id IN (SELECT t.interne_taak FROM write_side.interne_taak_actoren t
                          WHERE t.actor = ?)",
                self.actor,
            )
            .als("o.aanleidinggevend_klantcontact = ?", self.aanleidinggevend_klantcontact)
            .als("o.status = ?", self.status.map(|status| status.0.code()))
            .als("o.toegewezen_op >= ?", moment(self.toegewezen_vanaf))
            .als("o.toegewezen_op < ?", moment(self.toegewezen_tot))
            .als(
                "position(lower(?) IN lower(o.gevraagde_handeling)) > 0",
                self.gevraagde_handeling.map(|tekst| tekst.0),
            )
            .als(
                "position(lower(?) IN lower(o.toelichting)) > 0",
                self.toelichting.map(|tekst| tekst.0),
            )
    }
}
