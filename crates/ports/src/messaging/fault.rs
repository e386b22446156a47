//! Why a message did not go out, and what is to be done about it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Account, IdentityKind};

/// What is to be done about a message that did not go out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The whole channel waits, for as long as the provider asks; it may pass by itself.
    Later(Option<Duration>),
    /// This person has been told too much at once: only they wait.
    LaterThisPerson(Option<Duration>),
    /// The provider keeps it from this person for now: not before 24 hours have passed, and not more than once.
    NotBefore24h,
    /// The 24 hours since the person's last message are over: a template, or wait until they write.
    WindowClosed,
    /// The person wants no marketing of this channel any more.
    OptOutMarketing,
    /// Nobody is reached by the identity of this kind, now and later.
    Unreachable(IdentityKind),
    /// It needs the person's phone number, and they were named by another identity.
    NeedsPhone,
    /// The account does not work: everything waits until its owner has done what the provider says.
    ChannelBroken,
    /// The template is at fault: the owner changes it.
    TemplateFault,
    /// This message is not taken; another one may be.
    Rejected,
    /// Nobody knows whether it went out: the answer was lost. A status that carries its key may tell later.
    Unknown,
}

impl Decision {
    /// May the same message go out later, without anybody doing anything?
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Later(_) | Self::LaterThisPerson(_) | Self::NotBefore24h)
    }
}

/// A message that did not go out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SendFault {
    /// What is to be done.
    pub decision: Decision,
    /// The provider's word or number for why: `131047`, `403`, `UNREGISTERED`; ours begin with a letter in lower case: `too_long`.
    pub code: Option<String>,
    /// Why, in the provider's words and without keys; in ours where it said nothing.
    pub says: String,
}

/// What of a provider's words is kept, in characters.
const KEPT: usize = 300;

impl SendFault {
    /// A fault that we find ourselves.
    pub fn ours(decision: Decision, code: &str, says: impl Into<String>) -> Self {
        Self { decision, code: Some(code.to_owned()), says: says.into() }
    }

    /// A fault in the words of the provider: in one line, cut, and without the account's keys.
    pub fn told(decision: Decision, code: Option<String>, says: &str, account: &Account) -> Self {
        Self { decision, code, says: one_line(&account.hide_in(says)) }
    }
}

impl std::fmt::Display for SendFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{} ({code})", self.says),
            None => f.write_str(&self.says),
        }
    }
}

/// A text of others in one line, not too long.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(KEPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_the_provider_s_words_is_one_line_without_keys() {
        let account = Account { token: "EAAG-secret".into(), ..Account::default() };
        let says = format!("bad\r\n token EAAG-secret\u{1b} {}", "é".repeat(400));
        let fault = SendFault::told(Decision::ChannelBroken, Some("190".into()), &says, &account);
        assert!(fault.says.starts_with("bad token [key] é") && fault.says.chars().count() == KEPT);
        assert!(fault.to_string().ends_with(" (190)") && !fault.decision.may_pass());
    }
}
