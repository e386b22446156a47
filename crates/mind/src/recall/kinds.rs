//! What kind of answer a question wants, and what kinds of facts a sentence holds.

use super::words;

/// Kinds of facts, as bits.
pub(super) mod fact {
    /// An amount of money.
    pub(crate) const MONEY: u32 = 1;
    /// Any number, in digits or as a word.
    pub(crate) const NUMBER: u32 = 1 << 1;
    pub(crate) const PERCENT: u32 = 1 << 2;
    /// A time of day.
    pub(crate) const CLOCK: u32 = 1 << 3;
    /// A weekday, a month or a date.
    pub(crate) const DATE: u32 = 1 << 4;
    /// A number of minutes, days, months …
    pub(crate) const DURATION: u32 = 1 << 5;
    /// A capital inside a sentence: a name.
    pub(crate) const NAME: u32 = 1 << 6;
    /// An address of mail or the web, or a number to call.
    pub(crate) const CONTACT: u32 = 1 << 7;
    /// Words of streets, floors and rooms.
    pub(crate) const PLACE: u32 = 1 << 8;
    /// "Not", "no", "never".
    pub(crate) const NEGATION: u32 = 1 << 9;
    /// "May", "can", "must", "yes": what answers a yes-or-no question.
    pub(crate) const MODAL: u32 = 1 << 10;
    /// "Because", "so that".
    pub(crate) const REASON: u32 = 1 << 11;
    /// A number of people or things, or a rate ("each", "every", "per").
    pub(crate) const RATE: u32 = 1 << 12;
}

/// What a question wants to be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Price,
    /// How many, how much, how old, how far.
    Amount,
    Duration,
    /// How often.
    Rate,
    Clock,
    /// When: a date, a weekday, a time or a span.
    When,
    Who,
    Where,
    Contact,
    YesNo,
    Why,
    How,
    /// What, which, or no more than words.
    Other,
}

impl Kind {
    /// Every kind, in the order of its number.
    pub(super) const ALL: [Self; 13] = [
        Self::Price,
        Self::Amount,
        Self::Duration,
        Self::Rate,
        Self::Clock,
        Self::When,
        Self::Who,
        Self::Where,
        Self::Contact,
        Self::YesNo,
        Self::Why,
        Self::How,
        Self::Other,
    ];

    /// The facts of which a sentence that answers such a question must hold one; 0 when any may do.
    pub(super) const fn wants(self) -> u32 {
        match self {
            Self::Price => fact::MONEY,
            Self::Amount => fact::NUMBER,
            Self::Duration => fact::DURATION,
            Self::Rate => fact::RATE | fact::DATE,
            Self::Clock => fact::CLOCK,
            Self::When => fact::DATE | fact::CLOCK | fact::DURATION,
            Self::Who => fact::NAME,
            Self::Where => fact::PLACE | fact::NAME,
            Self::Contact => fact::CONTACT,
            Self::YesNo => 0,
            Self::Why => fact::REASON,
            Self::How | Self::Other => 0,
        }
    }

    /// From a question as it was typed.
    pub(super) fn of(text: &str) -> Self {
        let folded = crate::text::fold(text);
        let plain: String = folded.chars().map(|c| if c.is_alphanumeric() || c == '\'' { c } else { ' ' }).collect();
        let padded = format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" "));
        let has = |signs: &[&str]| signs.iter().any(|sign| padded.contains(sign));
        let opens = |signs: &[&str]| signs.iter().any(|sign| padded.starts_with(sign));
        if has(CONTACT) {
            return Self::Contact;
        }
        if has(RATES) {
            return Self::Rate;
        }
        if has(DURATIONS) {
            return Self::Duration;
        }
        if has(CLOCKS) {
            return Self::Clock;
        }
        if has(AMOUNTS) {
            return Self::Amount;
        }
        if has(PRICES) {
            return Self::Price;
        }
        if has(WHENS) {
            return Self::When;
        }
        if has(&[" who ", " whos ", " who's ", " whom ", " quien ", " quienes "]) {
            return Self::Who;
        }
        if has(&[
            " where ",
            " wheres ",
            " where's ",
            " donde ",
            " adonde ",
            " address ",
            " direccion ",
            " location ",
            " ubicacion ",
        ]) {
            return Self::Where;
        }
        if has(&[" why ", " por que ", " porque ", " xq ", " pq ", " how come "]) {
            return Self::Why;
        }
        if has(&[" how do ", " how to ", " how can ", " how does ", " how should ", " como "]) {
            return Self::How;
        }
        if opens(YES_NO) {
            return Self::YesNo;
        }
        Self::Other
    }
}

