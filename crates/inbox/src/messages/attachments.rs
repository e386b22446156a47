//! Files that are sent with messages: taken in and given out in pieces.
//!
//! A file is a row before it is stored, and belongs to a message in the transaction that sends it. What belongs to none is taken away after a day.

use axum::Json;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use db::{Sql, Tx, args};
use http_base::ranges::StoredFile;
use http_base::routes;
use http_base::upload::fault_of;
use http_base::{Answer, Binary, Member, Named, Routes};
use input::Input;
use kernel::{AccountId, Error, Kind, Result, Timestamp, time};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{AttachmentId, MessageId};
use crate::Inbox;

/// Where attachments are.
pub(super) const PATH: &str = "/api/v1/messages/attachments/";
/// For so long a file may wait for its message.
const WAITS: i64 = time::DAY;
/// So many files an account may upload in a day.
const A_DAY: u64 = 200;
/// So many bytes are looked at to find out what a file is.
const HEAD: usize = 16;
/// So many are swept in one go.
const BITE: u32 = 100;

/// A file, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "message_attachments")]
struct Attachment {
    id: AttachmentId,
    account_id: AccountId,
    message_id: Option<MessageId>,
    name: String,
    media_type: String,
    bytes: u64,
    /// Its name where files are kept.
    file: String,
    /// Is it there, whole?
    stored: bool,
    created_at: Timestamp,
    /// When it is taken away, if it belongs to nothing until then.
    sweep_at: Option<Timestamp>,
}

pub(super) fn router() -> Routes<Inbox> {
    Routes::new().with(routes!(upload).file()).with(routes!(download))
}

/// What the first bytes of a file say it is, whatever it calls itself; the ending goes into the name that it is kept by.
fn sniff(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let at = |place: usize, bytes: &[u8]| head.get(place..place + bytes.len()) == Some(bytes);
    let known: [(bool, &str, &str); 10] = [
        (at(0, b"\x89PNG\r\n\x1a\n"), "image/png", "png"),
        (at(0, b"\xff\xd8\xff"), "image/jpeg", "jpg"),
        (at(0, b"GIF87a") || at(0, b"GIF89a"), "image/gif", "gif"),
        (at(0, b"RIFF") && at(8, b"WEBP"), "image/webp", "webp"),
        (at(0, b"%PDF-"), "application/pdf", "pdf"),
        (at(4, b"ftypqt"), "video/quicktime", "mov"),
        (at(4, b"ftyp"), "video/mp4", "mp4"),
        (at(0, b"\x1a\x45\xdf\xa3"), "video/webm", "webm"),
        (at(0, b"RIFF") && at(8, b"WAVE"), "audio/wav", "wav"),
        (at(0, b"ID3") || at(0, b"\xff\xfb") || at(0, b"\xff\xf3"), "audio/mpeg", "mp3"),
    ];
    known.into_iter().find(|(is, ..)| *is).map(|(_, media_type, ending)| (media_type, ending))
}

/// The name that a file is shown by: without folders, and without what hides in it.
fn name_of(given: Option<&str>, ending: &str) -> String {
    let name = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String =
        super::safety::cleaned(name).chars().filter(|letter| !matches!(letter, '"' | '\n' | '\t')).collect();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).trim_matches('.').trim();
    let stem: String = stem.chars().take(100).collect();
    if stem.is_empty() { format!("file.{ending}") } else { format!("{stem}.{ending}") }
}

/// A file for a message.
#[derive(Input)]
#[input(file = "The file: an image, a video, an audio or a PDF.")]
struct AttachmentForm;

/// A file that was uploaded.
#[derive(Serialize, ToSchema)]
#[schema(as = MessageAttachment)]
struct AttachmentBody {
    /// Its id.
    id: AttachmentId,
    /// What stands in `attachments` of the message that it is sent with.
    #[schema(example = "/api/v1/messages/attachments/0190a000-0000-7000-8000-000000000000")]
    url: String,
    /// By what name it is shown.
    name: String,
    /// What its bytes say it is.
    #[schema(example = "application/pdf")]
    media_type: String,
    /// How large it is.
    bytes: u64,
    /// Until when it waits for its message.
    expires_at: Timestamp,
}

/// Upload an attachment
///
/// A form with the file `file`: PNG, JPEG, GIF, WebP, PDF, MP4, QuickTime, WebM, WAV or MP3, as its bytes say. It is sent by naming its `url` in a message
/// within a day, and read by the two of that message alone.
#[utoipa::path(post, path = "/api/v1/messages/attachments", tag = "Messages",
    request_body(content = AttachmentForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "The file", body = AttachmentBody),
    (status = 415, description = "The file is none of these", body = http_base::ErrorBody)))]
async fn upload(
    State(inbox): State<Inbox>,
    member: Member,
    request: Request,
) -> Answer<(StatusCode, Json<AttachmentBody>)> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| fault_of(&error))?;
    let missing = || Error::invalid_field("file", "is missing: send a form with the file `file`");
    loop {
        let field = form.next_field().await.map_err(|error| fault_of(&error))?.ok_or_else(missing)?;
        if field.name() == Some("file") || field.file_name().is_some() {
            return Ok((StatusCode::CREATED, Json(take_in(&inbox, member.id, field).await?)));
        }
    }
}

