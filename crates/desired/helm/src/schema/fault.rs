//! What is wrong with values, in the words and the layout of Helm's validator.

use bowline_base_gotmpl::quote;
use serde_json::Value as Json;

/// One fault, with those that it comes from.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// The way to the value: names and indexes.
    pub(super) at: Vec<String>,
    pub(super) kind: Kind,
    pub(super) causes: Vec<Fault>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Several faults of one schema.
    Group,
    /// Faults of a schema that was referred to.
    Reference,
    /// Anything else, in words.
    Words(String),
}

// === impl Fault ===

impl Fault {
    /// The fault as a list of what it is about: the members of a group, or itself.
    pub(super) fn members(self) -> Vec<Fault> {
        if self.kind == Kind::Group { self.causes } else { vec![self] }
    }

    /// The lines for this fault, each after a line feed.
    pub(super) fn show(&self, indent: usize, out: &mut String) {
        let mut indent = indent;
        // A reference that leads to one fault is passed over.
        if self.kind != Kind::Reference || self.causes.len() != 1 {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&"  ".repeat(indent));
            let words = match &self.kind {
                Kind::Words(words) => words,
                Kind::Group | Kind::Reference => "validation failed",
            };
            out.push_str(&format!("- at {}: {words}", quoted(&pointer(&self.at))));
            indent += 1;
        }
        for cause in &self.causes {
            cause.show(indent, out);
        }
    }
}

/// Faults under each other.
pub(super) fn lines(faults: &[Fault]) -> String {
    let mut out = String::new();
    faults.iter().for_each(|fault| fault.show(0, &mut out));
    out
}

fn pointer(at: &[String]) -> String {
    at.iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
}

/// Text between single quotes.
pub(super) fn quoted(text: &str) -> String {
    let inner = quote(text.as_bytes());
    let inner = inner[1..inner.len() - 1].replace("\\\"", "\"").replace('\'', "\\'");
    format!("'{inner}'")
}

pub(super) fn all_quoted<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> String {
    texts.into_iter().map(|text| quoted(text.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A value that is no list and no object, as a message shows it.
pub(super) fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(text),
        Json::Null => "<nil>".to_string(),
        Json::Array(_) | Json::Object(_) => "value".to_string(),
        other => other.to_string(),
    }
}

/// A count with commas between thousands.
pub(super) fn count(n: usize) -> String {
    grouped(&n.to_string())
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number as English text shows it: thousands parted, powers of ten from a million on and below a thousandth.
pub(super) fn number(value: f64) -> String {
    let plain = format!("{value:e}");
    let (mantissa, exponent) = plain.split_once('e').unwrap_or((&plain, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value != 0.0 && !(-4..6).contains(&exponent) {
        let digits = format!("{:02}", exponent.unsigned_abs());
        let raised = digits.chars().map(|c| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(c as usize - '0' as usize).unwrap_or(c));
        let sign = if exponent < 0 { "⁻" } else { "" };
        return format!("{mantissa}×10{sign}{}", raised.collect::<String>());
    }
    let text = format!("{value}");
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |text| ("-", text));
    let (whole, fraction) = text.split_once('.').map_or((text, ""), |(whole, fraction)| (whole, fraction));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped(whole))
}

#[cfg(test)]
mod tests {
    use super::{count, number, quoted};

    #[test]
    fn numbers_are_written_for_people() {
        for (value, want) in [
            (65000.25, "65,000.25"),
            (70000.0, "70,000"),
            (1234567.5, "1.2345675×10⁰⁶"),
            (-1234567.0, "-1.234567×10⁰⁶"),
            (1e21, "1×10²¹"),
            (1e-7, "1×10⁻⁰⁷"),
            (0.1, "0.1"),
            (0.0, "0"),
            (1.123456789, "1.123456789"),
        ] {
            assert_eq!(number(value), want);
        }
        assert_eq!((count(3).as_str(), count(12345).as_str(), count(1234567).as_str()), ("3", "12,345", "1,234,567"));
        assert_eq!(quoted("a'b\"c\n"), "'a\\'b\"c\\n'");
    }
}
