//! What happened last, in words, from the event log.

use std::collections::HashMap;

use db::{EventRow, Tx};
use kernel::{CampaignId, CreatorId, OutreachId, Result, Scope, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store;

/// How much of it is told.
const MOST: u32 = 20;

/// What is no news to a brand: steps on the way to something that is told itself, what the server notes for itself, and what people say to each
/// other.
const HIDDEN: &[&str] = &[
    "account.erased",
    "call.consent_recorded",
    "contract.updated",
    "message.read",
    "message.sent",
    "notification.created",
    "notification.read",
    "outreach.moved",
    "payment.processing",
    "payment.refunding",
];

/// Something that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Activity {
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "contract_signed")]
    pub kind: String,
    /// The same in words.
    #[schema(example = "Contract signed with TechReviewer123")]
    pub description: String,
    /// When.
    pub timestamp: Timestamp,
    /// The id of what it happened to: for `contract_signed`, the contract's.
    pub subject: Uuid,
    /// The campaign it is about, where it is about one.
    pub campaign_id: Option<CampaignId>,
    /// The creator it is about, where it is about one.
    pub creator_id: Option<CreatorId>,
}

/// Names, looked up for all events at once.
#[derive(Default)]
struct Names {
    creators: HashMap<CreatorId, String>,
    campaigns: HashMap<CampaignId, String>,
}

/// An event, and what it is about.
struct About {
    event: EventRow,
    payload: Value,
    campaign: Option<CampaignId>,
    creator: Option<CreatorId>,
}

impl About {
    fn new(event: EventRow) -> Self {
        let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
        let id = |name: &str| payload[name].as_str().and_then(|id| id.parse::<Uuid>().ok());
        let of_campaign = event.kind.starts_with("metrics.").then_some(event.subject);
        let campaign = id("campaign_id").or(of_campaign).map(CampaignId::from_uuid);
        let creator = id("creator_id").map(CreatorId::from_uuid);
        Self { event, payload, campaign, creator }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.payload[name].as_str()
    }
}

/// The newest events of a scope.
pub(super) async fn recent(scope: Scope, tx: &mut Tx) -> Result<Vec<Activity>> {
    let events = store::events(scope, tx, HIDDEN, MOST).await?;
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let mut all: Vec<About> = events.into_iter().map(About::new).collect();
    let unnamed = all.iter().filter(|about| about.creator.is_none() && about.event.kind.starts_with("outreach."));
    let unnamed: Vec<OutreachId> = unnamed.map(|about| OutreachId::from_uuid(about.event.subject)).collect();
    if !unnamed.is_empty() {
        let sides = outreach::store::sides(scope, tx, &unnamed).await?;
        for about in &mut all {
            if let Some((campaign, creator)) = sides.get(&OutreachId::from_uuid(about.event.subject)) {
                (about.campaign, about.creator) = (Some(*campaign), Some(*creator));
            }
        }
    }
    let creators: Vec<CreatorId> = all.iter().filter_map(|about| about.creator).collect();
    let campaigns: Vec<CampaignId> = all.iter().filter_map(|about| about.campaign).collect();
    let names = Names {
        creators: creators::store::names(tx, creators).await?,
        campaigns: campaigns::store::titles(tx, campaigns).await?,
    };
    Ok(all.iter().map(|about| told(about, &names)).collect())
}

fn told(about: &About, names: &Names) -> Activity {
    let creator = about.creator.and_then(|id| names.creators.get(&id)).map(String::as_str);
    let campaign = about.campaign.and_then(|id| names.campaigns.get(&id)).map(String::as_str);
    Activity {
        kind: about.event.kind.replace('.', "_"),
        description: sentence(about, creator, campaign),
        timestamp: about.event.created_at,
        subject: about.event.subject,
        campaign_id: about.campaign,
        creator_id: about.creator,
    }
}

/// `youtube_video` as `youtube video`.
fn words(name: &str) -> String {
    name.replace(['_', '.'], " ")
}

