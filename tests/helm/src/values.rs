//! Values that nobody would write.

use crate::Repeating;

/// Scalars as they stand in YAML: what they mean is a matter of the reader.
const SCALARS: &[&str] = &[
    "null",
    "~",
    "true",
    "false",
    "yes",
    "No",
    "on",
    "y",
    "0",
    "-0",
    "1",
    "-5",
    "8080",
    "12345678",
    "123456789012345678",
    "9007199254740993",
    "18446744073709551616",
    "0x1F",
    "0o17",
    "017",
    "08",
    "1_000",
    "0b11",
    "+1",
    "1.0",
    "1.5",
    "-0.0",
    ".5",
    "1e3",
    "1e-7",
    "1e21",
    "1.0e+10",
    "123456789.123",
    "2020-01-01",
    "2020-01-01T00:00:00Z",
    "1:30",
    "12:30:45",
    "a",
    "text",
    "''",
    "\"\"",
    "'a b'",
    "\"a\\nb\"",
    "\"a\\n\"",
    "\"\\n\"",
    "' a'",
    "'a '",
    "'a: b'",
    "'a #b'",
    "'- a'",
    "'{{ .Release.Name }}'",
    "'{{ .Values.nope.x }}'",
    "\"<&>'\"",
    "\"\\u00e9\\u65e5\"",
    "\"\\U0001F600\"",
    "\"\\u2028\"",
    "\"\\t\"",
    "'0'",
    "'1.0'",
    "'true'",
    "'null'",
    "'yes'",
    "'<no value>'",
    "'a,b,c'",
    "'1.2.3'",
    "'v1.2.3-rc.1+b'",
    "'>=1.2'",
    "'[a-z]+'",
    "'*'",
    "'%d %s'",
    "YWJj",
    "1h30m",
    "\"a\\\\b\\\"c\"",
    "'a very long line of words that goes on and on until it is far beyond the eightieth column, and further'",
];

/// Names of keys: those that charts give a meaning to, and such that YAML does not take for strings.
const KEYS: &[&str] = &[
    "a", "b", "c", "x", "deep", "list", "map", "text", "number", "flag", "enabled", "global", "tags", "one", "two",
    "front", "back", "data", "exports", "name", "y", "1", "true", "'a.b'", "'a b'", "\"\"", "'é'",
];

/// A flow mapping of YAML: at most `depth` levels, keys of [`KEYS`] or `more`.
pub fn mapping(random: &mut Repeating, depth: usize, more: &[&str]) -> String {
    let count = random.below(6);
    let mut fields: Vec<(String, String)> = Vec::new();
    for _ in 0..count {
        let key = if !more.is_empty() && random.below(2) == 0 { pick(random, more) } else { pick(random, KEYS) };
        // A name that is given twice would say nothing but that the last one counts.
        if !fields.iter().any(|(known, _)| known == key) {
            fields.push((key.to_string(), value(random, depth, more)));
        }
    }
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    format!("{{{}}}", fields.join(", "))
}

fn value(random: &mut Repeating, depth: usize, more: &[&str]) -> String {
    match random.below(8) {
        0..=2 if depth > 0 => mapping(random, depth - 1, more),
        3 if depth > 0 => {
            let items: Vec<String> = (0..random.below(4)).map(|_| value(random, depth - 1, more)).collect();
            format!("[{}]", items.join(", "))
        }
        _ => pick(random, SCALARS).to_string(),
    }
}

/// An assignment for `--set`, right or wrong.
pub fn assignment(random: &mut Repeating, more: &[&str]) -> String {
    const VALUES: &[&str] = &[
        "1", "true", "null", "x", "", "{a,b}", "{}", "0", "1.5", "-3", "a\\,b", "{1,null", "[1]", "007", "\\{a", "a=b",
    ];
    let mut out = String::new();
    for i in 0..=random.below(2) {
        if i > 0 {
            out.push(',');
        }
        for level in 0..=random.below(3) {
            if level > 0 {
                out.push('.');
            }
            let key = if random.below(2) == 0 { pick(random, more) } else { pick(random, KEYS) };
            out.push_str(key.trim_matches(['\'', '"']));
            if random.below(6) == 0 {
                out.push_str(pick(random, &["[0]", "[1]", "[3]", "[x]", "[-1]", "[0][1]", "\\.z", "["]));
            }
        }
        out.push('=');
        out.push_str(pick(random, VALUES));
    }
    out
}

/// One of these.
pub fn pick<'a>(random: &mut Repeating, all: &[&'a str]) -> &'a str {
    all[random.below(all.len() as u64) as usize]
}
