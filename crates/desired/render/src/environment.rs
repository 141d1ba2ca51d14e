//! The build environment (`ARGOCD_APP_*`).

use std::sync::atomic::{AtomicBool, Ordering};

/// What sources may refer to as `$NAME` or `${NAME}`. It notes whether the commit was among what was used: a result that holds the
/// commit's name is another one at every commit.
#[derive(Debug, Default)]
pub struct Environment {
    entries: Vec<(&'static str, String)>,
    used_revision: AtomicBool,
}

// === impl Environment ===

impl Environment {
    /// The environment of one source of an application.
    pub fn new(app: &str, namespace: &str, project: &str, revision: &str, source: [&str; 3]) -> Environment {
        let [url, path, target] = source;
        let short = |length: usize| revision.get(..length).unwrap_or(revision).to_string();
        let entries = vec![
            ("ARGOCD_APP_NAME", app.to_string()),
            ("ARGOCD_APP_NAMESPACE", namespace.to_string()),
            ("ARGOCD_APP_PROJECT_NAME", project.to_string()),
            ("ARGOCD_APP_REVISION", revision.to_string()),
            ("ARGOCD_APP_REVISION_SHORT", short(7)),
            ("ARGOCD_APP_REVISION_SHORT_8", short(8)),
            ("ARGOCD_APP_SOURCE_REPO_URL", url.to_string()),
            ("ARGOCD_APP_SOURCE_PATH", path.to_string()),
            ("ARGOCD_APP_SOURCE_TARGET_REVISION", target.to_string()),
        ];
        Environment { entries, used_revision: AtomicBool::new(false) }
    }

    /// One variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.entries.iter().find(|(n, _)| *n == name)?;
        if name.starts_with("ARGOCD_APP_REVISION") {
            self.used_revision.store(true, Ordering::Relaxed);
        }
        Some(value)
    }

    /// All variables, for who hands them on whole.
    pub fn all(&self) -> &[(&'static str, String)] {
        self.used_revision.store(true, Ordering::Relaxed);
        &self.entries
    }

    /// The text with `$NAME` and `${NAME}` replaced, as Go's `os.Expand` does it; what is not known vanishes, `$$` is a dollar sign.
    pub fn substitute(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let (name, length) = shell_name(rest);
            match name {
                "" if length == 0 => out.push('$'),
                // Braces that hold no name vanish.
                "" => {}
                "$" => out.push('$'),
                name => out.push_str(self.get(name).unwrap_or_default()),
            }
            rest = &rest[length..];
        }
        out.push_str(rest);
        out
    }

    /// Whether anything so far depends on the commit's name.
    pub fn used_revision(&self) -> bool {
        self.used_revision.load(Ordering::Relaxed)
    }
}

/// The name that stands behind a dollar sign, and how many bytes it takes there.
fn shell_name(text: &str) -> (&str, usize) {
    let is_special = |c: char| c.is_ascii_digit() || "*#$@!?-".contains(c);
    let Some(braced) = text.strip_prefix('{') else {
        let end = match text.chars().next() {
            Some(c) if is_special(c) => 1,
            _ => text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len()),
        };
        return (&text[..end], end);
    };
    match braced.find('}') {
        Some(end) => (&braced[..end], end + 2),
        None => ("", 1),
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    #[test]
    fn substitutes_and_notes_what_hangs_on_the_commit() {
        let env = Environment::new("shop", "prod", "default", "0123456789abcdef", ["url", "path", "main"]);
        // What Go's os.Expand made of each.
        for (text, want) in [
            ("a-$ARGOCD_APP_NAME-b", "a-shop-b"),
            ("${ARGOCD_APP_NAMESPACE}x", "prodx"),
            ("$$ARGOCD_APP_NAME", "$ARGOCD_APP_NAME"),
            ("$UNKNOWN.", "."),
            ("100$", "100$"),
            ("$1x", "x"),
            ("${1}x", "x"),
            ("$*a", "a"),
            ("${}b", "b"),
            ("${c", "c"),
            ("$ d", "$ d"),
            ("$-e", "e"),
            ("${ARGOCD_APP_NAME", "ARGOCD_APP_NAME"),
            ("$$$$", "$$"),
            ("${$}f", "$f"),
            ("$.g", "$.g"),
            ("é$ARGOCD_APP_NAMEé", "éshopé"),
            ("${a b}h", "h"),
            ("$$${ARGOCD_APP_NAME}", "$shop"),
        ] {
            assert_eq!(env.substitute(text), want);
        }
        assert!(!env.used_revision());
        assert_eq!(env.substitute("$ARGOCD_APP_REVISION_SHORT_8"), "01234567");
        assert!(env.used_revision());
    }
}
