//! The faults of Telegram's Bot API, and what is to be done about each.

use std::time::Duration;

use serde_json::Value;

use crate::messaging::{Account, Decision, IdentityKind, SendFault};

/// What of a 403 or 400 means that this person is not to be reached, in Telegram's words.
const UNREACHABLE: [&str; 9] = [
    "bot was blocked by the user",
    "user is deactivated",
    "can't initiate conversation",
    "bot was kicked",
    "bot is not a member",
    "bots can't send messages to bots",
    "chat not found",
    "user not found",
    "group chat was deactivated",
];

/// A refusal, read: `{"ok": false, "error_code", "description", "parameters": {"retry_after"}}`.
pub fn fault(status: u16, answer: &Value, account: &Account) -> SendFault {
    let code = answer["error_code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(status);
    let says = answer["description"].as_str().unwrap_or("no words");
    let lower = says.to_lowercase();
    let wait = answer["parameters"]["retry_after"].as_u64().map(Duration::from_secs);
    let decision = match code {
        // The whole bot waits: Telegram counts all that it sends.
        429 => Decision::Later(Some(wait.unwrap_or(Duration::from_secs(30)))),
        // A key that is none answers 404 to every method.
        401 | 404 | 409 => Decision::ChannelBroken,
        _ if UNREACHABLE.iter().any(|words| lower.contains(words)) => Decision::Unreachable(IdentityKind::ChatId),
        403 => Decision::Unreachable(IdentityKind::ChatId),
        500.. => Decision::Later(wait),
        _ => Decision::Rejected,
    };
    SendFault::told(decision, Some(code.to_string()), says, account)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_refusal_says_what_to_do() {
        let account = Account { token: "123456:AAsecret".into(), ..Account::default() };
        let gone = Decision::Unreachable(IdentityKind::ChatId);
        for (code, says, wanted) in [
            (403, "Forbidden: bot was blocked by the user", gone),
            (403, "Forbidden: user is deactivated", gone),
            (403, "Forbidden: bot can't initiate conversation with a user", gone),
            (400, "Bad Request: chat not found", gone),
            (401, "Unauthorized", Decision::ChannelBroken),
            (404, "Not Found", Decision::ChannelBroken),
            (409, "Conflict: can't use getUpdates method while webhook is active", Decision::ChannelBroken),
            (400, "Bad Request: message is too long", Decision::Rejected),
            (502, "Bad Gateway", Decision::Later(None)),
        ] {
            let told = fault(code, &json!({"ok": false, "error_code": code, "description": says}), &account);
            assert_eq!((told.decision, told.code.unwrap(), told.says.as_str()), (wanted, code.to_string(), says));
        }
        let busy = json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 14 for 123456:AAsecret", "parameters": {"retry_after": 14}});
        let told = fault(429, &busy, &account);
        assert_eq!(told.decision, Decision::Later(Some(Duration::from_secs(14))));
        assert_eq!(told.says, "Too Many Requests: retry after 14 for [key]");
    }
}
