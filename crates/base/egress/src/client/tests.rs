use std::io::Write as _;
use std::sync::Mutex as StdMutex;

use bowline_base_value::Sensitive;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A server that answers each path with what it was told to, and keeps what it was asked.
struct Server {
    origin: String,
    seen: Arc<StdMutex<Vec<String>>>,
}

impl Server {
    async fn start(tasks: &Tasks, answers: Vec<(&'static str, Vec<u8>)>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(StdMutex::new(Vec::new()));
        let kept = seen.clone();
        let inner = tasks.clone();
        tasks.spawn("server", async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (answers, kept) = (answers.clone(), kept.clone());
                inner.spawn("connection", async move {
                    let mut read = Vec::new();
                    loop {
                        let mut piece = [0; 4096];
                        let n = stream.read(&mut piece).await.unwrap_or(0);
                        if n == 0 {
                            return;
                        }
                        read.extend_from_slice(&piece[..n]);
                        let Some(end) = read.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
                        let request = String::from_utf8_lossy(&read[..end]).into_owned();
                        read.drain(..end + 4);
                        let path = request.split(' ').nth(1).unwrap_or_default().to_string();
                        kept.lock().unwrap().push(request);
                        let answer = answers.iter().find(|(p, _)| *p == path).map(|(_, a)| a.clone());
                        let _ = stream.write_all(&answer.unwrap_or_else(|| text("404 Not Found", "", ""))).await;
                    }
                });
            }
        });
        Server { origin, seen }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.origin)).unwrap()
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn text(status: &str, headers: &str, body: &str) -> Vec<u8> {
    bytes(status, headers, body.as_bytes())
}

