//! Which addresses are asked, and which never are. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::{Fault, LONGEST_URL};

/// Which addresses may be asked beside the public ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rules {
    /// May this machine be asked (127.0.0.0/8 and ::1)? For the demo and for tests.
    pub loopback: bool,
}

const THIS_MACHINE: &str = "this machine's own (loopback)";

/// Ranges of IPv4 that are no place of the public internet: the first address, the length of the prefix, what they are.
const V4: [([u8; 4], u32, &str); 17] = [
    ([0, 0, 0, 0], 8, "an address of no host (0.0.0.0/8)"),
    ([10, 0, 0, 0], 8, "a private address (10.0.0.0/8)"),
    ([100, 64, 0, 0], 10, "a provider's inner address (100.64.0.0/10)"),
    ([127, 0, 0, 0], 8, THIS_MACHINE),
    ([169, 254, 0, 0], 16, "a link-local address (169.254.0.0/16)"),
    ([172, 16, 0, 0], 12, "a private address (172.16.0.0/12)"),
    ([192, 0, 0, 0], 24, "an address of protocols (192.0.0.0/24)"),
    ([192, 0, 2, 0], 24, "an address for documentation (192.0.2.0/24)"),
    ([192, 31, 196, 0], 24, "an address of protocols (192.31.196.0/24)"),
    ([192, 88, 99, 0], 24, "a 6to4 relay (192.88.99.0/24)"),
    ([192, 168, 0, 0], 16, "a private address (192.168.0.0/16)"),
    ([192, 175, 48, 0], 24, "an address of protocols (192.175.48.0/24)"),
    ([198, 18, 0, 0], 15, "an address for benchmarks (198.18.0.0/15)"),
    ([198, 51, 100, 0], 24, "an address for documentation (198.51.100.0/24)"),
    ([203, 0, 113, 0], 24, "an address for documentation (203.0.113.0/24)"),
    ([224, 0, 0, 0], 4, "a multicast address (224.0.0.0/4)"),
    ([240, 0, 0, 0], 4, "a reserved address or broadcast (240.0.0.0/4)"),
];

/// The same of IPv6. What is not within 2000::/3 is refused anyway; these say what it is.
const V6: [([u16; 8], u32, &str); 16] = [
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, "an address of no host (::)"),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, THIS_MACHINE),
    ([0, 0, 0, 0, 0, 0, 0, 0], 96, "an IPv4 address in an old form (::/96)"),
    ([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, "a translated IPv4 address (64:ff9b::/96)"),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, "a translated IPv4 address (64:ff9b:1::/48)"),
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 64, "an address that discards (100::/64)"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "an address of protocols (2001::/23)"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "an address for documentation (2001:db8::/32)"),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "a 6to4 address (2002::/16)"),
    ([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48, "an address of protocols (2620:4f:8000::/48)"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "an address for documentation (3fff::/20)"),
    ([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, "an address of segment routing (5f00::/16)"),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "a private address (fc00::/7)"),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "a link-local address (fe80::/10)"),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, "a site-local address (fec0::/10)"),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "a multicast address (ff00::/8)"),
];

/// Ports of other protocols, which browsers do not ask either (<https://fetch.spec.whatwg.org/#port-blocking>): a body that a user words
/// could be read there as commands.
const PORTS: [u16; 82] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
];

impl Rules {
    /// Why this address is not asked; nothing if it is. An IPv4 address in the form of IPv6 is judged as what it is.
    pub fn refuse(self, address: IpAddr) -> Option<&'static str> {
        let why = match address.to_canonical() {
            IpAddr::V4(address) => refused_v4(address),
            IpAddr::V6(address) => refused_v6(address),
        }?;
        (why != THIS_MACHINE || !self.loopback).then_some(why)
    }

    /// Judges an address as it was given: its form as [`target`] does, and its host where that is an IP address. A name is judged by
    /// what it resolves to when it is asked.
    pub fn judge(self, url: &str) -> Result<Url, Fault> {
        let url = target(url)?;
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            _ => None,
        };
        match literal.and_then(|address| self.refuse(address)) {
            Some(why) => Err(Fault::RefusedAddress(why.to_owned())),
            None => Ok(url),
        }
    }
}

