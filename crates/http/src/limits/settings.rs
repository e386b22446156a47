//! How much is allowed: what documents B and E say, unless a setting says otherwise.

use std::time::Duration;

use kernel::Variables;
use ports::counters::Quota;

use crate::policy::Rate;

/// Whose requests are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Whose {
    /// Whoever asks from one address.
    Address,
    /// A creator's account.
    Creator,
    /// Any other account.
    Account,
    /// Whoever proves by a signature that they speak for one of our channels.
    Channel,
}

/// One thing that is counted by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Bucket {
    AddressGeneral,
    AddressAi,
    AddressUploads,
    AddressExports,
    AddressAuth,
    AddressWebhooks,
    CreatorGeneral,
    CreatorAi,
    CreatorUploads,
    CreatorExports,
    AccountGeneral,
    AccountAi,
    AccountUploads,
    AccountExports,
    AiOfDay,
    ChannelWebhooks,
}

impl Bucket {
    /// Where a request is counted. What is not counted at all has no bucket of its own: nobody asks for it.
    pub(super) const fn of(whose: Whose, rate: Rate) -> Self {
        match (whose, rate) {
            (Whose::Address, Rate::General | Rate::Free) => Self::AddressGeneral,
            (Whose::Address, Rate::Ai) => Self::AddressAi,
            (Whose::Address, Rate::Upload) => Self::AddressUploads,
            (Whose::Address, Rate::Export) => Self::AddressExports,
            (Whose::Address, Rate::LogIn) => Self::AddressAuth,
            (Whose::Address, Rate::Webhook | Rate::Signed) => Self::AddressWebhooks,
            (Whose::Channel, _) => Self::ChannelWebhooks,
            (Whose::Creator, Rate::Ai) => Self::CreatorAi,
            (Whose::Creator, Rate::Upload) => Self::CreatorUploads,
            (Whose::Creator, Rate::Export) => Self::CreatorExports,
            (Whose::Creator, _) => Self::CreatorGeneral,
            (Whose::Account, Rate::Ai) => Self::AccountAi,
            (Whose::Account, Rate::Upload) => Self::AccountUploads,
            (Whose::Account, Rate::Export) => Self::AccountExports,
            (Whose::Account, _) => Self::AccountGeneral,
        }
    }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// A bucket, its setting, what it is in earnest, and in the demo: so many in so many seconds.
type Usual = (Bucket, &'static str, (u32, u64), (u32, u64));

/// In the order of the buckets. B: 1,000 requests and 100 of AI a minute for an address. E: 1,000 requests, 100 of AI and 50 uploads an
/// hour for a creator. The rest is ours. The demo has one user, who may also measure it: what it
/// says of its limits is true, but nobody reaches them.
const USUAL: [Usual; 16] = [
    (Bucket::AddressGeneral, "RATE_LIMIT_ADDRESS", (1_000, MINUTE), (6_000_000, MINUTE)),
    (Bucket::AddressAi, "RATE_LIMIT_ADDRESS_AI", (100, MINUTE), (600_000, MINUTE)),
    (Bucket::AddressUploads, "RATE_LIMIT_ADDRESS_UPLOADS", (500, HOUR), (60_000, MINUTE)),
    (Bucket::AddressExports, "RATE_LIMIT_ADDRESS_EXPORTS", (100, DAY), (60_000, MINUTE)),
    (Bucket::AddressAuth, "RATE_LIMIT_ADDRESS_AUTH", (60, MINUTE), (60_000, MINUTE)),
    (Bucket::AddressWebhooks, "RATE_LIMIT_ADDRESS_WEBHOOKS", (6_000, MINUTE), (600_000, MINUTE)),
    (Bucket::CreatorGeneral, "RATE_LIMIT_CREATOR", (1_000, HOUR), (3_000_000, 30 * DAY)),
    (Bucket::CreatorAi, "RATE_LIMIT_CREATOR_AI", (100, HOUR), (600_000, MINUTE)),
    (Bucket::CreatorUploads, "RATE_LIMIT_CREATOR_UPLOADS", (50, HOUR), (60_000, MINUTE)),
    (Bucket::CreatorExports, "RATE_LIMIT_CREATOR_EXPORTS", (5, DAY), (60_000, MINUTE)),
    (Bucket::AccountGeneral, "RATE_LIMIT_ACCOUNT", (1_000, MINUTE), (6_000_000, MINUTE)),
    (Bucket::AccountAi, "RATE_LIMIT_ACCOUNT_AI", (100, MINUTE), (600_000, MINUTE)),
    (Bucket::AccountUploads, "RATE_LIMIT_ACCOUNT_UPLOADS", (300, HOUR), (60_000, MINUTE)),
    (Bucket::AccountExports, "RATE_LIMIT_ACCOUNT_EXPORTS", (20, DAY), (60_000, MINUTE)),
    (Bucket::AiOfDay, "RATE_LIMIT_AI_OF_DAY", (5_000, DAY), (1_000_000, HOUR)),
    // A busy number of WhatsApp takes 80 messages a second, and 1,000 at most, of each of which three statuses are told.
    (Bucket::ChannelWebhooks, "RATE_LIMIT_CHANNEL_WEBHOOKS", (300_000, MINUTE), (1_000_000, MINUTE)),
];

/// The settings of the limits.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `RATE_LIMITS`: is anything counted at all?
    pub on: bool,
    /// What was set; by bucket. `Some(None)` is without a limit.
    set: [Option<Option<Quota>>; USUAL.len()],
}

impl Default for Settings {
    fn default() -> Self {
        Self { on: true, set: [None; USUAL.len()] }
    }
}

impl Settings {
    /// Reads them: each is like `100/minute`, or `off`.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let mut settings = Self { on: from.switch("RATE_LIMITS", true), ..Self::default() };
        for ((_, name, (most, _), _), set) in USUAL.iter().zip(&mut settings.set) {
            let Some(text) = from.text(name) else { continue };
            *set = parse(&text);
            if set.is_none() {
                from.fault(name, format!("must be like {most}/minute (or second, hour, day), or off; not {text}"));
            }
        }
        settings
    }

