//! Google service accounts: a token for what the account may read.

use bowline_base_egress::Method;
use bowline_base_value::Sensitive;
use serde::Deserialize;
use serde_json::json;

use crate::issuers::{Call, Issued, Login, NotIssued};
use crate::jwt;

/// What the token is for.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
/// Seconds for which a token is asked.
const HOUR: i64 = 3600;

/// The key file of a service account.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: String,
    private_key_id: Option<String>,
    #[serde(default = "token_uri")]
    token_uri: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    #[serde(default)]
    expires_in: i64,
}

fn token_uri() -> String {
    "https://oauth2.googleapis.com/token".to_string()
}

/// A token of the account.
pub(crate) async fn issue(call: &Call<'_>, key: &Sensitive<String>) -> Result<Issued, NotIssued> {
    // The reader's own errors quote what it read.
    let file: KeyFile = serde_json::from_str(key.expose()).map_err(|_| {
        NotIssued::refused(
            "gcpServiceAccountKey is no key file of a service account (JSON with client_email, private_key)",
        )
    })?;
    let now = call.now().as_second();
    let claims =
        json!({"iss": file.client_email, "scope": SCOPE, "aud": file.token_uri, "iat": now, "exp": now + HOUR});
    let private = Sensitive::new(file.private_key);
    let assertion = jwt::signed(&private, file.private_key_id.as_deref(), &claims)
        .map_err(|e| NotIssued::refused(format!("gcpServiceAccountKey: {e}")))?;
    let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion.expose())];
    let token: Token = call.ask(Method::POST, &file.token_uri, None, Some(&form)).await?;
    let login = Login::Password { user: file.client_email, password: Sensitive::new(token.access_token) };
    Ok(Issued { login, until: call.in_seconds(if token.expires_in > 0 { token.expires_in } else { HOUR }) })
}
