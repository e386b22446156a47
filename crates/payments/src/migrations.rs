//! The tables of payments and of the ledger.

use db::Migration;

/// Payments, what was asked for them, the ledger, and creators' payout accounts.
///
/// `refunded` and `paid_out` are what the settled attempts of a payment add up to, kept beside it for lists; the ledger is the truth
/// that `influencerflow ledger verify` compares with.
pub const MIGRATIONS: &[Migration] = &[FIRST, AT_THE_PROVIDER, EVENTS, WHOSE, FROZEN];

const FIRST: Migration = Migration {
    id: "0050_payments",
    sql: "
CREATE TABLE payments (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    contract_id {id} NOT NULL,
    campaign_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    name TEXT,
    position BIGINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
    awaits_delivery BOOLEAN NOT NULL,
    due_at BIGINT,
    due_told BOOLEAN NOT NULL,
    payment_method TEXT,
    provider TEXT,
    transaction_id TEXT,
    attempt_id {id},
    failure_code TEXT,
    failure TEXT,
    refunding BIGINT NOT NULL DEFAULT 0 CHECK (refunding >= 0),
    refunded BIGINT NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded + refunding <= amount),
    payout_status TEXT NOT NULL,
    paid_out BIGINT NOT NULL DEFAULT 0 CHECK (paid_out >= 0 AND paid_out <= amount),
    fees BIGINT NOT NULL DEFAULT 0 CHECK (fees >= 0 AND fees <= paid_out),
    paid_at BIGINT,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX payments_by_time ON payments (created_at DESC, id DESC);
CREATE INDEX payments_by_status ON payments (status, created_at DESC, id DESC);
CREATE INDEX payments_by_contract ON payments (contract_id, position, id);
CREATE INDEX payments_by_campaign ON payments (campaign_id, created_at DESC, id DESC);
CREATE INDEX payments_by_creator ON payments (creator_id, created_at DESC, id DESC);
CREATE INDEX payments_by_workspace ON payments (workspace_id, created_at DESC, id DESC);
CREATE INDEX payments_figures ON payments (workspace_id, currency, status, amount, refunded);
CREATE INDEX payments_due ON payments (due_at) WHERE status = 'pending' AND NOT due_told AND NOT awaits_delivery;
CREATE INDEX payments_to_pay_out ON payments (creator_id) WHERE payout_status IN ('waiting', 'failed');

CREATE TABLE payment_attempts (
    id {id} PRIMARY KEY,
    payment_id {id} NOT NULL REFERENCES payments (id),
    workspace_id {id} NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'payout', 'take_back', 'refund', 'return')),
    status TEXT NOT NULL CHECK (status IN ('open', 'done', 'failed')),
    provider TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    fee BIGINT NOT NULL CHECK (fee >= 0 AND fee <= amount),
    currency TEXT NOT NULL,
    method TEXT,
    customer TEXT,
    account TEXT,
    source TEXT,
    reference TEXT,
    reason TEXT,
    failure_code TEXT,
    failure TEXT,
    asked_with TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX payment_attempts_by_payment ON payment_attempts (payment_id, created_at, id);
CREATE INDEX payment_attempts_open ON payment_attempts (created_at) WHERE status = 'open';
CREATE INDEX payment_attempts_by_reference ON payment_attempts (reference) WHERE reference IS NOT NULL;

CREATE TABLE ledger_entries (
    posting BIGINT NOT NULL,
    line BIGINT NOT NULL,
    kind TEXT NOT NULL,
    account TEXT NOT NULL CHECK (account IN ('brand', 'escrow', 'creator', 'fees')),
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount <> 0),
    workspace_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    payment_id {id} NOT NULL,
    attempt_id {id},
    created_at BIGINT NOT NULL,
    PRIMARY KEY (posting, line)
);
CREATE INDEX ledger_by_workspace ON ledger_entries (workspace_id, currency, account, amount, posting, line);
CREATE INDEX ledger_by_creator ON ledger_entries (creator_id, account, currency, amount, posting, line);
CREATE INDEX ledger_by_payment ON ledger_entries (payment_id, posting, line, account, amount);
CREATE INDEX ledger_by_attempt ON ledger_entries (attempt_id, posting, account, amount, currency, kind);
CREATE INDEX ledger_by_currency ON ledger_entries (currency, account, amount);
{sqlite: CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;
CREATE TRIGGER ledger_is_not_shortened BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;}
{pg: CREATE FUNCTION ledger_is_not_changed() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''the ledger is never changed''; END';
CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_not_changed();}

