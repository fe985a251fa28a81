//! How far the products are in Kafka, partition by partition, as `klantbeeld status` tells it.

use projector::PartitieStatus;
use serde_json::{Value, json};

/// The columns of the table.
pub(super) const COLUMNS: [&str; 6] =
    ["PRODUCT", "TOPIC", "PARTITION", "OFFSET", "LAG (MESSAGES)", "READ BY"];

/// One partition of one product, as JSON.
pub(super) fn document(row: &PartitieStatus) -> Value {
    json!({
        "product": row.product,
        "generation": row.generatie,
        "topic": row.topic,
        "partition": row.partitie,
        "offset": row.volgende,
        "end": row.einde,
        "lagMessages": lag(row),
        "readBy": row.eigenaar,
    })
}

/// One line of the table.
pub(super) fn cells(row: &PartitieStatus) -> [String; 6] {
    [
        row.product.clone(),
        row.topic.clone(),
        row.partitie.to_string(),
        format!("{} of {}", row.volgende, row.einde),
        lag(row).to_string(),
        row.eigenaar.clone().unwrap_or_else(|| "-".to_owned()),
    ]
}

fn lag(row: &PartitieStatus) -> i64 {
    (row.einde - row.volgende).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_tells_how_far_it_is_and_who_reads_it() {
        let row = PartitieStatus {
            product: "klantbeeld".to_owned(),
            generatie: 1,
            topic: "intern".to_owned(),
            partitie: 3,
            volgende: 7,
            einde: 9,
            eigenaar: None,
        };
        assert_eq!(cells(&row), ["klantbeeld", "intern", "3", "7 of 9", "2", "-"]);
        assert_eq!(document(&row)["lagMessages"], 2);
    }
}
