//! What somebody wants no more of: which channel is refused, and what only looks like it.

use serde::{Deserialize, Serialize};

use super::Way;
use super::acts::Act;
use super::units::Sentence;
use super::words::{Word, has};

/// The ways by which somebody may not be reached any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "one for each way")]
pub struct Refused {
    /// By no way at all.
    pub all: bool,
    /// By mail.
    pub mail: bool,
    /// By phone.
    pub phone: bool,
    /// By text message: SMS, WhatsApp, a direct message.
    pub message: bool,
}

impl Refused {
    /// Is any way refused?
    pub const fn any(self) -> bool {
        self.all || self.mail || self.phone || self.message
    }

    /// May no mail be sent?
    pub const fn mails(self) -> bool {
        self.all || self.mail
    }

    /// May nobody call?
    pub const fn calls(self) -> bool {
        self.all || self.phone
    }

    /// May no message be sent?
    pub const fn messages(self) -> bool {
        self.all || self.message
    }

    /// Both of them.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self {
            all: self.all || other.all,
            mail: self.mail || other.mail,
            phone: self.phone || other.phone,
            message: self.message || other.message,
        }
    }
}

/// From here on it is obeyed: who is left alone in error is asked again by a person, who is not left alone complains.
const LIKELY: f32 = 0.4;
/// Where nothing is refused in so many words it takes more.
const BARE: f32 = 0.85;
/// Where only a way that may be used is named, still more.
const SURE: f32 = 0.93;

/// A way to reach somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Channel {
    Mail,
    Phone,
    Message,
}

fn begins(word: &str, with: &[&str]) -> bool {
    with.iter().any(|beginning| word.starts_with(beginning))
}

/// The way that a word names: a noun of it, or a form of its verb.
fn channel(word: &str) -> Option<Channel> {
    const PHONE: &[&str] = &[
        "call",
        "phon",
        "llam",
        "telefon",
        "telephon",
        "anruf",
        "anzuruf",
        "angeruf",
        "chiam",
        "appel",
        "rappel",
        "mappel",
        "nappel",
        "marqu",
        "marcar",
        "ligu",
        "ligac",
        "ligar",
        "ligando",
        "robocall",
        "voicemail",
    ];
    const MAIL: &[&str] = &[
        "email",
        "mail",
        "correo",
        "newsletter",
        "inbox",
        "escrib",
        "escrev",
        "ecri",
        "mecri",
        "schreib",
        "scriv",
        "courriel",
        "writ",
        "pitches",
    ];
    const MESSAGE: &[&str] = &["whatsapp", "wasap", "messag", "mensaj", "mensag", "nachricht", "texting", "telegram"];
    if begins(word, PHONE)
        || matches!(
            word,
            "ring" | "ringing" | "number" | "numero" | "nummer" | "ruf" | "rufen" | "ruft" | "liga" | "dial"
        )
    {
        Some(Channel::Phone)
    } else if begins(word, MESSAGE) || matches!(word, "text" | "texts" | "dm" | "dms" | "sms") {
        Some(Channel::Message)
    } else if begins(word, MAIL) {
        Some(Channel::Mail)
    } else {
        None
    }
}

