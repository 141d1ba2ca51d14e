//! [`Made`]: the JSON of applications in lists over REST, made once for each state and shared by all who ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bowline_core_control::Stored;
use bowline_core_crd::{Application, ListMeta};
use bowline_core_types::AppName;
use bowline_web_wire::Selection;
use bowline_web_wire::json::{Json, write};
use bytes::Bytes;
use serde_json::json;

use crate::store::Kept as _;

/// Selections of fields whose JSON is kept. Programs ask with a few, again and again.
const SELECTIONS: usize = 4;
/// Applications that may be gone and are still kept.
const GONE: usize = 1_000;

/// What was made, the selection that was asked for last at the end.
#[derive(Default)]
pub(crate) struct Made(Mutex<Vec<BySelection>>);

struct BySelection {
    selection: Option<Selection>,
    /// The JSON of a state, by its number.
    items: HashMap<AppName, (u64, Bytes)>,
}

// === impl Made ===

impl Made {
    /// A list of these applications, which shows changes up to `number`, with the fields of `selection`; `all` is how many applications
    /// there are.
    pub(crate) fn list(
        &self,
        found: &[Arc<Stored<Application>>],
        number: u64,
        selection: Option<&Selection>,
        all: usize,
    ) -> Bytes {
        let mut out = b"{\"metadata\":".to_vec();
        write(&ListMeta { resource_version: number.to_string(), ..ListMeta::default() }, &mut out);
        out.extend_from_slice(b",\"items\":[");
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().position(|kept| kept.selection.as_ref() == selection);
        let mut made = match known {
            Some(place) => kept.remove(place),
            None => BySelection { selection: selection.cloned(), items: HashMap::new() },
        };
        if made.items.len() > all + GONE {
            made.items.clear();
        }
        for (place, stored) in found.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            let item = match made.items.get(&stored.name) {
                Some((number, item)) if *number == stored.number => item,
                _ => {
                    let item = (stored.number, item(&stored.object, selection));
                    &made.items.entry(stored.name.clone()).insert_entry(item).into_mut().1
                }
            };
            out.extend_from_slice(item);
        }
        if kept.len() >= SELECTIONS {
            kept.remove(0);
        }
        kept.push(made);
        drop(kept);
        out.extend_from_slice(b"]}");
        out.into()
    }
}

/// One application, as it stands in a list.
fn item(app: &Application, selection: Option<&Selection>) -> Bytes {
    let mut out = Vec::new();
    match selection {
        None => write(&app.bare(), &mut out),
        Some(selection) => {
            // Its place counts: fields are named from the list on.
            let mut list = json!({"items": [app.bare().to_value()]});
            selection.prune(&mut list);
            write(&list["items"][0], &mut out);
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use bowline_core_crd::ApplicationList;

    use super::*;

    fn stored(name: &str, number: u64, project: &str) -> Arc<Stored<Application>> {
        let mut app = Application::new("argocd", name);
        app.spec.project = project.into();
        app.spec.info = vec![bowline_core_crd::Info { name: "a<b".into(), value: "&".into() }];
        Arc::new(Stored { name: AppName::new("argocd", name), object: Arc::new(app), number })
    }

    /// As the message is written without anything made before.
    fn plain(found: &[Arc<Stored<Application>>], number: u64, selection: Option<&Selection>) -> String {
        let list = ApplicationList {
            metadata: ListMeta { resource_version: number.to_string(), ..ListMeta::default() },
            items: found.iter().map(|stored| stored.object.bare()).collect(),
            ..ApplicationList::default()
        };
        let mut out = Vec::new();
        match selection {
            None => list.write(&mut out),
            Some(selection) => {
                let mut value = list.to_value();
                selection.prune(&mut value);
                write(&value, &mut out);
            }
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_was_made_before_is_what_would_be_made_now() {
        let made = Made::default();
        let selections: Vec<Option<Selection>> = [
            "",
            "items.metadata.name,items.spec",
            "-items.spec.info",
            "items.spec.project",
            "items.metadata",
            "items.none",
        ]
        .iter()
        .map(|text| Selection::parse(text).map(|selection| selection.keeping("metadata")))
        .collect();
        let before = [stored("a", 1, "one"), stored("b", 2, "one")];
        let after = [stored("a", 1, "one"), stored("b", 3, "two"), stored("c", 4, "three")];
        for found in [&before[..], &after[..], &before[1..]] {
            for selection in selections.iter().map(Option::as_ref) {
                let list = made.list(found, 7, selection, 3);
                // Fields of a selection are sorted either way.
                let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
                let (list, want) = (std::str::from_utf8(&list).unwrap(), plain(found, 7, selection));
                assert_eq!(read(list), read(&want), "{selection:?}");
                if selection.is_none() {
                    assert_eq!(list, want);
                }
            }
        }
        assert_eq!(made.0.lock().unwrap().len(), SELECTIONS);
    }
}
