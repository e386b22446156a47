//! What happens to calls, written once into the history and the entry.

use db::Tx;
use kernel::{AccountId, Clock, Error, Result, Scope};
use serde_json::Value;

use super::touches::{self, Touch};
use super::{entries, touches::TouchId};
use crate::{CallStatus, Channel, Entry, Stage};

/// Something that happened to a call.
#[derive(Clone, Debug)]
pub struct CallEvent {
    /// Who carries it: `twilio`, `elevenlabs`, `mock`, `manual`.
    pub provider: &'static str,
    /// Its id there (call sid, conversation id): events of one id are one touch, whatever their order.
    pub provider_id: Option<String>,
    /// Where the call stands now.
    pub status: CallStatus,
    /// Who asked for it.
    pub by: Option<AccountId>,
    /// The number that is called.
    pub address: Option<String>,
    /// What was said in short.
    pub summary: Option<String>,
    /// More, as a JSON object; laid over what is known.
    pub detail: Value,
}

/// Writes what happened to a call into the history and the entry, and saves the entry with whatever else was changed in it.
/// [Take](super::take) the entry first. Tells whether the call moved: an event that comes twice, or after the call's end,
/// does not move it.
pub async fn record_call(
    scope: Scope,
    tx: &mut Tx,
    clock: &Clock,
    entry: &mut Entry,
    event: CallEvent,
) -> Result<bool> {
    let now = clock.now();
    let known = match &event.provider_id {
        Some(id) => touches::by_provider(scope, tx, event.provider, id).await?,
        None => None,
    };
    let moved = match known {
        Some(mut touch) if touch.outreach_id == entry.id => {
            let was = touch.status.clone();
            let from = CallStatus::parse(&was).ok_or_else(|| {
                Error::internal(format!("the call of touch {} has the unknown status {was}", touch.id))
            })?;
            let moved = from.may_become(event.status);
            if moved {
                event.status.word().clone_into(&mut touch.status);
            }
            touch.address = event.address.or(touch.address);
            touch.summary = event.summary.or(touch.summary);
            touch.detail = merged(&touch.detail, event.detail);
            touches::update(scope, tx, &touch, &was).await? && moved
        }
        // Another entry's call: not ours to move.
        Some(_) => false,
        None => {
            let id: TouchId = clock.new_id();
            let touch = Touch {
                by_account: event.by,
                provider: Some(event.provider.into()),
                provider_id: event.provider_id,
                address: event.address,
                summary: event.summary,
                detail: merged("{}", event.detail),
                ..Touch::new(id, entry, Channel::Call, "out", event.status.word(), now)
            };
            touches::insert(scope, tx, &touch).await?
        }
    };
    if moved {
        follow(entry, event.status);
        if !matches!(event.status, CallStatus::Scheduled | CallStatus::Pending) {
            entry.last_contact_date = Some(now);
        }
    }
    entries::save(scope, tx, entry, now).await?;
    Ok(moved)
}

/// Has the entry follow its call.
fn follow(entry: &mut Entry, call: CallStatus) {
    entry.channel = Some(Channel::Call);
    entry.call_status = Some(call);
    if entry.status.may_become(call.status()) {
        entry.status = call.status();
    }
    match call {
        CallStatus::Completed => entry.reach(Stage::Replied),
        CallStatus::Initiated | CallStatus::InProgress | CallStatus::NoAnswer => entry.reach(Stage::Contacted),
        _ => {}
    }
}

fn merged(known: &str, more: Value) -> String {
    let mut all =
        serde_json::from_str::<Value>(known).ok().and_then(|value| value.as_object().cloned()).unwrap_or_default();
    if let Value::Object(more) = more {
        all.extend(more);
    }
    Value::Object(all).to_string()
}
