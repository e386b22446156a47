//! What colleagues write beside a selection or a step of the outreach, in the campaign's language.

use crate::Creator;
use crate::draw::Lots;

/// The last step of a story.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Selected,
    Mailed,
    Bounced,
    Replied,
    Declined,
    Scheduled,
    Cancelled,
    NotReached,
    Called,
}

/// Why this creator was selected; `turn` counts through the reasons, so that neighbours differ.
pub(super) fn selection(turn: usize, spanish: bool, creator: &Creator) -> String {
    let reasons: &[&str] = if spanish { &SELECTED_ES } else { &SELECTED_EN };
    let template = reasons[turn % reasons.len()];
    let audience = creator.audience_type.as_deref().unwrap_or(&creator.niche);
    template
        .replace("{followers}", &creator.followers_count())
        .replace("{engagement}", &format!("{:.1}", creator.engagement_rate))
        .replace("{audience}", audience)
        .replace("{niche}", &creator.niche)
        .replace("{place}", creator.location.as_deref().unwrap_or(&creator.country))
}

const SELECTED_EN: [&str; 14] = [
    "{engagement} % engagement at {followers} followers is what we are looking for",
    "The audience ({audience}) is close to the one in our brief",
    "The comments read like conversations; ask for a post that ends in a question",
    "Recommended by the agency, checked the last twelve posts: no competing brand",
    "Good storyteller, and {followers} is a size we can afford twice",
    "Best of the {niche} shortlist; ask for two posts and a story",
    "Based in {place}: a market we want to try",
    "Consistent posting for a year, clean brand safety check",
    "Speaks to {audience} without shouting; try one post first",
    "The last sponsored post did as well as the ordinary ones",
    "Our customers tag this account already",
    "Explains more than it sells, which suits the product",
    "A different angle on the product than the others: {niche}",
    "Answered fast the last time we asked for figures",
];

const SELECTED_ES: [&str; 6] = [
    "{engagement} % de interacción con {followers} seguidores: justo lo que buscamos",
    "Su público encaja con nuestro briefing; proponer dos publicaciones y una historia",
    "Comentarios muy cercanos, responde a casi todos",
    "Está en {place}; se puede grabar en nuestro taller",
    "Sin marcas de la competencia en los últimos seis meses",
    "La mejor de la preselección por tono y constancia",
];

/// What is noted after this step, and what is to be done next, if anything.
pub(super) fn step(lots: &mut Lots, spanish: bool, step: Step) -> (String, Option<String>) {
    let (english, castilian): (&[_], &[_]) = match step {
        Step::Selected => (
            &[
                ("On the list, not written to yet", "Write the first mail"),
                ("Waiting for the final budget", "Send the brief once it is approved"),
            ],
            &[("En la lista, sin contactar todavía", "Redactar el primer correo")],
        ),
        Step::Mailed => (
            &[
                ("Brief sent, no answer so far", "Follow up on Thursday"),
                ("Opened the mail twice but has not answered", "Try a direct message"),
                ("Sent the brief with two sample products to choose from", "Remind after a week"),
            ],
            &[
                ("Briefing enviado, aún sin respuesta", "Recordárselo el jueves"),
                ("Enviado el briefing con dos productos a elegir", "Esperar una semana y volver a escribir"),
            ],
        ),
        Step::Bounced => (
            &[("The mail came back: mailbox unknown", "Find the current address on the profile")],
            &[("El correo ha sido devuelto: buzón desconocido", "Buscar la dirección actual en su perfil")],
        ),
        Step::Replied => (
            &[
                ("Answered within a day and asks about usage rights", "Answer with our standard terms"),
                ("Likes the product, wants to know the filming dates", "Propose three dates"),
                ("Sent a media kit and a price list", "Compare the prices with the budget"),
            ],
            &[
                ("Respondió enseguida y pregunta por los derechos de uso", "Contestar con nuestras condiciones"),
                ("Le gusta el producto y ha enviado su media kit", "Proponer tres fechas"),
            ],
        ),
        Step::Declined => (
            &[
                ("Has an exclusive contract with a competitor until next year", ""),
                ("Does not take sponsored posts at the moment", ""),
                ("Found the budget too small for a video", ""),
            ],
            &[
                ("Tiene exclusividad con otra marca hasta el año que viene", ""),
                ("De momento no acepta publicaciones patrocinadas", ""),
            ],
        ),
        Step::Scheduled => (
            &[
                ("Replied and picked a time for a call", "Prepare the brief and the fee range"),
                ("Call agreed; the manager will join", "Send the calendar invitation with the agenda"),
            ],
            &[("Ha respondido y ha elegido hora para la llamada", "Preparar el briefing y el rango de tarifa")],
        ),
        Step::Cancelled => (
            &[("Call cancelled while the campaign is on hold", "Write as soon as the campaign goes on")],
            &[("Llamada cancelada mientras la campaña está en pausa", "Escribir cuando se reanude")],
        ),
        Step::NotReached => (
            &[
                ("Rang at the agreed time, nobody picked up", "Offer two other times by mail"),
                ("Voicemail; left a short message", "Try again on Monday morning"),
            ],
            &[("Llamada a la hora acordada, no contestó", "Ofrecer otras dos horas por correo")],
        ),
        Step::Called => (&[("Call done", "Write the summary")], &[("Llamada hecha", "Escribir el resumen")]),
    };
    let (note, next) = *lots.pick(if spanish { castilian } else { english });
    (note.to_owned(), (!next.is_empty()).then(|| next.to_owned()))
}
