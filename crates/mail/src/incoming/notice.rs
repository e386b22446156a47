//! Notices of mail providers that are JSON in the body of a mail: Amazon SES, by way of SNS.

use serde::Deserialize;
use serde_json::Value;

use super::bounce::{MOST_RECEIVERS, clipped};
use super::mime::thread_ids;
use super::reason::is_gone;
use super::{Failure, What};

/// What a notice says.
pub(super) struct Notice {
    pub(super) what: What,
    /// The Message-IDs of the mail that it is about.
    pub(super) about: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(alias = "eventType")]
    notification_type: String,
    #[serde(default)]
    bounce: Bounce,
    #[serde(default)]
    complaint: Complaint,
    #[serde(default)]
    delivery_delay: Delay,
    #[serde(default)]
    mail: Mail,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Bounce {
    bounce_type: String,
    bounced_recipients: Vec<Receiver>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Complaint {
    complained_recipients: Vec<Receiver>,
    complaint_feedback_type: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Delay {
    delayed_recipients: Vec<Receiver>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Receiver {
    email_address: String,
    status: Option<String>,
    diagnostic_code: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Mail {
    message_id: String,
    destination: Vec<String>,
    headers: Vec<Header>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Header {
    name: String,
    value: String,
}

impl Receiver {
    /// `is_permanent` is what the provider says; that there is no such address has to be said as well.
    fn failure(self, is_permanent: bool, delayed: bool) -> Failure {
        let said = self.diagnostic_code.unwrap_or_default();
        // An account of its own list of addresses that bounced before, and an address that is none, come without the words of a server.
        let says_nothing = self.status.is_none() && said.is_empty();
        let gone = is_permanent && !delayed && (says_nothing || is_gone(self.status.as_deref(), &said));
        let address = super::addresses(&self.email_address).into_iter().next();
        let diagnostic = Some(clipped(&said)).filter(|said| !said.is_empty());
        Failure { address, status: self.status, diagnostic, gone, delayed }
    }
}

/// Reads the notice that a text begins with, if it is one. What stands below it is the provider's footer.
pub(super) fn of_text(text: &str) -> Option<Notice> {
    let text = text.trim_start();
    if !text.starts_with('{') {
        return None;
    }
    // Relays break long lines by `!` and a space.
    let joined = text.replace("!\r\n ", "").replace("!\n ", "");
    let value = first_value(&joined)?;
    let value = match value.get("Message").and_then(Value::as_str) {
        Some(inner) if value.get("Type").is_some() => first_value(inner)?,
        _ => value,
    };
    let Event { notification_type, bounce, complaint, delivery_delay, mail } = Event::deserialize(value).ok()?;
    let failures = |receivers: Vec<Receiver>, is_permanent: bool, delayed: bool| {
        let failures = receivers.into_iter().take(MOST_RECEIVERS);
        What::Bounce(failures.map(|receiver| receiver.failure(is_permanent, delayed)).collect())
    };
    let what = match notification_type.as_str() {
        "Bounce" if !bounce.bounced_recipients.is_empty() => {
            let is_permanent = bounce.bounce_type.eq_ignore_ascii_case("permanent");
            failures(bounce.bounced_recipients, is_permanent, false)
        }
        "DeliveryDelay" if !delivery_delay.delayed_recipients.is_empty() => {
            failures(delivery_delay.delayed_recipients, false, true)
        }
        "Complaint" if matches!(complaint.complaint_feedback_type.as_deref(), Some("not-spam" | "auth-failure")) => {
            What::Report
        }
        "Complaint" => {
            let who = complaint.complained_recipients.into_iter().map(|receiver| receiver.email_address);
            What::Complaint(who.chain(mail.destination).find_map(|who| super::addresses(&who).into_iter().next()))
        }
        "Delivery" => What::Receipt,
        _ => What::Report,
    };
    let mut about: Vec<String> = mail
        .headers
        .iter()
        .filter(|header| {
            ["message-id", "references", "in-reply-to"].iter().any(|name| name.eq_ignore_ascii_case(&header.name))
        })
        .flat_map(|header| thread_ids(&header.value))
        .collect();
    about.extend(thread_ids(&mail.message_id));
    Some(Notice { what, about })
}

fn first_value(text: &str) -> Option<Value> {
    serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?.ok()
}
