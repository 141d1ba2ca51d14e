//! [`Cache`]: a map that holds at most a number of bytes; what was not used for longest goes first.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// A cache of two generations: what is used moves to the young one; when that holds half of the budget it becomes the old one and
/// the old one goes. As good as least-recently-used here, without a list.
pub struct Cache<K, V> {
    half: usize,
    generations: Mutex<Generations<K, V>>,
}

struct Generations<K, V> {
    young: HashMap<K, (V, usize)>,
    old: HashMap<K, (V, usize)>,
    young_bytes: usize,
}

// === impl Cache ===

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// A cache of at most `budget` bytes.
    pub fn new(budget: usize) -> Cache<K, V> {
        let generations = Generations { young: HashMap::new(), old: HashMap::new(), young_bytes: 0 };
        Cache { half: budget / 2, generations: Mutex::new(generations) }
    }

    /// What is kept under `key`.
    pub fn get(&self, key: &K) -> Option<V> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((value, _)) = generations.young.get(key) {
            return Some(value.clone());
        }
        let (value, bytes) = generations.old.remove(key)?;
        self.put(&mut generations, key.clone(), value.clone(), bytes);
        Some(value)
    }

    /// Takes out what is kept under `key`.
    pub fn remove(&self, key: &K) -> Option<V> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((value, bytes)) = generations.young.remove(key) {
            generations.young_bytes -= bytes;
            generations.old.remove(key);
            return Some(value);
        }
        generations.old.remove(key).map(|(value, _)| value)
    }

    /// Keeps `value`, which holds `bytes`; what is larger than a generation is not kept.
    pub fn insert(&self, key: K, value: V, bytes: usize) {
        if bytes <= self.half {
            let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
            self.put(&mut generations, key, value, bytes);
        }
    }

    fn put(&self, generations: &mut Generations<K, V>, key: K, value: V, bytes: usize) {
        if generations.young_bytes + bytes > self.half {
            generations.old = std::mem::take(&mut generations.young);
            generations.young_bytes = 0;
        }
        generations.young_bytes += bytes;
        if let Some((_, replaced)) = generations.young.insert(key, (value, bytes)) {
            generations.young_bytes -= replaced;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_budget_holds() {
        let cache = Cache::new(100);
        for i in 0..1000 {
            cache.insert(i, i, 10);
            assert_eq!(cache.get(&0), Some(0), "used each time");
        }
        let kept = (0..1000).filter(|i| cache.get(i).is_some()).count();
        assert!(kept <= 10, "{kept}");
        cache.insert(7, 7, 51);
        assert_eq!(cache.get(&7), None, "larger than a generation");
        cache.insert(8, 8, 10);
        assert_eq!(cache.remove(&8), Some(8));
        assert_eq!(cache.get(&8), None);
    }
}
