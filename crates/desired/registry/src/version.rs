//! Which of the versions that there are is meant.

use bowline_base_semver::{Constraint, Version};

/// Whether a revision names one version rather than a range: Argo CD takes it as it is, without asking what there is.
pub(crate) fn is_exact(revision: &str) -> bool {
    Version::parse(revision).is_ok()
}

/// The version that a range means, as Argo CD resolves it: the highest in it; a text that is neither version nor range must be there
/// by that name. Empty is the highest release.
pub(crate) fn highest<'v>(revision: &str, versions: impl Iterator<Item = &'v str> + Clone) -> Result<String, String> {
    let revision = if revision.is_empty() { "*" } else { revision };
    let constraint = match Constraint::parse(revision) {
        Ok(constraint) => constraint,
        Err(_) if versions.clone().any(|version| version == revision) => return Ok(revision.to_string()),
        Err(error) => return Err(format!("failed to determine semver constraint: {error}")),
    };
    let parsed: Vec<Version> = versions.clone().filter_map(|version| Version::parse(version).ok()).collect();
    match constraint.highest(&parsed) {
        Some(version) => Ok(version.original().to_string()),
        None => {
            Err(format!("version matching constraint not found in {} tags{}", versions.count(), newest(parsed.iter())))
        }
    }
}

/// The version that Helm fetches for a text: the one written so, else the highest in the range that the text is; empty is the highest
/// release.
pub(crate) fn fetched<'v>(wanted: &str, versions: impl Iterator<Item = &'v str> + Clone) -> Result<&'v str, String> {
    if let Some(same) = versions.clone().find(|version| !wanted.is_empty() && *version == wanted) {
        return Ok(same);
    }
    let constraint = Constraint::parse(if wanted.is_empty() { "*" } else { wanted }).map_err(|e| e.to_string())?;
    let mut best: Option<(Version, &str)> = None;
    for text in versions.clone() {
        let Ok(version) = Version::parse(text) else { continue };
        if constraint.matches(&version) && best.as_ref().is_none_or(|(known, _)| version > *known) {
            best = Some((version, text));
        }
    }
    let parsed: Vec<Version> = versions.filter_map(|version| Version::parse(version).ok()).collect();
    best.map(|(_, text)| text).ok_or_else(|| newest(parsed.iter()))
}

/// What there is instead, for messages.
fn newest<'v>(versions: impl Iterator<Item = &'v Version>) -> String {
    match versions.max() {
        Some(version) => format!(" (the newest is {})", version.original()),
        None => " (there is none)".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSIONS: [&str; 7] = ["1.0.0", "v1.2.0", "1.10.0", "2.0.0-rc.1", "nightly", "0.9.0+b", "1.2.1"];

    #[test]
    fn ranges_as_the_contract_resolves_them() {
        for (revision, want) in [
            ("*", "1.10.0"),
            ("", "1.10.0"),
            ("1.2.*", "1.2.1"),
            ("^1", "1.10.0"),
            (">=1.0.0-0", "2.0.0-rc.1"),
            ("<1", "0.9.0+b"),
            ("1.0.0 - 1.2.0", "v1.2.0"),
            ("nightly", "nightly"),
            ("^3", "version matching constraint not found in 7 tags (the newest is 2.0.0-rc.1)"),
            ("weekly", "failed to determine semver constraint: improper constraint: \"weekly\""),
        ] {
            let found = highest(revision, VERSIONS.iter().copied()).unwrap_or_else(|e| e);
            assert_eq!(found, want, "{revision}");
        }
        assert_eq!(
            highest("*", std::iter::empty()).unwrap_err(),
            "version matching constraint not found in 0 tags (there is none)"
        );
    }

    #[test]
    fn exact_versions_as_helm_fetches_them() {
        for (wanted, want) in [
            ("1.0.0", "1.0.0"),
            ("1.2", "1.2.1"),
            ("1.2.0", "v1.2.0"),
            ("2.0.0-rc.1", "2.0.0-rc.1"),
            ("", "1.10.0"),
            ("nightly", "nightly"),
            ("9.9.9", " (the newest is 2.0.0-rc.1)"),
        ] {
            let found = fetched(wanted, VERSIONS.iter().copied()).map(String::from).unwrap_or_else(|e| e);
            assert_eq!(found, want, "{wanted}");
        }
        assert!(is_exact("1.2") && is_exact("v1") && !is_exact("1.x") && !is_exact("") && !is_exact("nightly"));
    }
}
