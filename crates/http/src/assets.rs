//! Files of the documentation's pages. What is large lies compressed in the program and travels so; whoever does not take that gets it unpacked.

use std::io::Read as _;

use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use kernel::Error;

use crate::Answer;

const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// A file.
#[derive(Clone, Copy)]
pub(crate) struct Asset {
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Bytes,
}

/// What it holds.
#[derive(Clone, Copy)]
pub(crate) enum Bytes {
    Plain(&'static [u8]),
    Gzip(&'static [u8]),
}

impl Asset {
    pub(crate) const fn plain(media_type: &'static str, bytes: &'static [u8]) -> Self {
        Self { media_type, bytes: Bytes::Plain(bytes) }
    }

    pub(crate) const fn gzip(media_type: &'static str, bytes: &'static [u8]) -> Self {
        Self { media_type, bytes: Bytes::Gzip(bytes) }
    }

    /// The file, for a client that sent these headers.
    pub(crate) fn answer(self, asked: &HeaderMap) -> Answer<Response> {
        let head = [(CONTENT_TYPE, HeaderValue::from_static(self.media_type)), (CACHE_CONTROL, A_DAY)];
        Ok(match self.bytes {
            Bytes::Plain(bytes) => (head, bytes).into_response(),
            Bytes::Gzip(packed) => {
                let vary = [(VARY, HeaderValue::from_static("accept-encoding"))];
                if takes_gzip(asked) {
                    let encoded = [(CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
                    return Ok((head, vary, encoded, packed).into_response());
                }
                let mut bytes = Vec::with_capacity(packed.len() * 4);
                GzDecoder::new(packed).read_to_end(&mut bytes).map_err(Error::internal)?;
                (head, vary, bytes).into_response()
            }
        })
    }
}

/// Does `Accept-Encoding` name gzip (or anything at all), and not with a weight of nothing?
fn takes_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let weights = named.flat_map(|value| value.split(',')).filter_map(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        let name = name.trim();
        let exact = name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip");
        (exact || name == "*").then_some((exact, weight.unwrap_or(1.0)))
    });
    // What names it counts before what names anything.
    weights.max_by_key(|(exact, _)| *exact).is_some_and(|(_, weight)| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_goes_to_whoever_takes_it() {
        let takes =
            |text: &'static str| takes_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(text))]));
        for text in ["gzip", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8", "*", "*;q=0, GZIP", "x-gzip"] {
            assert!(takes(text), "{text}");
        }
        for text in ["", "br", "gzip;q=0", "identity", "*;q=0", "gzip;q=0, *", "gzippy"] {
            assert!(!takes(text), "{text}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
