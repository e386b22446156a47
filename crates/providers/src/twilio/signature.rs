//! `X-Twilio-Signature`: base64 of the SHA-1 HMAC of the address and of every field of the form, sorted by name.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::{Error, Kind, Result, Timestamp};
use ports::webhook::{Request, Scheme};
use reqwest::Url;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::Secret;

/// How Twilio signs what it asks and tells.
pub(super) struct TwilioScheme {
    token: Secret,
}

impl TwilioScheme {
    pub(super) fn new(token: Secret) -> Self {
        Self { token }
    }
}

impl Scheme for TwilioScheme {
    fn header(&self) -> &'static str {
        "x-twilio-signature"
    }

    /// It tells no time: who repeats what was overheard is known by what it is about.
    fn check(&self, request: Request<'_>, _: Timestamp) -> Result<()> {
        if is_genuine(self.token.reveal().as_bytes(), request) {
            return Ok(());
        }
        let message = "The request is not signed by Twilio: X-Twilio-Signature must fit TWILIO_AUTH_TOKEN and the address that \
                       Twilio was told (TWILIO_WEBHOOK_BASE_URL)";
        Err(Error::new(Kind::Forbidden, message))
    }
}

/// Is this request signed with the token? A JSON body is bound by `bodySHA256` in the address, a form by its fields.
fn is_genuine(token: &[u8], request: Request<'_>) -> bool {
    let Some(given) = request.signature.and_then(|text| BASE64_STANDARD.decode(text.trim()).ok()) else { return false };
    let is_json = request.media_type.starts_with("application/json");
    let fields = match body_hash(request.url).filter(|_| is_json) {
        Some(hash) if bool::from(hash.as_bytes().ct_eq(hex::encode(Sha256::digest(request.body)).as_bytes())) => {
            String::new()
        }
        Some(_) => return false,
        // A body that nothing binds could be anybody's.
        None if is_json && !request.body.is_empty() => return false,
        None => joined(&form_urlencoded::parse(request.body).into_owned().collect::<Vec<_>>()),
    };
    // Twilio signs with the port or without it, and does not say which.
    let [plain, ported] = with_and_without_port(request.url);
    let fits = |url: &str| bool::from(sign(token, url, &fields).ct_eq(given.as_slice()));
    fits(&plain) | fits(&ported)
}