fn bytes(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn anywhere(tasks: &Tasks) -> Egress {
    Egress::new(tasks.clone(), "bowline/test", |_| Reach::Anywhere)
}

fn plainly(_: &Url) -> Route {
    Route::default()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_connection_serves_request_after_request() {
    let tasks = Tasks::new();
    let server = Server::start(&tasks, vec![("/a", text("200 OK", "", "hello"))]).await;
    let egress = anywhere(&tasks);
    for _ in 0..3 {
        let reply = egress.send(Ask::get(server.url("/a"), &plainly)).await.unwrap();
        assert_eq!(reply.bytes(5).await.unwrap(), b"hello");
    }
    let connections =
        tasks.running().into_iter().filter(|(name, _)| name == "connection").map(|(_, n)| n).sum::<usize>();
    assert_eq!((server.seen().len(), connections), (3, 1));
    assert!(server.seen()[0].contains("user-agent: bowline/test"), "{}", server.seen()[0]);
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let tasks = Tasks::new();
    let other = Server::start(&tasks, vec![("/there", text("200 OK", "", "there"))]).await;
    let away = text("302 Found", &format!("Location: {}/there\r\n", other.origin), "");
    let server = Server::start(
        &tasks,
        vec![("/away", away), ("/here", text("307 Temporary Redirect", "Location: /away\r\n", ""))],
    )
    .await;
    let egress = anywhere(&tasks);
    let login = Login::basic(server.url("/").origin().clone(), "u", &Sensitive::new("s3cret".to_string()));
    let ask = Ask { login: Some(&login), ..Ask::get(server.url("/here"), &plainly) };
    let reply = egress.send(ask).await.unwrap();
    assert_eq!(reply.url.origin(), other.url("/").origin());
    assert_eq!(reply.bytes(10).await.unwrap(), b"there");
    assert!(server.seen().iter().all(|request| request.contains("authorization: Basic")), "{:?}", server.seen());
    assert_eq!(server.seen().len(), 2);
    assert!(!other.seen()[0].contains("uthorization"), "{:?}", other.seen());
    assert!(!format!("{login:?}").contains("s3cret"));
}

#[tokio::test]
async fn redirects_end_and_lead_only_where_they_may() {
    let tasks = Tasks::new();
    let round = text("302 Found", "Location: /round\r\n", "");
    let file = text("302 Found", "Location: file:///etc/passwd\r\n", "");
    let server = Server::start(&tasks, vec![("/round", round), ("/file", file)]).await;
    let egress = anywhere(&tasks);
    let error = egress.send(Ask::get(server.url("/round"), &plainly)).await.unwrap_err();
    assert!(matches!(error, Error::Redirects { limit: 10, .. }), "{error}");
    let error = egress.send(Ask::get(server.url("/file"), &plainly)).await.unwrap_err();
    assert!(error.to_string().contains("cannot be followed"), "{error}");
}

#[tokio::test]
async fn who_sends_credentials_in_headers_stays_where_they_belong() {
    let tasks = Tasks::new();
    let other = Server::start(&tasks, vec![("/there", text("200 OK", "", "there"))]).await;
    let away = text("302 Found", &format!("Location: {}/there\r\n", other.origin), "");
    let near = text("302 Found", "Location: /here\r\n", "");
    let served = vec![("/away", away), ("/near", near), ("/here", text("200 OK", "", "here"))];
    let server = Server::start(&tasks, served).await;
    let egress = anywhere(&tasks);
    let ask =
        async |path: &str, follow: Follow| egress.send(Ask { follow, ..Ask::get(server.url(path), &plainly) }).await;
    let error = ask("/away", Follow::SameOrigin).await.unwrap_err();
    assert!(error.to_string().contains("sent on to another host"), "{error}");
    assert_eq!(ask("/near", Follow::SameOrigin).await.unwrap().bytes(10).await.unwrap(), b"here");
    assert_eq!(ask("/away", Follow::Nowhere).await.unwrap().status, 302);
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn the_allow_list_is_asked_of_every_hop() {
    let tasks = Tasks::new();
    let other = Server::start(&tasks, vec![("/there", text("200 OK", "", ""))]).await;
    let away = text("302 Found", &format!("Location: {}/there\r\n", other.origin), "");
    let server = Server::start(&tasks, vec![("/away", away)]).await;
    let granted = server.url("/").origin().clone();
    let allow = move |url: &Url| if *url.origin() == granted { Reach::Anywhere } else { Reach::Outward };
    let egress = Egress::new(tasks.clone(), "test", allow);
    let error = egress.send(Ask::get(server.url("/away"), &plainly)).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { reason, .. } if reason.contains("127.0.0.1 is this machine")), "{error}");
    assert!(other.seen().is_empty());
    let error =
        egress.send(Ask::get(Url::parse("http://169.254.169.254/latest").unwrap(), &plainly)).await.unwrap_err();
    assert!(error.to_string().contains("link-local"), "{error}");
    let nowhere = Egress::new(tasks.clone(), "test", |_| Reach::Nowhere("not today".into()));
    let error = nowhere.send(Ask::get(server.url("/"), &plainly)).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{}/: not today", server.origin));
}

#[tokio::test]
async fn answers_are_bounded_compressed_ones_too() {
    let tasks = Tasks::new();
    let zipped = bytes("200 OK", "Content-Encoding: gzip\r\n", &gzip(&[b'a'; 100_000]));
    let broken = bytes("200 OK", "Content-Encoding: gzip\r\n", b"no gzip at all");
    let server =
        Server::start(&tasks, vec![("/long", text("200 OK", "", "0123456789")), ("/zip", zipped), ("/broken", broken)])
            .await;
    let egress = anywhere(&tasks);
    let get = |path: &str, gzip: bool| egress.send(Ask { gzip, ..Ask::get(server.url(path), &plainly) });
    assert!(matches!(get("/long", false).await.unwrap().bytes(9).await, Err(Error::TooLarge { limit: 9, .. })));
    assert_eq!(get("/zip", true).await.unwrap().bytes(100_000).await.unwrap().len(), 100_000);
    assert!(matches!(get("/zip", true).await.unwrap().bytes(99_999).await, Err(Error::TooLarge { .. })));
    assert!(get("/zip", false).await.unwrap().bytes(99_999).await.unwrap().len() < 1000, "not asked for, not undone");
    assert!(matches!(get("/broken", true).await.unwrap().bytes(99_999).await, Err(Error::Encoding { .. })));
}

#[tokio::test]
async fn plain_requests_go_through_a_proxy_whole() {
    let tasks = Tasks::new();
    let proxy = Server::start(&tasks, vec![("http://far.example/x?y", text("200 OK", "", "proxied"))]).await;
    let egress = Egress::new(tasks.clone(), "test", |_| Reach::Outward);
    let route = {
        let proxy = Proxy::parse(&proxy.origin.replace("http://", "http://u:p@")).unwrap();
        move |_: &Url| Route { proxy: Some(proxy.clone()), ..Route::default() }
    };
    let reply = egress.send(Ask::get(Url::parse("http://far.example/x?y").unwrap(), &route)).await.unwrap();
    assert_eq!(reply.bytes(100).await.unwrap(), b"proxied");
    assert!(proxy.seen()[0].contains("proxy-authorization: Basic dTpw"), "{:?}", proxy.seen());
    assert!(proxy.seen()[0].contains("host: far.example"), "{:?}", proxy.seen());
}

#[tokio::test]
async fn what_cannot_be_reached_is_named() {
    let tasks = Tasks::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/x", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = anywhere(&tasks).send(Ask::get(url, &plainly)).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot connect to http://127.0.0.1:"), "{error}");
}

