//! [`Chance`]: what is random, by a seed.

use bowline_base_clock::Jitter;

/// Chance, by a seed.
#[derive(Debug)]
pub(crate) struct Chance(Jitter);

// === impl Chance ===

impl Chance {
    pub(crate) fn new(seed: u64) -> Chance {
        Chance(Jitter::new(seed))
    }

    /// Below `n`.
    pub(crate) fn below(&self, n: usize) -> usize {
        (self.0.fraction() * n as f64) as usize
    }

    /// Once in `n` times.
    pub(crate) fn once_in(&self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of them, where there are any.
    pub(crate) fn one<'a, T>(&self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}
