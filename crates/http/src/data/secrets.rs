//! Texts without what lets somebody in.

/// A part of a link that is so long, and looks made up, is a secret: ours have 43 characters.
const IN_A_LINK: usize = 16;
/// Anything that is so long may be one.
const ANYWHERE: usize = 32;

/// The text with every secret in it left out: in links, in whatever place of them (`…/sign/{token}`, `?token=…`), after `token=`, and
/// standing alone. Where a link leads (its scheme, host and the words of its path) stays.
pub fn without_secrets(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = next_link(rest) {
        plain(&rest[..at], &mut safe);
        let link = &rest[at..];
        let end = link.find(ends_link).unwrap_or(link.len());
        in_link(&link[..end], &mut safe);
        rest = &link[end..];
    }
    plain(rest, &mut safe);
    safe
}

fn next_link(text: &str) -> Option<usize> {
    let scheme = |at: usize| {
        let before = &text.as_bytes()[..at];
        [&b"https"[..], &b"http"[..]]
            .into_iter()
            .find(|scheme| before.len() >= scheme.len() && before[at - scheme.len()..].eq_ignore_ascii_case(scheme))
            .map(|scheme| at - scheme.len())
    };
    text.match_indices("://").find_map(|(at, _)| scheme(at))
}

fn ends_link(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(letter, '"' | '\'' | '<' | '>' | '`' | '{' | '}' | '|' | '\\')
}

fn is_of_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '%' | '~' | '+')
}

/// A link: its host stays, and of the rest what is short or a word.
fn in_link(link: &str, safe: &mut String) {
    let host = link.find("://").map_or(0, |at| at + 3);
    let path = link[host..].find(['/', '?', '#']).map_or(link.len(), |at| host + at);
    safe.push_str(&link[..path]);
    runs(&link[path..], safe, |run, before| {
        let named = before.ends_with("token=") || before.ends_with("key=") || before.ends_with("signature=");
        let mixed = run.bytes().any(|byte| byte.is_ascii_digit())
            || (run.bytes().any(|byte| byte.is_ascii_uppercase()) && run.bytes().any(|byte| byte.is_ascii_lowercase()));
        named || run.len() >= ANYWHERE || (run.len() >= IN_A_LINK && mixed)
    });
}

/// Outside of links.
fn plain(text: &str, safe: &mut String) {
    runs(text, safe, |run, before| {
        // Only its first letter may be a capital.
        let words = run.bytes().skip(1).all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        // A rule under a heading is no secret, and neither is an id.
        let rule = run.bytes().all(|byte| matches!(byte, b'-' | b'_' | b'~' | b'+'));
        before.ends_with("token=") || (run.len() >= ANYWHERE && !words && !rule && uuid::Uuid::parse_str(run).is_err())
    });
}

/// Goes through the runs of characters that a secret is made of; `is_secret` is given each, and what stands before it.
fn runs(text: &str, safe: &mut String, is_secret: impl Fn(&str, &str) -> bool) {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let other = rest.find(is_of_token).unwrap_or(rest.len());
        safe.push_str(&rest[..other]);
        at += other;
        let run = &text[at..];
        let run = &run[..run.find(|letter| !is_of_token(letter)).unwrap_or(run.len())];
        if run.is_empty() {
            continue;
        }
        safe.push_str(if is_secret(run, &text[..at]) { "…" } else { run });
        at += run.len();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn links_lose_their_secrets_and_stay_links() {
        let token = "q7Zp-3_kXw0LrT5yXc7BnD2sHf9aGe4uKq3vZ8mTjP0";
        for (with, without) in [
            ("https://x.example/api/v1/contracts/sign/{}", "https://x.example/api/v1/contracts/sign/…"),
            ("https://x.example/api/v1/contracts/sign/{}/pdf.", "https://x.example/api/v1/contracts/sign/…/pdf."),
            (
                "https://x.example/reset?token={}&x=1 or token={}\nBye",
                "https://x.example/reset?token=…&x=1 or token=…\nBye",
            ),
            ("<a href=\"HTTP://x.example/u/{}\">here</a>", "<a href=\"HTTP://x.example/u/…\">here</a>"),
            ("your key is ifk_{}, keep it", "your key is …, keep it"),
        ] {
            assert_eq!(without_secrets(&with.replace("{}", token)), without);
        }
        for plain in [
            "nothing",
            "See https://shop.example/products/earbuds-pro?ref=mail and write to ana@example.com",
            "The id is 0190a000-0000-7000-8000-000000000000.",
            "----------------------------------------------\nDonaudampfschifffahrtsgesellschaft",
            "http:// and :// and https://",
            "ñ://é https://é/ñ",
        ] {
            assert_eq!(without_secrets(plain), plain);
        }
        assert_eq!(without_secrets("type token=abc"), "type token=…");
    }

    proptest! {
        #[test]
        fn no_token_of_ours_is_left(
            bytes in any::<[u8; 32]>(), before in "\\PC{0,40}", after in "[ \n\"'<&#/?.,)].{0,20}",
            place in prop::sample::select(vec!["https://x.example/a/", "https://x.example/?token=", "http://h:8000/p?x=1&t=", "token=", " ", "(", "ifs_"]),
        ) {
            use base64::Engine as _;
            let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
            let told = without_secrets(&format!("{before} {place}{token}{after}"));
            prop_assert!(!told.contains(&token), "{told}");
            prop_assert!(!told.contains(&token[..20]) && !told.contains(&token[23..]), "{told}");
        }

        #[test]
        fn any_text_is_taken(text in "\\PC{0,200}") {
            let once = without_secrets(&text);
            prop_assert_eq!(without_secrets(&once), once.clone());
        }
    }
}
