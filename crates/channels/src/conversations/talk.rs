//! A conversation with its channel and its member, held until the transaction is over.

use audience::calendar;
use db::Tx;
use kernel::{Result, Timestamp, time};
use mind::text::fold;

use super::model::{Conversation, ConversationId, Handler, Status};
use super::store;
use crate::channels::{self, Channel};
use crate::days::store::{Move, shift};
use crate::gate::{Asked, Purpose, Reason, Verdict, gate};
use crate::members::{self, Member};
use crate::messages::{self, Message};
use crate::texts::Language;
use crate::{Channels, bot};

/// How much of a message a list shows, in characters.
const EXCERPT: usize = 140;

/// A conversation, its channel and its member. Whoever has one is the only one who changes it.
#[derive(Clone, Debug)]
pub(crate) struct Talk {
    pub(crate) channel: Channel,
    pub(crate) member: Member,
    pub(crate) conversation: Conversation,
}

impl Talk {
    /// The conversation of a member on a channel; it begins where there is none.
    pub(crate) async fn open(tx: &mut Tx, channel: Channel, member: Member, now: Timestamp) -> Result<Self> {
        let found = store::of(tx, channel.id, member.id).await?.map(|found| found.id);
        let id = match found {
            Some(id) => id,
            None => Self::begin(tx, &channel, &member, now).await?,
        };
        let conversation = store::lock(tx, id).await?;
        let conversation =
            conversation.ok_or_else(|| kernel::Error::internal("a conversation is gone that was there"))?;
        Ok(Self { channel, member, conversation })
    }

    async fn begin(tx: &mut Tx, channel: &Channel, member: &Member, now: Timestamp) -> Result<ConversationId> {
        let name = members::name_of(member);
        let row = Conversation {
            id: tx.clock().new_id(),
            workspace_id: channel.workspace_id,
            channel_id: channel.id,
            member_id: member.id,
            channel: channel.kind,
            status: Status::Open,
            handler: Handler::Bot,
            assignee: None,
            escalation_id: None,
            handler_at: now,
            deadline: None,
            name_folded: fold(&name),
            name,
            seq: 0,
            in_seq: 0,
            out_seq: 0,
            answered_seq: 0,
            read_seq: 0,
            seen_seq: 0,
            unread: 0,
            unknowns: 0,
            labelled: false,
            draft: None,
            draft_seq: None,
            waiting_since: None,
            window_until: None,
            last_in_at: None,
            last_out_at: None,
            last_message_at: now,
            last_text: String::new(),
            surveyed_id: None,
            survey_until: None,
            billed: 0,
            created_at: now,
        };
        if tx.insert_new(&row).await? {
            channels::store::joined(tx, channel.id).await?;
            let day = calendar::day(tx, channel.workspace_id, now).await?;
            shift(tx, channel.workspace_id, channel.id, day, &Move { new_members: 1, ..Move::default() }).await?;
            return Ok(row.id);
        }
        // Somebody else began it at the same moment.
        let found = store::of(tx, channel.id, member.id).await?;
        found
            .map(|found| found.id)
            .ok_or_else(|| kernel::Error::conflict("Others begin this conversation at the same moment; try again"))
    }

    /// A conversation by its id, if its member and its channel are still there.
    pub(crate) async fn load(tx: &mut Tx, id: ConversationId) -> Result<Option<Self>> {
        let Some(conversation) = store::lock(tx, id).await? else { return Ok(None) };
        Self::of(tx, conversation).await
    }

    /// The same of one that was read already, without holding it: to look, and not to change.
    pub(crate) async fn of(tx: &mut Tx, conversation: Conversation) -> Result<Option<Self>> {
        let member = audience::members::get(tx, conversation.workspace_id, conversation.member_id).await?;
        let channel = channels::store::by_id(tx, conversation.channel_id).await?;
        Ok(channel.zip(member).map(|(channel, member)| Self { channel, member, conversation }))
    }

    /// Writes it down.
    pub(crate) async fn save(&self, tx: &mut Tx) -> Result<()> {
        store::save(tx, &self.conversation).await
    }

    /// In which language the server speaks to the member: the channel's, else that of the text that they wrote, else their own.
    pub(crate) fn language(&self, text: Option<&str>) -> Language {
        let of_text = text.and_then(bot::words::language);
        Language::of([self.channel.set().language.as_deref(), of_text, self.member.language.as_deref()])
    }

    /// The next number, for a message that says this.
    pub(crate) fn number(&mut self, text: &str, now: Timestamp) -> i64 {
        self.conversation.seq += 1;
        self.conversation.last_message_at = self.conversation.last_message_at.max(now);
        self.conversation.last_text = text.chars().take(EXCERPT).collect();
        self.conversation.seq
    }

    /// May something of this purpose go to the member now?
    pub(crate) async fn weigh(&self, channels: &Channels, tx: &mut Tx, purpose: Purpose) -> Result<Verdict> {
        let (now, medium) = (channels.app().clock().now(), self.channel.kind);
        let proactive = if purpose == Purpose::Proactive {
            messages::store::proactive(tx, self.conversation.id, now.plus(-7 * time::DAY)).await?
        } else {
            Vec::new()
        };
        let to = members::to(tx, &self.member, medium).await?;
        let zone = self.member.zone(self.channel.set().time_zone.as_deref());
        let asked = Asked {
            purpose,
            channel_on: self.channel.is_on(),
            opted_out: members::has_opted_out(tx, &self.member, medium, purpose).await?,
            reachable: members::reaches(&to, medium),
            handler: self.conversation.handler,
            zone: &zone,
            last_in_at: self.conversation.last_in_at,
            last_out_at: self.conversation.last_out_at,
            window_until: self.conversation.window_until,
            proactive: &proactive,
        };
        Ok(gate(&asked, &channels.settings().rules(medium), now))
    }

    /// Writes down that a message has gone out to the member.
    pub(crate) async fn went_out(
        &mut self,
        channels: &Channels,
        tx: &mut Tx,
        message: &Message,
        now: Timestamp,
    ) -> Result<()> {
        let conversation = &mut self.conversation;
        conversation.last_out_at = Some(conversation.last_out_at.map_or(now, |last| last.max(now)));
        let mut by = Move { messages_out: 1, ..Move::default() };
        let answers = matches!(message.purpose, Purpose::Answer | Purpose::Human);
        if message.purpose == Purpose::Answer {
            by.answers = 1;
        }
        if answers && let Some(since) = conversation.waiting_since.take() {
            by.responses = 1;
            by.response_micros = (now.micros() - since.micros()).max(0);
        }
        let day = calendar::day(tx, self.channel.workspace_id, now).await?;
        shift(tx, self.channel.workspace_id, self.channel.id, day, &by).await?;
        let kind = match message.purpose {
            Purpose::Answer => members::InteractionKind::AiAnswer,
            Purpose::Proactive => members::InteractionKind::ProactiveSent,
            _ => members::InteractionKind::MessageSent,
        };
        audience::members::interaction(tx, &self.member, kind, self.channel.kind, now).await?;
        channels.live().wake_after(tx, self.conversation.id);
        messages::outgoing::became(channels, tx, message, messages::Status::Sent).await
    }

    /// Withholds the messages that have not gone out and were not written by a person.
    pub(crate) async fn withhold_automatic(&self, channels: &Channels, tx: &mut Tx) -> Result<()> {
        for message in messages::store::automatic(tx, self.conversation.id).await? {
            messages::outgoing::withhold(channels, tx, &message, Reason::OptedOut.sentence()).await?;
        }
        Ok(())
    }
}
