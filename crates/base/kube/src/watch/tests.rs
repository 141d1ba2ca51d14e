use std::time::Duration;

use super::*;
use crate::fake::{Fake, Reply};

fn object(name: &str, version: u32) -> String {
    format!(r#"{{"metadata":{{"name":"{name}","resourceVersion":"{version}","managedFields":[]}}}}"#)
}

fn list(version: u32, next: &str, names: &[&str]) -> Reply {
    let items: Vec<String> = names.iter().map(|name| object(name, version)).collect();
    let items = items.join(",");
    Reply::ok(&format!(
        r#"{{"kind":"PodList","metadata":{{"resourceVersion":"{version}","continue":"{next}"}},"items":[{items}]}}"#
    ))
}

fn line(kind: &str, object: &str) -> String {
    format!("{{\"type\":\"{kind}\",\"object\":{object}}}\n")
}

const GONE: &str = r#"{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}"#;

/// What a watch of pods tells of these answers, one word an event, and what it asked for.
async fn check(replies: Vec<Reply>, events: usize) -> (Vec<String>, Vec<String>) {
    let fake = Fake::start(replies).await;
    let pods = ApiResource::new("", "v1", "Pod", "pods", true);
    let options = WatchOptions { skip_managed_fields: true, ..WatchOptions::default() };
    let mut watch = Watch::new(&fake.client, &pods, "", options);
    let name = |object: &Value| {
        assert_eq!(object.get_path(&["metadata", "managedFields"]), None);
        object.str_at(&["metadata", "name"]).unwrap_or_default().to_string()
    };
    let mut told = Vec::new();
    while told.len() < events {
        let event = tokio::time::timeout(Duration::from_secs(20), watch.next()).await.unwrap();
        told.push(match event {
            Event::Listing => "listing".into(),
            Event::Listed(items) => {
                assert!(items.iter().all(|item| item.str_at(&["kind"]) == Some("Pod")));
                format!("listed {}", items.iter().map(name).collect::<Vec<_>>().join(","))
            }
            Event::Complete => "complete".into(),
            Event::Resumed => "resumed".into(),
            Event::Applied(object) => format!("applied {}", name(&object)),
            Event::Deleted(object) => format!("deleted {}", name(&object)),
            Event::Failed { error, wait } => format!("failed {:?} {}s: {error}", error.class(), wait.as_secs()),
        });
    }
    // The last request may still be on its way.
    let last = tokio::time::timeout(Duration::from_millis(700), watch.next()).await;
    assert!(last.is_err(), "more than was expected: {last:?}");
    (told, fake.requests())
}

#[tokio::test]
async fn lists_page_by_page_and_goes_on_from_the_last_version_seen() {
    let stream = line("ADDED", &object("c", 11))
        + &line("MODIFIED", &object("c", 12))
        + &line("DELETED", &object("a", 13))
        + &line("BOOKMARK", &object("", 20))
        // Without its end: it comes again.
        + r#"{"type":"ADDED","obj"#;
    let replies = vec![
        list(10, "more", &["a"]),
        list(10, "", &["b"]),
        Reply::ok(&stream),
        Reply::ok(&line("ADDED", &object("d", 21))).hanging(),
    ];
    let (told, asked) = check(replies, 8).await;
    assert_eq!(
        told,
        ["listing", "listed a", "listed b", "complete", "applied c", "applied c", "deleted a", "applied d"]
    );
    assert_eq!(
        asked,
        [
            "GET /api/v1/pods?limit=500",
            "GET /api/v1/pods?limit=500&continue=more",
            "GET /api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=10",
            "GET /api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=20",
        ]
    );
}

#[tokio::test]
async fn lists_anew_where_the_server_has_forgotten_the_place() {
    // Once inside the stream, once as the answer to the watch, once in the middle of a list.
    let replies = vec![
        list(10, "", &["a"]),
        Reply::ok(&(line("ADDED", &object("b", 11)) + &line("ERROR", GONE))),
        list(20, "more", &["b"]),
        Reply::status("410 Gone", GONE),
        list(30, "", &["b"]),
        Reply::status("410 Gone", GONE),
        list(40, "", &["c"]),
        Reply::ok("").hanging(),
    ];
    let (told, _) = check(replies, 12).await;
    let relisted = |name: &str| ["listing".to_string(), format!("listed {name}"), "complete".to_string()];
    let mut want = relisted("a").to_vec();
    want.push("applied b".into());
    want.extend(["listing".to_string(), "listed b".into()]);
    want.extend(relisted("b"));
    want.extend(relisted("c"));
    assert_eq!(told, want);
}

#[tokio::test]
async fn waits_as_long_as_it_is_asked_to() {
    let slow = r#"{"kind":"Status","code":429,"message":"slow down"}"#;
    let replies = vec![
        Reply::status("429 Too Many Requests\r\nRetry-After: 1", slow),
        list(10, "", &[]),
        Reply::ok(&line("ERROR", r#"{"code":500,"message":"broken"}"#)),
        Reply::ok(&line("ADDED", &object("a", 11))).hanging(),
    ];
    let started = Instant::now();
    let (told, _) = check(replies, 7).await;
    assert_eq!(
        told,
        [
            "listing",
            "failed TooManyRequests 1s: slow down",
            "listing",
            "complete",
            "failed Server 0s: broken",
            "resumed",
            "applied a"
        ]
    );
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn what_makes_no_sense_is_told_and_listed_anew() {
    let replies =
        vec![list(10, "", &[]), Reply::ok("{not json}\n").hanging(), list(20, "", &["a"]), Reply::ok("").hanging()];
    let (told, _) = check(replies, 6).await;
    assert!(told[2].starts_with("failed Other 0s: the answer to watch of pods cannot be read"), "{told:?}");
    assert_eq!(told[3..], ["listing", "listed a", "complete"]);
}

#[tokio::test]
async fn what_may_not_be_listed_says_so_and_is_tried_again() {
    let no = r#"{"kind":"Status","code":403,"reason":"Forbidden","message":"pods is forbidden"}"#;
    let replies = vec![Reply::status("403 Forbidden", no), list(10, "", &["a"]), Reply::ok("").hanging()];
    let (told, _) = check(replies, 5).await;
    assert_eq!(told, ["listing", "failed Forbidden 0s: pods is forbidden", "listing", "listed a", "complete"]);
}
