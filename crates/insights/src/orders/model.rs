//! What an order is.

use input::rule::{self, Problem, Rule};
use input::{Fields, Input};
use kernel::{CampaignId, CreatorId, Id, Money, Timestamp, WorkspaceId};
use payments::Currency;
use payments::currency::currency;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Figures;
use crate::batch::Dated;
use crate::codes::{PromoCodeId, key_of, promo_code};
use crate::day::Day;
use crate::figures::Place;
use crate::links::LinkId;
use serde_json::json;

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
    pub revenue: Option<Money>,
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

/// An order as it is told.
#[derive(Clone, Debug)]
pub(super) struct NewOrder {
    pub(super) reference: String,
    pub(super) by: By,
    /// When it was made; nothing if nobody said.
    pub(super) ordered_at: Option<Timestamp>,
    pub(super) revenue: Option<Money>,
    pub(super) currency: String,
}

impl Dated for NewOrder {
    const NAMES: &'static [&'static str] = &["ordered_at", "date"];

    fn day(&self) -> Day {
        self.ordered_at.map_or(Day::FIRST, Day::of)
    }
}

/// A moment from 2005 on, or the first one of a day.
fn moment() -> impl Rule<Output = Timestamp> {
    rule::rule(
        || json!({"type": "string", "examples": ["2026-01-15T10:30:00Z", "2026-01-15"]}),
        |value, _| {
            let text = value.as_str().map(str::trim);
            let text = text.ok_or_else(|| Problem::new("wrong_type", "must be a time such as 2026-01-15T10:30:00Z"))?;
            let moment = match Day::parse(text) {
                Some(day) if text.len() == 10 => Some(day.start()),
                Some(_) => text.parse().ok(),
                None => None,
            };
            let moment: Timestamp = moment.ok_or_else(|| {
                Problem::new("wrong_format", "must be a time such as 2026-01-15T10:30:00Z, or a date")
            })?;
            if Day::of(moment) < Day::FIRST {
                return Err(Problem::new("out_of_range", "must not be before 2005-01-01"));
            }
            Ok(moment)
        },
    )
}

impl Input for NewOrder {
    fn read(fields: &mut Fields) -> Option<Self> {
        let reference = fields.required_as(&["order_id", "reference"], rule::text(200));
        let promo = fields.optional_as(&["code", "promo_code"], promo_code());
        let link = fields.optional("link_code", rule::text(32));
        let given = |fields: &Fields, names: &[&str]| names.iter().any(|name| fields.has(name));
        let by = match (given(fields, &["code", "promo_code"]), given(fields, &["link_code"])) {
            (true, true) => {
                fields.fault(
                    "link_code",
                    "contradiction",
                    "is given beside a promo code; give what the order counts by",
                );
                None
            }
            (true, false) => promo.map(|code| By::Promo(key_of(&code))),
            (false, true) => link.map(By::Link),
            (false, false) => {
                fields.fault("code", "missing", "is missing; give the promo code, or the link_code of a tracked link");
                None
            }
        };
        let ordered_at = fields.optional_as(Self::NAMES, moment());
        let revenue = fields.optional("revenue", rule::amount(true));
        let currency = fields.optional("currency", currency()).unwrap_or(Currency::USD);
        if revenue.is_some_and(|revenue| !currency.fits(revenue)) {
            fields.fault(
                "revenue",
                "wrong_format",
                format!("must be a whole number of {currency}, which has no decimals"),
            );
        }
        let currency = revenue.map_or_else(String::new, |_| currency.code().to_owned());
        Some(Self { reference: reference?, by: by?, ordered_at, revenue, currency })
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
    revenue: Option<Money>,
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
