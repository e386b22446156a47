//! What they charge: of all sums that were named, the one that stands at the end.

use super::acts::Act;
use super::amounts::{self, Amount};
use super::turns::Speaker;
use super::unit::Unit;
use super::units::Sentence;
use super::words::{Word, find, has};
use super::{Claim, Price};

/// From here on a sentence is taken to perform an act.
const LIKELY: f32 = 0.5;

/// What a sum is in its sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// What they charge.
    Own,
    /// What they ask for instead of something else.
    Counter,
    /// What both agree on.
    Agreed,
    /// Somebody else's, or what they will not take.
    Other,
}

/// What the other side put forward.
#[rustfmt::skip]
const OFFERED: &[&str] = &[
    "you offered", "you offer", "you mentioned", "you said", "you proposed", "you quoted", "youre offering",
    "you are offering", "you wrote", "your offer of", "your budget of", "your offer", "your budget", "you pay",
    "youd pay", "you suggested", "you guys offered", "your email", "ofrecisteis", "ofrecieron", "ofreceis", "ofrecen",
    "ofreciste", "dijiste", "dijeron", "dijisteis", "vuestra oferta", "vuestro presupuesto", "su oferta", "tu oferta",
    "proponeis", "proponen", "me ofreces", "que me das", "que me dais", "su presupuesto", "tu presupuesto",
    "vosotros ofreceis", "pagais", "me pagan ustedes", "voce ofereceu", "voces ofereceram", "vous proposez",
    "vous proposiez", "votre offre", "ihr bietet", "ihr habt", "euer angebot", "ihr angebot", "avete offerto",
    "la vostra offerta", "offrite",
];
/// What somebody else paid or charges, or what was once.
#[rustfmt::skip]
const ELSEWHERE: &[&str] = &[
    "paid me", "me pagaban", "pagaban", "pagaron", "sponsors paid|pay", "brands paid|pay", "they paid|pay", "still owe|open", "open invoice", "factura", "used to", "last year", "last time", "another brand", "other brand", "competitor", "other brands",
    "other creators", "others charge", "she charges", "he charges", "i paid", "i bought", "it cost me", "costs in",
    "retail", "in the shop", "in store", "last campaign", "worth", "in sales", "me pago", "me pagaron",
    "el ano pasado", "antes cobraba", "cobraba", "otra marca", "otras marcas", "la ultima marca", "otros cobran",
    "me costo", "lo compre", "en tienda", "la competencia", "ultima campana", "me paga", "valor de", "valorado en",
    "ma paye", "mavait paye", "lannee derniere", "letztes jahr", "andere marke", "gezahlt", "lanno scorso",
    "mi ha pagato", "me pagou", "ano passado",
];
/// Behind a sum: it is refused.
#[rustfmt::skip]
const TOO_LITTLE: &[&str] = &[
    "is|was|its|seems|feels|sounds|would way|too|a|very|really|not|quite|kinda|far|be|just bit|low|little|enough|less|below|too|small|tight",
    "is|was|isnt|wont|wouldnt|doesnt low|below|enough|cover|work|cut|do|really|be", "is not", "isnt", "wont",
    "doesnt", "too low", "not enough", "no way", "is below", "is under", "is less", "a bit low", "a little low",
    "thats low", "es poco|muy|bajo|demasiado|un|insuficiente", "es poco", "me parece poco|bajo|un|muy",
    "no me alcanza|sale|cubre|llega|da|compensa|sirve|va", "se queda", "queda corto|bajo|muy", "esta bajo|por|muy|un",
    "no puedo|podria|es|alcanza|llego|me|va", "e pouco", "cest trop|pas|peu|un", "ist zu|mir|leider|nicht",
    "e poco|troppo", "no", "only|solo covers|one|a|una|un", "i can only", "solo puedo", "wouldnt", "i cant|couldnt",
];
/// Behind a sum: it is taken.
#[rustfmt::skip]
const FINE: &[&str] = &[
    "is|are|sounds fine|ok|okay|good|cool|perfect", "works", "esta bien|perfecto", "me parece|va|viene bien", "me sirve", "va bene|benissimo", "mi va bene", "passt|passen",
    "ist|sind okay|ok|in", "ta|esta fechado|otimo|bom", "me va|convient", "ca me va|convient",
];
/// Before a sum: it is refused, or another one stands in its place.
#[rustfmt::skip]
const NOT_FOR: &[&str] = &[
    "cant do", "cannot do", "couldnt do", "wont do it for", "not for", "wouldnt do it for", "not do it for", "no por",
    "por menos de", "instead of", "en vez de", "en lugar de", "rather than", "more than", "mas de", "mas que", "not",
    "cant accept", "cant work for", "no puedo hacerlo por", "no lo hago por", "for less than", "for only", "statt",
    "plutot que", "usually", "normally", "usual rate is", "normal rate is", "standard rate is", "usual price is",
    "normal price is", "suelo cobrar", "normalmente", "tarifa normal es", "tarifa habitual es", "normalerweise",
    "dhabitude", "di solito", "i was asking", "instead",
];
/// A lower bound is a price: "not below 700".
#[rustfmt::skip]
const AT_LEAST: &[&str] = &[
    "below", "under", "less than", "lower than", "at least", "minimum", "min", "least", "bajo de", "menos de",
    "minimo", "mindestens", "au moins", "almeno", "unter", "no menos de", "go lower than", "pelo menos",
    "nothing less than",
];

