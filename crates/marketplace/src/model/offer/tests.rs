use kernel::Clock;
use kernel::time::{DAY, HOUR};
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn now() -> Timestamp {
    "2026-01-15T10:30:00Z".parse().unwrap()
}

fn offer() -> Offer {
    let clock = Clock::mock(now(), 1);
    let body = json!({
        "title": "A post", "description": "Of summer", "category": "fashion", "platforms": ["INSTAGRAM", "tiktok", "INSTAGRAM"],
        "budget_min": 500, "budget_max": 2000, "currency": "EUR", "content_specs": {"formats": ["POST", "REEL"]},
        "countries": ["Spain"], "application_deadline": "2026-02-01T23:59:59Z", "content_deadline": "2026-03-01T23:59:59Z",
    });
    let new: NewOffer = input::Fields::of_body(body).unwrap().read().unwrap();
    Offer::new(clock.new_id(), (clock.new_id(), clock.new_id()), new, now())
}

fn fields(result: Result<impl Sized>) -> Vec<String> {
    result.err().expect("a fault").faults().iter().map(|fault| fault.loc[1..].join(".")).collect()
}

fn changes(body: serde_json::Value) -> OfferChanges {
    input::Fields::of_body(body).unwrap().read().unwrap()
}

#[test]
fn it_is_read_as_it_was_sent() {
    let offer = offer();
    assert_eq!(offer.platforms.0, [Network::Instagram, Network::TikTok], "each once");
    assert_eq!(offer.countries.0, ["ES"]);
    assert_eq!((offer.places, offer.max_revisions, offer.contract), (None, 2, ContractWish::None));
    offer.check().unwrap();
}

#[test]
fn every_fault_is_told_by_its_field() {
    let mut wrong = offer();
    wrong.budget_min = Amount::from_minor(300_000);
    wrong.content_deadline = wrong.application_deadline;
    wrong.content_specs.0.formats.push(super::super::words::Format::Short);
    assert_eq!(fields(wrong.check()), ["budget_min", "content_deadline", "content_specs.formats.2"]);
    let mut yen = offer();
    yen.currency = Currency::parse("JPY").unwrap();
    yen.budget_max = Amount::from_minor(200_050);
    assert_eq!(fields(yen.check()), ["budget_max"]);
    let mut late = offer();
    assert_eq!(fields(late.publish(now().plus(60 * DAY))), ["application_deadline", "content_deadline"]);
    assert_eq!(late.status, OfferStatus::Draft);
}

#[test]
fn it_closes_by_itself_and_says_why() {
    let mut offer = offer();
    assert_eq!(offer.closed(now()), Some(ClosedReason::NotPublished));
    offer.publish(now()).unwrap();
    assert!(offer.publish(now()).is_err());
    assert_eq!(offer.closed(now()), None);
    assert_eq!(offer.closed(now().plus(30 * DAY)), Some(ClosedReason::DeadlinePassed));
    (offer.places, offer.taken) = (Some(1), 1);
    assert_eq!((offer.closed(now()), offer.places_left()), (Some(ClosedReason::PlacesFilled), Some(0)));
    offer.pause(true, now()).unwrap();
    assert!(offer.pause(true, now()).is_err());
    assert_eq!(offer.closed(now()), Some(ClosedReason::Paused));
    offer.archive(now()).unwrap();
    assert_eq!(offer.closed(now()), Some(ClosedReason::Archived));
    assert!(offer.archive(now()).is_err() && offer.publish(now()).is_err() && offer.pause(false, now()).is_err());
    assert!(offer.change(changes(json!({"title": "Another"})), now()).is_err());
}

#[test]
fn a_change_of_what_is_asked_is_another_version_and_nothing_else_is() {
    let mut offer = offer();
    offer.publish(now()).unwrap();
    assert!(!offer.change(changes(json!({"places": 3, "is_public": false})), now()).unwrap());
    assert!(offer.change(changes(json!({"title": "Another"})), now()).unwrap());
    assert!(offer.change(changes(json!({"places": null, "usage_rights": "a year"})), now()).unwrap());
    assert_eq!(offer.places, None);
    assert!(offer.change(changes(json!({"application_deadline": "2025-01-01T00:00:00Z"})), now()).is_err());
}

#[test]
fn what_an_application_without_a_fee_asks_for() {
    let mut version = offer().as_version(now());
    assert_eq!(version.least().map(Money::minor), Some(50_000));
    version.budget_min = Amount::from_minor(0);
    assert_eq!(version.least(), None);
    let brief = version.facts("fashion_brand").brief;
    assert_eq!((brief.formats.join(" "), brief.brand.join(" ")), ("POST REEL".to_owned(), "fashion_brand".to_owned()));
}

proptest! {
    /// For whoever was accepted neither budget nor deadlines get worse, whatever is sent.
    #[test]
    fn nothing_gets_worse_for_the_accepted(
        least in 1_i64..5_000, most in 1_i64..5_000, applications in 1_i64..90, content in 1_i64..90, accepted: bool,
    ) {
        let mut offer = offer();
        offer.publish(now()).unwrap();
        offer.taken = u32::from(accepted);
        let was = offer.clone();
        let body = json!({
            "budget_min": least, "budget_max": most, "application_deadline": now().plus(applications * DAY),
            "content_deadline": now().plus(content * DAY + HOUR),
        });
        let done = offer.change(changes(body), now());
        if done.is_ok() && accepted {
            prop_assert!(offer.budget_min >= was.budget_min && offer.budget_max >= was.budget_max);
            prop_assert!(offer.application_deadline >= was.application_deadline);
            prop_assert!(offer.content_deadline >= was.content_deadline);
        }
        if done.is_ok() {
            prop_assert!(offer.budget_min <= offer.budget_max);
            prop_assert!(offer.application_deadline < offer.content_deadline);
        }
    }

    /// Wherever one tries to move it: an archived offer stays so, and nothing becomes a draft again.
    #[test]
    fn an_offer_moves_in_one_direction(moves in proptest::collection::vec(0_u8..5, 0..40)) {
        let mut offer = offer();
        for one in moves {
            let before = offer.status;
            let _ = match one {
                0 => offer.publish(now()),
                1 => offer.archive(now()),
                2 => offer.pause(true, now()),
                3 => offer.pause(false, now()),
                _ => offer.change(changes(json!({"title": "x"})), now()).map(drop),
            };
            let place = |status: OfferStatus| OfferStatus::ALL.iter().position(|one| *one == status);
            prop_assert!(place(offer.status) >= place(before));
            prop_assert_eq!(offer.status == OfferStatus::Active, offer.published_at.is_some() && offer.archived_at.is_none());
        }
    }
}
