//! What an order is.

use input::{Fields, Input};
use kernel::{Amount, CampaignId, CreatorId, Currency, Day, Id, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Figures;
use crate::batch::{Dated, FIRST};
use crate::codes::{PromoCodeId, key_of, promo_code};
use crate::figures::Place;
use crate::links::LinkId;

#[doc(hidden)]
#[derive(Debug)]
pub enum OrderMarker {}
/// An order.
pub type OrderId = Id<OrderMarker>;

/// An order, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
#[row(table = "orders", key(workspace_id, reference), fixed(id, created_at))]
pub struct Order {
    /// Its id here.
    pub id: OrderId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The shop's name for it.
    pub reference: String,
    /// The campaign that it counts for,
    pub campaign_id: CampaignId,
    /// and the creator.
    pub creator_id: CreatorId,
    /// The link that led to it, if one did.
    pub link_id: Option<LinkId>,
    /// The code that was typed in, if one was.
    pub promo_code_id: Option<PromoCodeId>,
    /// The day that it counts for.
    pub day: Day,
    /// When it was made.
    pub ordered_at: Timestamp,
    /// What it brought, where that is known.
    pub revenue: Option<Amount>,
    /// The currency of that; empty where nothing is said of a revenue.
    pub currency: String,
    /// When it was told first.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Order {
    /// What it adds to the sums.
    pub fn figures(&self) -> Figures {
        Figures {
            orders: 1,
            order_revenue: self.revenue.unwrap_or_default().minor(),
            order_revenue_rows: self.revenue.is_some().into(),
            ..Figures::default()
        }
    }

    /// Where it adds that.
    pub fn place(&self) -> Place {
        Place { campaign: self.campaign_id, creator: self.creator_id, day: self.day.0, currency: self.currency.clone() }
    }
}

/// What led to an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum By {
    /// A promo code, as codes are compared.
    Promo(String),
    /// A tracked link, by its code.
    Link(String),
}

/// An order as the shop tells it: by the promo code that was typed in, or by the tracked link that led to it.
#[derive(Clone, Debug, Input)]
#[input(name = "NewConversion", before = counts_by_one, check = NewOrder::check)]
pub(super) struct NewOrder {
    /// Your name for the order.
    #[input(reference(200), name = "order_id", alias = "reference", example = "1001")]
    pub(super) reference: String,
    /// The promo code that was typed in, whatever the case.
    #[input(promo_code().map(|code| key_of(&code)), alias = "promo_code", example = "ANA20")]
    code: Option<String>,
    /// Instead of that, the code of the tracked link that led to the order.
    #[input(text(32))]
    link_code: Option<String>,
    /// When it was made: a time or a date; left out it is now, or what was told of the order before.
    #[input(moment_or_day_from(FIRST), alias = "date")]
    pub(super) ordered_at: Option<Timestamp>,
    /// What it brought, with no more decimals than its currency has; left out it is unknown, not 0.
    #[input(amount(true), example = 49.9)]
    pub(super) revenue: Option<Amount>,
    /// The currency of the revenue (ISO 4217).
    #[input(currency(), default = Currency::USD)]
    currency: Currency,
}

/// An order counts by a promo code or by a link, not by both.
fn counts_by_one(fields: &mut Fields) {
    match (fields.has("code") || fields.has("promo_code"), fields.has("link_code")) {
        (true, true) => {
            fields.fault("link_code", "contradiction", "is given beside a promo code; give what the order counts by");
        }
        (false, false) => {
            fields.fault("code", "missing", "is missing; give the promo code, or the link_code of a tracked link");
        }
        _ => {}
    }
}

impl NewOrder {
    fn check(&self, fields: &mut Fields) {
        if self.revenue.is_some_and(|revenue| !self.currency.fits(revenue)) {
            let message = format!("must be a whole number of {}, which has no decimals", self.currency);
            fields.fault("revenue", "wrong_format", message);
        }
    }

    /// What led to it.
    pub(super) fn by(&self) -> By {
        match (&self.code, &self.link_code) {
            (Some(code), _) => By::Promo(code.clone()),
            (None, link) => By::Link(link.clone().unwrap_or_default()),
        }
    }

    /// The code of the revenue's currency; empty where there is no revenue.
    pub(super) fn currency(&self) -> String {
        self.revenue.map_or_else(String::new, |_| self.currency.code().to_owned())
    }
}

impl Dated for NewOrder {
    const LIST: &'static str = "conversions";
    const NAMES: &'static [&'static str] = &["ordered_at", "date"];

    fn day(&self) -> Day {
        self.ordered_at.map_or(FIRST, Day::of)
    }
}

/// An order as it is told to its workspace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Conversion)]
pub(super) struct OrderBody {
    id: OrderId,
    /// The shop's name for it.
    #[schema(example = "1001")]
    order_id: String,
    campaign_id: CampaignId,
    creator_id: CreatorId,
    /// The promo code that was typed in, if one was.
    promo_code_id: Option<PromoCodeId>,
    /// The tracked link that led to it, if one did.
    link_id: Option<LinkId>,
    ordered_at: Timestamp,
    /// What it brought; null where nobody said.
    revenue: Option<Amount>,
    /// The currency of the revenue; null where there is none.
    #[schema(example = "USD")]
    currency: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Order> for OrderBody {
    fn from(order: Order) -> Self {
        Self {
            id: order.id,
            order_id: order.reference,
            campaign_id: order.campaign_id,
            creator_id: order.creator_id,
            promo_code_id: order.promo_code_id,
            link_id: order.link_id,
            ordered_at: order.ordered_at,
            revenue: order.revenue,
            currency: Some(order.currency).filter(|currency| !currency.is_empty()),
            created_at: order.created_at,
            updated_at: order.updated_at,
        }
    }
}
