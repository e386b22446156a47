//! Whatever is done to a file, it is read or it says why not, and its blocks are as they must be.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use proptest::test_runner::Config;
use reading::{BlockKind, Kind, Limits, Reading, read};

#[path = "../src/tests.rs"]
#[expect(dead_code, reason = "the readers' own tests use the rest")]
mod samples;

/// A file of each kind.
fn files() -> Vec<(Kind, Vec<u8>)> {
    let style = "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>One é 😀</w:t></w:r></w:p>";
    let table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>45292.5</v></c></row>";
    let slide = "<p:sld><p:sp><p:ph type=\"title\"/><a:p><a:r><a:t>Title</a:t></a:r></a:p></p:sp></p:sld>";
    let page = samples::set(12, 700, &["Some words of a page", "- and an item of it"]);
    vec![
        (Kind::Docx, samples::word(&[style, table].concat(), &[])),
        (Kind::Xlsx, samples::workbook(rows, "<si><t>x</t></si>", &[("xl/styles.xml", "<s><cellXfs><xf/><xf numFmtId=\"22\"/></cellXfs></s>")])),
        (
            Kind::Pptx,
            samples::packed(&[
                ("[Content_Types].xml", "<Types/>"),
                ("ppt/presentation.xml", "<p><sldIdLst><sldId r:id=\"r1\"/></sldIdLst></p>"),
                ("ppt/_rels/presentation.xml.rels", &samples::relations(&[("r1", "slide", "slides/slide1.xml")])),
                ("ppt/slides/slide1.xml", slide),
            ]),
        ),
        (
            Kind::Odt,
            samples::packed(&[
                ("mimetype", "application/vnd.oasis.opendocument.text"),
                ("content.xml", "<o><text:h text:outline-level=\"1\">H</text:h><text:p>t<text:note><text:p>n</text:p></text:note></text:p></o>"),
            ]),
        ),
        (
            Kind::Epub,
            samples::packed(&[
                ("mimetype", "application/epub+zip"),
                ("META-INF/container.xml", "<c><rootfile full-path=\"b.opf\"/></c>"),
                ("b.opf", "<p><item id=\"a\" href=\"a.html\" media-type=\"text/html\"/><itemref idref=\"a\"/></p>"),
                ("a.html", "<html><h1>One</h1><p>two</html>"),
            ]),
        ),
        (Kind::Pdf, samples::pdf(&[&page, &page])),
        (
            Kind::Html,
            b"<!doctype html><title>x</title><h1>One</h1><ul><li>a<li>b</ul><table><tr><th>a<th>b<tr><td>1<td>2<tr><td><table><tr><td>x</table></table><pre>p\nq</pre>".to_vec(),
        ),
        (Kind::Markdown, b"---\ntitle: x\n---\n# One\n\n- a\n  - b\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[l](https://a.example)[^1]\n\n[^1]: note\n".to_vec()),
        (Kind::Csv, "a;b\n1;\"2 é\"\n".as_bytes().to_vec()),
        (Kind::Subtitles, b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ana>Hello\n\n00:05.000 --> 00:06.000\nyou.\n".to_vec()),
        (Kind::Text, "Title\n=====\n\n- a\n- b\n\nText é 😀\nmore.\n".as_bytes().to_vec()),
    ]
}

/// Are the blocks of a reading as its documentation says?
fn check(reading: &Reading) {
    let length = reading.text.chars().count();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut last = (0, usize::MAX);
    let mut leaves = 0;
    for block in &reading.blocks {
        assert!(block.start < block.end && block.end <= length, "{block:?} of {length}");
        assert!(
            (block.start, std::cmp::Reverse(block.end)) >= (last.0, std::cmp::Reverse(last.1)),
            "{block:?} after {last:?}"
        );
        last = (block.start, block.end);
        while open.last().is_some_and(|(_, end)| *end <= block.start) {
            open.pop();
        }
        assert!(open.last().is_none_or(|(_, end)| block.end <= *end), "{block:?} crosses {open:?}");
        open.push((block.start, block.end));
        if block.kind.is_leaf() {
            assert!(block.start >= leaves, "{block:?} is within a leaf");
            leaves = block.end;
        }
        if let BlockKind::Heading(level) = block.kind {
            assert!((1..=6).contains(&level));
        }
    }
    // Nothing but the space between them is outside of the leaves.
    let mut inside = vec![false; length];
    for block in reading.blocks.iter().filter(|block| block.kind.is_leaf()) {
        inside[block.start..block.end].fill(true);
    }
    assert!(reading.text.chars().zip(inside).all(|(letter, inside)| inside || letter == '\n'));
    assert!(!reading.text.contains('\0'));
}

#[test]
fn every_sample_is_read() {
    for (kind, bytes) in files() {
        assert_eq!(Kind::detect(&bytes, &format!("x.{kind}")).unwrap(), kind);
        let reading = read(kind, &bytes, &Limits::default()).unwrap_or_else(|error| panic!("{kind}: {error}"));
        check(&reading);
    }
}

/// A change of a file.
#[derive(Clone, Debug)]
enum Change {
    Byte(usize, u8),
    Cut(usize),
    Remove(usize, usize),
    Twice(usize, usize),
    Insert(usize, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let pieces = [
        "<",
        ">",
        "\"",
        "&",
        "<p>",
        "</p>",
        "<!--",
        "<![CDATA[",
        "<table>",
        "</tr>",
        "-->",
        "\n\n",
        "\0",
        "\u{202e}",
        "endobj",
        "999999999999",
    ];
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        any::<usize>().prop_map(Change::Cut),
        (any::<usize>(), 1..40_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        (any::<usize>(), 1..40_usize).prop_map(|(at, length)| Change::Twice(at, length)),
        (any::<usize>(), prop::sample::select(pieces.to_vec())).prop_map(|(at, piece)| Change::Insert(at, piece)),
    ]
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len().max(1);
        match self {
            Self::Byte(at, byte) => {
                if let Some(old) = bytes.get_mut(at % length) {
                    *old = *byte;
                }
            }
            Self::Cut(at) => bytes.truncate(at % length),
            Self::Remove(at, count) => {
                let at = at % length;
                bytes.drain(at.min(bytes.len())..(at + count).min(bytes.len()));
            }
            Self::Twice(at, count) => {
                let at = (at % length).min(bytes.len());
                let piece = bytes[at..(at + count).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            Self::Insert(at, piece) => {
                let at = (at % length).min(bytes.len());
                bytes.splice(at..at, piece.bytes());
            }
        }
    }
}

/// Reads a changed file, by whatever kind it is now and by the kind that it was.
fn survives(kind: Kind, bytes: &[u8]) {
    let limits = Limits { characters: 100_000, unpacked: 1 << 20, ..Limits::default() };
    let found = Kind::detect(bytes, "x").ok();
    for kind in [Some(kind), found.filter(|found| *found != kind)].into_iter().flatten() {
        match read(kind, bytes, &limits) {
            Ok(reading) => check(&reading),
            Err(why) => assert!(why.message.len() > 10),
        }
    }
}

/// Unpacks, changes a part, packs again: what is packed is out of reach of a changed byte, whose sum is wrong.
fn repacked(bytes: &[u8], part: usize, changes: &[Change]) -> Option<Vec<u8>> {
    use std::io::Read as _;

    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let mut parts = Vec::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).ok()?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).ok()?;
        parts.push((String::from_utf8_lossy(file.name_raw()).into_owned(), text));
    }
    let count = parts.len();
    for change in changes {
        change.apply(&mut parts[part % count].1);
    }
    let texts: Vec<(String, String)> =
        parts.into_iter().map(|(name, text)| (name, String::from_utf8_lossy(&text).into_owned())).collect();
    let parts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Some(samples::packed(&parts))
}

proptest! {
    #![proptest_config(Config { cases: 600, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_changed_file_is_read_or_says_why_not(
        which in 0..11_usize,
        part in any::<usize>(),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let (kind, mut bytes) = files().swap_remove(which);
        if let Some(packed) = repacked(&bytes, part, &changes) {
            survives(kind, &packed);
        }
        for change in &changes {
            change.apply(&mut bytes);
        }
        survives(kind, &bytes);
    }

    #[test]
    fn any_bytes_are_read_or_say_why_not(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for (kind, _) in files() {
            survives(kind, &bytes);
        }
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        for kind in [Kind::Text, Kind::Markdown, Kind::Html, Kind::Csv, Kind::Subtitles] {
            survives(kind, text.as_bytes());
        }
    }
}
