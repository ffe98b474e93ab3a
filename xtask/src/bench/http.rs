//! A client for measuring: one connection that is kept, blocking, and nothing that costs time of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How long an answer may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection to the server, with a key.
pub(crate) struct Client {
    connection: BufReader<TcpStream>,
    head: String,
}

impl Client {
    /// Connects to `base_url`, which must be on this machine: nothing else is ever measured.
    pub(crate) fn connect(base_url: &str, key: &str) -> Result<Self> {
        let host = base_url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        let host = host.with_context(|| format!("expected a base URL with http://, found {base_url}"))?;
        let stream = TcpStream::connect(host).with_context(|| format!("nothing answers at {host}"))?;
        if !stream.peer_addr().context("the connection has no other end")?.ip().is_loopback() {
            bail!("expected a server on this machine, found {host}");
        }
        stream.set_nodelay(true).context("the connection cannot be set up")?;
        stream.set_read_timeout(Some(PATIENCE)).context("the connection cannot be set up")?;
        let head = format!("Host: {host}\r\nAuthorization: Basic {}\r\n", STANDARD.encode(key));
        Ok(Self { connection: BufReader::new(stream), head })
    }

    /// Gets `path` and returns the body; anything but 200 is an error.
    pub(crate) fn get(&mut self, path: &str) -> Result<String> {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.head);
        self.call(path, request.as_bytes())
    }

    /// Posts a JSON `body` and returns the answer's; anything but 200 is an error.
    pub(crate) fn post(&mut self, path: &str, body: &str) -> Result<String> {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\n{}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}",
            self.head
        );
        self.call(path, request.as_bytes())
    }

    fn call(&mut self, path: &str, request: &[u8]) -> Result<String> {
        self.connection
            .get_mut()
            .write_all(request)
            .with_context(|| format!("{path} cannot be asked for"))?;
        let (status, body) = self.answer().with_context(|| format!("{path} gave no answer"))?;
        if status != 200 {
            bail!("expected 200 from {path}, found {status}: {}", body.trim());
        }
        Ok(body)
    }

    fn answer(&mut self) -> Result<(u16, String)> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|text| text.parse().ok());
        let status = status.with_context(|| format!("expected a status line, found `{first}`"))?;
        let mut length = 0;
        let mut chunked = false;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':') {
                Some(("content-length", value)) => {
                    length = value.trim().parse().context("a length is a number")?;
                }
                Some(("transfer-encoding", value)) => chunked = value.trim() == "chunked",
                Some(_) => {}
                None => break,
            }
        }
        let body = if chunked { self.chunks()? } else { self.bytes(length)? };
        Ok((status, String::from_utf8(body).context("the answer is not text")?))
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(&self.line()?, 16).context("a chunk begins with its size")?;
            body.extend(self.bytes(size)?);
            self.line()?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    fn bytes(&mut self, count: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.connection.read_exact(&mut bytes).context("the answer is cut off")?;
        Ok(bytes)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.connection.read_line(&mut line).context("the answer is cut off")?;
        line.truncate(line.trim_end().len());
        Ok(line)
    }
}
