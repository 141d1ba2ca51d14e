//! [`Jitter`] and the back-off that uses it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A source of numbers for spreading waits; no secret may be made from it. Clones draw from one sequence, which depends on
/// the seed alone: a role seeds it from the operating system, a test with a constant.
#[derive(Clone, Debug)]
pub struct Jitter {
    state: Arc<AtomicU64>,
}

// === impl Jitter ===

impl Jitter {
    /// The sequence of `seed`.
    pub fn new(seed: u64) -> Jitter {
        Jitter { state: Arc::new(AtomicU64::new(seed)) }
    }

    /// The next number, at least 0 and below 1.
    pub fn fraction(&self) -> f64 {
        // SplitMix64: an increment and a mix, so one atomic addition draws a number.
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 11) as f64 / (1u64 << 53) as f64
    }

    /// `wait` lengthened by up to `share` of it (0.5: by half of it at most).
    pub fn spread(&self, wait: Duration, share: f64) -> Duration {
        wait.mul_f64(1.0 + share * self.fraction())
    }

    /// How long to wait before attempt `attempt` (from 0): `base` doubled each time, at most `cap`; between half of that and
    /// the whole of it, so that those who failed together do not come back together.
    pub fn backoff(&self, attempt: u32, base: Duration, cap: Duration) -> Duration {
        let whole = base.saturating_mul(1u32.checked_shl(attempt).unwrap_or(u32::MAX)).min(cap);
        whole.mul_f64(0.5 + self.fraction() / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_are_spread() {
        let (base, cap) = (Duration::from_millis(100), Duration::from_secs(10));
        let jitter = Jitter::new(1);
        for attempt in [0, 1, 5, 31, 32, 1000] {
            let whole = if attempt < 7 { base * 2u32.pow(attempt) } else { cap };
            for _ in 0..100 {
                let wait = jitter.backoff(attempt, base, cap);
                assert!(wait >= whole / 2 && wait <= whole, "attempt {attempt}: {wait:?}");
            }
        }
        assert_ne!(jitter.backoff(3, base, cap), jitter.backoff(3, base, cap));
    }

    #[test]
    fn the_seed_alone_decides() {
        let numbers = |seed| {
            let jitter = Jitter::new(seed);
            (0..50).map(|_| jitter.fraction()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
        assert!(numbers(7).iter().all(|n| (0.0..1.0).contains(n)));
    }
}
