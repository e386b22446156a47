//! The least of an HTTP client: requests that are bytes already, answers with a Content-Length.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::Result;

/// Who asks: the rest of every request's head.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asker(String);

impl Asker {
    /// Whoever has this token.
    pub(crate) fn with_token(token: &str) -> Self {
        Self(format!("Authorization: Bearer {token}\r\n"))
    }

    /// A provider who signs like WhatsApp.
    pub(crate) fn signed(signature: &str) -> Self {
        Self(format!("X-Hub-Signature-256: {signature}\r\n"))
    }

    /// A GET of this path.
    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n", self.0).into_bytes()
    }

    /// A POST of this JSON.
    pub(crate) fn post(&self, path: &str, json: &str) -> Vec<u8> {
        let (length, who) = (json.len(), &self.0);
        format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{who}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"
        )
        .into_bytes()
    }
}

/// The head of an answer, if it is whole: the status, and how long head and body are together.
pub(crate) fn head(bytes: &[u8]) -> Option<(u16, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = text.get(9..12)?.parse().ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Some((status, end + length?))
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// One connection, on which one request follows the other.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self { stream, buffer: vec![0; 1 << 16] })
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request)?;
        let mut read = 0;
        loop {
            if read == self.buffer.len() {
                self.buffer.resize(2 * read, 0);
            }
            let more = self.stream.read(&mut self.buffer[read..])?;
            if more == 0 {
                return Err("the server closed the connection".into());
            }
            read += more;
            if let Some((status, length)) = head(&self.buffer[..read])
                && read >= length
            {
                let body_at = self.buffer.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(0) + 4;
                return Ok(Answer { status, body: self.buffer[body_at..length].to_vec() });
            }
        }
    }

    /// The JSON that answers a request; anything but a success is an error.
    pub(crate) fn json(&mut self, request: &[u8]) -> Result<serde_json::Value> {
        let answer = self.ask(request)?;
        if !(200..300).contains(&answer.status) {
            let asked = String::from_utf8_lossy(request.split(|byte| *byte == b'\r').next().unwrap_or_default());
            return Err(format!("{asked} answers {}: {}", answer.status, String::from_utf8_lossy(&answer.body)).into());
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }
}
