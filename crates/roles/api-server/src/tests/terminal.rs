//! Terminals, from the request to the last word, in a pod that a stand-in runs.

use std::pin::Pin;

use bowline_core_crd::{AppProject, ApplicationTree, ResourceDiff, ResourceNode, ResourceRef};
use bowline_core_ports::{
    Applied, ApplyOptions, Cluster, ClusterError, ClusterFacts, DeleteOptions, EngineError, KindInfo, LogLines,
    LogQuery, Manifests, Origin, PlanAsked, Pods, Program, Reached, Screen, Shown, Typed, Typing,
};
use bowline_core_types::{AppName, Gvk, ResourceKey};
use futures::{SinkExt, Stream, StreamExt, stream};
use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::*;

/// An engine whose one application has the pod `web` in the namespace `shop`, with a container `c` that has no bash.
struct OnePod;

impl Engine for OnePod {
    fn tree<'a>(&'a self, _: &'a AppName) -> BoxFuture<'a, Result<ApplicationTree, EngineError>> {
        let pod = |name: &str| ResourceNode {
            resource_ref: ResourceRef {
                kind: "Pod".into(),
                version: "v1".into(),
                namespace: "shop".into(),
                name: name.into(),
                uid: name.into(),
                ..ResourceRef::default()
            },
            ..ResourceNode::default()
        };
        let nodes = vec![pod("web"), pod("done")];
        Box::pin(async { Ok(ApplicationTree { nodes, ..ApplicationTree::default() }) })
    }

    fn managed<'a>(&'a self, _: &'a AppName) -> BoxFuture<'a, Result<Vec<ResourceDiff>, EngineError>> {
        Box::pin(std::future::pending())
    }

    fn changes(&self, _: &AppName) -> Pin<Box<dyn Stream<Item = ()> + Send>> {
        Box::pin(stream::pending())
    }

    fn manifests<'a>(&'a self, _: &'a Application, _: Origin) -> BoxFuture<'a, Result<Manifests, EngineError>> {
        Box::pin(std::future::pending())
    }

    fn plan<'a>(&'a self, _: &'a Application, _: PlanAsked) -> BoxFuture<'a, Result<Value, EngineError>> {
        Box::pin(std::future::pending())
    }

    fn reach<'a>(&'a self, _: &'a Application) -> BoxFuture<'a, Result<Reached, EngineError>> {
        let (cluster, pods) = (Arc::new(Container), Arc::new(Container));
        Box::pin(async { Ok(Reached { cluster, pods, server: "https://c".into(), name: "c".into() }) })
    }

    fn cluster<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<ClusterFacts>> {
        Box::pin(async { None })
    }

    fn invalidate<'a>(&'a self, _: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}

/// The cluster, as far as its one pod is concerned.
struct Container;

impl Cluster for Container {
    fn kind(&self, _: &Gvk) -> Option<KindInfo> {
        None
    }

    fn get<'a>(&'a self, _: &'a Gvk, _: &'a str, name: &'a str) -> BoxFuture<'a, Result<Option<Object>, ClusterError>> {
        let phase = if name == "web" { "Running" } else { "Succeeded" };
        let pod = serde_json::json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "shop"},
            "spec": {"containers": [{"name": "c"}]}, "status": {"phase": phase}});
        Box::pin(async move { Ok(Some(Object::new(Value::from(pod)).unwrap())) })
    }

    fn apply<'a>(&'a self, _: &'a Object, _: &'a ApplyOptions) -> BoxFuture<'a, Result<Applied, ClusterError>> {
        Box::pin(std::future::pending())
    }

    fn delete<'a>(
        &'a self,
        _: &'a Gvk,
        _: &'a ResourceKey,
        _: &'a DeleteOptions,
    ) -> BoxFuture<'a, Result<bool, ClusterError>> {
        Box::pin(std::future::pending())
    }

    fn patch<'a>(
        &'a self,
        _: &'a Gvk,
        _: &'a ResourceKey,
        _: &'a Value,
        _: bool,
    ) -> BoxFuture<'a, Result<Object, ClusterError>> {
        Box::pin(std::future::pending())
    }

    fn patch_status<'a>(
        &'a self,
        _: &'a Gvk,
        _: &'a ResourceKey,
        _: &'a Value,
    ) -> BoxFuture<'a, Result<Object, ClusterError>> {
        Box::pin(std::future::pending())
    }
}

