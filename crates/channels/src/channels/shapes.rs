//! Channels as they are sent and told.

use db::Tx;
use http_base::Pagination;
use input::Input;
use kernel::{Result, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::checklist::Step;
use super::configuration::IDENTITY_SECRET;
use super::model::{Channel, ChannelId, Status};
use super::store;
use crate::Channels;
use crate::members::Medium;

/// A new channel.
#[derive(Clone, Debug, Input)]
pub(super) struct NewChannel {
    /// Of what type it is.
    #[input(word(), name = "channel_type")]
    pub(super) kind: Medium,
    /// What it is called.
    #[input(text(200), name = "channel_name", example = "WhatsApp Business")]
    pub(super) name: String,
    /// What is set, by its type. WhatsApp: `phone_number`, `access_token`, `webhook_verify_token`, and `business_account_id`,
    /// `phone_number_id`, `app_secret`, `reopening_template`. Telegram: `bot_token`. Mobile: `service_account`. Web: `widget_color`,
    /// `widget_title`, `widget_position`, `starters`, `privacy_url`, `allowed_origins`, `identity_mode`. All: `welcome_message`, `language`,
    /// `time_zone`, `automated`, `knowledge_base_ids`, `assistant_name`, `person_name`, `unknown_message`, `handoff_message`.
    #[input(object(32 << 10), default)]
    pub(super) configuration: Map<String, Value>,
}

/// What is to be changed of a channel.
#[derive(Clone, Debug, Input)]
pub(super) struct ChannelChanges {
    /// What it is called.
    #[input(text(200), name = "channel_name", not_null)]
    pub(super) name: Option<String>,
    /// What is to be set: what is missing stays, null takes it back. Secrets are changed the same way, and never told.
    #[input(object(32 << 10), not_null)]
    pub(super) configuration: Option<Map<String, Value>>,
    /// `active` or `inactive`: switches it on or off.
    #[input(one_of(&["active", "inactive"]), not_null)]
    pub(super) status: Option<&'static str>,
    /// Makes a new `identity_secret` (web), which is told in this answer alone.
    #[input(flag(), not_null)]
    pub(super) rotate_identity_secret: Option<bool>,
}

/// A channel.
#[derive(Serialize, ToSchema)]
#[schema(as = Channel)]
pub(super) struct ChannelBody {
    /// Its id.
    id: ChannelId,
    /// Of what type it is.
    channel_type: Medium,
    /// What it is called.
    #[schema(example = "WhatsApp Business")]
    channel_name: String,
    /// How it stands.
    status: Status,
    /// Why, in the words of its provider; null where there is nothing to say.
    status_reason: Option<String>,
    /// What is set, without secrets. Where a provider tells us what comes in, `webhook_url` is the address.
    configuration: Map<String, Value>,
    /// The names of the secrets that are set; they are never told.
    secrets_set: Vec<String>,
    /// Who carries its messages: `whatsapp`, `telegram`, `fcm`, `widget`, or `mock` where this server has a stand-in for the provider.
    #[schema(example = "whatsapp")]
    provider: String,
    /// When it was written.
    created_at: Timestamp,
    updated_at: Timestamp,
    /// When its provider last said that it works.
    verified_at: Option<Timestamp>,
    /// How many members have come over it.
    user_count: u64,
    /// When anything was last said on it.
    last_activity_at: Option<Timestamp>,
    /// The secret that a website proves with who its visitors are: in the answer that made it, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    identity_secret: Option<String>,
}

impl ChannelBody {
    pub(super) fn of(channels: &Channels, channel: Channel, last: Option<Timestamp>) -> Self {
        let mut configuration = match serde_json::to_value(channel.set()) {
            Ok(Value::Object(set)) => set,
            _ => Map::new(),
        };
        if let Some(url) = channel.webhook_url(channels.app().public_url()) {
            configuration.insert("webhook_url".to_owned(), json!(url));
        }
        let mut secrets_set = channel.secrets.0.names();
        secrets_set.retain(|name| name != super::configuration::HOOK_SECRET);
        Self {
            id: channel.id,
            channel_type: channel.kind,
            channel_name: channel.name,
            status: channel.status,
            status_reason: channel.reason,
            configuration,
            secrets_set,
            provider: channels.carrier(channel.kind).to_owned(),
            created_at: channel.created_at,
            updated_at: channel.updated_at,
            verified_at: channel.verified_at,
            user_count: channel.user_count,
            last_activity_at: last,
            identity_secret: None,
        }
    }

    /// The same, with when anything was last said on it.
    pub(super) async fn read(channels: &Channels, tx: &mut Tx, channel: Channel) -> Result<Self> {
        let last = store::last_activity(tx, channel.id).await?;
        Ok(Self::of(channels, channel, last))
    }

    /// The same, with the secret that was made just now.
    pub(super) fn telling(mut self, secret: Option<String>) -> Self {
        debug_assert!(secret.is_none() || self.secrets_set.iter().any(|name| name == IDENTITY_SECRET));
        self.identity_secret = secret;
        self
    }
}

/// A page of channels.
#[derive(Serialize, ToSchema)]
pub(super) struct ChannelList {
    /// The channels.
    pub(super) channels: Vec<ChannelBody>,
    /// Where this page stands among all of them.
    pub(super) pagination: Pagination,
}

/// What a channel still lacks.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelChecklist)]
pub(super) struct Checklist {
    /// The channel.
    pub(super) channel_id: ChannelId,
    pub(super) status: Status,
    /// Is every step done that it cannot do without?
    pub(super) complete: bool,
    /// Its steps, in their order.
    pub(super) steps: Vec<Step>,
    /// For a website: the line to paste into its pages.
    pub(super) snippet: Option<String>,
}

/// What a check found.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelVerification)]
pub(super) struct Verification {
    /// The channel.
    pub(super) channel_id: ChannelId,
    pub(super) status: Status,
    /// What the provider says, in its words.
    pub(super) says: String,
    /// The provider's code for what is wrong.
    pub(super) code: Option<String>,
    /// What people see as the sender's name.
    pub(super) name: Option<String>,
    /// The number that people see.
    pub(super) number: Option<String>,
    /// WhatsApp's quality rating: `GREEN`, `YELLOW` or `RED`.
    pub(super) quality: Option<String>,
    /// How many people a day the number may write to first.
    pub(super) tier: Option<String>,
    /// Where the provider tells us what comes in, as far as it says so.
    pub(super) webhook: Option<String>,
    /// Why the provider could last not tell us something.
    pub(super) webhook_error: Option<String>,
    /// What works but is not as it should be, each with what to do.
    pub(super) notes: Vec<String>,
    /// Is the provider a stand-in of this server, which reaches nobody?
    pub(super) mock: bool,
}
