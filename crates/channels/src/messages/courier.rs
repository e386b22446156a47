//! Who carries messages to their provider.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use db::Tx;
use delivery::{Channel as WayOut, Delivery, Fate, Outcome, Pace, Prepared};
use events::TxExt as _;
use futures::FutureExt as _;
use kernel::{Result, time};
use ports::messaging::{
    Button, Content, Decision, IdentityKind, Messenger, Outgoing, Parameter, Pricing, SendFault, Sent, Template, To,
};
use serde::{Deserialize, Serialize};

use super::model::{Message, MessageId, Price, Shape, Status};
use super::outgoing::{self, BROKEN, CLOSED, kind_of};
use super::store;
use crate::Channels;
use crate::channels::{self, account_of};
use crate::conversations::Talk;
use crate::events::ChannelStatusChanged;
use crate::gate::{Purpose, Verdict};
use crate::members::{self, Medium, Tried};

/// How long one attempt may take; the messenger's own limits are shorter.
const LIMIT: Duration = Duration::from_secs(45);
/// For so long somebody is left alone whom the provider keeps messages from.
const LEFT_ALONE: i64 = 24 * time::HOUR;
/// The longest time between two looks whether an earlier message has gone.
const LONGEST_LOOK: i64 = 10 * time::MINUTE;
/// No push notification is sent for a message that is older.
const NOTIFY_WITHIN: i64 = 24 * time::HOUR;
/// What is written down of a message that waited for that.
const POSTPONED: &str = "The provider keeps messages from this person for now; it is tried once more after 24 hours";

/// Carries the messages of channels of one type.
pub(crate) struct Carrier {
    pub(crate) channels: Channels,
    pub(crate) medium: Medium,
}

/// What a provider told of a message that it took, as it is handed from the sending to the writing down.
#[derive(Default, Serialize, Deserialize)]
struct Taken {
    id: String,
    price: Option<Price>,
}

fn price(of: Pricing) -> Price {
    Price { billable: of.is_billable, category: of.category, rule: of.kind, model: of.model }
}

impl From<Sent> for Taken {
    fn from(sent: Sent) -> Self {
        Self { id: sent.id, price: sent.pricing.map(price) }
    }
}

/// A provider's price, as it is kept.
pub(crate) fn priced(pricing: Pricing) -> Price {
    price(pricing)
}

