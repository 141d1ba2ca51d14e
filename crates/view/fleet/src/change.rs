//! [`Change`]: what to say to somebody who has an earlier answer.

use std::collections::HashMap;
use std::sync::Arc;

use crate::answer::{Answer, Counted, text, write_facets, write_rows};
use crate::facet::Facet;
use crate::row::Row;

/// What is different in an answer, for who has the one before. Both answer the same query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    answer: &'a Answer,
    /// Whether other rows are in the window, or in another order.
    pub ordered: bool,
    /// The rows that are new or other than before.
    pub rows: Vec<&'a Arc<Row>>,
    /// The facets that are counted otherwise.
    pub facets: Vec<(Facet, &'a Arc<[Counted]>)>,
    counts: bool,
}

// === impl Change ===

impl<'a> Change<'a> {
    /// The difference; `None` where there is nothing to tell.
    pub fn between(before: &Answer, after: &'a Answer) -> Option<Change<'a>> {
        let had: HashMap<_, _> = before.rows.iter().map(|row| (&row.name, row)).collect();
        let is_new = |row: &&Arc<Row>| had.get(&row.name).is_none_or(|before| !Arc::ptr_eq(before, row));
        let rows: Vec<_> = after.rows.iter().filter(is_new).collect();
        let names = |answer: &'a Answer| answer.rows.iter().map(|row| &row.name);
        let ordered = !before.rows.iter().map(|row| &row.name).eq(names(after));
        let facets = match (&before.facets, &after.facets) {
            (Some(before), Some(after)) => {
                let all = Facet::ALL.into_iter().zip(before.iter().zip(after));
                all.filter(|(_, (before, after))| before != after).map(|(facet, (_, after))| (facet, after)).collect()
            }
            _ => Vec::new(),
        };
        let counts = (before.visible, before.total) != (after.visible, after.total);
        let some = ordered || counts || !rows.is_empty() || !facets.is_empty();
        some.then_some(Change { answer: after, ordered, rows, facets, counts })
    }

    /// The change as one object of JSON.
    pub fn write(&self, out: &mut Vec<u8>) {
        let Answer { number, visible, total, .. } = self.answer;
        let head = format!("{{\"type\":\"DELTA\",\"revision\":\"{number}\",\"visible\":{visible},\"total\":{total}");
        out.extend_from_slice(head.as_bytes());
        if self.ordered {
            out.extend_from_slice(b",\"order\":[");
            for (place, row) in self.answer.rows.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                text(&row.key(), out);
            }
            out.push(b']');
        }
        if !self.rows.is_empty() {
            out.extend_from_slice(b",\"rows\":");
            write_rows(self.rows.iter().copied(), out);
        }
        if !self.facets.is_empty() {
            out.extend_from_slice(b",\"facets\":");
            write_facets(self.facets.iter().copied(), out);
        }
        out.push(b'}');
    }
}
