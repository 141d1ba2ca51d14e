//! Each crate inherits what the workspace decides once.

/// What is wrong with the manifest at `path`.
#[must_use]
pub fn check(path: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    if !lines.windows(2).any(|pair| pair == ["[lints]", "workspace = true"]) {
        wrong.push(format!(
            "{path}: without `[lints]` and `workspace = true` below it, missing docs and unwraps pass unseen"
        ));
    }
    for field in ["version", "edition", "rust-version", "license", "publish"] {
        if !lines.iter().any(|line| *line == format!("{field}.workspace = true")) {
            wrong.push(format!("{path}: `{field}` is the workspace's to say: write `{field}.workspace = true`"));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::check;

    const GOOD: &str = "[package]
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[lints]
workspace = true
";

    #[test]
    fn what_is_not_inherited_is_named() {
        assert!(check("Cargo.toml", GOOD).is_empty());
        for (good, bad, wrong) in [
            (
                "[lints]\nworkspace = true",
                "[lints.rust]\nmissing_docs = \"allow\"",
                "missing docs and unwraps pass unseen",
            ),
            ("edition.workspace = true", "edition = \"2021\"", "`edition` is the workspace's"),
        ] {
            let found = check("Cargo.toml", &GOOD.replace(good, bad));
            assert!(found.len() == 1 && found[0].contains(wrong), "{found:?}");
        }
    }
}
