//! A klant: an inhabitant, an organisation, or somebody through whom an organisation was in contact.

use async_graphql::{Context, ID, Interface, Object, Result, SimpleObject};
use read_side::klantbeeld::{KlantDocument, KlantRow};
use uuid::Uuid;

use crate::context::ContextExt;
use crate::policy;

/// `soort` of an organisation.
pub(crate) const ORGANISATIE: &str = "organisatie";
/// `soort` of a contact person.
pub(crate) const CONTACTPERSOON: &str = "contactpersoon";

/// Iemand met wie de gemeente contact heeft.
#[derive(Debug, Interface)]
#[expect(clippy::duplicated_attributes, reason = "each field has its own `ty`")]
#[graphql(
    field(name = "klantId", method = "klant_id", ty = "ID", desc = "Sleutel van de klant."),
    field(
        name = "klantnummer",
        method = "klantnummer",
        ty = "Option<&str>",
        desc = "Nummer om in gesprek te noemen; geen sleutel."
    ),
    field(
        name = "weergavenaam",
        method = "weergavenaam",
        ty = "Option<&str>",
        desc = "Naam om te tonen; leeg bij een klant zonder vastgelegde naam."
    ),
    field(
        name = "magBenaderdWorden",
        method = "mag_benaderd_worden",
        ty = "bool",
        desc = "Of de contactgegevens mogen worden gebruikt om contact op te nemen."
    ),
    field(
        name = "afgeschermd",
        method = "afgeschermd",
        ty = "bool",
        desc = "Of de klant om geheimhouding heeft gevraagd."
    ),
    field(
        name = "voorkeurstaal",
        method = "voorkeurstaal",
        ty = "Option<&str>",
        desc = "Taal die de klant het liefst heeft, volgens ISO 639-2/T."
    )
)]
pub(crate) enum Klant<'r> {
    /// An inhabitant.
    Inwoner(Inwoner<'r>),
    /// An organisation.
    Organisatie(Organisatie<'r>),
    /// A contact person.
    Contactpersoon(Contactpersoon<'r>),
}

impl<'r> Klant<'r> {
    /// The klant of a row.
    pub(crate) fn new(row: &'r KlantRow) -> Self {
        match row.soort.as_str() {
            ORGANISATIE => Self::Organisatie(Organisatie(row)),
            CONTACTPERSOON => Self::Contactpersoon(Contactpersoon(row)),
            _ => Self::Inwoner(Inwoner(row)),
        }
    }
}

/// The klant of a row, as far as all kinds share it.
macro_rules! shared_fields {
    ($name:ident, $description:literal, { $($own:tt)* }) => {
        #[doc = $description]
        #[Object]
        impl $name<'_> {
            /// Sleutel van de klant.
            async fn klant_id(&self) -> ID {
                self.0.partij_id.into()
            }

            /// Nummer om in gesprek te noemen; geen sleutel.
            async fn klantnummer(&self) -> Option<&str> {
                Some(&self.0.nummer)
            }

            /// Naam om te tonen; leeg bij een klant zonder vastgelegde naam.
            async fn weergavenaam(&self) -> Option<&str> {
                self.document().weergavenaam.as_deref()
            }

            /// Of de contactgegevens mogen worden gebruikt om contact op te nemen.
            async fn mag_benaderd_worden(&self) -> bool {
                self.document().mag_benaderd_worden
            }

            /// Of de klant om geheimhouding heeft gevraagd.
            async fn afgeschermd(&self) -> bool {
                self.document().afgeschermd
            }

            /// Taal die de klant het liefst heeft, volgens ISO 639-2/T.
            async fn voorkeurstaal(&self) -> Option<&str> {
                self.document().voorkeurstaal.as_deref()
            }

            $($own)*
        }

        impl $name<'_> {
            fn document(&self) -> &KlantDocument {
                &self.0.document.0
            }
        }
    };
}

/// An inhabitant.
#[derive(Debug)]
pub(crate) struct Inwoner<'r>(&'r KlantRow);

shared_fields!(Inwoner, "Een natuurlijk persoon.", {
    /// Burgerservicenummer; zonder de scope `bsn:lezen` alleen de laatste vier cijfers.
    async fn bsn(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let identity = ctx.identity()?;
        Ok(self.0.bsn.as_deref().map(|bsn| policy::bsn(identity, bsn)))
    }
});

/// An organisation.
#[derive(Debug)]
pub(crate) struct Organisatie<'r>(&'r KlantRow);

shared_fields!(Organisatie, "Een organisatie of een vestiging daarvan.", {
    /// KVK-nummer.
    async fn kvk_nummer(&self) -> Option<&str> {
        self.0.kvk_nummer.as_deref()
    }

    /// Rechtspersonen en Samenwerkingsverbanden Informatienummer.
    async fn rsin(&self) -> Option<&str> {
        self.0.rsin.as_deref()
    }

    /// Vestigingsnummer; leeg voor de rechtspersoon zelf.
    async fn vestigingsnummer(&self) -> Option<&str> {
        self.0.vestigingsnummer.as_deref()
    }
});

/// A contact person.
#[derive(Debug)]
pub(crate) struct Contactpersoon<'r>(&'r KlantRow);

shared_fields!(Contactpersoon, "Iemand die namens een organisatie contact had.", {
    /// De organisatie waarvoor diegene werkte: een gegeven uit het verleden, geen recht.
    async fn werkte_voor(&self, ctx: &Context<'_>) -> Result<Option<Klantverwijzing>> {
        match self.document().werkte_voor {
            Some(id) => Ok(Klantverwijzing::load(ctx, &[id]).await?.into_iter().next()),
            None => Ok(None),
        }
    }
});

/// Een andere klant, met zijn naam.
#[derive(Debug, SimpleObject)]
pub(crate) struct Klantverwijzing {
    /// Sleutel van de klant.
    klant_id: ID,
    /// Naam om te tonen; leeg bij een klant zonder vastgelegde naam.
    weergavenaam: Option<String>,
}

impl Klantverwijzing {
    /// These klanten with their names, in this order; a klant that is not known has no name.
    pub(crate) async fn load(ctx: &Context<'_>, ids: &[Uuid]) -> Result<Vec<Self>> {
        let mut found = ctx.loaders()?.klanten.load_many(ids.iter().copied()).await?;
        ids.iter().copied().for_each(logboek::show);
        Ok(ids
            .iter()
            .map(|id| Self {
                klant_id: (*id).into(),
                weergavenaam: found.remove(id).and_then(|klant| klant.weergavenaam),
            })
            .collect())
    }
}
