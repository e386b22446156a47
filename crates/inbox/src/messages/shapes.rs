//! Messages and conversations, as they are sent and told.

use input::Input;
use input::rule::{self, Problem, Rule};
use kernel::{AccountId, Timestamp};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Message, MessageId, Warning};
use super::safety;
use crate::ports::Person;

/// How long a message may be, in characters.
pub(super) const LONGEST: usize = 5_000;
/// How many attachments it may have.
const MOST_ATTACHMENTS: usize = 20;
/// What stands in the place of a text that a moderator hid.
const HIDDEN: &str = "(hidden by a moderator)";

/// What is said: something that can be seen.
fn content() -> impl Rule<Output = String> {
    rule::text(LONGEST)
        .and_then(|text| {
            let clean = safety::cleaned(&text);
            if safety::says_something(&clean) {
                Ok(clean)
            } else {
                Err(Problem::new("too_short", "must say something that can be seen"))
            }
        })
        .described(|| json!({"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"\S"}))
}

/// A file that was uploaded here, or an address of the web. Nobody fetches it but whoever follows it.
fn attachment() -> impl Rule<Output = String> {
    rule::rule(
        || {
            json!({"type": "string", "maxLength": 2048, "pattern": r"^(https?://[^\s/?#\\@]+([/?#\\]\S*)?|/api/v1/messages/attachments/\S+)$",
            "examples": ["https://example.s3.amazonaws.com/portfolio.pdf"]})
        },
        |value, from_text| {
            let text = rule::text(2048).read(value, from_text)?;
            if text.starts_with(super::attachments::PATH) {
                return Ok(text);
            }
            let url = rule::url().read(value, from_text)?;
            let (_, rest) = url.split_once("://").unwrap_or_default();
            let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
            // `https://bank.example@elsewhere.example` leads elsewhere; what hides letters leads who knows where.
            if host.is_empty() || host.contains('@') || safety::cleaned(&url) != url {
                let message = "must be an address as it is seen, with neither a name before an @ nor hidden letters";
                return Err(Problem::new("wrong_format", message));
            }
            Ok(url)
        },
    )
}

/// A message to be sent.
#[derive(Clone, Debug, Input)]
pub(super) struct NewMessage {
    /// To whom: an account.
    #[input(id())]
    pub(super) recipient_id: AccountId,
    /// What is said.
    #[input(content(), example = "Hi! Are you available for a collaboration?")]
    pub(super) content: String,
    /// Files that were uploaded, or addresses of the web.
    #[input(list(MOST_ATTACHMENTS, attachment()), default)]
    pub(super) attachments: Vec<String>,
    /// The collaboration that it belongs to, if it is one of the two.
    #[input(id())]
    pub(super) collaboration_id: Option<Uuid>,
}

/// Somebody, as the other one sees them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Correspondent)]
pub(crate) struct PersonBody {
    /// Their account.
    id: AccountId,
    /// Their name.
    #[schema(example = "creator_name")]
    username: String,
    /// What is known of their work.
    profile: PersonProfile,
}

/// What is known of their work.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CorrespondentProfile)]
struct PersonProfile {
    /// From 0.
    tier_level: u64,
}

impl PersonBody {
    /// This person; whoever is gone has no name any more.
    pub(crate) fn of(id: AccountId, person: Option<&Person>) -> Self {
        let username = person.map_or_else(|| "deleted_account".to_owned(), |person| person.username.clone());
        Self { id, username, profile: PersonProfile { tier_level: person.map_or(0, |person| person.tier_level) } }
    }
}

/// A message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DirectMessage)]
pub(crate) struct MessageBody {
    /// Its id.
    pub(super) id: MessageId,
    /// Who wrote it.
    pub(super) sender: PersonBody,
    /// Their account.
    pub(super) sender_id: AccountId,
    /// To whose account.
    pub(super) recipient_id: AccountId,
    /// What is said. It is a text and nothing else: show it as such.
    pub(super) content: String,
    /// Files and addresses. Nobody has looked at what is there.
    pub(super) attachments: Vec<String>,
    /// The collaboration that it belongs to.
    pub(super) collaboration_id: Option<Uuid>,
    /// What whoever reads it should know: it asks to go elsewhere, or for money outside.
    pub(super) warnings: Vec<Warning>,
    /// Did a moderator hide it?
    pub(super) is_hidden: bool,
    /// Has the recipient read it?
    pub(super) is_read: bool,
    /// When they last read the conversation; null as long as they have not read this.
    pub(super) read_at: Option<Timestamp>,
    /// When it was written.
    pub(super) created_at: Timestamp,
}

impl MessageBody {
    /// A message of this sender, and whether it was read.
    pub(crate) fn of(message: Message, sender: Option<&Person>, is_read: bool, read_at: Option<Timestamp>) -> Self {
        let is_hidden = message.hidden_at.is_some();
        let (content, attachments) =
            if is_hidden { (HIDDEN.to_owned(), Vec::new()) } else { (message.content, message.attachments.0) };
        Self {
            id: message.id,
            sender: PersonBody::of(message.sender_id, sender),
            sender_id: message.sender_id,
            recipient_id: message.recipient_id,
            content,
            attachments,
            collaboration_id: message.collaboration_id,
            warnings: message.warnings.0,
            is_hidden,
            is_read,
            read_at: read_at.filter(|_| is_read),
            created_at: message.created_at,
        }
    }
}

/// What a conversation shows of its last message.
pub(super) fn last_message(message: Option<Message>) -> String {
    match message {
        Some(message) if message.hidden_at.is_some() => HIDDEN.to_owned(),
        Some(message) => message.content,
        None => String::new(),
    }
}
