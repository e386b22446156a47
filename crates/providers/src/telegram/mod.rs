//! Telegram's Bot API: text, buttons and files out, files in, and the bot's webhook.
//!
//! Words go out as HTML with everything escaped, so that they are shown as they are; a long text goes out in several messages, cut at
//! sentences. Telegram counts all that a bot sends: after a 429 the whole bot is quiet for as long as it says. See [`ports::messaging`].

mod files;
mod hook;
mod method;

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use kernel::Result;
use ports::messaging::standin::Provider;
use ports::messaging::{
    Account, Bounds, Content, Decision, Hook, IdentityKind, Media, MediaFault, Messenger, Outgoing, SendFault, Sent,
    Standing, To, Unsent, split, telegram,
};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::messaging::{TelegramSettings, Wire};

/// The longest that a bot is kept quiet for one refusal: more than that it is asked again.
const LONGEST_QUIET: Duration = Duration::from_secs(3600);
/// How many bots are remembered to be quiet.
const QUIET_BOTS: usize = 10_000;

/// Telegram, for all channels.
#[derive(Debug)]
pub struct Telegram {
    wire: Wire,
    /// Until when a bot is to be quiet, by the number before the colon of its token.
    quiet: Mutex<HashMap<String, Instant>>,
}

impl Telegram {
    /// Telegram as the settings say. [`kernel::Kind::Invalid`] when the address cannot be one; nothing is asked of the network yet.
    pub fn new(settings: &TelegramSettings) -> Result<Self> {
        let wire = Wire::new("Telegram", "TELEGRAM_BASE_URL", &settings.base_url, settings.limits.clone())?;
        Ok(Self { wire, quiet: Mutex::default() })
    }

    /// The bot's number, if the token is of the form of one.
    fn bot(account: &Account) -> Result<&str, SendFault> {
        let token = account.token.reveal();
        let fits = |(id, key): &(&str, &str)| {
            let is_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
            (1..=20).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_digit())
                && key.len() >= 20
                && key.bytes().all(is_key)
        };
        token.split_once(':').filter(fits).map(|(id, _)| id).ok_or_else(|| {
            let says = "That is no bot token: it looks like 123456789:AAExample…, and @BotFather gives it";
            SendFault::ours(Decision::ChannelBroken, "bad_token", says)
        })
    }

    /// Is the bot to be quiet, and for how long?
    async fn hush(&self, account: &Account) -> Result<(), SendFault> {
        let bot = Self::bot(account)?;
        let quiet = self.quiet.lock().await;
        let left =
            quiet.get(bot).map(|until| until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero());
        left.map_or(Ok(()), |left| {
            let wait = Duration::from_secs(left.as_secs() + 1);
            let says = format!("Telegram has asked this bot to wait; {} s are left", wait.as_secs());
            Err(SendFault { decision: Decision::Later(Some(wait)), code: Some("429".into()), says })
        })
    }

    async fn remember(&self, account: &Account, fault: &SendFault) {
        let (Decision::Later(Some(wait)), Some("429")) = (fault.decision, fault.code.as_deref()) else { return };
        let Ok(bot) = Self::bot(account) else { return };
        let now = Instant::now();
        let mut quiet = self.quiet.lock().await;
        if quiet.len() >= QUIET_BOTS {
            quiet.retain(|_, until| *until > now);
        }
        quiet.insert(bot.to_owned(), now + wait.min(LONGEST_QUIET));
    }

    /// The parts of a text, one after the other.
    async fn say(
        &self,
        account: &Account,
        message: &Outgoing,
        parts: &[&str],
        rest: &Value,
    ) -> Result<Sent, SendFault> {
        let mut sent = Sent::default();
        for (at, part) in parts.iter().enumerate() {
            let (is_first, is_last) = (at == 0, at + 1 == parts.len());
            let mut body = method::to(message, is_first)?;
            body["text"] = json!(telegram::escape(part));
            body["parse_mode"] = json!("HTML");
            body["link_preview_options"] =
                json!({"is_disabled": !matches!(message.content, Content::Text { preview: true, .. })});
            if is_last && let (Some(body), Some(rest)) = (body.as_object_mut(), rest.as_object()) {
                body.extend(rest.clone());
            }
            match self.send_by(account, "sendMessage", &body).await {
                Ok(told) if is_first => sent.id = told.0,
                Ok(told) => sent.before.push(std::mem::replace(&mut sent.id, told.0)),
                Err(fault) if is_first => return Err(fault),
                Err(fault) => {
                    sent.unsent = Some(Box::new(Unsent { text: parts[at..].join("\n\n"), fault }));
                    break;
                }
            }
        }
        Ok(sent)
    }
}

