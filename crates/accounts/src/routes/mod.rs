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

use http_base::routes;
pub(crate) use http_base::{Done, done};
use http_base::{Rate, Routes};

use crate::Accounts;

/// Every route of this crate.
pub fn router(accounts: Accounts) -> Routes {
    Routes::new()
        .add(routes!(sign_up::sign_up).rate(Rate::LogIn))
        .add(routes!(sign_up::register).rate(Rate::LogIn))
        .add(routes!(log_in::log_in).rate(Rate::LogIn))
        .add(routes!(log_in::refresh).rate(Rate::LogIn))
        .add(routes!(log_in::log_out).rate(Rate::LogIn))
        .add(routes!(mails::verify).rate(Rate::LogIn))
        .add(routes!(mails::resend).rate(Rate::LogIn))
        .add(routes!(passwords::forgot).rate(Rate::LogIn))
        .add(routes!(passwords::reset).rate(Rate::LogIn))
        .add(routes!(passwords::change).rate(Rate::LogIn))
        .add(routes!(me::me))
        .add(routes!(me::protected))
        .add(routes!(me::admin_only))
        .add(routes!(sessions::list))
        .add(routes!(sessions::end).rate(Rate::LogIn))
        .add(routes!(pages::verify))
        .add(routes!(pages::verified).rate(Rate::LogIn).bytes(pages::FORM_BYTES))
        .add(routes!(pages::reset))
        .add(routes!(pages::was_reset).rate(Rate::LogIn).bytes(pages::FORM_BYTES))
        .add(routes!(pages::forgot))
        .add(routes!(pages::asked).rate(Rate::LogIn).bytes(pages::FORM_BYTES))
        .add(routes!(pages::invited))
        .merge(oauth::router())
        .merge(crate::workspaces::router())
        .merge(crate::keys::router())
        .merge(crate::audit::routes::router())
        .merge(crate::data::router())
        .with_state(accounts)
}
