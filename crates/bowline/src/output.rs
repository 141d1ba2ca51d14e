//! How commands print what they found.

pub mod style;
pub mod table;

pub use style::Style;

use std::io::{self, Write};

use bowline_base_value::{Value, to_json_indented, yaml};
use clap::ValueEnum;
use serde::Serialize;

/// `-o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// A table.
    #[default]
    Wide,
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// Names only (of repositories, their URLs).
    #[value(alias = "url")]
    Name,
}

/// Prints a value as JSON (indented by two) or YAML, as Argo CD's command line does.
pub fn value(out: &mut dyn Write, value: &Value, output: Output) -> io::Result<()> {
    match output {
        Output::Json => writeln!(out, "{}", to_json_indented(value, "  ", true)),
        _ => write!(out, "{}", yaml::to_yaml(value)),
    }
}

/// Prints a message of the API as JSON or YAML.
pub fn message<T: Serialize>(out: &mut dyn Write, message: &T, output: Output) -> io::Result<()> {
    let json = serde_json::to_value(message).map_err(io::Error::other)?;
    value(out, &Value::from(json), output)
}

/// A time in seconds since 1970 as RFC 3339.
pub fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|time| time.to_string()).unwrap_or_default()
}

/// Prints manifests: YAML documents, each after a line of `---`, or one JSON list.
pub fn manifests(out: &mut dyn Write, objects: &[Value], output: Output) -> io::Result<()> {
    match output {
        Output::Json => value(out, &objects.iter().cloned().collect(), Output::Json),
        Output::Name => objects.iter().try_for_each(|object| {
            let at = |path: &[&str]| object.str_at(path).unwrap_or_default().to_string();
            writeln!(out, "{}/{}", at(&["kind"]).to_lowercase(), at(&["metadata", "name"]))
        }),
        Output::Yaml | Output::Wide => {
            objects.iter().try_for_each(|object| writeln!(out, "---\n{}", yaml::to_yaml(object)))
        }
    }
}

/// How long before or after `now` a time is, both in seconds since 1970, in the words of Argo CD's command line.
pub fn ago(seconds: i64, now: i64) -> String {
    const UNITS: [(i64, &str); 7] = [
        (360 * 86_400, "year"),
        (30 * 86_400, "month"),
        (7 * 86_400, "week"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let distance = (now - seconds).abs();
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| distance >= *unit) else { return "now".to_string() };
    let count = distance / unit;
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural} {}", if seconds <= now { "ago" } else { "from now" })
}
