//! [`query`]: one walk over the rows.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use crate::facet::Facet;
use crate::fleet::Clusters;
use crate::query::{Order, Query, Sort};
use crate::row::Row;
use crate::seen::Seen;

/// Values of a facet that are told.
const VALUES: usize = 200;

/// What a query is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The number of the newest change that it shows.
    pub number: u64,
    /// How many the caller may see.
    pub visible: usize,
    /// How many of them the query means.
    pub total: usize,
    /// Rows in front of the window.
    pub offset: usize,
    /// Rows that the window may have.
    pub limit: usize,
    /// The counts of each facet, with the choices of all the others in force; nothing where they were not asked for.
    pub facets: Option<[Arc<[Counted]>; Facet::ALL.len()]>,
    /// The window.
    pub rows: Vec<Arc<Row>>,
}

/// A value of a facet with the number of applications that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The value as it is shown.
    pub value: Arc<str>,
    /// How many.
    pub count: usize,
}

impl PartialEq for Row {
    /// One state is one row.
    fn eq(&self, other: &Row) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Row {}

/// Answers a query for who sees what `seen` says.
pub fn query(query: &Query, seen: &Seen) -> Answer {
    let (names, clusters) = (&seen.rows().names, &seen.rows().clusters);
    let chosen: Vec<HashSet<u32>> =
        Facet::ALL.iter().map(|facet| numbers(*facet, query, &names[facet.place()], clusters)).collect();
    let asked = Facet::ALL.iter().filter(|facet| !query.chosen[facet.place()].is_empty() && **facet != Facet::Labels);
    let mut needed = asked.fold(0, |needed, facet| needed | facet.bit());
    if query.labels.is_some() {
        needed |= Facet::Labels.bit();
    }
    let mut counts: Vec<Vec<usize>> =
        if query.facets { names.iter().map(|n| vec![0; n.len()]).collect() } else { Vec::new() };
    let mut matching: Vec<&Arc<Row>> = Vec::new();
    for row in seen.visible().filter(|row| is_meant(query, row)) {
        let missing = if needed == 0 { 0 } else { needed & !met(query, row, needed, &chosen) };
        if missing == 0 {
            matching.push(row);
        } else if missing.count_ones() > 1 {
            continue;
        }
        if query.facets {
            for (facet, number) in &row.values {
                // A row that only this facet leaves out is what another choice in it would bring.
                if missing == 0 || missing == facet.bit() {
                    counts[facet.place()][*number as usize] += 1;
                }
            }
        }
    }
    let total = matching.len();
    let facets = query.facets.then(|| std::array::from_fn(|place| told(&names[place], &counts[place], &chosen[place])));
    Answer {
        number: seen.rows().number,
        visible: seen.count(),
        total,
        offset: query.offset,
        limit: query.limit,
        facets,
        rows: window(query, matching),
    }
}

/// The numbers of the values that a query chooses.
fn numbers(facet: Facet, query: &Query, names: &[Arc<str>], clusters: &Clusters) -> HashSet<u32> {
    let words = &query.chosen[facet.place()];
    if words.is_empty() {
        return HashSet::new();
    }
    let normal: HashSet<String> = words
        .iter()
        .map(|word| if facet == Facet::Cluster { clusters.meant(word) } else { facet.normal(word) })
        .collect();
    let numbered = names.iter().zip(0..).filter(|(name, _)| normal.contains(&facet.normal(name)));
    numbered.map(|(_, number)| number).collect()
}

/// Whether what is no facet fits.
fn is_meant(query: &Query, row: &Row) -> bool {
    query.search.iter().all(|word| row.words.contains(word.as_str()))
        && (query.names.is_empty() || query.names.contains(&*row.name.name))
        && query.annotations.as_ref().is_none_or(|annotations| annotations.matches(row.annotations()))
}

/// The facets of those that are needed whose choice the row meets.
fn met(query: &Query, row: &Row, needed: u16, chosen: &[HashSet<u32>]) -> u16 {
    let mut met = 0;
    for (facet, number) in &row.values {
        let bit = facet.bit();
        if needed & bit != 0 && met & bit == 0 && chosen[facet.place()].contains(number) {
            met |= bit;
        }
    }
    if query.labels.as_ref().is_some_and(|labels| labels.matches(row.labels())) {
        met |= Facet::Labels.bit();
    }
    met
}

/// The values that are told: those that somebody has, and those that are chosen; by count, then by name.
fn told(names: &[Arc<str>], counts: &[usize], chosen: &HashSet<u32>) -> Arc<[Counted]> {
    let all = names.iter().zip(counts).zip(0_u32..);
    let kept = all.filter(|((_, count), number)| **count > 0 || chosen.contains(number));
    let mut told: Vec<Counted> =
        kept.map(|((value, count), _)| Counted { value: value.clone(), count: *count }).collect();
    told.sort_unstable_by(|a, b| (Reverse(a.count), &a.value).cmp(&(Reverse(b.count), &b.value)));
    told.truncate(VALUES);
    told.into()
}

/// The window in its order. Only what is up to its end is sorted.
fn window(query: &Query, mut rows: Vec<&Arc<Row>>) -> Vec<Arc<Row>> {
    let (sort, order) = (query.sort, query.order);
    let usual = if sort == Sort::Name { Order::Ascending } else { Order::Descending };
    let turned = order.is_some_and(|order| order != usual);
    let by = move |a: &&Arc<Row>, b: &&Arc<Row>| {
        let name = || (&a.name.name, &a.name.namespace).cmp(&(&b.name.name, &b.name.namespace));
        let (first, then) = match sort {
            Sort::Severity => (b.severity.cmp(&a.severity), name()),
            Sort::Created => (b.created.cmp(&a.created), name()),
            Sort::Synced => (b.synced.cmp(&a.synced), name()),
            Sort::Name => (name(), std::cmp::Ordering::Equal),
        };
        // Equals stay in the order of names, whichever way the rest is turned.
        if turned { first.reverse().then(then) } else { first.then(then) }
    };
    let end = query.offset.saturating_add(query.limit).min(rows.len());
    if query.offset >= end {
        return Vec::new();
    }
    if end < rows.len() {
        rows.select_nth_unstable_by(end - 1, by);
        rows.truncate(end);
    }
    rows.sort_unstable_by(by);
    rows[query.offset..].iter().map(|row| (*row).clone()).collect()
}

// === impl Answer ===

impl Answer {
    /// The answer as one object of JSON, which begins with the fields of `prefix` (`"type":"WINDOW",`, or nothing).
    pub fn write(&self, prefix: &str, out: &mut Vec<u8>) {
        let room: usize = self.rows.iter().map(|row| row.json.len() + 1).sum();
        out.reserve(room + 4096);
        out.push(b'{');
        out.extend_from_slice(prefix.as_bytes());
        let head = format!(
            "\"revision\":\"{}\",\"visible\":{},\"total\":{},\"offset\":{},\"limit\":{}",
            self.number, self.visible, self.total, self.offset, self.limit
        );
        out.extend_from_slice(head.as_bytes());
        if let Some(facets) = &self.facets {
            out.extend_from_slice(b",\"facets\":");
            write_facets(Facet::ALL.into_iter().zip(facets), out);
        }
        out.extend_from_slice(b",\"items\":");
        write_rows(self.rows.iter(), out);
        out.push(b'}');
    }
}

/// Facets as one object.
pub(crate) fn write_facets<'a>(facets: impl Iterator<Item = (Facet, &'a Arc<[Counted]>)>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (place, (facet, values)) in facets.enumerate() {
        let comma = if place > 0 { "," } else { "" };
        out.extend_from_slice(format!("{comma}\"{}\":[", facet.name()).as_bytes());
        for (place, counted) in values.iter().enumerate() {
            out.extend_from_slice(if place > 0 { b",{\"value\":" } else { b"{\"value\":" });
            text(&counted.value, out);
            out.extend_from_slice(format!(",\"count\":{}}}", counted.count).as_bytes());
        }
        out.push(b']');
    }
    out.push(b'}');
}

/// Rows as one list.
pub(crate) fn write_rows<'a>(rows: impl Iterator<Item = &'a Arc<Row>>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (place, row) in rows.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&row.json);
    }
    out.push(b']');
}

/// A text of JSON.
pub(crate) fn text(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(out, text).expect("because memory takes all, and a text is always JSON");
}