CREATE TABLE payout_accounts (
    creator_id {id} NOT NULL,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (creator_id, provider)
);

CREATE TABLE gateway_events (
    provider TEXT NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (provider, event_id)
);
CREATE INDEX gateway_events_by_time ON gateway_events (received_at);
",
};

/// The line of its schedule that a payment pays, and what happens to money without our asking: disputes, refunds and reversals made at the
/// provider.
const AT_THE_PROVIDER: Migration = Migration {
    id: "0051_payments_at_the_provider",
    sql: "
ALTER TABLE payments ADD COLUMN line BIGINT;
ALTER TABLE payments ADD COLUMN disputed BIGINT NOT NULL DEFAULT 0 CHECK (disputed >= 0);
ALTER TABLE payments ADD COLUMN dispute_status TEXT;
ALTER TABLE payments ADD COLUMN dispute_reason TEXT;
ALTER TABLE payments ADD COLUMN dispute_due BIGINT;
UPDATE payments SET line = position WHERE name IS NOT NULL;

CREATE TABLE payment_disputes (
    provider TEXT NOT NULL,
    reference TEXT NOT NULL,
    payment_id {id} NOT NULL REFERENCES payments (id),
    workspace_id {id} NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    status TEXT NOT NULL,
    step BIGINT NOT NULL,
    withdrawn BOOLEAN NOT NULL,
    reason TEXT,
    due BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (provider, reference)
);
CREATE INDEX payment_disputes_by_payment ON payment_disputes (payment_id, updated_at, reference);

{pg: ALTER TABLE payment_attempts DROP CONSTRAINT payment_attempts_kind_check;
ALTER TABLE payment_attempts ADD CONSTRAINT payment_attempts_kind_check
CHECK (kind IN ('charge', 'payout', 'take_back', 'refund', 'return', 'refund_failed', 'dispute', 'dispute_won'));}
{sqlite: CREATE TABLE payment_attempts_new (
    id BLOB PRIMARY KEY,
    payment_id BLOB NOT NULL REFERENCES payments (id),
    workspace_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'payout', 'take_back', 'refund', 'return', 'refund_failed', 'dispute', 'dispute_won')),
    status TEXT NOT NULL CHECK (status IN ('open', 'done', 'failed')),
    provider TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    fee BIGINT NOT NULL CHECK (fee >= 0 AND fee <= amount),
    currency TEXT NOT NULL,
    method TEXT,
    customer TEXT,
    account TEXT,
    source TEXT,
    reference TEXT,
    reason TEXT,
    failure_code TEXT,
    failure TEXT,
    asked_with TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT
);
INSERT INTO payment_attempts_new SELECT * FROM payment_attempts;
DROP TABLE payment_attempts;
ALTER TABLE payment_attempts_new RENAME TO payment_attempts;
CREATE INDEX payment_attempts_by_payment ON payment_attempts (payment_id, created_at, id);
CREATE INDEX payment_attempts_open ON payment_attempts (created_at) WHERE status = 'open';
CREATE INDEX payment_attempts_by_reference ON payment_attempts (reference) WHERE reference IS NOT NULL;}
",
};

/// Events of gateways are remembered where those of every provider are. What was heard lately stays known.
const EVENTS: Migration = Migration {
    id: "0052_payments_events",
    sql: "
INSERT INTO inbound_events (source, event_id, received_at) SELECT provider, event_id, received_at FROM gateway_events;
DROP TABLE gateway_events;
",
};

/// Who said where a creator's money goes, from when on it goes there, and whose customers and methods at a provider are.
const WHOSE: Migration = Migration {
    id: "0082_payments_whose",
    sql: "
ALTER TABLE payout_accounts ADD COLUMN set_by {id};
ALTER TABLE payout_accounts ADD COLUMN address TEXT;
ALTER TABLE payout_accounts ADD COLUMN good_from BIGINT NOT NULL DEFAULT 0;

CREATE TABLE payment_instruments (
    provider TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'method')),
    reference TEXT NOT NULL,
    workspace_id {id} NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (provider, kind, reference)
);
",
};

/// While a contract is disputed nothing of it moves.
const FROZEN: Migration =
    Migration { id: "0106_payments_frozen", sql: "ALTER TABLE payments ADD COLUMN frozen_at BIGINT;" };
