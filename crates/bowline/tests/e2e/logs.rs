//! Logs of pods, from a kubelet that the test plays, over the API server, the server and the command line.

use std::io::Read as _;
use std::process::Child;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use bowline_tests_kube::{Question, Reply, StandIn};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::api::{initial_password, log_in};
use crate::lab::Lab;

/// Who follows which pod: what is sent is what the pod says.
type Followers = Arc<Mutex<Vec<(String, Sender<Vec<u8>>)>>>;

/// What a pod has said, each line with how many seconds ago that was.
fn said(pod: &str) -> [(i64, &'static str); 3] {
    if pod == "alone" {
        [(3600, "alone old"), (30, "alone GET /"), (10, "alone Error: x")]
    } else {
        [(3599, "web old"), (20, "web GET /"), (5, "web end")]
    }
}

/// A kubelet as far as logs go.
fn kubelet(start: Timestamp, followers: Followers) -> StandIn {
    StandIn::start(move |question: Question| {
        let flags = |name: &str| {
            let mut pairs = question.query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_string())
        };
        let [_, logs, _, pod, container] = *question.path.split('/').collect::<Vec<_>>() else {
            return Reply { status: 404, ..Reply::default() };
        };
        if logs != "containerLogs" || container != "app" {
            return Reply { status: 404, ..Reply::default() };
        }
        let line = |ago: i64, text: &str| {
            let time = start.checked_sub(SignedDuration::from_secs(ago)).expect("because it is later than 1970");
            match flags("timestamps").as_deref() {
                Some("true") => format!("{time} {text}\n"),
                _ => format!("{text}\n"),
            }
        };
        if flags("previous").as_deref() == Some("true") {
            return match pod {
                "alone" => Reply { body: line(7200, "alone before the crash").into_bytes(), ..Reply::default() },
                _ => Reply {
                    status: 400,
                    body: format!("previous terminated container \"app\" in pod \"{pod}\" not found").into_bytes(),
                    ..Reply::default()
                },
            };
        }
        let since = flags("sinceSeconds").and_then(|n| n.parse().ok()).unwrap_or(i64::MAX);
        let lines: Vec<String> = said(pod).iter().filter(|(ago, _)| *ago <= since).map(|(a, t)| line(*a, t)).collect();
        let tail = flags("tailLines").and_then(|n| n.parse().ok()).unwrap_or(lines.len());
        let body = lines[lines.len().saturating_sub(tail)..].concat().into_bytes();
        let more = (flags("follow").as_deref() == Some("true")).then(|| {
            let (sender, receiver) = channel();
            followers.lock().expect("because nobody panics with it").push((pod.to_string(), sender));
            receiver
        });
        Reply { body, more, ..Reply::default() }
    })
}

