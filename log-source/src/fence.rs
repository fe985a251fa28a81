//! The lock fence: which events of the log may be delivered, and when a hole in its positions is
//! settled. A pure state machine; `log.rs` brings the rows and the locks.
//!
//! **The problem.** Positions are drawn when a row is inserted and rows become visible when their
//! transaction commits, in another order. A reader that only remembers the highest position it saw
//! loses what commits late.
//!
//! **What it rests on.**
//! - F1: an INSERT takes RowExclusiveLock on the log before it draws a position, and holds it until
//!   after its outcome is visible.
//! - F2: PostgreSQL ends a transaction for snapshots before it releases its locks.
//! - F3: `pg_locks` may show a lock twice, never miss it.
//! - F4: with CACHE 1, positions are drawn in ascending order.
//!
//! **One poll; the order is the proof.** (1) Read the rows above `low` and those in open gaps with
//! one snapshot. (2) [`Cursor::see`]: a row in a gap closes it; a position missing below a row opens
//! one. (3) A gap whose fence was empty *before* the snapshot and whose row did not come is dead:
//! its transaction was rolled back. (4) *After* the snapshot, read who holds the lock:
//! [`Pending::fence`] strikes those who are gone from the old gaps and gives each new gap all
//! holders as its fence. (5) Store rows and cursor in one transaction.
//!
//! A gap shows because a higher position is visible; it was drawn earlier (F4), so its transaction
//! already had the lock (F1). Either it is still on the list that is read after the snapshot, or it
//! ended before, and then every later snapshot shows its outcome (F2). Hence the invariants:
//! - I1: every position up to `low` is delivered, an open gap, or dead.
//! - I2: a fence only shrinks (except for prepared transactions, see below).
//! - I3: a gap closes by its row, or by a fence that was empty before a snapshot without its row;
//!   never in the poll that emptied its fence.
//! - I4: opening is snapshot, then locks; closing is locks, then snapshot.
//! - I5: events of one object are delivered in the order of their versions, without holes.
//! - I6: when too many gaps are open, only the prefix whose gaps fit is delivered.
//!
//! Holders that come later cannot own a gap and are not added: no writer can starve it. Who does not
//! write to the log does not hold the lock: no long transaction elsewhere can stall it.
//!
//! **No buffer is needed for I5.** A writer locks its object's row in `write_side.objecten` before
//! it draws a position, and keeps it until its outcome is visible. So whoever records version n + 1
//! draws a higher position than version n has, after n became visible: a snapshot that shows n + 1
//! shows n too, and sorted by position n comes first. Products check the versions nevertheless.
//!
//! **Prepared transactions.** A holder `3/456` that prepares may come back as `-1/xid`, at the
//! latest after a restart of the server. Every such holder is therefore added to every open gap.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Most gaps that may be open at once. Beyond it only the prefix whose gaps fit is delivered.
pub const MAX_OPEN_GAPS: usize = 10_000;

/// How `pg_locks` begins the name of a prepared transaction.
const PREPARED: &str = "-1/";

/// The transactions that hold the log's lock, as `pg_locks.virtualtransaction` names them.
pub type Holders = BTreeSet<String>;

/// How far the log has been read: everything up to `low`, except for the open gaps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    low: i64,
    gaps: Vec<Gap>,
}

/// A position below `low` whose row has not been seen, and who may still bring it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Gap {
    positie: i64,
    houders: Holders,
}

/// What one snapshot of the log means for a cursor.
#[derive(Debug, PartialEq, Eq)]
pub struct Sight {
    /// So many of the rows, from the first, may be delivered.
    pub delivered: usize,
    /// Whether rows were left for a later poll because [`MAX_OPEN_GAPS`] are open.
    pub truncated: bool,
    /// How the cursor comes about.
    pub next: Next,
}

/// The cursor after a snapshot, or what it still needs.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// No gap is open.
    Settled(Cursor),
    /// Gaps are open: ask who holds the lock, now, after the snapshot.
    Open(Pending),
}

/// A cursor with gaps that waits for the list of holders.
#[derive(Debug, PartialEq, Eq)]
pub struct Pending {
    low: i64,
    old: Vec<Gap>,
    new: Vec<i64>,
}