#[async_trait]
impl WayOut for Carrier {
    fn kind(&self) -> &'static str {
        kind_of(self.medium)
    }

    fn pace(&self) -> Pace {
        Pace { limit: LIMIT, ..Pace::of(self.channels.settings().hands) }
    }

    async fn prepare(&self, tx: &mut Tx, delivery: &Delivery) -> Result<Prepared> {
        let (channels, now) = (&self.channels, self.channels.app().clock().now());
        let over = |why: &str| Ok(Prepared::Over(Fate::Withheld(why.to_owned())));
        let Some(message) = store::by_id(tx, MessageId::from_uuid(delivery.subject)).await? else {
            return over("the message was erased");
        };
        if self.medium == Medium::Mobile && matches!(message.status, Status::Sent | Status::Delivered) {
            let Some(talk) = Talk::load(tx, message.conversation_id).await? else { return over("the member is gone") };
            return self.notify(tx, &talk, &message).await;
        }
        if matches!(message.status, Status::Sent | Status::Delivered | Status::Read) {
            return Ok(Prepared::Over(Fate::Sent { answer: None }));
        }
        if !message.status.is_waiting() || message.deleted_at.is_some() {
            return over("the message is over");
        }
        let Some(mut talk) = Talk::load(tx, message.conversation_id).await? else { return over("the member is gone") };
        let is_fetched = members::is_asked_for(self.medium);
        if talk.channel.status == channels::Status::Error && talk.channel.deleted_at.is_none() && !is_fetched {
            store::hold(tx, message.id, None, Some(BROKEN)).await?;
            return over("the channel does not work");
        }
        let with_template = match talk.weigh(channels, tx, message.purpose).await? {
            Verdict::Now => false,
            Verdict::Template if outgoing::has_template(&message) => true,
            Verdict::Template => {
                store::hold(tx, message.id, None, Some(CLOSED)).await?;
                return over("the 24 hours are over");
            }
            Verdict::Later(at) => {
                store::hold(tx, message.id, Some(at), None).await?;
                outgoing::dispatch(channels, tx, &message, at).await?;
                return over("it waits for its moment");
            }
            Verdict::Never(reason) => {
                outgoing::withhold(channels, tx, &message, reason.sentence()).await?;
                return over(reason.word());
            }
        };
        if store::has_earlier(tx, talk.conversation.id, message.seq, now).await? {
            // What was written first goes first, and at the pace that one person is written to.
            let least = channels.settings().rules(self.medium).pace.max(time::SECOND);
            // Where that takes long (the provider is down), it is looked for ever less often.
            let at = now.plus(((now.micros() - message.created_at.micros()) / 4).clamp(least, LONGEST_LOOK));
            outgoing::dispatch(channels, tx, &message, at).await?;
            return over("an earlier message is on its way");
        }
        let Some(messenger) = channels.messenger(self.medium).filter(|_| !is_fetched) else {
            // The member's own page or app fetches it.
            // Whoever follows the conversation is shown what comes behind the last number that they have.
            if message.seq < talk.conversation.seq {
                let seq = talk.number(&message.body, now);
                store::renumber(tx, message.id, seq).await?;
                talk.conversation.out_seq = seq;
            }
            if store::heard(tx, message.id, Status::Sent, None, now).await? {
                talk.went_out(channels, tx, &message, now).await?;
            }
            talk.save(tx).await?;
            return match (self.medium, store::by_id(tx, message.id).await?) {
                (Medium::Mobile, Some(message)) => self.notify(tx, &talk, &message).await,
                _ => Ok(Prepared::Over(Fate::Sent { answer: None })),
            };
        };
        let to = members::to(tx, &talk.member, self.medium).await?;
        self.sending(messenger.clone(), &talk, &message, to, with_template)
    }

    async fn reconcile(&self, delivery: &Delivery) -> Option<Outcome> {
        // Firebase cannot be asked about a notification. A second one replaces the first one on the screen.
        if self.medium == Medium::Mobile {
            return None;
        }
        // A status that carries our key may have told in the meantime; else it is sent again.
        let mut tx = self.channels.app().read().await.ok()?;
        let message = store::by_id(&mut tx, MessageId::from_uuid(delivery.subject)).await.ok()??;
        matches!(message.status, Status::Sent | Status::Delivered | Status::Read)
            .then_some(Outcome::Sent { answer: None })
    }

    async fn settle(&self, tx: &mut Tx, delivery: &Delivery, fate: &Fate) -> Result<()> {
        let (channels, now) = (&self.channels, self.channels.app().clock().now());
        let id = MessageId::from_uuid(delivery.subject);
        let Some(message) = store::by_id(tx, id).await? else { return Ok(()) };
        let Some(mut talk) = Talk::load(tx, message.conversation_id).await? else { return Ok(()) };
        match fate {
            Fate::Sent { answer } => {
                let taken: Option<Taken> = answer.as_deref().and_then(|answer| serde_json::from_str(answer).ok());
                if let Some(taken) = taken {
                    store::named(tx, id, &taken.id).await?;
                    if let Some(price) = taken.price
                        && store::priced(tx, id, &price).await?
                    {
                        talk.conversation.billed += 1;
                    }
                }
                if store::heard(tx, id, Status::Sent, None, now).await? {
                    talk.went_out(channels, tx, &message, now).await?;
                }
            }
            Fate::Later { .. } | Fate::Withheld(_) => return Ok(()),
            Fate::Failed(why) | Fate::Rejected(why) if self.medium == Medium::Mobile => {
                self.not_notified(tx, &talk, &message, why).await?;
            }
            Fate::Failed(why) | Fate::Rejected(why) => self.refused(tx, &mut talk, &message, why).await?,
        }
        talk.save(tx).await?;
        channels.live().wake_after(tx, talk.conversation.id);
        Ok(())
    }
}

impl Carrier {
    /// Returns the future that sends a message to the provider.
    fn sending(
        &self,
        messenger: Arc<dyn Messenger>,
        talk: &Talk,
        message: &Message,
        to: To,
        with_template: bool,
    ) -> Result<Prepared> {
        let reply_to = message.detail.0.reply_to.clone();
        let content = content(talk, message, with_template);
        let outgoing = Outgoing { key: message.id.to_string(), to, reply_to, content };
        let account = account_of(&self.channels, &talk.channel)?;
        let sending = async move {
            match messenger.send(&account, &outgoing).await {
                Ok(sent) => Outcome::Sent { answer: serde_json::to_string(&Taken::from(sent)).ok() },
                Err(fault) => outcome(&fault, &outgoing.to),
            }
        };
        Ok(Prepared::Send(sending.boxed()))
    }

