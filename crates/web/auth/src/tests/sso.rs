//! Single sign-on, over a provider behind the port.

use std::time::Duration;

use bowline_core_rbac::Resource;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::testing::{ISSUER, Lab};
use crate::url::parameter;
use crate::vault::Holder;
use crate::{Cookies, Kind, Presented, REFRESH_COOKIE, Session, TOKEN_COOKIE, Way};

async fn get(lab: &Lab, url: &str, cookie: &str) -> Response<Bytes> {
    let (host, path) = url.strip_prefix("https://").unwrap().split_once('/').unwrap();
    let request = Request::get(format!("/{path}")).header("host", host).header("cookie", cookie).body(()).unwrap();
    let parts = request.into_parts().0;
    if path.contains("auth/login") { lab.auth.login_page(&parts).await } else { lab.auth.callback_page(&parts).await }
}

fn location(response: &Response<Bytes>) -> &str {
    response.headers().get("location").map_or("", |value| value.to_str().unwrap())
}

fn body(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap().trim_end()
}

/// The cookies that a browser holds after an answer.
fn jar(response: &Response<Bytes>) -> String {
    let set = response.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let kept = set.filter(|cookie| !cookie.ends_with("Max-Age=0")).map(|cookie| cookie.split(';').next().unwrap());
    kept.collect::<Vec<_>>().join("; ")
}

/// The same for the cookies of a session.
fn renewed_jar(session: &Session) -> String {
    let kept = session.set_cookies.iter().map(|cookie| cookie.split(';').next().unwrap());
    kept.collect::<Vec<_>>().join("; ")
}

/// Begins a login and gives the provider's URL and the browser's cookies; the provider's next token has the login's nonce.
async fn begin(lab: &Lab, changes: Value) -> (String, String) {
    let response = get(lab, "https://cd.example/auth/login?return_url=https://cd.example/applications", "").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER, "{}", body(&response));
    let url = location(&response).to_string();
    let nonce = parameter(url.split_once('?').unwrap().1, "nonce").unwrap();
    let mut claims = json!({"nonce": nonce});
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    *lab.provider.answers.lock().unwrap() = vec![(200, claims)];
    (url, jar(&response))
}

async fn come_back(lab: &Lab, url: &str, cookie: &str) -> Response<Bytes> {
    let state = parameter(url.split_once('?').unwrap().1, "state").unwrap();
    get(lab, &format!("https://cd.example/auth/callback?code=c0de&state={state}"), cookie).await
}

async fn logged_in(lab: &Lab) -> String {
    let (url, cookie) = begin(lab, json!({})).await;
    jar(&come_back(lab, &url, &cookie).await)
}

fn presented(cookie: &str) -> Presented {
    let mut headers = HeaderMap::new();
    headers.insert("cookie", cookie.parse().unwrap());
    Presented::in_rest(&headers, 20)
}

