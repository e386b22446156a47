//! How much anybody may ask: per address before anything else is looked at, and per account once a token has proved whose it is. So
//! nobody uses up another's quota with a token that is forged.
//!
//! Documents B (per address) and E (per creator) give the numbers. AI routes, uploads, log-ins and providers' webhooks are counted
//! apart. Every answer that was counted says where it stands (`X-RateLimit-*`); what is too much is 429 with `Retry-After`. Health, the
//! figures and the documentation are never counted.

mod settings;

use std::cell::RefCell;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderName;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::{Account, Error, Kind, Result, UserType, time};
use ports::counters::{Counters, Quota, Verdict};

pub use settings::Settings;

use crate::peer::{address_of, customer};
use crate::policy::Rate;
use crate::{ApiError, App, Mode, uploads};
use settings::{Bucket, Whose};

/// The quota that was looked at,
pub(crate) const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
/// what is left of it,
pub(crate) const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
/// and when it is whole again, in seconds since 1970.
pub(crate) const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Who counts, and how much is allowed.
pub struct RateLimits {
    counters: Arc<dyn Counters>,
    quotas: Vec<Option<Quota>>,
}

impl RateLimits {
    /// Limits by these settings; in the demo the numbers are generous where nothing is set.
    pub fn new(counters: Arc<dyn Counters>, settings: &Settings, mode: Mode) -> Self {
        Self { counters, quotas: settings.quotas(matches!(mode, Mode::Demo(_))) }
    }

    async fn take(&self, bucket: Bucket, key: &str) -> Option<Standing> {
        let quota = self.quotas[bucket as usize]?;
        Self::stands(quota, self.counters.take(key, quota).await)
    }

    /// The same without using anything of it.
    async fn look(&self, bucket: Bucket, key: &str) -> Option<Standing> {
        let quota = self.quotas[bucket as usize]?;
        Self::stands(quota, self.counters.look(key, quota).await)
    }

    fn stands(quota: Quota, verdict: Result<Verdict>) -> Option<Standing> {
        match verdict {
            Ok(verdict) => Some(Standing { quota, verdict }),
            Err(error) => {
                // Better too much than nothing at all.
                tracing::warn!(%error, "requests cannot be counted");
                None
            }
        }
    }
}

/// Where somebody stands with a quota.
#[derive(Clone, Copy)]
struct Standing {
    quota: Quota,
    verdict: Verdict,
}

/// What is known of a request while it is answered.
struct Counted {
    rate: Rate,
    /// Of all that was counted, what is tightest.
    standing: Option<Standing>,
    /// Has the account been counted? More than one extractor may look at a token.
    account: bool,
}

tokio::task_local! {
    static COUNTED: RefCell<Counted>;
}

/// Answers the request unless its address asks too much.
pub(crate) async fn guard(app: App, rate: Rate, request: Request, next: Next) -> Response {
    let Some(limits) = app.rate_limits().filter(|_| rate != Rate::Free) else { return next.run(request).await };
    let proxies = app.limits().trusted_proxies;
    // Without a connection (in tests of this process) there is no address, and nobody to hold back.
    let standing = match address_of(request.headers(), request.extensions(), proxies) {
        // What is signed is not the address's: a provider sends for all of its customers from the same few.
        Some(address) if rate == Rate::Signed => {
            limits.look(Bucket::of(Whose::Address, rate), &address_key(rate, address)).await
        }
        Some(address) => limits.take(Bucket::of(Whose::Address, rate), &address_key(rate, address)).await,
        None => None,
    };
    if let Some(standing) = standing.filter(|standing| !standing.verdict.allowed) {
        let mut response = ApiError(too_many("this address", &standing)).into_response();
        tell(&app, &mut response, &standing);
        return response;
    }
    let counted = RefCell::new(Counted { rate, standing, account: false });
    let answer = async {
        let response = next.run(request).await;
        (response, COUNTED.with(|counted| counted.borrow().standing))
    };
    let (mut response, standing) = COUNTED.scope(counted, answer).await;
    if let Some(standing) = standing {
        tell(&app, &mut response, &standing);
    }
    response
}

