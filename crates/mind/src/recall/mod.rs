//! Retrieval from a base of documents, in English and Spanish and across: which chunks speak of a question, which sentence answers
//! it, and whether any does. Pure: texts go in, ranges of them come out. `docs/recall.md` has the recipe and its figures.
//!
//! [`Lexicon`] is the index of a base. [`Lexicon::search`] finds by words (BM25, widened by the embedded model's vectors where question
//! and base differ in language) and vectors; [`Lexicon::answer`] chooses among the sentences of the best chunks by learnt weights, and
//! says by a second set of them how sure it is. [`Lexicon::verify`] holds a sentence of a language model against what it cites.

mod answer;
mod dates;
mod features;
mod kinds;
mod lexicon;
mod lists;
mod question;
mod say;
mod search;
mod sentences;
mod verify;
mod weights;
mod words;

pub use answer::{Answer, AnswerParts, Outcome, Passage, SURE_FEATURES, Thresholds, Weighed};
pub use features::RANK_FEATURES;
pub use lexicon::{Added, ChunkText, DocumentText, Lexicon};
pub use question::{MAX_QUESTION_BYTES, Question};
pub use search::{Found, FoundParts};
pub use verify::Support;
pub use words::{Language, language_of};
