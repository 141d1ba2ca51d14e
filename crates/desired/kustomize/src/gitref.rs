//! [`GitReference`]: the Git URLs that kustomize takes where a directory can stand.

/// A directory in a Git repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitReference {
    /// The text as it was written.
    pub raw: String,
    /// Scheme, user and host, up to and with the separator after it (`https://github.com/`, `git@github.com:`).
    pub host: String,
    /// The repository on that host (`org/repo.git`).
    pub repository: String,
    /// The directory in the repository; empty for its root.
    pub path: String,
    /// Branch, tag or commit; empty for the default branch.
    pub reference: String,
    /// Whether submodules are wanted.
    pub submodules: bool,
}

// === impl GitReference ===

impl GitReference {
    /// Reads a text as a Git URL; `None` where kustomize would take it for a path.
    pub fn parse(text: &str) -> Option<GitReference> {
        if text.starts_with('/') {
            return None;
        }
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let (host, rest) = split_host(address)?;
        let (repository, path) = split_repository(&rest, host.starts_with("file://"))?;
        if repository.is_empty() || leaves(&path) {
            return None;
        }
        let parameter = |name: &str| {
            let found = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
            found.map(|(_, value)| percent_decode(value)).filter(|value| !value.is_empty())
        };
        let submodules = parameter("submodules");
        Some(GitReference {
            raw: text.to_string(),
            host,
            repository,
            path: path.trim_start_matches('/').to_string(),
            reference: parameter("ref").or_else(|| parameter("version")).unwrap_or_default(),
            submodules: !submodules
                .is_some_and(|v| matches!(v.as_str(), "0" | "f" | "F" | "false" | "FALSE" | "False")),
        })
    }

    /// What is cloned.
    pub fn clone_url(&self) -> String {
        format!("{}{}", self.host, self.repository)
    }
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// Scheme, user and host, and what follows; hosts of GitHub come in one form.
fn split_host(address: &str) -> Option<(String, String)> {
    let address = strip_prefix_ignore_case(address, "git::").unwrap_or(address);
    let schemes = ["ssh://", "https://", "http://", "file://"];
    let found = schemes.iter().find_map(|scheme| strip_prefix_ignore_case(address, scheme).map(|rest| (*scheme, rest)));
    let (scheme, rest) = found.unwrap_or(("", address));
    let (user, rest) = match rest.split_once('@') {
        Some((name, after)) if is_user(name) => (format!("{name}@"), after),
        _ => (String::new(), rest),
    };
    let lower = rest.to_ascii_lowercase();
    let github = lower.starts_with("github.com/") || lower.starts_with("github.com:");
    // Without a scheme, `host:path` is only taken after a user or for GitHub.
    let short = scheme.is_empty() && (!user.is_empty() || github);
    if scheme.is_empty() && !short {
        return None;
    }
    if scheme == "file://" {
        return Some((scheme.to_string(), format!("{user}{rest}")));
    }
    let slash = rest.find('/');
    let colon = rest.find(':').filter(|_| short);
    let end = match (slash, colon) {
        (None, colon) => colon,
        (Some(slash), Some(colon)) if colon > 0 && colon < slash => Some(colon),
        (slash, _) => slash,
    };
    let (host, rest) = match end {
        Some(end) => rest.split_at(end + 1),
        None => (rest, ""),
    };
    if host.is_empty() {
        return None;
    }
    let host = match (github, scheme == "ssh://" || !user.is_empty()) {
        (true, true) => format!("{user}github.com:"),
        (true, false) => "https://github.com/".to_string(),
        (false, _) => format!("{scheme}{user}{host}"),
    };
    Some((host, rest.to_string()))
}

fn is_user(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The repository and the path in it: `_git/` and `//` and `.git` mark the border, else it is after two segments.
fn split_repository(rest: &str, whole: bool) -> Option<(String, String)> {
    if let Some(at) = rest.find("_git/") {
        let (head, tail) = rest.split_at(at + "_git/".len());
        let (name, path) = tail.split_once('/').unwrap_or((tail, ""));
        return Some((format!("{head}{name}"), path.to_string()));
    }
    if let Some((repository, path)) = rest.split_once("//") {
        return Some((repository.to_string(), path.to_string()));
    }
    if let Some(at) = rest.find(".git") {
        let (repository, path) = rest.split_at(at + ".git".len());
        return Some((repository.to_string(), path.to_string()));
    }
    if whole {
        return Some((rest.to_string(), String::new()));
    }
    let segments: Vec<&str> = rest.splitn(3, '/').collect();
    (segments.len() >= 2).then(|| (segments[..2].join("/"), segments.get(2).unwrap_or(&"").to_string()))
}

/// Whether a path goes out of its repository.
fn leaves(path: &str) -> bool {
    bowline_base_tree::normalize(path).is_err()
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let code = text.get(i + 1..i + 3).filter(|_| bytes[i] == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) => {
                out.push(byte);
                i += 3;
            }
            None => {
                out.push(if bytes[i] == b'+' { b' ' } else { bytes[i] });
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<(&str, &str, &str)>) {
        let parsed = GitReference::parse(text);
        let got = parsed.as_ref().map(|git| (git.clone_url(), git.path.clone(), git.reference.clone()));
        assert_eq!(got, want.map(|(url, path, reference)| (url.into(), path.into(), reference.into())), "{text}");
    }

    #[test]
    fn forms_of_urls() {
        check("base", None);
        check("../base", None);
        check("/abs", None);
        check("https://example.com", None);
        check("github.com/org/repo", Some(("https://github.com/org/repo", "", "")));
        check("github.com/org/repo/sub/dir?ref=v1", Some(("https://github.com/org/repo", "sub/dir", "v1")));
        check("git@github.com:org/repo.git//sub?ref=a%2Fb", Some(("git@github.com:org/repo.git", "sub", "a/b")));
        check("ssh://git@github.com/org/repo", Some(("git@github.com:org/repo", "", "")));
        check("https://gitlab.com/a/b/c.git/d?version=1", Some(("https://gitlab.com/a/b/c.git", "d", "1")));
        check("https://dev.azure.com/o/p/_git/r/x/y", Some(("https://dev.azure.com/o/p/_git/r", "x/y", "")));
        check("git::https://host/a/b//c", Some(("https://host/a/b", "c", "")));
        check("user@host:org/repo", Some(("user@host:org/repo", "", "")));
        check("file:///srv/repo.git//x", Some(("file:///srv/repo.git", "x", "")));
        check("https://host/a/b//../c", None);
    }
}
