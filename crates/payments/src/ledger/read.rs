//! The ledger, read: a page of its entries, and balances.

use db::{Listing, Sql, Tx};
use http_base::Offsets;
use kernel::{Amount, CreatorId, Currency, PaymentId, Result, Scope, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use super::Account;

/// A line of a posting. The lines of one posting sum to zero.
#[derive(Clone, Debug, Serialize, ToSchema, db::Row)]
#[schema(as = LedgerEntry)]
pub struct Entry {
    /// The number of its posting; they are counted without a gap.
    #[serde(rename = "transaction_id")]
    pub posting: i64,
    /// Its place in the posting.
    pub line: i64,
    /// What moved: `charge`, `payout`, `take_back`, `refund`, `refund_failed`, `dispute`, `dispute_won`, `recorded`,
    /// `recorded_refund`.
    pub kind: String,
    /// Whose money it is.
    pub account: Account,
    /// In which currency.
    pub currency: Currency,
    /// What came to the account; less than 0 is what left it.
    pub amount: Amount,
    /// The brand.
    pub workspace_id: WorkspaceId,
    /// The creator.
    pub creator_id: CreatorId,
    /// The payment.
    pub payment_id: PaymentId,
    /// When.
    pub created_at: Timestamp,
}

/// What an account's entries come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, db::Row)]
#[schema(as = LedgerBalance)]
pub struct Balance {
    /// Whose money it is.
    pub account: Account,
    /// In which currency.
    pub currency: Currency,
    /// What came, less what left.
    pub balance: Amount,
    /// How many entries that is.
    pub entries: u64,
}

/// Which entries are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sought {
    /// Only in this currency.
    pub currency: Option<Currency>,
    /// Only of this account.
    pub account: Option<Account>,
    /// Only of this payment.
    pub payment: Option<PaymentId>,
}

impl Sought {
    /// A brand sees what moved for its payments; a creator what came to them and left them.
    fn filter(&self, sql: &mut Sql, scope: Scope) {
        sql.and_if("currency = ", self.currency)
            .and_if("account = ", self.account)
            .and_if("payment_id = ", self.payment);
        if scope.person().is_some() {
            sql.push(" AND account = 'creator'");
        }
        crate::store::scoped(sql, scope);
    }
}

/// A page of the entries, newest first, and how many there are in all.
pub async fn entries(scope: Scope, tx: &mut Tx, sought: &Sought, offsets: Offsets) -> Result<(Vec<Entry>, u64)> {
    let mut filter = Sql::filter();
    sought.filter(&mut filter, scope);
    let listing = Listing::new("ledger_entries", Entry::COLUMNS, filter).order("posting DESC, line");
    listing.page(tx, offsets.limit, offsets.offset).await
}

/// What each account comes to, by currency.
pub async fn balances(scope: Scope, tx: &mut Tx, sought: &Sought) -> Result<Vec<Balance>> {
    let mut sql =
        Sql::new("SELECT account, currency, CAST(sum(amount) AS BIGINT), count(*) FROM ledger_entries WHERE TRUE");
    sought.filter(&mut sql, scope);
    sql.push(" GROUP BY currency, account ORDER BY currency, account").all(tx).await
}