impl Pods for Container {
    fn logs<'a>(&'a self, _: &'a str, _: &'a str, _: LogQuery) -> BoxFuture<'a, Result<LogLines, ClusterError>> {
        Box::pin(std::future::pending())
    }

    fn terminal<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        program: Program,
        typing: Typing,
    ) -> BoxFuture<'a, Result<Screen, ClusterError>> {
        if program.command == ["bash"] {
            let absent = Ok(Shown::NotStarted("no such file".to_string()));
            return Box::pin(async { Ok(Box::pin(stream::iter([absent])) as Screen) });
        }
        let name = program.command.join(" ");
        let hello = stream::once(async move { Ok(Shown::Bytes(format!("{name}> ").into_bytes())) });
        // It says in capitals what it is told, and ends at `exit`.
        let answers = typing.map(|typed| match typed {
            Typed::Keys(keys) if keys == b"exit" => Ok(Shown::Ended(Some(0))),
            Typed::Keys(keys) => Ok(Shown::Bytes(keys.to_ascii_uppercase())),
            Typed::Size { columns, rows } => Ok(Shown::Bytes(format!("{columns}x{rows}").into_bytes())),
        });
        Box::pin(async { Ok(Box::pin(hello.chain(answers)) as Screen) })
    }

    fn list<'a>(
        &'a self,
        _: &'a Gvk,
        _: &'a str,
        _: &'a str,
        _: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Object>, ClusterError>> {
        Box::pin(std::future::pending())
    }
}

const QUERY: &str = "pod=web&container=c&appName=cart&projectName=default&namespace=shop";

/// Everybody may do what `policy` says of `role:all`.
fn settle(lab: &Lab, policy: &str, settings: &[(&str, &str)]) {
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    lab.world.put_config_map("argocd-rbac-cm", Some(map(&[("policy.default", "role:all"), ("policy.csv", policy)])));
    lab.world.put_config_map("argocd-cm", Some(map(settings)));
}

const MAY: &str = "p, role:all, applications, get, */*, allow\np, role:all, exec, create, */*, allow";
const SETTINGS: &[(&str, &str)] = &[("exec.enabled", "true"), ("users.anonymous.enabled", "true")];

fn desk(policy: &str, settings: &[(&str, &str)]) -> Arc<Lab> {
    let lab = with_engine(false, false, Arc::new(OnePod));
    let mut project = AppProject::default();
    project.metadata.name = "default".into();
    project.metadata.namespace = "argocd".into();
    lab.world.put_project(project);
    put(&lab, "cart", 1, "Healthy");
    settle(&lab, policy, settings);
    Arc::new(lab)
}

/// What is answered to a request for a terminal, and the connection where that became one.
async fn open(lab: &Arc<Lab>, query: &str, headers: &str) -> (String, Option<WebSocketStream<DuplexStream>>) {
    let (mut client, server) = tokio::io::duplex(1 << 16);
    let lab = lab.clone();
    Tasks::new().spawn("connection", async move {
        let answer = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
            let lab = lab.clone();
            async move { Ok::<_, Infallible>(lab.server.answer(request.map(Body::new)).await) }
        });
        let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(server), answer);
        let _ = connection.with_upgrades().await;
    });
    let request = format!(
        "GET /terminal?{query} HTTP/1.1\r\nHost: cd.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
    );
    client.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    if !head.starts_with("HTTP/1.1 101 ") {
        return (head[9..12].to_string(), None);
    }
    // The example of the standard.
    assert!(head.to_lowercase().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
    let socket = WebSocketStream::from_raw_socket(client, Role::Client, None).await;
    ("101".to_string(), Some(socket))
}

/// The next message with words in it; `closed CODE` at the end.
async fn heard(socket: &mut WebSocketStream<DuplexStream>) -> String {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return text.to_string(),
            Some(Ok(Message::Close(frame))) => return format!("closed {}", frame.map_or(0, |f| u16::from(f.code))),
            Some(Ok(_)) => {}
            None | Some(Err(_)) => return "gone".to_string(),
        }
    }
}

fn says(data: &str) -> String {
    serde_json::json!({"operation": "stdout", "data": data, "rows": 0, "cols": 0}).to_string()
}

async fn hears(socket: &mut WebSocketStream<DuplexStream>, data: &str) {
    let json: serde_json::Value = serde_json::from_str(&heard(socket).await).unwrap();
    assert_eq!(json, serde_json::from_str::<serde_json::Value>(&says(data)).unwrap());
}

async fn tell(socket: &mut WebSocketStream<DuplexStream>, json: &str) {
    socket.send(Message::text(json.to_string())).await.unwrap();
}

