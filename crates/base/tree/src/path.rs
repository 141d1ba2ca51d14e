//! Paths inside a tree: relative, separated by `/`, without `.` and `..`; the root is the empty path.

/// A path that would leave the tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("path {path:?} leads outside of the source's root")]
pub struct OutsideError {
    /// The path as it was written.
    pub path: String,
}

/// The path in its plain form, by its letters alone, as Go's `filepath.Clean` makes it: `./a//b/../c` is `a/c`, `.` and `/` are the root.
/// A leading `/` counts from the root.
pub fn normalize(path: &str) -> Result<String, OutsideError> {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop().ok_or_else(|| OutsideError { path: path.to_string() })?;
            }
            name => segments.push(name),
        }
    }
    Ok(segments.join("/"))
}

/// `path` seen from the directory `base`, in plain form; a `path` with a leading `/` counts from the root.
pub fn join(base: &str, path: &str) -> Result<String, OutsideError> {
    if path.starts_with('/') {
        return normalize(path);
    }
    normalize(&format!("{base}/{path}")).map_err(|_| OutsideError { path: path.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_forms() {
        for (path, want) in
            [("", ""), (".", ""), ("/", ""), ("./a//b/../c/", "a/c"), ("/a", "a"), ("a/./b", "a/b"), ("a/..", "")]
        {
            assert_eq!(normalize(path).as_deref(), Ok(want), "{path}");
        }
        assert_eq!(join("a/b", "../c").as_deref(), Ok("a/c"));
        assert_eq!(join("a/b", "/c").as_deref(), Ok("c"));
    }

    #[test]
    fn nothing_leads_outside() {
        for path in ["..", "a/../..", "/..", "a/../../b"] {
            assert!(normalize(path).is_err(), "{path}");
        }
        assert_eq!(join("a", "../../b"), Err(OutsideError { path: "../../b".into() }));
    }
}
