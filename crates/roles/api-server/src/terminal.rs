//! `/terminal`: a shell in a container, over a WebSocket.
//!
//! A message is JSON with an `operation`: `stdin` with `data`, `resize` with `rows` and `cols`, and from the server `stdout` with
//! `data`. `{"Code":1}` asks the client to come again with a fresh session. Who sits at a terminal is looked at again whenever
//! policies, accounts, projects or settings change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use bowline_base_task::Tasks;
use bowline_core_ports::{Shown, Typed};
use bowline_web_admin::Caller;
use bowline_web_api::{Seat, has_terminals};
use bowline_web_auth::{Authenticator, Presented, Principal, csrf};
use futures::{SinkExt, StreamExt, stream};
use hyper::{Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::answer::text;
use crate::assemble::Handlers;
use crate::listen::connection::Peer;
use crate::websocket::{Offer, Socket};

/// Bytes of a message: somebody may paste a file.
const MESSAGE: usize = 1 << 20;
/// How often a client is asked whether it is there, which keeps proxies from ending the connection as well. The contract's time.
const PING: Duration = Duration::from_secs(5);
/// A client that gives no sign for this long has gone.
const SILENCE: Duration = Duration::from_secs(60);
/// How long a client may take to take what is shown.
const SLOW: Duration = Duration::from_secs(30);
/// How long a client may take to close its side.
const FAREWELL: Duration = Duration::from_secs(2);
/// Terminals at once, and those of one user.
const TERMINALS: (usize, usize) = (256, 16);
/// Exit codes of a shell that says that there is no such program, or none that can be run.
const NO_PROGRAM: [i32; 2] = [126, 127];
/// What the contract tells whose session has ended.
const COME_AGAIN: &str = "\nReconnect because the token was refreshed...\n";

/// The terminals that are open.
#[derive(Clone)]
pub(crate) struct Terminals {
    tasks: Tasks,
    open: Arc<Mutex<HashMap<String, usize>>>,
}

/// A terminal of somebody among those that are open; it is given back when it is dropped.
struct Slot {
    user: String,
    open: Arc<Mutex<HashMap<String, usize>>>,
}

/// A message, both ways.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Frame<'a> {
    #[serde(borrow)]
    operation: std::borrow::Cow<'a, str>,
    data: std::borrow::Cow<'a, str>,
    rows: u16,
    cols: u16,
}

/// Why a terminal ended, for the log and for the client.
enum End {
    /// The client left, or gave no sign any more.
    Left,
    /// The shell ended.
    Exited(Option<i32>),
    /// No shell could be started.
    NoShell,
    /// The session ended.
    Session,
    /// He may not any more.
    Denied,
    /// The client sent what is no message.
    Nonsense,
    /// The connection to the cluster broke.
    Broken,
    /// The server stops.
    Stopping,
}

/// What one shell came to.
enum Shell {
    Over(End),
    /// It could not be started.
    NotStarted(String),
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            End::Left => f.write_str("the client left"),
            End::Exited(Some(code)) => write!(f, "the shell exited with {code}"),
            End::Exited(None) => f.write_str("the shell ended"),
            End::NoShell => f.write_str("no shell could be started"),
            End::Session => f.write_str("the session ended"),
            End::Denied => f.write_str("permission was taken away"),
            End::Nonsense => f.write_str("the client sent what is no message"),
            End::Broken => f.write_str("the connection to the cluster broke"),
            End::Stopping => f.write_str("the server stops"),
        }
    }
}

// === impl Terminals ===

impl Terminals {
    pub(crate) fn new(tasks: Tasks) -> Terminals {
        Terminals { tasks, open: Arc::default() }
    }

