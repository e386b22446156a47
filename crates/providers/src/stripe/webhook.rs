//! Stripe's webhook: `Stripe-Signature: t=…,v1=…[,v1=…]`, and what its events say.

use kernel::{Error, Kind, Result, time};
use ports::gateway::{Event, News};
use ports::webhook::{Closed, Scheme, Stamped};
use serde_json::Value;

use super::objects::{self, Read};
use crate::Secret;

/// An event that was signed longer ago (or so far ahead) is somebody's who overheard it.
const TOLERANCE: i64 = 5 * time::MINUTE;

/// How Stripe signs: nothing is let in without a secret.
pub(super) fn scheme(secret: Option<&Secret>) -> Box<dyn Scheme> {
    let Some(secret) = secret else {
        let message = "No events of Stripe are taken: set STRIPE_WEBHOOK_SECRET";
        return Box::new(Closed { kind: Kind::NotFound, message });
    };
    Box::new(Stamped {
        name: "Stripe-Signature",
        header: "stripe-signature",
        version: "v1",
        secret: secret.reveal().as_bytes().to_vec(),
        setting: "STRIPE_WEBHOOK_SECRET",
        tolerance: TOLERANCE,
        refusal: Kind::Unauthenticated,
    })
}

/// What an event says. Kinds that say nothing of an order are events without news.
pub(super) fn read(body: &[u8]) -> Result<Event> {
    let event: Value = ports::json::parse(body)
        .map_err(|error| Error::new(Kind::BadRequest, "The event is not valid JSON").because(error))?;
    let text = |name: &str| event[name].as_str().filter(|text| !text.is_empty() && !text.contains('\0'));
    let (Some(id), Some(kind)) = (text("id"), text("type")) else {
        return Err(Error::new(Kind::BadRequest, "The event has no id or no type"));
    };
    let object = &event["data"]["object"];
    let of_order = |read: Read| objects::word(object, read).map(News::Order).into_iter().collect();
    let news: Vec<News> = match object["object"].as_str() {
        Some("payment_intent") => of_order(objects::intent),
        Some("refund") => objects::refunded(object).into_iter().collect(),
        Some("transfer") if kind == "transfer.created" => of_order(objects::moved),
        Some("transfer") if kind == "transfer.reversed" => objects::reversed(object),
        Some("dispute") => objects::dispute(object).into_iter().collect(),
        // A charge tells how much went back of it, but not by which refunds.
        Some("charge") if kind == "charge.refunded" => {
            let charge = object["payment_intent"].as_str().map(str::to_owned);
            charge.map(|charge| News::Refunds { charge }).into_iter().collect()
        }
        _ => Vec::new(),
    };
    Ok(Event { id: id.to_owned(), kind: kind.to_owned(), news })
}

#[cfg(test)]
mod tests {
    use ports::gateway::Outcome;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn events_say_what_they_are_about() {
        let event = |object: &str, kind: &str| {
            read(format!(r#"{{"id": "evt_1", "type": "{kind}", "data": {{"object": {object}}}}}"#).as_bytes()).unwrap()
        };
        let intent = r#"{"object": "payment_intent", "id": "pi_1", "status": "succeeded", "amount": 500, "currency": "jpy",
            "metadata": {"attempt": "a"}}"#;
        let news = event(intent, "payment_intent.succeeded").news.remove(0);
        let News::Order(news) = news else { panic!("{news:?}") };
        assert_eq!((news.key.as_str(), news.amount.to_string()), ("a", "500.00 JPY".to_owned()));
        assert_eq!(news.outcome, Outcome::Done { reference: "pi_1".into() });
        for (object, kind) in [
            (intent.replace("metadata", "data"), "payment_intent.succeeded"),
            (r#"{"object": "customer", "id": "cus_1"}"#.to_owned(), "customer.created"),
            (
                r#"{"object": "transfer", "id": "tr_1", "amount": 1, "currency": "usd", "metadata": {"attempt": "a"}}"#
                    .to_owned(),
                "transfer.updated",
            ),
            (r#"{"object": "charge", "id": "ch_1", "payment_intent": null}"#.to_owned(), "charge.refunded"),
            (r#"{"object": "charge", "id": "ch_1", "payment_intent": "pi_1"}"#.to_owned(), "charge.succeeded"),
            ("null".to_owned(), "ping"),
        ] {
            assert_eq!(event(&object, kind).news, [], "{kind}");
        }
        let reversal = r#"{"object": "transfer", "id": "tr_1", "amount": 9, "currency": "usd", "metadata": {"attempt": "a"}, "reversals": {"data": [
            {"id": "trr_2", "amount": 2, "currency": "usd", "metadata": {}}, {"id": "trr_1", "amount": 1, "currency": "usd", "metadata": {"attempt": "b"}}]}}"#;
        let heard = event(reversal, "transfer.reversed").news;
        let told: Vec<String> = heard
            .iter()
            .map(|news| match news {
                News::Order(word) => format!("{} {}", word.key, word.amount.minor()),
                News::Reversal(back) => format!("{} of {} {}", back.reference, back.of, back.amount.minor()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(told, ["a 9", "b 1", "trr_2 of tr_1 2"]);
        let charge = r#"{"object": "charge", "id": "ch_1", "payment_intent": "pi_1"}"#;
        assert_eq!(event(charge, "charge.refunded").news, [News::Refunds { charge: "pi_1".into() }]);
        for body in [&b"{"[..], b"[]", b"{}", b"{\"id\": \"\", \"type\": \"x\"}"] {
            assert_eq!(read(body).unwrap_err().kind(), Kind::BadRequest);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_nothing_breaks(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&body);
        }
    }
}
