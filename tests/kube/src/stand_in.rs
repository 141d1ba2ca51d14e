//! [`StandIn`]: what an API server calls, played by a test: an admission webhook, a kubelet.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// How long a caller may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server over TLS on a loopback port. It answers until it is dropped.
#[derive(Debug)]
pub struct StandIn {
    port: u16,
    certificate: String,
    stopped: Arc<AtomicBool>,
}

/// What it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The path, without its query.
    pub path: String,
    /// The query, as it came.
    pub query: String,
    /// The body.
    pub body: Vec<u8>,
}

/// What it answers.
#[derive(Debug, Default)]
pub struct Reply {
    /// The status code; 0 is 200.
    pub status: u16,
    /// The body, or its beginning.
    pub body: Vec<u8>,
    /// What follows, each piece when it comes, until the sender is gone.
    pub more: Option<Receiver<Vec<u8>>>,
}

// === impl StandIn ===

impl StandIn {
    /// Starts one that answers as `answer` says.
    ///
    /// # Panics
    /// Where the machine has no free port.
    pub fn start(answer: impl Fn(Question) -> Reply + Send + Sync + 'static) -> StandIn {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_string()]);
        let made = made.expect("because an address is a name that a certificate can have");
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("because the provider has them")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.expect("because it was made a moment ago"))
            .expect("because the key is that of the certificate");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("because there is a free port");
        let port = listener.local_addr().expect("because it listens").port();
        let stopped = Arc::new(AtomicBool::new(false));
        let (config, answer, ended) = (Arc::new(config), Arc::new(answer), Arc::clone(&stopped));
        thread::spawn(move || {
            for socket in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let (config, answer) = (Arc::clone(&config), Arc::clone(&answer));
                // A caller that goes away in the middle is its own affair.
                thread::spawn(move || socket.and_then(|socket| serve(socket, config, &*answer)));
            }
        });
        StandIn { port, certificate: made.cert.pem(), stopped }
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate that a caller must trust, in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // The listener looks at the flag when somebody calls.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

fn serve(socket: TcpStream, config: Arc<ServerConfig>, answer: &(dyn Fn(Question) -> Reply + Sync)) -> io::Result<()> {
    socket.set_read_timeout(Some(PATIENCE))?;
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(connection, socket));
    let question = read(&mut stream)?;
    let reply = answer(question);
    let mut stream = stream.into_inner();
    let status = if reply.status == 0 { 200 } else { reply.status };
    // The end of the connection is the end of the body.
    write!(stream, "HTTP/1.1 {status} .\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n")?;
    stream.write_all(&reply.body)?;
    stream.flush()?;
    for piece in reply.more.into_iter().flatten() {
        stream.write_all(&piece)?;
        stream.flush()?;
    }
    stream.conn.send_close_notify();
    stream.flush()
}

fn read(stream: &mut impl BufRead) -> io::Result<Question> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let target = line.split(' ').nth(1).unwrap_or_default().to_string();
    let mut length = 0;
    loop {
        line.clear();
        if stream.read_line(&mut line)? <= 2 {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Ok(Question { path: path.to_string(), query: query.to_string(), body })
}
