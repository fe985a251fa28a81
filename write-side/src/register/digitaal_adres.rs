//! Digital addresses in the register, by their own key.

use events::{DigitaalAdres, EigenDigitaalAdres, ObjectRef};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// The digital address with this key, and the object that it belongs to.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<EigenDigitaalAdres>, HandelingError> {
    let row = sqlx::query!(
        r#"SELECT a.soort_digitaal_adres, a.adres, a.omschrijving, a.is_standaard_adres,
                  a.referentie, a.verificatie_datum, a.verstrekt_door_partij,
                  a.verstrekt_door_betrokkene, b.had_klantcontact AS "had_klantcontact?"
           FROM write_side.digitale_adressen a
           LEFT JOIN write_side.betrokkenen b ON b.id = a.verstrekt_door_betrokkene
           WHERE a.id = $1"#,
        id,
    )
    .fetch_optional(conn)
    .await
    .doing("reading a digital address")?;
    Ok(row.and_then(|row| {
        let of_partij = row.verstrekt_door_partij.map(ObjectRef::partij);
        let hoort_bij = of_partij.or(row.had_klantcontact.map(ObjectRef::klantcontact))?;
        let digitaal_adres = DigitaalAdres {
            id,
            soort_digitaal_adres: row.soort_digitaal_adres,
            adres: row.adres,
            omschrijving: row.omschrijving,
            is_standaard_adres: row.is_standaard_adres,
            referentie: row.referentie,
            verificatie_datum: row.verificatie_datum,
            verstrekt_door_partij: row.verstrekt_door_partij,
            verstrekt_door_betrokkene: row.verstrekt_door_betrokkene,
        };
        Some(EigenDigitaalAdres { hoort_bij, digitaal_adres })
    }))
}
