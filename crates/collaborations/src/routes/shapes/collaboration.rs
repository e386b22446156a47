//! A collaboration, in a list.

use kernel::{Amount, CollaborationId, ContractId, Currency, OfferId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::people::{People, PersonBody};
use crate::model::{Collaboration, ContractWish, Side, Status, Waits};

/// The offer that a collaboration came of, as it was agreed on.
#[derive(Serialize, ToSchema)]
#[schema(as = CollaborationOffer)]
pub(in crate::routes) struct OfferBody {
    id: OfferId,
    title: String,
    /// Its category.
    #[schema(example = "FASHION")]
    category: String,
}

/// A collaboration.
#[derive(Serialize, ToSchema)]
#[schema(as = Collaboration)]
pub(in crate::routes) struct CollaborationBody {
    id: CollaborationId,
    /// What was agreed on.
    offer: OfferBody,
    creator: PersonBody,
    /// Who asked for the content.
    business: PersonBody,
    status: Status,
    /// What is paid; null where the work is not paid in money.
    agreed_fee: Option<Amount>,
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// The agreed day.
    scheduled_date: Option<Timestamp>,
    /// Another day, proposed by one side.
    proposed_date: Option<Timestamp>,
    /// Which side proposed it.
    proposed_by: Option<Side>,
    /// Until when the other side may answer; then the agreed day stays.
    proposed_until: Option<Timestamp>,
    /// What is awaited; null when it is over.
    waits_for: Option<Waits>,
    /// Of which side; null where it is both, or an administrator.
    waits_on: Option<Side>,
    /// Until when. What follows then stands in the documentation.
    deadline: Option<Timestamp>,
    /// Until when content has to be handed in.
    content_due: Option<Timestamp>,
    /// Was content late?
    is_late: bool,
    /// Whether a contract was wanted.
    contract: ContractWish,
    /// The contract.
    contract_id: Option<ContractId>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl CollaborationBody {
    pub(in crate::routes) fn new(of: &Collaboration, people: &People) -> Self {
        let waits = of.waits();
        Self {
            id: of.id,
            offer: OfferBody { id: of.offer_id, title: of.offer_title.clone(), category: of.category.clone() },
            creator: people.person(of.creator_id),
            business: people.person(of.business_id),
            status: of.status,
            agreed_fee: of.fee,
            currency: of.currency,
            scheduled_date: of.scheduled_date,
            proposed_date: of.proposed_date,
            proposed_by: of.proposed_by,
            proposed_until: of.proposed_until,
            waits_for: waits.map(|(waits, _)| waits),
            waits_on: waits.and_then(|(_, side)| side),
            deadline: of.deadline_at,
            content_due: of.content_due,
            is_late: of.late_at.is_some(),
            contract: of.contract_wish,
            contract_id: of.contract_id,
            created_at: of.created_at,
            updated_at: of.updated_at,
        }
    }
}
