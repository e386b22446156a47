//! The contract of a collaboration, and the money under it. Where there is none, no money is moved here.

use campaigns::Campaign;
use campaigns::model::NewCampaign;
use creators::Creator;
use creators::model::NewCreator;
use db::Tx;
use deals::model::{
    Contract, ContractText, DeliverableMove, DeliverableStatus, Method, Party, SigningOrder, Status as ContractStatus,
    Text,
};
use deals::ops::Draft;
use deals::{Actor, store as contracts};
use events::TxExt as _;
use input::Fields;
use kernel::{Amount, CampaignId, ContractId, CreatorId, Error, Result, Scope};
use payments::{Plan, Verdict};
use serde_json::{Value, json};

use super::{Act, earn};
use crate::events::CollaborationUnpaid;
use crate::model::{Collaboration, ContractWish, Rule, Side, Status, Submission};
use crate::store;

const SYSTEM: Scope = Scope::system();

fn of_deals<'a>(act: &Act<'a>) -> deals::ops::Act<'a> {
    deals::ops::Act::new(act.of.deals(), SYSTEM, Actor::system())
}

/// Drafts the contract that an offer wants, in the transaction that accepts the application.
pub(super) async fn draft(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration) -> Result<()> {
    if of.contract_wish == ContractWish::None {
        return Ok(());
    }
    let fee = of.fee.filter(|fee| fee.minor() > 0).ok_or_else(|| {
        Error::conflict(
            "The offer asks for a contract, and a contract needs a fee: agree on one with a counter-offer first",
        )
    })?;
    let names = accounts::store::people(tx, [of.business_id, of.creator_id]).await?;
    let name = |id| names.get(&id).map_or_else(|| "unknown".to_owned(), |one| one.username.clone());
    let campaign = campaign(act, tx, of, &name(of.business_id), fee).await?;
    let creator = entry(act, tx, of, &name(of.creator_id)).await?;
    let text = text(act, of, fee)?;
    let draft = Draft {
        workspace_id: of.workspace_id,
        campaign_id: campaign,
        creator_id: creator,
        signing_order: SigningOrder::Any,
        by_own_hand: true,
        expires_at: None,
    };
    let contract = deals::ops::draft(&of_deals(act), tx, draft, text).await?;
    of.contract_id = Some(contract.id);
    Ok(())
}

/// What the contract says: the content, its deadline, the rights in it, and the fee, which is due when the content is approved.
fn text(act: &Act<'_>, of: &Collaboration, fee: Amount) -> Result<Text> {
    let platforms: Vec<String> = of.platforms.0.iter().map(|one| one.word().to_uppercase()).collect();
    let kind: String = [platforms.join(", "), of.formats.0.join(", ")].join(" ").trim().chars().take(200).collect();
    let brief = &of.brief.0;
    let mut requirements = Vec::new();
    requirements.extend(brief.required_hashtags.iter().chain(&brief.required_mentions).cloned());
    requirements.extend(Some(brief.caption_requirements.clone()).filter(|text| !text.trim().is_empty()));
    let deadline = of.content_deadline.filter(|deadline| *deadline > act.now);
    let kind = if kind.is_empty() { "content".to_owned() } else { kind };
    let body = json!({
        "terms": {
            "offer": of.offer_title,
            "collaboration": of.id,
            "usage_rights": of.usage_rights,
            "revisions": of.max_revisions,
            "deliverables": [{"type": kind, "quantity": 1, "requirements": requirements, "deadline": deadline}],
        },
        "payment_amount": fee,
        "currency": of.currency,
        "payment_schedule": [{"milestone": "content_approval", "amount": fee, "due_on": "delivery"}],
    });
    Ok(Fields::of_body(body)?.read::<ContractText>()?.into())
}

/// The campaign that stands for the offer: made with the first contract, and its budget grows with each.
async fn campaign(act: &Act<'_>, tx: &mut Tx, of: &Collaboration, brand: &str, fee: Amount) -> Result<CampaignId> {
    if let Some(id) = store::campaign_of(tx, of.offer_id).await?
        && let Ok(mut known) = campaigns::find(SYSTEM, tx, &id.to_string()).await
    {
        let was = (known.status, known.updated_at);
        known.total_budget = Amount::from_minor(known.total_budget.minor().saturating_add(fee.minor()));
        known.updated_at = act.now;
        campaigns::store::update(SYSTEM, tx, &known, was).await?;
        return Ok(id);
    }
    let body = json!({"product_name": of.offer_title, "brand_name": brand, "total_budget": fee, "status": "active",
        "product_niche": of.category.to_lowercase(), "campaign_goal": "An offer of the marketplace"});
    let new = Fields::of_body(body)?.read::<NewCampaign>()?;
    let mut campaign = Campaign::new(new, act.clock().new_id(), of.workspace_id, act.now);
    campaigns::store::insert(SYSTEM, tx, &mut campaign).await?;
    store::set_campaign(tx, of.offer_id, campaign.id, act.now).await?;
    Ok(campaign.id)
}

