//! Subscriptions: who is told what, where, and with which proof that it was us.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use uuid::Uuid;

/// Een abonnement op gebeurtenissen, zonder zijn geheimen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Abonnement {
    /// Sleutel.
    pub(crate) id: Uuid,
    /// Versie, ook als ETag.
    pub(crate) versie: i64,
    /// Waar de gebeurtenissen naartoe gaan.
    pub(crate) callback_url: String,
    /// Welke soorten; leeg is alle.
    pub(crate) soorten: Vec<String>,
    /// Per attribuut de waarden die het mag hebben.
    pub(crate) filters: BTreeMap<String, Vec<String>>,
    /// Of het nog loopt.
    #[schema(schema_with = abonnementstatus)]
    pub(crate) status: String,
    /// Waarom het is beëindigd.
    #[schema(required)]
    pub(crate) reden: Option<String>,
    /// Wanneer het is aangemaakt.
    pub(crate) aangemaakt_op: DateTime<Utc>,
    /// Meeste verzoeken per minuut, zoals de ontvanger toestond.
    #[schema(required)]
    pub(crate) per_minuut: Option<i32>,
    /// Tot wanneer de ontvanger met rust wordt gelaten: hij faalde, vroeg erom, of staat niet meer toe.
    #[schema(required)]
    pub(crate) pauze_tot: Option<DateTime<Utc>>,
    /// Hoe vaak de ontvanger achter elkaar faalde.
    pub(crate) mislukt_opeen: i32,
}

/// The states that a subscription can have.
fn abonnementstatus() -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    text.enum_values(Some(["actief", "beeindigd"]))
}

/// The secrets of a subscription.
#[derive(Clone, Default)]
pub(crate) struct Geheimen {
    /// For the signature.
    pub(crate) geheim: Option<String>,
    /// For a token.
    pub(crate) oauth2: Option<Oauth2>,
}

/// OAuth 2.0 client credentials.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Oauth2 {
    /// Where tokens come from.
    pub(crate) token_url: String,
    /// Who we are there.
    pub(crate) client_id: String,
    /// How we prove it.
    pub(crate) client_secret: String,
    /// What we ask for.
    pub(crate) scope: Option<String>,
}

impl std::fmt::Debug for Geheimen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Geheimen { .. }")
    }
}

impl std::fmt::Debug for Oauth2 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Oauth2 { .. }")
    }
}

/// The subscriptions after a key, in order.
pub(crate) async fn list(
    pool: &PgPool,
    na: Option<Uuid>,
    max: i64,
) -> sqlx::Result<Vec<Abonnement>> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM write_side.abonnementen WHERE $1::uuid IS NULL OR id > $1
         ORDER BY id LIMIT $2",
        na,
        max,
    )
    .fetch_all(pool)
    .await?;
    let mut conn = pool.acquire().await?;
    load_all(&mut conn, &ids).await
}

/// The subscription with this key.
pub(crate) async fn load(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Abonnement>> {
    Ok(load_all(conn, &[id]).await?.pop())
}

async fn load_all(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Abonnement>> {
    let rows = sqlx::query!(
        r#"SELECT id, versie, callback_url, soorten,
                  filters AS "filters: Json<BTreeMap<String, Vec<String>>>", status, reden,
                  aangemaakt_op, per_minuut, pauze_tot, mislukt_opeen
           FROM write_side.abonnementen WHERE id = ANY($1) ORDER BY id"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Abonnement {
            id: row.id,
            versie: row.versie,
            callback_url: row.callback_url,
            soorten: row.soorten,
            filters: row.filters.0,
            status: row.status,
            reden: row.reden,
            aangemaakt_op: row.aangemaakt_op,
            per_minuut: row.per_minuut,
            pauze_tot: row.pauze_tot,
            mislukt_opeen: row.mislukt_opeen,
        })
        .collect())
}

/// Its secrets.
pub(super) async fn geheimen(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Geheimen> {
    let row = sqlx::query!(
        "SELECT geheim, token_url, client_id, client_secret, scope
         FROM write_side.abonnement_geheimen WHERE abonnement_id = $1",
        id,
    )
    .fetch_one(conn)
    .await?;
    let oauth2 = match (row.token_url, row.client_id, row.client_secret) {
        (Some(token_url), Some(client_id), Some(client_secret)) => {
            Some(Oauth2 { token_url, client_id, client_secret, scope: row.scope })
        }
        _ => None,
    };
    Ok(Geheimen { geheim: row.geheim, oauth2 })
}

/// Writes a new subscription, or changes one, with its secrets; a change raises its version.
pub(crate) async fn save(
    conn: &mut PgConnection,
    abonnement: &Abonnement,
    door: &str,
    geheimen: Option<&Geheimen>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO write_side.abonnementen AS a (id, versie, callback_url, soorten, filters,
             status, aangemaakt_op, aangemaakt_door, per_minuut)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE
         SET versie = excluded.versie, callback_url = excluded.callback_url,
             soorten = excluded.soorten, filters = excluded.filters,
             per_minuut = excluded.per_minuut, mislukt_opeen = 0, pauze_tot = NULL",
        abonnement.id,
        abonnement.versie,
        abonnement.callback_url,
        &abonnement.soorten,
        Json(&abonnement.filters) as _,
        abonnement.status,
        abonnement.aangemaakt_op,
        door,
        abonnement.per_minuut,
    )
    .execute(&mut *conn)
    .await?;
    let Some(geheimen) = geheimen else {
        return Ok(());
    };
    let oauth2 = geheimen.oauth2.as_ref();
    sqlx::query!(
        "INSERT INTO write_side.abonnement_geheimen (abonnement_id, geheim, token_url, client_id,
             client_secret, scope)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (abonnement_id) DO UPDATE
         SET geheim = excluded.geheim, token_url = excluded.token_url,
             client_id = excluded.client_id, client_secret = excluded.client_secret,
             scope = excluded.scope",
        abonnement.id,
        geheimen.geheim,
        oauth2.map(|oauth| oauth.token_url.as_str()),
        oauth2.map(|oauth| oauth.client_id.as_str()),
        oauth2.map(|oauth| oauth.client_secret.as_str()),
        oauth2.and_then(|oauth| oauth.scope.as_deref()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a subscription: what waits is not delivered any more, and its secrets are forgotten.
pub(crate) async fn end(
    conn: &mut PgConnection,
    id: Uuid,
    reden: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE write_side.abonnementen
         SET status = 'beeindigd', reden = $2, versie = versie + 1, pauze_tot = NULL
         WHERE id = $1 AND status = 'actief'",
        id,
        reden,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM write_side.abonnement_geheimen WHERE abonnement_id = $1", id)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "UPDATE write_side.afleveringen SET status = 'vervallen', afgehandeld_op = $2
         WHERE abonnement_id = $1 AND status IN ('wacht', 'geparkeerd')",
        id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
