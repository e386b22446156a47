//! What a file is: by what is in it, and by its name only where that says nothing.

use memchr::memmem;

use crate::archive::Archive;
use crate::model::{Limits, Reason, Unreadable};

/// A kind of file that is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "DocumentKind", no_column)]
pub enum Kind {
    /// PDF.
    Pdf,
    /// Word since 2007, with and without macros.
    Docx,
    /// PowerPoint since 2007.
    Pptx,
    /// Excel since 2007.
    Xlsx,
    /// A text document of OpenOffice or LibreOffice.
    Odt,
    /// An electronic book.
    Epub,
    /// A web page.
    Html,
    /// Markdown.
    #[word("markdown", also = "md")]
    Markdown,
    /// A table as text, its cells set apart by commas, semicolons or tabs.
    Csv,
    /// Subtitles: SubRip or WebVTT.
    #[word("subtitles", also = "srt", also = "vtt")]
    Subtitles,
    /// Plain text.
    #[word("text", also = "txt")]
    Text,
}

/// Names of files that say what a text is.
const ENDINGS: &[(&str, Kind)] = &[
    ("md", Kind::Markdown),
    ("markdown", Kind::Markdown),
    ("mdx", Kind::Markdown),
    ("csv", Kind::Csv),
    ("tsv", Kind::Csv),
    ("htm", Kind::Html),
    ("html", Kind::Html),
    ("xhtml", Kind::Html),
    ("srt", Kind::Subtitles),
    ("vtt", Kind::Subtitles),
];

/// How files begin that are not read, and what to do instead.
const OTHERS: &[(&[u8], &str)] = &[
    (b"{\\rtf", "This is an RTF document. Save it as .docx or PDF and upload that."),
    (b"MZ", "This is a program, not a document."),
    (b"\x7fELF", "This is a program, not a document."),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"II*\0", PICTURE),
    (b"MM\0*", PICTURE),
    (b"BM", PICTURE),
    (b"ID3", SOUND),
    (b"OggS", SOUND),
    (b"fLaC", SOUND),
    (b"\x1aE\xdf\xa3", SOUND),
    (b"\x1f\x8b", PACKED),
    (b"BZh", PACKED),
    (b"7z\xbc\xaf\x27\x1c", PACKED),
    (b"Rar!", PACKED),
    (b"\xfd7zXZ", PACKED),
    (b"SQLite format 3\0", "This is a database. Export its tables as .csv and upload those."),
    (b"%!PS", "This is PostScript. Save it as PDF and upload that."),
];

const PICTURE: &str = "This is a picture. Its text cannot be read; type it into a document and upload that.";
const SOUND: &str = "This is sound or video. Upload its subtitles (.srt or .vtt) or a transcript instead.";
const PACKED: &str = "This is a packed folder. Unpack it and upload the documents in it one by one.";
const READ: &str = "Files of this kind are not read. Upload PDF, DOCX, PPTX, XLSX, ODT, EPUB, HTML, Markdown, CSV, SRT, VTT or plain text.";

impl Kind {
    /// What these bytes are. The name counts only among kinds of text, which look alike.
    pub fn detect(bytes: &[u8], name: &str) -> Result<Self, Unreadable> {
        let unknown = |message: &str| Err(Unreadable::new(Reason::UnknownKind, message));
        if bytes.is_empty() {
            return Err(Unreadable::new(Reason::Empty, "This file is empty."));
        }
        // Readers of PDF look for its mark in the first 1,024 bytes.
        if memmem::find(&bytes[..bytes.len().min(1024)], b"%PDF-").is_some() {
            return Ok(Self::Pdf);
        }
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            return packed(bytes);
        }
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
            return Err(compound(bytes));
        }
        let binary = is_binary(bytes);
        // Two letters may begin a text as well.
        let other = OTHERS.iter().find(|(mark, _)| bytes.starts_with(mark) && (binary || mark.len() > 2));
        if let Some((_, message)) = other {
            return unknown(message);
        }
        if bytes.get(4..8) == Some(b"ftyp") {
            return unknown(SOUND);
        }
        if bytes.starts_with(b"RIFF") {
            return unknown(if bytes.get(8..12) == Some(b"WEBP") { PICTURE } else { SOUND });
        }
        if binary {
            return unknown(READ);
        }
        Ok(Self::of_text(bytes, name))
    }

    /// Which kind of text.
    fn of_text(bytes: &[u8], name: &str) -> Self {
        // A letter cut in two at the end of the sample is no matter.
        let sample = crate::encoding::decode(&bytes[..bytes.len().min(4096)], None).text;
        let sample = sample.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
        if sample.starts_with("WEBVTT") || crate::subtitles::begin(sample) {
            return Self::Subtitles;
        }
        if is_page(sample) {
            return Self::Html;
        }
        let ending = name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.trim().to_ascii_lowercase());
        ENDINGS.iter().find(|(known, _)| *known == ending).map_or(Self::Text, |(_, kind)| *kind)
    }

    /// The media type of files of this kind.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Epub => "application/epub+zip",
            Self::Html => "text/html",
            Self::Markdown => "text/markdown",
            Self::Csv => "text/csv",
            Self::Subtitles => "text/vtt",
            Self::Text => "text/plain",
        }
    }
}