/// The entry of the directory that the contract is with: one that the creator has claimed, on a platform of the offer if there is one. Who
/// has none gets one that only this workspace sees, and that is theirs from the beginning: so they sign and are paid as anybody else.
async fn entry(act: &Act<'_>, tx: &mut Tx, of: &Collaboration, name: &str) -> Result<CreatorId> {
    let claims: Vec<CreatorId> =
        creators::store::claims(tx, of.creator_id).await?.into_iter().map(|(id, _)| id).collect();
    let claimed: Vec<Creator> = creators::store::by_ids(SYSTEM, tx, &claims).await?;
    let fits = |one: &&Creator| of.platforms.0.contains(&one.platform);
    if let Some(one) = claimed.iter().find(fits).or_else(|| claimed.first()) {
        return Ok(one.id);
    }
    let platform = of.platforms.0.first().copied().unwrap_or(kernel::Platform::Instagram);
    let people = accounts::store::people(tx, [of.creator_id]).await?;
    let followers = people.get(&of.creator_id).and_then(|one| one.instagram_followers);
    let followers = followers.filter(|_| platform == kernel::Platform::Instagram).unwrap_or(0);
    let body = json!({"name": name, "platform": platform, "niche": of.category.to_lowercase(),
        "followers_count_numeric": followers, "visibility": "private"});
    let new = Fields::of_body(body)?.read::<NewCreator>()?;
    let none = || Error::internal("an entry without followers was made");
    let made = Creator::new(new, act.clock().new_id(), Some(of.workspace_id), act.now).ok_or_else(none)?;
    let mut made = Creator { claimed_by: Some(of.creator_id), ..made };
    creators::store::insert(SYSTEM, tx, &mut made).await?;
    Ok(made.id)
}

/// The contract, locked; nothing where there is none.
async fn lock(act: &Act<'_>, tx: &mut Tx, of: &Collaboration) -> Result<Option<Contract>> {
    let Some(id) = of.contract_id else { return Ok(None) };
    of_deals(act).lock(tx, id).await.map(Some)
}

/// Have both signed the contract themselves? What the business states for the creator is not the creator's signature.
pub(crate) async fn is_signed_by_both(tx: &mut Tx, of: &mut Collaboration) -> Result<bool> {
    let Some(id) = of.contract_id else { return Ok(false) };
    let Some(contract) = contracts::find(SYSTEM, tx, id).await? else { return Ok(false) };
    if contract.status != ContractStatus::Signed {
        return Ok(false);
    }
    let signatures = contracts::signatures(tx, &contract).await?;
    let own = |party| signatures.iter().any(|one| one.party == party && one.method != Method::Attested);
    let both = own(Party::Business) && own(Party::Creator);
    if both {
        of.signed_at = of.signed_at.or(contract.signed_at);
    }
    Ok(both)
}

/// The content is accepted: so is what the contract asks for, and what waited for it becomes due. Does nothing a second time, and nothing
/// while the contract is not signed: then it happens with the last signature.
pub(super) async fn delivered(
    act: &Act<'_>,
    tx: &mut Tx,
    of: &Collaboration,
    submission: Option<&Submission>,
) -> Result<()> {
    let Some(mut contract) = lock(act, tx, of).await? else { return Ok(()) };
    if contract.status != ContractStatus::Signed {
        return Ok(());
    }
    let acting = of_deals(act);
    let url = submission.and_then(|one| one.content_urls.0.first().cloned());
    for deliverable in contracts::deliverables(tx, &contract).await? {
        let steps: &[DeliverableStatus] = match deliverable.status {
            DeliverableStatus::Pending | DeliverableStatus::Late => {
                &[DeliverableStatus::Submitted, DeliverableStatus::Approved]
            }
            DeliverableStatus::Submitted => &[DeliverableStatus::Approved],
            DeliverableStatus::Approved => &[],
        };
        for status in steps {
            let step = DeliverableMove { status: *status, content_url: url.clone(), note: None };
            deals::ops::move_deliverable(&acting, tx, &mut contract, deliverable.id, step).await?;
            // The lock counts the revision on, and so does each move.
            contract = acting.lock(tx, contract.id).await?;
        }
    }
    Ok(())
}

fn plan(contract: &Contract) -> Plan {
    Plan {
        contract: contract.id,
        campaign: contract.campaign_id,
        creator: contract.creator_id,
        workspace: contract.workspace_id,
        currency: contract.currency,
        milestones: Vec::new(),
    }
}

fn told(verdict: Option<Verdict>) -> Value {
    match verdict {
        None => json!({"moved_by_us": false}),
        Some(done) => json!({"moved_by_us": true, "refunded": done.refunded, "to_pay": done.to_pay,
            "to_return_outside": done.outside}),
    }
}