/// A TLS server that only takes clients with a certificate of its own authority, and says what path they asked for. Gives its URL, the
/// authority's certificate, and a client's certificate and key.
async fn tls_server(tasks: &Tasks) -> (Url, String, String, (String, String)) {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use rustls::pki_types::pem::PemObject;
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let signed = |names: Vec<String>| {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &ca).unwrap();
        (certificate.pem(), key.serialize_pem())
    };
    let (certificate, key) = signed(vec!["localhost".to_string()]);
    let client = signed(Vec::new());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(rustls::pki_types::CertificateDer::from_pem_slice(ca.pem().as_bytes()).unwrap()).unwrap();
    let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            vec![rustls::pki_types::CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()],
            rustls::pki_types::PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
        )
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/x", listener.local_addr().unwrap().port());
    tasks.spawn("TLS server", async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 1000];
            let n = stream.read(&mut request).await.unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..n]).into_owned();
            let away = request.starts_with("GET /plain ");
            let answer = match away {
                true => text("302 Found", "Location: http://127.0.0.1:1/x\r\n", ""),
                false => text("200 OK", "Connection: close\r\n", request.split(' ').nth(1).unwrap_or_default()),
            };
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
    });
    (Url::parse(&url).unwrap(), ca.pem(), certificate, client)
}

#[tokio::test]
async fn certificates_of_both_sides_are_checked() {
    let tasks = Tasks::new();
    let (url, ca, own, (cert, key)) = tls_server(&tasks).await;
    let egress = anywhere(&tasks);
    let whole = Tls {
        ca: Some(ca.clone().into_bytes()),
        cert: Some(cert.into_bytes()),
        key: Some(Sensitive::new(key.into_bytes())),
        ..Tls::default()
    };
    let get = async |url: Url, tls: Tls| {
        let route = move |_: &Url| Route { tls: tls.clone(), proxy: None };
        match egress.send(Ask::get(url, &route)).await {
            Ok(reply) => reply.bytes(100).await.map(|b| String::from_utf8_lossy(&b).into_owned()),
            Err(error) => Err(error),
        }
        .unwrap_or_else(|e| e.to_string())
    };
    assert_eq!(get(url.clone(), whole.clone()).await, "/x");
    assert_eq!(get(url.clone(), Tls { ca: None, insecure: true, ..whole.clone() }).await, "/x");
    let unknown = get(url.clone(), Tls { ca: None, ..whole.clone() }).await;
    assert!(unknown.contains("TLS: ") && unknown.contains("UnknownIssuer"), "{unknown}");
    let nobody = get(url.clone(), Tls { cert: None, key: None, ..whole.clone() }).await;
    assert!(nobody != "/x", "a client without a certificate is not served: {nobody}");
    let other = Tls { server_name: Some("elsewhere".into()), ..whole.clone() };
    assert!(get(url.clone(), other).await.contains("TLS: "));
    // One certificate and no other, whatever its name and whoever signed it.
    let only = |pem: &str| Tls { ca: None, only: Some(pem.to_string().into_bytes()), ..whole.clone() };
    assert_eq!(get(url.clone(), only(&own)).await, "/x");
    assert!(get(url.clone(), only(&ca)).await.contains("another certificate than the configured one"));
    // A redirect that gives encryption up is not followed.
    let down = get(url.join("/plain").unwrap(), whole).await;
    assert!(down.contains("redirects to http://127.0.0.1:1/x, which is not encrypted"), "{down}");
}
