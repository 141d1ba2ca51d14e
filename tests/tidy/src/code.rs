//! What Rust source says once comments and the contents of literals are taken away, and the rules over that.

/// How long a file of code may be before it is asked about, and at all: lines without its tests.
const CODE: (usize, usize) = (500, 1_000);
/// The same for tests. Their length is mostly tables, which are read one row at a time.
const TESTS: (usize, usize) = (1_000, 2_000);

/// What a look at a file found: what is wrong, and what deserves a thought.
#[derive(Debug, Default)]
pub struct Found {
    /// Each fails the check.
    pub wrong: Vec<String>,
    /// Each is printed.
    pub asked: Vec<String>,
}

/// The files that this one declares for its tests only: `#[cfg(test)]` above `mod name;`.
#[must_use]
pub fn test_modules(path: &str, source: &str) -> Vec<String> {
    let folder = match path.rsplit_once('/') {
        Some((folder, "lib.rs" | "main.rs")) => folder,
        _ => path.trim_end_matches(".rs"),
    };
    let code = blank(source);
    let declared =
        |at: usize| code[at..].lines().nth(1)?.trim().strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned);
    positions(&code, "#[cfg(test)]").filter_map(declared).map(|name| format!("{folder}/{name}.rs")).collect()
}

/// Checks one Rust file; `path` is relative to the workspace, `test_only` says that another file declares it for its tests.
#[must_use]
pub fn check(path: &str, source: &str, test_only: bool) -> Found {
    let mut found = Found::default();
    let code = blank(source);
    let in_tests = test_only || is_test_target(path);
    let tests_from = if in_tests { 0 } else { tests_begin(&code) };

    let total = code.lines().count();
    let shipped = code[..tests_from].lines().count();
    if !is_generated(source) {
        length(path, "of code", shipped, CODE, &mut found);
        length(path, "of tests", total - shipped, TESTS, &mut found);
    }
    for at in positions(&code[..tests_from], ".unwrap()") {
        found.wrong.push(format!(
            "{path}:{}: unwrap outside tests: say why it cannot fail with expect(\"because …\")",
            line(&code, at)
        ));
    }
    for opening in ["allow(", "expect("] {
        for at in positions(&code, opening).filter(|at| is_attribute(&code[..*at])) {
            let arguments = code[at..].split(']').next().unwrap_or_default();
            if !arguments.contains("reason =") {
                found
                    .wrong
                    .push(format!("{path}:{}: a lint that is switched off says why: reason = \"…\"", line(&code, at)));
            }
        }
    }
    for at in positions(&code, "#[ignore") {
        found
            .wrong
            .push(format!("{path}:{}: an ignored test tests nothing: make it run or remove it", line(&code, at)));
    }
    found
}

fn length(path: &str, what: &str, lines: usize, (ask, fail): (usize, usize), found: &mut Found) {
    if lines > fail {
        found.wrong.push(format!(
            "{path}: {lines} lines {what}, and {fail} is the end: split it where a second subject begins"
        ));
    } else if lines > ask {
        found.asked.push(format!("{path}: {lines} lines {what}: is it still one subject?"));
    }
}

/// Written by a program, which is where it would be split.
fn is_generated(source: &str) -> bool {
    source.lines().next().is_some_and(|first| first.starts_with("// @generated"))
}

/// A folder of integration tests or benches beside `src`.
fn is_test_target(path: &str) -> bool {
    path.split('/').skip(1).any(|part| part == "tests" || part == "benches")
}

/// Tests stand at the end of a file: from the first test module on.
fn tests_begin(code: &str) -> usize {
    positions(code, "#[cfg(test)]")
        .find(|at| code[*at..].lines().nth(1).is_some_and(|next| next.starts_with("mod ") && next.ends_with('{')))
        .unwrap_or(code.len())
}

fn positions<'a>(text: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(needle).map(|(at, _)| at)
}

fn is_attribute(before: &str) -> bool {
    let before = before.trim_end();
    before.ends_with("#[")
        || before.ends_with("#![")
        || before.rsplit("#[").next().is_some_and(|rest| rest.starts_with("cfg_attr(") && !rest.contains(']'))
}

fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The source with every comment and the content of every literal replaced by spaces; lines and offsets in characters stay.
#[must_use]
pub fn blank(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at);
        match end {
            Some(end) => {
                out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
                at = end;
            }
            None => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out
}

