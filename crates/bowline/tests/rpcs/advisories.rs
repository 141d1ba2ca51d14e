//! The classes of faults that Argo CD's advisories tell of, as far as they touch the API: each tried here, on a whole server.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

use crate::call::{Way, send};
use crate::tour::{World, log_in};

const SECRET: &str = "hidden-value";

#[test]
fn no_class_of_advisories_is_met_here() {
    let world = World::new("advisories");
    settings_without_a_login(&world);
    forged_tokens(&world);
    forged_tokens_where_anybody_may_come(&world);
    requests_of_foreign_pages(&world);
    secrets_in_answers(&world);
    links_that_run_something(&world);
    stale_privilege(&world);
    odd_bodies(&world);
    odd_webhooks(&world);
    the_server_s_own_network(&world);
    guessing_passwords(&world);
    let log = world.lab.log();
    assert!(!log.contains(SECRET) && !log.contains(&STANDARD.encode(SECRET)), "no secret is in the log");
    assert!(!log.contains("panicked"), "nothing panicked: {log}");
}

/// CVE-2024-37152, CVE-2024-36106: what the settings tell somebody who has not logged in.
fn settings_without_a_login(world: &World) {
    let mut nobody = world.tour(Way::Rest, "");
    let told = nobody.good("cluster.SettingsService/Get", json!({}), json!({}));
    for key in ["controllerNamespace", "resourceOverrides", "passwordPattern", "uiBannerContent"] {
        assert!(told.get(key).is_none(), "{key}: {told}");
    }
    let version = nobody.good("version.VersionService/Version", json!({}), json!({}));
    assert_eq!(version.as_object().map(serde_json::Map::len), Some(1), "{version}");
}

/// A token with this header and these claims and a signature that nobody made.
fn forged(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(header), part(claims), URL_SAFE_NO_PAD.encode("signature"))
}

fn forgeries() -> Vec<String> {
    let claims =
        json!({"iss": "argocd", "sub": "admin:login", "iat": 1_790_000_000, "nbf": 1, "jti": "x", "groups": ["admin"]});
    let sso = json!({"iss": "https://evil.example", "sub": "admin", "aud": "argo-cd", "groups": ["role:admin"]});
    let mut tokens: Vec<String> = ["none", "None", "HS256", "RS256", ""]
        .iter()
        .map(|alg| forged(&json!({"alg": alg, "typ": "JWT"}), &claims))
        .collect();
    tokens
        .push(forged(&json!({"alg": "RS256", "jwk": {"kty": "oct", "k": "eA"}, "jku": "https://evil.example"}), &sso));
    tokens.extend(["..".to_string(), "a.b.c".to_string(), "e30.e30.".to_string()]);
    // Without a signature at all.
    tokens.push(tokens[0].rsplit_once('.').map(|(signed, _)| format!("{signed}.")).expect("because a token has dots"));
    tokens
}

/// CVE-2020-8826, CVE-2021-26921, CVE-2023-22482: tokens that nobody issued, or somebody else.
fn forged_tokens(world: &World) {
    for token in forgeries() {
        for way in Way::ALL {
            world.tour(way, &token).bad("application.ApplicationService/List", json!({}), 16, "");
        }
        let told = world.tour(Way::Rest, &token).good("session.SessionService/GetUserInfo", json!({}), json!({}));
        assert!(told.get("loggedIn").is_none() && told.get("groups").is_none(), "{token}: {told}");
    }
}

