//! A connection that becomes TLS halfway. lettre keeps what it has read ahead over that change: whoever sits on the line
//! could add answers in plain text to the one to STARTTLS, and they would count as said under TLS. So lettre gets one
//! line at a time, and TLS does not begin while anything of the plain text is left.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The first byte of a TLS handshake; no SMTP command begins with it.
const HANDSHAKE: u8 = 0x16;

#[derive(Debug)]
pub(super) struct Guarded {
    stream: TcpStream,
    /// What was read in plain text and is not handed on yet.
    ahead: Vec<u8>,
    is_tls: bool,
}

impl Guarded {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, ahead: Vec::new(), is_tls: false }
    }
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if self.is_tls {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        if self.ahead.is_empty() {
            let mut bytes = [0; 1_024];
            let mut read = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut read))?;
            self.ahead.extend_from_slice(read.filled());
        }
        let line = self.ahead.iter().position(|byte| *byte == b'\n').map_or(self.ahead.len(), |end| end + 1);
        let taken: Vec<u8> = self.ahead.drain(..line.min(buffer.remaining())).collect();
        buffer.put_slice(&taken);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        if !self.is_tls && bytes.first() == Some(&HANDSHAKE) {
            if !self.ahead.is_empty() {
                let why = "somebody answered in plain text what should be asked under TLS";
                return Poll::Ready(Err(Error::new(ErrorKind::InvalidData, why)));
            }
            self.is_tls = true;
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncTokioStream for Guarded {
    fn peer_addr(&self) -> Result<SocketAddr> {
        self.stream.peer_addr()
    }
}