async fn take_in(
    inbox: &Inbox,
    account: AccountId,
    mut field: axum::extract::multipart::Field<'_>,
) -> Result<AttachmentBody> {
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        match field.chunk().await.map_err(|error| fault_of(&error))? {
            Some(piece) => head.extend_from_slice(&piece),
            None => break,
        }
    }
    let (media_type, ending) = sniff(&head).ok_or_else(|| {
        let message = "The file is neither an image (PNG, JPEG, GIF, WebP), a PDF, a video (MP4, QuickTime, WebM) nor an audio (WAV, MP3)";
        Error::new(Kind::UnsupportedMediaType, message)
    })?;
    let (id, now): (AttachmentId, _) = (inbox.app().clock().new_id(), inbox.app().clock().now());
    let row = Attachment {
        id,
        account_id: account,
        message_id: None,
        name: name_of(field.file_name(), ending),
        media_type: media_type.to_owned(),
        bytes: 0,
        file: format!("messages/{id}.{ending}"),
        stored: false,
        created_at: now,
        sweep_at: Some(now.plus(WAITS)),
    };
    // Written down before it is stored: whatever dies from here on, the file is found and taken away.
    let mut tx = inbox.app().write().await?;
    let sql = "SELECT count(*) FROM message_attachments WHERE account_id = $1 AND created_at > $2";
    if tx.fetch_value::<u64>(sql, args![account, now.plus(-time::DAY)]).await? >= A_DAY {
        let message = format!("{A_DAY} files were uploaded in the last 24 hours; wait, or send a link");
        return Err(Error::new(Kind::RateLimited(3_600), message));
    }
    tx.insert(&row).await?;
    tx.commit().await?;
    let bytes = match write(inbox, &row.file, head.freeze(), &mut field).await {
        Ok(bytes) => bytes,
        Err(error) => {
            discard(inbox, &row).await;
            return Err(error);
        }
    };
    let mut tx = inbox.app().write().await?;
    let sql = "UPDATE message_attachments SET stored = TRUE, bytes = $3 WHERE id = $1 AND account_id = $2";
    if tx.execute(sql, args![id, account, bytes]).await? == 0 {
        return Err(Error::conflict("The upload took too long and was given up; send the file again"));
    }
    tx.commit().await?;
    Ok(AttachmentBody {
        id,
        url: format!("{PATH}{id}"),
        name: row.name,
        media_type: row.media_type,
        bytes,
        expires_at: now.plus(WAITS),
    })
}

async fn write(inbox: &Inbox, name: &str, head: Bytes, field: &mut axum::extract::multipart::Field<'_>) -> Result<u64> {
    let most = inbox.settings().attachment_bytes;
    let mut file = inbox.files().create(name).await?;
    let (mut bytes, mut next) = (0, Some(head));
    let taken = loop {
        let Some(piece) = next else { break Ok(()) };
        bytes += piece.len() as u64;
        if bytes > most {
            break Err(Error::new(Kind::TooLarge, format!("The file is larger than {most} bytes")));
        }
        if let Err(error) = file.write(piece).await {
            break Err(error);
        }
        next = match field.chunk().await {
            Ok(piece) => piece,
            Err(error) => break Err(fault_of(&error)),
        };
    };
    match taken {
        Ok(()) => file.finish().await.map(|()| bytes),
        Err(error) => {
            file.abort().await;
            Err(error)
        }
    }
}

/// Has the files among these belong to a message. Answers what stands in it: addresses as they were given, and files by their paths.
pub(super) async fn attach(
    inbox: &Inbox,
    tx: &mut Tx,
    account: AccountId,
    message: MessageId,
    given: Vec<String>,
) -> Result<Vec<String>> {
    let mut attached = Vec::with_capacity(given.len());
    for (place, one) in given.into_iter().enumerate() {
        let path = one.strip_prefix(inbox.app().public_url()).unwrap_or(&one);
        let Some(id) = path.strip_prefix(PATH) else {
            attached.push(one);
            continue;
        };
        let sql = "UPDATE message_attachments SET message_id = $3, sweep_at = NULL WHERE id = $1 AND account_id = $2 AND stored \
                   AND message_id IS NULL";
        let is_theirs = match id.parse::<AttachmentId>() {
            Ok(id) => tx.execute(sql, args![id, account, message]).await? == 1,
            Err(_) => false,
        };
        if !is_theirs {
            let field = format!("attachments.{place}");
            return Err(Error::invalid_field(&field, "names no file of yours that still waits for its message"));
        }
        attached.push(path.to_owned());
    }
    Ok(attached)
}

