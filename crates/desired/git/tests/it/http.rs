//! A Git server over HTTP on the loopback: `git http-backend` behind a few lines of CGI, with logins and redirects.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::RsaKeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_base_clock::SystemClock;
use bowline_base_egress::{Egress, Proxies, Reach};
use bowline_base_task::Tasks;
use bowline_core_types::Sensitive;
use bowline_desired_git::{Access, Credentials};
use bowline_desired_issuer::{Issuer, Issuers};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio_rustls::TlsAcceptor;

use crate::kit::{Adapter, Repo};

/// A server of one repository at `/repo.git`.
pub struct Server {
    scheme: &'static str,
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Seen {
    pub target: String,
    pub authorization: Option<String>,
}

#[derive(Clone, Default)]
struct Rules {
    repository: PathBuf,
    /// The only `Authorization` that is let in.
    login: Option<String>,
    /// Where every request is sent on to.
    redirect: Option<String>,
    /// Accept and never answer.
    silent: bool,
    /// Speak HTTPS.
    tls: Option<TlsAcceptor>,
}

impl Server {
    pub async fn start(repository: PathBuf) -> Server {
        Server::with(Rules { repository, ..Rules::default() }).await
    }

    pub async fn with_login(repository: PathBuf, authorization: &str) -> Server {
        Server::with(Rules { repository, login: Some(authorization.into()), ..Rules::default() }).await
    }

    pub async fn redirecting(to: &str) -> Server {
        Server::with(Rules { redirect: Some(to.into()), ..Rules::default() }).await
    }

    pub async fn silent() -> Server {
        Server::with(Rules { silent: true, ..Rules::default() }).await
    }

    pub async fn with_tls(repository: PathBuf, tls: TlsAcceptor) -> Server {
        Server::with(Rules { repository, tls: Some(tls), ..Rules::default() }).await
    }

    async fn with(rules: Rules) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let scheme = if rules.tls.is_some() { "https" } else { "http" };
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (rules, log) = (rules.clone(), log.clone());
                tokio::spawn(async move {
                    match rules.tls.clone() {
                        None => answer(stream, rules, log).await,
                        // A client that does not trust us, or that we do not let in, has gone.
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                answer(stream, rules, log).await;
                            }
                        }
                    }
                });
            }
        });
        Server { scheme, port, seen, task }
    }

    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}/repo.git", self.scheme, self.port)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Requests that ask for the refs: one for each fetch.
    pub fn asked(&self) -> usize {
        self.seen().iter().filter(|seen| seen.target.contains("/info/refs")).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin, rules: Rules, log: Arc<Mutex<Vec<Seen>>>) {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    if stream.read_line(&mut request).await.unwrap_or(0) == 0 {
        return;
    }
    let mut words = request.split_whitespace();
    let (method, target) = (words.next().unwrap().to_string(), words.next().unwrap().to_string());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.push((name.to_lowercase(), value.to_string()));
    }
    let header = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let mut body = Vec::new();
    if let Some(length) = header("content-length") {
        body.resize(length.parse().unwrap(), 0);
        stream.read_exact(&mut body).await.unwrap();
    } else if header("transfer-encoding").is_some() {
        loop {
            let mut size = String::new();
            stream.read_line(&mut size).await.unwrap();
            let mut chunk = vec![0; usize::from_str_radix(size.trim(), 16).unwrap() + 2];
            stream.read_exact(&mut chunk).await.unwrap();
            if chunk.len() == 2 {
                break;
            }
            body.extend_from_slice(&chunk[..chunk.len() - 2]);
        }
    }
    log.lock().unwrap().push(Seen { target: target.clone(), authorization: header("authorization") });
    let mut stream = stream.into_inner();
    if rules.silent {
        std::future::pending::<()>().await;
    }
    if let Some(to) = &rules.redirect {
        let location = format!("{to}{}", target.strip_prefix("/repo.git").unwrap());
        let reply =
            format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(reply.as_bytes()).await.unwrap();
        return;
    }
    if rules.login.is_some() && rules.login != header("authorization") {
        let reply = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(reply.as_bytes()).await.unwrap();
        return;
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let Some(path) = path.strip_prefix("/repo.git") else {
        stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await.unwrap();
        return;
    };
    let mut cgi = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", &rules.repository)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REQUEST_METHOD", method)
        .env("CONTENT_TYPE", header("content-type").unwrap_or_default())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding").unwrap_or_default())
        .env("GIT_PROTOCOL", header("git-protocol").unwrap_or_default())
        .env("CONTENT_LENGTH", body.len().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = cgi.stdin.take().unwrap();
    let feed = async move {
        let _ = stdin.write_all(&body).await;
    };
    let (_, output) = tokio::join!(feed, cgi.wait_with_output());
    let output = output.unwrap().stdout;
    let end = output.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&output[..end]).into_owned();
    let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
    let reply = format!(
        "HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        output.len() - end - 4
    );
    stream.write_all(reply.as_bytes()).await.unwrap();
    stream.write_all(&output[end + 4..]).await.unwrap();
    let _ = stream.shutdown().await;
}

