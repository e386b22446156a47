//! The one gate that everything passes that goes out: pure, asked when something is queued and once more when it is sent.
//!
//! In this order: whoever cannot or does not want to be reached is never written to; while a person has the conversation, whatever is
//! automatic waits; outside of WhatsApp's 24 hours only a template goes; at night nothing automatic goes, but for an answer within the
//! quarter of an hour after the member wrote; what nobody asked for is capped by the week; and nobody is written to faster than the
//! provider takes it. A person's own answer is held back by the window and the pace alone.

use std::cmp::Ordering;

use jiff::tz::TimeZone;
use kernel::{Timestamp, time};

use crate::conversations::Handler;

/// What a message is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "MessagePurpose")]
pub enum Purpose {
    /// The member's own.
    Inbound,
    /// A person's answer.
    Human,
    /// A machine's answer to what the member wrote.
    Answer,
    /// What the member has to be told about the conversation itself: that stop was heard, that somebody was called, how it was.
    Notice,
    /// A step of a program that the member takes part in.
    Program,
    /// What nobody asked for.
    Proactive,
}

/// Why something is never sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "WithheldReason", no_column)]
pub enum Reason {
    /// The member wants no more messages.
    OptedOut,
    /// The provider says that the member cannot be reached there.
    Unreachable,
    /// A person has the conversation: a machine's answer is kept as a draft.
    HandedOver,
    /// The channel is switched off, deleted, or its provider refuses it.
    ChannelOff,
}

impl Reason {
    /// In a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::OptedOut => "The member asked for no more messages",
            Self::Unreachable => "The member cannot be reached on this channel any more",
            Self::HandedOver => "A person has the conversation",
            Self::ChannelOff => "The channel is switched off, or its provider refuses it",
        }
    }
}

/// What the gate says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It may go.
    Now,
    /// Only a template may go: the 24 hours are over.
    Template,
    /// Not before this moment; ask again then.
    Later(Timestamp),
    /// Never.
    Never(Reason),
}

/// The hours in which nothing automatic is sent: minutes of the day, from and until, in the member's time zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quiet {
    /// The first minute of the night: 1260 is 21:00.
    pub from: u16,
    /// The first minute of the day: 480 is 08:00. The same as `from`: there is no night.
    pub until: u16,
}

impl Default for Quiet {
    fn default() -> Self {
        Self { from: 21 * 60, until: 8 * 60 }
    }
}

impl Quiet {
    /// Reads `21:00-08:00`, or `off`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.trim().eq_ignore_ascii_case("off") {
            return Some(Self { from: 0, until: 0 });
        }
        let minute = |text: &str| {
            let (hours, minutes) = text.trim().split_once(':')?;
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
        };
        let (from, until) = text.split_once('-')?;
        Some(Self { from: minute(from)?, until: minute(until)? })
    }

    /// When the night that it is now, if it is one, ends in this zone.
    pub fn ends(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let moment = jiff::Timestamp::from_microsecond(now.micros()).ok()?;
        let local = zone.to_datetime(moment);
        let minute = local.hour() as u16 * 60 + local.minute() as u16;
        let (today, is_night) = match self.from.cmp(&self.until) {
            Ordering::Equal => (false, false),
            Ordering::Less => (true, (self.from..self.until).contains(&minute)),
            Ordering::Greater => (minute < self.until, minute >= self.from || minute < self.until),
        };
        if !is_night {
            return None;
        }
        let date = if today { local.date() } else { local.date().tomorrow().ok()? };
        let wanted = date.at((self.until / 60) as i8, (self.until % 60) as i8, 0, 0);
        // An hour that the clocks leave out begins at the next minute that there is.
        let end = zone.to_ambiguous_timestamp(wanted).compatible().ok()?;
        Some(Timestamp::from_micros(end.as_microsecond()).max(now.plus(1)))
    }
}

/// The rules that hold for a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// The hours in which nothing automatic is sent.
    pub quiet: Quiet,
    /// For so long after the member's own message an answer passes at night, in microseconds.
    pub grace: i64,
    /// How many proactive messages a member gets in seven days.
    pub weekly: u32,
    /// How long to wait after the last message to the same person, in microseconds.
    pub pace: i64,
    /// After so long what waits for a person asks again, in microseconds.
    pub recheck: i64,
    /// Does the provider take free text only within 24 hours after the member wrote?
    pub windowed: bool,
}

