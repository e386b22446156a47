//! Document B's mock data: its six creators and its five lines of the outreach log, word for word, with the details it leaves out.

use kernel::time::{HOUR, MINUTE};
use kernel::{Amount, Platform, Timestamp};

use super::{calls, moment};
use crate::{Creator, Outreach, Selection};

/// Indices into [`creators`].
pub(super) const SARAH: usize = 0;
pub(super) const MIKE: usize = 1;
pub(super) const EMMA: usize = 2;
pub(super) const CARLOS: usize = 3;
pub(super) const LISA: usize = 4;

/// What document B shows of a creator, and what it leaves out.
struct Known {
    name: &'static str,
    email: &'static str,
    platform: Platform,
    followers: u64,
    engagement_rate: f64,
    niche: &'static str,
    country: &'static str,
    about: &'static str,
    channel_name: &'static str,
    avg_views: u64,
    dollars: i64,
    rating: f64,
    profile_image: &'static str,
    location: &'static str,
    audience_type: &'static str,
    languages: &'static [&'static str],
    previous_brands: &'static [&'static str],
}

/// B's six, in its order, which is also the newest first; they are older than its outreach log.
pub(super) fn creators() -> Vec<Creator> {
    let creator =
        |(minutes, known): (i64, &Known)| known.creator(moment("2023-11-20T09:00:00Z").plus(-minutes * MINUTE));
    (0..).zip(&SIX).map(creator).collect()
}

impl Known {
    fn creator(&self, created_at: Timestamp) -> Creator {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        Creator {
            name: self.name.into(),
            email: Some(self.email.into()),
            platform: self.platform,
            followers: self.followers,
            engagement_rate: self.engagement_rate,
            niche: self.niche.into(),
            language: self.languages[0].into(),
            country: self.country.into(),
            about: self.about.into(),
            channel_name: self.channel_name.into(),
            avg_views: Some(self.avg_views),
            collaboration_rate: Some(Amount::from_minor(self.dollars * 100)),
            rating: Some(self.rating),
            profile_image: Some(self.profile_image.into()),
            location: Some(self.location.into()),
            audience_type: Some(self.audience_type.into()),
            languages: words(self.languages),
            previous_brands: words(self.previous_brands),
            created_at,
        }
    }
}

static SIX: [Known; 6] = [
    Known {
        name: "Sarah Johnson",
        email: "sarah.johnson@example.com",
        platform: Platform::Instagram,
        followers: 125_000,
        engagement_rate: 4.5,
        niche: "fitness",
        country: "US",
        about: "Certified personal trainer sharing workout routines and healthy lifestyle tips",
        channel_name: "@sarahjohnsonfit",
        avg_views: 15_000,
        dollars: 850,
        rating: 4.8,
        profile_image: "https://example.com/profiles/sarah.jpg",
        location: "Los Angeles, CA",
        audience_type: "Fitness Enthusiasts",
        languages: &["English"],
        previous_brands: &["Nike", "Adidas", "Protein World"],
    },
    Known {
        name: "Tech Mike",
        email: "mike@techmike.example.com",
        platform: Platform::YouTube,
        followers: 450_000,
        engagement_rate: 3.8,
        niche: "technology",
        country: "US",
        about: "Hands-on reviews of phones, laptops and smart home gadgets, used for two weeks before the camera rolls. \
                    New teardown every Thursday for people who want to know what they are buying.",
        channel_name: "@techmike",
        avg_views: 95_000,
        dollars: 1_900,
        rating: 4.6,
        profile_image: "https://example.com/profiles/tech_mike.jpg",
        location: "Austin, TX",
        audience_type: "Tech Enthusiasts",
        languages: &["English"],
        previous_brands: &["Samsung", "Anker", "Logitech"],
    },
    Known {
        name: "Beauty by Emma",
        email: "emma@beautybyemma.example.com",
        platform: Platform::TikTok,
        followers: 380_000,
        engagement_rate: 6.1,
        niche: "beauty",
        country: "UK",
        about: "Ten-minute make-up looks, skincare on a budget and brutally honest first impressions. \
                    Former make-up artist of a West End theatre who answers every question about undertones.",
        channel_name: "@beautybyemma",
        avg_views: 110_000,
        dollars: 1_450,
        rating: 4.7,
        profile_image: "https://example.com/profiles/emma.jpg",
        location: "London",
        audience_type: "Beauty Shoppers 18-30",
        languages: &["English"],
        previous_brands: &["The Body Shop", "Boots", "Glossier"],
    },
    Known {
        name: "Chef Carlos",
        email: "carlos@chefcarlos.example.org",
        platform: Platform::Instagram,
        followers: 220_000,
        engagement_rate: 5.3,
        niche: "food",
        country: "Spain",
        about: "Cocinero valenciano que enseña arroces, tapas y platos mediterráneos ligeros con producto de temporada. \
                    Recetas sanas para deportistas y trucos de mercado cada semana.",
        channel_name: "@chefcarlos",
        avg_views: 38_000,
        dollars: 1_100,
        rating: 4.9,
        profile_image: "https://example.com/profiles/carlos.jpg",
        location: "Valencia",
        audience_type: "Home Cooks",
        languages: &["Spanish", "English"],
        previous_brands: &["Estrella Galicia", "Carbonell", "Lékué"],
    },
    Known {
        name: "Travel with Lisa",
        email: "lisa@travelwithlisa.example.com",
        platform: Platform::YouTube,
        followers: 95_000,
        engagement_rate: 4.7,
        niche: "travel",
        country: "Australia",
        about: "Long road trips, island ferries and carry-on packing lists by a former flight attendant. \
                    Honest budgets, reef-safe sunscreen and places that are better in the rain.",
        channel_name: "@travelwithlisa",
        avg_views: 21_000,
        dollars: 780,
        rating: 4.4,
        profile_image: "https://example.com/profiles/lisa.jpg",
        location: "Melbourne, VIC",
        audience_type: "Budget Travellers",
        languages: &["English"],
        previous_brands: &["Skyscanner", "Kathmandu"],
    },
    Known {
        name: "Style Maven",
        email: "contact@stylemaven.example.com",
        platform: Platform::Instagram,
        followers: 310_000,
        engagement_rate: 4.9,
        niche: "fashion",
        country: "France",
        about: "Le chic parisien sans se ruiner : pièces intemporelles, vintage du Marais et tailleurs bien coupés. \
                    Une garde-robe complète par saison, composée et commentée chaque dimanche.",
        channel_name: "@stylemaven",
        avg_views: 44_000,
        dollars: 1_650,
        rating: 4.5,
        profile_image: "https://example.com/profiles/style_maven.jpg",
        location: "Paris",
        audience_type: "Fashion Lovers",
        languages: &["French", "English"],
        previous_brands: &["Sézane", "Longchamp"],
    },
];

