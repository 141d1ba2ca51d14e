//! What senders of webhooks say, down to the cluster.

use std::time::{Duration, Instant};

use crate::lab::{Lab, config_map};

/// The payload of a push to `branch` of the lab's repository.
fn push(lab: &Lab, branch: &str) -> String {
    let url = lab.repo.url();
    format!(r#"{{"ref":"refs/heads/{branch}","repository":{{"html_url":"{url}","default_branch":"main"}}}}"#)
}

#[test]
fn a_push_is_synced_without_anybody_asking() {
    let lab = Lab::new("webhook");
    lab.repo.commit(&[("app/a.yaml", Some(&config_map("a", "one")))]);
    lab.create("hooked", "app", &["--sync-policy", "automated"]);
    lab.wait_synced("hooked", None);
    let event = ("X-Gogs-Event", "push");

    let commit = lab.repo.commit(&[("app/a.yaml", Some(&config_map("a", "two")))]);
    let started = Instant::now();
    // Another branch is not this application's business.
    assert_eq!(lab.request("POST", "/api/webhook", &[event], &push(&lab, "other")).0, 200);
    std::thread::sleep(Duration::from_millis(300));
    assert_ne!(lab.app("hooked")["status"]["sync"]["revision"], commit.as_str());
    assert_eq!(lab.request("POST", "/api/webhook", &[event], &push(&lab, "main")), (200, String::new()));
    lab.wait_synced("hooked", Some(&commit));
    // The next poll would have come a minute later at the earliest.
    assert!(started.elapsed() < Duration::from_secs(50), "{:?}", started.elapsed());
    lab.wait_object("configmap", "a", "two", |object| object["data"]["key"] == "two");

    // Once there is a secret, who does not know it is not heard.
    let patch = r#"{"stringData":{"webhook.gogs.secret":"known"}}"#;
    lab.kubectl(&["-n", &lab.control, "patch", "secret", "argocd-secret", "--type", "merge", "-p", patch]);
    let until = Instant::now() + Duration::from_secs(20);
    while lab.request("POST", "/api/webhook", &[event], &push(&lab, "main")).0 == 200 {
        assert!(Instant::now() < until, "the secret does not count");
        std::thread::sleep(Duration::from_millis(50));
    }
    let (status, text) = lab.request("POST", "/api/webhook", &[event, ("X-Gogs-Signature", "00")], &push(&lab, "main"));
    assert_eq!((status, text.as_str()), (400, "Webhook processing failed: HMAC verification failed\n"));
}
