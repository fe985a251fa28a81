//! Searches: from criteria to the keys of what fits all of them, one page at a time. Whoever could
//! be found must be asked for by something that points at few people, so that nobody leafs through
//! the register.

pub(crate) mod actor;
pub(crate) mod betrokkene;
pub(crate) mod delen;
pub(crate) mod interne_taak;
pub(crate) mod klantcontact;
pub(crate) mod partij;

use access::Identity;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Encode, PgConnection, Postgres, QueryBuilder, Type};
use utoipa::ToSchema;
use uuid::Uuid;

use super::geheel::Leesbaar;
use crate::fout::{Doing, Fout, Foutcode, HandelingError};
use crate::invoer::{Aantal, Cursor, Identificatorcriterium, Lees, Lezer, Moment};

/// Longest period that may stand in for a key.
const PERIODE_MAX: TimeDelta = TimeDelta::days(31);
/// The kind of key that only some may see, and so search with.
const BSN: &str = "bsn";

/// A search: its criteria, and what they mean.
pub(crate) trait Zoekvraag: Lees + ToSchema + Send + 'static {
    /// Name of the operation.
    const OPERATION_ID: &'static str;
    /// What it does, in Dutch, for the API document.
    const SAMENVATTING: &'static str;
    /// The scope that a bearer needs.
    const SCOPE: &'static str;
    /// What is found.
    type Geeft: Leesbaar;

    /// Which page is asked.
    fn pagina(&self) -> Pagina;

    /// The conditions; `identity` may not search by what it may not see.
    fn voorwaarden(self, identity: &Identity) -> Voorwaarden;
}

/// One page of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pagina {
    aantal: u32,
    na: Option<Uuid>,
}

impl Pagina {
    /// A page of this size after this place.
    pub(crate) fn new(aantal: Aantal, na: Option<Cursor>) -> Self {
        Self { aantal: aantal.0, na: na.map(|cursor| cursor.0) }
    }
}

/// The keys on a page, and the place where the next begins.
#[derive(Debug)]
pub(crate) struct Gevonden {
    /// Keys, the newest first.
    pub(crate) ids: Vec<Uuid>,
    /// The place of the last, when more follow.
    pub(crate) volgende: Option<Cursor>,
}

/// What a row must be to be found.
pub(crate) struct Voorwaarden {
    query: QueryBuilder<Postgres>,
    may_bsn: bool,
    fouten: Vec<Fout>,
}

/// The columns, or parts of a JSON column, of a key in another register.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sleutelkolommen {
    objecttype: &'static str,
    soort: &'static str,
    object_id: &'static str,
    register: &'static str,
}

/// The columns of a partij-identificator, with the alias of its table.
macro_rules! partij_sleutel {
    ($alias:literal) => {
        $crate::register::zoek::Sleutelkolommen {
            objecttype: concat!($alias, ".code_objecttype"),
            soort: concat!($alias, ".code_soort_object_id"),
            object_id: concat!($alias, ".object_id"),
            register: concat!($alias, ".code_register"),
        }
    };
}
use partij_sleutel;

/// The parts of a key in a JSON column.
macro_rules! json_sleutel {
    ($kolom:literal) => {
        $crate::register::zoek::Sleutelkolommen {
            objecttype: concat!($kolom, "->>'codeObjecttype'"),
            soort: concat!($kolom, "->>'codeSoortObjectId'"),
            object_id: concat!($kolom, "->>'objectId'"),
            register: concat!($kolom, "->>'codeRegister'"),
        }
    };
}
use json_sleutel;

impl Voorwaarden {
    /// Every row of a table, which the conditions call `o`.
    fn van(tabel: &'static str, identity: &Identity) -> Self {
        let mut query = QueryBuilder::new("SELECT o.id FROM write_side.");
        query.push(tabel).push(" o WHERE true");
        Self { query, may_bsn: identity.may("bsn:lezen"), fouten: Vec::new() }
    }

    /// A condition that always holds.
    fn altijd(mut self, sql: &'static str) -> Self {
        self.query.push(" AND (").push(sql).push(")");
        self
    }

