//! GitHub Apps: a token of one installation.

use bowline_base_egress::Method;
use bowline_base_value::Sensitive;
use serde::Deserialize;
use serde_json::json;

use crate::issuers::{Call, Issued, Login, NotIssued};
use crate::jwt;

/// The media type of GitHub's answers.
pub(crate) const ACCEPT: &str = "application/vnd.github+json";
/// How long an assertion may be used: GitHub takes none that is good for more than ten minutes, and clocks differ.
const ASSERTION: i64 = 9 * 60;
/// How far our clock may be ahead of GitHub's.
const AHEAD: i64 = 60;
/// Installations on a page, the most that GitHub gives, and pages that are read.
const PAGE: usize = 100;
const PAGES: usize = 50;

#[derive(Deserialize)]
struct Token {
    token: String,
    #[serde(default)]
    expires_at: String,
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
    account: Option<Account>,
}

#[derive(Deserialize)]
struct Account {
    #[serde(default)]
    login: String,
}

/// A token of the installation. `owner` is the organisation or user whose the repository is.
pub(crate) async fn issue(
    call: &Call<'_>,
    app: u64,
    installation: Option<u64>,
    key: &Sensitive<String>,
    api: &str,
    owner: &str,
) -> Result<Issued, NotIssued> {
    let now = call.now().as_second();
    let claims = json!({"iat": now - AHEAD, "exp": now + ASSERTION, "iss": app.to_string()});
    let assertion =
        jwt::signed(key, None, &claims).map_err(|e| NotIssued::refused(format!("githubAppPrivateKey: {e}")))?;
    let installation = match installation {
        Some(installation) => installation,
        None => found(call, api, &assertion, owner).await?,
    };
    let url = format!("{api}/app/installations/{installation}/access_tokens");
    let token: Token = call.ask(Method::POST, &url, Some(&assertion), None).await?;
    let password = Sensitive::new(token.token);
    let login = Login::Password { user: "x-access-token".to_string(), password };
    Ok(Issued { login, until: token.expires_at.parse().unwrap_or_else(|_| call.in_seconds(3600)) })
}

/// The installation in `owner`'s account.
async fn found(call: &Call<'_>, api: &str, assertion: &Sensitive<String>, owner: &str) -> Result<u64, NotIssued> {
    for page in 1..=PAGES {
        let url = format!("{api}/app/installations?per_page={PAGE}&page={page}");
        let installations: Vec<Installation> = call.ask(Method::GET, &url, Some(assertion), None).await?;
        let is_owners = |i: &&Installation| i.account.as_ref().is_some_and(|a| a.login.eq_ignore_ascii_case(owner));
        if let Some(installation) = installations.iter().find(is_owners) {
            return Ok(installation.id);
        }
        if installations.len() < PAGE {
            break;
        }
    }
    Err(NotIssued::refused(format!(
        "the GitHub App is not installed for {owner:?}: install it there, or give githubAppInstallationID"
    )))
}

/// The organisation or user whose the repository at `url` is: the first part of its path.
pub(crate) fn owner(url: &str) -> &str {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => url.split_once(':').map_or("", |(_, path)| path),
    };
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_the_first_part_of_the_path() {
        for (url, want) in [
            ("https://github.com/org/repo.git", "org"),
            ("https://u@ghe.example:8443/Org/a/b", "Org"),
            ("git@github.com:org/repo", "org"),
            ("ssh://git@github.com/org/repo", "org"),
            ("https://github.com", ""),
        ] {
            assert_eq!(owner(url), want, "{url}");
        }
    }
}
