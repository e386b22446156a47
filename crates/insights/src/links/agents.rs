//! Which requests are programs' and not people's: by the names that programs give themselves, and by how they ask.
//!
//! Names are those of a list that others maintain (`data/crawlers.txt` says whose, and of when). What is not in it yet is told by its form:
//! whatever browses for people calls itself `Mozilla/5.0 (…)`, as all browsers do, or by one of a few old names, and has no address in its name.

use std::sync::LazyLock;

use axum::http::header::{ACCEPT, FROM, RANGE};
use axum::http::{HeaderMap, Method};
use regex::bytes::{RegexSet, RegexSetBuilder};

const LIST: &str = include_str!("../../data/crawlers.txt");

static TEXTS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| LIST.lines().filter_map(|line| line.strip_prefix('=')).collect());
static PATTERNS: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    let patterns = LIST.lines().filter_map(|line| line.strip_prefix('~'));
    RegexSetBuilder::new(patterns).unicode(false).build().ok()
});

/// What programs have in their names that no browser has, in lower case.
const WORDS: [&str; 31] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "scrap",
    "preview",
    "prefetch",
    "prerender",
    "facebookexternalhit",
    "meta-external",
    "skypeuri",
    "embedly",
    "vkshare",
    "snippet",
    "unfurl",
    "google-",
    "mediapartners",
    "feedfetcher",
    "headless",
    "phantomjs",
    "puppeteer",
    "playwright",
    "selenium",
    "lighthouse",
    "monitor",
    "pingdom",
    "uptime",
    "validator",
    "scanner",
    "proofpoint",
    "barracuda",
];
/// Names of telephones that have such a word in them.
const TELEPHONES: [&str; 1] = ["cubot"];
/// With what the names of browsers begin, in lower case: nearly all with the first.
const BROWSERS: [&str; 27] = [
    "mozilla/",
    "opera/",
    "opera mini",
    "dalvik/",
    "blackberry",
    "nokia",
    "samsung",
    "sonyericsson",
    "sie-",
    "lg-",
    "lg/",
    "lge-",
    "mot-",
    "htc",
    "zte",
    "huawei",
    "ucweb",
    "docomo",
    "kddi",
    "softbank",
    "vodafone",
    "lynx/",
    "links ",
    "elinks",
    "w3m/",
    "netsurf",
    "dillo",
];
/// Of the old browsers that call themselves compatible, what follows that.
const COMPATIBLE: [&str; 10] =
    ["msie", "konqueror", "trident", "browse", "offbyone", "netfront", "icab", "voyager", "playstation", "nintendo"];

/// Does a program ask, or a browser for nobody who looks at it yet? A link is only followed by whoever asks for the page, with a
/// browser that says its name.
pub(super) fn is_program(method: &Method, headers: &HeaderMap, agent: Option<&str>) -> bool {
    let agent = agent.unwrap_or_default().trim().trim_matches('"');
    *method != Method::GET
        || asks_for_no_page(headers)
        || agent.is_empty()
        || is_listed(agent)
        || has_no_browsers_name(agent)
}

fn is_listed(agent: &str) -> bool {
    TEXTS.iter().any(|text| agent.contains(text))
        || PATTERNS.as_ref().is_some_and(|patterns| patterns.is_match(agent.as_bytes()))
}

fn has_no_browsers_name(agent: &str) -> bool {
    let mut agent = agent.to_ascii_lowercase();
    for name in TELEPHONES {
        agent = agent.replace(name, "");
    }
    let compatible = agent.contains("(compatible;") && !COMPATIBLE.iter().any(|name| agent.contains(name));
    !BROWSERS.iter().any(|name| agent.starts_with(name))
        || compatible
        || agent.contains("://")
        || WORDS.iter().any(|word| agent.contains(word))
}

