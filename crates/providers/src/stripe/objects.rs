//! Stripe's objects, as outcomes.

use ports::gateway::{Outcome, Wanted};
use serde_json::Value;

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
