//! The talk on the phone: what is asked, what is understood, what is said, in English and Spanish. Pure and deterministic.
//!
//! It says at once that it is a machine, ends when it is told to stop, hands over when a person is asked for, and promises
//! nothing. A language model may put its lines in other words; [`rules`] judges every one of them.

mod amounts;
mod heard;
mod lines;
#[rustfmt::skip]
mod phrases;
mod report;
pub mod rules;

#[cfg(test)]
mod tests;

pub use heard::{Refusal, is_voicemail};
pub use lines::recording_notice;
pub use report::Report;

use serde::{Deserialize, Serialize};

use heard::Heard;

/// The most turns of a talk: whoever goes on is answered by a person.
const MOST_TURNS: u32 = 24;
/// How often something that was not understood is asked again.
const MOST_REPEATS: u32 = 1;
/// How often silence is answered with the question again.
const MOST_SILENCES: u32 = 2;
/// How many turns an answering machine may take to say what it is.
const VOICEMAIL_TURNS: u32 = 3;
/// What of a line is kept, in characters.
const KEPT: usize = 2_000;

/// A language of the talk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

impl Lang {
    /// The language of a creator, by its name or code: Spanish, or else English.
    pub fn of(name: &str) -> Self {
        let spanish = crate::geo::language(name).is_some_and(|language| language.code() == "es");
        if spanish { Self::Es } else { Self::En }
    }
}

/// What the talk is about.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Brief {
    /// For whom it calls; none on a call that came in from nobody known.
    pub brand: Option<String>,
    /// For what.
    pub product: Option<String>,
    /// What that is.
    pub description: Option<String>,
    /// What the campaign should bring.
    pub goal: Option<String>,
    /// Whom it calls.
    pub creator: Option<String>,
    /// The most that may ever be spoken of, in cents.
    pub budget_minor: Option<i64>,
    /// Can the call be put through to a person?
    pub can_hand_over: bool,
    /// Did the person at the other end ring us?
    pub inbound: bool,
    /// Is the call recorded? Then the first words say so.
    #[serde(default)]
    pub recorded: bool,
}

/// What is being asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Are they interested?
    Interest,
    /// What do they charge?
    Rate,
    /// When do they have time?
    Timeline,
    /// What do they like to make?
    Content,
    /// Nothing any more.
    Done,
}

/// How interested they are, in the words of the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interest {
    /// Very.
    VeryInterested,
    /// They are.
    Interested,
    /// They do not know yet.
    Neutral,
    /// Not at all.
    NotInterested,
}

impl Interest {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::VeryInterested => "very_interested",
            Self::Interested => "interested",
            Self::Neutral => "neutral",
            Self::NotInterested => "not_interested",
        }
    }
}

/// What was learned.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Facts {
    /// How interested they are.
    pub interest: Option<Interest>,
    /// Their words for it.
    pub interest_said: Option<String>,
    /// Their rate, in cents.
    pub rate_minor: Option<i64>,
    /// Their words for it.
    pub rate_said: Option<String>,
    /// When they have time, in their words.
    pub timeline: Option<String>,
    /// What they like to make.
    pub content_types: Vec<String>,
}

/// Why the talk is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was asked.
    Finished,
    /// They said no.
    Declined,
    /// They do not want to be called any more.
    StopCalling,
    /// They want to talk to a person.
    WantsPerson,
    /// They have no time now.
    Busy,
    /// They said nothing.
    Silent,
    /// It was going on for too long.
    TooLong,
    /// An answering machine answered.
    Voicemail,
}

/// Who said something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// We did.
    Agent,
    /// They did.
    User,
}

/// Something that was said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// By whom.
    pub who: Who,
    /// The words.
    pub text: String,
    /// Of a line of ours: the language model that worded it; nothing if the local dialogue did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worded_by: Option<String>,
}

/// What is to happen after a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Listen.
    Listen,
    /// Hang up.
    End,
    /// Put the call through to a person.
    HandOver,
}

/// A line, and what is to happen after it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// What is said.
    pub say: String,
    /// The question in it, if there is one.
    pub question: Option<String>,
    /// What is to happen then.
    pub next: Next,
    /// May a language model put it in other words? Never what the law or the person asks for.
    pub may_be_worded: bool,
}

/// A talk as it stands. Whoever stores it can go on with it in another process.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Talk {
    /// In which language.
    pub lang: Lang,
    /// What is being asked.
    pub step: Step,
    /// What was learned.
    pub facts: Facts,
    /// What was said.
    pub lines: Vec<Line>,
    /// Why it is over, once it is.
    pub outcome: Option<Outcome>,
    turns: u32,
    repeats: u32,
    silences: u32,
}

