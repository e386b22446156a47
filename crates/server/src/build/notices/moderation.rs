//! What is told of decisions of administrators. The reason stands in the list of decisions, and a suspended account reads it instead of being let in.

use inbox::NotificationType as Type;
use inbox::Texts;

use super::{Facts, Row, To};

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new("moderation.decided", To::Owner, Type::AccountNotice, |facts| {
        let (en, es) = thing(facts);
        match facts.text("action") {
            "hide" => Texts::new(
                ("Something of yours was hidden", format!("An administrator has hidden {en}; your decisions say why")),
                (
                    "Se ha ocultado algo tuyo",
                    format!("Un administrador ha ocultado {es}; tus decisiones dicen por qué"),
                ),
            ),
            "suspend" => Texts::new(
                ("Your account is suspended", format!("An administrator has suspended your account because of {en}")),
                ("Tu cuenta está suspendida", format!("Un administrador ha suspendido tu cuenta debido a {es}")),
            ),
            _ => Texts::new(
                ("A warning", format!("An administrator warns you because of {en}; your decisions say why")),
                ("Una advertencia", format!("Un administrador te advierte por {es}; tus decisiones dicen por qué")),
            ),
        }
    })
    .when(|facts| facts.text("action") != "dismiss"),
    Row::new("moderation.restored", To::Owner, Type::AccountNotice, |facts| {
        let (en, es) = thing(facts);
        match facts.text("action") {
            "suspend" => Texts::new(
                ("Your account is open again", "An administrator has ended its suspension"),
                ("Tu cuenta vuelve a estar abierta", "Un administrador ha terminado su suspensión"),
            ),
            _ => Texts::new(
                ("A decision was undone", format!("An administrator shows {en} again")),
                ("Se ha deshecho una decisión", format!("Un administrador vuelve a mostrar {es}")),
            ),
        }
    }),
];

/// What it is about, in both languages.
fn thing(facts: &Facts) -> (&'static str, &'static str) {
    match facts.text("subject") {
        "offer" => ("an offer of yours", "una oferta tuya"),
        "message" => ("a message of yours", "un mensaje tuyo"),
        "rating" => ("the feedback of a rating of yours", "el comentario de una valoración tuya"),
        _ => ("your profile", "tu perfil"),
    }
}
