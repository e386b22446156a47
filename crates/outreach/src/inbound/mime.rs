//! A raw mail (RFC 5322), and the delivery reports that come as one (RFC 3464).

use kernel::{Error, Kind, Result};
use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders};

use super::message::{Bounce, Incoming, thread_id};

const MOST_TEXT: usize = 500_000;

/// Reads a mail as it came over the wire.
pub(crate) fn parse(raw: &[u8]) -> Result<Incoming> {
    let unreadable =
        || Error::new(Kind::BadRequest, "The body is no mail that can be read (RFC 5322), or has no Message-ID");
    let mail = MessageParser::default().parse(raw).ok_or_else(unreadable)?;
    let message_id = mail.message_id().and_then(thread_id).ok_or_else(unreadable)?;
    let mut answers = ids(mail.in_reply_to());
    answers.extend(ids(mail.references()).into_iter().rev());
    let bounce = report(&mail);
    if bounce.is_some() {
        // What came back is in the report itself, whole or by its head.
        for id in returned(&mail) {
            if !answers.contains(&id) {
                answers.push(id);
            }
        }
    }
    answers.truncate(200);
    let automatic = header(&mail, "Auto-Submitted").is_some_and(|word| !word.trim().eq_ignore_ascii_case("no"))
        || header(&mail, "X-Autoreply").is_some()
        || header(&mail, "Precedence").is_some_and(|word| word.trim().eq_ignore_ascii_case("auto_reply"));
    let from = mail.from().and_then(|from| from.first()).and_then(|from| from.address()).map(str::to_owned);
    let text = mail.body_text(0).map(|text| text.replace('\0', "").chars().take(MOST_TEXT).collect());
    Ok(Incoming {
        message_id,
        answers,
        from: from.map(|from| from.replace('\0', "")),
        subject: mail.subject().map(|subject| subject.replace('\0', "")),
        text,
        automatic,
        complaint: is_report(&mail, "feedback-report"),
        bounce,
    })
}

fn header<'m>(mail: &'m Message<'_>, name: &'static str) -> Option<&'m str> {
    mail.header_raw(name)
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(id) => thread_id(id).into_iter().collect(),
        HeaderValue::TextList(all) => all.iter().filter_map(|id| thread_id(id)).collect(),
        _ => Vec::new(),
    }
}

fn is_report(mail: &Message<'_>, wanted: &str) -> bool {
    mail.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("multipart")
            && kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
            && kind.attribute("report-type").is_some_and(|report| report.eq_ignore_ascii_case(wanted))
    })
}

/// The status of the first receiver that the report is about and that did not get it.
fn report(mail: &Message<'_>) -> Option<Bounce> {
    if !is_report(mail, "delivery-status") {
        return None;
    }
    let part = mail.parts.iter().find(|part| {
        part.content_type().is_some_and(|kind| {
            kind.ctype().eq_ignore_ascii_case("message")
                && kind.subtype().is_some_and(|subtype| subtype.to_ascii_lowercase().ends_with("delivery-status"))
        })
    })?;
    let raw = mail.raw_message().get(part.raw_body_offset() as usize..part.raw_end_offset() as usize)?;
    let text = String::from_utf8_lossy(raw).replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let field = |block: &str, name: &str| {
        let line = block
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(known, _)| known.trim().eq_ignore_ascii_case(name));
        line.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let told = text.split("\n\n").find_map(|block| {
        let status = field(block, "Status")?;
        let action = field(block, "Action").unwrap_or_default();
        let gone = ["failed", "delayed", ""].contains(&action.to_ascii_lowercase().as_str());
        let status: String = status.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
        // A delay says 4.x.x whatever its status is: the server goes on trying.
        let status =
            if action.eq_ignore_ascii_case("delayed") && !status.starts_with('4') { "4.0.0".into() } else { status };
        (gone && status.starts_with(['4', '5'])).then(|| Bounce { status, diagnostic: field(block, "Diagnostic-Code") })
    })?;
    Some(told)
}

