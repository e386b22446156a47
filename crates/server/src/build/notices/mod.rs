//! Of what people are told: one table, from what happened to who is told what, in English and Spanish.
//!
//! A row names an event, whom it concerns, and a small function that says it. Names are looked up when the notification is made, so that it
//! reads the same for ever. The event's payload is read as JSON, because a row of this table needs of it no more than ids, which every event of a
//! kind has under the same names; a test holds the names that rows use against the schemas of the events.

mod channels;
mod deals;
mod knowledge;
mod marketplace;
mod moderation;
mod proactive;
mod webhooks;

use std::collections::HashMap;

use accounts::workspaces;
use async_trait::async_trait;
use db::{EventRow, Tx};
use events::{Handler, Subscription};
use inbox::{Group, Notice, NotificationType, Notifier, Related, Texts};
use kernel::{AccountId, CreatorId, Error, Result, Scope, WorkspaceId, time};
use serde_json::Value;
use uuid::Uuid;

/// So many people of a workspace are told of what happens to it.
const MOST_OF_WORKSPACE: u32 = 50;

/// Whom an event concerns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum To {
    /// The account in `business_id`.
    Business,
    /// The account in `creator_id`.
    Creator,
    /// Both of them.
    Both,
    /// Of the two the one that `by` does not name; both, where it names neither.
    Other,
    /// Of the two the one that `side` names; both, where it names neither.
    Side,
    /// The account in `account_id`.
    Account,
    /// The account in `owner_id`.
    Owner,
    /// Those who decide in the workspace.
    Workspace,
    /// Those who decide in the hub: of a workspace, or the one account whose own it is.
    Hub,
    /// The account that claimed the entry of the directory in `creator_id`.
    Claimant,
}

/// A row of the table.
struct Row {
    event: &'static str,
    to: To,
    kind: NotificationType,
    /// Is anybody told at all?
    when: fn(&Facts) -> bool,
    /// What whoever is told reads.
    says: fn(&Facts) -> Texts,
    /// So many are shown by themselves in a day; what is more is counted in one.
    first: Option<u64>,
}

impl Row {
    const fn new(event: &'static str, to: To, kind: NotificationType, says: fn(&Facts) -> Texts) -> Self {
        Self { event, to, kind, when: |_| true, says, first: None }
    }

    const fn when(mut self, when: fn(&Facts) -> bool) -> Self {
        self.when = when;
        self
    }

    const fn first(mut self, first: u64) -> Self {
        self.first = Some(first);
        self
    }
}

/// What is known of what happened, as it is told to one person.
struct Facts {
    payload: Value,
    /// The name of the other side.
    other: String,
}

impl Facts {
    /// An id of the payload.
    fn id(&self, name: &str) -> Option<Uuid> {
        self.payload[name].as_str()?.parse().ok()
    }

    fn account(&self, name: &str) -> Option<AccountId> {
        self.id(name).map(AccountId::from_uuid)
    }

    fn text(&self, name: &str) -> &str {
        self.payload[name].as_str().unwrap_or_default()
    }

    fn number(&self, name: &str) -> i64 {
        self.payload[name].as_i64().unwrap_or_default()
    }

    /// Which side a field names: by its word, or by its account.
    fn side(&self, name: &str) -> Option<To> {
        let named = self.text(name);
        let is = |account: &str, word: &str| named == word || (!named.is_empty() && named == self.text(account));
        if is("business_id", "BUSINESS") {
            Some(To::Business)
        } else if is("creator_id", "CREATOR") {
            Some(To::Creator)
        } else {
            None
        }
    }

    /// An amount, as it is written.
    fn money(&self) -> String {
        format!("{} {}", self.payload["amount"], self.text("currency"))
    }

    fn related(&self, other: Option<AccountId>) -> Related {
        Related {
            offer: self.id("offer_id"),
            application: self.id("application_id"),
            collaboration: self.id("collaboration_id"),
            submission: self.id("submission_id"),
            contract: self.id("contract_id"),
            payment: self.id("payment_id"),
            outreach: self.id("outreach_id"),
            user: other.map(AccountId::uuid),
        }
    }
}

