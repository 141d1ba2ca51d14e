//! The end of sessions.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::json;

use crate::testing::{Lab, PASSWORD_HASH};
use crate::vault::Holder;
use crate::{Options, REVOKED_SESSIONS};

async fn log_out(lab: &Lab, cookie: &str) -> Response<Bytes> {
    let request = Request::post("/auth/logout").header("host", "cd.example").header("cookie", cookie).body(()).unwrap();
    lab.auth.logout_page(&request.into_parts().0).await
}

fn header<'a>(response: &'a Response<Bytes>, name: &str) -> Vec<&'a str> {
    response.headers().get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
}

async fn token(lab: &Lab) -> String {
    lab.vault.put(Holder::Secret, "argocd-secret", &[("accounts.alice.password", PASSWORD_HASH)]);
    lab.auth.login("alice", &"password".to_string().into()).await.unwrap().issued.token.expose().clone()
}

#[tokio::test(start_paused = true)]
async fn a_logout_holds_for_every_replica_and_after_a_restart() {
    let lab = Lab::new();
    lab.vault.config(&[("url", "https://cd.example")]);
    let token = token(&lab).await;
    let other = lab.replica();
    let principal = lab.ask(&token).await.unwrap().principal;
    let response = log_out(&lab, &format!("argocd.token={token}")).await;
    assert_eq!((response.status().as_u16(), header(&response, "location")), (303, vec!["https://cd.example"]));
    assert_eq!(
        header(&response, "set-cookie"),
        [
            "argocd.token=; path=/; SameSite=lax; httpOnly; Secure; Max-Age=0",
            "argocd.session=; path=/; SameSite=lax; httpOnly; Secure; Max-Age=0"
        ]
    );
    let want = "invalid session: token is revoked, please re-login";
    assert_eq!(lab.refusal(&token).await, want);
    assert_eq!(lab.auth.recheck(&principal).unwrap_err().message, want);
    for replica in [other, lab.replica()] {
        let error = replica.authenticate(&crate::testing::bearer(&token)).await.unwrap_err();
        assert_eq!(error.message, want);
    }
    let stored = lab.vault.get(Holder::ConfigMap, REVOKED_SESSIONS, "sessions").unwrap();
    assert_eq!(stored.lines().count(), 1);
    assert!(!stored.contains(principal.token_id.as_deref().unwrap()));
    // Again, and without anything.
    assert_eq!(log_out(&lab, &format!("argocd.token={token}")).await.status(), 303);
    assert_eq!(log_out(&lab, "other=1").await.status(), 400);
}

#[tokio::test(start_paused = true)]
async fn a_logout_that_cannot_be_stored_holds_here_and_is_stored_later() {
    let lab = Lab::new();
    let token = token(&lab).await;
    let other = lab.replica();
    *lab.vault.broken.lock().unwrap() = Some("the API server is away".into());
    assert_eq!(log_out(&lab, &format!("argocd.token={token}")).await.status(), 303);
    assert!(lab.ask(&token).await.is_err());
    let asks = crate::testing::bearer(&token);
    assert!(other.authenticate(&asks).await.is_ok());
    *lab.vault.broken.lock().unwrap() = None;
    lab.auth.store_revocations().await.unwrap();
    assert!(other.authenticate(&asks).await.is_err());
    // Entries go when the token has ended.
    lab.clock.advance(Duration::from_secs(25 * 60 * 60));
    let token = self::token(&lab).await;
    log_out(&lab, &format!("argocd.token={token}")).await;
    assert_eq!(lab.vault.get(Holder::ConfigMap, REVOKED_SESSIONS, "sessions").unwrap().lines().count(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_browser_goes_on_to_the_providers_logout() {
    let lab = Lab::new();
    lab.sso("logoutURL: https://idp.example/out?id_token_hint={{token}}&next={{logoutRedirectURL}}\n");
    lab.vault.config(&[("additionalUrls", "- https://other.example:8443/cd\n")]);
    let token = lab.provider.token(&json!({}));
    assert!(lab.ask(&token).await.is_ok());
    let response = log_out(&lab, &format!("argocd.token={token}")).await;
    assert_eq!(
        header(&response, "location"),
        [format!("https://idp.example/out?id_token_hint={token}&next=https%3A%2F%2Fcd.example")]
    );
    assert_eq!(lab.refusal(&token).await, "invalid session: token is revoked, please re-login");
    // A local session does not, and one goes back to where it came from.
    let local = self::token(&lab).await;
    let request = Request::get("/cd/auth/logout")
        .header("host", "other.example:8443")
        .header("cookie", format!("argocd.token={local}"));
    let response = lab.auth.logout_page(&request.body(()).unwrap().into_parts().0).await;
    assert_eq!(header(&response, "location"), ["https://other.example:8443/cd"]);
}

/// Open redirects: where no URL is configured, nothing that a request says of its host is followed.
#[tokio::test(start_paused = true)]
async fn without_a_url_the_browser_stays_here() {
    let lab = Lab::with(Options { root_path: "/cd".into(), ..Options::default() });
    let token = token(&lab).await;
    let response = log_out(&lab, &format!("argocd.token={token}")).await;
    assert_eq!(header(&response, "location"), ["/cd"]);
}
