//! Parts of a file, as RFC 9110 has them: players ask for these, so that nobody waits for a whole recording.

use std::fmt::Write as _;
use std::ops::Range;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{Error, Result};
use ports::files::Files;

/// What of a file is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// All of it.
    Whole,
    /// These bytes of it, which it has.
    Part(Range<u64>),
    /// Bytes that it does not have.
    Nothing,
}

/// A file that is to be told, or a part of it.
pub struct Told {
    /// `audio/mpeg`.
    pub media_type: String,
    /// What tells this file from any other at the address, without the quotes: a file never changes under its tag.
    pub tag: String,
    /// How many bytes the whole file has, if that is known.
    pub size: Option<u64>,
    /// Which bytes of it these are; the whole file if nothing is said.
    pub part: Option<Range<u64>>,
    /// The bytes.
    pub pieces: BoxStream<'static, Result<Bytes>>,
}

/// The range that a request names, if it is to be answered with one: exactly one part is named, and the file is the one that
/// the asker has the rest of (`If-Range`).
pub fn wanted<'h>(headers: &'h HeaderMap, tag: &str) -> Option<&'h str> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let range = text(RANGE)?;
    // A date is no tag of ours: whoever has but that gets the whole.
    let is_the_same = text(IF_RANGE).is_none_or(|known| known == format!("\"{tag}\""));
    (is_the_same && parse(range, u64::MAX) != Asked::Whole).then_some(range)
}

/// Does whoever asks have this file already? Then 304 is the answer.
pub fn not_modified(headers: &HeaderMap, tag: &str) -> Option<Response> {
    let own = format!("\"{tag}\"");
    let known = headers.get(IF_NONE_MATCH)?.to_str().ok()?;
    let has = known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == own);
    has.then(|| (StatusCode::NOT_MODIFIED, [(ETAG, own)]).into_response())
}

/// RFC 9110, 14.2: what is not understood, and several parts at once, is answered with the whole.
pub fn parse(asked: &str, size: u64) -> Asked {
    let Some((first, last)) = asked.trim().strip_prefix("bytes=").and_then(|part| part.split_once('-')) else {
        return Asked::Whole;
    };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    let range = match (first.trim(), last.trim()) {
        ("", last) => match number(last) {
            Some(count) => size.saturating_sub(count)..if count == 0 { 0 } else { size },
            None => return Asked::Whole,
        },
        (first, "") => match number(first) {
            Some(first) => first..size,
            None => return Asked::Whole,
        },
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
            _ => return Asked::Whole,
        },
    };
    if range.start < range.end { Asked::Part(range) } else { Asked::Nothing }
}

/// 416: the file has no such part.
pub fn no_such_part(size: u64, tag: &str) -> Response {
    let headers = [(CONTENT_RANGE, format!("bytes */{size}")), (ETAG, format!("\"{tag}\""))];
    (StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response()
}

/// The file as it is told: 206 if it is a part of it. What is asked for and was not cut out yet is cut out here, if the size of
/// the file is known; else the whole is told, which is always allowed.
pub fn answer(told: Told, asked: Option<&str>) -> Response {
    let Told { media_type, tag, size, mut part, mut pieces } = told;
    if let (None, Some(asked), Some(size)) = (&part, asked, size) {
        match parse(asked, size) {
            Asked::Whole => {}
            Asked::Nothing => return no_such_part(size, &tag),
            Asked::Part(range) => {
                pieces = cut(pieces, range.clone());
                part = Some(range);
            }
        }
    }
    let body = Body::from_stream(pieces.map_err(std::io::Error::other));
    let usual = [
        (CONTENT_TYPE, media_type),
        (ACCEPT_RANGES, "bytes".to_owned()),
        (ETAG, format!("\"{tag}\"")),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    let length = part.as_ref().map(|part| part.end - part.start).or(size);
    let length = length.map(|length| [(CONTENT_LENGTH, length.to_string())]);
    let mut response = match part {
        None => (usual, body).into_response(),
        Some(part) => {
            let size = size.map_or_else(|| "*".to_owned(), |size| size.to_string());
            let told = format!("bytes {}-{}/{size}", part.start, part.end.saturating_sub(1));
            (StatusCode::PARTIAL_CONTENT, usual, [(CONTENT_RANGE, told)], body).into_response()
        }
    };
    if let Some([(name, value)]) = length
        && let Ok(value) = value.try_into()
    {
        response.headers_mut().insert(name, value);
    }
    response
}

/// A stored file that is sent to a caller who may read it.
pub struct StoredFile<'a> {
    /// The file store.
    pub files: &'a dyn Files,
    /// The name in the store.
    pub name: &'a str,
    /// `audio/mpeg`.
    pub media_type: &'a str,
    /// The entity tag of this version of the file, without the quotes.
    pub tag: String,
    /// The size in bytes; without it the store is asked.
    pub size: Option<u64>,
}

impl StoredFile<'_> {
    /// Returns the response to a request with these headers: the file, a part of it, 304 or 416. Returns nothing if the file does not exist.
    pub async fn answer(self, headers: &HeaderMap) -> Result<Option<Response>> {
        let Self { files, name, media_type, tag, size } = self;
        if let Some(known) = not_modified(headers, &tag) {
            return Ok(Some(known));
        }
        let size = match size {
            Some(size) => size,
            None => match files.size(name).await? {
                Some(size) => size,
                None => return Ok(None),
            },
        };
        let part = match wanted(headers, &tag).map_or(Asked::Whole, |asked| parse(asked, size)) {
            Asked::Whole => None,
            Asked::Part(part) => Some(part),
            Asked::Nothing => return Ok(Some(no_such_part(size, &tag))),
        };
        let Some(pieces) = files.read(name, part.clone()).await? else { return Ok(None) };
        Ok(Some(answer(Told { media_type: media_type.to_owned(), tag, size: Some(size), part, pieces }, None)))
    }

    /// The same for an uploaded file. Browsers save it under the given name and never display it as a page of this server.
    pub async fn attachment(self, headers: &HeaderMap, called: Option<&str>) -> Result<Option<Response>> {
        let Some(mut response) = self.answer(headers).await? else { return Ok(None) };
        let value = called
            .map_or_else(|| "attachment".to_owned(), |name| format!("attachment; filename*=UTF-8''{}", percent(name)));
        let value = HeaderValue::from_str(&value).map_err(Error::internal)?;
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
        response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        Ok(Some(response))
    }
}

