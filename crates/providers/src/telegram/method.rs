//! How the Bot API's methods are asked.

use ports::messaging::telegram::{BUTTON_DATA, fault, message_id, of_message_id};
use ports::messaging::{Account, Button, Decision, IdentityKind, Outgoing, SendFault};
use reqwest::Url;
use serde_json::{Value, json};

use super::Telegram;
use crate::messaging::{Told, Wire};

fn rejected<T>(code: &str, says: impl Into<String>) -> Result<T, SendFault> {
    Err(SendFault::ours(Decision::Rejected, code, says))
}

/// Are there any?
pub(super) fn words(text: &str) -> Result<(), SendFault> {
    if text.trim().is_empty() { rejected("empty", "There are no words in the text") } else { Ok(()) }
}

/// Whom a message is for, and which one it answers.
pub(super) fn to(message: &Outgoing, is_first: bool) -> Result<Value, SendFault> {
    let chat = message.to.find(IdentityKind::ChatId).and_then(|chat| chat.parse::<i64>().ok());
    let Some(chat) = chat else { return rejected("400", "A chat of Telegram's is known by a number") };
    let mut body = json!({"chat_id": chat});
    let answered = message.reply_to.as_deref().filter(|_| is_first).and_then(of_message_id);
    if let Some((_, answered)) = answered.filter(|(of, _)| *of == chat) {
        body["reply_parameters"] = json!({"message_id": answered, "allow_sending_without_reply": true});
    }
    Ok(body)
}

/// Buttons below a message, one in a row.
pub(super) fn keyboard(buttons: &[Button]) -> Result<Value, SendFault> {
    if buttons.is_empty() || buttons.len() > 100 {
        return rejected("buttons", format!("There are {} buttons, and 1 to 100 are allowed", buttons.len()));
    }
    if let Some(wrong) =
        buttons.iter().find(|one| !(1..=BUTTON_DATA).contains(&one.id.len()) || one.title.trim().is_empty())
    {
        return rejected(
            "buttons",
            format!("The button {:?} has no words, or no id of 1 to {BUTTON_DATA} bytes", wrong.title),
        );
    }
    let rows: Vec<Value> = buttons.iter().map(|one| json!([{"text": one.title, "callback_data": one.id}])).collect();
    Ok(json!({"inline_keyboard": rows}))
}

impl Telegram {
    /// The address of a method: the token is a part of it, so it is shown nowhere.
    pub(super) fn method(&self, account: &Account, name: &str) -> Result<Url, SendFault> {
        Self::bot(account)?;
        Ok(self.wire.url([format!("bot{}", account.token.reveal()).as_str(), name]))
    }

    /// What may be asked twice.
    pub(super) async fn ask(&self, account: &Account, name: &str, body: &Value) -> Result<Value, SendFault> {
        let url = self.method(account, name)?;
        let told = self.wire.again(|| Ok(Wire::post(url.clone(), body)), account).await?;
        self.result(told, account, false).await
    }

    /// What sends: the message's name, and what is told of it.
    pub(super) async fn send_by(
        &self,
        account: &Account,
        name: &str,
        body: &Value,
    ) -> Result<(String, Value), SendFault> {
        let url = self.method(account, name)?;
        let told = self.wire.once(|| Ok(Wire::post(url.clone(), body)), account).await?;
        self.sent(told, account).await
    }

    /// What is told of a message that went out.
    pub(super) async fn sent(&self, told: Told, account: &Account) -> Result<(String, Value), SendFault> {
        let message = self.result(told, account, true).await?;
        let named = message["chat"]["id"].as_i64().zip(message["message_id"].as_i64());
        let no_id = || SendFault::ours(Decision::Unknown, "no_id", "Telegram took the message and gave it no number");
        let (chat, number) = named.ok_or_else(no_id)?;
        Ok((message_id(chat, number), message))
    }

    /// The result of a success; what Telegram says of anything else.
    async fn result(&self, mut told: Told, account: &Account, sends: bool) -> Result<Value, SendFault> {
        if told.body["ok"] == true {
            return Ok(told.body["result"].take());
        }
        if !told.body["description"].is_string() {
            return Err(self.wire.wordless(&told, sends));
        }
        let refusal = fault(told.status, &told.body, account);
        self.remember(account, &refusal).await;
        Err(refusal)
    }
}