/// CVE-2022-29165: where anonymous access is on, a forged token is worth nothing.
fn forged_tokens_where_anybody_may_come(world: &World) {
    let set = |value: Value| {
        let patch = json!({"data": {"users.anonymous.enabled": value}}).to_string();
        world.lab.kubectl(&["-n", &world.lab.control, "patch", "configmap", "argocd-cm", "--type=merge", "-p", &patch]);
    };
    set(json!("true"));
    let until = Instant::now() + Duration::from_secs(30);
    while world.tour(Way::Rest, "").ask("project.ProjectService/List", &json!({})).code != 0 {
        assert!(Instant::now() < until, "nobody is let in");
        std::thread::sleep(Duration::from_millis(50));
    }
    for token in forgeries() {
        let mut tour = world.tour(Way::Grpc, &token);
        tour.bad(
            "project.ProjectService/Get",
            json!({"name": "default"}),
            7,
            "permission denied: projects, get, default",
        );
        tour.bad("account.AccountService/GetAccount", json!({"name": "admin"}), 7, "");
    }
    set(Value::Null);
    while world.tour(Way::Rest, "").ask("project.ProjectService/List", &json!({})).code == 0 {
        assert!(Instant::now() < until, "nobody is still let in");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// CVE-2024-22424: a form on a foreign page sends no JSON, and cookies do not travel with it.
fn requests_of_foreign_pages(world: &World) {
    let cookie = format!("argocd.token={}", world.admin);
    let body = r#"{"project":{"metadata":{"name":"foreign"}}}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let headers = [("Content-Type", kind), ("Cookie", cookie.as_str())];
        let (status, text) = world.lab.request("POST", "/api/v1/projects", &headers, body);
        assert_eq!((status, text.trim()), (415, "Invalid content type"), "{kind}");
    }
    let cookies = login_cookies(world);
    assert!(cookies.contains("SameSite=lax") && cookies.to_lowercase().contains("httponly"), "{cookies}");
    assert!(cookies.contains("path=/;"), "{cookies}");
    // They follow the settings while the server runs.
    let patch = json!({"data": {"server.basehref": "/ui"}}).to_string();
    let lab = &world.lab;
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cmd-params-cm", "--type=merge", "-p", &patch]);
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let alice = json!({"username": "alice", "password": "alice-password"});
        let answer = world.tour(Way::Rest, "").ask("session.SessionService/Create", &alice);
        let cookie = answer.headers.get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if cookie.contains("path=/ui") {
            break;
        }
        assert!(Instant::now() < until, "{cookie}");
    }
}

fn login_cookies(world: &World) -> String {
    let mut tour = world.tour(Way::Rest, &world.admin);
    let change = json!({"name": "alice", "currentPassword": crate::tour::initial_password(&world.lab), "newPassword": "alice-password"});
    tour.good("account.AccountService/UpdatePassword", change, json!({}));
    let answer = tour.ask("session.SessionService/Create", &json!({"username": "alice", "password": "alice-password"}));
    let cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap_or_default());
    cookies.collect::<Vec<_>>().join("\n")
}