impl Cursor {
    /// The place of a reader that has had all that a snapshot shows.
    #[must_use]
    pub const fn end() -> Self {
        Self { low: i64::MAX, gaps: Vec::new() }
    }

    /// Whether this position was delivered, if it is there.
    #[must_use]
    pub fn has(&self, positie: i64) -> bool {
        positie <= self.low && self.gaps.iter().all(|gap| gap.positie != positie)
    }

    /// The highest position that was seen; 0 at the beginning of the log.
    #[must_use]
    pub const fn low(&self) -> i64 {
        self.low
    }

    /// The positions of the open gaps, ascending; all below [`Cursor::low`].
    #[must_use]
    pub fn gaps(&self) -> Vec<i64> {
        self.gaps.iter().map(|gap| gap.positie).collect()
    }

    /// The position up to which everything was delivered: below the first open gap.
    #[must_use]
    pub fn horizon(&self) -> i64 {
        self.gaps.first().map_or(self.low, |gap| gap.positie - 1)
    }

    /// Whether nothing below [`Cursor::low`] can still appear.
    #[must_use]
    pub const fn is_gapless(&self) -> bool {
        self.gaps.is_empty()
    }

    /// Whether everything that was delivered up to `other` was delivered up to here.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let open = |gap: &Gap| other.gaps.iter().any(|open| open.positie == gap.positie);
        self.low >= other.low && self.gaps.iter().all(|gap| gap.positie > other.low || open(gap))
    }

    /// Takes in one snapshot: `rows` are the positions, ascending, of all visible rows that stand in
    /// an open gap and of the first visible rows above `low`.
    #[must_use]
    pub fn see(&self, rows: &[i64]) -> Sight {
        self.see_within(rows, MAX_OPEN_GAPS)
    }

    fn see_within(&self, rows: &[i64], limit: usize) -> Sight {
        let old: Vec<Gap> = self
            .gaps
            .iter()
            .filter(|gap| !gap.houders.is_empty() && rows.binary_search(&gap.positie).is_err())
            .cloned()
            .collect();
        let late = rows.partition_point(|row| *row <= self.low);
        let mut sight = Pending { low: self.low, old, new: Vec::new() };
        let mut delivered = late;
        for row in &rows[late..] {
            if !sight.open_up_to(*row, limit) {
                break;
            }
            delivered += 1;
        }
        let truncated = delivered < rows.len();
        let next = if sight.old.is_empty() && sight.new.is_empty() {
            Next::Settled(Self { low: sight.low, gaps: Vec::new() })
        } else {
            Next::Open(sight)
        };
        Sight { delivered, truncated, next }
    }
}

impl Pending {
    /// Moves `low` to `row` and opens a gap for each position between. When they do not fit, opens
    /// what fits and says no: a hole of any size is worked through in steps.
    fn open_up_to(&mut self, row: i64, limit: usize) -> bool {
        let room = limit.saturating_sub(self.old.len() + self.new.len());
        let last = self.low.saturating_add(i64::try_from(room).unwrap_or(i64::MAX));
        let fits = row - 1 <= last;
        let end = if fits { row - 1 } else { last };
        self.new.extend(self.low + 1..=end);
        self.low = if fits { row } else { last };
        fits
    }

    /// Fences the gaps with `holders`: all that held the log's RowExclusiveLock at a moment *after*
    /// the snapshot that was given to [`Cursor::see`].
    #[must_use]
    pub fn fence(self, holders: &Holders) -> Cursor {
        let prepared: Holders =
            holders.iter().filter(|holder| holder.starts_with(PREPARED)).cloned().collect();
        let mut gaps = self.old;
        for gap in &mut gaps {
            gap.houders.retain(|holder| holders.contains(holder));
            gap.houders.extend(prepared.iter().cloned());
        }
        // New gaps lie above all old ones: the order stays ascending.
        gaps.extend(self.new.into_iter().map(|positie| Gap { positie, houders: holders.clone() }));
        Cursor { low: self.low, gaps }
    }
}

#[cfg(test)]
#[path = "fence_tests.rs"]
mod tests;
