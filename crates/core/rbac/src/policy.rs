//! [`Policy`]: what `argocd-rbac-cm` says, read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bowline_base_value::yaml;

use crate::builtin::BUILTIN_POLICY;
use crate::pattern::{Match, MatchMode, Pattern};
use crate::rule::{Diagnostic, Lines, Origin, Rule};
use crate::words::{ACTIONS, Resource};

/// A ConfigMap's `data`.
pub type Map = BTreeMap<String, String>;

/// The claims that hold groups where nothing else is said.
const DEFAULT_SCOPE: &str = "groups";

/// What `argocd-rbac-cm` says, together with the built-in policy.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) lines: Lines,
    pub(crate) mode: MatchMode,
    /// `policy.default`: the role of everyone, empty for none.
    pub(crate) default_role: Box<str>,
    scopes: Vec<String>,
}

/// The texts of a policy, before they are read.
#[derive(Clone, Debug, Default)]
pub struct PolicySource {
    /// The texts with their names, in the order in which they count.
    pub texts: Vec<(Arc<str>, String)>,
    /// `policy.default`.
    pub default_role: String,
    /// `policy.matchMode`.
    pub mode: MatchMode,
    /// `scopes`, a YAML list; empty where it is not set.
    pub scopes: String,
    /// Whether the built-in policy comes first.
    pub builtin: bool,
}

/// A policy that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct PolicyError {
    /// Every line that cannot be read.
    pub faults: Vec<Diagnostic>,
}

// === impl PolicySource ===

impl PolicySource {
    /// What the data of `argocd-rbac-cm` says: `policy.csv` first, then every other `policy.*.csv` by name.
    pub fn from_config_map(data: &Map) -> PolicySource {
        let of = |key: &str| data.get(key).cloned().unwrap_or_default();
        let overlay = |key: &str| key.starts_with("policy.") && key.ends_with(".csv") && key != "policy.csv";
        let keys = data.keys().filter(|key| *key == "policy.csv").chain(data.keys().filter(|key| overlay(key)));
        PolicySource {
            texts: keys.map(|key| (Arc::from(key.as_str()), data[key].clone())).collect(),
            default_role: of("policy.default"),
            mode: MatchMode::from_setting(&of("policy.matchMode")),
            scopes: of("scopes"),
            builtin: true,
        }
    }

    /// A single text, such as a file.
    pub fn from_text(name: &str, text: &str) -> PolicySource {
        PolicySource { texts: vec![(name.into(), text.to_string())], builtin: true, ..PolicySource::default() }
    }
}

// === impl Policy ===

impl Policy {
    /// Reads a policy. One line that cannot be read refuses the whole: a permission that is left out could be a denial. Whoever
    /// holds the last good policy goes on with it, and without one with [`Policy::builtin`].
    pub fn new(source: &PolicySource) -> Result<Policy, PolicyError> {
        let mut lines = Lines::default();
        if source.builtin {
            // Globs in every mode: as regular expressions these lines would refuse everything.
            lines.add(&"built-in policy".into(), BUILTIN_POLICY, MatchMode::Glob);
        }
        for (name, text) in &source.texts {
            lines.add(name, text, source.mode);
        }
        let mut faults: Vec<Diagnostic> = lines.diagnostics.iter().filter(|d| d.refuses).cloned().collect();
        let scopes = match scopes(&source.scopes) {
            Ok(scopes) => scopes,
            Err(message) => {
                faults.push(Diagnostic { origin: Origin { source: "scopes".into(), line: 1 }, message, refuses: true });
                Vec::new()
            }
        };
        if faults.is_empty() {
            lines.index();
            Ok(Policy { lines, mode: source.mode, default_role: source.default_role.as_str().into(), scopes })
        } else {
            Err(PolicyError { faults })
        }
    }

    /// The built-in policy alone.
    pub fn builtin() -> Policy {
        Policy::new(&PolicySource { builtin: true, ..PolicySource::default() })
            .expect("because the built-in policy is read in a test")
    }

    /// How patterns match.
    pub fn mode(&self) -> MatchMode {
        self.mode
    }

    /// The claims whose values count as groups.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The role of everyone; empty for none.
    pub fn default_role(&self) -> &str {
        &self.default_role
    }

    /// Lines of the user's texts that do not do what they seem to say, in their order.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        let mut warnings = self.lines.diagnostics.clone();
        let with_permissions: BTreeSet<&str> = self.lines.rules.iter().map(|rule| &*rule.subject).collect();
        let grouped: BTreeSet<&str> = self.lines.groupings.iter().map(|grouping| &*grouping.member).collect();
        let mut warn = |origin: &Origin, message: String| {
            warnings.push(Diagnostic { origin: origin.clone(), message, refuses: false });
        };
        for grouping in &self.lines.groupings {
            let role = &*grouping.role;
            if !with_permissions.contains(role) && !grouped.contains(role) && !role.starts_with("proj:") {
                warn(&grouping.origin, format!("no line gives {role:?} a permission"));
            }
        }
        for rule in &self.lines.rules {
            let subject = &*rule.subject;
            // Nothing tells a group from a user but a form that no user has.
            if subject.contains(':')
                && !subject.starts_with("role:")
                && !subject.starts_with("proj:")
                && !grouped.contains(subject)
            {
                warn(
                    &rule.origin,
                    format!(
                        "where {subject:?} is a group the line does nothing: a group counts once a g line names it"
                    ),
                );
            }
            self.words(rule, &mut warn);
        }
        if !self.default_role.is_empty()
            && !with_permissions.contains(&*self.default_role)
            && !grouped.contains(&*self.default_role)
        {
            let origin = Origin { source: "policy.default".into(), line: 1 };
            warn(&origin, format!("no line gives {:?} a permission", self.default_role));
        }
        warnings
    }

    /// Resources and actions that no request ever has.
    fn words(&self, rule: &Rule, warn: &mut impl FnMut(&Origin, String)) {
        let is_request =
            |pattern: &Pattern, words: &[&str]| words.iter().any(|word| pattern.matches(word) != Match::No);
        let resources: Vec<&str> = Resource::ALL.iter().map(|resource| resource.as_str()).collect();
        if !is_request(&rule.resource, &resources) {
            warn(&rule.origin, format!("no resource is called that: they are {}", resources.join(", ")));
        }
        let has_path = ["update/", "delete/", "action/"].iter().any(|path| rule.action.prefix().starts_with(path));
        let literal_path = match &rule.action {
            Pattern::Literal(text) => ["update/", "delete/", "action/"].iter().any(|path| text.starts_with(path)),
            Pattern::Glob { .. } | Pattern::Regex { .. } => true,
            _ => false,
        };
        if !has_path && !literal_path && !is_request(&rule.action, &ACTIONS) {
            warn(&rule.origin, format!("no action is called that: they are {}", ACTIONS.join(", ")));
        }
    }
}

fn scopes(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Ok(vec![DEFAULT_SCOPE.to_string()]);
    }
    let wrong = || "must be a list of names of claims, such as [groups, email]".to_string();
    let value = yaml::from_yaml(text).map_err(|error| format!("{}: {error}", wrong()))?;
    let items = value.as_array().ok_or_else(wrong)?;
    items.iter().map(|item| item.as_str().map(String::from).ok_or_else(wrong)).collect()
}
