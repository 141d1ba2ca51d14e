//! [`IgnoreRules`].

use std::sync::Arc;

use bowline_base_glob::Glob;
use bowline_base_jq::{JqError, PathExpression};
use bowline_base_value::Value;
use bowline_core_types::Object;
use bowline_plan_diff::Ignored;

use crate::Pointer;

/// One rule as it is written: `ignoreDifferences[]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoreRule {
    /// API group; a glob. Empty is the core group.
    pub group: String,
    /// Kind; a glob.
    pub kind: String,
    /// Name, empty for all.
    pub name: String,
    /// Namespace, empty for all.
    pub namespace: String,
    /// RFC 6901 pointers.
    pub json_pointers: Vec<String>,
    /// jq path expressions.
    pub jq_path_expressions: Vec<String>,
    /// Field managers whose live values are not compared.
    pub managers: Vec<String>,
}

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IgnoreError {
    /// Group or kind is no pattern.
    #[error("ignoreDifferences: {0}")]
    Pattern(String),
    /// A pointer that is none.
    #[error("ignoreDifferences: jsonPointers: {pointer:?}: {reason}")]
    Pointer {
        /// What was given.
        pointer: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A jq path expression that cannot be used.
    #[error("ignoreDifferences: jqPathExpressions")]
    Jq(#[source] JqError),
}

/// Rules, compiled.
#[derive(Clone, Debug, Default)]
pub struct IgnoreRules {
    rules: Vec<Arc<Compiled>>,
}

#[derive(Debug)]
struct Compiled {
    group: Glob,
    kind: Glob,
    name: String,
    namespace: String,
    pointers: Vec<Pointer>,
    expressions: Vec<PathExpression>,
    managers: Vec<String>,
}

// === impl IgnoreRules ===

impl IgnoreRules {
    /// Compiles rules, an application's and the system's together. What cannot be used is told at once, and the rest works.
    pub fn new<'a>(rules: impl IntoIterator<Item = &'a IgnoreRule>) -> (IgnoreRules, Vec<IgnoreError>) {
        let (mut compiled, mut errors) = (IgnoreRules::default(), Vec::new());
        for rule in rules {
            let globs = Glob::new(&rule.group, &[]).and_then(|group| Ok((group, Glob::new(&rule.kind, &[])?)));
            let (group, kind) = match globs {
                Ok(globs) => globs,
                Err(error) => {
                    errors.push(IgnoreError::Pattern(error.to_string()));
                    continue;
                }
            };
            let mut pointers = Vec::new();
            for pointer in &rule.json_pointers {
                match Pointer::new(pointer) {
                    Ok(pointer) => pointers.push(pointer),
                    Err(reason) => errors.push(IgnoreError::Pointer { pointer: pointer.clone(), reason }),
                }
            }
            let mut expressions = Vec::new();
            for expression in &rule.jq_path_expressions {
                match PathExpression::new(expression) {
                    Ok(expression) => expressions.push(expression),
                    Err(error) => errors.push(IgnoreError::Jq(error)),
                }
            }
            compiled.rules.push(Arc::new(Compiled {
                group,
                kind,
                name: rule.name.clone(),
                namespace: rule.namespace.clone(),
                pointers,
                expressions,
                managers: rule.managers.clone(),
            }));
        }
        (compiled, errors)
    }

    /// These rules and others.
    pub fn joined(&self, others: &IgnoreRules) -> IgnoreRules {
        IgnoreRules { rules: self.rules.iter().chain(&others.rules).cloned().collect() }
    }

    /// The object without the ignored fields; `None` where no rule is for it.
    pub fn without(&self, object: &Object) -> Option<Object> {
        self.for_object(object).next()?;
        let mut value = object.value().clone();
        self.remove(object, &mut value);
        Object::new(value).ok()
    }

    /// Whether there are no rules at all.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    fn for_object<'a>(&'a self, object: &'a Object) -> impl Iterator<Item = &'a Compiled> {
        self.rules.iter().map(|rule| &**rule).filter(|rule| {
            rule.group.matches(object.group())
                && rule.kind.matches(object.kind())
                && (rule.name.is_empty() || rule.name == object.name())
                && (rule.namespace.is_empty() || rule.namespace == object.namespace())
        })
    }
}

impl Ignored for IgnoreRules {
    fn remove(&self, object: &Object, value: &mut Value) {
        for rule in self.for_object(object) {
            rule.pointers.iter().for_each(|pointer| pointer.remove(value));
            for expression in &rule.expressions {
                // An expression that does not fit this object (a list that is none here) takes nothing out of it.
                let _ = expression.remove(value);
            }
        }
    }

    fn managers(&self, object: &Object) -> Vec<String> {
        self.for_object(object).flat_map(|rule| rule.managers.iter().cloned()).collect()
    }
}
