use std::time::Duration;

use bowline_web_wire::tonic::Code;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::{Says, bench, text};

fn event(type_: &str, name: &str, project: &str) -> Value {
    json!({"type": type_, "application": {"metadata": {"name": name}, "spec": {"project": project}}})
}

/// An entry of a log, with all that it must have.
fn entry(content: &str, last: bool) -> Value {
    json!({"content": content, "timeStamp": "2026-01-02T03:04:05Z", "last": last, "timeStampStr": "", "podName": "p"})
}

const FIELDS: &str = "fields=result.type,result.application.metadata.name,result.application.spec.project";

#[tokio::test]
async fn lines_of_json() {
    let bench = bench();
    bench.says("PodLogs", Says::Stream(vec![entry("a", false), entry("", true)], None, false));
    let response = bench.send("GET /api/v1/applications/a/logs?fields=result.content,result.last", &[], "").await;
    assert_eq!(response.headers()["content-type"], "application/json");
    let (_, body) = text(response).await;
    let wanted = "{\"result\":{\"content\":\"a\",\"last\":false}}\n{\"result\":{\"content\":\"\",\"last\":true}}\n";
    assert_eq!(body, wanted);
    let (_, body) = text(bench.send("GET /api/v1/applications/a/logs", &[], "").await).await;
    let first =
        r#"{"result":{"content":"a","timeStamp":"2026-01-02T03:04:05Z","last":false,"timeStampStr":"","podName":"p"}}"#;
    assert_eq!(body.lines().next(), Some(first));
}

#[tokio::test]
async fn events_of_a_browser() {
    let bench = bench();
    bench.says("Watch", Says::Stream(vec![event("ADDED", "a", "p")], Some((Code::Unavailable, "gone")), false));
    let accept = [("accept", "text/event-stream"), ("accept-encoding", "gzip")];
    let response = bench.send(&format!("GET /api/v1/stream/applications?{FIELDS}"), &accept, "").await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let (_, body) = text(response).await;
    let wanted = concat!(
        r#"data: {"result":{"application":{"metadata":{"name":"a"},"spec":{"project":"p"}},"type":"ADDED"}}"#,
        "\n\n",
        r#"data: {"error":{"grpc_code":14,"http_code":503,"message":"gone","http_status":"Service Unavailable"}}"#,
        "\n\n",
    );
    assert_eq!(body, wanted);
}

#[tokio::test]
async fn a_stream_that_fails_at_once_has_the_status() {
    let refusal =
        r#"{"error":{"grpc_code":7,"http_code":403,"message":"permission denied","http_status":"Forbidden"}}"#;
    for says in [
        Says::Fails(Code::PermissionDenied, "permission denied"),
        Says::Stream(vec![], Some((Code::PermissionDenied, "permission denied")), false),
    ] {
        let bench = bench();
        bench.says("Watch", says);
        let (status, body) = text(bench.send("GET /api/v1/stream/applications", &[], "").await).await;
        assert_eq!((status.as_u16(), body.as_str()), (403, refusal));
    }
}

#[tokio::test]
async fn what_says_nothing_new_is_dropped() {
    let bench = bench();
    let events = [
        ("ADDED", "a", "p"),
        ("MODIFIED", "a", "p"),
        ("MODIFIED", "a", "p"),
        ("MODIFIED", "b", "p"),
        ("MODIFIED", "a", "q"),
        ("DELETED", "a", "q"),
        ("DELETED", "a", "q"),
    ];
    let events = events.map(|(type_, name, project)| event(type_, name, project));
    bench.says("Watch", Says::Stream(events.to_vec(), None, false));
    let fields = "fields=result.type,result.application.metadata.name";
    let (_, body) = text(bench.send(&format!("GET /api/v1/stream/applications?{fields}"), &[], "").await).await;
    let kinds: Vec<String> = body
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let result = &line["result"];
            format!(
                "{} {}",
                result["type"].as_str().unwrap(),
                result["application"]["metadata"]["name"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(kinds, ["ADDED a", "MODIFIED a", "MODIFIED b", "DELETED a", "DELETED a"]);
}

#[tokio::test(start_paused = true)]
async fn silence_has_headers_at_once_and_shows_that_it_lives() {
    let bench = bench();
    bench.says("WatchResourceTree", Says::Stream(vec![], None, true));
    let accept = [("accept", "text/event-stream")];
    let line = "GET /api/v1/stream/applications/a/resource-tree";
    let started = tokio::time::Instant::now();
    let mut body = bench.send(line, &accept, "").await.into_body();
    assert!(started.elapsed() < Duration::from_secs(1));
    let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(frame, ":\n");
    assert!(started.elapsed() >= Duration::from_secs(15));
    let mut body = bench.send(line, &[], "").await.into_body();
    let silent = tokio::time::timeout(Duration::from_secs(60), body.frame()).await;
    assert!(silent.is_err(), "lines of JSON have no word for silence");
}

#[tokio::test]
async fn a_log_as_a_file() {
    let bench = bench();
    let entries = vec![entry("one <", false), entry("two", false), entry("", true), entry("no", false)];
    bench.says("PodLogs", Says::Stream(entries, None, true));
    let line = "GET /api/v1/applications/a/pods/p/logs?download=true&namespace=n&podName=p&container=c";
    let response = bench.send(line, &[], "").await;
    assert_eq!(response.headers()["content-type"], "application/octet-stream");
    assert_eq!(response.headers()["content-disposition"], "attachment;filename=\"n-p-c.log\"");
    assert_eq!(text(response).await.1, "one <\ntwo\n");
    let line = "GET /api/v1/applications/a/logs?download=true&namespace=n%22&podName=p&container=c";
    assert_eq!(bench.send(line, &[], "").await.headers()["content-disposition"], "attachment;filename=\"log.log\"");
}
