//! Stripe's objects, as outcomes.

use kernel::{Currency, Money, Timestamp, time};
use ports::gateway::{Back, Dispute, News, Outcome, Wanted, Word};
use serde_json::Value;

use super::units;

/// Reads an outcome out of an object; nothing if it is none of its kind.
pub(super) type Read = fn(&Value) -> Option<Outcome>;

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A PaymentIntent.
pub(super) fn intent(object: &Value) -> Option<Outcome> {
    let reference = text(&object["id"])?;
    let wanted = || {
        Some(Wanted {
            client_secret: text(&object["client_secret"]),
            url: text(&object["next_action"]["redirect_to_url"]["url"]),
        })
    };
    Some(match object["status"].as_str()? {
        "succeeded" => Outcome::Done { reference },
        "canceled" => Outcome::Refused {
            reference: Some(reference),
            code: "canceled".into(),
            message: "The charge was cancelled at Stripe: process the payment to try again".into(),
        },
        "requires_payment_method" if object["last_payment_error"].is_object() => {
            refusal(&object["last_payment_error"], Some(reference))
        }
        "requires_action" | "requires_confirmation" | "requires_payment_method" => {
            Outcome::Underway { reference, wanted: wanted() }
        }
        _ => Outcome::Underway { reference, wanted: None },
    })
}

/// A transfer or its reversal: it is there, so it was done.
pub(super) fn moved(object: &Value) -> Option<Outcome> {
    Some(Outcome::Done { reference: text(&object["id"])? })
}

/// A refund.
pub(super) fn refund(object: &Value) -> Option<Outcome> {
    let reference = text(&object["id"])?;
    Some(match object["status"].as_str()? {
        "succeeded" => Outcome::Done { reference },
        "failed" | "canceled" => {
            let code = text(&object["failure_reason"]).unwrap_or_else(|| "refund_failed".into());
            Outcome::Refused {
                reference: Some(reference),
                message: format!("The refund did not go through ({code}): try again, or pay it back another way"),
                code,
            }
        }
        _ => Outcome::Underway { reference, wanted: None },
    })
}

/// What an object that carries our order's key says of it.
pub(super) fn word(object: &Value, read: Read) -> Option<Word> {
    Some(Word { key: text(&object["metadata"]["attempt"])?, amount: amount(object)?, outcome: read(object)? })
}

/// In one of the currencies that can be held here: nothing else was ever asked for.
fn amount(object: &Value) -> Option<Money> {
    let currency = Currency::parse(object["currency"].as_str()?).ok()?;
    Some(units::amount(object["amount"].as_i64()?, currency))
}

/// What a refund says: of an order of ours, or of a charge whose refund we did not order.
pub(super) fn refunded(object: &Value) -> Option<News> {
    if object["metadata"]["attempt"].is_string() {
        return word(object, refund).map(News::Order);
    }
    back(object, &object["payment_intent"], refund).map(News::Refund)
}

fn back(object: &Value, of: &Value, read: Read) -> Option<Back> {
    Some(Back { reference: text(&object["id"])?, of: text(of)?, amount: amount(object)?, outcome: read(object)? })
}

/// What a transfer that was taken back says: that it was made, and each of its reversals.
pub(super) fn reversed(object: &Value) -> Vec<News> {
    let made = word(object, moved).map(News::Order);
    let reversals = object["reversals"]["data"].as_array().map_or(&[][..], Vec::as_slice);
    let reversals = reversals.iter().rev().filter_map(|reversal| {
        if reversal["metadata"]["attempt"].is_string() {
            return word(reversal, moved).map(News::Order);
        }
        back(reversal, &object["id"], moved).map(News::Reversal)
    });
    made.into_iter().chain(reversals).collect()
}

