//! The streams that are open in this process.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use db::Tx;
use kernel::{Account, AccountId, Error, Kind, Proof, Result, WorkspaceId};
use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc};

use super::frames;

/// So many pieces may wait for a stream whose client is slow; then it is cut off.
const WAITING: usize = 32;
/// A stream that has not begun yet is shown nothing.
const NOT_YET: i64 = i64::MAX;

/// The streams that are open in this process. There is one for each server, before anything else is; cheap to clone.
#[derive(Clone, Default)]
pub struct Hub(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    bell: Notify,
}

#[derive(Default)]
struct State {
    streams: HashMap<AccountId, Vec<Stream>>,
    open: usize,
    /// Those for whom something is new.
    touched: HashSet<AccountId>,
    made: u64,
    reading: bool,
    closed: bool,
}

struct Stream {
    id: u64,
    account: Account,
    /// The number of the last entry that it was shown.
    seen: i64,
    /// Has its log-in been looked at since it was opened?
    judged: bool,
    queue: mpsc::Sender<Bytes>,
}

/// A stream's place, until it is dropped, and what comes for it.
pub(super) struct Place {
    hub: Hub,
    account: AccountId,
    id: u64,
    pub(super) queue: mpsc::Receiver<Bytes>,
}

/// What an account is shown: each entry with its number.
pub(super) type Shown = Vec<(i64, Bytes)>;

impl Hub {
    /// One without streams.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many streams are open.
    pub fn open(&self) -> usize {
        self.0.state.lock().open
    }

    /// Ends all streams, and takes no more: the server stops.
    pub fn close(&self) {
        let mut state = self.0.state.lock();
        state.closed = true;
        for stream in state.streams.values().flatten() {
            // Whoever does not read it is cut off all the same.
            let _ = stream.queue.try_send(frames::closed("stopping"));
        }
        state.streams.clear();
        drop(state);
        self.0.bell.notify_one();
    }

    /// Has the streams of this account be shown what is new, once the transaction is committed.
    pub(crate) fn wake_after(&self, tx: &mut Tx, account: AccountId) {
        let hub = self.clone();
        tx.after_commit(move || hub.touch([account]));
    }

    /// Something is new for these accounts.
    pub(super) fn touch(&self, accounts: impl IntoIterator<Item = AccountId>) {
        let mut state = self.0.state.lock();
        let state = &mut *state;
        let before = state.touched.len();
        state.touched.extend(accounts.into_iter().filter(|account| state.streams.contains_key(account)));
        if state.touched.len() > before {
            self.0.bell.notify_one();
        }
    }

    /// Waits until something is new for somebody whose stream is open here.
    pub(super) async fn news(&self) {
        self.0.bell.notified().await;
    }

    /// Takes a place for a stream of this account: so many there may be of it, and so many in all. It is shown nothing before it
    /// [begins](Place::begin). Tells as well whether somebody has to be found who reads for the streams.
    pub(super) fn take(&self, account: &Account, of_account: usize, in_all: usize) -> Result<(Place, bool)> {
        let mut state = self.0.state.lock();
        if state.closed {
            return Err(Error::new(Kind::Unavailable, "The server is stopping; try again shortly"));
        }
        if state.open >= in_all {
            return Err(Error::new(
                Kind::RateLimited(30),
                "Too many live streams are open; try again in half a minute",
            ));
        }
        let (id, (queue, receiver)) = (state.made, mpsc::channel(WAITING));
        let streams = state.streams.entry(account.id).or_default();
        if streams.len() >= of_account {
            let message = format!(
                "{of_account} live streams of this account are open already; close one, and share it between tabs"
            );
            return Err(Error::new(Kind::RateLimited(5), message));
        }
        streams.push(Stream { id, account: account.clone(), seen: NOT_YET, judged: false, queue });
        state.made += 1;
        state.open += 1;
        let needs_reader = !std::mem::replace(&mut state.reading, true);
        drop(state);
        self.0.bell.notify_one();
        Ok((Place { hub: self.clone(), account: account.id, id, queue: receiver }, needs_reader))
    }

