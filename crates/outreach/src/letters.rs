//! Letters of a workspace that belong to no campaign, such as an invitation to apply to an offer. What holds for every mail to a creator
//! holds for them: nobody on the workspace's suppression list is written to, and one click ends them.

use db::{Sql, Tx, args};
use jobs::{Context, Outcome, Payload};
use kernel::{Id, Result, Scope, Timestamp, WorkspaceId};
use mail::{About, Fate, NewMail};

use crate::Outreach;
use crate::sending::refuse_too_many;
use crate::store::suppressions::{self, Suppression};
use crate::token::{Key, Purpose};

/// The kind of job that hears what became of a letter.
pub(crate) const FATE: &str = "outreach.letter";

#[derive(Debug)]
pub(crate) enum LetterMarker {}
pub(crate) type LetterId = Id<LetterMarker>;

/// A letter, as it is stored: enough to end what it began.
#[derive(Clone, Debug, db::Row)]
#[row(table = "outreach_letters")]
pub(crate) struct Stored {
    pub(crate) id: LetterId,
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) brand: String,
    pub(crate) address: Option<String>,
    pub(crate) status: String,
    pub(crate) created_at: Timestamp,
}

/// A letter to be written.
#[derive(Clone, Debug)]
pub struct NewLetter {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// In whose name.
    pub brand: String,
    /// To whom: one address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Writes letters: see [`Outreach::letters`].
pub struct Letters<'o> {
    outreach: &'o Outreach,
    key: &'o Key,
}

impl Outreach {
    /// What writes letters. Ask before a transaction is begun: the key of their links may have to be made.
    pub async fn letters(&self) -> Result<Letters<'_>> {
        Ok(Letters { outreach: self, key: self.key().await? })
    }
}

impl Letters<'_> {
    /// Queues a letter in the transaction of what it tells of. Answers why nothing is written, if the address is on the workspace's
    /// suppression list. [`kernel::Kind::RateLimited`] where the workspace, or all of them, have written as many mails as a day allows.
    pub async fn write(&self, scope: Scope, tx: &mut Tx, letter: NewLetter) -> Result<Option<String>> {
        let app = self.outreach.app();
        if let Some(reason) = suppressions::reason(scope, tx, letter.workspace, &letter.to).await? {
            return Ok(Some(reason));
        }
        refuse_too_many(self.outreach, tx, letter.workspace).await?;
        let id: LetterId = app.clock().new_id();
        let token = self.key.sign(Purpose::Letter, id.uuid());
        let link = format!("{}/api/v1/outreach/unsubscribe/{token}", app.public_url());
        let mut text = format!("{}\n\n--\n{} wrote this. No more of it: {link}", letter.text, letter.brand);
        if let Some(address) = &self.outreach.settings().postal_address {
            text = format!("{text}\n{address}");
        }
        let mail = NewMail {
            workspace: Some(letter.workspace),
            to: letter.to.clone(),
            subject: letter.subject,
            text,
            from_name: Some(letter.brand.clone()),
            // RFC 8058: mail programs show a button, which asks the address by POST.
            headers: vec![
                ("List-Unsubscribe".into(), format!("<{link}>")),
                ("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()),
            ],
            about: Some(About { job: FATE, id: id.uuid() }),
            ..NewMail::default()
        };
        mail::queue(tx, app, mail).await?;
        let stored = Stored {
            id,
            workspace_id: letter.workspace,
            brand: letter.brand,
            address: Some(letter.to),
            status: "queued".into(),
            created_at: app.clock().now(),
        };
        tx.insert(&stored).await?;
        Ok(None)
    }
}

/// The letter of a link.
pub(crate) async fn by_id(scope: Scope, tx: &mut Tx, id: LetterId) -> Result<Option<Stored>> {
    Sql::of::<Stored>().and("id = ", id).within(scope, "workspace_id").optional(tx).await
}

/// Writes down what became of a letter. Run twice, it does nothing the second time.
pub(crate) async fn fate(outreach: Outreach, context: Context, payload: Payload) -> Outcome {
    let fate: Fate = payload.read()?;
    let scope = Scope::system();
    let mut tx = outreach.app().write().await?;
    let id = LetterId::from_uuid(fate.about_id);
    let Some(letter) = by_id(scope, &mut tx, id).await? else { return Ok(()) };
    let status = if fate.no_such_address { "bounced" } else { fate.status.as_str() };
    let sql = "UPDATE outreach_letters SET status = $2 WHERE id = $1 AND status = 'queued'";
    if tx.execute(sql, args![id, status]).await? == 0 {
        return Ok(());
    }
    // The mail server itself says that there is nobody of that address.
    if let (true, Some(address)) = (fate.no_such_address, letter.address) {
        let (id, now) = (context.clock.new_id(), context.clock.now());
        let new = Suppression {
            id,
            workspace_id: letter.workspace_id,
            address,
            reason: "bounced".into(),
            note: fate.error.clone(),
            created_at: now,
        };
        suppressions::insert(scope, &mut tx, &new).await?;
    }
    Ok(tx.commit().await?)
}
