//! [`address`]: where a repository is, whatever the protocol it is reached by.

/// Host and path of a repository in the one form in which all its URLs are equal: `https://host/path`, `https://user@host:8443/path.git`,
/// `ssh://git@ssh.host:22/path`, `git@host:path` and `host/path` all give `host/path`, in lower case. `None` where the text names no
/// repository on a host.
pub fn address(url: &str) -> Option<String> {
    if let Some(path) = url.trim().strip_prefix("file://") {
        // One on this machine; there the case of letters counts.
        let path = path.trim_end_matches('/');
        return path.starts_with('/').then(|| format!("file:{}", path.strip_suffix(".git").unwrap_or(path)));
    }
    let text = url.trim().to_lowercase();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => ("", text.as_str()),
    };
    if !matches!(scheme, "" | "http" | "https" | "ssh") {
        return None;
    }
    let authority = rest.find('/').unwrap_or(rest.len());
    let rest = rest[..authority].rfind('@').map_or(rest, |at| &rest[at + 1..]);
    let end = match rest.strip_prefix('[') {
        Some(v6) => v6.find(']')? + 2,
        None => rest.find(['/', ':'].as_slice())?,
    };
    let (host, path) = rest.split_at(end);
    let host = host.strip_prefix("ssh.").or_else(|| host.strip_prefix("altssh.")).unwrap_or(host);
    let path = without_port(path).trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    if host.is_empty() || path.is_empty() {
        return None;
    }
    // Azure DevOps has one more form for SSH.
    if host == "dev.azure.com"
        && let ["v3", organization, project, repository] = path.split('/').collect::<Vec<_>>()[..]
    {
        return Some(format!("{host}/{organization}/{project}/_git/{repository}"));
    }
    Some(format!("{host}/{path}"))
}

/// `:8443/path` and `:path` and `/path`, without what stands before the path.
fn without_port(path: &str) -> &str {
    let Some(rest) = path.strip_prefix(':') else { return path };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    match rest[digits..].chars().next() {
        Some('/' | ':') if digits > 0 => &rest[digits + 1..],
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_one_repository_are_equal() {
        for url in [
            "https://example.com/org/repo",
            "http://example.com/org/repo.git",
            "https://example.com:8443/org/repo/",
            "https://user@example.com/org/repo",
            "https://user:pa:ss@example.com:8443/org/repo.git",
            "ssh://git@example.com/org/repo.git",
            "ssh://git@example.com:2222/org/repo",
            "ssh://git@ssh.example.com:443/org/repo",
            "ssh://git@altssh.example.com/org/repo",
            "git@example.com:org/repo.git",
            "git@example.com:22/org/repo.git",
            "example.com:org/repo",
            "example.com/org/repo",
            "HTTPS://Example.com/Org/Repo",
            " https://example.com/org/repo ",
        ] {
            assert_eq!(address(url).as_deref(), Some("example.com/org/repo"), "{url}");
        }
        assert_eq!(address("https://[::1]:8443/org/repo.git"), address("ssh://git@[::1]/org/repo"));
        let azure = Some("dev.azure.com/o/p/_git/r".to_string());
        assert_eq!(address("file:///srv/Repo.git/"), Some("file:/srv/Repo".into()));
        assert_eq!(address("git@ssh.dev.azure.com:v3/o/p/r"), azure);
        assert_eq!(address("https://o@dev.azure.com/o/p/_git/r"), azure);
    }

    #[test]
    fn what_names_no_repository_has_no_address() {
        for url in [
            "",
            "/",
            ":",
            "@",
            "://",
            "https://",
            "https://h",
            "h",
            "h:",
            "file://",
            "file://h/srv",
            "oci://h/p",
            "a:b@",
            "@:/",
        ] {
            assert_eq!(address(url), None, "{url}");
        }
        assert_ne!(address("https://example.com/a"), address("https://example.com/b"));
        assert_ne!(address("https://example.com/a"), address("https://example.com.evil/a"));
        // A pattern is text here, never a pattern.
        assert_ne!(address("https://example.com/.*"), address("https://example.com/a"));
    }
}
