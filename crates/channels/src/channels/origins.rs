//! Which pages may show a chat.

use input::rule::{self, Problem, Rule};
use serde_json::json;

/// An entry of `allowed_origins`: an origin, `https://*.example.com`, or `*`.
pub fn origin() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "maxLength": 300, "examples": ["https://shop.example"]}),
        |value, from_text| {
            let text = rule::text(300).read(value, from_text)?;
            read(&text).ok_or_else(|| {
                let message = "must be the address of a website without a path, such as https://shop.example or https://*.shop.example \
                               (http only for localhost), or * for every page";
                Problem::new("wrong_format", message)
            })
        },
    )
}

/// The entry as it is compared.
fn read(text: &str) -> Option<String> {
    let text = plain(text);
    if text == "*" {
        return Some(text);
    }
    let (scheme, rest) = text.split_once("://")?;
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (rest, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return None;
    }
    let named = host.strip_prefix("*.").unwrap_or(host);
    let is_name = !named.is_empty()
        && !named.starts_with(['.', '-'])
        && named.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let is_here = matches!(host, "localhost" | "127.0.0.1");
    // A wildcard over a whole top level would be every page.
    let is_bound = !host.starts_with("*.") || named.contains('.');
    let fits = match scheme {
        "https" => is_name && is_bound,
        "http" => is_here,
        _ => false,
    };
    fits.then_some(text)
}

/// An origin as browsers write it: in small letters, without a slash at its end, and without the port that its scheme has anyway.
fn plain(origin: &str) -> String {
    let mut origin = origin.trim().trim_end_matches('/').to_lowercase();
    let usual = match origin.split_once("://") {
        Some(("https", _)) => 443,
        Some(("http", _)) => 80,
        _ => return origin,
    };
    if let Some((host, port)) = origin.rsplit_once(':')
        && port.parse::<u16>() == Ok(usual)
    {
        origin.truncate(host.len());
    }
    origin
}

/// May a page of this origin show the chat?
pub fn allows(allowed: &[String], origin: &str) -> bool {
    let origin = plain(origin);
    allowed.iter().any(|one| {
        // Entries that were kept earlier may still name the port.
        let one = plain(one);
        if one == "*" || one == origin {
            return true;
        }
        let Some((scheme, suffix)) = one.split_once("://*.") else { return false };
        origin
            .strip_prefix(scheme)
            .and_then(|rest| rest.strip_prefix("://"))
            .is_some_and(|host| host.strip_suffix(suffix).is_some_and(|sub| sub.ends_with('.') && sub.len() > 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_websites_and_nothing_else() {
        for (given, kept) in [
            ("https://Shop.Example/", Some("https://shop.example")),
            ("https://shop.example:8443", Some("https://shop.example:8443")),
            ("https://shop.example:443/", Some("https://shop.example")),
            ("https://*.shop.example:443", Some("https://*.shop.example")),
            ("http://localhost:80", Some("http://localhost")),
            ("http://localhost:443", Some("http://localhost:443")),
            ("https://*.shop.example", Some("https://*.shop.example")),
            ("http://localhost:5173", Some("http://localhost:5173")),
            ("*", Some("*")),
            ("http://shop.example", None),
            ("https://*.com", None),
            ("https://shop.example/path", None),
            ("shop.example", None),
            ("https://a b", None),
            ("ftp://shop.example", None),
            ("https://shop.example:99999", None),
        ] {
            assert_eq!(read(given).as_deref(), kept, "{given}");
        }
    }

    #[test]
    fn subdomains_are_allowed_and_look_alikes_are_not() {
        let allowed = ["https://shop.example".to_owned(), "https://*.coach.example".to_owned()];
        for (origin, may) in [
            ("https://shop.example", true),
            ("https://SHOP.example", true),
            ("https://www.coach.example", true),
            ("https://a.b.coach.example", true),
            ("https://coach.example", false),
            ("https://evilcoach.example", false),
            ("https://shop.example.evil.example", false),
            ("http://shop.example", false),
            ("null", false),
        ] {
            assert_eq!(allows(&allowed, origin), may, "{origin}");
        }
        let kept_with_ports = ["https://shop.example:443".to_owned(), "https://*.coach.example:443".to_owned()];
        for (origin, may) in [
            ("https://shop.example", true),
            ("https://shop.example:443", true),
            ("https://www.coach.example", true),
            ("https://shop.example:8443", false),
            ("https://shop.example:80", false),
        ] {
            assert_eq!(allows(&kept_with_ports, origin), may, "{origin}");
        }
        assert!(allows(&["*".to_owned()], "https://any.example"));
        assert!(!allows(&[], "https://any.example"));
    }
}
