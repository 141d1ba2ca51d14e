use http::StatusCode;
use serde_json::{Value, json};

use super::{Says, bench, text};
use bowline_web_wire::tonic::Code;

/// Sends a request and tells which call it became.
async fn check(line: &str, body: &str, name: &str, request: Value) {
    let bench = bench();
    bench.says("PatchResource", Says::Json(json!({"manifest": ""})));
    let (status, answer) = text(bench.send(line, &[], body).await).await;
    assert_eq!(status, StatusCode::OK, "{line}: {answer}");
    assert_eq!(bench.last(), (name.to_owned(), request), "{line}");
}

#[tokio::test]
async fn a_query_fills_the_fields_of_a_request() {
    check("GET /api/v1/applications", "", "List", json!({})).await;
    check(
        "GET /api/v1/applications?projects=a&projects=b&selector=x%3Dy+z&unheard=1&refresh=hard&fields=items",
        "",
        "List",
        json!({"projects": ["a", "b"], "selector": "x=y z", "refresh": "hard"}),
    )
    .await;
    let nested = json!({"id": {"type": "name", "value": "in-cluster"}});
    check("GET /api/v1/clusters?id.type=name&id.value=in-cluster", "", "List", nested).await;
    check(
        "GET /api/v1/applications/a/pods/p/logs?tailLines=5&follow=true&sinceTime=2026-01-02T03:04:05Z",
        "",
        "PodLogs",
        json!({"name": "a", "podName": "p", "tailLines": 5, "follow": true, "sinceTime": "2026-01-02T03:04:05Z"}),
    )
    .await;
    check("GET /api/v1/applications/a/logs?podName=p", "", "PodLogs", json!({"name": "a", "podName": "p"})).await;
    check(
        "GET /api/v1/applications/a/manifests?sourcePositions=1&sourcePositions=2&revisions=x&revisions=y",
        "",
        "GetManifests",
        json!({"name": "a", "sourcePositions": [1, 2], "revisions": ["x", "y"]}),
    )
    .await;
}

#[tokio::test]
async fn a_path_fills_fields_and_wins_over_the_query() {
    check(
        "GET /api/v1/applications/app?name=other&appNamespace=n",
        "",
        "Get",
        json!({"name": "app", "appNamespace": "n"}),
    )
    .await;
    let can = json!({"resource": "applications", "action": "get", "subresource": "a/b/c"});
    check("GET /api/v1/account/can-i/applications/get/a/b/c", "", "CanI", can).await;
    let can = json!({"resource": "clusters", "action": "get"});
    check("GET /api/v1/account/can-i/clusters/get", "", "CanI", can).await;
    let token = json!({"project": "p", "role": "r", "iat": 7, "id": "i"});
    check("DELETE /api/v1/projects/p/roles/r/token/7?id=i", "", "DeleteToken", token).await;
}

