//! Where a creator's money goes: said in person, told, waited for, and paid to who signed.

use kernel::time::{HOUR, MINUTE};
use kernel::{AccountId, Id};
use payments::{Payee, Settings};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::World;
use crate::stripe_stand_in::Stripe;

const DELAY: Settings = Settings { fee: 0, payout_delay_hours: 48 };

async fn world(fresh: FreshDb) -> World {
    let stripe = Stripe::start().await;
    World::with(fresh, stripe.gateway(), DELAY).await
}

impl World {
    fn at_account(&self) -> String {
        format!("/api/v1/payments/payout-accounts/{}", self.creator)
    }

    async fn name_account(&self, account: &str) {
        let just_now = self.people.log_in_again(&self.creator_account, &self.clock);
        self.of(&just_now).put(&self.at_account(), &json!({"account": account})).await.ok();
    }

    async fn held_payment(&self) -> String {
        let at = self.payment(100.0).await;
        let body = json!({"payment_details": {"card_token": "pm_card"}});
        self.client.post(&format!("{at}/process"), &body).await.ok();
        self.work().await;
        assert_eq!(self.get(&at).await["payout_status"], "waiting");
        at
    }
}

#[both_engines]
async fn nothing_is_paid_to_an_account_before_everyone_could_object(fresh: FreshDb) {
    let world = world(fresh).await;
    let at = world.held_payment().await;
    world.name_account("acct_1").await;
    world.work().await;
    assert_eq!(world.get(&at).await["payout_status"], "waiting");
    world.advance(47 * HOUR);
    world.work().await;
    assert_eq!(world.get(&at).await["payout_status"], "waiting");
    // Another account begins the time anew; the same one, said again, does not.
    world.name_account("acct_1").await;
    world.advance(HOUR + MINUTE);
    world.work().await;
    assert_eq!(world.get(&at).await["payout_status"], "paid");
    let at = {
        world.name_account("acct_thief").await;
        world.held_payment().await
    };
    world.name_account("acct_1").await;
    world.advance(49 * HOUR);
    world.work().await;
    assert_eq!(world.get(&at).await["payout_status"], "paid");
    assert_eq!(world.events("payout_account.changed").await, 3, "every change is told, and nothing else");
}

#[both_engines]
async fn a_log_in_that_was_left_open_names_no_account(fresh: FreshDb) {
    let world = world(fresh).await;
    let path = world.at_account();
    let open = world.of(&world.creator_account);
    world.advance(9 * MINUTE);
    open.put(&path, &json!({"account": "acct_1"})).await.ok();
    world.advance(2 * MINUTE);
    let told = open.put(&path, &json!({"account": "acct_2"})).await;
    told.refused(403);
    assert!(told.message().contains("last ten minutes"), "{}", told.text());
    assert_eq!(open.get(&path).await.ok()["account"], "acct_1");
}

#[both_engines]
async fn who_signed_is_paid_and_nobody_else(fresh: FreshDb) {
    let world = world(fresh).await;
    let stranger: AccountId = Id::from_uuid(uuid::Uuid::from_u128(7));
    let own = world.creator_account.account.id;
    for (payee, paid) in [
        (Payee { account: Some(stranger), address: None }, false),
        (Payee { account: None, address: Some("signer@example.com".into()) }, false),
        (Payee { account: Some(own), address: None }, true),
        (Payee::default(), true),
    ] {
        world.signed_by(payee.clone());
        let at = world.payment(10.0).await;
        world.client.post(&format!("{at}/process"), &json!({"payment_details": {"card_token": "pm_card"}})).await.ok();
        world.work().await;
        world.name_account(if paid { "acct_1" } else { "acct_2" }).await;
        world.advance(49 * HOUR);
        world.work().await;
        let status = if paid { "paid" } else { "waiting" };
        assert_eq!(world.get(&at).await["payout_status"], status, "{payee:?}");
        if !paid {
            // What was held goes as soon as the signer is the one who is paid.
            world.signed_by(Payee { account: Some(own), address: None });
            world.name_account("acct_1").await;
            world.advance(49 * HOUR);
            world.work().await;
            assert_eq!(world.get(&at).await["payout_status"], "paid");
        }
    }
}

#[both_engines]
async fn customers_and_methods_are_a_workspaces(fresh: FreshDb) {
    let world = world(fresh).await;
    let pay = async |client: &testkit::Client, at: &str, details: serde_json::Value| {
        client.post(&format!("{at}/process"), &json!({"payment_details": details})).await
    };
    let at = world.payment(10.0).await;
    pay(&world.client, &at, json!({"card_token": "pm_ours", "customer": "cus_ours"})).await.ok();
    // Another brand, with a contract of its own.
    let other = world.people.business(&world.clock);
    let contract = world.clock.new_id();
    world.sign_for(contract, other.account.workspace.unwrap());
    let client = world.of(&other);
    let body = json!({"contract_id": contract, "amount": 10.0});
    let theirs = crate::path(&client.post("/api/v1/payments", &body).await.ok());
    for details in [
        json!({"card_token": "pm_ours"}),
        json!({"customer": "cus_ours"}),
        json!({"card_token": "pm_theirs", "customer": "cus_ours"}),
        json!({"card_token": "pm_ours", "customer": "cus_theirs"}),
    ] {
        pay(&client, &theirs, details).await.refused(403);
        assert_eq!(client.get(&theirs).await.ok()["status"], "pending", "nothing was begun");
    }
    pay(&client, &theirs, json!({"card_token": "pm_theirs", "customer": "cus_theirs"})).await.ok();
    let again = world.payment(10.0).await;
    pay(&world.client, &again, json!({"card_token": "pm_ours", "customer": "cus_ours"})).await.ok();
    pay(&world.client, &world.payment(10.0).await, json!({"card_token": "pm_theirs"})).await.refused(403);
}