    /// Is there anybody to read for? If not, whoever reads stops.
    pub(super) fn goes_on(&self) -> bool {
        let mut state = self.0.state.lock();
        state.reading = !state.streams.is_empty();
        state.reading
    }

    /// Nobody reads any more: the next stream has to find somebody.
    pub(super) fn reads_no_more(&self) {
        self.0.state.lock().reading = false;
    }

    /// Those for whom something is new, and behind which numbers.
    pub(super) fn touched(&self) -> Vec<(AccountId, i64)> {
        let mut state = self.0.state.lock();
        let touched = std::mem::take(&mut state.touched);
        let behind = touched.into_iter().filter_map(|account| {
            let seen = state.streams.get(&account)?.iter().map(|stream| stream.seen).min()?;
            (seen != NOT_YET).then_some((account, seen))
        });
        behind.collect()
    }

    /// Shows the streams of an account what they have not been shown yet.
    pub(super) fn show(&self, account: AccountId, shown: &Shown) {
        let Some((last, _)) = shown.last() else { return };
        let mut state = self.0.state.lock();
        let Some(streams) = state.streams.get_mut(&account) else { return };
        let all = shown.first().map_or(0, |(first, _)| *first);
        let whole = joined(shown);
        streams.retain_mut(|stream| {
            if stream.seen >= *last {
                return true;
            }
            let piece = if stream.seen < all {
                whole.clone()
            } else {
                let new: Shown = shown.iter().filter(|(seq, _)| *seq > stream.seen).cloned().collect();
                joined(&new)
            };
            stream.seen = *last;
            // A full queue: the client does not read. It comes back, and goes on behind what it has.
            stream.queue.try_send(piece).is_ok()
        });
        if streams.is_empty() {
            state.streams.remove(&account);
        }
    }

    /// Shows something that has no number to all streams of these workspaces.
    pub(super) fn show_workspaces(&self, shown: &HashMap<WorkspaceId, Bytes>) {
        let state = self.0.state.lock();
        for stream in state.streams.values().flatten().filter(|stream| stream.seen != NOT_YET) {
            if let Some(piece) = stream.account.workspace.and_then(|workspace| shown.get(&workspace)) {
                // It is a hint, and its loss no loss: what follows is shown anew after the next one.
                let _ = stream.queue.try_send(piece.clone());
            }
        }
    }

    /// The log-ins whose streams have to be judged: all of them, or those of new streams.
    pub(super) fn to_judge(&self, all: bool) -> Vec<Proof> {
        let mut state = self.0.state.lock();
        let streams = state.streams.values_mut().flatten().filter(|stream| all || !stream.judged);
        let proofs: HashSet<Proof> = streams
            .map(|stream| {
                stream.judged = true;
                stream.account.proof
            })
            .collect();
        proofs.into_iter().collect()
    }

    /// Ends the streams of this log-in, unless its account stands as they know it.
    pub(super) fn judge(&self, proof: Proof, now: Option<&Account>) {
        let mut state = self.0.state.lock();
        for streams in state.streams.values_mut() {
            streams.retain(|stream| {
                if stream.account.proof != proof {
                    return true;
                }
                let why = match now {
                    None => "signed_out",
                    Some(now) if is_another(now, &stream.account) => "changed",
                    Some(_) => return true,
                };
                let _ = stream.queue.try_send(frames::closed(why));
                false
            });
        }
        state.streams.retain(|_, streams| !streams.is_empty());
    }
}

/// Would it see something else now?
fn is_another(now: &Account, then: &Account) -> bool {
    now.id != then.id || now.workspace != then.workspace || now.user_type != then.user_type
}

fn joined(shown: &Shown) -> Bytes {
    match shown.as_slice() {
        [(_, only)] => only.clone(),
        many => many.iter().flat_map(|(_, piece)| piece.iter().copied()).collect(),
    }
}

