//! What a coach is told of their channels. Who wrote, and what, stands in the conversation.

use inbox::NotificationType as Type;
use inbox::Texts;

use super::{Row, To};

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new("escalation.created", To::Hub, Type::EscalationCreated, |facts| {
        let (en, es) = match facts.text("reason") {
            "asked" => ("has asked for a person", "ha pedido hablar con una persona"),
            "unknown_twice" => ("had two questions without an answer", "ha hecho dos preguntas sin respuesta"),
            "negative" => ("is upset, or in need", "está disgustado o necesita ayuda"),
            "flow" => ("was passed on to you by a program", "te ha sido derivado por un programa"),
            _ => ("has written to you", "te ha escrito"),
        };
        let channel = facts.text("channel");
        Texts::new(
            ("Somebody waits for you", format!("A member of your audience on {channel} {en}; the conversation is in your queue")),
            ("Alguien te espera", format!("Un miembro de tu audiencia en {channel} {es}; la conversación está en tu cola")),
        )
    })
    .first(20),
    Row::new("channel.status_changed", To::Hub, Type::ChannelStatus, |facts| {
        let channel = facts.text("channel");
        match facts.text("status") {
            "error" => Texts::new(
                ("A channel does not work", format!("Your {channel} channel is refused by its provider; the channel says why, and its checklist what to do")),
                ("Un canal no funciona", format!("El proveedor rechaza tu canal de {channel}; el canal dice por qué y su lista de pasos qué hacer")),
            ),
            _ => Texts::new(
                ("A channel works", format!("Your {channel} channel is active")),
                ("Un canal funciona", format!("Tu canal de {channel} está activo")),
            ),
        }
    })
    .when(|facts| matches!(facts.text("status"), "error" | "active")),
];
