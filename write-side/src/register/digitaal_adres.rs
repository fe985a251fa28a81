//! Digital addresses in the register.

use events::{DigitaalAdres, EigenDigitaalAdres, ObjectRef};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// Which digital addresses are read: of these owners, or with these keys.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Adreskeuze<'k> {
    partijen: &'k [Uuid],
    betrokkenen: &'k [Uuid],
    sleutels: &'k [Uuid],
}

impl<'k> Adreskeuze<'k> {
    /// Those of these partijen.
    pub(crate) fn van_partijen(partijen: &'k [Uuid]) -> Self {
        Self { partijen, ..Self::default() }
    }

    /// Those of these betrokkenen.
    pub(crate) fn van_betrokkenen(betrokkenen: &'k [Uuid]) -> Self {
        Self { betrokkenen, ..Self::default() }
    }

    /// Those with these keys.
    pub(crate) fn sleutels(sleutels: &'k [Uuid]) -> Self {
        Self { sleutels, ..Self::default() }
    }
}

/// Digital addresses, each with the object that it belongs to, in order of registration.
pub(crate) async fn adressen(
    conn: &mut PgConnection,
    keuze: Adreskeuze<'_>,
) -> Result<Vec<EigenDigitaalAdres>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT a.id, a.soort_digitaal_adres, a.adres, a.omschrijving, a.is_standaard_adres,
                  a.referentie, a.verificatie_datum, a.verstrekt_door_partij,
                  a.verstrekt_door_betrokkene, b.had_klantcontact AS "had_klantcontact?"
           FROM write_side.digitale_adressen a
           LEFT JOIN write_side.betrokkenen b ON b.id = a.verstrekt_door_betrokkene
           WHERE a.verstrekt_door_partij = ANY($1) OR a.verstrekt_door_betrokkene = ANY($2)
              OR a.id = ANY($3)
           ORDER BY a.id"#,
        keuze.partijen,
        keuze.betrokkenen,
        keuze.sleutels,
    )
    .fetch_all(conn)
    .await
    .doing("reading digital addresses")?;
    let own = rows.into_iter().filter_map(|row| {
        let of_partij = row.verstrekt_door_partij.map(ObjectRef::partij);
        let hoort_bij = of_partij.or(row.had_klantcontact.map(ObjectRef::klantcontact))?;
        let digitaal_adres = DigitaalAdres {
            id: row.id,
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
    });
    Ok(own.collect())
}

/// The digital address with this key, and the object that it belongs to.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<EigenDigitaalAdres>, HandelingError> {
    Ok(adressen(conn, Adreskeuze::sleutels(&[id])).await?.pop())
}
