//! Searching klantcontacten.

use access::Identity;
use uuid::Uuid;

use super::{
    Pagina, Voorwaarden, Zoekvraag, adresvormen, begin, eis_sleutel, gegeven, json_sleutel,
    korte_periode, moment, partij_sleutel,
};
use crate::invoer::{
    Aantal, Cursor, Identificatorcriterium, IndicatieContactGelukt, KanaalOoit, Moment, Naamdeel,
    Nummer, Tekst, invoer,
};
use crate::register::weergave::KlantcontactMetOnderdelen;

/// What a search must name: a klantcontact shows who took part in it.
const SLEUTELS: &str = "id, nummer, referentienummer, actor, wasPartij, partijIdentificator, \
    digitaalAdres, onderwerpobjectidentificator, onderwerpWasKlantcontact, of plaatsgevondenVanaf \
    en plaatsgevondenTot van ten hoogste 31 dagen";

invoer! {
    /// Waarop klantcontacten worden gezocht; alles wat wordt genoemd, moet kloppen.
    pub struct ZoekKlantcontact {
        /// Sleutel van het klantcontact.
        pub id: Option<Uuid> = "id",
        /// Nummer van het klantcontact.
        pub nummer: Option<Nummer> = "nummer",
        /// Eigen nummer van de registrerende toepassing.
        pub referentienummer: Option<Nummer> = "referentienummer",
        /// Kanaal (referentielijst kanaal).
        pub kanaal: Option<KanaalOoit> = "kanaal",
        /// Deel van het onderwerp; hoofdletters maken niet uit.
        pub onderwerp: Option<Tekst<200>> = "onderwerp",
        /// Deel van de inhoud; hoofdletters maken niet uit.
        pub inhoud: Option<Tekst<200>> = "inhoud",
        /// Plaatsgevonden op of na dit moment.
        pub plaatsgevonden_vanaf: Option<Moment> = "plaatsgevondenVanaf",
        /// Plaatsgevonden voor dit moment.
        pub plaatsgevonden_tot: Option<Moment> = "plaatsgevondenTot",
        /// Een actor die het contact had.
        pub actor: Option<Uuid> = "actor",
        /// Begin van de achternaam van een betrokkene, met of zonder voorvoegsel, of van diens
        /// organisatie.
        pub naam_betrokkene: Option<Naamdeel> = "naamBetrokkene",
        /// Een partij die betrokken was.
        pub was_partij: Option<Uuid> = "wasPartij",
        /// Een sleutel van een partij die betrokken was.
        pub partij_identificator: Option<Identificatorcriterium> = "partijIdentificator",
        /// Digitaal adres van een betrokkene, precies; hoofdletters maken niet uit.
        pub digitaal_adres: Option<Tekst<254>> = "digitaalAdres",
        /// Een object waar het contact over ging.
        pub onderwerpobjectidentificator: Option<Identificatorcriterium>
            = "onderwerpobjectidentificator",
        /// Een eerder klantcontact waar het contact over ging.
        pub onderwerp_was_klantcontact: Option<Uuid> = "onderwerpWasKlantcontact",
        /// Of onderwerp en inhoud vertrouwelijk zijn.
        pub vertrouwelijk: Option<bool> = "vertrouwelijk",
        /// Of het contact lukte.
        pub indicatie_contact_gelukt: Option<IndicatieContactGelukt> = "indicatieContactGelukt",
        /// Of er interne taken uit volgden.
        pub leidde_tot_interne_taken: Option<bool> = "leiddeTotInterneTaken",
        /// Aantal per pagina.
        #[schema(required = false)]
        pub aantal: Aantal = "aantal",
        /// De pagina na deze plaats: `volgende` uit het vorige antwoord.
        pub na: Option<Cursor> = "na",
    }
    check |lezer| {
        let (vanaf, tot) = (plaatsgevonden_vanaf.as_ref(), plaatsgevonden_tot.as_ref());
        let periode = korte_periode(lezer, "plaatsgevondenTot", vanaf, tot);
        let sleutels = [
            periode,
            gegeven(id.as_ref()),
            gegeven(nummer.as_ref()),
            gegeven(referentienummer.as_ref()),
            gegeven(actor.as_ref()),
            gegeven(was_partij.as_ref()),
            gegeven(partij_identificator.as_ref()),
            gegeven(digitaal_adres.as_ref()),
            gegeven(onderwerpobjectidentificator.as_ref()),
            gegeven(onderwerp_was_klantcontact.as_ref()),
        ];
        eis_sleutel(lezer, &sleutels, SLEUTELS);
    }
}

impl Zoekvraag for ZoekKlantcontact {
    const OPERATION_ID: &'static str = "zoekKlantcontact";
    const SAMENVATTING: &'static str = "Zoek klantcontacten";
    const SCOPE: &'static str = "klantcontacten:lezen";
    type Geeft = KlantcontactMetOnderdelen;

