//! Text documents of OpenOffice and LibreOffice.

use crate::archive::Archive;
use crate::draft::Draft;
use crate::kind::encrypted;
use crate::markdown::link;
use crate::model::{BlockKind, Unreadable};
use crate::table::Tables;
use crate::xml::{Element, Node, Xml};

const WHAT: &str = "text document";
/// A cell may stand for so many like it; a whole sheet's width of empty ones is usual.
const MOST_REPEATED: usize = 20;

pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let mut archive = Archive::open(bytes, draft.limits, WHAT)?;
    if let Some(manifest) = archive.optional("META-INF/manifest.xml")?
        && manifest.contains("encryption-data")
    {
        return Err(encrypted(WHAT));
    }
    if let Some(meta) = archive.optional("meta.xml")? {
        let limits = draft.limits;
        let mut xml = Xml::new(&meta, limits, WHAT);
        while let Ok(Some(node)) = xml.next() {
            if let Node::Start(element) = node
                && element.name == "title"
            {
                draft.title(&xml.text().unwrap_or_default());
                break;
            }
        }
    }
    let text = archive.text("content.xml")?;
    let limits = draft.limits;
    let mut xml = Xml::new(&text, limits, WHAT);
    let mut writer =
        Writer { draft, paragraphs: Vec::new(), tables: Tables::default(), items: 0, heads: 0, notes: Vec::new() };
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(element) => writer.start(&element, &mut xml)?,
            Node::End(name) => writer.end(&name)?,
            Node::Text(text) => writer.say(&text),
        }
    }
    let notes = std::mem::take(&mut writer.notes);
    draft.begin(BlockKind::Notes);
    for note in notes {
        draft.leaf(BlockKind::Paragraph, &note)?;
    }
    draft.end();
    Ok(())
}

#[derive(Default)]
struct Paragraph {
    level: Option<u8>,
    text: String,
    links: Vec<(usize, String)>,
    /// Does it stand in a note?
    note: bool,
}

struct Writer<'d, 'l> {
    draft: &'d mut Draft<'l>,
    paragraphs: Vec<Paragraph>,
    tables: Tables,
    /// How many items of lists are open.
    items: usize,
    /// How many groups of rows that name columns are open.
    heads: usize,
    notes: Vec<String>,
}

impl Writer<'_, '_> {
    fn say(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            // Line ends of the file are spaces of the text.
            paragraph.text.extend(text.chars().map(|letter| if letter == '\n' { ' ' } else { letter }));
        }
    }

    fn start(&mut self, element: &Element<'_>, xml: &mut Xml<'_>) -> Result<(), Unreadable> {
        match element.name.as_str() {
            "tracked-changes" | "annotation" | "note-citation" | "automatic-styles" | "font-face-decls" | "forms"
            | "table-of-content" | "scripts" => xml.skip()?,
            "h" | "p" => {
                let level = element.get("outline-level").and_then(|level| level.parse::<u8>().ok());
                let level = (element.name == "h").then(|| level.unwrap_or(1).clamp(1, 6));
                let note = self.paragraphs.last().is_some();
                self.paragraphs.push(Paragraph { level, note, ..Paragraph::default() });
            }
            "s" => self.say(" "),
            "tab" => self.say("\t"),
            "line-break" => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.text.push('\n');
                }
            }
            "a" => {
                let target = element.get("href").unwrap_or_default();
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.links.push((paragraph.text.len(), target));
                }
            }
            "list-item" | "list-header" => self.items += 1,
            "table" => self.tables.begin(),
            "table-header-rows" => self.heads += 1,
            "table-cell" | "covered-table-cell" => {
                let head = self.heads > 0;
                let times = element.get("number-columns-repeated").and_then(|times| times.parse().ok()).unwrap_or(1);
                if let Some(row) = self.tables.row() {
                    for _ in 0..MOST_REPEATED.min(times) {
                        row.cell(head);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Unreadable> {
        match name {
            "h" | "p" => {
                let Some(paragraph) = self.paragraphs.pop() else { return Ok(()) };
                if paragraph.note {
                    self.notes.push(paragraph.text);
                    return Ok(());
                }
                let kind = match paragraph.level {
                    Some(level) => BlockKind::Heading(level),
                    None if self.items > 0 => BlockKind::Item,
                    None => BlockKind::Paragraph,
                };
                self.tables.leaf(kind, paragraph.text, self.draft)?;
            }
            "a" => {
                if let Some(paragraph) = self.paragraphs.last_mut()
                    && let Some((begin, target)) = paragraph.links.pop()
                    && let Some(told) = link(paragraph.text.get(begin..).unwrap_or_default(), &target)
                {
                    paragraph.text.push_str(&told);
                }
            }
            "list-item" | "list-header" => self.items = self.items.saturating_sub(1),
            "table-header-rows" => self.heads = self.heads.saturating_sub(1),
            "table-row" => self.tables.end_row(self.draft)?,
            "table" => self.tables.end(self.draft)?,
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
