//! Reading one object of the register by its key, with its version: what a change begins with.

use access::Identity;
use axum::Json;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use events::{ObjectRef, Objectsoort};
use serde_json::Value;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

use super::lijsten::Waardegegevens;
use crate::fout::{Doing, Fout, Foutcode, HandelingError};
use crate::handelingen::weg;
use crate::register;
use crate::register::geheel::{self, Geheel, Leesbaar};
use crate::uitvoering::niet_gevonden;

/// The scope of reading klantcontacten and their parts.
const CONTACTEN_LEZEN: &str = "klantcontacten:lezen";

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
    }
}

/// A name of the log as every answer writes it: `interne_taak` is `interneTaak`.
pub(super) fn camel(code: &str) -> String {
    let mut words = code.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| text + &capitalized(word))
}

/// A word with a capital.
pub(super) fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The scope that reading a kind of object needs.
pub(super) const fn scope(soort: Objectsoort) -> &'static str {
    match soort {
        Objectsoort::Partij | Objectsoort::Vertegenwoordiging => "partijen:lezen",
        Objectsoort::Klantcontact => CONTACTEN_LEZEN,
        Objectsoort::InterneTaak => "interne-taken:lezen",
        Objectsoort::Actor => "actoren:lezen",
        Objectsoort::Referentiewaarde => "referentielijsten:lezen",
        Objectsoort::Vernietigingsvoorstel => "vernietiging:lezen",
    }
}

/// The path of the things of a kind, and its name.
pub(super) const fn deel(soort: Leesbaar) -> (&'static str, &'static str) {
    match soort {
        Leesbaar::Partij => ("/partijen", "partij"),
        Leesbaar::Klantcontact => ("/klantcontacten", "klantcontact"),
        Leesbaar::InterneTaak => ("/interne-taken", "interne_taak"),
        Leesbaar::Actor => ("/actoren", "actor"),
        Leesbaar::Betrokkene => ("/betrokkenen", "betrokkene"),
        Leesbaar::DigitaalAdres => ("/digitale-adressen", "digitaal_adres"),
        Leesbaar::Onderwerpobject => ("/onderwerpobjecten", "onderwerpobject"),
        Leesbaar::Bijlage => ("/bijlagen", "bijlage"),
        Leesbaar::PartijIdentificator => ("/partij-identificatoren", "partij_identificator"),
        Leesbaar::Rekeningnummer => ("/rekeningnummers", "rekeningnummer"),
    }
}

/// The scope that reading a part needs.
pub(super) const fn scope_deel(soort: Leesbaar) -> &'static str {
    match soort {
        Leesbaar::Partij
        | Leesbaar::DigitaalAdres
        | Leesbaar::PartijIdentificator
        | Leesbaar::Rekeningnummer => "partijen:lezen",
        Leesbaar::Klantcontact
        | Leesbaar::Betrokkene
        | Leesbaar::Onderwerpobject
        | Leesbaar::Bijlage => CONTACTEN_LEZEN,
        Leesbaar::InterneTaak => "interne-taken:lezen",
        Leesbaar::Actor => "actoren:lezen",
    }
}

/// The object as the register has it, read in one snapshot, with its version as ETag. Whoever has
/// this version already gets only that (304).
pub(super) async fn read(
    pool: &PgPool,
    identity: &Identity,
    object: ObjectRef,
    headers: &HeaderMap,
) -> Result<Response, HandelingError> {
    let mut tx = snapshot(pool).await?;
    let versie = versie(&mut tx, object).await?.ok_or_else(|| niet_gevonden("id"))?;
    if is_known(headers, versie) {
        return Ok(with_etag(StatusCode::NOT_MODIFIED, versie));
    }
    let mut waarde = state(&mut tx, object).await?.ok_or_else(weg)?;
    redact(&mut waarde, identity);
    tx.commit().await.doing("ending a transaction")?;
    Ok(with_etag(Json(waarde), versie))
}

/// A part of an object, read in one snapshot, with the version of the object as ETag.
pub(super) async fn read_part(
    pool: &PgPool,
    identity: &Identity,
    (soort, id): (Leesbaar, Uuid),
    headers: &HeaderMap,
) -> Result<Response, HandelingError> {
    let mut tx = snapshot(pool).await?;
    let found = geheel::load(&mut tx, soort, &[id]).await?.pop();
    let Geheel { object, mut waarde, .. } = found.ok_or_else(|| niet_gevonden("id"))?;
    if soort == Leesbaar::DigitaalAdres
        && object.soort == Objectsoort::Klantcontact
        && !identity.may(CONTACTEN_LEZEN)
    {
        let melding = format!("dit adres is van een betrokkene: {CONTACTEN_LEZEN} is nodig");
        return Err(Fout::new("id", Foutcode::GeenToegang, melding).into());
    }
    let versie = versie(&mut tx, object).await?.ok_or_else(|| niet_gevonden("id"))?;
    if is_known(headers, versie) {
        return Ok(with_etag(StatusCode::NOT_MODIFIED, versie));
    }
    redact(&mut waarde, identity);
    tx.commit().await.doing("ending a transaction")?;
    Ok(with_etag(Json(waarde), versie))
}

/// A transaction in which every statement sees the same moment.
pub(super) async fn snapshot(
    pool: &PgPool,
) -> Result<Transaction<'static, Postgres>, HandelingError> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    pool.begin_with(begin).await.doing("beginning a transaction")
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

/// Takes out what the bearer has no scope for: internal remarks, the content of confidential
/// klantcontacten, and numbers of burgers wherever they stand.
pub(super) fn redact(waarde: &mut Value, identity: &Identity) {
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

async fn state(
    conn: &mut PgConnection,
    object: ObjectRef,
) -> Result<Option<Value>, HandelingError> {
    let id = object.id;
    let soort = match object.soort {
        Objectsoort::Partij => Leesbaar::Partij,
        Objectsoort::Klantcontact => Leesbaar::Klantcontact,
        Objectsoort::InterneTaak => Leesbaar::InterneTaak,
        Objectsoort::Actor => Leesbaar::Actor,
        Objectsoort::Vertegenwoordiging => {
            let item = register::partij::load_vertegenwoordiging(conn, id).await?;
            return Ok(item.map(serde_json::to_value).transpose()?);
        }
        Objectsoort::Referentiewaarde => {
            let waarde = register::referentiewaarde::load(conn, id).await?;
            return Ok(waarde.map(Waardegegevens::from).map(serde_json::to_value).transpose()?);
        }
        Objectsoort::Vernietigingsvoorstel => {
            let voorstel = register::vernietiging::load(conn, id).await?;
            return Ok(voorstel.map(serde_json::to_value).transpose()?);
        }
    };
    Ok(geheel::load(conn, soort, &[id]).await?.pop().map(|found| found.waarde))
}