/// Download an attachment
///
/// For whoever uploaded it, and whoever it was sent to. Browsers save it, and never show it as a page of this server.
#[utoipa::path(get, path = "/api/v1/messages/attachments/{attachment_id}", tag = "Messages",
    params(("attachment_id" = AttachmentId, Path, description = "The file's id"),
    ("Range" = Option<String>, Header, description = "The part that is wanted, such as `bytes=0-1023`"),
    ("If-Range" = Option<String>, Header, description = "The `ETag` of the file that you have a part of"),
    ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the file that you have")),
    responses((status = 200, description = "The file", content((inline(Binary) = "application/octet-stream"))),
    (status = 206, description = "The part that was asked for", content((inline(Binary) = "application/octet-stream"))),
    (status = 304, description = "You have this file (`If-None-Match`)"),
    (status = 416, description = "The file has no such part")))]
async fn download(State(inbox): State<Inbox>, member: Member, name: Named, headers: HeaderMap) -> Answer<Response> {
    let missing = || Error::not_found("Attachment");
    let id: AttachmentId = name.id("Attachment")?;
    let mut tx = inbox.app().read().await?;
    let found = Sql::of::<Attachment>()
        .push(" AND stored")
        .and("id = ", id)
        .push(" AND (account_id = ")
        .bind(member.id)
        .push(" OR message_id IN (SELECT id FROM messages WHERE hidden_at IS NULL AND recipient_id = ")
        .bind(member.id)
        .push("))")
        .optional::<Attachment>(&mut tx)
        .await?
        .ok_or_else(missing)?;
    drop(tx);
    // What it is called by its own bytes is told by its name; as what it is told, no browser shows it.
    let (files, tag, media_type) = (inbox.files(), found.id.to_string(), "application/octet-stream");
    let kept = StoredFile { files, name: &found.file, media_type, tag, size: None };
    Ok(kept.attachment(&headers, Some(&found.name)).await?.ok_or_else(missing)?)
}

async fn discard(inbox: &Inbox, row: &Attachment) {
    if let Err(error) = take_away(inbox, row).await {
        tracing::warn!(%error, "a file that belongs to no message is left for later");
    }
}

/// Takes a file away that belongs to nothing; the row goes last.
async fn take_away(inbox: &Inbox, row: &Attachment) -> Result<()> {
    let mut tx = inbox.app().write().await?;
    // From here on no message can name it.
    let sql =
        "UPDATE message_attachments SET stored = FALSE WHERE id = $1 AND account_id = $2 AND sweep_at IS NOT NULL";
    let is_nobodys = tx.execute(sql, args![row.id, row.account_id]).await? == 1;
    tx.commit().await?;
    if !is_nobodys {
        return Ok(());
    }
    inbox.files().delete(&row.file).await?;
    let mut tx = inbox.app().write().await?;
    let sql = "DELETE FROM message_attachments WHERE id = $1 AND account_id = $2 AND sweep_at IS NOT NULL";
    tx.execute(sql, args![row.id, row.account_id]).await?;
    tx.commit().await
}

/// Takes away files whose message never came, or whose owner is gone.
pub(crate) async fn sweep(inbox: &Inbox) -> Result<()> {
    let now = inbox.app().clock().now();
    loop {
        let due: Vec<Attachment> = {
            let mut tx = inbox.app().read().await?;
            let mut sql = Sql::of::<Attachment>();
            sql.and("sweep_at <= ", now).push(" ORDER BY sweep_at, id LIMIT ").bind(BITE).all(&mut tx).await?
        };
        let is_all = due.len() < BITE as usize;
        for row in &due {
            if let Err(error) = take_away(inbox, row).await {
                tracing::warn!(%error, "a file that belongs to no message could not be taken away");
                let mut tx = inbox.app().write().await?;
                let sql = "UPDATE message_attachments SET sweep_at = $3 WHERE id = $1 AND account_id = $2";
                tx.execute(sql, args![row.id, row.account_id, now.plus(time::HOUR)]).await?;
                tx.commit().await?;
            }
        }
        if is_all {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_their_bytes_say() {
        assert_eq!(sniff(b"%PDF-1.7").map(|(kind, _)| kind), Some("application/pdf"));
        assert_eq!(sniff(b"RIFF\x24\0\0\0WEBPVP8 ").map(|(kind, _)| kind), Some("image/webp"));
        assert_eq!(sniff(b"\0\0\0\x20ftypisom").map(|(kind, _)| kind), Some("video/mp4"));
        for other in [&b"MZ\x90\0"[..], b"", b"<html>", b"<svg xmlns", b"PK\x03\x04", b"RIFF\x24\0\0\0AVI LIST"] {
            assert_eq!(sniff(other), None, "{other:?}");
        }
    }

    #[test]
    fn names_have_the_ending_of_what_they_are() {
        assert_eq!(name_of(Some("../../etc/pass\u{202e}wd.exe"), "pdf"), "passwd.pdf");
        assert_eq!(name_of(Some("Presupuesto \"junio\".PDF"), "pdf"), "Presupuesto junio.pdf");
        assert_eq!(name_of(Some("..."), "png"), "file.png");
        assert_eq!(name_of(None, "png"), "file.png");
    }
}
