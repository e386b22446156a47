//! What happens between a member and their coach.

use kernel::{Id, Timestamp, WorkspaceId};

use super::{Channel, MemberId};

#[doc(hidden)]
#[derive(Debug)]
pub enum InteractionMarker {}
/// An interaction.
pub type InteractionId = Id<InteractionMarker>;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "InteractionKind")]
pub enum InteractionKind {
    /// The member wrote.
    MessageReceived,
    /// A person, or a flow, wrote to the member.
    MessageSent,
    /// The assistant answered the member.
    AiAnswer,
    /// The conversation was handed to a person.
    EscalationCreated,
    /// The member was asked something.
    QuestionAsked,
    /// The member answered what they were asked, or what was written to them unasked.
    QuestionAnswered,
    /// Something was written to the member unasked.
    ProactiveSent,
    /// The member chose a button or an entry of a list.
    ButtonTapped,
    /// The member opened the widget or the app.
    WidgetOpened,
    /// The member was enrolled in a program.
    ProgramEnrolled,
    /// The member completed a program.
    ProgramCompleted,
    /// The member earned a badge.
    BadgeEarned,
}

impl InteractionKind {
    /// Is it something that the member did? Only that is activity.
    pub const fn is_own(self) -> bool {
        matches!(self, Self::MessageReceived | Self::QuestionAnswered | Self::ButtonTapped | Self::WidgetOpened)
    }

    /// What it adds to the sums of a day: messages in and out, the assistant's, and escalations.
    pub const fn sums(self) -> [i64; 4] {
        match self {
            Self::MessageReceived => [1, 0, 0, 0],
            Self::MessageSent | Self::ProactiveSent => [0, 1, 0, 0],
            Self::AiAnswer => [0, 1, 1, 0],
            Self::EscalationCreated => [0, 0, 0, 1],
            _ => [0; 4],
        }
    }

    /// What it adds to what a member was asked and has answered.
    pub const fn questions(self) -> [i64; 2] {
        match self {
            Self::QuestionAsked | Self::ProactiveSent => [1, 0],
            Self::QuestionAnswered => [0, 1],
            _ => [0; 2],
        }
    }
}

/// An interaction, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
#[row(table = "audience_interactions")]
pub struct Interaction {
    /// Its id.
    pub id: InteractionId,
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// With whom.
    pub member_id: MemberId,
    /// On which channel.
    pub channel: Channel,
    /// What happened.
    pub kind: InteractionKind,
    /// When.
    pub at: Timestamp,
}
