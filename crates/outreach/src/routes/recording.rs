//! Recordings: taken in and given out in pieces.

use std::ops::Range;

use axum::Json;
use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_base::{Answer, Caller, Named};
use kernel::{Error, Kind, OutreachId, Result};
use utoipa::ToSchema;

use crate::{Entry, Outreach, OutreachBody, store};

/// A recording that is stored, and belongs to nothing yet.
pub(super) struct Stored {
    pub(super) name: String,
    media_type: &'static str,
    bytes: u64,
}

impl Stored {
    pub(super) fn belong_to(&self, entry: &mut Entry) {
        entry.recording_file = Some(self.name.clone());
        entry.recording_type = Some(self.media_type.to_owned());
        entry.recording_bytes = Some(self.bytes);
    }
}

/// What the first bytes of a file say it is; whatever it calls itself.
fn sniff(head: &[u8]) -> Option<(&'static str, &'static str)> {
    if head.len() >= 12 && &head[..4] == b"RIFF" && &head[8..12] == b"WAVE" {
        return Some(("audio/wav", "wav"));
    }
    let is_frame = head.len() >= 3
        && head[0] == 0xff
        && head[1] & 0xe0 == 0xe0
        // A version, a layer, a bit rate and a sample rate that exist.
        && head[1] & 0x18 != 0x08
        && head[1] & 0x06 != 0
        && head[2] & 0xf0 != 0xf0
        && head[2] & 0x0c != 0x0c;
    (head.starts_with(b"ID3") || is_frame).then_some(("audio/mpeg", "mp3"))
}

const HEAD: usize = 12;

/// Where a recording comes from, piece by piece.
pub(super) trait Pieces {
    async fn next(&mut self) -> Result<Option<Bytes>>;
}

impl Pieces for Field<'_> {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        self.chunk().await.map_err(|error| Error::new(Kind::BadRequest, format!("The form could not be read: {error}")))
    }
}

impl Pieces for axum::body::BodyDataStream {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        let piece = futures::StreamExt::next(self).await.transpose();
        piece.map_err(|error| Error::new(Kind::BadRequest, "The recording broke off").because(error))
    }
}

/// Stores a recording as it comes in. What is no MP3 or WAV is 415, what is too large 413, and neither stays.
pub(super) async fn store(outreach: &Outreach, pieces: &mut impl Pieces) -> Result<Stored> {
    let most = outreach.settings().recording_bytes;
    let mut head = bytes::BytesMut::new();
    while head.len() < HEAD {
        match pieces.next().await? {
            Some(piece) => head.extend_from_slice(&piece),
            None => break,
        }
    }
    let (media_type, ending) = sniff(&head).ok_or_else(|| {
        Error::new(Kind::UnsupportedMediaType, "The recording is neither MP3 nor WAV; send one of these")
    })?;
    let name = format!("recordings/{}.{ending}", outreach.app().clock().request_id());
    let mut upload = outreach.files().create(&name).await?;
    let mut bytes = 0;
    let mut next = Some(head.freeze());
    let taken = loop {
        let Some(piece) = next else { break Ok(()) };
        bytes += piece.len() as u64;
        if bytes > most {
            break Err(Error::new(Kind::TooLarge, format!("The recording is larger than {most} bytes")));
        }
        if let Err(error) = upload.write(piece).await {
            break Err(error);
        }
        next = match pieces.next().await {
            Ok(piece) => piece,
            Err(error) => break Err(error),
        };
    };
    match taken {
        Ok(()) => upload.finish().await?,
        Err(error) => {
            upload.abort().await;
            return Err(error);
        }
    }
    Ok(Stored { name, media_type, bytes })
}

/// A recording. Only for the documentation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form that is read as a stream")]
pub(super) struct RecordingForm {
    /// MP3 or WAV.
    #[schema(value_type = String, format = Binary)]
    recording: Vec<u8>,
}

/// Upload the recording of a call
///
/// As a form with the file `recording`, or as the body itself (`audio/mpeg`, `audio/wav`). It takes the place of an earlier one.
#[utoipa::path(post, path = "/api/v1/outreach/call/{call_id}/recording", tag = "Outreach calls",
    params(("call_id" = String, Path, description = "The entry's id")),
    request_body(content = RecordingForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "The entry as it is now", body = OutreachBody)))]
pub(super) async fn upload(
    State(outreach): State<Outreach>,
    caller: Caller,
    name: Named,
    request: Request,
) -> Answer<Json<OutreachBody>> {
    let (id, scope): (OutreachId, _) = (name.id("Call")?, caller.scope());
    store::find(scope, &mut outreach.app().read().await?, id).await?;
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let stored = if media_type.starts_with("multipart/form-data") {
        let unreadable = |error: String| Error::new(Kind::BadRequest, format!("The form could not be read: {error}"));
        let form = Multipart::from_request(request, &outreach).await;
        let mut form = form.map_err(|error| unreadable(error.to_string()))?;
        let field = form.next_field().await.map_err(|error| unreadable(error.to_string()))?;
        let mut field =
            field.ok_or_else(|| Error::invalid_field("recording", "is missing: send the file as `recording`"))?;
        self::store(&outreach, &mut field).await?
    } else {
        self::store(&outreach, &mut request.into_body().into_data_stream()).await?
    };
    let kept = keep(&outreach, scope, id, &stored).await;
    let gone = match &kept {
        Ok((_, earlier)) => earlier.clone(),
        Err(_) => Some(stored.name),
    };
    if let Some(gone) = gone {
        outreach.files().delete(&gone).await?;
    }
    Ok(Json(kept?.0.into()))
}

