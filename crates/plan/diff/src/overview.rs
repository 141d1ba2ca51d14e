//! The sync status of an application by that of its objects.

use bowline_core_types::{Object, ResourceKey, annotation, is_hook, is_skipped};

use crate::{Comparison, SyncStatus};

/// One object of an application, compared.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// What names it.
    pub key: &'a ResourceKey,
    /// What Git says; `None` where the object is only tracked.
    pub desired: Option<&'a Object>,
    /// What the cluster holds; `None` where it is missing.
    pub live: Option<&'a Object>,
    /// How they compare.
    pub comparison: &'a Comparison,
    /// Whether the live object's mark was written for this object; a copy that carries another's is shown and not counted.
    pub self_reference: bool,
}

/// The sync status of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Whether it is synced.
    pub status: SyncStatus,
    /// The objects that made it so, in the order given, with a sentence each; none where it is synced.
    pub reasons: Vec<(ResourceKey, String)>,
}

/// Synced where every object that counts is. Hooks and skipped objects do not count, nor do extra objects that say
/// `IgnoreExtraneous`, nor copies of others' objects. What is unknown outweighs what is out of sync only where nothing is.
pub fn overview<'a>(items: impl IntoIterator<Item = Item<'a>>) -> Overview {
    let (mut out_of_sync, mut unknown) = (Vec::new(), Vec::new());
    for item in items {
        let object = item.desired.or(item.live);
        if object.is_some_and(|o| is_hook(o) || is_skipped(o)) || !item.self_reference {
            continue;
        }
        let ignored = matches!(item.comparison, Comparison::Extra)
            && item
                .live
                .is_some_and(|l| l.annotation_list(annotation::COMPARE_OPTIONS).any(|o| o == "IgnoreExtraneous"));
        let list = match item.comparison.status() {
            SyncStatus::Synced => continue,
            _ if ignored => continue,
            SyncStatus::OutOfSync => &mut out_of_sync,
            SyncStatus::Unknown => &mut unknown,
        };
        list.push((item.key.clone(), item.comparison.sentence()));
    }
    let status = match (out_of_sync.is_empty(), unknown.is_empty()) {
        (false, _) => SyncStatus::OutOfSync,
        (true, false) => SyncStatus::Unknown,
        (true, true) => SyncStatus::Synced,
    };
    out_of_sync.append(&mut unknown);
    Overview { status, reasons: out_of_sync }
}
