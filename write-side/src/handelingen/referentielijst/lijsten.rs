//! The lists, each with its inputs and the names that the standard gives its handelingen. What the
//! standard calls voorkeurstaal and soort extern ID are the lists taal and soort object-ID.

use super::{BEHEREN, Beheerd, Nieuw, Paden, activeer, corrigeer, deactiveer, registreer};
use crate::fout::HandelingError;
use crate::invoer::{
    AdresValidatie, Datum, ExternRegister, Indien, NieuweCode, NieuweLandcode, NieuweTaalcode,
    SoortObject, Tekst, Wijziging, invoer,
};
use crate::referentielijsten::{Lijst, Lijstgebruik, Validatie};
use crate::uitvoering::{Handeling, Uitvoering};

/// Declares a handeling on a list.
macro_rules! handeling {
    ($type:ident, $operation:expr, $samenvatting:expr, $registreert:literal,
     |$invoer:ident, $uitvoering:ident| $body:expr) => {
        impl Handeling for $type {
            const OPERATION_ID: &'static str = $operation;
            const SAMENVATTING: &'static str = $samenvatting;
            const SCOPE: &'static str = BEHEREN;
            const REGISTREERT: bool = $registreert;
            const LIJSTEN: Lijstgebruik = Lijstgebruik::Wijzigen;

            async fn voer_uit(
                self,
                $uitvoering: &mut Uitvoering<'_>,
            ) -> Result<(), HandelingError> {
                let $invoer = self;
                $body.await
            }
        }
    };
}

