//! The table of errors of WhatsApp's Cloud API, and what is to be done about each.

use std::time::Duration;

use serde_json::Value;

use crate::messaging::{Account, Decision, IdentityKind, SendFault};

/// After `131048` (many people block or report the number), the whole channel is quiet for this long.
const SPAM_PAUSE: Duration = Duration::from_secs(15 * 60);
/// One person is written to about once in 6 seconds, says `131056`.
const PERSON_PAUSE: Duration = Duration::from_secs(6);

/// What is to be done about an error, by its code: as Meta's page of error codes has them.
pub fn decision(code: i64, named_by: IdentityKind) -> Decision {
    match code {
        131_047 => Decision::WindowClosed,
        131_056 => Decision::LaterThisPerson(Some(PERSON_PAUSE)),
        131_048 => Decision::Later(Some(SPAM_PAUSE)),
        // Busy or briefly broken, on their side; 131057 is maintenance, 131064 the limit of people written to first, 133016 too many registrations.
        1 | 2 | 4 | 17 | 32 | 613 | 80_007 | 130_429 | 131_000 | 131_016 | 131_057 | 131_064 | 133_004 | 133_016
        | 135_000 => Decision::Later(None),
        131_049 | 130_472 => Decision::NotBefore24h,
        131_050 => Decision::OptOutMarketing,
        131_026 | 131_030 | 131_021 => Decision::Unreachable(named_by),
        131_062 => Decision::NeedsPhone,
        // The token, what it may do, the account, its payment, its number: only the owner can mend these.
        0
        | 3
        | 10
        | 102
        | 190
        | 200..=299
        | 368
        | 131_005
        | 131_031
        | 131_037
        | 131_042
        | 131_044
        | 131_045
        | 133_006
        | 133_010 => Decision::ChannelBroken,
        132_000 | 132_001 | 132_005 | 132_007 | 132_008 | 132_012 | 132_015 | 132_016 | 131_063 | 132_068 => {
            Decision::TemplateFault
        }
        // 132069: a form is throttled for an hour.
        132_069 => Decision::Later(Some(Duration::from_secs(3600))),
        // 33 and 100 subcode 33 mean that the sender's id is not the account's; those are read by `fault`.
        _ => Decision::Rejected,
    }
}

/// An error object of the Graph API or of a webhook, read: `{"code", "title", "message", "error_data": {"details"}, "is_transient", …}`.
pub fn fault(error: &Value, named_by: IdentityKind, account: &Account) -> SendFault {
    let code = error["code"].as_i64().or_else(|| error["code"].as_str().and_then(|code| code.parse().ok()));
    let subcode = error["error_subcode"].as_i64();
    let mut chosen = code.map_or(Decision::Rejected, |code| decision(code, named_by));
    // "Unsupported get/post request. Object with ID … does not exist, cannot be loaded due to missing permissions": the sender is not ours.
    if code == Some(33) || (code == Some(100) && subcode == Some(33)) {
        chosen = Decision::ChannelBroken;
    }
    if chosen == Decision::Rejected && error["is_transient"].as_bool() == Some(true) {
        chosen = Decision::Later(None);
    }
    SendFault::told(chosen, code.map(|code| code.to_string()), &says(error), account)
}

/// Its words: the title or message, then the details, without saying the same thing twice.
fn says(error: &Value) -> String {
    let title = error["message"].as_str().or_else(|| error["title"].as_str()).unwrap_or("an error without words");
    let data = &error["error_data"];
    let details = data["details"].as_str().or_else(|| data.as_str()).or_else(|| error["error_user_msg"].as_str());
    match details.filter(|details| !details.is_empty() && !title.contains(details)) {
        Some(details) if details.contains(title) => details.to_owned(),
        Some(details) => format!("{title}: {details}"),
        None => title.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_code_of_the_table_says_what_to_do() {
        let phone = IdentityKind::Phone;
        for (codes, wanted) in [
            (&[131_047][..], Decision::WindowClosed),
            (&[130_429, 4, 80_007, 131_016, 131_000, 1, 2], Decision::Later(None)),
            (&[131_056], Decision::LaterThisPerson(Some(PERSON_PAUSE))),
            (&[131_048], Decision::Later(Some(SPAM_PAUSE))),
            (&[131_049, 130_472], Decision::NotBefore24h),
            (&[131_050], Decision::OptOutMarketing),
            (&[131_026, 131_030, 131_021], Decision::Unreachable(phone)),
            (&[190, 0, 10, 200, 299, 131_005, 131_031, 368, 131_042, 131_045], Decision::ChannelBroken),
            (&[132_000, 132_001, 132_005, 132_007, 132_008, 132_012, 132_015, 132_016], Decision::TemplateFault),
            (&[131_062], Decision::NeedsPhone),
            (&[100, 131_008, 131_009, 131_051, 131_053, 999_999, -1], Decision::Rejected),
        ] {
            for code in codes {
                assert_eq!(decision(*code, phone), wanted, "{code}");
            }
        }
    }

    #[test]
    fn the_provider_s_words_are_kept_and_the_key_is_not() {
        let account = Account { token: "EAAGsecret".into(), ..Account::default() };
        let read = |error| fault(&error, IdentityKind::Bsuid, &account);
        let told = read(
            json!({"message": "(#131047) Re-engagement message", "type": "OAuthException", "code": 131_047,
            "error_data": {"messaging_product": "whatsapp", "details": "More than 24 hours have passed"}, "fbtrace_id": "A"}),
        );
        assert_eq!(told.decision, Decision::WindowClosed);
        assert_eq!(told.to_string(), "(#131047) Re-engagement message: More than 24 hours have passed (131047)");
        let told = read(json!({"code": "190", "message": "Malformed access token EAAGsecret", "error_subcode": 463}));
        assert_eq!((told.decision, told.says.as_str()), (Decision::ChannelBroken, "Malformed access token [key]"));
        let lost = json!({"code": 100, "error_subcode": 33, "message": "Unsupported post request. Object with ID '1' does not exist"});
        assert_eq!(read(lost).decision, Decision::ChannelBroken);
        assert_eq!(
            read(json!({"code": 131_026, "title": "Message undeliverable"})).decision,
            Decision::Unreachable(IdentityKind::Bsuid)
        );
        assert_eq!(
            read(json!({"code": 5_000_000, "is_transient": true, "message": "x"})).decision,
            Decision::Later(None)
        );
        assert_eq!(read(json!({})).says, "an error without words");
    }
}
