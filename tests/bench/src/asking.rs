//! [`Asking`]: somebody who asks the server over REST, and watches.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct Asking {
    api: SocketAddr,
    token: String,
}

/// A stream of changes that somebody reads.
#[derive(Debug)]
pub struct Watcher {
    lines: BufReader<TcpStream>,
    /// By name of an Application, the last value of the label that was looked for.
    pub last: HashMap<String, String>,
    /// Messages so far.
    pub messages: usize,
}

// === impl Asking ===

impl Asking {
    /// Logs in.
    pub fn log_in(api: SocketAddr, username: &str, password: &str) -> Asking {
        let nobody = Asking { api, token: String::new() };
        let body = json!({"username": username, "password": password}).to_string();
        let answer: Value = serde_json::from_slice(&nobody.ask("POST", "/api/v1/session", &[], &body))
            .expect("because a login is answered in JSON");
        let token = answer["token"].as_str().unwrap_or_else(|| panic!("the login failed: {answer}"));
        Asking { token: token.to_string(), ..nobody }
    }

    fn begin(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> BufReader<TcpStream> {
        let mut socket = TcpStream::connect(self.api).expect("because the server listens");
        socket.set_read_timeout(Some(PATIENCE)).expect("because the time is not zero");
        let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let token = &self.token;
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{more}\r\n{body}",
            body.len()
        );
        socket.write_all(request.as_bytes()).expect("because the server reads");
        let mut answer = BufReader::with_capacity(1 << 16, socket);
        let mut line = String::new();
        answer.read_line(&mut line).expect("because the server answers");
        assert!(line.contains(" 200 "), "{method} {path}: {line}{}", rest(answer));
        while line.trim_end() != "" {
            line.clear();
            answer.read_line(&mut line).expect("because headers end");
        }
        answer
    }

    /// Asks, and gives the body of an answer that must be good.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.begin(method, path, headers, body).read_to_end(&mut bytes).expect("because an answer ends");
        bytes
    }

    /// Begins to watch.
    pub fn watch(&self, path: &str) -> Watcher {
        Watcher { lines: self.begin("GET", path, &[], ""), last: HashMap::new(), messages: 0 }
    }
}

fn rest(mut answer: BufReader<TcpStream>) -> String {
    let mut text = String::new();
    // It explains a failure; where it cannot be read there is no more to say.
    let _ = answer.read_to_string(&mut text);
    text
}

// === impl Watcher ===

impl Watcher {
    /// Reads until the Application `name` has `value` as its label `label`.
    pub fn until(&mut self, label: &str, name: &str, value: &str) {
        let key = format!("\"{label}\":\"");
        let mut line = String::new();
        while self.last.get(name).is_none_or(|last| last != value) {
            line.clear();
            let read = self.lines.read_line(&mut line).expect("because changes are told of within a minute");
            assert!(read > 0, "the stream ended after {} messages", self.messages);
            self.messages += 1;
            if let (Some(name), Some(value)) = (after(&line, "\"name\":\""), after(&line, &key)) {
                self.last.insert(name.to_string(), value.to_string());
            }
        }
    }
}

/// The text between a key and the next quote: enough for messages whose names need no escapes.
fn after<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.split_once(key)?.1.split('"').next()
}
