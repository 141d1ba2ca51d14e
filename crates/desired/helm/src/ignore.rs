//! `.helmignore`.

use bowline_base_glob::PathPattern;

/// The rules of a chart's `.helmignore` and the one that always holds.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    pattern: PathPattern,
    negated: bool,
    directories_only: bool,
    /// Whether the whole path is matched and not its last name.
    whole_path: bool,
}

// === impl Rules ===

impl Rules {
    /// Reads the rules of a file; no file is no text.
    pub(crate) fn parse(text: &str) -> Result<Rules, String> {
        let mut rules = Rules::default();
        for line in text.trim_start_matches('\u{feff}').lines() {
            rules.add(line)?;
        }
        rules.add("templates/.?*")?;
        Ok(rules)
    }

    fn add(&mut self, line: &str) -> Result<(), String> {
        let mut text = line.trim();
        if text.is_empty() || text.starts_with('#') {
            return Ok(());
        }
        if text.contains("**") {
            return Err("double-star (**) syntax is not supported".to_string());
        }
        let negated = text.starts_with('!');
        text = text.strip_prefix('!').unwrap_or(text);
        let directories_only = text.ends_with('/');
        text = text.strip_suffix('/').unwrap_or(text);
        let whole_path = text.contains('/');
        text = text.strip_prefix('/').unwrap_or(text);
        let pattern = PathPattern::new(text).map_err(|_| "syntax error in pattern".to_string())?;
        self.rules.push(Rule { pattern, negated, directories_only, whole_path });
        Ok(())
    }

    /// Whether the file or directory at `path` is left out. The first rule that speaks decides; a negated one ignores
    /// all that it does *not* match.
    pub(crate) fn ignores(&self, path: &str, is_directory: bool) -> bool {
        for rule in &self.rules {
            let name = if rule.whole_path { path } else { path.rsplit('/').next().unwrap_or(path) };
            if rule.negated {
                if (rule.directories_only && !is_directory) || !rule.pattern.matches(name) {
                    return true;
                }
                continue;
            }
            if rule.directories_only && !is_directory {
                continue;
            }
            if rule.pattern.matches(name) {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::Rules;

    #[track_caller]
    fn check(rules: &str, path: &str, is_directory: bool, want: bool) {
        assert_eq!(Rules::parse(rules).unwrap().ignores(path, is_directory), want, "{rules:?} {path}");
    }

    #[test]
    fn first_rule_that_speaks_decides() {
        check("*.txt", "a/b.txt", false, true);
        check("a/*.txt", "a/b.txt", false, true);
        check("/b.txt", "a/b.txt", false, false);
        check("ci/", "ci", true, true);
        check("ci/", "ci", false, false);
        check("# *.txt\n\n", "b.txt", false, false);
        check("!*.yaml", "b.txt", false, true);
        check("!*.yaml", "b.yaml", false, false);
        check("", "templates/.swp", false, true);
        assert!(Rules::parse("a/**").is_err());
    }
}