/// All rows.
fn rows() -> impl Iterator<Item = &'static Row> {
    let coaching = channels::ROWS.iter().chain(knowledge::ROWS).chain(webhooks::ROWS).chain(proactive::ROWS);
    marketplace::ROWS.iter().chain(deals::ROWS).chain(moderation::ROWS).chain(coaching)
}

/// Tells people, in the transaction of what happened.
pub(super) fn subscription(notifier: Notifier) -> Subscription {
    let kinds: Vec<&'static str> = rows().map(|row| row.event).collect();
    Subscription::new("inbox.notices", Notices(notifier)).to(kinds)
}

struct Notices(Notifier);

#[async_trait]
impl Handler for Notices {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        let payload: Value = serde_json::from_str(&event.payload).map_err(Error::internal)?;
        let mut notices = Vec::new();
        for row in rows().filter(|row| row.event == event.kind) {
            let mut facts = Facts { payload: payload.clone(), other: String::new() };
            if !(row.when)(&facts) {
                continue;
            }
            for (to, other) in self.whom(tx, row, &facts, event.workspace).await? {
                facts.other = other.name;
                notices.push(Notice {
                    to,
                    kind: row.kind,
                    happening: format!("{}:{}", row.kind.word(), event.id),
                    texts: (row.says)(&facts),
                    related: facts.related(other.account),
                    group: row.first.map(|first| group(row, &facts, first)),
                });
            }
        }
        self.0.notify(tx, notices).await
    }
}

/// The other side of somebody who is told.
#[derive(Clone, Default)]
struct Other {
    account: Option<AccountId>,
    name: String,
}

impl Notices {
    /// Who is told, and who the other side is for them.
    async fn whom(
        &self,
        tx: &mut Tx,
        row: &Row,
        facts: &Facts,
        workspace: Option<WorkspaceId>,
    ) -> Result<Vec<(AccountId, Other)>> {
        let to = match row.to {
            To::Other => match facts.side("by") {
                Some(To::Business) => To::Creator,
                Some(_) => To::Business,
                None => To::Both,
            },
            To::Side => facts.side("side").unwrap_or(To::Both),
            other => other,
        };
        match to {
            To::Business | To::Creator | To::Both => self.of_two(tx, facts, to).await,
            To::Account => Ok(facts.account("account_id").map(|to| (to, Other::default())).into_iter().collect()),
            To::Owner => Ok(facts.account("owner_id").map(|to| (to, Other::default())).into_iter().collect()),
            To::Workspace => {
                let Some(workspace) = workspace else { return Ok(Vec::new()) };
                let (entry, _) = entry_of(tx, facts).await?;
                let scope = Scope::system();
                let deciders = workspaces::store::deciders(scope, tx, workspace, MOST_OF_WORKSPACE).await?;
                Ok(deciders.into_iter().map(|to| (to, entry.clone())).collect())
            }
            To::Hub => {
                let Some(hub) = workspace else { return Ok(Vec::new()) };
                let deciders = workspaces::store::deciders(Scope::system(), tx, hub, MOST_OF_WORKSPACE).await?;
                // A hub of one's own has the id of the account.
                let own = AccountId::from_uuid(hub.uuid());
                let told = if deciders.is_empty() { vec![own] } else { deciders };
                Ok(told.into_iter().map(|to| (to, Other::default())).collect())
            }
            To::Claimant => {
                let (_, claimant) = entry_of(tx, facts).await?;
                let Some(claimant) = claimant else { return Ok(Vec::new()) };
                let name = match workspace {
                    Some(workspace) => workspaces::store::name(Scope::system(), tx, workspace).await?,
                    None => None,
                };
                Ok(vec![(claimant, Other { account: None, name: name.unwrap_or_default() })])
            }
            // They were made one of the others above.
            To::Other | To::Side => Ok(Vec::new()),
        }
    }

