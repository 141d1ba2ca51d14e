//! Requests to the whole server, without a cluster: settings are put into the world by hand.

use std::sync::{Mutex, OnceLock};

use bowline_base_clock::{Jitter, SystemClock};
use bowline_base_kube::Runtime;
use bowline_base_telemetry::prometheus::registry::Registry;
use bowline_base_value::Value;
use bowline_core_crd::{Application, HealthStatusCode};
use bowline_core_ports::{HintsFull, Pushed};
use bowline_core_settings::Map;
use bowline_core_types::Object;
use bowline_web_admin::{Context, Sessions, Versions};
use bowline_web_api::Own;
use bowline_web_auth::{Authenticator, Change, Egress, Held, Holder, Parts, SystemRandom, Vault, VaultError};
use bowline_web_gateway::{Gateway, GrpcWeb, swagger, swagger_page};
use bowline_web_wire::notification::{
    NotificationService, ServiceList, ServicesListRequest, TemplateList, TemplatesListRequest, TriggerList,
    TriggersListRequest, notification_service,
};
use bowline_web_wire::tonic::{self, Status};
use bowline_web_wire::{Api, session, version};
use http_body_util::BodyExt;
use hyper::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::assemble::Handlers;
use crate::gate::ApiGate;
use crate::traces::Traces;

mod badge;
#[path = "../tests/cluster/nobody.rs"]
mod nobody;
mod proxy;
mod terminal;

use nobody::Nobody;

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

/// Nothing is stored.
struct Empty;

impl Vault for Empty {
    fn read<'a>(&'a self, _: Holder, _: &'a str) -> BoxFuture<'a, Result<Option<Held>, VaultError>> {
        Box::pin(async { Ok(None) })
    }

    fn write<'a>(&'a self, _: Holder, _: &'a str, _: Change) -> BoxFuture<'a, Result<(), VaultError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Panics when it is asked.
struct Broken;

#[tonic::async_trait]
impl NotificationService for Broken {
    async fn list_triggers(
        &self,
        _: tonic::Request<TriggersListRequest>,
    ) -> Result<tonic::Response<TriggerList>, Status> {
        panic!("on purpose")
    }

    async fn list_services(
        &self,
        _: tonic::Request<ServicesListRequest>,
    ) -> Result<tonic::Response<ServiceList>, Status> {
        Err(Status::unimplemented("not asked"))
    }

