//! [`Name`] and [`Reference`]: what is meant in a registry.

use std::fmt;

use bowline_base_egress::Url;

/// A repository of a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// `host` or `host:port`, as the user wrote it.
    pub(crate) registry: String,
    /// Lower-case words parted by slashes.
    pub(crate) repository: String,
}

/// A name with what may stand behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) name: Name,
    /// `:tag`.
    pub(crate) tag: Option<String>,
    /// `@digest`.
    pub(crate) digest: Option<String>,
}

// === impl Name ===

impl Name {
    /// A repository from a URL of the contract (`oci://host/path`, or `host/path` of a Helm source with OCI) and the name of a chart
    /// below it.
    pub(crate) fn parse(url: &str, chart: &str) -> Result<Name, String> {
        let text = url.trim().trim_end_matches('/');
        let bare =
            ["oci://", "https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or(text);
        let bare = bare.rsplit_once('@').filter(|(user, _)| !user.contains('/')).map_or(bare, |(_, rest)| rest);
        let (registry, path) = bare.split_once('/').unwrap_or((bare, ""));
        let repository = match (path, chart) {
            (path, "") => path.to_string(),
            ("", chart) => chart.to_string(),
            (path, chart) => format!("{path}/{chart}"),
        };
        if registry.is_empty() {
            return Err(format!("{text:?} names no registry: write oci://HOST/REPOSITORY"));
        }
        let name = Name { registry: registry.to_string(), repository };
        match name.repository.split('/').all(is_word) {
            true => Ok(name),
            false => {
                Err(format!("{name} is no repository of a registry: names are lower-case words parted by slashes"))
            }
        }
    }

    /// Where the registry answers.
    pub(crate) fn url(&self, plain_http: bool) -> Result<Url, String> {
        let scheme = if plain_http { "http" } else { "https" };
        // The name that everybody uses is not where its registry answers.
        let host = if self.registry == "docker.io" { "registry-1.docker.io" } else { &self.registry };
        Url::parse(&format!("{scheme}://{host}/")).map_err(|e| format!("{self}: {e}"))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "oci://{}/{}", self.registry, self.repository)
    }
}

// === impl Reference ===

impl Reference {
    /// `oci://host/path[:tag][@digest]`.
    pub(crate) fn parse(text: &str) -> Result<Reference, String> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_string())),
            None => (text, None),
        };
        let last = rest.rfind('/').unwrap_or(0);
        let (place, tag) = match rest[last..].split_once(':') {
            // Behind `oci:/` no tag stands.
            Some((name, tag)) if !rest[last..].starts_with("//") && !name.is_empty() && !tag.contains('/') => {
                (&rest[..last + name.len()], Some(tag.to_string()))
            }
            _ => (rest, None),
        };
        let name = Name::parse(place, "")?;
        if let Some(bad) = tag.as_ref().filter(|tag| !is_tag(&tag.replace('+', "_"))) {
            return Err(format!("{bad:?} is no tag"));
        }
        if let Some(bad) = digest.as_ref().filter(|digest| !is_digest(digest)) {
            return Err(format!("{bad:?} is no digest"));
        }
        Ok(Reference { name, tag, digest })
    }
}

fn is_word(word: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    word.bytes().next().is_some_and(plain)
        && word.bytes().next_back().is_some_and(plain)
        && word.bytes().all(|b| plain(b) || matches!(b, b'.' | b'_' | b'-'))
}

/// Whether a registry can have a tag of that name.
pub(crate) fn is_tag(tag: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=128).contains(&tag.len())
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'))
}

/// Whether a text is a digest that can be checked.
pub(crate) fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(crate::helm::is_sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_contract() {
        for (url, chart, want) in [
            ("oci://ghcr.io/org/app", "", "oci://ghcr.io/org/app"),
            ("registry.example.com:5000/charts/", "nginx", "oci://registry.example.com:5000/charts/nginx"),
            ("localhost:5000", "a/b", "oci://localhost:5000/a/b"),
            ("https://h/p", "c", "oci://h/p/c"),
        ] {
            assert_eq!(Name::parse(url, chart).unwrap().to_string(), want);
        }
        for (url, chart) in [
            ("oci://h", ""),
            ("oci://h/../x", ""),
            ("h/A", ""),
            ("oci:///x", ""),
            ("h/a//b", ""),
            ("h/a?x", ""),
            ("h", "a:1"),
        ] {
            assert!(Name::parse(url, chart).is_err(), "{url} {chart}");
        }
        let hub = Name::parse("oci://docker.io/library/x", "").unwrap();
        assert_eq!(hub.url(false).unwrap().to_string(), "https://registry-1.docker.io/");
        assert_eq!(Name::parse("h:5000/x", "").unwrap().url(true).unwrap().to_string(), "http://h:5000/");
    }

    #[test]
    fn references_with_tags_and_digests() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (text, tag, by_digest) in [
            ("oci://h:5000/a/b".to_string(), None, false),
            ("oci://h:5000/a/b:1.0.0+x".to_string(), Some("1.0.0+x"), false),
            (format!("oci://h/a@{digest}"), None, true),
            (format!("oci://h/a:v1@{digest}"), Some("v1"), true),
        ] {
            let reference = Reference::parse(&text).unwrap();
            assert_eq!((reference.tag.as_deref(), reference.digest.is_some()), (tag, by_digest), "{text}");
            assert!(reference.name.repository.starts_with('a'));
        }
        for text in ["oci://h/a:", "oci://h/a:b c", "oci://h/a@md5:x", "oci://h"] {
            assert!(Reference::parse(text).is_err(), "{text}");
        }
    }
}
