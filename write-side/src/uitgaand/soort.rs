//! How a handeling is called outward: by its main event, the first that it records. One table; an
//! event that it does not name does not compile.

use events::Gebeurtenis;

macro_rules! soorten {
    ($($soort:ident = $code:literal, $omschrijving:literal, [$($kenmerk:literal),*],
       $($event:ident)|+;)+) => {
        /// What happened, in a word for others.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Soort {
            $(#[doc = $omschrijving] $soort,)+
        }

        impl Soort {
            /// Every soort, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$soort),+];

            /// The word, as it stands in the type of an event.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$soort => $code),+ }
            }

            /// What happened, in a Dutch sentence for readers of the documentation.
            #[must_use]
            pub const fn omschrijving(self) -> &'static str {
                match self { $(Self::$soort => $omschrijving),+ }
            }

            /// What else the data say: names of codes, flags and counts.
            #[must_use]
            pub const fn kenmerken(self) -> &'static [&'static str] {
                match self { $(Self::$soort => &[$($kenmerk),*]),+ }
            }

            /// How a handeling with this main event is called.
            #[must_use]
            pub const fn of(gebeurtenis: &Gebeurtenis) -> Self {
                match gebeurtenis { $($(Gebeurtenis::$event(_))|+ => Self::$soort),+ }
            }
        }
    };
}

soorten! {
    PartijGeregistreerd = "partij-geregistreerd",
        "Een persoon, organisatie of contactpersoon is geregistreerd.",
        ["soortPartij", "indicatieActief"],
        PersoonGeregistreerd | OrganisatieGeregistreerd | ContactpersoonGeregistreerd;
    PartijGewijzigd = "partij-gewijzigd",
        "Gegevens van een partij zijn gewijzigd.",
        ["soortPartij", "indicatieActief"],
        PersoonGewijzigd | OrganisatieGewijzigd | ContactpersoonGewijzigd;
    PartijIdentificatorGeregistreerd = "partij-identificator-geregistreerd",
        "Een partij heeft een identificator gekregen.",
        ["codeObjecttype", "codeSoortObjectId", "codeRegister"],
        PartijIdentificatorGeregistreerd;
    DigitaalAdresGeregistreerd = "digitaal-adres-geregistreerd",
        "Een digitaal adres is geregistreerd bij een partij of een betrokkene.",
        ["soortDigitaalAdres", "isStandaardAdres"],
        DigitaalAdresGeregistreerd;
    StandaardAdresAangewezen = "standaard-adres-aangewezen",
        "Een partij heeft een ander standaardadres gekregen.",
        ["soortDigitaalAdres"],
        StandaardAdresAangewezen;
    VoorkeursDigitaalAdresGekozen = "voorkeurs-digitaal-adres-gekozen",
        "Een partij heeft haar voorkeursadres gekozen, of geen.",
        ["heeftVoorkeur"],
        VoorkeursDigitaalAdresGekozen;
    RekeningnummerGeregistreerd = "rekeningnummer-geregistreerd",
        "Een rekeningnummer van een partij is geregistreerd.",
        [],
        RekeningnummerGeregistreerd;
    VoorkeursRekeningnummerGekozen = "voorkeurs-rekeningnummer-gekozen",
        "Een partij heeft haar voorkeursrekening gekozen, of geen.",
        ["heeftVoorkeur"],
        VoorkeursRekeningnummerGekozen;
    VertegenwoordigingGeregistreerd = "vertegenwoordiging-geregistreerd",
        "Een partij heeft een andere vertegenwoordigd.",
        [],
        VertegenwoordigingGeregistreerd;
    KlantcontactGeregistreerd = "klantcontact-geregistreerd",
        "Een klantcontact is geregistreerd, met al zijn onderdelen.",
        ["kanaal", "indicatieContactGelukt", "hadBetrokkenen", "gingOverOnderwerpobjecten",
         "omvatteBijlagen", "leiddeTotInterneTaken"],
        KlantcontactGeregistreerd;
    ActorGekoppeld = "actor-gekoppeld",
        "Een actor is aan een klantcontact gekoppeld.",
        ["soortActor"],
        ActorAanKlantcontactGekoppeld;
    BetrokkeneGeregistreerd = "betrokkene-geregistreerd",
        "Een betrokkene is bij een klantcontact geregistreerd.",
        ["rol", "initiator", "partijBekend"],
        BetrokkeneBijKlantcontactGeregistreerd;
    PartijGekoppeld = "partij-gekoppeld",
        "Een betrokkene bij een klantcontact blijkt een bekende partij.",
        ["rol", "initiator"],
        PartijAanBetrokkeneGekoppeld;
    PartijOntkoppeld = "partij-ontkoppeld",
        "Een betrokkene bij een klantcontact is losgemaakt van een partij.",
        ["rol", "initiator"],
        PartijVanBetrokkeneOntkoppeld;
    BijlageGeregistreerd = "bijlage-geregistreerd",
        "Een bijlage is bij een klantcontact geregistreerd.",
        ["codeObjecttype", "codeSoortObjectId", "codeRegister"],
        BijlageGeregistreerd;
    OnderwerpobjectGeregistreerd = "onderwerpobject-geregistreerd",
        "Een onderwerpobject is bij een klantcontact geregistreerd.",
        ["ontstondUitKlantcontact", "codeObjecttype", "codeSoortObjectId", "codeRegister"],
        OnderwerpobjectGeregistreerd;
    ZaakGekoppeld = "zaak-gekoppeld",
        "Een zaak is aan een klantcontact gekoppeld.",
        ["codeObjecttype", "codeSoortObjectId", "codeRegister", "viaInterneTaak"],
        ZaakGekoppeld;
    InterneTaakGeregistreerd = "interne-taak-geregistreerd",
        "Een interne taak is geregistreerd en toegewezen.",
        ["status", "toegewezenAanActoren"],
        InterneTaakGeregistreerd;
    InterneTaakToegewezen = "interne-taak-toegewezen",
        "Een interne taak is aan anderen toegewezen.",
        ["status", "toegewezenAanActoren"],
        InterneTaakToegewezen;
    InterneTaakGecorrigeerd = "interne-taak-gecorrigeerd",
        "Een interne taak is gecorrigeerd.",
        ["status", "toegewezenAanActoren"],
        InterneTaakGecorrigeerd;
    InterneTaakAfgehandeld = "interne-taak-afgehandeld",
        "Een interne taak is afgehandeld.",
        ["status", "toegewezenAanActoren", "leiddeTotZaak", "leiddeTotKlantcontact"],
        InterneTaakAfgehandeld;
    InterneTaakHeropend = "interne-taak-heropend",
        "Een afgehandelde interne taak is heropend.",
        ["status", "toegewezenAanActoren"],
        InterneTaakHeropend;
    ActorGeregistreerd = "actor-geregistreerd",
        "Een medewerker, organisatorische eenheid of geautomatiseerde actor is geregistreerd.",
        ["soortActor", "indicatieActief"],
        MedewerkerGeregistreerd | OrganisatorischeEenheidGeregistreerd
            | GeautomatiseerdeActorGeregistreerd;
}
