//! How a person wants to be told: language, time zone, and by which channel of what; and who may write to them.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use db::{Json as Stored, Sql, Tx};
use http_base::routes;
use http_base::{Answer, Body, Member, Newcomer, Routes};
use input::Input;
use input::rule::{self, Problem, Rule};
use jiff::tz::TimeZone;
use kernel::{AccountId, Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::ports::Person;
use crate::{Inbox, NotificationType};

/// The hour of the day at which a digest is mailed, unless said otherwise.
const DIGEST_HOUR: u8 = 8;

/// In which language somebody is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, kernel::Words)]
#[words(name = "NotificationLanguage")]
pub enum Language {
    /// English.
    #[default]
    #[word("en")]
    English,
    /// Spanish.
    #[word("es")]
    Spanish,
}

/// Who may write to somebody for the first time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, kernel::Words)]
pub enum WhoMayWrite {
    /// Everybody who is not blocked.
    #[default]
    Everyone,
    /// Whoever applied, invited or works with them.
    Partners,
    /// Nobody new.
    Nobody,
}

/// By which channels somebody is told of something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Channels {
    /// In the list of notifications, and live.
    pub in_app: bool,
    /// By a mail at once.
    pub email: bool,
    /// In the mail of the day.
    pub digest: bool,
}

/// What somebody has said; what they have not is as usual.
#[derive(Clone, Debug, db::Row)]
#[row(table = "inbox_preferences", key(account_id))]
pub struct Preferences {
    /// Who.
    pub account_id: AccountId,
    /// In which language they are told.
    pub language: Option<Language>,
    /// Where they are: `Europe/Madrid`.
    pub time_zone: Option<String>,
    /// At which hour of their day the digest is mailed.
    pub digest_hour: u8,
    /// Who may write to them.
    pub who_may_write: WhoMayWrite,
    /// By which channels they are told of what, where that is not as usual.
    pub channels: Stored<BTreeMap<String, Channels>>,
    /// When they said so.
    pub updated_at: Timestamp,
}

impl Preferences {
    /// Of somebody who has said nothing.
    pub fn usual(account: AccountId) -> Self {
        Self {
            account_id: account,
            language: None,
            time_zone: None,
            digest_hour: DIGEST_HOUR,
            who_may_write: WhoMayWrite::default(),
            channels: Stored(BTreeMap::new()),
            updated_at: Timestamp::from_micros(0),
        }
    }

    /// By which channels they are told of this.
    pub fn channels(&self, kind: NotificationType) -> Channels {
        self.channels.0.get(kind.word()).copied().unwrap_or_else(|| kind.usual())
    }

    /// In which language they are told: that of their country, if they have not said.
    pub fn language(&self, person: Option<&Person>) -> Language {
        let of_country = || {
            let country = person.and_then(|person| person.country.as_deref()).unwrap_or_default();
            if SPANISH.contains(&country) { Language::Spanish } else { Language::English }
        };
        self.language.unwrap_or_else(of_country)
    }

    /// The name of their time zone: that of the largest city of their country, if they have not said.
    pub fn zone(&self, person: Option<&Person>) -> &str {
        let of_country = || {
            let country = person.and_then(|person| person.country.as_deref()).unwrap_or_default();
            ZONES.iter().find(|(of, _)| *of == country).map_or("UTC", |(_, zone)| zone)
        };
        self.time_zone.as_deref().unwrap_or_else(of_country)
    }

    /// When their next digest is due after this moment: at their hour of the day, whatever their clocks do meanwhile.
    pub fn next_digest(&self, person: Option<&Person>, now: Timestamp) -> Timestamp {
        let zone = TimeZone::get(self.zone(person)).unwrap_or(TimeZone::UTC);
        let local = jiff::Timestamp::from_microsecond(now.micros()).unwrap_or_default().to_zoned(zone.clone());
        let hour = i8::try_from(self.digest_hour).unwrap_or(8);
        let next = [0, 1].into_iter().find_map(|days| {
            let day = local.date().checked_add(jiff::Span::new().days(days)).ok()?;
            // An hour that the clocks leave out is the one after it.
            let at = zone.to_ambiguous_zoned(day.at(hour, 0, 0, 0)).compatible().ok()?;
            let at = Timestamp::from_micros(at.timestamp().as_microsecond());
            (at > now).then_some(at)
        });
        next.unwrap_or_else(|| now.plus(kernel::time::DAY))
    }
}

/// Countries where most people read Spanish.
const SPANISH: [&str; 21] = [
    "ES", "MX", "AR", "CO", "CL", "PE", "VE", "EC", "GT", "CU", "BO", "DO", "HN", "PY", "SV", "NI", "CR", "PA", "UY",
    "PR", "GQ",
];