const NEGATES: &[&str] = &[
    "dont",
    "not",
    "no",
    "never",
    "stop",
    "stopped",
    "quit",
    "without",
    "nothing",
    "enough",
    "cease",
    "wont",
    "nada",
    "ni",
    "nunca",
    "deja",
    "deje",
    "dejen",
    "dejad",
    "deixe",
    "deixem",
    "basta",
    "para",
    "paren",
    "parad",
    "pare",
    "parem",
    "chega",
    "sem",
    "sin",
    "pas",
    "plus",
    "ne",
    "arretez",
    "arrete",
    "cessez",
    "kein",
    "keine",
    "keinen",
    "nicht",
    "nie",
    "non",
    "smettetela",
    "smettete",
    "niente",
    "nessuna",
    "nao",
    "hort",
    "aufhoren",
    "unterlassen",
    "block",
    "rather",
    "mich",
    "remove",
    "delete",
    "erase",
    "lose",
    "forget",
];
/// Here something else begins: what is liked instead.
const INSTEAD: &[&str] = &[
    "but",
    "pero",
    "mas",
    "mais",
    "aber",
    "ma",
    "mejor",
    "better",
    "melhor",
    "meglio",
    "lieber",
    "plutot",
    "prefer",
    "prefiero",
    "prefiro",
    "preferisco",
    "prefere",
    "just",
    "only",
    "solo",
    "solamente",
    "so",
    "nur",
    "seulement",
    "instead",
    "use",
    "usa",
    "usen",
    "usad",
    "though",
    "because",
    "porque",
    "escribeme",
    "escribidme",
    "escribanme",
    "escribime",
    "ecrivez",
    "scrivetemi",
    "mandame",
    "mandenme",
    "enviadme",
    "i",
    "ill",
    "im",
    "you",
    "if",
];
const ONLY: &[&str] = &[
    "only|solo|solamente|nur|uniquement|seulement|unicamente|just|lieber|mejor",
    "prefer|prefiero|prefiro|preferisco|prefere",
    "rather not be called",
];
const ALL: &[&str] = &[
    "data|datos|dados|donnees|daten|dati",
    "contact me|us",
    "contacting",
    "contacted again|anymore",
    "no more|further|mas contact|contacto",
    "contacten|contactes|contacteis|contactar|contactarme|contacte|contatem",
    "contactez|contacter|contactee|kontaktieren|kontaktiert|kontakt|contattatemi|contattarmi|contattate|contattarmi",
    "leave me alone|be",
    "leave us alone",
    "en paz",
    "em paz",
    "tranquille",
    "in ruhe",
    "in pace",
    "everything you have",
    "all communication|contact|details",
    "forget me",
    "hear from you",
    "toda mi informacion",
    "todo lo que tengan|teneis",
    "alles was",
    "consent|consentimiento|einwilligung",
    "any form|kind|way",
    "do not contact",
    "reach out",
    "insistan|insistais",
    "molestes|moleste|molesten|molesteis|bother|bothering|disturb|harassing|harassment|acoso",
];

/// What looks like it and is not: the opposite of it, or a wish for one time or one thing only.
#[rustfmt::skip]
const NOT: &[&str] = &[
    "dont|not|never|no|nicht|nao|ne unsubscribe", "dont|not|no|never remove|take|delete|drop|kick me|us",
    "dont|not stop|quit", "cant|couldnt|wont|didnt|never stop", "not|dont want|wish|like to unsubscribe|stop",
    "never unsubscribed", "no me des|de|deis|den de baja", "no quiero darme de baja", "no quiero que me den|des|deis de baja",
    "no me borres|borreis|borren|quites|quiten|quiteis|saques|saquen|elimines|eliminen",
    "no dejes|dejeis|dejen|deje|pares|paren de", "no dudes|duden|dudeis|dude",
    "nao me descadastre|descadastrem|tire|tirem|remova|remova", "nao hesite|hesitem",
    "ne me desabonnez|desinscrivez|retirez|supprimez", "nhesitez pas", "hesitate to", "nicht abmelden|austragen",
    "nicht aus dem|der", "non cancellatemi|toglietemi|rimuovetemi|cancellarmi", "non esitate|esiti",
    "unsubscribed by mistake|accident", "baja por error", "keep me on", "but keep me|the|us", "from the cc|thread",
    "usage rights", "temporada baja", "calidad baja", "muy|mas|tan|es|esta|tarifa|oferta|gama baja",
    "my subscribers|followers|audience", "mis seguidores|suscriptores", "people unsubscribe", "they unsubscribe",
];
/// Not now, but later.
#[rustfmt::skip]
const UNTIL: &[&str] = &[
    "before", "until", "till", "after", "antes", "hasta", "despues", "avant", "vor", "bevor", "prima", "yet",
    "todavia", "aun", "for now", "por ahora", "this week", "esta semana", "today", "hoy", "tonight",
    "on weekends|weekend|sundays|sunday", "on the weekend", "los fines", "during", "mientras", "so early|late|often",
    "tan temprano|tarde|seguido", "at night|work|lunch", "right now", "a esta|estas", "antes del|de", "between",
    "while im", "madam", "senora", "sir", "the contract", "el contrato",
];
const AGAIN: &[&str] = &[
    "again", "anymore", "any more", "ever", "mas", "nunca", "never", "jamas", "mais", "plus", "mehr", "nie", "piu",
    "further",
];

