//! Which generations are worked on together: those at the same cursor read the log once.

use tokio::time::Instant;

use crate::product::Schema;
use log_source::Cursor;

/// One active generation that this projector fills, and the epoch under which it may do so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Place in the list of products.
    pub(crate) product: usize,
    /// Name of the product.
    pub(crate) naam: &'static str,
    pub(crate) generatie: i32,
    pub(crate) schema: Schema,
    pub(crate) epoch: i64,
}

/// Generations at the same cursor.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) cursor: Cursor,
    pub(crate) members: Vec<Member>,
    /// When the heartbeat was last written.
    pub(crate) beat: Option<Instant>,
}

impl Group {
    pub(crate) fn new(cursor: Cursor, member: Member) -> Self {
        Self { cursor, members: vec![member], beat: None }
    }
}

/// Merges the groups that stand at the same cursor; the one that is furthest behind comes first.
pub(crate) fn arrange(groups: Vec<Group>) -> Vec<Group> {
    let mut arranged: Vec<Group> = Vec::with_capacity(groups.len());
    for group in groups {
        match arranged.iter_mut().find(|other| other.cursor == group.cursor) {
            Some(other) => other.members.extend(group.members),
            None => arranged.push(group),
        }
    }
    arranged.sort_by_key(|group| group.cursor.low());
    arranged
}

/// How far a group of an arranged list may read: up to where the next stands, so that they meet.
pub(crate) fn until(groups: &[Group], index: usize) -> i64 {
    let low = groups[index].cursor.low();
    let ahead = groups.iter().map(|group| group.cursor.low()).filter(|other| *other > low);
    ahead.min().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(low: i64, product: usize) -> Group {
        let cursor = serde_json::from_value(serde_json::json!({ "low": low, "gaps": [] }))
            .expect("a cursor");
        let schema = Schema::new("proef", 1).expect("a schema");
        let member = Member { product, naam: "proef", generatie: 1, schema, epoch: 1 };
        Group::new(cursor, member)
    }

    #[test]
    fn those_at_the_same_cursor_merge_and_the_last_goes_first() {
        let groups = arrange(vec![group(9, 0), group(0, 1), group(9, 2)]);
        let products: Vec<Vec<usize>> = groups
            .iter()
            .map(|group| group.members.iter().map(|member| member.product).collect())
            .collect();
        assert_eq!(products, [vec![1], vec![0, 2]]);
        assert_eq!((until(&groups, 0), until(&groups, 1)), (9, i64::MAX));
    }
}
