//! Web pages: what stands in their text, without what is around it on every page.
//!
//! Tokens come from `html5gum`, which reads as browsers do and takes time in proportion to the page, however deep its elements stand in
//! each other; the elements that are open are counted by name, so that an end of what was never begun costs nothing.

mod tokens;

use std::collections::HashMap;

use crate::draft::Draft;
use crate::encoding::decode;
use crate::model::{BlockKind, Unreadable};
use crate::table::Tables;
use tokens::{Tag, Token};

pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let decoded = decode(bytes, declared(bytes).as_deref());
    decoded.tell(draft);
    page(&decoded.text, draft)
}

/// Writes a page. One whose text all stands in what is left out elsewhere (a form around the page) is read with it.
pub(crate) fn page(html: &str, draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let xml = html.trim_start_matches('\u{feff}').starts_with("<?xml");
    write(html, &Mode { xml, strip: true }, draft)?;
    if draft.is_empty() {
        write(html, &Mode { xml, strip: false }, draft)?;
    }
    Ok(())
}

/// Writes a piece of a page.
pub(crate) fn fragment(html: &str, draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    write(html, &Mode { xml: false, strip: true }, draft)
}

/// How a page is read.
struct Mode {
    /// Is it XML? There `<title/>` is a whole element, and no page goes missing in it.
    xml: bool,
    /// Is what is around the text of every page left out?
    strip: bool,
}

/// The encoding that a page says it is in: `<meta charset="iso-8859-1">`, `<?xml version="1.0" encoding="iso-8859-1"?>`.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let at = head.find("charset=").map(|at| at + 8).or_else(|| head.find("encoding=").map(|at| at + 9))?;
    let label = head[at..].trim_start_matches(['"', '\'', ' ']);
    let end = label.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_:.".contains(letter)))?;
    Some(label[..end].to_owned())
}

/// What an element that is open does to what is in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Nothing,
    /// It is not shown, or is not the page's own text.
    Hides,
    Title,
    Is(BlockKind),
    List,
    Table,
    Row,
    /// Its lines are kept.
    Keeps,
    Cell {
        head: bool,
    },
    /// A part of the page, whose own header says what it is.
    Part,
}

struct Open {
    name: Vec<u8>,
    effect: Effect,
}

struct Writer<'d, 'l> {
    draft: &'d mut Draft<'l>,
    mode: &'d Mode,
    open: Vec<Open>,
    names: HashMap<Vec<u8>, usize>,
    hides: usize,
    parts: usize,
    /// How many elements are open whose lines are kept.
    kept: usize,
    text: String,
    tables: Tables,
}

fn write(html: &str, mode: &Mode, draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let mut writer = Writer {
        draft,
        mode,
        open: Vec::new(),
        names: HashMap::new(),
        hides: 0,
        parts: 0,
        kept: 0,
        text: String::new(),
        tables: Tables::default(),
    };
    for token in tokens::of(html, mode.xml) {
        match token.map_err(|error| Unreadable::too_long(&error.to_string()))? {
            Token::Text(text) if writer.hides == 0 => writer.say(&text),
            Token::Text(_) => {}
            Token::Start(tag) => writer.start(tag)?,
            Token::End(name) => writer.end(&name)?,
        }
    }
    writer.flush()?;
    while !writer.tables.is_empty() {
        writer.tables.end(writer.draft)?;
    }
    Ok(())
}

impl Writer<'_, '_> {
    fn say(&mut self, text: &str) {
        if self.kept > 0 {
            self.text.push_str(text);
        } else {
            // Where its lines end is whoever's who wrote the page.
            self.text.extend(text.chars().map(|letter| if letter == '\n' || letter == '\r' { ' ' } else { letter }));
        }
    }

    fn start(&mut self, tag: Tag) -> Result<(), Unreadable> {
        let name = tag.name.as_slice();
        match name {
            b"br" => {
                self.text.push('\n');
                return Ok(());
            }
            // These end what stands before them, whether it was ended or not.
            b"li" => self.end_within(b"li", &[Effect::List])?,
            b"tr" => self.end_within(b"tr", &[Effect::Table])?,
            b"td" | b"th" => {
                self.end_within(b"td", &[Effect::Row, Effect::Table])?;
                self.end_within(b"th", &[Effect::Row, Effect::Table])?;
            }
            _ => {}
        }
        if is_block(name) {
            self.flush()?;
        }
        if is_void(name) || (self.mode.xml && tag.closed) {
            return Ok(());
        }
        let effect = self.effect(&tag);
        match effect {
            Effect::Hides => self.hides += 1,
            Effect::Part => self.parts += 1,
            Effect::Keeps => self.kept += 1,
            Effect::Table => self.tables.begin(),
            Effect::Row => self.tables.end_row(self.draft)?,
            Effect::Cell { head } => {
                if let Some(row) = self.tables.row() {
                    row.cell(head);
                }
            }
            _ => {}
        }
        *self.names.entry(name.to_vec()).or_default() += 1;
        self.open.push(Open { name: tag.name, effect });
        Ok(())
    }