    async fn list_templates(
        &self,
        _: tonic::Request<TemplatesListRequest>,
    ) -> Result<tonic::Response<TemplateList>, Status> {
        Err(Status::unimplemented("not asked"))
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
    with_auth(full, true)
}

fn with_auth(full: bool, disable_auth: bool) -> Lab {
    with_engine(full, disable_auth, Arc::new(Nobody))
}

fn with_engine(full: bool, disable_auth: bool, engine: Arc<dyn Engine>) -> Lab {
    let world = Arc::new(World::new("argocd"));
    let heard = Arc::new(Heard { full, ..Heard::default() });
    let (health, clock) = (Health::default(), Arc::new(SystemClock::new()));
    let metrics = Metrics::register(&mut Registry::default(), true);
    let (options_out, options) = watch::channel(Arc::new(Options::of(&Flags::default(), &world.settings())));
    let auth = Arc::new(Authenticator::new(Parts {
        world: world.clone(),
        vault: Arc::new(Empty),
        http: Arc::new(Egress::new(
            bowline_base_egress::Egress::new(Tasks::new(), "bowline", |_| bowline_base_egress::Reach::Anywhere),
            Proxies::default(),
        )),
        clock: clock.clone(),
        random: Arc::new(SystemRandom),
        options: bowline_web_auth::Options { disable_auth, ..Default::default() },
    }));
    let traces = Traces::start(world.clone(), Arc::new(SystemRandom), Default::default(), &Tasks::new());
    let gate = ApiGate { auth: auth.clone(), clock: clock.clone(), metrics: metrics.clone(), traces };
    let api = Api::default()
        .behind(Arc::new(gate))
        .with(version::version_service(Arc::new(Versions)))
        .with(session::session_service(Arc::new(Sessions(auth.clone()))))
        .with(notification_service(Arc::new(Broken)));
    let context = Context { engine, ..context(&world, &auth, clock.clone()) };
    let handlers = Handlers {
        own: Own::new(context.clone()),
        proxy: crate::proxy::Proxy::new(Tasks::new(), "bowline", metrics.clone()),
        terminals: crate::terminal::Terminals::new(Tasks::new()),
        context,
        description_page: swagger_page(&swagger(&api), "swagger.json").into(),
        auth,
        grpc: api.grpc(),
        grpc_web: GrpcWeb::new(&api),
        rest: Gateway::new(&api).content_types(Vec::new()).router(),
        description: swagger(&api).to_string().into(),
        files: Files::default(),
        program: None,
    };
    let server = Server {
        handlers: Arc::new(OnceLock::from(handlers)),
        options,
        healthz: Arc::new(Healthz::new(health.clone(), None, clock)),
        webhooks: Webhooks::new(world.clone(), heard.clone(), metrics),
        message_bytes: 1 << 20,
        cancel: Default::default(),
    };
    Lab { server, options: options_out, heard, health, world }
}

/// What services stand on, with a cluster that cannot be reached.
fn context(world: &Arc<World>, auth: &Arc<Authenticator>, clock: Arc<SystemClock>) -> Context {
    let runtime = Runtime { tasks: Tasks::new(), clock: clock.clone(), jitter: Jitter::new(1) };
    let config = bowline_base_kube::Config { server: "http://127.0.0.1:1".into(), ..Default::default() };
    Context {
        world: world.clone(),
        client: Client::new(&config, &runtime).unwrap(),
        auth: auth.clone(),
        engine: Arc::new(Nobody),
        remotes: Arc::new(Nobody),
        sources: Arc::new(Nobody),
        charts: Arc::new(Nobody),
        clock,
    }
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

    fn options(&self, flags: Flags) {
        self.options.send_replace(Arc::new(Options::of(&flags, &self.world.settings())));
    }
}

const JSON: (&str, &str) = ("content-type", "application/json");

const NO_CREDENTIALS: &str = r#"{"error":"no credentials supplied","code":16,"message":"no credentials supplied"}"#;

#[tokio::test]
async fn routes_and_what_is_none() {
    let lab = lab(false);
    lab.check("GET /healthz", &[], "", (200, "ok")).await;
    lab.check("GET /healthz?full=true", &[], "", (200, "ok")).await;
    lab.check("GET /api/v1/nothing", &[], "", (404, "Not Found\n")).await;
    lab.check("PUT /api/version", &[JSON], "", (405, "Method Not Allowed\n")).await;
    lab.check("GET /nothing", &[], "", (404, "Not Found\n")).await;
    lab.check("PUT /nothing", &[], "", (405, "Method Not Allowed\n")).await;
    lab.check("GET /auth/login", &[], "", (404, "Not Found\n")).await;
    assert_eq!(lab.send("GET /auth/logout", &[], "").await.0, 400, "there is no session to end");
    assert!(lab.send("GET /swagger.json", &[], "").await.1.contains("/api/v1/session"));
    assert_eq!(lab.send("GET /", &[], "").await.0, 200);
    assert_eq!(lab.send("GET /download/bowline-none", &[], "").await.0, 404);
    assert!(lab.send("GET /api/version", &[], "").await.1.contains("\"Version\":\"v3."));
    lab.health.set_draining();
    lab.check("GET /healthz", &[], "", (503, "the server is stopping\n")).await;
}

#[tokio::test]
async fn only_json_from_our_own_pages_changes_anything() {
    let lab = lab(false);
    let (refused, taken) = ((415, "Invalid content type\n"), (401, NO_CREDENTIALS));
    lab.check("POST /api/v1/session", &[JSON], "{}", taken).await;
    lab.check("POST /api/v1/session", &[("content-type", "application/json; charset=utf-8")], "{}", taken).await;
    let form = "multipart/form-data; boundary=application/json";
    for kind in ["text/plain", "application/x-www-form-urlencoded", form, ""] {
        lab.check("POST /api/v1/session", &[("content-type", kind)], "{}", refused).await;
    }
    lab.check("POST /api/v1/session", &[], "{}", refused).await;
    lab.check("DELETE /api/v1/session", &[], "", refused).await;
    assert_eq!(lab.send("HEAD /api/version", &[], "").await.0, 200, "HEAD changes nothing");
    let cookie = ("cookie", "argocd.token=a.b.c");
    let foreign = [JSON, cookie, ("sec-fetch-site", "cross-site")];
    lab.check("POST /api/v1/session", &foreign, "{}", (403, "a page of another site sent this request\n")).await;
    lab.check("POST /api/v1/session", &[JSON, cookie, ("sec-fetch-site", "same-origin")], "{}", taken).await;
    let (_, _, headers) = lab.send("DELETE /api/v1/session", &[JSON, cookie], "").await;
    assert!(headers["set-cookie"].to_str().unwrap().starts_with("argocd.token=;"), "{headers:?}");
    lab.options(Flags { content_types: Some("".into()), ..Flags::default() });
    lab.check("POST /api/v1/session", &[("content-type", "text/plain")], "{}", taken).await;
}

#[tokio::test]
async fn bodies_are_bounded_and_panics_are_answers() {
    let lab = lab(false);
    let (status, text, _) = lab.send("POST /api/v1/session", &[JSON], "x".repeat(100 << 10)).await;
    assert!((400..500).contains(&status) && text.contains("length limit exceeded"), "{status} {text}");
    let (status, text, _) = lab.send("GET /api/v1/notifications/triggers", &[], "").await;
    assert!(status == 500 && text.contains(r#""code":13"#), "{status} {text}");
    assert!(!text.contains("on purpose"), "what a panic says is for the log alone: {text}");
    lab.check("GET /healthz", &[], "", (200, "ok")).await;
    let malformed = lab.send("POST /api/v1/session", &[JSON], "{\"username\":").await;
    assert_eq!(malformed.0, 400, "{}", malformed.1);
}

#[tokio::test]
async fn calls_come_in_three_ways_and_pass_one_gate() {
    let lab = with_auth(false, false);
    let web = ("content-type", "application/grpc-web+proto");
    let (plain, frame) = (("content-type", "application/grpc"), "\0\0\0\0\0");
    for kind in [web, plain] {
        let (status, body, headers) = lab.send("POST /version.VersionService/Version", &[kind], frame).await;
        assert!(status == 200 && body.contains("v3."), "{headers:?} {body:?}");
        for (path, agent, code) in [
            ("/version.VersionService/Version", "argocd-client/v1.0.0 grpc-go/1.1", "9"),
            ("/version.VersionService/Version", "argocd-client/x", "3"),
            ("/notification.NotificationService/ListTriggers", "argocd-client/v3.6.1", "16"),
            // Who is not let in is not told whether he is too old.
            ("/notification.NotificationService/ListTriggers", "argocd-client/v1.0.0", "16"),
            ("/no.Such/Method", "", "12"),
        ] {
            let (status, _, answer) = lab.send(&format!("POST {path}"), &[kind, ("user-agent", agent)], frame).await;
            assert_eq!((status, answer["grpc-status"].to_str().unwrap()), (200, code), "{path} {agent}");
        }
    }
    let none = r#"{"error":"no session information","code":16,"message":"no session information"}"#;
    lab.check("GET /api/v1/notifications/triggers", &[], "", (401, none)).await;
    lab.check("GET /api/v1/session/userinfo", &[], "", (200, "{}")).await;
}

#[tokio::test]
async fn everything_stands_under_the_root_path() {
    let lab = lab(false);
    lab.options(Flags { root_path: Some("/argo/cd".into()), ..Flags::default() });
    lab.check("POST /argo/cd/api/v1/session", &[JSON], "{}", (401, NO_CREDENTIALS)).await;
    let frame = "\0\0\0\0\0";
    for (path, kind) in [
        ("/argo/cd/version.VersionService/Version", "application/grpc-web+proto"),
        ("/version.VersionService/Version", "application/grpc"),
    ] {
        assert!(lab.send(&format!("POST {path}"), &[("content-type", kind)], frame).await.1.contains("v3."), "{path}");
    }
    for path in ["/argo/cd/healthz", "/healthz"] {
        lab.check(&format!("GET {path}"), &[], "", (200, "ok")).await;
    }
    for path in ["/api/version", "/argo/cdx/api/version", "/"] {
        lab.check(&format!("GET {path}"), &[], "", (404, "Not Found\n")).await;
    }
    assert_eq!(lab.send("GET /argo/cd", &[], "").await.0, 200);
}

#[tokio::test]
async fn answers_are_compressed_for_who_asks() {
    let lab = lab(false);
    let packed = lab.send("GET /swagger.json", &[("accept-encoding", "gzip")], "").await;
    let plain = lab.send("GET /swagger.json", &[], "").await;
    assert_eq!(packed.2["content-encoding"], "gzip");
    assert!(packed.1.len() < plain.1.len() && plain.2.get("content-encoding").is_none());
    lab.options(Flags { gzip: Some(false), ..Flags::default() });
    assert!(
        lab.send("GET /swagger.json", &[("accept-encoding", "gzip")], "").await.2.get("content-encoding").is_none()
    );
}

fn put(lab: &Lab, name: &str, version: u64, health: &str) {
    let mut app = Application::new("argocd", name);
    app.metadata.resource_version = version.to_string();
    app.spec.project = "default".into();
    app.spec.destination.server = "https://kubernetes.default.svc".into();
    app.status.health.status = HealthStatusCode::from(health);
    lab.world.put_app(app);
}

#[tokio::test]
async fn applications_are_listed_with_their_facets() {
    let lab = lab(false);
    put(&lab, "cart", 1, "Healthy");
    put(&lab, "pay", 2, "Degraded");
    let (status, text, headers) = lab.send("GET /api/bowline/v1/applications?health=Degraded", &[], "").await;
    assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, "application/json"), "{text}");
    for part in [
        r#"{"revision":"2","visible":2,"total":1,"offset":0,"limit":100,"facets":{"project":[{"value":"default","count":1}]"#,
        r#""cluster":[{"value":"in-cluster","count":1}]"#,
        r#""health":[{"value":"Degraded","count":1},{"value":"Healthy","count":1}]"#,
        r#""items":[{"key":"argocd/pay","name":"pay","namespace":"argocd""#,
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let wrong = r#"{"error":"sort: \"size\" is none of severity, name, created, synced","code":3,"message":"sort: \"size\" is none of severity, name, created, synced"}"#;
    lab.check("GET /api/bowline/v1/applications?sort=size", &[], "", (400, wrong)).await;
    let none = r#"{"error":"Not Found","code":5,"message":"Not Found"}"#;
    lab.check("GET /api/bowline/v1/nothing", &[], "", (404, none)).await;
    lab.check("DELETE /api/bowline/v1/applications", &[JSON], "", (404, none)).await;
    let nobody = r#"{"error":"no session information","code":16,"message":"no session information"}"#;
    with_auth(false, false).check("GET /api/bowline/v1/applications", &[], "", (401, nobody)).await;
}

#[tokio::test(start_paused = true)]
async fn a_window_is_followed() {
    let lab = lab(false);
    put(&lab, "cart", 1, "Healthy");
    for (accept, before, after) in [("*/*", "", "\n"), ("text/event-stream", "data: ", "\n\n")] {
        let request = Request::get("/api/bowline/v1/stream/applications?sort=name").header("accept", accept);
        let mut body = lab.server.answer(request.body(Body::empty()).unwrap()).await.into_body();
        let mut next = async || {
            let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
            let text = String::from_utf8(frame.to_vec()).unwrap();
            text.strip_prefix(before).and_then(|text| text.strip_suffix(after)).expect(&text).to_string()
        };
        let window = next().await;
        assert!(window.starts_with(r#"{"result":{"type":"WINDOW","revision":"#), "{window}");
        assert!(window.contains(r#""name":"cart""#), "{window}");
        assert_eq!(next().await, r#"{"result":{"type":"BEAT"}}"#);
        let version = lab.world.applications().snapshot().1 + 1;
        put(&lab, "cart", version, "Degraded");
        put(&lab, "new", version + 1, "Missing");
        let delta = next().await;
        assert!(delta.starts_with(r#"{"result":{"type":"DELTA","revision":"#), "{delta}");
        assert!(delta.contains(r#""order":["argocd/cart","argocd/new"]"#), "{delta}");
        assert!(delta.contains(r#""health":[{"value":"Degraded","count":1}"#), "{delta}");
        // And back, which is told as well.
        put(&lab, "cart", version + 2, "Healthy");
        lab.world.remove_app(&bowline_core_types::AppName::new("argocd", "new"));
        let delta = next().await;
        assert!(delta.contains(r#""total":1,"order":["argocd/cart"],"rows":[{"key":"argocd/cart""#), "{delta}");
    }
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
    lab.options(Flags::default());
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
        services: Services {
            world: Arc::new(World::new("argocd")),
            client: Client::new(&config, &runtime).unwrap(),
            engine: Arc::new(Nobody),
            remotes: Arc::new(Nobody),
            sources: Arc::new(Nobody),
            charts: Arc::new(Nobody),
        },
        read: Box::pin(std::future::pending()),
        clock: clock.clone(),
        tasks: tasks.clone(),
        health: Health::default(),
        hints: Arc::new(Heard::default()),
        metrics: Metrics::register(&mut Registry::default(), false),
    };
    server.start(Config::default(), around);
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
