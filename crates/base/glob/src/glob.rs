//! [`Glob`].

use crate::PatternError;
use crate::program::{Program, Step};

/// A pattern with the rules of gobwas/glob: `*` stays between separators, `**` does not, `?` is one character, `[abc]`,
/// `[a-z]` and `[!a-z]` are classes, `{a,b}` is one of several, `\` takes the next character as it is. Without separators `*` is
/// everything.
#[derive(Clone, Debug)]
pub struct Glob {
    program: Program,
}

// === impl Glob ===

impl Glob {
    /// Compiles a pattern.
    pub fn new(pattern: &str, separators: &[char]) -> Result<Glob, PatternError> {
        let mut reader = Reader { chars: pattern.chars().collect(), at: 0, steps: Vec::new() };
        let fail = |reason| PatternError { pattern: pattern.to_string(), reason };
        reader.sequence(0).map_err(fail)?;
        Ok(Glob { program: Program { steps: reader.steps, separators: separators.to_vec() } })
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.program.matches(text)
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    steps: Vec<Step>,
}

/// Braces in braces that are followed.
const DEPTH: usize = 50;

// === impl Reader ===

impl Reader {
    /// Reads until the end, or inside of braces until what ends an alternative.
    fn sequence(&mut self, depth: usize) -> Result<(), &'static str> {
        while let Some(&c) = self.chars.get(self.at) {
            if depth > 0 && matches!(c, ',' | '}') {
                return Ok(());
            }
            self.at += 1;
            match c {
                '*' => {
                    let all = self.chars.get(self.at) == Some(&'*');
                    while self.chars.get(self.at) == Some(&'*') {
                        self.at += 1;
                    }
                    self.steps.push(Step::Many { all });
                }
                '?' => self.steps.push(Step::One),
                '[' => self.class()?,
                '{' if depth == DEPTH => return Err("braces are nested too deeply"),
                '{' => self.alternatives(depth + 1)?,
                '\\' => {
                    let escaped = self.chars.get(self.at).ok_or("it ends in a backslash")?;
                    self.steps.push(Step::Char(*escaped));
                    self.at += 1;
                }
                '}' => return Err("a } without its {"),
                c => self.steps.push(Step::Char(c)),
            }
        }
        if depth > 0 { Err("a { without its }") } else { Ok(()) }
    }

    fn alternatives(&mut self, depth: usize) -> Result<(), &'static str> {
        let split = self.steps.len();
        self.steps.push(Step::Split(Vec::new()));
        let (mut ways, mut jumps) = (Vec::new(), Vec::new());
        loop {
            ways.push(self.steps.len());
            self.sequence(depth)?;
            jumps.push(self.steps.len());
            self.steps.push(Step::Jump(0));
            let end = self.chars.get(self.at) == Some(&'}');
            self.at += 1;
            if end {
                break;
            }
        }
        let after = self.steps.len();
        for jump in jumps {
            self.steps[jump] = Step::Jump(after);
        }
        self.steps[split] = Step::Split(ways);
        Ok(())
    }

    fn class(&mut self) -> Result<(), &'static str> {
        let negated = self.chars.get(self.at) == Some(&'!');
        if negated {
            self.at += 1;
        }
        let mut items = Vec::new();
        loop {
            match self.chars.get(self.at).copied().ok_or("a [ without its ]")? {
                ']' if !items.is_empty() => break,
                '\\' => {
                    self.at += 1;
                    items.push(*self.chars.get(self.at).ok_or("it ends in a backslash")?);
                }
                c => items.push(c),
            }
            self.at += 1;
        }
        self.at += 1;
        let ranges = match items[..] {
            // Only a class of this very form is a range; a dash among others is a dash.
            [low, '-', high] if low <= high => vec![(low, high)],
            [_, '-', _] => return Err("a range whose end is before its start"),
            _ => items.into_iter().map(|c| (c, c)).collect(),
        };
        self.steps.push(Step::Class { negated, ranges });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, separators: &[char], text: &str, want: bool) {
        let glob = Glob::new(pattern, separators).unwrap();
        assert_eq!(glob.matches(text), want, "{pattern:?} on {text:?}");
    }

    #[test]
    fn as_gobwas_matches() {
        for (pattern, text, want) in [
            ("*", "", true),
            ("*", "a/b", true),
            ("a*c", "abbc", true),
            ("a?c", "ac", false),
            ("{a,b*}", "bcd", true),
            ("{a,b}c", "bc", true),
            ("{,x}y", "y", true),
            ("{a,{b,c}d}", "cd", true),
            ("[a-c]", "b", true),
            ("[!a-c]", "b", false),
            ("[abc]d", "cd", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("*.yaml", "x/y.yaml", true),
        ] {
            check(pattern, &[], text, want);
        }
    }

    #[test]
    fn separators_bound_one_star_and_not_two() {
        for (pattern, text, want) in [
            ("https://h/*", "https://h/a", true),
            ("https://h/*", "https://h/a/b", false),
            ("https://h/**", "https://h/a/b", true),
            ("a?b", "a/b", false),
        ] {
            check(pattern, &['/'], text, want);
        }
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        for (pattern, reason) in [
            ("{a", "a { without its }"),
            ("a}", "a } without its {"),
            ("[a", "a [ without its ]"),
            ("a\\", "it ends in a backslash"),
            ("[z-a]", "a range whose end is before its start"),
        ] {
            assert_eq!(Glob::new(pattern, &[]).unwrap_err().reason, reason);
        }
    }

    #[test]
    fn no_pattern_takes_long() {
        let glob = Glob::new(&"*a".repeat(200), &[]).unwrap();
        assert!(!glob.matches(&"a".repeat(199)));
        assert!(glob.matches(&"a".repeat(1000)));
    }
}