    /// Prepares the push notification for a message. The app can already fetch the message, so the result does not change the message's status.
    async fn notify(&self, tx: &mut Tx, talk: &Talk, message: &Message) -> Result<Prepared> {
        let (channels, now) = (&self.channels, self.channels.app().clock().now());
        let over = |why: &str| Ok(Prepared::Over(Fate::Withheld(why.to_owned())));
        if message.deleted_at.is_some() || message.sent_at.is_none_or(|sent| sent.plus(NOTIFY_WITHIN) < now) {
            return over("the message is too old for a push notification");
        }
        let to = members::to(tx, &talk.member, self.medium).await?;
        let Some(messenger) = channels.messenger(self.medium).filter(|_| to.find(IdentityKind::Device).is_some())
        else {
            return Ok(Prepared::Over(Fate::Sent { answer: None }));
        };
        if talk.channel.status == channels::Status::Error {
            return over("the channel does not work; the app can fetch the message");
        }
        // The message itself counts towards the weekly limit of proactive messages and must not block its own notification.
        let purpose = if message.purpose == Purpose::Proactive { Purpose::Program } else { message.purpose };
        match talk.weigh(channels, tx, purpose).await? {
            Verdict::Now | Verdict::Template => self.sending(messenger.clone(), talk, message, to, false),
            Verdict::Later(at) => {
                outgoing::dispatch(channels, tx, message, at).await?;
                over("it waits for its moment")
            }
            Verdict::Never(reason) => over(reason.word()),
        }
    }

    /// Handles a push notification that Firebase rejected. The message stays available to the app.
    async fn not_notified(&self, tx: &mut Tx, talk: &Talk, message: &Message, why: &str) -> Result<()> {
        let (channels, now) = (&self.channels, self.channels.app().clock().now());
        let (word, says) = why.split_once(": ").unwrap_or(("", why));
        match Refusal::parse(word) {
            Some(Refusal::Unreachable) => {
                let (tried, _) = tried(says);
                if members::not_reached(tx, &talk.member, self.medium, tried, now).await? {
                    // The member may have another device.
                    outgoing::dispatch(channels, tx, message, now).await?;
                }
                Ok(())
            }
            Some(Refusal::ChannelBroken) => broken(channels, tx, &talk.channel, says).await,
            _ => Ok(()),
        }
    }

    /// Does what a provider's no asks for.
    async fn refused(&self, tx: &mut Tx, talk: &mut Talk, message: &Message, why: &str) -> Result<()> {
        let (channels, now) = (&self.channels, self.channels.app().clock().now());
        let (word, mut says) = why.split_once(": ").unwrap_or(("", why));
        match Refusal::parse(word) {
            Some(Refusal::WindowClosed) => {
                talk.conversation.window_until = Some(now);
                store::hold(tx, message.id, None, Some(CLOSED)).await?;
                if outgoing::has_template(message) && store::release(tx, message.id).await? {
                    outgoing::dispatch(channels, tx, message, now.plus(1)).await?;
                }
                return Ok(());
            }
            Some(Refusal::NotBefore24h) if message.error.as_deref() != Some(POSTPONED) => {
                let at = now.plus(LEFT_ALONE);
                store::hold(tx, message.id, Some(at), Some(POSTPONED)).await?;
                return outgoing::dispatch(channels, tx, message, at).await;
            }
            Some(Refusal::ChannelBroken) => {
                store::hold(tx, message.id, None, Some(BROKEN)).await?;
                return broken(channels, tx, &talk.channel, says).await;
            }
            Some(Refusal::Unreachable) => {
                let (tried, words) = tried(says);
                members::not_reached(tx, &talk.member, self.medium, tried, now).await?;
                says = words;
            }
            Some(Refusal::OptOutMarketing) => {
                let about = (Some(self.medium), audience::Purpose::Marketing);
                audience::members::opt_out(tx, &talk.member, about, says, now).await?;
            }
            Some(Refusal::TemplateFault) => channels::store::noted(tx, talk.channel.id, says).await?,
            Some(Refusal::NotBefore24h | Refusal::NeedsPhone | Refusal::Rejected) | None => {}
        }
        if store::heard(tx, message.id, Status::Failed, Some(says), now).await? {
            outgoing::became(channels, tx, message, Status::Failed).await?;
        }
        Ok(())
    }
}

/// Has a channel stand as refused by its provider.
pub(crate) async fn broken(channels: &Channels, tx: &mut Tx, channel: &channels::Channel, says: &str) -> Result<()> {
    let now = channels.app().clock().now();
    if channel.status != channels::Status::Error
        && channels::store::stand(tx, channel.id, channels::Status::Error, Some(says), now).await?
    {
        tx.event(ChannelStatusChanged {
            workspace_id: channel.workspace_id,
            channel_id: channel.id,
            channel: channel.kind,
            status: channels::Status::Error,
        });
    }
    Ok(())
}

/// What a provider's no asks for, as it is handed from the sending to the writing down: the first word of the reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(no_column, name = "SendRefusal")]
enum Refusal {
    WindowClosed,
    #[word("not_before_24h")]
    NotBefore24h,
    OptOutMarketing,
    Unreachable,
    NeedsPhone,
    ChannelBroken,
    TemplateFault,
    Rejected,
}

