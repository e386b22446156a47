//! Files that members send: a row first, then fetched from the provider by a job, and given out to those who work here.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use db::{Sql, Tx, args};
use http_base::path::Two;
use http_base::ranges::StoredFile;
use http_base::routes;
use http_base::{Answer, Binary, Member, Routes};
use jobs::{Context, Failure, NewJob, Outcome, Payload};
use kernel::{Error, Result, Timestamp, WorkspaceId};
use ports::messaging::{MediaFault, MediaPart};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{MediaId, Message, MessageId};
use crate::Channels;
use crate::channels::{self, ChannelId, account_of};
use crate::conversations::ConversationId;

/// The kind of job that fetches a file.
pub(crate) const FETCH: &str = "channels.media";
/// The kind of job that takes files away that belong to nothing any more.
pub(crate) const SWEEP: &str = "channels.sweep_media";
/// How many are swept in one go.
const BITE: u32 = 100;

/// How far a file has come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ChannelMediaStatus")]
pub(crate) enum Status {
    /// It is still with the provider.
    Wanted,
    /// It is here.
    Stored,
    /// It is larger than is taken.
    TooLarge,
    /// It could not be fetched.
    Failed,
}

/// A file, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "channel_media")]
pub(crate) struct Media {
    id: MediaId,
    workspace_id: WorkspaceId,
    channel_id: ChannelId,
    conversation_id: ConversationId,
    message_id: MessageId,
    provider_id: String,
    media_type: String,
    name: String,
    bytes: u64,
    file: String,
    status: Status,
    error: Option<String>,
    created_at: Timestamp,
    sweep_at: Option<Timestamp>,
}

/// A file that a member sent.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = ChannelMedia)]
pub(crate) struct MediaBody {
    /// Its id.
    id: MediaId,
    /// Where to fetch it, once it is `stored`.
    #[schema(
        example = "/api/v1/conversations/0190a000-0000-7000-8000-000000000000/media/0190a000-0000-7000-8000-000000000001"
    )]
    /// Where it can be read, if it is public.
    url: String,
    /// Its type, as the provider says.
    #[schema(example = "image/jpeg")]
    media_type: String,
    name: String,
    /// How large it is.
    bytes: u64,
    status: Status,
    /// Why it is not here.
    error: Option<String>,
}

impl From<&Media> for MediaBody {
    fn from(media: &Media) -> Self {
        Self {
            id: media.id,
            url: format!("/api/v1/conversations/{}/media/{}", media.conversation_id, media.id),
            media_type: media.media_type.clone(),
            name: media.name.clone(),
            bytes: media.bytes,
            status: media.status,
            error: media.error.clone(),
        }
    }
}

/// Writes down that a message has a file, and has it fetched.
pub(crate) async fn wanted(channels: &Channels, tx: &mut Tx, message: &Message, part: &MediaPart) -> Result<()> {
    let (clock, id): (_, MediaId) = (channels.app().clock(), tx.clock().new_id());
    let name: String = part
        .file_name
        .as_deref()
        .unwrap_or_default()
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .take(150)
        .collect();
    let row = Media {
        id,
        workspace_id: message.workspace_id,
        channel_id: message.channel_id,
        conversation_id: message.conversation_id,
        message_id: message.id,
        provider_id: part.id.clone(),
        media_type: part.mime.clone().unwrap_or_else(|| "application/octet-stream".to_owned()),
        name: if name.trim().is_empty() { kernel::Words::word(part.kind).to_owned() } else { name },
        bytes: part.bytes.unwrap_or_default(),
        file: format!("channels/{id}"),
        status: Status::Wanted,
        error: None,
        created_at: clock.now(),
        sweep_at: None,
    };
    tx.insert(&row).await?;
    jobs::enqueue(tx, clock, NewJob::new(FETCH, &Which { media_id: id })?).await.map(drop)
}

