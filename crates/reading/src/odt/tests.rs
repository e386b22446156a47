use crate::tests::{kinds_of, packed};
use crate::{Kind, Limits, Reason, read};

fn document(body: &str, manifest: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:automatic-styles><x>no</x></office:automatic-styles><office:body><office:text>{body}\
        </office:text></office:body></office:document-content>"
    );
    packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
            "meta.xml",
            "<office:document-meta><office:meta><dc:title>The guide</dc:title></office:meta></office:document-meta>",
        ),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", &content),
    ])
}

#[test]
fn text_documents_are_read() {
    let body = "<text:h text:outline-level=\"2\">About<text:s text:c=\"3\"/>us</text:h>\
        <text:p>Write <text:a xlink:href=\"mailto:me@a.example\">to me</text:a><text:line-break/>now<text:note><text:note-citation>1</text:note-citation>\
        <text:note-body><text:p>Or call.</text:p></text:note-body></text:note>.</text:p>\
        <text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>\
        <table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Name</text:p></table:table-cell>\
        <table:table-cell><text:p>2026</text:p></table:table-cell></table:table-row></table:table-header-rows>\
        <table:table-row><table:table-cell><text:p>Ana</text:p></table:table-cell><table:table-cell><text:p>5</text:p></table:table-cell>\
        <table:table-cell table:number-columns-repeated=\"1000000000\"/></table:table-row></table:table>\
        <text:tracked-changes><text:p>gone</text:p></text:tracked-changes>";
    let file = document(body, "<manifest/>");
    assert_eq!(Kind::detect(&file, "x").unwrap(), Kind::Odt);
    let reading = read(Kind::Odt, &file, &Limits::default()).unwrap();
    assert_eq!(reading.title.as_deref(), Some("The guide"));
    assert_eq!(
        kinds_of(&reading),
        [
            "Heading(2) About us",
            "Paragraph Write to me (me@a.example)\nnow.",
            "Item one",
            "HeaderRow Name | 2026",
            "Row Ana | 5",
            "Notes Or call.",
            "Paragraph Or call.",
        ]
    );
}

#[test]
fn a_locked_document_says_so() {
    let file = document("<text:p>x</text:p>", "<manifest><encryption-data/></manifest>");
    assert_eq!(read(Kind::Odt, &file, &Limits::default()).unwrap_err().reason, Reason::Encrypted);
}
