//! From where a request comes.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use crate::App;

/// The most of a user agent's name that is kept, in bytes.
const AGENT_BYTES: usize = 300;

/// The address and program that a request comes from. Behind proxies (`TRUSTED_PROXIES`) the address is the one that the
/// outermost trusted proxy saw; what a client writes into `X-Forwarded-For` itself is never believed.
#[derive(Clone, Debug, Default)]
pub struct Peer {
    /// The address; unknown where there is no connection (tests in this process).
    pub address: Option<IpAddr>,
    /// What the program calls itself.
    pub agent: Option<String>,
}

impl Peer {
    /// Of a request's head.
    pub fn of(parts: &Parts, trusted_proxies: usize) -> Self {
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(|agent| {
            let end = (0..=AGENT_BYTES.min(agent.len())).rev().find(|end| agent.is_char_boundary(*end));
            agent[..end.unwrap_or(0)].to_owned()
        });
        Self { address: address_of(&parts.headers, &parts.extensions, trusted_proxies), agent }
    }
}

/// The address that a request comes from, as [`Peer`] has it.
pub(crate) fn address_of(headers: &HeaderMap, extensions: &Extensions, trusted_proxies: usize) -> Option<IpAddr> {
    let direct = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    forwarded(headers, trusted_proxies).or(direct).map(|address| address.to_canonical())
}

/// Of an address what belongs to one customer: the first half of an IPv6 address, and all of an IPv4 address.
pub(crate) fn customer(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x}", u128::from(address) >> 64),
    }
}

fn forwarded(headers: &HeaderMap, trusted_proxies: usize) -> Option<IpAddr> {
    let place = trusted_proxies.checked_sub(1)?;
    let listed = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<&str> = listed.flat_map(|value| value.split(',')).map(str::trim).collect();
    hops.reverse();
    hops.get(place)?.parse().ok()
}

impl<S> FromRequestParts<S> for Peer
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts, App::from_ref(state).limits().trusted_proxies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(listed: &[&str], trusted: usize) -> Option<IpAddr> {
        let mut request = axum::http::Request::builder();
        for value in listed {
            request = request.header("x-forwarded-for", *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 5))));
        Peer::of(&parts, trusted).address
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let is = |ip: &str| Some(ip.parse().unwrap());
        assert_eq!(address(&["1.1.1.1"], 0), is("10.0.0.1"));
        assert_eq!(address(&["6.6.6.6, 1.1.1.1"], 1), is("1.1.1.1"));
        assert_eq!(address(&["6.6.6.6, 2.2.2.2", "3.3.3.3"], 2), is("2.2.2.2"));
        assert_eq!(address(&["nonsense"], 1), is("10.0.0.1"));
        assert_eq!(address(&[], 1), is("10.0.0.1"));
        assert_eq!(address(&["::ffff:1.2.3.4"], 1), is("1.2.3.4"));
    }
}
