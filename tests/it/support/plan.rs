//! The plans that the server makes for a statement when a reader runs it.

use read_side::Leesrecht;
use sqlx::{AssertSqlSafe, PgPool, Row};

/// The plans, with and without a look at the values. `types` and `values` are those of the statement's
/// parameters, as SQL has them.
pub async fn plans(
    pool: &PgPool,
    recht: &Leesrecht,
    statement: &str,
    (types, values): (&str, &str),
) -> [String; 2] {
    let mut made = [const { String::new() }; 2];
    for (plan, mode) in made.iter_mut().zip(["force_custom_plan", "force_generic_plan"]) {
        let mut tx = pool.begin_with(AssertSqlSafe(recht.begin())).await.expect("a reader");
        let sql = format!(
            "DEALLOCATE ALL; SET LOCAL plan_cache_mode = {mode}; PREPARE z ({types}) AS {statement}"
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await.expect("prepared");
        let sql = format!("EXPLAIN EXECUTE z ({values})");
        let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut *tx).await.expect("a plan");
        let lines: Vec<String> = rows.iter().map(|row| row.get::<String, _>(0)).collect();
        *plan = lines.join("\n");
    }
    made
}
