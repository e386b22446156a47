//! Word documents: paragraphs by their styles, tables, text boxes, footnotes. What was deleted or hidden in it is not read.

mod styles;

use std::collections::HashMap;

use crate::archive::Archive;
use crate::draft::Draft;
use crate::markdown::link;
use crate::model::{BlockKind, Unreadable};
use crate::package::{Relation, main_part, relations};
use crate::table::Tables;
use crate::xml::{Element, Node, Xml};
use styles::{Style, Styles};

const WHAT: &str = "Word document";

pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let mut archive = Archive::open(bytes, draft.limits, WHAT)?;
    let main = main_part(&mut archive, "word/document.xml", draft, WHAT)?;
    let links = relations(&mut archive, &main, draft.limits, WHAT)?;
    let part = |kind: &str| links.values().find(|one| one.kind == kind && !one.outside).map(|one| one.target.clone());
    let styles = match part("styles").filter(|part| archive.has(part)) {
        Some(part) => Styles::read(&archive.text(&part)?, draft.limits, WHAT)?,
        None => Styles::default(),
    };
    let text = archive.text(&main)?;
    Writer::new(&styles, &links, draft).part(&text)?;
    for kind in ["footnotes", "endnotes"] {
        let Some(part) = part(kind).filter(|part| archive.has(part)) else { continue };
        let text = archive.text(&part)?;
        let links = relations(&mut archive, &part, draft.limits, WHAT)?;
        draft.begin(BlockKind::Notes);
        Writer::new(&styles, &links, draft).part(&text)?;
        draft.end();
    }
    Ok(())
}

/// A paragraph that is being read.
#[derive(Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    /// What it says of itself, over what its style says.
    own: Style,
    /// Where the links that are open begin, and where they lead.
    links: Vec<(usize, String)>,
}

struct Writer<'w, 'l> {
    styles: &'w Styles,
    relations: &'w HashMap<String, Relation>,
    draft: &'w mut Draft<'l>,
    /// The paragraphs that are open: a text box stands within one.
    paragraphs: Vec<Paragraph>,
    tables: Tables,
    /// Is the run that is open hidden?
    hidden: bool,
    /// Is the text of the document coming, and not what is between its elements?
    says: bool,
}

impl<'w, 'l> Writer<'w, 'l> {
    fn new(styles: &'w Styles, relations: &'w HashMap<String, Relation>, draft: &'w mut Draft<'l>) -> Self {
        Self { styles, relations, draft, paragraphs: Vec::new(), tables: Tables::default(), hidden: false, says: false }
    }

    fn part(mut self, text: &str) -> Result<(), Unreadable> {
        let mut xml = Xml::new(text, self.draft.limits, WHAT);
        while let Some(node) = xml.next()? {
            match node {
                Node::Start(element) => self.start(&element, &mut xml)?,
                Node::End(name) => self.end(&name)?,
                Node::Text(text) if self.says && !self.hidden => self.say(&text),
                Node::Text(_) => {}
            }
        }
        Ok(())
    }

    fn say(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn start(&mut self, element: &Element<'_>, xml: &mut Xml<'_>) -> Result<(), Unreadable> {
        let value = || element.get("val");
        let is_on = || !matches!(value().as_deref(), Some("0" | "false" | "off" | "none"));
        match element.name.as_str() {
            // What was there before somebody changed it, a second form of what stands before it, and what is not of the text.
            "del" | "moveFrom" | "Fallback" | "tabs" | "sectPr" | "tblPrChange" | "pPrChange" | "rPrChange"
            | "instrText" | "delText" => xml.skip()?,
            "footnote" | "endnote" if element.get("type").is_some_and(|kind| kind != "normal") => xml.skip()?,
            "p" => self.paragraphs.push(Paragraph::default()),
            "t" => self.says = true,
            "r" => self.hidden = false,
            "vanish" | "webHidden" if is_on() => self.hidden = true,
            "tab" | "ptab" => self.say("\t"),
            "br" | "cr" => self.say("\n"),
            "noBreakHyphen" => self.say("-"),
            "pStyle" => self.with(|paragraph| paragraph.style = element.get("val")),
            "outlineLvl" => {
                let level = value().and_then(|level| level.parse::<u8>().ok());
                self.with(|paragraph| {
                    paragraph.own.level = level.filter(|level| *level < 9).map(|level| (level + 1).min(6));
                });
            }
            "numId" => self.with(|paragraph| paragraph.own.item = Some(value().is_some_and(|id| id != "0"))),
            "hyperlink" => {
                let target = element.get("id").and_then(|id| self.relations.get(&id));
                let target = target.filter(|one| one.outside).map(|one| one.target.clone()).unwrap_or_default();
                self.with(|paragraph| paragraph.links.push((paragraph.text.len(), target)));
            }
            "tbl" => self.tables.begin(),
            "tc" => {
                if let Some(row) = self.tables.row() {
                    row.cell(false);
                }
            }
            "tblHeader" if is_on() => {
                if let Some(row) = self.tables.row() {
                    row.names_columns();
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn with(&mut self, change: impl FnOnce(&mut Paragraph)) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            change(paragraph);
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Unreadable> {
        match name {
            "t" => self.says = false,
            "r" => self.hidden = false,
            "hyperlink" => self.with(|paragraph| {
                if let Some((begin, target)) = paragraph.links.pop()
                    && let Some(told) = link(paragraph.text.get(begin..).unwrap_or_default(), &target)
                {
                    paragraph.text.push_str(&told);
                }
            }),
            "p" => {
                let Some(paragraph) = self.paragraphs.pop() else { return Ok(()) };
                let style = paragraph.style.as_deref().map(|style| self.styles.of(style)).unwrap_or_default();
                if style.contents {
                    return Ok(());
                }
                let kind = match (paragraph.own.level.or(style.level), paragraph.own.item.or(style.item)) {
                    (Some(level), _) => BlockKind::Heading(level),
                    (None, Some(true)) => BlockKind::Item,
                    _ => BlockKind::Paragraph,
                };
                if style.title {
                    self.draft.title(&paragraph.text);
                }
                self.tables.leaf(kind, paragraph.text, self.draft)?;
            }
            "tr" => self.tables.end_row(self.draft)?,
            "tbl" => self.tables.end(self.draft)?,
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
