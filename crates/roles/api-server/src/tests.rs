//! Requests to the whole server, without a cluster: settings are put into the world by hand.

use std::sync::Mutex;

use axum::Router;
use axum::routing::{get, post};
use bowline_base_clock::{Jitter, SystemClock};
use bowline_base_kube::Runtime;
use bowline_base_telemetry::prometheus::registry::Registry;
use bowline_base_value::Value;
use bowline_core_ports::{HintsFull, Pushed};
use bowline_core_settings::Map;
use bowline_core_types::Object;
use http_body_util::BodyExt;
use hyper::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

#[derive(Default)]
struct Heard {
    hints: Mutex<Vec<Pushed>>,
    full: bool,
}

impl Hints for Heard {
    fn pushed(&self, pushed: Pushed) -> Result<(), HintsFull> {
        if self.full {
            return Err(HintsFull);
        }
        self.hints.lock().unwrap().push(pushed);
        Ok(())
    }
}

struct Lab {
    server: Server,
    options: watch::Sender<Arc<Options>>,
    heard: Arc<Heard>,
    health: Health,
    world: Arc<World>,
}

fn lab(full: bool) -> Lab {
    let world = Arc::new(World::new("argocd"));
    let heard = Arc::new(Heard { full, ..Heard::default() });
    let (health, clock) = (Health::default(), Arc::new(SystemClock::new()));
    let metrics = Metrics::register(&mut Registry::default(), false);
    let (options_out, options) = watch::channel(Arc::new(Options::of(&Flags::default(), &world.settings())));
    let long = || async { "a long answer ".repeat(1_000) };
    let api = Router::new()
        .route("/api/v1/long", get(long))
        .route("/api/v1/echo", post(|body: String| async move { body }))
        .route("/api/v1/session", post(|body: String| async move { body.len().to_string() }))
        .route("/api/v1/panic", get(|| async { panic!("on purpose") as String }))
        .fallback(|| async { (StatusCode::NOT_FOUND, "Not Found\n") });
    let grpc = Router::new().route("/s.S/M", post(|| async { "called" }));
    let server = Server {
        handlers: Handlers { grpc: grpc.clone(), grpc_web: grpc, api, services: vec!["s.S"], ..Handlers::default() },
        options,
        observer: Observer { clock: clock.clone(), metrics: metrics.clone() },
        healthz: Arc::new(Healthz::new(health.clone(), None, clock)),
        webhooks: Some(Webhooks::new(world.clone(), heard.clone(), metrics)),
        program: None,
        message_bytes: 1 << 20,
        cancel: Default::default(),
    };
    Lab { server, options: options_out, heard, health, world }
}

