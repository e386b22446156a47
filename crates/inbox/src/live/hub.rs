//! The streams that are open in this process.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use db::{Position, Tx};
use kernel::{Account, AccountId, Error, Kind, Proof, Result, WorkspaceId};
use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc};

use super::frames;
use super::seen::Seen;

/// So many pieces may wait for a stream whose client is slow; then it is cut off.
const WAITING: usize = 32;
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
    /// The position up to which it received events. `None` until it starts: before that it receives nothing.
    seen: Option<Seen>,
    /// Does it receive conversation events as they happen? It does after it received those since its start position.
    follows: bool,
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

/// An event for all streams of a hub.
#[derive(Clone, Debug)]
pub(super) enum Told {
    /// A conversation event with its position in the log. A stream that cannot take it is disconnected and resumes.
    Placed(Position, Bytes),
    /// A hint. A stream that cannot take it goes on without it.
    Hint(Bytes),
}

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
        streams.push(Stream { id, account: account.clone(), seen: None, follows: false, judged: false, queue });
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
            let begun = state.streams.get(&account)?.iter().filter_map(|stream| stream.seen);
            begun.map(|seen| seen.feed).min().map(|seen| (account, seen))
        });
        behind.collect()
    }

    /// Shows the streams of an account what they have not been shown yet.
    pub(super) fn show(&self, account: AccountId, shown: &Shown) {
        let Some((last, _)) = shown.last() else { return };
        let mut state = self.0.state.lock();
        let Some(streams) = state.streams.get_mut(&account) else { return };
        streams.retain_mut(|stream| {
            let Some(seen) = stream.seen.filter(|seen| seen.feed < *last) else { return true };
            let mut piece = Vec::new();
            for (feed, event) in shown.iter().filter(|(feed, _)| *feed > seen.feed) {
                frames::place(Seen { feed: *feed, ..seen }, event, &mut piece);
            }
            stream.seen = Some(Seen { feed: *last, ..seen });
            // A full queue: the client does not read. It comes back, and goes on behind what it has.
            stream.queue.try_send(piece.into()).is_ok()
        });
        if streams.is_empty() {
            state.streams.remove(&account);
        }
    }

    /// Returns the hubs that have an open stream.
    pub(super) fn hubs(&self) -> HashSet<WorkspaceId> {
        let state = self.0.state.lock();
        let begun = state.streams.values().flatten().filter(|stream| stream.seen.is_some());
        begun.map(|stream| stream.account.hub()).collect()
    }

    /// Sends new events to the streams of these hubs.
    pub(super) fn tell(&self, told: &HashMap<WorkspaceId, Vec<Told>>) {
        self.each(|stream| {
            let Some(told) = told.get(&stream.account.hub()) else { return true };
            let Some(seen) = stream.seen else { return true };
            stream.tell(seen, told)
        });
    }

    /// Returns the hubs with streams that have to catch up, each with the earliest position.
    pub(super) fn behind(&self) -> HashMap<WorkspaceId, Position> {
        let state = self.0.state.lock();
        let mut behind: HashMap<WorkspaceId, Position> = HashMap::new();
        for stream in state.streams.values().flatten().filter(|stream| !stream.follows) {
            if let Some(seen) = stream.seen {
                let furthest = behind.entry(stream.account.hub()).or_insert(seen.log);
                *furthest = seen.log.min(*furthest);
            }
        }
        behind
    }

    /// Sends the events between two positions to the streams of a hub that have to catch up. If these were all, the streams receive new events from then on.
    pub(super) fn catch_up(&self, hub: WorkspaceId, (from, to): (Position, Position), told: &[Told], is_all: bool) {
        self.each(|stream| {
            let begun = stream.seen.filter(|seen| !stream.follows && seen.log >= from);
            let Some(seen) = begun.filter(|_| stream.account.hub() == hub) else { return true };
            stream.follows = true;
            let reads = stream.tell(seen, told);
            stream.follows = is_all;
            stream.seen = stream.seen.map(|seen| Seen { log: seen.log.max(to), ..seen });
            reads
        });
    }

    /// Calls a function for each stream and removes the streams for which it returns `false`.
    fn each(&self, mut keeps: impl FnMut(&mut Stream) -> bool) {
        let mut state = self.0.state.lock();
        let mut is_empty = false;
        for streams in state.streams.values_mut() {
            streams.retain_mut(&mut keeps);
            is_empty |= streams.is_empty();
        }
        if is_empty {
            state.streams.retain(|_, streams| !streams.is_empty());
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
        self.each(|stream| {
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
}

impl Stream {
    /// Sends events of the hub. Returns `false` if the client does not read.
    fn tell(&mut self, mut seen: Seen, told: &[Told]) -> bool {
        let (mut piece, mut is_hint) = (Vec::new(), true);
        for one in told {
            match one {
                Told::Hint(event) => piece.extend_from_slice(event),
                Told::Placed(log, event) if self.follows && *log > seen.log => {
                    seen.log = *log;
                    frames::place(seen, event, &mut piece);
                    is_hint = false;
                }
                Told::Placed(..) => {}
            }
        }
        self.seen = Some(seen);
        piece.is_empty() || self.queue.try_send(piece.into()).is_ok() || is_hint
    }
}

/// Would it see something else now?
fn is_another(now: &Account, then: &Account) -> bool {
    now.id != then.id || now.workspace != then.workspace || now.user_type != then.user_type
}

impl Place {
    /// Starts after this position.
    pub(super) fn begin(&self, seen: Seen) {
        let mut state = self.hub.0.state.lock();
        let streams = state.streams.get_mut(&self.account);
        if let Some(stream) = streams.and_then(|streams| streams.iter_mut().find(|stream| stream.id == self.id)) {
            stream.seen = Some(seen);
        }
        drop(state);
        // Entries that were added after the position was read.
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

    fn at(feed: i64, seq: i64) -> Seen {
        Seen { feed, log: Position { xact: 0, seq } }
    }

    /// What waits in a queue, without line breaks.
    fn next(place: &mut Place) -> Option<String> {
        let piece = place.queue.try_recv().ok()?;
        Some(std::str::from_utf8(&piece).unwrap().replace("id: ", "").replace('\n', ":"))
    }

    #[test]
    fn each_stream_is_shown_each_entry_once() {
        let (hub, one) = (Hub::new(), account(1));
        let (mut early, needs_reader) = hub.take(&one, 10, 10).unwrap();
        assert!(needs_reader);
        let (mut late, needs_reader) = hub.take(&one, 10, 10).unwrap();
        assert!(!needs_reader);
        early.begin(at(4, 1));
        late.begin(at(6, 2));
        assert_eq!(hub.touched(), [(one.id, 4)]);
        hub.show(one.id, &entries(5..=7));
        hub.show(one.id, &entries(6..=8));
        assert_eq!(next(&mut early).unwrap(), "5.0.1:5;6.0.1:6;7.0.1:7;");
        assert_eq!(next(&mut early).unwrap(), "8.0.1:8;");
        assert_eq!(next(&mut late).unwrap(), "7.0.2:7;");
        assert_eq!(next(&mut late).unwrap(), "8.0.2:8;");
        assert!(next(&mut early).is_none() && next(&mut late).is_none());
    }

    fn told(placed: impl IntoIterator<Item = i64>) -> Vec<Told> {
        let place = |seq| Position { xact: 0, seq };
        placed.into_iter().map(|seq| Told::Placed(place(seq), Bytes::from(format!("c{seq};")))).collect()
    }

    #[test]
    fn a_stream_that_begins_is_told_of_each_conversation_once() {
        let (hub, one, other) = (Hub::new(), account(1), account(2));
        let (mut quick, _) = hub.take(&one, 10, 10).unwrap();
        let (mut late, _) = hub.take(&one, 10, 10).unwrap();
        let (mut foreign, _) = hub.take(&other, 10, 10).unwrap();
        quick.begin(at(0, 10));
        foreign.begin(at(0, 10));
        let place = |seq| Position { xact: 0, seq };
        let mine = one.hub();
        assert_eq!(hub.behind().get(&mine), Some(&place(10)));
        hub.catch_up(mine, (place(10), place(10)), &[], true);
        late.begin(at(0, 8));
        // What is told before it has caught up comes by catching up.
        hub.tell(&HashMap::from([(mine, [told([11]), vec![Told::Hint("h;".into())]].concat())]));
        assert_eq!(next(&mut quick).unwrap(), "0.0.11:c11;h;");
        assert_eq!(next(&mut late).unwrap(), "h;");
        assert_eq!(hub.behind().get(&mine), Some(&place(8)));
        hub.catch_up(mine, (place(8), place(9)), &told([9]), false);
        assert_eq!(next(&mut late).unwrap(), "0.0.9:c9;");
        hub.catch_up(mine, (place(9), place(12)), &told([11]), true);
        assert_eq!(next(&mut late).unwrap(), "0.0.11:c11;");
        hub.tell(&HashMap::from([(mine, told([12, 13]))]));
        assert_eq!(next(&mut quick).unwrap(), "0.0.12:c12;0.0.13:c13;");
        assert_eq!(next(&mut late).unwrap(), "0.0.13:c13;", "what it has caught up with is not told again");
        hub.show(one.id, &entries([1]));
        assert_eq!(next(&mut late).unwrap(), "1.0.13:1;");
        assert!(next(&mut foreign).is_none(), "others are told of their own");
    }

    #[test]
    fn whoever_does_not_read_is_cut_off_and_nobody_waits() {
        let (hub, one, other) = (Hub::new(), account(1), account(2));
        let (mut slow, _) = hub.take(&one, 10, 10).unwrap();
        let (mut quick, _) = hub.take(&other, 10, 10).unwrap();
        slow.begin(at(0, 0));
        quick.begin(at(0, 0));
        for seq in 1..=i64::try_from(WAITING).unwrap() + 1 {
            hub.show(one.id, &entries([seq]));
            hub.show(other.id, &entries([seq]));
            assert_eq!(next(&mut quick).unwrap(), format!("{seq}.0.0:{seq};"));
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
