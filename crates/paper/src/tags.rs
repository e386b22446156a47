//! What the parts of a document are, for whoever has it read aloud, searches it or copies from it: a tree beside the pages.

use std::num::NonZeroU16;

use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};

/// What a part of a document is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// A heading of this level; 1 is the title of the document.
    Heading(u16),
    /// A paragraph.
    Paragraph,
    /// A table, of rows.
    Table,
    /// A row, of cells.
    Row,
    /// A cell at the head of a column.
    Head,
    /// Any other cell.
    Cell,
    /// A drawing, and what it shows in words.
    Figure(String),
}

impl Part {
    fn kind(&self) -> TagKind {
        match self {
            Self::Heading(level) => Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), None).into(),
            Self::Paragraph => Tag::P.into(),
            Self::Table => Tag::Table.into(),
            Self::Row => Tag::TR.into(),
            Self::Head => Tag::TH(TableHeaderScope::Column).into(),
            Self::Cell => Tag::TD.into(),
            Self::Figure(shows) => Tag::Figure(Some(shows.clone())).into(),
        }
    }

    /// Whether text may stand in it as it is.
    fn holds_text(&self) -> bool {
        !matches!(self, Self::Table | Self::Row)
    }
}

/// A part in its place of the tree.
struct Node {
    part: Part,
    parent: Option<usize>,
}

/// The tree in the making.
#[derive(Default)]
pub(crate) struct Tags {
    nodes: Vec<Node>,
    open: Option<usize>,
}

impl Tags {
    /// A new part, within the one that is open.
    pub(crate) fn begin(&mut self, part: Part) -> usize {
        self.nodes.push(Node { part, parent: self.open });
        self.nodes.len() - 1
    }

    /// Opens a part, or none; answers which was open.
    pub(crate) fn open(&mut self, node: Option<usize>) -> Option<usize> {
        std::mem::replace(&mut self.open, node)
    }

    /// The part that a mark belongs to: none if it is only there to be seen.
    pub(crate) fn of(&self, is_text: bool) -> Option<usize> {
        let open = self.open?;
        let figure = matches!(self.nodes[open].part, Part::Figure(_));
        (is_text || figure).then_some(open)
    }

    /// Whether text that is set now needs a part of its own.
    pub(crate) fn wants_part(&self) -> bool {
        self.open.is_none_or(|open| !self.nodes[open].part.holds_text())
    }

    #[cfg(test)]
    pub(crate) fn count(&self, wanted: impl Fn(&Part) -> bool) -> usize {
        self.nodes.iter().filter(|node| wanted(&node.part)).count()
    }

    /// The tree, with what was drawn of each part, in the order of the document.
    pub(crate) fn tree(&self, drawn: Vec<(usize, Identifier)>) -> TagTree {
        let mut groups: Vec<Option<TagGroup>> =
            self.nodes.iter().map(|node| Some(TagGroup::new(node.part.kind()))).collect();
        for (node, identifier) in drawn {
            if let Some(Some(group)) = groups.get_mut(node) {
                group.push(identifier);
            }
        }
        // Parts are numbered in the order in which they begin, so that whoever is within another comes later.
        let mut tops = Vec::new();
        for at in (0..groups.len()).rev() {
            let Some(group) = groups[at].take().filter(|group| !group.children.is_empty()) else { continue };
            match self.nodes[at].parent.and_then(|parent| groups[parent].as_mut()) {
                Some(parent) => parent.children.insert(0, group.into()),
                None => tops.push(group),
            }
        }
        let mut tree = TagTree::new().with_lang(Some("en".into()));
        tops.into_iter().rev().for_each(|group| tree.push(group));
        tree
    }
}

/// Begins what is drawn of a part on a page, or what is only there to be seen.
pub(crate) fn start(surface: &mut Surface<'_>, node: Option<usize>) -> Option<(usize, Identifier)> {
    let tag = match node {
        Some(_) => ContentTag::Other,
        None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)),
    };
    let identifier = surface.start_tagged(tag);
    node.map(|node| (node, identifier))
}