/// How a browser never asks for a page that somebody wants to see: ahead of them, for a picture or a part of it, as a server asks others of
/// the fediverse, or with the address of whoever runs it.
fn asks_for_no_page(headers: &HeaderMap) -> bool {
    let says = |name: &str, words: &[&str]| {
        let said = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).map(str::to_ascii_lowercase);
        said.into_iter().any(|said| words.iter().any(|word| said.contains(word)))
    };
    let ahead = ["purpose", "sec-purpose", "x-purpose", "x-moz"]
        .iter()
        .any(|name| says(name, &["prefetch", "prerender", "preview"]));
    // A browser that follows a link says so; of an old one nothing is said.
    let for_a_part = headers
        .get("sec-fetch-dest")
        .is_some_and(|dest| !matches!(dest.as_bytes(), b"document" | b"iframe" | b"frame"));
    let wants = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("*/*").to_ascii_lowercase();
    let no_page = !wants.contains("html") && !wants.contains("*/*") && !wants.trim().is_empty();
    ahead || for_a_part || no_page || headers.contains_key(FROM) || headers.contains_key(RANGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples of public lists: `data/crawlers.txt` and `tests/data/browsers.txt` say whose they are.
    fn sample(text: &'static str) -> impl Iterator<Item = &'static str> {
        text.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
    }

    fn asks(agent: &str) -> bool {
        is_program(&Method::GET, &HeaderMap::new(), Some(agent))
    }

    #[test]
    fn no_browser_of_a_public_list_is_a_program() {
        let browsers: Vec<_> = sample(include_str!("../../tests/data/browsers.txt")).collect();
        assert!(browsers.len() > 800);
        let taken: Vec<_> = browsers.into_iter().filter(|agent| asks(agent)).collect();
        assert!(taken.is_empty(), "{taken:#?}");
    }

    #[test]
    fn every_program_of_a_public_list_is_one() {
        let programs: Vec<_> = sample(include_str!("../../tests/data/crawlers.txt")).collect();
        assert!(programs.len() > 600 && TEXTS.len() > 1_400 && PATTERNS.as_ref().is_some_and(|all| all.len() > 30));
        let missed: Vec<_> = programs.into_iter().filter(|agent| !asks(agent)).collect();
        assert!(missed.is_empty(), "{missed:#?}");
    }

    #[test]
    fn browsers_within_applications_and_old_ones_are_people() {
        for agent in [
            "Mozilla/5.0 (Linux; Android 13; CUBOT X70 Build/TP1A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 334.0.4.32.98 (iPhone14,5)",
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Version/4.0 Chrome/126 Mobile Safari/537.36 musical_ly_2023 BytedanceWebview/d8a21c6",
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/468.0.0.53]",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [Pinterest/iOS]",
            "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
            "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80/37.6423; U; en) Presto/2.12.423 Version/12.16",
            "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
            "Mozilla/5.0 (compatible; Konqueror/4.5; FreeBSD) KHTML/4.5.4 (like Gecko)",
            "Lynx/2.8.9rel.1 libwww-FM/2.14",
            "w3m/0.5.3+git20230121",
        ] {
            assert!(!asks(agent), "{agent}");
        }
    }

    #[test]
    fn servers_of_the_fediverse_previewers_and_scanners_are_programs() {
        for agent in [
            "",
            "  ",
            "curl/8.5.0",
            "python-requests/2.32.0",
            "Go-http-client/2.0",
            "WhatsApp/2.23.20.0",
            "TelegramBot (like TwitterBot)",
            "http.rb/5.1.1 (Mastodon/4.2.8; +https://mastodon.social/)",
            "Mastodon/4.3.0 (http.rb/5.2.0; +https://x.social/)",
            "Pleroma 2.6.2; https://a.example <a@b.example>",
            "Akkoma 3.10.4; https://a.example",
            "Misskey/2024.5.0 (https://misskey.io)",
            "gotosocial/0.15.0 (+https://a.example)",
            "Friendica 'Giant Rhubarb' 2023.12",
            "Lemmy/0.19.3; +https://lemmy.ml",
            "PeerTube/5.2.0 (+https://p.example)",
            "(Pixelfed/0.11.13; +https://pixelfed.social)",
            "Sharkey/2024.9",
            "Iceshrimp.NET/2024.1",
            "Bluesky Cardyb/1.1; +mailto:support@bsky.app",
            "Synapse (bot; +https://github.com/matrix-org/synapse)",
            "Signal-Desktop/7.1",
            "Slack-ImgProxy (+https://api.slack.com/robots)",
            "PostmanRuntime/7.39",
            "GuzzleHttp/7",
            "kube-probe/1.29",
            "Dart/3.2 (dart:io)",
            "Mozilla/5.0 (compatible; SomethingNew/1.0)",
            "Mozilla/5.0 (X11; Linux x86_64) Chrome/126 Safari/537.36 (+https://new.example)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        ] {
            assert!(asks(agent), "{agent}");
        }
        assert!(is_program(&Method::GET, &HeaderMap::new(), None));
    }

    #[test]
    fn whoever_only_looks_ahead_or_wants_no_page_is_nobody_yet() {
        let browser = Some("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0");
        let asks = |name: &str, value: &str| {
            let headers = HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
            is_program(&Method::GET, &headers, browser)
        };
        assert!(is_program(&Method::HEAD, &HeaderMap::new(), browser));
        for (name, value) in [
            ("purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("x-moz", "prefetch"),
            ("x-purpose", "preview"),
            ("sec-fetch-dest", "image"),
            ("sec-fetch-dest", "empty"),
            ("accept", "application/activity+json, application/ld+json"),
            ("accept", "image/avif,image/webp"),
            ("from", "crawler@example.com"),
            ("range", "bytes=0-524287"),
        ] {
            assert!(asks(name, value), "{name}: {value}");
        }
        for (name, value) in [
            ("sec-purpose", ""),
            ("sec-fetch-dest", "document"),
            ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            ("accept", "*/*"),
            ("accept", ""),
        ] {
            assert!(!asks(name, value), "{name}: {value}");
        }
    }
}
