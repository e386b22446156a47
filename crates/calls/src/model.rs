//! What a call is, and how it moves.

use db::{Cell, FromColumn, Json, ToColumn, Value};
use kernel::{AccountId, CampaignId, CreatorId, OutreachId, Timestamp, WorkspaceId};
use mind::dialogue::{Brief, Talk};
use outreach::CallStatus as EntryStatus;
use ports::calls::{CallStatus, Conversation, ConversationStatus};

#[doc(hidden)]
#[derive(Debug)]
pub enum CallMarker {}
/// A call, by our own name.
pub type CallId = kernel::Id<CallMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum ConsentMarker {}
/// A consent.
pub type ConsentId = kernel::Id<ConsentMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum DoNotCallMarker {}
/// An entry of the do-not-call list.
pub type DoNotCallId = kernel::Id<DoNotCallMarker>;

/// Where a call stands. It only ever moves on: what comes late, or twice, changes nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// We want it; the provider is being asked, or nobody knows whether it has been.
    Asked,
    /// The provider has it, or is doing something with it.
    With(CallStatus),
    /// It is over, and the provider still makes something of it.
    Processing,
    /// The provider has no such call, as far as could be found out.
    Lost,
}

impl State {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::With(status) => status.word(),
            Self::Processing => "processing",
            Self::Lost => "lost",
        }
    }

    /// By the word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "asked" => Some(Self::Asked),
            "processing" => Some(Self::Processing),
            "lost" => Some(Self::Lost),
            word => CallStatus::parse(word).map(Self::With),
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Asked => 0,
            Self::With(CallStatus::Queued) => 1,
            Self::With(CallStatus::Initiated) => 2,
            Self::With(CallStatus::Ringing) => 3,
            Self::With(CallStatus::InProgress) => 4,
            Self::Processing => 5,
            Self::Lost => 6,
            Self::With(_) => 9,
        }
    }

    /// Does a call move from here to there?
    pub const fn moves_to(self, next: Self) -> bool {
        self.rank() < next.rank()
    }

    /// Is it over, as far as we know?
    pub const fn is_over(self) -> bool {
        self.rank() >= 6
    }

    /// As B's status of the entry.
    pub const fn of_entry(self) -> EntryStatus {
        match self {
            Self::Asked => EntryStatus::Pending,
            // Nobody was rung by a mock call: it stays begun, until somebody says how it went.
            Self::With(
                CallStatus::Queued | CallStatus::Initiated | CallStatus::Ringing | CallStatus::MockCompleted,
            ) => EntryStatus::Initiated,
            Self::With(CallStatus::InProgress) | Self::Processing => EntryStatus::InProgress,
            Self::With(CallStatus::Completed) => EntryStatus::Completed,
            Self::With(CallStatus::Busy | CallStatus::NoAnswer) => EntryStatus::NoAnswer,
            Self::With(CallStatus::Canceled) => EntryStatus::Cancelled,
            Self::With(CallStatus::Failed) | Self::Lost => EntryStatus::Failed,
        }
    }
}

impl From<ConversationStatus> for State {
    fn from(status: ConversationStatus) -> Self {
        match status {
            ConversationStatus::Initiated => Self::With(CallStatus::Initiated),
            ConversationStatus::InProgress => Self::With(CallStatus::InProgress),
            ConversationStatus::Processing => Self::Processing,
            ConversationStatus::Done => Self::With(CallStatus::Completed),
            ConversationStatus::Failed => Self::With(CallStatus::Failed),
        }
    }
}

impl FromColumn for State {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        let word = String::from_cell(cell)?;
        Self::parse(&word).ok_or_else(|| format!("{word} is no status of a call"))
    }
}

impl ToColumn for State {
    fn to_value(&self) -> Value {
        self.word().to_value()
    }
    fn null() -> Value {
        Value::Text(None)
    }
}

