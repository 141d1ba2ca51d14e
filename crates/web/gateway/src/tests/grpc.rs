use std::sync::{Arc, Mutex};

use bowline_core_crd::Application;
use bowline_web_wire::application::{ApplicationQuery, ApplicationServiceClient, LogEntry};
use bowline_web_wire::health_v1::{HealthCheckRequest, HealthClient};
use bowline_web_wire::prost::Message as _;
use bowline_web_wire::reflection_v1::{ServerReflectionClient, ServerReflectionRequest};
use bowline_web_wire::tonic::body::Body;
use bowline_web_wire::tonic::{self, Code, Request as Message, Status};
use bowline_web_wire::version::VersionServiceClient;
use bowline_web_wire::{Admission, Call, Client, Complete, Empty, Gate, MESSAGE_LIMIT, Rpc};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{Extensions, Request, Response};
use http_body_util::{BodyExt, Full};
use serde_json::json;
use tower_service::Service;

use super::{Says, bench};
use crate::{GRPC_WEB, GrpcWeb, Health, Reflection};

#[tokio::test]
async fn the_same_services_speak_grpc() {
    let bench = bench();
    bench.says("Version", Says::Json(json!({"Version": "v3.6.0"})));
    bench.says("Get", Says::Fails(Code::NotFound, "not here: 100%"));
    bench.says("PodLogs", Says::Stream(vec![json!({"content": "a"})], None, false));
    let channel = || Client::new(bench.api.grpc(), MESSAGE_LIMIT);
    let version = VersionServiceClient::new(channel()).version(Empty {}).await.unwrap().into_inner();
    assert_eq!(version.version, "v3.6.0");
    let mut applications = ApplicationServiceClient::new(channel());
    let query = ApplicationQuery { name: Some("a".into()), ..Default::default() };
    let refusal = applications.get(query).await.unwrap_err();
    assert_eq!((refusal.code(), refusal.message()), (Code::NotFound, "not here: 100%"));
    // An answer without its required fields is an error, as with Go.
    let logs = bowline_web_wire::application::ApplicationPodLogsQuery { name: Some("a".into()), ..Default::default() };
    let mut entries = applications.pod_logs(logs).await.unwrap().into_inner();
    let refusal = entries.next().await.unwrap().unwrap_err();
    assert_eq!(refusal.code(), Code::Internal);
    assert_eq!(refusal.message(), "grpc: error while marshaling: proto: required field \"timeStamp\" not set");
    assert_eq!(LogEntry::default().missing(), Some("content"));
    // So is a request.
    let refusal = applications.delete(bowline_web_wire::application::ApplicationDeleteRequest::default()).await;
    assert!(refusal.unwrap_err().message().contains("required field \"name\" not set"));
}

#[tokio::test]
async fn what_grpc_does_not_know() {
    let bench = bench();
    for (path, wanted) in [
        ("/application.ApplicationService/Fly", "unknown method Fly for service application.ApplicationService"),
        ("/unheard.Of/List", "unknown service unheard.Of"),
    ] {
        let request = Request::post(path).header("content-type", "application/grpc").body(Body::empty()).unwrap();
        let response = bench.api.grpc().call(request).await.unwrap();
        let status = Status::from_header_map(response.headers()).unwrap();
        assert_eq!((status.code(), status.message()), (Code::Unimplemented, wanted));
    }
    let request = Request::post("/x/y").header("content-type", "text/html").body(Body::empty()).unwrap();
    assert_eq!(bench.api.grpc().call(request).await.unwrap().status(), 415);
}

#[derive(Default)]
struct Log {
    refuse: bool,
    revoke: bool,
    answered: Mutex<Vec<(String, Code)>>,
}

#[tonic::async_trait]
impl Gate for Log {
    async fn admit(&self, call: Call<'_>) -> Result<Admission, Status> {
        if self.refuse {
            return Err(Status::unauthenticated("no session information"));
        }
        call.extensions.insert(call.metadata.get("authorization").map(|value| value.to_str().unwrap().to_owned()));
        let mut admission = Admission::default();
        admission.headers.insert("set-cookie", "a=b".parse().unwrap());
        if self.revoke {
            admission.until = Some(Box::pin(async { Status::unauthenticated("token is revoked, please re-login") }));
        }
        Ok(admission)
    }

