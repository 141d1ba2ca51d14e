//! [`Index`]: many patterns asked at once.

use std::collections::HashMap;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

use crate::pattern::{Match, Pattern};

/// Patterns, each with what it stands for, found by what a text begins or ends with, else by a piece that it has in it. Only
/// what has none of these is tried one by one.
#[derive(Debug)]
pub(crate) struct Index<T> {
    any: Vec<T>,
    exact: HashMap<Box<str>, Vec<T>>,
    prefixes: Vec<ByLength<T>>,
    suffixes: Vec<ByLength<T>>,
    /// Patterns with a fixed piece in them, and what finds all of those pieces in one look.
    inside: Vec<(Pattern, T)>,
    pieces: OnceLock<Option<AhoCorasick>>,
    rest: Vec<(Pattern, T)>,
}

/// Patterns whose fixed end has this many bytes, by that end.
#[derive(Debug)]
struct ByLength<T> {
    length: usize,
    patterns: HashMap<Box<str>, Vec<(Pattern, T)>>,
}

// === impl Index ===

impl<T> Default for Index<T> {
    fn default() -> Index<T> {
        Index {
            any: Vec::new(),
            exact: HashMap::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            inside: Vec::new(),
            pieces: OnceLock::new(),
            rest: Vec::new(),
        }
    }
}

impl<T: Copy> Index<T> {
    /// Adds a pattern; one that cannot be read is everything, for whoever comes to it is refused.
    pub(crate) fn insert(&mut self, pattern: &Pattern, value: T) {
        match pattern {
            Pattern::Nothing => {}
            Pattern::Any | Pattern::Broken => self.any.push(value),
            Pattern::Literal(text) => self.exact.entry(text.clone()).or_default().push(value),
            pattern if !pattern.prefix().is_empty() => by(&mut self.prefixes, pattern.prefix(), pattern, value),
            pattern if !pattern.suffix().is_empty() => by(&mut self.suffixes, pattern.suffix(), pattern, value),
            pattern if !pattern.inside().is_empty() => self.inside.push((pattern.clone(), value)),
            pattern => self.rest.push((pattern.clone(), value)),
        }
    }

    /// Whether `holds` is true of anything that matches the text.
    pub(crate) fn any(&self, text: &str, mut holds: impl FnMut(T) -> bool) -> bool {
        let mut matching = |entries: &[(Pattern, T)]| {
            entries.iter().any(|(pattern, value)| holds(*value) && pattern.matches(text) != Match::No)
        };
        let found = self.prefixes.iter().any(|group| {
            text.get(..group.length).and_then(|end| group.patterns.get(end)).is_some_and(|entries| matching(entries))
        }) || self.suffixes.iter().any(|group| {
            let start = text.len().checked_sub(group.length);
            start
                .and_then(|start| text.get(start..))
                .and_then(|end| group.patterns.get(end))
                .is_some_and(|entries| matching(entries))
        }) || matching(&self.rest);
        let found = found || self.found_inside(text, &mut holds);
        found
            || self.any.iter().any(|value| holds(*value))
            || self.exact.get(text).is_some_and(|values| values.iter().any(|value| holds(*value)))
    }
}

impl<T: Copy> Index<T> {
    fn found_inside(&self, text: &str, holds: &mut impl FnMut(T) -> bool) -> bool {
        if self.inside.is_empty() {
            return false;
        }
        let mut matches = |(pattern, value): &(Pattern, T)| holds(*value) && pattern.matches(text) != Match::No;
        let pieces = || AhoCorasick::new(self.inside.iter().map(|(pattern, _)| pattern.inside())).ok();
        match self.pieces.get_or_init(pieces) {
            Some(pieces) => {
                let mut found = pieces.find_overlapping_iter(text);
                found.any(|piece| matches(&self.inside[piece.pattern().as_usize()]))
            }
            // More pieces than such a search takes.
            None => self.inside.iter().any(matches),
        }
    }
}

fn by<T>(groups: &mut Vec<ByLength<T>>, end: &str, pattern: &Pattern, value: T) {
    let at = groups.iter().position(|group| group.length == end.len()).unwrap_or_else(|| {
        groups.push(ByLength { length: end.len(), patterns: HashMap::new() });
        groups.len() - 1
    });
    groups[at].patterns.entry(end.into()).or_default().push((pattern.clone(), value));
}
