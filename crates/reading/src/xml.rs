//! XML as events by local names: no document type is followed, no entity expanded but the five of XML, and its depth is limited.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::QName;

use crate::model::{Limits, Unreadable};

/// What comes next.
pub(crate) enum Node<'x> {
    Start(Element<'x>),
    End(String),
    Text(String),
}

/// An element that begins.
pub(crate) struct Element<'x> {
    start: BytesStart<'x>,
    /// Its name without its prefix.
    pub(crate) name: String,
}

impl Element<'_> {
    /// The value of an attribute, by its name without its prefix.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.find(|key| key.local_name().as_ref() == name.as_bytes())
    }

    /// The value of an attribute, by its name as it is written: `r:id`, which stands beside `id`.
    pub(crate) fn full(&self, name: &str) -> Option<String> {
        self.find(|key| key.as_ref() == name.as_bytes())
    }

    fn find(&self, is: impl Fn(QName<'_>) -> bool) -> Option<String> {
        let mut attributes = self.start.attributes();
        attributes.with_checks(false);
        let found = attributes.flatten().find(|one| is(one.key))?;
        let raw = String::from_utf8_lossy(&found.value);
        Some(quick_xml::escape::unescape(&raw).map_or_else(|_| raw.clone().into_owned(), Into::into))
    }
}

pub(crate) struct Xml<'x> {
    reader: Reader<&'x [u8]>,
    depth: usize,
    limit: usize,
    what: &'static str,
}

impl<'x> Xml<'x> {
    pub(crate) fn new(text: &'x str, limits: &Limits, what: &'static str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { reader, depth: 0, limit: limits.depth, what }
    }

    /// What comes next; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Node<'x>>, Unreadable> {
        loop {
            let event = self.reader.read_event().map_err(|_| Unreadable::broken(self.what))?;
            return Ok(Some(match event {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > self.limit {
                        return Err(Unreadable::too_long(&format!("parts nested more than {} deep", self.limit)));
                    }
                    let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                    Node::Start(Element { start, name })
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    Node::End(String::from_utf8_lossy(end.local_name().as_ref()).into_owned())
                }
                Event::Text(text) => Node::Text(String::from_utf8_lossy(&text).into_owned()),
                Event::CData(text) => Node::Text(String::from_utf8_lossy(&text).into_owned()),
                Event::GeneralRef(reference) => {
                    let name = String::from_utf8_lossy(&reference).into_owned();
                    match reference.resolve_char_ref() {
                        Ok(Some(letter)) => Node::Text(letter.to_string()),
                        _ => Node::Text(resolve_predefined_entity(&name).unwrap_or_default().to_owned()),
                    }
                }
                Event::Eof if self.depth > 0 => return Err(Unreadable::broken(self.what)),
                Event::Eof => return Ok(None),
                _ => continue,
            }));
        }
    }

    /// Passes over what is left of the element that was begun last.
    pub(crate) fn skip(&mut self) -> Result<(), Unreadable> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if self.next()?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// The text of the element that was begun last, to its end.
    pub(crate) fn text(&mut self) -> Result<String, Unreadable> {
        let outside = self.depth.saturating_sub(1);
        let mut text = String::new();
        while self.depth > outside {
            match self.next()? {
                Some(Node::Text(piece)) => text.push_str(&piece),
                Some(_) => {}
                None => break,
            }
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_of_the_document_are_not_expanded() {
        let text = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><x y=\"1&amp;2\">&a;&b;&lt;&#233;<![CDATA[<z>]]></x>";
        let mut xml = Xml::new(text, &Limits::default(), "document");
        let Some(Node::Start(element)) = xml.next().unwrap() else { panic!("no element") };
        assert_eq!(element.get("y").as_deref(), Some("1&2"));
        assert_eq!(xml.text().unwrap(), "<é<z>");
        assert!(xml.next().unwrap().is_none());
    }

    #[test]
    fn depth_is_limited_and_ends_must_be_there() {
        let limits = Limits::default();
        let deep = "<a>".repeat(600);
        let mut xml = Xml::new(&deep, &limits, "document");
        let error = loop {
            match xml.next() {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(error.reason, crate::Reason::TooLong);
        let mut xml = Xml::new("<a>", &limits, "document");
        xml.next().unwrap();
        assert!(xml.next().is_err());
    }
}
