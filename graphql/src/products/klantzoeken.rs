//! KlantZoeken: who is on the line?

use access::Rol;
use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result};
use read_side::klantzoeken::{self, GevondenKlant, Ingang};
use read_side::zoekterm;

use crate::context::ContextExt;
use crate::error::ProductError;
use crate::loaders::Product;
use crate::policy::{self, Zicht};
use crate::types::actualiteit::Actualiteit;
use crate::types::adres::DigitaalAdres;
use crate::types::invoer::{VestigingInvoer, emailadres, telefoonnummer};
use crate::types::klant::{CONTACTPERSOON, ORGANISATIE};
use crate::types::minimaal::{self, Objectversie};
use crate::types::scalar::DateTime;
use crate::types::zaak::shown;

const ROLLEN: &[Rol] = &[Rol::Kcc];
/// Shortest name that can be searched, in letters and digits.
const NAAM_MIN: usize = 2;

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct KlantZoekenQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, ROLLEN)
}

/// Waarmee u een klant zoekt: precies één ingang. Met een nummer van een register of het
/// klantnummer vindt u ook klanten die om geheimhouding vroegen, met de andere ingangen niet.
#[derive(OneofObject)]
pub(crate) enum KlantZoekIngang {
    /// Burgerservicenummer, negen cijfers.
    Bsn(String),
    /// KVK-nummer: de rechtspersoon en haar vestigingen.
    KvkNummer(String),
    /// Een vestiging: KVK-nummer en vestigingsnummer samen.
    Vestiging(VestigingInvoer),
    /// Rechtspersonen en Samenwerkingsverbanden Informatienummer.
    Rsin(String),
    /// Het nummer dat in gesprek wordt genoemd.
    Klantnummer(String),
    /// Het hele e-mailadres; hoofdletters tellen niet.
    Email(String),
    /// Het hele telefoonnummer, met of zonder landnummer, spaties en streepjes.
    Telefoon(String),
    /// Naam en postcode samen.
    NaamEnPostcode(NaamEnPostcode),
}

/// Een naam met een postcode.
#[derive(InputObject)]
pub(crate) struct NaamEnPostcode {
    /// De naam, of een deel vanaf het begin van een woord, ten minste twee letters. Hoofdletters en
    /// accenten tellen niet.
    naam: String,
    /// Postcode van het bezoekadres of correspondentieadres: vier cijfers en twee letters.
    postcode: String,
}

impl KlantZoekIngang {
    /// The entry in the one spelling; a refusal says what has none, and never its value.
    fn ingang(self) -> Result<Ingang, ProductError> {
        let bare = |text: String| text.trim().to_owned();
        Ok(match self {
            Self::Bsn(bsn) => Ingang::Bsn(bare(bsn)),
            Self::KvkNummer(kvk) => Ingang::Kvk(bare(kvk)),
            Self::Vestiging(VestigingInvoer { kvk_nummer, vestigingsnummer }) => {
                let (kvk_nummer, vestigingsnummer) = (bare(kvk_nummer), bare(vestigingsnummer));
                Ingang::Vestiging { kvk_nummer, vestigingsnummer }
            }
            Self::Rsin(rsin) => Ingang::Rsin(bare(rsin)),
            Self::Klantnummer(nummer) => Ingang::Klantnummer(bare(nummer)),
            Self::Email(email) => Ingang::Email(emailadres(&email)?),
            Self::Telefoon(nummer) => Ingang::Telefoon(telefoonnummer(&nummer)?),
            Self::NaamEnPostcode(NaamEnPostcode { naam, postcode }) => {
                let naam = zoekterm::naam(&naam);
                if naam.chars().count() < NAAM_MIN {
                    return Err(ProductError::invalid("naam moet ten minste twee letters hebben."));
                }
                let postcode = zoekterm::postcode(&postcode).ok_or_else(|| {
                    ProductError::invalid("postcode moet vier cijfers en twee letters zijn.")
                })?;
                Ingang::NaamEnPostcode { naam, postcode }
            }
        })
    }
}

#[Object]
impl KlantZoekenQuery {
    /// Welke klant dit is: ten hoogste 25 klanten bij één ingang. Er is geen lijst zonder ingang,
    /// en een burgerservicenummer staat er nooit in. Voor medewerkers van het klantcontactcentrum,
    /// met doelbinding.
    #[graphql(visible = "is_visible")]
    async fn klant_zoeken(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Waarmee u zoekt.")] zoek: KlantZoekIngang,
        #[graphql(
            desc = "Wat u zojuist vastlegde: het antwoord bevat het, of zegt dat het nog niet \
                          is verwerkt."
        )]
        minimaal: Option<Vec<Objectversie>>,
    ) -> Result<KlantZoekresultaten> {
        let env = ctx.env()?;
        let identity = ctx.identity()?;
        let publiek = policy::admit(identity, ROLLEN)?;
        let ingang = zoek.ingang()?;
        let zicht = Zicht::employee(publiek, identity, env.settings.vertrouwelijk);
        minimaal::wait(ctx, (Product::Klantbeeld, publiek.rol()), minimaal).await?;
        let reader = ctx.reader(publiek.rol())?;
        let found = klantzoeken::zoek(&reader, &ingang, zicht.hides());
        let (klanten, meer) = env.run("klantZoeken", found).await?;
        Ok(KlantZoekresultaten { klanten, meer })
    }
}