/// Does it begin as a web page does?
fn is_page(sample: &str) -> bool {
    let mut rest = sample;
    // A declaration of XML or a comment may stand first.
    while let Some(end) = rest.starts_with("<?xml").then_some("?>").or(rest.starts_with("<!--").then_some("-->")) {
        let Some(at) = rest.find(end) else { return false };
        rest = rest[at + end.len()..].trim_start();
    }
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|begin| rest.get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin)))
}

/// Which document is in a ZIP.
fn packed(bytes: &[u8]) -> Result<Kind, Unreadable> {
    let unknown = |message: &str| Err(Unreadable::new(Reason::UnknownKind, message));
    let limits = Limits::default();
    let mut archive = Archive::open(bytes, &limits, "file")?;
    if archive.has("[Content_Types].xml") {
        for (part, kind) in
            [("word/document.xml", Kind::Docx), ("ppt/presentation.xml", Kind::Pptx), ("xl/workbook.xml", Kind::Xlsx)]
        {
            if archive.has(part) {
                return Ok(kind);
            }
        }
        if archive.has("xl/workbook.bin") {
            return unknown("This is a binary workbook (.xlsb). Save it as .xlsx and upload that.");
        }
        // The main part may have any name; its type says what it is.
        let types = archive.text("[Content_Types].xml")?;
        for (word, kind) in
            [("wordprocessingml", Kind::Docx), ("presentationml", Kind::Pptx), ("spreadsheetml", Kind::Xlsx)]
        {
            if types.contains(word) {
                return Ok(kind);
            }
        }
        return unknown(READ);
    }
    if archive.has("mimetype") {
        return match archive.text("mimetype")?.trim() {
            "application/epub+zip" => Ok(Kind::Epub),
            kind if kind.starts_with("application/vnd.oasis.opendocument.text") => Ok(Kind::Odt),
            kind if kind.starts_with("application/vnd.oasis.opendocument.spreadsheet") => {
                unknown("This is an OpenDocument spreadsheet. Save it as .xlsx or .csv and upload that.")
            }
            kind if kind.starts_with("application/vnd.oasis.opendocument.presentation") => {
                unknown("This is an OpenDocument presentation. Save it as .pptx or PDF and upload that.")
            }
            _ => unknown(READ),
        };
    }
    if archive.has("META-INF/container.xml") {
        return Ok(Kind::Epub);
    }
    if archive.has("index.xml") || archive.has("Index/Document.iwa") {
        return unknown("This is a document of Pages, Numbers or Keynote. Export it as PDF or Word and upload that.");
    }
    unknown(PACKED)
}

/// What to say of a compound file: Office before 2007, or a newer document behind a password.
fn compound(bytes: &[u8]) -> Unreadable {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(bytes, &name).is_some()
    };
    let legacy = |program: &str, ending: &str| {
        Unreadable::new(
            Reason::LegacyOffice,
            format!("This is a file of {program} from before 2007. Open it, save it as {ending}, and upload that."),
        )
    };
    if has("EncryptedPackage") {
        encrypted("document")
    } else if has("WordDocument") {
        legacy("Word", ".docx")
    } else if has("PowerPoint Document") {
        legacy("PowerPoint", ".pptx")
    } else if has("Workbook") || has("Book") {
        legacy("Excel", ".xlsx")
    } else {
        legacy("Office", ".docx, .xlsx or .pptx")
    }
}

/// It wants a password.
pub(crate) fn encrypted(what: &str) -> Unreadable {
    Unreadable::new(
        Reason::Encrypted,
        format!("This {what} is protected by a password. Remove the password, save it, and upload it again."),
    )
}

/// Is this no text? Control characters stand in no text, whatever its encoding; zeros do in UTF-16 and UTF-32.
fn is_binary(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(8192)];
    let text = crate::encoding::decode(sample, None).text;
    let odd = text.chars().filter(|letter| letter.is_control() && !"\t\n\r\u{c}\u{1b}".contains(*letter)).count();
    odd * 50 > text.chars().count()
}
