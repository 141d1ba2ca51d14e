//! `spec.sourceRepos`.

use bowline_core_crd::AppProjectSpec;
use bowline_core_settings::normalize_url;

use crate::matches;

/// Whether applications of the project may use the repository `url`. Patterns are compared with URLs in normal form, `/` is a
/// separator (`*` stays within one segment, `**` spans them), and a `!` pattern that hits refuses whatever else allows.
pub fn is_source_permitted(project: &AppProjectSpec, url: &str) -> bool {
    let url = normalize_url(url);
    let mut permitted = false;
    for pattern in &project.source_repos {
        let (denies, pattern) = match pattern.strip_prefix('!') {
            Some(rest) => (true, format!("!{}", normalize_url(rest))),
            None => (false, normalize_url(pattern)),
        };
        if matches(&pattern, &url, &['/']) {
            permitted = true;
        } else if denies {
            return false;
        }
    }
    permitted
}
