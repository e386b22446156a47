//! The settings of outreach.

use std::time::Duration;

use kernel::Variables;

/// How outreach behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `OUTREACH_INBOUND_SECRET`: signs the mails that come in; without one none is taken.
    pub inbound_secret: Option<String>,
    /// `OUTREACH_AUTO_SEND`: may an offer leave without a person's yes?
    pub auto_send: bool,
    /// `OUTREACH_REMINDER_MINUTES`: how long before a call its reminder is sent.
    pub reminder_minutes: u32,
    /// `OUTREACH_RECORDING_MAX_BYTES`: the largest recording.
    pub recording_bytes: u64,
    /// `OUTREACH_MAILS_PER_DAY`: how many mails a workspace writes in 24 hours,
    pub most_mails: u64,
    /// `OUTREACH_MAILS_PER_DAY_IN_ALL`: and how many all of them.
    pub most_mails_in_all: u64,
    /// `OUTREACH_POSTAL_ADDRESS`: stands below every mail, where the law wants one.
    pub postal_address: Option<String>,
    /// `OUTREACH_REPLY_TO`: the mailbox that takes `name+anything@domain`, from which mail is brought in.
    pub reply_address: Option<String>,
    /// `UNMATCHED_MAIL_DAYS`: for how long mail is kept that came in and belongs to no mail of ours.
    pub unmatched_keep: Duration,
    /// The bare address of `SMTP_FROM`.
    pub sender: Option<String>,
}

/// A token takes 43 of the 64 letters that may stand before the `@`.
const LONGEST_NAME: usize = 21;

impl Default for Settings {
    fn default() -> Self {
        Self {
            inbound_secret: None,
            auto_send: false,
            reminder_minutes: 60,
            recording_bytes: 200 << 20,
            most_mails: 5_000,
            most_mails_in_all: 100_000,
            postal_address: None,
            reply_address: None,
            unmatched_keep: Duration::from_hours(24 * 90),
            sender: None,
        }
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        let reply_address = from.text("OUTREACH_REPLY_TO");
        if let Some(address) = &reply_address {
            let fits = address.split_once('@').is_some_and(|(local, domain)| {
                (1..=LONGEST_NAME).contains(&local.len())
                    && domain.contains('.')
                    && !address.contains([' ', '<', '>', '+', ','])
            });
            if !fits {
                from.fault(
                    "OUTREACH_REPLY_TO",
                    format!("must be a bare address such as replies@in.example.com, with at most {LONGEST_NAME} letters before the @ and no +, not {address}"),
                );
            }
        }
        let sender = from.text("SMTP_FROM").map(|sender| mail::incoming::bare(&sender));
        Self {
            inbound_secret: from.secret("OUTREACH_INBOUND_SECRET"),
            auto_send: from.switch("OUTREACH_AUTO_SEND", usual.auto_send),
            reminder_minutes: from.number("OUTREACH_REMINDER_MINUTES", usual.reminder_minutes, 1, 10_080),
            recording_bytes: from.number("OUTREACH_RECORDING_MAX_BYTES", usual.recording_bytes, 1024, 1 << 40),
            most_mails: from.number("OUTREACH_MAILS_PER_DAY", usual.most_mails, 1, 1 << 40),
            most_mails_in_all: from.number("OUTREACH_MAILS_PER_DAY_IN_ALL", usual.most_mails_in_all, 1, 1 << 40),
            postal_address: from.text("OUTREACH_POSTAL_ADDRESS"),
            reply_address,
            unmatched_keep: Duration::from_hours(24 * from.number("UNMATCHED_MAIL_DAYS", 90, 1, 36_500)),
            sender,
        }
    }
}
