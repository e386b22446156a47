//! Figures of payments: A's summary and B's dashboard, from the same sums.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use db::Tx;
use http_base::{Answer, Caller};
use kernel::{Amount, Currency, PaymentId, Result, Scope, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::Status;
use crate::{Payments, store};

/// So many of the newest payments are in the dashboard.
const RECENT: u32 = 10;

/// How many payments, and what they come to.
#[derive(Clone, Copy, Serialize, ToSchema, Default)]
pub(super) struct Sum {
    /// What they come to. Null where they are in more than one currency: see `by_currency`.
    amount: Option<Amount>,
    /// How many there are.
    count: u64,
}

/// The payments of one currency.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub(super) struct CurrencySums {
    currency: Currency,
    /// All payments.
    total: Sum,
    /// Those that wait.
    pending: Sum,
    /// Those that are being processed.
    processing: Sum,
    /// Those that are completed.
    completed: Sum,
    /// Those that failed.
    failed: Sum,
    /// What of the completed ones went back.
    refunded_amount: Amount,
}

impl CurrencySums {
    fn new(currency: Currency) -> Self {
        let none = Sum { amount: Some(Amount::default()), count: 0 };
        Self {
            currency,
            total: none,
            pending: none,
            processing: none,
            completed: none,
            failed: none,
            refunded_amount: Amount::default(),
        }
    }

    fn of(&mut self, status: Status) -> &mut Sum {
        match status {
            Status::Pending => &mut self.pending,
            Status::Processing => &mut self.processing,
            Status::Completed => &mut self.completed,
            Status::Failed => &mut self.failed,
        }
    }
}

fn plus(a: Amount, b: Amount) -> Amount {
    Amount::from_minor(a.minor().saturating_add(b.minor()))
}

impl Sum {
    fn add(&mut self, amount: Amount, count: u64) {
        self.amount = Some(plus(self.amount.unwrap_or_default(), amount));
        self.count += count;
    }

    /// Over currencies: counts are summed, amounts only where there is one currency.
    fn over(all: &[CurrencySums], pick: impl Fn(&CurrencySums) -> Self) -> Self {
        let amount = match all {
            [] => Some(Amount::default()),
            [only] => pick(only).amount,
            _ => None,
        };
        Self { amount, count: all.iter().map(|sums| pick(sums).count).sum() }
    }
}

async fn sums(scope: Scope, tx: &mut Tx) -> Result<Vec<CurrencySums>> {
    let mut all = BTreeMap::new();
    for figure in store::figures(scope, tx).await? {
        let sums = all.entry(figure.currency).or_insert_with(|| CurrencySums::new(figure.currency));
        sums.total.add(figure.amount, figure.count);
        sums.of(figure.status).add(figure.amount, figure.count);
        sums.refunded_amount = plus(sums.refunded_amount, figure.refunded);
    }
    Ok(all.into_values().collect())
}

/// The figures, as A shows them.
#[derive(Serialize, ToSchema)]
pub(super) struct PaymentSummary {
    /// Of every payment. Amounts are null where payments are in more than one currency: see `by_currency`.
    total_amount: Option<Amount>,
    total_count: u64,
    pending_amount: Option<Amount>,
    pending_count: u64,
    processing_amount: Option<Amount>,
    processing_count: u64,
    /// Of those that were paid, with what went back of them since.
    completed_amount: Option<Amount>,
    completed_count: u64,
    failed_amount: Option<Amount>,
    failed_count: u64,
    /// The currency of the amounts, where it is one.
    currency: Option<Currency>,
    /// The same for each currency.
    by_currency: Vec<CurrencySums>,
}

/// Read the payment summary
///
/// The same as in the dashboard. Amounts of different currencies are never summed.
#[utoipa::path(get, path = "/api/v1/payments/summary", tag = "Payments",
    responses((status = 200, description = "The figures", body = PaymentSummary)))]
pub(super) async fn summary(State(payments): State<Payments>, caller: Caller) -> Answer<Json<PaymentSummary>> {
    let mut tx = payments.app.read().await?;
    let all = sums(caller.scope(), &mut tx).await?;
    let [total, pending, processing, completed, failed] = in_all(&all);
    Ok(Json(PaymentSummary {
        total_amount: total.amount,
        total_count: total.count,
        pending_amount: pending.amount,
        pending_count: pending.count,
        processing_amount: processing.amount,
        processing_count: processing.count,
        completed_amount: completed.amount,
        completed_count: completed.count,
        failed_amount: failed.amount,
        failed_count: failed.count,
        currency: only_currency(&all),
        by_currency: all,
    }))
}

fn in_all(all: &[CurrencySums]) -> [Sum; 5] {
    [
        Sum::over(all, |sums| sums.total),
        Sum::over(all, |sums| sums.pending),
        Sum::over(all, |sums| sums.processing),
        Sum::over(all, |sums| sums.completed),
        Sum::over(all, |sums| sums.failed),
    ]
}

fn only_currency(all: &[CurrencySums]) -> Option<Currency> {
    match all {
        [only] => Some(only.currency),
        _ => None,
    }
}

/// The figures, as B shows them.
#[derive(Serialize, ToSchema)]
pub(super) struct PaymentDashboard {
    total_payments: Sum,
    pending_payments: Sum,
    processing_payments: Sum,
    completed_payments: Sum,
    failed_payments: Sum,
    /// The currency of the amounts, where it is one.
    currency: Option<Currency>,
    /// The same for each currency.
    by_currency: Vec<CurrencySums>,
    /// The newest ten.
    recent_payments: Vec<RecentPayment>,
}

/// A payment of late.
#[derive(Serialize, ToSchema)]
struct RecentPayment {
    id: PaymentId,
    /// Who is paid.
    creator_name: String,
    amount: Amount,
    currency: Currency,
    status: Status,
    paid_at: Option<Timestamp>,
}

/// Read the payment dashboard
///
/// The figures of the summary, and the newest payments.
#[utoipa::path(get, path = "/api/v1/payments/dashboard", tag = "Payments",
    responses((status = 200, description = "The dashboard", body = PaymentDashboard)))]
pub(super) async fn dashboard(State(payments): State<Payments>, caller: Caller) -> Answer<Json<PaymentDashboard>> {
    // One moment for both, so that the newest payments are in the sums.
    let mut tx = payments.app.db().snapshot().await?;
    let all = sums(caller.scope(), &mut tx).await?;
    let recent = store::recent(caller.scope(), &mut tx, RECENT).await?;
    let [total_payments, pending_payments, processing_payments, completed_payments, failed_payments] = in_all(&all);
    let recent_payments = recent.into_iter().map(|(id, name, amount, currency, status, paid_at)| RecentPayment {
        id,
        creator_name: name.unwrap_or_else(|| "A creator who is gone".to_owned()),
        amount,
        currency,
        status,
        paid_at,
    });
    Ok(Json(PaymentDashboard {
        total_payments,
        pending_payments,
        processing_payments,
        completed_payments,
        failed_payments,
        currency: only_currency(&all),
        recent_payments: recent_payments.collect(),
        by_currency: all,
    }))
}
