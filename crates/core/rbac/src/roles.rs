//! Who has whose permissions: the closure over `g` lines.

use std::collections::HashMap;
use std::sync::Arc;

use crate::rule::{Lines, Rule};

/// How many `g` lines lead from a subject to a role at most. The contract stops there, without a word.
const HOPS: usize = 10;

/// The subject itself and every role that it has through the `g` lines of all `layers`, each with the member that it came from.
fn reach(layers: &[&Lines], subject: &str) -> HashMap<Arc<str>, Option<Arc<str>>> {
    let start: Arc<str> = subject.into();
    let mut from = HashMap::from([(start.clone(), None)]);
    let mut reached = vec![start];
    for _ in 0..HOPS {
        let mut next = Vec::new();
        for member in &reached {
            for role in layers.iter().flat_map(|lines| lines.roles_of(member)) {
                if !from.contains_key(role) {
                    from.insert(role.clone(), Some(member.clone()));
                    next.push(role.clone());
                }
            }
        }
        if next.is_empty() {
            break;
        }
        reached = next;
    }
    from
}

/// Whether a `g` line names this member.
pub(crate) fn is_grouped(layers: &[&Lines], member: &str) -> bool {
    layers.iter().any(|lines| !lines.roles_of(member).is_empty())
}

/// Every rule of the subject and of its roles, in no order.
pub(crate) fn rules_of(layers: &[&Lines], subject: &str) -> Vec<Arc<Rule>> {
    let reached = reach(layers, subject);
    let of = |role: &Arc<str>| layers.iter().flat_map(|lines| lines.rules_of(role)).cloned().collect::<Vec<_>>();
    reached.keys().flat_map(of).collect()
}

/// How the subject comes to a role: the names on the way, both ends among them. Empty where it does not.
pub(crate) fn way(layers: &[&Lines], subject: &str, role: &str) -> Vec<Arc<str>> {
    let from = reach(layers, subject);
    let mut way = Vec::new();
    let mut at = from.get_key_value(role);
    while let Some((name, before)) = at {
        way.push(name.clone());
        at = before.as_ref().and_then(|before| from.get_key_value(before));
    }
    way.reverse();
    way
}
