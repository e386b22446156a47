//! HTML as lines, with what its elements say of them.
//!
//! Tokens come from `html5gum`, which reads as browsers do; the elements that are open are counted by name, so that an end of what was
//! never begun costs nothing.

use std::cell::Cell;
use std::collections::HashMap;
use std::convert::Infallible;
use std::rc::Rc;

use html5gum::{Readable as _, Reader, StringReader, Token, Tokenizer};

use super::Mark;

/// What an element that is open does to the text in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Nothing,
    Quotes,
    Signs,
    Hides,
    Keeps,
}

struct Open {
    name: String,
    effect: Effect,
}

struct Writer {
    lines: Vec<(String, Mark)>,
    line: String,
    mark: Option<Mark>,
    quotes: usize,
    signs: usize,
    hides: usize,
    keeps: usize,
    cut: bool,
}

impl Writer {
    fn mark(&self) -> Mark {
        if self.cut {
            Mark::Cut
        } else if self.quotes > 0 {
            Mark::Quoted
        } else if self.signs > 0 {
            Mark::Signature
        } else {
            Mark::None
        }
    }

    fn say(&mut self, text: &str) {
        if self.hides > 0 {
            return;
        }
        for letter in text.chars() {
            if self.keeps > 0 && letter == '\n' {
                self.end_line(true);
                continue;
            }
            if letter.is_whitespace() || letter == '\u{a0}' || letter.is_control() {
                if !self.line.is_empty() && !self.line.ends_with(' ') {
                    self.line.push(' ');
                }
                continue;
            }
            if self.mark.is_some_and(|mark| mark != self.mark()) {
                self.end_line(false);
            }
            self.mark = Some(self.mark());
            self.line.push(letter);
        }
    }

    fn end_line(&mut self, even_if_empty: bool) {
        if self.line.is_empty() && !even_if_empty {
            return;
        }
        let mark = self.mark.take().unwrap_or_else(|| self.mark());
        let line = std::mem::take(&mut self.line);
        self.lines.push((line.trim_end().to_owned(), mark));
    }

    fn count(&mut self, effect: Effect, up: bool) {
        let counted = match effect {
            Effect::Nothing => return,
            Effect::Quotes => &mut self.quotes,
            Effect::Signs => &mut self.signs,
            Effect::Hides => &mut self.hides,
            Effect::Keeps => &mut self.keeps,
        };
        *counted = if up { *counted + 1 } else { counted.saturating_sub(1) };
    }
}

/// How often the reader may come upon what could be a quotation mark within one tag: once for each name, and once for each value in quotes.
const MOST_VALUES: usize = 240;

/// A page that ends where one of its tags has more values than anybody writes: `html5gum` (0.9.0) reads them by functions that call each
/// other in a circle, and some 20,000 are the end of a thread's stack of 2 MiB, which is the end of the process (250, where nothing is
/// optimised).
struct Guarded<'h> {
    reader: StringReader<'h>,
    /// How often it did since the last token.
    values: Rc<Cell<usize>>,
}

impl Reader for Guarded<'_> {
    type Error = Infallible;

    fn read_byte(&mut self) -> Result<Option<u8>, Infallible> {
        self.reader.read_byte()
    }

    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Infallible> {
        self.reader.try_read_string(text, case_sensitive)
    }

    fn read_until<'b>(&'b mut self, needle: &[u8], buffer: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, Infallible> {
        if needle.contains(&b'"') {
            self.values.set(self.values.get() + 1);
        }
        if self.values.get() > MOST_VALUES { Ok(None) } else { self.reader.read_until(needle, buffer) }
    }
}

/// The lines of a page, with what its elements say of them.
pub(super) fn lines(html: &str) -> Vec<(String, Mark)> {
    let mut writer = Writer {
        lines: Vec::new(),
        line: String::new(),
        mark: None,
        quotes: 0,
        signs: 0,
        hides: 0,
        keeps: 0,
        cut: false,
    };
    let mut open: Vec<Open> = Vec::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    let values = Rc::new(Cell::new(0));
    for token in Tokenizer::new(Guarded { reader: html.to_reader(), values: Rc::clone(&values) }) {
        let Ok(token) = token;
        values.set(0);
        match token {
            Token::String(text) => writer.say(&String::from_utf8_lossy(&text.value)),
            Token::StartTag(tag) => {
                let name = plain_name(&String::from_utf8_lossy(&tag.name));
                let attribute = |wanted: &str| {
                    let found = tag.attributes.get(wanted.as_bytes());
                    found.map(|value| String::from_utf8_lossy(&value.value).to_lowercase()).unwrap_or_default()
                };
                let (class, id, style) = (attribute("class"), attribute("id"), attribute("style"));
                if is_block(&name) {
                    writer.end_line(name == "br");
                }
                if name == "p" && writer.lines.last().is_some_and(|(line, _)| !line.is_empty()) {
                    writer.end_line(true);
                }
                if writer.hides == 0 && cuts(&name, &class, &id) {
                    writer.end_line(false);
                    writer.cut = true;
                }
                if is_void(&name) || tag.self_closing {
                    continue;
                }
                let effect = effect(&name, &attribute("type"), &attribute("name"), (&class, &id, &style));
                writer.count(effect, true);
                *names.entry(name.clone()).or_default() += 1;
                open.push(Open { name, effect });
            }
            Token::EndTag(tag) => {
                let name = plain_name(&String::from_utf8_lossy(&tag.name));
                if is_block(&name) {
                    writer.end_line(false);
                }
                if names.get(&name).copied().unwrap_or_default() == 0 {
                    continue;
                }
                while let Some(closed) = open.pop() {
                    writer.count(closed.effect, false);
                    if let Some(count) = names.get_mut(&closed.name) {
                        *count -= 1;
                    }
                    if closed.name == name {
                        break;
                    }
                }
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    writer.end_line(false);
    writer.lines
}

/// Names of elements as Outlook writes them (`o:p`) are taken for what they stand for.
fn plain_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    lower.rsplit_once(':').map_or(lower.clone(), |(_, name)| name.to_owned())
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr"
            | "img"
            | "meta"
            | "input"
            | "link"
            | "col"
            | "area"
            | "base"
            | "wbr"
            | "embed"
            | "source"
            | "track"
            | "param"
    )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr"
            | "p"
            | "div"
            | "blockquote"
            | "table"
            | "tr"
            | "ul"
            | "ol"
            | "li"
            | "pre"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "center"
            | "dl"
            | "dt"
            | "dd"
            | "form"
            | "fieldset"
            | "address"
            | "aside"
            | "main"
            | "body"
    )
}

