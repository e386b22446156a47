//! The chats that are open in this process: who is to look for news, and who is writing.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use db::Tx;
use parking_lot::Mutex;
use tokio::sync::broadcast;

use crate::conversations::ConversationId;

/// How many hints may wait for a chat that is slow; what it misses it reads anew.
const WAITING: usize = 32;

/// What is hinted to the chats of a conversation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Hint {
    /// Something of it is another than before.
    News,
    /// Somebody writes, or has stopped.
    Typing {
        /// `bot` or `coach`.
        author: &'static str,
        /// Do they write?
        on: bool,
    },
    /// The server stops, or the visitor's token has ended.
    Ended(&'static str),
}

/// The chats that are open in this process. Cheap to clone.
#[derive(Clone, Default)]
pub struct Live(Arc<Inner>);

/// A stream: its number, and what ends it.
type Stream = (u64, Arc<tokio::sync::Notify>);

#[derive(Default)]
struct Inner {
    chats: Mutex<HashMap<ConversationId, broadcast::Sender<Hint>>>,
    /// The streams of each token, the oldest first.
    tokens: Mutex<HashMap<String, Vec<Stream>>>,
    open: AtomicUsize,
    made: AtomicUsize,
    most: usize,
}

impl Live {
    /// So many may be open.
    pub(crate) fn new(most: usize) -> Self {
        Self(Arc::new(Inner { most, ..Inner::default() }))
    }

    /// How many are open.
    pub fn open(&self) -> usize {
        self.0.open.load(Ordering::Relaxed)
    }

    /// Ends all streams: the server stops.
    pub fn close(&self) {
        for chat in self.0.chats.lock().values() {
            // Nobody may be listening.
            let _ = chat.send(Hint::Ended("server"));
        }
    }

    /// Has the chats of a conversation look for news once the transaction is committed.
    pub(crate) fn wake_after(&self, tx: &mut Tx, conversation: ConversationId) {
        let own = self.clone();
        tx.after_commit(move || own.hint(conversation, Hint::News));
    }

    /// The same for a visitor who had no conversation when their page was opened.
    pub(super) fn wake_token_after(&self, tx: &mut Tx, token_hash: &str) {
        let (own, topic) = (self.clone(), topic(token_hash));
        tx.after_commit(move || own.hint(topic, Hint::News));
    }

    /// Ends the streams of a token.
    pub(super) fn ended(&self, token_hash: &str) {
        if let Some(streams) = self.0.tokens.lock().get(token_hash) {
            for (_, end) in streams {
                end.notify_one();
            }
        }
    }

    /// Tells that somebody writes, or has stopped.
    pub(crate) fn typing(&self, conversation: ConversationId, author: &'static str, on: bool) {
        self.hint(conversation, Hint::Typing { author, on });
    }

    fn hint(&self, conversation: ConversationId, hint: Hint) {
        if let Some(chat) = self.0.chats.lock().get(&conversation) {
            let _ = chat.send(hint);
        }
    }

    /// Takes a place for a stream of this token; nothing if there are too many in all. The oldest of more than `of_token` is ended.
    pub(super) fn take(&self, token: &str, of_token: usize) -> Option<Place> {
        if self.0.open.fetch_add(1, Ordering::Relaxed) >= self.0.most {
            self.0.open.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let id = self.0.made.fetch_add(1, Ordering::Relaxed) as u64;
        let end = Arc::new(tokio::sync::Notify::new());
        let mut tokens = self.0.tokens.lock();
        let streams = tokens.entry(token.to_owned()).or_default();
        if streams.len() >= of_token {
            streams.remove(0).1.notify_one();
        }
        streams.push((id, end.clone()));
        Some(Place { live: self.clone(), token: token.to_owned(), id, end })
    }

    /// Listens to what happens in a conversation.
    pub(super) fn listen(&self, conversation: ConversationId) -> broadcast::Receiver<Hint> {
        let mut chats = self.0.chats.lock();
        // Those whom nobody listens to any more.
        if chats.len() > 64 && chats.len().is_power_of_two() {
            chats.retain(|_, chat| chat.receiver_count() > 0);
        }
        chats.entry(conversation).or_insert_with(|| broadcast::channel(WAITING).0).subscribe()
    }
}

/// By what the pages of a visitor are found who has no conversation yet.
pub(super) fn topic(token_hash: &str) -> ConversationId {
    let bytes = hex::decode(token_hash.get(..32).unwrap_or_default()).ok();
    let id = bytes.and_then(|bytes| uuid::Uuid::from_slice(&bytes).ok()).unwrap_or_default();
    ConversationId::from_uuid(id)
}

/// A stream's place, until it is dropped.
pub(super) struct Place {
    live: Live,
    token: String,
    id: u64,
    /// Rung when there are too many of this token.
    pub(super) end: Arc<tokio::sync::Notify>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.live.0.open.fetch_sub(1, Ordering::Relaxed);
        let mut tokens = self.live.0.tokens.lock();
        if let Some(streams) = tokens.get_mut(&self.token) {
            streams.retain(|(id, _)| *id != self.id);
            if streams.is_empty() {
                tokens.remove(&self.token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn hints_reach_those_who_listen_and_places_are_bounded() {
        let live = Live::new(3);
        let chat = ConversationId::from_uuid(Uuid::from_u128(1));
        let mut one = live.listen(chat);
        live.typing(chat, "bot", true);
        live.typing(ConversationId::from_uuid(Uuid::from_u128(2)), "bot", true);
        assert_eq!(one.recv().await.unwrap(), Hint::Typing { author: "bot", on: true });
        assert!(one.try_recv().is_err());
        let (first, _second) = (live.take("a", 1).unwrap(), live.take("a", 1).unwrap());
        first.end.notified().await;
        let third = live.take("b", 1).unwrap();
        assert!(live.take("c", 1).is_none());
        drop(third);
        assert_eq!(live.open(), 2);
        assert!(live.take("c", 1).is_some());
    }
}
