//! What a coach is told of by proactive rules. Of whom, stands in the rule's history.

use inbox::NotificationType as Type;
use inbox::Texts;

use super::{Row, To};

/// The rows.
pub(super) const ROWS: &[Row] = &[Row::new("proactive.coach_notified", To::Hub, Type::RuleNotice, |facts| {
    let (en, es) = match facts.text("trigger") {
        "inactivity" => ("has not been there for a while", "lleva un tiempo sin aparecer"),
        "no_reply" => ("has not answered", "no ha respondido"),
        "program_stalled" => ("stands still in a program", "se ha quedado parado en un programa"),
        "badge_near" => ("is close to a badge", "está cerca de una insignia"),
        "date" => ("has a date that you wanted to know of", "tiene una fecha de la que querías saber"),
        _ => ("is less engaged than before", "participa menos que antes"),
    };
    Texts::new(
        (
            "One of your rules has noticed something",
            format!("A member of your audience {en}; the history of the rule says who"),
        ),
        (
            "Una de tus reglas ha notado algo",
            format!("Un miembro de tu audiencia {es}; el historial de la regla dice quién"),
        ),
    )
})
.first(20)];
