//! Files of content: taken in and given out in pieces, and taken for what their bytes say.

use axum::Json;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use http_base::path::Two;
use http_base::ranges::StoredFile;
use http_base::upload::fault_of;
use http_base::{Answer, Binary, Member, Named};
use input::Input;
use kernel::{Error, Kind, Result};

use super::shapes::FileBody;
use crate::model::{Collaboration, ContentFile};
use crate::ops::Act;
use crate::{Collaborations, store};

/// The most files of a collaboration.
const MOST_FILES: u64 = 60;
/// So many bytes tell what a file is.
const HEAD: usize = 32;

/// What the first bytes of a file say it is, and its ending; whatever it calls itself.
fn sniff(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let at = |place: usize, bytes: &[u8]| head.get(place..).is_some_and(|rest| rest.starts_with(bytes));
    let is_mp3 = head.len() >= 3
        && head[0] == 0xff
        && head[1] & 0xe0 == 0xe0
        && head[1] & 0x18 != 0x08
        && head[1] & 0x06 != 0
        && head[2] & 0xf0 != 0xf0
        && head[2] & 0x0c != 0x0c;
    Some(match () {
        () if at(0, &[0xff, 0xd8, 0xff]) => ("image/jpeg", "jpg"),
        () if at(0, b"\x89PNG\r\n\x1a\n") => ("image/png", "png"),
        () if at(0, b"GIF87a") || at(0, b"GIF89a") => ("image/gif", "gif"),
        () if at(0, b"RIFF") && at(8, b"WEBP") => ("image/webp", "webp"),
        () if at(0, b"RIFF") && at(8, b"WAVE") => ("audio/wav", "wav"),
        () if at(4, b"ftypM4A") => ("audio/mp4", "m4a"),
        () if at(4, b"ftypqt  ") => ("video/quicktime", "mov"),
        () if at(4, b"ftypheic") || at(4, b"ftypmif1") => ("image/heic", "heic"),
        () if at(4, b"ftypavif") => ("image/avif", "avif"),
        () if at(4, b"ftyp") => ("video/mp4", "mp4"),
        () if at(0, &[0x1a, 0x45, 0xdf, 0xa3]) => ("video/webm", "webm"),
        () if at(0, b"OggS") => ("audio/ogg", "ogg"),
        () if at(0, b"%PDF-") => ("application/pdf", "pdf"),
        () if at(0, b"ID3") || is_mp3 => ("audio/mpeg", "mp3"),
        () => return None,
    })
}

/// A file of content.
#[derive(Input)]
#[input(file = "An image, a video, a sound or a PDF.", file_name = "file")]
pub(super) struct ContentFileForm;

/// Upload a file of content
///
/// By the creator, as a form with the file `file` or as the body itself; a submission names it by its id. What it is, is told by its
/// bytes: JPEG, PNG, GIF, WebP, HEIC, AVIF, MP4, MOV, WebM, MP3, M4A, WAV, Ogg or PDF. A file that no submission names within two days goes.
#[utoipa::path(post, path = "/api/v1/collaborations/{collaboration_id}/files", tag = "Submissions",
    params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    request_body(content((ContentFileForm = "multipart/form-data"), (inline(Binary) = "application/octet-stream"))),
    responses((status = 201, description = "The file", body = FileBody),
        (status = 403, description = "Content is handed in by the creator"),
        (status = 409, description = "The collaboration takes no content, or has too many files")))]
