//! A small generator (SplitMix64): the same numbers at every start. Not for secrets.

/// What the state grows by from number to number.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A source of numbers that look random, from a seed.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The number at a place in those of a seed, counted from 0.
    #[must_use]
    pub fn at(seed: u64, place: u64) -> u64 {
        Self(seed.wrapping_add(STEP.wrapping_mul(place))).number()
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 when there is none.
    pub fn below(&mut self, bound: u32) -> u32 {
        let rest = self.number() % u64::from(bound.max(1));
        u32::try_from(rest).unwrap_or_default()
    }

    /// True in `percent` of the cases.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of some items, of which there is at least one.
    pub fn pick<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        let bound = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let index = usize::try_from(self.below(bound)).unwrap_or_default();
        &items[index]
    }
}