pub fn login(credentials: Credentials) -> Adapter {
    Adapter::with(move |_, _| Ok(Access { scope: String::new(), credentials: credentials.clone() }))
}

fn password(user: &str, password: &str) -> Credentials {
    Credentials {
        username: Some(user.into()),
        password: Some(Sensitive::new(password.into())),
        ..Credentials::default()
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

#[tokio::test]
async fn a_password_is_sent_when_it_is_asked_for() {
    let repo = Repo::new();
    let server = Server::with_login(repo.git_dir(), &basic("u", "p'a$(x)\"s s")).await;
    let adapter = login(password("u", "p'a$(x)\"s s"));
    assert_eq!(adapter.resolve(&server.url(), "").await.unwrap().commit.to_string(), repo.head());
    assert_eq!(server.seen()[0].authorization, None, "not before");
}

#[tokio::test]
async fn without_a_name_a_token_still_has_one() {
    let repo = Repo::new();
    let server = Server::with_login(repo.git_dir(), &basic("x-access-token", "t")).await;
    let credentials = Credentials { password: Some(Sensitive::new("t".into())), ..Credentials::default() };
    assert!(login(credentials).resolve(&server.url(), "").await.is_ok());
}

/// The API of GitHub's that gives an App its tokens, for one request.
async fn github(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut piece = [0; 8192];
        let n = stream.read(&mut piece).await.unwrap();
        assert!(piece[..n].starts_with(b"POST /app/installations/8/access_tokens HTTP/1.1\r\n"));
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    origin
}

#[tokio::test]
async fn a_github_app_logs_in_with_what_it_is_given() {
    let repo = Repo::new();
    let server = Server::with_login(repo.git_dir(), &basic("x-access-token", "ghs_1")).await;
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let key = STANDARD.encode(key.as_der().unwrap().as_ref());
    let key = format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n");
    let app = |api: String| {
        let issuer = Issuer::GitHubApp { app: 7, installation: Some(8), key: Sensitive::new(key.clone()), api };
        Credentials { issuer: Some(issuer), ..Credentials::default() }
    };
    let tasks = Tasks::new();
    let issuing = |credentials: Credentials| {
        let egress = Egress::new(tasks.clone(), "bowline/test", |_| Reach::Anywhere);
        let clock = Arc::new(SystemClock::new());
        let Adapter { git, cache } = login(credentials);
        let git = git.with_issuers(Issuers::new(egress, clock, Proxies::default(), None, |_| None));
        Adapter { git, cache }
    };

    let good = issuing(app(github("HTTP/1.1 201 Created\r\nContent-Length: 17\r\n\r\n{\"token\":\"ghs_1\"}").await));
    for _ in 0..2 {
        assert_eq!(good.resolve(&server.url(), "").await.unwrap().commit.to_string(), repo.head());
    }
    let refused = app(github("HTTP/1.1 401 Unauthorized\r\nContent-Length: 17\r\n\r\n{\"message\":\"bad\"}").await);
    let told = issuing(refused.clone()).told(&server.url(), "").await;
    assert!(told.starts_with("Authentication: ") && told.ends_with(" answered 401 Unauthorized: bad"), "{told}");
    let told = login(refused).told(&server.url(), "").await;
    assert!(told.ends_with("logins of GitHub Apps, Google and Azure are asked for by the server only"), "{told}");
    tasks.cancel();
}

#[tokio::test]
async fn a_bearer_token_and_forced_basic_are_sent_at_once() {
    let repo = Repo::new();
    let bearer = Credentials { bearer_token: Some(Sensitive::new("t0ken".into())), ..Credentials::default() };
    let forced = Credentials { force_basic_auth: true, ..password("u", "p") };
    for (credentials, want) in [(bearer, "Bearer t0ken".to_string()), (forced, basic("u", "p"))] {
        let server = Server::with_login(repo.git_dir(), &want).await;
        assert!(login(credentials).resolve(&server.url(), "").await.is_ok());
        assert!(server.seen().iter().all(|seen| seen.authorization.as_deref() == Some(&want)));
    }
}

#[tokio::test]
async fn a_refused_login_says_so_and_tells_no_secret() {
    let repo = Repo::new();
    let server = Server::with_login(repo.git_dir(), "nobody").await;
    let bearer = Credentials { bearer_token: Some(Sensitive::new("s3cret".into())), ..Credentials::default() };
    let forced = Credentials { force_basic_auth: true, ..password("u", "s3cret") };
    for credentials in [Credentials::default(), password("u", "s3cret"), bearer, forced] {
        let told = login(credentials).told(&server.url(), "").await;
        assert!(told.starts_with("Authentication: failed to list refs: authentication required: http://127"), "{told}");
        assert!(!told.contains("s3cret") && !told.contains(&STANDARD.encode("u:s3cret")), "{told}");
    }
    let url = server.url().replace("http://", "http://u:s3cret@");
    let told = Adapter::new().told(&url, "").await;
    assert!(told.starts_with("Authentication") && !told.contains("s3cret"), "{told}");
}

#[tokio::test]
async fn a_password_in_the_url_works() {
    let repo = Repo::new();
    let server = Server::with_login(repo.git_dir(), &basic("u", "p@ss")).await;
    let url = server.url().replace("http://", "http://u:p%40ss@");
    assert!(Adapter::new().resolve(&url, "").await.is_ok());
}

#[tokio::test]
async fn credentials_do_not_follow_a_redirect_to_another_host() {
    let repo = Repo::new();
    let thief = Server::with_login(repo.git_dir(), &basic("u", "s3cret")).await;
    // The same machine under another name is another origin.
    let elsewhere = thief.url().replace("127.0.0.1", "localhost");
    let bearer = Credentials { bearer_token: Some(Sensitive::new("s3cret".into())), ..Credentials::default() };
    let forced = Credentials { force_basic_auth: true, ..password("u", "s3cret") };
    for credentials in [password("u", "s3cret"), bearer, forced] {
        let server = Server::redirecting(&elsewhere).await;
        assert!(login(credentials).resolve(&server.url(), "").await.is_err());
    }
    assert!(thief.seen().iter().all(|seen| seen.authorization.is_none()), "{:?}", thief.seen());
}

#[tokio::test]
async fn a_redirect_without_credentials_is_followed() {
    let repo = Repo::new();
    let there = Server::start(repo.git_dir()).await;
    let server = Server::redirecting(&there.url()).await;
    assert!(Adapter::new().resolve(&server.url(), "").await.is_ok());
}
