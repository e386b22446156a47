//! What channels do by themselves: they work what comes in, answer, send, give back, and forget what is old.

use std::time::Duration;

use delivery::Courier;
use jobs::{Context, Outcome, Registry};
use kernel::time;

use crate::bot::{ANSWER, answer_job};
use crate::channels::{VERIFY, verify_job};
use crate::conversations::{HAND_BACK, hand_back_due, typing};
use crate::inbound::{Intake, journal};
use crate::members::Medium;
use crate::messages::{Carrier, media};
use crate::{Channels, channels, unanswered, widget};

const TIDY: &str = "channels.tidy";
/// For so long what could not be worked is kept, to be looked at.
const GIVEN_UP_KEPT: i64 = 30 * time::DAY;

/// The jobs, the couriers and the services of channels.
pub fn jobs(of: &Channels) -> Registry {
    let mut registry = Registry::new();
    registry.service(std::sync::Arc::new(Intake(of.clone())));
    for medium in [Medium::Web, Medium::Whatsapp, Medium::Telegram, Medium::Mobile] {
        registry.service(Courier::new(Carrier { channels: of.clone(), medium }));
    }
    let own = of.clone();
    registry.on(ANSWER, move |context, payload| answer_job(own.clone(), context, payload));
    let own = of.clone();
    registry.on(VERIFY, move |context, payload| verify_job(own.clone(), context, payload));
    let own = of.clone();
    registry.on(media::FETCH, move |context, payload| media::fetch_job(own.clone(), context, payload));
    let own = of.clone();
    registry.on(unanswered::TELL, move |context, payload| unanswered::tell_job(own.clone(), context, payload));
    let own = of.clone();
    registry
        .on(HAND_BACK, move |context, _| hand_back_due(own.clone(), context))
        .every(Duration::from_secs(60), HAND_BACK);
    let own = of.clone();
    registry
        .on(media::SWEEP, move |_: Context, _| {
            let channels = own.clone();
            async move { Ok(media::sweep(&channels).await?) }
        })
        .every(Duration::from_hours(1), media::SWEEP);
    let own = of.clone();
    registry.on(TIDY, move |context, _| tidy(own.clone(), context)).every(Duration::from_hours(1), TIDY);
    registry
}

async fn tidy(of: Channels, context: Context) -> Outcome {
    let now = context.clock.now();
    loop {
        let mut tx = context.db.write().await?;
        let mut gone = journal::purge(&mut tx, now.plus(-GIVEN_UP_KEPT)).await?;
        gone += widget::forget(&mut tx, now).await?;
        gone += unanswered::forget(&mut tx, now).await?;
        gone += typing::forget(&mut tx, now).await?;
        tx.commit().await?;
        if gone == 0 {
            break;
        }
    }
    renew_secrets(&of).await?;
    Ok(())
}

/// Seals again what an old key sealed, so that the old key may go.
async fn renew_secrets(of: &Channels) -> kernel::Result<()> {
    if of.keys().is_empty() {
        return Ok(());
    }
    let mut behind = None;
    loop {
        let page = channels::store::page(&mut of.app().read().await?, behind, 100).await?;
        let Some(last) = page.last() else { return Ok(()) };
        behind = Some(last.id);
        for mut channel in page {
            match channel.secrets.0.renew(of.keys(), channel.id) {
                Ok(true) => {
                    let mut tx = of.app().write().await?;
                    channels::store::save(&mut tx, &channel).await?;
                    tx.commit().await?;
                }
                Ok(false) => {}
                Err(error) => tracing::error!(%error, channel = %channel.id, "a secret cannot be sealed anew"),
            }
        }
    }
}
