use crate::tests::{kinds_of, packed};
use crate::{Kind, Limits, Reason, read};

fn book(encryption: &str) -> Vec<u8> {
    let chapter = |text: &str| {
        format!(
            "<?xml version=\"1.0\"?><html><head><title/></head><body><h1>{text}</h1><p>Of {text}.</p></body></html>"
        )
    };
    packed(&[
        ("mimetype", "application/epub+zip"),
        (
            "META-INF/container.xml",
            "<container><rootfiles><rootfile full-path=\"OEBPS/book.opf\"/></rootfiles></container>",
        ),
        ("META-INF/encryption.xml", encryption),
        (
            "OEBPS/book.opf",
            "<package><metadata><dc:title>My book</dc:title></metadata><manifest>\
            <item id=\"b\" href=\"text/b%20b.xhtml\" media-type=\"application/xhtml+xml\"/>\
            <item id=\"a\" href=\"a.xhtml\" media-type=\"application/xhtml+xml\"/>\
            <item id=\"n\" href=\"n.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/>\
            <item id=\"i\" href=\"i.png\" media-type=\"image/png\"/></manifest>\
            <spine><itemref idref=\"n\"/><itemref idref=\"a\"/><itemref idref=\"i\"/><itemref idref=\"b\"/></spine></package>",
        ),
        ("OEBPS/text/b b.xhtml", &chapter("two")),
        ("OEBPS/a.xhtml", &chapter("one")),
        ("OEBPS/n.xhtml", &chapter("contents")),
    ])
}

#[test]
fn chapters_are_read_in_their_order() {
    let file = book("<encryption><CipherReference URI=\"OEBPS/font.otf\"/></encryption>");
    assert_eq!(Kind::detect(&file, "x").unwrap(), Kind::Epub);
    let reading = read(Kind::Epub, &file, &Limits::default()).unwrap();
    assert_eq!(reading.title.as_deref(), Some("My book"));
    assert_eq!(kinds_of(&reading), ["Heading(1) one", "Paragraph Of one.", "Heading(1) two", "Paragraph Of two."]);
}

#[test]
fn a_book_locked_by_its_shop_says_so() {
    let file = book("<encryption><CipherReference URI=\"OEBPS/a.xhtml\"/></encryption>");
    assert_eq!(read(Kind::Epub, &file, &Limits::default()).unwrap_err().reason, Reason::Encrypted);
}
