//! What channels keep about people, as it is told to them and taken away: of the account that owns them, and of each of its members.

use async_trait::async_trait;
use audience::ports::Keeper;
use audience::{Member, MemberId};
use db::{Sql, Tx, args};
use http_base::data::As::{Json, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Clock, Day, Result, Scope, Timestamp, WorkspaceId};
use serde_json::{Value, json};

use crate::conversations::{Conversation, store as conversations};
use crate::messages::{Message, media, store as messages};

/// What every export of an account tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

/// What is told to an account: its own channels and what was said on them.
pub(crate) const SECTIONS: &[Table] = &[
    Table {
        name: "channels",
        columns: &[
            ("id", Plain),
            ("kind", Plain),
            ("name", Plain),
            ("status", Plain),
            ("configuration", Json),
            ("created_at", Moment),
            ("deleted_at", Moment),
        ],
        from: "FROM channels WHERE (workspace_id = {account} OR workspace_id IN {owned}) ORDER BY created_at, id",
    },
    Table {
        name: "channel_conversations",
        columns: &[
            ("id", Plain),
            ("channel_id", Plain),
            ("member_id", Plain),
            ("name", Plain),
            ("handler", Plain),
            ("status", Plain),
            ("created_at", Moment),
            ("last_message_at", Moment),
        ],
        from: "FROM channel_conversations WHERE (workspace_id = {account} OR workspace_id IN {owned}) ORDER BY created_at, id",
    },
    Table {
        name: "channel_messages",
        columns: &[
            ("id", Plain),
            ("conversation_id", Plain),
            ("seq", Plain),
            ("author", Plain),
            ("body", Plain),
            ("status", Plain),
            ("created_at", Moment),
        ],
        from: "FROM channel_messages WHERE (workspace_id = {account} OR workspace_id IN {owned}) ORDER BY conversation_id, seq",
    },
    Table {
        name: "channel_notes",
        columns: &[("id", Plain), ("conversation_id", Plain), ("text", Plain), ("created_at", Moment)],
        from: "FROM channel_notes WHERE (account_id = {account} OR workspace_id = {account} OR workspace_id IN {owned}) ORDER BY created_at, id",
    },
];

/// What is taken away with an account: the channels of its own hub, and what was said on them. Of a workspace that others own as well
/// nothing goes but that the account is named.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, now: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        let files = "UPDATE channel_media SET name = 'erased', provider_id = '', sweep_at = $2 WHERE workspace_id = $1 AND sweep_at IS NULL";
        tx.execute(files, args![of.account, now]).await?;
        for sql in [
            "DELETE FROM channel_inbound WHERE channel_id IN (SELECT id FROM channels WHERE workspace_id = {account})",
            "DELETE FROM channel_member_days WHERE channel_id IN (SELECT id FROM channels WHERE workspace_id = {account})",
            "DELETE FROM channel_days WHERE workspace_id = {account}",
            "DELETE FROM widget_visitors WHERE workspace_id = {account}",
            "DELETE FROM channel_typing WHERE workspace_id = {account}",
            "DELETE FROM channel_questions WHERE workspace_id = {account}",
            "DELETE FROM channel_messages WHERE workspace_id = {account}",
            "DELETE FROM channel_escalations WHERE workspace_id = {account}",
            "DELETE FROM channel_notes WHERE workspace_id = {account}",
            "DELETE FROM channel_conversations WHERE workspace_id = {account}",
            "DELETE FROM channels WHERE workspace_id = {account}",
            "UPDATE channel_notes SET account_id = NULL WHERE account_id = {account}",
        ] {
            of.sql(sql).run(tx).await?;
        }
        Ok(())
    }
}

/// What is kept about members: for the audience, when two become one, when one asks, and when one is erased.
#[derive(Clone, Debug)]
pub struct Keeping {
    clock: Clock,
}

impl Keeping {
    /// It, by this clock.
    pub fn new(clock: Clock) -> Self {
        Self { clock }
    }
}

#[async_trait]
impl Keeper for Keeping {
    async fn hold(&self, tx: &mut Tx, workspace: WorkspaceId, members: &[MemberId]) -> Result<()> {
        conversations::hold(workspace, tx, members).await
    }

    async fn merge(&self, tx: &mut Tx, from: &Member, into: &Member) -> Result<()> {
        for own in conversations::of_member(from.workspace_id, tx, from.id).await? {
            if let Some(theirs) = conversations::of(tx, own.channel_id, into.id).await? {
                join(tx, &own, &theirs, self.clock.now()).await?;
            } else {
                let sql = "UPDATE channel_conversations SET member_id = $2 WHERE id = $1";
                tx.execute(sql, args![own.id, into.id]).await?;
            }
        }
        for sql in [
            "UPDATE channel_escalations SET member_id = $2 WHERE member_id = $1 AND workspace_id = $3",
            "UPDATE widget_visitors SET member_id = $2 WHERE member_id = $1 AND workspace_id = $3",
        ] {
            tx.execute(sql, args![from.id, into.id, from.workspace_id]).await?;
        }
        let days: Vec<(crate::channels::ChannelId, Day)> = tx
            .fetch_all("SELECT channel_id, day FROM channel_member_days WHERE member_id = $1", args![from.id])
            .await?;
        for (channel, day) in days {
            crate::days::store::wrote(tx, channel, day, into.id).await?;
        }
        tx.execute("DELETE FROM channel_member_days WHERE member_id = $1", args![from.id]).await.map(drop)
    }