    fn pagina(&self) -> Pagina {
        Pagina::new(self.aantal, self.na)
    }

    fn voorwaarden(self, identity: &Identity) -> Voorwaarden {
        let (onderwerp, inhoud) = (self.onderwerp, self.inhoud);
        let by_text = onderwerp.is_some() || inhoud.is_some();
        let found = Voorwaarden::van("klantcontacten", identity)
            .als("o.id = ?", self.id)
            .als("o.nummer = ?", self.nummer.map(|nummer| nummer.0))
            .als("o.referentienummer = ?", self.referentienummer.map(|nummer| nummer.0))
            .als("o.kanaal = ?", self.kanaal.map(|code| code.0))
            .als("position(lower(?) IN lower(o.onderwerp)) > 0", onderwerp.map(|tekst| tekst.0))
            .als("position(lower(?) IN lower(o.inhoud)) > 0", inhoud.map(|tekst| tekst.0))
            .als("o.plaatsgevonden_op >= ?", moment(self.plaatsgevonden_vanaf))
            .als("o.plaatsgevonden_op < ?", moment(self.plaatsgevonden_tot))
            .als("o.vertrouwelijk = ?", self.vertrouwelijk)
            .als(
                "o.indicatie_contact_gelukt = ?",
                self.indicatie_contact_gelukt.map(|gelukt| gelukt.0.code()),
            )
            .als(
                "EXISTS (SELECT FROM write_side.interne_taken t
                         WHERE t.aanleidinggevend_klantcontact = o.id) = ?",
                self.leidde_tot_interne_taken,
            );
        let found = Betrokkenen {
            naam: self.naam_betrokkene,
            was_partij: self.was_partij,
            partij_identificator: self.partij_identificator,
            digitaal_adres: self.digitaal_adres,
        }
        .beperk(found)
        .als(
            "o.id IN (SELECT k.klantcontact FROM write_side.actor_klantcontacten k
                      WHERE k.actor = ?)",
            self.actor,
        )
        .sleutel(
            "onderwerpobjectidentificator",
            [
                "o.id IN (SELECT w.was_onderwerp_van_klantcontact
                          FROM write_side.onderwerpobjecten w WHERE ",
                ")",
            ],
            json_sleutel!("w.onderwerpobjectidentificator"),
            self.onderwerpobjectidentificator,
        )
        .als(
            "o.id IN (SELECT w.was_onderwerp_van_klantcontact FROM write_side.onderwerpobjecten w
                      WHERE w.onderwerp_was_klantcontact = ?)",
            self.onderwerp_was_klantcontact,
        );
        // What is masked is not found by what the mask covers.
        if by_text && !identity.may("vertrouwelijk:lezen") {
            found.altijd("NOT o.vertrouwelijk")
        } else {
            found
        }
    }
}

/// Criteria that a betrokkene of the klantcontact must meet.
struct Betrokkenen {
    naam: Option<Naamdeel>,
    was_partij: Option<Uuid>,
    partij_identificator: Option<Identificatorcriterium>,
    digitaal_adres: Option<Tekst<254>>,
}

impl Betrokkenen {
    fn beperk(self, found: Voorwaarden) -> Voorwaarden {
        found
            .als(
                "EXISTS (SELECT FROM write_side.betrokkenen b WHERE b.had_klantcontact = o.id AND (
                     lower(COALESCE(b.contactnaam->>'achternaam', b.contactnaam->>'voornaam'))
                         LIKE lower(?)
                     OR lower((b.contactnaam->>'voorvoegselAchternaam') || ' '
                              || (b.contactnaam->>'achternaam')) LIKE lower(?)
                     OR lower(b.organisatienaam) LIKE lower(?)))",
                self.naam.map(|naam| begin(&naam.0)),
            )
            .als(
                "o.id IN (SELECT b.had_klantcontact FROM write_side.betrokkenen b
                          WHERE b.was_partij = ?)",
                self.was_partij,
            )
            .sleutel(
                "partijIdentificator",
                [
                    "o.id IN (SELECT b.had_klantcontact FROM write_side.betrokkenen b
                              JOIN write_side.partij_identificatoren i
                                  ON i.identificeerde_partij = b.was_partij
                              WHERE ",
                    ")",
                ],
                partij_sleutel!("i"),
                self.partij_identificator,
            )
            .als(
                "o.id IN (SELECT b.had_klantcontact FROM write_side.betrokkenen b
                          JOIN write_side.digitale_adressen a
                              ON a.verstrekt_door_betrokkene = b.id
                          WHERE lower(a.adres) IN
                              (SELECT lower(vorm) FROM unnest(?) AS vorm))",
                self.digitaal_adres.map(|adres| adresvormen(adres.0)),
            )
    }
}