/// A dispute. An inquiry (`warning_…`) takes no money; what follows it does, until it is won.
pub(super) fn dispute(object: &Value) -> Option<News> {
    let status = text(&object["status"])?;
    let (step, withdrawn) = match status.as_str() {
        "warning_needs_response" => (0, false),
        "warning_under_review" => (1, false),
        "needs_response" => (2, true),
        "under_review" => (3, true),
        "lost" => (Dispute::OVER, true),
        "won" | "warning_closed" | "prevented" => (Dispute::OVER, false),
        // A word that is newer than this program: what Stripe has booked for it decides.
        _ => {
            let booked = object["balance_transactions"].as_array().map_or(&[][..], Vec::as_slice);
            (3, booked.iter().filter_map(|one| one["amount"].as_i64()).sum::<i64>() < 0)
        }
    };
    let due = object["evidence_details"]["due_by"].as_i64();
    Some(News::Dispute(Dispute {
        reference: text(&object["id"])?,
        of: text(&object["payment_intent"])?,
        amount: amount(object)?,
        status,
        step,
        withdrawn,
        reason: text(&object["reason"]),
        respond_by: due.map(|seconds| Timestamp::from_micros(seconds.saturating_mul(time::SECOND))),
    }))
}

/// What Stripe says of a card or a request that it refuses.
pub(super) fn refusal(error: &Value, reference: Option<String>) -> Outcome {
    let code = [&error["decline_code"], &error["code"], &error["type"]].into_iter().find_map(text);
    let message = text(&error["message"]).unwrap_or_else(|| "Stripe refused it without saying why".into());
    // Messages can repeat what was sent; a line is enough.
    let line: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    Outcome::Refused { reference, code: code.unwrap_or_else(|| "refused".into()), message: line }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_dispute_takes_money_unless_it_is_an_inquiry_or_won() {
        let of = |status: &str, booked: i64| {
            let object = json!({"id": "du_1", "object": "dispute", "amount": 1000, "currency": "USD", "status": status,
                "payment_intent": "pi_1", "charge": "ch_1", "reason": "fraudulent", "evidence_details": {"due_by": 1_682_294_399},
                "balance_transactions": [{"amount": booked, "fee": 1500}]});
            let Some(News::Dispute(dispute)) = dispute(&object) else { panic!("{status}") };
            assert_eq!((dispute.of.as_str(), dispute.amount.to_string()), ("pi_1", "10.00 USD".to_owned()));
            assert_eq!(dispute.respond_by.unwrap().to_string(), "2023-04-23T23:59:59Z");
            (dispute.step, dispute.withdrawn)
        };
        for (status, step, withdrawn) in [
            ("warning_needs_response", 0, false),
            ("warning_under_review", 1, false),
            ("warning_closed", 4, false),
            ("needs_response", 2, true),
            ("under_review", 3, true),
            ("won", 4, false),
            ("lost", 4, true),
            ("prevented", 4, false),
        ] {
            assert_eq!(of(status, 0), (step, withdrawn), "{status}");
        }
        assert_eq!((of("something new", -1000), of("something new", 0)), ((3, true), (3, false)));
        assert_eq!(dispute(&json!({"id": "du_1", "status": "lost"})), None);
    }

    #[test]
    fn every_status_of_an_intent_is_an_outcome() {
        let of = |status: &str, error: Value| {
            intent(&json!({"id": "pi_1", "status": status, "client_secret": "s", "last_payment_error": error})).unwrap()
        };
        assert_eq!(of("succeeded", Value::Null), Outcome::Done { reference: "pi_1".into() });
        let declined = json!({"code": "card_declined", "decline_code": "insufficient_funds", "message": "No\nmoney"});
        let Outcome::Refused { code, message, .. } = of("requires_payment_method", declined) else { panic!("refused") };
        assert_eq!((code.as_str(), message.as_str()), ("insufficient_funds", "No money"));
        assert!(matches!(of("canceled", Value::Null), Outcome::Refused { .. }));
        for status in ["requires_payment_method", "requires_confirmation", "requires_action"] {
            let Outcome::Underway { wanted, .. } = of(status, Value::Null) else { panic!("{status}") };
            assert_eq!(wanted.unwrap().client_secret.as_deref(), Some("s"));
        }
        for status in ["processing", "requires_capture", "something new"] {
            assert_eq!(of(status, Value::Null), Outcome::Underway { reference: "pi_1".into(), wanted: None });
        }
        assert_eq!((intent(&json!({"status": "succeeded"})), refund(&json!({"id": "re_1"}))), (None, None));
    }
}
