//! What is said. Nothing here names an amount, and nothing is promised: what comes of it a person decides.

use super::heard::Topic;
use super::{Brief, Facts, Lang, Step};

/// One of two texts.
macro_rules! say {
    ($lang:expr, $en:expr, $es:expr) => {
        match $lang {
            Lang::En => $en,
            Lang::Es => $es,
        }
    };
}

/// For whom we speak.
fn brand(brief: &Brief, lang: Lang) -> String {
    brief.brand.clone().unwrap_or_else(|| say!(lang, "a brand", "una marca").to_owned())
}

/// Whoever will call back.
fn team(brief: &Brief, lang: Lang) -> String {
    match &brief.brand {
        Some(brand) => say!(lang, format!("Somebody from {brand}"), format!("Alguien de {brand}")),
        None => say!(lang, "Somebody from our team", "Alguien de nuestro equipo").to_owned(),
    }
}

/// The first words: who calls, that it is a machine, and how to be rid of it.
pub(super) fn greeting(brief: &Brief, lang: Lang) -> String {
    let hello = match (&brief.creator, lang) {
        (Some(name), Lang::En) => format!("Hello {name}."),
        (Some(name), Lang::Es) => format!("Hola {name}."),
        (None, Lang::En) => "Hello.".into(),
        (None, Lang::Es) => "Hola.".into(),
    };
    let brand = brand(brief, lang);
    let who = match (brief.inbound, lang) {
        (false, Lang::En) => format!("This is an AI assistant, not a person, calling for {brand}."),
        (false, Lang::Es) => {
            format!("Soy una asistente de inteligencia artificial, no una persona, y llamo de parte de {brand}.")
        }
        (true, Lang::En) => format!("This is an AI assistant, not a person, answering for {brand}."),
        (true, Lang::Es) => {
            format!("Soy una asistente de inteligencia artificial, no una persona, y contesto de parte de {brand}.")
        }
    };
    let rights = say!(
        lang,
        "You can ask for a person, or say stop calling me, at any time.",
        "En cualquier momento puede pedir hablar con una persona, o decir no me llamen más."
    );
    let recorded = if brief.recorded { format!(" {}", recording_notice(lang)) } else { String::new() };
    format!("{hello} {who}{recorded} {rights}")
}

/// That the call is recorded, for the first words of one that is.
pub fn recording_notice(lang: Lang) -> &'static str {
    say!(lang, "This call is recorded.", "Esta llamada se graba.")
}

/// What is asked.
pub(super) fn question(step: Step, brief: &Brief, lang: Lang) -> String {
    let what = match (&brief.product, lang) {
        (Some(product), Lang::En) => format!("a collaboration about {product}"),
        (Some(product), Lang::Es) => format!("una colaboración sobre {product}"),
        (None, Lang::En) => "a collaboration with a brand".into(),
        (None, Lang::Es) => "una colaboración con una marca".into(),
    };
    match step {
        Step::Interest => say!(lang, format!("Would you be interested in {what}?"), format!("¿Le interesaría {what}?")),
        Step::Rate => say!(
            lang,
            "What do you usually charge for one piece of content?".into(),
            "¿Cuánto suele cobrar por una pieza de contenido?".into()
        ),
        Step::Timeline => {
            say!(lang, "When would you have time for it?".into(), "¿Cuándo tendría tiempo para hacerlo?".into())
        }
        Step::Content => say!(
            lang,
            "What kinds of content do you like to make, for example reels, stories or videos?".into(),
            "¿Qué tipo de contenido le gusta hacer, por ejemplo reels, historias o vídeos?".into()
        ),
        Step::Done => String::new(),
    }
}

/// An answer to a question of theirs.
pub(super) fn answer(topic: Topic, brief: &Brief, lang: Lang) -> String {
    let brand = brand(brief, lang);
    match topic {
        Topic::Pay => say!(
            lang,
            format!("I cannot agree on money. I pass on what you charge, and a person from {brand} answers you."),
            format!("No puedo acordar importes. Transmito lo que usted cobra, y una persona de {brand} le responde.")
        ),
        Topic::Caller => say!(
            lang,
            format!("I am an AI assistant, and I speak for {brand}."),
            format!("Soy una asistente de inteligencia artificial y hablo de parte de {brand}.")
        ),
        Topic::Source => say!(
            lang,
            format!(
                "{brand} has your number with your consent on record; say stop calling me, and it is not used again."
            ),
            format!(
                "{brand} tiene su número con su consentimiento registrado; diga no me llamen más y no se usará de nuevo."
            )
        ),
        Topic::Campaign => match (&brief.product, &brief.description) {
            (Some(product), Some(description)) => {
                let short = first_sentence(description);
                say!(lang, format!("It is about {product}: {short}"), format!("Se trata de {product}: {short}"))
            }
            (Some(product), None) => say!(
                lang,
                format!("It is about {product} by {brand}. I have no more details; a person can give them to you."),
                format!("Se trata de {product} de {brand}. No tengo más detalles; una persona se los puede dar.")
            ),
            (None, _) => say!(
                lang,
                "I have no details of a campaign here; a person can give them to you.".into(),
                "Aquí no tengo los detalles de la campaña; una persona se los puede dar.".into()
            ),
        },
    }
}