    async fn of_two(&self, tx: &mut Tx, facts: &Facts, to: To) -> Result<Vec<(AccountId, Other)>> {
        let (business, creator) = (facts.account("business_id"), facts.account("creator_id"));
        let both: Vec<AccountId> = business.into_iter().chain(creator).collect();
        let names = self.0.who(tx, &both).await?;
        let names: HashMap<AccountId, String> = names.into_iter().map(|person| (person.id, person.username)).collect();
        let other = |account: Option<AccountId>| Other {
            account,
            name: account.and_then(|account| names.get(&account).cloned()).unwrap_or_else(|| "deleted_account".into()),
        };
        let mut told = Vec::new();
        if let (Some(business), To::Business | To::Both) = (business, to) {
            told.push((business, other(creator)));
        }
        if let (Some(creator), To::Creator | To::Both) = (creator, to) {
            told.push((creator, other(business)));
        }
        Ok(told)
    }
}

/// The entry of the directory that an event names, and the account that claimed it.
async fn entry_of(tx: &mut Tx, facts: &Facts) -> Result<(Other, Option<AccountId>)> {
    let Some(id) = facts.id("creator_id") else { return Ok((Other::default(), None)) };
    let found: Vec<(String, Option<AccountId>)> =
        creators::store::of_ids(tx, "name, claimed_by", &[CreatorId::from_uuid(id)]).await?;
    let (name, account) = found.into_iter().next().unwrap_or_default();
    Ok((Other { account, name }, account))
}

/// What comes in floods is one for each offer, or for each kind.
fn group(row: &Row, facts: &Facts, first: u64) -> Group {
    let about = facts.id("offer_id").or_else(|| facts.id("campaign_id")).unwrap_or_default();
    let title = (row.says)(facts);
    Group {
        name: format!("{}:{about}", row.event),
        first,
        per: time::DAY,
        rest: std::sync::Arc::new(move |count| {
            Texts::new(
                (&title.en.title, format!("{count} more like this today")),
                (&title.es.title, format!("{count} más como este hoy")),
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every event of the table that can happen has the fields that its row looks at.
    #[test]
    fn rows_name_what_events_have() {
        let kinds = crate::build::event_kinds();
        let mut found = 0;
        for row in rows() {
            let Some(kind) = kinds.iter().find(|kind| kind.name == row.event) else { continue };
            found += 1;
            let schema = kind.schema().unwrap().to_string();
            let fields: &[&str] = match row.to {
                To::Business => &["business_id"],
                To::Creator | To::Claimant => &["creator_id"],
                To::Both => &["business_id", "creator_id"],
                To::Other => &["business_id", "creator_id", "by"],
                To::Side => &["business_id", "creator_id", "side"],
                To::Account => &["account_id"],
                To::Owner => &["owner_id", "action", "subject"],
                To::Workspace | To::Hub => &["workspace_id"],
            };
            for field in fields {
                assert!(schema.contains(&format!("\"{field}\"")), "{} has no {field}", row.event);
            }
        }
        assert!(found >= deals::ROWS.len(), "events of contracts, payments and outreach are there: {found}");
    }

    #[test]
    fn every_text_is_said_in_both_languages() {
        let facts = Facts {
            payload: serde_json::json!({"amount": 150, "currency": "EUR", "tier": 2, "was": 1, "name": "PRO"}),
            other: "somebody".into(),
        };
        for row in rows() {
            let texts = (row.says)(&facts);
            for text in [&texts.en, &texts.es] {
                assert!(!text.title.is_empty() && !text.content.is_empty(), "{}", row.event);
                assert!(text.title.len() <= 60 && text.content.len() <= 200, "{}: {}", row.event, text.content);
            }
            assert_ne!(texts.en.content, texts.es.content, "{}", row.event);
        }
    }
}