    /// A condition when there is a value, which stands where the condition has a `?`.
    fn als<T>(mut self, sql: &'static str, waarde: Option<T>) -> Self
    where
        T: for<'q> Encode<'q, Postgres> + Type<Postgres> + Clone + Send + 'static,
    {
        let Some(waarde) = waarde else {
            return self;
        };
        self.query.push(" AND (");
        for (index, part) in sql.split('?').enumerate() {
            if index > 0 {
                self.query.push_bind(waarde.clone());
            }
            self.query.push(part);
        }
        self.query.push(")");
        self
    }

    /// A condition on a key, between `voor` and `na`. A key that the bearer may not see is not
    /// found; asking for it is a fault of `veld`.
    fn sleutel(
        mut self,
        veld: &'static str,
        [voor, na]: [&'static str; 2],
        kolommen: Sleutelkolommen,
        criterium: Option<Identificatorcriterium>,
    ) -> Self {
        let Some(criterium) = criterium else {
            return self;
        };
        let soort = criterium.code_soort_object_id.map(|code| code.0);
        if !self.may_bsn && soort.as_deref() == Some(BSN) {
            let melding = "om op burgerservicenummer te zoeken is de scope bsn:lezen nodig";
            let veld = format!("{veld}.codeSoortObjectId");
            self.fouten.push(Fout::new(veld, Foutcode::GeenToegang, melding));
        }
        let query = &mut self.query;
        query.push(" AND (").push(voor).push(kolommen.object_id).push(" = ANY(");
        query.push_bind(spellings(criterium.object_id.0)).push(")");
        let codes = [
            (kolommen.objecttype, criterium.code_objecttype.map(|code| code.0)),
            (kolommen.soort, soort),
            (kolommen.register, criterium.code_register.map(|code| code.0)),
        ];
        for (kolom, code) in codes {
            if let Some(code) = code {
                query.push(" AND ").push(kolom).push(" = ").push_bind(code);
            }
        }
        if !self.may_bsn {
            query.push(" AND ").push(kolommen.soort).push(" <> ").push_bind(BSN);
        }
        query.push(na).push(")");
        self
    }

    /// The keys on a page.
    ///
    /// # Errors
    /// A criterion that the bearer may not search by, or a fault of ours.
    pub(crate) async fn vind(
        mut self,
        conn: &mut PgConnection,
        pagina: Pagina,
    ) -> Result<Gevonden, HandelingError> {
        if !self.fouten.is_empty() {
            return Err(HandelingError::Afgewezen(self.fouten));
        }
        let query = &mut self.query;
        if let Some(na) = pagina.na {
            query.push(" AND o.id < ").push_bind(na);
        }
        // One more than asked tells whether more follow.
        query.push(" ORDER BY o.id DESC LIMIT ").push_bind(i64::from(pagina.aantal) + 1);
        let mut ids: Vec<Uuid> =
            query.build_query_scalar().fetch_all(conn).await.doing("searching")?;
        let aantal = usize::try_from(pagina.aantal).unwrap_or(usize::MAX);
        let more = ids.len() > aantal;
        ids.truncate(aantal);
        let volgende = ids.last().copied().filter(|_| more).map(Cursor);
        Ok(Gevonden { ids, volgende })
    }
}

/// The ways in which the register may have written a key: a UUID in one, the rest as it came.
fn spellings(object_id: String) -> Vec<String> {
    let uuid = Uuid::try_parse(&object_id).ok().map(|uuid| uuid.hyphenated().to_string());
    uuid.into_iter().chain([object_id]).collect()
}

/// The ways in which the register may have written a digital address: a telephone number bare.
fn adresvormen(adres: String) -> Vec<String> {
    crate::invoer::telefoonnummer(&adres).into_iter().chain([adres]).collect()
}

/// The pattern of texts that begin with this one.
fn begin(tekst: &str) -> String {
    let mut pattern = String::with_capacity(tekst.len() + 1);
    for letter in tekst.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// Whether a criterion was given, readable or not.
const fn gegeven<T>(veld: Option<&Option<T>>) -> bool {
    !matches!(veld, Some(None))
}

/// Whether all of these criteria were given.
fn samen(criteria: &[bool]) -> bool {
    criteria.iter().all(|gegeven| *gegeven)
}

/// Refuses a search without anything that points at few people.
fn eis_sleutel(lezer: &mut Lezer<'_>, sleutels: &[bool], welke: &'static str) {
    if !sleutels.contains(&true) {
        let melding =
            format!("deze zoekvraag wijst niet genoeg aan; noem ten minste één hiervan: {welke}");
        lezer.fout(Foutcode::Required, melding);
    }
}

/// Whether a period is short enough to stand in for a key; one that ends before it begins is a
/// fault of `veld`.
fn korte_periode(
    lezer: &mut Lezer<'_>,
    veld: &'static str,
    vanaf: Option<&Option<Moment>>,
    tot: Option<&Option<Moment>>,
) -> bool {
    let (Some(Some(vanaf)), Some(Some(tot))) = (vanaf, tot) else {
        // What could not be read is a fault already.
        return vanaf.is_none() || tot.is_none();
    };
    if tot.0 <= vanaf.0 {
        lezer.fout_bij(veld, Foutcode::Invalid, "het einde ligt na het begin");
        return true;
    }
    tot.0 - vanaf.0 <= PERIODE_MAX
}

/// The moment of a criterion.
fn moment(moment: Option<Moment>) -> Option<DateTime<Utc>> {
    moment.map(|moment| moment.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signs_of_a_pattern_are_letters_of_a_name() {
        assert_eq!(begin("Jans"), "Jans%");
        assert_eq!(begin("50%_\\"), "50\\%\\_\\\\%");
    }

    #[test]
    fn a_key_and_an_address_are_sought_as_the_register_writes_them() {
        let uuid = "A7B3C8D9E4F54A7B8C9DE0F1A2B3C4D5";
        assert_eq!(spellings(uuid.to_owned())[0], "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5");
        assert_eq!(spellings("12".to_owned()), ["12"]);
        assert_eq!(adresvormen("06-12345678".to_owned())[0], "0612345678");
    }
}