/// The address as it will be asked: `http` or `https`, with a host, without user-info, not too long, and no port of another protocol. Hosts in
/// decimal, octal and hexadecimal are IP addresses afterwards (`http://0x7f.1` has the host `127.0.0.1`).
pub fn target(url: &str) -> Result<Url, Fault> {
    let bad = |why: &str| Err(Fault::BadAddress(why.to_owned()));
    if url.len() > LONGEST_URL {
        return Err(Fault::BadAddress(format!("must not be longer than {LONGEST_URL} characters")));
    }
    let url = match Url::parse(url.trim()) {
        Ok(url) => url,
        Err(fault) => return Err(Fault::BadAddress(format!("is not one such as https://example.com/hook ({fault})"))),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return bad("must begin with https:// or http://");
    }
    if url.host().is_none() {
        return bad("has no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return bad("must not hold a name or password: send them in a header");
    }
    match url.port() {
        Some(port) if PORTS.contains(&port) => {
            Err(Fault::BadAddress(format!("has port {port}, which belongs to another protocol than HTTP")))
        }
        _ => Ok(url),
    }
}

fn refused_v4(address: Ipv4Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    let is_in = |first: [u8; 4], length: u32| (bits ^ u32::from_be_bytes(first)) >> (32 - length) == 0;
    V4.iter().find(|(first, length, _)| is_in(*first, *length)).map(|(.., what)| *what)
}

fn refused_v6(address: Ipv6Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    let is_in = |first: [u16; 8], length: u32| (bits ^ Ipv6Addr::from(first).to_bits()) >> (128 - length) == 0;
    let named = V6.iter().find(|(first, length, _)| is_in(*first, *length)).map(|(.., what)| *what);
    let is_global = bits >> 125 == 0b001;
    named.or_else(|| (!is_global).then_some("a reserved address (outside of 2000::/3)"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USUAL: Rules = Rules { loopback: false };

    fn refuse(address: &str) -> Option<&'static str> {
        USUAL.refuse(address.parse().unwrap())
    }

    #[test]
    fn every_range_ends_where_it_ends() {
        for (inside, outside) in [
            ("0.255.255.255", "1.0.0.0"),
            ("10.0.0.0", "9.255.255.255"),
            ("10.255.255.255", "11.0.0.0"),
            ("100.64.0.0", "100.63.255.255"),
            ("100.127.255.255", "100.128.0.0"),
            ("127.0.0.1", "126.255.255.255"),
            ("127.255.255.255", "128.0.0.0"),
            ("169.254.169.254", "169.253.255.255"),
            ("172.16.0.0", "172.15.255.255"),
            ("172.31.255.255", "172.32.0.0"),
            ("192.0.0.255", "192.0.1.0"),
            ("192.0.2.1", "192.0.3.0"),
            ("192.88.99.1", "192.88.98.255"),
            ("192.168.255.255", "192.169.0.0"),
            ("198.18.0.0", "198.17.255.255"),
            ("198.19.255.255", "198.20.0.0"),
            ("198.51.100.7", "198.51.101.0"),
            ("203.0.113.255", "203.0.114.0"),
            ("224.0.0.1", "223.255.255.255"),
            ("240.0.0.0", "8.8.8.8"),
            ("255.255.255.255", "1.1.1.1"),
            ("::", "2000::"),
            ("::1", "2606:4700:4700::1111"),
            ("::8.8.8.8", "2a00:1450::1"),
            ("64:ff9b::808:808", "2001:200::"),
            ("64:ff9b:1::1", "2001:db7:ffff::"),
            ("64:ff9b:2::1", "2001:db9::"),
            ("100::1", "2003::"),
            ("2001::1", "2001:4860::8888"),
            ("2001:db8::1", "3ffe::1"),
            ("2002:7f00:1::", "2620:4f:8001::"),
            ("3fff:fff:ffff::", "3fff:1000::"),
            ("4000::", "3ff0::"),
            ("5f00::1", "2c0f::1"),
            ("fc00::1", "2400::1"),
            ("fdff::1", "2600::1"),
            ("fe80::1", "2800::1"),
            ("fec0::1", "2604::1"),
            ("ff02::1", "2a01::1"),
            ("::ffff:127.0.0.1", "::ffff:8.8.8.8"),
            ("::ffff:10.1.2.3", "::ffff:1.1.1.1"),
        ] {
            assert!(refuse(inside).is_some(), "{inside} is asked");
            assert_eq!(refuse(outside), None, "{outside} is refused");
        }
    }

    #[test]
    fn this_machine_is_asked_where_that_is_allowed_and_nothing_else_is() {
        let demo = Rules { loopback: true };
        for local in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(demo.refuse(local.parse().unwrap()), None, "{local}");
        }
        for other in ["0.0.0.0", "10.0.0.1", "169.254.169.254", "::", "fe80::1", "::127.0.0.1", "64:ff9b::7f00:1"] {
            assert!(demo.refuse(other.parse().unwrap()).is_some(), "{other}");
        }
    }

    #[test]
    fn hosts_in_other_spellings_are_the_addresses_that_they_are() {
        for private in [
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://017700000001/",
            "http://0x7f000001/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://%31%32%37.0.0.1/",
            "http://１２７.0.0.1/",
            "http://127。0。0。1/",
            "http://[::1]/",
            "http://[0:0:0:0:0:ffff:7f00:1]/",
            "http://[::ffff:169.254.169.254]/latest/meta-data",
            "http://[64:ff9b::a9fe:a9fe]/",
            "http://[2002:a9fe:a9fe::]/",
            "http://3232235777/",
            "https:\\\\10.0.0.1\\x",
        ] {
            assert!(
                matches!(USUAL.judge(private), Err(Fault::RefusedAddress(_))),
                "{private}: {:?}",
                USUAL.judge(private)
            );
        }
        for public in ["http://134744072/", "https://example.com/hook?x=1", "http://[2606:4700:4700::1111]:8080/"] {
            assert!(USUAL.judge(public).is_ok(), "{public}");
        }
    }

    #[test]
    fn what_is_no_address_says_why() {
        for (url, why) in [
            ("ftp://example.com", "https://"),
            ("javascript:alert(1)", "https://"),
            ("file:///etc/passwd", "https://"),
            ("example.com/hook", "is not one"),
            ("https://", "is not one"),
            ("https://user@example.com", "header"),
            ("https://user:word@example.com", "header"),
            ("http://example.com:25/", "another protocol"),
            ("http://[fe80::1%25eth0]/", "is not one"),
            ("http://1.2.3.4.5.6/", "is not one"),
            ("http://256.1.1.1/", "is not one"),
            ("", "is not one"),
        ] {
            let Err(Fault::BadAddress(told)) = target(url) else { panic!("{url} is taken") };
            assert!(told.contains(why), "{url}: {told}");
        }
        assert!(target(&format!("https://example.com/{}", "x".repeat(LONGEST_URL))).is_err());
        assert!(PORTS.is_sorted() && target("https://example.com:8443/").is_ok());
    }

    proptest! {
        #[test]
        fn a_mapped_address_is_judged_as_what_it_is(bits: u32) {
            let address = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(USUAL.refuse(address.into()), USUAL.refuse(address.to_ipv6_mapped().into()));
        }

        #[test]
        fn however_an_address_is_spelled_it_is_judged_alike(bits: u32, form in 0..4) {
            let [a, b, c, d] = bits.to_be_bytes();
            let url = match form {
                0 => format!("http://{bits}/"),
                1 => format!("http://0x{bits:x}/"),
                2 => format!("http://0{a:o}.0{b:o}.0{c:o}.0{d:o}/"),
                _ => format!("http://{a}.{b}.{}/", u32::from(c) << 8 | u32::from(d)),
            };
            let refused = USUAL.refuse(Ipv4Addr::from_bits(bits).into()).is_some();
            prop_assert_eq!(USUAL.judge(&url).is_err(), refused, "{}", url);
        }

        #[test]
        fn only_global_unicast_of_ipv6_is_asked(bits: u128) {
            let address = Ipv6Addr::from_bits(bits);
            if USUAL.refuse(address.into()).is_none() {
                prop_assert!(bits >> 125 == 1 || address.to_ipv4_mapped().is_some());
            }
        }

        #[test]
        fn whatever_is_given_nothing_breaks(url in ".{0,60}") {
            let _ = USUAL.judge(&url);
            let _ = USUAL.judge(&format!("http://{url}"));
        }
    }
}