const CONTACT: &[&str] = &[
    " phone ",
    " telephone ",
    " whatsapp ",
    " wasap ",
    " whatsap ",
    " email ",
    " e mail ",
    " mail address ",
    " telefono ",
    " correo ",
    " contact ",
    " contacto ",
    " contactar ",
    " number do i call ",
    " reach you ",
    " call you ",
    " movil de ",
    " instagram ",
    " website ",
    " pagina web ",
    " numero de telefono ",
];
const RATES: &[&str] = &[
    " how often ",
    " cada cuanto ",
    " cada cuantos ",
    " cada cuantas ",
    " con que frecuencia ",
    " how many times ",
    " cuantas veces ",
    " q frecuencia ",
];
const DURATIONS: &[&str] = &[
    " how long ",
    " cuanto dura ",
    " cuanto duran ",
    " cuanto tiempo ",
    " cuanto tarda ",
    " cuanto tardo ",
    " cuanto tardan ",
    " cuantos dias ",
    " cuantos meses ",
    " cuantas semanas ",
    " cuantas horas ",
    " cuantos minutos ",
    " how many days ",
    " how many weeks ",
    " how many months ",
    " how many hours ",
    " how many minutes ",
    " how soon ",
    " how fast ",
    " cuanto aguanta ",
    " cuanto descanso ",
    " duracion ",
    " how far ahead ",
    " how far in advance ",
    " con cuanta antelacion ",
    " how quickly ",
];
const CLOCKS: &[&str] = &[
    " what time ",
    " which time ",
    " a que hora ",
    " que hora ",
    " a q hora ",
    " q hora ",
    " opening hours ",
    " horario ",
    " horarios ",
    " what hours ",
    " que horas ",
    " at what hour ",
    " wat time ",
];
const AMOUNTS: &[&str] = &[
    " how many ",
    " how old ",
    " how big ",
    " how tall ",
    " how far ",
    " how heavy ",
    " cuantos ",
    " cuantas ",
    " cuanta ",
    " que edad ",
    " what age ",
    " how much of ",
    " how much can i put ",
    " how much should ",
    " minimum age ",
    " edad minima ",
    " what percentage ",
    " que porcentaje ",
    " how much protein ",
    " how much water ",
    " how much time ",
    " maximum ",
    " maximo ",
    " how high ",
    " how hot ",
    " que temperatura ",
    " what temperature ",
    " desde que edad ",
    " how much notice ",
];
const PRICES: &[&str] = &[
    " how much ",
    " price ",
    " prices ",
    " cost ",
    " costs ",
    " fee ",
    " fees ",
    " rate ",
    " cuanto cuesta ",
    " cuanto cuestan ",
    " cuanto vale ",
    " cuanto valen ",
    " cuanto es ",
    " cuanto sale ",
    " cuanto cobra ",
    " cuanto cobran ",
    " cuanto cobrais ",
    " precio ",
    " precios ",
    " tarifa ",
    " tarifas ",
    " cuanto pago ",
    " cuanto hay que pagar ",
    " cuanto son ",
    " pricing ",
    " cuesta ",
    " cuestan ",
    " q cuesta ",
    " q vale ",
    " cuanto me cuesta ",
    " cuanto me cobran ",
    " cuanto me cobrais ",
    " cuanto seria ",
    " charge for ",
    " what do you charge ",
    " deposit ",
    " a cuanto ",
];
const WHENS: &[&str] = &[
    " when ",
    " whens ",
    " when's ",
    " cuando ",
    " what day ",
    " what days ",
    " which day ",
    " which days ",
    " que dia ",
    " que dias ",
    " q dia ",
    " q dias ",
    " what date ",
    " what dates ",
    " dates ",
    " fecha ",
    " fechas ",
    " until when ",
    " deadline ",
    " plazo ",
    " which month ",
    " que mes ",
    " desde que semana ",
    " which week ",
];
const YES_NO: &[&str] = &[
    " do ",
    " does ",
    " did ",
    " is ",
    " are ",
    " am ",
    " can ",
    " could ",
    " may ",
    " will ",
    " would ",
    " should ",
    " have ",
    " has ",
    " must ",
    " es ",
    " son ",
    " hay ",
    " esta ",
    " estan ",
    " puedo ",
    " puede ",
    " podemos ",
    " puedes ",
    " se puede ",
    " tengo ",
    " tiene ",
    " teneis ",
    " tienen ",
    " tienes ",
    " aceptais ",
    " aceptan ",
    " hace falta ",
    " dais ",
    " haceis ",
    " ofreceis ",
    " ofrecen ",
    " necesito ",
    " vale ",
    " sirve ",
    " dan ",
    " hacen ",
    " me devolveis ",
    " debo ",
    " tenemos ",
    " existe ",
    " cerrais ",
    " abris ",
];

