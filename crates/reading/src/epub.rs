//! Electronic books: their chapters in the order of reading.

use std::collections::HashMap;

use crate::archive::{Archive, resolve, unescape};
use crate::draft::Draft;
use crate::model::{Limits, Reason, Unreadable};
use crate::xml::{Node, Xml};

const WHAT: &str = "book";

pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let mut archive = Archive::open(bytes, draft.limits, WHAT)?;
    let package = package_of(&mut archive, draft.limits)?;
    let text = archive.text(&package)?;
    let book = Book::read(&text, draft.limits)?;
    if let Some(title) = &book.title {
        draft.title(title);
    }
    let locked = archive.optional("META-INF/encryption.xml")?.unwrap_or_default();
    let mut read = 0;
    for id in &book.order {
        let Some(item) = book.items.get(id) else { continue };
        let part = resolve(&package, &unescape(&item.target));
        if item.is_contents || !item.is_page || !archive.has(&part) {
            continue;
        }
        // Fonts are often encrypted; chapters are where the book is sold with a lock.
        if locked.contains(&item.target) {
            return Err(Unreadable::new(
                Reason::Encrypted,
                "This book is locked by its shop (DRM). Upload a copy without the lock.",
            ));
        }
        crate::html::page(&archive.text(&part)?, draft)?;
        read += 1;
    }
    if read == 0 { Err(Unreadable::broken(WHAT)) } else { Ok(()) }
}

/// The part that says what is in the book.
fn package_of(archive: &mut Archive<'_>, limits: &Limits) -> Result<String, Unreadable> {
    if let Some(text) = archive.optional("META-INF/container.xml")? {
        let mut xml = Xml::new(&text, limits, WHAT);
        while let Some(node) = xml.next()? {
            if let Node::Start(element) = node
                && element.name == "rootfile"
                && let Some(path) = element.get("full-path")
            {
                return Ok(unescape(&path));
            }
        }
    }
    archive
        .names()
        .into_iter()
        .find(|name| name.rsplit('.').next() == Some("opf"))
        .ok_or_else(|| Unreadable::broken(WHAT))
}

struct Item {
    target: String,
    is_page: bool,
    /// The table of contents says everything twice.
    is_contents: bool,
}

#[derive(Default)]
struct Book {
    title: Option<String>,
    items: HashMap<String, Item>,
    order: Vec<String>,
}

impl Book {
    fn read(text: &str, limits: &Limits) -> Result<Self, Unreadable> {
        let mut book = Self::default();
        let mut xml = Xml::new(text, limits, WHAT);
        while let Some(node) = xml.next()? {
            let Node::Start(element) = node else { continue };
            match element.name.as_str() {
                "title" if book.title.is_none() => book.title = Some(xml.text()?),
                "item" => {
                    let (Some(id), Some(target)) = (element.get("id"), element.get("href")) else { continue };
                    let kind = element.get("media-type").unwrap_or_default();
                    let is_page = kind.contains("html") || kind.contains("x-dtbook");
                    let is_contents =
                        element.get("properties").is_some_and(|all| all.split_whitespace().any(|one| one == "nav"));
                    book.items.insert(id, Item { target, is_page, is_contents });
                }
                "itemref" => book.order.extend(element.get("idref")),
                _ => {}
            }
        }
        Ok(book)
    }
}

#[cfg(test)]
mod tests;
