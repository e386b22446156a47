//! Presentations: each slide with its title, its text, its tables and what the speaker noted.

use crate::archive::Archive;
use crate::draft::Draft;
use crate::markdown::link;
use crate::model::{BlockKind, Limits, Unreadable};
use crate::package::{main_part, relations};
use crate::table::Tables;
use crate::xml::{Node, Xml};

const WHAT: &str = "presentation";

pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let mut archive = Archive::open(bytes, draft.limits, WHAT)?;
    let main = main_part(&mut archive, "ppt/presentation.xml", draft, WHAT)?;
    let parts = relations(&mut archive, &main, draft.limits, WHAT)?;
    let ids = slide_ids(&archive.text(&main)?, draft.limits)?;
    let mut hidden = 0;
    for (number, id) in (1_u32..).zip(&ids) {
        let Some(part) = parts.get(id).filter(|part| archive.has(&part.target)) else { continue };
        let text = archive.text(&part.target)?;
        let related = relations(&mut archive, &part.target, draft.limits, WHAT)?;
        let mut slide = Slide::default();
        slide.read(
            &text,
            false,
            |id| related.get(id).filter(|one| one.outside).map(|one| one.target.clone()),
            draft.limits,
        )?;
        if slide.hidden {
            hidden += 1;
            continue;
        }
        draft.begin(BlockKind::Page(number));
        slide.write(draft)?;
        let mut others: Vec<_> = related.values().filter(|one| !one.outside && archive.has(&one.target)).collect();
        others.sort_unstable_by(|one, other| one.target.cmp(&other.target));
        for other in others {
            match other.kind.as_str() {
                // The text of a drawing made of boxes and arrows.
                "diagramData" => {
                    let text = archive.text(&other.target)?;
                    let mut drawing = Slide::default();
                    drawing.read(&text, false, |_| None, draft.limits)?;
                    drawing.write(draft)?;
                }
                "notesSlide" => {
                    let text = archive.text(&other.target)?;
                    let mut notes = Slide::default();
                    notes.read(&text, true, |_| None, draft.limits)?;
                    draft.begin(BlockKind::Notes);
                    notes.write(draft)?;
                    draft.end();
                }
                _ => {}
            }
        }
        draft.end();
    }
    if hidden > 0 {
        draft.note(format!("Hidden slides were left out: {hidden}."));
    }
    Ok(())
}

/// The relations of the slides in the order in which they are shown.
fn slide_ids(text: &str, limits: &Limits) -> Result<Vec<String>, Unreadable> {
    let mut xml = Xml::new(text, limits, WHAT);
    let mut ids = Vec::new();
    while let Some(node) = xml.next()? {
        if let Node::Start(element) = node
            && element.name == "sldId"
        {
            ids.extend(element.full("r:id"));
        }
    }
    Ok(ids)
}

/// What a shape is for.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Role {
    #[default]
    Free,
    Title,
    Body,
    /// The date, the number of the slide, what stands at the foot of each.
    Around,
}

/// A piece of a slide.
enum Part {
    Text(BlockKind, String),
    BeginTable,
    BeginCell,
    EndRow,
    EndTable,
}

#[derive(Default)]
struct Slide {
    title: Vec<String>,
    parts: Vec<Part>,
    hidden: bool,
}

impl Slide {
    /// Reads the text of a slide; of a speaker's notes only what was noted.
    fn read(
        &mut self,
        text: &str,
        notes: bool,
        target: impl Fn(&str) -> Option<String>,
        limits: &Limits,
    ) -> Result<(), Unreadable> {
        let mut xml = Xml::new(text, limits, WHAT);
        let mut role = Role::Free;
        let mut says = false;
        let mut paragraph = String::new();
        let (mut begin, mut leads) = (0, None);
        while let Some(node) = xml.next()? {
            match node {
                Node::Start(element) => match element.name.as_str() {
                    "Fallback" => xml.skip()?,
                    "sld" => self.hidden = element.get("show").is_some_and(|show| show == "0" || show == "false"),
                    "sp" | "graphicFrame" | "pic" => role = Role::Free,
                    "ph" => {
                        role = match element.get("type").as_deref() {
                            Some("title" | "ctrTitle") => Role::Title,
                            Some("dt" | "ftr" | "hdr" | "sldNum" | "sldImg") => Role::Around,
                            Some("subTitle") => Role::Free,
                            _ => Role::Body,
                        };
                    }
                    "p" => paragraph.clear(),
                    "r" => (begin, leads) = (paragraph.len(), None),
                    "hlinkClick" => leads = element.get("id").and_then(|id| target(&id)),
                    "t" => says = true,
                    "br" => paragraph.push('\n'),
                    "tbl" => self.parts.push(Part::BeginTable),
                    "tc" => self.parts.push(Part::BeginCell),
                    _ => {}
                },
                Node::Text(text) if says => paragraph.push_str(&text),
                Node::Text(_) => {}
                Node::End(name) => match name.as_str() {
                    "t" => says = false,
                    "r" => {
                        if let Some(told) =
                            leads.take().and_then(|target| link(paragraph.get(begin..).unwrap_or_default(), &target))
                        {
                            paragraph.push_str(&told);
                        }
                    }
                    "p" => self.paragraph(std::mem::take(&mut paragraph), role, notes),
                    "tr" => self.parts.push(Part::EndRow),
                    "tbl" => self.parts.push(Part::EndTable),
                    _ => {}
                },
            }
        }
        Ok(())
    }

    fn paragraph(&mut self, text: String, role: Role, notes: bool) {
        match role {
            Role::Around => {}
            Role::Title if !notes => self.title.push(text),
            Role::Body if notes => self.parts.push(Part::Text(BlockKind::Paragraph, text)),
            _ if notes => {}
            Role::Body => self.parts.push(Part::Text(BlockKind::Item, text)),
            _ => self.parts.push(Part::Text(BlockKind::Paragraph, text)),
        }
    }

    fn write(self, draft: &mut Draft<'_>) -> Result<(), Unreadable> {
        draft.leaf(BlockKind::Heading(2), &self.title.join(" "))?;
        let mut tables = Tables::default();
        for part in self.parts {
            match part {
                Part::Text(kind, text) => tables.leaf(kind, text, draft)?,
                Part::BeginTable => tables.begin(),
                Part::BeginCell => {
                    if let Some(row) = tables.row() {
                        row.cell(false);
                    }
                }
                Part::EndRow => tables.end_row(draft)?,
                Part::EndTable => tables.end(draft)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
