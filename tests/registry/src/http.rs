//! As much of HTTP/1.1 as tests need, both sides.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;

/// A request or an answer: its first line, its headers in lower case, its body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    pub(crate) first: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

// === impl Message ===

impl Message {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Reads one; `None` where the other side has closed. The answer to HEAD has no body.
    pub(crate) fn read(from: &mut impl BufRead, bodiless: bool) -> io::Result<Option<Message>> {
        let mut message = Message::default();
        loop {
            let mut line = String::new();
            if from.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            let line = line.trim_end();
            match (line.is_empty(), message.first.is_empty()) {
                (true, true) => {}
                (true, false) => break,
                (false, true) => message.first = line.to_string(),
                (false, false) => {
                    let (name, value) = line.split_once(':').unwrap_or((line, ""));
                    message.headers.push((name.to_ascii_lowercase(), value.trim().to_string()));
                }
            }
        }
        let length = message.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        if !bodiless {
            message.body = vec![0; length];
            from.read_exact(&mut message.body)?;
        }
        Ok(Some(message))
    }
}

/// Sends one request to `address` (`host:port`) and gives the answer.
pub(crate) fn request(
    address: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<(u16, Message)> {
    let mut stream = TcpStream::connect(address)?;
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let answer = Message::read(&mut BufReader::new(stream), method == "HEAD")?;
    let answer = answer.ok_or_else(|| io::Error::other("it closed the connection"))?;
    let status = answer.first.split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok((status.ok_or_else(|| io::Error::other(answer.first.clone()))?, answer))
}