    /// The answer to a request for a terminal.
    pub(crate) async fn answer(&self, handlers: &Handlers, mut request: Request<Body>) -> Response<Body> {
        if !has_terminals(&handlers.context) {
            return text(StatusCode::NOT_FOUND, "Not Found\n");
        }
        if request.method() != Method::GET {
            return text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n");
        }
        let headers = request.headers();
        let presented = Presented::in_rest(headers, handlers.auth.options().limits.cookies);
        if !csrf::is_allowed(request.method(), headers, presented.way, true) {
            return text(StatusCode::FORBIDDEN, "a page of another site sent this request\n");
        }
        let principal = match handlers.auth.authenticate(&presented).await {
            Ok(session) => session.principal,
            Err(error) => return text(StatusCode::UNAUTHORIZED, format!("{}\n", error.message)),
        };
        let peer = request.extensions().get::<Peer>().map(|peer| peer.address.to_string()).unwrap_or_default();
        let offer = match Offer::of(&mut request) {
            Ok(offer) => offer,
            Err(response) => return *response,
        };
        let caller = Caller::new(principal.clone(), handlers.auth.clone());
        let query = request.uri().query().unwrap_or_default();
        let seat = match Seat::take(&handlers.context, &caller, query).await {
            Ok(seat) => seat,
            Err(none) => {
                let (user, reason) = (caller.username(), none.message.as_str());
                tracing::info!(audit = true, user, peer, status = none.status, reason, "terminal refused");
                let status = StatusCode::from_u16(none.status).unwrap_or(StatusCode::BAD_REQUEST);
                return text(status, format!("{}\n", none.message));
            }
        };
        let Some(slot) = self.slot(&principal.id) else {
            return text(StatusCode::TOO_MANY_REQUESTS, "there are too many terminals: close another one first\n");
        };
        let (response, socket) = offer.accept(MESSAGE);
        let (auth, cancel) = (handlers.auth.clone(), self.tasks.cancel_token().clone());
        self.tasks.spawn("terminal", async move {
            let _slot = slot;
            let Some(mut socket) = socket.await else { return };
            let began = Instant::now();
            let user = principal.username.as_str();
            let (application, project) = (seat.app.to_string(), seat.project.as_str());
            let (namespace, pod, container) = (seat.namespace.as_str(), seat.pod.as_str(), seat.container.as_str());
            tracing::info!(
                audit = true,
                user,
                peer,
                application,
                project,
                namespace,
                pod,
                container,
                "terminal opened"
            );
            let end = tokio::select! {
                end = sit(&mut socket, &seat, &auth, &principal) => end,
                () = cancel.cancelled() => End::Stopping,
            };
            let _ = timeout(SLOW, goodbye(&mut socket, &end)).await;
            let (seconds, end) = (began.elapsed().as_secs(), end.to_string());
            tracing::info!(
                audit = true,
                user,
                peer,
                application,
                project,
                namespace,
                pod,
                container,
                seconds,
                end,
                "terminal closed"
            );
        });
        response
    }

    fn slot(&self, user: &str) -> Option<Slot> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.values().sum::<usize>() >= TERMINALS.0 || open.get(user).is_some_and(|mine| *mine >= TERMINALS.1) {
            return None;
        }
        *open.entry(user.to_string()).or_default() += 1;
        Some(Slot { user: user.to_string(), open: self.open.clone() })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = open.get_mut(&self.user) {
            *mine -= 1;
            if *mine == 0 {
                open.remove(&self.user);
            }
        }
    }
}

/// Runs one shell after the other until one has been there.
async fn sit(socket: &mut Socket, seat: &Seat, auth: &Authenticator, principal: &Principal) -> End {
    let mut size = None;
    let mut why = String::new();
    for shell in &seat.shells {
        let ended = async {
            tokio::select! {
                over = show(socket, seat, shell, &mut size) => Ok(over),
                _ = auth.until_invalid(principal) => Err(End::Session),
                () = until_denied(auth, seat) => Err(End::Denied),
            }
        };
        match ended.await {
            Ok(Shell::Over(end)) | Err(end) => return end,
            Ok(Shell::NotStarted(reason)) => why = reason,
        }
    }
    let sentence = format!("none of {} can be started in {}: {why}\r\n", seat.shells.join(", "), seat.container);
    let _ = timeout(SLOW, socket.send(stdout(&sentence))).await;
    End::NoShell
}

/// Waits until who sits there may not any more.
async fn until_denied(auth: &Authenticator, seat: &Seat) {
    let mut changes = auth.changes();
    loop {
        changes.see();
        if !seat.may_stay() {
            return;
        }
        if !changes.next().await {
            std::future::pending::<()>().await;
        }
    }
}

