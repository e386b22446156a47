//! A packed file, read part by part within one budget for all of it. Nothing is written anywhere, so names of parts are names only.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::encoding::decode;
use crate::kind::encrypted;
use crate::model::{Limits, Unreadable};

pub(crate) struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    /// Where each part is, by its name as [`plain`] writes it.
    parts: HashMap<String, usize>,
    /// How many bytes may still be unpacked.
    budget: u64,
    limit: u64,
    what: &'static str,
}

impl<'b> Archive<'b> {
    /// Opens it; `what` is what the coach would call it.
    pub(crate) fn open(bytes: &'b [u8], limits: &Limits, what: &'static str) -> Result<Self, Unreadable> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::broken(what))?;
        if zip.len() > limits.entries {
            return Err(Unreadable::too_long(&format!("more than {} files packed in it", limits.entries)));
        }
        let names = zip.file_names_raw().enumerate();
        let parts = names.map(|(at, name)| (plain(&String::from_utf8_lossy(name)), at)).collect();
        Ok(Self { zip, parts, budget: limits.unpacked, limit: limits.unpacked, what })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(&plain(name))
    }

    /// The names of all parts, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.parts.keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// The bytes of a part.
    pub(crate) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, Unreadable> {
        let broken = Unreadable::broken(self.what);
        let at = *self.parts.get(&plain(name)).ok_or_else(|| broken.clone())?;
        let part = match self.zip.by_index(at) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword) => {
                return Err(encrypted(self.what));
            }
            Err(_) => return Err(broken),
        };
        let mut bytes = Vec::new();
        // What a part says of its own size is not to be trusted.
        part.take(self.budget + 1).read_to_end(&mut bytes).map_err(|_| broken)?;
        let unpacked = bytes.len() as u64;
        if unpacked > self.budget {
            let what = format!("more than {} MB in it once it is unpacked", self.limit >> 20);
            return Err(Unreadable::too_long(&what));
        }
        self.budget -= unpacked;
        Ok(bytes)
    }

    /// A part as text. XML says its encoding in its first line.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, Unreadable> {
        let bytes = self.bytes(name)?;
        Ok(text(bytes))
    }

    /// A part as text, if it is there.
    pub(crate) fn optional(&mut self, name: &str) -> Result<Option<String>, Unreadable> {
        if self.has(name) { self.text(name).map(Some) } else { Ok(None) }
    }
}

fn text(bytes: Vec<u8>) -> String {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return text,
        Err(error) => error.into_bytes(),
    };
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let declared = head.split_once("encoding=").map(|(_, rest)| rest.trim_start_matches(['"', '\'']));
    let declared = declared.map(|rest| rest.split(['"', '\'', '?', ' ']).next().unwrap_or_default().to_owned());
    decode(&bytes, declared.as_deref()).text.into_owned()
}

/// A name as it is compared: some programs write other slashes, others begin with one, and cases differ.
fn plain(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

/// The name of the part that a reference in `from` means: `../media/x.xml`, `/word/y.xml`, `chapter%201.xhtml#top`.
pub(crate) fn resolve(from: &str, target: &str) -> String {
    let target = target.split(['#', '?']).next().unwrap_or_default();
    let mut path: Vec<&str> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => from.split('/').collect(),
    };
    path.pop();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}

/// A reference of the web as a name: `a%20b` is `a b`.
pub(crate) fn unescape(target: &str) -> String {
    let mut bytes = Vec::with_capacity(target.len());
    let mut rest = target.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_names_of_parts() {
        assert_eq!(resolve("ppt/slides/slide1.xml", "../notesSlides/n1.xml"), "ppt/notesSlides/n1.xml");
        assert_eq!(resolve("ppt/presentation.xml", "/ppt/slides/s.xml"), "ppt/slides/s.xml");
        assert_eq!(resolve("a.opf", "../../x.html#y"), "x.html");
        assert_eq!(unescape("a%20b%C3%A9%zz%"), "a bé%zz%");
    }
}
