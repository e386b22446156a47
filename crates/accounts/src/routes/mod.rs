//! The routes of accounts.

mod input;
mod log_in;
mod mails;
mod me;
mod oauth;
mod pages;
mod passwords;
mod sessions;
mod sign_up;

pub(crate) use http_base::{Done, done};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Accounts;

/// Every route of this crate.
pub fn router(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(sign_up::sign_up))
        .routes(routes!(sign_up::register))
        .routes(routes!(log_in::log_in))
        .routes(routes!(log_in::refresh))
        .routes(routes!(log_in::log_out))
        .routes(routes!(mails::verify))
        .routes(routes!(mails::resend))
        .routes(routes!(passwords::forgot))
        .routes(routes!(passwords::reset))
        .routes(routes!(passwords::change))
        .routes(routes!(me::me))
        .routes(routes!(me::protected))
        .routes(routes!(me::admin_only))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
        .routes(routes!(pages::verify, pages::verified))
        .routes(routes!(pages::reset, pages::was_reset))
        .routes(routes!(pages::forgot, pages::asked))
        .routes(routes!(pages::invited))
        .merge(oauth::router())
        .merge(crate::workspaces::router())
        .merge(crate::keys::router())
        .merge(crate::audit::routes::router())
        .merge(crate::data::router())
        .with_state(accounts)
}
