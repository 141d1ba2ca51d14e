//! [`Selection`]: some of an application's objects, by patterns.

/// Patterns over objects; none selects all.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug)]
struct Pattern {
    excludes: bool,
    group: String,
    kind: String,
    namespace: Option<String>,
    name: String,
}

// === impl Selection ===

impl Selection {
    /// Reads `GROUP:KIND:NAME` and `GROUP:KIND:NAMESPACE/NAME`, with `!` in front for what is left out and `*` for anything. The
    /// error is the text that is neither.
    pub fn parse(texts: &[String]) -> Result<Selection, String> {
        let parse = |text: &String| {
            let bad = || format!("{text}: write GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME");
            let (excludes, rest) = text.strip_prefix('!').map_or((false, text.as_str()), |rest| (true, rest));
            let parts: Vec<&str> = rest.split(':').collect();
            // A name may hold colons, as RBAC's do.
            let [group, kind, ..] = parts[..] else { return Err(bad()) };
            let name = rest.splitn(3, ':').nth(2).ok_or_else(bad)?;
            let (namespace, name) = match name.split_once('/') {
                Some((namespace, name)) => (Some(namespace.to_string()), name),
                None => (None, name),
            };
            Ok(Pattern {
                excludes,
                group: group.to_string(),
                kind: kind.to_string(),
                namespace,
                name: name.to_string(),
            })
        };
        Ok(Selection { patterns: texts.iter().map(parse).collect::<Result<_, _>>()? })
    }

    /// Whether everything is selected.
    pub fn is_everything(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether an object is selected: some pattern names it, or none names any, and none leaves it out.
    pub fn includes(&self, group: &str, kind: &str, namespace: &str, name: &str) -> bool {
        let hits = |excludes: bool| {
            let mut those = self.patterns.iter().filter(|p| p.excludes == excludes);
            those.any(|p| p.matches(group, kind, namespace, name))
        };
        let any_named = self.patterns.iter().any(|p| !p.excludes);
        (!any_named || hits(false)) && !hits(true)
    }
}

// === impl Pattern ===

impl Pattern {
    fn matches(&self, group: &str, kind: &str, namespace: &str, name: &str) -> bool {
        let is = |pattern: &str, text: &str| pattern == "*" || pattern == text;
        is(&self.group, group)
            && is(&self.kind, kind)
            && is(&self.name, name)
            && self.namespace.as_deref().is_none_or(|pattern| is(pattern, namespace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_select_and_leave_out() {
        let web = ("apps", "Deployment", "shop", "web");
        let service = ("", "Service", "shop", "web");
        let role = ("rbac.authorization.k8s.io", "ClusterRole", "", "system:x");
        for (patterns, object, want) in [
            (&[][..], web, true),
            (&["apps:Deployment:web"], web, true),
            (&["apps:Deployment:other"], web, false),
            (&[":Service:web"], service, true),
            (&[":Service:web"], web, false),
            (&["!*:Service:*"], web, true),
            (&["!*:Service:*"], service, false),
            (&["*:*:*", "!apps:Deployment:web"], web, false),
            (&["apps:Deployment:shop/web"], web, true),
            (&["apps:Deployment:bank/web"], web, false),
            (&["*:Deployment:*/web"], web, true),
            (&["rbac.authorization.k8s.io:ClusterRole:system:x"], role, true),
        ] {
            let patterns: Vec<String> = patterns.iter().map(|p| p.to_string()).collect();
            let selection = Selection::parse(&patterns).unwrap();
            assert_eq!(selection.includes(object.0, object.1, object.2, object.3), want, "{patterns:?} {object:?}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for text in ["web", "apps:Deployment", ""] {
            let error = Selection::parse(&[text.to_string()]).unwrap_err();
            assert!(error.starts_with(&format!("{text}: write GROUP:KIND:NAME")), "{error}");
        }
    }
}
