//! People for tests of slices that know nothing of accounts: each token names one.

use async_trait::async_trait;
use http_base::Authenticate;
use kernel::{Account, AccountId, Clock, Error, Kind, Proof, Result, SessionId, UserType, WorkspaceId, WorkspaceRole};

use crate::Client;

/// Someone who asks.
#[derive(Clone, Debug)]
pub struct Someone {
    /// Their bearer token.
    pub token: String,
    /// Who they are.
    pub account: Account,
}

/// Lets in whoever was made here. Give it to [`http_base::app::Builder::authenticated_by`].
#[derive(Clone, Default)]
pub struct People(std::sync::Arc<std::sync::Mutex<Vec<Someone>>>);

impl People {
    /// A business with a workspace of its own, as its owner.
    pub fn business(&self, clock: &Clock) -> Someone {
        let workspace: WorkspaceId = clock.new_id();
        self.someone(clock, UserType::Business, Some(workspace), WorkspaceRole::Owner)
    }

    /// A creator.
    pub fn creator(&self, clock: &Clock) -> Someone {
        self.someone(clock, UserType::Creator, None, WorkspaceRole::Owner)
    }

    /// An administrator.
    pub fn admin(&self, clock: &Clock) -> Someone {
        self.someone(clock, UserType::Admin, None, WorkspaceRole::Owner)
    }

    /// The same account by a log-in of just now.
    pub fn log_in_again(&self, someone: &Someone, clock: &Clock) -> Someone {
        let session: SessionId = clock.new_id();
        let account = Account { proof: Proof::Session(session), since: clock.now(), ..someone.account.clone() };
        let someone = Someone { token: format!("token-of-{session}"), account };
        self.0.lock().expect("nobody panicked while holding it").push(someone.clone());
        someone
    }

    /// Anyone; a viewer may only read.
    pub fn someone(
        &self,
        clock: &Clock,
        user_type: UserType,
        workspace: Option<WorkspaceId>,
        role: WorkspaceRole,
    ) -> Someone {
        let (id, session): (AccountId, SessionId) = (clock.new_id(), clock.new_id());
        let proof = Proof::Session(session);
        let read_only = role == WorkspaceRole::Viewer;
        let someone = Someone {
            token: format!("token-of-{id}"),
            account: Account { id, user_type, workspace, role, proof, read_only, verified: true, since: clock.now() },
        };
        self.0.lock().expect("nobody panicked while holding it").push(someone.clone());
        someone
    }
}

#[async_trait]
impl Authenticate for People {
    async fn account(&self, token: &str) -> Result<Account> {
        let people = self.0.lock().expect("nobody panicked while holding it");
        let found = people.iter().find(|someone| someone.token == token).map(|someone| someone.account.clone());
        found.ok_or_else(|| Error::new(Kind::Unauthenticated, "The token is not valid; log in again for a new one"))
    }
}

impl Client {
    /// The same client, asking as this person.
    #[must_use]
    pub fn of(&self, someone: &Someone) -> Self {
        self.clone().with("authorization", &format!("Bearer {}", someone.token))
    }
}
