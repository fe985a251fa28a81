//! Which cells of a count may be shown, so that nobody can be known from them.
//!
//! A cell with fewer than `drempel` is left out, with its values: it looks like one that is not
//! there. One cell that is left out would follow from a total, which whoever asks with fewer
//! features gets; so in every line that adds up to such a total the smallest cells are left out
//! too, until at least two are and these are together no smaller than `drempel`. Counts are
//! rounded: the difference between the answers to two questions, such as of periods that differ by
//! a day, says nothing of a few.

use std::collections::BTreeMap;

use read_side::analyse::Toegestaan;

/// How is counted for analysts, and for who leads teams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analyse {
    /// Fewest that a cell may count.
    pub drempel: u32,
    /// Counts are multiples of this; 1 = as they are.
    pub afronding: u32,
    /// What of free input may be counted by; the same as when the rows were made.
    pub toegestaan: Toegestaan,
    /// Whether who leads a team sees how its medewerkers stand, each by name.
    pub per_behandelaar: bool,
}

impl Default for Analyse {
    fn default() -> Self {
        let toegestaan = Toegestaan::default();
        Self { drempel: 10, afronding: 5, toegestaan, per_behandelaar: true }
    }
}

/// What must be known of a cell to decide whether it is shown.
pub(crate) trait Cel {
    /// The value of each feature.
    fn waarden(&self) -> &[Option<String>];
    /// How many it counts.
    fn aantal(&self) -> i64;
}

impl Analyse {
    /// The cells that may be shown; and whether others are left out.
    pub(crate) fn toonbaar<C: Cel>(&self, cells: Vec<C>) -> (Vec<C>, bool) {
        let shown = self.shown(&cells);
        let onderdrukt = shown.contains(&false);
        let cells = cells.into_iter().zip(shown).filter(|(_, shown)| *shown);
        (cells.map(|(cell, _)| cell).collect(), onderdrukt)
    }

    fn shown<C: Cel>(&self, cells: &[C]) -> Vec<bool> {
        let drempel = i64::from(self.drempel);
        let mut shown: Vec<bool> = cells.iter().map(|cell| cell.aantal() >= drempel).collect();
        let lines = lines(cells);
        // Each round leaves at least one more out, so it ends.
        loop {
            let betrayed = lines.iter().filter(|line| betrays(line, cells, &shown, drempel));
            let also: Vec<usize> =
                betrayed.filter_map(|line| smallest(line, cells, &shown)).collect();
            if also.is_empty() {
                return shown;
            }
            for index in also {
                shown[index] = false;
            }
        }
    }

    /// A count as it is shown.
    pub(crate) fn afgerond(&self, aantal: i64) -> i64 {
        let step = i64::from(self.afronding.max(1));
        (aantal + step / 2) / step * step
    }

    /// A value that is measured over this many, if they are enough.
    pub(crate) fn gemeten<T>(&self, over: i64, value: Option<T>) -> Option<T> {
        value.filter(|_| over > 0 && over >= i64::from(self.drempel))
    }

    /// Which part of a whole, in whole percents, if the whole is large enough.
    pub(crate) fn procent(&self, part: i64, whole: i64) -> Option<i64> {
        self.gemeten(whole, (whole > 0).then(|| (part * 100 + whole / 2) / whole.max(1)))
    }
}

/// The lines of cells that add up to a cell of a question with fewer features: all cells that agree
/// in some of them.
fn lines<C: Cel>(cells: &[C]) -> Vec<Vec<usize>> {
    let features = cells.first().map_or(0, |cell| cell.waarden().len());
    let mut lines = Vec::new();
    for fewer in 0..(1_usize << features) - 1 {
        let mut by_value: BTreeMap<Vec<&Option<String>>, Vec<usize>> = BTreeMap::new();
        for (index, cell) in cells.iter().enumerate() {
            let kept = cell.waarden().iter().enumerate().filter(|(at, _)| fewer >> at & 1 == 1);
            by_value.entry(kept.map(|(_, value)| value).collect()).or_default().push(index);
        }
        lines.extend(by_value.into_values());
    }
    lines
}

/// Whether what a line leaves out follows too closely from its total.
fn betrays<C: Cel>(line: &[usize], cells: &[C], shown: &[bool], drempel: i64) -> bool {
    let hidden = || line.iter().filter(|index| !shown[**index]);
    let sum: i64 = hidden().map(|index| cells[*index].aantal()).sum();
    let count = hidden().count();
    count == 1 || count > 0 && sum < drempel
}

