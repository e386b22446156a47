//! The widget's files: the loader on the website, the page of its iframe and what that is made of, and the demo's page. No build step, no
//! dependency: what lies in `assets/widget` is what browsers get.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Result};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// Scripts and styles of others may be used by pages of other origins only if they say so where those ask for isolation.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

const LOADER: &str = include_str!("../../assets/widget/widget.js");
const PAGE: &str = include_str!("../../assets/widget/panel.html");
const DEMO: &str = include_str!("../../assets/widget/demo.html");

/// A file by its name: its media type and what is in it.
type File = (&'static str, &'static str, &'static str);

macro_rules! files {
    ($($kind:ident $name:literal),+ $(,)?) => {
        &[$(($name, $kind, include_str!(concat!("../../assets/widget/", $name)))),+]
    };
}

const FILES: &[File] = files![
    SCRIPT "api.js",
    SCRIPT "color.js",
    SCRIPT "composer.js",
    SCRIPT "host.js",
    SCRIPT "list.js",
    SCRIPT "panel.js",
    SCRIPT "queue.js",
    SCRIPT "session.js",
    SCRIPT "store.js",
    SCRIPT "stream.js",
    SCRIPT "view.js",
    SCRIPT "words.js",
    STYLE "panel.css",
    STYLE "demo.css",
];

/// What all the files are named by: another version of one is another address, so that no browser mixes two versions.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut all = Sha256::new();
    for (name, _, content) in FILES {
        all.update(name);
        all.update(content);
    }
    short(&all.finalize())
});

static LOADER_TAG: LazyLock<String> = LazyLock::new(|| format!("\"{}\"", short(&Sha256::digest(LOADER))));

/// The page with the addresses of this version.
static VERSIONED_PAGE: LazyLock<String> = LazyLock::new(|| PAGE.replace("\"files/", &format!("\"files/{}/", *VERSION)));

fn short(hash: &[u8]) -> String {
    hash.iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `GET /widget.js`: the loader, for every page. It is asked for anew each hour at the latest.
pub(super) fn loader(asked: &HeaderMap) -> Response {
    let head = [
        (CONTENT_TYPE, SCRIPT),
        (CACHE_CONTROL, "public, max-age=3600"),
        (ETAG, LOADER_TAG.as_str()),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (RESOURCE_POLICY, "cross-origin"),
    ];
    let known = asked.get_all(IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok()).any(|tags| {
        tags.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == *LOADER_TAG || tag == "*")
    });
    if known { (StatusCode::NOT_MODIFIED, head).into_response() } else { (head, LOADER).into_response() }
}

/// `GET /widget/files/{version}/{name}`: what the iframe's page is made of. An older version gets what is there now, and may not keep it.
pub(super) fn file(version: &str, name: &str) -> Option<Response> {
    let (_, media_type, content) = FILES.iter().find(|(known, ..)| *known == name)?;
    let kept = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    Some(([(CONTENT_TYPE, *media_type), (CACHE_CONTROL, kept)], *content).into_response())
}

/// `GET /widget/{channel_id}`: the page of the iframe, which only these may embed ([`frame_ancestors`]).
pub(super) fn page(frame_ancestors: &str) -> Result<Response> {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors {frame_ancestors}"
    );
    html(&policy, VERSIONED_PAGE.clone())
}

/// `GET /widget-demo`: somebody's website with the widget on it. `base` is the server's address, as the page tells it.
pub(super) fn demo_page(base: &str, channel: Uuid) -> Result<Response> {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; \
                  form-action 'none'; frame-ancestors 'none'";
    let base = base.trim_end_matches('/').replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let page = DEMO.replace("\"widget/files/", &format!("\"widget/files/{}/", *VERSION));
    html(policy, page.replace("{{base}}", &base).replace("{{channel}}", &channel.to_string()))
}