/// CVE-2023-40029, CVE-2025-23216, CVE-2025-55190, CVE-2026-42880 and those after it: no way leads to what a Secret holds.
fn secrets_in_answers(world: &World) {
    let (lab, mut admin) = (&world.lab, world.tour(Way::Rest, &world.admin));
    let manifest = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: token\n  annotations: {{link.argocd.argoproj.io/x: 'javascript:alert(1)'}}\nstringData:\n  key: {SECRET}\n"
    );
    lab.repo.commit(&[("secret/secret.yaml", Some(&manifest))]);
    let source = json!({"repoURL": lab.repo.url(), "path": "secret", "targetRevision": "main"});
    let destination = json!({"server": "https://kubernetes.default.svc", "namespace": lab.target});
    let spec = json!({"project": "default", "source": source, "destination": destination});
    let app = json!({"application": {"metadata": {"name": "secret"}, "spec": spec}, "validate": true});
    let service = "application.ApplicationService";
    admin.good(&format!("{service}/Create"), app, json!({}));
    admin.good(&format!("{service}/Sync"), json!({"name": "secret"}), json!({}));
    lab.wait("secret", "synced", |app| app["status"]["operationState"]["phase"] == "Succeeded");
    // `kubectl apply` would leave it in an annotation.
    let last = json!({"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": format!("{{\"stringData\":{{\"key\":\"{SECRET}\"}}}}")}}});
    lab.kubectl(&["patch", "secret", "token", "--type=merge", "-p", &last.to_string()]);
    let object = |kind: &str| json!({"name": "secret", "namespace": lab.target, "resourceName": "token", "version": "v1", "group": "", "kind": kind});
    let mut patch = object("Secret");
    patch["patch"] = json!(format!("{{\"data\":{{\"key\":\"{SECRET} is no base64\"}}}}"));
    patch["patchType"] = json!("application/merge-patch+json");
    let live =
        |kind: &str| json!({"group": "", "kind": kind, "namespace": lab.target, "name": "token", "liveState": "{}"});
    let wanted = |data: Value| {
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "token", "namespace": lab.target}, "data": data}).to_string()
    };
    let diff = |kind: &str, data: Value| json!({"appName": "secret", "liveResources": [live(kind)], "targetManifests": [wanted(data)]});
    for way in [Way::Grpc, Way::Web] {
        let mut tour = world.tour(way, &world.admin);
        for (rpc, request) in [
            ("ManagedResources", json!({"applicationName": "secret"})),
            ("ResourceTree", json!({"applicationName": "secret"})),
            ("GetManifests", json!({"name": "secret", "revision": "main"})),
            ("Get", json!({"name": "secret"})),
            ("GetResource", object("Secret")),
            ("PatchResource", patch.clone()),
            ("ListResourceLinks", object("Secret")),
            ("ListResourceActions", object("Secret")),
            ("ServerSideDiff", diff("Secret", json!({}))),
            // The kind is what the cluster says, not what the caller says.
            ("ServerSideDiff", diff("ConfigMap", json!({}))),
            ("ServerSideDiff", diff("ConfigMap", json!({"other": "eA=="}))),
        ] {
            let answer = tour.ask(&format!("{service}/{rpc}"), &request);
            let text = format!("{} {}", answer.message, answer.json);
            assert!(
                !text.contains(SECRET) && !text.contains(&STANDARD.encode(SECRET)),
                "{rpc} over {}: {text}",
                way.name()
            );
        }
    }
    // Credentials of repositories and clusters, through the project too.
    for (name, kind, data) in [
        (
            "r",
            "repository",
            json!({"url": "https://git.example/x", "project": "default", "username": "u", "password": SECRET, "sshPrivateKey": SECRET, "bearerToken": SECRET}),
        ),
        (
            "c",
            "cluster",
            json!({"server": "https://c.example", "name": "c", "project": "default", "config": format!("{{\"bearerToken\":\"{SECRET}\",\"password\":\"{SECRET}\"}}")}),
        ),
    ] {
        let metadata = json!({"name": name, "labels": {"argocd.argoproj.io/secret-type": kind}});
        lab.apply_control(&json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}));
    }
    let until = Instant::now() + Duration::from_secs(30);
    while !admin
        .ask("project.ProjectService/GetDetailedProject", &json!({"name": "default"}))
        .json
        .to_string()
        .contains("c.example")
    {
        assert!(Instant::now() < until, "the cluster is not known");
        std::thread::sleep(Duration::from_millis(50));
    }
    for (rpc, request) in [
        ("project.ProjectService/GetDetailedProject", json!({"name": "default"})),
        ("repository.RepositoryService/ListRepositories", json!({})),
        ("repository.RepositoryService/Get", json!({"repo": "https://git.example/x"})),
        ("cluster.ClusterService/List", json!({})),
        ("cluster.ClusterService/Get", json!({"id": {"type": "name", "value": "c"}})),
    ] {
        let answer = admin.ask(rpc, &request);
        assert!(
            answer.code == 0 && !answer.json.to_string().contains(SECRET),
            "{rpc}: {} {}",
            answer.message,
            answer.json
        );
    }
}

/// CVE-2022-31035, CVE-2023-25163, CVE-2024-28175, CVE-2025-47933, CVE-2026-45738: addresses that would run something in a browser.
fn links_that_run_something(world: &World) {
    let setting = "- {url: \"javascript:alert('{{.app.metadata.name}}')\", title: a}\n- {url: 'https://good', title: b}\n- {url: '{{index .app.metadata.annotations \"x\"}}', title: c}\n";
    let patch = json!({"data": {"application.links": setting}}).to_string();
    let (lab, mut admin) = (&world.lab, world.tour(Way::Rest, &world.admin));
    lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--type=merge", "-p", &patch]);
    lab.kubectl(&["-n", &lab.control, "annotate", "application", "secret", "x=JavaScript:alert(1)"]);
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let links = admin.good("application.ApplicationService/ListLinks", json!({"name": "secret"}), json!({}));
        assert!(!links.to_string().to_lowercase().contains("javascript"), "{links}");
        if links["items"] == json!([{"title": "b", "url": "https://good"}]) {
            break;
        }
        assert!(Instant::now() < until, "{links}");
        std::thread::sleep(Duration::from_millis(50));
    }
    let tree =
        admin.good("application.ApplicationService/ResourceTree", json!({"applicationName": "secret"}), json!({}));
    assert!(!tree.to_string().to_lowercase().contains("javascript"), "{tree}");
}

