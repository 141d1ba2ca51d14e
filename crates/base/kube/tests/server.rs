//! The client beside a real API server.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use bowline_base_clock::{Jitter, SystemClock};
use bowline_base_kube::{
    ApiResource, Auth, Class, Client, Config, DeleteOptions, Discovery, Error, Exec, Impersonate, ListOptions, Patch,
    Runtime, Tls, Validation, WriteOptions,
};
use bowline_base_task::Tasks;
use bowline_base_value::{Sensitive, Value, from_json};
use bowline_tests_kube::KubeServer;
use serde_json::json;

fn client(config: &Config) -> Result<Client, Error> {
    let runtime = Runtime { tasks: Tasks::new(), clock: Arc::new(SystemClock::new()), jitter: Jitter::new(1) };
    Client::new(config, &runtime)
}

fn config(server: &KubeServer) -> Config {
    Config::load(&[server.kubeconfig().into()], None).unwrap()
}

fn config_maps() -> ApiResource {
    ApiResource::new("", "v1", "ConfigMap", "configmaps", true)
}

fn config_map(name: &str, data: &str) -> Value {
    let text = format!(r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{name}"}},"data":{data}}}"#);
    from_json(text.as_bytes()).unwrap()
}

/// Who the server says we are, or why it says nothing.
async fn who(config: &Config) -> Result<String, String> {
    let review = [("apiVersion", Value::from("authentication.k8s.io/v1")), ("kind", "SelfSubjectReview".into())];
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let client = client(config).map_err(|e| e.to_string())?;
    let answer = client.write(hyper::Method::POST, path, "application/json", &review.into_iter().collect()).await;
    let answer = answer.map_err(|e| e.to_string())?.value;
    Ok(answer.str_at(&["status", "userInfo", "username"]).unwrap_or_default().to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_log_in_is_accepted() {
    let server = KubeServer::shared();
    let namespace = server.namespace("log-in");
    let base = config(server);
    let admin = who(&base).await.unwrap();
    assert!(!admin.is_empty() && !admin.contains("anonymous"), "{admin}");

    let account = format!("system:serviceaccount:{namespace}:default");
    let tokens = format!("/api/v1/namespaces/{namespace}/serviceaccounts/default/token");
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let token = loop {
        // The controller makes the account a moment after the namespace.
        let (status, answer) = server.request("POST", &tokens, Some(&request)).unwrap();
        if status == 201 {
            break answer["status"]["token"].as_str().unwrap().to_string();
        }
    };
    let bare = Tls { cert: None, key: None, ..base.tls.clone() };
    let with = |auth: Auth| Config { tls: bare.clone(), auth, ..base.clone() };
    let program = |printed: serde_json::Value| {
        let command = "sh".to_string();
        Auth::Exec(Exec { command, args: vec!["-c".into(), format!("printf %s '{printed}'")], ..Exec::default() })
    };
    assert_eq!(who(&with(Auth::Token(Sensitive::new(token.clone())))).await.unwrap(), account);
    assert_eq!(who(&with(program(json!({"status": {"token": token}})))).await.unwrap(), account);

    let [_, cert, key] = server.credentials().unwrap();
    let printed = json!({"status": {"clientCertificateData": cert, "clientKeyData": key}});
    assert_eq!(who(&with(program(printed))).await.unwrap(), admin);

    let impersonate = Impersonate { user: "jane".into(), ..Impersonate::default() };
    assert_eq!(who(&Config { impersonate, ..base.clone() }).await.unwrap(), "jane");
    let insecure = Tls { ca: None, insecure: true, ..base.tls.clone() };
    assert_eq!(who(&Config { tls: insecure, ..base.clone() }).await.unwrap(), admin);

    let refused = who(&with(Auth::Token(Sensitive::new("wrong".into())))).await.unwrap_err();
    assert_eq!(refused, "Unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_be_trusted_is_told_from_one_that_is_not_there() {
    let base = config(KubeServer::shared());
    for (tls, want) in [
        (Tls { ca: None, ..base.tls.clone() }, "TLS: invalid peer certificate: UnknownIssuer"),
        (Tls { server_name: Some("else.example".into()), ..base.tls.clone() }, "certificate not valid for name"),
        (
            Tls { ca: Some(b"nonsense".to_vec()), ..base.tls.clone() },
            "certificate authority: holds no certificate in PEM",
        ),
    ] {
        let error = who(&Config { tls, ..base.clone() }).await.unwrap_err();
        assert!(error.contains(want) && error.contains(&base.server), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_are_written_as_asked() {
    let server = KubeServer::shared();
    let namespace = server.namespace("written");
    let (client, maps) = (client(&config(server)).unwrap(), config_maps());
    let apply = |object: Value, options: WriteOptions| {
        let (client, maps, namespace) = (client.clone(), maps.clone(), namespace.clone());
        async move { client.patch(&maps, &namespace, "a", "", Patch::Apply(&object), &options).await }
    };
    let options = WriteOptions { field_manager: "one".into(), ..WriteOptions::default() };
    let dry = WriteOptions { dry_run: true, ..options.clone() };
    assert!(apply(config_map("a", r#"{"k":"1"}"#), dry).await.unwrap().created);
    assert!(client.find::<Value>(&maps, &namespace, "a").await.unwrap().is_none(), "a dry run makes nothing");
    let made = apply(config_map("a", r#"{"k":"1"}"#), options.clone()).await.unwrap();
    assert!(made.created);
    assert!(!apply(config_map("a", r#"{"k":"1"}"#), options.clone()).await.unwrap().created);

    let other = WriteOptions { field_manager: "two".into(), ..options.clone() };
    let conflict = apply(config_map("a", r#"{"k":"2"}"#), other.clone()).await.unwrap_err();
    assert_eq!(conflict.class(), Class::Conflict);
    let Error::Status(status) = &conflict else { panic!("{conflict}") };
    assert_eq!(status.details.as_ref().unwrap().causes[0].field, ".data.k");
    apply(config_map("a", r#"{"k":"2"}"#), WriteOptions { force: true, ..other }).await.unwrap();

    let unknown = from_json(br#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"},"datum":{}}"#).unwrap();
    let validated = |validation| WriteOptions { validation: Some(validation), ..WriteOptions::default() };
    let strict = client.create(&maps, &namespace, &unknown, &validated(Validation::Strict)).await.unwrap_err();
    assert!(strict.is(Class::Invalid) && strict.to_string().contains(r#"unknown field "datum""#), "{strict}");
    let warned = client.create(&maps, &namespace, &unknown, &validated(Validation::Warn)).await.unwrap();
    assert_eq!(warned.warnings, [r#"unknown field "datum""#]);

    let patch = from_json(br#"[{"op":"replace","path":"/data/k","value":"3"}]"#).unwrap();
    let patched =
        client.patch(&maps, &namespace, "a", "", Patch::Json(&patch), &WriteOptions::default()).await.unwrap();
    assert_eq!(patched.value.str_at(&["data", "k"]), Some("3"));
    let replaced =
        client.replace(&maps, &namespace, "a", &config_map("a", "{}"), &WriteOptions::default()).await.unwrap();
    assert_eq!(replaced.value.get("data"), None);

    let stranger = DeleteOptions { uid: Some("another".into()), ..DeleteOptions::default() };
    assert!(client.delete(&maps, &namespace, "a", &stranger).await.unwrap_err().is(Class::Conflict));
    let uid = made.value.str_at(&["metadata", "uid"]).map(String::from);
    client.delete(&maps, &namespace, "a", &DeleteOptions { uid, ..DeleteOptions::default() }).await.unwrap();
    let gone = client.delete(&maps, &namespace, "a", &DeleteOptions::default()).await.unwrap_err();
    assert!(gone.is(Class::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_pages_and_discovery_knows_what_is_served() {
    let server = KubeServer::shared();
    let namespace = server.namespace("pages");
    let (client, maps) = (client(&config(server)).unwrap(), config_maps());
    for name in ["a", "b", "c", "d", "e"] {
        client.create(&maps, &namespace, &config_map(name, "{}"), &WriteOptions::default()).await.unwrap();
    }
    let fields = "metadata.name!=kube-root-ca.crt".to_string();
    let options = ListOptions { limit: 2, fields, ..ListOptions::default() };
    let page = client.list(&maps, &namespace, &options).await.unwrap();
    assert_eq!((page.items.len(), page.next.is_empty()), (2, false));
    let all = client.list_all(&maps, &namespace, &options).await.unwrap();
    let names: Vec<_> = all.items.iter().filter_map(|item| item.str_at(&["metadata", "name"])).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
    assert!(all.items.iter().all(|item| item.str_at(&["kind"]) == Some("ConfigMap")));

    let discovery = Discovery::fetch(&client).await.unwrap();
    let deployments = discovery.plural("apps", "deployments").unwrap();
    assert_eq!((deployments.kind.as_ref(), deployments.namespaced), ("Deployment", true));
    assert!(deployments.can("watch") && discovery.preferred("autoscaling", "HorizontalPodAutoscaler").is_some());
    assert!(discovery.api_versions().contains(&"networking.k8s.io/v1/Ingress".to_string()));
    assert!(String::from_utf8_lossy(&client.get_raw("/version").await.unwrap()).contains("v1.36"));
}
