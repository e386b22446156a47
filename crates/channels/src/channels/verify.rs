//! The check of a channel: by its provider's own word.

use db::Tx;
use events::TxExt as _;
use jobs::{Context, NewJob, Outcome, Payload};
use kernel::{Clock, Result};
use ports::messaging::{Account, Hook, Standing, State, Token};
use serde::{Deserialize, Serialize};

use super::configuration::{ACCESS_TOKEN, APP_SECRET, BOT_TOKEN, HOOK_SECRET, SERVICE_ACCOUNT};
use super::model::{Channel, ChannelId, Status};
use super::store;
use crate::Channels;
use crate::events::ChannelStatusChanged;
use crate::members::Medium;
use crate::messages::outgoing;

/// The kind of job that checks a channel.
pub(crate) const VERIFY: &str = "channels.verify";

/// Which channel is to be checked.
#[derive(Serialize, Deserialize)]
struct Which {
    channel_id: ChannelId,
}

/// Has a channel be checked soon.
pub(super) async fn enqueue(tx: &mut Tx, clock: &Clock, channel: ChannelId) -> Result<()> {
    let job = NewJob::new(VERIFY, &Which { channel_id: channel })?.dedupe(channel.to_string()).max_attempts(4);
    jobs::enqueue(tx, clock, job).await.map(drop)
}

/// Checks the channel that a job is about.
pub(crate) async fn verify_job(channels: Channels, _: Context, payload: Payload) -> Outcome {
    let Which { channel_id } = payload.read()?;
    let channel = store::by_id(&mut channels.app().read().await?, channel_id).await?;
    let Some(channel) = channel.filter(|channel| channel.deleted_at.is_none()) else { return Ok(()) };
    let standing = verify(&channels, &channel).await?.0;
    match standing.state {
        State::Unknown => Err(jobs::Failure::retry(standing.says)),
        State::Works | State::Faulty => Ok(()),
    }
}

/// A channel's account with its provider.
pub(crate) fn account_of(channels: &Channels, channel: &Channel) -> Result<Account> {
    let keys = channels.keys();
    let secret =
        |name| Ok::<_, kernel::Error>(channel.secret(keys, name)?.map_or_else(Token::default, |own| Token::new(&own)));
    let set = channel.set();
    Ok(match channel.kind {
        Medium::Whatsapp => Account {
            sender: set.phone_number_id.clone().unwrap_or_default(),
            business: set.business_account_id.clone(),
            token: secret(ACCESS_TOKEN)?,
            app_secret: channel.secret(keys, APP_SECRET)?.map(Token::from),
        },
        Medium::Telegram => Account { token: secret(BOT_TOKEN)?, ..Account::default() },
        Medium::Mobile => Account { token: secret(SERVICE_ACCOUNT)?, ..Account::default() },
        Medium::Web => Account::default(),
    })
}

/// What stands between a WhatsApp channel and its check.
fn lacks(channel: &Channel) -> Option<&'static str> {
    if channel.kind != Medium::Whatsapp {
        return None;
    }
    let missing = [
        (
            channel.set().phone_number_id.is_none(),
            "phone_number_id is missing: Meta cannot be asked how the number stands before it is set",
        ),
        (
            !channel.secrets.0.has(APP_SECRET),
            "app_secret is missing: what comes in is signed with it, and nothing is let in without",
        ),
    ];
    missing.into_iter().find(|(is, _)| *is).map(|(_, says)| says)
}

/// Asks the provider how the channel stands, has it tell us what comes in where that is ours to do, and writes down what it said.
pub(super) async fn verify(channels: &Channels, channel: &Channel) -> Result<(Standing, Status)> {
    let Some(messenger) = channels.messenger(channel.kind) else {
        let standing = Standing::of(State::Works, "The chat of a website needs no provider");
        return Ok((standing, channel.status));
    };
    if let Some(says) = lacks(channel) {
        let standing = Standing::of(State::Faulty, says);
        let status = write(channels, channel, Status::PendingVerification, says, None).await?;
        return Ok((standing, status));
    }
    let account = account_of(channels, channel)?;
    let mut standing = messenger.check(&account).await;
    if standing.state == State::Works && channel.kind == Medium::Telegram {
        let url = channel.webhook_url(channels.app().public_url()).unwrap_or_default();
        let secret = Token::from(channel.needed(channels.keys(), HOOK_SECRET)?);
        if let Err(fault) = messenger.set_webhook(&account, &Hook { url: url.clone(), secret }).await {
            standing.state = if fault.decision.may_pass() { State::Unknown } else { State::Faulty };
            standing.says = format!("Telegram does not take the webhook {url}: {}", fault.says);
            standing.code = fault.code;
        }
    }
    let status = match standing.state {
        State::Works => write(channels, channel, Status::Active, "", standing.name.as_deref()).await?,
        State::Faulty => write(channels, channel, Status::Error, &standing.says, None).await?,
        State::Unknown => channel.status,
    };
    Ok((standing, status))
}

async fn write(
    channels: &Channels,
    channel: &Channel,
    status: Status,
    says: &str,
    name: Option<&str>,
) -> Result<Status> {
    let now = channels.app().clock().now();
    let mut tx = channels.app().write().await?;
    let reason = Some(says).filter(|says| !says.is_empty());
    if !store::stand(&mut tx, channel.id, status, reason, now).await? {
        return Ok(channel.status);
    }
    if let (Medium::Telegram, Some(name)) = (channel.kind, name) {
        store::bot_name(&mut tx, channel.id, name.trim_start_matches('@')).await?;
    }
    if channel.status != status {
        tx.event(ChannelStatusChanged {
            workspace_id: channel.workspace_id,
            channel_id: channel.id,
            channel: channel.kind,
            status,
        });
    }
    tx.commit().await?;
    if status == Status::Active {
        // What waited for it goes now.
        loop {
            let mut tx = channels.app().write().await?;
            let more = outgoing::release_channel(channels, &mut tx, channel.id).await?;
            tx.commit().await?;
            if !more {
                break;
            }
        }
    }
    Ok(status)
}
