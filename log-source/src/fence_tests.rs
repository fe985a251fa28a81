//! The fence against a model of what PostgreSQL promises: writers that begin, lock, draw, commit,
//! roll back, prepare and die in any order, between the steps of a reader that may die too.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

fn holders(names: &[&str]) -> Holders {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn poll(cursor: &Cursor, rows: &[i64], names: &[&str]) -> (usize, Cursor) {
    let sight = cursor.see(rows);
    let after = match sight.next {
        Next::Settled(cursor) => cursor,
        Next::Open(pending) => pending.fence(&holders(names)),
    };
    (sight.delivered, after)
}

#[test]
fn a_cursor_covers_another_when_nothing_that_was_delivered_is_missing() {
    let at = |low, rows: &[i64]| poll(&Cursor { low, gaps: Vec::new() }, rows, &["3/1"]).1;
    let (level, ahead) = (at(0, &[1, 2, 3]), at(0, &[1, 2, 3, 5]));
    assert!(ahead.covers(&level), "its gap at 4 lies above the other");
    assert!(!level.covers(&ahead));
    let late = at(0, &[1, 3]);
    assert!(level.covers(&late) && late.covers(&late), "the same gap is open in both");
    assert!(!late.covers(&level), "2 was delivered there, and not here");
}

#[test]
fn without_holes_nobody_is_asked() {
    let sight = Cursor::default().see(&[1, 2, 3]);
    assert_eq!(sight.delivered, 3);
    assert_eq!(sight.next, Next::Settled(Cursor { low: 3, gaps: Vec::new() }));
}

#[test]
fn a_late_row_closes_its_gap() {
    let (delivered, cursor) = poll(&Cursor::default(), &[1, 3], &["3/7"]);
    assert_eq!((delivered, cursor.low(), cursor.gaps()), (2, 3, vec![2]));
    let (delivered, cursor) = poll(&cursor, &[2, 4], &[]);
    assert_eq!((delivered, cursor.low(), cursor.is_gapless()), (2, 4, true));
}

#[test]
fn a_gap_dies_one_poll_after_its_fence_is_empty() {
    let (_, cursor) = poll(&Cursor::default(), &[2], &["3/7", "4/9"]);
    let (_, cursor) = poll(&cursor, &[], &["4/9", "5/1"]);
    let (_, cursor) = poll(&cursor, &[], &["5/1"]);
    assert_eq!(
        cursor.gaps(),
        [1],
        "5/1 came later and is no part of the fence, which is now empty"
    );
    let (delivered, cursor) = poll(&cursor, &[], &["5/1"]);
    assert_eq!((delivered, cursor.is_gapless()), (0, true));
}

#[test]
fn a_row_that_commits_while_the_fence_empties_is_delivered() {
    let (_, cursor) = poll(&Cursor::default(), &[2], &[]);
    assert_eq!(cursor.gaps(), [1], "never dead in the poll that found the fence empty");
    let (delivered, cursor) = poll(&cursor, &[1], &[]);
    assert_eq!((delivered, cursor.is_gapless()), (1, true));
}

#[test]
fn a_holder_that_prepares_stays_in_the_fence() {
    let (_, cursor) = poll(&Cursor::default(), &[2], &["3/7"]);
    let (_, cursor) = poll(&cursor, &[], &["-1/740", "8/8"]);
    let (_, cursor) = poll(&cursor, &[], &["-1/740"]);
    assert_eq!(cursor.gaps(), [1]);
    let (delivered, _) = poll(&cursor, &[1], &[]);
    assert_eq!(delivered, 1);
}

#[test]
fn beyond_the_limit_only_the_prefix_that_fits_is_delivered() {
    let sight = Cursor::default().see_within(&[2, 7, 9], 3);
    assert_eq!((sight.delivered, sight.truncated), (1, true));
    let Next::Open(pending) = sight.next else { panic!("gaps are open") };
    let cursor = pending.fence(&Holders::new());
    assert_eq!((cursor.low(), cursor.gaps()), (4, vec![1, 3, 4]));
    let sight = cursor.see_within(&[7, 9], 3);
    assert_eq!((sight.delivered, sight.truncated), (2, false), "all three gaps were dead");
}

#[test]
fn full_of_gaps_the_cursor_stands_still_but_late_rows_come() {
    let (_, cursor) = poll(&Cursor::default(), &[3], &["3/7"]);
    let sight = cursor.see_within(&[2, 9], 1);
    assert_eq!((sight.delivered, sight.truncated), (1, true));
    let Next::Open(pending) = sight.next else { panic!("gaps are open") };
    assert_eq!(pending.fence(&holders(&["3/7"])).low(), 3);
}

#[test]
fn a_cursor_reads_as_it_was_written() {
    let (_, cursor) = poll(&Cursor::default(), &[2], &["3/7", "-1/740"]);
    let json = serde_json::to_string(&cursor).expect("JSON");
    assert_eq!(json, r#"{"low":2,"gaps":[{"positie":1,"houders":["-1/740","3/7"]}]}"#);
    assert_eq!(serde_json::from_str::<Cursor>(&json).expect("a cursor"), cursor);
}

const WRITERS: usize = 5;
const OBJECTS: usize = 3;
/// Small, so that the limit is met often.
const GAP_LIMIT: usize = 6;
const READ_LIMIT: usize = 4;

/// Where a writing transaction is. `Ended` is the moment between being visible (or aborted) and
/// releasing the locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Begun,
    Writing,
    Prepared,
    Ended,
}

#[derive(Debug, Clone)]
struct Tx {
    phase: Phase,
    holder: String,
    object: usize,
    holds_log: bool,
    drawn: Vec<i64>,
}

#[derive(Debug, Default)]
struct Server {
    last_positie: i64,
    last_tx: u32,
    boots: u32,
    writers: [Option<Tx>; WRITERS],
    /// Prepared transactions live on without a session.
    prepared: Vec<Tx>,
    committed: BTreeMap<i64, (usize, i64)>,
    versions: [i64; OBJECTS],
}

impl Server {
    fn all(&self) -> impl Iterator<Item = &Tx> {
        self.writers.iter().flatten().chain(&self.prepared)
    }

    fn holders(&self) -> Holders {
        self.all().filter(|tx| tx.holds_log).map(|tx| tx.holder.clone()).collect()
    }

    fn undecided(&self) -> BTreeSet<i64> {
        let open = self.all().filter(|tx| tx.phase != Phase::Ended);
        open.flat_map(|tx| tx.drawn.iter().copied()).collect()
    }

    fn begin(&mut self, writer: usize, object: usize) {
        let locked = self.all().any(|tx| tx.object == object);
        if self.writers[writer].is_none() && !locked {
            self.last_tx += 1;
            // Numbers start again after a restart: names of holders may come back.
            let holder = format!("{writer}/{}", self.last_tx);
            let (phase, drawn) = (Phase::Begun, Vec::new());
            self.writers[writer] = Some(Tx { phase, holder, object, holds_log: false, drawn });
        }
    }

    /// The INSERT in two steps: first the lock (F1), then the position (F4).
    fn write(&mut self, writer: usize) {
        let Some(tx) = &mut self.writers[writer] else { return };
        match tx.phase {
            Phase::Begun => {
                tx.holds_log = true;
                tx.phase = Phase::Writing;
            }
            Phase::Writing => {
                self.last_positie += 1;
                tx.drawn.push(self.last_positie);
            }
            Phase::Prepared | Phase::Ended => {}
        }
    }

    /// ROLLBACK TO a savepoint before the first INSERT gives the log's lock back.
    fn back_to_savepoint(&mut self, writer: usize) {
        if let Some(tx) = &mut self.writers[writer]
            && tx.phase == Phase::Writing
        {
            tx.drawn.clear();
            tx.holds_log = false;
            tx.phase = Phase::Begun;
        }
    }

    fn prepare(&mut self, writer: usize, keeps_name: bool) {
        if self.writers[writer].as_ref().is_some_and(|tx| tx.phase == Phase::Writing)
            && let Some(mut tx) = self.writers[writer].take()
        {
            tx.phase = Phase::Prepared;
            if !keeps_name {
                self.last_tx += 1;
                tx.holder = format!("-1/{}", 1000 * (self.boots + 1) + self.last_tx);
            }
            self.prepared.push(tx);
        }
    }

    /// Visible first (F2); the locks go in a step of their own.
    fn end(
        committed: &mut BTreeMap<i64, (usize, i64)>,
        versions: &mut [i64],
        tx: &mut Tx,
        ok: bool,
    ) {
        match tx.phase {
            Phase::Begun | Phase::Writing | Phase::Prepared => {
                tx.phase = Phase::Ended;
                for positie in tx.drawn.iter().filter(|_| ok) {
                    versions[tx.object] += 1;
                    committed.insert(*positie, (tx.object, versions[tx.object]));
                }
            }
            Phase::Ended => {}
        }
    }

    fn end_writer(&mut self, writer: usize, ok: bool) {
        let Some(tx) = &mut self.writers[writer] else { return };
        if tx.phase == Phase::Ended {
            self.writers[writer] = None;
        } else {
            Self::end(&mut self.committed, &mut self.versions, tx, ok);
        }
    }

    fn end_prepared(&mut self, ok: bool) {
        let Some(tx) = self.prepared.first_mut() else { return };
        if tx.phase == Phase::Ended {
            self.prepared.remove(0);
        } else {
            Self::end(&mut self.committed, &mut self.versions, tx, ok);
        }
    }

    /// A restart: sessions end without commit, prepared transactions come back under `-1/xid`, the
    /// sequence skips the positions that it had logged ahead.
    fn restart(&mut self) {
        self.writers = Default::default();
        self.last_positie += 3;
        self.boots += 1;
        self.last_tx = 0;
        for (number, tx) in self.prepared.iter_mut().enumerate() {
            tx.holder = format!("-1/{}", 1000 * self.boots + 500 + u32::try_from(number).unwrap());
        }
    }
}

/// An event: position, object, version.
type Row = (i64, usize, i64);

#[derive(Debug, Default)]
struct Reader {
    stored: Option<String>,
    /// The poll under way: what was seen, and which rows it may deliver.
    seen: Option<(Cursor, Next, Vec<Row>)>,
    delivered: Vec<Row>,
}

impl Reader {
    fn cursor(&self) -> Cursor {
        self.stored
            .as_ref()
            .map_or_else(Cursor::default, |json| serde_json::from_str(json).unwrap())
    }

    fn step(&mut self, server: &Server) {
        match self.seen.take() {
            None => self.look(server),
            Some((before, next, rows)) => self.store(server, &before, next, rows),
        }
    }

    fn look(&mut self, server: &Server) {
        let before = self.cursor();
        let gaps = before.gaps();
        let row = |(positie, (object, versie)): (&i64, &(usize, i64))| (*positie, *object, *versie);
        let late = server.committed.iter().filter(|(positie, _)| gaps.contains(positie));
        let fresh = server.committed.range(before.low() + 1..).take(READ_LIMIT);
        let mut rows: Vec<_> = late.chain(fresh).map(row).collect();
        let posities: Vec<i64> = rows.iter().map(|row| row.0).collect();
        let sight = before.see_within(&posities, GAP_LIMIT);
        rows.truncate(sight.delivered);
        self.seen = Some((before, sight.next, rows));
    }

    fn store(&mut self, server: &Server, before: &Cursor, next: Next, rows: Vec<Row>) {
        let after = match next {
            Next::Settled(cursor) => cursor,
            Next::Open(pending) => pending.fence(&server.holders()),
        };
        check_invariants(server, before, &after, &rows);
        self.delivered.extend(rows);
        self.stored = Some(serde_json::to_string(&after).unwrap());
    }
}

fn check_invariants(server: &Server, before: &Cursor, after: &Cursor, rows: &[Row]) {
    assert!(after.gaps.len() <= GAP_LIMIT, "bounded");
    assert!(after.gaps.is_sorted_by(|a, b| a.positie < b.positie), "ascending");
    let undecided = server.undecided();
    for gap in &before.gaps {
        let by_row = rows.iter().any(|row| row.0 == gap.positie);
        match after.gaps.iter().find(|other| other.positie == gap.positie) {
            Some(same) => {
                let added = same.houders.difference(&gap.houders);
                assert!(added.into_iter().all(|holder| holder.starts_with("-1/")), "I2");
            }
            None if by_row => {}
            None => {
                assert!(gap.houders.is_empty(), "I3: dead in the poll that emptied its fence");
                assert!(!undecided.contains(&gap.positie), "I3: its owner still runs");
                assert!(!server.committed.contains_key(&gap.positie), "I3: its row is there");
            }
        }
    }
}

fn act(server: &mut Server, reader: &mut Reader, action: u8, who: usize, object: usize) {
    match action {
        0..4 => server.begin(who, object),
        4..12 => server.write(who),
        12..15 => server.end_writer(who, true),
        15 => server.end_writer(who, false),
        16 => server.back_to_savepoint(who),
        17 => server.prepare(who, object == 0),
        18 => server.end_prepared(object != 0),
        19 if who == 0 && object == 0 => server.restart(),
        20 if object == 0 => reader.seen = None,
        _ => reader.step(server),
    }
}

/// Ends every transaction, and lets the reader come to rest.
fn settle(server: &mut Server, reader: &mut Reader) {
    for writer in 0..WRITERS {
        server.end_writer(writer, writer % 2 == 0);
        server.end_writer(writer, true);
    }
    while !server.prepared.is_empty() {
        server.end_prepared(true);
    }
    let enough = 4 * (usize::try_from(server.last_positie).unwrap() + 4);
    for _ in 0..enough {
        reader.step(server);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_doubled_or_out_of_order(
        history in prop::collection::vec((0..32_u8, 0..WRITERS, 0..OBJECTS), 1..250),
    ) {
        let (mut server, mut reader) = (Server::default(), Reader::default());
        for (action, who, object) in history {
            act(&mut server, &mut reader, action, who, object);
        }
        settle(&mut server, &mut reader);

        let mut versions = [0; OBJECTS];
        for (positie, object, versie) in &reader.delivered {
            versions[*object] += 1;
            prop_assert_eq!(*versie, versions[*object], "order at positie {}", positie);
        }
        let delivered: BTreeSet<i64> = reader.delivered.iter().map(|row| row.0).collect();
        prop_assert_eq!(delivered.len(), reader.delivered.len(), "doubled");
        let committed: BTreeSet<i64> = server.committed.keys().copied().collect();
        prop_assert_eq!(delivered, committed, "lost");
        prop_assert!(reader.cursor().is_gapless(), "at rest");
    }
}