fn sign(token: &[u8], url: &str, fields: &str) -> Vec<u8> {
    // Never an error: an HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token) else { return Vec::new() };
    mac.update(url.as_bytes());
    mac.update(fields.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Name and value of every field, sorted; a value that a name has twice counts once.
fn joined(form: &[(String, String)]) -> String {
    let mut sorted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in form {
        sorted.entry(name).or_default().insert(value);
    }
    let mut text = String::new();
    for (name, values) in sorted {
        for value in values {
            text.push_str(name);
            text.push_str(value);
        }
    }
    text
}

fn body_hash(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    url.query_pairs().find(|(name, _)| name == "bodySHA256").map(|(_, hash)| hash.to_ascii_lowercase())
}

/// The address as it is written, but for its port: the parts are not written anew, for every letter counts.
fn with_and_without_port(url: &str) -> [String; 2] {
    let as_it_is = || [url.to_owned(), url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return as_it_is() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (login, host) = authority.rsplit_once('@').map_or(("", authority), |(login, host)| (login, host));
    let login = if login.is_empty() { String::new() } else { format!("{login}@") };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => (name, Some(port)),
        _ => (host, None),
    };
    let port = port.unwrap_or(if scheme.eq_ignore_ascii_case("https") { "443" } else { "80" });
    [format!("{scheme}://{login}{name}{tail}"), format!("{scheme}://{login}{name}:{port}{tail}")]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &[u8] = b"12345";
    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";

    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json; charset=utf-8";

    fn encoded(fields: &[(&str, &str)]) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    }

    fn form(url: &str, fields: &[(&str, &str)], signature: &str) -> bool {
        let body = encoded(fields);
        is_genuine(TOKEN, Request { url, media_type: FORM, body: body.as_bytes(), signature: Some(signature) })
    }

    const DOCUMENTED: [(&str, &str); 5] = [
        ("Digits", "1234"),
        ("CallSid", "CA1234567890ABCDE"),
        ("To", "+18005551212"),
        ("Caller", "+14158675309"),
        ("From", "+14158675309"),
    ];

    /// Twilio's documented examples, and what its Python client (9) signs.
    #[test]
    fn the_vectors_of_twilio_hold() {
        assert!(form(URL, &DOCUMENTED, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        let newer = DOCUMENTED.map(|(name, value)| match name {
            "Caller" | "From" => (name, "+12349013030"),
            _ => (name, value),
        });
        assert!(form(URL, &newer, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="));
        // Signed with the port, told without it, and the other way round.
        assert!(form(URL, &DOCUMENTED, "kvajT1Ptam85bY51eRf/AJRuM3w="));
        let ported = "https://mycompany.com:443/myapp.php?foo=1&bar=2";
        assert!(form(ported, &DOCUMENTED, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
        assert!(form(ported, &DOCUMENTED, "kvajT1Ptam85bY51eRf/AJRuM3w="));
        let repeated =
            [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")];
        assert!(form(URL, &repeated, "IK+Dwps556ElfBT0I3Rgjkr1wJU="));
        let spoken = [("SpeechResult", "¿Cuánto pagan? Más de 3 €"), ("CallSid", "CA1"), ("Empty", "")];
        let url = "https://flow.example:8443/api/v1/voice-call/gather?turn=2";
        assert!(form(url, &spoken, "WfWOyoy/fjAU/xsmTRtmXOkBy/Y="));
    }

    #[test]
    fn a_json_body_is_bound_by_its_hash() {
        let url = "https://mycompany.com/myapp.php?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
        let judge = |url: &str, body: &str| {
            let signature = Some("y77kIzt2vzLz71DgmJGsen2scGs=");
            is_genuine(TOKEN, Request { url, media_type: JSON, body: body.as_bytes(), signature })
        };
        assert!(judge(url, r#"{"property": "value", "boolean": true}"#));
        assert!(!judge(url, r#"{"property": "value", "boolean": false}"#));
        assert!(!judge("https://mycompany.com/myapp.php", r#"{"property": "value", "boolean": true}"#));
        // An address that is signed well does not let in a body that nothing binds.
        let signature = BASE64_STANDARD.encode(sign(TOKEN, URL, ""));
        let bare = |body: &'static [u8]| {
            is_genuine(TOKEN, Request { url: URL, media_type: JSON, body, signature: Some(&signature) })
        };
        assert!(bare(b"") && !bare(b"anything"));
    }

    #[test]
    fn anything_else_is_refused() {
        let good = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
        for signature in ["", "=", "RSOYDt4T1cUTdK1PDd93/VVr8B9=", "rsoYDt4T1cUTdK1PDd93/VVr8B8=", "RSOYDt4T1cU="] {
            assert!(!form(URL, &DOCUMENTED, signature), "{signature}");
        }
        assert!(!form("http://mycompany.com/myapp.php?foo=1&bar=2", &DOCUMENTED, good));
        assert!(!form("https://mycompany.com/myapp.php?foo=1&bar=3", &DOCUMENTED, good));
        assert!(!form(URL, &DOCUMENTED[1..], good));
        let body = encoded(&DOCUMENTED);
        let request = Request { url: URL, media_type: FORM, body: body.as_bytes(), signature: Some(good) };
        assert!(is_genuine(TOKEN, request));
        assert!(!is_genuine(TOKEN, Request { signature: None, ..request }));
        assert!(!is_genuine(b"12346", request));
    }

    proptest! {
        #[test]
        fn one_changed_letter_is_seen(value in "[ -~]{1,40}", place in 0_usize..40, with in 33_u8..126) {
            let signature = BASE64_STANDARD.encode(sign(TOKEN, URL, &format!("SpeechResult{value}")));
            prop_assert!(form(URL, &[("SpeechResult", &value)], &signature));
            let mut changed = value.clone().into_bytes();
            let place = place % changed.len();
            changed[place] = with;
            let changed = String::from_utf8(changed).unwrap();
            prop_assert_eq!(form(URL, &[("SpeechResult", &changed)], &signature), changed == value);
        }
    }
}