/// The Message-IDs of what came back.
fn returned(mail: &Message<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for part in &mail.parts {
        if let Some(inner) = part.message() {
            found.extend(inner.message_id().and_then(thread_id));
        }
        let is_head = part
            .content_type()
            .is_some_and(|kind| kind.subtype().is_some_and(|subtype| subtype.to_ascii_lowercase().contains("rfc822")));
        if is_head && let Ok(text) = std::str::from_utf8(part.contents()) {
            let mut lines = text.lines().filter_map(|line| line.split_once(':'));
            let id = lines.find(|(name, _)| name.trim().eq_ignore_ascii_case("message-id"));
            found.extend(id.and_then(|(_, id)| thread_id(id)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn report_of(status: &str, action: &str, original: &str) -> String {
        format!(
            "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\r\nTo: no-reply@example.com\r\n\
             Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <bounce-1@mx.example.net>\r\nAuto-Submitted: auto-replied\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\r\n\r\n\
             --b1\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n\
             --b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n\
             Final-Recipient: rfc822; mia@example.com\r\nAction: {action}\r\nStatus: {status}\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 <mia@example.com>:\r\n User unknown\r\n\r\n\
             --b1\r\n{original}--b1--\r\n"
        )
    }

    #[test]
    fn a_reply_names_its_thread() {
        let raw = b"From: Mia <mia@example.com>\r\nTo: us@example.com\r\nSubject: Re: Hello\r\nMessage-ID: <r1@mail.example.com>\r\n\
            In-Reply-To: <m1@influencerflow>\r\nReferences: <m0@influencerflow>\r\n <m1@influencerflow>\r\n\r\nYes, gladly!\r\n";
        let mail = parse(raw).unwrap();
        assert_eq!(mail.message_id, "<r1@mail.example.com>");
        assert_eq!(mail.answers, ["<m1@influencerflow>", "<m1@influencerflow>", "<m0@influencerflow>"]);
        assert_eq!((mail.from.as_deref(), mail.automatic, &mail.bounce), (Some("mia@example.com"), false, &None));
        assert_eq!(mail.text.as_deref().map(str::trim), Some("Yes, gladly!"));
    }

    #[test]
    fn reports_tell_what_came_back() {
        for original in [
            "Content-Type: message/rfc822\r\n\r\nFrom: us@example.com\r\nMessage-ID: <m1@influencerflow>\r\nSubject: Hello\r\n\r\nHi\r\n",
            "Content-Type: text/rfc822-headers\r\n\r\nFrom: us@example.com\r\nMessage-ID: <m1@influencerflow>\r\n\r\n",
        ] {
            let mail = parse(report_of("5.1.1", "failed", original).as_bytes()).unwrap();
            let bounce = mail.bounce.unwrap();
            assert!(bounce.is_hard() && bounce.diagnostic.unwrap().contains("User unknown"), "{original}");
            assert_eq!(mail.answers, ["<m1@influencerflow>"], "{original}");
        }
        let soft = parse(report_of("4.2.2", "failed", "Content-Type: text/plain\r\n\r\n\r\n").as_bytes()).unwrap();
        assert!(!soft.bounce.unwrap().is_hard());
        let late = parse(report_of("5.0.0", "delayed", "Content-Type: text/plain\r\n\r\n\r\n").as_bytes()).unwrap();
        assert!(!late.bounce.unwrap().is_hard());
    }

    #[test]
    fn machines_say_so() {
        let raw = b"From: a@b.example\r\nMessage-ID: <1@b>\r\nAuto-Submitted: auto-replied (vacation)\r\nSubject: Away\r\n\r\nI am away.\r\n";
        assert!(parse(raw).unwrap().automatic);
        assert_eq!(parse(b"Subject: x\r\n\r\nno id").unwrap_err().kind(), Kind::BadRequest);
    }

    proptest! {
        #[test]
        fn no_mail_is_too_much(raw in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = parse(&raw);
        }

        #[test]
        fn no_report_is_too_much(status in "\\PC{0,12}", action in "\\PC{0,12}", original in "\\PC{0,200}") {
            let _ = parse(report_of(&status, &action, &original).as_bytes());
        }
    }
}