#[async_trait]
impl Messenger for Telegram {
    fn name(&self) -> &'static str {
        "telegram"
    }

    fn is_real(&self) -> bool {
        true
    }

    fn bounds(&self) -> Bounds {
        Provider::Telegram.bounds()
    }

    async fn send(&self, account: &Account, message: &Outgoing) -> Result<Sent, SendFault> {
        self.hush(account).await?;
        if message.to.find(IdentityKind::ChatId).is_none() {
            return Err(SendFault::ours(Decision::Rejected, "400", "There is no Telegram chat to send to"));
        }
        let none = Value::Null;
        match &message.content {
            Content::Text { text, .. } => {
                method::words(text)?;
                self.say(account, message, &split(text, telegram::TEXT), &none).await
            }
            Content::Template(template) => {
                method::words(&template.text)?;
                self.say(account, message, &split(&template.text, telegram::TEXT), &none).await
            }
            Content::Buttons { text, buttons, .. } => {
                method::words(text)?;
                let keyboard = method::keyboard(buttons)?;
                self.say(account, message, &split(text, telegram::TEXT), &json!({"reply_markup": keyboard})).await
            }
            Content::Media(attachment) => self.send_file(account, message, attachment).await,
            Content::Notice { .. } => {
                Err(SendFault::ours(Decision::Rejected, "unsupported", "Telegram sends messages, and no notices"))
            }
        }
    }

    async fn check(&self, account: &Account) -> Standing {
        self.look(account).await
    }

    async fn set_webhook(&self, account: &Account, hook: &Hook) -> Result<(), SendFault> {
        self.set_hook(account, hook).await
    }

    async fn remove_webhook(&self, account: &Account) -> Result<(), SendFault> {
        self.ask(account, "deleteWebhook", &json!({})).await.map(|_| ())
    }

    async fn media(&self, account: &Account, id: &str, most_bytes: usize) -> Result<Media, MediaFault> {
        self.fetch(account, id, most_bytes).await
    }

    async fn seen(&self, account: &Account, to: &To, _: &str, typing: bool) -> Result<(), SendFault> {
        // A bot cannot show that it has read something, only that it writes.
        let Some(chat) = to.find(IdentityKind::ChatId).filter(|_| typing) else { return Ok(()) };
        self.hush(account).await?;
        self.ask(account, "sendChatAction", &json!({"chat_id": chat, "action": "typing"})).await.map(|_| ())
    }

    async fn acknowledge(&self, account: &Account, press: &str) -> Result<(), SendFault> {
        match self.ask(account, "answerCallbackQuery", &json!({"callback_query_id": press})).await {
            // Too old: its circle has ended by itself.
            Err(fault) if fault.decision == Decision::Rejected => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn delete(&self, account: &Account, message_id: &str) -> Result<(), SendFault> {
        let Some((chat, message)) = telegram::of_message_id(message_id) else {
            return Err(SendFault::ours(Decision::Rejected, "400", "That is no message of Telegram's"));
        };
        match self.ask(account, "deleteMessage", &json!({"chat_id": chat, "message_id": message})).await {
            // It is gone already.
            Err(fault) if fault.says.contains("message to delete not found") => Ok(()),
            other => other.map(|_| ()),
        }
    }
}
