//! By what a member is known on a channel.

use kernel::{Timestamp, WorkspaceId};

use super::{Channel, MemberId, cleaned};

/// What kind of identity it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
#[words(name = "UserIdentityKind")]
pub enum IdentityKind {
    /// What the coach calls them.
    External,
    /// A phone number, in its digits.
    Phone,
    /// WhatsApp's business-scoped user id.
    Bsuid,
    /// The same within a parent business.
    ParentBsuid,
    /// A chat of Telegram's.
    ChatId,
    /// A device that is pushed to.
    Device,
    /// A visitor of the widget, by the hash of a token.
    Widget,
}

/// An identity: several of a member, each of one member of a workspace and channel alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Identity {
    /// Its kind.
    pub kind: IdentityKind,
    /// What it is, as it is compared: see [`Identity::new`].
    pub value: String,
}

/// A value has no more characters than this.
pub(crate) const LONGEST: usize = 512;

impl Identity {
    /// An identity, written as it is compared: a phone number has its digits only, everything else is without space and control
    /// characters at its ends. Nothing where that leaves nothing, or too much.
    pub fn new(kind: IdentityKind, value: &str) -> Option<Self> {
        let value = match kind {
            IdentityKind::Phone => {
                let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                // `00` stands for `+`, and no country's code begins with a zero.
                digits.trim_start_matches('0').to_owned()
            }
            _ => cleaned(value).trim().to_owned(),
        };
        let fits = !value.is_empty() && value.chars().count() <= LONGEST;
        fits.then_some(Self { kind, value })
    }

    /// By what else somebody with this `external_id` is known on this channel: on WhatsApp a number is a phone, on Telegram a chat.
    pub fn implied(channel: Channel, external_id: &str) -> Option<Self> {
        let written: String =
            external_id.chars().filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')' | '.')).collect();
        let digits = written.strip_prefix('+').unwrap_or(&written);
        let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match channel {
            Channel::Whatsapp if numeric && (7..=15).contains(&digits.len()) => Self::new(IdentityKind::Phone, digits),
            Channel::Telegram if numeric && digits == written => Self::new(IdentityKind::ChatId, digits),
            _ => None,
        }
    }
}

/// An identity, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
#[row(table = "audience_identities")]
pub struct IdentityRow {
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// On which channel.
    pub channel: Channel,
    /// Its kind.
    pub kind: IdentityKind,
    /// What it is.
    pub value: String,
    /// Whose it is.
    pub member_id: MemberId,
    /// When it became known.
    pub created_at: Timestamp,
    /// Since when nobody is reached by it, if that was found out.
    pub unreachable_at: Option<Timestamp>,
}

impl IdentityRow {
    /// It, without whose it is.
    pub fn identity(&self) -> Identity {
        Identity { kind: self.kind, value: self.value.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        let phone = |text| Identity::new(IdentityKind::Phone, text).map(|phone| phone.value);
        assert_eq!(phone("+34 600-111-222"), Some("34600111222".into()));
        assert_eq!(phone("0034600111222"), Some("34600111222".into()));
        assert_eq!(phone("none"), None);
        assert_eq!(Identity::new(IdentityKind::External, " a\0b ").map(|one| one.value), Some("ab".into()));
        assert_eq!(Identity::new(IdentityKind::External, &"x".repeat(513)), None);
    }

    #[test]
    fn a_channel_says_what_a_number_is() {
        let implied = |channel, text| Identity::implied(channel, text).map(|one| (one.kind, one.value));
        assert_eq!(implied(Channel::Whatsapp, "+1 (555) 010-9999"), Some((IdentityKind::Phone, "15550109999".into())));
        assert_eq!(implied(Channel::Whatsapp, "jane-12345678"), None);
        assert_eq!(implied(Channel::Telegram, "987654"), Some((IdentityKind::ChatId, "987654".into())));
        assert_eq!(implied(Channel::Web, "987654321"), None);
    }
}