#[tokio::test]
async fn a_slash_that_is_escaped_belongs_to_the_value() {
    let url = "https%3A%2F%2Fgit.example%2Fa%20b%2Bc";
    let repo = json!({"repo": "https://git.example/a b+c"});
    check(&format!("GET /api/v1/repositories/{url}"), "", "Get", repo.clone()).await;
    check(&format!("GET /api/v1/write-repositories/{url}"), "", "GetWrite", repo.clone()).await;
    check(&format!("GET /api/v1/repositories/{url}/refs"), "", "ListRefs", repo).await;
    let id = json!({"id": {"type": "url", "value": "https://10.0.0.1:6443"}});
    check("GET /api/v1/clusters/https%3A%2F%2F10.0.0.1%3A6443?id.type=url", "", "Get", id).await;
    let creds = json!({"creds": {"url": "https://git.example", "username": "u"}});
    let line = "PUT /api/v1/repocreds/https%3A%2F%2Fgit.example";
    check(line, r#"{"username":"u"}"#, "UpdateRepositoryCredentials", creds).await;
    // A colon at the end is nothing special.
    check("GET /api/v1/projects/a:b", "", "Get", json!({"name": "a:b"})).await;
}

#[tokio::test]
async fn a_body_is_the_request_or_one_field_of_it() {
    let body = r#"{"revision":"main","dryRun":true,"syncOptions":{"items":["A=b"]},"name":"other"}"#;
    let sync = json!({"name": "app", "revision": "main", "dryRun": true, "syncOptions": {"items": ["A=b"]}});
    check("POST /api/v1/applications/app/sync?prune=true", body, "Sync", sync).await;

    let body = r#"{"metadata":{"name":"x"},"Spec":{"project":"p","destination":{}},"unheard":1}"#;
    let bench_ = bench();
    let (status, _) = text(bench_.send("PUT /api/v1/applications/app?validate=false&project=q", &[], body).await).await;
    assert_eq!(status, StatusCode::OK);
    let (name, request) = bench_.last();
    assert_eq!(name, "Update");
    assert_eq!((&request["validate"], &request["project"]), (&json!(false), &json!("q")));
    assert_eq!(request["application"]["metadata"]["name"], "app", "the path names the application");
    assert_eq!(request["application"]["spec"]["project"], "p");

    let cluster = json!({"cluster": {"server": "s"}, "updatedFields": ["name"], "id": {"type": "name", "value": "c"}});
    let bench_ = bench();
    bench_.send("PUT /api/v1/clusters/c?id.type=name&updatedFields=name", &[], r#"{"server":"s"}"#).await;
    let (_, mut request) = bench_.last();
    request["cluster"] = json!({"server": request["cluster"]["server"]});
    assert_eq!(request, cluster);
    // No body is an empty one.
    check("POST /api/v1/session", "", "Create", json!({})).await;
}

#[tokio::test]
async fn a_body_may_be_a_bare_text() {
    let patch = json!({
        "name": "a", "resourceName": "r", "version": "v1", "kind": "Pod", "patchType": "t", "patch": "{\"a\":\"<\"}",
    });
    let line = "POST /api/v1/applications/a/resource?resourceName=r&version=v1&kind=Pod&patchType=t";
    check(line, r#""{\"a\":\"\u003c\"}""#, "PatchResource", patch).await;
    let run = json!({"name": "a", "resourceName": "r", "version": "v1", "kind": "Pod", "action": "restart"});
    let line = "POST /api/v1/applications/a/resource/actions?resourceName=r&version=v1&kind=Pod";
    check(line, r#""restart""#, "RunResourceAction", run).await;
    let access = json!({"repo": "https://git.example/a", "username": "u"});
    let line = "POST /api/v1/repositories/https%3A%2F%2Fgit.example%2Fa/validate?username=u";
    check(line, r#""https://git.example/a""#, "ValidateAccess", access).await;
}

#[tokio::test]
async fn several_messages_are_objects_one_after_the_other() {
    let body = "{\"query\":{\"name\":\"a\",\"checksum\":\"c\"}}\n{\"chunk\":{\"chunk\":\"AAE=\"}}";
    let messages = json!([{"query": {"name": "a", "checksum": "c"}}, {"chunk": {"chunk": "AAE="}}]);
    check("POST /api/v1/applications/manifestsWithFiles", body, "GetManifestsWithFiles", messages).await;
}

/// Sends a request that is refused before any service sees it.
async fn refused(line: &str, headers: &[(&str, &str)], body: &str, status: u16, wanted: &str) {
    let bench = bench();
    let (found, answer) = text(bench.send(line, headers, body).await).await;
    assert_eq!((found.as_u16(), answer.as_str()), (status, wanted), "{line}");
    assert_eq!(bench.last().0, "", "{line}: no service was asked");
}

#[tokio::test]
async fn what_is_refused_unseen() {
    refused("GET /api/v1/unheard", &[], "", 404, "Not Found\n").await;
    refused("GET /api/v1/applications/a/b/c/d", &[], "", 404, "Not Found\n").await;
    refused("GET /api/v1/applications/%zz", &[], "", 404, "Not Found\n").await;
    refused("DELETE /api/v1/applications", &[], "", 405, "Method Not Allowed\n").await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    refused("POST /api/v1/applications", &form, "a=b", 415, "Invalid content type\n").await;
    refused("DELETE /api/v1/applications/a", &[("content-type", "")], "", 415, "Invalid content type\n").await;
    refused(
        "POST /api/v1/applications/a/sync",
        &[],
        r#"{"dryRun":"yes"}"#,
        400,
        r#"{"error":"json: cannot unmarshal string into Go struct field ApplicationSyncRequest.dryRun of type bool","code":3,"message":"json: cannot unmarshal string into Go struct field ApplicationSyncRequest.dryRun of type bool"}"#,
    )
    .await;
    let rubbish = r#"{"error":"invalid character 'x' after top-level value","code":3,"message":"invalid character 'x' after top-level value"}"#;
    refused("POST /api/v1/session", &[], "{} x", 400, rubbish).await;
    let number = r#"{"error":"strconv.ParseInt: parsing \"x\": invalid syntax","code":3,"message":"strconv.ParseInt: parsing \"x\": invalid syntax"}"#;
    refused("GET /api/v1/applications/a/revisions/r/metadata?sourceIndex=x", &[], "", 400, number).await;
    let missing = r#"{"error":"grpc: error while marshaling: proto: required field \"patch\" not set","code":13,"message":"grpc: error while marshaling: proto: required field \"patch\" not set"}"#;
    refused("PATCH /api/v1/applications/a", &[], r#"{"patchType":"merge"}"#, 500, missing).await;
    let stream = r#"{"error":{"grpc_code":3,"http_code":400,"message":"strconv.ParseBool: parsing \"x\": invalid syntax","http_status":"Bad Request"}}"#;
    refused("GET /api/v1/applications/a/logs?follow=x", &[], "", 400, stream).await;
}

#[tokio::test]
async fn a_body_has_its_limit() {
    let bench = bench();
    let gateway = crate::Gateway::new(&bench.api.clone().limited(20));
    let request = http::Request::post("/api/v1/session").header("content-type", "application/json");
    let request = request.body(axum::body::Body::from("{\"username\":\"aaaaaaaaaaaaaaaaaaaaaaa\"}")).unwrap();
    let response = tower_service::Service::call(&mut gateway.clone(), request).await.unwrap();
    assert_eq!(text(response).await.0, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn what_came_wrong_with_argo_cd_goes_right() {
    let json = [("content-type", "application/json; charset=utf-8")];
    let bench = bench();
    assert_eq!(bench.send("POST /api/v1/session", &json, "{}").await.status(), StatusCode::OK);
    let head = text(bench.send("HEAD /api/v1/applications/a", &[("content-type", "")], "").await).await;
    assert_eq!(head, (StatusCode::OK, String::new()));
    assert_eq!(bench.last().0, "Get");
}

#[tokio::test]
async fn answers_are_go_s_json() {
    let bench = bench();
    bench.says("List", Says::Json(json!({"items": []})));
    let (status, body) = text(bench.send("GET /api/v1/applications", &[], "").await).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, r#"{"metadata":{},"items":null}"#));
    bench.says("GetResource", Says::Json(json!({"manifest": "<a&b>"})));
    let line = "GET /api/v1/applications/a/resource?resourceName=r&version=v1&kind=Pod";
    let (_, body) = text(bench.send(line, &[], "").await).await;
    assert_eq!(body, r#"{"manifest":"\u003ca\u0026b\u003e"}"#);
    let response = bench.send("GET /api/v1/session/userinfo", &[], "").await;
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["grpc-metadata-content-type"], "application/grpc");
    assert_eq!(text(response).await.1, "{}");
}

#[tokio::test]
async fn failures_have_their_status() {
    for (code, status) in [
        (Code::PermissionDenied, 403),
        (Code::FailedPrecondition, 400),
        (Code::Aborted, 409),
        (Code::Unauthenticated, 401),
        (Code::Unknown, 500),
    ] {
        let bench = bench();
        bench.says("Get", Says::Fails(code, "no <way>"));
        let (found, body) = text(bench.send("GET /api/v1/projects/p", &[], "").await).await;
        let number = i32::from(code);
        assert_eq!(found.as_u16(), status);
        assert_eq!(body, format!(r#"{{"error":"no \u003cway\u003e","code":{number},"message":"no \u003cway\u003e"}}"#));
    }
    let bench = bench();
    bench.says("Get", Says::Panics);
    let (status, body) = text(bench.send("GET /api/v1/projects/p", &[], "").await).await;
    assert_eq!(
        (status.as_u16(), body.contains("a fault in Get")),
        (500, false),
        "what a panic says is for the log alone"
    );
}

#[tokio::test]
async fn headers_of_an_answer() {
    let bench = bench();
    bench.says("Create", Says::Cookie("argocd.token=t; path=/; SameSite=lax; httpOnly"));
    let response = bench.send("POST /api/v1/session", &[], "{}").await;
    assert_eq!(response.headers()["set-cookie"], "argocd.token=t; path=/; SameSite=lax; httpOnly");
    assert_eq!(response.headers()["grpc-metadata-renewed"], "yes");
}

#[tokio::test]
async fn a_client_gets_the_fields_it_wants() {
    let bench = bench();
    let app = |name: &str| json!({"metadata": {"name": name, "labels": {"a": "b"}}, "spec": {"project": "p"}});
    bench.says("List", Says::Json(json!({"metadata": {"resourceVersion": "7"}, "items": [app("a"), app("b")]})));
    let (_, body) = text(bench.send("GET /api/v1/applications?fields=items.metadata.name", &[], "").await).await;
    let wanted =
        r#"{"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}],"metadata":{"resourceVersion":"7"}}"#;
    assert_eq!(body, wanted);
    let (_, body) =
        text(bench.send("GET /api/v1/projects?fields=-items.metadata,metadata,items.status", &[], "").await).await;
    assert_eq!(body, r#"{"items":[{"spec":{}},{"spec":{}}]}"#);
}

#[tokio::test]
async fn large_answers_are_compressed_for_who_asks() {
    use std::io::Read;
    let bench = bench();
    let long = "x".repeat(5000);
    bench.says("Version", Says::Json(json!({"ExtraBuildInfo": long})));
    let gzip = [("accept-encoding", "deflate, gzip;q=0.5")];
    let response = bench.send("GET /api/version", &gzip, "").await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let bytes = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    let mut plain = String::new();
    flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut plain).unwrap();
    assert_eq!(plain, format!(r#"{{"ExtraBuildInfo":"{long}"}}"#));
    for headers in [&[][..], &[("accept-encoding", "gzip;q=0")], &[("accept-encoding", "br")]] {
        let response = bench.send("GET /api/version", headers, "").await;
        assert!(!response.headers().contains_key("content-encoding"));
    }
}
