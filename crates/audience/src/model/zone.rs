//! In which time zone a member's days are: nights in which nobody writes to them, dates, times of day.
//!
//! What was told of them goes first. Where nothing was, a phone number tells the country: of a country with one clock its zone is better than that of
//! the channel, which is the coach's; of one with several it is a guess, and better than UTC only.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::tz::TimeZone;

use super::{Channel, Identity, IdentityKind, Member};

/// By calling code: the zone, and whether nearly everybody with such a number lives by its clock.
static ZONES: LazyLock<HashMap<&str, (&str, bool)>> = LazyLock::new(|| {
    let lines = include_str!("../../data/phone-zones.tsv").lines().filter(|line| !line.starts_with('#'));
    let cells = lines.map(|line| line.split('\t').collect::<Vec<_>>());
    cells.filter_map(|cells| Some((*cells.first()?, (*cells.get(1)?, *cells.get(2)? == "one")))).collect()
});
/// No calling code is longer.
const LONGEST_CODE: usize = 3;

impl Member {
    /// The zone of their days: their own, that of their phone number's country if it has one, that of the channel, the one in which most people of the
    /// country live, UTC.
    pub fn zone(&self, of_channel: Option<&str>) -> TimeZone {
        let get = |name: &str| TimeZone::get(name).ok();
        if let Some(own) = self.timezone.as_deref().and_then(get) {
            return own;
        }
        let by_number = self.zone_of_number();
        let certain = by_number.filter(|(_, is_one)| *is_one).map(|(zone, _)| zone);
        let guessed = by_number.map(|(zone, _)| zone);
        [certain, of_channel, guessed].into_iter().flatten().find_map(get).unwrap_or(TimeZone::UTC)
    }

    /// On WhatsApp the external id is a phone number, where the member has told it.
    fn zone_of_number(&self) -> Option<(&'static str, bool)> {
        if self.channel != Channel::Whatsapp {
            return None;
        }
        let phone = Identity::implied(self.channel, &self.external_id)?;
        if phone.kind != IdentityKind::Phone {
            return None;
        }
        (1..=LONGEST_CODE).rev().find_map(|length| ZONES.get(phone.value.get(..length)?).copied())
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Timestamp, WorkspaceId};
    use uuid::Uuid;

    use super::super::{MemberId, Seed};
    use super::*;

    fn zone(channel: Channel, external_id: &str, own: Option<&str>, of_channel: Option<&str>) -> String {
        let seed = Seed { timezone: own.map(str::to_owned), ..Seed::default() };
        let (id, workspace) = (MemberId::from_uuid(Uuid::nil()), WorkspaceId::from_uuid(Uuid::nil()));
        let member = Member::new(id, workspace, channel, external_id.to_owned(), seed, Timestamp::from_micros(0));
        member.zone(of_channel).iana_name().unwrap_or_default().to_owned()
    }

    #[test]
    fn every_zone_is_known() {
        assert!(ZONES.len() > 200, "{}", ZONES.len());
        for (code, (zone, _)) in ZONES.iter() {
            assert!(TimeZone::get(zone).is_ok(), "{code}: {zone}");
        }
    }

    #[test]
    fn what_is_known_best_goes_first() {
        let (whatsapp, lisbon) = (Channel::Whatsapp, Some("Europe/Lisbon"));
        for (channel, external_id, own, of_channel, wanted) in [
            (whatsapp, "34600111222", Some("Asia/Tokyo"), lisbon, "Asia/Tokyo"),
            (whatsapp, "+34 600 111 222", None, lisbon, "Europe/Madrid"),
            (whatsapp, "77011234567", None, lisbon, "Asia/Almaty"),
            (whatsapp, "15551234567", None, lisbon, "Europe/Lisbon"),
            (whatsapp, "15551234567", None, None, "America/New_York"),
            (whatsapp, "ES.13491208655302741918", None, lisbon, "Europe/Lisbon"),
            (Channel::Telegram, "34600111222", None, None, "UTC"),
            (whatsapp, "34600111222", Some("nowhere"), None, "Europe/Madrid"),
        ] {
            assert_eq!(zone(channel, external_id, own, of_channel), wanted, "{external_id}");
        }
    }
}
