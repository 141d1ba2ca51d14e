//! Held against what Masterminds/semver v3.5.0 answered. `tests/masterminds.txt` has, parted by tabs: `V` a text, what NewVersion and
//! what StrictNewVersion made of it (`version|original` or `!error`); `L` versions; `O` a version and how it compares with each of
//! them; `C` a range (quoted) and which of them it takes, or `!error`.

use std::cmp::Ordering;

use super::*;

const ANSWERS: &str = include_str!("tests/masterminds.txt");

fn rows(kind: &str) -> impl Iterator<Item = Vec<&'static str>> {
    ANSWERS.lines().map(|line| line.split('\t').collect::<Vec<_>>()).filter(move |row| row[0] == kind)
}

fn versions() -> Vec<Version> {
    let row = rows("L").next().unwrap();
    row[1].split(' ').map(|text| Version::parse(text).unwrap()).collect()
}

fn unquoted(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap();
    inner.replace("\\t", "\t").replace("\\n", "\n").replace("\\u00a0", "\u{a0}")
}

#[test]
fn versions_are_read_alike() {
    let told = |read: Result<Version, VersionError>| match read {
        Ok(version) => format!("{version}|{}", version.original()),
        Err(error) => format!("!{error}"),
    };
    let mut count = 0;
    for row in rows("V") {
        let text = if row[1] == "1*257" { "1".repeat(257) } else { row[1].to_string() };
        assert_eq!(told(Version::parse(&text)), row[2], "{text:?}");
        assert_eq!(told(Version::parse_strict(&text)), row[3], "{text:?}, strictly");
        count += 1;
    }
    assert!(count > 30);
}

#[test]
fn versions_compare_alike() {
    let all = versions();
    for (version, row) in all.iter().zip(rows("O")) {
        let got: String = all
            .iter()
            .map(|other| match version.cmp(other) {
                Ordering::Less => '<',
                Ordering::Equal => '=',
                Ordering::Greater => '>',
            })
            .collect();
        assert_eq!(got, row[2], "{version}");
    }
}

#[test]
fn ranges_take_the_same_versions() {
    let all = versions();
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows("C") {
        let text = unquoted(row[1]);
        let got = match Constraint::parse(&text) {
            Ok(range) => all.iter().map(|version| if range.matches(version) { '1' } else { '0' }).collect(),
            // What is improper is told as it was written, not as it was written over.
            Err(ConstraintError::Improper(_)) => "!improper".to_string(),
            Err(error) => format!("!{error}"),
        };
        let want = if row[2].starts_with("!improper") { "!improper" } else { row[2] };
        if got != want {
            wrong.push(format!("{text:?}\n  {got}\n  {want}"));
        }
        count += 1;
    }
    assert!(count > 1000);
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_highest_of_several() {
    let all = versions();
    let highest =
        |range: &str| Constraint::parse(range).unwrap().highest(&all).map(|version| version.original().to_string());
    for (range, want) in [("1.*", Some("1.11.0")), ("^2-0", Some("2.1.3")), ("~1.2", Some("1.2.4")), ("^3", None)] {
        assert_eq!(highest(range).as_deref(), want, "{range}");
    }
}