/// A call, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(
    table = "calls",
    key(id),
    fixed(
        workspace_id,
        outreach_id,
        campaign_id,
        creator_id,
        kind,
        provider,
        rings,
        direction,
        to_number,
        asked_once,
        requested_by,
        would_be_refused,
        created_at
    )
)]
pub struct Call {
    /// Our name for it.
    pub id: CallId,
    /// Whose it is; nobody's if it came in from a number that nobody knows.
    pub workspace_id: Option<WorkspaceId>,
    /// The entry of the log that it belongs to.
    pub outreach_id: Option<OutreachId>,
    /// For which campaign.
    pub campaign_id: Option<CampaignId>,
    /// With whom.
    pub creator_id: Option<CreatorId>,
    /// `talk`: we lead it; `agent`: the provider's agent does.
    pub kind: String,
    /// `twilio`, `elevenlabs` or `mock`.
    pub provider: String,
    /// Does it ring anybody?
    pub rings: bool,
    /// `outbound-api` or `inbound`.
    pub direction: String,
    /// The provider's conversation.
    pub conversation_id: Option<String>,
    /// The telephony's call.
    pub call_sid: Option<String>,
    /// The number at the other end.
    pub to_number: String,
    /// Our number.
    pub from_number: Option<String>,
    /// Where it stands.
    pub status: State,
    /// The key by which whoever asks twice is known.
    pub asked_once: Option<String>,
    /// Who asked for it.
    pub requested_by: Option<AccountId>,
    /// Of a mock call: why a real one would have been refused.
    pub would_be_refused: Option<Json<Vec<String>>>,
    /// Why it failed.
    pub error: Option<String>,
    /// How long it lasted.
    pub duration_seconds: Option<u64>,
    /// The provider's name for its recording.
    pub recording_sid: Option<String>,
    /// What the agent's provider tells of it.
    pub conversation: Option<Json<Conversation>>,
    /// When somebody should look after it.
    pub look_at: Option<Timestamp>,
    /// When it was wanted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

/// A talk that we lead, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "voice_sessions")]
pub struct Session {
    /// The telephony's call.
    pub sid: String,
    /// Our call.
    pub call_id: CallId,
    /// Whose it is.
    pub workspace_id: Option<WorkspaceId>,
    /// What it is about.
    pub brief: Json<Brief>,
    /// In which language it begins: `en` or `es`.
    pub lang: String,
    /// What was said; nothing before it began.
    pub talk: Option<Json<Talk>>,
    /// How many turns were answered.
    pub turn: u32,
    /// What the last request called itself, if it did.
    pub token: Option<String>,
    /// What was answered last.
    pub answer: Option<String>,
    /// What is half heard.
    pub partial: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

/// A consent to be called.
#[derive(Clone, Debug, db::Row)]
#[row(table = "call_consents")]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// To whom it was given.
    pub workspace_id: WorkspaceId,
    /// By which creator; of the number alone if nobody is named.
    pub creator_id: Option<CreatorId>,
    /// For which number.
    pub phone_number: String,
    /// How it was given.
    pub source: String,
    /// When.
    pub given_at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// By whom.
    pub recorded_by: Option<AccountId>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// By whom.
    pub revoked_by: Option<AccountId>,
    /// Why.
    pub revoked_because: Option<String>,
}

/// A number that must not be called.
#[derive(Clone, Debug, db::Row)]
#[row(table = "do_not_call")]
pub struct DoNotCall {
    /// Its id.
    pub id: DoNotCallId,
    /// By whom; by nobody at all if no workspace is named.
    pub workspace_id: Option<WorkspaceId>,
    /// Which number.
    pub phone_number: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Who wrote it down.
    pub created_by: Option<AccountId>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn states() -> Vec<State> {
        let words = [
            "asked",
            "queued",
            "initiated",
            "ringing",
            "in-progress",
            "processing",
            "lost",
            "completed",
            "busy",
            "failed",
        ];
        words
            .iter()
            .chain(&["no-answer", "canceled", "mock-completed"])
            .map(|word| State::parse(word).unwrap())
            .collect()
    }

    proptest! {
        /// Events in any order, any number of times, end where the most final of them ends.
        #[test]
        fn a_call_only_moves_on(order in proptest::collection::vec(0_usize..13, 0..30)) {
            let states = states();
            let mut state = State::Asked;
            let mut over = false;
            for next in order.iter().map(|at| states[*at]) {
                let was = state;
                if state.moves_to(next) {
                    state = next;
                }
                prop_assert!(state.rank() >= was.rank());
                prop_assert!(!over || was.is_over());
                over = state.is_over();
                prop_assert_eq!(State::parse(state.word()), Some(state));
            }
            let most = order.iter().map(|at| states[*at].rank()).max().unwrap_or(0);
            prop_assert_eq!(state.rank(), most);
        }
    }
}
