//! What is told of offers, applications, collaborations, submissions, ratings and karma.

use inbox::NotificationType as Type;
use inbox::Texts;

use super::{Facts, Row, To};

/// The rows.
pub(super) const ROWS: &[Row] = &[
    Row::new("offer.invited", To::Creator, Type::OfferInvitation, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Invitation", format!("{other} invites you to apply to an offer")),
            ("Invitación", format!("{other} te invita a postularte a una oferta")),
        )
    }),
    Row::new("offer.recommended", To::Creator, Type::OfferRecommended, |facts| {
        let other = &facts.other;
        Texts::new(
            ("An offer that fits you", format!("A new offer of {other} fits you well")),
            ("Una oferta para ti", format!("Una nueva oferta de {other} encaja contigo")),
        )
    }),
    Row::new("application.received", To::Business, Type::ApplicationReceived, |facts| {
        let other = &facts.other;
        Texts::new(
            ("New application", format!("{other} applied to your offer")),
            ("Nueva solicitud", format!("{other} se ha postulado a tu oferta")),
        )
    })
    .first(20),
    Row::new("application.withdrawn", To::Business, Type::ApplicationWithdrawn, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Application withdrawn", format!("{other} took their application back")),
            ("Solicitud retirada", format!("{other} ha retirado su solicitud")),
        )
    })
    .first(10),
    Row::new("application.shortlisted", To::Creator, Type::ApplicationShortlisted, |facts| {
        let other = &facts.other;
        Texts::new(
            ("You are on the short list", format!("{other} put your application on the short list")),
            ("Estás entre los finalistas", format!("{other} ha preseleccionado tu solicitud")),
        )
    })
    .when(|facts| facts.payload["shortlisted"] == true),
    Row::new("application.countered", To::Creator, Type::ApplicationCountered, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Another fee was proposed", format!("{other} proposes another fee: take it or leave it in time")),
            ("Nueva propuesta de tarifa", format!("{other} propone otra tarifa: acéptala o recházala a tiempo")),
        )
    }),
    Row::new("application.counter_declined", To::Business, Type::ApplicationCounterDeclined, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Fee declined", format!("{other} does not take the fee that you proposed")),
            ("Tarifa rechazada", format!("{other} no acepta la tarifa que propusiste")),
        )
    }),
    Row::new("application.counter_lapsed", To::Both, Type::ApplicationCounterDeclined, |facts| {
        let other = &facts.other;
        Texts::new(
            (
                "The proposed fee has lapsed",
                format!("Nobody answered in time: the fee between you and {other} is open again"),
            ),
            (
                "La propuesta ha caducado",
                format!("Nadie respondió a tiempo: la tarifa entre tú y {other} vuelve a estar abierta"),
            ),
        )
    }),
    Row::new("application.accepted", To::Other, Type::ApplicationAccepted, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Accepted", format!("You and {other} have agreed: the collaboration begins")),
            ("Aceptada", format!("Tú y {other} estáis de acuerdo: empieza la colaboración")),
        )
    }),
    Row::new("application.rejected", To::Creator, Type::ApplicationRejected, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Application not chosen", format!("{other} did not choose your application this time")),
            ("Solicitud no elegida", format!("{other} no ha elegido tu solicitud esta vez")),
        )
    }),
    Row::new("application.outdated", To::Creator, Type::OfferChanged, |facts| {
        let other = &facts.other;
        Texts::new(
            (
                "The offer was changed",
                format!("{other} changed an offer that you applied to: look whether it still suits you"),
            ),
            (
                "La oferta ha cambiado",
                format!("{other} ha cambiado una oferta a la que te postulaste: mira si aún te conviene"),
            ),
        )
    }),
    Row::new("collaboration.scheduled", To::Both, Type::CollaborationScheduled, |facts| {
        let (other, day) = (&facts.other, day(facts, "scheduled_date"));
        Texts::new(
            ("Scheduled", format!("The collaboration with {other} is scheduled for {day}")),
            ("Programada", format!("La colaboración con {other} está programada para el {day}")),
        )
    }),
    Row::new("collaboration.schedule_proposed", To::Other, Type::ScheduleProposed, |facts| {
        let (other, day) = (&facts.other, day(facts, "scheduled_date"));
        Texts::new(
            ("Another day was proposed", format!("{other} proposes {day} for your collaboration")),
            ("Nueva fecha propuesta", format!("{other} propone el {day} para vuestra colaboración")),
        )
    }),
    Row::new("collaboration.schedule_declined", To::Other, Type::ScheduleDeclined, |facts| {
        let other = &facts.other;
        Texts::new(
            ("The agreed day stays", format!("The other day for your collaboration with {other} was not taken")),
            ("Se mantiene la fecha", format!("La otra fecha para tu colaboración con {other} no fue aceptada")),
        )
    }),
    Row::new("collaboration.deadline_near", To::Side, Type::DeadlineNear, |facts| {
        let (other, day) = (&facts.other, day(facts, "deadline"));
        Texts::new(
            ("A deadline is near", format!("Your collaboration with {other} waits for you until {day}")),
            ("Se acerca un plazo", format!("Tu colaboración con {other} te espera hasta el {day}")),
        )
    }),
    Row::new("collaboration.late", To::Both, Type::ContentLate, |facts| {
        let other = &facts.other;
        Texts::new(
            (
                "Content is late",
                format!("The content of your collaboration with {other} was not handed in by its deadline"),
            ),
            ("Contenido con retraso", format!("El contenido de tu colaboración con {other} no se entregó a tiempo")),
        )
    }),
    Row::new("collaboration.cancelled", To::Other, Type::CollaborationCancelled, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Collaboration cancelled", format!("The collaboration with {other} was called off")),
            ("Colaboración cancelada", format!("La colaboración con {other} se ha cancelado")),
        )
    }),
    Row::new("collaboration.disputed", To::Other, Type::DisputeOpened, |facts| {
        let other = &facts.other;
        Texts::new(
            (
                "A dispute was opened",
                format!("There is a dispute over your collaboration with {other}: tell your side"),
            ),
            (
                "Se ha abierto una disputa",
                format!("Hay una disputa sobre tu colaboración con {other}: cuenta tu versión"),
            ),
        )
    }),
    Row::new("collaboration.dispute_decided", To::Both, Type::DisputeDecided, |facts| {
        let other = &facts.other;
        Texts::new(
            ("The dispute is decided", format!("The dispute over your collaboration with {other} was decided")),
            ("Disputa resuelta", format!("La disputa sobre tu colaboración con {other} está resuelta")),
        )
    }),
    Row::new("collaboration.completed", To::Both, Type::CollaborationCompleted, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Collaboration completed", format!("Your collaboration with {other} is complete")),
            ("Colaboración completada", format!("Tu colaboración con {other} está completa")),
        )
    }),
    Row::new("collaboration.unpaid", To::Both, Type::PaymentDue, |facts| {
        let other = &facts.other;
        Texts::new(
            (
                "A payment is overdue",
                format!("What was approved in your collaboration with {other} has not been paid for 14 days"),
            ),
            ("Un pago está atrasado", format!("Lo aprobado en tu colaboración con {other} lleva 14 días sin pagarse")),
        )
    }),
    Row::new("collaboration.rated", To::Other, Type::CollaborationRated, |facts| {
        let other = &facts.other;
        Texts::new(
            ("You were rated", format!("{other} rated your collaboration; both ratings are shown once both are in")),
            ("Te han valorado", format!("{other} ha valorado vuestra colaboración; se verán cuando estén las dos")),
        )
    }),
    Row::new("collaboration.ratings_shown", To::Both, Type::RatingsShown, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Ratings are shown", format!("The ratings of your collaboration with {other} are shown now")),
            ("Valoraciones visibles", format!("Ya se ven las valoraciones de tu colaboración con {other}")),
        )
    }),
    Row::new("collaboration.rating_replied", To::Other, Type::RatingReplied, |facts| {
        let other = &facts.other;
        Texts::new(
            ("A reply to your rating", format!("{other} replied to your rating")),
            ("Respuesta a tu valoración", format!("{other} ha respondido a tu valoración")),
        )
    }),
    Row::new("submission.submitted", To::Business, Type::ContentSubmitted, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Content to review", format!("{other} handed in content for your review")),
            ("Contenido por revisar", format!("{other} ha entregado contenido para que lo revises")),
        )
    }),
    Row::new("submission.approved", To::Creator, Type::ContentApproved, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Content approved", format!("Your content for {other} was approved")),
            ("Contenido aprobado", format!("Tu contenido para {other} ha sido aprobado")),
        )
    }),
    Row::new("submission.rejected", To::Creator, Type::ContentRejected, |facts| {
        let other = &facts.other;
        Texts::new(
            ("Content rejected", format!("{other} asks for another version of your content: see their notes")),
            ("Contenido rechazado", format!("{other} pide otra versión de tu contenido: mira sus notas")),
        )
    }),
    Row::new("submission.escalated", To::Both, Type::ContentEscalated, |facts| {
        let other = &facts.other;
        Texts::new(
            (
                "A review is overdue",
                format!("Nobody has reviewed the content between you and {other}: please settle it"),
            ),
            ("Revisión atrasada", format!("Nadie ha revisado el contenido entre tú y {other}: por favor, resolvedlo")),
        )
    }),
    Row::new("karma.tier_changed", To::Account, Type::TierUpgraded, |facts| {
        let (tier, name) = (facts.number("tier"), facts.text("name"));
        Texts::new(
            ("Congratulations!", format!("You've reached Tier {tier}: {name}! 🎉")),
            ("¡Enhorabuena!", format!("¡Has alcanzado el nivel {tier}: {name}! 🎉")),
        )
    })
    .when(|facts| facts.number("tier") > facts.number("was")),
    Row::new("karma.tier_changed", To::Account, Type::TierDowngraded, |facts| {
        let (tier, name) = (facts.number("tier"), facts.text("name"));
        Texts::new(
            (
                "Your tier has changed",
                format!("You are in Tier {tier}: {name} now; your karma shows how to rise again"),
            ),
            (
                "Tu nivel ha cambiado",
                format!("Ahora estás en el nivel {tier}: {name}; tu karma muestra cómo volver a subir"),
            ),
        )
    })
    .when(|facts| facts.number("tier") < facts.number("was")),
];

/// The day of a moment in UTC, as it is written in both languages.
fn day<'a>(facts: &'a Facts, name: &str) -> &'a str {
    facts.text(name).get(..10).unwrap_or_default()
}
