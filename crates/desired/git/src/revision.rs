//! What a revision can mean, and in which order.

use bowline_base_semver::{Constraint, Version};
use bowline_base_tree::ObjectId;

/// A revision by its letters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Revision<'a> {
    /// Empty or `HEAD`.
    Head,
    /// A whole commit id.
    Commit(ObjectId),
    /// A branch, a tag, a full ref, and, where no ref has that name, a version constraint or an abbreviated commit id.
    Name(&'a str),
    /// Nothing that Git could name.
    Invalid(&'static str),
}

// === impl Revision ===

impl<'a> Revision<'a> {
    pub(crate) fn of(text: &'a str) -> Revision<'a> {
        let text = text.trim();
        if text.is_empty() || text == "HEAD" {
            return Revision::Head;
        }
        if (text.len() == 40 || text.len() == 64)
            && let Ok(id) = text.parse()
        {
            return Revision::Commit(id);
        }
        if text.chars().any(char::is_control) {
            return Revision::Invalid("it holds a control character");
        }
        if text.len() > 1024 {
            return Revision::Invalid("it is longer than 1024 bytes");
        }
        Revision::Name(text)
    }
}

/// The full refs that `name` may stand for, in git's own order (gitrevisions: a tag is before a branch), so that a name that
/// is both means the same each time. Empty where it cannot be a ref's name.
pub(crate) fn candidates(name: &str) -> Vec<String> {
    if !is_ref_name(name) {
        return Vec::new();
    }
    let mut candidates = Vec::new();
    if name.starts_with("refs/") {
        candidates.push(name.to_string());
    }
    candidates.extend(["refs/", "refs/tags/", "refs/heads/"].map(|prefix| format!("{prefix}{name}")));
    candidates
}

/// The tag that a version or a version range means, by Argo CD's rules; `None` where `text` is neither, or no tag is in the range.
///
/// A version is that tag, whatever tags there are. A range means the highest of `tags` in it, and goes before branches and tags that
/// are called like it. With a `prefix` only tags that begin with it count, and it is no part of the version.
pub(crate) fn version_tag<E>(
    text: &str,
    prefix: &str,
    tags: impl FnOnce() -> Result<Vec<String>, E>,
) -> Result<Option<String>, E> {
    if Version::parse(text).is_ok() {
        return Ok((!prefix.is_empty()).then(|| format!("{prefix}{text}")));
    }
    let Ok(range) = Constraint::parse(text) else { return Ok(None) };
    let versions: Vec<Version> =
        tags()?.iter().filter_map(|tag| Version::parse(tag.strip_prefix(prefix)?).ok()).collect();
    Ok(range.highest(&versions).map(|version| format!("{prefix}{}", version.original())))
}

/// Whether `name` follows git-check-ref-format (one level is enough), and does not look like an option.
pub(crate) fn is_ref_name(name: &str) -> bool {
    let forbidden = |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
    !name.is_empty()
        && name != "@"
        && !name.starts_with('-')
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && !name.chars().any(forbidden)
        && name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"))
}

/// Whether `text` can be an abbreviated commit id: 7 hex digits or more, as Argo CD asks for.
pub(crate) fn is_abbreviated(text: &str) -> bool {
    (7..64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_by_their_letters() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(Revision::of(""), Revision::Head);
        assert_eq!(Revision::of(" HEAD "), Revision::Head);
        assert_eq!(Revision::of(sha), Revision::Commit(sha.parse().unwrap()));
        assert_eq!(Revision::of("v1.*"), Revision::Name("v1.*"));
        assert!(matches!(Revision::of("a\nb"), Revision::Invalid(_)));
    }

    #[test]
    fn ranges_choose_among_tags() {
        let tags = ["v1.0.0", "1.2.0", "1.2.1", "1.3.0-rc.1", "app/v1.9.0", "app/v2.0.0", "latest"];
        for (text, prefix, want) in [
            ("1.2.*", "", Some("1.2.1")),
            ("*", "", Some("1.2.1")),
            (">=1.3.0-0", "", Some("1.3.0-rc.1")),
            ("^1.0", "app/", Some("app/v1.9.0")),
            ("*", "app/", Some("app/v2.0.0")),
            ("v1.9.0", "app/", Some("app/v1.9.0")),
            ("3.x", "", None),
            ("1.2.0", "", None),
            ("main", "", None),
        ] {
            let list = || Ok::<_, ()>(tags.map(String::from).to_vec());
            assert_eq!(version_tag(text, prefix, list).unwrap().as_deref(), want, "{text} {prefix}");
        }
    }

    #[test]
    fn candidates_in_git_s_order_and_none_for_what_is_no_ref() {
        assert_eq!(candidates("v1"), ["refs/v1", "refs/tags/v1", "refs/heads/v1"]);
        assert_eq!(candidates("refs/pull/1/head")[0], "refs/pull/1/head");
        for name in [
            "-x",
            "--upload-pack=x",
            "a..b",
            "a b",
            "a:b",
            "a^",
            "*",
            "a/",
            "/a",
            "a//b",
            ".a",
            "a.lock",
            "a@{1}",
            "@",
            "",
        ] {
            assert!(candidates(name).is_empty(), "{name:?}");
        }
    }
}
