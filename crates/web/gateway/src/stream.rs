//! Responses with several messages: lines of JSON, events of a browser, or a log as a file.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use axum::body::Body;
use bowline_web_wire::json::write;
use bowline_web_wire::status::StreamError;
use bowline_web_wire::tonic::Status;
use bowline_web_wire::{Json, Messages, Rpc, Selection};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, Response};
use serde_json::{Value, json};

use crate::answer;
use crate::request::{Query, first};

/// How often a silent stream of events shows that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long the response waits for the first message: an error that comes at once is then its status. Headers must not wait
/// for long: a client that watches something quiet would think that nobody answers.
const FIRST_MESSAGE: Duration = Duration::from_millis(50);

/// The RPCs whose repeated messages are dropped, with the field that holds the object.
const WATCHES: [(&str, &str); 2] = [
    ("/application.ApplicationService/Watch", "application"),
    ("/applicationset.ApplicationSetService/Watch", "applicationSet"),
];
const LOGS: &str = "/application.ApplicationService/PodLogs";

/// How the messages are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// A line of JSON each.
    Lines,
    /// An event each, as browsers read them.
    Events,
    /// The lines of a log as a file of this name.
    File(String),
}

impl Form {
    pub(crate) fn of(rpc: &Rpc, events: bool, query: &Query) -> Form {
        if rpc.path == LOGS && first(query, "download") == Some("true") {
            let words = ["namespace", "podName", "container"].map(|name| first(query, name).unwrap_or_default());
            let name = if words.iter().all(|word| is_name(word)) { words.join("-") } else { "log".to_owned() };
            return Form::File(name);
        }
        if events { Form::Events } else { Form::Lines }
    }
}

/// Whether a text can be the name of an object: nothing in it means anything in a header.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte))
}

/// The response to a call that gives several messages. Dropping it drops them.
pub(crate) async fn response(
    rpc: &'static Rpc,
    mut messages: Messages<Box<dyn Json>>,
    selection: Option<Selection>,
    form: Form,
) -> Response<Body> {
    let first = tokio::time::timeout(FIRST_MESSAGE, messages.next()).await;
    let messages: Messages<Box<dyn Json>> = match first {
        Ok(Some(Err(status))) if !matches!(form, Form::File(_)) => return answer::stream_error(&status),
        Ok(Some(first)) => Box::pin(stream::iter([first]).chain(messages)),
        Ok(None) => Box::pin(stream::empty()),
        Err(_) => messages,
    };
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(match form {
            Form::Lines => "application/json",
            Form::Events => "text/event-stream",
            Form::File(_) => "application/octet-stream",
        }),
    );
    match &form {
        Form::Events => {
            headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        Form::File(name) => {
            let disposition = HeaderValue::from_str(&format!("attachment;filename=\"{name}.log\""));
            headers.insert(CONTENT_DISPOSITION, disposition.expect("because a name is plain ASCII"));
        }
        Form::Lines => {}
    }
    *response.body_mut() = match form {
        Form::File(_) => Body::from_stream(file(messages)),
        form => Body::from_stream(pieces(rpc, messages, selection, form == Form::Events)),
    };
    response
}

type Piece = Result<Bytes, std::convert::Infallible>;

/// The text of a log, up to its last entry.
fn file(messages: Messages<Box<dyn Json>>) -> impl Stream<Item = Piece> {
    let lines = messages.scan(false, |over, entry| {
        let line = match entry {
            _ if *over => None,
            Ok(entry) => {
                let entry = entry.to_value();
                let last = entry["last"] == true;
                (!last).then(|| format!("{}\n", entry["content"].as_str().unwrap_or_default()))
            }
            Err(status) => {
                *over = true;
                Some(status.message().to_owned())
            }
        };
        futures::future::ready(line)
    });
    lines.map(|line| Ok(Bytes::from(line)))
}

struct State {
    messages: Messages<Box<dyn Json>>,
    selection: Option<Selection>,
    repeats: Option<Repeats>,
    events: bool,
}

/// The messages as lines or events, an error as the last one. Silence is broken where the form allows it.
fn pieces(
    rpc: &'static Rpc,
    messages: Messages<Box<dyn Json>>,
    selection: Option<Selection>,
    events: bool,
) -> impl Stream<Item = Piece> {
    let state = State { messages, selection, repeats: Repeats::of(rpc), events };
    stream::unfold(Some(state), |state| async {
        let mut state = state?;
        loop {
            let next = if state.events {
                match tokio::time::timeout(KEEP_ALIVE, state.messages.next()).await {
                    Ok(next) => next?,
                    Err(_) => return Some((Ok(Bytes::from_static(b":\n")), Some(state))),
                }
            } else {
                state.messages.next().await?
            };
            match next {
                Ok(message) => {
                    if let Some(piece) = state.piece(&*message) {
                        return Some((Ok(piece), Some(state)));
                    }
                }
                Err(status) => return Some((Ok(error(&status, state.events)), None)),
            }
        }
    })
}

impl State {
    /// A message as it is sent; `None` for one that says what was said already.
    fn piece(&mut self, message: &dyn Json) -> Option<Bytes> {
        let mut out = Vec::new();
        out.extend_from_slice(if self.events { b"data: " } else { b"" });
        let from = out.len();
        if self.selection.is_none() && self.repeats.is_none() {
            out.extend_from_slice(b"{\"result\":");
            message.write(&mut out);
            out.push(b'}');
        } else {
            let mut value = json!({"result": message.to_value()});
            let place = self.repeats.as_ref().map(|repeats| repeats.place(&value["result"]));
            if let Some(selection) = &self.selection {
                selection.prune(&mut value);
            }
            write(&value, &mut out);
            if let (Some(repeats), Some(place)) = (&mut self.repeats, place)
                && !repeats.is_new(place, &out[from..])
            {
                return None;
            }
        }
        out.extend_from_slice(if self.events { b"\n\n" } else { b"\n" });
        Some(out.into())
    }
}

fn error(status: &Status, events: bool) -> Bytes {
    let mut out = Vec::new();
    out.extend_from_slice(if events { b"data: " } else { b"" });
    write(&StreamError::from(status), &mut out);
    out.extend_from_slice(if events { b"\n\n" } else { b"\n" });
    out.into()
}

/// Remembers, by object, a digest of what was sent last: what a client selected often does not change when the object does.
struct Repeats {
    field: &'static str,
    sent: HashMap<String, u64>,
    hasher: RandomState,
}

/// Which object a message is about, and whether it is gone.
struct Place {
    key: String,
    gone: bool,
}

impl Repeats {
    fn of(rpc: &Rpc) -> Option<Repeats> {
        let (_, field) = WATCHES.iter().find(|(path, _)| *path == rpc.path)?;
        Some(Repeats { field, sent: HashMap::new(), hasher: RandomState::new() })
    }

    fn place(&self, event: &Value) -> Place {
        let metadata = &event[self.field]["metadata"];
        let word = |name: &str| metadata[name].as_str().unwrap_or_default().to_owned();
        Place { key: word("namespace") + "/" + &word("name"), gone: event["type"] == "DELETED" }
    }

    fn is_new(&mut self, place: Place, sent: &[u8]) -> bool {
        if place.gone {
            self.sent.remove(&place.key);
            return true;
        }
        let digest = self.hasher.hash_one(sent);
        self.sent.insert(place.key, digest) != Some(digest)
    }
}