const MONEY_WORDS: &[&str] = &[
    "eur", "euro", "euros", "usd", "dollar", "dollars", "dolar", "dolares", "pound", "pounds", "libra", "libras",
    "peso", "pesos", "mxn", "free", "gratis", "gratuito", "gratuita", "gbp",
];
const UNITS: &[&str] = &[
    "minute",
    "minutes",
    "min",
    "mins",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "second",
    "seconds",
    "minuto",
    "minutos",
    "hora",
    "horas",
    "dia",
    "dias",
    "semana",
    "semanas",
    "mes",
    "meses",
    "ano",
    "anos",
    "segundo",
    "segundos",
    "trimestre",
    "fortnight",
    "quincena",
    "weekends",
    "evenings",
    "nights",
    "noches",
];
const CALENDAR: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mondays",
    "tuesdays",
    "wednesdays",
    "thursdays",
    "fridays",
    "saturdays",
    "sundays",
    "weekday",
    "weekdays",
    "weekend",
    "weekends",
    "lunes",
    "martes",
    "miercoles",
    "jueves",
    "viernes",
    "sabado",
    "sabados",
    "domingo",
    "domingos",
    "laborables",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "tomorrow",
    "payday",
    "spring",
    "summer",
    "autumn",
    "winter",
    "primavera",
    "verano",
    "otono",
    "invierno",
    "1st",
];
const NUMBERS: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "fourteen",
    "fifteen",
    "sixteen",
    "eighteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "once",
    "twice",
    "half",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "catorce",
    "quince",
    "dieciseis",
    "dieciocho",
    "veinte",
    "treinta",
    "cuarenta",
    "cincuenta",
    "sesenta",
    "cien",
    "mitad",
    "doble",
];
const NOT: &[&str] = &[
    "no", "not", "never", "nobody", "nothing", "none", "neither", "nor", "without", "nunca", "nadie", "nada", "ni",
    "sin", "cannot", "tampoco",
];
const MODALS: &[&str] = &[
    "yes",
    "can",
    "may",
    "must",
    "should",
    "need",
    "needs",
    "allowed",
    "possible",
    "only",
    "always",
    "si",
    "puede",
    "puedes",
    "pueden",
    "podeis",
    "debe",
    "debes",
    "claro",
    "solo",
    "posible",
    "hace",
    "falta",
    "permite",
    "aceptamos",
    "tenemos",
    "hay",
    "welcome",
    "included",
    "incluido",
    "incluida",
    "free",
    "gratis",
    "have",
    "take",
    "accept",
    "offer",
    "ofrecemos",
    "damos",
    "hacemos",
];
const REASONS: &[&str] =
    &["because", "since", "so", "otherwise", "porque", "ya", "asi", "pues", "due", "debido", "therefore"];
const PLACES: &[&str] = &[
    "street",
    "road",
    "avenue",
    "square",
    "lane",
    "floor",
    "building",
    "room",
    "row",
    "plaza",
    "calle",
    "avenida",
    "paseo",
    "piso",
    "planta",
    "local",
    "edificio",
    "aula",
    "sala",
    "carretera",
    "barrio",
    "station",
    "estacion",
    "office",
    "oficina",
    "online",
    "app",
    "portal",
    "centre",
    "center",
    "centro",
    "house",
    "hall",
    "place",
    "account",
    "universidad",
    "university",
    "cafe",
    "web",
    "website",
    "freezer",
    "fridge",
    "nevera",
];
const RATE_WORDS: &[&str] = &[
    "every", "each", "per", "daily", "weekly", "monthly", "yearly", "once", "twice", "times", "cada", "vez", "veces",
    "diario", "diaria", "semanal", "mensual", "todos", "todas",
];

