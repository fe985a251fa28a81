//! What can be followed, and how it stands for one reader.

use std::collections::BTreeSet;

use access::{Identity, Rol};
use read_side::klantbeeld::KlantKey;
use read_side::wijzigingen::{self, Stand};

use super::bells::Interest;
use crate::context::Env;
use crate::eigen::Eigen;
use crate::error::ProductError;
use crate::gates::rows::Rijen;
use crate::loaders::Product;
use crate::products::werkvoorraad::{WerkvoorraadVoor, own_actoren};

/// The product with what actoren are.
const ACTOREN: &str = "actoren";

/// What is followed.
#[derive(Debug)]
pub(super) enum Subject {
    /// One klant.
    Klantbeeld(KlantKey),
    /// The open work of the bearer or of its teams.
    Werkvoorraad(WerkvoorraadVoor),
    /// The gesprekken of the bearer.
    MijnGesprekken,
    /// The verzoeken of the bearer.
    MijnVerzoeken,
}

/// With whose eyes is looked.
#[derive(Debug)]
pub(super) struct Onlooker {
    pub(super) env: Env,
    pub(super) rijen: Rijen,
    pub(super) identity: Identity,
    pub(super) rol: Rol,
}

impl Subject {
    /// The field, which is that of the query.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Klantbeeld(_) => "klantbeeld",
            Self::Werkvoorraad(_) => "werkvoorraad",
            Self::MijnGesprekken => "mijnGesprekken",
            Self::MijnVerzoeken => "mijnVerzoeken",
        }
    }

    const fn product(&self) -> Product {
        match self {
            Self::Klantbeeld(_) => Product::Klantbeeld,
            Self::Werkvoorraad(_) => Product::Werkvoorraad,
            Self::MijnGesprekken => Product::Gesprekken,
            Self::MijnVerzoeken => Product::Contactgeschiedenis,
        }
    }

    /// How it stands for this reader, and by what can change.
    pub(super) async fn look(
        &self,
        by: &Onlooker,
    ) -> Result<(Stand, BTreeSet<Interest>), ProductError> {
        let (env, rijen) = (&by.env, by.rijen.anew(&by.env));
        let reader = rijen.reader(by.rol);
        let name = self.product().name();
        let found = match self {
            Self::Klantbeeld(key) => {
                env.run("volgen: klantbeeld", stand(wijzigingen::klantbeeld(&reader, key))).await?
            }
            Self::MijnGesprekken => {
                env.run("volgen: gesprekken", stand(wijzigingen::mijn_gesprekken(&reader))).await?
            }
            Self::MijnVerzoeken => {
                env.run("volgen: verzoeken", stand(wijzigingen::mijn_verzoeken(&reader))).await?
            }
            Self::Werkvoorraad(voor) => {
                let eigen = Eigen::load(env, &rijen.shared(), &by.identity).await?;
                let actoren = own_actoren(&eigen, voor)?;
                let found = stand(wijzigingen::werkvoorraad(&reader, &actoren));
                let found = env.run("volgen: werkvoorraad", found).await?;
                let own = actoren.into_iter().map(|actor| (name, Some(actor)));
                let interests = own.chain([(ACTOREN, None)]).collect();
                return Ok((self.filled(found)?, interests));
            }
        };
        let found = self.filled(found)?;
        // Of who is not known it is not known either what will say that it is.
        let klanten = Product::Klantbeeld.name();
        let interests = match found.klant {
            Some(klant) => BTreeSet::from([(name, Some(klant)), (klanten, Some(klant))]),
            None => BTreeSet::from([(klanten, None)]),
        };
        Ok((found, interests))
    }

    fn filled(&self, found: Option<Stand>) -> Result<Stand, ProductError> {
        found.ok_or(ProductError::NeverFilled { product: self.product().name() })
    }
}

/// A stand, if the product has one.
async fn stand(look: impl Future<Output = sqlx::Result<Stand>>) -> sqlx::Result<Option<Stand>> {
    match look.await {
        Ok(found) => Ok(Some(found)),
        Err(sqlx::Error::RowNotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
