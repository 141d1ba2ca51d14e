//! [`Pattern`]: one field of a permission, compiled.

use bowline_base_glob::Glob;
use regex::Regex;

/// How the fields of a policy match (`policy.matchMode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MatchMode {
    /// Globs without separators: `*` is any text, with slashes too.
    #[default]
    Glob,
    /// Regular expressions (RE2), which match anywhere in the text unless they are anchored.
    Regex,
}

/// A compiled field.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    /// Everything.
    Any,
    /// This text.
    Literal(Box<str>),
    /// These pieces in this order with anything between them; the first begins the text and the last ends it.
    Pieces(Box<[Box<str>]>),
    /// A glob with more than stars, and the text that everything which matches begins with.
    Glob { glob: Box<Glob>, prefix: Box<str> },
    /// A regular expression, and the text that everything which matches begins with.
    Regex { regex: Box<Regex>, prefix: Box<str> },
    /// A glob that cannot be read: it matches nothing.
    Nothing,
    /// A regular expression that cannot be read: a decision that comes to it is a refusal.
    Broken,
}

/// Whether a field matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    Yes,
    No,
    /// It cannot be known, and so the decision is a refusal.
    Broken,
}

// === impl MatchMode ===

impl MatchMode {
    /// The mode that a setting asks for: everything but `regex` is glob.
    pub fn from_setting(text: &str) -> MatchMode {
        if text == "regex" { MatchMode::Regex } else { MatchMode::Glob }
    }
}

// === impl Pattern ===

impl Pattern {
    /// Compiles a field; what is wrong with it comes along.
    pub(crate) fn new(text: &str, mode: MatchMode) -> (Pattern, Option<String>) {
        match mode {
            MatchMode::Glob => glob(text),
            MatchMode::Regex => regex(text),
        }
    }

    pub(crate) fn matches(&self, text: &str) -> Match {
        let yes = match self {
            Pattern::Any => true,
            Pattern::Literal(literal) => **literal == *text,
            Pattern::Pieces(pieces) => in_pieces(pieces, text),
            Pattern::Glob { glob, prefix } => text.starts_with(&**prefix) && glob.matches(text),
            Pattern::Regex { regex, prefix } => text.starts_with(&**prefix) && regex.is_match(text),
            Pattern::Nothing => false,
            Pattern::Broken => return Match::Broken,
        };
        if yes { Match::Yes } else { Match::No }
    }

    /// The text that everything which matches begins with.
    pub(crate) fn prefix(&self) -> &str {
        match self {
            Pattern::Pieces(pieces) => pieces.first().map_or("", |piece| piece),
            Pattern::Glob { prefix, .. } | Pattern::Regex { prefix, .. } => prefix,
            _ => "",
        }
    }

    /// A text that everything which matches has in it.
    pub(crate) fn inside(&self) -> &str {
        match self {
            Pattern::Pieces(pieces) => pieces.iter().max_by_key(|piece| piece.len()).map_or("", |piece| piece),
            _ => "",
        }
    }

    /// The text that everything which matches ends with.
    pub(crate) fn suffix(&self) -> &str {
        match self {
            Pattern::Pieces(pieces) => pieces.last().map_or("", |piece| piece),
            _ => "",
        }
    }
}

fn glob(text: &str) -> (Pattern, Option<String>) {
    if text.contains(['?', '[', '{', '}', '\\']) {
        return match Glob::new(text, &[]) {
            Ok(glob) => {
                let prefix = text.split(['*', '?', '[', '{', '}', '\\']).next().unwrap_or_default().into();
                (Pattern::Glob { glob: Box::new(glob), prefix }, None)
            }
            Err(error) => (Pattern::Nothing, Some(format!("{error}: it matches nothing"))),
        };
    }
    let pattern = if text.contains('*') { pieces(text.split('*')) } else { Pattern::Literal(text.into()) };
    (pattern, None)
}

fn regex(text: &str) -> (Pattern, Option<String>) {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "/-_:,@ ".contains(c)) {
        return (pieces(["", text, ""].into_iter()), None);
    }
    if text == ".*" {
        return (Pattern::Any, None); // not anchored, so it matches nothing of a text at least
    }
    match Regex::new(&as_go(text)) {
        Ok(regex) => (Pattern::Regex { regex: Box::new(regex), prefix: anchored_prefix(text).into() }, None),
        Err(error) => {
            let reason = error.to_string();
            let last = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_string();
            (Pattern::Broken, Some(format!("{text:?} is no regular expression ({last}): whom it is about is refused")))
        }
    }
}

