//! Whole logins at a real Dex on loopback: behind the server (`dex.config`), and as any provider (`oidc.config`).

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bowline_base_clock::SystemClock;
use bowline_base_value::yaml;
use bowline_core_rbac::Resource;
use bytes::Bytes;
use http::request::Parts as Head;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::testing::{FakeVault, SIGNING_KEY};
use crate::vault::Holder;
use crate::{
    Ask, Authenticator, DexServer, Egress, Http as _, Kind, Options, Parts, Presented, Session, Sso, SystemRandom,
    Trust,
};
use bowline_base_egress::{Proxies, Reach};
use bowline_base_task::Tasks;

/// Where the server is, for a browser. Nothing listens there: its pages are functions.
const URL: &str = "https://cd.example";
/// How long a Dex, or a token's end, is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running Dex. It ends when this is dropped, or the test's process ends.
struct Dex {
    child: Child,
    _pipe: ChildStdin,
    address: String,
    _folder: tempfile::TempDir,
}

impl Dex {
    /// Starts a Dex with this configuration on an address of its own choice, or on the one of a Dex that has ended.
    #[expect(clippy::disallowed_methods, reason = "the real Dex is a program with a file")]
    async fn start(mut config: Value, address: Option<String>) -> Dex {
        let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/peers/build");
        let found = Command::new(build).args(["--where", "dex"]).output().unwrap();
        assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
        let binary = String::from_utf8(found.stdout).unwrap().trim().to_string();
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let address = address.unwrap_or_else(free);
        config["web"] = json!({"http": address});
        config["storage"] = json!({"type": "memory"});
        for unused in ["grpc", "telemetry"] {
            config.as_object_mut().unwrap().remove(unused);
        }
        let text = config.to_string().replace("ADDRESS", &address);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dex.json");
        std::fs::write(&file, text).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        // Whoever reads from the pipe learns of this process's end, however it ends.
        let watched = r#"exec 3<&0; { read -r _ <&3; kill -KILL $$; } & exec "$@" </dev/null 3<&-"#;
        let mut child = Command::new("sh")
            .args(["-c", watched, "dex", &binary, "serve"])
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let pipe = child.stdin.take().unwrap();
        let path = config["issuer"].as_str().unwrap().splitn(4, '/').nth(3).unwrap_or_default().to_string();
        let mut dex = Dex { child, _pipe: pipe, address, _folder: folder };
        let ready = async {
            let url = format!("http://{}/{path}/healthz", dex.address);
            while egress().send(Ask::get(&url, Trust::System)).await.is_err() {
                if let Some(status) = dex.child.try_wait().unwrap() {
                    panic!("dex: {status}: {}", std::fs::read_to_string(dex._folder.path().join("log")).unwrap());
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ready).await.expect("dex does not answer");
        dex
    }

    /// Ends it and gives its address.
    fn stop(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.address.clone()
    }
}

impl Drop for Dex {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Server {
    vault: Arc<FakeVault>,
    auth: Authenticator,
}

impl Server {
    fn new(dex: DexServer) -> Server {
        let vault = FakeVault::new();
        vault.put(Holder::Secret, "argocd-secret", &[("server.secretkey", SIGNING_KEY), ("cd.secret", "hush")]);
        let auth = Authenticator::new(Parts {
            world: vault.world.clone(),
            vault: vault.clone(),
            http: Arc::new(egress()),
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(SystemRandom),
            options: Options { dex, ..Options::default() },
        });
        Server { vault, auth }
    }

    /// One of our pages, as a browser asks for it.
    async fn page(&self, method: Method, url: &str, cookie: &str, body: &str) -> Response<Bytes> {
        let path = url.strip_prefix(URL).unwrap();
        let form = "application/x-www-form-urlencoded";
        let request = Request::builder().method(method).uri(path).header("host", "cd.example");
        let request = request.header("cookie", cookie).header("content-type", form).body(()).unwrap();
        let head: Head = request.into_parts().0;
        match head.uri.path() {
            "/auth/login" => self.auth.login_page(&head).await,
            "/auth/callback" => self.auth.callback_page(&head).await,
            "/auth/logout" => self.auth.logout_page(&head).await,
            _ => self.auth.dex_proxy(&head, Bytes::from(body.to_string())).await,
        }
    }

    /// Any page: ours, or Dex's own.
    async fn visit(&self, method: Method, url: &str, cookie: &str, body: &str) -> (StatusCode, String, String) {
        let (status, headers, body) = if url.starts_with(URL) {
            let answer = self.page(method, url, cookie, body).await;
            (answer.status(), answer.headers().clone(), answer.body().clone())
        } else {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
            let body = Bytes::from(body.to_string());
            let ask = Ask { method, url: url.into(), headers, body, trust: Trust::System, follows: false };
            let answer = egress().send(ask).await.unwrap();
            (answer.status, answer.headers, answer.body)
        };
        let location = headers.get("location").map_or("", |value| value.to_str().unwrap()).to_string();
        (status, location, String::from_utf8_lossy(&body).into_owned())
    }

    /// Logs a user in, as a browser does, and gives the cookies of the session. A form is filled in with the password.
    async fn log_in(&self, password: &str) -> Result<String, String> {
        let begun = self.page(Method::GET, &format!("{URL}/auth/login?return_url={URL}/applications"), "", "").await;
        let cookie = jar(&begun);
        let mut url = begun.headers()["location"].to_str().unwrap().to_string();
        let mut form = String::new();
        for _ in 0..10 {
            if url.starts_with(&format!("{URL}/auth/callback")) {
                let back = self.page(Method::GET, &url, &cookie, "").await;
                let text = String::from_utf8_lossy(back.body()).into_owned();
                return if back.status() == 303 { Ok(jar(&back)) } else { Err(text) };
            }
            let method = if form.is_empty() { Method::GET } else { Method::POST };
            let (status, location, text) = self.visit(method, &url, "", &form).await;
            match status.as_u16() {
                302 | 303 => {
                    let origin: Vec<&str> = url.splitn(4, '/').take(3).collect();
                    url = if location.starts_with('/') { format!("{}{location}", origin.join("/")) } else { location };
                    form.clear();
                }
                200 if text.contains("type=\"password\"") && form.is_empty() => {
                    form = format!("login=trout&password={password}");
                }
                _ => return Err(format!("{status}: {text}")),
            }
        }
        Err("it goes round and round".to_string())
    }

    async fn ask(&self, cookie: &str) -> Result<Session, String> {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", cookie.parse().unwrap());
        self.auth.authenticate(&Presented::in_rest(&headers, 20)).await.map_err(|error| error.message)
    }
}

fn kept<'a>(cookies: impl Iterator<Item = &'a str>) -> String {
    let kept = cookies.filter(|cookie| !cookie.ends_with("Max-Age=0")).map(|cookie| cookie.split(';').next().unwrap());
    kept.collect::<Vec<_>>().join("; ")
}

fn jar(response: &Response<Bytes>) -> String {
    kept(response.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap()))
}

/// Requests as the server sends them, without proxies.
fn egress() -> Egress {
    let client = bowline_base_egress::Egress::new(Tasks::new(), "bowline", |_| Reach::Anywhere);
    Egress::new(client, Proxies::default())
}

#[tokio::test]
async fn behind_the_server() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let server = Server::new(DexServer { address: address.clone(), plaintext: true, strict_tls: false });
    let connectors = "connectors:\n- {type: mockCallback, id: callback, name: C, config: {}}\n\
                      - {type: mockPassword, id: password, name: P, config: {username: trout, password: $dex.password}}\n";
    server.vault.put(Holder::Secret, "argocd-secret", &[("dex.password", "fish")]);
    server.vault.config(&[("url", URL), ("dex.config", connectors), ("dex.auth.connectorId", "password")]);
    server.vault.put(Holder::ConfigMap, "argocd-rbac-cm", &[("policy.csv", "g, authors, role:admin")]);
    // The configuration is the one that is made for it.
    let config = server.auth.config();
    let Sso::Dex(dex_config) = &config.sso else { panic!("{:?}", config.sso) };
    let resolve = |name: &str| (name == "dex.password").then(|| "fish".to_string());
    let made = dex_config.for_dex(&[URL], &SIGNING_KEY.to_string().into(), true, &resolve);
    let _dex = Dex::start(made, Some(address)).await;

