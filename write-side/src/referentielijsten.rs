//! The reference lists as they are now, read within the transaction of a handeling.

use std::collections::HashMap;

use sqlx::PgConnection;

use crate::fout::{Doing, HandelingError};

/// The lists that codes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lijst {
    /// Channels.
    Kanaal,
    /// Languages.
    Taal,
    /// Countries.
    Land,
    /// Kinds of digital address.
    SoortDigitaalAdres,
    /// Registers.
    ExternRegister,
    /// Kinds of object.
    SoortObject,
    /// Kinds of key.
    SoortObjectId,
    /// Categories of partijen.
    Categorie,
}

impl Lijst {
    const ALL: [Self; 8] = [
        Self::Kanaal,
        Self::Taal,
        Self::Land,
        Self::SoortDigitaalAdres,
        Self::ExternRegister,
        Self::SoortObject,
        Self::SoortObjectId,
        Self::Categorie,
    ];

    /// The name of the list in the database.
    #[must_use]
    pub const fn naam(self) -> &'static str {
        match self {
            Self::Kanaal => "kanaal",
            Self::Taal => "taal",
            Self::Land => "land",
            Self::SoortDigitaalAdres => "soort_digitaal_adres",
            Self::ExternRegister => "extern_register",
            Self::SoortObject => "soort_object",
            Self::SoortObjectId => "soort_object_id",
            Self::Categorie => "categorie",
        }
    }
}

/// Whether a value may be used in new data (I16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// In use.
    Actief,
    /// Retired: stays on old data only.
    Vervallen,
}

/// How a digital address is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validatie {
    /// As an e-mail address.
    Email,
    /// As a telephone number.
    Telefoonnummer,
    /// By its length only.
    Overig,
}

#[derive(Debug)]
struct Waarde {
    code: String,
    stand: Stand,
    validatie: Validatie,
    hoort_bij: Option<String>,
}

/// All lists.
#[derive(Debug, Default)]
pub struct Referentielijsten {
    waarden: HashMap<(Lijst, String), Waarde>,
    aliassen: HashMap<(Lijst, String), String>,
}

impl Referentielijsten {
    /// Reads the lists.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(conn: &mut PgConnection) -> Result<Self, HandelingError> {
        let rows = sqlx::query!(
            "SELECT lijst, code, indicatie_actief, validatie, hoort_bij, aliassen
             FROM write_side.referentiewaarden"
        )
        .fetch_all(conn)
        .await
        .doing("reading the reference lists")?;
        let mut lists = Self::default();
        for row in rows {
            let Some(lijst) = Lijst::ALL.into_iter().find(|lijst| lijst.naam() == row.lijst) else {
                continue;
            };
            for alias in row.aliassen {
                lists.aliassen.insert((lijst, alias), row.code.clone());
            }
            let waarde = Waarde {
                code: row.code.clone(),
                stand: if row.indicatie_actief { Stand::Actief } else { Stand::Vervallen },
                validatie: match row.validatie.as_deref() {
                    Some("email") => Validatie::Email,
                    Some("telefoonnummer") => Validatie::Telefoonnummer,
                    _ => Validatie::Overig,
                },
                hoort_bij: row.hoort_bij,
            };
            lists.waarden.insert((lijst, row.code), waarde);
        }
        Ok(lists)
    }

    /// The code as the list has it, for a code or one of its aliases, and whether it is active.
    #[must_use]
    pub fn zoek(&self, lijst: Lijst, code: &str) -> Option<(&str, Stand)> {
        self.waarde(lijst, code).map(|waarde| (waarde.code.as_str(), waarde.stand))
    }

    /// How an address of this soort is checked.
    #[must_use]
    pub fn validatie(&self, soort_digitaal_adres: &str) -> Validatie {
        self.waarde(Lijst::SoortDigitaalAdres, soort_digitaal_adres)
            .map_or(Validatie::Overig, |waarde| waarde.validatie)
    }

    /// The value to which this one belongs: the soort object of a soort object-ID. `None` = it fits
    /// every one.
    #[must_use]
    pub fn hoort_bij(&self, lijst: Lijst, code: &str) -> Option<&str> {
        self.waarde(lijst, code).and_then(|waarde| waarde.hoort_bij.as_deref())
    }

    /// Whether values of this list belong to the value with this code: a register that holds kinds of
    /// object, a soort object with kinds of key.
    #[must_use]
    pub fn heeft_delen(&self, lijst: Lijst, code: &str) -> bool {
        self.waarden
            .iter()
            .any(|((of, _), waarde)| *of == lijst && waarde.hoort_bij.as_deref() == Some(code))
    }

    fn waarde(&self, lijst: Lijst, code: &str) -> Option<&Waarde> {
        let key = (lijst, code.to_owned());
        self.waarden.get(&key).or_else(|| {
            let code = self.aliassen.get(&key)?;
            self.waarden.get(&(lijst, code.clone()))
        })
    }
}
