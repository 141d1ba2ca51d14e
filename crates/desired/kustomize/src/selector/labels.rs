//! [`LabelSelector`]: `a=b,c!=d,e in (f,g),h,!i,j>1`, as Kubernetes reads it.

use std::collections::BTreeMap;

use crate::error::{Error, Result};

/// Requirements that all must hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LabelSelector {
    requirements: Vec<Requirement>,
}

#[derive(Clone, Debug, PartialEq)]
struct Requirement {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}

// === impl LabelSelector ===

impl LabelSelector {
    pub(crate) fn parse(field: &str, text: &str) -> Result<LabelSelector> {
        let requirements = split(text).iter().map(|part| requirement(part)).collect::<Option<Vec<_>>>();
        match requirements {
            Some(requirements) => Ok(LabelSelector { requirements }),
            None => Err(Error::Field { field: field.to_string(), reason: format!("{text:?} is not a selector") }),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    pub(crate) fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.requirements.iter().all(|requirement| requirement.holds(labels.get(&requirement.key)))
    }
}

// === impl Requirement ===

impl Requirement {
    fn holds(&self, value: Option<&String>) -> bool {
        let number = |text: &String| text.parse::<i64>().ok();
        let bound = self.values.first().and_then(number);
        match self.operator {
            Operator::In => value.is_some_and(|value| self.values.contains(value)),
            Operator::NotIn => value.is_none_or(|value| !self.values.contains(value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::GreaterThan => value.and_then(number).zip(bound).is_some_and(|(value, bound)| value > bound),
            Operator::LessThan => value.and_then(number).zip(bound).is_some_and(|(value, bound)| value < bound),
        }
    }
}

/// Splits at commas outside of parentheses.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0);
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    if !text.trim().is_empty() {
        parts.push(&text[start..]);
    }
    parts
}

fn requirement(text: &str) -> Option<Requirement> {
    let text = text.trim();
    let made = |key: &str, operator, values: Vec<String>| {
        is_key(key.trim()).then(|| Requirement { key: key.trim().to_string(), operator, values })
    };
    if let Some(key) = text.strip_prefix('!') {
        return made(key, Operator::DoesNotExist, Vec::new());
    }
    for (word, operator) in
        [(" notin ", Operator::NotIn), (" in ", Operator::In), (" notin(", Operator::NotIn), (" in(", Operator::In)]
    {
        if let Some((key, rest)) = text.split_once(word) {
            let list = if word.ends_with('(') { rest } else { rest.trim_start().strip_prefix('(')? };
            let values: Vec<String> = list.strip_suffix(')')?.split(',').map(|v| v.trim().to_string()).collect();
            return values.iter().all(|value| is_value(value)).then(|| made(key, operator, values)).flatten();
        }
    }
    let operators = [
        ("!=", Operator::NotIn),
        ("==", Operator::In),
        ("=", Operator::In),
        (">", Operator::GreaterThan),
        ("<", Operator::LessThan),
    ];
    for (sign, operator) in operators {
        if let Some((key, value)) = text.split_once(sign) {
            let value = value.trim();
            return is_value(value).then(|| made(key, operator, vec![value.to_string()])).flatten();
        }
    }
    made(text, Operator::Exists, Vec::new())
}

fn is_name(text: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && edge(text.chars().next())
        && edge(text.chars().last())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn is_key(text: &str) -> bool {
    match text.split_once('/') {
        Some((domain, name)) => {
            let label = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
            !domain.is_empty() && domain.len() <= 253 && domain.bytes().all(label) && is_name(name)
        }
        None => is_name(text),
    }
}

fn is_value(text: &str) -> bool {
    text.is_empty() || is_name(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(selector: &str, labels: &[(&str, &str)], want: bool) {
        let labels = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        let parsed = LabelSelector::parse("labelSelector", selector).unwrap();
        assert_eq!(parsed.matches(&labels), want, "{selector} on {labels:?}");
    }

    #[test]
    fn selectors() {
        check("", &[], true);
        check("a=b", &[("a", "b")], true);
        check("a==b,c", &[("a", "b")], false);
        check("a!=b", &[], true);
        check("a in (x, y)", &[("a", "y")], true);
        check("a notin (x,y),!z", &[("a", "y")], false);
        check("app.kubernetes.io/name", &[("app.kubernetes.io/name", "")], true);
        check("n>3", &[("n", "4")], true);
        assert!(LabelSelector::parse("labelSelector", "a in x").is_err());
        assert!(LabelSelector::parse("labelSelector", "=").is_err());
    }
}
