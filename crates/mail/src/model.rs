//! What a mail is.

use kernel::{Error, MailId, Result, Timestamp, WorkspaceId};
use lettre::message::Mailbox;
use maud::{DOCTYPE, Markup, html};
use uuid::Uuid;

/// A mail to be sent.
#[derive(Clone, Debug, Default)]
pub struct NewMail {
    /// Whose it is; none for the server's own mails (verification, reset).
    pub workspace: Option<WorkspaceId>,
    /// To whom: one address, already checked, with a name if it is known: `anna@example.com`, `Anna <anna@example.com>`.
    pub to: String,
    /// What stands before the sender's address: the name of the workspace. Without one it is as the settings say.
    pub from_name: Option<String>,
    /// Where answers go, if not to the sender that the settings name. Written like `to`.
    pub reply_to: Option<String>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML; made from the text if it is not given.
    pub html: Option<String>,
    /// More headers, such as `List-Unsubscribe`, or `References` where the thread is longer than one mail.
    pub headers: Vec<(String, String)>,
    /// The Message-ID of the mail that this one answers or follows.
    pub in_reply_to: Option<String>,
    /// What hears of its fate: a kind of job, which is enqueued with a [`Fate`] once the mail was sent, kept or given up.
    pub about: Option<About>,
}

/// What a mail belongs to.
#[derive(Clone, Debug)]
pub struct About {
    /// The kind of job that is enqueued when the fate of the mail is known: `outreach.mail`.
    pub job: &'static str,
    /// What it is about.
    pub id: Uuid,
}

/// What became of a mail: the payload of the job that [`About`] names.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fate {
    /// The mail.
    pub mail_id: MailId,
    /// What it is about.
    pub about_id: Uuid,
    /// `sent`, `kept` (no mail server is set; it stands in the outbox), `failed`, or `withheld` (a [`crate::Veto`]).
    pub status: String,
    /// Why it failed or was withheld.
    pub error: Option<String>,
    /// Did it fail because there is no such address?
    #[serde(default)]
    pub no_such_address: bool,
}

/// How the reason of a mail begins whose receiver does not exist.
pub(crate) const NO_SUCH_ADDRESS: &str = "There is no such address: ";

/// A mail that was queued.
#[derive(Clone, Debug)]
pub struct Queued {
    /// Its id.
    pub id: MailId,
    /// Its Message-ID, with the angle brackets: answers name it.
    pub message_id: String,
}

/// A mail that is about to leave, as a [`crate::Veto`] sees it.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// Its id.
    pub id: MailId,
    /// Whose it is; none for the server's own mails.
    pub workspace: Option<WorkspaceId>,
    /// To whom: the bare address, in lower case.
    pub to: String,
    /// The kind of job that hears of its fate.
    pub about: Option<String>,
    /// What it is about.
    pub about_id: Option<Uuid>,
    /// When it was queued.
    pub queued_at: Timestamp,
}

/// What became of a mail at an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Sent,
    Kept,
    Withheld(String),
    Failed(String),
}

impl End {
    pub(crate) const fn status(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Kept => "kept",
            Self::Withheld(_) => "withheld",
            Self::Failed(_) => "failed",
        }
    }

    pub(crate) fn reason(&self) -> Option<&str> {
        match self {
            Self::Withheld(reason) | Self::Failed(reason) => Some(reason),
            Self::Sent | Self::Kept => None,
        }
    }
}

/// Reads an address with or without a name.
pub(crate) fn mailbox(field: &str, text: &str) -> Result<Mailbox> {
    let plain = one_line(text);
    plain.parse().map_err(|_| Error::invalid_field(field, format!("is no mail address: {plain}")))
}

/// The text on one line: whatever could end a header is a space, and what turns the direction of writing is gone.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .filter(|letter| !turns(*letter))
        .map(|letter| if letter.is_control() || is_break(letter) { ' ' } else { letter })
        .collect();
    spaced.trim().to_owned()
}

/// Unicode's own ends of a line and of a paragraph.
const fn is_break(letter: char) -> bool {
    matches!(letter, '\u{2028}' | '\u{2029}')
}