fn sentence(about: &About, creator: Option<&str>, campaign: Option<&str>) -> String {
    let (with, wherefor) = (creator.unwrap_or("a creator"), campaign.unwrap_or("a campaign"));
    let amount = || match (&about.payload["amount"], about.text("currency")) {
        (Value::Number(amount), Some(currency)) => {
            format!(" of {currency} {:.2}", amount.as_f64().unwrap_or_default())
        }
        _ => String::new(),
    };
    let thing = || about.text("type").map_or_else(|| "a deliverable".to_owned(), words);
    match about.event.kind.as_str() {
        "creator.selected" => format!("{with} selected for {wherefor}"),
        "contract.created" => format!("Contract drafted with {with}"),
        "contract.sent" => format!("Contract sent to {with}"),
        "contract.taken_back" => format!("Contract with {with} taken back to draft"),
        "contract.signature" => {
            let party = about.text("party").unwrap_or("one side");
            format!("Contract with {with} signed by the {party}")
        }
        "contract.signed" => format!("Contract signed with {with}"),
        "contract.completed" => format!("Contract with {with} completed"),
        "contract.cancelled" => format!("Contract with {with} cancelled"),
        "contract.expired" => format!("Contract with {with} expired"),
        "contract.delivered" => format!("{with} delivered everything for {wherefor}"),
        "contract.amendment_proposed" => format!("Amendment proposed to the contract with {with}"),
        "contract.amendment_withdrawn" => format!("Amendment to the contract with {with} withdrawn"),
        "contract.amended" => format!("Contract with {with} amended"),
        "deliverable.submitted" => format!("{with} submitted {}", thing()),
        "deliverable.approved" => format!("{} by {with} approved", capital(&thing())),
        "deliverable.sent_back" => format!("{} sent back to {with}", capital(&thing())),
        "deliverable.late" => format!("{with} is late with {}", thing()),
        "payment.created" => format!("Payment{} to {with} planned", amount()),
        "payment.due" => format!("Payment{} to {with} is due", amount()),
        "payment.completed" => format!("Payment{} to {with} completed", amount()),
        "payment.failed" => format!("Payment{} to {with} failed", amount()),
        "payment.refunded" => format!("Payment{} to {with} refunded", amount()),
        "payment.refund_failed" => format!("Refund of a payment{} to {with} failed", amount()),
        "payment.paid_out" => format!("Payment{} passed on to {with}", amount()),
        "payment.payout_failed" => format!("Payment{} could not be passed on to {with}", amount()),
        "payment.charged_twice" => format!("Payment{} to {with} was charged twice", amount()),
        "payment.replaced" => format!("Payment{} to {with} replaced by an amendment", amount()),
        "metrics.recorded" => format!("Figures of posts received for {wherefor}"),
        "metrics.deleted" => format!("Figures of posts taken out of {wherefor}"),
        "outreach.created" => format!("Outreach to {with} opened for {wherefor}"),
        "outreach.sent" => format!("Mail sent to {with}"),
        "outreach.failed" => format!("Mail to {with} could not be sent"),
        "outreach.withheld" => format!("Mail to {with} withheld: they asked for no more"),
        "outreach.replied" => format!("{with} replied"),
        "outreach.bounced" => format!("Mail to {with} came back"),
        "outreach.complained" => format!("{with} complained about a mail"),
        "outreach.unsubscribed" => format!("{with} wants no more mails"),
        "outreach.call_ended" => {
            let how = about.text("status").map(|status| format!(": {}", words(status))).unwrap_or_default();
            format!("Call with {with} ended{how}")
        }
        other => {
            let mut said = capital(&words(other));
            if let Some(creator) = creator {
                said = format!("{said}: {creator}");
            }
            campaign.map_or(said.clone(), |campaign| format!("{said} ({campaign})"))
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: &str, payload: &str, creator: Option<&str>, campaign: Option<&str>) -> String {
        let id = Uuid::from_u128(7);
        let event = EventRow {
            id: db::EventId::from_uuid(id),
            kind: kind.to_owned(),
            subject: id,
            workspace: None,
            payload: payload.to_owned(),
            created_at: Timestamp::from_micros(0),
        };
        sentence(&About::new(event), creator, campaign)
    }

    #[test]
    fn events_in_words() {
        let ana = Some("Ana Ferreira");
        assert_eq!(said("contract.signed", "{}", ana, None), "Contract signed with Ana Ferreira");
        assert_eq!(
            said("payment.completed", r#"{"amount": 800.5, "currency": "EUR"}"#, ana, None),
            "Payment of EUR 800.50 to Ana Ferreira completed"
        );
        assert_eq!(
            said("deliverable.approved", r#"{"type": "youtube_video"}"#, None, None),
            "Youtube video by a creator approved"
        );
        assert_eq!(
            said("offer.taken_up", "not even JSON", ana, Some("Earbuds")),
            "Offer taken up: Ana Ferreira (Earbuds)"
        );
    }

    #[test]
    fn what_is_hidden_is_in_order() {
        assert!(HIDDEN.is_sorted());
    }
}