/// Encodes a text as RFC 5987 requires.
fn percent(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            written.push(byte.into());
        } else {
            // Writing to a String cannot fail.
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}

/// These bytes of a file that comes whole; what follows them is not read.
fn cut(pieces: BoxStream<'static, Result<Bytes>>, range: Range<u64>) -> BoxStream<'static, Result<Bytes>> {
    let start = (pieces, 0, range);
    let next = |(mut pieces, mut at, range): (BoxStream<'static, Result<Bytes>>, u64, Range<u64>)| async move {
        while at < range.end {
            let Some(piece) = pieces.try_next().await? else { return Ok(None) };
            let (begins, length) = (at, piece.len() as u64);
            at += length;
            let from = range.start.saturating_sub(begins).min(length);
            let to = (range.end - begins).min(length);
            if from < to {
                return Ok(Some((piece.slice(from as usize..to as usize), (pieces, at, range))));
            }
        }
        Ok(None)
    };
    futures::stream::try_unfold(start, next).boxed()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_as_the_standard_has_them() {
        for (asked, wanted) in [
            ("bytes=0-3", Asked::Part(0..4)),
            ("bytes=4-", Asked::Part(4..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-30", Asked::Part(0..10)),
            ("bytes=8-99999999999999999999999", Asked::Part(8..10)),
            ("bytes=10-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=12-14", Asked::Nothing),
            ("bytes=3-1", Asked::Whole),
            ("bytes=0-1,4-5", Asked::Whole),
            ("lines=0-1", Asked::Whole),
            ("bytes=a-", Asked::Whole),
            ("bytes=-", Asked::Whole),
        ] {
            assert_eq!(parse(asked, 10), wanted, "{asked}");
        }
    }

    #[test]
    fn names_are_encoded() {
        assert_eq!(percent("año 1.pdf"), "a%C3%B1o%201.pdf");
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_part_is_told_of_the_file_that_the_asker_has_the_rest_of() {
        for (pairs, expected) in [
            (&[("range", "bytes=0-3")][..], Some("bytes=0-3")),
            (&[("range", "bytes=0-3"), ("if-range", "\"a1\"")], Some("bytes=0-3")),
            (&[("range", "bytes=0-3"), ("if-range", "\"a2\"")], None),
            (&[("range", "bytes=0-3"), ("if-range", "W/\"a1\"")], None),
            (&[("range", "bytes=0-3"), ("if-range", "Wed, 21 Oct 2015 07:28:00 GMT")], None),
            (&[("range", "bytes=0-1,4-5")], None),
            (&[], None),
        ] {
            assert_eq!(wanted(&headers(pairs), "a1"), expected, "{pairs:?}");
        }
        for (known, has) in [("\"a1\"", true), ("W/\"a1\", \"x\"", true), ("*", true), ("\"a2\"", false)] {
            assert_eq!(not_modified(&headers(&[("if-none-match", known)]), "a1").is_some(), has, "{known}");
        }
    }

    /// The file in pieces of so many bytes.
    fn pieces(file: &[u8], each: usize) -> BoxStream<'static, Result<Bytes>> {
        let pieces: Vec<Result<Bytes>> = file.chunks(each).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        futures::stream::iter(pieces).boxed()
    }

    proptest! {
        #[test]
        fn a_part_lies_within(asked in "bytes=[0-9]{0,22}-[0-9]{0,22}", size in 0_u64..100) {
            if let Asked::Part(range) = parse(&asked, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }

        #[test]
        fn what_is_cut_out_is_the_part(file in proptest::collection::vec(any::<u8>(), 1..200), each in 1_usize..50, from in 0_usize..200, many in 1_usize..200) {
            let from = from % file.len();
            let to = (from + many).min(file.len());
            let cut = cut(pieces(&file, each), from as u64..to as u64);
            let found: Vec<Bytes> = futures::executor::block_on(cut.try_collect()).unwrap();
            prop_assert_eq!(found.concat(), &file[from..to]);
        }
    }
}
