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
    Ok(interne_taken(conn, &[id]).await?.pop())
}

/// The interne taken with these keys.
pub(crate) async fn interne_taken(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<InterneTaak>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT id, nummer, referentienummer, aanleidinggevend_klantcontact, gevraagde_handeling,
                  toelichting, toegewezen_op, status, afgehandeld_op, afsluittoelichting,
                  ARRAY(SELECT actor FROM write_side.interne_taak_actoren
                        WHERE interne_taak = t.id ORDER BY volgnummer) AS "actoren!"
           FROM write_side.interne_taken t WHERE id = ANY($1)"#,
        ids,
    )
    .fetch_all(conn)
    .await
    .doing("reading interne taken")?;
    Ok(rows
        .into_iter()
        .map(|row| InterneTaak {
            id: row.id,
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
        })
        .collect())
}

/// The keys of the interne taken that followed a klantcontact, in order of registration.
pub(crate) async fn of_klantcontact(
    conn: &mut PgConnection,
    klantcontact: Uuid,
) -> Result<Vec<Uuid>, HandelingError> {
    let found = of_klantcontacten(conn, &[klantcontact]).await?;
    Ok(found.into_iter().map(|(_, taak)| taak).collect())
}

/// The interne taken that followed these klantcontacten: the klantcontact and the taak, in order of
/// registration.
pub(crate) async fn of_klantcontacten(
    conn: &mut PgConnection,
    klantcontacten: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, HandelingError> {
    let rows = sqlx::query!(
        "SELECT aanleidinggevend_klantcontact, id FROM write_side.interne_taken
         WHERE aanleidinggevend_klantcontact = ANY($1) ORDER BY id",
        klantcontacten,
    )
    .fetch_all(conn)
    .await
    .doing("reading interne taken")?;
    Ok(rows.into_iter().map(|row| (row.aanleidinggevend_klantcontact, row.id)).collect())
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