    let wrong = server.log_in("wrong").await.unwrap_err();
    assert!(wrong.contains("Invalid") && wrong.contains("type=\"password\""), "{wrong}");
    let cookie = server.log_in("fish").await.unwrap();
    let principal = server.ask(&cookie).await.unwrap().principal;
    assert_eq!((principal.kind, principal.issuer.as_str()), (Kind::External, "https://cd.example/api/dex"));
    // The ID at the provider behind Dex, not the one that Dex makes of it.
    assert_eq!((principal.id.as_str(), principal.username.as_str()), ("0-385-28089-0", "kilgore@kilgore.trout"));
    assert!(!server.auth.enforcer(&principal).allows(Resource::Applications, "sync", "web/app"));

    server.vault.config(&[("dex.auth.connectorId", "callback")]);
    let cookie = server.log_in("").await.unwrap();
    let principal = server.ask(&cookie).await.unwrap().principal;
    assert_eq!(principal.groups, ["authors"]);
    assert!(server.auth.enforcer(&principal).allows(Resource::Applications, "sync", "web/app"));

    let left = server.page(Method::GET, &format!("{URL}/auth/logout"), &cookie, "").await;
    assert_eq!((left.status().as_u16(), left.headers()["location"].to_str().unwrap()), (303, URL));
    assert_eq!(server.ask(&cookie).await.unwrap_err(), "invalid session: token is revoked, please re-login");
    assert!(server.auth.recheck(&principal).is_err());
}

