//! Who sent a request, where reverse proxies stand before the server.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use beckon_core::network::Network;

use crate::app::App;

/// The address of whoever is behind the proxies that are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Notes who sent a request.
pub async fn note(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    if let Some(peer) = peer {
        let client = client(peer, request.headers(), &app.proxies);
        request.extensions_mut().insert(ClientAddress(client));
    }
    next.run(request).await
}

/// Returns the last address on the way here that is none of the proxies. What others than these say of the way counts for nothing, and
/// so does what is no address.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let is_proxy = |address: IpAddr| proxies.iter().any(|proxy| proxy.contains(address));
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let way = lines.flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
    let mut last = peer;
    for text in way {
        if !is_proxy(last) {
            break;
        }
        match text.trim().parse::<IpAddr>() {
            Ok(address) => last = address.to_canonical(),
            Err(_) => break,
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_way_is_believed_as_far_as_proxies_tell_it() {
        let proxies = ["10.0.0.0/8", "2001:db8::/32"].map(|text| Network::parse(text).expect("a network"));
        let check = |peer: &str, lines: &[&'static str], expected: &str| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", HeaderValue::from_static(line));
            }
            let found = client(peer.parse().expect("an address"), &headers, &proxies);
            assert_eq!(found.to_string(), expected, "{peer} {lines:?}");
        };
        check("203.0.113.7", &[], "203.0.113.7");
        check("10.0.0.1", &["203.0.113.7"], "203.0.113.7");
        check("10.0.0.1", &["203.0.113.7, 10.0.0.2"], "203.0.113.7");
        check("10.0.0.1", &["203.0.113.7", "10.0.0.2"], "203.0.113.7");
        check("2001:db8::1", &["::ffff:203.0.113.7"], "203.0.113.7");
        // What the client wrote itself stands further to the left.
        check("10.0.0.1", &["1.2.3.4, 203.0.113.7"], "203.0.113.7");
        // Whoever is no proxy can say what it wants.
        check("203.0.113.7", &["1.2.3.4"], "203.0.113.7");
        check("10.0.0.1", &["nonsense"], "10.0.0.1");
        check("10.0.0.1", &["203.0.113.7, nonsense"], "10.0.0.1");
        check("10.0.0.1", &["203.0.113.7:443"], "10.0.0.1");
        check("10.0.0.1", &[""], "10.0.0.1");
        check("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3");
    }
}