/// Is it only for something else or counted with views and followers?
fn is_no_price(sentence: &Sentence<'_>, amount: &Amount) -> bool {
    #[rustfmt::skip]
    const COUNTS: &[&str] = &[
        "followers", "follower", "views", "subscribers", "subs", "seguidores", "visitas", "vistas", "visualizaciones",
        "reproducciones", "impressions", "abonnes", "vues", "abonnenten", "reach", "alcance", "inscritos",
        "suscriptores", "engagement", "audience of",
    ];
    amount.currency.is_none() && amount.minor >= 500_000 && has(&sentence.words, COUNTS)
}

fn kind(sentence: &Sentence<'_>, amount: &Amount, is_last: bool, is_offer: bool) -> Kind {
    let words = &sentence.words;
    let from = words[..amount.words.start].iter().rposition(Word::ends).map_or(0, |at| at + 1);
    let before = &words[from.max(amount.words.start.saturating_sub(7))..amount.words.start];
    let near = &words[amount.words.start.saturating_sub(4)..amount.words.start];
    let after = &words[amount.words.end..(amount.words.end + 8).min(words.len())];
    let end = after.iter().position(|word| word.ends() || word.is(",") || is_contrast(word)).unwrap_or(after.len());
    let after = &after[..end];
    if has(before, OFFERED)
        || has(before, ELSEWHERE)
        || has(after, ELSEWHERE)
        || has(after, OFFERED) && !has(after, &["is fine|ok|okay|good", "works"])
    {
        // "Your offer of 900 works for me."
        let fine = sentence.odds.of(Act::Agreed) >= LIKELY
            && sentence.odds.of(Act::Counter) < LIKELY
            && is_last
            && !has(before, ELSEWHERE);
        return if fine { Kind::Agreed } else { Kind::Other };
    }
    if has(&after[..after.len().min(4)], FINE) && !has(after, &["not", "no", "nicht", "pas"]) {
        return Kind::Agreed;
    }
    // What was offered is theirs only where they take it.
    let takes = sentence.odds.of(Act::Agreed).max(sentence.odds.of(Act::Accept)) >= LIKELY
        && sentence.odds.of(Act::Counter) < 0.8;
    if is_offer && !takes {
        return Kind::Other;
    }
    let bound = has(near, AT_LEAST);
    if !bound && has(after, TOO_LITTLE) {
        return Kind::Other;
    }
    if !bound && !is_last && has(before, NOT_FOR) {
        return Kind::Other;
    }
    if !bound
        && is_last
        && has(
            near,
            &[
                "cant do|accept",
                "cannot do",
                "wont do it for",
                "not for",
                "no por",
                "instead of",
                "en vez de",
                "en lugar de",
                "rather than",
            ],
        )
    {
        return Kind::Other;
    }
    let odds = &sentence.odds;
    let (price, counter, agreed) = (odds.of(Act::Price), odds.of(Act::Counter), odds.of(Act::Agreed));
    if odds.of(Act::Aside) > price.max(counter).max(agreed).max(0.5) && amount.currency.is_none() {
        return Kind::Other;
    }
    if agreed >= LIKELY && agreed >= counter && !sentence.asks {
        Kind::Agreed
    } else if counter >= LIKELY {
        Kind::Counter
    } else if price >= LIKELY
        || (price >= 0.3 && amount.minor >= 10_000)
        || amount.currency.is_some()
        || amount.unit.is_some()
    {
        if odds.of(Act::Aside) > 0.7 && price < 0.5 { Kind::Other } else { Kind::Own }
    } else {
        Kind::Other
    }
}

