//! What each word does in a number.

use super::{MILLION, THOUSAND};
use crate::understand::lexicon::{Entry, LEXICON, role};
use crate::understand::tokens::{Kind, Token};

/// What a word does in a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Piece {
    /// 0 to 9.
    Unit(f64),
    /// 10 to 29 in one word.
    Teen(f64),
    /// "twenty", "treinta": a unit may follow.
    Tens(f64),
    /// "cien", "doscientos".
    Hundreds(f64),
    /// "hundred".
    Hundred,
    /// "thousand", "mil", "million", "millones", "billion".
    Scale(f64),
    /// "thousands", "miles", "millions": alone, at least one of them.
    Scales(f64),
    /// "hundreds", "cientos", "tens", "decenas".
    Several(f64),
    /// "half", "medio", "quarters", "tercio": the part that it names.
    Part(f64),
    /// "half", "medio": a part that needs no count.
    Half,
    /// "a", "un": one, before some of the others.
    Article,
    /// "couple", "par", "dozen", "docena".
    Group(f64),
    /// "few", "several", "varios": how many, nobody knows.
    Vague,
    /// "and", "y".
    And,
    /// "of", "de".
    Of,
    /// "point", "coma".
    Point,
}

/// What is counted behind a number: followers, money, percent.
pub(super) fn counted(token: &Token<'_>) -> bool {
    let unit = |(_, entry): (usize, &Entry)| entry.currency.is_some() || entry.roles & role::UNIT != 0;
    is_percent(token) || LEXICON.longest(std::slice::from_ref(token)).is_some_and(unit)
}

pub(super) fn is_percent(token: &Token<'_>) -> bool {
    token.kind == Kind::Sign('%')
        || LEXICON.longest(std::slice::from_ref(token)).is_some_and(|(_, entry)| entry.roles & role::PERCENT != 0)
}

/// The part that one character names.
pub(in super::super) fn vulgar(sign: char) -> Option<f64> {
    Some(match sign {
        '½' => 0.5,
        '¼' => 0.25,
        '¾' => 0.75,
        '⅓' => 1.0 / 3.0,
        '⅔' => 2.0 / 3.0,
        '⅕' => 0.2,
        '⅛' => 0.125,
        _ => return None,
    })
}

/// A scale in words ("thousand", "millones"), without letters ("K").
fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "thousand" | "mil" | "millar" | "grand" => THOUSAND,
        "million" | "millon" | "millones" | "mill" | "mn" | "mio" => MILLION,
        "billion" | "billions" => 1e9,
        "billon" | "billones" | "trillion" => 1e12,
        _ => return None,
    })
}

