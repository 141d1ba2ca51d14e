//! Logins with a password.

use std::time::Duration;

use bowline_core_types::Sensitive;

use crate::testing::{Lab, PASSWORD_HASH};
use crate::vault::Holder;
use crate::{Code, Limits, Options};

fn lab(limits: Limits) -> Lab {
    let lab = Lab::with(Options { limits, ..Options::default() });
    lab.vault.put(
        Holder::Secret,
        "argocd-secret",
        &[
            ("admin.password", PASSWORD_HASH),
            ("accounts.alice.password", PASSWORD_HASH),
            ("accounts.bob.password", PASSWORD_HASH),
        ],
    );
    lab
}

async fn log_in(lab: &Lab, name: &str, password: &str) -> Result<String, (Code, String)> {
    let password: Sensitive<String> = password.to_string().into();
    let logged_in = lab.auth.login(name, &password).await.map_err(|error| (error.code, error.message))?;
    assert_eq!(logged_in.set_cookies.len(), 1);
    Ok(logged_in.issued.token.expose().clone())
}

#[tokio::test(start_paused = true)]
async fn the_right_password_gives_a_session() {
    let lab = lab(Limits::default());
    let token = log_in(&lab, "alice", "password").await.unwrap();
    let principal = lab.ask(&token).await.unwrap().principal;
    assert_eq!(principal.id, "alice");
    let life = principal.expires_at.unwrap().as_second() - principal.issued_at.unwrap().as_second();
    assert_eq!(life, 24 * 60 * 60);
    lab.vault.config(&[
        ("users.session.duration", "1h"),
        ("accounts.dave", "login"),
        ("accounts.dave.enabled", "false"),
    ]);
    lab.vault.put(Holder::Secret, "argocd-secret", &[("accounts.dave.password", PASSWORD_HASH)]);
    let token = log_in(&lab, "admin", "password").await.unwrap();
    let principal = lab.ask(&token).await.unwrap().principal;
    assert_eq!(principal.expires_at.unwrap().as_second() - principal.issued_at.unwrap().as_second(), 3600);
    for (name, password, want) in [
        ("alice", "wrong", "Invalid username or password"),
        ("nobody", "password", "Invalid username or password"),
        ("", "password", "no credentials supplied"),
        ("alice", "", "no credentials supplied"),
        ("dave", "password", "Account dave is disabled"),
        ("dave", "wrong", "Invalid username or password"),
        ("bob", "password", "Account bob does not have login capability"),
    ] {
        let refused = log_in(&lab, name, password).await.unwrap_err();
        assert_eq!(refused, (Code::Unauthenticated, want.to_string()), "{name} {password}");
    }
    let long = log_in(&lab, &"x".repeat(33), "password").await.unwrap_err();
    assert_eq!(long, (Code::InvalidArgument, "Username is too long (32 bytes max)".to_string()));
}

/// Brute force, the class of CVE-2020-8827.
#[tokio::test(start_paused = true)]
async fn failures_lock_a_name_for_a_while() {
    let lab = lab(Limits { failures: 3, ..Limits::default() });
    for _ in 0..3 {
        assert!(log_in(&lab, "alice", "wrong").await.is_err());
    }
    let locked = log_in(&lab, "alice", "password").await.unwrap_err();
    assert_eq!(locked.1, "Invalid username or password");
    assert!(log_in(&lab, "admin", "password").await.is_ok(), "another account is not");
    lab.clock.advance(Duration::from_secs(301));
    assert!(log_in(&lab, "alice", "password").await.is_ok());
    // A success forgets what failed before.
    for _ in 0..2 {
        assert!(log_in(&lab, "alice", "wrong").await.is_err());
    }
    assert!(log_in(&lab, "alice", "password").await.is_ok());
    assert!(log_in(&lab, "alice", "wrong").await.is_err());
    assert!(log_in(&lab, "alice", "password").await.is_ok());
}

/// Brute force, the class of CVE-2024-21652 (counters pushed out by a flood) and CVE-2024-21662 (guesses at the same moment).
#[tokio::test(start_paused = true)]
async fn neither_a_flood_of_names_nor_many_guesses_at_once_help() {
    let lab = lab(Limits { failures: 3, remembered: 2, ..Limits::default() });
    for _ in 0..3 {
        assert!(log_in(&lab, "alice", "wrong").await.is_err());
    }
    for n in 0..50 {
        assert!(log_in(&lab, &format!("nobody-{n}"), "wrong").await.is_err());
    }
    assert!(log_in(&lab, "alice", "password").await.is_err(), "the failures are still known");

    let lab = self::lab(Limits { failures: 3, ..Limits::default() });
    let guesses = (0..20).map(|n| {
        let auth = lab.auth.clone();
        let password = if n == 19 { "password" } else { "wrong" }.to_string();
        tokio::task::spawn_local(async move { auth.login("alice", &password.into()).await.is_ok() })
    });
    let local = tokio::task::LocalSet::new();
    let found = local
        .run_until(async {
            let mut found = 0;
            for guess in guesses.collect::<Vec<_>>() {
                found += usize::from(guess.await.unwrap());
            }
            found
        })
        .await;
    assert_eq!(found, 0, "the twentieth guess came after three that failed");
}

#[tokio::test(start_paused = true)]
async fn there_are_only_so_many_logins_at_once() {
    let lab = lab(Limits { logins_at_once: 1, ..Limits::default() });
    let password: Sensitive<String> = "password".to_string().into();
    let (first, second) = tokio::join!(lab.auth.login("alice", &password), lab.auth.login("admin", &password));
    assert!(first.is_ok());
    assert_eq!(second.unwrap_err().message, "Invalid username or password");
    assert!(lab.auth.login("admin", &password).await.is_ok());
}

/// Enumeration, the class of CVE-2020-11576: the time that the answer takes tells nothing.
#[tokio::test(start_paused = true)]
async fn every_answer_takes_half_a_second_to_a_second() {
    let lab = lab(Limits { failures: 1, ..Limits::default() });
    for (name, password) in
        [("alice", "password"), ("alice", "wrong"), ("alice", "wrong"), ("nobody", "wrong"), ("bob", "password")]
    {
        let start = tokio::time::Instant::now();
        let _ = log_in(&lab, name, password).await;
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(500) && took < Duration::from_millis(1100), "{name}: {took:?}");
    }
}
