//! Messages that a member's machine wrote: away messages, greetings of business accounts. They are no replies.
//!
//! Chat providers say nothing of that (mail has headers, RFC 3834), so that words have to tell. A sentence that calls itself automatic is enough, unless it
//! asks ("is this an automatic message?"). Every other sign may stand in a person's message as well ("I was out of the office"), so that two of
//! different kinds are wanted: who is away, who promises to answer, who thanks for the message.

/// A machine calls itself so. All signs are folded: without case and accents.
const SAYS_SO: &[&str] = &[
    "automatic reply",
    "automatic response",
    "automatic message",
    "automated reply",
    "automated response",
    "automated message",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponder",
    "out of office reply",
    "out-of-office reply",
    // es
    "respuesta automatica",
    "mensaje automatico",
    "contestacion automatica",
    "contestador automatico",
    "autorrespuesta",
    "mensaje de ausencia",
    // pt
    "resposta automatica",
    "mensagem automatica",
    "mensagem de ausencia",
    // fr
    "reponse automatique",
    "message automatique",
    "message d'absence",
    // de
    "automatische antwort",
    "automatische nachricht",
    "automatisch erstellt",
    "automatisch generiert",
    "abwesenheitsnotiz",
    "abwesenheitsmeldung",
    "abwesenheitsnachricht",
    // it
    "risposta automatica",
    "messaggio automatico",
    "risponditore automatico",
];

/// Somebody is away, or a business is closed.
const AWAY: &[&str] = &[
    "out of office",
    "out of the office",
    "currently unavailable",
    "unavailable right now",
    "unavailable at the moment",
    "not available right now",
    "not available at the moment",
    "away from my desk",
    "on annual leave",
    "business hours",
    "office hours",
    "currently closed",
    // es
    "fuera de la oficina",
    "fuera de horario",
    "fuera del horario",
    "no estoy disponible",
    "no estamos disponibles",
    "no podemos responder",
    "no puedo responder",
    "no podemos atender",
    // pt
    "fora do escritorio",
    "fora do horario",
    "nao estou disponivel",
    "nao estamos disponiveis",
    "nao podemos responder",
    "nao podemos atender",
    // fr
    "absent du bureau",
    "absente du bureau",
    "actuellement absent",
    "en dehors des heures",
    "pas disponible",
    "heures d'ouverture",
    // de
    "nicht im buro",
    "nicht im haus",
    "ausser haus",
    "ausserhalb unserer",
    "nicht erreichbar",
    "nicht verfugbar",
    "offnungszeiten",
    // it
    "fuori ufficio",
    "fuori sede",
    "non siamo disponibili",
    "non sono disponibile",
    "non siamo al momento",
    "orari di apertura",
];

/// An answer is promised, or help is offered.
const PROMISES: &[&str] = &[
    "as soon as possible",
    "as soon as we can",
    "as soon as i can",
    "get back to you",
    "will respond",
    "will reply",
    "when i return",
    "upon my return",
    "on my return",
    "how we can help",
    "how can we help",
    // es
    "lo antes posible",
    "a la brevedad",
    "en cuanto podamos",
    "en cuanto pueda",
    "responderemos",
    "a mi regreso",
    "a mi vuelta",
    "podemos ayudar",
    // pt
    "assim que possivel",
    "mais breve possivel",
    "assim que pudermos",
    "retornaremos",
    "no meu regresso",
    "podemos ajudar",
    // fr
    "des que possible",
    "plus brefs delais",
    "repondrons",
    "a mon retour",
    "vous aider",
    // de
    "bald wie moglich",
    "schnellstmoglich",
    "melden uns",
    "nach meiner ruckkehr",
    "konnen wir ihnen helfen",
    "konnen wir dir helfen",
    // it
    "appena possibile",
    "il prima possibile",
    "risponderemo",
    "al mio ritorno",
    "al mio rientro",
    "possiamo aiutar",
];

