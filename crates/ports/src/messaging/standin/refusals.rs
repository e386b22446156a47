//! What the stand-ins refuse, as the providers do.

use serde_json::json;

use super::{Provider, is_notice};
use crate::messaging::{Account, Content, Decision, IdentityKind, Outgoing, SendFault, telegram, units, whatsapp};

/// Does the account work?
pub(super) fn of_account(provider: Provider, account: &Account) -> Result<(), SendFault> {
    let token = account.token.reveal();
    let broken =
        |code: &str, says: &str| Err(SendFault::told(Decision::ChannelBroken, Some(code.into()), says, account));
    match provider {
        Provider::WhatsApp if token.is_empty() => {
            broken("190", "Invalid OAuth access token - Cannot parse access token")
        }
        Provider::WhatsApp if token.starts_with("expired") => {
            broken("190", "Error validating access token: Session has expired on Sunday, 01-Nov-26 00:00:00 PDT")
        }
        Provider::Telegram if token.is_empty() || token.starts_with("expired") => broken("401", "Unauthorized"),
        _ => Ok(()),
    }
}

/// Does this message go out, to this person?
pub(super) fn of_message(provider: Provider, message: &Outgoing) -> Result<(), SendFault> {
    fits(provider, message)?;
    match provider {
        Provider::WhatsApp => whatsapp_person(message),
        Provider::Telegram => telegram_person(message),
        Provider::Firebase => device(message),
    }
}

/// Is it as long as it may be?
fn fits(provider: Provider, message: &Outgoing) -> Result<(), SendFault> {
    let bounds = provider.bounds();
    let rejected = |code: &str, says: String| Err(SendFault::ours(Decision::Rejected, code, says));
    let within = |text: &str, most: usize, what: &str| match units(text) {
        0 => rejected("empty", format!("There are no words in the {what}")),
        length if length > most => {
            rejected("too_long", format!("The {what} has {length} characters, and {most} are allowed"))
        }
        _ => Ok(()),
    };
    match &message.content {
        content if is_notice(content) != (provider == Provider::Firebase) => {
            rejected("unsupported", "A phone gets a notice, and a chat gets everything else".into())
        }
        Content::Text { text, .. } => within(text, if bounds.splits { usize::MAX } else { bounds.text }, "text"),
        Content::Buttons { text, buttons, .. } => {
            within(text, bounds.text_with_buttons, "text")?;
            if buttons.is_empty() || buttons.len() > bounds.rows {
                return rejected(
                    "buttons",
                    format!("There are {} buttons, and 1 to {} are allowed", buttons.len(), bounds.rows),
                );
            }
            Ok(())
        }
        Content::Media(file) => file.caption.as_deref().map_or(Ok(()), |text| within(text, bounds.caption, "caption")),
        Content::Template(_) | Content::Notice { .. } => Ok(()),
    }
}

fn whatsapp_person(message: &Outgoing) -> Result<(), SendFault> {
    let (phone, user) = (message.to.find(IdentityKind::Phone), message.to.find(IdentityKind::Bsuid));
    let Some(named) = phone.or(user) else {
        return Err(SendFault::ours(Decision::Rejected, "131008", "Required parameter is missing: to or recipient"));
    };
    let digits: String = named.chars().filter(char::is_ascii_digit).collect();
    let code = digits.len().checked_sub(6).and_then(|from| digits[from..].parse::<i64>().ok());
    let kind = if phone.is_some() { IdentityKind::Phone } else { IdentityKind::Bsuid };
    let words = code.and_then(words_of);
    let Some((code, words)) = code.zip(words) else { return Ok(()) };
    // Outside the window a template goes out.
    if code == 131_047 && matches!(message.content, Content::Template(_)) {
        return Ok(());
    }
    let error = json!({"code": code, "message": format!("(#{code}) {words}")});
    Err(whatsapp::fault(&error, kind, &Account::default()))
}

/// Meta's words for the errors that a stand-in can be asked for.
fn words_of(code: i64) -> Option<&'static str> {
    Some(match code {
        130_429 => "Rate limit hit",
        130_472 => "User's number is part of an experiment",
        131_000 => "Something went wrong",
        131_016 => "Service unavailable",
        131_026 => "Message undeliverable",
        131_030 => "Recipient phone number not in allowed list",
        131_031 => "Business Account locked",
        131_042 => "Business eligibility payment issue",
        131_047 => "Re-engagement message",
        131_048 => "Spam rate limit hit",
        131_049 => "This message was not delivered to maintain healthy ecosystem engagement.",
        131_050 => "User has stopped marketing messages",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        131_062 => "Business-scoped User ID (BSUID) recipients are not supported for this message.",
        132_001 => "Template name does not exist in the translation",
        132_015 => "Template is Paused",
        _ => return None,
    })
}

fn telegram_person(message: &Outgoing) -> Result<(), SendFault> {
    let Some(chat) = message.to.find(IdentityKind::ChatId) else {
        return Err(SendFault::ours(Decision::Rejected, "400", "Bad Request: chat_id is empty"));
    };
    let refused = |code: u16, description: &str| {
        let answer =
            json!({"ok": false, "error_code": code, "description": description, "parameters": {"retry_after": 5}});
        Err(telegram::fault(code, &answer, &Account::default()))
    };
    match chat {
        _ if chat.parse::<i64>().is_err() => refused(400, "Bad Request: chat not found"),
        _ if chat.starts_with("403") => refused(403, "Forbidden: bot was blocked by the user"),
        _ if chat.starts_with("429") => refused(429, "Too Many Requests: retry after 5"),
        _ => Ok(()),
    }
}

fn device(message: &Outgoing) -> Result<(), SendFault> {
    let gone = |says: &str| Err(SendFault::ours(Decision::Unreachable(IdentityKind::Device), "UNREGISTERED", says));
    match message.to.find(IdentityKind::Device) {
        None => Err(SendFault::ours(Decision::Rejected, "INVALID_ARGUMENT", "There is no device to send to")),
        Some(device) if device.starts_with("unregistered") => gone("Requested entity was not found."),
        Some(_) => Ok(()),
    }
}