/// Runs a shell until it ends or the client leaves.
async fn show(socket: &mut Socket, seat: &Seat, shell: &str, size: &mut Option<Typed>) -> Shell {
    let (keys, typing) = mpsc::channel(16);
    if let Some(size) = size {
        let _ = keys.try_send(size.clone());
    }
    let typing = stream::unfold(typing, async |mut typing| typing.recv().await.map(|typed| (typed, typing)));
    let mut screen = match seat.run(shell, Box::pin(typing)).await {
        Ok(screen) => screen,
        Err(error) => return Shell::NotStarted(error.message),
    };
    let mut pings = interval(PING);
    let mut heard = Instant::now();
    let (mut waiting, mut rest, mut shown) = (None, Vec::new(), false);
    loop {
        tokio::select! {
            // While the shell does not take what is typed, nothing more is read of the client.
            room = keys.reserve(), if waiting.is_some() => match (room, waiting.take()) {
                (Ok(room), Some(typed)) => room.send(typed),
                _ => return Shell::Over(End::Broken),
            },
            message = socket.next(), if waiting.is_none() => {
                heard = Instant::now();
                let frame = match message {
                    Some(Ok(Message::Text(text))) => text.to_string(),
                    Some(Ok(Message::Binary(bytes))) => String::from_utf8_lossy(&bytes).into_owned(),
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Shell::Over(End::Left),
                };
                match serde_json::from_str::<Frame<'_>>(&frame) {
                    Ok(frame) if frame.operation == "stdin" => waiting = Some(Typed::Keys(frame.data.as_bytes().to_vec())),
                    Ok(frame) if frame.operation == "resize" => {
                        let typed = Typed::Size { columns: frame.cols, rows: frame.rows };
                        *size = Some(typed.clone());
                        waiting = Some(typed);
                    }
                    _ => return Shell::Over(End::Nonsense),
                }
            }
            said = screen.next() => {
                let bytes = match said {
                    Some(Ok(Shown::Bytes(bytes))) => bytes,
                    Some(Ok(Shown::NotStarted(reason))) if !shown => return Shell::NotStarted(reason),
                    Some(Ok(Shown::Ended(Some(code)))) if !shown && NO_PROGRAM.contains(&code) => {
                        return Shell::NotStarted(format!("it ended with exit code {code}"));
                    }
                    Some(Ok(Shown::Ended(code))) => return Shell::Over(End::Exited(code)),
                    Some(Ok(Shown::NotStarted(_)) | Err(_)) | None => return Shell::Over(End::Broken),
                };
                shown = true;
                rest.extend_from_slice(&bytes);
                let letters = whole_letters(&mut rest);
                if !letters.is_empty() && !matches!(timeout(SLOW, socket.send(stdout(&letters))).await, Ok(Ok(()))) {
                    return Shell::Over(End::Left);
                }
            }
            _ = pings.tick() => {
                let sent = timeout(SLOW, socket.send(Message::Ping(Default::default()))).await;
                if heard.elapsed() > SILENCE || !matches!(sent, Ok(Ok(()))) {
                    return Shell::Over(End::Left);
                }
            }
        }
    }
}

/// Takes the letters that are complete; the beginning of one that is not stays.
fn whole_letters(bytes: &mut Vec<u8>) -> String {
    let end = match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        // No more than three bytes are the beginning of a letter.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => match bytes.utf8_chunks().last().map(|last| last.invalid()) {
            Some(tail) if std::str::from_utf8(tail).is_err_and(|e| e.error_len().is_none()) => bytes.len() - tail.len(),
            _ => bytes.len(),
        },
    };
    let rest = bytes.split_off(end);
    let letters = String::from_utf8_lossy(bytes).into_owned();
    *bytes = rest;
    letters
}

fn stdout(data: &str) -> Message {
    let frame = Frame { operation: "stdout".into(), data: data.into(), rows: 0, cols: 0 };
    Message::text(serde_json::to_string(&frame).expect("because texts and numbers can always be written"))
}

/// The last words to a client.
async fn goodbye(socket: &mut Socket, end: &End) {
    let (words, code) = match end {
        End::Left => return,
        End::Exited(_) | End::NoShell => (None, CloseCode::Normal),
        End::Session => (Some(COME_AGAIN), CloseCode::Normal),
        End::Denied => (Some("Permission denied"), CloseCode::Policy),
        End::Nonsense => (None, CloseCode::Unsupported),
        End::Broken => (Some("the connection to the cluster broke\r\n"), CloseCode::Error),
        End::Stopping => (Some("the server is being stopped\r\n"), CloseCode::Away),
    };
    if let Some(words) = words {
        let _ = socket.send(stdout(words)).await;
    }
    if matches!(end, End::Session) {
        let _ = socket.send(Message::text(r#"{"Code":1}"#)).await;
    }
    let _ = socket.close(Some(CloseFrame { code, reason: "".into() })).await;
    // What the client had on its way is read until it closes too: else its side breaks before it has read ours.
    let _ = timeout(FAREWELL, async { while let Some(Ok(_)) = socket.next().await {} }).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_shown_whole() {
        for (pieces, want) in [
            (&[&b"a\xc3"[..], b"\xa4b"][..], &["a", "äb"][..]),
            (&[b"\xe2\x82", b"\xac"], &["", "€"]),
            (&[b"\xffa", b"b"], &["\u{fffd}a", "b"]),
            (&[b"\xff\xe2\x82", b"\xac"], &["\u{fffd}", "€"]),
        ] {
            let mut rest = Vec::new();
            let shown: Vec<String> = pieces
                .iter()
                .map(|piece| {
                    rest.extend_from_slice(piece);
                    whole_letters(&mut rest)
                })
                .collect();
            assert_eq!(shown, want);
        }
    }

    #[test]
    fn one_user_does_not_take_all_terminals() {
        let terminals = Terminals::new(Tasks::new());
        let mut slots: Vec<Slot> = (0..TERMINALS.1).map(|_| terminals.slot("a").unwrap()).collect();
        assert!(terminals.slot("a").is_none());
        assert!(terminals.slot("b").is_some());
        slots.pop();
        assert!(terminals.slot("a").is_some());
    }
}