pub(super) fn piece(token: &Token<'_>) -> Option<Piece> {
    if token.kind != Kind::Word {
        return None;
    }
    let word = &*token.folded;
    if let Some(scale) = scale(word) {
        return Some(Piece::Scale(scale));
    }
    Some(match word {
        "zero" | "cero" => Piece::Unit(0.0),
        "one" | "uno" => Piece::Unit(1.0),
        "two" | "dos" => Piece::Unit(2.0),
        "three" | "tres" => Piece::Unit(3.0),
        "four" | "cuatro" => Piece::Unit(4.0),
        "five" | "cinco" => Piece::Unit(5.0),
        "six" | "seis" => Piece::Unit(6.0),
        "seven" | "siete" => Piece::Unit(7.0),
        "eight" | "ocho" => Piece::Unit(8.0),
        "nine" | "nueve" => Piece::Unit(9.0),
        "ten" | "diez" => Piece::Teen(10.0),
        "eleven" | "once" => Piece::Teen(11.0),
        "twelve" | "doce" => Piece::Teen(12.0),
        "thirteen" | "trece" => Piece::Teen(13.0),
        "fourteen" | "catorce" => Piece::Teen(14.0),
        "fifteen" | "quince" => Piece::Teen(15.0),
        "sixteen" | "dieciseis" => Piece::Teen(16.0),
        "seventeen" | "diecisiete" => Piece::Teen(17.0),
        "eighteen" | "dieciocho" => Piece::Teen(18.0),
        "nineteen" | "diecinueve" => Piece::Teen(19.0),
        "veintiun" | "veintiuno" | "veintiuna" => Piece::Teen(21.0),
        "veintidos" => Piece::Teen(22.0),
        "veintitres" => Piece::Teen(23.0),
        "veinticuatro" => Piece::Teen(24.0),
        "veinticinco" => Piece::Teen(25.0),
        "veintiseis" => Piece::Teen(26.0),
        "veintisiete" => Piece::Teen(27.0),
        "veintiocho" => Piece::Teen(28.0),
        "veintinueve" => Piece::Teen(29.0),
        "twenty" | "veinte" => Piece::Tens(20.0),
        "thirty" | "treinta" => Piece::Tens(30.0),
        "forty" | "fourty" | "cuarenta" => Piece::Tens(40.0),
        "fifty" | "cincuenta" => Piece::Tens(50.0),
        "sixty" | "sesenta" => Piece::Tens(60.0),
        "seventy" | "setenta" => Piece::Tens(70.0),
        "eighty" | "ochenta" => Piece::Tens(80.0),
        "ninety" | "noventa" => Piece::Tens(90.0),
        "cien" | "ciento" => Piece::Hundreds(100.0),
        "doscientos" | "doscientas" => Piece::Hundreds(200.0),
        "trescientos" | "trescientas" => Piece::Hundreds(300.0),
        "cuatrocientos" | "cuatrocientas" => Piece::Hundreds(400.0),
        "quinientos" | "quinientas" => Piece::Hundreds(500.0),
        "seiscientos" | "seiscientas" => Piece::Hundreds(600.0),
        "setecientos" | "setecientas" => Piece::Hundreds(700.0),
        "ochocientos" | "ochocientas" => Piece::Hundreds(800.0),
        "novecientos" | "novecientas" => Piece::Hundreds(900.0),
        "hundred" | "centenar" => Piece::Hundred,
        "thousands" | "miles" | "millares" => Piece::Scales(THOUSAND),
        "millions" => Piece::Scales(MILLION),
        "hundreds" | "cientos" | "centenares" | "centenas" => Piece::Several(100.0),
        "tens" | "decenas" => Piece::Several(10.0),
        "half" | "medio" | "media" => Piece::Half,
        "third" | "thirds" | "tercio" | "tercios" | "tercera" | "terceras" => Piece::Part(1.0 / 3.0),
        "quarter" | "quarters" | "cuarto" | "cuartos" | "cuarta" | "cuartas" => Piece::Part(0.25),
        "fifth" | "fifths" | "quinto" | "quintos" | "quinta" | "quintas" => Piece::Part(0.2),
        "sixth" | "sixths" | "sexto" | "sextos" => Piece::Part(1.0 / 6.0),
        "seventh" | "sevenths" | "septimo" | "septimos" => Piece::Part(1.0 / 7.0),
        "eighth" | "eighths" | "octavo" | "octavos" => Piece::Part(0.125),
        "ninth" | "ninths" | "noveno" | "novenos" => Piece::Part(1.0 / 9.0),
        "tenth" | "tenths" | "decimo" | "decimos" | "decima" | "decimas" => Piece::Part(0.1),
        "a" | "an" | "un" | "una" => Piece::Article,
        "couple" | "par" => Piece::Group(2.0),
        "dozen" | "docena" => Piece::Group(12.0),
        "few" | "several" | "varios" | "varias" | "pocos" | "pocas" | "cuantos" | "cuantas" | "algunos" | "algunas"
        | "many" | "muchos" | "muchas" | "handful" | "punado" | "umpteen" | "tropecientos" => Piece::Vague,
        "and" | "y" => Piece::And,
        "of" | "de" => Piece::Of,
        "point" | "coma" | "punto" => Piece::Point,
        _ => return None,
    })
}
