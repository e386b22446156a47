//! What accounts itself keeps about a person.

use http_base::data::As::{Flag, Json, Moment, Plain};
use http_base::data::Table;

/// The sections of accounts: no hash, no token, no key.
pub(super) const OWN: &[Table] = &[
    Table {
        name: "account",
        columns: &[
            ("id", Plain),
            ("email", Plain),
            ("username", Plain),
            ("user_type", Plain),
            ("workspace_id", Plain),
            ("country", Plain),
            ("is_verified", Flag),
            ("instagram_handle", Plain),
            ("instagram_followers", Plain),
            ("created_at", Moment),
            ("updated_at", Moment),
            ("last_login_at", Moment),
            ("suspended_at", Moment),
            ("suspended_why", Plain),
            ("profile_hidden_at", Moment),
        ],
        from: "FROM accounts WHERE id = {account} ORDER BY id",
    },
    Table {
        name: "identities",
        columns: &[("provider", Plain), ("subject", Plain), ("name", Plain), ("created_at", Moment)],
        from: "FROM identities WHERE account_id = {account} ORDER BY provider, subject",
    },
    Table {
        name: "sessions",
        columns: &[
            ("id", Plain),
            ("method", Plain),
            ("address", Plain),
            ("agent", Plain),
            ("created_at", Moment),
            ("last_used_at", Moment),
            ("expires_at", Moment),
            ("ended_at", Moment),
            ("ended_why", Plain),
        ],
        from: "FROM sessions WHERE account_id = {account} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "known_addresses",
        columns: &[("network", Plain), ("seen_at", Moment)],
        from: "FROM known_addresses WHERE account_id = {account} ORDER BY network",
    },
    Table {
        name: "api_keys",
        columns: &[
            ("id", Plain),
            ("name", Plain),
            ("hint", Plain),
            ("scope", Plain),
            ("workspace_id", Plain),
            ("created_at", Moment),
            ("expires_at", Moment),
            ("last_used_at", Moment),
            ("revoked_at", Moment),
        ],
        from: "FROM api_keys WHERE account_id = {account} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "memberships",
        columns: &[("m.workspace_id", Plain), ("w.name", Plain), ("m.role", Plain), ("m.joined_at", Moment)],
        from: "FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id WHERE m.account_id = {account} \
               ORDER BY m.joined_at, m.workspace_id",
    },
    Table {
        name: "invitations",
        columns: &[
            ("id", Plain),
            ("workspace_id", Plain),
            ("email", Plain),
            ("role", Plain),
            ("created_at", Moment),
            ("expires_at", Moment),
            ("accepted_at", Moment),
            ("revoked_at", Moment),
        ],
        from: "FROM invitations WHERE email_key = {address} ORDER BY created_at, id",
    },
    Table {
        name: "audit",
        columns: &[
            ("id", Plain),
            ("kind", Plain),
            ("workspace_id", Plain),
            ("subject", Plain),
            ("address", Plain),
            ("agent", Plain),
            ("detail", Json),
            ("created_at", Moment),
        ],
        from: "FROM audit_log WHERE account_id = {account} ORDER BY created_at DESC, id DESC",
    },
];