/// A message is acknowledged.
const THANKS: &[&str] = &[
    "thank you for contacting",
    "thanks for contacting",
    "thank you for your message",
    "thanks for your message",
    "thank you for reaching out",
    "thanks for reaching out",
    "thank you for getting in touch",
    "received your message",
    "your message has been received",
    // es
    "gracias por contactar",
    "gracias por comunicar",
    "gracias por escribir",
    "gracias por tu mensaje",
    "gracias por su mensaje",
    "recibido tu mensaje",
    "recibido su mensaje",
    // pt
    "obrigado por entrar em contato",
    "obrigada por entrar em contato",
    "obrigado pelo contato",
    "obrigado pela mensagem",
    "obrigado pela sua mensagem",
    "obrigado por sua mensagem",
    "agradecemos",
    "recebemos sua mensagem",
    "recebemos a sua mensagem",
    // fr
    "merci de nous avoir contact",
    "merci pour votre message",
    "merci de votre message",
    "recu votre message",
    // de
    "danke fur deine nachricht",
    "danke fur ihre nachricht",
    "dank fur deine nachricht",
    "dank fur ihre nachricht",
    "nachricht erhalten",
    // it
    "grazie per averci contattat",
    "grazie per il messaggio",
    "grazie per il tuo messaggio",
    "grazie per il suo messaggio",
    "ricevuto il tuo messaggio",
    "ricevuto il suo messaggio",
];

/// Was this written by a machine of the member's, such as one that tells that they are away? Then nobody has replied.
pub fn is_automatic(text: &str) -> bool {
    let folded = mind::text::fold(text).replace('\u{2019}', "'");
    let has = |signs: &[&str]| signs.iter().any(|sign| folded.contains(sign));
    let kinds = [AWAY, PROMISES, THANKS].into_iter().filter(|signs| has(signs)).count();
    kinds >= 2 || SAYS_SO.iter().any(|sign| folded.match_indices(sign).any(|(place, _)| !asks(&folded[place..])))
}

/// Does the sentence that this begins in end as a question?
fn asks(text: &str) -> bool {
    text.find(['.', '!', '?', ':', '\n']).is_some_and(|end| text[end..].starts_with('?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_do_not_reply() {
        for text in [
            "AUTOMATIC REPLY: I am away until Monday",
            "[Auto-Reply] On a plane",
            "This is an automated response. Nobody reads this number.",
            "I'm out of the office until 3 May and will reply on my return.",
            "Thank you for contacting Glow Studio! Please let us know how we can help you.",
            "Thanks for your message. We're unavailable right now, but will respond as soon as possible.",
            "Thank you for your message. Our business hours are Monday to Friday, 9 to 5.",
            "Respuesta automática: estoy fuera de la oficina",
            "Gracias por tu mensaje. En este momento no podemos responder, pero lo haremos lo antes posible.",
            "¡Gracias por comunicarte con Luz! Te responderemos a la brevedad.",
            "Resposta automática: volto na segunda",
            "Agradecemos sua mensagem. Não estamos disponíveis no momento, mas responderemos assim que possível.",
            "Obrigado por entrar em contato. Como podemos ajudar?",
            "Réponse automatique : je suis en congé",
            "Merci pour votre message. Nous ne sommes pas disponibles, mais nous vous répondrons dès que possible.",
            "Ceci est un message d’absence.",
            "Abwesenheitsnotiz",
            "Danke für deine Nachricht! Wir sind im Moment nicht erreichbar und melden uns so bald wie möglich.",
            "Vielen Dank für Ihre Nachricht. Sie schreiben uns außerhalb unserer Öffnungszeiten.",
            "Diese Nachricht wurde automatisch erstellt.",
            "Risposta automatica: sono in ferie",
            "Grazie per averci contattato. Risponderemo appena possibile.",
            "Al momento sono fuori ufficio; risponderò al mio rientro.",
        ] {
            assert!(is_automatic(text), "{text}");
        }
    }

    #[test]
    fn people_do() {
        for text in [
            "I was out of bed early",
            "I was out of the office all week, so no training",
            "Is this an automatic message?",
            "¿Esto es un mensaje automático? Prefiero hablar con alguien",
            "C'est une réponse automatique ?",
            "Thanks for your message!",
            "Thank you for contacting me, I'd love to join",
            "I'll do it as soon as possible",
            "Gracias por escribir, me ayuda mucho",
            "No estoy disponible los martes",
            "Danke für deine Nachricht, mir geht es gut",
            "Ich war letzte Woche nicht erreichbar",
            "Merci pour votre message, tout va bien",
            "Grazie per il messaggio, va molto meglio",
            "Obrigado pela mensagem, estou bem",
            "yes",
            "",
        ] {
            assert!(!is_automatic(text), "{text}");
        }
    }
}
