//! [`Selector`]: labels as a query names them.

use std::collections::{BTreeMap, BTreeSet};

/// What labels must be like: Kubernetes' grammar, `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Requirement {
    In(String, BTreeSet<String>),
    NotIn(String, BTreeSet<String>),
    Exists(String),
    Absent(String),
    Above(String, i64),
    Below(String, i64),
}

// === impl Selector ===

impl Selector {
    /// Reads a selector; an empty one selects everything. The error is a sentence.
    pub fn parse(text: &str) -> Result<Selector, String> {
        let mut requirements = Vec::new();
        for part in split(text) {
            let part = part.trim();
            if part.is_empty() {
                if text.trim().is_empty() {
                    continue;
                }
                return Err(format!("unable to parse requirement: a part of {text:?} is empty"));
            }
            requirements.push(requirement(part).ok_or_else(|| format!("unable to parse requirement: {part:?}"))?);
        }
        Ok(Selector(requirements))
    }

    /// Whether the labels are so.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let number = |key: &String| labels.get(key).and_then(|value| value.parse::<i64>().ok());
        self.0.iter().all(|requirement| match requirement {
            Requirement::In(key, values) => labels.get(key).is_some_and(|value| values.contains(value)),
            Requirement::NotIn(key, values) => labels.get(key).is_none_or(|value| !values.contains(value)),
            Requirement::Exists(key) => labels.contains_key(key),
            Requirement::Absent(key) => !labels.contains_key(key),
            Requirement::Above(key, bound) => number(key).is_some_and(|value| value > *bound),
            Requirement::Below(key, bound) => number(key).is_some_and(|value| value < *bound),
        })
    }
}

/// The parts between commas that stand outside of parentheses.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn requirement(part: &str) -> Option<Requirement> {
    let key = |text: &str| is_key(text.trim()).then(|| text.trim().to_string());
    if let Some(rest) = part.strip_prefix('!') {
        return Some(Requirement::Absent(key(rest)?));
    }
    if let Some(open) = part.find('(') {
        let list = part[open + 1..].strip_suffix(')')?;
        let values = list.split(',').map(|value| value.trim().to_string()).collect();
        let mut words = part[..open].split_whitespace();
        let (name, operator, rest) = (words.next()?, words.next()?, words.next());
        return match (operator, rest) {
            ("in", None) => Some(Requirement::In(key(name)?, values)),
            ("notin", None) => Some(Requirement::NotIn(key(name)?, values)),
            _ => None,
        };
    }
    for operator in ["!=", "==", "=", ">", "<"] {
        let Some((name, value)) = part.split_once(operator) else { continue };
        let (name, value) = (key(name)?, value.trim());
        if !is_value(value) {
            return None;
        }
        let one = || BTreeSet::from([value.to_string()]);
        return match operator {
            "!=" => Some(Requirement::NotIn(name, one())),
            ">" => Some(Requirement::Above(name, value.parse().ok()?)),
            "<" => Some(Requirement::Below(name, value.parse().ok()?)),
            _ => Some(Requirement::In(name, one())),
        };
    }
    Some(Requirement::Exists(key(part)?))
}

fn is_key(text: &str) -> bool {
    let name = text.rsplit_once('/').map_or(text, |(_, name)| name);
    !name.is_empty() && name.len() <= 63 && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
}

fn is_value(text: &str) -> bool {
    text.len() <= 63 && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_selected_as_kubernetes_does() {
        let labels = BTreeMap::from([("a", "b"), ("n", "5"), ("x.io/y", "z")].map(|(k, v)| (k.into(), v.into())));
        for (selector, want) in [
            ("", true),
            ("a=b", true),
            ("a==b,x.io/y=z", true),
            ("a!=b", false),
            ("q!=b", true),
            ("a in (c, b)", true),
            ("a notin (c,b)", false),
            ("q notin (c)", true),
            ("a", true),
            ("!a", false),
            ("!q", true),
            ("n>4,n<6", true),
            ("n>5", false),
            ("a>1", false),
        ] {
            assert_eq!(Selector::parse(selector).unwrap().matches(&labels), want, "{selector}");
        }
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for selector in ["a=b,", ",", "a in b", "a in (b", "a b", "=b", "a=b c", "a>x", "a is (b)"] {
            assert!(Selector::parse(selector).is_err(), "{selector}");
        }
    }
}