impl Talk {
    /// Opens a talk: the first line says who calls, that it is a machine, and how to be rid of it.
    pub fn open(brief: &Brief, lang: Lang) -> (Self, Reply) {
        let mut talk = Self {
            lang,
            step: Step::Interest,
            facts: Facts::default(),
            lines: Vec::new(),
            outcome: None,
            turns: 0,
            repeats: 0,
            silences: 0,
        };
        let question = lines::question(Step::Interest, brief, lang);
        let reply = Reply {
            say: format!("{} {question}", lines::greeting(brief, lang)),
            question: Some(question),
            next: Next::Listen,
            may_be_worded: false,
        };
        talk.keep(Who::Agent, &reply.say);
        (talk, reply)
    }

    /// Is it over?
    pub const fn is_over(&self) -> bool {
        self.outcome.is_some()
    }

    /// Answers what was heard; nothing heard is silence.
    pub fn hear(&mut self, brief: &Brief, said: &str) -> Reply {
        let said = said.trim();
        if self.is_over() {
            return self.say(lines::goodbye(self.lang), None, Next::End, false);
        }
        if said.is_empty() {
            return self.silence(brief);
        }
        self.silences = 0;
        self.turns += 1;
        self.keep(Who::User, said);
        // A machine speaks first; whoever has answered a question is none.
        if self.turns <= VOICEMAIL_TURNS && self.facts == Facts::default() && is_voicemail(said) {
            return self.end(Outcome::Voicemail, String::new(), false);
        }
        let heard = Heard::of(said, self.step);
        if let Some(lang) = heard.lang {
            self.lang = lang;
        }
        if heard.stop {
            return self.end(Outcome::StopCalling, lines::stopped(self.lang), false);
        }
        if heard.person {
            let line = lines::handed_over(brief, self.lang);
            let reply = self.end(Outcome::WantsPerson, line, false);
            return if brief.can_hand_over { Reply { next: Next::HandOver, ..reply } } else { reply };
        }
        if heard.machine {
            return self.again(&lines::machine(brief, self.lang), brief, false);
        }
        if self.turns >= MOST_TURNS {
            return self.end(Outcome::TooLong, lines::too_long(brief, self.lang), false);
        }
        let learned = self.learn(&heard, said);
        if heard.busy {
            return self.end(Outcome::Busy, lines::busy(brief, self.lang), false);
        }
        if self.facts.interest == Some(Interest::NotInterested) {
            return self.end(Outcome::Declined, lines::declined(brief, self.lang), true);
        }
        if let Some(topic) = heard.asks {
            let answer = lines::answer(topic, brief, self.lang);
            self.move_on();
            return self.again(&answer, brief, true);
        }
        let mut prefix = match (learned, heard.repeat) {
            (true, _) => lines::noted(self.step, self.lang).to_owned(),
            (false, true) => String::new(),
            (false, false) => lines::unclear(self.lang).to_owned(),
        };
        if learned && self.step == Step::Rate && self.is_above_budget(brief) {
            lines::above_budget(brief, self.lang).clone_into(&mut prefix);
        }
        if learned || heard.repeat {
            self.repeats = 0;
        } else if self.repeats >= MOST_REPEATS {
            self.skip(said);
            lines::noted(self.step, self.lang).clone_into(&mut prefix);
        } else {
            self.repeats += 1;
        }
        self.move_on();
        self.again(&prefix, brief, true)
    }

    /// Puts another line in the place of the last one of ours, as this language model worded it.
    pub fn reword(&mut self, text: &str, model: &str) {
        if let Some(line) = self.lines.iter_mut().rev().find(|line| line.who == Who::Agent) {
            text.chars().take(KEPT).collect::<String>().clone_into(&mut line.text);
            line.worded_by = Some(model.to_owned());
        }
    }

    /// Takes over what a language model understood, where we understood nothing and what it says was said.
    pub fn take_over(&mut self, timeline: Option<&str>, content_types: &[String]) {
        let said: Vec<String> =
            self.lines.iter().filter(|line| line.who == Who::User).map(|line| crate::text::fold(&line.text)).collect();
        let was_said = |text: &str| {
            let folded = crate::text::fold(text);
            !folded.is_empty() && folded.chars().count() <= 200 && said.iter().any(|line| line.contains(&folded))
        };
        if self.facts.timeline.is_none() {
            self.facts.timeline = timeline.filter(|text| was_said(text)).map(str::to_owned);
        }
        if self.facts.content_types.is_empty() {
            self.facts.content_types = content_types.iter().filter(|text| was_said(text)).take(10).cloned().collect();
        }
    }

