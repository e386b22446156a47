//! What is kept of what others said: short, and without what nobody else may read.

/// No more than this is kept, in characters.
const LONGEST: usize = 2_000;
/// What stands before a secret.
const NAMES: [&str; 9] =
    ["authorization", "token", "secret", "password", "signature", "api_key", "api-key", "apikey", "cookie"];
/// What stands before a credential, within or without a header.
const SCHEMES: [&str; 2] = ["bearer", "basic"];
const HIDDEN: &str = "[hidden]";

/// The text as it is kept: without the values of anything that is called a secret, without NUL (which PostgreSQL's text cannot hold),
/// and cut.
pub(crate) fn scrub(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut kept = String::new();
    let mut at = 0;
    while at < text.len() {
        let Some((start, end)) = next_secret(&lower, at) else { break };
        kept.push_str(&text[at..start]);
        kept.push_str(HIDDEN);
        at = end;
    }
    kept.push_str(&text[at..]);
    kept.chars().filter(|&letter| letter != '\0').take(LONGEST).collect()
}

/// Where the next secret stands, from here on. `lower` is ASCII in lower case, so places in it are places in the text.
fn next_secret(lower: &str, from: usize) -> Option<(usize, usize)> {
    let mut from = from;
    loop {
        let rest = &lower[from..];
        let names = NAMES.iter().map(|name| (name, false)).chain(SCHEMES.iter().map(|name| (name, true)));
        let found = names.filter_map(|(name, scheme)| rest.find(name).map(|place| (place, name.len(), scheme)));
        let (place, length, scheme) = found.min_by_key(|(place, ..)| *place)?;
        let after_name = from + place + length;
        if let Some(secret) = value_after(lower, after_name, scheme) {
            return Some(secret);
        }
        from = after_name;
    }
}

/// The value that follows a name which ends here: after `=`, `:` or, for a scheme, after a space.
fn value_after(lower: &str, name_end: usize, scheme: bool) -> Option<(usize, usize)> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let rest = lower[name_end..].trim_start_matches(|letter| !scheme && is_name(letter));
    let between = rest.find(|letter| !matches!(letter, ' ' | '"' | '\'' | '=' | ':'))?;
    let parted = if scheme { between > 0 } else { rest[..between].contains(['=', ':']) };
    if !parted {
        return None;
    }
    let start = lower.len() - rest.len() + between;
    let ends = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '&' | ',' | ';' | '}' | '<');
    let end = lower[start..].find(ends).map_or(lower.len(), |length| start + length);
    // `Authorization: Bearer abc`: the scheme is no secret, what follows it is.
    if SCHEMES.contains(&&lower[start..end]) {
        return value_after(lower, end, true);
    }
    (end > start).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_are_not_kept() {
        for (text, kept) in [
            ("451 4.7.1 try later", "451 4.7.1 try later"),
            ("Authorization: Bearer abc.def\r\nHost: x", "Authorization: Bearer [hidden]\r\nHost: x"),
            ("401 for bearer abc", "401 for bearer [hidden]"),
            (r#"{"access_token": "abc", "id": 7}"#, r#"{"access_token": "[hidden]", "id": 7}"#),
            ("GET /x?api_key=1&page=2", "GET /x?api_key=[hidden]&page=2"),
            ("token_type=x", "token_type=[hidden]"),
            ("the token was refused", "the token was refused"),
            ("password:", "password:"),
            ("señal: secret=ñandú fin", "señal: secret=[hidden] fin"),
            ("a\0b", "ab"),
        ] {
            assert_eq!(scrub(text), kept);
        }
        assert_eq!(scrub(&"ä".repeat(5_000)).chars().count(), LONGEST);
    }

    proptest! {
        #[test]
        fn whatever_is_said_nothing_breaks(text in ".{0,80}", name in prop::sample::select(&NAMES[..]), secret in "[a-z0-9]{12}") {
            let _ = scrub(&text);
            let told = format!("{text} {name}={secret}");
            prop_assert!(!scrub(&told).contains(&secret), "{told}");
        }
    }
}
