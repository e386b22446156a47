//! Documents as PDF: text of any script, pages, tables. Whatever is printed is set with them.
//!
//! What is drawn depends on what is said alone: no time, no random ids, the same bytes for the same words.

pub mod layout;
pub mod table;
pub mod text;

pub use layout::{Mark, Setup, Sheet};
pub use table::{Align, Column, Table};
pub use text::{Colour, Style, Type, missing};