    fn end(&mut self, name: &[u8]) -> Result<(), Unreadable> {
        // The text of the title goes to the title.
        if is_block(name) && name != b"title" {
            self.flush()?;
        }
        if self.names.get(name).is_none_or(|open| *open == 0) {
            return Ok(());
        }
        while let Some(open) = self.close()? {
            if open.name == name {
                break;
            }
        }
        Ok(())
    }

    /// Ends the innermost element of this name, unless one with such an effect stands between.
    fn end_within(&mut self, name: &[u8], between: &[Effect]) -> Result<(), Unreadable> {
        if self.names.get(name).is_none_or(|open| *open == 0) {
            return Ok(());
        }
        // Not far: what is deeper than this is no list that anybody wrote.
        let near = self.open.iter().rev().take(64).take_while(|open| !between.contains(&open.effect));
        let mut near = near.map(|open| open.name == name);
        if near.any(|found| found) { self.end(name) } else { Ok(()) }
    }

    fn close(&mut self) -> Result<Option<Open>, Unreadable> {
        let Some(open) = self.open.last() else { return Ok(None) };
        match open.effect {
            Effect::Title => {
                let title = std::mem::take(&mut self.text);
                self.draft.title(&title);
            }
            Effect::Is(_) | Effect::Cell { .. } => self.flush()?,
            Effect::Row => {
                self.flush()?;
                self.tables.end_row(self.draft)?;
            }
            Effect::Table => {
                self.flush()?;
                self.tables.end(self.draft)?;
            }
            Effect::Hides => self.hides -= 1,
            Effect::Part => self.parts -= 1,
            Effect::Keeps => self.kept -= 1,
            Effect::Nothing | Effect::List => {}
        }
        let open = self.open.pop();
        if let Some(count) = open.as_ref().and_then(|open| self.names.get_mut(&open.name)) {
            *count -= 1;
        }
        Ok(open)
    }

    fn effect(&self, tag: &Tag) -> Effect {
        if tag.hidden {
            return Effect::Hides;
        }
        match tag.name.as_slice() {
            b"script" | b"style" | b"noscript" | b"template" | b"svg" | b"math" | b"iframe" | b"object" | b"canvas"
            | b"audio" | b"video" | b"select" | b"datalist" | b"textarea" | b"button" | b"dialog" => Effect::Hides,
            b"nav" | b"aside" | b"form" | b"menu" if self.mode.strip => Effect::Hides,
            // That of an article has its title.
            b"header" | b"footer" if self.mode.strip && self.parts == 0 => Effect::Hides,
            b"main" | b"article" | b"section" => Effect::Part,
            b"title" if self.parts == 0 => Effect::Title,
            b"h1" => Effect::Is(BlockKind::Heading(1)),
            b"h2" => Effect::Is(BlockKind::Heading(2)),
            b"h3" => Effect::Is(BlockKind::Heading(3)),
            b"h4" | b"summary" => Effect::Is(BlockKind::Heading(4)),
            b"h5" => Effect::Is(BlockKind::Heading(5)),
            b"h6" => Effect::Is(BlockKind::Heading(6)),
            b"li" | b"dd" => Effect::Is(BlockKind::Item),
            b"ul" | b"ol" => Effect::List,
            b"pre" => Effect::Keeps,
            b"table" => Effect::Table,
            b"tr" => Effect::Row,
            b"td" => Effect::Cell { head: false },
            b"th" => Effect::Cell { head: true },
            _ => Effect::Nothing,
        }
    }

    /// Writes the text down as what it is, or puts it into its cell.
    fn flush(&mut self) -> Result<(), Unreadable> {
        if self.text.is_empty() {
            return Ok(());
        }
        let text = std::mem::take(&mut self.text);
        // Not far: deep down nobody meant a list.
        let kind = self.open.iter().rev().take(64).find_map(|open| match open.effect {
            Effect::Is(kind) => Some(kind),
            Effect::Cell { .. } | Effect::Table => Some(BlockKind::Paragraph),
            _ => None,
        });
        self.tables.leaf(kind.unwrap_or(BlockKind::Paragraph), text, self.draft)
    }
}

fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"area"
            | b"base"
            | b"br"
            | b"col"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

/// Does this element stand in lines of its own?
fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"address"
            | b"article"
            | b"aside"
            | b"blockquote"
            | b"body"
            | b"caption"
            | b"center"
            | b"dd"
            | b"details"
            | b"dialog"
            | b"div"
            | b"dl"
            | b"dt"
            | b"fieldset"
            | b"figcaption"
            | b"figure"
            | b"footer"
            | b"form"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"head"
            | b"header"
            | b"hr"
            | b"html"
            | b"legend"
            | b"li"
            | b"main"
            | b"menu"
            | b"nav"
            | b"ol"
            | b"option"
            | b"p"
            | b"pre"
            | b"section"
            | b"select"
            | b"summary"
            | b"table"
            | b"tbody"
            | b"td"
            | b"tfoot"
            | b"th"
            | b"thead"
            | b"title"
            | b"tr"
            | b"ul"
    )
}

#[cfg(test)]
mod tests;
