//! What the tests of the readers share: small files of every kind, made here.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::{BlockKind, Kind, Limits, Reading, read};

/// Each block with its text.
pub(crate) fn kinds(reading: &Reading) -> Vec<(BlockKind, String)> {
    let letters: Vec<char> = reading.text.chars().collect();
    let text = |start: usize, end: usize| letters[start..end].iter().collect();
    reading.blocks.iter().map(|block| (block.kind, text(block.start, block.end))).collect()
}

/// Each block with its text, as one line.
pub(crate) fn kinds_of(reading: &Reading) -> Vec<String> {
    kinds(reading).into_iter().map(|(kind, text)| format!("{kind:?} {text}")).collect()
}

/// The blocks of a file, which is of the kind that it looks like.
pub(crate) fn blocks(kind: Kind, bytes: &[u8]) -> Vec<String> {
    assert_eq!(Kind::detect(bytes, "file.bin").unwrap(), kind);
    kinds_of(&read(kind, bytes, &Limits::default()).unwrap())
}

/// A packed file of these parts.
pub(crate) fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The relations of a part: id, type, target; a target with `://` is outside.
pub(crate) fn relations(relations: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        let mode = if target.contains("://") { " TargetMode=\"External\"" } else { "" };
        format!("<Relationship Id=\"{id}\" Type=\"http://schemas.example/{kind}\" Target=\"{target}\"{mode}/>")
    };
    format!("<Relationships>{}</Relationships>", relations.iter().map(one).collect::<String>())
}

/// A Word document with this body, besides other parts.
pub(crate) fn word(body: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let document = format!("<?xml version=\"1.0\"?><w:document><w:body>{body}<w:sectPr/></w:body></w:document>");
    let mut parts = vec![("[Content_Types].xml", "<Types/>"), ("word/document.xml", document.as_str())];
    parts.extend_from_slice(others);
    packed(&parts)
}

/// A workbook of one sheet with these rows, besides other parts.
pub(crate) fn workbook(rows: &str, strings: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let links = relations(&[
        ("r1", "worksheet", "worksheets/sheet1.xml"),
        ("r2", "sharedStrings", "sharedStrings.xml"),
        ("r3", "styles", "styles.xml"),
        ("r4", "worksheet", "worksheets/sheet2.xml"),
        ("r5", "worksheet", "worksheets/sheet3.xml"),
    ]);
    let strings = format!("<sst>{strings}</sst>");
    let mut parts = vec![("[Content_Types].xml", "<Types/>"), ("xl/_rels/workbook.xml.rels", links.as_str())];
    if !others.iter().any(|(name, _)| *name == "xl/workbook.xml") {
        parts.push((
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
        ));
    }
    parts.extend([("xl/worksheets/sheet1.xml", sheet.as_str()), ("xl/sharedStrings.xml", strings.as_str())]);
    parts.extend_from_slice(others);
    packed(&parts)
}

/// A PDF whose pages have these contents (operators), set in Helvetica as `/F1`.
pub(crate) fn pdf(pages: &[&str]) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        String::new(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut kids = String::new();
    for content in pages {
        let number = objects.len() + 1;
        kids.extend([number.to_string(), " 0 R ".to_owned()]);
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            number + 1
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    objects[1] = format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len());
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", at + 1).as_bytes());
    }
    let table = file.len();
    file.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for place in places {
        file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let trailer = format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    file.extend_from_slice(trailer.as_bytes());
    file
}

/// Operators that set lines at a size, from a height downwards.
pub(crate) fn set(size: u32, from: u32, lines: &[&str]) -> String {
    let one = |(at, line): (usize, &&str)| {
        let line = line.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        let y = from as usize - at * (size as usize * 12 / 10);
        format!("BT /F1 {size} Tf 72 {y} Td ({line}) Tj ET\n")
    };
    lines.iter().enumerate().map(one).collect()
}
