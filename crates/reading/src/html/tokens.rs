//! The tags and texts of a page, as `html5gum` finds them.
//!
//! It reads the attributes of one tag by functions that call each other in a circle (version 0.9.0): some 20,000 of them are the end of a
//! thread's stack of 2 MiB, and of the process; without optimisation 250 are. Past [`MOST`] no more is read.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Readable as _, Reader, Span, StringReader, Tokenizer};

/// How many attributes one tag may have.
pub(super) const MOST: usize = 100;

/// What comes next of a page.
pub(super) enum Token {
    Start(Tag),
    End(Vec<u8>),
    Text(String),
}

/// A tag that begins an element.
#[derive(Default)]
pub(super) struct Tag {
    pub(super) name: Vec<u8>,
    /// Does an attribute say that it is not shown?
    pub(super) hidden: bool,
    /// Does it end with a slash?
    pub(super) closed: bool,
}

/// A tag has too many attributes.
#[derive(Debug)]
pub(super) struct TooMany;

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a tag with more than {MOST} attributes")
    }
}

impl std::error::Error for TooMany {}

/// All tokens of a page. In XML (`xml`) no element is read by rules of its own.
pub(super) fn of(html: &str, xml: bool) -> impl Iterator<Item = Result<Token, TooMany>> {
    let over = Rc::new(Cell::new(false));
    let reader = Guarded { reader: html.to_reader(), over: Rc::clone(&over) };
    let mut tag = Tag::default();
    let mut attribute = Attribute::Other;
    let mut attributes = 0;
    let mut emitter = CallbackEmitter::new(move |event: CallbackEvent<'_>, _: Span<()>| match event {
        CallbackEvent::OpenStartTag { name } => {
            tag = Tag { name: name.to_vec(), ..Tag::default() };
            attributes = 0;
            None
        }
        CallbackEvent::AttributeName { name } => {
            attributes += 1;
            over.set(attributes > MOST);
            attribute = Attribute::of(name);
            tag.hidden |= attribute == Attribute::Hidden;
            None
        }
        CallbackEvent::AttributeValue { value } => {
            tag.hidden |= attribute.hides(value);
            None
        }
        CallbackEvent::CloseStartTag { self_closing } => {
            tag.closed = self_closing;
            Some(Token::Start(std::mem::take(&mut tag)))
        }
        CallbackEvent::EndTag { name } => {
            attributes = 0;
            Some(Token::End(name.to_vec()))
        }
        CallbackEvent::String { value } => Some(Token::Text(String::from_utf8_lossy(value).into_owned())),
        CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => None,
    });
    emitter.naively_switch_states(!xml);
    Tokenizer::new_with_emitter(reader, emitter)
}

/// An attribute that can hide its element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Hidden,
    AriaHidden,
    Style,
    Other,
}

impl Attribute {
    fn of(name: &[u8]) -> Self {
        match name {
            b"hidden" => Self::Hidden,
            b"aria-hidden" => Self::AriaHidden,
            b"style" => Self::Style,
            _ => Self::Other,
        }
    }

    fn hides(self, value: &[u8]) -> bool {
        match self {
            Self::AriaHidden => value.eq_ignore_ascii_case(b"true"),
            Self::Style => {
                let style = String::from_utf8_lossy(value).to_lowercase();
                let style: String = style.chars().filter(|letter| !letter.is_whitespace()).collect();
                style.contains("display:none") || style.contains("visibility:hidden")
            }
            Self::Hidden | Self::Other => false,
        }
    }
}

/// A reader that stops when it is told to.
struct Guarded<'h> {
    reader: StringReader<'h>,
    over: Rc<Cell<bool>>,
}

impl Guarded<'_> {
    fn check(&self) -> Result<(), TooMany> {
        if self.over.get() { Err(TooMany) } else { Ok(()) }
    }
}

impl Reader for Guarded<'_> {
    type Error = TooMany;

    fn read_byte(&mut self) -> Result<Option<u8>, TooMany> {
        self.check()?;
        let Ok(byte) = self.reader.read_byte();
        Ok(byte)
    }

    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, TooMany> {
        let Ok(read) = self.reader.try_read_string(text, case_sensitive);
        Ok(read)
    }

    fn read_until<'b>(&'b mut self, needle: &[u8], buffer: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, TooMany> {
        self.check()?;
        let Ok(read) = self.reader.read_until(needle, buffer);
        Ok(read)
    }
}