#[tokio::test]
async fn as_any_provider() {
    let config = json!({
        "issuer": "http://ADDRESS/dex",
        "oauth2": {"skipApprovalScreen": true},
        "expiry": {"idTokens": "4s"},
        "staticClients": [{"id": "cd", "name": "CD", "secret": "hush", "redirectURIs": [format!("{URL}/auth/callback")]}],
        "connectors": [{"type": "mockCallback", "id": "callback", "name": "C", "config": {}}],
    });
    let dex = Dex::start(config.clone(), None).await;
    let server = Server::new(DexServer::default());
    let setting = json!({
        "name": "Dex", "issuer": format!("http://{}/dex", dex.address), "clientID": "cd", "clientSecret": "$cd.secret",
        "requestedScopes": ["openid", "email", "groups", "offline_access"], "enableUserInfoGroups": true,
        "userInfoPath": "/userinfo", "enablePKCEAuthentication": true,
    });
    let text = yaml::to_yaml(&bowline_base_value::from_json(setting.to_string().as_bytes()).unwrap());
    server.vault.config(&[("url", URL), ("oidc.config", &text)]);

    let mut cookie = server.log_in("").await.unwrap();
    let session = server.ask(&cookie).await.unwrap();
    assert_eq!(session.principal.groups, ["authors"], "as the userinfo endpoint says");
    let old = session.principal.clone();
    // The token ends and is renewed, in the cookies of the answer; twice, since the provider takes a refresh token once.
    for _ in 0..2 {
        let renewed = async {
            loop {
                let session = server.ask(&cookie).await.unwrap();
                if session.renewed.is_some() {
                    return session;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let session = tokio::time::timeout(PATIENCE, renewed).await.expect("the token does not end");
        assert_ne!(session.principal.claims, old.claims);
        assert_eq!(session.principal.groups, ["authors"]);
        cookie = kept(session.set_cookies.iter().map(String::as_str));
    }
    assert_eq!(server.auth.recheck(&old).unwrap_err().message, "invalid session: failed to verify the token");
    // A token alone is good, until it has ended, and says nothing of groups.
    let alone = cookie.split("; ").next().unwrap();
    assert!(server.ask(alone).await.unwrap_err().contains("no accessToken"));

    // Another Dex at the same place has other keys, and knows nothing of the old one's sessions.
    let dex = Dex::start(config, Some(dex.stop())).await;
    let ended = async {
        while server.ask(&cookie).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("the session goes on");
    let new = async {
        loop {
            // Keys are not read more often than every few seconds.
            match server.log_in("").await {
                Ok(cookie) => return cookie,
                Err(reason) => assert_eq!(reason.trim(), "failed to verify the token"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let cookie = tokio::time::timeout(PATIENCE, new).await.expect("the new keys are not found");
    assert!(server.ask(&cookie).await.is_ok());
    drop(dex);
}
