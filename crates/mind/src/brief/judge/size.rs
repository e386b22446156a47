//! Lengths and counts.

use super::super::compare;
use super::super::disclosure;
use super::super::model::{Quote, Verdict};
use super::super::sizes::{Size, Unit};
use super::super::text::{Part, Text, emojis, flat, length};
use super::look::unit_name;
use super::{Case, Found};

impl Case<'_> {
    pub(super) fn size(&self, size: &Size, text: &Text<'_>) -> Found {
        let (low, high) = self.count(size, text);
        let name = unit_name(size.unit);
        let counted =
            if low == high { format!("{low} {name}") } else { format!("{low} to {high} {name}, by how one counts") };
        let (least, most) = (size.least.unwrap_or(0), size.most.unwrap_or(u64::MAX));
        let within = |count: u64| least <= count && count <= most;
        let asked = match (size.least, size.most) {
            (Some(least), Some(most)) if least == most => format!("{least}"),
            (Some(least), Some(most)) => format!("{least} to {most}"),
            (Some(least), None) => format!("at least {least}"),
            (None, Some(most)) => format!("at most {most}"),
            (None, None) => "any".to_owned(),
        };
        let how = format!("{counted}; asked: {}{asked}", if size.about { "about " } else { "" });
        if text.cut && size.most.is_none_or(|most| low <= most) && size.unit != Unit::Characters {
            return Found::open("Only the beginning of the caption was read");
        }
        let verdict = if size.about {
            let far = |count: u64| count * 2 < least || count > most.saturating_mul(3) / 2;
            let near = |count: u64| count * 5 >= least * 4 && count * 5 <= most.saturating_mul(6);
            if near(low) && near(high) {
                Verdict::Pass
            } else if far(low) && far(high) {
                Verdict::Fail
            } else {
                Verdict::CannotTell
            }
        } else if within(low) && within(high) {
            Verdict::Pass
        } else if !within(low) && !within(high) && (low < least) == (high < least) {
            // A number alone: fewer is too few, more may be meant.
            if size.bare && low > most && size.unit != Unit::Characters { Verdict::CannotTell } else { Verdict::Fail }
        } else {
            Verdict::CannotTell
        };
        let verdict = if size.bare
            && matches!(size.unit, Unit::Characters | Unit::Words)
            && verdict == Verdict::Fail
            && low * 2 > least
            && low < most.saturating_mul(2)
        {
            Verdict::CannotTell
        } else {
            verdict
        };
        Found { quote: Self::evidence(size.unit, text), ..Found::new(verdict, None, how) }
    }

    /// The least and the most that one may count.
    fn count(&self, size: &Size, text: &Text<'_>) -> (u64, u64) {
        let one = |count: usize| (count as u64, count as u64);
        let whole = self.content.captions.get(self.main).map_or(text.read, |caption| caption.text.as_str());
        match size.unit {
            Unit::Characters if size.without_tags => one(length(&text.prose())),
            Unit::Characters => one(if text.cut { whole.chars().count() } else { length(whole) }),
            Unit::Words => {
                let parts: Vec<&str> =
                    text.read.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).collect();
                let marked = text.marks.tags.len() + text.marks.mentions.len() + text.marks.links.len();
                let low = parts.len().saturating_sub(marked);
                if size.without_tags { one(low) } else { (low as u64, parts.len() as u64) }
            }
            Unit::Lines => one(text.read.lines().filter(|line| !line.trim().is_empty()).count()),
            Unit::Sentences => {
                let mut sentences: Vec<usize> =
                    text.words.iter().filter(|word| word.part == Part::Plain).map(|word| word.sentence).collect();
                sentences.dedup();
                one(sentences.len())
            }
            Unit::Paragraphs => one(text.read.split("\n\n").filter(|part| !part.trim().is_empty()).count()),
            Unit::Emojis => one(emojis(text.read).count()),
            Unit::Hashtags => one(text.marks.tags.len()),
            Unit::Mentions => one(text.marks.mentions.len()),
            Unit::Friends => {
                let names = disclosure::names(self.brief);
                let others = text.marks.mentions.iter().filter(|span| {
                    let handle = flat(&text.read[(*span).clone()]);
                    !names.contains(&handle)
                });
                let mut handles: Vec<String> = others.map(|span| compare::key(&text.read[span.clone()])).collect();
                handles.sort();
                handles.dedup();
                let all = handles.len() as u64;
                (all, all)
            }
            Unit::Links => one(text.marks.links.len()),
            Unit::Questions => one(text.prose().matches('?').count()),
            Unit::Exclamations => one(text.prose().matches('!').count()),
        }
    }

    fn evidence(unit: Unit, text: &Text<'_>) -> Option<Quote> {
        match unit {
            Unit::Emojis => emojis(text.read).next().map(|at| text.quote_bytes(at)),
            Unit::Hashtags => text.marks.tags.first().map(|at| text.quote_bytes(at.clone())),
            Unit::Mentions | Unit::Friends => text.marks.mentions.last().map(|at| text.quote_bytes(at.clone())),
            Unit::Links => text.marks.links.first().map(|at| text.quote_bytes(at.clone())),
            Unit::Questions => text.read.find('?').map(|at| text.quote_bytes(at..at + 1)),
            Unit::Exclamations => text.read.find('!').map(|at| text.quote_bytes(at..at + 1)),
            _ => text.quote_all(),
        }
    }
}
