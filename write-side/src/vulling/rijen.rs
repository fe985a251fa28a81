//! Rows for `COPY … (FORMAT BINARY)`: the form in which PostgreSQL takes most rows a second. Nothing
//! is escaped, and keys and moments are numbers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

/// Signature, flags and length of the extension: what each `COPY` begins with.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with, where a row would say how many fields it has.
const END: [u8; 2] = (-1_i16).to_be_bytes();
/// The length of a field that has no value.
const NULL: [u8; 4] = (-1_i32).to_be_bytes();
/// PostgreSQL counts from 1 January 2000: this many microseconds, and days, after 1970.
const EPOCH_MICROS: i64 = 946_684_800_000_000;
const EPOCH_DAYS: i64 = 10_957;
/// The version of jsonb's binary form.
const JSONB: u8 = 1;

/// The tables that are filled, with their columns.
macro_rules! tabellen {
    ($($variant:ident = $naam:literal ($kolommen:literal),)+) => {
        /// A table that is filled.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Tabel { $($variant),+ }

        impl Tabel {
            /// Every table.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in the schema `write_side`.
            pub(crate) const fn naam(self) -> &'static str {
                match self { $(Self::$variant => $naam),+ }
            }

            /// The columns, in the order in which rows have them.
            pub(crate) const fn kolommen(self) -> &'static str {
                match self { $(Self::$variant => $kolommen),+ }
            }
        }
    };
}

