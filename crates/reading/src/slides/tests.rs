use crate::tests::{kinds_of, packed, relations};
use crate::{Kind, Limits, read};

fn shape(role: &str, text: &str) -> String {
    let role = if role.is_empty() { String::new() } else { format!("<p:ph type=\"{role}\"/>") };
    format!(
        "<p:sp><p:nvSpPr><p:nvPr>{role}</p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )
}

#[test]
fn slides_are_read_in_their_order_with_their_notes() {
    let one = format!(
        "<p:sld><p:cSld>{}{}{}<p:graphicFrame><a:tbl><a:tr><a:tc><a:p><a:r><a:t>Plan</a:t></a:r></a:p></a:tc><a:tc><a:p><a:r><a:t>Price</a:t></a:r></a:p>\
        </a:tc></a:tr></a:tbl></p:graphicFrame></p:cSld></p:sld>",
        shape("body", "First point"),
        shape("title", "Welcome"),
        shape("sldNum", "1")
    );
    let two = format!("<p:sld>{}</p:sld>", shape("", "Free text"));
    let hidden = format!("<p:sld show=\"0\">{}</p:sld>", shape("", "Old prices"));
    let notes = format!("<p:notes>{}{}</p:notes>", shape("sldImg", "x"), shape("body", "Say hello."));
    let file = packed(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "ppt/presentation.xml",
            "<p:presentation><p:sldIdLst><p:sldId id=\"256\" r:id=\"r2\"/><p:sldId id=\"257\" r:id=\"r3\"/><p:sldId id=\"258\" r:id=\"r1\"/>\
            </p:sldIdLst></p:presentation>",
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            &relations(&[
                ("r1", "slide", "slides/slide1.xml"),
                ("r2", "slide", "slides/slide2.xml"),
                ("r3", "slide", "/ppt/slides/slide3.xml"),
            ]),
        ),
        ("ppt/slides/slide1.xml", &one),
        ("ppt/slides/slide2.xml", &two),
        ("ppt/slides/slide3.xml", &hidden),
        ("ppt/slides/_rels/slide1.xml.rels", &relations(&[("r1", "notesSlide", "../notesSlides/notesSlide1.xml")])),
        ("ppt/notesSlides/notesSlide1.xml", &notes),
    ]);
    assert_eq!(Kind::detect(&file, "x").unwrap(), Kind::Pptx);
    let reading = read(Kind::Pptx, &file, &Limits::default()).unwrap();
    assert_eq!(reading.notes, ["Hidden slides were left out: 1."]);
    assert_eq!(
        kinds_of(&reading),
        [
            "Page(1) Free text",
            "Paragraph Free text",
            "Page(3) Welcome\n\nFirst point\n\nPlan | Price\n\nSay hello.",
            "Heading(2) Welcome",
            "Item First point",
            "HeaderRow Plan | Price",
            "Notes Say hello.",
            "Paragraph Say hello.",
        ]
    );
}
