//! What a crash, or a provider's silence, left between asking and knowing.

use std::time::Duration;

use jobs::{Context, Failure, Payload, Registry};
use kernel::{Result, Scope, time};
use ports::calls::{CallInfo, CallStatus};

use crate::model::{Call, State};
use crate::moves::{self, Change, LOOK};
use crate::store::{self, Named};
use crate::{Calls, sync, talk};

/// Looks after calls whose moment has come.
const LOOK_AFTER: &str = "calls.look";
/// How many at once.
const AT_ONCE: u32 = 20;
/// How long a provider's list may lag behind its calls.
const LIST_LAGS: i64 = 10 * time::MINUTE;
/// A call that nobody has heard of for so long is given up.
const GIVEN_UP: i64 = 2 * time::DAY;
/// How far our clock and the provider's may be apart.
const CLOCKS: i64 = time::MINUTE;

/// The jobs of calls.
pub fn jobs(calls: &Calls) -> Registry {
    let mut registry = Registry::new();
    let calls = calls.clone();
    registry.on(LOOK_AFTER, move |_: Context, _: Payload| {
        let calls = calls.clone();
        async move { look_after(&calls).await.map_err(Failure::from) }
    });
    registry.every(Duration::from_secs(30), LOOK_AFTER);
    registry
}

async fn look_after(calls: &Calls) -> Result<()> {
    let scope = Scope::system();
    let now = calls.app().clock().now();
    let due = store::due(scope, &mut calls.app().read().await?, now, AT_ONCE).await?;
    for call in due {
        let mut tx = calls.app().write().await?;
        let ours = store::look_later(scope, &mut tx, &call, now.plus(2 * LOOK)).await?;
        tx.commit().await?;
        if !ours {
            continue;
        }
        if let Err(error) = look(calls, &call).await {
            // The provider may be well again at the next look.
            tracing::warn!(call = %call.id, %error, "a call could not be looked up");
        }
    }
    Ok(())
}

/// Asks the provider what became of a call. It is never asked to place it again.
async fn look(calls: &Calls, call: &Call) -> Result<()> {
    let waited = calls.app().clock().now().micros() - call.created_at.micros();
    let found = match call.kind.as_str() {
        "agent" => look_up_conversation(calls, call).await?,
        _ => look_up_call(calls, call).await?,
    };
    let lost = !found && waited > LIST_LAGS || waited > GIVEN_UP;
    if lost {
        let mut tx = calls.app().write().await?;
        if let Some(mut call) = store::take(Scope::system(), &mut tx, Named::Id(call.id)).await? {
            let error = Some(format!("{} does not know of this call", call.provider));
            moves::apply(calls, &mut tx, &mut call, Change { error, ..Change::to(State::Lost) }).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn look_up_call(calls: &Calls, call: &Call) -> Result<bool> {
    let found = match &call.call_sid {
        Some(sid) => calls.telephony().look(sid).await?,
        None => find_in_list(calls, call).await?,
    };
    let Some(info) = found else { return Ok(false) };
    take_in(calls, call, info).await?;
    Ok(true)
}

/// The call of an intent, in the provider's list. No number is called twice at once, so what was asked for within that time is it.
async fn find_in_list(calls: &Calls, call: &Call) -> Result<Option<CallInfo>> {
    let listed = calls.telephony().calls_to(&call.to_number, call.created_at.plus(-CLOCKS)).await?;
    let since = call.created_at.plus(-CLOCKS);
    let until = call.created_at.plus(5 * time::MINUTE);
    let fits = |info: &CallInfo| {
        let outbound = info.direction.as_deref().is_none_or(|direction| direction.starts_with("outbound"));
        let ours = info.from.is_none() || info.from.as_deref() == calls.telephony().number();
        outbound && ours && info.created_at.is_some_and(|at| at >= since && at <= until)
    };
    let mut tx = calls.app().read().await?;
    for info in listed.into_iter().filter(fits) {
        if store::by_name(Scope::system(), &mut tx, Named::Sid(&info.sid)).await?.is_none() {
            return Ok(Some(info));
        }
    }
    Ok(None)
}

/// Writes what the telephony tells of a call.
pub(crate) async fn take_in(calls: &Calls, call: &Call, info: CallInfo) -> Result<Call> {
    let mut tx = calls.app().write().await?;
    let taken = store::take(Scope::system(), &mut tx, Named::Id(call.id)).await?;
    let Some(mut taken) = taken else { return Ok(call.clone()) };
    if info.status.is_over() && info.status != CallStatus::MockCompleted {
        talk::end(calls, &mut tx, &mut taken, &info.sid).await?;
    }
    let change =
        Change { sid: Some(info.sid), duration_seconds: info.duration_seconds, ..Change::to(State::With(info.status)) };
    moves::apply(calls, &mut tx, &mut taken, change).await?;
    tx.commit().await?;
    Ok(taken)
}

async fn look_up_conversation(calls: &Calls, call: &Call) -> Result<bool> {
    if let Some(id) = &call.conversation_id {
        let Some(conversation) = calls.agent().conversation(id).await? else { return Ok(false) };
        sync::take_in(calls, Scope::system(), conversation, None).await?;
        return Ok(true);
    }
    let mut cursor = None;
    // The list is newest first, and begins where the call was asked for.
    for _ in 0..10 {
        let page = calls.agent().conversations(Some(call.created_at.plus(-CLOCKS)), cursor.as_deref(), 100).await?;
        for brief in page.conversations {
            let Some(conversation) = calls.agent().conversation(&brief.id).await? else { continue };
            let is_it = conversation.reference.as_deref() == Some(&call.id.to_string())
                || conversation.call_sid.is_some() && conversation.call_sid == call.call_sid;
            if is_it {
                sync::take_in(calls, Scope::system(), conversation, None).await?;
                return Ok(true);
            }
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    Ok(false)
}
