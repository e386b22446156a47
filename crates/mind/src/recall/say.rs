//! An answer in words: quotes in the language of their source, and around them the language of the question.

use super::answer::{Answer, Outcome, Passage};
use super::lexicon::Lexicon;
use super::words::Language;

impl Lexicon {
    /// An answer as it is shown to whoever asked. A row of a table is told with its columns' names.
    pub fn say(&self, answer: &Answer, language: Language) -> String {
        let spanish = language == Language::Es;
        let mut lines: Vec<String> = Vec::new();
        match answer.outcome {
            Outcome::Answered => lines.extend(answer.passages.iter().map(|passage| self.told(passage))),
            Outcome::Maybe => {
                let start = if spanish {
                    "No estoy seguro de tener la respuesta, pero esto puede ayudar:"
                } else {
                    "I am not sure that I have the answer, but this may help:"
                };
                lines.push(start.to_owned());
                for passage in &answer.passages {
                    let [open, close] = if spanish { ["«", "»"] } else { ["“", "”"] };
                    lines.push(format!("{open}{}{close}: {}", self.title(passage.slot), self.told(passage)));
                }
            }
            Outcome::Unknown => {
                let text = if spanish {
                    "No lo sé: no he encontrado nada sobre eso."
                } else {
                    "I don't know: I have found nothing about that."
                };
                lines.push(text.to_owned());
            }
        }
        for part in &answer.left_open {
            lines.push(if spanish {
                format!("Sobre «{part}» no he encontrado nada.")
            } else {
                format!("I have found nothing about “{part}”.")
            });
        }
        lines.join("\n\n")
    }

    /// A passage's quote; of a row each cell after its column's name, where the table has a header of as many cells.
    fn told(&self, passage: &Passage) -> String {
        let text = self.text(passage.slot);
        let quote = &text[passage.quote.clone()];
        let cells = |row: &str| -> Vec<String> {
            row.trim().trim_matches('|').split(['|', '\t']).map(|cell| cell.trim().to_owned()).collect()
        };
        let own = cells(quote);
        if own.len() < 2 || quote.contains('\n') {
            return quote.trim_start_matches(['-', '*', '•']).trim_start().to_owned();
        }
        let heading = self.chunks.get(passage.slot as usize).map_or("", |chunk| &*chunk.heading);
        let inside = text[..passage.quote.start].lines().find(|line| cells(line).len() >= 2);
        let header = inside.or_else(|| heading.lines().rev().find(|line| cells(line).len() >= 2)).map(cells);
        match header.filter(|header| header.len() == own.len()) {
            Some(header) => {
                let named = header.iter().zip(&own).filter(|(_, cell)| !cell.is_empty());
                named.map(|(name, cell)| format!("{name}: {cell}")).collect::<Vec<_>>().join("; ")
            }
            None => quote.to_owned(),
        }
    }
}
