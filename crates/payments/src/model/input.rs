//! What may be written of payments.

use input::Input;
use input::rule::{self, Problem, Rule};
use kernel::{Amount, ContractId, Currency, Error, Result, Timestamp};

use super::payment::MANUAL;
use super::{Payment, Status, must_be_exact};
use serde_json::json;

/// A payment made by hand, beside those that signing a contract makes from its schedule.
#[derive(Clone, Debug, Input)]
pub struct NewPayment {
    /// The contract that it is for.
    #[input(id)]
    pub contract_id: ContractId,
    /// How much: more than 0, with no more decimals than the contract's currency has.
    #[input(amount(false), example = 400.0)]
    pub amount: Amount,
    /// When it is due; at once if it is not given.
    #[input(moment, example = "2026-06-02T00:00:00Z")]
    pub due_date: Option<Timestamp>,
    /// The contract's currency, if it is given at all.
    #[input(currency, example = "USD")]
    pub currency: Option<Currency>,
    /// What it is for.
    #[input(text(200))]
    pub milestone: Option<String>,
}

/// A change of a payment. Fields that are left out stay as they are; null clears a field that can be empty.
#[derive(Clone, Debug, Input)]
#[input(name = "PaymentChanges")]
pub struct Changes {
    /// How much; only while it is neither being processed nor completed.
    #[input(amount(false), not_null)]
    amount: Option<Amount>,
    /// `completed` records that it was paid outside of a payment provider.
    #[input(word, not_null)]
    status: Option<Status>,
    /// How it is paid, in your own word.
    #[input(text(50), example = "bank_transfer")]
    payment_method: Option<Option<String>>,
    /// The bank's or provider's name for it.
    #[input(text(200))]
    transaction_id: Option<Option<String>>,
    /// When it is due.
    #[input(moment)]
    due_date: Option<Option<Timestamp>>,
    /// When it was paid; now, if it is completed without saying when.
    #[input(moment)]
    paid_at: Option<Option<Timestamp>>,
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
        let touches_money = self.amount.is_some_and(|amount| amount != payment.amount.amount())
            || was == Status::Completed
                && (self.payment_method.is_some() || self.transaction_id.is_some() || self.paid_at.is_some());
        if fixed && (touches_money || by_gateway && self.transaction_id.is_some()) {
            return Err(Error::conflict(format!(
                "The payment is {}: its amount and how it was paid are settled",
                was.word()
            )));
        }
        if let Some(amount) = self.amount {
            payment.amount = payment.money(amount);
            must_be_exact(payment.amount)?;
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
#[derive(Clone, Debug, Default, Input)]
#[input(name = "ProcessPayment")]
pub struct ProcessInput {
    /// How it is paid, in your own word.
    #[input(text(50), example = "stripe")]
    pub payment_method: Option<String>,
    /// What the payment provider is told.
    #[input(nested)]
    pub payment_details: Option<PaymentDetails>,
}

/// What the payment provider is told.
#[derive(Clone, Debug, Default, Input)]
pub struct PaymentDetails {
    /// The provider's token of a card or account (`pm_…`); never a card's number. Without one, the payer is asked for it on a page,
    /// with the `client_secret` of the answer.
    #[input(token(), alias = "token", alias = "payment_method", example = "mock_token_123")]
    pub card_token: Option<String>,
    /// The provider's name of the payer whose token it is (`cus_…`).
    #[input(token(), alias = "customer_id")]
    pub customer: Option<String>,
}

/// What is refunded.
#[derive(Clone, Debug, Default, Input)]
#[input(name = "RefundPayment")]
pub struct RefundInput {
    /// How much; all that is left of it if it is not given.
    #[input(amount(false), example = 100.0)]
    pub amount: Option<Amount>,
    /// Why.
    #[input(text(500))]
    pub reason: Option<String>,
}

/// What a provider calls a card or a payer. A card's number is none: it must not get in here, nor be repeated in a fault.
fn token() -> impl Rule<Output = String> {
    let schema = || json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!-~]+$"});
    rule::rule(schema, |value, from_text| {
        let wrong = || {
            let message = "must be a token of the payment provider (pm_…, cus_…), never the number of a card";
            Problem::new("wrong_format", message)
        };
        let text = rule::text(255).read(value, from_text).map_err(|_| wrong())?;
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let number = digits >= 12 && text.chars().all(|letter| letter.is_ascii_digit() || " -".contains(letter));
        let plain = text.chars().all(|letter| letter.is_ascii_graphic());
        if number || !plain { Err(wrong()) } else { Ok(text) }
    })
}

#[cfg(test)]
mod tests {
    use input::Fields;

    use super::*;

    fn read(details: &serde_json::Value) -> Result<ProcessInput> {
        Fields::of_body(json!({"payment_method": "stripe", "payment_details": details})).unwrap().read()
    }

    #[test]
    fn tokens_get_in_and_card_numbers_do_not() {
        let input = read(&json!({"card_token": "pm_card_visa", "customer": null, "else": 1})).unwrap();
        let details = input.payment_details.unwrap();
        assert_eq!((details.card_token.as_deref(), details.customer), (Some("pm_card_visa"), None));
        for number in ["4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242"] {
            let error = read(&json!({"card_token": number})).unwrap_err();
            assert!(error.message().contains("never the number of a card") && !error.to_string().contains("4242"));
        }
        assert!(read(&json!({"card_token": 7})).is_err());
    }
}
