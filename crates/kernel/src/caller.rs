//! Who asks, and what they may see.

use crate::{AccountId, ApiKeyId, SessionId, Timestamp, WorkspaceId};

/// What kind of account someone has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, crate::Words)]
#[words(no_column)]
pub enum UserType {
    /// Someone who is paid for content; their role is called `INFLUENCER`.
    #[word("CREATOR", also = "INFLUENCER")]
    Creator,
    /// Someone who books creators; their role is called `BRAND`.
    #[word("BUSINESS", also = "BRAND")]
    Business,
    /// Someone who runs the server.
    #[word("ADMIN")]
    Admin,
}

impl UserType {
    /// The same as a `role`: `INFLUENCER`.
    pub const fn role(self) -> &'static str {
        match self {
            Self::Creator => "INFLUENCER",
            Self::Business => "BRAND",
            Self::Admin => "ADMIN",
        }
    }
}

/// What someone may do in a workspace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, crate::Words)]
#[words(no_column)]
pub enum WorkspaceRole {
    /// Read.
    Viewer,
    /// Read and change whatever the workspace has.
    Manager,
    /// That, and say who is in it.
    Owner,
}

/// By what an account has proved who it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Proof {
    /// A person's log-in.
    Session(SessionId),
    /// A program's key.
    ApiKey(ApiKeyId),
}

/// An account that has proved who it is.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its kind.
    pub user_type: UserType,
    /// The workspace it works in; only businesses have one.
    pub workspace: Option<WorkspaceId>,
    /// What it may do there; whoever has no workspace owns what is theirs.
    pub role: WorkspaceRole,
    /// By what it has proved who it is.
    pub proof: Proof,
    /// May it only read? A viewer's log-in, and a key made for reading.
    pub read_only: bool,
    /// Has it proved the address that it claims to have? Whoever claims none (a provider vouched for them) has nothing to prove.
    pub verified: bool,
    /// When the log-in was opened, or the key made.
    pub since: Timestamp,
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Nobody has said who they are.
    Anonymous,
    /// An account, by its token.
    Account(Account),
    /// The demo's administrator, who needs no token and exists on loopback only.
    DemoAdmin(WorkspaceId),
}

/// What may be seen and changed: the first argument of every query.
///
/// Only a [`Caller`] makes one, or [`Scope::system`] for work that no person asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Scope(Reach);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Reach {
    Everything,
    Workspace(WorkspaceId),
    Person(AccountId),
    Public,
}

impl Account {
    /// Whose coaching hub this account works in (document E): the workspace's, or its own where it works in none, as creators do. An
    /// account's own hub has the account's id.
    pub fn hub(&self) -> WorkspaceId {
        self.workspace.unwrap_or_else(|| WorkspaceId::from_uuid(self.id.uuid()))
    }
}

impl Caller {
    /// What this caller may see.
    pub fn scope(&self) -> Scope {
        Scope(match self {
            Self::Anonymous => Reach::Public,
            Self::DemoAdmin(_) => Reach::Everything,
            Self::Account(account) => match (account.user_type, account.workspace) {
                (UserType::Admin, _) => Reach::Everything,
                (UserType::Business, Some(workspace)) => Reach::Workspace(workspace),
                _ => Reach::Person(account.id),
            },
        })
    }

    /// The workspace that owns what this caller creates, if they work in one.
    pub fn workspace(&self) -> Option<WorkspaceId> {
        match self {
            Self::Anonymous => None,
            Self::DemoAdmin(workspace) => Some(*workspace),
            Self::Account(account) => account.workspace,
        }
    }

    /// The account, if it is one.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Account(account) => Some(account),
            _ => None,
        }
    }

    /// May this caller change anything at all?
    pub fn may_write(&self) -> bool {
        match self {
            Self::Anonymous => false,
            Self::DemoAdmin(_) => true,
            Self::Account(account) => !account.read_only,
        }
    }

    /// Has this caller proved who they say they are? See [`Account::verified`].
    pub fn is_verified(&self) -> bool {
        match self {
            Self::Anonymous => false,
            Self::DemoAdmin(_) => true,
            Self::Account(account) => account.verified,
        }
    }

    /// May this caller run the server?
    pub fn is_admin(&self) -> bool {
        matches!(self.scope().0, Reach::Everything)
    }
}

impl Scope {
    /// For jobs, start-up and the command line, which act for the server itself.
    pub const fn system() -> Self {
        Self(Reach::Everything)
    }

    /// Is nothing hidden from this scope?
    pub const fn sees_everything(self) -> bool {
        matches!(self.0, Reach::Everything)
    }

    /// The one workspace that this scope is held to, if any.
    pub const fn workspace(self) -> Option<WorkspaceId> {
        match self.0 {
            Reach::Workspace(workspace) => Some(workspace),
            _ => None,
        }
    }

    /// The person that this scope is held to, if it is a creator's.
    pub const fn person(self) -> Option<AccountId> {
        match self.0 {
            Reach::Person(account) => Some(account),
            _ => None,
        }
    }

    /// May the shared creator directory be read?
    pub const fn may_read_directory(self) -> bool {
        !matches!(self.0, Reach::Public)
    }
}