/// Splits a stored rejection into the identity that was tried and the provider's message.
fn tried(says: &str) -> (Tried<'_>, &str) {
    let (by, words) = says.split_once(": ").unwrap_or((says, says));
    let (kind, fingerprint) = by.split_once('/').map_or((by, None), |(kind, of)| (kind, Some(of)));
    (Tried { kind: IdentityKind::parse(kind), fingerprint }, words)
}

/// Converts a fault of the provider into the outcome of the delivery.
fn outcome(fault: &SendFault, to: &To) -> Outcome {
    let why = fault.to_string();
    let never = |refusal: Refusal| Outcome::Rejected(format!("{}: {why}", refusal.word()));
    match fault.decision {
        Decision::Later(after) | Decision::LaterThisPerson(after) => Outcome::Later { after, why },
        Decision::Unknown => Outcome::Unknown(why),
        Decision::NotBefore24h => never(Refusal::NotBefore24h),
        Decision::WindowClosed => never(Refusal::WindowClosed),
        Decision::OptOutMarketing => never(Refusal::OptOutMarketing),
        Decision::Unreachable(kind) => {
            let mark = to.find(kind).map(members::fingerprint).unwrap_or_default();
            Outcome::Rejected(format!("{}: {}/{mark}: {why}", Refusal::Unreachable.word(), kind.word()))
        }
        Decision::NeedsPhone => never(Refusal::NeedsPhone),
        Decision::ChannelBroken => never(Refusal::ChannelBroken),
        Decision::TemplateFault => never(Refusal::TemplateFault),
        Decision::Rejected => never(Refusal::Rejected),
    }
}

/// What a message holds, as its provider takes it.
fn content(talk: &Talk, message: &Message, with_template: bool) -> Content {
    let detail = &message.detail.0;
    if talk.channel.kind == Medium::Mobile {
        let data = [("conversation_id", talk.conversation.id.to_string()), ("seq", message.seq.to_string())];
        return Content::Notice {
            title: talk.channel.name.clone(),
            body: talk.language(None).new_message().to_owned(),
            data: data.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        };
    }
    if (with_template || message.kind == Shape::Template)
        && let Some(own) = &detail.template
    {
        return Content::Template(Template {
            name: own.name.clone(),
            language: own.language.clone(),
            header: None,
            body: own.parameters.iter().map(|text| Parameter { name: None, text: text.clone() }).collect(),
            replies: Vec::new(),
            text: message.body.clone(),
        });
    }
    let text = message.body.clone();
    if detail.buttons.is_empty() {
        return Content::Text { text, preview: message.purpose == Purpose::Human };
    }
    let buttons = detail.buttons.iter().map(|one| Button { id: one.id.clone(), title: one.title.clone() });
    Content::Buttons { text, buttons: buttons.collect(), list: talk.language(None).choose().to_owned() }
}

#[cfg(test)]
mod tests {
    use ports::messaging::Identity;

    use super::*;

    #[test]
    fn every_decision_is_written_down_so_that_it_is_read_back() {
        for (decision, is) in [
            (Decision::WindowClosed, Some(Refusal::WindowClosed)),
            (Decision::NotBefore24h, Some(Refusal::NotBefore24h)),
            (Decision::Unreachable(IdentityKind::ChatId), Some(Refusal::Unreachable)),
            (Decision::ChannelBroken, Some(Refusal::ChannelBroken)),
            (Decision::Rejected, Some(Refusal::Rejected)),
        ] {
            let Outcome::Rejected(why) = outcome(&SendFault::ours(decision, "131047", "no: really"), &To::default())
            else {
                panic!("{decision:?}")
            };
            let (word, _) = why.split_once(": ").unwrap();
            assert_eq!(Refusal::parse(word), is);
        }
        let to: To =
            [Identity { kind: IdentityKind::Device, value: "token-of-a-phone".to_owned() }].into_iter().collect();
        let gone = SendFault::ours(Decision::Unreachable(IdentityKind::Device), "UNREGISTERED", "no: really");
        let Outcome::Rejected(why) = outcome(&gone, &to) else { panic!("it is not tried again") };
        assert!(!why.contains("token-of-a-phone"), "{why}");
        let (tried, words) = tried(why.split_once(": ").unwrap().1);
        let mark = members::fingerprint("token-of-a-phone");
        assert_eq!((tried.kind, tried.fingerprint), (Some(IdentityKind::Device), Some(mark.as_str())));
        assert!(words.starts_with("no: really"), "{words}");
        assert!(matches!(
            outcome(&SendFault::ours(Decision::Unknown, "timeout", "x"), &To::default()),
            Outcome::Unknown(_)
        ));
        assert!(matches!(
            outcome(&SendFault::ours(Decision::Later(None), "429", "x"), &To::default()),
            Outcome::Later { after: None, .. }
        ));
    }
}
