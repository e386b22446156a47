use super::listed;
use crate::tests::{blocks, kinds_of, pdf, set};
use crate::{Kind, Limits, Reason, read};

#[test]
fn a_page_is_headings_paragraphs_and_items() {
    let page = [
        set(20, 740, &["How to book"]),
        set(
            10,
            700,
            &[
                "You book in the calendar, at any time of the day or night, two days be-",
                "fore the hour that you want, and you get a mail that says so at once.",
                "Thank you.",
            ],
        ),
        set(10, 640, &["- Bring a towel", "- Bring water"]),
    ];
    assert_eq!(
        blocks(Kind::Pdf, &pdf(&[&page.concat()]))[1..],
        [
            "Heading(1) How to book",
            "Paragraph You book in the calendar, at any time of the day or night, two days before the hour that you want, and you get a mail \
             that says so at once. Thank you.",
            "Item - Bring a towel",
            "Item - Bring water",
        ]
    );
}

#[test]
fn what_stands_on_every_page_is_left_out() {
    let page = |number: usize| {
        let text = format!("This is what page {number} says of all the things in the world.");
        [set(8, 770, &["Handbook of somebody"]), set(10, 700, &[&text]), set(8, 40, &[&format!("Page {number}")])]
            .concat()
    };
    let pages: Vec<String> = (1..=5).map(page).collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let reading = read(Kind::Pdf, &pdf(&pages), &Limits::default()).unwrap();
    assert!(!reading.text.contains("Handbook") && !reading.text.contains("Page"), "{}", reading.text);
    assert_eq!(kinds_of(&reading).iter().filter(|block| block.starts_with("Page(")).count(), 5);
}

#[test]
fn pages_of_pictures_are_told() {
    let text = set(10, 700, &["Words enough to be a page of text, and not of pictures."]);
    let empty = "0 0 m 10 10 l S";
    let short = set(10, 700, &["Call 555 123"]);
    assert_eq!(blocks(Kind::Pdf, &pdf(&[&short])), ["Page(1) Call 555 123", "Paragraph Call 555 123"]);
    let error = read(Kind::Pdf, &pdf(&[&text, empty, empty]), &Limits::default()).unwrap_err();
    assert_eq!(error.reason, Reason::Pictures);
    let reading = read(Kind::Pdf, &pdf(&[&text, empty, &text]), &Limits::default()).unwrap();
    assert_eq!(reading.notes, ["Pages without text, which may be pictures: 2."]);
    assert!(kinds_of(&reading).iter().any(|block| block.starts_with("Page(3)")));
}

#[test]
fn a_damaged_file_is_broken() {
    for bytes in [&b"%PDF-1.4\nnothing"[..], b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer <</Root 1 0 R>>\n%%EOF"] {
        let reason = read(Kind::Pdf, bytes, &Limits::default()).unwrap_err().reason;
        assert!(matches!(reason, Reason::Broken | Reason::Pictures), "{reason:?}");
    }
}

#[test]
fn numbers_are_told_in_runs() {
    assert_eq!(listed(&[1, 3, 4, 5, 9]), "1, 3–5, 9");
}
