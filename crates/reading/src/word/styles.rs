//! Styles of Word: their ids are in the language of the program, their names are not.

use std::collections::HashMap;

use crate::model::{Limits, Unreadable};
use crate::xml::{Node, Xml};

/// What a style says of its paragraphs.
#[derive(Clone, Default)]
pub(super) struct Style {
    /// The level of a heading.
    pub(super) level: Option<u8>,
    /// Is it an item of a list?
    pub(super) item: Option<bool>,
    /// Is it a line of the table of contents? That says everything twice.
    pub(super) contents: bool,
    /// Is it the title of the document?
    pub(super) title: bool,
}

#[derive(Default)]
struct Entry {
    style: Style,
    based_on: Option<String>,
}

#[derive(Default)]
pub(super) struct Styles(HashMap<String, Entry>);

impl Styles {
    pub(super) fn read(text: &str, limits: &Limits, what: &'static str) -> Result<Self, Unreadable> {
        let mut styles = HashMap::new();
        let mut open: Option<(String, Entry)> = None;
        let mut xml = Xml::new(text, limits, what);
        while let Some(node) = xml.next()? {
            match node {
                Node::Start(element) if element.name == "style" => {
                    open = element.get("styleId").map(|id| (id, Entry::default()));
                }
                Node::Start(element) => {
                    let (Some((_, entry)), Some(value)) = (&mut open, element.get("val")) else { continue };
                    match element.name.as_str() {
                        "name" => entry.style = named(&value),
                        "basedOn" => entry.based_on = Some(value),
                        "outlineLvl" => {
                            let level = value.parse::<u8>().ok().filter(|level| *level < 9);
                            entry.style.level = entry.style.level.or(level.map(|level| (level + 1).min(6)));
                        }
                        "numId" if entry.style.level.is_none() => entry.style.item = Some(value != "0"),
                        _ => {}
                    }
                }
                Node::End(name) if name == "style" => styles.extend(open.take()),
                _ => {}
            }
        }
        Ok(Self(styles))
    }

    /// What the style with this id says, or those that it is based on.
    pub(super) fn of(&self, id: &str) -> Style {
        let mut found = Style::default();
        let mut next = Some(id.to_owned());
        // A style may be based on itself by mistake.
        for _ in 0..12 {
            let Some(id) = next.take() else { break };
            let Some(entry) = self.0.get(&id) else {
                // A document without its styles; the ids of headings say so in most languages.
                found.level = found.level.or(named(&id).level);
                break;
            };
            found.level = found.level.or(entry.style.level);
            found.item = found.item.or(entry.style.item);
            found.contents |= entry.style.contents;
            found.title |= entry.style.title;
            next.clone_from(&entry.based_on);
        }
        found
    }
}

/// What a style's name says.
fn named(name: &str) -> Style {
    let name = name.to_lowercase().replace(' ', "");
    let heading = ["heading", "título", "titulo", "titre", "berschrift", "überschrift", "titolo", "kop", "rubrik"];
    let number = name.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let level = number.parse::<u8>().ok().filter(|level| (1..=9).contains(level)).map(|level| level.min(6));
    let mut style = Style::default();
    match name.strip_suffix(number) {
        Some(word) if level.is_some() && heading.contains(&word) => style.level = level,
        Some("toc") if level.is_some() => style.contents = true,
        _ if name == "title" => (style.level, style.title) = (Some(1), true),
        _ if name == "subtitle" => style.level = Some(2),
        _ if name.starts_with("listbullet") || name.starts_with("listnumber") => style.item = Some(true),
        _ => {}
    }
    style
}