fn is_contrast(word: &Word<'_>) -> bool {
    matches!(&*word.text, "but" | "pero" | "mais" | "aber" | "ma" | "mas" | "sino")
}

/// Does the other side's sentence ask for a price, so that a bare number answers it?
fn asks_price(sentence: &Sentence<'_>) -> bool {
    #[rustfmt::skip]
    const ASKS: &[&str] = &[
        "rate", "rates", "charge", "price", "how much", "cost", "fee", "budget", "expect", "expecting", "ask for",
        "looking for", "tarifa", "tarifas", "cobras", "cobra", "cobrarias", "cuanto", "precio", "presupuesto",
        "caches", "cache", "pides", "pediria", "quanto", "valor", "combien", "tarif", "preis", "kostet", "wie viel",
        "prezzo", "numbers", "number", "figure", "pay", "honorarios",
    ];
    has(&sentence.words, ASKS) && !has(&sentence.words, &["followers", "seguidores", "how many followers"])
}

fn asks_count(sentence: &Sentence<'_>) -> bool {
    sentence.asks_or_sounds_so()
        && has(
            &sentence.words,
            &[
                "followers",
                "views",
                "subscribers",
                "seguidores",
                "visitas",
                "audience",
                "reach",
                "how old",
                "edad",
                "how many",
                "cuantos",
                "cuantas",
                "engagement",
                "alcance",
            ],
        )
}

impl Sentence<'_> {
    /// Does it ask, with a question mark or without?
    pub(super) fn asks_or_sounds_so(&self) -> bool {
        self.asks || self.odds.of(Act::Question) >= 0.4
    }
}

struct Named {
    price: Price,
    kind: Kind,
    sentence: usize,
    sure: f32,
}

/// What was found of prices.
pub(super) struct Prices {
    /// What they charge at the end.
    pub(super) rate: Option<Claim<Price>>,
    /// Every price that they named or took.
    pub(super) all: Vec<Claim<Price>>,
    /// Do they ask for another price than ours?
    pub(super) countered: bool,
}

/// The prices as they were named, and what stands on the table.
struct Table<'s, 't> {
    sentences: &'s [Sentence<'t>],
    offers: &'s [i64],
    pesos: Option<&'static str>,
    named: Vec<Named>,
    /// The last sum that we named, and in which turn.
    ours: Option<(Price, usize)>,
    agreed: Option<(Price, usize, f32)>,
    /// The last sum that anybody named, against which a short number is told.
    near: Option<i64>,
    /// Is it a talk, in which a currency that was named once goes for all?
    talks: bool,
    /// All sums of either side, with their sentence.
    sums: Vec<(Price, usize)>,
}