/// The time zone of most people of a country.
const ZONES: [(&str, &str); 48] = [
    ("AR", "America/Argentina/Buenos_Aires"),
    ("AT", "Europe/Vienna"),
    ("AU", "Australia/Sydney"),
    ("BE", "Europe/Brussels"),
    ("BO", "America/La_Paz"),
    ("BR", "America/Sao_Paulo"),
    ("CA", "America/Toronto"),
    ("CH", "Europe/Zurich"),
    ("CL", "America/Santiago"),
    ("CN", "Asia/Shanghai"),
    ("CO", "America/Bogota"),
    ("CR", "America/Costa_Rica"),
    ("CU", "America/Havana"),
    ("CZ", "Europe/Prague"),
    ("DE", "Europe/Berlin"),
    ("DK", "Europe/Copenhagen"),
    ("DO", "America/Santo_Domingo"),
    ("EC", "America/Guayaquil"),
    ("ES", "Europe/Madrid"),
    ("FI", "Europe/Helsinki"),
    ("FR", "Europe/Paris"),
    ("GB", "Europe/London"),
    ("GR", "Europe/Athens"),
    ("GT", "America/Guatemala"),
    ("HN", "America/Tegucigalpa"),
    ("IE", "Europe/Dublin"),
    ("IN", "Asia/Kolkata"),
    ("IT", "Europe/Rome"),
    ("JP", "Asia/Tokyo"),
    ("KR", "Asia/Seoul"),
    ("MX", "America/Mexico_City"),
    ("NI", "America/Managua"),
    ("NL", "Europe/Amsterdam"),
    ("NO", "Europe/Oslo"),
    ("NZ", "Pacific/Auckland"),
    ("PA", "America/Panama"),
    ("PE", "America/Lima"),
    ("PL", "Europe/Warsaw"),
    ("PR", "America/Puerto_Rico"),
    ("PT", "Europe/Lisbon"),
    ("PY", "America/Asuncion"),
    ("RO", "Europe/Bucharest"),
    ("SE", "Europe/Stockholm"),
    ("SV", "America/El_Salvador"),
    ("TR", "Europe/Istanbul"),
    ("US", "America/New_York"),
    ("UY", "America/Montevideo"),
    ("VE", "America/Caracas"),
];

/// What these people have said, in the order in which they were asked for.
pub async fn of(tx: &mut Tx, accounts: &[AccountId]) -> Result<Vec<Preferences>> {
    let said: Vec<Preferences> =
        Sql::of::<Preferences>().and_in("account_id", accounts.iter().copied()).all(tx).await?;
    let of_one = |account: &AccountId| {
        let found = said.iter().find(|said| said.account_id == *account).cloned();
        found.unwrap_or_else(|| Preferences::usual(*account))
    };
    Ok(accounts.iter().map(of_one).collect())
}

/// What one person has said.
pub(crate) async fn of_one(tx: &mut Tx, account: AccountId) -> Result<Preferences> {
    let said = Sql::of::<Preferences>().and("account_id = ", account).optional(tx).await?;
    Ok(said.unwrap_or_else(|| Preferences::usual(account)))
}

pub(crate) fn router() -> Routes<Inbox> {
    Routes::new().with(routes!(show, change))
}

/// A name of the time zone database.
fn time_zone() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "maxLength": 64, "examples": ["Europe/Madrid"]}),
        |value, from_text| {
            let name = rule::text(64).read(value, from_text)?;
            // Names are the database's own spelling, so that everybody who reads it finds it.
            let known = TimeZone::get(&name).ok().and_then(|zone| zone.iana_name().map(str::to_owned));
            known.ok_or_else(|| Problem::new("unknown_value", "must be a time zone such as Europe/Madrid"))
        },
    )
}

/// By which channels somebody wants to be told of something.
#[derive(Clone, Input)]
struct ChannelChoice {
    /// Of what.
    #[input(word(), name = "type")]
    kind: NotificationType,
    /// In the list of notifications, and live.
    #[input(flag())]
    in_app: Option<bool>,
    /// By a mail at once.
    #[input(flag())]
    email: Option<bool>,
    /// In the mail of the day.
    #[input(flag())]
    digest: Option<bool>,
}

/// How somebody wants to be told. What is left out stays as it is.
#[derive(Input)]
struct PreferenceChanges {
    /// In which language; null for that of the account's country.
    #[input(word())]
    language: Option<Option<Language>>,
    /// Where they are; null for the account's country.
    #[input(time_zone())]
    time_zone: Option<Option<String>>,
    /// At which hour of their day the digest is mailed.
    #[input(whole(0, 23).map(|hour| hour as u8), not_null)]
    digest_hour: Option<u8>,
    /// Who may write to them for the first time.
    #[input(word(), not_null)]
    who_may_write: Option<WhoMayWrite>,
    /// By which channels they are told of what; what is left out stays as it is.
    #[input(list(64, nested()), not_null)]
    channels: Option<Vec<ChannelChoice>>,
}

