//! The routes of accounts.

mod input;
mod invited;
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
        .with(routes!(sign_up::sign_up).rate(Rate::LogIn))
        .with(routes!(sign_up::register).rate(Rate::LogIn))
        .with(routes!(log_in::log_in).rate(Rate::LogIn))
        .with(routes!(log_in::refresh).rate(Rate::LogIn))
        .with(routes!(log_in::log_out).rate(Rate::LogIn))
        .with(routes!(mails::verify).rate(Rate::LogIn))
        .with(routes!(mails::resend).rate(Rate::LogIn))
        .with(routes!(passwords::forgot).rate(Rate::LogIn))
        .with(routes!(passwords::reset).rate(Rate::LogIn))
        .with(routes!(passwords::change).rate(Rate::LogIn))
        .with(routes!(me::me))
        .with(routes!(me::protected))
        .with(routes!(me::admin_only))
        .with(routes!(sessions::list))
        .with(routes!(sessions::end).rate(Rate::LogIn))
        .with(routes!(pages::verify))
        .with(routes!(pages::verified).rate(Rate::LogIn).bytes(pages::FORM_BYTES))
        .with(routes!(pages::reset))
        .with(routes!(pages::was_reset).rate(Rate::LogIn).bytes(pages::FORM_BYTES))
        .with(routes!(pages::forgot))
        .with(routes!(pages::asked).rate(Rate::LogIn).bytes(pages::FORM_BYTES))
        .with(routes!(invited::invited))
        .with(routes!(invited::was_accepted).rate(Rate::LogIn).bytes(pages::FORM_BYTES))
        .merge(oauth::router())
        .merge(crate::workspaces::router())
        .merge(crate::keys::router())
        .merge(crate::audit::routes::router())
        .merge(crate::data::router())
        .with_state(accounts)
}
