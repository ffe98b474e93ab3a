//! Chance that repeats: `SplitMix64`, which needs no crate and gives the same faults for the same seed.

/// A source of numbers that is decided by its seed.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// Starts at a seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Says yes in that share of the cases.
    pub(crate) fn chance(&mut self, rate: f64) -> bool {
        // The upper half is as much as an f64 holds without loss, and more than enough.
        let part = u32::try_from(self.next() >> 32).unwrap_or(u32::MAX);
        f64::from(part) < rate * f64::from(u32::MAX)
    }

    /// One of several, or none of none.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let count = u64::try_from(from.len()).ok().filter(|count| *count > 0)?;
        usize::try_from(self.next() % count).ok().and_then(|at| from.get(at).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_and_a_rate_is_kept() {
        let hits = |seed| {
            let mut random = Random::new(seed);
            (0..1000).filter(|_| random.chance(0.3)).count()
        };
        assert_eq!(hits(7), hits(7));
        assert!((200..400).contains(&hits(7)), "{}", hits(7));
        let mut random = Random::new(1);
        assert!(!random.chance(0.0));
        assert_eq!(random.pick::<u8>(&[]), None);
        assert!((0..100).all(|_| [1, 2, 3].contains(&random.pick(&[1, 2, 3]).expect("not empty"))));
    }
}
