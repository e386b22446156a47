//! Stripe's webhook: `Stripe-Signature: t=…,v1=…[,v1=…]`, and what its events say.

use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::{Error, Kind, Result, Timestamp, time};
use ports::gateway::{Event, News};
use serde_json::Value;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::objects::{self, Read};

/// An event that was signed longer ago (or so far ahead) is somebody's who overheard it.
const TOLERANCE: i64 = 300 * time::SECOND;

/// Is the body signed with the secret, just now? While a secret is being changed there are two signatures, of which one must fit.
pub(super) fn verify(secret: &[u8], header: &str, body: &[u8], now: Timestamp) -> Result<()> {
    let refused = |message| Err(Error::new(Kind::Unauthenticated, message));
    let mut signed_at = None;
    let mut signatures = Vec::new();
    for (name, value) in header.split(',').filter_map(|part| part.trim().split_once('=')) {
        match name {
            "t" => signed_at = value.parse::<i64>().ok(),
            "v1" => signatures.extend(hex::decode(value).ok()),
            _ => {}
        }
    }
    let Some(seconds) = signed_at else { return refused("The Stripe-Signature header is missing or cannot be read") };
    // Never an error: an HMAC takes keys of every length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(Error::internal)?;
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    let expected = mac.finalize().into_bytes();
    let fits = signatures.iter().fold(false, |fits, given| fits | bool::from(expected.ct_eq(given.as_slice())));
    if !fits {
        return refused("The signature is not that of STRIPE_WEBHOOK_SECRET");
    }
    if seconds.saturating_mul(time::SECOND).abs_diff(now.micros()) > TOLERANCE.unsigned_abs() {
        return refused("The event was signed more than five minutes ago: check this machine's clock");
    }
    Ok(())
}

/// What an event says. Kinds that say nothing of an order are events without news.
pub(super) fn read(body: &[u8]) -> Result<Event> {
    let event: Value = serde_json::from_slice(body)
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

    const SECRET: &[u8] = b"whsec_test_secret";
    const BODY: &[u8] = br#"{"id":"evt_1","type":"payment_intent.succeeded"}"#;
    const AT: i64 = 1_768_473_000;
    // openssl dgst -sha256 -hmac whsec_test_secret over "1768473000." and the body.
    const VECTOR: &str = "79c0f90aa995be0c5b081dafae740f7198698df4583c54e634387f28512fc87a";

    fn check(header: &str, body: &[u8], now: i64) -> Result<()> {
        verify(SECRET, header, body, Timestamp::from_micros(now * time::SECOND))
    }

    #[test]
    fn the_vector_fits_and_nothing_else_does() {
        let header = format!("t={AT},v1={VECTOR}");
        for now in [AT, AT + 300, AT - 300] {
            check(&header, BODY, now).unwrap();
        }
        check(&format!("t={AT},v1={},v0=abc,v1={VECTOR}", "0".repeat(64)), BODY, AT).unwrap();
        check(&format!(" t={AT} , v1={VECTOR} "), BODY, AT).unwrap();
        let (late, early) = (AT + 301, AT - 301);
        let short = format!("t={AT},v1={}", &VECTOR[..62]);
        for (header, body, now) in [
            (header.as_str(), BODY, late),
            (&header, BODY, early),
            (&header, &BODY[1..], AT),
            (&header.replace("t=17", "t=16"), BODY, AT),
            (&short, BODY, AT),
            (&header.replace("v1", "v0"), BODY, AT),
            ("", BODY, AT),
            ("t=soon,v1=x", BODY, AT),
            ("t=9223372036854775807,v1=00", BODY, AT),
        ] {
            assert_eq!(check(header, body, now).unwrap_err().kind(), Kind::Unauthenticated, "{header}");
        }
        let other = verify(b"whsec_other", &header, BODY, Timestamp::from_micros(AT * time::SECOND));
        assert!(other.is_err());
    }

    #[test]
    fn events_say_what_they_are_about() {
        let event = |object: &str, kind: &str| {
            read(format!(r#"{{"id": "evt_1", "type": "{kind}", "data": {{"object": {object}}}}}"#).as_bytes()).unwrap()
        };
        let intent = r#"{"object": "payment_intent", "id": "pi_1", "status": "succeeded", "amount": 500, "currency": "jpy",
            "metadata": {"attempt": "a"}}"#;
        let news = event(intent, "payment_intent.succeeded").news.remove(0);
        let News::Order(news) = news else { panic!("{news:?}") };
        assert_eq!((news.key.as_str(), news.amount.minor(), news.currency.code()), ("a", 50_000, "JPY"));
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
        fn whatever_is_sent_nothing_breaks(header in ".{0,200}", body in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(check(&header, &body, AT).is_err());
            let _ = read(&body);
        }
    }
}
