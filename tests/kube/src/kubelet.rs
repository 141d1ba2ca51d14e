//! [`Kubelet`]: a stand-in for the kubelet, as far as the API server asks one: logs of containers, and programs run in them.
//!
//! No container runs. A log is two lines, a shell says in capitals what it is told.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

use crate::{Error, KubeServer};

/// A node without containers.
#[derive(Debug)]
pub struct Kubelet {
    node: String,
    requests: Arc<Mutex<Vec<String>>>,
}

type Stream = StreamOwned<ServerConnection, TcpStream>;

impl Kubelet {
    /// A node of this name in the cluster. It lives as long as the test.
    pub fn start(kube: &KubeServer, node: &str) -> Result<Kubelet, Error> {
        let doing = "starting a stand-in for the kubelet";
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io(doing))?;
        let port = listener.local_addr().map_err(Error::io(doing))?.port();
        let config = Arc::new(kube.tls().map_err(|reason| Error::io(doing)(io::Error::other(reason)))?);
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, seen) = (config.clone(), seen.clone());
                // Whoever breaks a connection off ends its thread and nothing else.
                thread::spawn(move || serve(stream, config, &seen));
            }
        });
        kube.expect("POST", "/api/v1/nodes", Some(&json!({"metadata": {"name": node}})))?;
        let status = json!({"status": {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
        }});
        kube.expect("PATCH", &format!("/api/v1/nodes/{node}/status"), Some(&status))?;
        Ok(Kubelet { node: node.to_string(), requests })
    }

    /// The node's name: a pod with it in `spec.nodeName` is here.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// Says that a pod runs, as a kubelet would once its containers do.
    pub fn run(&self, kube: &KubeServer, namespace: &str, pod: &str) -> Result<(), Error> {
        let status = json!({"status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True"}],
        }});
        kube.expect("PATCH", &format!("/api/v1/namespaces/{namespace}/pods/{pod}/status"), Some(&status)).map(drop)
    }

    /// The paths that were asked for, with their queries.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>, seen: &Mutex<Vec<String>>) -> io::Result<()> {
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut reader = BufReader::new(StreamOwned::new(connection, stream));
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_string();
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line)?;
    }
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
    // Nothing more is sent before the answer, so nothing waits in the reader.
    let mut stream = reader.into_inner();
    if path.starts_with("/exec/") {
        return shell(&mut stream, &path);
    }
    let (status, body) = match path.starts_with("/containerLogs/") {
        true => ("200 OK", "2026-01-01T00:00:01Z one\n2026-01-01T00:00:02Z two\n"),
        false => ("404 Not Found", "there is only a stand-in here\n"),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// A program: it says its name, then in capitals what it is told, and ends at `exit`. There is only `sh`.
fn shell(stream: &mut Stream, path: &str) -> io::Result<()> {
    stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n")?;
    if !path.contains("command=sh") {
        let absent = r#"{"status":"Failure","message":"executable file not found in $PATH","reason":"InternalError"}"#;
        return end(stream, absent);
    }
    say(stream, 1, b"$ ")?;
    loop {
        let (channel, text) = hear(stream)?;
        match (channel, &text[..]) {
            (0, b"exit") => return end(stream, r#"{"metadata":{},"status":"Success"}"#),
            (0, text) => say(stream, 1, &text.to_ascii_uppercase())?,
            _ => {}
        }
    }
}

fn end(stream: &mut Stream, status: &str) -> io::Result<()> {
    say(stream, 3, status.as_bytes())?;
    stream.write_all(&[0x88, 0])?;
    stream.flush()
}

/// A short binary message.
fn say(stream: &mut Stream, channel: u8, text: &[u8]) -> io::Result<()> {
    let length = u8::try_from(text.len() + 1).ok().filter(|length| *length < 126);
    let length = length.ok_or_else(|| io::Error::other("the message is too long for a stand-in"))?;
    stream.write_all(&[&[0x82, length, channel][..], text].concat())?;
    stream.flush()
}

/// A short message of a client, which is masked.
fn hear(stream: &mut Stream) -> io::Result<(u8, Vec<u8>)> {
    let mut head = [0; 6];
    stream.read_exact(&mut head)?;
    let [_, length, mask @ ..] = head;
    let mut text = vec![0; usize::from(length & 0x7f)];
    stream.read_exact(&mut text)?;
    for (byte, mask) in text.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
    if head[0] & 0x0f == 8 || text.is_empty() {
        return Err(io::Error::other("the client left"));
    }
    Ok((text[0], text.split_off(1)))
}

impl KubeServer {
    /// TLS as the API server speaks it itself.
    fn tls(&self) -> Result<ServerConfig, String> {
        let (certificate, key) = self.server_certificate();
        let chain =
            CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect).map_err(|e| e.to_string())?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| error.to_string())?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| error.to_string())?.with_no_client_auth();
        builder.with_single_cert(chain, key).map_err(|error| error.to_string())
    }
}
