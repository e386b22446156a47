//! What a tracked link is.

use std::borrow::Cow;
use std::fmt::Write as _;

use axum::http::Uri;
use input::Input;
use input::rule::{self, Problem, Rule};
use kernel::{CampaignId, Clock, CreatorId, Day, Id, Timestamp, WorkspaceId};

use serde_json::json;

#[doc(hidden)]
#[derive(Debug)]
pub enum LinkMarker {}
/// A tracked link.
pub type LinkId = Id<LinkMarker>;

/// The longest address that a link leads to, in characters.
const LONGEST_URL: usize = 2000;
/// The letters of the codes that are made here: none is mistaken for another. There are 32, so that five bits choose one.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// So many of them: one in a million million is guessed.
const LETTERS_OF_A_CODE: usize = 8;

/// A link, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "tracked_links")]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// What it is called by: `/t/{code}`.
    pub code: String,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The campaign that its clicks count for,
    pub campaign_id: CampaignId,
    /// and the creator.
    pub creator_id: CreatorId,
    /// Where it leads.
    pub url: String,
    /// What its owner calls it.
    pub label: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was taken down, if it was.
    pub disabled_at: Option<Timestamp>,
}

/// What came by a link on a day.
#[derive(Clone, Copy, Debug, db::Row)]
pub(super) struct LinkDay {
    /// The day.
    pub(super) day: Day,
    /// First clicks of visitors.
    pub(super) clicks: i64,
    /// Further clicks of the same visitors.
    pub(super) repeats: i64,
    /// Programs.
    pub(super) bots: i64,
}

/// A tracked link to be made.
#[derive(Clone, Debug, Input)]
#[input(name = "NewTrackedLink")]
pub(super) struct NewLink {
    /// The creator whose clicks it counts.
    #[input(id, alias = "influencer_id")]
    pub(super) creator_id: CreatorId,
    /// Where it leads: http or https, without a user's name in it.
    #[input(target(), example = "https://shop.example.com/fitband?color=black")]
    pub(super) url: String,
    /// What you call it.
    #[input(text(200), example = "Bio link")]
    pub(super) label: Option<String>,
    /// The code that it is called by; without it a code is made.
    #[input(code(), example = "ana-fitband")]
    pub(super) code: Option<String>,
}

/// A code of one's own choice.
fn code() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "pattern": "^[A-Za-z0-9_-]{4,32}$"}),
        |value, from_text| {
            let code = rule::text(32).read(value, from_text)?;
            let fits =
                code.len() >= 4 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
            fits.then_some(code)
                .ok_or_else(|| Problem::new("wrong_format", "must be 4 to 32 letters, digits, hyphens and underscores"))
        },
    )
}

/// An address that a browser may be sent to, as it stands in a header.
fn target() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "format": "uri", "maxLength": LONGEST_URL, "pattern": r"^https?://[A-Za-z0-9.\[][^\s\\]*$"}),
        |value, from_text| {
            let url = rule::url().read(value, from_text)?;
            if url.chars().count() > LONGEST_URL {
                return Err(Problem::new("too_long", format!("must have at most {LONGEST_URL} characters")));
            }
            let wrong = |why: &str| Err(Problem::new("wrong_format", why));
            // A browser takes it for a slash, and the host for another one than stands there.
            if url.contains('\\') || url.chars().any(char::is_control) {
                return wrong("must not contain backslashes or control characters");
            }
            let authority = url.split_once("://").map_or("", |(_, rest)| rest);
            let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
            if authority.contains('@') {
                return wrong("must not contain a user's name or password");
            }
            let url = match in_ascii(&url, authority) {
                Some(url) => encoded(&url),
                None => {
                    return wrong(
                        "must have the name of a host that can be, such as shop.example.com or bücher.example",
                    );
                }
            };
            // A fragment is the browser's own, and no part of what is asked for.
            let asked = url.split('#').next().unwrap_or_default();
            match asked.parse::<Uri>() {
                Ok(uri) if uri.host().is_some_and(|host| host.bytes().any(|byte| byte.is_ascii_alphanumeric())) => {
                    Ok(url)
                }
                _ => wrong("must be an address that a browser can go to, such as https://example.com/product?id=7"),
            }
        },
    )
}

