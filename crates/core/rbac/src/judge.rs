//! [`Judge`]: the rules of one subject as a structure that answers.

use std::sync::{Arc, OnceLock};

use crate::index::Index;
use crate::pattern::{Match, Pattern};
use crate::rule::{Effect, Rule};
use crate::words::{ACTIONS, Resource};

/// The rules that are looked at together: where one of them refuses, none of them allows.
#[derive(Debug)]
pub(crate) struct Judge {
    rules: Vec<Arc<Rule>>,
    /// For each resource and each action of one word, made when it is first asked for.
    words: Vec<OnceLock<Cell<()>>>,
    /// For each resource and all actions with a path.
    paths: Vec<OnceLock<Cell<Then>>>,
}

/// What refuses and what allows.
#[derive(Debug)]
struct Cell<T> {
    refuses: Index<T>,
    allows: Index<T>,
}

/// What remains to be seen once the action has matched.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// Nothing.
    Done,
    /// Whether the object of this rule matches.
    Object(u32),
}

/// What can be said before an object is looked at.
enum So {
    Never,
    /// A field before could not be read: refused, whatever the rest.
    Refused,
    Open,
}

// === impl Judge ===

impl Judge {
    /// Judges by these rules together. Rules that do nothing may be among them.
    pub(crate) fn new(rules: Vec<Arc<Rule>>) -> Judge {
        let cells = Resource::ALL.len();
        Judge {
            rules,
            words: (0..cells * ACTIONS.len()).map(|_| OnceLock::new()).collect(),
            paths: (0..cells).map(|_| OnceLock::new()).collect(),
        }
    }

    /// Whether some rule allows it and none refuses it.
    pub(crate) fn allows(&self, resource: Resource, action: &str, object: &str) -> bool {
        let at = resource as usize;
        match ACTIONS.iter().position(|word| *word == action) {
            Some(word) => {
                let cell = self.words[at * ACTIONS.len() + word].get_or_init(|| self.word(resource, action));
                // The likelier answer of most questions is no, and no refusal is needed for it.
                cell.allows.any(object, |()| true) && !cell.refuses.any(object, |()| true)
            }
            None => {
                let cell = self.paths[at].get_or_init(|| self.path(resource));
                let holds = |then| match then {
                    Then::Done => true,
                    Then::Object(rule) => self.rules[rule as usize].object.matches(object) != Match::No,
                };
                cell.allows.any(action, holds) && !cell.refuses.any(action, holds)
            }
        }
    }

    fn word(&self, resource: Resource, action: &str) -> Cell<()> {
        let mut cell = Cell { refuses: Index::default(), allows: Index::default() };
        for rule in &self.rules {
            match then(so(&rule.resource, resource.as_str()), || so(&rule.action, action)) {
                So::Never => {}
                So::Refused => cell.refuses.insert(&Pattern::Any, ()),
                So::Open if matches!(rule.object, Pattern::Broken) => cell.refuses.insert(&Pattern::Any, ()),
                So::Open => match rule.effect {
                    Effect::Allow => cell.allows.insert(&rule.object, ()),
                    Effect::Deny => cell.refuses.insert(&rule.object, ()),
                    Effect::Nothing => {}
                },
            }
        }
        cell
    }

    fn path(&self, resource: Resource) -> Cell<Then> {
        let mut cell = Cell { refuses: Index::default(), allows: Index::default() };
        for (rule, at) in self.rules.iter().zip(0..) {
            match so(&rule.resource, resource.as_str()) {
                So::Never => {}
                So::Refused => cell.refuses.insert(&Pattern::Any, Then::Done),
                So::Open if matches!(rule.action, Pattern::Broken) => cell.refuses.insert(&Pattern::Any, Then::Done),
                So::Open if matches!(rule.object, Pattern::Broken) => cell.refuses.insert(&rule.action, Then::Done),
                So::Open => {
                    let then = if matches!(rule.object, Pattern::Any) { Then::Done } else { Then::Object(at) };
                    match rule.effect {
                        Effect::Allow => cell.allows.insert(&rule.action, then),
                        Effect::Deny => cell.refuses.insert(&rule.action, then),
                        Effect::Nothing => {}
                    }
                }
            }
        }
        cell
    }
}

/// The judges of several subjects of whom one is enough. Those that refuse nothing judge as one.
pub(crate) fn judges(subjects: impl IntoIterator<Item = Vec<Arc<Rule>>>) -> Arc<[Judge]> {
    let mut judges = Vec::new();
    let mut harmless: Vec<Arc<Rule>> = Vec::new();
    for rules in subjects {
        if rules.iter().any(|rule| rule.can_refuse()) {
            judges.push(Judge::new(rules));
        } else {
            harmless.extend(rules);
        }
    }
    harmless.sort_by_key(|rule| Arc::as_ptr(rule) as usize);
    harmless.dedup_by_key(|rule| Arc::as_ptr(rule) as usize);
    if !harmless.is_empty() {
        judges.insert(0, Judge::new(harmless));
    }
    judges.into()
}

fn so(pattern: &Pattern, text: &str) -> So {
    match pattern.matches(text) {
        Match::Yes => So::Open,
        Match::No => So::Never,
        Match::Broken => So::Refused,
    }
}

fn then(first: So, second: impl FnOnce() -> So) -> So {
    match first {
        So::Open => second(),
        other => other,
    }
}