impl Place {
    /// Begins behind this number of the feed.
    pub(super) fn begin(&self, seq: i64) {
        let mut state = self.hub.0.state.lock();
        let streams = state.streams.get_mut(&self.account);
        if let Some(stream) = streams.and_then(|streams| streams.iter_mut().find(|stream| stream.id == self.id)) {
            stream.seen = seq;
        }
        drop(state);
        // What came since the number was read.
        self.hub.touch([self.account]);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.hub.0.state.lock();
        state.open -= 1;
        let is_empty = state.streams.get_mut(&self.account).is_some_and(|streams| {
            streams.retain(|stream| stream.id != self.id);
            streams.is_empty()
        });
        if is_empty {
            state.streams.remove(&self.account);
        }
        drop(state);
        self.hub.0.bell.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use kernel::{SessionId, UserType, WorkspaceRole};
    use uuid::Uuid;

    use super::*;

    fn account(number: u128) -> Account {
        Account {
            id: AccountId::from_uuid(Uuid::from_u128(number)),
            user_type: UserType::Creator,
            workspace: None,
            role: WorkspaceRole::Owner,
            proof: Proof::Session(SessionId::from_uuid(Uuid::from_u128(number))),
            read_only: false,
            verified: true,
            since: kernel::Timestamp::from_micros(0),
        }
    }

    fn entries(numbers: impl IntoIterator<Item = i64>) -> Shown {
        numbers.into_iter().map(|seq| (seq, Bytes::from(format!("{seq};")))).collect()
    }

    #[test]
    fn each_stream_is_shown_each_entry_once() {
        let (hub, one) = (Hub::new(), account(1));
        let (mut early, needs_reader) = hub.take(&one, 10, 10).unwrap();
        assert!(needs_reader);
        let (mut late, needs_reader) = hub.take(&one, 10, 10).unwrap();
        assert!(!needs_reader);
        early.begin(4);
        late.begin(6);
        assert_eq!(hub.touched(), [(one.id, 4)]);
        hub.show(one.id, &entries(5..=7));
        hub.show(one.id, &entries(6..=8));
        assert_eq!(early.queue.try_recv().unwrap(), "5;6;7;");
        assert_eq!(early.queue.try_recv().unwrap(), "8;");
        assert_eq!(late.queue.try_recv().unwrap(), "7;");
        assert_eq!(late.queue.try_recv().unwrap(), "8;");
        assert!(early.queue.try_recv().is_err() && late.queue.try_recv().is_err());
    }

    #[test]
    fn whoever_does_not_read_is_cut_off_and_nobody_waits() {
        let (hub, one, other) = (Hub::new(), account(1), account(2));
        let (mut slow, _) = hub.take(&one, 10, 10).unwrap();
        let (mut quick, _) = hub.take(&other, 10, 10).unwrap();
        slow.begin(0);
        quick.begin(0);
        for seq in 1..=i64::try_from(WAITING).unwrap() + 1 {
            hub.show(one.id, &entries([seq]));
            hub.show(other.id, &entries([seq]));
            assert_eq!(quick.queue.try_recv().unwrap(), format!("{seq};"));
        }
        let mut read = 0;
        while slow.queue.try_recv().is_ok() {
            read += 1;
        }
        assert_eq!(read, WAITING, "what was in the queue");
        assert!(slow.queue.is_closed());
        assert_eq!(hub.open(), 2, "its place is taken until it is dropped");
        drop(slow);
        assert_eq!(hub.open(), 1);
    }

    #[test]
    fn places_are_bounded_and_given_back() {
        let (hub, one) = (Hub::new(), account(1));
        let first = hub.take(&one, 1, 2).unwrap();
        assert_eq!(hub.take(&one, 1, 2).err().map(|error| error.kind()), Some(Kind::RateLimited(5)));
        let _second = hub.take(&account(2), 1, 2).unwrap();
        assert_eq!(hub.take(&account(3), 1, 2).err().map(|error| error.kind()), Some(Kind::RateLimited(30)));
        drop(first);
        assert!(hub.take(&one, 1, 2).is_ok());
        hub.close();
        assert_eq!(hub.take(&one, 9, 9).err().map(|error| error.kind()), Some(Kind::Unavailable));
    }
}
