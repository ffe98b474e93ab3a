//! What many clients that send next to nothing cost those who send whole requests, and how long they hold on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::http::Client;
use super::reading::{Times, ms};
use super::report::Report;
use crate::process;
use crate::server::Demo;

/// How many sockets dribble: half of them a head, half of them a body.
const DRIBBLERS: u32 = 2_000;

/// How often each sends a byte.
const EVERY: Duration = Duration::from_secs(1);

/// How long a socket may stay open before it is given up: this measures, and ends by itself.
const PATIENCE: Duration = Duration::from_secs(40);

/// Measures a list without and with dribbling sockets, and the time until the last of those is closed.
pub(super) fn measure(demo: &Demo, reads: u32, report: &mut Report) -> Result<()> {
    process::say(&format!("bench: reading while {DRIBBLERS} sockets dribble"));
    let base_url = demo.base_url.as_str();
    let mut client = Client::connect(base_url, demo.text("/accounts/0/keys/viewer")?)?;
    let mut read = |_| client.get("/v1/escalations?limit=50&status=open");
    let alone = Times::of(reads, &mut read)?;
    let host = base_url.strip_prefix("http://").context("a base URL with http://")?;
    let mut sockets = (0..DRIBBLERS).map(|number| open(host, number)).collect::<Result<Vec<_>>>()?;
    let began = Instant::now();
    let (beside, dribbled) = std::thread::scope(|scope| {
        let dribbling = scope.spawn(|| dribble(&mut sockets, began));
        let beside = Times::of(reads, &mut read);
        (beside, dribbling.join())
    });
    let beside = beside?;
    let (left, after) = dribbled.map_err(|_| anyhow::anyhow!("the dribbling thread broke"))?;
    let (p99, before) = (beside.percentile(99), alone.percentile(99));
    report.add(
        &format!("list of 50, beside {DRIBBLERS} dribbling sockets"),
        format!("p50 {}, p99 {}", ms(beside.percentile(50)), ms(p99)),
        format!("p50 {}, p99 {}: without them", ms(alone.percentile(50)), ms(before)),
        format!("{:.1} × at p99", p99.as_secs_f64() / before.as_secs_f64()),
    );
    report.add(
        "until the last of them is closed",
        format!("{:.1} s, {left} left open", after.as_secs_f64()),
        "15 s: the most".to_owned(),
        format!("{:.2} ×", after.as_secs_f64() / 15.0),
    );
    Ok(())
}

fn open(host: &str, number: u32) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(host).context("nothing answers")?;
    stream.set_nonblocking(false).context("a socket cannot be set up")?;
    let beginning = if number.is_multiple_of(2) {
        "GET /healthz HTTP/1.1\r\nhost: x\r\nx-filler: ".to_owned()
    } else {
        "POST /v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n".to_owned()
    };
    stream.write_all(beginning.as_bytes()).context("a socket takes nothing")?;
    stream.set_nonblocking(true).context("a socket cannot be set up")?;
    Ok(stream)
}

/// Sends a byte by each socket now and then until all are closed; returns how many are still open, and when the last one
/// that is not was closed.
fn dribble(sockets: &mut Vec<TcpStream>, began: Instant) -> (usize, Duration) {
    let mut last = Duration::ZERO;
    while !sockets.is_empty() && began.elapsed() < PATIENCE {
        let before = sockets.len();
        sockets.retain_mut(is_open);
        if sockets.len() < before {
            last = began.elapsed();
        }
        std::thread::sleep(EVERY / 10);
        if began.elapsed().subsec_millis() < 100 {
            for socket in sockets.iter_mut() {
                // Whether it is still open is found out by reading.
                drop(socket.write(b"x"));
            }
        }
    }
    (sockets.len(), last)
}

fn is_open(socket: &mut TcpStream) -> bool {
    let mut bytes = [0; 512];
    loop {
        match socket.read(&mut bytes) {
            Ok(0) => return false,
            // An answer before the end is not the end yet.
            Ok(_) => {}
            Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }
}
