//! What a whole comes to: yes or no by the order of what was said, a person, somebody else to talk to, a time.

use kernel::Day;

use super::acts::{Act, Model, Odds};
use super::turns::Speaker;
use super::units::{Clause, Sentence};
use super::when::{self, Said};
use super::words::{Kind, Word, find, has, stands};
use super::{Claim, Interest, Meaning, Time};

/// From here on a sentence is taken to perform an act.
pub(super) const LIKELY: f32 = 0.5;

/// A condition binds them, so it takes more.
const CONDITION: f32 = 0.75;

/// What a clause says of their interest.
fn level(odds: &Odds) -> Option<(Interest, f32)> {
    let [yes, very, no, unsure] = [Act::Accept, Act::Eager, Act::Decline, Act::Unsure].map(|act| odds.of(act));
    let best = yes.max(very).max(no).max(unsure);
    if best < LIKELY {
        return None;
    }
    Some(if no >= best {
        (Interest::NotInterested, no)
    } else if unsure >= best || (unsure >= LIKELY && unsure + 0.2 >= best) {
        (Interest::Neutral, unsure)
    } else if very >= LIKELY {
        (Interest::VeryInterested, very)
    } else {
        (Interest::Interested, yes)
    })
}

/// What a question of ours is about: whether "yes" to it is a yes to the matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Topic {
    Matter,
    Other,
    Unknown,
}

#[rustfmt::skip]
const OTHER: &[&str] = &[
    "is this", "am i speaking", "speaking with", "speaking to", "can you hear", "hear me", "good time", "a minute",
    "a moment", "bad time", "have you heard", "familiar with", "do you know", "did you get", "did you receive",
    "did you see", "have you seen", "any questions", "anything else", "other questions", "how are you",
    "is that right", "is that correct", "correct", "right", "recorded", "recording", "still there", "is it okay if i",
    "mind if", "have you used", "have you tried", "have you worked", "do you use", "do you have", "do you own",
    "are you based", "do you live", "are you still in", "exclusive", "under contract", "got a sec", "per reel",
    "per post", "your email", "best email", "best number", "hablo con", "es usted", "eres", "me escuchas", "me oyes",
    "me escucha", "me oye", "tienes un minuto", "tiene un minuto", "es buen momento", "te pillo", "le pillo",
    "conoces", "conoce", "has recibido", "recibiste", "recibio", "viste", "alguna pregunta", "alguna duda",
    "algo mas", "como estas", "como esta", "verdad", "correcto", "sigues ahi", "has probado", "has usado", "usas",
    "tienes", "esta llamada", "grabada", "vives en", "es tu correo",
];
#[rustfmt::skip]
const MATTER: &[&str] = &[
    "wed love", "wed like", "we would like|love", "we want you", "nos gustaria", "nos encantaria", "queriamos", "queremos", "proponerte|proponerle|ofrecerte|ofrecerle",
    "interested", "interest you", "would you like", "would you be", "would you do", "want to", "work with us",
    "collaborate", "partner", "join", "be open", "up for", "sound good", "sounds good", "does that work",
    "would that work", "work for you", "deal", "agree", "happy with", "can you do", "could you do", "would you",
    "shall we", "on board", "are you in", "take part", "make a", "okay with", "ok with", "accept", "does that sound",
    "how does that sound", "go ahead", "move forward", "interesa", "interesaria", "interesado", "interesada",
    "te gustaria", "le gustaria", "os gustaria", "quieres", "quiere", "quisieras", "colaborar", "participar",
    "te parece", "le parece", "os parece", "te animas", "te apuntas", "aceptas", "acepta", "trato", "te va bien",
    "te sirve", "podrias hacer", "harias", "cuento contigo", "de acuerdo", "estarias", "trabajar con nosotros",
    "que dices", "que opinas",
];