fn first_sentence(text: &str) -> String {
    let end = text.find(['.', '\n']).unwrap_or(text.len());
    let short: String = text[..end].chars().take(200).collect();
    format!("{}.", short.trim())
}

/// It is a machine, and says so.
pub(super) fn machine(brief: &Brief, lang: Lang) -> String {
    let brand = brand(brief, lang);
    say!(
        lang,
        format!("Yes, I am an AI assistant calling for {brand}; you can ask for a person at any time."),
        format!(
            "Sí, soy una asistente de inteligencia artificial de parte de {brand}; puede pedir una persona cuando quiera."
        )
    )
}

/// It was understood; another for every question, so that it does not sound like a form.
pub(super) fn noted(step: Step, lang: Lang) -> &'static str {
    match step {
        Step::Interest | Step::Rate => say!(lang, "Good, thank you.", "Muy bien, gracias."),
        Step::Timeline => say!(lang, "Understood.", "Entendido."),
        Step::Content | Step::Done => say!(lang, "Noted, thank you.", "Anotado, gracias."),
    }
}

/// It was not.
pub(super) fn unclear(lang: Lang) -> &'static str {
    say!(lang, "Sorry, I did not understand that.", "Perdone, no lo he entendido.")
}

/// They named more than there is.
pub(super) fn above_budget(_: &Brief, lang: Lang) -> &'static str {
    say!(
        lang,
        "Thank you. That may be more than this campaign has; I pass it on, and a person answers you.",
        "Gracias. Puede que sea más de lo que tiene esta campaña; lo transmito, y una persona le responderá."
    )
}

/// They said nothing.
pub(super) fn still_there(lang: Lang) -> &'static str {
    say!(lang, "I did not hear anything. Are you still there?", "No he oído nada. ¿Sigue ahí?")
}

/// They go on saying nothing.
pub(super) fn silent(brief: &Brief, lang: Lang) -> String {
    let brand = brand(brief, lang);
    say!(
        lang,
        format!("I cannot hear you, so I end the call here. {brand} can be reached by mail. Goodbye."),
        format!("No puedo oírle, así que termino aquí la llamada. Puede escribir a {brand}. Adiós.")
    )
}

/// They do not want to be called.
pub(super) fn stopped(lang: Lang) -> String {
    say!(
        lang,
        "Understood. Your number is on our do-not-call list now, and we will not call you again. Thank you, and goodbye.".into(),
        "Entendido. Su número está ahora en nuestra lista de no llamar y no le llamaremos más. Gracias, y adiós.".into()
    )
}

/// They want a person.
pub(super) fn handed_over(brief: &Brief, lang: Lang) -> String {
    let team = team(brief, lang);
    if brief.can_hand_over {
        return say!(
            lang,
            "Of course, I am putting you through to a person now.".into(),
            "Por supuesto, le paso ahora con una persona.".into()
        );
    }
    say!(
        lang,
        format!("Of course. {team}, a person, is told now to call you back. Thank you, and goodbye."),
        format!("Por supuesto. {team}, una persona, recibe ahora el aviso de llamarle. Gracias, y adiós.")
    )
}

/// They have no time.
pub(super) fn busy(brief: &Brief, lang: Lang) -> String {
    let team = team(brief, lang);
    say!(
        lang,
        format!("Then I will not keep you. {team} is told that this was a bad moment. Goodbye."),
        format!("Entonces no le entretengo. {team} sabrá que no era buen momento. Adiós.")
    )
}

/// They are not interested.
pub(super) fn declined(brief: &Brief, lang: Lang) -> String {
    let brand = brand(brief, lang);
    say!(
        lang,
        format!("Thank you for telling me. I pass it on to {brand}. Goodbye."),
        format!("Gracias por decírmelo. Se lo transmito a {brand}. Adiós.")
    )
}

/// It has gone on for too long.
pub(super) fn too_long(brief: &Brief, lang: Lang) -> String {
    let team = team(brief, lang);
    say!(
        lang,
        format!("Thank you for your time. {team} reads what we talked about and answers you. Goodbye."),
        format!("Gracias por su tiempo. {team} leerá lo que hemos hablado y le responderá. Adiós.")
    )
}

/// Everything was asked.
pub(super) fn closing(facts: &Facts, brief: &Brief, lang: Lang) -> String {
    let team = team(brief, lang);
    let kinds = facts.content_types.join(", ");
    let noted = match (&facts.timeline, kinds.is_empty()) {
        (Some(when), false) => {
            say!(lang, format!("I have noted {kinds}, {when}."), format!("He anotado {kinds}, {when}."))
        }
        _ => String::new(),
    };
    say!(
        lang,
        format!("{noted} Nothing is agreed by this call. {team} reads it and answers you. Thank you, and goodbye."),
        format!("{noted} Con esta llamada no queda nada acordado. {team} lo leerá y le responderá. Gracias, y adiós.")
    )
    .trim()
    .to_owned()
}

/// It is over already.
pub(super) fn goodbye(lang: Lang) -> &'static str {
    say!(lang, "Thank you, and goodbye.", "Gracias, y adiós.")
}