/// The files of these messages, in no order.
pub(crate) async fn of(tx: &mut Tx, messages: &[Message]) -> Result<Vec<(MessageId, MediaBody)>> {
    let ids: Vec<MessageId> = messages.iter().filter(|one| one.kind == super::Shape::Media).map(|one| one.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Media> = Sql::of::<Media>().push(" AND sweep_at IS NULL").and_in("message_id", &ids).all(tx).await?;
    Ok(rows.iter().map(|row| (row.message_id, row.into())).collect())
}

/// Has the files of these conversations or messages swept, whose rows go.
pub(crate) async fn forget(tx: &mut Tx, conversation: ConversationId, now: Timestamp) -> Result<u64> {
    let sql = "UPDATE channel_media SET name = 'erased', provider_id = '', sweep_at = $2 WHERE conversation_id = $1 AND sweep_at IS NULL";
    tx.execute(sql, args![conversation, now]).await
}

/// The same of one message that was taken back.
pub(crate) async fn forget_of(tx: &mut Tx, message: MessageId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE channel_media SET name = 'taken back', provider_id = '', sweep_at = $2 WHERE message_id = $1 AND sweep_at IS NULL";
    tx.execute(sql, args![message, now]).await.map(drop)
}

#[derive(Serialize, Deserialize)]
struct Which {
    media_id: MediaId,
}

/// Fetches the file that a job is about.
pub(crate) async fn fetch_job(channels: Channels, _: Context, payload: Payload) -> Outcome {
    let Which { media_id } = payload.read()?;
    let mut tx = channels.app().read().await?;
    let row: Option<Media> = Sql::of::<Media>().and("id = ", media_id).optional(&mut tx).await?;
    let Some(row) = row.filter(|row| row.status == Status::Wanted && row.sweep_at.is_none()) else { return Ok(()) };
    let channel = channels::store::by_id(&mut tx, row.channel_id).await?;
    drop(tx);
    let Some(channel) = channel.filter(|channel| channel.deleted_at.is_none()) else { return Ok(()) };
    let Some(messenger) = channels.messenger(channel.kind) else { return Ok(()) };
    let account = account_of(&channels, &channel)?;
    let most = channels.settings().media_bytes;
    let (status, error, bytes, mime) = match messenger.media(&account, &row.provider_id, most).await {
        Ok(media) => {
            let mut file = channels.files().create(&row.file).await?;
            let bytes = media.bytes.len() as u64;
            file.write(media.bytes).await?;
            file.finish().await?;
            (Status::Stored, None, bytes, media.mime)
        }
        Err(MediaFault::TooLarge(size)) => {
            (Status::TooLarge, Some(format!("The file is larger than {most} bytes")), size.unwrap_or(row.bytes), None)
        }
        Err(MediaFault::Later(after, why)) => return Err(Failure::Retry { after, why }),
        Err(MediaFault::Gone(why) | MediaFault::Spoilt(why) | MediaFault::ChannelBroken(why)) => {
            (Status::Failed, Some(why), row.bytes, None)
        }
    };
    let mut tx = channels.app().write().await?;
    let sql = "UPDATE channel_media SET status = $2, error = $3, bytes = $4, media_type = COALESCE($5, media_type) WHERE id = $1";
    tx.execute(sql, args![media_id, status, error, bytes, mime]).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes away files that belong to nothing any more.
pub(crate) async fn sweep(channels: &Channels) -> Result<()> {
    let now = channels.app().clock().now();
    loop {
        let due: Vec<Media> = {
            let mut tx = channels.app().read().await?;
            let mut sql = Sql::of::<Media>();
            sql.and("sweep_at <= ", now).push(" ORDER BY sweep_at, id LIMIT ").bind(BITE).all(&mut tx).await?
        };
        for row in &due {
            channels.files().delete(&row.file).await?;
            let mut tx = channels.app().write().await?;
            tx.execute("DELETE FROM channel_media WHERE id = $1", args![row.id]).await?;
            tx.commit().await?;
        }
        if due.len() < BITE as usize {
            return Ok(());
        }
    }
}

pub(crate) fn router() -> Routes<Channels> {
    Routes::new().with(routes!(download))
}

/// Download a file that a member sent
///
/// Browsers save it, and never show it as a page of this server.
#[utoipa::path(get, path = "/api/v1/conversations/{conversation_id}/media/{media_id}", tag = "Conversations",
    params(("conversation_id" = ConversationId, Path, description = "The conversation's id"),
    ("media_id" = MediaId, Path, description = "The file's id"),
    ("Range" = Option<String>, Header, description = "The part that is wanted, such as `bytes=0-1023`"),
    ("If-Range" = Option<String>, Header, description = "The `ETag` of the file that you have a part of"),
    ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the file that you have")),
    responses((status = 200, description = "The file", content((inline(Binary) = "application/octet-stream"))),
    (status = 206, description = "The part that was asked for", content((inline(Binary) = "application/octet-stream"))),
    (status = 304, description = "You have this file (`If-None-Match`)"),
    (status = 416, description = "The file has no such part")))]
async fn download(
    State(channels): State<Channels>,
    member: Member,
    Two(of, name): Two,
    headers: HeaderMap,
) -> Answer<Response> {
    let missing = || Error::not_found("File");
    let of: ConversationId = of.parse().map_err(|_| Error::not_found("Conversation"))?;
    let id: MediaId = name.parse().map_err(|_| missing())?;
    let mut tx = channels.app().read().await?;
    let mut sql = Sql::of::<Media>();
    sql.push(" AND status = 'stored' AND sweep_at IS NULL").and("id = ", id).and("conversation_id = ", of);
    let found: Media = sql.and("workspace_id = ", member.hub()).optional(&mut tx).await?.ok_or_else(missing)?;
    drop(tx);
    let (files, tag, media_type) = (channels.files(), found.id.to_string(), "application/octet-stream");
    let kept = StoredFile { files, name: &found.file, media_type, tag, size: None };
    Ok(kept.attachment(&headers, None).await?.ok_or_else(missing)?)
}