/// Where the comment or literal that begins at `at` ends, if one does.
fn literal_end(chars: &[char], at: usize) -> Option<usize> {
    let starts = |text: &str| text.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    let in_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    let end = chars.len();
    match chars[at] {
        '/' if starts("//") => Some(chars[at..].iter().position(|c| *c == '\n').map_or(end, |n| at + n)),
        '/' if starts("/*") => {
            let (mut depth, mut i) = (0, at);
            while i < end {
                match (chars[i], chars.get(i + 1)) {
                    ('/', Some('*')) => (depth, i) = (depth + 1, i + 1),
                    ('*', Some('/')) => (depth, i) = (depth - 1, i + 1),
                    _ => {}
                }
                i += 1;
                if depth == 0 {
                    break;
                }
            }
            Some(i)
        }
        '"' => Some(quoted_end(chars, at, '"')),
        'r' if !in_word || (at > 0 && matches!(chars[at - 1], 'b' | 'c')) => {
            let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
            if chars.get(at + 1 + hashes) != Some(&'"') {
                return None;
            }
            let close: String = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            let close: Vec<char> = close.chars().collect();
            let body = at + 2 + hashes;
            let length = chars[body..].windows(close.len()).position(|w| *w == *close);
            Some(length.map_or(end, |n| body + n + close.len()))
        }
        // A lifetime has no second quote where a character has one.
        '\'' if chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\'') => {
            Some(quoted_end(chars, at, '\''))
        }
        _ => None,
    }
}

fn quoted_end(chars: &[char], at: usize, quote: char) -> usize {
    let mut i = at + 1;
    while i < chars.len() && chars[i] != quote {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    (i + 1).min(chars.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_blank() {
        for (source, blanked) in [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            (r#"f("x\"y", z)"#, "f(      , z)"),
            ("r#\"a\"b\"# c", "         c"),
            ("var\"a\" b", "var    b"),
            ("'\"' 'a 'b' '\\'' x", "    'a          x"),
            ("\"a\nb\" c", "  \n   c"),
            ("\"é\" c", "    c"),
        ] {
            assert_eq!(blank(source), blanked, "{source}");
        }
    }

    #[test]
    fn what_is_wrong_is_found() {
        let ending = "#[cfg(test)]\nmod tests {\n    fn f() { x.unwrap(); }\n}\n";
        for (path, source, wrong) in [
            ("crates/a/b/src/lib.rs", "fn f() {\n    x.unwrap();\n}\n".to_owned(), "lib.rs:2: unwrap outside tests"),
            ("crates/a/b/src/lib.rs", "/// x.unwrap()\nfn f() { \"x.unwrap()\"; }\n".to_owned(), ""),
            ("crates/a/b/src/lib.rs", ending.to_owned(), ""),
            ("crates/a/b/src/x/tests.rs", "fn f() { x.unwrap() }".to_owned(), "unwrap outside tests"),
            ("crates/a/b/tests/e2e.rs", "fn f() { x.unwrap() }".to_owned(), ""),
            ("tests/kube/src/lib.rs", "fn f() { x.unwrap() }".to_owned(), "unwrap outside tests"),
            (
                "crates/a/b/src/lib.rs",
                "#[allow(dead_code)]\nfn f() {}".to_owned(),
                "lib.rs:1: a lint that is switched off",
            ),
            ("crates/a/b/src/lib.rs", "#![expect(\n  dead_code,\n)]".to_owned(), "a lint that is switched off"),
            ("crates/a/b/src/lib.rs", "#[cfg_attr(test, allow(dead_code))]".to_owned(), "a lint that is switched off"),
            (
                "crates/a/b/src/lib.rs",
                "#[expect(dead_code, reason = \"no\")]\nfn f() { x.expect(\"because\") }".to_owned(),
                "",
            ),
            ("crates/a/b/src/lib.rs", "#[test]\n#[ignore]\nfn f() {}".to_owned(), "lib.rs:2: an ignored test"),
            ("crates/a/b/src/lib.rs", "x\n".repeat(1_001), "1001 lines of code"),
            ("crates/a/b/src/lib.rs", format!("{}{ending}", "x\n".repeat(499)), ""),
            ("crates/a/b/tests/e2e.rs", "x\n".repeat(2_001), "2001 lines of tests"),
            ("crates/a/b/src/lib.rs", format!("// @generated by x\n{}", "x\n".repeat(2_000)), ""),
        ] {
            let found = check(path, &source, false).wrong;
            match wrong {
                "" => assert!(found.is_empty(), "{path}: {found:?}"),
                _ => assert!(found.len() == 1 && found[0].contains(wrong), "{wrong}: {found:?}"),
            }
        }
        assert_eq!(check("crates/a/b/src/lib.rs", &"x\n".repeat(501), false).asked.len(), 1);
    }

    #[test]
    fn modules_of_tests_are_tests() {
        let source = "#[cfg(test)]\nmod fake;\nmod real;\n#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(test_modules("crates/a/b/src/lib.rs", source), ["crates/a/b/src/fake.rs"]);
        assert_eq!(test_modules("crates/a/b/src/x.rs", source), ["crates/a/b/src/x/fake.rs"]);
        assert!(check("crates/a/b/src/fake.rs", "fn f() { x.unwrap() }", true).wrong.is_empty());
    }
}