/// What a search found.
#[derive(Debug)]
pub(crate) struct KlantZoekresultaten {
    klanten: Vec<GevondenKlant>,
    meer: bool,
}

/// De klanten die bij een ingang passen.
#[Object]
impl KlantZoekresultaten {
    /// De klanten, ten hoogste 25, wie het eerst is vastgelegd eerst; bij een KVK-nummer de
    /// rechtspersoon eerst.
    async fn nodes(&self) -> Vec<KlantZoekresultaat<'_>> {
        self.klanten.iter().map(KlantZoekresultaat::new).collect()
    }

    /// Of er meer klanten bij passen dan hier staan: zoek dan met een andere ingang.
    async fn meer(&self) -> bool {
        self.meer
    }

    /// Hoe actueel dit antwoord is.
    async fn actualiteit(&self, ctx: &Context<'_>) -> Result<Actualiteit> {
        Ok(Actualiteit::load(ctx, Product::Klantbeeld).await?)
    }
}

/// Wat voor klant iemand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Klantsoort {
    /// Een natuurlijk persoon.
    Inwoner,
    /// Een organisatie of een vestiging daarvan.
    Organisatie,
    /// Iemand die namens een organisatie contact had.
    Contactpersoon,
}

impl Klantsoort {
    /// The kind with this code in the read model, which knows no others.
    fn from_code(code: &str) -> Self {
        match code {
            ORGANISATIE => Self::Organisatie,
            CONTACTPERSOON => Self::Contactpersoon,
            _ => Self::Inwoner,
        }
    }
}

/// A klant that was found.
#[derive(Debug)]
pub(crate) struct KlantZoekresultaat<'f>(&'f GevondenKlant);

impl<'f> KlantZoekresultaat<'f> {
    fn new(klant: &'f GevondenKlant) -> Self {
        logboek::show(klant.partij_id);
        Self(klant)
    }

    fn is_shielded(&self) -> bool {
        self.0.document.0.afgeschermd
    }
}

/// Een klant die is gevonden, met wat nodig is om die te herkennen.
#[Object]
impl KlantZoekresultaat<'_> {
    /// Sleutel van de klant.
    async fn klant_id(&self) -> ID {
        self.0.partij_id.into()
    }

    /// Naam om te tonen; leeg bij een klant zonder vastgelegde naam.
    async fn weergavenaam(&self) -> Option<&str> {
        self.0.document.0.weergavenaam.as_deref()
    }

    /// Wat voor klant het is.
    async fn soort(&self) -> Klantsoort {
        Klantsoort::from_code(&self.0.soort)
    }

    /// Nummer om in gesprek te noemen; geen sleutel.
    async fn klantnummer(&self) -> Option<&str> {
        Some(&self.0.nummer)
    }

    /// KVK-nummer van een organisatie.
    async fn kvk_nummer(&self) -> Option<&str> {
        self.0.kvk_nummer.as_deref()
    }

    /// Vestigingsnummer; leeg voor de rechtspersoon zelf.
    async fn vestigingsnummer(&self) -> Option<&str> {
        self.0.vestigingsnummer.as_deref()
    }

    /// Telefoonnummers; leeg als de klant is afgeschermd.
    async fn telefoonnummers(&self) -> Vec<DigitaalAdres> {
        shown(&self.0.document.0.telefoonnummers, self.is_shielded())
    }

    /// E-mailadressen; leeg als de klant is afgeschermd.
    async fn emailadressen(&self) -> Vec<DigitaalAdres> {
        shown(&self.0.document.0.emailadressen, self.is_shielded())
    }

    /// Of de klant om geheimhouding heeft gevraagd.
    async fn afgeschermd(&self) -> bool {
        self.is_shielded()
    }

    /// Aantal open contactverzoeken.
    async fn aantal_open_contactverzoeken(&self) -> i32 {
        self.0.aantal_open_contactverzoeken
    }

    /// Wanneer het laatste contact was; leeg als er geen contact was.
    async fn laatste_contact_op(&self) -> Option<DateTime> {
        self.0.laatste_contact_op.map(DateTime)
    }
}
