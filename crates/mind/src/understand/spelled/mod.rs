//! Numbers in words, English and Spanish, and in words and figures at once: "three quarters of a million", "ciento veinte
//! mil", "2 million 500 thousand", "un millón y medio". A number is read whole or not at all: [`Spelled::whole`] is false
//! where words of numbers are left that say nothing together ("two three million five").

mod fractions;
mod words;

pub(super) use words::vulgar;
use words::{Piece, counted, piece};

use super::numbers::{scale_of, value};
use super::tokens::{Kind, Token};

/// No number has more words; what is longer is not read further.
const LONGEST: usize = 48;

const THOUSAND: f64 = 1e3;
const MILLION: f64 = 1e6;

/// A number, and how many tokens it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spelled {
    pub(super) used: usize,
    pub(super) value: f64,
    /// Its greatest power of a thousand, which a range may share: 1,000 in "eighty thousand". 1 in "eighty".
    pub(super) scale: f64,
    /// It was read to its end.
    pub(super) whole: bool,
    /// It begins with figures.
    pub(super) figures: bool,
}

/// The number that begins with the first of these tokens.
pub(super) fn read(tokens: &[Token<'_>]) -> Option<Spelled> {
    let tokens = &tokens[..tokens.len().min(LONGEST)];
    let first = tokens.first()?;
    let figures = first.kind == Kind::Number;
    let part = matches!(first.kind, Kind::Sign(sign) if vulgar(sign).is_some());
    if !(figures || part || is_number_word(first)) {
        return None;
    }
    let mut read = Read { tokens, at: 0, scale: 1.0, closed: f64::INFINITY };
    if let Some((value, end)) = read.plural() {
        let used = read.rest(end);
        return Some(Spelled { used, value, scale: 1.0, whole: used == end, figures });
    }
    if let Some(end) = read.vague() {
        let used = read.rest(end);
        return Some(Spelled { used, value: 0.0, scale: 1.0, whole: false, figures });
    }
    let value = read.number()?;
    let used = read.rest(read.at);
    Some(Spelled { used, value, scale: read.scale, whole: used == read.at, figures })
}

/// The lesser of two numbers that these tokens may be, of which one was read: "between two thousand and fifty |and| three
/// thousand". `used` is how many tokens that one took. Where the lesser would be the greater if both shared their unit ("between
/// one hundred and fifty thousand"), there is only one.
pub(super) fn before_and(tokens: &[Token<'_>], used: usize) -> Option<Spelled> {
    (1..used).rev().filter(|and| piece(&tokens[*and]) == Some(Piece::And)).find_map(|and| {
        let low = read(&tokens[..and]).filter(|low| low.whole && low.used == and)?;
        let high = read(&tokens[and + 1..used]).filter(|high| high.whole && high.used == used - and - 1)?;
        let shared = if low.scale < high.scale && low.value < 1_000.0 { high.scale } else { 1.0 };
        (low.value * shared < high.value).then_some(low)
    })
}

/// Whether a scale stands here that nothing counts: "million" in "umpteen million".
pub(super) fn is_bare_scale(token: &Token<'_>) -> bool {
    matches!(piece(token), Some(Piece::Scale(_) | Piece::Hundred))
}

/// Whether it can be part of a number.
pub(super) fn is_number_word(token: &Token<'_>) -> bool {
    piece(token).is_some()
}

struct Read<'r, 'q> {
    tokens: &'r [Token<'q>],
    at: usize,
    /// The greatest scale so far.
    scale: f64,
    /// What follows must be smaller. Infinite before there is a scale.
    closed: f64,
}

impl Read<'_, '_> {
    fn peek(&self, ahead: usize) -> Option<Piece> {
        piece(self.tokens.get(self.at + ahead)?)
    }

    fn word(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| &*token.folded)
    }

    fn takes(&mut self, wanted: impl Fn(Piece) -> bool) -> bool {
        let takes = self.peek(0).is_some_and(wanted);
        self.at += usize::from(takes);
        takes
    }

    /// The scale here, also in the plural; "miles" only after "de", for it is a distance too.
    fn scale_at(&self, ahead: usize) -> Option<f64> {
        match self.peek(ahead)? {
            Piece::Scale(scale) => Some(scale),
            Piece::Scales(scale) => {
                let after_of =
                    (self.at + ahead).checked_sub(1).is_some_and(|at| piece(&self.tokens[at]) == Some(Piece::Of));
                (self.word(ahead) != "miles" || after_of).then_some(scale)
            }
            _ => None,
        }
    }

    /// "millions", "cientos de miles", "tens of thousands".
    fn plural(&self) -> Option<(f64, usize)> {
        match (self.peek(0)?, self.peek(1)) {
            (Piece::Several(count), Some(Piece::Of)) => match self.scale_at(2) {
                Some(scale) => Some((count * scale, 3)),
                None => (count > 10.0).then_some((count, 1)),
            },
            (Piece::Scales(scale), next) => (self.word(0) != "miles" || next == Some(Piece::Of)).then_some((scale, 1)),
            (Piece::Scale(scale), _) if self.word(0) == "millones" => Some((scale, 1)),
            _ => None,
        }
    }

    /// Where "a few thousand", "several hundred thousand" or "varios millones" end.
    fn vague(&self) -> Option<usize> {
        let mut at = usize::from(self.peek(0) == Some(Piece::Article));
        if self.peek(at) != Some(Piece::Vague) {
            return None;
        }
        at += 1;
        at += usize::from(self.peek(at) == Some(Piece::Of));
        let counted = matches!(
            self.peek(at)?,
            Piece::Hundred | Piece::Scale(_) | Piece::Scales(_) | Piece::Several(_) | Piece::Group(_)
        );
        if !counted {
            return None;
        }
        let of_scale = self.peek(at + 1) == Some(Piece::Of) && self.scale_at(at + 2).is_some();
        Some(at + if of_scale { 3 } else { 1 })
    }

    /// All of a number: parts, each smaller than the scale of the one before.
    fn number(&mut self) -> Option<f64> {
        let mut total = self.part()?;
        while self.closed > 1.0 && self.closed.is_finite() {
            let (at, scale, closed) = (self.at, self.scale, self.closed);
            let joined = self.takes(|piece| piece == Piece::And);
            if joined {
                let mark = self.at;
                // "a million and a half"
                if let Some(fraction) = self.fraction().filter(|_| self.scale_follows().is_none()) {
                    total += fraction * closed;
                    self.closed = 1.0;
                    break;
                }
                self.at = mark;
            }
            let Some(part) = self.smaller_part(closed, joined) else {
                (self.at, self.scale, self.closed) = (at, scale, closed);
                break;
            };
            total += part;
            self.scale = self.scale.max(scale);
            if self.closed >= closed {
                self.closed = 1.0;
            }
        }
        Some(total)
    }

    /// The next part, if it is smaller than the scale before it: all of it, or what stands before an "and" of it ("two thousand
    /// |five hundred| and three thousand"). What an "and" joined to the number is part of it as a whole or not at all.
    fn smaller_part(&mut self, closed: f64, joined: bool) -> Option<f64> {
        if self.figures_stop(closed) {
            return None;
        }
        let (tokens, at, scale) = (self.tokens, self.at, self.scale);
        let mut end = tokens.len();
        loop {
            self.tokens = &tokens[..end];
            let part = self.part().filter(|part| *part < closed && *part > 0.0);
            let read = self.at;
            self.tokens = tokens;
            if part.is_some() && !self.goes_on_larger(closed) {
                return part;
            }
            if joined {
                return None;
            }
            // What went wrong stands behind the last "and" of what was read, if anywhere.
            let reached = read.max(at).min(end);
            end = (at + 1..reached).rev().find(|&and| piece(&tokens[and]) == Some(Piece::And))?;
            (self.at, self.scale, self.closed) = (at, scale, closed);
        }
    }

    /// Whether figures stand here that are no part of the number: "two million |500 thousand" and "2 mil |500" are, "10 mil |5%"
    /// is not.
    fn figures_stop(&self, closed: f64) -> bool {
        let Some(token) = self.tokens.get(self.at).filter(|token| token.kind == Kind::Number) else { return false };
        if let Some(Piece::Scale(scale)) = self.peek(1) {
            return scale >= closed;
        }
        let marked = self.tokens.get(self.at + 1).is_some_and(|next| {
            matches!(next.kind, Kind::Sign('%' | '€' | '$' | '£' | '+' | '-'))
                || (next.kind == Kind::Word && next.glued)
        });
        let three = token.folded.len() == 3 && token.folded.bytes().all(|byte| byte.is_ascii_digit());
        !three || closed > THOUSAND || marked
    }

    /// Another multiple follows, so that what was read belongs to another number ("one hundred thousand and two |million").
    fn goes_on_larger(&self, closed: f64) -> bool {
        match self.peek(0) {
            Some(Piece::Hundred) => true,
            Some(Piece::Scale(scale)) => scale >= closed,
            _ => false,
        }
    }

    /// A number below a thousand, or a fraction, with its scales: "two hundred thousand", "mil doscientos millones", "half a
    /// million", "un millón".
    fn part(&mut self) -> Option<f64> {
        let start = self.at;
        if let Some(part) = self.fraction_of_scale() {
            return Some(part);
        }
        self.at = start;
        let first = self.closed.is_infinite();
        let article = self.takes(|piece| piece == Piece::Article);
        let group = if article { self.counted_group() } else { self.group() };
        let mut value = match group {
            Some(value) => value,
            // "a million", "mil", "un millón"
            None if matches!(self.peek(0), Some(Piece::Scale(_))) => 1.0,
            // "mil un seguidores"
            None if article && !first && self.word_before() == "un" && self.ends_here() => return Some(1.0),
            None => {
                self.at = start;
                return None;
            }
        };
        // "two and a half million"
        let mark = self.at;
        if self.takes(|piece| piece == Piece::And) {
            let fraction = self.fraction().filter(|_| value < 100.0);
            let scaled = matches!(self.peek(0), Some(Piece::Scale(_))) || self.percent_follows();
            match fraction.filter(|_| scaled) {
                Some(fraction) => value += fraction,
                None => self.at = mark,
            }
        } else if let Some(fraction) = self.sign_fraction() {
            value += fraction;
        }
        let mut closed = f64::INFINITY;
        while let Some(scale) = self.scale_at(0) {
            // "thousand million", "mil millones"; never "million thousand".
            if closed.is_finite() && scale <= closed {
                break;
            }
            self.at += 1;
            value *= scale;
            closed = scale;
            self.scale = self.scale.max(scale);
            // "mil doscientos |millones"
            if scale < MILLION {
                let at = self.at;
                let group =
                    self.group().filter(|_| matches!(self.peek(0), Some(Piece::Scale(next)) if next >= MILLION));
                match group {
                    Some(group) => value += group,
                    None => self.at = at,
                }
            }
        }
        if closed.is_finite() {
            self.closed = closed;
        } else if self.at == start + 1 && !self.stands_alone(start, first) {
            self.at = start;
            return None;
        }
        Some(value)
    }

    fn word_before(&self) -> &str {
        self.at.checked_sub(1).map_or("", |at| &*self.tokens[at].folded)
    }

    /// Nothing follows but a sign or what is counted.
    fn ends_here(&self) -> bool {
        self.tokens.get(self.at).is_none_or(|next| matches!(next.kind, Kind::Sign(_)) || counted(next))
    }

    /// Some words are numbers only in the company of others, or of what is counted: "one", "once", "cero".
    fn stands_alone(&self, at: usize, first: bool) -> bool {
        let doubtful = matches!(&*self.tokens[at].folded, "one" | "uno" | "once" | "zero" | "cero");
        // "one or two million", "entre once y quince mil"
        let ranges = || {
            let link = self.tokens.get(at + 1).is_some_and(|next| {
                matches!(&*next.folded, "or" | "o" | "and" | "y" | "to" | "a") || next.kind == Kind::Sign('-')
            });
            let scale = |at: usize| self.tokens.get(at).is_some_and(is_bare_scale);
            let number = |next: &Token<'_>| match piece(next) {
                // "entre mil once y |mil| doce", "entre once y |un millón|"
                Some(Piece::Unit(_) | Piece::Teen(_) | Piece::Tens(_) | Piece::Hundreds(_) | Piece::Scale(_)) => true,
                Some(Piece::Article) => scale(at + 3),
                _ => next.kind == Kind::Number,
            };
            link && self.tokens.get(at + 2).is_some_and(number)
        };
        !doubtful || self.tokens.get(at + 1).is_some_and(counted) || (!first && self.ends_here()) || ranges()
    }

    /// Below a thousand, in words or figures.
    fn group(&mut self) -> Option<f64> {
        if let Some(value) = self.figures() {
            return Some(if self.peek(0) == Some(Piece::Hundred) { self.hundreds(value) } else { value });
        }
        match self.peek(0)? {
            Piece::Hundreds(hundreds) => {
                self.at += 1;
                let one = self.peek(0) == Some(Piece::Article) && matches!(self.word(0), "un" | "una");
                if one {
                    self.at += 1;
                    return Some(hundreds + 1.0);
                }
                Some(hundreds + self.below_hundred().unwrap_or(0.0))
            }
            Piece::Group(_) | Piece::Hundred => self.counted_group(),
            Piece::Point => self.decimals(),
            _ => {
                let below = self.below_hundred()?;
                match self.peek(0) {
                    Some(Piece::Point) => Some(below + self.decimals().unwrap_or(0.0)),
                    Some(Piece::Hundred) => Some(self.hundreds(below)),
                    _ => Some(below),
                }
            }
        }
    }

    /// "couple of", "dozen", "hundred": what "a" may stand before.
    fn counted_group(&mut self) -> Option<f64> {
        match self.peek(0)? {
            Piece::Group(count) => {
                let next = 1 + usize::from(self.peek(1) == Some(Piece::Of));
                if self.scale_at(next).is_some() {
                    self.at += next;
                    return Some(count);
                }
                match self.peek(next)? {
                    Piece::Hundred | Piece::Several(_) => {
                        self.at += next;
                        Some(self.hundreds(count))
                    }
                    _ => None,
                }
            }
            Piece::Hundred => Some(self.hundreds(1.0)),
            _ => None,
        }
    }

    /// "hundred", "hundred and twenty", after its count.
    fn hundreds(&mut self, count: f64) -> f64 {
        self.at += 1;
        let value = count * 100.0;
        let mark = self.at;
        self.takes(|piece| piece == Piece::And);
        match self.below_hundred() {
            // "one hundred and two |hundred": that is another number.
            Some(below) if self.peek(0) != Some(Piece::Hundred) => value + below,
            _ => {
                self.at = mark;
                // "un centenar de miles"
                if self.peek(0) == Some(Piece::Of) && self.scale_at(1).is_some() {
                    self.at += 1;
                }
                value
            }
        }
    }

    fn below_hundred(&mut self) -> Option<f64> {
        match self.peek(0)? {
            Piece::Unit(value) | Piece::Teen(value) => {
                self.at += 1;
                Some(value)
            }
            Piece::Tens(tens) => {
                self.at += 1;
                // Only Spanish has an "and" here: "treinta y cinco", "treinta y un mil".
                let and = usize::from(self.word(0) == "y");
                let unit = match self.peek(and) {
                    Some(Piece::Unit(unit)) => unit,
                    Some(Piece::Article) if and == 1 && matches!(self.word(1), "un" | "una") => 1.0,
                    _ => 0.0,
                };
                self.at += if unit > 0.0 { 1 + and } else { 0 };
                Some(tens + unit)
            }
            _ => None,
        }
    }

    /// "point five", "coma veinticinco".
    fn decimals(&mut self) -> Option<f64> {
        let mark = self.at;
        self.at += 1;
        let (mut digits, mut divisor) = (0.0, 1.0);
        while let Some(Piece::Unit(digit)) = self.peek(0).filter(|_| divisor < 1e9) {
            digits = digits * 10.0 + digit;
            divisor *= 10.0;
            self.at += 1;
        }
        if divisor > 1.0 {
            return Some(digits / divisor);
        }
        let two = self.below_hundred().map(|two| two / 100.0);
        if two.is_none() {
            self.at = mark;
        }
        two
    }

    /// "2", "1.5", "100 000".
    fn figures(&mut self) -> Option<f64> {
        let first = self.tokens.get(self.at).filter(|token| token.kind == Kind::Number)?;
        let mut digits = first.folded.clone().into_owned();
        let mut end = self.at + 1;
        while digits.len() <= 7
            && self.tokens.get(end).is_some_and(|next| next.kind == Kind::Number && next.folded == "000")
        {
            digits.push_str("000");
            end += 1;
        }
        let decimals_likely = self.tokens.get(end).is_some_and(|unit| {
            unit.kind == Kind::Sign('%') || scale_of(unit) > 1.0 || piece(unit) == Some(Piece::Hundred)
        });
        let value = value(&digits, decimals_likely)?;
        self.at = end;
        Some(value)
    }

    /// Where the words of numbers end that stand here without being part of the number before.
    fn rest(&self, from: usize) -> usize {
        let of_a_number = |at: &usize| {
            let doubtful = matches!(&*self.tokens[*at].folded, "once" | "ten");
            let next = || self.tokens.get(at + 1).and_then(piece);
            match piece(&self.tokens[*at]) {
                Some(Piece::Unit(value)) => value > 1.0,
                Some(Piece::Vague) => matches!(next(), Some(Piece::Hundred | Piece::Scale(_) | Piece::Scales(_))),
                Some(Piece::Teen(_) | Piece::Tens(_) | Piece::Hundreds(_) | Piece::Hundred | Piece::Scale(_)) => {
                    !doubtful
                }
                _ => false,
            }
        };
        from + (from..self.tokens.len()).take_while(of_a_number).count()
    }
}