pub(super) async fn upload(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
    request: Request,
) -> Answer<(StatusCode, Json<FileBody>)> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().read().await?;
    let found = store::find(act.scope, &mut tx, name.id("Collaboration")?).await?;
    let found = found.ok_or_else(|| Error::not_found("Collaboration"))?;
    may_upload(&act, &mut tx, &found).await?;
    drop(tx);
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kept = if media_type.starts_with("multipart/form-data") {
        let mut form = Multipart::from_request(request, &of).await.map_err(|error| fault_of(&error))?;
        let field = form.next_field().await.map_err(|error| fault_of(&error))?;
        let field = field.ok_or_else(|| Error::invalid_field("file", "is missing: send the file as `file`"))?;
        let called =
            field.file_name().unwrap_or("content").chars().filter(|letter| !letter.is_control()).take(200).collect();
        take_in(&act, &found, called, field.map(|piece| piece.map_err(|error| fault_of(&error))).boxed()).await?
    } else {
        let pieces = request.into_body().into_data_stream();
        take_in(&act, &found, "content".into(), pieces.map(|piece| piece.map_err(|error| fault_of(&error))).boxed())
            .await?
    };
    Ok((StatusCode::CREATED, Json(FileBody::new(kept, of.app().public_url()))))
}

async fn may_upload(act: &Act<'_>, tx: &mut db::Tx, of: &Collaboration) -> Result<()> {
    if act.scope.person() != Some(of.creator_id) {
        return Err(Error::new(Kind::Forbidden, "Content is handed in by the creator of the collaboration"));
    }
    if of.status.is_over() {
        let message = format!("The collaboration is {}, and takes no content any more", of.status.word());
        return Err(Error::conflict(message));
    }
    if store::count_files(tx, of).await? >= MOST_FILES {
        let message =
            format!("A collaboration has at most {MOST_FILES} files; what no submission names goes after two days");
        return Err(Error::conflict(message));
    }
    Ok(())
}

/// Stores a file as it comes in. What is none of the kinds is 415, what is too large 413, and neither stays.
async fn take_in(
    act: &Act<'_>,
    of: &Collaboration,
    name: String,
    mut pieces: BoxStream<'_, Result<Bytes>>,
) -> Result<ContentFile> {
    let app = act.of.app();
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        match pieces.next().await.transpose()? {
            Some(piece) => head.extend_from_slice(&piece),
            None => break,
        }
    }
    let (media_type, ending) = sniff(&head).ok_or_else(|| {
        Error::new(
            Kind::UnsupportedMediaType,
            "Send an image, a video, a sound or a PDF; by its bytes this is none of them",
        )
    })?;
    let id = app.clock().new_id();
    let mut file = ContentFile {
        id,
        collaboration_id: of.id,
        submission_id: None,
        creator_id: of.creator_id,
        file: format!("submissions/{id}.{ending}"),
        name,
        media_type: media_type.to_owned(),
        bytes: 0,
        stored_at: None,
        created_at: act.now,
    };
    // Written down before it is tried: whatever dies from here on, the file is found and taken away.
    let mut tx = app.write().await?;
    let locked = act.lock(&mut tx, of.id).await?;
    may_upload(act, &mut tx, &locked).await?;
    store::begin_file(act.scope, &mut tx, &file).await?;
    tx.commit().await?;
    match write(act, &file.file, head.freeze(), pieces).await {
        Ok(bytes) => {
            (file.bytes, file.stored_at) = (bytes, Some(app.clock().now()));
            let mut tx = app.write().await?;
            store::keep_file(&mut tx, &file).await?;
            tx.commit().await?;
            Ok(file)
        }
        Err(error) => {
            let mut tx = app.write().await?;
            store::forget_file(kernel::Scope::system(), &mut tx, file.id).await?;
            tx.commit().await?;
            Err(error)
        }
    }
}

