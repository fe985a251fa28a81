//! Actoren: one row per actor, for the loader of names.

use std::collections::BTreeMap;

use async_trait::async_trait;
use events::{Actor, Envelope, Objectsoort};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::bronnen::Bronnen;
use crate::product::{Product, ProjectError, Schema};

/// The product.
#[derive(Debug)]
pub(super) struct Actoren;

#[async_trait]
impl Product for Actoren {
    fn name(&self) -> &'static str {
        "actoren"
    }

    fn version(&self) -> i32 {
        1
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/actoren.sql")
    }

    async fn project(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        batch: &[Envelope],
    ) -> Result<(), ProjectError> {
        let bronnen = Bronnen::fold(conn, schema, batch, &[Objectsoort::Actor]).await?;
        let rows: BTreeMap<Uuid, &Actor> = bronnen
            .touched(Objectsoort::Actor)
            .filter_map(|id| Some((id, bronnen.actor(id)?)))
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let table = schema.table("actoren");
        let sql = format!(
            "INSERT INTO {table} (actor_id, soort, naam, actief)
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[])
             ON CONFLICT (actor_id) DO UPDATE
             SET soort = excluded.soort, naam = excluded.naam, actief = excluded.actief"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(rows.keys().copied().collect::<Vec<_>>())
            .bind(rows.values().map(|actor| actor.soort_actor.code()).collect::<Vec<_>>())
            .bind(rows.values().map(|actor| actor.naam.as_str()).collect::<Vec<_>>())
            .bind(rows.values().map(|actor| actor.indicatie_actief).collect::<Vec<_>>())
            .execute(conn)
            .await?;
        Ok(())
    }
}
