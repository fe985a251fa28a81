//! Interne taken in the register.

use events::{InterneTaak, Taakstatus};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

pub(super) async fn insert(
    conn: &mut PgConnection,
    taak: &InterneTaak,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.interne_taken (id, nummer, referentienummer,
             aanleidinggevend_klantcontact, gevraagde_handeling, toelichting, toegewezen_op, status,
             afgehandeld_op, afsluittoelichting)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        taak.id,
        taak.nummer,
        taak.referentienummer,
        taak.aanleidinggevend_klantcontact,
        taak.gevraagde_handeling,
        taak.toelichting,
        taak.toegewezen_op,
        taak.status.code(),
        taak.afgehandeld_op,
        taak.afsluittoelichting,
    )
    .execute(&mut *conn)
    .await
    .doing("writing an interne taak")?;
    insert_actoren(conn, taak).await
}

pub(super) async fn update(
    conn: &mut PgConnection,
    taak: &InterneTaak,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.interne_taken SET gevraagde_handeling = $2, toelichting = $3,
             toegewezen_op = $4, status = $5, afgehandeld_op = $6, afsluittoelichting = $7
         WHERE id = $1",
        taak.id,
        taak.gevraagde_handeling,
        taak.toelichting,
        taak.toegewezen_op,
        taak.status.code(),
        taak.afgehandeld_op,
        taak.afsluittoelichting,
    )
    .execute(conn)
    .await
    .doing("changing an interne taak")?;
    Ok(())
}

pub(super) async fn assign(
    conn: &mut PgConnection,
    taak: &InterneTaak,
) -> Result<(), HandelingError> {
    update(conn, taak).await?;
    sqlx::query!("DELETE FROM write_side.interne_taak_actoren WHERE interne_taak = $1", taak.id)
        .execute(&mut *conn)
        .await
        .doing("assigning an interne taak")?;
    insert_actoren(conn, taak).await
}

async fn insert_actoren(conn: &mut PgConnection, taak: &InterneTaak) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.interne_taak_actoren (interne_taak, volgnummer, actor)
         SELECT $1, volgnummer, actor
         FROM unnest($2::uuid[]) WITH ORDINALITY AS toegewezen (actor, volgnummer)",
        taak.id,
        &taak.toegewezen_aan_actoren,
    )
    .execute(conn)
    .await
    .doing("assigning an interne taak")?;
    Ok(())
}

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
