//! [`concerns`]: whether a source is one of those that a hint is about.

use bowline_base_semver::{Constraint, Version};
use bowline_core_ports::Pushed;

use crate::address;

/// A source of an application, as far as it matters here.
#[derive(Clone, Copy, Debug, Default)]
pub struct Source<'a> {
    /// Its URL.
    pub url: &'a str,
    /// The chart, where it names one.
    pub chart: &'a str,
    /// Branch, tag, commit or range; empty for the default.
    pub revision: &'a str,
    /// What stands before the version in the tags that a range chooses from.
    pub tag_prefix: &'a str,
}

/// Whether what was pushed is this source's, and may have moved what it follows.
pub fn concerns(pushed: &Pushed, source: Source<'_>) -> bool {
    if pushed.artifact {
        let bare = |url: &str| url.trim_start_matches("oci://").trim_end_matches('/').to_lowercase();
        let own = bare(source.url);
        let chart = format!("{own}/{}", source.chart.to_lowercase());
        let is_own = pushed.urls.iter().map(|url| bare(url)).any(|url| url == own || url == chart);
        return is_own && pushed.revision.as_deref().is_none_or(|tag| is_moved(tag, source));
    }
    let Some(own) = address(source.url) else { return false };
    if !pushed.urls.iter().any(|url| address(url).as_ref() == Some(&own)) {
        return false;
    }
    match (source.revision, &pushed.revision) {
        (_, None) => true,
        ("" | "HEAD", Some(_)) => pushed.head,
        (_, Some(revision)) => is_moved(revision, source),
    }
}

/// Whether a branch or tag is what the source follows, or one of the range that it chooses from.
fn is_moved(revision: &str, source: Source<'_>) -> bool {
    let wanted = source.revision;
    let wanted = wanted.strip_prefix("refs/heads/").or_else(|| wanted.strip_prefix("refs/tags/")).unwrap_or(wanted);
    if revision == wanted || revision.strip_prefix(source.tag_prefix) == Some(wanted) {
        return true;
    }
    let Some(version) = revision.strip_prefix(source.tag_prefix) else { return false };
    match (Constraint::parse(wanted), Version::parse(version)) {
        (Ok(range), Ok(version)) => range.matches(&version),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(revision: Option<&str>, head: bool, source: Source<'_>, want: bool) {
        let pushed = Pushed {
            urls: vec!["https://example.com/org/repo".into()],
            revision: revision.map(str::to_string),
            head,
            ..Pushed::default()
        };
        assert_eq!(concerns(&pushed, source), want, "{pushed:?} {source:?}");
    }

    #[test]
    fn revisions_match_by_name_by_range_and_by_default_branch() {
        let url = "git@example.com:org/repo.git";
        let of = |revision| Source { url, revision, ..Source::default() };
        for (revision, head, wanted, want) in [
            ("main", true, "", true),
            ("main", true, "HEAD", true),
            ("dev", false, "", false),
            ("dev", false, "dev", true),
            ("dev", false, "refs/heads/dev", true),
            ("feature/x", false, "refs/heads/feature/x", true),
            ("v1.2.0", false, "refs/tags/v1.2.0", true),
            ("v1.2.3", false, "1.2.x", true),
            ("v1.2.3", false, ">=1.0 <2.0", true),
            ("v2.0.0", false, "1.*", false),
            ("not-a-version", false, "1.*", false),
            ("main", true, "dev", false),
        ] {
            check(Some(revision), head, of(wanted), want);
        }
        check(None, false, of("anything"), true);
        check(Some("app-1.2.3"), false, Source { tag_prefix: "app-", ..of("1.*") }, true);
        check(Some("other-1.2.3"), false, Source { tag_prefix: "app-", ..of("1.*") }, false);
        check(Some("main"), true, Source { url: "https://example.com/org/other", ..Source::default() }, false);
        check(Some("main"), true, Source { url: "file:///srv/repo", ..Source::default() }, false);
    }

    #[test]
    fn artifacts_match_by_url_or_chart() {
        let pushed = Pushed {
            urls: vec!["oci://ghcr.io/Org/charts/shop".into()],
            revision: Some("1.4.0".into()),
            artifact: true,
            ..Pushed::default()
        };
        for (url, chart, revision, want) in [
            ("oci://ghcr.io/org/charts/shop", "", "1.4.0", true),
            ("ghcr.io/org/charts/", "shop", "1.x", true),
            ("ghcr.io/org/charts", "other", "1.x", false),
            ("oci://ghcr.io/org/charts/shop", "", "2.x", false),
            ("https://ghcr.io/org/charts/shop", "", "1.4.0", false),
        ] {
            let source = Source { url, chart, revision, tag_prefix: "" };
            assert_eq!(concerns(&pushed, source), want, "{source:?}");
        }
    }
}