tabellen! {
    Handelingen = "handelingen"
        ("handeling_id, soort, tijdstip, door, toepassing, doelbinding, pad_id"),
    Gebeurtenissen = "gebeurtenissen"
        ("gebeurtenis_id, handeling_id, objectsoort, object_id, versie, soort, schemaversie, data,
          tijdstip"),
    Objecten = "objecten" ("objectsoort, object_id, versie"),
    Partijen = "partijen"
        ("id, nummer, soort_partij, contactnaam, naam, werkte_voor_partij, bezoekadres,
          correspondentieadres, voorkeurstaal, indicatie_geheimhouding, interne_notitie,
          indicatie_actief, voorkeurs_digitaal_adres"),
    PartijIdentificatoren = "partij_identificatoren"
        ("id, identificeerde_partij, code_objecttype, code_soort_object_id, object_id,
          code_register, sub_identificator_van"),
    DigitaleAdressen = "digitale_adressen"
        ("id, soort_digitaal_adres, adres, omschrijving, is_standaard_adres, referentie,
          verificatie_datum, verstrekt_door_partij, verstrekt_door_betrokkene"),
    Actoren = "actoren"
        ("id, soort_actor, naam, functie, omschrijving, emailadres, telefoonnummer,
          actoridentificator, indicatie_actief"),
    Klantcontacten = "klantcontacten"
        ("id, nummer, referentienummer, kanaal, onderwerp, inhoud, reactie,
          indicatie_contact_gelukt, taal, vertrouwelijk, plaatsgevonden_op, hoofd_onderwerp_type,
          verdere_actie_ondernomen, metadata"),
    ActorKlantcontacten = "actor_klantcontacten" ("id, klantcontact, actor"),
    Betrokkenen = "betrokkenen"
        ("id, had_klantcontact, was_partij, rol, initiator, contactnaam, organisatienaam,
          bezoekadres, correspondentieadres"),
    Bijlagen = "bijlagen" ("id, was_bijlage_van_klantcontact, bijlageidentificator"),
    Onderwerpobjecten = "onderwerpobjecten"
        ("id, was_onderwerp_van_klantcontact, onderwerpobjectidentificator,
          onderwerp_was_klantcontact, ontstond_uit_klantcontact"),
    InterneTaken = "interne_taken"
        ("id, nummer, referentienummer, aanleidinggevend_klantcontact, gevraagde_handeling,
          toelichting, toegewezen_op, status, afgehandeld_op, afsluittoelichting"),
    InterneTaakActoren = "interne_taak_actoren" ("interne_taak, volgnummer, actor"),
}

/// A value of a field.
pub(crate) trait Veld {
    /// Appends the value, without its length; false when there is none.
    fn schrijf(&self, out: &mut Vec<u8>) -> serde_json::Result<bool>;
}

/// A value of a column of type jsonb.
pub(crate) struct Jsonb<'v, T>(pub(crate) &'v T);

/// A value of a column of type json, written by a function.
pub(crate) struct Json<F>(pub(crate) F);

macro_rules! velden {
    ($($type:ty: |$value:ident| $bytes:expr;)+) => {$(
        impl Veld for $type {
            fn schrijf(&self, out: &mut Vec<u8>) -> serde_json::Result<bool> {
                let $value = self;
                out.extend_from_slice($bytes);
                Ok(true)
            }
        }
    )+};
}

velden! {
    &str: |text| text.as_bytes();
    String: |text| text.as_bytes();
    Uuid: |id| id.as_bytes();
    bool: |flag| &[u8::from(*flag)];
    i16: |number| &number.to_be_bytes();
    i64: |number| &number.to_be_bytes();
    DateTime<Utc>: |moment| &(moment.timestamp_micros() - EPOCH_MICROS).to_be_bytes();
    NaiveDate: |day| &days(*day).to_be_bytes();
}

fn days(day: NaiveDate) -> i32 {
    let since = day.signed_duration_since(NaiveDate::default()).num_days() - EPOCH_DAYS;
    i32::try_from(since).unwrap_or_default()
}

impl<T: Veld> Veld for Option<T> {
    fn schrijf(&self, out: &mut Vec<u8>) -> serde_json::Result<bool> {
        self.as_ref().map_or(Ok(false), |value| value.schrijf(out))
    }
}

impl<T: Serialize> Veld for Jsonb<'_, T> {
    fn schrijf(&self, out: &mut Vec<u8>) -> serde_json::Result<bool> {
        out.push(JSONB);
        serde_json::to_writer(out, self.0)?;
        Ok(true)
    }
}

impl<F: Fn(&mut Vec<u8>) -> serde_json::Result<()>> Veld for Json<F> {
    fn schrijf(&self, out: &mut Vec<u8>) -> serde_json::Result<bool> {
        (self.0)(out)?;
        Ok(true)
    }
}

/// Rows of all tables that wait to be written.
#[derive(Debug)]
pub(crate) struct Rijen {
    tabellen: Vec<Vec<u8>>,
}

impl Rijen {
    /// No rows.
    pub(crate) fn new() -> Self {
        Self { tabellen: vec![Vec::new(); Tabel::ALL.len()] }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When a value cannot be written as JSON.
    pub(crate) fn voeg(&mut self, tabel: Tabel, velden: &[&dyn Veld]) -> serde_json::Result<()> {
        let out = &mut self.tabellen[tabel as usize];
        if out.is_empty() {
            out.extend_from_slice(HEAD);
        }
        out.extend_from_slice(&i16::try_from(velden.len()).unwrap_or_default().to_be_bytes());
        for veld in velden {
            let start = out.len();
            out.extend_from_slice(&NULL);
            if veld.schrijf(out)? {
                let begin = start + NULL.len();
                let length = i32::try_from(out.len() - begin).unwrap_or(i32::MAX);
                out[start..begin].copy_from_slice(&length.to_be_bytes());
            }
        }
        Ok(())
    }

    /// Bytes that wait.
    pub(crate) fn bytes(&self) -> usize {
        self.tabellen.iter().map(Vec::len).sum()
    }

    /// Takes what waits: per table what one `COPY` brings.
    pub(crate) fn neem(&mut self) -> Vec<(Tabel, Vec<u8>)> {
        let taken = Tabel::ALL.iter().zip(&mut self.tabellen).filter(|(_, out)| !out.is_empty());
        taken
            .map(|(tabel, out)| {
                let empty = Vec::with_capacity(out.len());
                let mut bytes = std::mem::replace(out, empty);
                bytes.extend_from_slice(&END);
                (*tabel, bytes)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_postgresql_reads_it() {
        let mut rijen = Rijen::new();
        let moment = DateTime::from_timestamp(946_684_801, 0).expect("a moment");
        let velden: [&dyn Veld; 4] = [&"ab", &None::<String>, &true, &moment];
        rijen.voeg(Tabel::Objecten, &velden).expect("a row");
        let taken = rijen.neem();
        let [(Tabel::Objecten, bytes)] = taken.as_slice() else { panic!("one table: {taken:?}") };
        let row = [
            &[0, 4][..],
            &[0, 0, 0, 2, b'a', b'b'],
            &NULL,
            &[0, 0, 0, 1, 1],
            &[0, 0, 0, 8],
            &1_000_000_i64.to_be_bytes(),
        ];
        assert_eq!(*bytes, [HEAD, &row.concat(), &END].concat());
        assert_eq!(rijen.bytes(), 0);
    }

    #[test]
    fn a_day_is_counted_from_2000() {
        assert_eq!(days(NaiveDate::from_ymd_opt(2000, 1, 2).expect("a day")), 1);
    }

    #[test]
    fn each_table_has_its_own_place() {
        for (place, tabel) in Tabel::ALL.iter().enumerate() {
            assert_eq!(*tabel as usize, place);
        }
    }
}
