//! Extensions whose backend a stand-in is.

use bowline_core_crd::AppProject;
use tokio::net::TcpListener;

use super::*;

/// A backend that answers with what it was asked; `/slow` in two pieces.
async fn backend() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tasks = Tasks::new();
    tasks.clone().spawn("backend", async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tasks.spawn("request", async move {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    request.push(stream.read_u8().await.unwrap());
                }
                let text = String::from_utf8(request).unwrap().to_lowercase();
                let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
                let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
                stream.read_exact(&mut body).await.unwrap();
                let told = format!("{text}{}", String::from_utf8(body).unwrap());
                let answer = format!("HTTP/1.1 418 I'm a teapot\r\nX-Backend: yes\r\nConnection: x-hop, close\r\nX-Hop: 1\r\nContent-Length: {}\r\n\r\n{told}", told.len());
                stream.write_all(answer.as_bytes()).await.unwrap();
            });
        }
    });
    format!("http://{address}")
}

fn settle(lab: &Lab, policy: &str, extension: &str) {
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    lab.world.put_config_map("argocd-rbac-cm", Some(map(&[("policy.default", "role:all"), ("policy.csv", policy)])));
    lab.world.put_config_map(
        "argocd-cm",
        Some(map(&[("users.anonymous.enabled", "true"), ("extension.config", extension)])),
    );
    lab.world.put_config_map("argocd-cmd-params-cm", Some(map(&[("server.enable.proxy.extension", "true")])));
}

fn desk() -> Lab {
    let lab = with_auth(false, false);
    let mut project = AppProject::default();
    project.metadata.name = "default".into();
    project.metadata.namespace = "argocd".into();
    let destination = serde_json::json!([{"server": "*", "namespace": "*"}]);
    project.spec.destinations = serde_json::from_value(destination).unwrap();
    lab.world.put_project(project);
    put(&lab, "cart", 1, "Healthy");
    lab
}

const MAY: &str = "p, role:all, applications, get, */*, allow\np, role:all, extensions, invoke, metrics, allow";
const APP: (&str, &str) = ("argocd-application-name", "argocd:cart");
const PROJECT: (&str, &str) = ("argocd-project-name", "default");

