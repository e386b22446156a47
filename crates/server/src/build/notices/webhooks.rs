//! What the owners of webhooks are told.

use inbox::NotificationType as Type;
use inbox::Texts;

use super::{Row, To};

/// The rows.
pub(super) const ROWS: &[Row] = &[Row::new("webhook.disabled", To::Hub, Type::AccountNotice, |facts| {
    let (en, es) = match facts.text("reason") {
        "gone" => ("its address answered that it is gone", "su dirección respondió que ya no existe"),
        _ => ("nothing arrived for five days", "no llegó nada durante cinco días"),
    };
    Texts::new(
        (
            "A webhook was disabled",
            format!(
                "One of your webhooks gets nothing more: {en}. Its log says more; enable it once its address works"
            ),
        ),
        (
            "Se desactivó un webhook",
            format!(
                "Uno de tus webhooks ya no recibe nada: {es}. Su registro dice más; actívalo cuando su dirección funcione"
            ),
        ),
    )
})];