/// The collaboration is called off, and its contract with it: what was paid goes back. Tells what became of the money.
pub(super) async fn call_off(act: &Act<'_>, tx: &mut Tx, of: &Collaboration, reason: &str) -> Result<Value> {
    let Some(mut contract) = lock(act, tx, of).await? else { return Ok(told(None)) };
    let mut verdict = None;
    if contract.status == ContractStatus::Signed {
        let plan = plan(&contract);
        verdict = Some(act.of.payments().leave_creator(tx, &plan, Amount::default(), reason).await?);
    }
    if matches!(contract.status, ContractStatus::Draft | ContractStatus::Sent | ContractStatus::Signed) {
        deals::ops::end(&of_deals(act), tx, &mut contract, ContractStatus::Cancelled, Some(reason)).await?;
    }
    Ok(told(verdict))
}

/// The two are in a dispute: nothing of the money moves.
pub(super) async fn freeze(act: &Act<'_>, tx: &mut Tx, of: &Collaboration) -> Result<()> {
    if let Some(id) = of.contract_id {
        act.of.payments().freeze(tx, id).await?;
    }
    Ok(())
}

/// The dispute is decided for the content: it is accepted, and the money moves again.
pub(super) async fn pay(
    act: &Act<'_>,
    tx: &mut Tx,
    of: &Collaboration,
    submission: Option<&Submission>,
) -> Result<Value> {
    let Some(id) = of.contract_id else { return Ok(told(None)) };
    act.of.payments().thaw(tx, id).await?;
    delivered(act, tx, of, submission).await?;
    Ok(json!({"moved_by_us": true}))
}

/// The dispute is decided half and half: the creator gets so much, and the contract is over.
pub(super) async fn split(act: &Act<'_>, tx: &mut Tx, of: &Collaboration, gets: Amount, reason: &str) -> Result<Value> {
    let Some(mut contract) = lock(act, tx, of).await? else { return Ok(told(None)) };
    if contract.status != ContractStatus::Signed {
        return Ok(told(None));
    }
    let verdict = act.of.payments().leave_creator(tx, &plan(&contract), gets, reason).await?;
    deals::ops::complete(&of_deals(act), tx, &mut contract, true).await?;
    Ok(told(Some(verdict)))
}

/// The last side has signed a contract: the collaboration knows it, and content that was approved before is delivered now.
pub(crate) async fn signed(act: &Act<'_>, tx: &mut Tx, contract: ContractId) -> Result<()> {
    let Some(id) = store::by_contract(SYSTEM, tx, contract).await? else { return Ok(()) };
    let mut of = act.lock(tx, id).await?;
    if !is_signed_by_both(tx, &mut of).await? && of.signed_at.is_none() {
        return Ok(());
    }
    if matches!(of.status, Status::Approved | Status::Completed) {
        delivered(act, tx, &of, None).await?;
    }
    act.record(tx, &of, "contract_signed", json!({"contract": contract})).await?;
    act.save(tx, &mut of).await
}

/// A payment of a contract has gone through: with the last one the collaboration is paid, and both have earned what that brings.
pub(crate) async fn paid(act: &Act<'_>, tx: &mut Tx, contract: ContractId) -> Result<()> {
    let Some(id) = store::by_contract(SYSTEM, tx, contract).await? else { return Ok(()) };
    let payments = payments::store::of_contract(SYSTEM, tx, contract).await?;
    let is_open = |one: &payments::Payment| !one.is_replaced() && one.status != payments::Status::Completed;
    // Who says that it was paid elsewhere proves nothing here.
    let proves = payments.iter().any(|one| one.status == payments::Status::Completed && !one.is_manual());
    let mut of = act.lock(tx, id).await?;
    if of.paid_at.is_some() || payments.iter().any(is_open) || !proves {
        return Ok(());
    }
    of.paid_at = Some(act.now);
    act.record(tx, &of, "paid", json!({"contract": contract})).await?;
    if of.status == Status::Completed {
        earn(act, tx, &of, &[(Side::Creator, Rule::Paid), (Side::Business, Rule::Paid)]).await?;
    }
    act.save(tx, &mut of).await
}

/// What the approval of content made due was not paid for too long: that costs the business, once.
pub(crate) async fn overdue(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration) -> Result<()> {
    let Some(id) = of.contract_id else { return Ok(()) };
    of.unpaid_at = Some(act.now);
    let payments = payments::store::of_contract(SYSTEM, tx, id).await?;
    if payments.iter().any(|one| one.is_due(act.now)) {
        act.record(tx, of, "unpaid", json!({"contract": id})).await?;
        tx.event(CollaborationUnpaid((&*of).into()));
        earn(act, tx, of, &[(Side::Business, Rule::Unpaid)]).await?;
    }
    act.save(tx, of).await
}
