//! What an account is, and how it is told.

mod email;
mod input;

pub use email::{checked as checked_email, email, email_key};
pub(crate) use input::is_of_username;
pub use input::{
    NAMES_OF_USER_TYPES, country, new_password, password, password_or_nothing, user_type, username, username_key,
};
use kernel::{AccountId, Timestamp, UserType, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Standing;

/// An account, as it is stored. Never told as it is: see [`UserBody`].
#[derive(Clone, Debug, db::Row)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// Where mail reaches it; an account by a provider may have none.
    pub email: Option<String>,
    /// Its name.
    pub username: String,
    /// Its kind.
    pub user_type: UserType,
    /// The workspace it works in.
    pub workspace_id: Option<WorkspaceId>,
    /// The hash of its password; none if it logs in by a provider alone.
    pub password_hash: Option<String>,
    /// Two letters, ISO 3166.
    pub country: Option<String>,
    /// Was a mail to its address answered?
    pub is_verified: bool,
    /// With the @.
    pub instagram_handle: Option<String>,
    /// As Instagram last said.
    pub instagram_followers: Option<u64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was erased.
    pub erased_at: Option<Timestamp>,
    /// Since when an administrator keeps it out,
    pub suspended_at: Option<Timestamp>,
    /// and why.
    pub suspended_why: Option<String>,
    /// Since when an administrator hides its profile.
    pub profile_hidden_at: Option<Timestamp>,
}

impl AccountRow {
    /// [`kernel::Kind::Forbidden`], with the reason, while it is suspended. Ask only for whoever has proved to be its owner.
    pub fn must_not_be_suspended(&self) -> kernel::Result<()> {
        match self.suspended_at {
            Some(_) => Err(suspended(self.suspended_why.as_deref())),
            None => Ok(()),
        }
    }
}

/// What a suspended account is told instead of being let in.
pub(crate) fn suspended(why: Option<&str>) -> kernel::Error {
    let why = why.unwrap_or("no reason is kept");
    let message =
        format!("This account is suspended: {why}. Write to whoever runs this service to have it looked at again");
    kernel::Error::new(kernel::Kind::Forbidden, message)
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Where mail reaches it, already checked by [`email`].
    pub email: Option<String>,
    /// Its name, already checked by [`username`]; without one it is made from the e-mail address.
    pub username: Option<String>,
    /// What kind.
    pub user_type: UserType,
    /// The hash of its password.
    pub password_hash: Option<String>,
    /// The id of the same person at Supabase.
    pub supabase_id: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    /// Is the address known to be theirs?
    pub is_verified: bool,
    /// With the @.
    pub instagram_handle: Option<String>,
    /// As Instagram says.
    pub instagram_followers: Option<u64>,
}

impl NewAccount {
    /// Of this kind, and nothing else known.
    pub fn of(user_type: UserType) -> Self {
        Self {
            email: None,
            username: None,
            user_type,
            password_hash: None,
            supabase_id: None,
            country: None,
            is_verified: false,
            instagram_handle: None,
            instagram_followers: None,
        }
    }
}

/// An account, as it is told to itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserBody {
    /// Its id.
    pub id: AccountId,
    /// Where mail reaches it.
    #[schema(example = "creator@example.com")]
    pub email: Option<String>,
    /// Its name.
    #[schema(example = "my_username")]
    pub username: String,
    /// Its kind.
    pub user_type: UserType,
    /// The same as `INFLUENCER`, `BRAND` or `ADMIN`.
    #[schema(example = "INFLUENCER")]
    pub role: &'static str,
    /// Was a mail to its address answered?
    pub is_verified: bool,
    /// Two letters, ISO 3166.
    #[schema(example = "ES")]
    pub country: Option<String>,
    /// The workspace it works in.
    pub workspace_id: Option<WorkspaceId>,
    /// What is known of its work.
    pub profile: ProfileBody,
    /// When it was made; null for the demo's administrator, who is no account.
    pub created_at: Option<Timestamp>,
}

/// What is known of an account's work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProfileBody {
    /// From 0.
    pub tier_level: u64,
    /// What collaborations have earned it.
    pub karma_score: i64,
    /// The mean of its ratings, 1 to 5; null without any.
    #[schema(example = 4.8)]
    pub rating: Option<f64>,
    /// Collaborations that were completed.
    pub completed_collaborations: u64,
    /// With the @.
    pub instagram_handle: Option<String>,
    /// As Instagram last said.
    pub instagram_followers: Option<u64>,
}

impl UserBody {
    /// An account, and where it stands.
    pub fn new(row: &AccountRow, standing: Standing) -> Self {
        Self {
            id: row.id,
            email: row.email.clone(),
            username: row.username.clone(),
            user_type: row.user_type,
            role: row.user_type.role(),
            is_verified: row.is_verified,
            country: row.country.clone(),
            workspace_id: row.workspace_id,
            profile: ProfileBody {
                tier_level: standing.tier_level,
                karma_score: standing.karma_score,
                rating: standing.rating,
                completed_collaborations: standing.completed_collaborations,
                instagram_handle: row.instagram_handle.clone(),
                instagram_followers: row.instagram_followers,
            },
            created_at: Some(row.created_at),
        }
    }

    /// The demo's administrator, who is no account: named by the demo's workspace.
    pub fn demo_admin(workspace: WorkspaceId) -> Self {
        let nothing = ProfileBody {
            tier_level: 0,
            karma_score: 0,
            rating: None,
            completed_collaborations: 0,
            instagram_handle: None,
            instagram_followers: None,
        };
        Self {
            id: AccountId::from_uuid(workspace.uuid()),
            email: Some("admin@demo.invalid".into()),
            username: "demo_admin".into(),
            user_type: UserType::Admin,
            role: UserType::Admin.role(),
            is_verified: true,
            country: None,
            workspace_id: Some(workspace),
            profile: nothing,
            created_at: None,
        }
    }
}
