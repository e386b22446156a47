//! What is kept of mails to people: told to whoever has their address, and taken away with it.

use async_trait::async_trait;
use db::{Sql, Tx};
use http_base::data::As::{MailText, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Result, Scope, Timestamp};
use uuid::Uuid;

/// What every export tells, and every erasure takes away.
pub fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

/// What is told.
pub const SECTIONS: &[Table] = &[Table {
    name: "mails",
    columns: &[
        ("id", Plain),
        ("recipient", Plain),
        ("subject", Plain),
        ("body_text", MailText),
        ("status", Plain),
        ("created_at", Moment),
        ("sent_at", Moment),
    ],
    from: "FROM mails WHERE recipient_key = {address} ORDER BY created_at DESC, id DESC",
}];

/// What is left of a mail: that there was one, and when. What has not been sent yet is not.
const ERASED: &str = "UPDATE mails SET recipient = 'erased', recipient_key = 'erased', subject = '', body_text = NULL, body_html = NULL, \
                      headers = '[]', status = CASE WHEN status = 'queued' THEN 'withheld' ELSE status END WHERE TRUE";

/// Takes away what was mailed to their address.
pub struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, _: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        match &of.email_key {
            Some(address) => Sql::new(ERASED).and("recipient_key = ", address).run(tx).await.map(drop),
            None => Ok(()),
        }
    }
}

/// Takes away the mails that are about these, for whoever wrote them.
pub async fn erase_about(tx: &mut Tx, about: &[Uuid]) -> Result<()> {
    Sql::new(ERASED).and_in("about_id", about).run(tx).await.map(drop)
}