    /// What is allowed, by bucket.
    pub(super) fn quotas(&self, demo: bool) -> Vec<Option<Quota>> {
        let usual = USUAL.iter().zip(&self.set).map(|((_, _, earnest, shown), set)| {
            let (most, seconds) = *if demo { shown } else { earnest };
            set.unwrap_or(Some(Quota { most, per: Duration::from_secs(seconds) })).filter(|_| self.on)
        });
        usual.collect()
    }
}

/// `100/minute`, or `off`; the outer nothing is for what is neither.
fn parse(text: &str) -> Option<Option<Quota>> {
    if text.eq_ignore_ascii_case("off") {
        return Some(None);
    }
    let (most, unit) = text.split_once('/')?;
    let seconds = match unit.trim().to_ascii_lowercase().as_str() {
        "second" | "s" => 1,
        "minute" | "min" => MINUTE,
        "hour" | "h" => HOUR,
        "day" | "d" => DAY,
        _ => return None,
    };
    let most = most.trim().parse().ok().filter(|most| (1..=1_000_000).contains(most))?;
    Some(Some(Quota { most, per: Duration::from_secs(seconds) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> kernel::Result<Settings> {
        let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut from = Variables::new(&variables);
        let settings = Settings::read(&mut from);
        from.finish().map(|()| settings)
    }

    #[test]
    fn the_documents_numbers_hold_unless_something_else_is_set() {
        for (place, (bucket, ..)) in USUAL.iter().enumerate() {
            assert_eq!(*bucket as usize, place);
        }
        let quotas = read(&[]).unwrap().quotas(false);
        let at = |bucket: Bucket| quotas[bucket as usize].map(|quota| (quota.most, quota.per.as_secs()));
        assert_eq!(at(Bucket::AddressGeneral), Some((1000, 60)));
        assert_eq!(at(Bucket::AddressAi), Some((100, 60)));
        assert_eq!(at(Bucket::CreatorGeneral), Some((1000, 3600)));
        assert_eq!(at(Bucket::CreatorAi), Some((100, 3600)));
        assert_eq!(at(Bucket::CreatorUploads), Some((50, 3600)));
        let set = read(&[("RATE_LIMIT_ADDRESS_AI", "7 / hour"), ("RATE_LIMIT_ADDRESS", "off")]).unwrap();
        for demo in [false, true] {
            let quotas = set.quotas(demo);
            assert_eq!(quotas[Bucket::AddressAi as usize].unwrap(), Quota { most: 7, per: Duration::from_secs(3600) });
            assert_eq!(quotas[Bucket::AddressGeneral as usize], None);
        }
        assert!(read(&[("RATE_LIMITS", "off")]).unwrap().quotas(false).iter().all(Option::is_none));
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for text in ["many", "100", "0/minute", "-1/hour", "5/fortnight", "1e3/s", "/minute"] {
            let error = read(&[("RATE_LIMIT_CREATOR", text)]).unwrap_err();
            assert!(error.message().contains("RATE_LIMIT_CREATOR must be like 1000/minute"), "{error}");
        }
    }
}