/// The facts that a sentence holds, as bits of [`fact`].
pub(super) fn facts(text: &str) -> u32 {
    let mut facts = 0;
    if text.contains(['€', '$', '£', '¥']) {
        facts |= fact::MONEY;
    }
    if text.contains('%') {
        facts |= fact::PERCENT;
    }
    if text.contains('@') || text.contains("http") || text.contains("www.") {
        facts |= fact::CONTACT;
    }
    let digits = text
        .split(|c: char| !(c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '(' | ')' | '.')))
        .map(|run| run.bytes().filter(u8::is_ascii_digit).count());
    if digits.max().unwrap_or(0) >= 7 {
        facts |= fact::CONTACT;
    }
    let mut number_before = false;
    let mut first = true;
    words::each(text, |word| {
        let folded = &*word.folded;
        let is = |list: &[&str]| list.contains(&folded);
        let spelled = is(NUMBERS);
        if word.number || spelled {
            facts |= fact::NUMBER;
        }
        if word.number {
            let raw = &text[word.at.clone()];
            if raw.contains(':') {
                facts |= fact::CLOCK;
            }
            let date = raw.split('.').count() == 3 && raw.len() >= 8;
            if date || (folded.len() == 4 && folded.starts_with("20")) {
                facts |= fact::DATE;
            }
        }
        if number_before {
            match folded {
                "am" | "pm" | "h" | "hs" | "hrs" | "oclock" | "o'clock" => facts |= fact::CLOCK | fact::DURATION,
                "per" | "percent" | "por" => facts |= fact::PERCENT,
                _ => {}
            }
        }
        if folded == "o'clock" || folded == "noon" || folded == "midnight" || folded == "mediodia" {
            facts |= fact::CLOCK;
        }
        if is(UNITS) {
            facts |= fact::DURATION;
        }
        if is(MONEY_WORDS) {
            facts |= fact::MONEY;
        }
        if is(CALENDAR) {
            facts |= fact::DATE;
        }
        if is(NOT) || folded.ends_with("n't") {
            facts |= fact::NEGATION;
        }
        if is(MODALS) {
            facts |= fact::MODAL;
        }
        if is(REASONS) {
            facts |= fact::REASON;
        }
        if is(PLACES) {
            facts |= fact::PLACE;
        }
        if is(RATE_WORDS) {
            facts |= fact::RATE;
        }
        let capital = text[word.at.clone()].starts_with(char::is_uppercase);
        let opens = first || text[..word.at.start].trim_end().ends_with(['.', '!', '?', ':']);
        if capital && !opens && word.at.len() > 1 && !is(CALENDAR) {
            facts |= fact::NAME;
        }
        number_before = word.number || spelled;
        first = false;
    });
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_tell_what_they_want() {
        for (question, kind) in [
            ("how much is the yoga class", Kind::Price),
            ("¿Cuánto cuesta?", Kind::Price),
            ("cuanto dura la clase", Kind::Duration),
            ("how long is it valid", Kind::Duration),
            ("how much protein per day", Kind::Amount),
            ("cuanta gente hay", Kind::Amount),
            ("a q hora abris", Kind::Clock),
            ("when do we start", Kind::When),
            ("who teaches it", Kind::Who),
            ("donde esta", Kind::Where),
            ("your phone number pls", Kind::Contact),
            ("can i bring my dog", Kind::YesNo),
            ("hay wifi", Kind::YesNo),
            ("how often should i train", Kind::Rate),
            ("why does it hurt", Kind::Why),
            ("refunds", Kind::Other),
        ] {
            assert_eq!(Kind::of(question), kind, "{question}");
        }
    }

    #[test]
    fn sentences_hold_facts() {
        for (sentence, held, missing) in [
            ("It costs 49,90 €.", fact::MONEY | fact::NUMBER, fact::CLOCK | fact::DATE),
            ("Monday | 18:30 | Spinning", fact::CLOCK | fact::DATE, fact::MONEY),
            ("Call Ana on 611 220 904.", fact::CONTACT | fact::NAME, fact::MONEY),
            ("The break lasts ten minutes.", fact::DURATION | fact::NUMBER, fact::CONTACT),
            ("We open at 9 am.", fact::CLOCK, fact::DATE),
            ("No aceptamos perros.", fact::NEGATION, fact::NUMBER),
        ] {
            let facts = facts(sentence);
            assert_eq!(facts & held, held, "{sentence}");
            assert_eq!(facts & missing, 0, "{sentence}");
        }
    }
}