async fn write(act: &Act<'_>, name: &str, head: Bytes, mut pieces: BoxStream<'_, Result<Bytes>>) -> Result<u64> {
    let most = act.of.app().limits().upload_bytes as u64;
    let mut upload = act.of.files().create(name).await?;
    let mut bytes = 0;
    let mut next = Some(head);
    let taken = loop {
        let Some(piece) = next else { break Ok(()) };
        bytes += piece.len() as u64;
        if bytes > most {
            break Err(Error::new(Kind::TooLarge, format!("The file is larger than {most} bytes")));
        }
        if let Err(error) = upload.write(piece).await {
            break Err(error);
        }
        next = match pieces.next().await.transpose() {
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

/// Download a file of content
///
/// As it was uploaded, whole or in part. The business sees what was handed in with a submission, and nothing before.
#[utoipa::path(get, path = "/api/v1/collaborations/{collaboration_id}/files/{file_id}", tag = "Submissions",
    params(("collaboration_id" = String, Path, description = "The collaboration's id"),
        ("file_id" = String, Path, description = "The file's id"),
        ("Range" = Option<String>, Header, description = "The part that is wanted, such as `bytes=0-1023`"),
        ("If-Range" = Option<String>, Header, description = "The `ETag` of the file that you have a part of"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the file that you have")),
    responses((status = 200, description = "The file",
            content((inline(Binary) = "image/jpeg"), (inline(Binary) = "image/png"), (inline(Binary) = "image/gif"), (inline(Binary) = "image/webp"), (inline(Binary) = "image/heic"), (inline(Binary) = "image/avif"), (inline(Binary) = "video/mp4"), (inline(Binary) = "video/quicktime"), (inline(Binary) = "video/webm"), (inline(Binary) = "audio/mpeg"), (inline(Binary) = "audio/mp4"), (inline(Binary) = "audio/wav"), (inline(Binary) = "audio/ogg"), (inline(Binary) = "application/pdf"))),
        (status = 206, description = "The part that was asked for",
            content((inline(Binary) = "image/jpeg"), (inline(Binary) = "image/png"), (inline(Binary) = "image/gif"), (inline(Binary) = "image/webp"), (inline(Binary) = "image/heic"), (inline(Binary) = "image/avif"), (inline(Binary) = "video/mp4"), (inline(Binary) = "video/quicktime"), (inline(Binary) = "video/webm"), (inline(Binary) = "audio/mpeg"), (inline(Binary) = "audio/mp4"), (inline(Binary) = "audio/wav"), (inline(Binary) = "audio/ogg"), (inline(Binary) = "application/pdf"))),
        (status = 304, description = "You have this file (`If-None-Match`)"),
        (status = 416, description = "The file has no such part")))]
pub(super) async fn download(
    State(of): State<Collaborations>,
    member: Member,
    Two(collaboration, file): Two,
    headers: HeaderMap,
) -> Answer<Response> {
    let scope = member.scope();
    let gone = || Error::not_found("File");
    let mut tx = of.app().read().await?;
    let found = store::find(scope, &mut tx, Named(collaboration).id("Collaboration")?).await?;
    let found = found.ok_or_else(|| Error::not_found("Collaboration"))?;
    let file = store::file(&mut tx, &found, Named(file).id("File")?).await?;
    let file = file.filter(|file| store::sees_file(scope, &found, file)).ok_or_else(gone)?;
    drop(tx);
    let (files, tag, size) = (of.files(), file.id.to_string(), Some(file.bytes));
    let kept = StoredFile { files, name: &file.file, media_type: &file.media_type, tag, size };
    Ok(kept.attachment(&headers, None).await?.ok_or_else(gone)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_their_bytes_say() {
        for (head, kind) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
            (b"\0\0\0\x18ftypmp42", "video/mp4"),
            (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
            (b"\0\0\0\x18ftypM4A ", "audio/mp4"),
            (b"\x1a\x45\xdf\xa3\x01", "video/webm"),
            (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
            (b"%PDF-1.7", "application/pdf"),
            (b"ID3\x04", "audio/mpeg"),
        ] {
            assert_eq!(sniff(head).map(|(kind, _)| kind), Some(kind));
        }
        for other in [&b"MZ\x90\0"[..], b"", b"<html>", b"<svg xmlns", b"RIFF\x24\0\0\0AVI LIST", b"PK\x03\x04"] {
            assert_eq!(sniff(other), None, "{other:?}");
        }
    }
}