/// Says a line in every pod that is followed, then ends them all; gives what the follower printed.
fn follow(mut child: Child, followers: &Followers, lab: &Lab) -> String {
    let start = std::time::Instant::now();
    let known = loop {
        let mut known = followers.lock().expect("because nobody panics with it");
        if known.len() == 2 {
            break std::mem::take(&mut *known);
        }
        assert!(start.elapsed().as_secs() < 60, "nobody follows\n{}", lab.log());
        drop(known);
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    for (pod, sender) in &known {
        let pod = if pod == "alone" { "alone" } else { "web" };
        let now = Timestamp::now();
        sender.send(format!("{now} {pod} later\n").into_bytes()).expect("because it is followed");
    }
    drop(known);
    let mut out = String::new();
    child.stdout.take().expect("because it is piped").read_to_string(&mut out).expect("because it is text");
    assert!(child.wait().expect("because it is our child").success(), "{out}");
    out
}

#[test]
fn what_pods_say_is_merged_cut_and_filtered() {
    let lab = Lab::new("logs");
    let start = Timestamp::now();
    let followers = Followers::default();
    let kubelet = kubelet(start, followers.clone());
    let node = json!({
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": "logs-node"},
        "status": {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": kubelet.port()}},
        },
    });
    let file = lab.folder().join("node.json");
    std::fs::write(&file, node.to_string()).unwrap();
    lab.kubectl(&["create", "-f", file.to_str().unwrap()]);
    let spec = "nodeName: logs-node, containers: [{name: app, image: 'example.com/app:1'}]";
    let alone = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: alone}}\nspec: {{{spec}}}\n");
    let web = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  replicas: 1\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata: {{labels: {{app: web}}}}\n    spec: {{{spec}}}\n"
    );
    lab.repo.commit(&[("app/alone.yaml", Some(&alone)), ("app/web.yaml", Some(&web))]);
    lab.create("app", "app", &["--sync-policy", "automated"]);
    lab.wait("app", "Synced", |app| app["status"]["sync"]["status"] == "Synced");
    let admin = log_in(&lab, "admin", &initial_password(&lab));
    let address = lab.api().to_string();
    let at_server = ["--server", &address, "--plaintext", "--auth-token", admin.token()];
    let at_kubernetes = ["--core"];
    // Until the controllers have made the pod and the server has seen it.
    let begun = std::time::Instant::now();
    while lab.cli(&[&at_server[..], &["app", "logs", "app"]].concat()).lines().count() < 6 {
        assert!(begun.elapsed().as_secs() < 60, "{}", lab.log());
        std::thread::sleep(std::time::Duration::from_millis(100));
    }

    let all = "alone old\nweb old\nalone GET /\nweb GET /\nalone Error: x\nweb end\n";
    let recent = start.checked_sub(SignedDuration::from_secs(15)).unwrap().to_string();
    for at in [&at_server[..], &at_kubernetes[..]] {
        let check = |flags: &[&str], want: &str| {
            let got = lab.cli(&[at, &["app", "logs", "app"], flags].concat());
            assert_eq!(got, want, "{at:?} {flags:?}");
        };
        check(&[], all);
        check(&["--tail", "1"], "alone Error: x\nweb end\n");
        check(&["--since-seconds", "600"], "alone GET /\nweb GET /\nalone Error: x\nweb end\n");
        check(&["--until-time", &recent], "alone old\nweb old\nalone GET /\nweb GET /\n");
        check(&["--filter", "error"], "alone Error: x\n");
        check(&["--filter", "error", "--match-case"], "");
        check(&["--filter", "!get"], "alone old\nweb old\nalone Error: x\nweb end\n");
        check(&["--kind", "Deployment", "--name", "web"], "web old\nweb GET /\nweb end\n");
        check(&["--kind", "Pod", "--name", "alone", "-c", "app"], "alone old\nalone GET /\nalone Error: x\n");
        // A pod that has no such log does not hide the others'.
        let previous = lab.try_cli(&[at, &["app", "logs", "app", "--previous"]].concat());
        let (out, err) = (String::from_utf8_lossy(&previous.stdout), String::from_utf8_lossy(&previous.stderr));
        assert!(out.contains("alone before the crash\n"), "{out}{err}");
        assert!(format!("{out}{err}").contains("previous terminated container \"app\" in pod \"web-"), "{out}{err}");
        let stamped = lab.cli(&[at, &["app", "logs", "app", "--timestamps", "--filter", "end"]].concat());
        let (stamp, text) = stamped.split_once(' ').unwrap();
        assert_eq!((stamp.parse().ok(), text), (start.checked_sub(SignedDuration::from_secs(5)).ok(), "web end\n"));

        let child = lab.spawn_cli(&[at, &["app", "logs", "app", "--follow", "--tail", "1"]].concat());
        let mut lines: Vec<String> = follow(child, &followers, &lab).lines().map(String::from).collect();
        lines.sort();
        assert_eq!(lines, ["alone Error: x", "alone later", "web end", "web later"], "{at:?}");
    }

    // The stream as scripts read it: one object a line, the last of which says so.
    let path = format!("/api/v1/applications/app/logs?appNamespace={}&tailLines=2", lab.control);
    let (status, text) = lab.request("GET", &path, &[("Authorization", admin.bearer())], "");
    assert_eq!(status, 200, "{text}");
    let entries: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let entries: Vec<&Value> = entries.iter().map(|entry| &entry["result"]).filter(|entry| !entry.is_null()).collect();
    let content: Vec<&str> = entries.iter().map(|entry| entry["content"].as_str().unwrap_or_default()).collect();
    assert_eq!(content, ["alone GET /", "web GET /", "alone Error: x", "web end", ""], "{text}");
    assert_eq!((&entries[0]["podName"], &entries[4]["last"]), (&json!("alone"), &json!(true)));
    assert!(entries[1]["podName"].as_str().unwrap().starts_with("web-"));

    // Whoever may see the application may not therefore read its logs.
    lab.kubectl(&[
        "-n",
        &lab.control,
        "patch",
        "configmap",
        "argocd-cm",
        "--type=merge",
        "-p",
        r#"{"data":{"accounts.reader":"apiKey"}}"#,
    ]);
    let rbac = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-rbac-cm"},
        "data": {"policy.csv": "p, reader, applications, get, */*, allow\n"},
    });
    lab.apply_control(&rbac);
    let begun = std::time::Instant::now();
    let token = loop {
        let (status, answer) = admin.ask("POST /api/v1/account/reader/token", &json!({"name": "reader"}));
        if status == 200 {
            break answer["token"].as_str().unwrap().to_string();
        }
        assert!(begun.elapsed().as_secs() < 60, "{answer}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    let reader = ["--server", &address, "--plaintext", "--auth-token", &token, "app"];
    let begun = std::time::Instant::now();
    while !lab.try_cli(&[&reader[..], &["get", "app"]].concat()).status.success() {
        assert!(begun.elapsed().as_secs() < 60, "{}", lab.log());
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let refused = lab.try_cli(&[&reader[..], &["logs", "app"]].concat());
    assert!(!refused.status.success() && refused.stdout.is_empty());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("permission denied"));
    lab.kubectl(&["delete", "node", "logs-node"]);
}
