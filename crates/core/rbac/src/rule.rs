//! Lines after they were read: permissions compiled, groupings, and where each stands.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::line::{Line, LineError, read};
use crate::pattern::{Match, MatchMode, Pattern};

/// Where a line stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// Which text: `built-in policy`, a key such as `policy.csv`, a file, or `project NAME`.
    pub source: Arc<str>,
    /// The line in it, from 1.
    pub line: usize,
}

/// Something about a policy that its author should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub origin: Origin,
    /// What is wrong and what to do.
    pub message: String,
    /// Whether the policy cannot be used because of it; else a line does not do what it seems to say.
    pub refuses: bool,
}

/// What a permission does where it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
    /// Neither of the two words: it does nothing.
    Nothing,
}

/// A permission.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub subject: Arc<str>,
    pub resource: Pattern,
    pub action: Pattern,
    pub object: Pattern,
    pub effect: Effect,
    pub origin: Origin,
    /// The line as it was written.
    pub text: Box<str>,
}

/// That one subject has another's permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grouping {
    pub member: Arc<str>,
    pub role: Arc<str>,
    pub origin: Origin,
}

/// The lines of one or more texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    pub rules: Vec<Arc<Rule>>,
    pub groupings: Vec<Grouping>,
    pub diagnostics: Vec<Diagnostic>,
    /// Rules by their subject.
    by_subject: HashMap<Arc<str>, Vec<Arc<Rule>>>,
    /// Roles by their member.
    by_member: HashMap<Arc<str>, Vec<Arc<str>>>,
}

// === impl Origin ===

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.line)
    }
}

// === impl Diagnostic ===

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

// === impl Rule ===

impl Rule {
    /// Whether it can refuse anything.
    pub(crate) fn can_refuse(&self) -> bool {
        let broken = |pattern: &Pattern| matches!(pattern, Pattern::Broken);
        self.effect == Effect::Deny || broken(&self.resource) || broken(&self.action) || broken(&self.object)
    }

    /// What the rule does to a request of one of its subjects: `None` where it says nothing. The fields are looked at from left
    /// to right, so a field that cannot be read only counts where those before it match.
    pub(crate) fn apply(&self, resource: &str, action: &str, object: &str) -> Option<Effect> {
        for (pattern, text) in [(&self.resource, resource), (&self.action, action), (&self.object, object)] {
            match pattern.matches(text) {
                Match::Yes => {}
                Match::No => return None,
                Match::Broken => return Some(Effect::Deny),
            }
        }
        Some(self.effect)
    }
}

// === impl Lines ===

impl Lines {
    /// Reads a text line by line and adds what it says; what is wrong with a line is added too.
    pub(crate) fn add(&mut self, source: &Arc<str>, text: &str, mode: MatchMode) {
        for (at, line) in text.split('\n').enumerate() {
            let origin = Origin { source: source.clone(), line: at + 1 };
            match read(line) {
                Ok(Line::Nothing) => {}
                Ok(Line::Permission(fields)) => self.permission(&fields, line.trim(), origin, mode),
                Ok(Line::Grouping(member, role)) => {
                    self.spaces(&origin, [("member", &member), ("role", &role)]);
                    self.groupings.push(Grouping { member: member.into(), role: role.into(), origin });
                }
                Ok(Line::Idle(word)) => self.note(&origin, format!("a line that begins with {word} does nothing")),
                Err(error) => self.refuse(origin, &error),
            }
        }
    }

    /// Makes what was added findable.
    pub(crate) fn index(&mut self) {
        for rule in &self.rules {
            self.by_subject.entry(rule.subject.clone()).or_default().push(rule.clone());
        }
        for grouping in &self.groupings {
            self.by_member.entry(grouping.member.clone()).or_default().push(grouping.role.clone());
        }
    }

    /// The rules whose subject is this very one.
    pub(crate) fn rules_of(&self, subject: &str) -> &[Arc<Rule>] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    /// The roles that a line gives to this very member.
    pub(crate) fn roles_of(&self, member: &str) -> &[Arc<str>] {
        self.by_member.get(member).map_or(&[], Vec::as_slice)
    }

    /// Whether a line could not be read.
    pub(crate) fn is_refused(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.refuses)
    }

    fn permission(&mut self, fields: &[String; 5], text: &str, origin: Origin, mode: MatchMode) {
        let [subject, resource, action, object, effect] = fields;
        self.spaces(
            &origin,
            [("subject", subject), ("resource", resource), ("action", action), ("object", object), ("effect", effect)],
        );
        let effect = match effect.as_str() {
            "allow" => Effect::Allow,
            "deny" => Effect::Deny,
            other => {
                self.note(&origin, format!("{other:?} is neither allow nor deny, so the line does nothing"));
                Effect::Nothing
            }
        };
        let mut compile = |text: &str| {
            let (pattern, fault) = Pattern::new(text, mode);
            if let Some(fault) = fault {
                self.note(&origin, fault);
            }
            pattern
        };
        let (resource, action, object) = (compile(resource), compile(action), compile(object));
        let subject = Arc::from(subject.as_str());
        self.rules.push(Arc::new(Rule { subject, resource, action, object, effect, origin, text: text.into() }));
    }

    fn spaces<const N: usize>(&mut self, origin: &Origin, fields: [(&str, &String); N]) {
        for (name, text) in fields {
            if text.ends_with(char::is_whitespace) {
                self.note(
                    origin,
                    format!("the {name} ends in white space, which is part of it: take out the space before the comma"),
                );
            }
        }
    }

    fn note(&mut self, origin: &Origin, message: String) {
        self.diagnostics.push(Diagnostic { origin: origin.clone(), message, refuses: false });
    }

    fn refuse(&mut self, origin: Origin, error: &LineError) {
        self.diagnostics.push(Diagnostic { origin, message: error.to_string(), refuses: true });
    }
}
