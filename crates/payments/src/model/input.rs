//! What may be written of payments.

use input::rule::{self, Problem, Rule};
use input::{Fields, Input};
use kernel::{ContractId, Error, Money, Result, Timestamp};

use super::payment::MANUAL;
use super::{Payment, Status};
use crate::Currency;
use crate::currency::currency;
use serde_json::json;

/// A payment made by hand.
#[derive(Clone, Debug)]
pub struct NewPayment {
    /// The contract that it is for.
    pub contract_id: ContractId,
    /// How much.
    pub amount: Money,
    /// When it is due; at once if nothing is said.
    pub due_date: Option<Timestamp>,
    /// The currency, if it is said; it must be the contract's.
    pub currency: Option<Currency>,
    /// What it is for.
    pub name: Option<String>,
}

impl Input for NewPayment {
    fn read(fields: &mut Fields) -> Option<Self> {
        let contract_id = fields.required("contract_id", rule::id());
        let amount = fields.required("amount", rule::amount(false));
        let due_date = fields.optional("due_date", rule::moment());
        let currency = fields.optional("currency", currency());
        let name = fields.optional("milestone", rule::text(200));
        Some(Self { contract_id: contract_id?, amount: amount?, due_date, currency, name })
    }
}

/// What is changed of a payment: `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Clone, Debug)]
pub struct Changes {
    amount: Option<Money>,
    status: Option<Status>,
    payment_method: Option<Option<String>>,
    transaction_id: Option<Option<String>>,
    due_date: Option<Option<Timestamp>>,
    paid_at: Option<Option<Timestamp>>,
}

impl Input for Changes {
    fn read(fields: &mut Fields) -> Option<Self> {
        let status = fields.change_required(&["status"], rule::one_of(Status::WORDS)).and_then(Status::parse);
        Some(Self {
            amount: fields.change_required(&["amount"], rule::amount(false)),
            status,
            payment_method: fields.change("payment_method", method()),
            transaction_id: fields.change("transaction_id", rule::text(200)),
            due_date: fields.change("due_date", rule::moment()),
            paid_at: fields.change("paid_at", rule::moment()),
        })
    }
}

impl Changes {
    /// Writes what changed over what was, if the payment may move there. Tells whether it was recorded as paid by this.
    pub fn apply(self, payment: &mut Payment, now: Timestamp) -> Result<bool> {
        payment.must_stand()?;
        let was = payment.status;
        let to = was.next(self.status.unwrap_or(was))?;
        let by_gateway = payment.provider.as_deref().is_some_and(|provider| provider != MANUAL);
        if was == Status::Processing && to != was && by_gateway {
            return Err(Error::conflict("The payment is at the payment provider, whose answer decides over it"));
        }
        let fixed = matches!(was, Status::Processing | Status::Completed);
        let touches_money = self.amount.is_some_and(|amount| amount != payment.amount)
            || was == Status::Completed
                && (self.payment_method.is_some() || self.transaction_id.is_some() || self.paid_at.is_some());
        if fixed && (touches_money || by_gateway && self.transaction_id.is_some()) {
            return Err(Error::conflict(format!(
                "The payment is {}: its amount and how it was paid are settled",
                was.word()
            )));
        }
        if let Some(amount) = self.amount {
            if !payment.currency.fits(amount) {
                return Err(Error::invalid_field("amount", format!("must be a whole number of {}", payment.currency)));
            }
            payment.amount = amount;
        }
        if let Some(method) = self.payment_method {
            payment.payment_method = method;
        }
        if let Some(id) = self.transaction_id {
            payment.transaction_id = id;
        }
        if let Some(due) = self.due_date {
            payment.due_told &= due == payment.due_at;
            payment.due_at = due;
        }
        if to != was {
            payment.status = to;
            payment.provider = Some(MANUAL.into());
            payment.attempt_id = None;
            (payment.failure_code, payment.failure) = (None, None);
        }
        let paid = to == Status::Completed && was != to;
        if paid {
            payment.paid_at = Some(self.paid_at.flatten().unwrap_or(now));
        } else if self.paid_at.flatten().is_some() && to != Status::Completed {
            return Err(Error::invalid_field(
                "paid_at",
                "is for a payment that is completed; send status completed with it",
            ));
        }
        payment.updated_at = now;
        Ok(paid)
    }
}

/// With what a payment is processed.
#[derive(Clone, Debug, Default)]
pub struct ProcessInput {
    /// How it is paid, in the caller's word.
    pub payment_method: Option<String>,
    /// The gateway's token of what is charged.
    pub token: Option<String>,
    /// The gateway's name of the payer whose token it is.
    pub customer: Option<String>,
}

impl Input for ProcessInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let payment_method = fields.optional("payment_method", method());
        let details = fields.optional("payment_details", rule::object(10_000)).unwrap_or_default();
        let mut read = |names: &[&str]| {
            let (name, value) = names.iter().find_map(|name| Some((*name, details.get(*name)?)))?;
            match token().read(value, false) {
                _ if value.is_null() => None,
                Ok(text) => Some(text),
                Err(_) => {
                    fields.fault(
                        &format!("payment_details.{name}"),
                        "wrong_format",
                        "must be a token of the payment provider (pm_…, cus_…), never the number of a card",
                    );
                    None
                }
            }
        };
        let token = read(&["card_token", "token", "payment_method"]);
        let customer = read(&["customer", "customer_id"]);
        Some(Self { payment_method, token, customer })
    }
}

/// What is refunded.
#[derive(Clone, Debug, Default)]
pub struct RefundInput {
    /// How much; all that is left if nothing is said.
    pub amount: Option<Money>,
    /// Why.
    pub reason: Option<String>,
}

impl Input for RefundInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let amount = fields.optional("amount", rule::amount(false));
        let reason = fields.optional("reason", rule::text(500));
        Some(Self { amount, reason })
    }
}

/// How something is paid, in a word or two.
fn method() -> impl Rule<Output = String> {
    rule::text(50)
}

/// What a provider calls a card or a payer. A card's number is none: it must not get in here.
fn token() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "minLength": 1, "maxLength": 255}),
        |value, from_text| {
            let text = rule::text(255).read(value, from_text)?;
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let number = digits >= 12 && text.chars().all(|letter| letter.is_ascii_digit() || " -".contains(letter));
            let plain = text.chars().all(|letter| letter.is_ascii_graphic());
            if number || !plain { Err(Problem::new("wrong_format", "must be a token")) } else { Ok(text) }
        },
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(details: &serde_json::Value) -> Result<ProcessInput> {
        Fields::of_body(json!({"payment_method": "stripe", "payment_details": details})).unwrap().read()
    }

    #[test]
    fn tokens_get_in_and_card_numbers_do_not() {
        let input = read(&json!({"card_token": "pm_card_visa", "customer": null, "else": 1})).unwrap();
        assert_eq!((input.token.as_deref(), input.customer), (Some("pm_card_visa"), None));
        for number in ["4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242"] {
            let error = read(&json!({"card_token": number})).unwrap_err();
            assert!(error.message().contains("never the number of a card") && !error.to_string().contains("4242"));
        }
        assert!(read(&json!({"card_token": 7})).is_err());
    }
}
