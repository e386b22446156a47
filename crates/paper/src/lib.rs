//! Documents as PDF: text of any script, pages, tables. Whatever is printed is set with them.
//!
//! What is set is tagged (headings, paragraphs, tables, charts), so that it can be read aloud and copied in its order.
//!
//! What is drawn depends on what is said alone: no time, no random ids, the same bytes for the same words.

mod fonts;
pub mod layout;
mod letters;
pub mod table;
mod tags;
pub mod text;

pub use fonts::missing;
pub use layout::{Mark, Setup, Sheet, compose};
pub use table::{Align, Column, Table};
pub use tags::Part;
pub use text::{Colour, Style, Type};