/// The same address with its host as the name system knows it: `bücher.example` is `xn--bcher-kva.example`. Nothing if no host can have
/// that name.
fn in_ascii<'a>(url: &'a str, authority: &str) -> Option<Cow<'a, str>> {
    if authority.is_ascii() {
        return Some(Cow::Borrowed(url));
    }
    let (host, port) = authority.rsplit_once(':').map_or((authority, ""), |(host, port)| (host, port));
    let host = idna::domain_to_ascii_strict(host).ok().filter(|host| !host.is_empty())?;
    let port = if port.is_empty() { String::new() } else { format!(":{port}") };
    Some(Cow::Owned(url.replacen(authority, &format!("{host}{port}"), 1)))
}

/// With what is no ASCII, and what an address must not have as it stands, written as `%` and digits.
fn encoded(url: &str) -> String {
    let mut safe = String::with_capacity(url.len());
    for byte in url.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | b'|' | b'^') {
            safe.push(byte.into());
        } else {
            // Writing to a String cannot fail.
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    safe
}

/// A code that nobody guesses.
pub(super) fn new_code(clock: &Clock) -> String {
    let mut random = [0; LETTERS_OF_A_CODE];
    clock.fill(&mut random);
    random.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(url: &str) -> Result<String, String> {
        target().read(&json!(url), false).map_err(|_| url.to_owned())
    }

    #[test]
    fn addresses_that_browsers_are_sent_to() {
        for (url, sent) in [
            ("https://shop.example.com/a?b=c&d=e#f", "https://shop.example.com/a?b=c&d=e#f"),
            ("HTTP://Shop.example.com:8080", "HTTP://Shop.example.com:8080"),
            ("https://x.example/café?q=ü|{}", "https://x.example/caf%C3%A9?q=%C3%BC%7C%7B%7D"),
            ("https://x.example/100%25", "https://x.example/100%25"),
            ("http://127.0.0.1/?mail=a@b", "http://127.0.0.1/?mail=a@b"),
            ("http://[::1]:80/", "http://[::1]:80/"),
            ("https://bücher.example/käse", "https://xn--bcher-kva.example/k%C3%A4se"),
            ("https://España.example:8443", "https://xn--espaa-rta.example:8443"),
            ("https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah/"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(read(url).as_deref(), Ok(sent), "{url}");
        }
        for url in [
            "",
            "shop.example.com",
            "ftp://x.example",
            "javascript:alert(1)",
            "https://",
            "https:///path",
            "https://user@x.example/",
            "https://user:word@x.example",
            "https://good.example\\@bad.example",
            "https://a b.example",
            "https://bü cher.example",
            "https://ü\u{202e}.example",
            "https://\u{200d}.example",
            "https://x.example/\u{7}",
            "https://x.example/a\r\nLocation: y",
            "https://?a",
            "https://#a",
            "https://./",
        ] {
            assert!(read(url).is_err(), "{url}");
        }
        assert!(read(&format!("https://x.example/{}", "a".repeat(1983))).is_err());
        assert!(read(&format!("https://x.example/{}", "a".repeat(1982))).is_ok());
    }

    #[test]
    fn codes_are_of_letters_that_fit_into_an_address() {
        for ok in ["anaS", "ana-2026_x", &"a".repeat(32)] {
            assert!(code().read(&json!(ok), false).is_ok(), "{ok}");
        }
        for wrong in ["ana", "a/bc", "ana.x", "añaña", "a b c", &"a".repeat(33)] {
            assert!(code().read(&json!(wrong), false).is_err(), "{wrong}");
        }
        let made = new_code(&Clock::mock(Timestamp::from_micros(0), 3));
        assert!(code().read(&json!(made), false).is_ok(), "{made}");
    }
}