/// Some of these patterns: words of `a|b`, one after the other.
fn any(words: &[Word<'_>], patterns: &[&str]) -> bool {
    has(words, patterns)
}

/// Does a word ask for a removal: from a list, of a number, of data?
fn removes(word: &str) -> bool {
    const FROM: &[&str] = &[
        "unsub",
        "remov",
        "delet",
        "eras",
        "borr",
        "elimin",
        "quitame",
        "quiten",
        "quitad",
        "saqu",
        "sacame",
        "sacad",
        "descadastr",
        "desabonn",
        "desinscri",
        "supprim",
        "retir",
        "effac",
        "enlev",
        "abmeld",
        "austrag",
        "losch",
        "abbestell",
        "streich",
        "cancell",
        "rimuov",
        "togliet",
        "toglim",
        "disiscri",
        "apag",
        "exclu",
        "anul",
        "desuscri",
    ];
    begins(word, FROM)
        || matches!(
            word,
            "off"
                | "baja"
                | "quita"
                | "stop"
                | "lose"
                | "forget"
                | "out"
                | "sair"
                | "tire"
                | "tira"
                | "tirem"
                | "unsubscribe"
                | "nehmen"
                | "nehmt"
                | "quitarme"
                | "sacarme"
        )
}

/// What a sentence refuses, how sure that is, and whether it names a way that is liked instead.
pub(super) fn of(sentence: &Sentence<'_>, way: Way, listed: bool) -> Option<(Refused, f32, bool)> {
    let words = &sentence.words;
    let odds = sentence.odds.of(Act::Stop).max(if listed { 0.97 } else { 0.0 });
    if odds < LIKELY || any(words, NOT) {
        return None;
    }
    let removal = words.iter().any(|word| removes(&word.text));
    if any(words, UNTIL) && !any(words, AGAIN) && !removal {
        return None;
    }
    let Told { refused, denied, likes } = told(words, way);
    let says_so = denied || removal || any(words, ALL);
    let least = if likes { SURE } else { BARE };
    if !says_so && odds < least {
        return None;
    }
    Some((refused, odds, likes))
}

struct Told {
    refused: Refused,
    /// Is a way refused in so many words?
    denied: bool,
    /// Is another way liked?
    likes: bool,
}

/// Which ways a sentence refuses: those that stand behind a negation, but not those that are liked instead.
fn told(words: &[Word<'_>], way: Way) -> Told {
    let (mut denied, mut liked) = (Refused::default(), Refused::default());
    let mut negative = false;
    for (at, word) in words.iter().enumerate() {
        let text = &*word.text;
        let next = words.get(at + 1).map_or("", |word| &*word.text);
        // "Por whatsapp no, que es mi número personal": a reason.
        let reason = text == "que" && matches!(next, "es" | "esta" | "estoy" | "por" | "tengo" | "ese");
        if word.ends() || matches!(text, "," | ":" | "(") || INSTEAD.contains(&text) || reason {
            negative = false;
        }
        negative |= NEGATES.contains(&text);
        let Some(channel) = channel(text) else { continue };
        // "Whatsapp no, por favor."
        let behind = matches!(next, "no" | "nicht" | "nao" | "non");
        let side = if negative || behind { &mut denied } else { &mut liked };
        match channel {
            Channel::Mail => side.mail = true,
            Channel::Phone => side.phone = true,
            Channel::Message => side.message = true,
        }
    }
    let only = any(words, ONLY);
    let here = Refused { all: false, mail: way == Way::Mail, phone: way == Way::Phone, message: way == Way::Message };
    let all = any(words, ALL);
    let refused = if all && !(denied.any() || (liked.any() && only)) || (all && any(words, &ALL[..1])) {
        Refused { all: true, ..denied }
    } else if denied.any() {
        denied
    } else if only && liked.any() {
        // "Only by mail, please."
        Refused { all: false, mail: !liked.mail, phone: !liked.phone, message: !liked.message && liked.phone }
    } else if liked.any() {
        liked
    } else {
        // "Take me off your list": the one that they are on here.
        here
    };
    Told { refused, denied: denied.any() || (only && liked.any()), likes: liked.any() && (denied.any() || only) }
}
