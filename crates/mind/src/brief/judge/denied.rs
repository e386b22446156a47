//! What a caption must not say.

use super::super::asks::Want;
use super::super::compare::Likeness;
use super::super::concepts::Class;
use super::super::disclosure;
use super::super::facts;
use super::super::language::Written;
use super::super::model::Verdict;
use super::super::text::{Run, Text, flat};
use super::super::words::PROFANITY;
use super::look::{capital, capitals, marks_like};
use super::{Case, Found};

impl Case<'_> {
    pub(super) fn denied(&self, want: &Want) -> Found {
        let mut worst = Found::new(Verdict::Pass, None, "It does not stand in any caption");
        for text in self.texts {
            let found = self.absent(want, text);
            let graver = found.verdict == Verdict::Fail
                || (found.verdict == Verdict::CannotTell && worst.verdict == Verdict::Pass);
            if graver {
                let quote = found.quote.or_else(|| found.run.as_ref().and_then(|run| text.quote(run)));
                worst = Found { quote, run: None, ..found };
            }
            if text.cut && worst.verdict == Verdict::Pass {
                worst = Found::open("Only the beginning of the caption was read");
            }
        }
        worst
    }

    fn absent(&self, want: &Want, text: &Text<'_>) -> Found {
        let hit = |run: Run| Found { verdict: Verdict::Fail, ..Found::pass(run, "It stands in the caption") };
        let clean = || Found::new(Verdict::Pass, None, "It does not stand in any caption");
        match want {
            Want::Phrase(phrase) => facts::forbidden_in(text, phrase).map_or_else(clean, |(run, sure)| {
                if sure {
                    hit(run)
                } else {
                    Found {
                        verdict: Verdict::CannotTell,
                        ..Found::pass(run, "A word that contains it stands in the caption")
                    }
                }
            }),
            Want::AnyOf(wants) => {
                let mut open = None;
                for want in wants {
                    let found = self.absent(want, text);
                    match found.verdict {
                        Verdict::Fail => return found,
                        Verdict::CannotTell => open = open.or(Some(found)),
                        Verdict::Pass => {}
                    }
                }
                open.unwrap_or_else(clean)
            }
            Want::Concept(concept) if concept.class == Class::Names => {
                Found::open("Which names these are, the brief does not say")
            }
            Want::Concept(concept) => match text.any(concept.said.iter().copied()) {
                (Some(run), _) if concept.class == Class::Hard => hit(run),
                (Some(run), _) => Found { verdict: Verdict::CannotTell, ..Found::pass(run, "These words may be it") },
                (None, _) => match text.any(concept.cues.iter().copied()) {
                    (Some(run), _) => {
                        Found { verdict: Verdict::CannotTell, ..Found::pass(run, "These words come near it") }
                    }
                    _ if concept.class == Class::Hard => clean(),
                    _ => Found::open("There are more ways to say it than any list has"),
                },
            },
            Want::Tag(tag) | Want::Mention(tag) => match marks_like(text, tag).into_iter().next() {
                Some((run, Likeness::Same)) => hit(run),
                Some((run, _)) => Found {
                    verdict: Verdict::CannotTell,
                    ..Found::pass(run, "One that looks like it stands in the caption")
                },
                None => clean(),
            },
            Want::Code(code) => text.find(&flat(code)).next().map_or_else(clean, hit),
            Want::Capitals => capitals(text),
            Want::Profanity => match text.any(PROFANITY.iter().copied().filter(|word| !word.contains(' '))) {
                (Some(run), _) | (None, Some(run)) => hit(run),
                _ if text.read.contains("**")
                    || text.read.contains("f*")
                    || text.read.contains("sh*")
                    || text.read.contains("#@") =>
                {
                    Found::open("Some words are masked")
                }
                _ => clean(),
            },
            Want::Says(words) | Want::Topic(words) => self.silent(words, text),
            Want::Language(language) => match self.written {
                Written::In(seen) if seen == *language => Found::fail("The caption is in that language"),
                Written::In(_) => clean(),
                _ => Found::open("The caption's language could not be told"),
            },
            Want::Brand => {
                disclosure::names(self.brief).iter().find_map(|name| text.find(name).next()).map_or_else(clean, hit)
            }
            Want::Unseen(why) => Found::open(capital(why)),
            _ => Found::open("No rule reads these words"),
        }
    }
}
