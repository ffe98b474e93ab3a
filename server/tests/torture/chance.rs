//! Chance with a seed: the same question at the same place has the same answer in each run.

/// Where random numbers come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A source of its own for one purpose.
    pub(crate) fn about(self, purpose: u64) -> Self {
        Self(mix(self.0 ^ mix(purpose)))
    }

    /// The `n`th number below `end`.
    pub(crate) fn nth(self, n: u64, end: u64) -> u64 {
        mix(self.0.wrapping_add(mix(n))) % end
    }

    /// The next number below `end`.
    pub(crate) fn next(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0) % end
    }
}

/// Splitmix64, by Sebastiano Vigna.
const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
