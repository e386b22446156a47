use crate::tests::{blocks, packed, relations, word};
use crate::{Kind, Limits, Reason, read};

fn paragraph(style: &str, text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>"
    )
}

fn cell(text: &str) -> String {
    format!("<w:tc><w:tcPr/>{}</w:tc>", paragraph("", text))
}

const STYLES: &str = "<w:styles>\
    <w:style w:styleId=\"Ttulo1\"><w:name w:val=\"heading 1\"/><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr></w:style>\
    <w:style w:styleId=\"Mio\"><w:name w:val=\"My own\"/><w:basedOn w:val=\"Ttulo1\"/></w:style>\
    <w:style w:styleId=\"TDC1\"><w:name w:val=\"toc 1\"/></w:style>\
    <w:style w:styleId=\"Puesto\"><w:name w:val=\"Title\"/></w:style>\
    <w:style w:styleId=\"Bolo\"><w:name w:val=\"List Bullet\"/><w:pPr><w:numPr><w:numId w:val=\"3\"/></w:numPr></w:pPr></w:style>\
    <w:style w:styleId=\"Rueda\"><w:name w:val=\"Round\"/><w:basedOn w:val=\"Rueda\"/></w:style></w:styles>";

#[test]
fn styles_are_known_by_their_names() {
    let body = [
        paragraph("Puesto", "Handbook"),
        paragraph("TDC1", "One....1"),
        paragraph("Mio", "One"),
        paragraph("Rueda", "Text"),
        paragraph("Bolo", "item"),
        "<w:p><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>second</w:t></w:r></w:p>".to_owned(),
    ];
    let links = relations(&[("r1", "styles", "styles.xml")]);
    let file = word(&body.concat(), &[("word/styles.xml", STYLES), ("word/_rels/document.xml.rels", &links)]);
    let reading = read(Kind::Docx, &file, &Limits::default()).unwrap();
    assert_eq!(reading.title.as_deref(), Some("Handbook"));
    assert_eq!(
        blocks(Kind::Docx, &file),
        ["Heading(1) Handbook", "Heading(1) One", "Paragraph Text", "Item item", "Item second"]
    );
}

#[test]
fn what_was_deleted_or_hidden_is_not_read() {
    let body = "<w:p><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>\
        <w:ins><w:r><w:t> new</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>\
        <w:r><w:instrText>PAGE</w:instrText><w:tab/><w:t>a</w:t><w:br/><w:t>b&amp;c</w:t></w:r></w:p>";
    assert_eq!(blocks(Kind::Docx, &word(body, &[])), ["Paragraph Kept new a\nb&c"]);
}

#[test]
fn text_boxes_are_read_once() {
    let text = paragraph("", "In a box");
    let body = format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent>{text}</w:txbxContent></wps:txbx></w:drawing>\
        </mc:Choice><mc:Fallback><w:pict><w:txbxContent>{text}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent>\
        <w:t>Outside</w:t></w:r></w:p>"
    );
    assert_eq!(blocks(Kind::Docx, &word(&body, &[])), ["Paragraph In a box", "Paragraph Outside"]);
}

#[test]
fn tables_are_rows() {
    let row = |one: &str, other: &str| format!("<w:tr>{}{}</w:tr>", cell(one), cell(other));
    let inner = format!("<w:tc><w:tbl>{}</w:tbl>{}</w:tc>", row("x", "y"), paragraph("", ""));
    let body = format!(
        "<w:tbl>{}{}<w:tr>{}{inner}</w:tr></w:tbl><w:tbl><w:tr>{}</w:tr></w:tbl>",
        row("Name", "Price"),
        row("Basic", "20"),
        cell("Nested"),
        cell("A frame")
    );
    assert_eq!(
        blocks(Kind::Docx, &word(&body, &[])),
        ["HeaderRow Name | Price", "Row Basic | 20", "Row Nested | x | y", "Paragraph A frame"]
    );
}

#[test]
fn links_and_notes_are_told() {
    let body = "<w:p><w:hyperlink r:id=\"r1\"><w:r><w:t>Book here</w:t></w:r></w:hyperlink>\
        <w:r><w:footnoteReference w:id=\"2\"/></w:r></w:p>";
    let links = relations(&[("r1", "hyperlink", "https://cal.example/me"), ("r2", "footnotes", "footnotes.xml")]);
    let notes = format!(
        "<w:footnotes><w:footnote w:type=\"separator\" w:id=\"0\">{}</w:footnote><w:footnote w:id=\"2\">{}</w:footnote></w:footnotes>",
        paragraph("", "line"),
        paragraph("", "At noon.")
    );
    let file = word(body, &[("word/_rels/document.xml.rels", &links), ("word/footnotes.xml", &notes)]);
    assert_eq!(
        blocks(Kind::Docx, &file),
        ["Paragraph Book here (https://cal.example/me)", "Notes At noon.", "Paragraph At noon."]
    );
}

#[test]
fn a_document_without_its_text_is_broken() {
    let file = packed(&[("[Content_Types].xml", "<x>wordprocessingml</x>"), ("word/x.xml", "<a/>")]);
    assert_eq!(Kind::detect(&file, "").unwrap(), Kind::Docx);
    assert_eq!(read(Kind::Docx, &file, &Limits::default()).unwrap_err().reason, Reason::Broken);
    let file = word("<w:p>", &[]);
    assert_eq!(read(Kind::Docx, &file, &Limits::default()).unwrap_err().reason, Reason::Broken);
    let file = word("<w:p/>", &[]);
    assert_eq!(read(Kind::Docx, &file, &Limits::default()).unwrap_err().reason, Reason::Empty);
}
