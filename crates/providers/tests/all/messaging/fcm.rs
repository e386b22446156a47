//! Firebase Cloud Messaging.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::{Clock, time};
use ports::messaging::{Account, Content, Decision, IdentityKind, Messenger as _, Outgoing, State};
use providers::fcm::Fcm;
use providers::messaging::FcmSettings;
use serde_json::json;

use super::firebase::{Firebase, OTHER_PEM, PEM, PROJECT, service_account};
use super::{clock, message, text};
use crate::stand_in::quick;

fn at(url: &str, own: Option<String>, clock: &Clock) -> Fcm {
    let settings = FcmSettings {
        base_url: url.into(),
        oauth_base_url: url.into(),
        service_account: own.map(Into::into),
        limits: quick(),
    };
    Fcm::new(&settings, clock).unwrap()
}

fn notice(device: &str) -> Outgoing {
    let data = BTreeMap::from([("conversation_id".to_owned(), "c-1".to_owned())]);
    let content = Content::Notice { title: "Coach Ana".into(), body: "You have a message".into(), data };
    message(IdentityKind::Device, device, content)
}

#[tokio::test]
async fn a_notice_says_that_there_is_a_message() {
    let firebase = Firebase::start().await;
    let clock = clock();
    let fcm = at(&firebase.url, Some(service_account(PEM)), &clock);
    let sent = fcm.send(&Account::default(), &notice("phone-1")).await.unwrap();
    assert_eq!(sent.id, format!("projects/{PROJECT}/messages/0:1"));
    let asked = firebase.state.lock().unwrap().asked[0].clone();
    let wanted = json!({"token": "phone-1", "notification": {"title": "Coach Ana", "body": "You have a message"},
        "data": {"conversation_id": "c-1"}, "android": {"priority": "HIGH", "collapse_key": "c-1"},
        "apns": {"headers": {"apns-priority": "10", "apns-collapse-id": "c-1"}}});
    assert_eq!(asked, json!({"validate_only": false, "message": wanted}));
    let words = text(IdentityKind::Device, "phone-1", "What it says");
    assert_eq!(fcm.send(&Account::default(), &words).await.unwrap_err().code.as_deref(), Some("unsupported"));
}

#[tokio::test]
async fn a_token_is_made_once_an_hour_and_anew_when_it_was_taken_back() {
    let firebase = Firebase::start().await;
    let clock = clock();
    let fcm = at(&firebase.url, None, &clock);
    let own = Account { token: service_account(PEM).into(), ..Account::default() };
    let tokens = || firebase.state.lock().unwrap().tokens;
    for _ in 0..3 {
        fcm.send(&own, &notice("phone-1")).await.unwrap();
    }
    assert_eq!(tokens(), 1);
    clock.advance(58 * time::MINUTE);
    fcm.send(&own, &notice("phone-1")).await.unwrap();
    assert_eq!(tokens(), 2);
    firebase.state.lock().unwrap().good_from = 3;
    fcm.send(&own, &notice("phone-1")).await.unwrap();
    assert_eq!(tokens(), 3);
}

#[tokio::test]
async fn each_refusal_is_a_decision() {
    let firebase = Firebase::start().await;
    let fcm = at(&firebase.url, Some(service_account(PEM)), &clock());
    let gone = Decision::Unreachable(IdentityKind::Device);
    for (device, code, wanted) in [
        ("gone", "UNREGISTERED", gone),
        ("other", "SENDER_ID_MISMATCH", gone),
        ("no token", "INVALID_ARGUMENT", gone),
        ("busy", "QUOTA_EXCEEDED", Decision::Later(Some(Duration::from_secs(30)))),
        ("away", "UNAVAILABLE", Decision::Later(None)),
        ("apns", "THIRD_PARTY_AUTH_ERROR", Decision::ChannelBroken),
        ("odd", "INVALID_ARGUMENT", Decision::Rejected),
    ] {
        let fault = fcm.send(&Account::default(), &notice(device)).await.unwrap_err();
        assert_eq!((fault.decision, fault.code.as_deref()), (wanted, Some(code)), "{device}");
    }
    let mut large = notice("phone-1");
    if let Content::Notice { body, .. } = &mut large.content {
        *body = "x".repeat(4096);
    }
    assert_eq!(fcm.send(&Account::default(), &large).await.unwrap_err().code.as_deref(), Some("too_long"));
}

#[tokio::test]
async fn a_check_finds_out_whether_the_key_is_good() {
    let firebase = Firebase::start().await;
    let fcm = at(&firebase.url, None, &clock());
    let with = |json: &str| Account { token: json.into(), ..Account::default() };
    let standing = fcm.check(&with(&service_account(PEM))).await;
    assert_eq!((standing.state, standing.sender.as_deref()), (State::Works, Some(PROJECT)));
    assert_eq!(firebase.state.lock().unwrap().asked[0]["validate_only"], true);

    let standing = fcm.check(&with(&service_account(OTHER_PEM))).await;
    assert_eq!((standing.state, standing.says.as_str()), (State::Faulty, "Invalid JWT Signature."));
    for (json, says) in
        [("not JSON", "is no JSON"), ("{}", "no project_id"), (service_account("x").as_str(), "no RSA key")]
    {
        let standing = fcm.check(&with(json)).await;
        assert!(standing.state == State::Faulty && standing.says.contains(says), "{}", standing.says);
    }
    // Without a key nothing is broken: the app asks the server.
    let none = fcm.check(&Account::default()).await;
    assert_eq!((none.state, none.code.as_deref()), (State::Works, Some("no_key")));
    let fault = fcm.send(&Account::default(), &notice("phone-1")).await.unwrap_err();
    assert_eq!((fault.decision, fault.code.as_deref()), (Decision::Rejected, Some("no_key")));
    let away = at("http://127.0.0.1:1", Some(service_account(PEM)), &clock());
    assert_eq!(away.check(&Account::default()).await.state, State::Unknown);
}
