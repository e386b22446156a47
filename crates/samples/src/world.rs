//! The demo's world: people, campaigns, and what has happened between them. Things name each other by their index.

use kernel::{Amount, Timestamp};

use crate::Creator;

/// Everything the demo shows.
#[derive(Clone, PartialEq, Debug)]
pub struct World {
    /// Document B's six first, in its order.
    pub creators: Vec<Creator>,
    /// In the order of their codes; document B's three first.
    pub campaigns: Vec<Campaign>,
    /// Who was selected for what, in the order of the campaigns.
    pub selections: Vec<Selection>,
    /// One entry for each selection, at the same index.
    pub outreach: Vec<Outreach>,
}

/// A campaign of a brand. Its texts are English or Spanish.
#[derive(Clone, PartialEq, Debug)]
pub struct Campaign {
    /// `CAMP-001`, counted up without a gap.
    pub code: String,
    /// What is advertised.
    pub product_name: String,
    /// Whose it is.
    pub brand_name: String,
    /// Two or three sentences.
    pub product_description: String,
    /// Who is to be reached.
    pub target_audience: String,
    /// Separated by commas.
    pub key_use_cases: String,
    /// What is to be gained.
    pub campaign_goal: String,
    /// One or more niches, separated by commas.
    pub product_niche: String,
    /// For everything together.
    pub total_budget: Amount,
    /// `active`, `draft`, `paused` or `completed`.
    pub status: &'static str,
    /// How many creators were selected: as many as `World::selections` has of it.
    pub influencer_count: usize,
    /// When it was set up.
    pub created_at: Timestamp,
}

/// A creator selected for a campaign.
#[derive(Clone, PartialEq, Debug)]
pub struct Selection {
    /// Index into `World::campaigns`.
    pub campaign: usize,
    /// Index into `World::creators`; one creator at most once in a campaign.
    pub creator: usize,
    /// Why.
    pub notes: String,
    /// When; never before the campaign.
    pub selected_at: Timestamp,
}

/// What has been said between a campaign and a selected creator so far.
#[derive(Clone, PartialEq, Debug)]
pub struct Outreach {
    /// Index into `World::campaigns`.
    pub campaign: usize,
    /// Index into `World::creators`.
    pub creator: usize,
    /// How they were last approached: `email` or `call`; `None` if not at all.
    pub channel: Option<&'static str>,
    /// `outreach`, `follow_up` or `reply`: what the last step was; `None` if nothing was sent.
    pub message_type: Option<&'static str>,
    /// `pending`, `scheduled`, `completed`, `no_answer` or `cancelled`: the spelling of document B's model.
    pub call_status: &'static str,
    /// `pending`, `sent`, `replied` or `bounced`.
    pub email_status: &'static str,
    /// When the call is to be; only of scheduled ones.
    pub scheduled_for: Option<Timestamp>,
    /// Where the recording lies; the address is document B's and leads nowhere.
    pub call_recording_url: Option<String>,
    /// What was said, one line for each turn, `Name: words`; of some completed calls.
    pub call_transcript: Option<String>,
    /// One sentence; of every call with a transcript.
    pub transcript_summary: Option<String>,
    /// What was agreed to be done; of every call with a transcript.
    pub action_items: Vec<String>,
    /// Of completed calls only.
    pub call_duration_minutes: Option<u32>,
    /// When either side was last heard of. Document B's five have its days, in January 2024.
    pub last_contact: Option<Timestamp>,
    /// What a colleague should know.
    pub notes: Option<String>,
    /// What is to be done.
    pub next_steps: Option<String>,
    /// `positive`, `neutral` or `negative`; of completed calls and of clear answers by mail.
    pub sentiment: Option<&'static str>,
    /// `very_interested`, `interested`, `neutral` or `not_interested`; where there is a sentiment.
    pub interest_level: Option<&'static str>,
    /// When the entry was opened: with the selection.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
