//! Firebase Cloud Messaging (HTTP v1): a line on the screen of a phone with our app, which says that there is a message, not what it says.
//!
//! A channel may have a service account of its own; else the server's is used (`FCM_SERVICE_ACCOUNT`), and without either no phone is
//! rung and the app asks the server instead. A device that Firebase no longer knows is unreachable for good. See [`ports::messaging`].

mod key;

pub(crate) use key::service_account;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use kernel::{Clock, Result};
use ports::messaging::standin::Provider;
use ports::messaging::{
    Account, Bounds, Content, Decision, Hook, IdentityKind, Media, MediaFault, Messenger, Outgoing, SendFault, Sent,
    Standing, State, To, Token,
};
use serde_json::{Value, json};

use crate::messaging::{FcmSettings, Told, Wire};
use key::{Keys, Service};

/// How much a notice may hold, in bytes.
const PAYLOAD: usize = 4096;
/// After a 429 that does not say for how long, as Firebase asks.
const USUAL_WAIT: Duration = Duration::from_secs(60);

/// Firebase, for all channels.
#[derive(Debug)]
pub struct Fcm {
    wire: Wire,
    keys: Keys,
    /// The server's own service account.
    usual: Option<Token>,
}

impl Fcm {
    /// Firebase as the settings say. [`kernel::Kind::Invalid`] when an address cannot be one; nothing is asked of the network yet.
    pub fn new(settings: &FcmSettings, clock: &Clock) -> Result<Self> {
        let wire = Wire::new("Firebase", "FCM_BASE_URL", &settings.base_url, settings.limits.clone())?;
        let keys = Keys::new(settings, clock.clone())?;
        let usual = settings.service_account.as_ref().map(|json| Token::new(json.reveal()));
        Ok(Self { wire, keys, usual })
    }

    /// Whose service account sends.
    fn account<'a>(&'a self, account: &'a Account) -> Result<&'a Token, SendFault> {
        let own = Some(&account.token).filter(|token| !token.is_empty());
        own.or(self.usual.as_ref()).ok_or_else(|| {
            let says = "No phone is rung, the app asks the server instead: set FCM_SERVICE_ACCOUNT, or give the channel the JSON of a service account";
            SendFault::ours(Decision::Rejected, "no_key", says)
        })
    }

    /// Sends, or only asks whether it would be sent.
    async fn post(&self, account: &Account, message: &Value, only_asks: bool) -> Result<Value, SendFault> {
        let service = key::read(self.account(account)?)?;
        let body = json!({"validate_only": only_asks, "message": message});
        let answer = self.post_once(account, &service, &body).await;
        if !answer.as_ref().is_err_and(|fault| fault.code.as_deref() == Some("UNAUTHENTICATED")) {
            return answer;
        }
        // The token was taken back before its time. It was refused, so nothing went out: once more with another.
        self.keys.forget(&service).await;
        self.post_once(account, &service, &body).await
    }

    async fn post_once(&self, account: &Account, service: &Service, body: &Value) -> Result<Value, SendFault> {
        let token = self.keys.access(service, account).await?;
        let url = self.wire.url(["v1", "projects", service.project.as_str(), "messages:send"]);
        let make = || Wire::with_key(Wire::post(url.clone(), body), token.reveal());
        let told = self.wire.once(make, account).await?;
        self.answer(told, account, &token)
    }

    fn answer(&self, told: Told, account: &Account, token: &Token) -> Result<Value, SendFault> {
        let error = &told.body["error"];
        if error.is_object() {
            let mut fault = refusal(&told, account);
            fault.says = token.hide_in(&fault.says);
            return Err(fault);
        }
        if told.is_success() && told.body.is_object() { Ok(told.body) } else { Err(self.wire.wordless(&told, true)) }
    }
}