#[tokio::test]
async fn a_request_is_handed_on_with_what_the_server_knows() {
    let (lab, url) = (desk(), backend().await);
    let data: Value = [("metrics.token", Value::from("s3cret"))].into_iter().collect();
    let secret: Value =
        [("apiVersion", Value::from("v1")), ("kind", "Secret".into()), ("stringData", data)].into_iter().collect();
    lab.world.put_server_secret(Some(&Object::new(secret).unwrap())).unwrap();
    let config = format!(
        "extensions:\n- name: metrics\n  backend:\n    services:\n    - url: {url}\n      headers:\n      - {{name: Authorization, value: $metrics.token}}\n"
    );
    settle(&lab, MAY, &config);
    let lies = [("argocd-username", "root"), ("argocd-user-groups", "admins"), ("token", "hidden")];
    let headers = [&[APP, PROJECT, JSON, ("x-mine", "kept"), ("cookie", "a=b")][..], &lies].concat();
    let (status, told, answer) = lab.send("POST /extensions/metrics/api/v1//q?a=%2F", &headers, "{\"b\":1}").await;
    assert_eq!(status, 418, "{told}");
    assert!(told.starts_with("post /api/v1//q?a=%2f http/1.1\r\n") && told.ends_with("{\"b\":1}"), "{told}");
    for part in [
        "x-mine: kept",
        "authorization: s3cret",
        "content-type: application/json",
        "argocd-namespace: argocd",
        "argocd-target-cluster-name: in-cluster",
        "argocd-target-cluster-url: https://kubernetes.default.svc",
        "argocd-application-name: argocd:cart",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    for part in ["root", "admins", "hidden", "cookie"] {
        assert!(!told.contains(part), "{part} is in {told}");
    }
    assert_eq!((answer["x-backend"].to_str().unwrap(), answer.get("x-hop")), ("yes", None));
}

#[tokio::test]
async fn an_extension_is_for_who_may_invoke_it() {
    let (lab, url) = (desk(), backend().await);
    let config = format!(
        "extensions:\n- name: metrics\n  backend:\n    services: [{{url: {url}}}]\n- name: other\n  backend:\n    services: [{{url: 'http://127.0.0.1:1'}}]\n"
    );
    settle(&lab, MAY, &config);
    let ask = async |what: &str, headers: &[(&str, &str)]| lab.send(what, headers, "").await;
    let denied = (401, "Unauthorized extension request\n".to_string());
    let get = async |path: &str, headers: &[(&str, &str)]| {
        let (status, text, _) = ask(&format!("GET {path}"), headers).await;
        (status, text)
    };
    assert_eq!(get("/extensions/metrics/x", &[APP, PROJECT]).await.0, 418);
    assert_eq!(get("/extensions/other/x", &[APP, PROJECT]).await, denied, "he may invoke metrics alone");
    assert_eq!(get("/extensions/none/x", &[APP, PROJECT]).await, denied);
    assert_eq!(get("/extensions/metrics/x", &[("argocd-application-name", "argocd:none"), PROJECT]).await, denied);
    assert_eq!(get("/extensions/metrics/x", &[APP, ("argocd-project-name", "other")]).await, denied);
    assert_eq!(get("/extensions/metrics/x", &[APP]).await.0, 400);
    assert_eq!(get("/extensions/metrics/x", &[("argocd-application-name", "cart"), PROJECT]).await.0, 400);
    assert_eq!(get("/extensions/", &[APP, PROJECT]).await.0, 400);
    assert_eq!(get("/extensions/metrics/x", &[APP, PROJECT, ("upgrade", "websocket")]).await.0, 501);
    let foreign = [APP, PROJECT, JSON, ("cookie", "argocd.token=a.b.c"), ("sec-fetch-site", "cross-site")];
    assert_eq!(ask("POST /extensions/metrics/x", &foreign).await.0, 403);

    settle(&lab, "p, role:all, applications, get, */*, allow\np, role:all, extensions, invoke, *, allow", &config);
    assert_eq!(get("/extensions/none/x", &[APP, PROJECT]).await, (404, "Extension not found\n".to_string()));
    let (status, text) = get("/extensions/other/x", &[APP, PROJECT]).await;
    assert_eq!((status, text.as_str()), (502, "the extension's backend cannot be reached\n"));
    settle(&lab, "p, role:all, extensions, invoke, *, allow", &config);
    assert_eq!(get("/extensions/metrics/x", &[APP, PROJECT]).await, denied, "he may not see the application");
    settle(&lab, MAY, "extensions: [{name: a/b, backend: {services: []}}]");
    assert_eq!(get("/extensions/metrics/x", &[APP, PROJECT]).await.0, 500);
    lab.world.put_config_map("argocd-cmd-params-cm", None);
    assert_eq!(get("/extensions/metrics/x", &[APP, PROJECT]).await.0, 404, "they are off");
}

#[tokio::test]
async fn each_cluster_may_have_a_backend_of_its_own() {
    let (lab, here) = (desk(), backend().await);
    let config = format!(
        "services:\n- {{url: 'http://127.0.0.1:1', cluster: {{name: mars}}}}\n- {{url: '{here}', cluster: {{server: 'https://kubernetes.default.svc'}}}}\n"
    );
    settle(&lab, MAY, "extensions: []");
    let map = [("users.anonymous.enabled", "true"), ("extension.config.metrics", config.as_str())];
    let map = map.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    lab.world.put_config_map("argocd-cm", Some(map));
    assert_eq!(lab.send("GET /extensions/metrics/x", &[APP, PROJECT], "").await.0, 418);
}
