//! [`HelmServer`]: a Helm repository.

use std::collections::BTreeMap;
use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::http::Message;

/// A web server on loopback with files, some of them an index over charts. It ends with the test's process.
#[derive(Clone)]
pub struct HelmServer {
    address: String,
    state: Arc<Mutex<State>>,
}

/// What the server was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Path and query.
    pub target: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The status that was answered.
    pub status: u16,
}

#[derive(Default)]
struct State {
    /// Each with its ETag.
    files: BTreeMap<String, (Vec<u8>, String)>,
    redirects: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    /// Name, version, URL, digest.
    charts: Vec<(String, String, String, String)>,
    login: Option<String>,
    challenge: String,
    down: bool,
    seen: Vec<Seen>,
}

// === impl HelmServer ===

impl HelmServer {
    /// Starts one.
    #[expect(clippy::new_without_default, reason = "it opens a port")]
    pub fn new() -> HelmServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("because loopback has free ports");
        let address = listener.local_addr().expect("because it is bound").to_string();
        let state = Arc::new(Mutex::new(State::default()));
        let served = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = served.clone();
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        HelmServer { address, state }
    }

    /// Its URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Publishes a packed chart: relative to the repository, with its digest. A version that is there is replaced.
    pub fn publish(&self, name: &str, version: &str, archive: Vec<u8>) {
        let path = format!("/{name}-{version}.tgz");
        let url = path.trim_start_matches('/').to_string();
        self.publish_at(name, version, &url, &sha256(&archive));
        self.put(&path, archive);
    }

    /// Puts a version into the index, wherever its archive is; `digest` may be empty.
    pub fn publish_at(&self, name: &str, version: &str, url: &str, digest: &str) {
        let mut state = self.lock();
        state.charts.retain(|(n, v, _, _)| (n.as_str(), v.as_str()) != (name, version));
        state.charts.push((name.into(), version.into(), url.into(), digest.into()));
        let index = index(&state.charts).into_bytes();
        state.put("/index.yaml", index);
    }

    /// Serves a file.
    pub fn put(&self, path: &str, content: impl Into<Vec<u8>>) {
        self.lock().put(path, content.into());
    }

    /// Sends whoever asks for a path elsewhere.
    pub fn redirect(&self, path: &str, to: &str) {
        self.lock().redirects.insert(path.into(), to.into());
    }

    /// Answers a path with one more header.
    pub fn add_header(&self, path: &str, name: &str, value: &str) {
        self.lock().headers.insert(path.into(), format!("{name}: {value}\r\n"));
    }

    /// From now on only who knows this is served.
    pub fn require_login(&self, user: &str, password: &str) {
        self.lock().login = Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))));
    }

    /// From now on only who sends this `Authorization` is served; others get the challenge of `WWW-Authenticate`.
    pub fn require(&self, authorization: &str, challenge: &str) {
        let mut state = self.lock();
        state.login = Some(authorization.into());
        state.challenge = format!("WWW-Authenticate: {challenge}\r\n");
    }

    /// Answers nothing but 503 while it is down.
    pub fn set_down(&self, down: bool) {
        self.lock().down = down;
    }

    /// What it was asked since the last look.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.lock().seen)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, path: &str, content: Vec<u8>) {
        let tag = format!("\"{}\"", &sha256(&content)[..16]);
        self.files.insert(path.into(), (content, tag));
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) {
    let Ok(mut out) = stream.try_clone() else { return };
    let mut from = BufReader::new(stream);
    while let Ok(Some(request)) = Message::read(&mut from, false) {
        let answer = answer(&request, &mut state.lock().unwrap_or_else(PoisonError::into_inner));
        if out.write_all(&answer).is_err() {
            return;
        }
    }
}

fn answer(request: &Message, state: &mut State) -> Vec<u8> {
    let target = request.first.split(' ').nth(1).unwrap_or_default().to_string();
    let path = target.split('?').next().unwrap_or_default();
    let authorization = request.header("authorization").map(String::from);
    let none = Vec::new();
    let mut headers = state.headers.get(path).cloned().unwrap_or_default();
    let (status, word, body) = match (state.redirects.get(path), state.files.get(path)) {
        _ if state.down => (503, "Service Unavailable", &none),
        _ if state.login.is_some() && state.login != authorization => {
            headers.clone_from(&state.challenge);
            (401, "Unauthorized", &none)
        }
        (Some(to), _) => {
            headers.push_str(&format!("Location: {to}\r\n"));
            (302, "Found", &none)
        }
        (None, Some((body, tag))) => {
            headers.push_str(&format!("ETag: {tag}\r\n"));
            match request.header("if-none-match") {
                Some(known) if known == tag.as_str() => (304, "Not Modified", &none),
                _ => (200, "OK", body),
            }
        }
        (None, None) => (404, "Not Found", &none),
    };
    let length = if status == 304 { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let mut answer = format!("HTTP/1.1 {status} {word}\r\n{headers}{length}\r\n").into_bytes();
    answer.extend_from_slice(body);
    state.seen.push(Seen { target, authorization, status });
    answer
}

fn index(charts: &[(String, String, String, String)]) -> String {
    let mut by_name: BTreeMap<&str, Vec<&(String, String, String, String)>> = BTreeMap::new();
    for chart in charts {
        by_name.entry(&chart.0).or_default().push(chart);
    }
    let mut text = "apiVersion: v1\nentries:\n".to_string();
    for (name, versions) in by_name {
        text.push_str(&format!("  {name}:\n"));
        for (_, version, url, digest) in versions {
            text.push_str(&format!("  - apiVersion: v2\n    name: {name}\n    version: {version}\n"));
            if !digest.is_empty() {
                text.push_str(&format!("    digest: {digest}\n"));
            }
            text.push_str(&format!("    urls:\n    - {url}\n"));
        }
    }
    text + "generated: \"2026-01-01T00:00:00Z\"\n"
}

/// SHA-256 in hex.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