/// CVE-2023-40025, CVE-2024-41666: a stream ends with the token that opened it.
fn stale_privilege(world: &World) {
    let mut admin = world.tour(Way::Rest, &world.admin);
    let made = admin.good(
        "account.AccountService/CreateToken",
        json!({"name": "alice", "id": "stream"}),
        json!({"token": "*"}),
    );
    let token = made["token"].as_str().expect("because a token was made").to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("because it can");
    runtime.block_on(async {
        let request = hyper::Request::builder().uri("/api/v1/stream/applications").header("host", "h");
        let request = request.header("authorization", format!("Bearer {token}")).body(Full::new(Bytes::new()));
        let opening = send(world.lab.api(), false, request.expect("because it is well-formed"));
        let revoke = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let id = json!({"name": "alice", "id": "stream"});
            let (server, token) = (world.lab.api(), world.admin.clone());
            let revoke = move || {
                let (rpc, codec) = crate::tour::rpcs()
                    .into_iter()
                    .find(|(rpc, _)| rpc.path == "/account.AccountService/DeleteToken")
                    .expect("because there is one");
                Way::Rest.call(server, rpc, codec, &token, &id)
            };
            tokio::task::spawn_blocking(revoke).await.expect("because the call is made")
        };
        let (response, revoked) = tokio::join!(opening, revoke);
        assert_eq!(revoked.code, 0, "{}", revoked.message);
        let rest = tokio::time::timeout(Duration::from_secs(20), response.into_body().collect()).await;
        let rest = rest.expect("because the stream ends").expect("because it ends well").to_bytes();
        let text = String::from_utf8_lossy(&rest);
        assert!(text.contains(r#""grpc_code":16"#), "{text}");
    });
}

/// CVE-2022-31016, CVE-2023-40584: bodies that would exhaust whoever reads them.
fn odd_bodies(world: &World) {
    let bearer = format!("Bearer {}", world.admin);
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    let deep = format!(r#"{{"project":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let wide = format!(r#"{{"project":{{"metadata":{{"name":{}"x"{}}}}}}}"#, "[".repeat(500), "]".repeat(500));
    for body in [deep.as_str(), &wide, "", "null", "[]", "1", "\"x\"", "{\"project\":1}", "{", "{} x", "\u{0}"] {
        let (status, text) = world.lab.request("POST", "/api/v1/projects", &headers, body);
        assert!((400..500).contains(&status), "{status} {text}: {}", &body[..body.len().min(60)]);
    }
    // Frames that lie about their length, or are no messages.
    let mut frames: Vec<Vec<u8>> =
        vec![vec![], vec![0], vec![0, 255, 255, 255, 255], vec![0, 0, 0, 0, 3, 8], vec![1, 0, 0, 0, 1, 0]];
    frames.push([&[0, 0, 0, 0, 100][..], &[0x0a; 100]].concat());
    for frame in frames {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("because it can");
        runtime.block_on(async {
            let uri = format!("http://{}/project.ProjectService/Create", world.lab.api());
            let request = hyper::Request::builder().method("POST").uri(uri).header("content-type", "application/grpc");
            let request = request.header("te", "trailers").header("authorization", bearer.as_str());
            let request = request.body(Full::new(Bytes::from(frame.clone()))).expect("because it is well-formed");
            let response = send(world.lab.api(), true, request).await;
            let (parts, body) = response.into_parts();
            let collected = body.collect().await.expect("because the server answers");
            let status = collected
                .trailers()
                .and_then(|trailers| trailers.get("grpc-status"))
                .or(parts.headers.get("grpc-status"));
            let status = status.expect("because every call has a status").to_str().unwrap_or_default().to_string();
            assert_ne!(status, "0", "{frame:?}");
        });
    }
    assert_eq!(world.lab.request("GET", "/healthz", &[], "").0, 200, "it still serves");
}

/// CVE-2024-40634, CVE-2025-59531, CVE-2025-59537, CVE-2025-59538: webhooks that nobody sends.
fn odd_webhooks(world: &World) {
    let senders: [&[(&str, &str)]; 8] = [
        &[("X-GitHub-Event", "push")],
        &[("X-Gitlab-Event", "Push Hook")],
        &[("X-Event-Key", "repo:push"), ("X-Hook-UUID", "x")],
        &[("X-Event-Key", "repo:refs_changed")],
        &[("X-Gogs-Event", "push")],
        &[("X-Vss-Activityid", "x")],
        &[("X-GitHub-Event", "package")],
        &[],
    ];
    let bodies = [
        "",
        "null",
        "[]",
        "{}",
        "1",
        "{\"repository\":null}",
        "{\"push\":{\"changes\":null}}",
        "{\"push\":{\"changes\":[null]}}",
        "{\"changes\":[{\"ref\":null}]}",
        "{\"commits\":[null,{\"added\":null}],\"ref\":1}",
        "{\"resource\":{\"refUpdates\":[]}}",
        "{\"eventKey\":\"repo:refs_changed\",\"repository\":{\"links\":{\"clone\":[]}},\"changes\":[]}",
        "{\"ref\":\"refs/heads/\"}",
    ];
    for headers in senders {
        for body in bodies {
            let headers = [headers, &[("Content-Type", "application/json")]].concat();
            let (status, text) = world.lab.request("POST", "/api/webhook", &headers, body);
            assert!(status < 500, "{headers:?} {body}: {status} {text}");
        }
    }
    // What is too large is refused before it is read.
    let mut stream = std::net::TcpStream::connect(world.lab.api()).expect("because the server listens");
    let head = "POST /api/webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 900000000\r\nX-GitHub-Event: push\r\nContent-Type: application/json\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("because it reads");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("because it can");
    let mut start = [0; 12];
    stream.read_exact(&mut start).expect("because it answers without the body");
    let status = String::from_utf8_lossy(&start[9..]).into_owned();
    assert!(status.starts_with('4'), "{status}");
}

/// The surface of CVE-2026-32828 and CVE-2026-44936 of others: the server's own network is no repository.
fn the_server_s_own_network(world: &World) {
    let mut admin = world.tour(Way::Rest, &world.admin);
    for url in [
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/x",
        "http://[::1]/x",
        "http://0.0.0.0/x",
        "http://localhost/x",
    ] {
        let asked = json!({"repo": url, "type": "helm", "name": "x"});
        let answer = admin.ask("repository.RepositoryService/ValidateAccess", &asked);
        let refused = answer.code == 3 || answer.message.contains("is reached only where");
        assert!(refused, "{url}: {} {}", answer.code, answer.message);
    }
}

/// CVE-2020-8827, CVE-2024-21652, CVE-2024-21662: passwords are not guessed, and no flood of other names makes one forget.
fn guessing_passwords(world: &World) {
    let lab = &world.lab;
    assert!(!log_in(lab, "alice", "alice-password").is_empty(), "it is good before");
    let mut nobody = world.tour(Way::Rest, "");
    for _ in 0..5 {
        nobody.bad(
            "session.SessionService/Create",
            json!({"username": "alice", "password": "wrong"}),
            16,
            "Invalid username or password",
        );
    }
    for i in 0..8 {
        let other = json!({"username": format!("nobody-{i}"), "password": "wrong"});
        nobody.bad("session.SessionService/Create", other, 16, "Invalid username or password");
    }
    // The right one does not help now, and nothing tells that it is right.
    nobody.bad(
        "session.SessionService/Create",
        json!({"username": "alice", "password": "alice-password"}),
        16,
        "Invalid username or password",
    );
    nobody.bad(
        "session.SessionService/Create",
        json!({"username": "alice", "password": ""}),
        16,
        "no credentials supplied",
    );
    nobody.bad("session.SessionService/Create", json!({"username": "x".repeat(40), "password": "x"}), 3, "");
}
