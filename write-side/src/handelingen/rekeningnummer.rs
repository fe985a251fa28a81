//! Bank accounts of a partij, as Open Klant has them, with the check digits of the IBAN.

pub(crate) mod beheer;

use std::borrow::Cow;

use events::{Gebeurtenis, ObjectRef, Rekeningnummer};
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::fout::HandelingError;
use crate::invoer::{Bic, Iban, Lees, Lezer, invoer};
use crate::uitvoering::{Onderdeel, Uitvoering};

invoer! {
    /// Bankrekening.
    pub struct Rekeningnummervelden {
        /// IBAN.
        pub iban: Iban = "iban",
        /// BIC, 8 tot en met 11 letters en cijfers.
        pub bic: Option<Bic> = "bic",
    }
}

/// A bank account whose IBAN passes its check digits.
#[derive(Debug, Clone)]
pub struct RekeningnummerInvoer {
    iban: String,
    bic: Option<String>,
}

impl Lees for RekeningnummerInvoer {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let velden = Rekeningnummervelden::lees(waarde, lezer)?;
        Some(Self { iban: velden.iban.0, bic: velden.bic.map(|bic| bic.0) })
    }
}

/// Registers the accounts of a partij; gives their keys in the order of the list.
pub(super) async fn registreer(
    uitvoering: &mut Uitvoering<'_>,
    partij: Uuid,
    rekeningen: Vec<RekeningnummerInvoer>,
) -> Result<Vec<Uuid>, HandelingError> {
    let mut ids = Vec::new();
    for RekeningnummerInvoer { iban, bic } in rekeningen {
        let id = uitvoering.new_id();
        let account = Rekeningnummer { id, partij, iban, bic };
        uitvoering.gebeurt(Gebeurtenis::RekeningnummerGeregistreerd(account)).await?;
        let object = ObjectRef::partij(partij);
        uitvoering.meld(Onderdeel { soort: "rekeningnummer", id, nummer: None, object });
        ids.push(id);
    }
    Ok(ids)
}

impl PartialSchema for RekeningnummerInvoer {
    fn schema() -> RefOr<Schema> {
        Rekeningnummervelden::schema()
    }
}

impl ToSchema for RekeningnummerInvoer {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Rekeningnummer")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        <Rekeningnummervelden as ToSchema>::schemas(schemas);
    }
}
