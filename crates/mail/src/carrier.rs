//! The way out of mails: what a delivery of one means.

use std::time::Duration;

use async_trait::async_trait;
use db::Tx;
use delivery::{Channel, Delivery, Fate, Outcome, Pace, Prepared};
use futures::FutureExt as _;
use kernel::{MailId, Result, Scope};
use ports::mailer::{RECEIVER_REFUSED, Ready, Refusal};

use crate::model::{End, NO_SUCH_ADDRESS};
use crate::store::{self, Mail, OF_WORKSPACE, OWN};
use crate::{Post, incoming, message};

/// How long one attempt may take; the mailer's own limits are shorter.
const LIMIT: Duration = Duration::from_mins(3);
/// How many of the server's own mails are on their way at once: few are wanted, and somebody waits for each.
const HANDS: usize = 4;
/// Sends mails: the server's own, or those of workspaces, which have hands of their own, so that nothing waits for them.
pub(crate) struct Carrier {
    pub(crate) post: Post,
    pub(crate) of_workspaces: bool,
}

#[async_trait]
impl Channel for Carrier {
    fn kind(&self) -> &'static str {
        if self.of_workspaces { OF_WORKSPACE } else { OWN }
    }

    fn pace(&self) -> Pace {
        let hands = if self.of_workspaces { self.post.settings().connections } else { HANDS };
        // All go to the same mail server: one workspace's are not slower than another's, and the server's own are of one owner.
        Pace { limit: LIMIT, hands_of_one: hands, ..Pace::of(hands) }
    }

    /// In one transaction with the taking: nobody gets onto a suppression list between the two.
    async fn prepare(&self, tx: &mut Tx, delivery: &Delivery) -> Result<Prepared> {
        let (scope, id) = (Scope::system(), MailId::from_uuid(delivery.subject));
        let over = |why: &str| Ok(Prepared::Over(Fate::Withheld(why.to_owned())));
        let Some(mail) = store::find(scope, tx, id).await? else { return over("the mail was deleted") };
        if mail.body_text.is_none() || matches!(mail.status.as_str(), "sent" | "kept" | "withheld") {
            return over("the mail is over");
        }
        if let Some(reason) = self.post.veto(tx, &mail.leaving()).await? {
            return Ok(Prepared::Over(Fate::Withheld(reason)));
        }
        if self.post.keeps() {
            return Ok(Prepared::Over(Fate::Sent { answer: None }));
        }
        let message = match message::write(&mail, self.post.sender()) {
            Ok(message) => message,
            Err(error) => {
                return Ok(Prepared::Over(Fate::Failed(format!("it cannot be written as a message: {error}"))));
            }
        };
        // An earlier version, whose mails were no deliveries, left its own mark.
        let again = delivery.unanswered || mail.status == "sending";
        if again {
            tracing::warn!(mail = %mail.id, message_id = mail.message_id, "a mail may arrive twice: an attempt was never answered");
        }
        store::begin(scope, tx, mail.id, again).await?;
        Ok(Prepared::Send(send(self.post.clone(), mail, message).boxed()))
    }

    async fn settle(&self, tx: &mut Tx, delivery: &Delivery, fate: &Fate) -> Result<()> {
        let (scope, id) = (Scope::system(), MailId::from_uuid(delivery.subject));
        let end = match fate {
            Fate::Later { why, .. } => return store::put_back(scope, tx, id, why).await,
            Fate::Sent { .. } if self.post.keeps() => End::Kept,
            Fate::Sent { .. } => End::Sent,
            Fate::Withheld(why) => End::Withheld(why.clone()),
            Fate::Rejected(why) | Fate::Failed(why) => {
                tracing::warn!(mail = %id, why, "a mail was given up");
                End::Failed(why.clone())
            }
        };
        store::end(scope, tx, self.post.clock(), id, &end).await
    }
}

async fn send(post: Post, mail: Mail, message: Vec<u8>) -> Outcome {
    let to = incoming::to_ascii(bare(&mail.recipient, &mail.recipient_key));
    let from = incoming::to_ascii(post.sender().email.as_ref());
    let ready = Ready { from: &from, to: &to, message: &message };
    match post.mailer().send(ready).await {
        Ok(_) => Outcome::Sent { answer: None },
        Err(Refusal::Never(why)) => Outcome::Rejected(reworded(why)),
        Err(Refusal::Later(why)) => Outcome::Later { after: None, why },
    }
}

/// What was refused because there is nobody of that address begins so that everybody who hears of it knows.
fn reworded(why: String) -> String {
    let Some(said) = why.strip_prefix(RECEIVER_REFUSED) else { return why };
    // Which step was refused is known here, whether the words tell or not.
    let is_gone = incoming::is_gone(incoming::status_of(said).as_deref(), &format!("RCPT: {said}"));
    if is_gone { format!("{NO_SUCH_ADDRESS}{said}") } else { why }
}

/// The address as it was given, without the name: what stands before the `@` may have capitals that count.
fn bare<'a>(recipient: &'a str, key: &'a str) -> &'a str {
    let bare = recipient.rsplit_once('<').map_or(recipient, |(_, rest)| rest.trim_end_matches('>')).trim();
    if bare.to_lowercase() == key { bare } else { key }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_receiver_who_is_not_there_is_none() {
        for (said, gone) in [
            ("permanent error (550): 5.1.1 no such user", true),
            ("permanent error (550): 5.1.1 The email account that you tried to reach does not exist", true),
            ("permanent error (550): No such user here", true),
            ("permanent error (550): Administrative prohibition", false),
            ("permanent error (550): 5.7.1 message rejected by policy", false),
            ("permanent error (552): 5.2.2 mailbox full", false),
            ("permanent error (550): 5.7.26 unauthenticated mail (SPF, DKIM)", false),
            ("permanent error (554): 5.7.1 relay access denied", false),
        ] {
            assert_eq!(reworded(format!("{RECEIVER_REFUSED}{said}")).starts_with(NO_SUCH_ADDRESS), gone, "{said}");
            assert_eq!(reworded(said.to_owned()), said, "only what is about the receiver");
        }
    }

    #[test]
    fn the_bare_address_keeps_its_capitals() {
        assert_eq!(bare("Anna <Anna.K@Example.com>", "anna.k@example.com"), "Anna.K@Example.com");
        assert_eq!(bare("Anna.K@Example.com", "anna.k@example.com"), "Anna.K@Example.com");
        assert_eq!(bare("odd", "a@b.example"), "a@b.example");
    }
}