#[tokio::test]
async fn a_shell_is_found_keys_go_in_and_what_it_says_comes_out() {
    let lab = desk(MAY, SETTINGS);
    let (status, socket) = open(&lab, QUERY, "").await;
    assert_eq!(status, "101");
    let mut socket = socket.unwrap();
    // There is no bash in it.
    hears(&mut socket, "sh> ").await;
    tell(&mut socket, r#"{"operation":"resize","cols":80,"rows":24}"#).await;
    hears(&mut socket, "80x24").await;
    tell(&mut socket, r#"{"operation":"stdin","data":"ls\r","rows":24,"cols":80}"#).await;
    hears(&mut socket, "LS\r").await;
    tell(&mut socket, r#"{"operation":"stdin","data":"exit"}"#).await;
    assert_eq!(heard(&mut socket).await, "closed 1000");

    let (_, socket) = open(&lab, &format!("{QUERY}&shell=cmd"), "").await;
    hears(&mut socket.unwrap(), "cmd> ").await;
    // What is no shell of the settings is not run.
    let (_, socket) = open(&lab, &format!("{QUERY}&shell=/bin/evil"), "").await;
    hears(&mut socket.unwrap(), "sh> ").await;
    settle(&lab, MAY, &[SETTINGS, &[("exec.shells", "bash")]].concat());
    let mut socket = open(&lab, QUERY, "").await.1.unwrap();
    hears(&mut socket, "none of bash can be started in c: no such file\r\n").await;
    assert_eq!(heard(&mut socket).await, "closed 1000");
}

#[tokio::test]
async fn a_terminal_is_for_who_may_and_where_there_is_one() {
    let lab = desk(MAY, SETTINGS);
    for (query, want) in [
        ("pod=web&container=c&appName=cart&projectName=default", "400"),
        ("pod=web&container=c&appName=cart&projectName=default&namespace=../x", "400"),
        ("pod=web&container=c&appName=none&projectName=default&namespace=shop", "404"),
        ("pod=web&container=c&appName=cart&projectName=other&namespace=shop", "404"),
        ("pod=other&container=c&appName=cart&projectName=default&namespace=shop", "400"),
        ("pod=done&container=c&appName=cart&projectName=default&namespace=shop", "400"),
        ("pod=web&container=none&appName=cart&projectName=default&namespace=shop", "400"),
        ("pod=web&container=c&appName=cart&projectName=default&namespace=shop&appNamespace=elsewhere", "403"),
    ] {
        assert_eq!(open(&lab, query, "").await.0, want, "{query}");
    }
    // A page of another site, with the cookie that the browser sends along.
    let foreign = "Cookie: argocd.token=a.b.c\r\nOrigin: https://evil.example\r\n";
    assert_eq!(open(&lab, QUERY, foreign).await.0, "403");
    lab.check(
        &format!("GET /terminal?{QUERY}"),
        &[],
        "",
        (400, "this is a WebSocket: the request does not ask for one\n"),
    )
    .await;
    assert_eq!(open(&desk("p, role:all, applications, get, */*, allow", SETTINGS), QUERY, "").await.0, "401");
    assert_eq!(open(&desk("p, role:all, exec, create, */*, allow", SETTINGS), QUERY, "").await.0, "401");
    assert_eq!(open(&desk(MAY, &[("exec.enabled", "true")]), QUERY, "").await.0, "401", "nobody is no one");
    assert_eq!(open(&desk(MAY, &[("users.anonymous.enabled", "true")]), QUERY, "").await.0, "404", "they are off");
}

/// Stale privilege on long sessions, the class of CVE-2023-40025 and CVE-2024-41666.
#[tokio::test]
async fn who_may_not_any_more_is_shown_out() {
    let lab = desk(MAY, SETTINGS);
    let mut socket = open(&lab, QUERY, "").await.1.unwrap();
    hears(&mut socket, "sh> ").await;
    settle(&lab, "p, role:all, applications, get, */*, allow", SETTINGS);
    hears(&mut socket, "Permission denied").await;
    assert_eq!(heard(&mut socket).await, "closed 1008");

    settle(&lab, MAY, SETTINGS);
    let mut socket = open(&lab, QUERY, "").await.1.unwrap();
    hears(&mut socket, "sh> ").await;
    settle(&lab, MAY, &[("exec.enabled", "true")]);
    hears(&mut socket, "\nReconnect because the token was refreshed...\n").await;
    assert_eq!(heard(&mut socket).await, r#"{"Code":1}"#);
    assert_eq!(heard(&mut socket).await, "closed 1000");

    settle(&lab, MAY, SETTINGS);
    let mut socket = open(&lab, QUERY, "").await.1.unwrap();
    hears(&mut socket, "sh> ").await;
    lab.world.remove_app(&AppName::new("argocd", "cart"));
    // That an application is gone is news to nobody by itself; with the next change of anything it is.
    settle(&lab, MAY, &[SETTINGS, &[("url", "https://cd.example")]].concat());
    hears(&mut socket, "Permission denied").await;
}

#[tokio::test]
async fn rubbish_ends_a_terminal_and_nothing_else() {
    let lab = desk(MAY, SETTINGS);
    for rubbish in ["{", r#"{"operation":"fly"}"#, r#"{"operation":"resize","cols":-1}"#] {
        let mut socket = open(&lab, QUERY, "").await.1.unwrap();
        hears(&mut socket, "sh> ").await;
        tell(&mut socket, rubbish).await;
        assert_eq!(heard(&mut socket).await, "closed 1003", "{rubbish}");
    }
    let mut socket = open(&lab, QUERY, "").await.1.unwrap();
    hears(&mut socket, "sh> ").await;
    // Before all of it is sent the server has gone.
    let long = format!(r#"{{"operation":"stdin","data":"{}"}}"#, "x".repeat(2 << 20));
    let _ = socket.send(Message::text(long)).await;
    assert!(matches!(heard(&mut socket).await.as_str(), "gone" | "closed 1009" | "closed 1000"));
    lab.check("GET /healthz", &[], "", (200, "ok")).await;
}