/// Counts a request of an account that has proved who it is; [`Kind::RateLimited`] if that is too much. An account's keys have no quota of
/// their own: more of them would be more of it.
pub(crate) async fn count_account(app: &App, account: &Account) -> Result<()> {
    uploads::count_account(app, account)?;
    let Some(limits) = app.rate_limits() else { return Ok(()) };
    let uncounted = COUNTED.try_with(|counted| {
        let mut counted = counted.borrow_mut();
        (!std::mem::replace(&mut counted.account, true)).then_some(counted.rate)
    });
    let Ok(Some(rate)) = uncounted else { return Ok(()) };
    let whose = if account.user_type == UserType::Creator { Whose::Creator } else { Whose::Account };
    // What a model is asked is also counted by the day: it costs.
    let of_day = (rate == Rate::Ai).then_some(Bucket::AiOfDay);
    for bucket in std::iter::once(Bucket::of(whose, rate)).chain(of_day) {
        let key = format!("{}:{}", bucket as u8, account.id);
        let Some(standing) = limits.take(bucket, &key).await else { continue };
        COUNTED.with(|counted| {
            let before = &mut counted.borrow_mut().standing;
            let tighter = before.is_none_or(|before| standing.verdict.remaining <= before.verdict.remaining);
            if tighter || !standing.verdict.allowed {
                *before = Some(standing);
            }
        });
        if !standing.verdict.allowed {
            return Err(too_many("this account", &standing));
        }
    }
    Ok(())
}

/// Counts a request of [`Rate::Signed`] that was signed, for its channel; [`Kind::RateLimited`] if that is too much.
pub(crate) async fn count_channel(app: &App, channel: &str) -> Result<()> {
    let Some(limits) = app.rate_limits() else { return Ok(()) };
    let bucket = Bucket::of(Whose::Channel, Rate::Signed);
    let Some(standing) = limits.take(bucket, &format!("{}:{channel}", bucket as u8)).await else { return Ok(()) };
    // Outside of the layers, in tests, nobody asks where it stands.
    let _ = COUNTED.try_with(|counted| counted.borrow_mut().standing = Some(standing));
    if standing.verdict.allowed { Ok(()) } else { Err(too_many("this channel", &standing)) }
}

/// Counts a request of [`Rate::Signed`] that was not signed, for the address that it came from.
pub(crate) async fn count_unsigned(app: &App, head: &axum::http::request::Parts) {
    let Some(limits) = app.rate_limits() else { return };
    if let Some(address) = address_of(&head.headers, &head.extensions, app.limits().trusted_proxies) {
        limits.take(Bucket::of(Whose::Address, Rate::Signed), &address_key(Rate::Signed, address)).await;
    }
}

fn address_key(rate: Rate, address: IpAddr) -> String {
    format!("{}:{}", Bucket::of(Whose::Address, rate) as u8, customer(address))
}

fn too_many(whom: &str, standing: &Standing) -> Error {
    let wait = standing.verdict.retry_after.as_nanos().div_ceil(1_000_000_000).max(1);
    let wait = u32::try_from(wait).unwrap_or(u32::MAX);
    let Quota { most, per } = standing.quota;
    let message =
        format!("Too many requests of {whom}: {most} in {} are allowed; try again in {wait} s", spelt(per.as_secs()));
    Error::new(Kind::RateLimited(wait), message)
}

fn spelt(seconds: u64) -> String {
    match seconds {
        1 => "a second".into(),
        60 => "a minute".into(),
        3_600 => "an hour".into(),
        86_400 => "a day".into(),
        other => format!("{other} seconds"),
    }
}

fn tell(app: &App, response: &mut Response, standing: &Standing) {
    let whole = standing.verdict.reset_after.as_nanos().div_ceil(1_000);
    let reset = app.clock().now().plus(i64::try_from(whole).unwrap_or(i64::MAX));
    let headers = response.headers_mut();
    headers.insert(LIMIT, standing.quota.most.into());
    headers.insert(REMAINING, standing.verdict.remaining.into());
    headers.insert(RESET, (reset.micros() / time::SECOND + i64::from(reset.micros() % time::SECOND > 0)).into());
}