fn topic(sentences: &[Sentence<'_>], at: usize) -> Topic {
    let turn = sentences[at].turn;
    let Some(before) = sentences[..at].iter().rev().find(|one| one.turn != turn) else { return Topic::Matter };
    match before.speaker {
        Speaker::Us => {}
        Speaker::Them => return Topic::Unknown,
        Speaker::Unknown => return Topic::Matter,
    }
    let theirs: Vec<&Sentence<'_>> = sentences[..at].iter().filter(|one| one.turn == before.turn).collect();
    let Some(question) = theirs.iter().rev().find(|one| one.asks_or_sounds_so()).or(theirs.last()) else {
        return Topic::Unknown;
    };
    // Recognised speech has no marks: what is asked stands at the end of the turn.
    let words = &question.words;
    let tail = &words[words.len().saturating_sub(22)..];
    let (other, matter) = (last(tail, OTHER), last(tail, MATTER));
    match (other, matter) {
        (Some(other), Some(matter)) => {
            if matter >= other {
                Topic::Matter
            } else {
                Topic::Other
            }
        }
        (Some(_), None) => Topic::Other,
        (None, Some(_)) => Topic::Matter,
        (None, None) => Topic::Unknown,
    }
}

/// Where the last of these phrases begins.
fn last(words: &[Word<'_>], phrases: &[&str]) -> Option<usize> {
    (0..words.len()).rev().find(|at| phrases.iter().any(|phrase| stands(words, *at, phrase).is_some()))
}

/// The place behind a leading "yes" or "no", and what stands with it.
fn behind_answer(words: &[Word<'_>]) -> usize {
    #[rustfmt::skip]
    const ANSWERS: &[&str] = &[
        "yes", "yeah", "yep", "yup", "no", "nope", "nah", "sure", "ok", "okay", "si", "claro", "vale", "correct", "right", "exactly", "mhm", "uh", "huh", "sim",
        "nao", "oui", "non", "ja", "nein", "bueno", "pues", "correcto", "exacto", "eh", "um", "hi", "hello", "hola", "of", "course", "oh", "ah", "mm", "mmm",
        "well", "so", "and", "dale", "fine", "alright", "bien", "ya", "andale", "y", "que", "perfecto", "great", "cool", "genial", "guay", "venga", "right", "listo",
    ];
    words.iter().position(|word| word.kind != Kind::Sign && !ANSWERS.contains(&&*word.text)).unwrap_or(words.len())
}

/// Does a sentence begin with an answer? Then so many words of it are that.
fn answers(sentence: &Sentence<'_>) -> Option<usize> {
    let count = behind_answer(&sentence.words);
    (count > 0).then_some(count)
}

/// Their interest, by the order of what they said: what is said late stands against what was said early.
pub(super) fn interest(sentences: &[Sentence<'_>], clauses: &[Clause], has_price: bool) -> Option<Claim<Interest>> {
    let mut found: Option<Claim<Interest>> = None;
    // What follows a no and is no more of one: a price, a condition, a time.
    let mut implied: Option<Claim<Interest>> = None;
    for clause in clauses {
        let sentence = &sentences[clause.sentence];
        if sentence.speaker == Speaker::Us {
            continue;
        }
        let odds = &clause.odds;
        let asks = sentence.asks && odds.of(Act::Question) >= odds.of(Act::Accept);
        let is_last_of_question = asks && clause.at.end + 2 >= sentence.at.end;
        let quote = |value, sure| Claim { value, sure, at: sentence.at.clone() };
        let said = level(odds).filter(|_| !is_last_of_question);
        if let Some((level, sure)) = said {
            // To be left alone is a no by itself, read elsewhere; "stop" is no word of interest.
            if odds.of(Act::Courtesy) > sure && (sure < 0.8 || level == Interest::NotInterested) {
                continue;
            }
            // "Don't call me" says nothing of the matter, however it begins.
            let stops = odds.of(Act::Stop) >= 0.5 && sentence.odds.of(Act::Stop) >= 0.6;
            if stops && (level != Interest::NotInterested || !has(&sentence.words, NO_TO_IT)) {
                continue;
            }
            // "Yes" to "is this Ana?" is no yes to the matter: then only what stands behind it counts.
            let mut judged = (level, sure);
            if let Some(count) = answers(sentence) {
                let topic = topic(sentences, clause.sentence);
                if topic != Topic::Matter {
                    let rest = sentence.words.get(count).map_or("", |word| &sentence.text[word.at.start..]);
                    // An answer to another question alone says nothing.
                    let told = self::level(&Model::embedded().judge(rest));
                    let Some(told) = told.filter(|_| sentence.words.len() >= count + 2) else { continue };
                    judged = told;
                }
            }
            let (level, sure) = judged;
            // In a talk, "okay, call me then" to what we will do is no yes to the matter.
            if level == Interest::Interested && topic(sentences, clause.sentence) != Topic::Matter {
                let logistics = found.is_some() && follows_a_promise(sentences, clause.sentence);
                if logistics || sure < 0.8 {
                    continue;
                }
            }
            let limited = level == Interest::NotInterested && is_limited(sentence);
            if limited && (found.is_some() || implied.is_some()) {
                continue;
            }
            let next = match &found {
                Some(Claim { value: Interest::VeryInterested, .. }) if level == Interest::Interested => found.clone(),
                Some(Claim { value: Interest::VeryInterested, .. }) if level == Interest::Neutral => {
                    Some(quote(Interest::Interested, sure))
                }
                _ => Some(quote(level, sure)),
            };
            found = next;
            implied = None;
            continue;
        }
        let [price, counter, agreed, condition] =
            [Act::Price, Act::Counter, Act::Agreed, Act::Condition].map(|act| odds.of(act));
        let sure = price.max(counter).max(agreed).max(condition);
        if sure >= LIKELY && odds.of(Act::Stop) < 0.4 && odds.of(Act::Aside) < LIKELY {
            implied = implied.or(Some(quote(Interest::Interested, sure * 0.8)));
        }
    }
    match (found, implied) {
        // A no to one price, and another price behind it, is a haggling.
        (Some(Claim { value: Interest::NotInterested, sure, .. }), Some(implied))
            if has_price && is_haggling(sentences, &implied) && sure < 0.995 =>
        {
            Some(implied)
        }
        (found, implied) => found.or(implied),
    }
}

/// Does the turn before it say what our side will do, or ask for something to be done?
fn follows_a_promise(sentences: &[Sentence<'_>], at: usize) -> bool {
    let turn = sentences[at].turn;
    let Some(before) = sentences[..at].iter().rev().find(|one| one.turn != turn) else { return false };
    sentences[..at].iter().any(|one| {
        one.turn == before.turn
            && one.speaker == Speaker::Us
            && one.odds.of(Act::Promise).max(one.odds.of(Act::Request)) >= LIKELY
    })
}

fn is_haggling(sentences: &[Sentence<'_>], implied: &Claim<Interest>) -> bool {
    sentences.iter().filter(|one| one.at == implied.at).any(|one| {
        one.odds
            .of(Act::Price)
            .max(one.odds.of(Act::Counter))
            .max(one.odds.of(Act::Condition))
            .max(one.odds.of(Act::Agreed))
            >= LIKELY
    })
}

/// What says no to the matter beside a wish to be left alone.
#[rustfmt::skip]
const NO_TO_IT: &[&str] = &[
    "interested|interest|interesa|interesada|interesado|interesse|interessado|interessada|interessata|interessato|interessiert|interessa", "no thanks", "no thank you", "no gracias",
    "i pass", "paso", "not for me",
];

/// A no to one thing of it: to scripts, to exclusivity, to a date.
fn is_limited(sentence: &Sentence<'_>) -> bool {
    sentence.odds.of(Act::Condition) >= LIKELY
        || sentence.odds.of(Act::Counter) >= LIKELY
        || has(
            &sentence.words,
            &[
                "exclusivity",
                "script",
                "scripts",
                "usage rights",
                "whitelisting",
                "raw footage",
                "exclusividad",
                "guion",
                "derechos",
                "perpetual",
                "perpetuity",
                "menos no",
                "not less",
                "no less",
                "por debajo",
                "lower than",
                "darunter",
                "en dessous",
            ],
        )
}

/// Sentences of theirs that perform an act.
pub(super) fn performing<'s, 't>(
    sentences: &'s [Sentence<'t>],
    act: Act,
    from: f32,
) -> impl Iterator<Item = &'s Sentence<'t>> + use<'s, 't> {
    sentences.iter().filter(move |one| one.speaker != Speaker::Us && one.odds.of(act) >= from)
}

/// When they have time: the last sentence that says so.
pub(super) fn time(sentences: &[Sentence<'_>], said_on: Option<Day>) -> Option<Claim<Time>> {
    #[rustfmt::skip]
    const ASKS: &[&str] = &[
        "when", "available", "availability", "timeline", "timing", "how soon", "how long", "what time", "which day",
        "schedule", "free", "deadline", "turnaround", "cuando", "disponible", "disponibilidad", "plazo", "plazos",
        "fechas", "que dia", "cuanto tardas", "cuanto tiempo", "quando", "quand", "wann", "que hora", "this month",
        "next month",
    ];
    let mut best: Option<(f32, usize)> = None;
    for (number, sentence) in sentences.iter().enumerate() {
        if sentence.speaker == Speaker::Us {
            continue;
        }
        let said: Vec<Said> = when::all(&sentence.words);
        let asked = sentences[..number].iter().rev().find(|one| one.turn != sentence.turn).is_some_and(|before| {
            before.speaker == Speaker::Us
                && sentences[..number]
                    .iter()
                    .any(|one| one.turn == before.turn && has(&one.words, ASKS) && one.asks_or_sounds_so())
        });
        let odds = sentence.odds.of(Act::Time);
        // How long something takes or runs is no time to spare; an absence is none, and what is said with a no or a doubt.
        let only_takes = !said.is_empty() && said.iter().all(|one| matches!(one.what, when::What::Takes(_)));
        let doubts = sentence.odds.of(Act::Decline) >= LIKELY || sentence.odds.of(Act::Unsure) >= 0.6;
        let past = has(&sentence.words, &["its been", "i said|did|had|was", "ya dije|hice", "ya os dije", "was"]);
        if (only_takes && odds < 0.75) || (doubts && odds < 0.9) || (past && odds < 0.95 && !asked) {
            continue;
        }
        let wishes = has(
            &sentence.words,
            &[
                "have a|an",
                "happy new year",
                "feliz",
                "que tengas",
                "buen|bonne|schones|buon",
                "last week|month|year",
                "yesterday",
                "ayer",
                "semana pasada",
                "mes pasado",
            ],
        );
        let score = if said.is_empty() {
            // An hour or "any time" without a day.
            if odds >= 0.95 || odds >= 0.75 && (sentence.words.iter().any(|word| word.kind == Kind::Figures) || asked) {
                odds * 0.6
            } else {
                continue;
            }
        } else if wishes && odds < 0.7 {
            continue;
        } else {
            odds.max(if asked { 0.75 } else { 0.0 })
        };
        if score < LIKELY - 0.1 {
            continue;
        }
        // A later one counts more, but a promise ("I'll send it tomorrow") less than a time to spare.
        let promise = sentence.odds.of(Act::Promise).max(sentence.odds.of(Act::Request)) > odds;
        let score = score.min(0.9) * if promise { 0.6 } else { 1.0 };
        if best.is_none_or(|(known, _)| score > known || (score + 0.15 >= known && sentence.words.len() > 3)) {
            best = Some((score, number));
        }
    }
    let (sure, number) = best?;
    let sentence = &sentences[number];
    let said = when::all(&sentence.words);
    let span = said_on.and_then(|day| when::span_of(&sentence.words, &said, day));
    Some(Claim { value: Time { span }, sure, at: sentence.at.clone() })
}

/// Do they want a person, and whom?
pub(super) fn person(sentences: &[Sentence<'_>]) -> Option<Claim<Option<String>>> {
    let sentence = performing(sentences, Act::Person, LIKELY).last()?;
    Some(Claim { value: name_in(sentence), sure: sentence.odds.of(Act::Person), at: sentence.at.clone() })
}

/// Whom they send to: a name or an address.
pub(super) fn referred(sentences: &[Sentence<'_>]) -> Option<Claim<String>> {
    let found = performing(sentences, Act::Refer, LIKELY)
        .filter_map(|sentence| {
            let whom = address_in(sentence.text).or_else(|| name_in(sentence)).or_else(|| role_in(sentence))?;
            Some(Claim { value: whom, sure: sentence.odds.of(Act::Refer), at: sentence.at.clone() })
        })
        .last()?;
    if found.value.contains('@') {
        return Some(found);
    }
    // The address may stand in the next sentence.
    let address = sentences.iter().filter(|one| one.speaker != Speaker::Us).find_map(|one| address_in(one.text));
    Some(Claim { value: address.unwrap_or(found.value), ..found })
}

fn address_in(text: &str) -> Option<String> {
    let word = text.split_whitespace().find(|word| word.contains('@') && word.contains('.') && word.len() > 5)?;
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    Some(word.rsplit([':', '<', '(']).next().unwrap_or(word).to_owned())
}

fn role_in(sentence: &Sentence<'_>) -> Option<String> {
    #[rustfmt::skip]
    const ROLES: &[&str] = &[
        "manager", "agent", "agency", "management", "assistant", "partner", "representante", "agencia", "agente",
        "manager", "asistente", "team", "equipo", "agence", "agentur", "agenzia", "sister", "husband", "wife",
        "hermana", "lawyer",
    ];
    sentence
        .words
        .iter()
        .find(|word| ROLES.contains(&&*word.text))
        .map(|word| sentence.text[word.at.clone()].to_owned())
}

/// A name: capitals behind a word that leads to one, or before one that follows it.
pub(super) fn name_in(sentence: &Sentence<'_>) -> Option<String> {
    #[rustfmt::skip]
    const LEADS: &[&str] = &[
        "with", "to", "have", "let", "want", "ask", "contact", "con", "a", "mit", "an", "avec", "com", "can", "could",
        "que", "get", "agent", "manager", "representante", "try", "cc", "copy", "copying", "copied", "copio", "is",
        "es", "by", "colleague", "sister", "friend", "through", "me", "puede", "llame", "hable", "al", "la", "el",
        "write", "reach", "called", "named", "llama", "hermana", "amiga", "amigo", "agente", "recommend", "email",
        "copia", "maybe", "want",
    ];
    #[rustfmt::skip]
    const NOT: &[&str] = &[
        "i", "you", "we", "please", "hi", "hello", "hola", "thanks", "gracias", "my", "the", "a", "can", "could",
        "instagram", "tiktok", "youtube", "whatsapp", "no", "yes", "si", "monday", "tuesday", "wednesday", "thursday",
        "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july", "august",
        "september", "october", "november", "december", "somebody", "someone", "anyone", "person", "human", "it",
        "that", "ok", "okay", "im", "ill",
    ];
    let words = &sentence.words;
    let is_name = |at: usize| {
        words.get(at).is_some_and(|word| {
            word.kind == Kind::Letters
                && word.capital
                && word.at.start > 0
                && word.text.len() > 1
                && !NOT.contains(&&*word.text)
        })
    };
    let start = (1..words.len())
        .find(|at| is_name(*at) && (LEADS.contains(&&*words[at - 1].text) || words[at - 1].is(",")))
        .or_else(|| {
            (0..words.len()).find(|at| {
                (is_name(*at)
                    || (*at == 0
                        && words[0].capital
                        && words[0].kind == Kind::Letters
                        && !NOT.contains(&&*words[0].text)))
                    && words.get(at + 1).is_some_and(|next| {
                        matches!(
                            &*next.text,
                            "handles" | "takes" | "lleva" | "is" | "es" | "does" | "deals" | "se" | "me" | "gestiona"
                        )
                    })
            })
        });
    if let Some(start) = start {
        let mut end = start + 1;
        while is_name(end) && end < start + 3 {
            end += 1;
        }
        return Some(sentence.text[words[start].at.start..words[end - 1].at.end].to_owned());
    }
    // Recognised speech has no capitals: "can laura call me".
    let lower = |at: usize| {
        words.get(at).filter(|word| word.kind == Kind::Letters && word.text.len() > 2 && !COMMON.contains(&&*word.text))
    };
    let behind = find(
        words,
        &[
            "talk|speak|speaking|talking to|with",
            "hablar con",
            "put me through to",
            "connect me with|to",
            "paseme|pasame|comuniqueme con",
            "ask for",
            "sprechen mit",
            "parler a|avec",
        ],
    );
    let behind = behind.or_else(|| {
        find(words, &["con|with|contact|ask|contacta|contacten|contactad"])
            .filter(|_| sentence.odds.of(Act::Refer) >= LIKELY)
    });
    let both = behind.as_ref().and_then(|found| Some((lower(found.end)?, lower(found.end + 1)?)));
    if let Some((first, last)) = both {
        return Some(sentence.text[first.at.start..last.at.end].to_owned());
    }
    let named = behind.and_then(|found| lower(found.end)).or_else(|| {
        let call = find(words, &["call|calls|contact|phone me", "me llame|llamara", "to call me", "give me a call"])?;
        let at = call.start.checked_sub(1)?;
        lower(if words[at].is("to") { at.checked_sub(1)? } else { at })
    })?;
    Some(sentence.text[named.at.clone()].to_owned())
}

#[rustfmt::skip]
const COMMON: &[&str] = &[
    "someone", "somebody", "person", "human", "real", "anyone", "anybody", "your", "the", "you", "him", "her", "them",
    "boss", "manager", "una", "alguien", "persona", "humano", "responsable", "encargado", "encargada", "jefe", "team",
    "please", "can", "could", "and", "just", "not", "dont", "never", "que", "people", "whoever", "supervisor",
    "actual", "ein", "einem", "einer", "jemandem", "quelquun", "one", "about", "robots", "robot", "bots", "machine",
    "machines", "maquina", "maquinas", "will", "should", "may", "nos", "los", "las", "unas", "este", "esta",
    "ustedes", "vosotros", "usted", "who", "later", "back", "again", "always", "also", "then", "now", "rather",
    "stop", "cold", "tambien", "representative", "operator", "operador", "owner", "brand", "marca", "cliente",
    "client", "before", "phone", "they", "have", "did", "why", "quien", "mi", "mis", "for", "when", "por", "favor", "por favor", "not", "en", "at", "handles", "he", "she", "his",
];

/// Does it ask for an answer? "How are you?" and "ok?" do not.
fn is_question(sentence: &Sentence<'_>) -> bool {
    #[rustfmt::skip]
    const CHAT: &[&str] = &[
        "how are you", "hows it going", "how is it going", "whats up", "como estas|esta|estan|estais|vas|va",
        "que tal", "todo bien", "tudo bem", "comment allez|vas|ca", "wie gehts|geht", "come stai|va", "right", "no",
        "ok|okay|vale|verdad|eh|oder|gell",
    ];
    let letters = sentence.words.iter().filter(|word| word.kind != Kind::Sign).count();
    if sentence.asks {
        return letters > 1
            && !(letters <= 6 && has(&sentence.words, &CHAT[..11]))
            && !(letters <= 2 && has(&sentence.words, CHAT));
    }
    sentence.odds.of(Act::Question) >= 0.7
}

/// Fills in what the parts say.
pub(super) fn read(meaning: &mut Meaning, sentences: &[Sentence<'_>], clauses: &[Clause], said_on: Option<Day>) {
    meaning.interest = interest(sentences, clauses, meaning.rate.is_some());
    meaning.time = time(sentences, said_on);
    meaning.person = person(sentences);
    meaning.referred = referred(sentences);
    meaning.conditions = performing(sentences, Act::Condition, CONDITION)
        .map(|one| Claim { value: (), sure: one.odds.of(Act::Condition), at: one.at.clone() })
        .collect();
    meaning.questions = sentences
        .iter()
        .filter(|one| one.speaker != Speaker::Us && is_question(one))
        .map(|one| Claim { value: (), sure: one.odds.of(Act::Question), at: one.at.clone() })
        .collect();
    meaning.busy = performing(sentences, Act::Busy, LIKELY).last().map(|one| Claim {
        value: (),
        sure: one.odds.of(Act::Busy),
        at: one.at.clone(),
    });
}
