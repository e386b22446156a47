//! Retrieval from a base of documents, in English and Spanish and across: which chunks speak of a question, which sentence answers
//! it, and whether any does. Pure: texts go in, ranges of them come out. `docs/recall.md` has the recipe and its figures.
//!
//! [`Lexicon`] is the index of a base; it keeps no texts. [`Together`] asks several as one: [`Together::search`] finds by words (BM25, widened
//! by the embedded model's vectors where question and base differ in language) and vectors, and [`Together::pick`] says whose texts are wanted
//! for an answer. With them [`Picked::answer`] chooses among the sentences of the best chunks by learnt weights, and says by a second set of
//! them how sure it is. [`Together::verify`] holds a sentence of a language model against what it cites.

mod answer;
mod dates;
mod features;
mod kinds;
mod lexicon;
mod lists;
mod marks;
mod pick;
mod postings;
mod prepare;
mod question;
mod search;
mod sentences;
mod together;
mod told;
mod vectors;
mod verify;
mod weights;
mod words;

pub use answer::{Answer, AnswerParts, Outcome, Passage, SURE_FEATURES, Thresholds, Weighed};
pub use features::RANK_FEATURES;
pub use lexicon::{Added, Lexicon};
pub use marks::{answer_mark, question_mark};
pub use pick::{Picked, Place};
pub use prepare::{ChunkText, DocumentText, Prepared};
pub use question::{MAX_QUESTION_BYTES, Question};
pub use search::{Found, FoundParts};
pub use together::Together;
pub use verify::{Cited, Support};
pub use words::{Language, language_of};