    fn answered(&self, rpc: &'static Rpc, extensions: &Extensions, code: Code) {
        let who = extensions.get::<Option<String>>().cloned().flatten().unwrap_or_default();
        self.answered.lock().unwrap().push((format!("{} {who}", rpc.name), code));
    }
}

#[tokio::test]
async fn one_gate_stands_before_both() {
    let mut bench = bench();
    let log = Arc::new(Log::default());
    bench.api = bench.api.clone().behind(log.clone());
    bench.gateway = crate::Gateway::new(&bench.api);
    let response = bench.send("GET /api/version", &[("authorization", "Bearer t")], "").await;
    assert_eq!(response.headers()["set-cookie"], "a=b");
    bench.says("Version", Says::Fails(Code::Aborted, ""));
    let mut request = Message::new(Empty {});
    request.metadata_mut().insert("authorization", "Bearer u".parse().unwrap());
    VersionServiceClient::new(Client::new(bench.api.grpc(), MESSAGE_LIMIT)).version(request).await.unwrap_err();
    bench.says("PodLogs", Says::Stream(vec![], None, true));
    drop(bench.send("GET /api/v1/applications/a/logs", &[], "").await);
    let wanted = [("Version Bearer t", Code::Ok), ("Version Bearer u", Code::Aborted), ("PodLogs ", Code::Cancelled)];
    let answered = log.answered.lock().unwrap().clone();
    assert_eq!(answered.iter().map(|(what, code)| (what.as_str(), *code)).collect::<Vec<_>>(), wanted);
}

#[tokio::test]
async fn the_gate_refuses_and_revokes() {
    let mut bench = bench();
    bench.api = bench.api.clone().behind(Arc::new(Log { refuse: true, ..Log::default() }));
    bench.gateway = crate::Gateway::new(&bench.api);
    assert_eq!(bench.send("GET /api/version", &[], "").await.status(), 401);
    assert_eq!(bench.last().0, "", "no service was asked");
    bench.api = bench.api.clone().behind(Arc::new(Log { revoke: true, ..Log::default() }));
    bench.says("Watch", Says::Stream(vec![], None, true));
    let mut client = ApplicationServiceClient::new(Client::new(bench.api.grpc(), MESSAGE_LIMIT));
    let mut events = client.watch(ApplicationQuery::default()).await.unwrap().into_inner();
    let end = events.next().await.unwrap().unwrap_err();
    assert_eq!((end.code(), end.message()), (Code::Unauthenticated, "token is revoked, please re-login"));
}

/// A call as the command line makes it over gRPC-web: the response's headers and body.
async fn web(bench: &super::Bench, path: &str, message: &[u8]) -> (Response<()>, Bytes) {
    let mut frame = vec![0];
    frame.extend_from_slice(&u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend_from_slice(message);
    let request = Request::post(path).header("content-type", GRPC_WEB).header("token", "t");
    let request = request.body(Full::new(Bytes::from(frame))).unwrap();
    let (parts, body) = GrpcWeb::new(&bench.api).call(request).await.unwrap().into_parts();
    (Response::from_parts(parts, ()), body.collect().await.unwrap().to_bytes())
}

const GET: &str = "/application.ApplicationService/Get";

#[tokio::test]
async fn grpc_web_sends_frames_and_ends_with_trailers() {
    let bench = bench();
    bench.says("Get", Says::Json(json!({"metadata": {"name": "a"}})));
    let (response, body) = web(&bench, GET, b"\x0a\x01a").await;
    assert_eq!((response.status().as_u16(), response.headers()["content-type"].as_bytes()), (200, GRPC_WEB.as_bytes()));
    let length = u32::from_be_bytes(body[1..5].try_into().unwrap()) as usize;
    let application = Application::decode(&body[5..5 + length]).unwrap();
    assert_eq!((body[0], application.metadata.name.as_str()), (0, "a"));
    let end = &body[5 + length..];
    assert_eq!((end[0], &end[5..]), (0x80, &b"grpc-status: 0\r\n"[..]));
    assert_eq!(bench.last(), ("Get".to_owned(), json!({"name": "a"})));
}

#[tokio::test]
async fn grpc_web_tells_failures_in_headers() {
    let bench = bench();
    bench.says("Get", Says::Fails(Code::NotFound, "applications.argoproj.io \"a b\" not found: 100% ü"));
    let (response, body) = web(&bench, GET, b"\x0a\x01a").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["grpc-status"], "5");
    assert_eq!(response.headers()["grpc-message"], "applications.argoproj.io \"a b\" not found: 100%25 %C3%BC");
    assert!(body.is_empty());
    // An answer that cannot be encoded is known only when the body is made.
    bench.says("GetResource", Says::Json(json!({})));
    let resource = b"\x0a\x01a\x1a\x01r\x22\x02v1\x32\x03Pod";
    let (response, body) = web(&bench, "/application.ApplicationService/GetResource", resource).await;
    assert_eq!((response.headers()["grpc-status"].as_bytes(), body.len()), (&b"13"[..], 0));
}

