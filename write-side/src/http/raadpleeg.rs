//! Reading one object of the register by its key, with its version: what a change begins with.

use access::Identity;
use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use events::{ObjectRef, Objectsoort};
use serde_json::{Map, Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};
use crate::register;
use crate::uitvoering::niet_gevonden;

/// The path of an object, after the base.
pub(super) fn place(object: ObjectRef) -> String {
    format!("{}/{}", collection(object.soort), object.id)
}

/// The path of the objects of a kind.
pub(crate) const fn collection(soort: Objectsoort) -> &'static str {
    match soort {
        Objectsoort::Partij => "/partijen",
        Objectsoort::Klantcontact => "/klantcontacten",
        Objectsoort::InterneTaak => "/interne-taken",
        Objectsoort::Actor => "/actoren",
        Objectsoort::Vertegenwoordiging => "/vertegenwoordigingen",
    }
}

/// The scope that reading a kind of object needs.
pub(super) const fn scope(soort: Objectsoort) -> &'static str {
    match soort {
        Objectsoort::Partij | Objectsoort::Vertegenwoordiging => "partijen:lezen",
        Objectsoort::Klantcontact => "klantcontacten:lezen",
        Objectsoort::InterneTaak => "interne-taken:lezen",
        Objectsoort::Actor => "actoren:lezen",
    }
}

/// The object as the register has it, read in one snapshot, with its version as ETag.
pub(super) async fn read(
    pool: &PgPool,
    identity: &Identity,
    object: ObjectRef,
) -> Result<Response, HandelingError> {
    let mut tx = pool.begin().await.doing("beginning a transaction")?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .execute(&mut *tx)
        .await
        .doing("beginning a transaction")?;
    let versie = sqlx::query_scalar!(
        "SELECT versie FROM write_side.objecten WHERE objectsoort = $1 AND object_id = $2",
        object.soort.code(),
        object.id,
    )
    .fetch_optional(&mut *tx)
    .await
    .doing("reading a version")?
    .ok_or_else(|| niet_gevonden("id"))?;
    let mut value = state(&mut tx, object).await?.ok_or_else(|| niet_gevonden("id"))?;
    redact(&mut value, identity);
    tx.commit().await.doing("ending a transaction")?;
    let mut response = Json(value).into_response();
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{versie}\"")) {
        response.headers_mut().insert(ETAG, etag);
    }
    Ok(response)
}

/// Takes out what the bearer has no scope for: internal remarks, numbers of burgers, the content of
/// confidential klantcontacten.
fn redact(value: &mut Value, identity: &Identity) {
    if !identity.may("interne-notitie:lezen")
        && let Some(notitie) = value.get_mut("interneNotitie")
    {
        *notitie = Value::Null;
    }
    if !identity.may("vertrouwelijk:lezen") && value["vertrouwelijk"] == true {
        for veld in ["onderwerp", "inhoud", "reactie"] {
            value[veld] = Value::Null;
        }
    }
    let keys = value.get_mut("partijIdentificatoren").and_then(Value::as_array_mut);
    for key in keys.into_iter().flatten().filter_map(|key| key.get_mut("partijIdentificator")) {
        if !identity.may("bsn:lezen") && key["codeSoortObjectId"] == "bsn" {
            key["objectId"] = Value::Null;
        }
    }
}

async fn state(
    conn: &mut PgConnection,
    object: ObjectRef,
) -> Result<Option<Value>, HandelingError> {
    let id = object.id;
    match object.soort {
        Objectsoort::Partij => partij(conn, id).await,
        Objectsoort::Klantcontact => klantcontact(conn, id).await,
        Objectsoort::InterneTaak => {
            let taak = register::interne_taak::load(conn, id).await?;
            Ok(taak.map(serde_json::to_value).transpose()?)
        }
        Objectsoort::Actor => {
            let actor = register::actor::load(conn, id).await?;
            Ok(actor.map(serde_json::to_value).transpose()?)
        }
        Objectsoort::Vertegenwoordiging => {
            let item = register::partij::load_vertegenwoordiging(conn, id).await?;
            Ok(item.map(serde_json::to_value).transpose()?)
        }
    }
}

fn extended(base: Value, parts: Value) -> Value {
    match (base, parts) {
        (Value::Object(mut base), Value::Object(parts)) => {
            base.extend(parts);
            Value::Object(base)
        }
        (base, _) => Value::Object(Map::from_iter([("object".to_owned(), base)])),
    }
}

async fn partij(conn: &mut PgConnection, id: Uuid) -> Result<Option<Value>, HandelingError> {
    let Some(partij) = register::partij::load(conn, id).await? else {
        return Ok(None);
    };
    let naam = partij.weergavenaam();
    let (adres, rekening) = register::partij::load_voorkeuren(conn, id).await?;
    let parts = json!({
        "volledigeNaam": naam,
        "partijIdentificatoren": register::partij::load_identificatoren(conn, id).await?,
        "digitaleAdressen": register::partij::load_digitale_adressen(conn, id).await?,
        "voorkeursDigitaalAdres": adres,
        "rekeningnummers": register::partij::load_rekeningnummers(conn, id).await?,
        "voorkeursRekeningnummer": rekening,
    });
    Ok(Some(extended(serde_json::to_value(partij)?, parts)))
}

async fn klantcontact(conn: &mut PgConnection, id: Uuid) -> Result<Option<Value>, HandelingError> {
    let Some(contact) = register::klantcontact::load(conn, id).await? else {
        return Ok(None);
    };
    let parts = json!({
        "hadBetrokkenen": register::klantcontact::load_betrokkenen(conn, id).await?,
        "digitaleAdressen": register::klantcontact::load_digitale_adressen(conn, id).await?,
        "hadBetrokkenActoren": register::klantcontact::load_actoren(conn, id).await?,
        "gingOverOnderwerpobjecten":
            register::klantcontact::load_onderwerpobjecten(conn, id).await?,
        "omvatteBijlagen": register::klantcontact::load_bijlagen(conn, id).await?,
        "leiddeTotInterneTaken": register::interne_taak::of_klantcontact(conn, id).await?,
    });
    Ok(Some(extended(serde_json::to_value(contact)?, parts)))
}