/// What the gate looks at.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// What the message is for.
    pub purpose: Purpose,
    /// Is the channel in use?
    pub channel_on: bool,
    /// Has the member asked for no more messages?
    pub opted_out: bool,
    /// Can the member be reached there?
    pub reachable: bool,
    /// Who has the conversation.
    pub handler: Handler,
    /// The member's time zone.
    pub zone: &'a TimeZone,
    /// When the member wrote last.
    pub last_in_at: Option<Timestamp>,
    /// When they were last written to.
    pub last_out_at: Option<Timestamp>,
    /// Until when free text is taken, where that is bounded.
    pub window_until: Option<Timestamp>,
    /// When the proactive messages of the last seven days were written, oldest first.
    pub proactive: &'a [Timestamp],
}

/// May this go?
pub fn gate(asked: &Asked<'_>, rules: &Rules, now: Timestamp) -> Verdict {
    let by_person = asked.purpose == Purpose::Human;
    if !asked.channel_on {
        return Verdict::Never(Reason::ChannelOff);
    }
    if !asked.reachable {
        return Verdict::Never(Reason::Unreachable);
    }
    if asked.opted_out && matches!(asked.purpose, Purpose::Answer | Purpose::Program | Purpose::Proactive) {
        return Verdict::Never(Reason::OptedOut);
    }
    if asked.handler != Handler::Bot {
        match asked.purpose {
            Purpose::Answer => return Verdict::Never(Reason::HandedOver),
            Purpose::Program | Purpose::Proactive => return Verdict::Later(now.plus(rules.recheck)),
            Purpose::Inbound | Purpose::Human | Purpose::Notice => {}
        }
    }
    let answers = matches!(asked.purpose, Purpose::Answer | Purpose::Notice)
        && asked.last_in_at.is_some_and(|at| now.micros() - at.micros() <= rules.grace);
    if !by_person
        && !answers
        && let Some(morning) = rules.quiet.ends(now, asked.zone)
    {
        return Verdict::Later(morning);
    }
    if asked.purpose == Purpose::Proactive {
        let since = now.plus(-7 * time::DAY);
        let recent: Vec<_> = asked.proactive.iter().filter(|at| **at > since).collect();
        let most = rules.weekly as usize;
        if recent.len() >= most {
            // The one that has to be a week old before another one may go.
            let oldest = recent.get(recent.len() - most).map_or(now, |at| **at);
            return Verdict::Later(oldest.plus(7 * time::DAY).max(now.plus(time::MINUTE)));
        }
    }
    if let Some(last) = asked.last_out_at
        && last.plus(rules.pace) > now
    {
        return Verdict::Later(last.plus(rules.pace));
    }
    if rules.windowed && asked.window_until.is_none_or(|until| until <= now) {
        return Verdict::Template;
    }
    Verdict::Now
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn rules() -> Rules {
        Rules {
            quiet: Quiet::default(),
            grace: 15 * time::MINUTE,
            weekly: 3,
            pace: 6 * time::SECOND,
            recheck: 15 * time::MINUTE,
            windowed: true,
        }
    }

    fn asked(zone: &TimeZone, purpose: Purpose) -> Asked<'_> {
        Asked {
            purpose,
            channel_on: true,
            opted_out: false,
            reachable: true,
            handler: Handler::Bot,
            zone,
            last_in_at: None,
            last_out_at: None,
            window_until: None,
            proactive: &[],
        }
    }

    #[test]
    fn nights_are_those_of_the_member() {
        let quiet = Quiet::default();
        let madrid = TimeZone::get("Europe/Madrid").unwrap();
        // 20:30 UTC is 22:30 in Madrid in summer.
        assert_eq!(quiet.ends(at("2026-07-01T20:30:00Z"), &madrid), Some(at("2026-07-02T06:00:00Z")));
        assert_eq!(quiet.ends(at("2026-07-02T05:59:00Z"), &madrid), Some(at("2026-07-02T06:00:00Z")));
        assert_eq!(quiet.ends(at("2026-07-02T06:00:00Z"), &madrid), None);
        assert_eq!(quiet.ends(at("2026-07-02T18:59:59Z"), &madrid), None);
        // The night in which the clocks go forward.
        assert_eq!(quiet.ends(at("2026-03-28T23:00:00Z"), &madrid), Some(at("2026-03-29T06:00:00Z")));
        assert_eq!(Quiet::parse("off").unwrap().ends(at("2026-07-01T23:30:00Z"), &madrid), None);
        assert_eq!(Quiet::parse("21:00-08:00"), Some(quiet));
        assert_eq!((Quiet::parse("25:00-08:00"), Quiet::parse("nine")), (None, None));
        let noon = Quiet::parse("12:00-14:00").unwrap();
        assert_eq!(noon.ends(at("2026-07-01T11:00:00Z"), &TimeZone::UTC), None);
        assert_eq!(noon.ends(at("2026-07-01T13:59:00Z"), &TimeZone::UTC), Some(at("2026-07-01T14:00:00Z")));
    }

    #[test]
    fn an_answer_passes_at_night_and_what_nobody_asked_for_does_not() {
        let (zone, now) = (TimeZone::UTC, at("2026-07-01T23:00:00Z"));
        let wrote = Some(now.plus(-10 * time::MINUTE));
        let open = Some(now.plus(time::DAY));
        let morning = Verdict::Later(at("2026-07-02T08:00:00Z"));
        for (purpose, verdict) in [
            (Purpose::Answer, Verdict::Now),
            (Purpose::Notice, Verdict::Now),
            (Purpose::Human, Verdict::Now),
            (Purpose::Program, morning),
            (Purpose::Proactive, morning),
        ] {
            let asked = Asked { last_in_at: wrote, window_until: open, ..asked(&zone, purpose) };
            assert_eq!(gate(&asked, &rules(), now), verdict, "{purpose}");
        }
        let late = Asked {
            last_in_at: Some(now.plus(-16 * time::MINUTE)),
            window_until: open,
            ..asked(&zone, Purpose::Answer)
        };
        assert_eq!(gate(&late, &rules(), now), morning);
    }

    #[test]
    fn caps_windows_and_pace_hold() {
        let (zone, now) = (TimeZone::UTC, at("2026-07-01T12:00:00Z"));
        let open = Some(now.plus(time::HOUR));
        let sent: Vec<_> = [6, 4, 1].map(|days| now.plus(-days * time::DAY)).to_vec();
        let capped = Asked { window_until: open, proactive: &sent, ..asked(&zone, Purpose::Proactive) };
        assert_eq!(gate(&capped, &rules(), now), Verdict::Later(now.plus(time::DAY)));
        let two = Asked { proactive: &sent[1..], ..capped.clone() };
        assert_eq!(gate(&two, &rules(), now), Verdict::Now);
        let closed = Asked { window_until: Some(now), ..asked(&zone, Purpose::Human) };
        assert_eq!(gate(&closed, &rules(), now), Verdict::Template);
        let fast =
            Asked { window_until: open, last_out_at: Some(now.plus(-time::SECOND)), ..asked(&zone, Purpose::Human) };
        assert_eq!(gate(&fast, &rules(), now), Verdict::Later(now.plus(5 * time::SECOND)));
    }

    proptest! {
        #[test]
        fn nobody_who_said_stop_gets_anything_automatic(
            purpose in prop::sample::select(Purpose::ALL.to_vec()),
            handler in prop::sample::select(Handler::ALL.to_vec()),
            minutes in 0_i64..2_880,
            wrote in prop::option::of(0_i64..2_880),
        ) {
            let zone = TimeZone::UTC;
            let now = at("2026-07-01T00:00:00Z").plus(minutes * time::MINUTE);
            let stopped = Asked {
                opted_out: true,
                handler,
                last_in_at: wrote.map(|ago| now.plus(-ago * time::MINUTE)),
                window_until: Some(now.plus(time::DAY)),
                ..asked(&zone, purpose)
            };
            let verdict = gate(&stopped, &rules(), now);
            if matches!(purpose, Purpose::Answer | Purpose::Program | Purpose::Proactive) {
                prop_assert_eq!(verdict, Verdict::Never(Reason::OptedOut));
            }
            if let Verdict::Later(later) = verdict {
                prop_assert!(later > now, "later is later");
            }
            let gone = Asked { reachable: false, opted_out: false, ..stopped };
            prop_assert_eq!(gate(&gone, &rules(), now), Verdict::Never(Reason::Unreachable));
        }

        #[test]
        fn a_night_ends_within_a_day(minutes in 0_i64..527_040, from in 0_u16..1440, until in 0_u16..1440) {
            let quiet = Quiet { from, until };
            let now = at("2026-01-01T00:00:00Z").plus(minutes * time::MINUTE);
            for zone in ["UTC", "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"] {
                let zone = TimeZone::get(zone).unwrap();
                if let Some(end) = quiet.ends(now, &zone) {
                    prop_assert!(end > now && end.micros() - now.micros() <= 25 * time::HOUR);
                    prop_assert_eq!(quiet.ends(end, &zone), None);
                }
            }
        }
    }
}
