//! Parts of a number: "half a million", "tres cuartos de millón", "½", "3/4".

use super::words::{Piece, is_percent, vulgar};
use super::{Read, THOUSAND};
use crate::understand::tokens::Kind;

impl Read<'_, '_> {
    /// "half a million", "three quarters of a million", "medio millón", "½ million", "3/4 of a million", "half a percent".
    pub(super) fn fraction_of_scale(&mut self) -> Option<f64> {
        let fraction = self.figures_fraction().or_else(|| self.fraction())?;
        if self.percent_follows() {
            self.takes(|piece| piece == Piece::Article);
            return Some(fraction);
        }
        let (ahead, scale) = self.scale_follows()?;
        self.at += ahead;
        let mut value = fraction * scale;
        // "half a dozen thousand", "medio centenar de miles"
        if scale < THOUSAND {
            let of = usize::from(self.peek(0) == Some(Piece::Of));
            let larger = self.scale_at(of)?;
            self.at += of + 1;
            value *= larger;
            self.scale = self.scale.max(larger);
            self.closed = larger;
        } else {
            self.scale = self.scale.max(scale);
            self.closed = scale;
        }
        Some(value)
    }

    /// "million", "a million", "of a million": how many tokens to behind it, and the scale.
    pub(super) fn scale_follows(&self) -> Option<(usize, f64)> {
        let mut ahead = usize::from(self.peek(0) == Some(Piece::Of));
        ahead += usize::from(matches!(self.peek(ahead), Some(Piece::Article | Piece::Unit(1.0))));
        let scale = match self.peek(ahead)? {
            Piece::Hundred => 100.0,
            Piece::Group(count) => count,
            _ => self.scale_at(ahead)?,
        };
        Some((ahead + 1, scale))
    }

    pub(super) fn percent_follows(&self) -> bool {
        let article = usize::from(self.peek(0) == Some(Piece::Article));
        self.tokens.get(self.at + article).is_some_and(is_percent)
            || (self.word(0) == "por" && self.word(1) == "ciento")
    }

    /// "half", "a quarter", "three quarters", "medio", "tres cuartas partes", "two-thirds", "½".
    pub(super) fn fraction(&mut self) -> Option<f64> {
        if let Some(fraction) = self.sign_fraction() {
            return Some(fraction);
        }
        let count = match self.peek(0)? {
            Piece::Article => Some(1.0),
            Piece::Unit(count) => Some(count),
            _ => None,
        };
        let ahead = usize::from(count.is_some());
        let part = match self.peek(ahead)? {
            Piece::Half => 0.5,
            Piece::Part(part) => part,
            _ => return None,
        };
        self.at += ahead + 1;
        self.at += usize::from(matches!(self.word(0), "parte" | "partes"));
        Some(count.unwrap_or(1.0) * part)
    }

    pub(super) fn sign_fraction(&mut self) -> Option<f64> {
        let Kind::Sign(sign) = self.tokens.get(self.at)?.kind else { return None };
        let part = vulgar(sign)?;
        self.at += 1;
        Some(part)
    }

    /// "3/4", "1 1/2": only before a scale.
    fn figures_fraction(&mut self) -> Option<f64> {
        let digits = |at: usize| {
            let token = self.tokens.get(at).filter(|token| token.kind == Kind::Number && token.folded.len() <= 2)?;
            token.folded.parse::<f64>().ok()
        };
        let slash = |at: usize| {
            self.tokens.get(at).is_some_and(|token| token.kind == Kind::Sign('/') && token.glued)
                && self.tokens.get(at + 1).is_some_and(|token| token.glued)
        };
        let (whole, at) = if slash(self.at + 1) { (0.0, self.at) } else { (digits(self.at)?, self.at + 1) };
        if !slash(at + 1) {
            return None;
        }
        let (over, under) = (digits(at)?, digits(at + 2)?);
        let start = std::mem::replace(&mut self.at, at + 3);
        if under < 1.0 || self.scale_follows().is_none() {
            self.at = start;
            return None;
        }
        Some(whole + over / under)
    }
}
