//! Tokens that the server issued itself.

use std::time::Duration;

use bowline_core_crd::{AppProject, JWTToken, JWTTokens, ProjectRole};
use bowline_core_rbac::{Resource, action, object};
use serde_json::{Value, json};

use crate::jwt::sign;
use crate::principal::Kind;
use crate::testing::{Lab, SIGNING_KEY, bearer, unsigned};
use crate::vault::Holder;
use crate::{Claims, Options, Presented, Way, without_role_token};

/// A token with these claims over those of a good one (`null`: taken out), signed with `key`.
fn token(lab: &Lab, changes: &Value, key: &str) -> String {
    let now = lab.provider.now();
    let mut claims = Claims::default();
    for (name, value) in [
        ("iss", json!("argocd")),
        ("sub", json!("alice:login")),
        ("iat", json!(now)),
        ("nbf", json!(now)),
        ("jti", json!("id-1")),
    ] {
        claims.set(name, value);
    }
    for (name, value) in changes.as_object().unwrap() {
        claims.set(name, value.clone());
    }
    let kept = claims.as_map().iter().filter(|(_, value)| !value.is_null());
    sign(&Claims::new(kept.map(|(name, value)| (name.clone(), value.clone())).collect()), key.as_bytes())
}

#[tokio::test]
async fn a_good_token_says_who_it_is() {
    let lab = Lab::new();
    let now = lab.provider.now();
    let session = lab.ask(&token(&lab, &json!({"exp": now + 3600, "groups": ["a"]}), SIGNING_KEY)).await.unwrap();
    let principal = &session.principal;
    assert_eq!((principal.kind, principal.id.as_str(), principal.issuer.as_str()), (Kind::Login, "alice", "argocd"));
    assert_eq!(principal.groups, ["a"]);
    assert_eq!(principal.expires_at.unwrap().as_second(), now + 3600);
    assert!(session.renewed.is_none() && session.set_cookies.is_empty());
}

/// Authentication flaws, the class of CVE-2022-29165 and CVE-2023-22482: forged, altered and foreign tokens.
#[tokio::test]
async fn forged_tokens_are_refused() {
    let lab = Lab::new();
    let good = token(&lab, &json!({}), SIGNING_KEY);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let claims = json!({"iss": "argocd", "sub": "admin:login", "iat": lab.provider.now(), "jti": "x"});
    let none = |alg: &str| format!("{}.", unsigned(&json!({"alg": alg}), &claims));
    // A public key of the provider as the secret of an HMAC: what a confused verifier would take.
    let confused = sign(
        &Claims::new(claims.as_object().unwrap().clone()),
        &String::from_utf8_lossy(&lab.provider.public_point()).into_owned().into_bytes(),
    );
    for (name, text, want) in [
        ("another key", token(&lab, &json!({}), "guess"), "token signature is invalid: signature is invalid"),
        ("no signature", format!("{signed}."), "token signature is invalid: signature is invalid"),
        (
            "alg none",
            none("none"),
            "token is unverifiable: error while executing keyfunc: unexpected signing method: none",
        ),
        (
            "alg None",
            none("None"),
            "token is unverifiable: error while executing keyfunc: unexpected signing method: None",
        ),
        (
            "an asymmetric algorithm",
            format!("{}.{signature}", unsigned(&json!({"alg": "RS256"}), &claims)),
            "token is unverifiable: error while executing keyfunc: unexpected signing method: RS256",
        ),
        ("a public key as secret", confused, "token signature is invalid: signature is invalid"),
        (
            "other claims under the signature",
            format!("{}.{signature}", unsigned(&json!({"alg": "HS256", "typ": "JWT"}), &claims)),
            "token signature is invalid: signature is invalid",
        ),
        ("rubbish", "a.b.c".to_string(), "token is malformed: could not base64 decode header"),
    ] {
        assert_eq!(lab.refusal(&text).await, format!("invalid session: {want}"), "{name}");
    }
}

