//! When what a walk says would go out: by the gate of channels, as it would stand at each moment.

use audience::Channel;
use channels::conversations::Handler;
use channels::gate::{Asked, Purpose, Reason, Rules, Verdict, gate};
use jiff::tz::TimeZone;
use kernel::{Timestamp, time};

use crate::model::Saying;

/// For so long after a member wrote, WhatsApp takes free text.
const WINDOW: i64 = time::DAY;
/// The gate is asked so often at most for one message: a night, a pace and a window come after each other.
const MOST_ASKED: usize = 20;

/// Why a message goes when it goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "SimulatedReason", no_column)]
pub(super) enum Why {
    /// At once.
    Now,
    /// It is night for the member: it goes in the morning.
    QuietHours,
    /// Another message went just before, and the provider wants some seconds between two.
    Pace,
    /// WhatsApp's 24 hours are over, and the message has no template: it waits until the member writes.
    WaitsForMember,
    /// Never: the member wants no more messages.
    OptedOut,
}

/// What the gate looks at, besides the moment.
pub(super) struct Gated<'a> {
    pub(super) channel: Channel,
    pub(super) zone: &'a TimeZone,
    pub(super) rules: Rules,
    pub(super) opted_out: bool,
    /// When the member wrote, in order.
    pub(super) wrote: Vec<Timestamp>,
    /// When they were last written to before.
    pub(super) last_out_at: Option<Timestamp>,
    /// Until when free text was taken before.
    pub(super) window_until: Option<Timestamp>,
}

/// When a message goes, if it does, and why then.
pub(super) struct Going {
    pub(super) at: Option<Timestamp>,
    pub(super) why: Why,
    /// As a template?
    pub(super) by_template: bool,
}

impl Gated<'_> {
    /// When each of these messages goes, in the order in which they are said.
    pub(super) fn each(&mut self, said: &[(Timestamp, Saying)]) -> Vec<Going> {
        said.iter().map(|(at, saying)| self.one(*at, saying.template.is_some())).collect()
    }

    fn one(&mut self, said_at: Timestamp, has_template: bool) -> Going {
        let (mut at, mut why) = (said_at, Why::Now);
        for _ in 0..MOST_ASKED {
            let asked = Asked {
                purpose: Purpose::Program,
                channel_on: true,
                opted_out: self.opted_out,
                reachable: true,
                handler: Handler::Bot,
                zone: self.zone,
                last_in_at: self.last_in(at),
                last_out_at: self.last_out_at,
                window_until: self.window(at),
                proactive: &[],
            };
            match gate(&asked, &self.rules, at) {
                Verdict::Now => return self.goes(at, why, false),
                Verdict::Template if has_template => return self.goes(at, why, true),
                Verdict::Template => match self.wrote.iter().find(|wrote| **wrote > at) {
                    Some(wrote) => (at, why) = (*wrote, Why::WaitsForMember),
                    None => return Going { at: None, why: Why::WaitsForMember, by_template: false },
                },
                Verdict::Later(later) => {
                    let by_night = self.rules.quiet.ends(at, self.zone).is_some();
                    // The first reason is told: that two messages of a morning are some seconds apart says less than the night.
                    why = match why {
                        Why::Now if by_night => Why::QuietHours,
                        Why::Now => Why::Pace,
                        other => other,
                    };
                    at = later;
                }
                Verdict::Never(Reason::OptedOut | Reason::Unreachable | Reason::HandedOver | Reason::ChannelOff) => {
                    return Going { at: None, why: Why::OptedOut, by_template: false };
                }
            }
        }
        self.goes(at, why, false)
    }

    fn goes(&mut self, at: Timestamp, why: Why, by_template: bool) -> Going {
        self.last_out_at = self.last_out_at.max(Some(at));
        Going { at: Some(at), why, by_template }
    }

    fn last_in(&self, at: Timestamp) -> Option<Timestamp> {
        self.wrote.iter().rev().find(|wrote| **wrote <= at).copied()
    }

    fn window(&self, at: Timestamp) -> Option<Timestamp> {
        let by_reply = self.last_in(at).map(|wrote| wrote.plus(WINDOW));
        self.window_until.max(by_reply).filter(|_| self.channel == Channel::Whatsapp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn saying(template: bool) -> Saying {
        let template = template.then(|| crate::model::nodes::Template {
            name: "hello".into(),
            language: "en".into(),
            params: Vec::new(),
        });
        Saying { node: "m".into(), step: 1, text: "Hello".into(), buttons: Vec::new(), template }
    }

    #[test]
    fn nights_windows_and_pace_hold_back() {
        let zone = TimeZone::get("Europe/Madrid").unwrap();
        let rules = channels::Settings::default().rules(Channel::Whatsapp);
        let wrote = vec![at("2026-03-02T10:00:00Z"), at("2026-03-05T10:00:00Z")];
        let mut gated = Gated {
            channel: Channel::Whatsapp,
            zone: &zone,
            rules,
            opted_out: false,
            wrote,
            last_out_at: None,
            window_until: None,
        };
        let said = [
            (at("2026-03-02T12:00:00Z"), saying(false)),
            (at("2026-03-02T22:30:00Z"), saying(false)),
            (at("2026-03-02T22:30:00Z"), saying(false)),
            (at("2026-03-04T12:00:00Z"), saying(true)),
            (at("2026-03-04T12:00:00Z"), saying(false)),
            (at("2026-03-07T12:00:00Z"), saying(false)),
        ];
        let going = gated.each(&said);
        let told: Vec<_> =
            going.iter().map(|one| (one.at.map(|at| at.to_string()), one.why, one.by_template)).collect();
        let wanted = [
            (Some("2026-03-02T12:00:00Z"), Why::Now, false),
            (Some("2026-03-03T07:00:00Z"), Why::QuietHours, false),
            (Some("2026-03-03T07:00:06Z"), Why::QuietHours, false),
            (Some("2026-03-04T12:00:00Z"), Why::Now, true),
            (Some("2026-03-05T10:00:00Z"), Why::WaitsForMember, false),
            (None, Why::WaitsForMember, false),
        ];
        assert_eq!(told, wanted.map(|(at, why, by)| (at.map(str::to_owned), why, by)));
        gated.opted_out = true;
        let going = gated.each(&said[..1]);
        assert_eq!((going[0].at, going[0].why), (None, Why::OptedOut));
    }
}
