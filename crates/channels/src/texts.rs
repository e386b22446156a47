//! What the server itself says to members, in English and Spanish.

/// Which language it is said in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
}

impl Language {
    /// The first of these tags that is one of the two; English if none is.
    pub(crate) fn of<'a>(tags: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let known = tags.into_iter().flatten().find_map(|tag| match tag.get(..2) {
            Some(tag) if tag.eq_ignore_ascii_case("es") => Some(Self::Es),
            Some(tag) if tag.eq_ignore_ascii_case("en") => Some(Self::En),
            _ => None,
        });
        known.unwrap_or(Self::En)
    }

    /// As a tag.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    const fn pick(self, en: &'static str, es: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Es => es,
        }
    }

    /// That stop was heard.
    pub(crate) const fn stopped(self) -> &'static str {
        self.pick(
            "Done: you get no more messages here. Write START if you change your mind.",
            "Hecho: no recibirás más mensajes aquí. Escribe ALTA si cambias de opinión.",
        )
    }

    /// That start was heard.
    pub(crate) const fn started(self) -> &'static str {
        self.pick(
            "Welcome back: you get messages again. Write STOP at any time to end them.",
            "Bienvenido de nuevo: vuelves a recibir mensajes. Escribe BAJA cuando quieras para dejarlos.",
        )
    }

    /// Hello, where the channel has no words of its own.
    pub(crate) const fn hello(self) -> &'static str {
        self.pick("Hello! What would you like to know?", "¡Hola! ¿Qué te gustaría saber?")
    }

    /// That a machine answers, before its first answer. `human` is what calls a person.
    pub(crate) fn label(self, assistant: Option<&str>) -> String {
        let name = assistant.map(|name| format!(" ({name})")).unwrap_or_default();
        match self {
            Self::En => format!("Automatic assistant{name}. Write HUMAN to talk to a person."),
            Self::Es => format!("Asistente automático{name}. Escribe HUMANO para hablar con una persona."),
        }
    }

    /// That there is no answer.
    pub(crate) const fn unknown(self) -> &'static str {
        self.pick(
            "I have no answer to that. Ask it in other words, or write HUMAN to talk to a person.",
            "No tengo respuesta a eso. Pregúntalo de otra forma o escribe HUMANO para hablar con una persona.",
        )
    }

    /// That only words are read.
    pub(crate) const fn words_only(self) -> &'static str {
        self.pick(
            "I can only read text here. Write your question, or write HUMAN to talk to a person.",
            "Aquí solo puedo leer texto. Escribe tu pregunta o escribe HUMANO para hablar con una persona.",
        )
    }

    /// That a person was called.
    pub(crate) const fn handed_over(self) -> &'static str {
        self.pick(
            "I have passed this on to a person. They answer here as soon as they can.",
            "He avisado a una persona. Te responderá aquí en cuanto pueda.",
        )
    }

    /// That nobody came.
    pub(crate) const fn nobody_came(self) -> &'static str {
        self.pick(
            "Nobody could answer yet; your question stays noted. Meanwhile the automatic assistant is here again.",
            "Todavía no ha podido responder nadie; tu pregunta queda anotada. Mientras tanto vuelve a atenderte el asistente automático.",
        )
    }

    /// How it was.
    pub(crate) const fn how_was_it(self) -> &'static str {
        self.pick(
            "How was the help you got? Answer with a number from 1 (bad) to 5 (very good).",
            "¿Qué te ha parecido la ayuda recibida? Responde con un número del 1 (mala) al 5 (muy buena).",
        )
    }

    /// What may help.
    pub(crate) const fn these_may_help(self) -> &'static str {
        self.pick("I am not sure. These may help:", "No estoy seguro. Esto puede ayudarte:")
    }

    /// What the coach has answered meanwhile.
    pub(crate) fn answered_later(self, question: &str, answer: &str) -> String {
        match self {
            Self::En => format!("You asked: “{question}”\n\n{answer}"),
            Self::Es => format!("Preguntaste: «{question}»\n\n{answer}"),
        }
    }

    /// Somebody has joined.
    pub(crate) fn joined(self, name: &str) -> String {
        match self {
            Self::En => format!("{name} has joined the conversation"),
            Self::Es => format!("{name} se ha unido a la conversación"),
        }
    }

    /// What opens a list of answers.
    pub(crate) const fn choose(self) -> &'static str {
        self.pick("Choose", "Elegir")
    }

    /// A line on a phone's screen.
    pub(crate) const fn new_message(self) -> &'static str {
        self.pick("You have a new message", "Tienes un mensaje nuevo")
    }
}
