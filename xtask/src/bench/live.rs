//! What is raised shows at once: the time from a report to the event in somebody else's stream, on the same server or another
//! one; 5 000 streams at once, and what they cost.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::http::Client;
use super::logins;
use super::reading::{Times, ms};
use super::report::Report;
use crate::process;
use crate::server::Demo;

/// How often a report is followed to a stream.
const REPORTS: u32 = 200;

/// How many streams are open at once.
const VIEWERS: usize = 5_000;

/// How long an event may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures the time from a report at `demo` to its event in a stream of `other`; `first` is the number of the first report.
pub(crate) fn latency(
    on: &str,
    (demo, other): (&Demo, &Demo),
    first: u32,
    report: &mut Report,
) -> Result<()> {
    process::say(&format!("bench: following reports to a stream, on {on}"));
    let account = demo.number("/accounts/0/id")?;
    let mut stream = BufReader::new(stream(other)?);
    stream.get_ref().set_read_timeout(Some(PATIENCE)).context("the stream cannot be set up")?;
    let (sender, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        while stream.read_line(&mut line).is_ok_and(|count| count > 0) {
            if line.starts_with("event: change") && sender.send(Instant::now()).is_err() {
                return;
            }
            line.clear();
        }
    });
    let mut client = Client::connect(&demo.base_url, demo.text("/operator_key")?)?;
    let baseline = Times::of(REPORTS, |_| client.get("/healthz"))?;
    let mut times = Vec::new();
    for number in 0..REPORTS {
        // Each is a question of its own, and so one event.
        let body = logins::raising(account, first + number).to_string();
        while heard.try_recv().is_ok() {}
        let began = Instant::now();
        client.post("/v1/observations", &body)?;
        let at = heard.recv_timeout(PATIENCE).context("the event of a report was not heard")?;
        times.push(at - began);
    }
    times.sort_unstable();
    let (of, beside) = (Times::sorted(times), baseline);
    report.add(
        &format!("reported → in another's stream, {on}"),
        format!("p50 {}, p95 {}", ms(of.percentile(50)), ms(of.percentile(95))),
        format!("p50 {}: GET /healthz; the aim is 250 ms at p95", ms(beside.percentile(50))),
        format!("{:.1} × at p50", of.percentile(50).as_secs_f64() / beside.percentile(50).as_secs_f64()),
    );
    Ok(())
}

/// Measures what a server takes that rests, and with many streams; and how long until all of them have heard of a report.
pub(crate) fn many(demo: &Demo, report: &mut Report) -> Result<()> {
    process::say(&format!("bench: {VIEWERS} streams at once"));
    let idle = demo.resident()?;
    report.add("memory: a server that rests", mega(idle), "40 MB: the aim".to_owned(), ratio(idle, 40));
    let mut streams = Vec::with_capacity(VIEWERS);
    for _ in 0..VIEWERS {
        let stream = stream(demo)?;
        stream.set_nonblocking(true).context("a stream cannot be set up")?;
        streams.push(stream);
    }
    let full = demo.resident()?;
    report.add(
        &format!("memory: with {VIEWERS} streams"),
        mega(full),
        "150 MB: the aim".to_owned(),
        ratio(full, 150),
    );
    let account = demo.number("/accounts/0/id")?;
    let mut client = Client::connect(&demo.base_url, demo.text("/operator_key")?)?;
    let alone = Times::of(100, |_| client.get("/healthz"))?;
    let began = Instant::now();
    client.post("/v1/observations", &logins::raising(account, 40_000_000).to_string())?;
    let answered = began.elapsed();
    let mut buffer = [0; 4_096];
    while !streams.is_empty() {
        if began.elapsed() > PATIENCE {
            bail!("{} streams have not heard of a report", streams.len());
        }
        streams.retain_mut(|stream| match stream.read(&mut buffer) {
            Ok(count) => !buffer[..count].windows(6).any(|part| part == b"change"),
            Err(_) => true,
        });
    }
    let all = began.elapsed();
    report.add(
        &format!("a report → in all {VIEWERS} streams"),
        ms(all),
        format!("{}: until it was acknowledged", ms(answered)),
        format!("{:.0} × GET /healthz", all.as_secs_f64() / alone.percentile(50).as_secs_f64()),
    );
    Ok(())
}

fn mega(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}

fn ratio(bytes: u64, aim: u32) -> String {
    let kilobytes = u32::try_from(bytes / 1_000).unwrap_or(u32::MAX);
    format!("{:.2} ×", f64::from(kilobytes) / f64::from(1_000 * aim))
}

/// Opens a stream of the demo's first account, and waits until it has begun.
fn stream(demo: &Demo) -> Result<TcpStream> {
    let host = demo.base_url.strip_prefix("http://").context("a base URL with http://")?;
    let key = STANDARD.encode(demo.text("/accounts/0/keys/viewer")?);
    let mut stream = TcpStream::connect(host).context("nothing answers")?;
    write!(
        stream,
        "GET /v1/events HTTP/1.1\r\nhost: {host}\r\nauthorization: Basic {key}\r\naccept: text/event-stream\r\n\r\n"
    )
    .context("a stream cannot be asked for")?;
    stream.set_read_timeout(Some(PATIENCE)).context("a stream cannot be set up")?;
    let (mut said, mut byte) = (Vec::new(), [0; 1_024]);
    while !said.windows(5).any(|part| part == b"hello") {
        let count = stream.read(&mut byte).context("a stream does not begin")?;
        if count == 0 {
            bail!("expected a stream, found {}", String::from_utf8_lossy(&said));
        }
        said.extend_from_slice(&byte[..count]);
    }
    Ok(stream)
}
