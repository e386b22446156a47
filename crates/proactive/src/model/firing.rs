//! What becomes of one firing.
//!
//! A firing is `queued`, then `sending` while its message is on the way, then `fired`; an answer in time makes it `succeeded`. It may end as
//! `suppressed`, with a reason, as `failed`, or as `held_out`: then nothing was done, so that it can be seen what the rule adds.

use channels::messages::MessageId;
use kernel::{Id, Timestamp, WorkspaceId};

use audience::MemberId;

use super::RuleId;

#[doc(hidden)]
#[derive(Debug)]
pub enum FiringMarker {}
/// One firing of a rule.
pub type FiringId = Id<FiringMarker>;

/// How far a firing has come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "RuleFiringState")]
pub enum State {
    /// It waits for its moment.
    Queued,
    /// Its message waits for the morning, or is on its way.
    Sending,
    /// The provider has the message; where the rule sends none, its actions were carried out.
    Fired,
    /// The member answered in time.
    Succeeded,
    /// It was not carried out; the reason says why.
    Suppressed,
    /// The provider refused the message.
    Failed,
    /// The member was left out, to see what the rule adds.
    HeldOut,
}

/// Why a firing was not carried out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "RuleFiringReason")]
pub enum Reason {
    /// The member wrote before it came to it.
    Replied,
    /// What the rule had noticed did not hold any more.
    Changed,
    /// The rule was paused, or deleted.
    Paused,
    /// The member had enough of these messages already.
    Capped,
    /// A person has the conversation.
    Escalated,
    /// The member wants no such messages.
    OptedOut,
    /// The member has no channel that reaches them.
    Unreachable,
    /// WhatsApp takes only a template now, and the rule has none.
    WindowClosed,
    /// Nothing is left of the message for this member.
    NothingToSay,
    /// The channel withheld the message.
    Withheld,
    /// It was tried several times, and failed here each time.
    Error,
}

/// A firing, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "proactive_firings")]
pub struct Firing {
    /// Of which rule,
    pub rule_id: RuleId,
    /// for whom,
    pub member_id: MemberId,
    /// and because of which silence: the moment that began it, in microseconds. A rule has one firing for each.
    pub silence: i64,
    /// Its id.
    pub id: FiringId,
    /// Whose member it is.
    pub workspace_id: WorkspaceId,
    /// Is nothing done, to see what the rule adds?
    pub is_control: bool,
    /// How far it has come.
    pub state: State,
    /// Why it was not carried out.
    pub reason: Option<Reason>,
    /// How many of the rule's actions, in the order of their delays, were carried out.
    pub step: i64,
    /// How often it was tried in vain.
    pub attempts: i64,
    /// When the next action is due.
    pub due_at: Option<Timestamp>,
    /// The message.
    pub message_id: Option<MessageId>,
    /// When the rule noticed.
    pub created_at: Timestamp,
    /// When the message was handed over.
    pub said_at: Option<Timestamp>,
    /// When the provider had it, or the actions were carried out, or (where nothing was done) they would have been.
    pub fired_at: Option<Timestamp>,
    /// Until when the member's word would count for it, or end it.
    pub awaits_until: Option<Timestamp>,
    /// When the member answered.
    pub responded_at: Option<Timestamp>,
}

/// Is a member left out by a rule? Always the same answer for the same two, and evenly spread.
pub fn is_held_out(rule: RuleId, member: MemberId, percent: i64) -> bool {
    (audience::spread(rule.uuid(), member.uuid().as_bytes()) % 100) < percent.clamp(0, 100) as u64
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_fifth_is_a_fifth_and_stays_the_same() {
        let rule = RuleId::from_uuid(Uuid::from_u128(7));
        let member = |number: u128| MemberId::from_uuid(Uuid::from_u128(number << 64 | number));
        let out = (0..10_000).filter(|number| is_held_out(rule, member(*number), 20)).count();
        assert!((1_850..2_150).contains(&out), "{out}");
        assert!((0..1_000).all(|number| !is_held_out(rule, member(number), 0)));
        assert!((0..1_000).filter(|number| is_held_out(rule, member(*number), 20)).all(|number| is_held_out(
            rule,
            member(number),
            21
        )));
    }
}