/// A refusal of Firebase's, read: the word of its detail before the word of its status.
fn refusal(told: &Told, account: &Account) -> SendFault {
    let error = &told.body["error"];
    let details = error["details"].as_array().map_or(&[][..], Vec::as_slice);
    let word = details.iter().find_map(|detail| detail["errorCode"].as_str()).or_else(|| error["status"].as_str());
    let word = word.unwrap_or_default();
    let says = error["message"].as_str().unwrap_or("no words");
    let gone = Decision::Unreachable(IdentityKind::Device);
    let about_token = || {
        let fields = details.iter().filter_map(|detail| detail["fieldViolations"].as_array()).flatten();
        fields.into_iter().any(|field| field["field"] == "message.token") || says.contains("registration token")
    };
    let decision = match (told.status, word) {
        // Of another project, or of an app that is not there any more.
        (_, "UNREGISTERED" | "SENDER_ID_MISMATCH") => gone,
        (404, "NOT_FOUND") | (400, _) if about_token() => gone,
        (429, _) | (_, "QUOTA_EXCEEDED") => Decision::Later(Some(told.retry_after.unwrap_or(USUAL_WAIT))),
        (500.., _) | (_, "UNAVAILABLE" | "INTERNAL") => Decision::Later(told.retry_after),
        (401 | 403 | 404, _) | (_, "THIRD_PARTY_AUTH_ERROR") => Decision::ChannelBroken,
        _ => Decision::Rejected,
    };
    let code = if word.is_empty() { told.status.to_string() } else { word.to_owned() };
    SendFault::told(decision, Some(code), says, account)
}

/// What Firebase is asked to show.
fn notice(device: &str, key: &str, title: &str, body: &str, data: &BTreeMap<String, String>) -> Value {
    // One after the other of one conversation replace each other on the screen.
    let group: String = data.get("conversation_id").map_or(key, String::as_str).chars().take(64).collect();
    json!({
        "token": device,
        "notification": {"title": title, "body": body},
        "data": data,
        "android": {"priority": "HIGH", "collapse_key": group},
        "apns": {"headers": {"apns-priority": "10", "apns-collapse-id": group}},
    })
}

#[async_trait]
impl Messenger for Fcm {
    fn name(&self) -> &'static str {
        "fcm"
    }

    fn is_real(&self) -> bool {
        true
    }

    fn bounds(&self) -> Bounds {
        Provider::Firebase.bounds()
    }

    async fn send(&self, account: &Account, message: &Outgoing) -> Result<Sent, SendFault> {
        let rejected = |code: &str, says: &str| Err(SendFault::ours(Decision::Rejected, code, says));
        let Content::Notice { title, body, data } = &message.content else {
            return rejected(
                "unsupported",
                "A phone gets a notice, which says that there is a message: the app fetches it",
            );
        };
        let Some(device) = message.to.find(IdentityKind::Device) else {
            return rejected("INVALID_ARGUMENT", "There is no device to send to");
        };
        let message = notice(device, &message.key, title, body, data);
        if message.to_string().len() > PAYLOAD {
            return rejected("too_long", "The notice is larger than the 4096 bytes that Firebase takes");
        }
        let told = self.post(account, &message, false).await?;
        Ok(Sent { id: told["name"].as_str().unwrap_or_default().to_owned(), ..Sent::default() })
    }

    async fn check(&self, account: &Account) -> Standing {
        let service = match self.account(account).and_then(key::read) {
            Ok(service) => service,
            // Without a key nothing is broken: the app asks the server.
            Err(fault) if fault.code.as_deref() == Some("no_key") => {
                return Standing { code: fault.code, ..Standing::of(State::Works, fault.says) };
            }
            Err(fault) => return Standing { code: fault.code, ..Standing::of(State::Faulty, fault.says) },
        };
        let asked = self.post(account, &json!({"topic": "status-check", "data": {"check": "1"}}), true).await;
        match asked {
            Ok(_) => Standing {
                name: Some(service.email),
                sender: Some(service.project.clone()),
                ..Standing::of(State::Works, format!("Firebase takes notices for the project {}", service.project))
            },
            Err(fault) => {
                let unknown = fault.decision.may_pass() || fault.decision == Decision::Unknown;
                let state = if unknown { State::Unknown } else { State::Faulty };
                Standing { code: fault.code, sender: Some(service.project), ..Standing::of(state, fault.says) }
            }
        }
    }

    async fn set_webhook(&self, _: &Account, _: &Hook) -> Result<(), SendFault> {
        Ok(())
    }

    async fn remove_webhook(&self, _: &Account) -> Result<(), SendFault> {
        Ok(())
    }

    async fn media(&self, _: &Account, _: &str, _: usize) -> Result<Media, MediaFault> {
        Err(MediaFault::Gone("Firebase brings no files: the app sends them to this server".into()))
    }

    async fn seen(&self, _: &Account, _: &To, _: &str, _: bool) -> Result<(), SendFault> {
        Ok(())
    }

    async fn acknowledge(&self, _: &Account, _: &str) -> Result<(), SendFault> {
        Ok(())
    }

    async fn delete(&self, _: &Account, _: &str) -> Result<(), SendFault> {
        Err(SendFault::ours(Decision::Rejected, "unsupported", "A notice that was shown cannot be taken back"))
    }
}
