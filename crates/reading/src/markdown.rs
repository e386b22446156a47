//! Markdown: its headings, lists and tables as they are meant, its text without its signs.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::draft::Draft;
use crate::encoding::decode;
use crate::model::{BlockKind, Unreadable};

pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let decoded = decode(bytes, None);
    decoded.tell(draft);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM;
    // A zero is read as the sign for what cannot be shown.
    let text = decoded.text.replace('\0', "");
    let mut writer =
        Writer { draft, text: String::new(), kinds: Vec::new(), row: None, links: Vec::new(), page: None, front: None };
    for event in Parser::new_ext(&text, options) {
        writer.event(event)?;
    }
    writer.flush()
}

struct Writer<'d, 'l> {
    draft: &'d mut Draft<'l>,
    text: String,
    /// What the text is, the innermost last.
    kinds: Vec<BlockKind>,
    /// The cells of the row of a table.
    row: Option<Vec<String>>,
    /// Where the links that are open lead, and where their text begins.
    links: Vec<(String, usize)>,
    /// A piece of HTML.
    page: Option<String>,
    /// What stands before the text, about it.
    front: Option<String>,
}

impl Writer<'_, '_> {
    fn event(&mut self, event: Event<'_>) -> Result<(), Unreadable> {
        match event {
            Event::Start(tag) => self.start(tag)?,
            Event::End(tag) => self.end(tag)?,
            Event::Text(text) => match &mut self.front {
                Some(front) => front.push_str(&text),
                None => self.text.push_str(&text),
            },
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text.push_str(&text),
            Event::Html(text) => match &mut self.page {
                Some(page) => page.push_str(&text),
                None => self.text.push_str(&text),
            },
            Event::InlineHtml(tag) if tag.to_ascii_lowercase().starts_with("<br") => self.text.push('\n'),
            Event::InlineHtml(_) | Event::FootnoteReference(_) => {}
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.text.push('\n'),
            Event::Rule => self.flush()?,
            Event::TaskListMarker(done) => self.text.push_str(if done { "[x] " } else { "[ ] " }),
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>) -> Result<(), Unreadable> {
        match tag {
            Tag::Heading { level, .. } => self.begin(BlockKind::Heading(number(level)))?,
            Tag::Paragraph if self.kinds.last() != Some(&BlockKind::Item) || !self.text.is_empty() => {
                let kind = if self.kinds.contains(&BlockKind::Item) { BlockKind::Item } else { BlockKind::Paragraph };
                self.begin(kind)?;
            }
            Tag::Paragraph => self.kinds.push(BlockKind::Item),
            Tag::CodeBlock(_) | Tag::DefinitionListTitle => self.begin(BlockKind::Paragraph)?,
            Tag::Item | Tag::DefinitionListDefinition => self.begin(BlockKind::Item)?,
            Tag::FootnoteDefinition(_) => {
                self.flush()?;
                self.draft.begin(BlockKind::Notes);
            }
            Tag::TableHead | Tag::TableRow => {
                self.flush()?;
                self.row = Some(Vec::new());
            }
            Tag::Link { dest_url, .. } => self.links.push((dest_url.to_string(), self.text.len())),
            Tag::HtmlBlock => {
                self.flush()?;
                self.page = Some(String::new());
            }
            Tag::MetadataBlock(_) => self.front = Some(String::new()),
            Tag::List(_) | Tag::BlockQuote(_) | Tag::Table(_) => self.flush()?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) -> Result<(), Unreadable> {
        match tag {
            TagEnd::Heading(_)
            | TagEnd::Paragraph
            | TagEnd::CodeBlock
            | TagEnd::Item
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition => {
                self.flush()?;
                self.kinds.pop();
            }
            TagEnd::FootnoteDefinition => {
                self.flush()?;
                self.draft.end();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                self.row.get_or_insert_default().push(cell);
            }
            TagEnd::TableHead => self.row(BlockKind::HeaderRow)?,
            TagEnd::TableRow => self.row(BlockKind::Row)?,
            TagEnd::Link => {
                if let Some((target, begin)) = self.links.pop() {
                    let said = self.text.get(begin..).unwrap_or_default();
                    if let Some(told) = link(said, &target) {
                        self.text.push_str(&told);
                    }
                }
            }
            TagEnd::HtmlBlock => {
                if let Some(page) = self.page.take() {
                    crate::html::fragment(&page, self.draft)?;
                }
            }
            TagEnd::MetadataBlock(_) => {
                if let Some(title) = self.front.take().as_deref().and_then(title) {
                    self.draft.title(&title);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, kind: BlockKind) -> Result<(), Unreadable> {
        self.flush()?;
        self.kinds.push(kind);
        Ok(())
    }

    /// Writes the text down as what it is.
    fn flush(&mut self) -> Result<(), Unreadable> {
        let kind = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
        if kind == BlockKind::Heading(1) {
            self.draft.title(&self.text);
        }
        self.draft.leaf(kind, &self.text)?;
        self.text.clear();
        Ok(())
    }

    fn row(&mut self, kind: BlockKind) -> Result<(), Unreadable> {
        let cells = self.row.take().unwrap_or_default();
        self.draft.leaf(kind, &crate::comma::row(&cells))
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// What to write after the text of a link: where it leads, unless the text says so itself. Members are told "book here", and need to know where.
pub(crate) fn link(said: &str, target: &str) -> Option<String> {
    let target = target.trim();
    let plain = target.strip_prefix("mailto:").or_else(|| target.strip_prefix("tel:"));
    let outside = plain.is_some() || target.starts_with("https://") || target.starts_with("http://");
    let shown = plain.unwrap_or(target);
    let bare = shown.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    let told = !outside || shown.len() > 300 || bare.is_empty() || said.trim().is_empty() || said.contains(bare);
    (!told).then(|| format!(" ({shown})"))
}

/// The title among the lines that stand before a text.
fn title(front: &str) -> Option<String> {
    let line = front.lines().find_map(|line| line.strip_prefix("title"))?;
    let title = line.trim_start().strip_prefix([':', '='])?.trim().trim_matches(['"', '\'']);
    (!title.is_empty()).then(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::kinds_of;
    use crate::{Kind, Limits};

    #[test]
    fn markdown_is_read_without_its_signs() {
        let text = "---\ntitle: \"Handbook\"\n---\n# One *two*\n\nSoft\nbreak, [book here](https://cal.example/x) and `code`[^1].\n\n\
            - a\n  - b\n- [x] c\n\n| Name | Price |\n|---|---|\n| Basic | 20 |\n\n<div>In <b>a</b> page</div>\n\n> quoted\n\n[^1]: A note.\n";
        let reading = crate::read(Kind::Markdown, text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(reading.title.as_deref(), Some("Handbook"));
        assert_eq!(
            kinds_of(&reading),
            [
                "Heading(1) One two",
                "Paragraph Soft break, book here (https://cal.example/x) and code.",
                "Item a",
                "Item b",
                "Item [x] c",
                "HeaderRow Name | Price",
                "Row Basic | 20",
                "Paragraph In a page",
                "Paragraph quoted",
                "Notes A note.",
                "Paragraph A note.",
            ]
        );
    }

    #[test]
    fn a_link_is_told_once() {
        assert_eq!(link("here", "https://a.example/b"), Some(" (https://a.example/b)".to_owned()));
        assert_eq!(link("a.example/b", "https://a.example/b"), None);
        assert_eq!(link("write", "mailto:me@a.example"), Some(" (me@a.example)".to_owned()));
        assert_eq!(link("here", "javascript:alert(1)"), None);
        assert_eq!(link("here", "#there"), None);
    }
}
