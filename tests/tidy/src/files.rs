//! What every tracked file is held to: its name, and that it speaks of no machine.

/// Names that say nothing. A crate, module or file is named by what it holds.
const EMPTY_WORDS: &[&str] = &["util", "utils", "common", "manager", "helper", "helpers"];

/// Files that a package manager writes, which name where the packages come from.
const LOCKS: &[&str] = &["Cargo.lock", "package-lock.json", "go.sum"];

/// What is wrong with the name of a source file or folder.
#[must_use]
pub fn check_name(path: &str) -> Vec<String> {
    let ours = path.ends_with(".rs") || path.ends_with("Cargo.toml") || path.ends_with(".ts") || path.ends_with(".tsx");
    if !ours {
        return Vec::new(); // a test's data has the names that others gave it
    }
    let empty = |part: &&str| {
        let stem = part.split('.').next().unwrap_or_default();
        EMPTY_WORDS
            .iter()
            .any(|word| stem == *word || (*word != "manager" && stem.split(['-', '_']).any(|piece| piece == *word)))
    };
    path.split('/')
        .filter(empty)
        .map(|part| format!("{path}: '{part}' says nothing of what is in it: name it by that"))
        .collect()
}

/// What is wrong with the text of a file: paths that one machine has, and hosts that packages come from.
#[must_use]
pub fn check_text(path: &str, text: &str) -> Vec<String> {
    if LOCKS.iter().any(|lock| path.ends_with(lock)) {
        return Vec::new();
    }
    // In pieces, or this file would be the first to be found.
    let roots = [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/")];
    let hosts = [
        concat!("index.crates", ".io"),
        concat!("static.crates", ".io"),
        concat!("proxy.golang", ".org"),
        concat!("registry.npmjs", ".org"),
        concat!("artifact", "ory"),
    ];
    let mut wrong = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let place = format!("{path}:{}", number + 1);
        for root in roots {
            // A path begins where nothing of a path stands before it.
            let begins =
                |(at, _): (usize, &str)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-}*".contains(c));
            if line.match_indices(root).any(begins) {
                wrong.push(format!("{place}: {root}… is a path of one machine"));
            }
        }
        for host in hosts {
            if line.to_lowercase().contains(host) {
                wrong.push(format!(
                    "{place}: {host} is where packages come from on one machine: leave it to the user's settings"
                ));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (path, wrong) in [
            ("crates/core/types/src/names.rs", 0),
            ("crates/core/util/Cargo.toml", 1),
            ("crates/core/types/src/utils.rs", 1),
            ("crates/core/types/src/string_utils.rs", 1),
            ("crates/core/types/src/helpers/text.rs", 1),
            ("crates/live/cache/src/manager.rs", 1),
            ("crates/plan/merge/src/field_manager.rs", 0), // Kubernetes' word
            ("crates/desired/helm/testdata/common/_helpers.tpl", 0),
        ] {
            assert_eq!(check_name(path).len(), wrong, "{path}");
        }
    }

    #[test]
    fn texts() {
        for (text, wrong) in [
            (concat!("let p = \"/ro", "ot/x\";"), 1),
            (concat!("see /wo", "rk/desk"), 1),
            (concat!("crates/wo", "rk/x and ${x}/ho", "me/y"), 0),
            (concat!("npm config set registry https://registry.npmjs", ".org"), 1),
            (concat!("https://Artifact", "ory.example"), 1),
            ("nothing", 0),
        ] {
            assert_eq!(check_text("a.md", text).len(), wrong, "{text}");
        }
        assert!(check_text("ui/package-lock.json", concat!("registry.npmjs", ".org")).is_empty());
    }
}
