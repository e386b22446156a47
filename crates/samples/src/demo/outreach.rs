//! How it went between a campaign and a creator: told step by step, until the story ends or the present is reached.

use kernel::Timestamp;
use kernel::time::{DAY, HOUR, MINUTE};

use super::calls;
use super::campaigns::Brief;
use super::notes::{self, Step};
use crate::draw::Lots;
use crate::{Campaign, Creator, Outreach, Selection};

/// One story. A reply follows a mail, a call follows a reply or stands in for it, and nothing happens after `now`.
pub(super) fn story(
    lots: &mut Lots,
    selection: &Selection,
    brief: &Brief,
    campaign: &Campaign,
    creator: &Creator,
    now: Timestamp,
) -> Outreach {
    let mut entry = opened(selection);
    let last = tell(lots, &mut entry, brief, now);
    if entry.call_status == "completed" {
        complete_call(lots, &mut entry, campaign, creator);
    } else {
        let (note, next) = notes::step(lots, brief.spanish, last);
        entry.notes = Some(note);
        entry.next_steps = next;
    }
    entry
}

/// Goes through the steps and returns the last one. A draft's brand has written to some, and called nobody.
fn tell(lots: &mut Lots, entry: &mut Outreach, brief: &Brief, now: Timestamp) -> Step {
    let mut at = entry.created_at;
    let mut later = |lots: &mut Lots, low: i64, high: i64| {
        at = at.plus((low as f64 + lots.unit() * (high - low) as f64) as i64);
        at
    };
    let draft = brief.status == "draft";
    let mailed_at = later(lots, HOUR, 2 * DAY);
    if mailed_at > now || (draft && lots.chance(0.5)) {
        return Step::Selected;
    }
    entry.touch(mailed_at, "email", "outreach");
    entry.email_status = "sent";
    if lots.chance(0.05) {
        entry.email_status = "bounced";
        return Step::Bounced;
    }
    let replied_at = later(lots, 3 * HOUR, 4 * DAY);
    let replies = lots.chance(0.68) && replied_at <= now;
    if replies {
        entry.touch(replied_at, "email", "reply");
        entry.email_status = "replied";
        if lots.chance(0.14) {
            entry.sentiment = Some("negative");
            entry.interest_level = Some("not_interested");
            return Step::Declined;
        }
    }
    let called_at = later(lots, DAY, 6 * DAY);
    if draft || (!replies && (called_at > now || lots.chance(0.5))) {
        return if replies { Step::Replied } else { Step::Mailed };
    }
    if called_at > now {
        entry.call_status = "scheduled";
        // On the hour or the half hour, as calendars have it.
        entry.scheduled_for =
            Some(Timestamp::from_micros(called_at.micros() / (30 * MINUTE) * (30 * MINUTE) + 30 * MINUTE));
        return Step::Scheduled;
    }
    if replies && brief.status == "paused" && lots.chance(0.4) {
        entry.call_status = "cancelled";
        return Step::Cancelled;
    }
    entry.touch(called_at, "call", "follow_up");
    let reached = lots.chance(if replies { 0.85 } else { 0.3 });
    entry.call_status = if reached { "completed" } else { "no_answer" };
    if reached { Step::Called } else { Step::NotReached }
}

fn complete_call(lots: &mut Lots, entry: &mut Outreach, campaign: &Campaign, creator: &Creator) {
    let (sentiment, interest, minutes) = match lots.below(10) {
        0..=2 => ("positive", "very_interested", lots.between(18, 36)),
        3..=5 => ("positive", "interested", lots.between(12, 27)),
        6..=8 => ("neutral", "neutral", lots.between(7, 18)),
        _ => ("negative", "not_interested", lots.between(3, 9)),
    };
    let record = calls::record(lots, sentiment, campaign, creator);
    entry.sentiment = Some(sentiment);
    entry.interest_level = Some(interest);
    entry.call_duration_minutes = u32::try_from(minutes).ok();
    entry.notes = Some(record.summary.clone());
    entry.next_steps = record.action_items.first().cloned();
    // Not every call was recorded and written down.
    if lots.chance(0.7) {
        entry.call_transcript = Some(record.transcript);
        entry.transcript_summary = Some(record.summary);
        entry.action_items = record.action_items;
    }
}

fn opened(selection: &Selection) -> Outreach {
    Outreach {
        campaign: selection.campaign,
        creator: selection.creator,
        channel: None,
        message_type: None,
        call_status: "pending",
        email_status: "pending",
        scheduled_for: None,
        call_recording_url: None,
        call_transcript: None,
        transcript_summary: None,
        action_items: Vec::new(),
        call_duration_minutes: None,
        last_contact: None,
        notes: None,
        next_steps: None,
        sentiment: None,
        interest_level: None,
        created_at: selection.selected_at,
        updated_at: selection.selected_at,
    }
}

impl Outreach {
    fn touch(&mut self, at: Timestamp, channel: &'static str, message_type: &'static str) {
        self.last_contact = Some(at);
        self.updated_at = at;
        self.channel = Some(channel);
        self.message_type = Some(message_type);
    }
}