#[tokio::test]
async fn tokens_that_do_not_hold_are_refused() {
    let lab = Lab::new();
    let now = lab.provider.now();
    lab.vault.config(&[("accounts.carol", "login"), ("accounts.carol.enabled", "false")]);
    for (changes, want) in [
        (json!({"exp": now}), "token has invalid claims: token is expired"),
        (json!({"nbf": now + 60}), "token has invalid claims: token is not valid yet"),
        (json!({"iat": now + 60}), "token has invalid claims: token used before issued"),
        (json!({"iat": null}), "token does not have iat claim"),
        (json!({"exp": "never"}), "exp '\"never\"' is not a number"),
        (json!({"jti": null}), "token does not have a unique identifier (jti claim) and cannot be validated"),
        (json!({"sub": "nobody:login"}), "account 'nobody' does not exist"),
        (json!({"sub": "carol:login"}), "account carol is disabled"),
        (json!({"sub": "bob:login"}), "account bob does not have 'login' capability"),
        (json!({"sub": "admin:apiKey"}), "account admin does not have 'apiKey' capability"),
        (json!({"sub": "alice:apiKey"}), "account alice does not have token with id id-1"),
        (json!({"sub": "alice"}), "account alice does not have token with id id-1"),
        (json!({"sub": "alice:other"}), "account alice does not have token with id id-1"),
        (json!({"sub": "proj:web:dev"}), "appproject.argoproj.io \"web\" not found"),
    ] {
        let text = token(&lab, &changes, SIGNING_KEY);
        assert_eq!(lab.refusal(&text).await, format!("invalid session: {want}"), "{changes}");
    }
    assert_eq!(lab.auth.authenticate(&Presented::default()).await.unwrap_err().message, "no session information");
}

#[tokio::test]
async fn a_new_password_ends_older_sessions() {
    let lab = Lab::new();
    let old = token(&lab, &json!({}), SIGNING_KEY);
    let principal = lab.ask(&old).await.unwrap().principal;
    lab.clock.advance(Duration::from_secs(60));
    let set = "2026-01-02T03:04:10Z";
    lab.vault.put(Holder::Secret, "argocd-secret", &[("accounts.alice.passwordMtime", set)]);
    let want = "invalid session: account password has changed since token issued";
    assert_eq!(lab.refusal(&old).await, want);
    assert_eq!(lab.auth.recheck(&principal).unwrap_err().message, want);
    assert!(lab.ask(&token(&lab, &json!({}), SIGNING_KEY)).await.is_ok());
}

#[tokio::test]
async fn a_login_is_renewed_before_it_ends_and_lives_as_long_as_before() {
    let lab = Lab::new();
    let now = lab.provider.now();
    let text = token(&lab, &json!({"exp": now + 1000}), SIGNING_KEY);
    assert!(lab.ask(&text).await.unwrap().renewed.is_none());
    lab.clock.advance(Duration::from_secs(800));
    let presented = Presented { way: Way::Cookie, ..bearer(&text) };
    let session = lab.auth.authenticate(&presented).await.unwrap();
    let renewed = session.renewed.unwrap().expose().clone();
    assert_eq!(session.set_cookies, [format!("argocd.token={renewed}; path=/; SameSite=lax; httpOnly; Secure")]);
    let principal = lab.ask(&renewed).await.unwrap().principal;
    assert_eq!(principal.expires_at.unwrap().as_second() - principal.issued_at.unwrap().as_second(), 1000);
    assert_ne!(principal.token_id.as_deref(), Some("id-1"));
    // An API key is not, and no cookie is set for who came with a header.
    let session = lab.ask(&text).await.unwrap();
    assert!(session.renewed.is_some() && session.set_cookies.is_empty());
}

/// Authentication flaws, the class of CVE-2022-29165: a token that is not good counted where anonymous access was on.
#[tokio::test]
async fn anonymous_access_gives_a_bad_token_nothing_more() {
    let lab = Lab::new();
    lab.vault.config(&[("users.anonymous.enabled", "true")]);
    let forged = token(&lab, &json!({"sub": "admin:login"}), "guess");
    for presented in [Presented::default(), bearer(&forged)] {
        let session = lab.auth.authenticate(&presented).await.unwrap();
        assert_eq!((session.principal.kind, session.principal.id.as_str()), (Kind::Anonymous, ""));
        let enforcer = lab.auth.enforcer(&session.principal);
        assert!(!enforcer.allows(Resource::Applications, "get", "web/app"));
        assert!(lab.auth.identify(&presented).await.session.is_none(), "nobody is logged in");
    }
    lab.vault.put(Holder::ConfigMap, "argocd-rbac-cm", &[("policy.default", "role:readonly")]);
    let session = lab.auth.authenticate(&bearer(&forged)).await.unwrap();
    let enforcer = lab.auth.enforcer(&session.principal);
    assert!(enforcer.allows(Resource::Applications, "get", "web/app"));
    assert!(!enforcer.allows(Resource::Applications, "delete", "web/app"));
    lab.vault.config(&[("users.anonymous.enabled", "false")]);
    assert!(lab.auth.recheck(&session.principal).is_err());
}

