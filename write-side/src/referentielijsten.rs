//! The reference lists as they are now, for the transaction of a handeling. They are read anew only
//! when they changed: their version is asked for under the lock that keeps them as they are.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::NaiveDate;
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
    /// Every list.
    pub(crate) const ALL: [Self; 8] = [
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

impl Validatie {
    /// Every way, in the order of the documentation.
    pub(crate) const ALL: &'static [Self] = &[Self::Email, Self::Telefoonnummer, Self::Overig];

    /// The exchange form.
    #[must_use]
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Telefoonnummer => "telefoonnummer",
            Self::Overig => "overig",
        }
    }

    /// The way with this exchange form, if there is one.
    #[must_use]
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|way| way.code() == code)
    }
}

/// Whether new data of this day may have a value with these dates.
pub(crate) fn is_actief(
    indicatie: bool,
    (ingangsdatum, einddatum): (Option<NaiveDate>, Option<NaiveDate>),
    op: NaiveDate,
) -> bool {
    indicatie
        && ingangsdatum.is_none_or(|first| first <= op)
        && einddatum.is_none_or(|last| op <= last)
}

#[derive(Debug)]
struct Waarde {
    code: String,
    indicatie_actief: bool,
    periode: (Option<NaiveDate>, Option<NaiveDate>),
    validatie: Validatie,
    hoort_bij: Option<String>,
}

/// All lists.
#[derive(Debug, Default)]
pub struct Referentielijsten {
    versie: i64,
    waarden: HashMap<(Lijst, String), Waarde>,
    aliassen: HashMap<(Lijst, String), String>,
}

impl Referentielijsten {
    async fn load(conn: &mut PgConnection, versie: i64) -> Result<Self, HandelingError> {
        let rows = sqlx::query!(
            "SELECT lijst, code, indicatie_actief, validatie, hoort_bij, aliassen, ingangsdatum,
                    einddatum
             FROM write_side.referentiewaarden"
        )
        .fetch_all(conn)
        .await
        .doing("reading the reference lists")?;
        let mut lists = Self { versie, ..Self::default() };
        for row in rows {
            let Some(lijst) = Lijst::ALL.into_iter().find(|lijst| lijst.naam() == row.lijst) else {
                continue;
            };
            for alias in row.aliassen {
                lists.aliassen.insert((lijst, alias), row.code.clone());
            }
            let validatie = row.validatie.as_deref().and_then(Validatie::from_code);
            let waarde = Waarde {
                code: row.code.clone(),
                indicatie_actief: row.indicatie_actief,
                periode: (row.ingangsdatum, row.einddatum),
                validatie: validatie.unwrap_or(Validatie::Overig),
                hoort_bij: row.hoort_bij,
            };
            lists.waarden.insert((lijst, row.code), waarde);
        }
        Ok(lists)
    }

    /// The code as the list has it, for a code or one of its aliases.
    #[must_use]
    pub(crate) fn code(&self, lijst: Lijst, code: &str) -> Option<&str> {
        self.waarde(lijst, code).map(|waarde| waarde.code.as_str())
    }

    /// The code as the list has it, for a code or one of its aliases, and whether new data of this
    /// day may have it.
    #[must_use]
    pub(crate) fn zoek(&self, lijst: Lijst, code: &str, op: NaiveDate) -> Option<(&str, Stand)> {
        let waarde = self.waarde(lijst, code)?;
        let actief = is_actief(waarde.indicatie_actief, waarde.periode, op);
        Some((&waarde.code, if actief { Stand::Actief } else { Stand::Vervallen }))
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

/// What a transaction does with the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lijstgebruik {
    /// It reads them: nobody changes them until it ends.
    Lezen,
    /// It changes one: nobody reads them until it ends.
    Wijzigen,
}

/// The lists as they were when last read, shared by all requests of the process.
#[derive(Debug, Default)]
pub(crate) struct ReferentielijstenCache(RwLock<Arc<Referentielijsten>>);

impl ReferentielijstenCache {
    /// The lists as they are until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn load(
        &self,
        conn: &mut PgConnection,
        gebruik: Lijstgebruik,
    ) -> Result<Arc<Referentielijsten>, HandelingError> {
        let versie = sqlx::query_scalar!(
            r#"SELECT write_side.vergrendel_referentielijsten($1) AS "versie!""#,
            gebruik == Lijstgebruik::Wijzigen,
        )
        .fetch_one(&mut *conn)
        .await
        .doing("locking the reference lists")?;
        let known = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        if known.versie == versie {
            return Ok(known);
        }
        let read = Arc::new(Referentielijsten::load(conn, versie).await?);
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.versie < versie {
            *kept = Arc::clone(&read);
        }
        Ok(read)
    }
}
