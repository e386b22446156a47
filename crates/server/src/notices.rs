//! Who is told that where a creator's money goes was changed: the creator, whoever had said it before, and the brands that pay.

use std::collections::BTreeSet;

use async_trait::async_trait;
use db::{EventRow, Tx};
use events::{Event as _, Handler, Subscribers, Subscription};
use http_base::App;
use kernel::{Result, Scope};
use mail::NewMail;
use payments::events::PayoutAccountChanged;

/// Everyone who follows events for this.
pub(crate) fn subscribers(app: &App) -> Subscribers {
    let mut all = Subscribers::new();
    all.add(Subscription::new("payout-notices", Notices(app.clone())).to([PayoutAccountChanged::NAME]));
    all
}

struct Notices(App);

#[async_trait]
impl Handler for Notices {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        let changed: PayoutAccountChanged = events::read(event)?;
        let scope = Scope::system();
        let name = creators::store::names(tx, [changed.creator_id]).await?.remove(&changed.creator_id);
        let name = name.unwrap_or_else(|| "a creator".into());
        let from = format!("{} UTC", changed.pays_from.to_string()[..16].replace('T', " "));
        let mut theirs = BTreeSet::new();
        for account in [Some(changed.account_id), changed.was_set_by].into_iter().flatten() {
            theirs.extend(accounts::store::by_id(scope, tx, account).await?.and_then(|account| account.email));
        }
        let entry = creators::store::by_id(scope, tx, changed.creator_id).await?;
        theirs.extend(entry.and_then(|entry| entry.email));
        for to in theirs {
            let text = format!(
                "Hello,\n\nthe account that {name} is paid to was named or changed just now. Nothing is paid to it before {from}.\n\n\
                 If it was not you, choose a new password at once and name the right account; everyone else is logged out by that.\n\n\
                 InfluencerFlow\n"
            );
            queue(tx, &self.0, to, "The account that you are paid to was changed", text).await?;
        }
        for workspace in payments::store::payers_of(scope, tx, changed.creator_id).await? {
            for to in accounts::workspaces::store::owners_mail(scope, tx, workspace).await? {
                let text = format!(
                    "Hello,\n\n{name}, whom your workspace pays, has named another account to be paid to. Nothing is paid to it before \
                     {from}. If you have reason to doubt it, ask {name} by a way that you know.\n\nInfluencerFlow\n"
                );
                queue(tx, &self.0, to, "A creator whom you pay has changed their account", text).await?;
            }
        }
        Ok(())
    }
}

async fn queue(tx: &mut Tx, app: &App, to: String, subject: &str, text: String) -> Result<()> {
    mail::queue(tx, app, NewMail { to, subject: subject.into(), text, ..NewMail::default() }).await.map(drop)
}
