//! [`PathPattern`].

use std::iter::Peekable;
use std::str::Chars;

use crate::PatternError;
use crate::program::{Program, Step};

/// A pattern with the rules of Go's `path.Match`: `*` and `?` stay within a segment, `[abc]`, `[a-z0-9]` and `[^a-z]` are classes,
/// `\` takes the next character as it is.
#[derive(Clone, Debug)]
pub struct PathPattern {
    program: Program,
}

// === impl PathPattern ===

impl PathPattern {
    /// Compiles a pattern.
    pub fn new(pattern: &str) -> Result<PathPattern, PatternError> {
        let fail = |reason| PatternError { pattern: pattern.to_string(), reason };
        let mut steps = Vec::new();
        let mut chars = pattern.chars().peekable();
        while let Some(c) = chars.next() {
            steps.push(match c {
                '*' => Step::Many { all: false },
                '?' => Step::One,
                '\\' => Step::Char(chars.next().ok_or_else(|| fail("it ends in a backslash"))?),
                '[' => {
                    let negated = chars.next_if_eq(&'^').is_some();
                    let mut ranges = Vec::new();
                    while ranges.is_empty() || chars.peek() != Some(&']') {
                        let low = member(&mut chars).map_err(fail)?;
                        let high = match chars.next_if_eq(&'-') {
                            Some(_) => member(&mut chars).map_err(fail)?,
                            None => low,
                        };
                        ranges.push((low, high));
                    }
                    chars.next();
                    Step::Class { negated, ranges }
                }
                c => Step::Char(c),
            });
        }
        Ok(PathPattern { program: Program { steps, separators: vec!['/'] } })
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.program.matches(text)
    }
}

/// One character of a class.
fn member(chars: &mut Peekable<Chars<'_>>) -> Result<char, &'static str> {
    match chars.next() {
        Some('\\') => chars.next().ok_or("it ends in a backslash"),
        Some('-' | ']') => Err("a class is not of the form [abc] or [a-z]"),
        Some(c) => Ok(c),
        None => Err("a [ without its ]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_path_match_does() {
        for (pattern, text, want) in [
            ("*", "abc", true),
            ("*", "a/b", false),
            ("a*", "abc", true),
            ("a?c", "abc", true),
            ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false),
            ("[a-c0-9]", "7", true),
            ("\\*", "*", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(PathPattern::new(pattern).unwrap().matches(text), want, "{pattern:?} on {text:?}");
        }
        for pattern in ["[", "[]", "[a", "a\\", "[-]"] {
            assert!(PathPattern::new(pattern).is_err(), "{pattern:?}");
        }
    }
}