    async fn told(&self, tx: &mut Tx, member: &Member) -> Result<Vec<(&'static str, Vec<Value>)>> {
        let mut told = Vec::new();
        let all = conversations::of_member(member.workspace_id, tx, member.id).await?;
        for own in &all {
            let mut after = 0;
            loop {
                let page = messages::after(tx, own.id, after, 500).await?;
                let Some(last) = page.last() else { break };
                after = last.seq;
                told.extend(page.iter().map(tell));
            }
        }
        let conversations = all.iter().map(|own| {
            json!({"id": own.id, "channel": own.channel, "created_at": own.created_at, "last_message_at": own.last_message_at})
        });
        Ok(vec![("conversations", conversations.collect()), ("channel_messages", told)])
    }

    async fn erase(&self, tx: &mut Tx, member: &Member) -> Result<Vec<(&'static str, u64)>> {
        let now = self.clock.now();
        let all = conversations::of_member(member.workspace_id, tx, member.id).await?;
        let (mut messages, mut files) = (0, 0);
        for own in &all {
            files += media::forget(tx, own.id, now).await?;
            messages += tx.execute("DELETE FROM channel_messages WHERE conversation_id = $1", args![own.id]).await?;
            for sql in [
                "DELETE FROM channel_notes WHERE conversation_id = $1",
                "DELETE FROM channel_typing WHERE conversation_id = $1",
                "DELETE FROM channel_questions WHERE conversation_id = $1",
                "DELETE FROM channel_escalations WHERE conversation_id = $1",
                "DELETE FROM channel_conversations WHERE id = $1",
            ] {
                tx.execute(sql, args![own.id]).await?;
            }
        }
        tx.execute("DELETE FROM channel_member_days WHERE member_id = $1", args![member.id]).await?;
        tx.execute("DELETE FROM widget_visitors WHERE member_id = $1", args![member.id]).await?;
        Ok(vec![("conversations", all.len() as u64), ("channel_messages", messages), ("files", files)])
    }
}

fn tell(message: &Message) -> Value {
    json!({"conversation_id": message.conversation_id, "seq": message.seq, "author": message.author, "text": message.body,
        "created_at": message.created_at, "edited_at": message.edited_at})
}

/// Makes two conversations of one channel one: the messages of the first come before what is said from now on, with numbers of their own.
async fn join(tx: &mut Tx, from: &Conversation, into: &Conversation, now: Timestamp) -> Result<()> {
    conversations::lock(tx, from.id.min(into.id)).await?;
    conversations::lock(tx, from.id.max(into.id)).await?;
    let (Some(from), Some(mut into)) =
        (conversations::by_id(tx, from.id).await?, conversations::by_id(tx, into.id).await?)
    else {
        return Ok(());
    };
    // Numbers are dealt anew behind what is there.
    let moved = "UPDATE channel_messages SET conversation_id = $2, seq = seq + $3, \
                 client_id = CASE WHEN client_id IN (SELECT o.client_id FROM channel_messages o WHERE o.conversation_id = $2) THEN NULL ELSE client_id END \
                 WHERE conversation_id = $1";
    tx.execute(moved, args![from.id, into.id, into.seq]).await?;
    for sql in [
        "UPDATE channel_media SET conversation_id = $2 WHERE conversation_id = $1",
        "UPDATE channel_notes SET conversation_id = $2 WHERE conversation_id = $1",
        "UPDATE channel_questions SET conversation_id = $2 WHERE conversation_id = $1",
        "UPDATE channel_escalations SET conversation_id = $2 WHERE conversation_id = $1",
        "DELETE FROM channel_conversations WHERE id = $1 AND id <> $2",
    ] {
        tx.execute(sql, args![from.id, into.id]).await?;
    }
    let by = into.seq;
    if from.seq > 0 {
        into.in_seq = if from.in_seq > 0 { from.in_seq + by } else { into.in_seq };
        into.out_seq = if from.out_seq > 0 { from.out_seq + by } else { into.out_seq };
        into.answered_seq =
            if from.answered_seq >= from.in_seq { into.in_seq } else { into.answered_seq.max(from.answered_seq + by) };
        into.seq = by + from.seq;
    }
    into.unread += from.unread;
    into.billed += from.billed;
    into.last_in_at = into.last_in_at.max(from.last_in_at);
    into.last_out_at = into.last_out_at.max(from.last_out_at);
    into.window_until = into.window_until.max(from.window_until);
    if from.last_message_at > into.last_message_at {
        (into.last_message_at, into.last_text) = (from.last_message_at, from.last_text.clone());
    }
    // Somebody who has one of the two has both.
    if into.is_bots() && !from.is_bots() {
        (into.handler, into.assignee, into.handler_at, into.deadline) =
            (from.handler, from.assignee, from.handler_at, from.deadline);
        into.escalation_id = from.escalation_id;
    } else if let Some(open) = from.escalation_id {
        conversations::ended(tx, open, "merged", now).await?;
    }
    conversations::save(tx, &into).await?;
    let mut sql = Sql::new("UPDATE channels SET user_count = user_count - 1 WHERE user_count > 0 AND id = ");
    sql.bind(into.channel_id).run(tx).await.map(drop)
}
