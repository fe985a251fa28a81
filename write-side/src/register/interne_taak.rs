//! Interne taken in the register.

use events::{InterneTaak, Taakstatus};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// The interne taak with this key.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<InterneTaak>, HandelingError> {
    let row = sqlx::query!(
        r#"SELECT nummer, referentienummer, aanleidinggevend_klantcontact, gevraagde_handeling,
                  toelichting, toegewezen_op, status, afgehandeld_op, afsluittoelichting,
                  ARRAY(SELECT actor FROM write_side.interne_taak_actoren
                        WHERE interne_taak = t.id ORDER BY volgnummer) AS "actoren!"
           FROM write_side.interne_taken t WHERE id = $1"#,
        id,
    )
    .fetch_optional(conn)
    .await
    .doing("reading an interne taak")?;
    Ok(row.map(|row| InterneTaak {
        id,
        nummer: row.nummer,
        referentienummer: row.referentienummer,
        aanleidinggevend_klantcontact: row.aanleidinggevend_klantcontact,
        gevraagde_handeling: row.gevraagde_handeling,
        toelichting: row.toelichting,
        toegewezen_aan_actoren: row.actoren,
        toegewezen_op: row.toegewezen_op,
        status: Taakstatus::from_code(&row.status).unwrap_or(Taakstatus::TeVerwerken),
        afgehandeld_op: row.afgehandeld_op,
        afsluittoelichting: row.afsluittoelichting,
    }))
}

/// The keys of the interne taken that followed a klantcontact, in order of registration.
pub(crate) async fn of_klantcontact(
    conn: &mut PgConnection,
    klantcontact: Uuid,
) -> Result<Vec<Uuid>, HandelingError> {
    sqlx::query_scalar!(
        "SELECT id FROM write_side.interne_taken
         WHERE aanleidinggevend_klantcontact = $1 ORDER BY id",
        klantcontact,
    )
    .fetch_all(conn)
    .await
    .doing("reading interne taken")
}

/// Whether an interne taak carries this referentienummer (I02).
pub(crate) async fn referentienummer_exists(
    conn: &mut PgConnection,
    referentienummer: &str,
) -> Result<bool, HandelingError> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM write_side.interne_taken WHERE referentienummer = $1)
           AS "bestaat!""#,
        referentienummer,
    )
    .fetch_one(conn)
    .await
    .doing("looking for a referentienummer")
}
