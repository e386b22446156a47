//! How a number of WhatsApp stands, asked of WhatsApp itself.

use hmac::{Hmac, KeyInit as _, Mac as _};
use ports::messaging::{Account, Decision, HookStanding, SendFault, Standing, State, Token};
use serde_json::Value;
use sha2::Sha256;

use super::{WhatsApp, id};
use crate::messaging::Wire;

/// What is asked of the number.
const FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,code_verification_status,name_status,platform_type,throughput,webhook_configuration,status";

impl WhatsApp {
    /// Is there such a number, may the token use it, is the app's secret the right one, and does the app tell us what comes in?
    pub(super) async fn look(&self, account: &Account) -> Standing {
        let told = match self.number(account).await {
            Ok(told) => told,
            Err(fault) => return faulty(fault),
        };
        let text = |name: &str| told[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let mut standing = Standing {
            name: text("verified_name"),
            number: text("display_phone_number"),
            sender: text("id"),
            quality: text("quality_rating").filter(|rating| rating != "UNKNOWN"),
            tier: told["throughput"]["level"].as_str().map(str::to_owned),
            webhook: Some(hook_of(&told)),
            ..Standing::of(State::Works, "")
        };
        standing.notes.extend(notes(&told));
        if let Some(secret) = &account.app_secret {
            if let Err(fault) = self.secret_fits(account, secret).await {
                return Standing { state: State::Faulty, says: fault.says, code: fault.code, ..standing };
            }
        } else {
            standing.notes.push("No app_secret is set: without it nothing that WhatsApp tells is let in. It stands in the Meta app under App settings, Basic".into());
        }
        standing.notes.extend(self.subscription(account).await);
        let number = standing.number.as_deref().unwrap_or("the number");
        let name = standing.name.as_deref().unwrap_or("no verified name");
        standing.says = format!("WhatsApp knows {number} as {name}");
        standing
    }

    async fn number(&self, account: &Account) -> Result<Value, SendFault> {
        let mut url = self.url(&[Self::sender(account)?]);
        url.query_pairs_mut().append_pair("fields", FIELDS);
        self.ask(account, || Wire::get(url.clone())).await
    }

    /// Asked with a proof that only the right secret makes. A fault of the network is none of the secret.
    async fn secret_fits(&self, account: &Account, secret: &Token) -> Result<(), SendFault> {
        let mut url = self.url(&[Self::sender(account)?]);
        url.query_pairs_mut()
            .append_pair("fields", "id")
            .append_pair("appsecret_proof", &proof(&account.token, secret));
        match self.ask(account, || Wire::get(url.clone())).await {
            Err(fault) if fault.says.to_lowercase().contains("appsecret_proof") => {
                let says = format!("The app_secret is not that of the app that the access token is of: {}", fault.says);
                Err(SendFault { decision: Decision::ChannelBroken, says, ..fault })
            }
            _ => Ok(()),
        }
    }

    /// Is an app told of the account's messages?
    async fn subscription(&self, account: &Account) -> Option<String> {
        let business = account.business.as_deref().and_then(id)?;
        let url = self.url(&[business, "subscribed_apps"]);
        match self.ask(account, || Wire::get(url.clone())).await {
            Ok(told) if told["data"].as_array().is_some_and(Vec::is_empty) => Some(
                "No app is told of this account's messages: connect the webhook, or subscribe the app to the account"
                    .into(),
            ),
            Ok(_) => None,
            Err(fault) => Some(format!("WhatsApp does not say who is told of this account's messages: {fault}")),
        }
    }
}

fn faulty(fault: SendFault) -> Standing {
    let state = if fault.decision.may_pass() { State::Unknown } else { State::Faulty };
    Standing { code: fault.code, ..Standing::of(state, fault.says) }
}

/// `appsecret_proof`: the HMAC-SHA256 of the token by the app's secret.
fn proof(token: &Token, secret: &Token) -> String {
    // An HMAC takes keys of every length.
    let signed = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).map(|mut mac| {
        mac.update(token.reveal().as_bytes());
        hex::encode(mac.finalize().into_bytes())
    });
    signed.unwrap_or_default()
}

fn hook_of(told: &Value) -> HookStanding {
    let places = ["phone_number", "whatsapp_business_account", "application"];
    let url = places.into_iter().find_map(|place| told["webhook_configuration"][place].as_str());
    HookStanding { url: url.map(str::to_owned), ..HookStanding::default() }
}

/// What works but is not as it should be.
fn notes(told: &Value) -> Vec<String> {
    let mut notes = Vec::new();
    if matches!(told["code_verification_status"].as_str(), Some("NOT_VERIFIED" | "EXPIRED")) {
        notes.push("The number is not verified: WhatsApp Manager, Phone numbers, verify it by a code".into());
    }
    if matches!(told["name_status"].as_str(), Some("DECLINED" | "EXPIRED" | "NONE")) {
        notes.push("The display name is not approved: WhatsApp Manager, Phone numbers, edit the name".into());
    }
    if told["quality_rating"] == "RED" {
        notes.push(
            "Many people have blocked or reported this number (quality RED): write less, and only to who expects it"
                .into(),
        );
    }
    if let Some(status) = told["status"].as_str().filter(|status| !matches!(*status, "CONNECTED" | "UNKNOWN")) {
        notes.push(format!("WhatsApp says that the number is {status}: see WhatsApp Manager, Phone numbers"));
    }
    if told["platform_type"].as_str().is_some_and(|kind| kind != "CLOUD_API") {
        notes.push("The number is not registered with the Cloud API: register it in WhatsApp Manager".into());
    }
    notes
}