/// The line of B's outreach log for this selection, if it has one.
///
/// Its last contacts lie in January 2024, before its campaigns: they knew each other already, and the notes say so.
pub(super) fn outreach(selection: &Selection) -> Option<Outreach> {
    let entry = |day: &str, call_status, email_status, notes: &str, next_steps: &str| Outreach {
        campaign: selection.campaign,
        creator: selection.creator,
        channel: Some("call"),
        message_type: Some("outreach"),
        call_status,
        email_status,
        scheduled_for: None,
        call_recording_url: None,
        call_transcript: None,
        transcript_summary: None,
        action_items: Vec::new(),
        call_duration_minutes: None,
        last_contact: Some(moment(&format!("{day}T15:00:00Z"))),
        notes: Some(notes.into()),
        next_steps: Some(next_steps.into()),
        sentiment: None,
        interest_level: None,
        created_at: selection.selected_at,
        updated_at: selection.selected_at.plus(2 * HOUR),
    };
    let completed = |mut entry: Outreach, minutes, interest, recording: &str, record: &str| {
        let record = calls::own(record);
        entry.call_recording_url = Some(format!("https://storage.example.com/recordings/{recording}.mp3"));
        entry.call_transcript = Some(record.transcript);
        entry.transcript_summary = Some(record.summary);
        entry.action_items = record.action_items;
        entry.call_duration_minutes = Some(minutes);
        entry.sentiment = Some("positive");
        entry.interest_level = Some(interest);
        entry
    };
    match (selection.campaign, selection.creator) {
        (0, SARAH) => Some(completed(
            entry(
                "2024-01-15",
                "completed",
                "sent",
                "Positive response in our January call, interested in collaboration",
                "Send contract for review",
            ),
            25,
            "very_interested",
            "sarah-johnson-2024-01-15",
            "sarah",
        )),
        (0, MIKE) => Some(Outreach {
            scheduled_for: Some(moment("2024-01-16T14:00:00Z")),
            message_type: Some("reply"),
            ..entry(
                "2024-01-14",
                "scheduled",
                "replied",
                "Initial discussion about fitness campaign collaboration",
                "Ask about wearables in his teardown series",
            )
        }),
        (1, EMMA) => Some(Outreach {
            channel: Some("email"),
            ..entry(
                "2024-01-13",
                "pending",
                "sent",
                "Wrote to her in January about the autumn launch",
                "Wait for her answer, then propose a call",
            )
        }),
        (0, CARLOS) => Some(completed(
            entry(
                "2024-01-12",
                "completed",
                "replied",
                "Would pair light recipes with training days; wants to keep creative control",
                "Send the outfit catalogue and two possible filming dates",
            ),
            18,
            "interested",
            "chef-carlos-2024-01-12",
            "carlos",
        )),
        (2, LISA) => Some(entry(
            "2024-01-11",
            "no_answer",
            "pending",
            "Rang twice while she was travelling; no answer",
            "Write instead of calling, and mention the reef-safe sunscreen",
        )),
        _ => None,
    }
}