#[tokio::test]
async fn without_authentication_everything_is_allowed() {
    let lab = Lab::with(Options { disable_auth: true, ..Options::default() });
    let session = lab.auth.authenticate(&Presented::default()).await.unwrap();
    assert_eq!(session.principal.kind, Kind::Unrestricted);
    assert!(lab.auth.enforcer(&session.principal).allows(Resource::Exec, "create", "web/app"));
    assert!(Lab::new().auth.recheck(&session.principal).is_err());
}

fn project(version: u64, tokens: &[(i64, &str)]) -> AppProject {
    let mut project = AppProject::default();
    project.metadata.name = "web".into();
    project.metadata.namespace = "argocd".into();
    project.metadata.resource_version = version.to_string();
    let policies = vec!["p, proj:web:dev, applications, sync, web/*, allow".to_string()];
    project.spec.roles.push(ProjectRole { name: "dev".into(), policies, ..ProjectRole::default() });
    let items = tokens.iter().map(|(iat, id)| JWTToken { iat: *iat, exp: 0, id: id.to_string() }).collect();
    project.status.jwt_tokens_by_role.insert("dev".into(), JWTTokens { items });
    project
}

#[tokio::test]
async fn a_projects_role_has_the_tokens_that_the_project_lists() {
    let lab = Lab::new();
    let now = lab.provider.now();
    lab.vault.world.put_project(project(1, &[(now, "known"), (now - 5, "")]));
    let of = |changes: Value| token(&lab, &changes, SIGNING_KEY);
    let good = of(json!({"sub": "proj:web:dev", "jti": "known"}));
    let principal = lab.ask(&good).await.unwrap().principal;
    assert_eq!((principal.kind, principal.id.as_str()), (Kind::ProjectRole, "proj:web:dev"));
    let enforcer = lab.auth.enforcer(&principal);
    assert!(enforcer.allows(Resource::Applications, "sync", "web/app"));
    assert!(!enforcer.allows(Resource::Applications, "sync", "other/app"));
    // Old tokens are known by the second; a new one that was deleted is not saved by another of the same second.
    assert!(lab.ask(&of(json!({"sub": "proj:web:dev", "jti": null, "iat": now - 5}))).await.is_ok());
    for changes in [
        json!({"sub": "proj:web:dev", "jti": "gone"}),
        json!({"sub": "proj:web:dev", "jti": null}),
        json!({"sub": "proj:web:other", "jti": "known"}),
    ] {
        assert!(lab.refusal(&of(changes)).await.contains("does not exist in project 'web'"));
    }
    lab.vault.world.put_project(project(2, &[]));
    assert!(lab.refusal(&good).await.contains("does not exist in project 'web'"));
    assert!(lab.auth.recheck(&principal).is_err());
}

#[tokio::test]
async fn a_role_token_is_issued_listed_and_taken_back() {
    let lab = Lab::new();
    lab.vault.world.put_project(project(1, &[]));
    let admin = lab.ask(&token(&lab, &json!({"sub": "admin:login"}), SIGNING_KEY)).await.unwrap().principal;
    let enforcer = lab.auth.enforcer(&admin);
    let allowed = || enforcer.permit(action::Update, object::Project { name: "web".into() }).unwrap();
    let stored = project(2, &[(1, "")]);
    let (issued, changed) = lab.auth.issue_role_token(&allowed(), &stored, "dev", 60, "mine").unwrap();
    assert_eq!(changed.spec.roles[0].jwt_tokens, changed.status.jwt_tokens_by_role["dev"].items);
    let ids: Vec<&str> = changed.spec.roles[0].jwt_tokens.iter().map(|token| token.id.as_str()).collect();
    assert_eq!(ids, ["mine", "1"], "the youngest first, and an old one has the second as its ID");
    lab.vault.world.put_project(changed.clone());
    assert!(lab.ask(issued.token.expose()).await.is_ok());
    let again = lab.auth.issue_role_token(&allowed(), &changed, "dev", 60, "mine").unwrap_err();
    assert!(again.message.contains("Token id 'mine' has been used"), "{again}");
    let missing = lab.auth.issue_role_token(&allowed(), &changed, "ops", 60, "").unwrap_err();
    assert_eq!(missing.message, "project 'web' does not have role 'ops'");
    let without = without_role_token(&changed, "dev", 0, "mine").unwrap();
    assert!(without_role_token(&without, "dev", 0, "mine").is_none());
    assert!(without_role_token(&without, "dev", 1, "").is_some());
    let without = AppProject { metadata: project(3, &[]).metadata, ..without };
    lab.vault.world.put_project(without);
    assert!(lab.refusal(issued.token.expose()).await.contains("does not exist in project"));
}

