//! How many files are taken in at once, of one address, of one account and in all, and how much of them waits on this machine's disk. What
//! is too much is 429: an upload may take an hour, and nobody else's may wait for it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use kernel::{Account, Error, Kind, Result};
use parking_lot::Mutex;

use crate::app::Limits;
use crate::pace::paced;
use crate::peer::{address_of, customer};
use crate::policy::Rate;
use crate::{ApiError, App, limits};

/// When to try again, in seconds.
const LATER: u32 = 5;
/// What of a form is not its file: a transcript of four megabytes beside a recording, for one.
const FRAME_BYTES: u64 = 8 << 20;
/// So many of the largest files may wait on the disk together.
const FILES_ON_DISK: u64 = 4;

/// The uploads under way.
#[derive(Clone, Debug, Default)]
pub struct Uploads(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    by: HashMap<String, usize>,
    on_disk: u64,
}

/// The right to one upload, of an address or of an account, until it is dropped.
#[derive(Debug)]
struct Slot {
    uploads: Uploads,
    whose: String,
}

/// Room on the disk, until it is dropped.
#[derive(Debug)]
pub(crate) struct Room {
    uploads: Uploads,
    bytes: u64,
}

tokio::task_local! {
    static HELD: RefCell<Vec<Slot>>;
}

impl Uploads {
    fn take(&self, whose: String, most: usize, most_in_all: Option<usize>, whom: &str) -> Result<Slot> {
        let mut counts = self.0.lock();
        if most_in_all.is_some_and(|most| counts.all >= most) {
            let message = format!("{} uploads are under way, and more are not taken in at once; try again", counts.all);
            return Err(Error::new(Kind::RateLimited(LATER), format!("{message} in {LATER} s")));
        }
        let of_this = counts.by.entry(whose.clone()).or_default();
        if *of_this >= most {
            let message = format!(
                "{most} uploads of {whom} are under way, and more are not taken in at once; wait for one of them"
            );
            return Err(Error::new(Kind::RateLimited(LATER), message));
        }
        *of_this += 1;
        counts.all += usize::from(most_in_all.is_some());
        drop(counts);
        Ok(Slot { uploads: self.clone(), whose })
    }

    /// Nothing on the disk yet.
    pub(crate) fn room(&self) -> Room {
        Room { uploads: self.clone(), bytes: 0 }
    }
}

/// What begins the name of an address; accounts' names begin otherwise.
const ADDRESS: &str = "address ";

impl Drop for Slot {
    fn drop(&mut self) {
        let mut counts = self.uploads.0.lock();
        if self.whose.starts_with(ADDRESS) {
            counts.all = counts.all.saturating_sub(1);
        }
        if let Some(left) = counts.by.get_mut(&self.whose) {
            *left -= 1;
            if *left == 0 {
                counts.by.remove(&self.whose);
            }
        }
    }
}

impl Room {
    /// So many bytes more; 429 where the disk is for others now.
    pub(crate) fn grow(&mut self, bytes: u64, limits: &Limits) -> Result<()> {
        let most = (limits.upload_bytes as u64).saturating_mul(FILES_ON_DISK);
        let mut counts = self.uploads.0.lock();
        if counts.on_disk + bytes > most {
            let message = "The files of other uploads fill the room for them; try again when they are through";
            return Err(Error::new(Kind::RateLimited(12 * LATER), message));
        }
        counts.on_disk += bytes;
        drop(counts);
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut counts = self.uploads.0.lock();
        counts.on_disk = counts.on_disk.saturating_sub(self.bytes);
    }
}

/// Answers a request that brings a file: its address must have an upload left, and its body must come at some pace.
pub(crate) async fn guard(app: App, rate: Rate, mut request: Request, next: Next) -> Response {
    let bounds = app.limits();
    let address = address_of(request.headers(), request.extensions(), bounds.trusted_proxies);
    // Without a connection (in tests of this process) there is no address: those are one.
    let whose = format!("{ADDRESS}{}", address.map(customer).unwrap_or_default());
    let slot = match app.uploads().take(whose, bounds.uploads_of_address, Some(bounds.uploads), "this address") {
        Ok(slot) => slot,
        Err(error) => return ApiError(error).into_response(),
    };
    let most = (bounds.upload_bytes as u64).saturating_add(FRAME_BYTES);
    let patience = bounds.patience;
    // Files have a limit of their own, and forms are not cut by the framework's.
    DefaultBodyLimit::disable().apply(&mut request);
    let request = request.map(|body| paced(body, patience, most));
    HELD.scope(RefCell::new(vec![slot]), limits::guard(app.clone(), rate, request, next)).await
}

/// Counts an upload of an account that has proved who it is.
pub(crate) fn count_account(app: &App, account: &Account) -> Result<()> {
    let whose = format!("account {}", account.id);
    let known = HELD.try_with(|held| held.borrow().iter().any(|slot| slot.whose == whose));
    if known != Ok(false) {
        return Ok(());
    }
    let slot = app.uploads().take(whose, app.limits().uploads_of_account, None, "this account")?;
    HELD.with(|held| held.borrow_mut().push(slot));
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whoever comes and goes in whatever order: nobody holds more than their share, and in the end nothing is held.
        #[test]
        fn nobody_holds_more_than_their_share(moves in proptest::collection::vec((0_u8..4, any::<bool>()), 0..200)) {
            let uploads = Uploads::default();
            let mut held: Vec<(u8, Slot)> = Vec::new();
            for (who, comes) in moves {
                let of_this = held.iter().filter(|(other, _)| *other == who).count();
                if comes {
                    let taken = uploads.take(format!("{ADDRESS}{who}"), 3, Some(7), "this address");
                    prop_assert_eq!(taken.is_ok(), of_this < 3 && held.len() < 7);
                    match taken {
                        Ok(slot) => held.push((who, slot)),
                        Err(error) => prop_assert!(matches!(error.kind(), Kind::RateLimited(_))),
                    }
                } else if let Some(at) = held.iter().position(|(other, _)| *other == who) {
                    held.remove(at);
                }
            }
            held.clear();
            let counts = uploads.0.lock();
            prop_assert_eq!((counts.all, counts.by.len()), (0, 0));
        }
    }

    #[test]
    fn the_disk_is_shared() {
        let (uploads, limits) = (Uploads::default(), Limits { upload_bytes: 100, ..Limits::default() });
        let (mut one, mut other) = (uploads.room(), uploads.room());
        one.grow(300, &limits).unwrap();
        assert!(other.grow(101, &limits).is_err());
        drop(one);
        other.grow(101, &limits).unwrap();
    }
}
