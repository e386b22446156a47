//! Files to text: whatever a coach drops becomes one plain text, and blocks that say what its parts are.
//!
//! [`Kind::detect`] looks at what a file is (its content before its name), [`read`] makes a [`Reading`] of it, within [`Limits`]. Nothing
//! is written anywhere, no reference is followed, no entity beyond the five of XML is expanded, and macros are not looked at.
//!
//! What comes from strangers is read in a process of its own, which may break: see [`isolated`].

mod archive;
mod comma;
mod draft;
mod encoding;
mod epub;
mod html;
pub mod isolated;
mod kind;
mod markdown;
mod model;
mod odt;
mod package;
mod pdf;
mod plain;
mod slides;
mod subtitles;
mod table;
mod word;
mod workbook;
mod xml;

pub use kind::Kind;
pub use model::{Block, BlockKind, Limits, Reading, Reason, Unreadable};

use draft::Draft;

/// The text of a file of this kind.
///
/// It may take all the time and memory that a hostile file wants of a PDF reader: what comes from strangers goes through
/// [`isolated::Readers`].
pub fn read(kind: Kind, bytes: &[u8], limits: &Limits) -> Result<Reading, Unreadable> {
    let mut draft = Draft::new(limits);
    match kind {
        Kind::Pdf => pdf::read(bytes, &mut draft),
        Kind::Docx => word::read(bytes, &mut draft),
        Kind::Pptx => slides::read(bytes, &mut draft),
        Kind::Xlsx => workbook::read(bytes, &mut draft),
        Kind::Odt => odt::read(bytes, &mut draft),
        Kind::Epub => epub::read(bytes, &mut draft),
        Kind::Html => html::read(bytes, &mut draft),
        Kind::Markdown => markdown::read(bytes, &mut draft),
        Kind::Csv => comma::read(bytes, &mut draft),
        Kind::Subtitles => subtitles::read(bytes, &mut draft),
        Kind::Text => plain::read(bytes, &mut draft),
    }?;
    draft.finish()
}

#[cfg(test)]
mod tests;