/// Stale privilege on long sessions, the class of CVE-2023-40025 and CVE-2024-41666.
#[tokio::test(start_paused = true)]
async fn what_outlives_its_token_is_ended() {
    let lab = Lab::new();
    let now = lab.provider.now();
    let principal = |changes: Value| {
        let text = token(&lab, &changes, SIGNING_KEY);
        let auth = lab.auth.clone();
        async move { auth.authenticate(&bearer(&text)).await.unwrap().principal }
    };
    // By time.
    let short = principal(json!({"exp": now + 30})).await;
    let waiting = lab.auth.until_invalid(&short);
    tokio::pin!(waiting);
    assert!(tokio::time::timeout(Duration::from_secs(29), &mut waiting).await.is_err());
    lab.clock.advance(Duration::from_secs(31));
    assert_eq!(waiting.await.message, "invalid session: token has invalid claims: token is expired");
    // By a change.
    for (name, change) in [
        (
            "disabled",
            Box::new(|lab: &Lab| lab.vault.config(&[("accounts.alice.enabled", "false")])) as Box<dyn Fn(&Lab)>,
        ),
        (
            "signing key",
            Box::new(|lab: &Lab| lab.vault.put(Holder::Secret, "argocd-secret", &[("server.secretkey", "another")])),
        ),
    ] {
        let lab = Lab::new();
        let text = token(&lab, &json!({}), SIGNING_KEY);
        let principal = lab.ask(&text).await.unwrap().principal;
        let auth = lab.auth.clone();
        let waiting = auth.until_invalid(&principal);
        tokio::pin!(waiting);
        assert!(tokio::time::timeout(Duration::from_secs(1), &mut waiting).await.is_err(), "{name}");
        lab.vault.config(&[("unrelated", "x")]);
        assert!(tokio::time::timeout(Duration::from_secs(1), &mut waiting).await.is_err(), "{name}");
        change(&lab);
        assert!(tokio::time::timeout(Duration::from_secs(1), &mut waiting).await.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_leaves_the_last_good_one() {
    let lab = Lab::new();
    let principal = lab.ask(&token(&lab, &json!({}), SIGNING_KEY)).await.unwrap().principal;
    let may = || lab.auth.enforcer(&principal).allows(Resource::Clusters, "get", "https://h");
    assert!(!may());
    let policy = |text: &str| lab.vault.put(Holder::ConfigMap, "argocd-rbac-cm", &[("policy.csv", text)]);
    policy("p, alice, clusters, get, *, allow");
    assert!(may());
    policy("p, alice, clusters");
    assert!(may());
    policy("");
    assert!(!may());
}

#[tokio::test]
async fn cookies_follow_the_settings() {
    let lab = Lab::new();
    let cookie = |lab: &Lab| lab.auth.options().cookies().token("argocd.token", "x").unwrap().remove(0);
    assert_eq!(cookie(&lab), "argocd.token=x; path=/; SameSite=lax; httpOnly; Secure");
    lab.auth.follow("/ui/", "", true);
    assert_eq!(cookie(&lab), "argocd.token=x; path=/ui; SameSite=lax; httpOnly");
    lab.auth.follow("/", "", false);
    assert!(cookie(&lab).ends_with("Secure"));
}

#[tokio::test]
async fn a_session_that_was_ended_is_good_no_more() {
    let lab = Lab::new();
    let now = lab.provider.now();
    let token = token(&lab, &json!({"exp": now + 3600}), SIGNING_KEY);
    let session = lab.ask(&token).await.unwrap();
    lab.auth.end(&bearer(&token), Some(&session.principal)).await;
    assert!(lab.ask(&token).await.unwrap_err().to_string().contains("token is revoked"));
}
