//! Recordings: taken in and given out in pieces.

use axum::Json;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use db::Tx;
use http_base::{Answer, Binary, Caller, Named};
use input::Input;
use kernel::{Error, Kind, OutreachId, Result, Scope, Timestamp};

use crate::store::{self, uploads};
use crate::{Entry, Outreach, OutreachBody, sweeping};
use http_base::ranges::StoredFile;
use http_base::upload::fault_of;

/// A recording that is stored, and belongs to nothing yet.
pub(super) struct Stored {
    pub(super) name: String,
    media_type: &'static str,
    bytes: u64,
}

impl Stored {
    /// Has the recording belong to an entry that was taken, from this transaction on. One whose place it takes goes after it.
    pub(super) async fn belong_to(&self, scope: Scope, tx: &mut Tx, entry: &mut Entry, now: Timestamp) -> Result<()> {
        if !uploads::claim(scope, tx, &self.name).await? {
            return Err(Error::conflict("The upload took too long and was given up; send the recording again"));
        }
        if let Some(earlier) = entry.recording_file.replace(self.name.clone()) {
            uploads::disown(scope, tx, &earlier, now).await?;
        }
        entry.recording_type = Some(self.media_type.to_owned());
        entry.recording_bytes = Some(self.bytes);
        Ok(())
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
        self.chunk().await.map_err(|error| fault_of(&error))
    }
}

impl Pieces for axum::body::BodyDataStream {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        let piece = futures::StreamExt::next(self).await.transpose();
        piece.map_err(|error| fault_of(&error))
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
    // Written down before it is tried: whatever dies from here on, the file is found and taken away.
    let mut tx = outreach.app().write().await?;
    uploads::begin(Scope::system(), &mut tx, &name, outreach.app().clock().now()).await?;
    tx.commit().await?;
    match write(outreach, &name, head.freeze(), pieces, most).await {
        Ok(bytes) => Ok(Stored { name, media_type, bytes }),
        Err(error) => {
            sweeping::discard(outreach, &name).await;
            Err(error)
        }
    }
}

async fn write(outreach: &Outreach, name: &str, head: Bytes, pieces: &mut impl Pieces, most: u64) -> Result<u64> {
    let mut upload = outreach.files().create(name).await?;
    let mut bytes = 0;
    let mut next = Some(head);
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
        Ok(()) => upload.finish().await.map(|()| bytes),
        Err(error) => {
            upload.abort().await;
            Err(error)
        }
    }
}

/// The recording of a call.
#[derive(Input)]
#[input(file = "The recording: MP3 or WAV.", file_name = "recording")]
pub(super) struct RecordingForm;

/// Upload a recording
///
/// The recording of a call, as a form with the file `recording` or as the body itself. It takes the place of an earlier one. What it
/// is, MP3 or WAV, is told by its bytes.
#[utoipa::path(post, path = "/api/v1/outreach/call/{call_id}/recording", tag = "Outreach calls",
    params(("call_id" = String, Path, description = "The id of the log entry")),
    request_body(content((RecordingForm = "multipart/form-data"), (inline(Binary) = "audio/mpeg"), (inline(Binary) = "audio/wav"))),
    responses((status = 200, description = "The log entry as it is now", body = OutreachBody)))]
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
        let mut form = Multipart::from_request(request, &outreach).await.map_err(|error| fault_of(&error))?;
        let field = form.next_field().await.map_err(|error| fault_of(&error))?;
        let mut field =
            field.ok_or_else(|| Error::invalid_field("recording", "is missing: send the file as `recording`"))?;
        self::store(&outreach, &mut field).await?
    } else {
        self::store(&outreach, &mut request.into_body().into_data_stream()).await?
    };
    match keep(&outreach, scope, id, &stored).await {
        Ok(entry) => Ok(Json(entry.into())),
        Err(error) => {
            sweeping::discard(&outreach, &stored.name).await;
            Err(error.into())
        }
    }
}

/// Has the recording belong to the entry.
async fn keep(outreach: &Outreach, scope: Scope, id: OutreachId, stored: &Stored) -> Result<Entry> {
    let now = outreach.app().clock().now();
    let mut tx = outreach.app().write().await?;
    let mut entry = store::take(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Call"))?;
    stored.belong_to(scope, &mut tx, &mut entry, now).await?;
    store::save(scope, &mut tx, &mut entry, now).await?;
    tx.commit().await?;
    Ok(entry)
}

/// Delete a recording
///
/// The recording of a call is taken away; the entry of the log stays. A call without one is as it was.
#[utoipa::path(delete, path = "/api/v1/outreach/call/{call_id}/recording", tag = "Outreach calls",
    params(("call_id" = String, Path, description = "The id of the log entry")),
    responses((status = 200, description = "The log entry as it is now", body = OutreachBody)))]
pub(super) async fn delete(
    State(outreach): State<Outreach>,
    caller: Caller,
    name: Named,
) -> Answer<Json<OutreachBody>> {
    let (id, scope): (OutreachId, _) = (name.id("Call")?, caller.scope());
    let now = outreach.app().clock().now();
    let mut tx = outreach.app().write().await?;
    let mut entry = store::take(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Call"))?;
    if let Some(file) = entry.recording_file.take() {
        uploads::disown(scope, &mut tx, &file, now).await?;
    }
    (entry.recording_type, entry.recording_bytes, entry.call_recording_url) = (None, None, None);
    store::save(scope, &mut tx, &mut entry, now).await?;
    tx.commit().await?;
    Ok(Json(entry.into()))
}

/// Download a recording
///
/// The recording of a call as it was uploaded, whole or in part; or a redirect to where it is kept.
#[utoipa::path(get, path = "/api/v1/outreach/call/{call_id}/recording", tag = "Outreach calls",
    params(("call_id" = String, Path, description = "The id of the log entry"),
    ("Range" = Option<String>, Header, description = "The part that is wanted, such as `bytes=0-1023`"),
    ("If-Range" = Option<String>, Header, description = "The `ETag` of the recording that you have a part of"),
    ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the recording that you have")),
    responses((status = 200, description = "The recording", content((inline(Binary) = "audio/mpeg"), (inline(Binary) = "audio/wav"))),
    (status = 206, description = "The part that was asked for",
        content((inline(Binary) = "audio/mpeg"), (inline(Binary) = "audio/wav"))),
    (status = 302, description = "The recording is kept at the address in `Location`"),
    (status = 304, description = "You have this recording (`If-None-Match`)"),
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
    // A recording that takes another's place has another name.
    let tag = file.rsplit('/').next().unwrap_or(file).to_owned();
    let media_type = entry.recording_type.as_deref().unwrap_or("application/octet-stream");
    let kept = StoredFile { files: outreach.files().as_ref(), name: file, media_type, tag, size: None };
    Ok(kept.answer(&headers).await?.ok_or_else(missing)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_their_bytes_say() {
        assert_eq!(sniff(b"RIFF\x24\0\0\0WAVEfmt ").map(|(kind, _)| kind), Some("audio/wav"));
        assert_eq!(sniff(b"ID3\x04\0\0\0\0\0\0\0\0").map(|(kind, _)| kind), Some("audio/mpeg"));
        assert_eq!(sniff(&[0xff, 0xfb, 0x90, 0x64]).map(|(kind, _)| kind), Some("audio/mpeg"));
        for other in [&b"MZ\x90\0"[..], b"", b"RIFF\x24\0\0\0AVI LIST", b"<html>", &[0xff, 0xff, 0xff]] {
            assert_eq!(sniff(other), None, "{other:?}");
        }
    }
}