/// How somebody is told of something.
#[derive(Serialize, ToSchema)]
struct NotificationChannels {
    /// Of what.
    #[serde(rename = "type")]
    kind: NotificationType,
    /// In the list of notifications, and live.
    in_app: bool,
    /// By a mail at once.
    email: bool,
    /// In the mail of the day.
    digest: bool,
}

/// How somebody is told.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationPreferences)]
struct PreferencesBody {
    /// In which language.
    language: Language,
    /// Their time zone.
    #[schema(example = "Europe/Madrid")]
    time_zone: String,
    /// At which hour of their day the digest is mailed.
    digest_hour: u8,
    /// When the next digest would be mailed.
    next_digest_at: Timestamp,
    /// Who may write to them for the first time.
    who_may_write: WhoMayWrite,
    /// By which channels they are told of what.
    channels: Vec<NotificationChannels>,
}

async fn tell(inbox: &Inbox, tx: &mut Tx, said: &Preferences) -> Result<PreferencesBody> {
    let person = inbox.people().people(tx, &[said.account_id]).await?.pop();
    let channels = NotificationType::ALL.into_iter().map(|kind| {
        let Channels { in_app, email, digest } = said.channels(kind);
        NotificationChannels { kind, in_app, email, digest }
    });
    Ok(PreferencesBody {
        language: said.language(person.as_ref()),
        time_zone: said.zone(person.as_ref()).to_owned(),
        digest_hour: said.digest_hour,
        next_digest_at: said.next_digest(person.as_ref(), inbox.app().clock().now()),
        who_may_write: said.who_may_write,
        channels: channels.collect(),
    })
}

/// Get the preferences of notifications
///
/// In which language one is told, by which channels of what, and who may write to one.
#[utoipa::path(get, path = "/api/v1/notifications/preferences", tag = "Notifications", responses(
    (status = 200, description = "How one is told", body = PreferencesBody)))]
async fn show(State(inbox): State<Inbox>, member: Member) -> Answer<Json<PreferencesBody>> {
    let mut tx = inbox.app().read().await?;
    let said = of_one(&mut tx, member.id).await?;
    Ok(Json(tell(&inbox, &mut tx, &said).await?))
}

/// Change the preferences of notifications
///
/// It counts for what happens from now on. Notices of the server itself (`ACCOUNT_NOTICE`) are always shown.
#[utoipa::path(put, path = "/api/v1/notifications/preferences", tag = "Notifications", request_body = PreferenceChanges,
    responses((status = 200, description = "How one is told from now on", body = PreferencesBody)))]
async fn change(
    State(inbox): State<Inbox>,
    own: Newcomer,
    Body { input, .. }: Body<PreferenceChanges>,
) -> Answer<Json<PreferencesBody>> {
    let now = inbox.app().clock().now();
    let mut tx = inbox.app().write().await?;
    let mut said = of_one(&mut tx, own.account.id).await?;
    input::set(&mut said.language, input.language);
    input::set(&mut said.time_zone, input.time_zone);
    input::set(&mut said.digest_hour, input.digest_hour);
    input::set(&mut said.who_may_write, input.who_may_write);
    for choice in input.channels.unwrap_or_default() {
        let mut channels = said.channels(choice.kind);
        input::set(&mut channels.in_app, choice.in_app);
        input::set(&mut channels.email, choice.email);
        input::set(&mut channels.digest, choice.digest);
        channels.in_app |= choice.kind == NotificationType::AccountNotice;
        said.channels.0.insert(choice.kind.word().to_owned(), channels);
    }
    said.updated_at = now;
    tx.put(&said).await?;
    let body = tell(&inbox, &mut tx, &said).await?;
    tx.commit().await?;
    Ok(Json(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_digest_comes_at_the_same_hour_whatever_the_clocks_do() {
        let mut said = Preferences::usual(AccountId::from_uuid(uuid::Uuid::from_u128(1)));
        said.time_zone = Some("Europe/Madrid".into());
        let next = |said: &Preferences, now: &str| said.next_digest(None, at(now)).to_string();
        // On the last Sunday of March and of October the clocks change.
        assert_eq!(next(&said, "2026-03-28T06:59:00Z"), "2026-03-28T07:00:00Z");
        assert_eq!(next(&said, "2026-03-28T07:00:00Z"), "2026-03-29T06:00:00Z");
        assert_eq!(next(&said, "2026-10-24T06:00:00Z"), "2026-10-25T07:00:00Z");
        said.digest_hour = 2;
        assert_eq!(next(&said, "2026-03-28T22:00:00Z"), "2026-03-29T01:00:00Z", "two o'clock is left out that night");
        said.time_zone = Some("Pacific/Kiritimati".into());
        assert_eq!(next(&said, "2026-01-01T11:00:00Z"), "2026-01-01T12:00:00Z");
    }

    #[test]
    fn every_zone_is_one() {
        for (country, zone) in ZONES {
            assert!(TimeZone::get(zone).is_ok(), "{country}: {zone}");
        }
    }
}
