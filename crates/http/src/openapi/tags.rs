//! The tags: how the operations are grouped, and what each group is for.

use utoipa::openapi::Tag;
use utoipa::openapi::tag::TagBuilder;

/// Name and description, in the order in which they are shown.
const TAGS: &[(&str, &str)] = &[
    ("Accounts", "Signing up and logging in, tokens, sessions, linked providers."),
    ("Workspaces", "Teams: who is in one, who is invited, and which one is worked in."),
    ("API keys", "Keys for programs."),
    ("My data", "The export and the erasure of one's own data."),
    ("Audit", "Who did what in the workspace."),
    ("Creators", "The directory of creators: list, search, import, export."),
    ("Campaigns", "Campaigns of brands, and the choice of creators for them."),
    ("AI matching", "Similarity, match scores and the vectors that they are computed from."),
    ("Outreach", "The log of contacts with creators: pipeline, follow-ups, drafts of offers and contracts."),
    ("Outreach mail", "E-mail to creators: templates, sequences, suppressed addresses, replies."),
    ("Outreach calls", "Calls to creators: scheduling, transcripts, recordings, consents, the do-not-call list."),
    ("Voice calls", "Calls by telephone with an agent of our own."),
    ("Contracts", "Contracts: drafts, signatures, amendments, deliverables, the trail."),
    ("Offers", "The marketplace: offers of paid work, who sees them, how well they fit, invitations."),
    ("Applications", "The marketplace: applications of creators, counter-offers, decisions."),
    ("Collaborations", "The marketplace: what was agreed, its days and deadlines, files, calling off."),
    ("Submissions", "Content that is handed in, checked against its brief, approved or sent back."),
    ("Disputes", "Disputes of a collaboration, and their decisions."),
    ("Ratings", "Ratings of each other after a collaboration, replies, and public profiles."),
    ("Karma", "What people have earned by keeping their word: the rules, the ledger, the tiers."),
    ("Payments", "Payments of a contract, refunds, payouts and the ledger."),
    (
        "Analytics",
        "Figures of campaigns, from posts, links and orders; figures of a coach's audience, and their exports.",
    ),
    ("Tracked links", "Short links that count who follows them."),
    ("Conversions", "Orders, and the promo codes that they are attributed by."),
    (
        "Audience",
        "Whom a coach coaches: members, what is known of them, what they allow, tags, notes, badges, import, export, erasure.",
    ),
    (
        "Knowledge",
        "The coaching hub: documents that questions are answered from, what the coach answered, and what nobody could.",
    ),
    ("Notifications", "What one is told, and how."),
    ("Messages", "Conversations with other people, and files for them."),
    ("Live", "What is new, as it happens."),
    ("Moderation", "Reports of what people see, and what administrators decide."),
    ("Channels", "Where a coach's audience is reached: the website, WhatsApp, Telegram, phones."),
    ("Conversations", "What members write, how they are answered, and who has the conversation."),
    (
        "Programs",
        "Programs that members walk through: flows, versions, who takes part, trying out, figures of each node.",
    ),
    ("Proactive engine", "Rules that notice silence and other moments, and what came of what they did."),
    (
        "Webhooks",
        "What happens here, told to other programs: subscriptions, deliveries, replays, the catalogue of events.",
    ),
    ("Widget", "The chat of a website: its page, its visitors, their messages."),
    ("Channel webhooks", "Where WhatsApp and Telegram tell what comes in."),
    ("Mail", "What was mailed, and what became of it."),
    ("Pages", "Pages for people who follow a mailed link."),
    ("Server", "The server itself: health, version, figures."),
];

/// Those of the document.
pub(super) fn all() -> Vec<Tag> {
    TAGS.iter()
        .map(|(name, description)| TagBuilder::new().name(*name).description(Some(*description)).build())
        .collect()
}
