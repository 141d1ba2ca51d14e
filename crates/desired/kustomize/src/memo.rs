//! [`Memo`]: parsed files by the id of their content, shared between builds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_tree::{Blob, ObjectId};

/// Values made of files, kept for as long as they fit.
#[derive(Debug)]
pub(crate) struct Memo<T> {
    entries: Mutex<Entries<T>>,
    /// Bytes of files whose values are kept.
    limit: usize,
}

#[derive(Debug)]
struct Entries<T> {
    by_id: HashMap<ObjectId, Entry<T>>,
    bytes: usize,
    /// Counts uses: the larger, the later.
    clock: u64,
}

#[derive(Debug)]
struct Entry<T> {
    value: Arc<T>,
    bytes: usize,
    used: u64,
}

// === impl Memo ===

impl<T> Memo<T> {
    pub(crate) fn new(limit: usize) -> Memo<T> {
        Memo { entries: Mutex::new(Entries { by_id: HashMap::new(), bytes: 0, clock: 0 }), limit }
    }

    /// The value of a file, made by `make` unless it is known. Errors are not kept.
    pub(crate) fn get<E>(&self, blob: &Blob, make: impl FnOnce(&[u8]) -> Result<T, E>) -> Result<Arc<T>, E> {
        {
            let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            entries.clock += 1;
            let now = entries.clock;
            if let Some(entry) = entries.by_id.get_mut(&blob.id) {
                entry.used = now;
                return Ok(entry.value.clone());
            }
        }
        // The lock is not held meanwhile: two builds may make the same value, which does no harm.
        let value = Arc::new(make(&blob.bytes)?);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(blob, value.clone(), self.limit);
        Ok(value)
    }
}

// === impl Entries ===

impl<T> Entries<T> {
    fn insert(&mut self, blob: &Blob, value: Arc<T>, limit: usize) {
        // Small files count as more than they are, for the structures around them.
        let bytes = blob.bytes.len().max(512);
        if bytes > limit {
            return;
        }
        let used = self.clock;
        if self.by_id.insert(blob.id, Entry { value, bytes, used }).is_none() {
            self.bytes += bytes;
        }
        if self.bytes > limit {
            self.evict(limit / 2);
        }
    }

    /// Drops what was not used for longest until what is left has at most `limit` bytes.
    fn evict(&mut self, limit: usize) {
        let mut ages: Vec<(u64, ObjectId)> = self.by_id.iter().map(|(id, entry)| (entry.used, *id)).collect();
        ages.sort_unstable_by_key(|(used, _)| *used);
        for (_, id) in ages {
            if self.bytes <= limit {
                return;
            }
            if let Some(entry) = self.by_id.remove(&id) {
                self.bytes -= entry.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bowline_base_tree::MemoryTree;

    #[test]
    fn makes_each_value_once_and_forgets_the_oldest() {
        let tree = MemoryTree::from_files([("a", "a".repeat(600)), ("b", "b".repeat(600)), ("c", "c".repeat(600))]);
        let blob = |path: &str| tree.read(path).unwrap();
        let memo: Memo<usize> = Memo::new(1500);
        let get = |path: &str| {
            let mut made = false;
            let value = memo.get::<()>(&blob(path), |bytes| {
                made = true;
                Ok(bytes.len())
            });
            assert_eq!(*value.unwrap(), 600);
            made
        };
        assert!(get("a") && get("b"));
        assert!(!get("a"));
        assert!(get("c"), "over the limit now");
        assert!(get("b"), "was not used for longest");
    }
}
