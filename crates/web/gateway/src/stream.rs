//! Responses with several messages: lines of JSON, events of a browser, or a log as a file.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bowline_core_crd::ApplicationWatchEvent;
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
use crate::shared::{Event, Shared};

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
    shared: Arc<Shared>,
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
        form => Body::from_stream(pieces(rpc, messages, selection, form == Form::Events, shared)),
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
    shared: Arc<Shared>,
}

/// The messages as lines or events, an error as the last one. Silence is broken where the form allows it.
fn pieces(
    rpc: &'static Rpc,
    messages: Messages<Box<dyn Json>>,
    selection: Option<Selection>,
    events: bool,
    shared: Arc<Shared>,
) -> impl Stream<Item = Piece> {
    let state = State { messages, selection, repeats: Repeats::of(rpc), events, shared };
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
        if let Some(repeats) = &mut self.repeats {
            let event = match message.as_any().downcast_ref::<ApplicationWatchEvent>() {
                Some(event) => self.shared.event(event, self.selection.as_ref()),
                None => {
                    let value = message.to_value();
                    let (key, gone) = repeats.place(&value);
                    Arc::new(self.shared.make(key, gone, value, self.selection.as_ref()))
                }
            };
            if !repeats.is_new(&event) {
                return None;
            }
            out.extend_from_slice(&event.json);
        } else if let Some(selection) = &self.selection {
            let mut value = json!({"result": message.to_value()});
            selection.prune(&mut value);
            write(&value, &mut out);
        } else {
            out.extend_from_slice(b"{\"result\":");
            message.write(&mut out);
            out.push(b'}');
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
}

impl Repeats {
    fn of(rpc: &Rpc) -> Option<Repeats> {
        let (_, field) = WATCHES.iter().find(|(path, _)| *path == rpc.path)?;
        Some(Repeats { field, sent: HashMap::new() })
    }

    /// Which object an event is about, and whether it is gone.
    fn place(&self, event: &Value) -> (String, bool) {
        let metadata = &event[self.field]["metadata"];
        let word = |name: &str| metadata[name].as_str().unwrap_or_default().to_owned();
        (word("namespace") + "/" + &word("name"), event["type"] == "DELETED")
    }

    fn is_new(&mut self, event: &Event) -> bool {
        if event.gone {
            self.sent.remove(&event.key);
            return true;
        }
        self.sent.insert(event.key.clone(), event.digest) != Some(event.digest)
    }
}