/// The smallest cell of a line that is still shown.
fn smallest<C: Cel>(line: &[usize], cells: &[C], shown: &[bool]) -> Option<usize> {
    let left = line.iter().copied().filter(|index| shown[*index]);
    left.min_by_key(|index| (cells[*index].aantal(), *index))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Count(Vec<Option<String>>, i64);

    impl Cel for Count {
        fn waarden(&self) -> &[Option<String>] {
            &self.0
        }

        fn aantal(&self) -> i64 {
            self.1
        }
    }

    fn cell(waarden: &[&str], aantal: i64) -> Count {
        Count(waarden.iter().map(|value| Some((*value).to_owned())).collect(), aantal)
    }

    fn shown(cells: Vec<Count>) -> (Vec<i64>, bool) {
        let (cells, onderdrukt) = Analyse::default().toonbaar(cells);
        (cells.iter().map(Cel::aantal).collect(), onderdrukt)
    }

    #[test]
    fn a_small_cell_takes_another_with_it_so_that_no_total_tells() {
        let cells = vec![cell(&["a"], 50), cell(&["b"], 9), cell(&["c"], 20)];
        assert_eq!(shown(cells), (vec![50], true));
        // Two that are together large enough need no third one.
        let cells = vec![cell(&["a"], 50), cell(&["b"], 9), cell(&["c"], 1), cell(&["d"], 20)];
        assert_eq!(shown(cells), (vec![50, 20], true));
        let cells = vec![cell(&["a"], 50), cell(&["b"], 10)];
        assert_eq!(shown(cells), (vec![50, 10], false));
        assert_eq!(shown(vec![cell(&[], 9)]), (vec![], true));
        assert_eq!(shown(Vec::new()), (vec![], false));
    }

    #[test]
    fn of_two_features_every_row_and_column_is_looked_at() {
        let cells = vec![
            cell(&["tel", "A"], 30),
            cell(&["tel", "B"], 5),
            cell(&["bal", "A"], 40),
            cell(&["bal", "B"], 35),
        ];
        // B by telephone follows from its row, its column and, once those have gone, from theirs.
        assert_eq!(shown(cells), (vec![], true));
        let cells = vec![
            cell(&["tel", "A"], 30),
            cell(&["tel", "B"], 5),
            cell(&["tel", "C"], 90),
            cell(&["bal", "A"], 40),
            cell(&["bal", "B"], 35),
            cell(&["bal", "C"], 80),
        ];
        assert_eq!(shown(cells), (vec![90, 80], true));
    }

    #[test]
    fn a_measure_over_few_is_none_and_counts_are_rounded() {
        let analyse = Analyse::default();
        assert_eq!((analyse.procent(3, 9), analyse.procent(1, 12)), (None, Some(8)));
        assert_eq!(analyse.gemeten(0, Some(1)), None);
        assert_eq!([10, 12, 13, 17, 18].map(|n| analyse.afgerond(n)), [10, 10, 15, 15, 20]);
        let exact = Analyse { drempel: 0, afronding: 0, ..Analyse::default() };
        assert_eq!((exact.afgerond(12), exact.procent(0, 0)), (12, None));
    }

    fn tables() -> impl Strategy<Value = Vec<Count>> {
        let value = prop::sample::select(vec!["a", "b", "c"]);
        let key = prop::collection::vec(value, 3);
        prop::collection::btree_map(key, 1_i64..40, 0..20)
            .prop_map(|cells| cells.iter().map(|(key, aantal)| cell(key, *aantal)).collect())
    }

    proptest! {
        /// Nothing small is shown, and no total of any line, less what is shown of it, tells of
        /// fewer than the threshold or of one cell, unless all of the line is left out.
        #[test]
        fn no_line_tells_of_few(cells in tables()) {
            let analyse = Analyse::default();
            let shown = analyse.shown(&cells);
            for (cell, shown) in cells.iter().zip(&shown) {
                prop_assert!(!shown || cell.aantal() >= 10);
            }
            for line in lines(&cells) {
                let hidden: Vec<i64> =
                    line.iter().filter(|at| !shown[**at]).map(|at| cells[*at].aantal()).collect();
                let all = hidden.len() == line.len();
                prop_assert!(hidden.is_empty() || all
                    || hidden.len() > 1 && hidden.iter().sum::<i64>() >= 10);
            }
        }
    }
}
