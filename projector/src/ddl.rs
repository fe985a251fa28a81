//! DDL in parts: a generation that is filled at once gets its secondary indexes afterwards.

/// How a statement begins that makes a secondary index.
const INDEX: &str = "CREATE INDEX ";

/// The statements of plain DDL: without quotes or functions in which a semicolon could stand.
pub(crate) fn statements(ddl: &str) -> Vec<String> {
    let code: Vec<&str> = ddl.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let code = code.join("\n");
    let statements = code.split(';').map(str::trim).filter(|statement| !statement.is_empty());
    statements.map(str::to_owned).collect()
}

/// Whether a statement makes a secondary index.
pub(crate) fn is_index(statement: &str) -> bool {
    statement.starts_with(INDEX)
}

/// The statements that make the secondary indexes that are not there.
pub(crate) fn indexes(ddl: &str) -> Vec<String> {
    let indexes = statements(ddl).into_iter().filter(|statement| is_index(statement));
    indexes.map(|one| one.replacen(INDEX, "CREATE INDEX IF NOT EXISTS ", 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_indexes_come_apart() {
        let ddl = "-- Why; and how.\nCREATE TABLE a (b int);\nCREATE INDEX c\n ON a (b);\n";
        assert_eq!(statements(ddl), ["CREATE TABLE a (b int)", "CREATE INDEX c\n ON a (b)"]);
        assert_eq!(indexes(ddl), ["CREATE INDEX IF NOT EXISTS c\n ON a (b)"]);
    }
}
