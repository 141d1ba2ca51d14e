//! [`Glob`].

use crate::PatternError;
use crate::node::{self, Node};
use crate::program::Program;

/// A pattern with the rules of gobwas/glob: `*` stays between separators, `**` does not, `?` is one character, `[abc]`,
/// `[a-z]` and `[!a-z]` are classes, `{a,b}` is one of several, `\` takes the next character as it is. Without separators `*` is
/// everything.
///
/// Policies were written against that library, so braces are read as it reads them where that is narrower: what stands in braces
/// beside something of a fixed length is taken to be as long as the way in it that the library goes by.
#[derive(Clone, Debug)]
pub struct Glob {
    program: Program,
}

// === impl Glob ===

impl Glob {
    /// Compiles a pattern.
    pub fn new(pattern: &str, separators: &[char]) -> Result<Glob, PatternError> {
        let mut reader = Reader { chars: pattern.chars().collect(), at: 0 };
        let fail = |reason| PatternError { pattern: pattern.to_string(), reason };
        let nodes = reader.sequence(0).map_err(fail)?;
        Ok(Glob { program: Program { steps: node::steps(&nodes, separators), separators: separators.to_vec() } })
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.program.matches(text)
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

/// Braces in braces that are followed.
const DEPTH: usize = 50;

// === impl Reader ===

impl Reader {
    /// Reads until the end, or inside of braces until what ends an alternative.
    fn sequence(&mut self, depth: usize) -> Result<Vec<Node>, &'static str> {
        let mut nodes = Vec::new();
        while let Some(&c) = self.chars.get(self.at) {
            if depth > 0 && matches!(c, ',' | '}') {
                return Ok(nodes);
            }
            self.at += 1;
            let node = match c {
                '*' => {
                    let all = self.chars.get(self.at) == Some(&'*');
                    while self.chars.get(self.at) == Some(&'*') {
                        self.at += 1;
                    }
                    Node::Many { all }
                }
                '?' => Node::One,
                '[' => self.class()?,
                '{' if depth == DEPTH => return Err("braces are nested too deeply"),
                '{' => self.alternatives(depth + 1)?,
                '\\' => {
                    let escaped = *self.chars.get(self.at).ok_or("it ends in a backslash")?;
                    self.at += 1;
                    Node::Text(vec![escaped])
                }
                '}' => return Err("a } without its {"),
                c => Node::Text(vec![c]),
            };
            match (nodes.last_mut(), node) {
                (Some(Node::Text(text)), Node::Text(more)) => text.extend(more),
                (_, node) => nodes.push(node),
            }
        }
        if depth > 0 { Err("a { without its }") } else { Ok(nodes) }
    }

    fn alternatives(&mut self, depth: usize) -> Result<Node, &'static str> {
        let mut ways = Vec::new();
        loop {
            ways.push(self.sequence(depth)?);
            let end = self.chars.get(self.at) == Some(&'}');
            self.at += 1;
            if end {
                return Ok(Node::Group(ways));
            }
        }
    }

    fn class(&mut self) -> Result<Node, &'static str> {
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
        Ok(Node::Class { negated, ranges })
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

    /// What gobwas/glob 0.2.3 matches of all texts of `w`, `x` and `/` up to four characters. Patterns whose star stands between
    /// texts that may overlap, and those that make the library panic, are left out: see DEVIATIONS.md.
    const LIBRARY: &str = include_str!("../testdata/gobwas.jsonl");

    #[test]
    fn braces_are_as_narrow_as_in_the_library() {
        let longer = |texts: &[String]| -> Vec<String> {
            texts.iter().flat_map(|text| ["w", "x", "/"].map(|c| format!("{text}{c}"))).collect()
        };
        let (mut texts, mut last) = (vec![String::new()], vec![String::new()]);
        for _ in 0..4 {
            last = longer(&last);
            texts.extend(last.clone());
        }
        let mut rows = 0;
        for line in LIBRARY.lines() {
            let (pattern, matches) = line.split_once("\",\"matches\":[").unwrap();
            let pattern = pattern.strip_prefix("{\"pattern\":\"").unwrap();
            let listed = matches.strip_suffix("]}").unwrap();
            let want: Vec<&str> = listed.split(',').filter(|t| !t.is_empty()).map(|t| t.trim_matches('"')).collect();
            let glob = Glob::new(pattern, &[]).unwrap();
            let got: Vec<&str> = texts.iter().map(String::as_str).filter(|text| glob.matches(text)).collect();
            assert_eq!(got, want, "{pattern}");
            rows += 1;
        }
        assert!(rows > 250, "{rows}");
    }

    #[test]
    fn what_braces_are_taken_for() {
        for (pattern, text, want) in [
            ("{w*,x}/*", "w/a", true),
            ("{w*,x}/*", "web/a", false),
            ("{x,w*}/*", "web/a", true),
            ("{w*,x}", "web", true),
            ("a{w*,x}", "aweb", false),
            ("{w*,x}*", "web/a", true),
            ("{*x,x}", "x", false),
            ("{w*,ab}/*", "we/a", true),
            ("{a*b,a*c}/x", "a--c/x", true),
            // Wider in the library, which lets the two ends overlap.
            ("x*x", "x", false),
        ] {
            check(pattern, &[], text, want);
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