fn html(policy: &str, page: String) -> Result<Response> {
    let policy = HeaderValue::try_from(policy).map_err(Error::internal)?;
    let head = [(CONTENT_TYPE, HeaderValue::from_static(HTML)), (CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    Ok((head, [(CONTENT_SECURITY_POLICY, policy)], page).into_response())
}

/// Who may embed a channel's page: the server itself, and the coach's origins (`https://shop.example`, `https://*.shop.example`, `*`).
pub(super) fn frame_ancestors(allowed: &[String]) -> String {
    if allowed.iter().any(|origin| origin == "*") {
        return "*".to_owned();
    }
    // They were checked when they were written; what would be another directive never gets in here.
    let clean = |origin: &&String| {
        origin
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'/' | b'.' | b'-' | b'*' | b'[' | b']'))
    };
    allowed.iter().filter(clean).fold("'self'".to_owned(), |mut all, origin| {
        all.push(' ');
        all.push_str(origin);
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_is_named_is_there_and_nothing_else() {
        for name in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/widget")).unwrap() {
            let name = name.unwrap().file_name().into_string().unwrap();
            let served = FILES.iter().any(|(known, ..)| *known == name);
            assert!(served || ["widget.js", "panel.html", "demo.html"].contains(&name.as_str()), "{name} is served");
        }
        for (name, _, content) in FILES {
            for named in content.split("from './").skip(1).filter_map(|rest| rest.split('\'').next()) {
                assert!(FILES.iter().any(|(known, ..)| *known == named), "{name} names {named}");
            }
        }
        for named in
            VERSIONED_PAGE.split(&format!("files/{}/", *VERSION)).skip(1).filter_map(|rest| rest.split('"').next())
        {
            assert!(file(&VERSION, named).is_some(), "the page names {named}");
        }
        assert!(file(&VERSION, "widget.js").is_none());
        assert!(file(&VERSION, "../mod.rs").is_none());
    }

    #[test]
    fn only_files_of_this_version_are_kept() {
        let kept = |version: &str| file(version, "panel.js").unwrap().headers()[CACHE_CONTROL].clone();
        assert_eq!(kept(&VERSION), "public, max-age=31536000, immutable");
        assert_eq!(kept("0000000000000000"), "no-cache");
    }

    #[test]
    fn a_loader_that_is_known_is_not_sent_again() {
        let first = loader(&HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers()[ETAG].clone();
        for tags in [tag.clone(), HeaderValue::from_str(&format!("\"x\", W/{}", tag.to_str().unwrap())).unwrap()] {
            assert_eq!(loader(&HeaderMap::from_iter([(IF_NONE_MATCH, tags)])).status(), StatusCode::NOT_MODIFIED);
        }
        let other = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("\"x\""))]);
        assert_eq!(loader(&other).status(), StatusCode::OK);
    }

    #[test]
    fn only_origins_get_into_the_policy() {
        let given = |all: &[&str]| frame_ancestors(&all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        assert_eq!(given(&[]), "'self'");
        assert_eq!(
            given(&["https://shop.example", "https://*.b.example:8443"]),
            "'self' https://shop.example https://*.b.example:8443"
        );
        assert_eq!(given(&["https://x.example; script-src *", "https://a.example"]), "'self' https://a.example");
        assert_eq!(given(&["https://a.example", "*"]), "*");
        assert!(page(&given(&["https://shop.example"])).is_ok());
    }

    #[tokio::test]
    async fn pages_have_nothing_inline() {
        for page in [VERSIONED_PAGE.as_str(), DEMO] {
            for inline in ["<style", "style=", "onclick", "onload", "onerror", "javascript:"] {
                assert!(!page.contains(inline), "{inline}");
            }
            for script in page.split("<script").skip(1) {
                assert!(
                    script.split("</script>").next().is_some_and(|tag| tag.contains("src=") && tag.ends_with('>')),
                    "{script}"
                );
            }
        }
        let shown = demo_page("http://127.0.0.1:8000/", Uuid::from_u128(7)).unwrap();
        let bytes = axum::body::to_bytes(shown.into_body(), 1 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.contains("src=\"widget.js\" data-channel=\"00000000-0000-0000-0000-000000000007\""));
        assert!(text.contains("script src=\"http://127.0.0.1:8000/widget.js\""));
        assert!(!text.contains("{{"));
    }
}
