//! What the inbox asks of others, answered by whoever knows.

use std::sync::Arc;

use accounts::AccountRow;
use async_trait::async_trait;
use collaborations::model::By;
use db::{EventRow, Tx};
use events::{Event as _, Handler, Subscription};
use http_base::App;
use inbox::events::MessageSent;
use inbox::{Person, Tie, Typing};
use kernel::{
    Account, AccountId, Clock, CollaborationId, Proof, Result, Scope, Timestamp, UserType, WorkspaceId, WorkspaceRole,
};
use mail::NewMail;
use serde_json::{Value, json};
use uuid::Uuid;

/// Who people are, and what they do together.
#[derive(Clone)]
pub(super) struct People(pub(super) Clock);

fn person(row: AccountRow, tier_level: u64) -> Person {
    Person {
        id: row.id,
        username: row.username,
        user_type: row.user_type,
        country: row.country,
        email: row.email.filter(|_| row.is_verified),
        tier_level,
        created_at: row.created_at,
    }
}

#[async_trait]
impl inbox::People for People {
    async fn people(&self, tx: &mut Tx, ids: &[AccountId]) -> Result<Vec<Person>> {
        let rows = accounts::store::by_ids(Scope::system(), tx, ids).await?;
        let standings = collaborations::standing(tx, ids, self.0.now()).await?;
        let tier = |row: &AccountRow| standings.get(&row.id).map_or(0, |standing| standing.tier);
        Ok(rows.into_iter().map(|row| (tier(&row), row)).map(|(tier, row)| person(row, tier)).collect())
    }

    async fn tie(&self, tx: &mut Tx, one: AccountId, other: AccountId) -> Result<Tie> {
        let both = accounts::store::by_ids(Scope::system(), tx, &[one, other]).await?;
        // Whoever runs the server has to do with everybody.
        if both.iter().any(|row| row.user_type == UserType::Admin) {
            return Ok(Tie::Talking);
        }
        let workspaces: Vec<_> = both.iter().filter_map(|row| row.workspace_id).collect();
        if let [one, other] = workspaces.as_slice()
            && one == other
        {
            return Ok(Tie::Agreed);
        }
        let Some((creator, workspace)) = pair(&both) else { return Ok(Tie::None) };
        let server = Scope::system();
        if collaborations::store::have_agreed(server, tx, creator, workspace).await? {
            return Ok(Tie::Agreed);
        }
        let claims = creators::store::claims(tx, creator).await?;
        let entries: Vec<_> = claims.into_iter().map(|(id, _)| id).collect();
        if !entries.is_empty() && deals::store::are_parties(server, tx, workspace, &entries).await? {
            return Ok(Tie::Agreed);
        }
        let talking = marketplace::store::applications::has_applied(server, tx, creator, workspace).await?
            || marketplace::store::invitations::has_invited(server, tx, workspace, creator).await?;
        Ok(if talking { Tie::Talking } else { Tie::None })
    }

    async fn collaboration(
        &self,
        tx: &mut Tx,
        one: AccountId,
        other: AccountId,
        named: Option<Uuid>,
    ) -> Result<Option<Uuid>> {
        let both = accounts::store::by_ids(Scope::system(), tx, &[one, other]).await?;
        let Some(pair) = pair(&both) else { return Ok(None) };
        let named = named.map(CollaborationId::from_uuid);
        let found = collaborations::store::of_pair(Scope::system(), tx, pair, named).await?;
        Ok(found.map(CollaborationId::uuid))
    }
}

/// The creator of the two, and the workspace of the other one.
fn pair(both: &[AccountRow]) -> Option<(AccountId, WorkspaceId)> {
    let creator = both.iter().find(|row| row.user_type == UserType::Creator)?;
    let business = both.iter().find(|row| row.user_type == UserType::Business)?;
    Some((creator.id, business.workspace_id?))
}

/// What the two of a collaboration write each other stands in its timeline: that they wrote, and which message it is.
pub(super) struct Timeline(pub(super) Clock);

impl Timeline {
    /// Within the transaction of the message.
    pub(super) fn subscription(self) -> Subscription {
        Subscription::new("collaborations.messages", self).to([MessageSent::NAME])
    }
}

#[async_trait]
impl Handler for Timeline {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        let sent: MessageSent = events::read(event)?;
        let Some(id) = sent.collaboration_id.map(CollaborationId::from_uuid) else { return Ok(()) };
        let Some(of) = collaborations::store::find(Scope::system(), tx, id).await? else { return Ok(()) };
        let by = if of.creator_id == sent.sender_id { By::Creator } else { By::Business };
        let detail = json!({"message": sent.message_id});
        collaborations::store::record(tx, &of, "message", (by, Some(sent.sender_id)), detail, self.0.now()).await
    }
}

/// Mails to people, from the server itself.
#[derive(Clone)]
pub(super) struct Letters(pub(super) App);

#[async_trait]
impl inbox::Letters for Letters {
    async fn letter(&self, tx: &mut Tx, to: &Person, subject: &str, text: &str) -> Result<()> {
        let Some(address) = &to.email else { return Ok(()) };
        let mail =
            NewMail { to: address.clone(), subject: subject.to_owned(), text: text.to_owned(), ..NewMail::default() };
        mail::queue(tx, &self.0, mail).await.map(drop)
    }
}

/// Who is still let in.
#[derive(Clone)]
pub(super) struct Doors(pub(super) Arc<accounts::Shared>);

#[async_trait]
impl inbox::Doors for Doors {
    async fn version(&self) -> Result<i64> {
        self.0.version().await
    }

    async fn accounts(&self, proofs: &[Proof]) -> Result<Vec<Option<Account>>> {
        self.0.standing(proofs).await
    }
}

/// The conversations with audiences, for live streams.
pub(super) struct Talks;

#[async_trait]
impl inbox::Talks for Talks {
    fn kinds(&self) -> &'static [&'static str] {
        channels::console::KINDS
    }

    async fn told(&self, tx: &mut Tx, events: &[EventRow]) -> Result<Vec<Option<Value>>> {
        channels::console::told(tx, events).await
    }

    async fn typing(&self, tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<Typing>> {
        let all = channels::console::writing(tx, now, most).await?;
        Ok(all.into_iter().map(|(hub, id)| Typing { hub, conversation: id.uuid() }).collect())
    }
}

/// The accounts that work in a hub.
pub(super) struct Colleagues;

#[async_trait]
impl channels::ports::Colleagues for Colleagues {
    async fn works_in(&self, tx: &mut Tx, hub: WorkspaceId, account: AccountId) -> Result<bool> {
        let server = Scope::system();
        if hub.uuid() == account.uuid() {
            return Ok(!accounts::store::by_ids(server, tx, &[account]).await?.is_empty());
        }
        let role = accounts::workspaces::store::role_of(server, tx, hub, account).await?;
        Ok(role.is_some_and(|role| role != WorkspaceRole::Viewer))
    }
}

/// Who owns a workspace, for the audience: it goes with its last owner.
pub(super) struct Owners;

#[async_trait]
impl audience::ports::Owners for Owners {
    async fn is_owned(&self, tx: &mut Tx, workspace: WorkspaceId) -> Result<bool> {
        Ok(accounts::workspaces::store::owners(Scope::system(), tx, workspace).await? > 0)
    }
}
