//! The port on a real listener: what it speaks, and what strangers can do to it.

use std::time::Duration;

use bowline_base_clock::{Clock, SystemClock};
use bowline_base_telemetry::prometheus::registry::Registry;
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::util::BoxCloneSyncService;

use super::*;
use crate::options::{Flags, Options};
use crate::tls::{self, Certificate};

const SOON: Duration = Duration::from_secs(10);

/// A port with an app that answers its path, and `/held` when `release` is told.
struct Lab {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    tasks: Tasks,
    metrics: Metrics,
    release: Arc<Notify>,
}

fn service(name: &'static str, release: Arc<Notify>) -> Service {
    BoxCloneSyncService::new(tower::service_fn(move |request: Request<Body>| {
        let release = release.clone();
        async move {
            let path = request.uri().path().to_string();
            if path == "/held" {
                release.notified().await;
            }
            Ok(Response::new(Body::from(format!("{name} {path}"))))
        }
    }))
}

async fn lab(mode: Mode, limits: Limits) -> Lab {
    let port = Port::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = port.local_addr().unwrap();
    let (mode_out, mode) = watch::channel(mode);
    let (release, tasks) = (Arc::new(Notify::new()), Tasks::new());
    let metrics = Metrics::register(&mut Registry::default(), false);
    let shared = Shared {
        app: service("app", release.clone()),
        starting: service("starting", release.clone()),
        redirect: service("redirect", release.clone()),
        mode,
        limits,
        metrics: metrics.clone(),
        pressure: Notify::new(),
    };
    let cancel = tasks.cancel_token().clone();
    let serving = port.serve(Arc::new(shared), tasks.scope(), async move { cancel.cancelled().await });
    tasks.spawn("port", serving);
    Lab { address, mode: mode_out, tasks, metrics, release }
}

fn certificate() -> Certificate {
    Certificate::self_made("argocd", SystemClock::new().now()).unwrap()
}

fn speaking_tls(certificate: &Certificate) -> Mode {
    let options = Options::of(&Flags::default(), &bowline_core_settings::Settings::default());
    Mode::Tls(tls::config(certificate, &options).unwrap())
}

/// What came until the server closed; waiting for longer than it should is a failure.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    // A reset is an end too.
    let _ = timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("the server closes");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn say(address: SocketAddr, text: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text).await.unwrap();
    stream
}

async fn get(address: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    rest(&mut say(address, request.as_bytes()).await).await
}

