//! What coaches are told of their knowledge bases: what could not be read, what they wanted to look at again, what disagrees.

use inbox::NotificationType as Type;
use inbox::Texts;

use super::{Row, To};

/// So many of a kind are told one by one in a day.
const ONE_BY_ONE: u64 = 3;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new("knowledge.document_failed", To::Hub, Type::KnowledgeNotice, |_| {
        Texts::new(
            (
                "A document could not be read",
                "One of your documents could not be read; it says why, and what would help",
            ),
            (
                "No se ha podido leer un documento",
                "Uno de tus documentos no se ha podido leer; en él consta por qué y qué ayudaría",
            ),
        )
    })
    .first(ONE_BY_ONE),
    Row::new("knowledge.document_stale", To::Hub, Type::KnowledgeNotice, |_| {
        Texts::new(
            (
                "A document should be looked at again",
                "The day has come on which you wanted to look at one of your documents again",
            ),
            ("Hay que revisar un documento", "Ha llegado el día en que querías revisar uno de tus documentos"),
        )
    })
    .first(ONE_BY_ONE),
    Row::new("knowledge.correction_stale", To::Hub, Type::KnowledgeNotice, |_| {
        Texts::new(
            (
                "An answer should be looked at again",
                "The day has come on which you wanted to look at one of your answers again",
            ),
            ("Hay que revisar una respuesta", "Ha llegado el día en que querías revisar una de tus respuestas"),
        )
    })
    .first(ONE_BY_ONE),
    Row::new("knowledge.contradiction_found", To::Hub, Type::KnowledgeNotice, |_| {
        Texts::new(
            (
                "Two documents disagree",
                "Two of your documents say different things of the same; see the contradictions of the knowledge base",
            ),
            (
                "Dos documentos se contradicen",
                "Dos de tus documentos dicen cosas distintas de lo mismo; mira las contradicciones de la base",
            ),
        )
    })
    .first(ONE_BY_ONE),
];
