//! Bank accounts of a partij, as Open Klant has them, with the check digits of the IBAN.

pub(crate) mod beheer;

use std::borrow::Cow;

use events::{Gebeurtenis, ObjectRef, Rekeningnummer};
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::fout::{Foutcode, HandelingError};
use crate::invoer::{Lees, Lezer, Tekst, invoer};
use crate::uitvoering::{Onderdeel, Uitvoering};

invoer! {
    /// Bankrekening.
    pub struct Rekeningnummervelden {
        /// IBAN.
        pub iban: Tekst<34> = "iban",
        /// BIC, 8 tot 11 tekens.
        pub bic: Option<Tekst<11>> = "bic",
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
        let iban = velden.iban.0.to_uppercase();
        let bic = velden.bic.map(|bic| bic.0);
        let iban_ok = is_iban(&iban);
        if !iban_ok {
            lezer.fout_bij(
                "iban",
                Foutcode::InvalidIban,
                "de controlecijfers van deze IBAN kloppen niet",
            );
        }
        let bic_ok = bic.as_deref().is_none_or(|bic| {
            (8..=11).contains(&bic.len()) && bic.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if !bic_ok {
            lezer.fout_bij("bic", Foutcode::Invalid, "8 tot 11 letters en cijfers");
        }
        (iban_ok && bic_ok).then_some(Self { iban, bic })
    }
}

/// The check of ISO 13616: two letters, two digits, up to 30 letters and digits, modulo 97 = 1.
fn is_iban(iban: &str) -> bool {
    let bytes = iban.as_bytes();
    let form = (5..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(u8::is_ascii_alphanumeric);
    if !form {
        return false;
    }
    let rearranged = bytes[4..].iter().chain(&bytes[..4]);
    let rest = rearranged.fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte.to_ascii_uppercase() - b'A') + 10) % 97,
    });
    rest == 1
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iban_passes_its_check_digits() {
        assert!(is_iban("NL91ABNA0417164300"));
        assert!(!is_iban("NL92ABNA0417164300") && !is_iban("NL91") && !is_iban("9191ABNA04"));
    }
}