/// Does this letter turn the direction of what stands around it, or hide there? A name that ends in `\u{202e}gpj.exe` shows another one.
pub(crate) const fn turns(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// A text as HTML: paragraphs, and links that can be followed.
pub(crate) fn html_of(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty());
    let page = html! {
        (DOCTYPE)
        html {
            head { meta charset="utf-8"; }
            body style="font-family: sans-serif; line-height: 1.5" {
                @for paragraph in paragraphs {
                    p {
                        @for (place, line) in paragraph.trim_matches('\n').lines().enumerate() {
                            @if place > 0 { br; "\n" }
                            (with_links(line))
                        }
                    }
                    "\n"
                }
            }
        }
    };
    page.into_string()
}

fn with_links(text: &str) -> Markup {
    html! {
        @for word in text.split_inclusive(char::is_whitespace) {
            @let link = word.trim_end().trim_end_matches(['.', ',', ')', '!', '?', ';', ':']);
            @if link.starts_with("https://") || link.starts_with("http://") { a href=(link) { (link) } } @else { (link) }
            (word[link.len()..])
        }
    }
}

/// A text that storage can hold: PostgreSQL's has no NUL.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// One or more Message-IDs, as a header holds them: printable, each in angle brackets.
pub(crate) fn thread_ids(text: &str) -> Option<String> {
    let ids = text.split_whitespace().filter_map(|id| {
        let id: String =
            id.chars().filter(|letter| letter.is_ascii_graphic() && !matches!(letter, '<' | '>')).collect();
        (!id.is_empty() && id.len() <= 250).then(|| format!("<{id}>"))
    });
    let ids: Vec<String> = ids.collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// Headers that the post office writes itself.
const OWN: [&str; 14] = [
    "from",
    "to",
    "cc",
    "bcc",
    "sender",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "return-path",
];

/// The further headers of a mail, if they are such as may be set: a wrong name is a fault of ours.
pub(crate) fn further(headers: Vec<(String, String)>) -> Result<Vec<(String, String)>> {
    let checked = headers.into_iter().map(|(name, value)| {
        let named = !name.is_empty()
            && name.len() <= 76
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !named || OWN.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(Error::internal(format!("{name:?} is no header that a mail may be given")));
        }
        Ok((name, one_line(&value)))
    });
    checked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_line() {
        assert_eq!(one_line("Hi\r\nBcc: a@b.example\u{2028}\0x"), "Hi  Bcc: a@b.example  x");
        assert_eq!(
            one_line("photo\u{202e}gpj.exe\u{2066} \u{1f468}\u{200d}\u{1f4bb}"),
            "photogpj.exe \u{1f468}\u{200d}\u{1f4bb}"
        );
        assert_eq!(thread_ids("<a@b>\r\n c@d <>"), Some("<a@b> <c@d>".into()));
        assert_eq!(thread_ids(" \r\n"), None);
        assert!(mailbox("to", "a@b.example\r\nBcc: c@d.example").is_err());
        assert_eq!(mailbox("to", "Zoë Müller <zoe@b.example>").unwrap().name.as_deref(), Some("Zoë Müller"));
    }

    #[test]
    fn a_text_is_html_as_well() {
        let html = html_of("Hi <b>Mia</b>,\n\nsee https://a.example/x?y=1&z=2.\nBye\n");
        assert!(html.contains("<p>Hi &lt;b&gt;Mia&lt;/b&gt;,</p>"), "{html}");
        assert!(
            html.contains(
                "<a href=\"https://a.example/x?y=1&amp;z=2\">https://a.example/x?y=1&amp;z=2</a>.<br>\nBye</p>"
            ),
            "{html}"
        );
    }

    #[test]
    fn own_headers_are_not_given() {
        for name in ["Bcc", "subject", "X-A: b", "X A", "", "X\r\nBcc"] {
            assert!(further(vec![(name.into(), "x".into())]).is_err(), "{name}");
        }
        let given =
            further(vec![("List-Unsubscribe".into(), "<https://x.example/u>,\r\n <mailto:u@x.example>".into())]);
        assert_eq!(given.unwrap()[0].1, "<https://x.example/u>,   <mailto:u@x.example>");
    }
}
