//! [`Interner`]: equal strings are kept once.

use std::collections::HashSet;
use std::sync::Arc;

/// Unused strings are looked for when there are this many more than after the last time.
const SWEEP: usize = 4096;

/// Keeps equal strings once: namespaces, kinds, applications.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    strings: HashSet<Arc<str>>,
    sweep_at: usize,
}

// === impl Interner ===

impl Interner {
    /// The one copy of `text`.
    pub(crate) fn get(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.strings.get(text) {
            return known.clone();
        }
        self.sweep();
        let string: Arc<str> = text.into();
        self.strings.insert(string.clone());
        string
    }

    fn sweep(&mut self) {
        if self.strings.len() >= self.sweep_at.max(SWEEP) {
            self.strings.retain(|string| Arc::strong_count(string) > 1);
            self.sweep_at = self.strings.len() + SWEEP;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_uses_is_forgotten() {
        let mut interner = Interner::default();
        let kept = interner.get("kept");
        for i in 0..3 * SWEEP {
            interner.get(&format!("s{i}"));
        }
        assert!(interner.strings.len() <= SWEEP + 1);
        assert!(Arc::ptr_eq(&kept, &interner.get("kept")));
    }
}
