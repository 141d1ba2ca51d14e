//! The few requests that a fixture makes, over blocking sockets.
//!
//! HTTP/1.0 is enough: the server closes the connection after its answer and never splits the body into chunks.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::Error;
use crate::certificates::Certificates;

/// How long a read may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client with the administrator's certificate.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    port: u16,
    config: Arc<ClientConfig>,
}

impl Client {
    /// A client of the server on this port.
    pub(crate) fn new(port: u16, certificates: &Certificates) -> Result<Self, Error> {
        let config = config(certificates).map_err(|reason| Error::Certificates {
            directory: certificates.authority().parent().map(Into::into).unwrap_or_default(),
            reason,
        })?;
        Ok(Self { port, config: Arc::new(config) })
    }

    /// Sends one request; answers the status code and the body.
    pub(crate) fn send(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> io::Result<(u16, Vec<u8>)> {
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_nodelay(true)?;
        let name = ServerName::IpAddress(Ipv4Addr::LOCALHOST.into());
        let connection = ClientConnection::new(Arc::clone(&self.config), name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, socket);

        let length = body.len();
        let mut request = format!(
            "{method} {path} HTTP/1.0\r\nHost: localhost\r\nAccept: application/json\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n"
        )
        .into_bytes();
        request.extend_from_slice(body);
        stream.write_all(&request)?;

        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        parse(&answer).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP"))
    }
}

fn config(certificates: &Certificates) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    let authority = fs::read(certificates.authority()).map_err(|e| e.to_string())?;
    roots.add(CertificateDer::from_pem_slice(&authority).map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    let admin = fs::read(certificates.admin()).map_err(|e| e.to_string())?;
    let admin = CertificateDer::from_pem_slice(&admin).map_err(|e| e.to_string())?;
    let key = fs::read(certificates.admin_key()).map_err(|e| e.to_string())?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|e| e.to_string())?;
    // The provider is named, so that none has to be installed for the whole process.
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![admin], key)
        .map_err(|e| e.to_string())
}

fn parse(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer[end + 4..].to_vec()))
}
