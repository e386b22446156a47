//! What a member allows: consent and opt-out, with when and how.

use kernel::{Id, Timestamp, WorkspaceId};

use super::{Channel, MemberId};

#[doc(hidden)]
#[derive(Debug)]
pub enum PermissionMarker {}

/// What a permission is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "PermissionPurpose")]
pub enum Purpose {
    /// Everything that is written to them.
    Any,
    /// What is written to them unasked.
    Marketing,
}

/// That a member agreed, or wants no more. Rows are only added: the newest that is about something counts, and the older ones prove what was.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
#[row(table = "audience_permissions")]
pub struct Permission {
    /// Its id.
    pub id: Id<PermissionMarker>,
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// Who.
    pub member_id: MemberId,
    /// About one channel, or about all.
    pub channel: Option<Channel>,
    /// About what.
    pub purpose: Purpose,
    /// Did they agree?
    pub allowed: bool,
    /// How they said so: `STOP on WhatsApp`, `form of 3 March`.
    pub how: String,
    /// When.
    pub at: Timestamp,
}

/// May a member be written to?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Permitted {
    /// They have agreed.
    Agreed,
    /// They have said nothing: what they ask for may be answered.
    Silent,
    /// They want no more, since then.
    OptedOut(Timestamp),
}

impl Permitted {
    /// What these rows say, in their order of time: of those about this channel or all of them, the newest counts; what was said about
    /// everything counts for marketing as well.
    pub fn of(rows: &[Permission], channel: Channel, purpose: Purpose) -> Self {
        let about =
            |row: &&Permission, wanted: Purpose| row.purpose == wanted && row.channel.is_none_or(|of| of == channel);
        let newest = |wanted| rows.iter().rev().find(|row| about(row, wanted));
        let of_any = newest(Purpose::Any);
        if let Some(row) = of_any.filter(|row| !row.allowed) {
            return Self::OptedOut(row.at);
        }
        let of_marketing = if purpose == Purpose::Marketing { newest(Purpose::Marketing) } else { None };
        match of_marketing.or(of_any) {
            Some(row) if row.allowed => Self::Agreed,
            Some(row) => Self::OptedOut(row.at),
            None => Self::Silent,
        }
    }

    /// May they be written to, now that they have written themselves?
    pub const fn may_answer(self) -> bool {
        !matches!(self, Self::OptedOut(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(channel: Option<Channel>, purpose: Purpose, allowed: bool, at: i64) -> Permission {
        let id = uuid::Uuid::from_u128(1);
        let (workspace_id, member_id) = (WorkspaceId::from_uuid(id), MemberId::from_uuid(id));
        let at = Timestamp::from_micros(at);
        Permission { id: Id::from_uuid(id), workspace_id, member_id, channel, purpose, allowed, how: "x".into(), at }
    }

    #[test]
    fn the_newest_word_counts() {
        use Channel::{Telegram, Whatsapp};
        use Purpose::{Any, Marketing};
        let may = |rows: &[Permission], channel, purpose| Permitted::of(rows, channel, purpose);
        assert_eq!(may(&[], Whatsapp, Any), Permitted::Silent);
        let out = |at| Permitted::OptedOut(Timestamp::from_micros(at));
        let stopped = [row(None, Any, true, 1), row(Some(Whatsapp), Any, false, 2)];
        assert_eq!(may(&stopped, Whatsapp, Any), out(2));
        assert_eq!(may(&stopped, Telegram, Any), Permitted::Agreed);
        let all = [row(Some(Whatsapp), Any, true, 1), row(None, Any, false, 2)];
        assert_eq!(may(&all, Whatsapp, Marketing), out(2), "everything is marketing as well");
        let again = [row(None, Any, false, 1), row(Some(Whatsapp), Any, true, 2)];
        assert_eq!((may(&again, Whatsapp, Any), may(&again, Telegram, Any)), (Permitted::Agreed, out(1)));
        let unasked = [row(None, Any, true, 1), row(None, Marketing, false, 2)];
        assert_eq!((may(&unasked, Whatsapp, Any), may(&unasked, Whatsapp, Marketing)), (Permitted::Agreed, out(2)));
    }
}
