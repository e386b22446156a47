//! Small pages for people who follow a link of a mail: plain HTML from the binary, without scripts, pictures or anything of others.

use std::sync::LazyLock;

use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

/// How the pages look. The policy of a page lets in this text alone, by its hash.
const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c1e21;--soft:#5b626b;--ground:#f4f5f7;--card:#fff;--line:#d9dde2;--strong:#1f5fbf;--on:#fff;--bad:#a3261d}\
@media(prefers-color-scheme:dark){:root{--ink:#eceef1;--soft:#a5adb8;--ground:#15171a;--card:#1f2226;--line:#3a3f46;--strong:#7db0ff;--on:#10151d;--bad:#ff9d94}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
main{max-width:40rem;margin:0 auto;padding:1.25rem 1rem 3rem}\
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1.25rem;margin:0 0 1rem}\
h1{font-size:1.4rem;line-height:1.25;margin:.5rem 0 1rem}\
h2{font-size:1.05rem;margin:0 0 .6rem}\
p{margin:0 0 .8rem}\
dl{display:grid;grid-template-columns:minmax(6rem,auto) 1fr;gap:.35rem 1rem;margin:0}\
dt{color:var(--soft)}\
dd{margin:0;min-width:0}\
ul,ol{margin:0;padding-left:1.2rem}\
li{margin:0 0 .3rem}\
a{color:var(--strong)}\
label{display:block;margin:0 0 .8rem}\
label.check{display:flex;gap:.6rem;align-items:flex-start}\
label.check input{margin:.3rem 0 0;width:1.1rem;height:1.1rem;flex:none}\
input[type=text],input[type=email],input[type=password]{display:block;width:100%;margin-top:.3rem;padding:.65rem;font:inherit;color:inherit;background:var(--ground);border:1px solid var(--line);border-radius:.4rem}\
button{display:block;width:100%;min-height:3rem;font:inherit;font-weight:600;color:var(--on);background:var(--strong);border:0;border-radius:.4rem;cursor:pointer}\
:focus-visible{outline:3px solid var(--strong);outline-offset:2px}\
.soft{color:var(--soft);font-size:.9rem}\
.bad{color:var(--bad)}\
code{font-size:.8rem}\
@media(max-width:26rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}";

/// What a page may do: show itself in its own style, and send its forms to this server. Nothing else, and nobody frames it.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    // Never an error: the policy is plain ASCII.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// A page (200). `title` stands above it, too.
///
/// The style knows `section.card`, headings, lists, `dl`, forms with `label` (`label.check` around a checkbox), one `button`, and the classes
/// `soft` and `bad`. No script, no `style` attribute and nothing from another address gets past the page's policy. It is never stored,
/// because the address is a secret of whoever got the mail.
pub fn page(title: &str, body: &Markup) -> Response {
    page_of(StatusCode::OK, title, body)
}

/// The same with another status: for links that are used, expired or unknown.
pub fn page_of(status: StatusCode, title: &str, body: &Markup) -> Response {
    let page = html! {
        (PreEscaped("<!doctype html>\n"))
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (body) } }
        }
    };
    let mut response = (status, Html(text_of(&page))).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    response
}

/// The text of a page or of a mail's HTML, without what HTML does not allow and what turns text round so that it reads as something else.
pub fn text_of(html: &Markup) -> String {
    html.0.replace(
        |letter| {
            matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
                | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        },
        "\u{fffd}",
    )
}

/// Does whoever asks want a page rather than JSON? Browsers name `text/html` before everything else; programs that take anything, or say
/// nothing, get JSON.
pub fn wants_html(headers: &HeaderMap) -> bool {
    let accepts: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let quality = |wanted: &str| {
        let group = wanted.split('/').next().unwrap_or_default();
        let ranges = accepts.iter().flat_map(|accept| accept.split(','));
        let fitting = ranges.filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next()?.to_ascii_lowercase();
            let closeness = match media.split_once('/')? {
                ("*", "*") => 1,
                (one, "*") if one == group => 2,
                _ if media == wanted => 3,
                _ => return None,
            };
            let told = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            let quality = told.map_or(1.0, |told| told.parse::<f32>().unwrap_or(0.0));
            Some((closeness, quality))
        });
        // The closest range decides, not the most generous.
        fitting.max_by_key(|(closeness, _)| *closeness).map_or(0.0, |(_, quality)| quality)
    };
    let html = quality("text/html");
    html > 0.0 && html > quality("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT, text.parse().unwrap())])
    }

    #[test]
    fn browsers_get_pages_and_programs_do_not() {
        for browser in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/html",
            "TEXT/HTML;charset=utf-8",
            "text/html, application/json;q=0.5",
            "text/*",
        ] {
            assert!(wants_html(&accepting(browser)), "{browser}");
        }
        for program in [
            "*/*",
            "",
            "application/json",
            "application/json, text/html;q=0.9",
            "text/html;q=0, */*",
            "text/plain",
            "x",
        ] {
            assert!(!wants_html(&accepting(program)), "{program}");
        }
        assert!(!wants_html(&HeaderMap::new()));
    }

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let nasty = "<script>alert('x')</script> & \"y\" \u{202e}\0\u{7}é😀\n";
        let safe = text_of(&html! { p title=(nasty) { (nasty) } });
        let text = "&lt;script&gt;alert('x')&lt;/script&gt; &amp; &quot;y&quot; \u{fffd}\u{fffd}\u{fffd}é😀\n";
        assert_eq!(safe, format!("<p title=\"{text}\">{text}</p>"));
    }

    #[tokio::test]
    async fn a_page_lets_in_its_own_style_alone() {
        let response = page_of(StatusCode::GONE, "Late & <gone>", &html! { p { "Ask again." } });
        assert_eq!(response.status(), StatusCode::GONE);
        let header = |name| response.headers()[name].to_str().unwrap().to_owned();
        let (policy, stored) = (header(CONTENT_SECURITY_POLICY), header(CACHE_CONTROL));
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"));
        assert_eq!(stored, "no-store");
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let html = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(html.contains("<title>Late &amp; &lt;gone&gt;</title>") && html.contains("<p>Ask again.</p>"));
        assert!(!html.contains("<script") && !html.contains("http"));
        // What the policy lets in is what stands in the page.
        let style = html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        assert!(policy.contains(&BASE64_STANDARD.encode(Sha256::digest(style))));
    }
}