/// The plain text that follows a leading `^`, where nothing later can take it back.
fn anchored_prefix(text: &str) -> &str {
    let Some(rest) = text.strip_prefix('^') else { return "" };
    if rest.contains('|') {
        return "";
    }
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "/-_:,@".contains(c))).unwrap_or(rest.len());
    let quantified = rest[end..].starts_with(['*', '?', '{', '+']);
    &rest[..if quantified { end.saturating_sub(1) } else { end }]
}

/// Go's classes are ASCII, the regex crate's are Unicode.
fn as_go(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('d') => out.push_str(if in_class { "0-9" } else { "[0-9]" }),
                Some('w') => out.push_str(if in_class { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
                Some('s') => out.push_str(if in_class { "\\t\\n\\f\\r " } else { "[\\t\\n\\f\\r ]" }),
                Some('D') if !in_class => out.push_str("[^0-9]"),
                Some('W') if !in_class => out.push_str("[^0-9A-Za-z_]"),
                Some('S') if !in_class => out.push_str("[^\\t\\n\\f\\r ]"),
                Some('b') if !in_class => out.push_str("(?-u:\\b)"),
                Some('Q') => {
                    let rest: String = chars.by_ref().collect();
                    let (quoted, after) = rest.split_once("\\E").unwrap_or((&rest, ""));
                    out.push_str(&regex::escape(quoted));
                    out.push_str(&as_go(after));
                    return out;
                }
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push('\\'),
            },
            '[' if in_class && !chars.as_str().starts_with(':') => out.push_str("\\["),
            '[' => {
                in_class = true;
                out.push('[');
                // A bracket that stands first is itself.
                for first in ['^', ']'] {
                    if chars.as_str().starts_with(first) {
                        chars.next();
                        out.push_str(if first == ']' { "\\]" } else { "^" });
                    }
                }
            }
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            ':' if in_class && chars.as_str().starts_with(']') => {
                chars.next();
                out.push_str(":]");
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            c => out.push(c),
        }
    }
    out
}

fn pieces<'a>(pieces: impl Iterator<Item = &'a str>) -> Pattern {
    let all: Vec<&str> = pieces.collect();
    let last = all.len() - 1;
    let kept: Vec<Box<str>> = all
        .iter()
        .enumerate()
        .filter(|(at, piece)| *at == 0 || *at == last || !piece.is_empty())
        .map(|(_, piece)| Box::from(*piece))
        .collect();
    if kept.iter().all(|piece| piece.is_empty()) { Pattern::Any } else { Pattern::Pieces(kept.into()) }
}

/// Takes each piece where it first stands, which finds a way where there is one.
fn in_pieces(pieces: &[Box<str>], text: &str) -> bool {
    let [first, between @ .., last] = pieces else { return false };
    let Some(mut rest) = text.strip_prefix(&**first) else { return false };
    for piece in between {
        match rest.find(&**piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(&**last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mode: MatchMode, pattern: &str, text: &str, want: Match) {
        assert_eq!(Pattern::new(pattern, mode).0.matches(text), want, "{mode:?} {pattern:?} on {text:?}");
    }

    #[test]
    fn globs_have_no_separators() {
        for (pattern, text, want) in [
            ("*", "", true),
            ("*", "a/b", true),
            ("*/*", "a/b/c", true),
            ("*/*", "a", false),
            ("team-*/*", "team-a/app", true),
            ("team-*/*", "team/app", false),
            ("a*a", "a", false),
            ("a**a", "aba", true),
            ("*x*", "axb", true),
            ("proj/app", "proj/app", true),
            ("proj/{a,b}", "proj/b", true),
            ("proj/{a,b", "proj/a", false),
        ] {
            check(MatchMode::Glob, pattern, text, if want { Match::Yes } else { Match::No });
        }
    }

    #[test]
    fn regular_expressions_match_anywhere_and_are_gos() {
        for (pattern, text, want) in [
            ("get", "get", Match::Yes),
            ("^ab*/x", "a/x", Match::Yes),
            ("^ab|c", "c", Match::Yes),
            ("get", "forget", Match::Yes),
            ("^get$", "forget", Match::No),
            (".*", "", Match::Yes),
            (".+/.+", "a/b", Match::Yes),
            ("^team-\\d+/.*$", "team-12/x", Match::Yes),
            ("^\\d$", "\u{663}", Match::No),
            ("^[\\w.]+$", "a.b", Match::Yes),
            ("^[[]$", "[", Match::Yes),
            ("^[[:alpha:]]+$", "ab", Match::Yes),
            ("^[]a]+$", "]a", Match::Yes),
            ("^\\Qa.b\\E$", "a.b", Match::Yes),
            ("^\\Qa.b\\E$", "axb", Match::No),
            ("(", "x", Match::Broken),
            ("*", "x", Match::Broken),
        ] {
            check(MatchMode::Regex, pattern, text, want);
        }
    }
}
