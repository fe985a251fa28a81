//! Registering a klantcontact with all its parts in one transaction (F2173), and its short forms.

pub(crate) mod beheer;

use std::collections::BTreeSet;

use events::{ActorKlantcontact, Gebeurtenis, IndicatieJaNeeOnbekend, Klantcontact, ObjectRef};
use uuid::Uuid;

use super::betrokkene::{BellerInvoer, BetrokkeneInvoer, NieuweBetrokkene};
use super::bijlage::RegistreerBijlage;
use super::interne_taak::{InterneTaakInvoer, NieuweTaak};
use super::onderwerpobject::{self, NieuwOnderwerp, RegistreerOnderwerpobject};
use super::partij::RegistreerPersoon;
use super::{check_actoren, digitaal_adres, minstens_een, nummer, zonder_fouten};
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::{
    IndicatieContactGelukt, Kanaal, Lezer, Metadata, Moment, Nummer, Taal, Tekst, invoer,
};
use crate::referentielijsten::{Lijst, Stand};
use crate::register;
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering, niet_gevonden};

/// The channel of a telephone call.
const TELEFOON: &str = "telefoon";
/// The channel of a conversation at the klant's home.
const KEUKENTAFELGESPREK: &str = "keukentafelgesprek";
/// The language of a klantcontact whose language is not given: automated intake often cannot tell.
const TAAL_DEFAULT: &str = "nld";

