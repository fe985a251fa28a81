//! Reading one object of the register by its key, with its version: what a change begins with.

use std::marker::PhantomData;

use access::Identity;
use axum::Json;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use events::{ObjectRef, Objectsoort};
use serde::{Serialize, Serializer};
use serde_json::Value;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::betrokken;
use crate::fout::{Doing, Fout, Foutcode, HandelingError};
use crate::handelingen::weg;
use crate::register::geheel::{Deelweergave, Geheel, Objectweergave};
use crate::uitvoering::niet_gevonden;

/// The path of an object, after the base.
pub(crate) fn place(object: ObjectRef) -> String {
    format!("{}/{}", collection(object.soort), object.id)
}

/// The path of the objects of a kind.
pub(super) const fn collection(soort: Objectsoort) -> &'static str {
    match soort {
        Objectsoort::Partij => "/partijen",
        Objectsoort::Klantcontact => "/klantcontacten",
        Objectsoort::InterneTaak => "/interne-taken",
        Objectsoort::Actor => "/actoren",
        Objectsoort::Vertegenwoordiging => "/vertegenwoordigingen",
        Objectsoort::Referentiewaarde => "/referentiewaarden",
        Objectsoort::Vernietigingsvoorstel => "/vernietigingsvoorstellen",
        Objectsoort::Zaaksleutelpaar => "/zaaksleutels",
        Objectsoort::Inzageverzoek => "/inzageverzoeken",
    }
}

/// The scope that reading a kind of object needs.
pub(super) const fn scope(soort: Objectsoort) -> &'static str {
    match soort {
        Objectsoort::Partij | Objectsoort::Vertegenwoordiging => "partijen:lezen",
        Objectsoort::Klantcontact => "klantcontacten:lezen",
        Objectsoort::InterneTaak => "interne-taken:lezen",
        Objectsoort::Actor => "actoren:lezen",
        Objectsoort::Referentiewaarde => "referentielijsten:lezen",
        Objectsoort::Vernietigingsvoorstel => "vernietiging:lezen",
        Objectsoort::Zaaksleutelpaar => "zaaksleutels:lezen",
        Objectsoort::Inzageverzoek => "inzage:lezen",
    }
}

/// The object as the register has it, read in one snapshot, with its version as ETag. Whoever has
/// this version already gets only that (304).
pub(super) async fn read<O: Objectweergave>(
    pool: &PgPool,
    identity: &Identity,
    id: Uuid,
    headers: &HeaderMap,
) -> Result<Response, HandelingError> {
    let object = ObjectRef { soort: O::SOORT, id };
    let mut tx = snapshot(pool).await?;
    let versie = versie(&mut tx, object).await?.ok_or_else(|| niet_gevonden("id"))?;
    if is_known(headers, versie) {
        return Ok(with_etag(StatusCode::NOT_MODIFIED, versie));
    }
    let found = O::load(&mut tx, &[id]).await?.pop().ok_or_else(weg)?;
    betrokken::show(&mut tx, &[object]).await?;
    let waarde = Zichtbaar::voor(identity, &found.waarde)?;
    tx.commit().await.doing("ending a transaction")?;
    Ok(with_etag(Json(waarde), versie))
}

/// A part of an object, read in one snapshot, with the version of the object as ETag.
pub(super) async fn read_part<D: Deelweergave>(
    pool: &PgPool,
    identity: &Identity,
    id: Uuid,
    headers: &HeaderMap,
) -> Result<Response, HandelingError> {
    let mut tx = snapshot(pool).await?;
    let found = D::load(&mut tx, &[id]).await?.pop();
    let Geheel { object, waarde, .. } = found.ok_or_else(|| niet_gevonden("id"))?;
    // A digital address is of a partij or of a klantcontact, and not everybody may read both.
    let scope = scope(object.soort);
    if !identity.may(scope) {
        let melding = format!("dit hoort bij een {}: {scope} is nodig", object.soort.code());
        return Err(Fout::new("id", Foutcode::GeenToegang, melding).into());
    }
    let versie = versie(&mut tx, object).await?.ok_or_else(|| niet_gevonden("id"))?;
    if is_known(headers, versie) {
        return Ok(with_etag(StatusCode::NOT_MODIFIED, versie));
    }
    betrokken::show(&mut tx, &[object]).await?;
    let waarde = Zichtbaar::voor(identity, &waarde)?;
    tx.commit().await.doing("ending a transaction")?;
    Ok(with_etag(Json(waarde), versie))
}

/// A transaction in which every statement sees the same moment.
pub(super) async fn snapshot(
    pool: &PgPool,
) -> Result<Transaction<'static, Postgres>, HandelingError> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    transactions::begin(pool, begin).await.doing("beginning a transaction")
}

async fn versie(conn: &mut PgConnection, object: ObjectRef) -> Result<Option<i64>, HandelingError> {
    sqlx::query_scalar!(
        "SELECT versie FROM write_side.objecten WHERE objectsoort = $1 AND object_id = $2",
        object.soort.code(),
        object.id,
    )
    .fetch_optional(conn)
    .await
    .doing("reading a version")
}

fn etag(versie: i64) -> String {
    format!("\"{versie}\"")
}

/// Whether the caller says that it has this version.
fn is_known(headers: &HeaderMap, versie: i64) -> bool {
    headers.contains_key(IF_NONE_MATCH) && pages::is_known(headers, &etag(versie))
}

fn with_etag(answer: impl IntoResponse, versie: i64) -> Response {
    let tag: HeaderMap =
        HeaderValue::from_str(&etag(versie)).map(|tag| (ETAG, tag)).into_iter().collect();
    (tag, answer).into_response()
}

/// What the bearer may see of a `T`. The API document says of it what it says of a `T`.
#[derive(Debug)]
pub(super) struct Zichtbaar<T> {
    waarde: Value,
    van: PhantomData<T>,
}

impl<T: Serialize> Zichtbaar<T> {
    /// Leaves out what this bearer may not see.
    pub(super) fn voor(identity: &Identity, waarde: &T) -> Result<Self, serde_json::Error> {
        let mut waarde = serde_json::to_value(waarde)?;
        redact(&mut waarde, identity);
        Ok(Self { waarde, van: PhantomData })
    }
}

impl<T> Serialize for Zichtbaar<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.waarde.serialize(serializer)
    }
}

/// Takes out what the bearer has no scope for: internal remarks, the content of confidential
/// klantcontacten, and numbers of burgers wherever they stand.
fn redact(waarde: &mut Value, identity: &Identity) {
    if !identity.may("interne-notitie:lezen")
        && let Some(notitie) = waarde.get_mut("interneNotitie")
    {
        *notitie = Value::Null;
    }
    if !identity.may("vertrouwelijk:lezen") && waarde["vertrouwelijk"] == true {
        for veld in ["onderwerp", "inhoud", "reactie"] {
            waarde[veld] = Value::Null;
        }
    }
    if !identity.may("bsn:lezen") {
        redact_bsn(waarde);
    }
}

fn redact_bsn(waarde: &mut Value) {
    match waarde {
        Value::Array(items) => items.iter_mut().for_each(redact_bsn),
        Value::Object(fields) => {
            if fields.get("codeSoortObjectId").is_some_and(|soort| soort == "bsn") {
                fields.insert("objectId".to_owned(), Value::Null);
            }
            fields.values_mut().for_each(redact_bsn);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
