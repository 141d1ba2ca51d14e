//! An API server that says what a test tells it to, for what a real one cannot be made to do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bowline_base_clock::{Jitter, SystemClock};
use bowline_base_task::Tasks;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::{Client, Config, Runtime};

/// Answers requests in order (or by what they ask for), over HTTP/1.1 and a connection each.
pub(crate) struct Fake {
    pub(crate) client: Client,
    requests: Arc<Mutex<Vec<String>>>,
}

/// One answer.
pub(crate) struct Reply {
    /// What it answers, such as `GET /api`; anything where empty.
    request: String,
    head: String,
    body: String,
    hangs: bool,
}

impl Reply {
    /// A success with this body; it ends.
    pub(crate) fn ok(body: &str) -> Reply {
        Reply::status("200 OK", body)
    }

    /// Any status line, and more headers after it.
    pub(crate) fn status(head: &str, body: &str) -> Reply {
        let head = format!("HTTP/1.1 {head}\r\nConnection: close");
        Reply { request: String::new(), head, body: body.into(), hangs: false }
    }

    /// It answers only this request, such as `GET /api`.
    pub(crate) fn to(self, request: &str) -> Reply {
        Reply { request: request.into(), ..self }
    }

    /// The connection stays open after the body, as a watch's does.
    pub(crate) fn hanging(self) -> Reply {
        Reply { hangs: true, ..self }
    }
}

impl Fake {
    /// Answers with these, then with nothing at all.
    pub(crate) async fn start(replies: Vec<Reply>) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = format!("http://{}", listener.local_addr().unwrap());
        let runtime = runtime();
        let client = Client::new(&Config { server, ..Config::default() }, &runtime).unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        runtime.tasks.clone().spawn("fake", async move {
            let mut replies = VecDeque::from(replies);
            let mut open = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    request.push(stream.read_u8().await.unwrap());
                }
                let line = String::from_utf8(request).unwrap().lines().next().unwrap().to_string();
                let line = line.trim_end_matches(" HTTP/1.1").to_string();
                let next = replies.iter().position(|reply| reply.request.is_empty() || reply.request == line);
                seen.lock().unwrap().push(line);
                if let Some(reply) = next.and_then(|next| replies.remove(next)) {
                    stream.write_all(format!("{}\r\n\r\n{}", reply.head, reply.body).as_bytes()).await.unwrap();
                    if !reply.hangs {
                        continue;
                    }
                }
                open.push(stream);
            }
        });
        Fake { client, requests }
    }

    /// Methods and paths so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

pub(crate) fn runtime() -> Runtime {
    Runtime { tasks: Tasks::new(), clock: Arc::new(SystemClock::new()), jitter: Jitter::new(1) }
}