#[tokio::test]
async fn grpc_web_ends_a_stream_without_messages() {
    let bench = bench();
    bench.says("PodLogs", Says::Stream(vec![], None, false));
    let (response, body) = web(&bench, "/application.ApplicationService/PodLogs", b"\x0a\x01a").await;
    assert_eq!(response.status(), 200);
    assert_eq!((body[0], &body[5..]), (0x80, &b"grpc-status: 0\r\n"[..]));
    bench.says("PodLogs", Says::Stream(vec![], Some((Code::NotFound, "no pod")), false));
    let (response, body) = web(&bench, "/application.ApplicationService/PodLogs", b"\x0a\x01a").await;
    assert_eq!((response.headers()["grpc-status"].as_bytes(), body.len()), (&b"5"[..], 0));
}

#[tokio::test]
async fn reflection_shows_the_definitions() {
    let api = bench().api;
    let api = Reflection::of(&api).join(api);
    let mut client = ServerReflectionClient::new(Client::new(api.grpc(), MESSAGE_LIMIT));
    let questions = [
        ServerReflectionRequest { list_services: Some(String::new()), ..Default::default() },
        ServerReflectionRequest {
            file_containing_symbol: Some("application.ApplicationService.List".into()),
            ..Default::default()
        },
        ServerReflectionRequest { file_by_filename: Some("version.proto".into()), ..Default::default() },
        ServerReflectionRequest { file_containing_symbol: Some("un.heard.Of".into()), ..Default::default() },
    ];
    let answers: Vec<_> =
        client.server_reflection_info(stream::iter(questions)).await.unwrap().into_inner().collect().await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    let services = answers[0].list_services_response.as_ref().unwrap();
    assert_eq!(services.service.len(), 15);
    let files = |at: usize| answers[at].file_descriptor_response.as_ref().unwrap().file_descriptor_proto.len();
    assert!(files(1) > 8, "the file and what it imports");
    assert!(files(2) > 3);
    assert_eq!(answers[3].error_response.as_ref().unwrap().error_code, 5);
}

#[tokio::test]
async fn health_follows_the_server() {
    let (serving, watched) = tokio::sync::watch::channel(true);
    let api = bench().api;
    let api = Health::of(&api, watched).join(api);
    let mut client = HealthClient::new(Client::new(api.grpc(), MESSAGE_LIMIT));
    let whole = HealthCheckRequest::default();
    assert_eq!(client.check(whole.clone()).await.unwrap().into_inner().status, 1);
    let mut states = client.watch(whole.clone()).await.unwrap().into_inner();
    assert_eq!(states.next().await.unwrap().unwrap().status, 1);
    serving.send(false).unwrap();
    assert_eq!(states.next().await.unwrap().unwrap().status, 2);
    assert_eq!(client.check(whole).await.unwrap().into_inner().status, 2);
    let unheard = HealthCheckRequest { service: "unheard.Of".into() };
    assert_eq!(client.check(unheard).await.unwrap_err().code(), Code::NotFound);
}