/// What they charge at the end, and what else they named. `offers` are the sums of a mail that they answer.
pub(super) fn of(sentences: &[Sentence<'_>], offers: &[i64], pesos: Option<&'static str>, talks: bool) -> Prices {
    let mut table = Table {
        sentences,
        offers,
        pesos,
        named: Vec::new(),
        ours: None,
        agreed: None,
        near: offers.last().copied(),
        talks,
        sums: Vec::new(),
    };
    for (number, sentence) in sentences.iter().enumerate() {
        if sentence.speaker == Speaker::Us { table.our_turn(number) } else { table.their_turn(number) }
    }
    table.result()
}

impl Table<'_, '_> {
    fn amounts(&mut self, number: usize) -> Vec<Amount> {
        let sentence = &self.sentences[number];
        let mut sums: Vec<Amount> = amounts::all(&sentence.words, self.pesos);
        sums.retain(|sum| !is_no_price(sentence, sum));
        if let Some(near) = self.near {
            sums = sums.into_iter().map(|sum| amounts::scaled(sum, near)).collect();
            // "Twelve hundred and twenty keys": beside a sum, what is far from it counts something else.
            let fits =
                |sum: &Amount| sum.currency.is_some() || (near / 8..=near.saturating_mul(8)).contains(&sum.minor);
            if sums.iter().any(fits) {
                sums.retain(fits);
            }
            let odds = &sentence.odds;
            let haggles = odds.of(Act::Counter).max(odds.of(Act::Price)).max(odds.of(Act::Agreed)) >= 0.3
                || sentence.words.len() <= 4;
            if sums.is_empty() && haggles && sentence.words.len() <= 14 && odds.of(Act::Time) < LIKELY {
                sums.extend(amounts::short_for(&sentence.words, near));
            }
        }
        for sum in &sums {
            self.sums.push((price_of(sum), number));
        }
        if let Some(sum) = sums.last() {
            self.near = Some(sum.minor);
        }
        sums
    }

    fn our_turn(&mut self, number: usize) {
        let sums = self.amounts(number);
        let sentence = &self.sentences[number];
        if let Some(sum) = sums.iter().rev().find(|sum| !amounts::is_extra(&sentence.words, sum)) {
            self.ours = Some((price_of(sum), sentence.turn));
        } else if let (Some(last), true) = (self.named.last(), accepts(sentence)) {
            // We take what they named last.
            if self.agreed.as_ref().is_none_or(|(_, at, _)| *at < last.sentence) {
                self.agreed = Some((last.price.clone(), last.sentence, last.sure));
            }
        }
    }

    fn their_turn(&mut self, number: usize) {
        let sums = self.amounts(number);
        let sentences = self.sentences;
        let sentence = &sentences[number];
        let before = sentences[..number].iter().rev().find(|before| before.turn != sentence.turn);
        let counts = before.is_some_and(asks_count);
        let asked = before.is_some_and(|before| {
            before.speaker == Speaker::Us
                && sentences[..number].iter().any(|one| one.turn == before.turn && asks_price(one))
        });
        let (mut any, count) = (false, sums.len());
        for (at, sum) in sums.iter().enumerate() {
            if amounts::is_extra(&sentence.words, sum) || (sum.currency.is_none() && counts) {
                continue;
            }
            let is_last = at + 1 == count;
            let mut kind = kind(sentence, sum, is_last, self.offers.contains(&sum.minor));
            if kind == Kind::Other
                && asked
                && is_last
                && sentence.odds.of(Act::Aside) < 0.8
                && sum.plain
                && !refused_here(sentence, sum)
            {
                kind = Kind::Own;
            }
            // The sum that we just named, said again: taken, unless it is turned down.
            let echoes =
                self.ours.as_ref().is_some_and(|(ours, turn)| ours.minor == sum.minor && sentence.turn == turn + 1);
            if echoes
                && !refused_here(sentence, sum)
                && !sentence.asks
                && sentence.odds.of(Act::Decline) < LIKELY
                && sentence.odds.of(Act::Unsure) < LIKELY
            {
                kind = Kind::Agreed;
            }
            if kind == Kind::Other {
                continue;
            }
            let odds =
                sentence.odds.of(Act::Price).max(sentence.odds.of(Act::Counter)).max(sentence.odds.of(Act::Agreed));
            let sure = if sum.currency.is_some() || asked || echoes { odds.max(0.7) } else { odds };
            any = true;
            self.named.push(Named { price: price_of(sum), kind, sentence: number, sure });
        }
        if any {
            if let Some(last) = self.named.last().filter(|last| last.kind == Kind::Agreed) {
                self.agreed = Some((last.price.clone(), number, last.sure));
            } else if self
                .named
                .last()
                .is_some_and(|last| last.kind == Kind::Counter || (last.kind == Kind::Own && self.ours.is_some()))
            {
                self.agreed = None;
            }
            self.ours = None;
            return;
        }
        // "Okay, deal" to a sum that we named: agreed, if it is a haggling or speaks of the price.
        if let Some((price, turn)) = &self.ours
            && sentence.turn == turn + 1
            && sums.is_empty()
            && accepts(sentence)
            && (!self.named.is_empty() || sentence.odds.of(Act::Agreed) >= LIKELY || is_deal(sentence))
        {
            self.agreed =
                Some((price.clone(), number, sentence.odds.of(Act::Accept).max(sentence.odds.of(Act::Agreed))));
            self.ours = None;
        }
    }

    fn result(self) -> Prices {
        let offers = self.offers;
        let claim = |price: &Price, sentence: usize, sure: f32| Claim {
            value: price.clone(),
            sure,
            at: self.sentences[sentence].at.clone(),
        };
        let all: Vec<Claim<Price>> = self.named.iter().map(|one| claim(&one.price, one.sentence, one.sure)).collect();
        let rate = if let Some((price, sentence, sure)) = &self.agreed {
            let mut price = self.told_of(price);
            price.agreed = true;
            Some(claim(&price, *sentence, *sure))
        } else {
            self.last_asked().map(|one| claim(&self.told_of(&one.price), one.sentence, one.sure))
        };
        let ours = |minor: i64| {
            offers.contains(&minor)
                || self.sums.iter().any(|(sum, at)| sum.minor == minor && self.sentences[*at].speaker == Speaker::Us)
        };
        let has_offer =
            !offers.is_empty() || self.sums.iter().any(|(_, at)| self.sentences[*at].speaker == Speaker::Us);
        let turned_down =
            self.sentences.iter().any(|one| one.speaker != Speaker::Us && one.odds.of(Act::Counter) >= LIKELY);
        let countered = has_offer
            && rate.as_ref().map_or(turned_down, |rate| !ours(rate.value.minor) || (!rate.value.agreed && turned_down));
        Prices { rate, all, countered }
    }

    /// What was asked last, where nothing was agreed on.
    fn last_asked(&self) -> Option<&Named> {
        let mut best: Option<&Named> = None;
        for one in &self.named {
            // Prices of other pieces stand beside the first; what is asked instead takes its place; one for all of it says most.
            let replaces = best.is_none_or(|best| {
                let same_breath = one.sentence == best.sentence;
                let other_piece =
                    best.price.unit.is_some() && one.price.unit.is_some() && one.price.unit != best.price.unit;
                if one.price.unit == Some(Unit::Pack) && other_piece {
                    return true;
                }
                match one.kind {
                    Kind::Counter => !same_breath || best.kind != Kind::Counter || !other_piece,
                    _ => !same_breath && !other_piece,
                }
            });
            if replaces {
                best = Some(one);
            }
        }
        best
    }

    /// A price with what was said of it elsewhere: its unit and currency where the same sum was named, the currency of the haggling.
    fn told_of(&self, price: &Price) -> Price {
        let mut price = price.clone();
        let same = |one: &&(Price, usize)| one.0.minor == price.minor;
        let unit = self.sums.iter().rev().filter(same).find_map(|(one, _)| one.unit);
        let currency = self.sums.iter().rev().filter(same).find_map(|(one, _)| one.currency);
        let haggled = self.sums.iter().rev().filter(|_| self.talks).find_map(|(one, _)| one.currency);
        let alone = || {
            let near: Vec<usize> = self.named.iter().map(|one| self.sentences[one.sentence].turn).collect();
            self.sentences
                .iter()
                .filter(|one| near.iter().any(|turn| one.turn.abs_diff(*turn) <= 2) && one.words.len() <= 3)
                .find_map(|one| amounts::currency_in(&one.words))
        };
        price.unit = price.unit.or(unit);
        price.currency = price.currency.or(currency).or(haggled).or_else(alone);
        price
    }
}

fn refused_here(sentence: &Sentence<'_>, sum: &Amount) -> bool {
    let after = &sentence.words[sum.words.end..(sum.words.end + 6).min(sentence.words.len())];
    has(after, TOO_LITTLE) || has(&sentence.words, OFFERED) || has(&sentence.words, ELSEWHERE)
}

fn accepts(sentence: &Sentence<'_>) -> bool {
    let odds = &sentence.odds;
    !sentence.asks
        && odds.of(Act::Accept).max(odds.of(Act::Agreed)).max(odds.of(Act::Eager)) >= LIKELY
        && odds.of(Act::Decline) < LIKELY
        && odds.of(Act::Counter) < LIKELY
}

fn is_deal(sentence: &Sentence<'_>) -> bool {
    find(
        &sentence.words,
        &[
            "deal",
            "works",
            "fine",
            "trato",
            "hecho",
            "agreed",
            "accept",
            "cerrado",
            "fechado",
            "abgemacht",
            "einverstanden",
            "affare",
            "daccord",
            "de acuerdo",
            "me va bien",
            "me sirve",
        ],
    )
    .is_some()
}

fn price_of(sum: &Amount) -> Price {
    Price { minor: sum.minor, most: sum.most, currency: sum.currency, unit: sum.unit, agreed: false }
}
