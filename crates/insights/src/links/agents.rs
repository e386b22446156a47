//! Which requests are programs' and not people's.

use axum::http::{HeaderMap, Method};

/// What programs have in the names they give themselves, in lower case: crawlers, those who make previews of links, monitors, libraries.
const PROGRAMS: [&str; 44] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "scrap",
    "preview",
    "prefetch",
    "prerender",
    "facebookexternalhit",
    "facebookcatalog",
    "meta-external",
    "whatsapp/",
    "viber",
    "skypeuri",
    "embedly",
    "iframely",
    "vkshare",
    "snippet",
    "unfurl",
    "google-",
    "mediapartners",
    "feedfetcher",
    "bingpreview",
    "ia_archiver",
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
    "curl/",
    "wget/",
    "python",
    "go-http-client",
    "java/",
    "libwww",
    "axios/",
    "node",
    "okhttp",
    "http-client",
];
/// Names of telephones that have such a word in them.
const NONE: [&str; 1] = ["cubot"];

/// Does a program ask, or a browser for nobody who looks at it yet? A link is only followed by whoever asks for the page, with a
/// browser that says its name.
pub(super) fn is_program(method: &Method, headers: &HeaderMap, agent: Option<&str>) -> bool {
    let ahead = ["purpose", "sec-purpose", "x-purpose", "x-moz"].iter().any(|name| {
        let said = headers.get_all(*name).iter().filter_map(|value| value.to_str().ok());
        said.map(str::to_ascii_lowercase)
            .any(|said| ["prefetch", "prerender", "preview"].iter().any(|word| said.contains(word)))
    });
    let mut agent = agent.unwrap_or_default().trim().to_ascii_lowercase();
    for name in NONE {
        agent = agent.replace(name, "");
    }
    *method != Method::GET || ahead || agent.is_empty() || PROGRAMS.iter().any(|program| agent.contains(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(agent: &str) -> bool {
        is_program(&Method::GET, &HeaderMap::new(), Some(agent))
    }

    #[test]
    fn browsers_are_people() {
        for agent in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
            "Mozilla/5.0 (Linux; Android 13; CUBOT X70 Build/TP1A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 334.0.4.32.98 (iPhone14,5)",
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Version/4.0 Chrome/126 Mobile Safari/537.36 musical_ly_2023 BytedanceWebview/d8a21c6",
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/468.0.0.53]",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [Pinterest/iOS]",
        ] {
            assert!(!asks(agent), "{agent}");
        }
    }

    #[test]
    fn programs_are_known() {
        for agent in [
            "",
            "  ",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Twitterbot/1.0",
            "WhatsApp/2.23.20.0",
            "TelegramBot (like TwitterBot)",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
            "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
            "curl/8.5.0",
            "python-requests/2.32.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
            "Go-http-client/2.0",
            "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        ] {
            assert!(asks(agent), "{agent}");
        }
        assert!(is_program(&Method::GET, &HeaderMap::new(), None));
    }

    #[test]
    fn whoever_only_looks_ahead_is_nobody_yet() {
        let browser = Some("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0");
        assert!(is_program(&Method::HEAD, &HeaderMap::new(), browser));
        for (name, value) in [
            ("purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("x-moz", "prefetch"),
            ("x-purpose", "preview"),
        ] {
            let headers = HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
            assert!(is_program(&Method::GET, &headers, browser), "{name}");
        }
        let headers = HeaderMap::from_iter([("sec-purpose".parse().unwrap(), "".parse().unwrap())]);
        assert!(!is_program(&Method::GET, &headers, browser));
    }
}