async fn get_h2(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, path: &str) -> (StatusCode, String) {
    let io = TokioIo::new(stream);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake::<_, _, Body>(TokioExecutor::new(), io).await.unwrap();
    let tasks = Tasks::new();
    let _driving = tasks.spawn_owned("client", async move {
        let _ = connection.await;
    });
    let request = Request::builder().uri(format!("http://h{path}")).body(Body::empty()).unwrap();
    let response = timeout(SOON, sender.send_request(request)).await.unwrap().unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn handshake(
    address: SocketAddr,
    certificate: &Certificate,
    alpn: &[&str],
) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate.chain.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("argocd-server.argocd.svc").unwrap();
    tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

#[tokio::test(flavor = "multi_thread")]
async fn both_versions_of_http_in_clear_and_over_tls() {
    let lab = lab(Mode::Plain, Limits::default()).await;
    assert!(get(lab.address, "/1").await.ends_with("app /1"));
    let stream = TcpStream::connect(lab.address).await.unwrap();
    assert_eq!(get_h2(stream, "/2").await, (StatusCode::OK, "app /2".into()), "prior knowledge");

    let certificate = certificate();
    lab.mode.send_replace(speaking_tls(&certificate));
    for (offered, settled) in
        [(&["h2"][..], Some("h2")), (&["http/1.1", "h2"], Some("h2")), (&["http/1.1"], Some("http/1.1")), (&[], None)]
    {
        let mut stream = handshake(lab.address, &certificate, offered).await.unwrap();
        let alpn = stream.get_ref().1.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
        assert_eq!(alpn.as_deref(), settled, "{offered:?}");
        if settled == Some("h2") {
            assert_eq!(get_h2(stream, "/s").await.1, "app /s");
        } else {
            stream.write_all(b"GET /t HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await.unwrap();
            assert!(rest(&mut stream).await.ends_with("app /t"));
        }
    }
    assert!(get(lab.address, "/clear").await.ends_with("redirect /clear"), "HTTP in clear is sent to TLS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_counts_for_new_connections_and_old_ones_go_on() {
    let (one, two) = (certificate(), certificate());
    let lab = lab(speaking_tls(&one), Limits::default()).await;
    let mut open = handshake(lab.address, &one, &[]).await.unwrap();
    lab.mode.send_replace(speaking_tls(&two));
    assert!(handshake(lab.address, &one, &[]).await.is_err());
    assert!(handshake(lab.address, &two, &[]).await.is_ok());
    open.write_all(b"GET /old HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut open).await.ends_with("app /old"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tls_hello_to_a_plain_port_is_answered_at_once() {
    let lab = lab(Mode::Plain, Limits::default()).await;
    // Well before the time that headers may take, after which any connection would end.
    let certificate = certificate();
    let refused = timeout(SOON, handshake(lab.address, &certificate, &["h2"])).await;
    assert!(refused.expect("because the answer is no matter of waiting").is_err());
    let mut stream = say(lab.address, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await;
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 400 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_settings_are_read_health_is_told_and_handshakes_wait() {
    let lab = lab(Mode::Starting, Limits::default()).await;
    assert!(get(lab.address, "/healthz").await.ends_with("starting /healthz"));
    let certificate = certificate();
    let waiting = handshake(lab.address, &certificate, &["h2"]);
    let later = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        lab.mode.send_replace(speaking_tls(&certificate));
    };
    let (stream, ()) = tokio::join!(waiting, later);
    assert_eq!(get_h2(stream.unwrap(), "/x").await.1, "app /x");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_requests_and_silence_end_and_others_go_on() {
    let short = Duration::from_millis(300);
    let limits = Limits { silent: short, headers: short, idle: short, goodbye: short, ..Limits::default() };
    let certificate = certificate();
    for mode in [Mode::Plain, speaking_tls(&certificate)] {
        let lab = lab(mode, limits).await;
        let halves: [&[u8]; 9] = [
            b"",
            b"G",
            b"GET / HTTP/1.1\r\nHost: h\r\n",
            b"GET / HTTP/1.1\r\nHost",
            b"PRI",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x05\x01\0\0\0\0\x01",
            b"\x16\x03\x01\x02\0",
            b"\x16",
        ];
        let mut streams = Vec::new();
        for half in halves {
            streams.push((half, say(lab.address, half).await));
        }
        assert!(get(lab.address, "/").await.ends_with(" /"), "who asks is answered");
        for (half, stream) in &mut streams {
            let _ = (half, rest(stream).await);
        }
        // One that was served and is idle now.
        let mut idle = say(lab.address, b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n").await;
        assert!(rest(&mut idle).await.contains(" /a"));
        let gone = async {
            while lab.metrics.connections.get() > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(SOON, gone).await.expect("no connection is left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_closed_with_an_answer_or_none() {
    let lab = lab(Mode::Plain, Limits::default()).await;
    let long = format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "a".repeat(300 << 10));
    let many = format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", "X-A: b\r\n".repeat(5_000));
    for (text, want) in [
        (&b"\0\x01\x02\x03\x04\x05\x06\x07garbage garbage\r\n\r\n"[..], ""),
        (b"GET\r\n\r\nmore and more and more", "HTTP/1.1 400"),
        (b"GET / HTTP/9.9\r\nHost: h\r\n\r\n", "HTTP/1.1 "),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400"),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "HTTP/1.1 400"),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n", "HTTP/1.1 "),
        (long.as_bytes(), "HTTP/1.1 4"),
        (many.as_bytes(), "HTTP/1.1 4"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", ""),
    ] {
        let mut stream = TcpStream::connect(lab.address).await.unwrap();
        // The server may have closed before all of it was sent.
        let _ = stream.write_all(text).await;
        let answer = rest(&mut stream).await;
        let answered = answer.starts_with(want) || answer.is_empty() && text.len() > 1024;
        assert!(answered, "{:?} got {answer:?}", String::from_utf8_lossy(&text[..40.min(text.len())]));
    }
    assert!(get(lab.address, "/still").await.ends_with("app /still"));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_silent_connections_keep_nobody_out() {
    let lab = lab(Mode::Plain, Limits { connections: 50, ..Limits::default() }).await;
    let mut silent = Vec::new();
    for _ in 0..400 {
        silent.push(TcpStream::connect(lab.address).await.unwrap());
    }
    for i in 0..20 {
        let path = format!("/{i}");
        assert!(timeout(SOON, get(lab.address, &path)).await.unwrap().ends_with(&format!("app {path}")));
    }
    assert!(lab.metrics.connections.get() <= 50);

    // Those that have something under way keep their slots.
    let held = say(lab.address, b"GET /held HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    let mut more = Vec::new();
    for _ in 0..200 {
        more.push(TcpStream::connect(lab.address).await.unwrap());
    }
    lab.release.notify_one();
    let mut held = held;
    assert!(rest(&mut held).await.ends_with("app /held"));
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_connections_are_served_at_once() {
    let lab = lab(Mode::Plain, Limits::default()).await;
    let mut streams = Vec::new();
    for _ in 0..2_000 {
        streams.push(say(lab.address, b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n").await);
    }
    for stream in &mut streams {
        let mut buffer = [0; 12];
        timeout(SOON, stream.read_exact(&mut buffer)).await.unwrap().unwrap();
        assert_eq!(&buffer, b"HTTP/1.1 200");
    }
    assert!(get(lab.address, "/one-more").await.ends_with("app /one-more"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pings_too_much_is_sent_away() {
    let lab = lab(Mode::Plain, Limits::default()).await;
    let mut stream =
        say(lab.address, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\0\x04\x01\0\0\0\0").await;
    for _ in 0..5 {
        stream.write_all(b"\0\0\x08\x06\0\0\0\0\0pingping").await.unwrap();
    }
    let mut bytes = Vec::new();
    let _ = timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("the connection is closed");
    let mut at = 0;
    let mut kinds = Vec::new();
    while let Some(header) = bytes.get(at..at + 9) {
        kinds.push(header[3]);
        at += 9 + (usize::from(header[0]) << 16 | usize::from(header[1]) << 8 | usize::from(header[2]));
    }
    assert!(kinds.contains(&7), "GOAWAY is said: {kinds:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_what_is_under_way_end() {
    let lab = lab(Mode::Plain, Limits::default()).await;
    let mut held = say(lab.address, b"GET /held HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let idle = say(lab.address, b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let arrived = async {
        while lab.metrics.connections.get() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    timeout(SOON, arrived).await.unwrap();
    let release = lab.release.clone();
    let stopping = async {
        let later = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            release.notify_one();
        };
        tokio::join!(lab.tasks.drain(SOON), later).0
    };
    let (late, answer) = tokio::join!(stopping, rest(&mut held));
    assert_eq!(late, Vec::<String>::new());
    assert!(answer.ends_with("app /held"), "{answer}");
    drop(idle);
    assert!(TcpStream::connect(lab.address).await.is_err(), "nobody new is taken");
}
