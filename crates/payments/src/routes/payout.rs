//! Where creators' shares go.

use axum::Json;
use axum::extract::State;
use events::TxExt as _;
use http_base::{Answer, Body, Caller, Fresh, Named};
use input::Input;
use input::rule::{Problem, Rule, text};
use jobs::NewJob;
use kernel::{CreatorId, Error, Kind, Result, Scope, Timestamp, time};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::events::PayoutAccountChanged;
use crate::jobs::PAYOUTS;
use crate::{Payments, store};

/// Where a creator's share goes.
#[derive(Serialize, ToSchema)]
pub(super) struct PayoutAccount {
    creator_id: CreatorId,
    /// The payment provider.
    #[schema(example = "stripe")]
    provider: &'static str,
    /// The account there; null while it is not known, and then shares are held.
    #[schema(example = "acct_1032D82eZvKYlo2C")]
    account: Option<String>,
    /// From when on it is paid to: what was named or changed is told to everyone concerned first, and shares are held for so long.
    pays_from: Option<Timestamp>,
}

/// Where a creator's share is to go.
#[derive(Input)]
pub(super) struct PayoutAccountInput {
    /// The account at the payment provider.
    #[input(account(), example = "acct_1032D82eZvKYlo2C")]
    account: String,
}

/// What a provider calls an account.
fn account() -> impl Rule<Output = String> {
    let account = text(255).and_then(|account| {
        let plain = account.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        plain
            .then_some(account)
            .ok_or_else(|| Problem::new("wrong_format", "must be an account's id, such as acct_123"))
    });
    account.described(|| json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[A-Za-z0-9_-]+$"}))
}

/// The creator, if it is the caller's own affair where their money goes.
async fn own(payments: &Payments, caller: &kernel::Caller, name: &Named) -> Result<CreatorId> {
    let id = name.id("Creator")?;
    let mut tx = payments.app.read().await?;
    if !creators::store::is_known(caller.scope(), &mut tx, id).await? {
        return Err(Error::not_found("Creator"));
    }
    if caller.is_admin() || caller.scope().person().is_some() {
        return Ok(id);
    }
    Err(Error::new(Kind::Forbidden, "Where the money goes is said by the creator who is paid"))
}

/// Read a payout account
///
/// The account at the payment provider that the creator is paid to, and whether it can be paid to yet.
#[utoipa::path(get, path = "/api/v1/payments/payout-accounts/{creator_id}", tag = "Payments",
    params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 200, description = "The account", body = PayoutAccount),
    (status = 403, description = "You are neither the creator nor an administrator"),
))]
pub(super) async fn get(State(payments): State<Payments>, caller: Caller, name: Named) -> Answer<Json<PayoutAccount>> {
    let creator_id = own(&payments, &caller, &name).await?;
    let mut tx = payments.app.read().await?;
    let account = store::payout_account(Scope::system(), &mut tx, creator_id, payments.gateway()).await?;
    let (account, pays_from) = account.map(|known| (known.account, known.good_from)).unzip();
    Ok(Json(PayoutAccount { creator_id, provider: payments.gateway(), account, pays_from }))
}

/// Set a payout account
///
/// By the creator who claimed the entry, in person: by a log-in of the last ten minutes, never by a key. The creator, the address that named
/// the account before and the brands that pay are told by mail, and nothing is paid to it for `PAYOUT_CHANGE_DELAY_HOURS`. It is paid for
/// contracts that this account, or the address of this account, has signed.
#[utoipa::path(put, path = "/api/v1/payments/payout-accounts/{creator_id}", tag = "Payments",
    request_body = PayoutAccountInput, params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 200, description = "The account", body = PayoutAccount),
    (status = 403, description = "You are not the creator, it is not your own fresh log-in, or your address is not confirmed"),
))]
pub(super) async fn set(
    State(payments): State<Payments>,
    Fresh(account): Fresh,
    name: Named,
    Body { input, .. }: Body<PayoutAccountInput>,
) -> Answer<Json<PayoutAccount>> {
    let (set_by, caller) = (account.id, kernel::Caller::Account(account));
    if caller.scope().person().is_none() {
        return Err(
            Error::new(Kind::Forbidden, "Where the money goes is said by the creator who is paid, in person").into()
        );
    }
    let creator_id = own(&payments, &caller, &name).await?;
    let (gateway, now) = (payments.gateway(), payments.app.clock().now());
    let mut tx = payments.app.write().await?;
    let before = store::payout_account(Scope::system(), &mut tx, creator_id, gateway).await?;
    if let Some(same) = before.as_ref().filter(|known| known.account == input.account && known.set_by == Some(set_by)) {
        let (account, pays_from, good_now) = (Some(same.account.clone()), Some(same.good_from), same.good_from <= now);
        drop(tx);
        if good_now {
            // Said once more, because something did not arrive: what was refused is tried again.
            pay_waiting(&payments, creator_id).await?;
        }
        return Ok(Json(PayoutAccount { creator_id, provider: gateway, account, pays_from }));
    }
    let account = store::PayoutAccount {
        account: input.account,
        set_by: Some(set_by),
        address: creators::store::proved_address(&mut tx, set_by).await?,
        good_from: now.plus(i64::from(payments.settings.payout_delay_hours) * time::HOUR),
    };
    store::set_payout_account(caller.scope(), &mut tx, creator_id, gateway, &account, now).await?;
    let was_set_by = before.and_then(|known| known.set_by);
    let pays_from = account.good_from;
    tx.event(PayoutAccountChanged { workspace_id: None, creator_id, account_id: set_by, was_set_by, pays_from });
    let good_now = account.good_from <= now;
    if !good_now {
        let job = NewJob::new(PAYOUTS, &creator_id)?.at(account.good_from);
        jobs::enqueue(&mut tx, payments.app.clock(), job).await?;
    }
    tx.commit().await?;
    if good_now {
        pay_waiting(&payments, creator_id).await?;
    }
    let (account, pays_from) = (Some(account.account), Some(account.good_from));
    Ok(Json(PayoutAccount { creator_id, provider: gateway, account, pays_from }))
}

/// Passes on what was held of a creator for want of an account that may be paid to.
pub(crate) async fn pay_waiting(payments: &Payments, creator_id: CreatorId) -> Result<()> {
    let (gateway, now) = (payments.gateway(), payments.app.clock().now());
    let mut tx = payments.app.write().await?;
    for id in store::to_pay_out(Scope::system(), &mut tx, creator_id, gateway).await? {
        let Some(mut payment) = store::take(Scope::system(), &mut tx, id).await? else { continue };
        if payment.can_pay_out()? {
            payments.desk().pay_out(&mut tx, &mut payment).await?;
            payment.updated_at = now;
            store::save(Scope::system(), &mut tx, &payment, payment.status).await?;
        }
    }
    tx.commit().await
}