/// Declares a list from its four inputs.
macro_rules! lijst {
    (
        $(#[$doc:meta])* $type:ident: $lijst:expr, $naam:literal, $een:literal, $pad:literal,
        registreer $registreer:ident |$nieuw:ident| $waarde:expr,
        corrigeer $corrigeer:ident |$correctie:ident, $doel:ident| $change:expr,
        activeer $activeer:ident,
        deactiveer $deactiveer:ident |$einde:ident| $einddatum:expr
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub(crate) enum $type {}

        impl Beheerd for $type {
            const LIJST: Lijst = $lijst;
            const NAAM: &'static str = $naam;
            const PADEN: Paden = Paden {
                waarden: $pad,
                waarde: concat!($pad, "/{code}"),
                correcties: concat!($pad, "/{code}/correcties"),
                activeringen: concat!($pad, "/{code}/activeringen"),
                deactiveringen: concat!($pad, "/{code}/deactiveringen"),
            };
            type Registreer = $registreer;
            type Corrigeer = $corrigeer;
            type Activeer = $activeer;
            type Deactiveer = $deactiveer;
        }

        handeling!($registreer, concat!("registreer", $naam), concat!("Registreer ", $een), true,
            |$nieuw, uitvoering| registreer(uitvoering, $lijst, $waarde));
        handeling!($corrigeer, concat!("corrigeer", $naam), concat!("Corrigeer ", $een), false,
            |$correctie, uitvoering| corrigeer(uitvoering, |$doel| $change));
        handeling!($activeer, concat!("activeer", $naam),
            concat!("Neem ", $een, " weer in gebruik"), false,
            |_invoer, uitvoering| activeer(uitvoering));
        handeling!($deactiveer, concat!("deactiveer", $naam),
            concat!("Neem ", $een, " uit gebruik"), false,
            |$einde, uitvoering| deactiveer(uitvoering, $einddatum));
    };
}

/// Declares a list whose values have a code and a naam, and perhaps one thing more.
macro_rules! gewone_lijst {
    (
        $(#[$doc:meta])* $type:ident: $lijst:expr, $naam:literal, $een:literal, $pad:literal,
        $code:ty, $registreer:ident $corrigeer:ident $activeer:ident $deactiveer:ident
        { $($(#[$velddoc:meta])* $veld:ident: $veldtype:ty = $json:literal
            => $doel:ident |$gelezen:ident| $gemaakt:expr)? }
    ) => {
        invoer! {
            /// Een nieuwe waarde van de lijst; ze is meteen in gebruik.
            pub struct $registreer {
                /// Code waarmee gegevens ernaar verwijzen; verandert nooit.
                pub code: $code = "code",
                /// Naam om te tonen.
                pub naam: Tekst<80> = "naam",
                $($(#[$velddoc])* pub $veld: $veldtype = $json,)?
            }
        }
        invoer! {
            /// Een betere naam; de code blijft.
            pub struct $corrigeer {
                /// Naam om te tonen.
                pub naam: Tekst<80> = "naam",
            }
        }
        invoer! {
            /// Er is verder niets nodig om een waarde weer in gebruik te nemen.
            pub struct $activeer {}
        }
        invoer! {
            /// Er is verder niets nodig om een waarde uit gebruik te nemen; oude gegevens houden haar.
            pub struct $deactiveer {}
        }
        lijst! {
            $(#[$doc])* $type: $lijst, $naam, $een, $pad,
            registreer $registreer |nieuw| Nieuw {
                code: nieuw.code.0,
                naam: nieuw.naam.0,
                $($doel: { let $gelezen = nieuw.$veld; $gemaakt },)?
                ..Nieuw::default()
            },
            corrigeer $corrigeer |correctie, waarde| waarde.naam = correctie.naam.0,
            activeer $activeer,
            deactiveer $deactiveer |_einde| None
        }
    };
}

gewone_lijst! {
    /// Channels.
    Kanalen: Lijst::Kanaal, "Kanaal", "een kanaal", "/kanalen", NieuweCode,
    RegistreerKanaal CorrigeerKanaal ActiveerKanaal DeactiveerKanaal {}
}

gewone_lijst! {
    /// Languages.
    Voorkeurstalen: Lijst::Taal, "Voorkeurstaal", "een voorkeurstaal", "/voorkeurstalen",
    NieuweTaalcode,
    RegistreerVoorkeurstaal CorrigeerVoorkeurstaal ActiveerVoorkeurstaal DeactiveerVoorkeurstaal {}
}

gewone_lijst! {
    /// Kinds of digital address.
    SoortenDigitaalAdres: Lijst::SoortDigitaalAdres, "SoortDigitaalAdres",
    "een soort digitaal adres", "/soorten-digitaal-adres", NieuweCode,
    RegistreerSoortDigitaalAdres CorrigeerSoortDigitaalAdres
    ActiveerSoortDigitaalAdres DeactiveerSoortDigitaalAdres
    {
        /// Hoe een adres van deze soort wordt gecontroleerd; zonder opgave alleen op lengte.
        validatie: Option<AdresValidatie> = "validatie"
            => validatie |soort| Some(soort.map_or(Validatie::Overig, |soort| soort.0).code().to_owned())
    }
}

gewone_lijst! {
    /// Kinds of object.
    SoortenObject: Lijst::SoortObject, "SoortObject", "een soort object", "/soorten-object",
    NieuweCode,
    RegistreerSoortObject CorrigeerSoortObject ActiveerSoortObject DeactiveerSoortObject
    {
        /// Het register dat zulke objecten heeft.
        extern_register: Option<ExternRegister> = "externRegister"
            => hoort_bij |register| register.map(|code| code.0)
    }
}

gewone_lijst! {
    /// Kinds of key.
    SoortenExternId: Lijst::SoortObjectId, "SoortExternId", "een soort sleutel van objecten",
    "/soorten-extern-id", NieuweCode,
    RegistreerSoortExternId CorrigeerSoortExternId ActiveerSoortExternId DeactiveerSoortExternId
    {
        /// De soort object die zulke sleutels heeft; zonder opgave elke soort.
        soort_object: Option<SoortObject> = "soortObject"
            => hoort_bij |soort| soort.map(|code| code.0)
    }
}

gewone_lijst! {
    /// Registers.
    ExterneRegisters: Lijst::ExternRegister, "ExternRegister", "een extern register",
    "/externe-registers", NieuweCode,
    RegistreerExternRegister CorrigeerExternRegister
    ActiveerExternRegister DeactiveerExternRegister {}
}

gewone_lijst! {
    /// Categories of partijen.
    Categorieen: Lijst::Categorie, "Categorie", "een categorie", "/categorieen", NieuweCode,
    RegistreerCategorie CorrigeerCategorie ActiveerCategorie DeactiveerCategorie {}
}

invoer! {
    /// Een waarde van de lijst: een land.
    pub struct RegistreerLand {
        /// Code waarmee adressen ernaar verwijzen, ISO 3166-1 alpha-2; verandert nooit.
        pub landcode: NieuweLandcode = "landcode",
        /// Naam om te tonen.
        pub landnaam: Tekst<80> = "landnaam",
        /// Eerste dag waarop het een land was.
        pub ingangsdatum_land: Option<Datum> = "ingangsdatumLand",
        /// Laatste dag waarop het een land was.
        pub einddatum_land: Option<Datum> = "einddatumLand",
    }
}

invoer! {
    /// Wat aan een land te corrigeren is; wat ontbreekt, blijft zoals het is.
    pub struct CorrigeerLand {
        /// Naam om te tonen.
        #[schema(required = false, value_type = Tekst<80>)]
        pub landnaam: Indien<Tekst<80>> = "landnaam",
        /// Eerste dag waarop het een land was.
        #[schema(value_type = Option<Datum>)]
        pub ingangsdatum_land: Wijziging<Datum> = "ingangsdatumLand",
        /// Laatste dag waarop het een land was.
        #[schema(value_type = Option<Datum>)]
        pub einddatum_land: Wijziging<Datum> = "einddatumLand",
    }
}

invoer! {
    /// Er is verder niets nodig om een land weer in gebruik te nemen; een einde dat voorbij is,
    /// vervalt.
    pub struct ActiveerLand {}
}

invoer! {
    /// Wanneer het ophield een land te zijn.
    pub struct DeactiveerLand {
        /// Laatste dag waarop het een land was; niet in de toekomst.
        pub einddatum_land: Datum = "einddatumLand",
    }
}

lijst! {
    /// Countries.
    Landen: Lijst::Land, "Land", "een land", "/landen",
    registreer RegistreerLand |nieuw| Nieuw {
        code: nieuw.landcode.0,
        naam: nieuw.landnaam.0,
        ingangsdatum: nieuw.ingangsdatum_land.map(|datum| datum.0),
        einddatum: nieuw.einddatum_land.map(|datum| datum.0),
        ..Nieuw::default()
    },
    corrigeer CorrigeerLand |correctie, land| {
        if let Some(naam) = correctie.landnaam.0 {
            land.naam = naam.0;
        }
        correctie.ingangsdatum_land.into(&mut land.ingangsdatum, |datum| datum.0);
        correctie.einddatum_land.into(&mut land.einddatum, |datum| datum.0);
    },
    activeer ActiveerLand,
    deactiveer DeactiveerLand |invoer| Some(invoer.einddatum_land.0)
}