    /// What came of it.
    pub fn report(&self, brief: &Brief) -> Report {
        Report::of(self, brief)
    }

    fn silence(&mut self, brief: &Brief) -> Reply {
        self.silences += 1;
        if self.silences > MOST_SILENCES {
            return self.end(Outcome::Silent, lines::silent(brief, self.lang), false);
        }
        self.again(lines::still_there(self.lang), brief, false)
    }

    /// Takes over what was understood; tells whether it answers what was asked.
    fn learn(&mut self, heard: &Heard, said: &str) -> bool {
        let kept = || said.chars().take(300).collect::<String>();
        if let Some(interest) = heard.interest
            && (self.step == Step::Interest || interest == Interest::NotInterested)
        {
            self.facts.interest = Some(interest);
            self.facts.interest_said = Some(kept());
        }
        if let Some(rate) = heard.rate {
            self.facts.rate_minor = Some(rate);
            self.facts.rate_said = Some(kept());
            // Who names a price is interested.
            self.facts.interest.get_or_insert(Interest::Interested);
        }
        if let Some(timeline) = &heard.timeline {
            self.facts.timeline = Some(timeline.clone());
        }
        // "500 a video" is a price; two kinds at once, or any in its turn, are what they make.
        let kinds = if self.step == Step::Content || heard.content.len() > 1 { &heard.content[..] } else { &[] };
        for kind in kinds {
            if !self.facts.content_types.iter().any(|known| known == kind) {
                self.facts.content_types.push((*kind).to_owned());
            }
        }
        match self.step {
            Step::Interest => self.facts.interest.is_some(),
            Step::Rate => heard.rate.is_some(),
            Step::Timeline => heard.timeline.is_some(),
            Step::Content => !heard.content.is_empty(),
            Step::Done => false,
        }
    }

    /// Goes on although it was not understood; what was said is kept where it may be worth reading.
    fn skip(&mut self, said: &str) {
        self.repeats = 0;
        let kept: String = said.chars().take(300).collect();
        match self.step {
            Step::Interest => {
                self.facts.interest = Some(Interest::Neutral);
                self.facts.interest_said = Some(kept);
            }
            Step::Rate => self.facts.rate_said = Some(kept),
            Step::Timeline => self.facts.timeline = Some(kept),
            Step::Content => self.facts.content_types.push(kept),
            Step::Done => {}
        }
    }

    /// To the first thing that is not known yet.
    fn move_on(&mut self) {
        let facts = &self.facts;
        let known = |step| match step {
            Step::Interest => facts.interest.is_some(),
            Step::Rate => facts.rate_minor.is_some() || facts.rate_said.is_some(),
            Step::Timeline => facts.timeline.is_some(),
            Step::Content => !facts.content_types.is_empty(),
            Step::Done => false,
        };
        let steps = [Step::Interest, Step::Rate, Step::Timeline, Step::Content, Step::Done];
        self.step = steps.into_iter().find(|step| !known(*step)).unwrap_or(Step::Done);
    }

    /// Says something, and asks what is to be asked; when nothing is, says good-bye.
    fn again(&mut self, prefix: &str, brief: &Brief, may_be_worded: bool) -> Reply {
        if self.step == Step::Done {
            let line = format!("{prefix} {}", lines::closing(&self.facts, brief, self.lang));
            return self.end(Outcome::Finished, line, may_be_worded);
        }
        let question = lines::question(self.step, brief, self.lang);
        self.say(format!("{prefix} {question}"), Some(question), Next::Listen, may_be_worded)
    }

    fn end(&mut self, outcome: Outcome, line: impl Into<String>, may_be_worded: bool) -> Reply {
        self.outcome = Some(outcome);
        self.say(line, None, Next::End, may_be_worded)
    }

    fn say(&mut self, say: impl Into<String>, question: Option<String>, next: Next, may_be_worded: bool) -> Reply {
        let say = say.into().trim().to_owned();
        self.keep(Who::Agent, &say);
        Reply { say, question, next, may_be_worded }
    }

    fn keep(&mut self, who: Who, text: &str) {
        self.lines.push(Line { who, text: text.chars().take(KEPT).collect(), worded_by: None });
    }

    fn is_above_budget(&self, brief: &Brief) -> bool {
        matches!((self.facts.rate_minor, brief.budget_minor), (Some(rate), Some(budget)) if rate > budget)
    }

    /// The amounts that the other side named, in cents.
    fn amounts_named(&self) -> Vec<i64> {
        let said = self.lines.iter().filter(|line| line.who == Who::User);
        said.flat_map(|line| amounts::all(&line.text)).map(|amount| amount.minor).collect()
    }
}