/// Names as they were given, without what Outlook (`x_`) and Yahoo (`ydp1234`) put before them.
fn bare(name: &str) -> &str {
    let mut name = name;
    while let Some(rest) = name.strip_prefix("x_") {
        name = rest;
    }
    match name.strip_prefix("ydp") {
        Some(rest) => rest.trim_start_matches(|letter: char| letter.is_ascii_hexdigit()),
        None => name,
    }
}

fn any(names: &str, wanted: impl Fn(&str) -> bool) -> bool {
    names.split_ascii_whitespace().any(|name| wanted(bare(name)))
}

/// Everything behind such an element is quoted, whatever it is in.
fn cuts(name: &str, class: &str, id: &str) -> bool {
    any(id, |id| {
        matches!(
            id,
            "divrplyfwdmsg"
                | "appendonsend"
                | "stopspelling"
                | "zwchr"
                | "reply-intro"
                | "olk_src_body_section"
                | "mailcontenteditor_reply"
        )
    }) || (name == "hr" && any(class, |class| matches!(class, "zmail_extra_hr" | "stopspelling")))
        || any(class, |class| matches!(class, "outlookmessageheader" | "ms-outlook-mobile-reference-message-start"))
}

fn effect(name: &str, kind: &str, given: &str, (class, id, style): (&str, &str, &str)) -> Effect {
    let style: String = style.chars().filter(|letter| !letter.is_whitespace()).collect();
    if matches!(name, "script" | "style" | "head" | "title" | "template" | "noscript")
        || style.contains("display:none")
        || style.contains("mso-hide:all")
    {
        return Effect::Hides;
    }
    let quotes = |name: &str| {
        matches!(
            name,
            "gmail_quote"
                | "gmail_quote_container"
                | "gmail_attr"
                | "yahoo_quoted"
                | "yahoo-quoted"
                | "moz-cite-prefix"
                | "moz-forward-container"
                | "moz-email-headers-table"
                | "protonmail_quote"
                | "tutanota_quote"
                | "zmail_extra"
                | "mailquote"
                | "front-blockquote"
                | "front-quote"
                | "gmx_quote"
                | "quoted"
                | "reply-quote"
                | "ms-outlook-mobile-reference-message"
                | "ms-outlook-ios-reference-expand"
                | "iosymail_quoted"
                | "aolmail_quote"
                | "mail-editor-reference-message-container"
                | "isreplycontent"
                | "isforwardcontent"
                | "quoted-text"
                | "h5"
                | "rcmbody-quote"
                | "gmail-quote"
        ) || name.starts_with("yahoo_quoted_")
            || name.starts_with("replyforward")
    };
    // An indented paragraph of Gmail's is a blockquote, too.
    let indents = || kind != "cite" && class.is_empty() && style.contains("border:none") && style.contains("margin:0");
    if any(class, quotes)
        || any(id, quotes)
        || (name == "blockquote" && !indents())
        || (name == "div" && given == "quote")
    {
        return Effect::Quotes;
    }
    let signs = |name: &str| {
        matches!(
            name,
            "gmail_signature"
                | "gmail_signature_prefix"
                | "moz-signature"
                | "signature"
                | "ms-outlook-mobile-signature"
                | "protonmail_signature_block"
                | "ymail_android_signature"
                | "tutanota_signature"
                | "applemailsignature"
                | "mail-signature"
                | "zmail_signature"
                | "mobile-signature"
        )
    };
    if any(class, signs) || any(id, signs) {
        return Effect::Signs;
    }
    if matches!(name, "pre" | "textarea") || style.contains("white-space:pre") {
        return Effect::Keeps;
    }
    Effect::Nothing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_of_very_many_values_ends_the_page_and_not_the_process() {
        let page = |values: usize| format!("<p>before</p><p{}>after</p>", " a=\"\"".repeat(values));
        let texts = |page: &str| {
            lines(page).into_iter().map(|(text, _)| text).filter(|text| !text.is_empty()).collect::<Vec<_>>()
        };
        assert_eq!(texts(&page(200_000)), ["before"]);
        assert_eq!(texts(&page(90)), ["before", "after"]);
        let links = "<a href=\"x\">y</a> ".repeat(10_000);
        assert_eq!(texts(&links)[0].len(), 2 * 10_000 - 1);
    }
}
