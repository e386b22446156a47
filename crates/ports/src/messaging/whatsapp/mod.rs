//! What WhatsApp's Cloud API says: its webhook's bodies, and its table of errors.

mod content;
mod errors;
#[cfg(test)]
mod tests;
mod webhook;

pub use errors::{decision, fault};
pub use webhook::parse;

use serde_json::Value;

use super::{Identity, IdentityKind};

/// The longest text of a message.
pub const TEXT: usize = 4096;
/// The longest text with buttons or a list below.
pub const TEXT_WITH_BUTTONS: usize = 1024;
/// The longest text below a file.
pub const CAPTION: usize = 1024;
/// The most buttons below a text.
pub const BUTTONS: usize = 3;
/// The longest words on a button.
pub const BUTTON_TITLE: usize = 20;
/// The most choices of a list.
pub const ROWS: usize = 10;

/// A phone number in E.164, out of the `wa_id` that WhatsApp gives it: the same digits without a plus.
pub fn phone(wa_id: &str) -> Option<Identity> {
    let digits = wa_id.trim().trim_start_matches('+');
    let fits = (5..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| Identity::new(IdentityKind::Phone, format!("+{digits}")))
}

/// A user id of WhatsApp, of one business or (`CC.ENT.…`) of a parent of several.
fn user(id: &str, kind: IdentityKind) -> Option<Identity> {
    let id = id.trim();
    (!id.is_empty() && id.len() <= 160).then(|| Identity::new(kind, id))
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
