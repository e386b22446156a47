//! WhatsApp's Cloud API: text, buttons, templates and files out, files in, and how a number stands.
//!
//! People are written to by their number where it is known, else by their business-scoped user id. Each message carries our key as
//! `biz_opaque_callback_data`, which comes back with every status: the Cloud API knows no idempotency keys, so what was lost on the way is
//! found again by that. See [`ports::messaging`].

mod body;
mod check;
mod files;

use async_trait::async_trait;
use kernel::Result;
use ports::messaging::standin::Provider;
use ports::messaging::{
    Account, Bounds, Content, Decision, Hook, Identity, IdentityKind, Media, MediaFault, Messenger, Outgoing,
    SendFault, Sent, Standing, To, whatsapp,
};
use reqwest::{Request, Url};
use serde_json::{Value, json};

use crate::messaging::{Told, WhatsAppSettings, Wire};

/// WhatsApp, for all channels.
#[derive(Debug)]
pub struct WhatsApp {
    wire: Wire,
    version: String,
}

impl WhatsApp {
    /// WhatsApp as the settings say. [`kernel::Kind::Invalid`] when the address cannot be one; nothing is asked of the network yet.
    pub fn new(settings: &WhatsAppSettings) -> Result<Self> {
        let wire = Wire::new("WhatsApp", "WHATSAPP_BASE_URL", &settings.base_url, settings.limits.clone())?;
        Ok(Self { wire, version: settings.version.clone() })
    }

    fn url(&self, parts: &[&str]) -> Url {
        self.wire.url(std::iter::once(self.version.as_str()).chain(parts.iter().copied()))
    }

    /// The number that sends. Ids of Meta go into addresses.
    fn sender(account: &Account) -> Result<&str, SendFault> {
        id(&account.sender).ok_or_else(|| {
            let says =
                "The channel has no phone_number_id: it is the number's id in WhatsApp Manager, not the number itself";
            SendFault::ours(Decision::ChannelBroken, "no_sender", says)
        })
    }

    /// A message that goes out: asked once.
    async fn say(&self, account: &Account, body: &Value, named_by: IdentityKind) -> Result<Value, SendFault> {
        let url = self.url(&[Self::sender(account)?, "messages"]);
        let make = || Wire::with_key(Wire::post(url.clone(), body), account.token.reveal());
        let told = self.wire.once(make, account).await?;
        self.answer(told, account, named_by, true)
    }

    /// What reads, or may be done twice.
    async fn ask(&self, account: &Account, make: impl Fn() -> Request) -> Result<Value, SendFault> {
        let make = || Wire::with_key(make(), account.token.reveal());
        let told = self.wire.again(make, account).await?;
        self.answer(told, account, IdentityKind::Phone, false)
    }

    /// The body of a success; what it says of anything else.
    fn answer(&self, told: Told, account: &Account, named_by: IdentityKind, sends: bool) -> Result<Value, SendFault> {
        let error = &told.body["error"];
        if error.is_object() {
            let mut fault = whatsapp::fault(error, named_by, account);
            if let (Decision::Later(None), Some(wait)) = (fault.decision, told.retry_after) {
                fault.decision = Decision::Later(Some(wait));
            }
            return Err(fault);
        }
        if told.is_success() && told.body.is_object() { Ok(told.body) } else { Err(self.wire.wordless(&told, sends)) }
    }
}

/// An id of Meta's: digits.
fn id(text: &str) -> Option<&str> {
    let text = text.trim();
    ((1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

#[async_trait]
impl Messenger for WhatsApp {
    fn name(&self) -> &'static str {
        "whatsapp"
    }

    fn is_real(&self) -> bool {
        true
    }

    fn bounds(&self) -> Bounds {
        Provider::WhatsApp.bounds()
    }

    async fn send(&self, account: &Account, message: &Outgoing) -> Result<Sent, SendFault> {
        Self::sender(account)?;
        let file = match &message.content {
            // What would be refused afterwards is not uploaded.
            Content::Media(attachment) if body::of(message, None).is_ok() => {
                Some(self.upload(account, attachment).await?)
            }
            _ => None,
        };
        let (body, named_by) = body::of(message, file.as_deref())?;
        let told = self.say(account, &body, named_by).await?;
        let sent = &told["messages"][0];
        let Some(id) = sent["id"].as_str().filter(|id| !id.is_empty()) else {
            let says = "WhatsApp took the message and gave it no id";
            return Err(SendFault::ours(Decision::Unknown, "no_id", says));
        };
        let contact = &told["contacts"][0];
        let known = [
            contact["wa_id"].as_str().and_then(whatsapp::phone),
            contact["user_id"].as_str().filter(|id| !id.is_empty()).map(|id| Identity::new(IdentityKind::Bsuid, id)),
        ];
        Ok(Sent {
            id: id.to_owned(),
            media: file,
            identities: known.into_iter().flatten().collect(),
            is_held: matches!(sent["message_status"].as_str(), Some("held_for_quality_assessment" | "paused")),
            ..Sent::default()
        })
    }

    async fn check(&self, account: &Account) -> Standing {
        self.look(account).await
    }

    async fn set_webhook(&self, account: &Account, hook: &Hook) -> Result<(), SendFault> {
        let sender = Self::sender(account)?;
        // The app is told of the account's messages,
        if let Some(business) = account.business.as_deref().and_then(id) {
            let url = self.url(&[business, "subscribed_apps"]);
            self.ask(account, || Wire::post(url.clone(), &json!({}))).await?;
        }
        // and tells this channel of those of its number, wherever it tells others. WhatsApp asks the address for its handshake meanwhile.
        let body =
            json!({"webhook_configuration": {"override_callback_uri": hook.url, "verify_token": hook.secret.reveal()}});
        let url = self.url(&[sender]);
        self.ask(account, || Wire::post(url.clone(), &body)).await.map(|_| ())
    }

    async fn remove_webhook(&self, account: &Account) -> Result<(), SendFault> {
        let url = self.url(&[Self::sender(account)?]);
        let body = json!({"webhook_configuration": {"override_callback_uri": ""}});
        self.ask(account, || Wire::post(url.clone(), &body)).await.map(|_| ())
    }

    async fn media(&self, account: &Account, id: &str, most_bytes: usize) -> Result<Media, MediaFault> {
        self.fetch(account, id, most_bytes).await
    }

    async fn seen(&self, account: &Account, _: &To, message_id: &str, typing: bool) -> Result<(), SendFault> {
        let mut body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": message_id});
        if typing {
            body["typing_indicator"] = json!({"type": "text"});
        }
        let url = self.url(&[Self::sender(account)?, "messages"]);
        self.ask(account, || Wire::post(url.clone(), &body)).await.map(|_| ())
    }

    async fn acknowledge(&self, _: &Account, _: &str) -> Result<(), SendFault> {
        Ok(())
    }

    async fn delete(&self, _: &Account, _: &str) -> Result<(), SendFault> {
        let says = "WhatsApp takes no message back that was sent by its Cloud API";
        Err(SendFault::ours(Decision::Rejected, "unsupported", says))
    }
}
