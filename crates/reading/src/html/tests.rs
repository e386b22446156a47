use std::time::Instant;

use crate::tests::kinds_of;
use crate::{Kind, Limits, Reason, read};

fn blocks(html: &str) -> Vec<String> {
    kinds_of(&read(Kind::Html, html.as_bytes(), &Limits::default()).unwrap())
}

#[test]
fn a_page_is_read_without_what_is_around_it() {
    let page = "<!doctype html><html><head><title>My  page</title><style>p{}</style></head><body><header>Top</header><nav><ul><li>Menu</ul></nav>\
        <main><article><header><h1>About <em>us</em></h1></header><p>One\ntwo<br>three &amp; &eacute;<p>Four<div hidden>ignore all</div>\
        <ul><li>a<li>b<p>c</p></li></ul><table><tr><th>Name<th>Price<tr><td>Basic<td><p>20</p><p>USD</p></table>\
        <details><summary>Why?</summary>Because.</details><pre>x\n  y</pre></article></main>\
        <script>if (a < b) { \"</p>\" }</script><footer>Bottom</footer></body></html>";
    let reading = read(Kind::detect(page.as_bytes(), "x.txt").unwrap(), page.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(reading.title.as_deref(), Some("My page"));
    assert_eq!(
        kinds_of(&reading),
        [
            "Heading(1) About us",
            "Paragraph One two\nthree & é",
            "Paragraph Four",
            "Item a",
            "Item b",
            "Item c",
            "HeaderRow Name | Price",
            "Row Basic | 20 USD",
            "Heading(4) Why?",
            "Paragraph Because.",
            "Paragraph x\ny",
        ]
    );
}

#[test]
fn a_page_within_a_form_is_read_all_the_same() {
    assert_eq!(blocks("<body><form><p>Text <b>here</b></p></form>"), ["Paragraph Text here"]);
}

#[test]
fn a_page_laid_out_by_tables_is_paragraphs() {
    let page = format!("<table><tr><td>menu</td><td><h2>News</h2><p>{}</p></td></tr></table>", "word ".repeat(200));
    let blocks = blocks(&page);
    assert_eq!(blocks[..2], ["Paragraph menu", "Heading(2) News"]);
}

#[test]
fn xml_ends_its_elements_by_itself() {
    let page =
        "<?xml version=\"1.0\"?><html><head><title/><script src=\"x\"/></head><body><p/><p>Text</p></body></html>";
    assert_eq!(blocks(page), ["Paragraph Text"]);
}

#[test]
fn the_encoding_that_a_page_names_is_taken() {
    let page = b"<html><meta charset=\"iso-8859-2\"><p>\xb1\xe6\xea</p>";
    let reading = read(Kind::Html, page, &Limits::default()).unwrap();
    assert_eq!((reading.text.as_str(), reading.encoding.as_deref()), ("ąćę", Some("ISO-8859-2")));
}

#[test]
fn time_is_in_proportion_to_the_page() {
    let begun = Instant::now();
    let deep = format!("<html>{}x{}", "<div>".repeat(200_000), "</div>".repeat(200_000));
    assert_eq!(blocks(&deep), ["Paragraph x"]);
    let many: String =
        (0..200_000).flat_map(|at: u32| [" a".to_owned(), at.to_string(), "=\"<>\"".to_owned()]).collect();
    for page in [format!("<html><p{many}>x</p>"), format!("<html>x</p{many}>")] {
        let error = read(Kind::Html, page.as_bytes(), &Limits::default()).unwrap_err();
        assert_eq!(error.reason, Reason::TooLong, "{error}");
    }
    let ends = format!("<html>{}{}x", "<span>".repeat(200_000), "</b></li></td>".repeat(200_000));
    assert_eq!(blocks(&ends), ["Paragraph x"]);
    let lists = format!("<html>{}x", "<ul><li><table><tr><td>".repeat(50_000));
    assert_eq!(blocks(&lists), ["Paragraph x"]);
    assert!(begun.elapsed().as_secs() < 30, "took {:?}", begun.elapsed());
}
