//! Hosts: who takes turns, and how many requests are on their way to one of them.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use kernel::WorkspaceId;
use parking_lot::Mutex;
use ports::outward::target;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::model::Subscription;

/// How many requests are on their way to one host, from this process.
pub(crate) const AT_ONCE: usize = 4;
/// So many hosts are remembered before those that are not asked any more are forgotten.
const MANY: usize = 1_024;

/// The host of an address, as it is asked; the address itself where it has none.
pub(crate) fn host_of(url: &str) -> String {
    let host = target(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| url.to_owned())
}

/// Under whose name the courier counts what goes to a subscription: one for each hub and host. Tenants that use the same service take turns there, and a hub
/// with many subscriptions at one host has the turn of one.
pub(crate) fn turn_of(to: &Subscription) -> WorkspaceId {
    let hash = Sha256::new().chain_update(to.workspace_id.uuid().as_bytes()).chain_update(host_of(&to.url)).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    WorkspaceId::from_uuid(Uuid::from_bytes(bytes))
}

/// Who is asked right now.
#[derive(Default)]
pub(crate) struct Hosts(Mutex<HashMap<String, Weak<Semaphore>>>);

impl Hosts {
    /// Waits until this host may be asked once more; it is held until the answer is dropped.
    pub(crate) async fn turn(&self, host: &str) -> Option<OwnedSemaphorePermit> {
        let turns = {
            let mut hosts = self.0.lock();
            if hosts.len() >= MANY {
                hosts.retain(|_, turns| turns.strong_count() > 0);
            }
            if let Some(turns) = hosts.get(host).and_then(Weak::upgrade) {
                turns
            } else {
                let turns = Arc::new(Semaphore::new(AT_ONCE));
                hosts.insert(host.to_owned(), Arc::downgrade(&turns));
                turns
            }
        };
        // Nothing only where the semaphore was closed, which nobody does.
        turns.acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn four_at_once_and_no_more() {
        let hosts = Hosts::default();
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(hosts.turn("a.example").await);
        }
        let waits = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(waits, hosts.turn("a.example")).await.is_err());
        assert!(tokio::time::timeout(waits, hosts.turn("b.example")).await.is_ok());
        turns.pop();
        assert!(tokio::time::timeout(waits, hosts.turn("a.example")).await.is_ok());
    }

    #[test]
    fn a_host_is_the_same_however_it_is_spelled() {
        assert_eq!(host_of("https://Example.COM/a?b"), "example.com");
        assert_eq!(host_of("http://0x7f.1:80/"), "127.0.0.1");
    }
}