#[tokio::test]
async fn a_login_goes_to_the_provider_and_comes_back_with_a_session() {
    let lab = Lab::new();
    let claims = "requestedIDTokenClaims: {groups: {essential: true}}\n";
    lab.sso(&format!("{claims}domainHint: example.com\nenablePKCEAuthentication: true\n"));
    let (url, cookie) = begin(&lab, json!({})).await;
    let query = url.strip_prefix(&format!("{ISSUER}/auth?tenant=1&")).unwrap();
    for (name, want) in [
        ("client_id", "cd"),
        ("redirect_uri", "https://cd.example/auth/callback"),
        ("response_type", "code"),
        ("scope", "openid profile email groups"),
        ("claims", r#"{"id_token":{"groups":{"essential":true}}}"#),
        ("domain_hint", "example.com"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(parameter(query, name).as_deref(), Some(want), "{name}");
    }
    let response = come_back(&lab, &url, &cookie).await;
    assert_eq!(response.status(), 303, "{}", body(&response));
    assert_eq!(location(&response), "https://cd.example/applications");
    // The secret went in a header and not in the form, and the login was proven.
    let asked = lab.provider.asked.lock().unwrap().iter().find(|asked| asked.contains("/token")).unwrap().clone();
    assert!(asked.contains("code=c0de&") && asked.contains("code_verifier=") && !asked.contains("hush"), "{asked}");
    let session = lab.auth.authenticate(&presented(&jar(&response))).await.unwrap();
    let principal = &session.principal;
    assert_eq!((principal.kind, principal.issuer.as_str()), (Kind::External, ISSUER));
    assert_eq!((principal.id.as_str(), principal.username.as_str()), ("user-1", "user@example.com"));
    assert_eq!(principal.groups, ["org:team"]);
    // Groups are mapped by the policy.
    assert!(!lab.auth.enforcer(principal).allows(Resource::Applications, "get", "web/app"));
    lab.vault.put(Holder::ConfigMap, "argocd-rbac-cm", &[("policy.csv", "g, org:team, role:readonly")]);
    assert!(lab.auth.enforcer(principal).allows(Resource::Applications, "get", "web/app"));
}

#[tokio::test]
async fn a_login_that_was_not_begun_here_is_refused() {
    let lab = Lab::new();
    lab.sso("");
    let state = "invalid state in 'argocd.oauthstate' cookie";
    let (url, cookie) = begin(&lab, json!({})).await;
    let (_, other) = begin(&lab, json!({})).await;
    for cookie in ["", &cookie[..cookie.len() - 2], "argocd.oauthstate=rubbish", &other] {
        let response = come_back(&lab, &url, cookie).await;
        assert_eq!(response.status(), 400);
        assert!(body(&response).starts_with(state), "{}", body(&response));
    }
    lab.clock.advance(Duration::from_secs(301));
    assert!(body(&come_back(&lab, &url, &cookie).await).starts_with(state), "too late");
    let (url, cookie) = begin(&lab, json!({"nonce": "another"})).await;
    let response = come_back(&lab, &url, &cookie).await;
    assert_eq!(body(&response), "the token is not for this login: its nonce is another");
    let (url, cookie) = begin(&lab, json!({"aud": "somebody"})).await;
    assert_eq!(body(&come_back(&lab, &url, &cookie).await), "failed to verify the token");
    // What the provider says is shown as text, and nothing that it was not asked to say.
    let error = "https://cd.example/auth/callback?error=access_denied&error_description=%3Cb%3Eno%3C/b%3E";
    assert_eq!(body(&get(&lab, error, "").await), "access_denied: &lt;b&gt;no&lt;/b&gt;");
    assert_eq!(get(&lab, "https://cd.example/auth/callback?state=x", "").await.status(), 400);
    let (url, cookie) = begin(&lab, json!({})).await;
    *lab.provider.answers.lock().unwrap() = vec![(400, json!({"error": "invalid_grant", "secret": "hush"}))];
    assert_eq!(
        body(&come_back(&lab, &url, &cookie).await),
        "failed to get token: the provider answered 400 Bad Request: invalid_grant"
    );
}

#[tokio::test]
async fn only_our_own_pages_are_returned_to() {
    let lab = Lab::new();
    lab.sso("");
    lab.vault.config(&[("additionalUrls", "- https://other.example\n")]);
    for (url, want) in [
        ("https://cd.example/auth/login?return_url=https://evil.example", 400),
        ("https://cd.example/auth/login?return_url=https://other.example/x", 303),
        ("https://cd.example/auth/login", 303),
    ] {
        assert_eq!(get(&lab, url, "").await.status(), want, "{url}");
    }
    // Who came by another of our URLs comes back to that.
    let response = get(&lab, "https://other.example/auth/login", "").await;
    let query = location(&response).split_once('?').unwrap().1;
    assert_eq!(parameter(query, "redirect_uri").as_deref(), Some("https://other.example/auth/callback"));
}

#[tokio::test]
async fn a_session_is_renewed_and_ends_with_its_time() {
    let lab = Lab::new();
    lab.sso("requestedScopes: [openid, offline_access]\nrefreshTokenThreshold: 10m\n");
    lab.vault.config(&[("users.session.duration", "3h")]);
    let mut cookie = logged_in(&lab).await;
    let asked = lab.provider.count("/token");
    assert!(lab.auth.authenticate(&presented(&cookie)).await.unwrap().renewed.is_none());
    // Near its end: those who come together share one renewal.
    lab.clock.advance(Duration::from_secs(55 * 60));
    let old = presented(&cookie);
    let (one, two) = tokio::join!(lab.auth.authenticate(&old), lab.auth.authenticate(&old));
    let (one, two) = (one.unwrap(), two.unwrap());
    let text = |session: &Session| session.renewed.as_ref().unwrap().expose().clone();
    assert_eq!(text(&one), text(&two));
    assert_eq!(lab.provider.count("/token"), asked + 1);
    let last = lab.provider.asked.lock().unwrap().last().unwrap().clone();
    assert!(last.contains("grant_type=refresh_token&refresh_token=refresh-1"), "{last}");
    cookie = renewed_jar(&one);
    assert!(Cookies::of([cookie.as_str()]).get(TOKEN_COOKIE).is_some() && cookie.contains(REFRESH_COOKIE));
    // After its end, as long as the session may last.
    lab.clock.advance(Duration::from_secs(90 * 60));
    cookie = renewed_jar(&lab.auth.authenticate(&presented(&cookie)).await.unwrap());
    lab.clock.advance(Duration::from_secs(30 * 60));
    assert!(lab.auth.authenticate(&presented(&cookie)).await.is_ok());
    lab.clock.advance(Duration::from_secs(60 * 60));
    let error = lab.auth.authenticate(&presented(&cookie)).await.unwrap_err();
    assert_eq!(error.message, "invalid session: failed to verify the token");
    assert_eq!(lab.auth.identify(&presented(&cookie)).await.issuer, "sso", "the web UI goes to the provider again");
}

#[tokio::test]
async fn what_renews_a_session_is_its_own_and_ends_with_it() {
    let lab = Lab::new();
    lab.sso("requestedScopes: [openid, offline_access]\n");
    let cookie = logged_in(&lab).await;
    lab.clock.advance(Duration::from_secs(3601));
    // Another user's token beside it, and nothing beside it.
    let other = lab.provider.token(&json!({"sub": "user-2", "exp": lab.provider.now() - 1}));
    let refresh = presented(&cookie).refresh;
    for presented in [
        Presented { token: Some(other.into()), way: Way::Cookie, refresh },
        Presented { refresh: None, ..presented(&cookie) },
    ] {
        assert!(lab.auth.authenticate(&presented).await.is_err());
    }
    // A provider that gives another user's token.
    *lab.provider.answers.lock().unwrap() = vec![(200, json!({"sub": "user-2"}))];
    assert!(lab.auth.authenticate(&presented(&cookie)).await.is_err());
    lab.clock.advance(Duration::from_secs(61));
    assert!(lab.auth.authenticate(&presented(&cookie)).await.is_ok());
    // After a logout a copy of the cookies is good for nothing.
    let request = Request::get("/auth/logout").header("host", "cd.example").header("cookie", &cookie).body(()).unwrap();
    lab.auth.logout_page(&request.into_parts().0).await;
    assert!(lab.auth.authenticate(&presented(&cookie)).await.is_err());
    assert!(lab.replica().authenticate(&presented(&cookie)).await.is_err());
}

#[tokio::test]
async fn groups_come_from_the_userinfo_endpoint() {
    let lab = Lab::new();
    lab.sso("enableUserInfoGroups: true\nuserInfoPath: /userinfo\nuserInfoCacheExpiration: 5m\n");
    *lab.provider.user_info.lock().unwrap() = json!({"sub": "user-1", "groups": ["from:userinfo"]});
    let cookie = logged_in(&lab).await;
    for _ in 0..3 {
        let session = lab.auth.authenticate(&presented(&cookie)).await.unwrap();
        assert_eq!(session.principal.groups, ["from:userinfo"]);
    }
    assert_eq!(lab.provider.count("/userinfo"), 1);
    lab.clock.advance(Duration::from_secs(301));
    *lab.provider.user_info.lock().unwrap() = json!({"sub": "user-2", "groups": ["from:userinfo"]});
    let error = lab.auth.authenticate(&presented(&cookie)).await.unwrap_err();
    assert!(error.message.contains("didn't match subject of idToken"), "{error}");
    let error = lab.ask(&lab.provider.token(&json!({}))).await.unwrap_err();
    assert_eq!(error.message, "invalid session: error while querying userinfo endpoint: no accessToken for user-1");
}

#[tokio::test]
async fn a_token_of_the_provider_is_good_by_itself_and_new_keys_are_found() {
    let lab = Lab::new();
    assert_eq!(lab.refusal(&lab.provider.token(&json!({}))).await, "invalid session: SSO is not configured");
    lab.sso("");
    let old = lab.provider.token(&json!({}));
    let session = lab.ask(&old).await.unwrap();
    assert_eq!(session.principal.token_id.as_deref(), Some("external-1"));
    lab.provider.rotate("second");
    let new = lab.provider.token(&json!({}));
    assert_eq!(lab.refusal(&new).await, "invalid session: failed to verify the token", "keys were read just now");
    lab.clock.advance(Duration::from_secs(6));
    assert!(lab.ask(&new).await.is_ok());
    assert!(lab.ask(&old).await.is_err());
    // Tokens that nobody signed do not make us ask again and again.
    let before = lab.provider.count("/keys");
    for _ in 0..20 {
        assert!(lab.ask(&old).await.is_err());
    }
    assert!(lab.provider.count("/keys") <= before + 1);
    // Another provider ends the sessions of this one.
    assert!(lab.auth.recheck(&session.principal).is_ok());
    lab.vault.config(&[("oidc.config", "issuer: https://other.example\nclientID: cd")]);
    assert!(lab.auth.recheck(&session.principal).is_err());
}

#[tokio::test]
async fn a_provider_that_is_somebody_else_is_refused() {
    let lab = Lab::new();
    lab.sso("");
    lab.provider.discovery.lock().unwrap()["issuer"] = json!("https://evil.example");
    let response = get(&lab, "https://cd.example/auth/login", "").await;
    assert_eq!(
        body(&response),
        "failed to query provider \"https://idp.example\": oidc: issuer did not match the issuer returned by provider, \
         expected \"https://idp.example\" got \"https://evil.example\""
    );
    assert_eq!(lab.refusal(&lab.provider.token(&json!({}))).await, "invalid session: failed to verify the token");
}

#[tokio::test]
async fn references_to_secrets_are_followed() {
    let lab = Lab::new();
    lab.vault.put(Holder::Secret, "sso", &[("secret", "from another Secret\n")]);
    let config = format!("issuer: {ISSUER}\nclientID: $sso.client\nclientSecret: $sso:secret\n");
    lab.vault.put(Holder::Secret, "argocd-secret", &[("sso.client", "cd")]);
    lab.vault.config(&[("url", "https://cd.example"), ("oidc.config", &config)]);
    let secret = async || {
        let provider = lab.auth.provider(&lab.auth.state()).await.unwrap();
        assert_eq!(provider.config.client_id, "cd");
        provider.config.client_secret.expose().to_string()
    };
    assert_eq!(secret().await, "from another Secret");
    lab.vault.put(Holder::Secret, "sso", &[("secret", "another")]);
    lab.clock.advance(Duration::from_secs(61));
    assert_eq!(secret().await, "another");
}