impl Lab {
    async fn send(&self, what: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> (u16, String, HeaderMap) {
        let (method, uri) = what.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.server.answer(request.body(body.into()).unwrap()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().collect().await.map(|all| all.to_bytes()).unwrap_or_default();
        (status, String::from_utf8_lossy(&bytes).into_owned(), headers)
    }

    async fn check(&self, what: &str, headers: &[(&str, &str)], body: &str, want: (u16, &str)) {
        let (status, text, _) = self.send(what, headers, body.to_string()).await;
        assert_eq!((status, text.as_str()), want, "{what} {headers:?}");
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn routes_and_what_is_none() {
    let lab = lab(false);
    lab.check("GET /healthz", &[], "", (200, "ok")).await;
    lab.check("GET /healthz?full=true", &[], "", (200, "ok")).await;
    lab.check("GET /api/v1/nothing", &[], "", (404, "Not Found\n")).await;
    lab.check("GET /nothing", &[], "", (404, "Not Found\n")).await;
    lab.check("PUT /nothing", &[], "", (405, "Method Not Allowed\n")).await;
    lab.check("GET /swagger.json", &[], "", (404, "Not Found\n")).await;
    assert_eq!(lab.send("GET /", &[], "").await.0, 200);
    assert_eq!(lab.send("GET /download/bowline-none", &[], "").await.0, 404);
    lab.health.set_draining();
    lab.check("GET /healthz", &[], "", (503, "the server is stopping\n")).await;
}

#[tokio::test]
async fn only_json_changes_anything() {
    let lab = lab(false);
    let refused = (415, "Invalid content type\n");
    lab.check("POST /api/v1/echo", &[JSON], "{}", (200, "{}")).await;
    lab.check("POST /api/v1/echo", &[("content-type", "application/json; charset=utf-8")], "{}", (200, "{}")).await;
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=application/json", ""]
    {
        lab.check("POST /api/v1/echo", &[("content-type", kind)], "{}", refused).await;
    }
    lab.check("POST /api/v1/echo", &[], "{}", refused).await;
    lab.check("DELETE /api/v1/long", &[], "", refused).await;
    assert_eq!(lab.send("HEAD /api/v1/long", &[], "").await.0, 200, "HEAD changes nothing");
    let flags = Flags { content_types: Some("".into()), ..Flags::default() };
    lab.options.send_replace(Arc::new(Options::of(&flags, &lab.world.settings())));
    lab.check("POST /api/v1/echo", &[("content-type", "text/plain")], "x", (200, "x")).await;
}

#[tokio::test]
async fn bodies_are_bounded_and_panics_are_answers() {
    let lab = lab(false);
    assert_eq!(lab.send("POST /api/v1/echo", &[JSON], "x".repeat(2 << 20)).await.0, 413);
    lab.check("POST /api/v1/session", &[JSON], "{}", (200, "2")).await;
    assert_ne!(lab.send("POST /api/v1/session", &[JSON], "x".repeat(100 << 10)).await.0, 200);
    let (status, text, _) = lab.send("GET /api/v1/panic", &[], "").await;
    assert_eq!(status, 500);
    assert!(text.contains(r#""code":13"#) && !text.contains("on purpose"), "{text}");
    lab.check("GET /healthz", &[], "", (200, "ok")).await;
}

#[tokio::test]
async fn calls_of_grpc_go_to_their_services() {
    let lab = lab(false);
    let web = ("content-type", "application/grpc-web+proto");
    lab.check("POST /s.S/M", &[web], "", (200, "called")).await;
    lab.check("POST /s.S/M", &[("content-type", "application/grpc")], "", (200, "called")).await;
    for (headers, code) in [
        (vec![web, ("user-agent", "argocd-client/v1.0.0 grpc-go/1.1")], "9"),
        (vec![("content-type", "application/grpc"), ("user-agent", "argocd-client/x")], "3"),
    ] {
        let (status, _, answer) = lab.send("POST /s.S/M", &headers, "").await;
        assert_eq!((status, answer["grpc-status"].to_str().unwrap()), (200, code));
    }
    let (status, _, answer) = lab.send("POST /no.Such/Method", &[web], "").await;
    assert_eq!((status, answer["grpc-status"].to_str().unwrap()), (200, "12"));
}

#[tokio::test]
async fn everything_stands_under_the_root_path() {
    let lab = lab(false);
    let flags = Flags { root_path: Some("/argo/cd".into()), ..Flags::default() };
    lab.options.send_replace(Arc::new(Options::of(&flags, &lab.world.settings())));
    lab.check("POST /argo/cd/api/v1/echo", &[JSON], "{}", (200, "{}")).await;
    lab.check("POST /argo/cd/s.S/M", &[("content-type", "application/grpc-web+proto")], "", (200, "called")).await;
    lab.check("POST /s.S/M", &[("content-type", "application/grpc")], "", (200, "called")).await;
    for path in ["/argo/cd/healthz", "/healthz"] {
        lab.check(&format!("GET {path}"), &[], "", (200, "ok")).await;
    }
    for path in ["/api/v1/long", "/argo/cdx/api/v1/long", "/"] {
        lab.check(&format!("GET {path}"), &[], "", (404, "Not Found\n")).await;
    }
    assert_eq!(lab.send("GET /argo/cd", &[], "").await.0, 200);
}

#[tokio::test]
async fn answers_are_compressed_for_who_asks() {
    let lab = lab(false);
    let (_, text, headers) = lab.send("GET /api/v1/long", &[("accept-encoding", "gzip")], "").await;
    assert_eq!(headers["content-encoding"], "gzip");
    assert!(text.len() < 1_000);
    assert!(lab.send("GET /api/v1/long", &[], "").await.2.get("content-encoding").is_none());
    let flags = Flags { gzip: Some(false), ..Flags::default() };
    lab.options.send_replace(Arc::new(Options::of(&flags, &lab.world.settings())));
    assert!(lab.send("GET /api/v1/long", &[("accept-encoding", "gzip")], "").await.2.get("content-encoding").is_none());
}

#[tokio::test]
async fn webhooks_become_hints() {
    let push = r#"{"ref":"refs/heads/main","project":{"web_url":"https://u:hidden@gitlab.example/o/r","default_branch":"main"}}"#;
    let event = ("X-Gitlab-Event", "Push Hook");
    let lab = lab(false);
    lab.check("POST /api/webhook", &[event], push, (200, "")).await;
    assert!(!lab.heard.hints.lock().unwrap()[0].verified);
    lab.check("POST /api/webhook", &[], push, (400, "Unknown webhook event\n")).await;
    lab.check("GET /api/webhook", &[event], "", (405, "Webhook processing failed: invalid HTTP Method\n")).await;

    let data: Value = [("webhook.gitlab.secret", Value::from("s3cret"))].into_iter().collect();
    let secret: Value =
        [("apiVersion", Value::from("v1")), ("kind", "Secret".into()), ("stringData", data)].into_iter().collect();
    lab.world.put_server_secret(Some(&Object::new(secret).unwrap())).unwrap();
    let wrong = (400, "Webhook processing failed: X-Gitlab-Token validation failed\n");
    lab.check("POST /api/webhook", &[event], push, wrong).await;
    lab.check("POST /api/webhook", &[event, ("X-Gitlab-Token", "s3cre")], push, wrong).await;
    lab.check("POST /api/webhook", &[event, ("X-Gitlab-Token", "s3cret")], push, (200, "")).await;
    assert!(lab.heard.hints.lock().unwrap()[1].verified);
    assert_eq!(lab.heard.hints.lock().unwrap().len(), 2);

    let map = Map::from([("webhook.maxPayloadSizeMB".to_string(), "1".to_string())]);
    lab.world.put_config_map("argocd-cm", Some(map));
    lab.options.send_replace(Arc::new(Options::of(&Flags::default(), &lab.world.settings())));
    let token = ("X-Gitlab-Token", "s3cret");
    let large = "Webhook processing failed: The payload is either too large or corrupted. Please check the payload size (must be under 1 MB) and ensure it is valid JSON\n";
    lab.check("POST /api/webhook", &[event, token], &"x".repeat(2 << 20), (400, large)).await;
    lab.check("POST /api/webhook", &[event, token, ("content-length", "99999999")], "{}", (400, large)).await;
    lab.check("POST /api/webhook", &[event, token], "{", (400, large)).await;
}

#[tokio::test]
async fn a_full_queue_is_told() {
    let lab = lab(true);
    let push = r#"{"ref":"refs/heads/main","repository":{"html_url":"https://gitea.example/o/r"}}"#;
    let want = (503, "Queue is full, discarding webhook payload\n");
    lab.check("POST /api/webhook", &[("X-Gogs-Event", "push")], push, want).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_without_a_cluster_and_tells_its_health_at_once() {
    let tasks = Tasks::new();
    let clock = Arc::new(SystemClock::new());
    let runtime = Runtime { tasks: tasks.clone(), clock: clock.clone(), jitter: Jitter::new(1) };
    let config = bowline_base_kube::Config { server: "http://127.0.0.1:1".into(), ..Default::default() };
    let started = clock.monotonic();
    let server = ApiServer::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = server.local_addr().unwrap();
    let around = Surroundings {
        world: Arc::new(World::new("argocd")),
        read: Box::pin(std::future::pending()),
        client: Client::new(&config, &runtime).unwrap(),
        clock: clock.clone(),
        tasks: tasks.clone(),
        health: Health::default(),
        hints: Arc::new(Heard::default()),
        metrics: Metrics::register(&mut Registry::default(), false),
    };
    let config =
        Config { flags: Flags::default(), limits: Limits::default(), message_bytes: MESSAGE_BYTES, program: None };
    server.start(config, around, Handlers::default());
    let ask = async |path: &str| {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    };
    assert!(ask("/healthz").await.starts_with("HTTP/1.1 200"));
    let took = clock.monotonic() - started;
    assert!(took < Duration::from_millis(500), "{took:?}");
    assert!(ask("/api/version").await.starts_with("HTTP/1.1 503"), "the settings are not read");
    assert_eq!(tasks.drain(Duration::from_secs(5)).await, Vec::<String>::new());
}