/// Declares a way to register a klantcontact: all share their parts.
macro_rules! klantcontact_invoer {
    ($(#[$meta:meta])* $naam:ident of $betrokkene:ty {
        $( $(#[$veldmeta:meta])* pub $veld:ident: $type:ty = $json:literal, )*
    } check |$lezer:ident| $gelukt:block) => {
        invoer! {
            $(#[$meta])*
            pub struct $naam {
                $( $(#[$veldmeta])* pub $veld: $type = $json, )*
                /// Het ene onderwerp van het contact.
                pub onderwerp: Tekst<200> = "onderwerp",
                /// Wat is uitgewisseld.
                pub inhoud: Option<Tekst<1000>> = "inhoud",
                /// Het antwoord dat tijdens het contact is gegeven.
                pub reactie: Option<Tekst<4000>> = "reactie",
                /// Taal van het contact; standaard nld.
                pub taal: Option<Taal> = "taal",
                /// Of onderwerp en inhoud vertrouwelijk zijn; standaard false.
                pub vertrouwelijk: Option<bool> = "vertrouwelijk",
                /// Eigen nummer van de afnemer; uniek.
                pub referentienummer: Option<Nummer> = "referentienummer",
                /// Soort van het hoofdonderwerp, zoals een zaaktype (URI).
                pub hoofd_onderwerp_type: Option<Tekst<200>> = "hoofdOnderwerpType",
                /// Of het bronsysteem zelf verder zoekt naar de klant.
                pub verdere_actie_ondernomen: Option<bool> = "verdereActieOndernomen",
                /// Vrije gegevens van de afnemer.
                #[schema(required = false)]
                pub metadata: Metadata = "metadata",
                /// De actoren aan de kant van de gemeente: ten minste één.
                #[schema(min_items = 1, max_items = 100)]
                pub actoren: Vec<Uuid> = "actoren",
                /// De betrokkenen aan de kant van de klant: ten minste één.
                #[schema(min_items = 1, max_items = 100)]
                pub betrokkenen: Vec<$betrokkene> = "betrokkenen",
                /// Of van een betrokkene zonder partij een partij wordt geregistreerd; alleen na
                /// vaststelling van de identiteit en met toestemming voor hergebruik.
                pub indicatie_hergebruik_partij: Option<bool> = "indicatieHergebruikPartij",
                /// Waar het contact over ging.
                #[schema(required = false)]
                pub onderwerpobjecten: Vec<RegistreerOnderwerpobject> = "onderwerpobjecten",
                /// Documenten en andere objecten bij het contact.
                #[schema(required = false)]
                pub bijlagen: Vec<RegistreerBijlage> = "bijlagen",
                /// Wat moet worden gedaan om het contact op te volgen.
                #[schema(required = false)]
                pub interne_taken: Vec<InterneTaakInvoer> = "interneTaken",
            }
            check |$lezer| {
                minstens_een($lezer, "actoren", actoren.as_deref(), "actor");
                minstens_een($lezer, "betrokkenen", betrokkenen.as_deref(), "betrokkene");
                check_taal($lezer, taal.as_ref());
                let gelukt: bool = $gelukt;
                check_verdere_actie($lezer, verdere_actie_ondernomen.flatten(), gelukt);
            }
        }

        impl $naam {
            /// The whole, with what differs per form.
            fn nieuw(self, vorm: Vorm) -> NieuwKlantcontact {
                NieuwKlantcontact {
                    contact: Klantcontact {
                        id: Uuid::nil(),
                        nummer: String::new(),
                        referentienummer: self.referentienummer.map(|nummer| nummer.0),
                        kanaal: vorm.kanaal,
                        onderwerp: self.onderwerp.0,
                        inhoud: self.inhoud.map(|text| text.0),
                        reactie: self.reactie.map(|text| text.0),
                        indicatie_contact_gelukt: vorm.gelukt,
                        taal: self.taal.map_or_else(|| TAAL_DEFAULT.to_owned(), |taal| taal.0),
                        vertrouwelijk: self.vertrouwelijk.unwrap_or_default(),
                        plaatsgevonden_op: vorm.plaatsgevonden_op,
                        hoofd_onderwerp_type: self.hoofd_onderwerp_type.map(|uri| uri.0),
                        verdere_actie_ondernomen: self.verdere_actie_ondernomen.unwrap_or_default(),
                        metadata: self.metadata.0,
                    },
                    actoren: self.actoren,
                    betrokkenen: self
                        .betrokkenen
                        .into_iter()
                        .enumerate()
                        .map(|(index, betrokkene)| betrokkene.nieuw(index))
                        .collect(),
                    hergebruik: self.indicatie_hergebruik_partij.unwrap_or_default(),
                    onderwerpobjecten: self.onderwerpobjecten,
                    bijlagen: self.bijlagen,
                    interne_taken: self.interne_taken,
                }
            }
        }
    };
}

klantcontact_invoer! {
    /// Een klantcontact met alles wat erbij hoort.
    RegistreerKlantcontact of BetrokkeneInvoer {
        /// Kanaal (referentielijst kanaal).
        pub kanaal: Kanaal = "kanaal",
        /// Of het gelukt is contact te krijgen; standaard onbekend.
        pub indicatie_contact_gelukt: Option<IndicatieContactGelukt> = "indicatieContactGelukt",
        /// Wanneer het contact plaatsvond; standaard nu, nooit in de toekomst.
        pub plaatsgevonden_op: Option<Moment> = "plaatsgevondenOp",
    }
    check |lezer| {
        if plaatsgevonden_op.flatten().is_some_and(|moment| moment.0 > lezer.now()) {
            let melding = "een klantcontact ligt niet in de toekomst";
            lezer.fout_bij("plaatsgevondenOp", Foutcode::Invalid, melding);
        }
        indicatie_contact_gelukt.flatten().is_some_and(|gelukt| is_ja(gelukt.0))
    }
}

klantcontact_invoer! {
    /// Een telefoongesprek dat nu binnenkomt.
    RegistreerBinnenkomendTelefoongesprek of BellerInvoer {}
    check |lezer| {
        check_kanaal(lezer, TELEFOON);
        true
    }
}

klantcontact_invoer! {
    /// Een gesprek bij de klant thuis dat nu plaatsvindt.
    RegistreerKeukentafelgesprek of BetrokkeneInvoer {}
    check |lezer| {
        check_kanaal(lezer, KEUKENTAFELGESPREK);
        true
    }
}

/// The channel that a short form fills must be in use (I16).
fn check_kanaal(lezer: &mut Lezer<'_>, kanaal: &'static str) {
    check_active(lezer, Lijst::Kanaal, kanaal);
}

/// So must the language that is filled when none is given.
fn check_taal(lezer: &mut Lezer<'_>, taal: Option<&Option<Taal>>) {
    if matches!(taal, Some(None)) {
        check_active(lezer, Lijst::Taal, TAAL_DEFAULT);
    }
}

fn check_active(lezer: &mut Lezer<'_>, lijst: Lijst, code: &'static str) {
    let found = lezer.lijsten().zoek(lijst, code, lezer.vandaag());
    if found.is_none_or(|(_, stand)| stand == Stand::Vervallen) {
        let melding = format!("de code {code} is hier niet in gebruik");
        lezer.fout_bij(lijst.naam(), Foutcode::ReferentiewaardeNietActief, melding);
    }
}

const fn is_ja(gelukt: IndicatieJaNeeOnbekend) -> bool {
    matches!(gelukt, IndicatieJaNeeOnbekend::Ja)
}

/// I14: the source system acts further only when contact did not succeed.
fn check_verdere_actie(lezer: &mut Lezer<'_>, verdere_actie: Option<bool>, gelukt: bool) {
    if gelukt && verdere_actie == Some(true) {
        lezer.fout_bij(
            "verdereActieOndernomen",
            Foutcode::NoFurtherActionWhenContactSuccesful,
            "als het contact gelukt is, is er geen verdere actie ondernomen",
        );
    }
}

/// What differs per form.
struct Vorm {
    kanaal: String,
    gelukt: IndicatieJaNeeOnbekend,
    plaatsgevonden_op: chrono::DateTime<chrono::Utc>,
}

/// A klantcontact to register, with its parts. Keys and numbers are still to be given.
#[derive(Debug)]
struct NieuwKlantcontact {
    contact: Klantcontact,
    actoren: Vec<Uuid>,
    betrokkenen: Vec<NieuweBetrokkene>,
    hergebruik: bool,
    onderwerpobjecten: Vec<RegistreerOnderwerpobject>,
    bijlagen: Vec<RegistreerBijlage>,
    interne_taken: Vec<InterneTaakInvoer>,
}

impl NieuwKlantcontact {
    async fn registreer(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        zonder_fouten(self.keur(uitvoering).await?)?;
        let id = uitvoering.new_id();
        let nummer = nummer::klantcontact(uitvoering).await?;
        let object = ObjectRef::klantcontact(id);
        let onderdeel =
            Onderdeel { soort: "klantcontact", id, nummer: Some(nummer.clone()), object };
        uitvoering.meld(onderdeel);
        let contact = Klantcontact { id, nummer, ..self.contact };
        uitvoering.gebeurt(Gebeurtenis::KlantcontactGeregistreerd(contact)).await?;

        let mut betrokkenen = self.betrokkenen;
        if self.hergebruik {
            for betrokkene in betrokkenen.iter_mut().filter(|item| item.was_partij.is_none()) {
                if let Some(soort) = betrokkene.soort_partij() {
                    betrokkene.registreer_partij(uitvoering, soort).await?;
                }
            }
        }
        let soorten = uitvoering.register().soorten_actor(&self.actoren).await?;
        for actor in self.actoren {
            let soort_actor =
                soorten.get(&actor).copied().ok_or_else(|| niet_gevonden("actoren"))?;
            let coupling =
                ActorKlantcontact { id: uitvoering.new_id(), klantcontact: id, actor, soort_actor };
            let event = Gebeurtenis::ActorAanKlantcontactGekoppeld(coupling);
            uitvoering.gebeurt(event).await?;
        }
        let mut adressen = Vec::new();
        for betrokkene in betrokkenen {
            adressen.push(betrokkene.registreer(uitvoering, id).await?);
        }
        for (eigenaar, adressen) in adressen {
            digitaal_adres::registreer(uitvoering, eigenaar, adressen).await?;
        }
        for bijlage in self.bijlagen {
            bijlage.registreer(uitvoering, id).await?;
        }
        for onderwerp in self.onderwerpobjecten {
            NieuwOnderwerp::from(onderwerp).registreer(uitvoering, id).await?;
        }
        for taak in self.interne_taken {
            NieuweTaak::new(id, taak).registreer(uitvoering).await?;
        }
        Ok(())
    }

    /// Every fault that only the register can tell.
    async fn keur(&self, uitvoering: &mut Uitvoering<'_>) -> Result<Vec<Fout>, HandelingError> {
        let mut fouten = check_actoren(uitvoering, "actoren", &self.actoren).await?;
        fouten.extend(self.keur_hergebruik(uitvoering));
        fouten.extend(self.keur_partijen(uitvoering).await?);
        let veld = |index| format!("onderwerpobjecten[{index}].onderwerpWasKlantcontact");
        fouten.extend(onderwerpobject::keur(uitvoering, &self.onderwerpobjecten, veld).await?);
        let mut referentienummers: BTreeSet<&str> = BTreeSet::new();
        for (index, taak) in self.interne_taken.iter().enumerate() {
            let pad = format!("interneTaken[{index}].");
            fouten.extend(taak.keur(uitvoering, &pad).await?);
            if let Some(nummer) = &taak.referentienummer
                && !referentienummers.insert(&nummer.0)
            {
                let veld = format!("{pad}referentienummer");
                let melding = "dit referentienummer staat al bij een andere interne taak";
                fouten.push(Fout::new(veld, Foutcode::Unique, melding));
            }
        }
        if let Some(nummer) = &self.contact.referentienummer
            && register::klantcontact::referentienummer_exists(uitvoering.conn()?, nummer).await?
        {
            fouten.push(Fout::referentienummer_gebruikt(""));
        }
        Ok(fouten)
    }

    /// Reusing data registers a partij: that is another right, and needs a name.
    fn keur_hergebruik(&self, uitvoering: &Uitvoering<'_>) -> Vec<Fout> {
        if !self.hergebruik {
            return Vec::new();
        }
        if !uitvoering.may(RegistreerPersoon::SCOPE) {
            let melding = format!("hiervoor is de scope {} nodig", RegistreerPersoon::SCOPE);
            return vec![Fout::new("indicatieHergebruikPartij", Foutcode::GeenToegang, melding)];
        }
        let nameless =
            |item: &NieuweBetrokkene| item.was_partij.is_none() && item.soort_partij().is_none();
        let indexes = self.betrokkenen.iter().enumerate().filter(|(_, item)| nameless(item));
        indexes
            .map(|(index, _)| {
                let veld = format!("betrokkenen[{index}].contactnaam");
                Fout::new(veld, Foutcode::Required, "zonder naam kan er geen partij van worden")
            })
            .collect()
    }

    async fn keur_partijen(
        &self,
        uitvoering: &mut Uitvoering<'_>,
    ) -> Result<Vec<Fout>, HandelingError> {
        let named: Vec<Uuid> = self.betrokkenen.iter().filter_map(|item| item.was_partij).collect();
        let known = uitvoering.register().soorten_partij(&named).await?;
        let mut fouten = Vec::new();
        for (index, betrokkene) in self.betrokkenen.iter().enumerate() {
            if let Some(partij) = betrokkene.was_partij
                && !known.iter().any(|(id, _)| *id == partij)
            {
                fouten.push(niet_gevonden(format!("betrokkenen[{index}].wasPartij")));
            }
        }
        Ok(fouten)
    }
}

impl Handeling for RegistreerKlantcontact {
    const OPERATION_ID: &'static str = "registreerKlantcontact";
    const SAMENVATTING: &'static str = "Registreer een klantcontact met al zijn onderdelen";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = true;

    async fn voer_uit(mut self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let vorm = Vorm {
            kanaal: std::mem::take(&mut self.kanaal.0),
            gelukt: self.indicatie_contact_gelukt.map(|gelukt| gelukt.0).unwrap_or_default(),
            plaatsgevonden_op: self
                .plaatsgevonden_op
                .map_or_else(|| uitvoering.tijdstip(), |moment| moment.0),
        };
        self.nieuw(vorm).registreer(uitvoering).await
    }
}

impl Handeling for RegistreerBinnenkomendTelefoongesprek {
    const OPERATION_ID: &'static str = "registreerBinnenkomendTelefoongesprek";
    const SAMENVATTING: &'static str = "Registreer een binnenkomend telefoongesprek";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        self.nieuw(Vorm::nu(uitvoering, TELEFOON)).registreer(uitvoering).await
    }
}

impl Handeling for RegistreerKeukentafelgesprek {
    const OPERATION_ID: &'static str = "registreerKeukentafelgesprek";
    const SAMENVATTING: &'static str = "Registreer een keukentafelgesprek";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        self.nieuw(Vorm::nu(uitvoering, KEUKENTAFELGESPREK)).registreer(uitvoering).await
    }
}

impl Vorm {
    /// A conversation that takes place now and succeeds.
    fn nu(uitvoering: &Uitvoering<'_>, kanaal: &str) -> Self {
        Self {
            kanaal: kanaal.to_owned(),
            gelukt: IndicatieJaNeeOnbekend::Ja,
            plaatsgevonden_op: uitvoering.tijdstip(),
        }
    }
}