/// Has the recording belong to the entry; tells the one whose place it takes.
async fn keep(
    outreach: &Outreach,
    scope: kernel::Scope,
    id: OutreachId,
    stored: &Stored,
) -> Result<(Entry, Option<String>)> {
    let mut tx = outreach.app().write().await?;
    let mut entry = store::take(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Call"))?;
    let earlier = entry.recording_file.take();
    stored.belong_to(&mut entry);
    store::save(scope, &mut tx, &mut entry, outreach.app().clock().now()).await?;
    tx.commit().await?;
    Ok((entry, earlier))
}

/// Download the recording of a call
///
/// The file that was uploaded, whole or by ranges; or a redirect to where it is.
#[utoipa::path(get, path = "/api/v1/outreach/call/{call_id}/recording", tag = "Outreach calls",
    params(("call_id" = String, Path, description = "The entry's id"), ("Range" = Option<String>, Header, description = "`bytes=0-1023`")),
    responses((status = 200, description = "The recording", body = Vec<u8>, content_type = "audio/mpeg"),
    (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "audio/mpeg"),
    (status = 302, description = "It is elsewhere"),
    (status = 416, description = "The recording has no such part")))]
pub(super) async fn download(
    State(outreach): State<Outreach>,
    caller: Caller,
    name: Named,
    headers: HeaderMap,
) -> Answer<Response> {
    let missing = || Error::new(Kind::NotFound, "This call has no recording");
    let id = name.id("Call")?;
    let mut tx = outreach.app().read().await?;
    let entry = store::by_id(caller.scope(), &mut tx, id).await?.ok_or_else(|| Error::not_found("Call"))?;
    drop(tx);
    let Some(file) = &entry.recording_file else {
        let url = entry.call_recording_url.ok_or_else(missing)?;
        return Ok((StatusCode::FOUND, [(LOCATION, url)]).into_response());
    };
    let size = outreach.files().size(file).await?.ok_or_else(missing)?;
    let asked = headers.get(RANGE).and_then(|value| value.to_str().ok());
    let range = match asked.map_or(Asked::Whole, |asked| parse_range(asked, size)) {
        Asked::Whole => None,
        Asked::Part(range) => Some(range),
        Asked::Nothing => {
            return Ok(
                (StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, format!("bytes */{size}"))]).into_response()
            );
        }
    };
    let pieces = outreach.files().read(file, range.clone()).await?.ok_or_else(missing)?;
    let body = Body::from_stream(futures::TryStreamExt::map_err(pieces, std::io::Error::other));
    let length = range.as_ref().map_or(size, |range| range.end - range.start);
    let media_type = entry.recording_type.unwrap_or_else(|| "application/octet-stream".into());
    let usual = [(CONTENT_TYPE, media_type), (CONTENT_LENGTH, length.to_string()), (ACCEPT_RANGES, "bytes".to_owned())];
    Ok(match range {
        None => (usual, body).into_response(),
        Some(range) => {
            let told = format!("bytes {}-{}/{size}", range.start, range.end - 1);
            (StatusCode::PARTIAL_CONTENT, usual, [(CONTENT_RANGE, told)], body).into_response()
        }
    })
}

#[derive(PartialEq, Eq, Debug)]
enum Asked {
    Whole,
    Part(Range<u64>),
    /// There is no such part.
    Nothing,
}

/// RFC 9110, 14.2: what is not understood, and several parts at once, is answered with the whole.
fn parse_range(asked: &str, size: u64) -> Asked {
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
            assert_eq!(parse_range(asked, 10), wanted, "{asked}");
        }
    }

    #[test]
    fn files_are_what_their_bytes_say() {
        assert_eq!(sniff(b"RIFF\x24\0\0\0WAVEfmt ").map(|(kind, _)| kind), Some("audio/wav"));
        assert_eq!(sniff(b"ID3\x04\0\0\0\0\0\0\0\0").map(|(kind, _)| kind), Some("audio/mpeg"));
        assert_eq!(sniff(&[0xff, 0xfb, 0x90, 0x64]).map(|(kind, _)| kind), Some("audio/mpeg"));
        for other in [&b"MZ\x90\0"[..], b"", b"RIFF\x24\0\0\0AVI LIST", b"<html>", &[0xff, 0xff, 0xff]] {
            assert_eq!(sniff(other), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn a_part_lies_within(asked in "bytes=[0-9]{0,22}-[0-9]{0,22}", size in 0_u64..100) {
            if let Asked::Part(range) = parse_range(&asked, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }
    }
}
