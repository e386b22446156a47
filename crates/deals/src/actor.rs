//! Who does something to a contract, and from where.

use http_base::Peer;
use kernel::{AccountId, Caller};

use crate::model::Method;
use crate::model::deliverables::LinkId;

/// Who.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// An account that has proved who it is.
    Account(AccountId),
    /// Whoever holds a mailed link.
    Link(LinkId),
    /// The demo's administrator.
    Demo,
    /// The server by itself.
    System,
}

/// Who, and from where.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who.
    pub who: Who,
    /// From which address.
    pub address: Option<String>,
    /// By which program.
    pub agent: Option<String>,
}

impl Actor {
    /// Of a request.
    pub fn of(caller: &Caller, peer: Peer) -> Self {
        let who = caller.account().map_or(Who::Demo, |account| Who::Account(account.id));
        Self::at(who, peer)
    }

    /// Someone at an address.
    pub fn at(who: Who, peer: Peer) -> Self {
        Self { who, address: peer.address.map(|address| address.to_string()), agent: peer.agent }
    }

    /// The server by itself.
    pub const fn system() -> Self {
        Self { who: Who::System, address: None, agent: None }
    }

    /// As the trail names it.
    pub fn name(&self) -> String {
        match self.who {
            Who::Account(id) => format!("account:{id}"),
            Who::Link(id) => format!("link:{id}"),
            Who::Demo => "demo".into(),
            Who::System => "system".into(),
        }
    }

    /// The account, if it is one.
    pub const fn account(&self) -> Option<AccountId> {
        match self.who {
            Who::Account(id) => Some(id),
            _ => None,
        }
    }

    /// The link, if it is one.
    pub const fn link(&self) -> Option<LinkId> {
        match self.who {
            Who::Link(id) => Some(id),
            _ => None,
        }
    }

    /// By what it signs.
    pub const fn method(&self) -> Method {
        match self.who {
            Who::Account(_) => Method::Account,
            Who::Link(_) => Method::Link,
            Who::Demo | Who::System => Method::Demo,
        }
    }
}
