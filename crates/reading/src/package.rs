//! What the packages of Office have in common: relations between parts, and what a document says of itself.

use std::collections::HashMap;

use crate::archive::{Archive, resolve};
use crate::draft::Draft;
use crate::model::{Limits, Unreadable};
use crate::xml::{Node, Xml};

/// A relation of a part.
pub(crate) struct Relation {
    /// The last word of its type: `slide`, `hyperlink`.
    pub(crate) kind: String,
    /// The part that is meant, or the address outside.
    pub(crate) target: String,
    pub(crate) outside: bool,
}

/// The relations of a part, by their ids. One without any has none.
pub(crate) fn relations(
    archive: &mut Archive<'_>,
    part: &str,
    limits: &Limits,
    what: &'static str,
) -> Result<HashMap<String, Relation>, Unreadable> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let path = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
    let Some(text) = archive.optional(&path)? else { return Ok(HashMap::new()) };
    let mut xml = Xml::new(&text, limits, what);
    let mut relations = HashMap::new();
    while let Some(node) = xml.next()? {
        let Node::Start(element) = node else { continue };
        let (Some(id), Some(target), Some(kind)) = (element.get("Id"), element.get("Target"), element.get("Type"))
        else {
            continue;
        };
        let outside = element.get("TargetMode").as_deref() == Some("External");
        let target = if outside { target } else { resolve(part, &target) };
        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
        relations.insert(id, Relation { kind, target, outside });
    }
    Ok(relations)
}

/// The main part of a package, and its title told to the draft.
pub(crate) fn main_part(
    archive: &mut Archive<'_>,
    usual: &str,
    draft: &mut Draft<'_>,
    what: &'static str,
) -> Result<String, Unreadable> {
    let relations = relations(archive, "", draft.limits, what)?;
    let of = |kind: &str| relations.values().find(|one| one.kind == kind && !one.outside).map(|one| one.target.clone());
    let core = of("core-properties").unwrap_or_else(|| "docProps/core.xml".to_owned());
    if let Some(text) = archive.optional(&core)? {
        let limits = draft.limits;
        let mut xml = Xml::new(&text, limits, what);
        // What a document says of itself may be damaged: it is not its text.
        while let Ok(Some(node)) = xml.next() {
            if let Node::Start(element) = node
                && element.name == "title"
            {
                draft.title(&xml.text().unwrap_or_default());
                break;
            }
        }
    }
    let main = of("officeDocument").filter(|part| archive.has(part));
    Ok(main.unwrap_or_else(|| usual.to_owned()))
}
