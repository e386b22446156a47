//! Who is the same: how handles, links to profiles and names are compared.

use input::form;
use input::table::is_nothing;
use kernel::Platform;
use mind::text::fold;
use unicode_normalization::UnicodeNormalization;

/// How a name or an address is looked up: folded. Whether two addresses are one is for [`same_address`] to say.
pub fn folded(text: &str) -> String {
    fold(text.trim())
}

/// Are these the same address? Whatever the case, but josé@ is not jose@.
pub fn same_address(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// How a handle is compared on its platform: whatever the case, without the @, but with its accents (@pena and @peña are two). A link to a
/// profile is its handle; a link that names none is compared as a link. Nothing for what is no handle, such as `N/A`.
pub fn handle_key(platform: Platform, written: &str) -> Option<String> {
    match Handle::of(platform, written)? {
        Handle::Name(name) => Some(compared(&name)),
        // The rest of an address may tell capitals apart.
        Handle::Link(host, path) => Some(format!("{host}/{path}")),
    }
}

/// A handle as it is kept: a link to a profile as the handle that it names.
pub fn handle_shown(platform: Platform, written: &str) -> Option<String> {
    let is_link = link(&visible(written)).is_some();
    match Handle::of(platform, written)? {
        Handle::Name(name) if is_link => Some(format!("@{name}")),
        _ => Some(written.trim().to_owned()),
    }
}

fn compared(name: &str) -> String {
    name.to_lowercase().nfc().collect()
}

enum Handle {
    Name(String),
    Link(String, String),
}

impl Handle {
    fn of(platform: Platform, written: &str) -> Option<Self> {
        let text = visible(written);
        if is_nothing(&text) {
            return None;
        }
        if let Some((host, path)) = link(&text) {
            let named = (site(&host) == Some(platform)).then(|| named(platform, &path)).flatten();
            return Some(named.map_or(Self::Link(host, path), Self::Name));
        }
        let name = text.trim_start_matches('@').trim();
        (!is_nothing(name)).then(|| Self::Name(name.to_owned()))
    }
}

/// Without what nobody sees, and with one space for many.
fn visible(text: &str) -> String {
    let seen: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'))
        .collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Host and path of a link, without what differs from one copy to the next.
fn link(text: &str) -> Option<(String, String)> {
    let lower = text.to_ascii_lowercase();
    let scheme = ["https://", "http://", "//"].into_iter().find(|scheme| lower.starts_with(scheme));
    let rest = &text[scheme.map_or(0, str::len)..];
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.to_ascii_lowercase();
    let bare = ["www.", "m.", "mobile."].into_iter().find_map(|sub| host.strip_prefix(sub)).unwrap_or(&host);
    // Without a scheme a link is only what begins with a platform's host.
    let is_link = bare.contains('.')
        && (scheme.is_some() || host.starts_with("www.") || (site(bare).is_some() && !path.is_empty()));
    let path = path.trim_matches('/');
    let decoded = form::pairs(&format!("path={}", path.replace('+', "%2B").replace('&', "%26")));
    let path = decoded.ok().and_then(|mut pairs| pairs.pop()).map_or_else(|| path.to_owned(), |(_, path)| path);
    is_link.then(|| (bare.to_owned(), path))
}

/// The platform that a host is of.
fn site(host: &str) -> Option<Platform> {
    match host {
        "instagram.com" | "instagr.am" => Some(Platform::Instagram),
        "youtube.com" => Some(Platform::YouTube),
        "tiktok.com" => Some(Platform::TikTok),
        "twitter.com" | "x.com" => Some(Platform::Twitter),
        _ => None,
    }
}

/// The handle that a path names on its platform.
fn named(platform: Platform, path: &str) -> Option<String> {
    let first = path.split('/').next().filter(|first| !first.is_empty())?;
    let elsewhere: &[&str] = match platform {
        Platform::Instagram => &["p", "reel", "reels", "stories", "explore", "tv", "accounts"],
        Platform::Twitter => &["i", "home", "hashtag", "search", "intent", "share", "explore"],
        Platform::TikTok | Platform::YouTube => {
            return first.strip_prefix('@').filter(|name| !name.is_empty()).map(str::to_owned);
        }
    };
    let name = first.trim_start_matches('@');
    (!name.is_empty() && !elsewhere.contains(&first.to_ascii_lowercase().as_str())).then(|| name.to_owned())
}

/// Can both names be one person's? If all words of the shorter one are in the longer one.
pub fn names_agree(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    let words = |name: &str| name.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let (one, other) = (words(&one), words(&other));
    let (fewer, more) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    fewer.iter().all(|word| more.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_in_all_its_forms_is_one() {
        use Platform::{Instagram, TikTok, Twitter, YouTube};
        for (platform, forms) in [
            (
                Instagram,
                &[
                    "@Ana.Ruiz",
                    "ana.ruiz",
                    "\u{200b}@ANA.RUIZ ",
                    "https://www.instagram.com/ana.ruiz/?hl=es",
                    "instagram.com/Ana.Ruiz",
                    "http://m.instagram.com/ana.ruiz#x",
                ][..],
            ),
            (TikTok, &["ana.ruiz", "https://www.tiktok.com/@ana.ruiz?lang=es", "tiktok.com/@Ana.Ruiz/video/1"][..]),
            (YouTube, &["@ana.ruiz", "https://youtube.com/@Ana.Ruiz/videos"][..]),
            (Twitter, &["@ana.ruiz", "https://x.com/ana.ruiz", "https://twitter.com/Ana.Ruiz/status/1"][..]),
        ] {
            for form in forms {
                assert_eq!(handle_key(platform, form).as_deref(), Some("ana.ruiz"), "{form}");
            }
        }
        assert_eq!(handle_shown(Instagram, "https://instagram.com/Ana/").as_deref(), Some("@Ana"));
        assert_eq!(handle_key(YouTube, "https://youtube.com/@pe%C3%B1a"), handle_key(YouTube, "@Peña"));
        assert_eq!(handle_key(YouTube, "pen\u{303}a"), handle_key(YouTube, "@peña"));
    }

    #[test]
    fn what_differs_stays_apart() {
        use Platform::{Instagram, YouTube};
        assert_ne!(handle_key(Instagram, "@pena"), handle_key(Instagram, "@peña"));
        let channel = |id: &str| handle_key(YouTube, &format!("https://www.youtube.com/channel/{id}"));
        assert!(channel("UCab").is_some() && channel("UCab") != channel("UCAB"));
        assert_eq!(handle_key(YouTube, "https://youtube.com/channel/UCab/"), channel("UCab"));
        assert_eq!(handle_key(Instagram, "https://tiktok.com/@ana").as_deref(), Some("tiktok.com/@ana"));
        for none in ["", "@", "N/A", "n/a", "-", "—", "None", "null", "@n/a", "\u{200b}"] {
            assert_eq!(handle_key(Instagram, none), None, "{none}");
        }
    }

    #[test]
    fn names() {
        assert!(names_agree("Ana", "Ana María") && names_agree("JOSÉ ruiz", "jose  Ruiz"));
        assert!(!names_agree("Ana Lía", "Ana Sol") && !names_agree("Ana", "Bea"));
        assert!(same_address("Ana@x.com", " ana@X.com") && !same_address("josé@x.com", "jose@x.com"));
    }
}
