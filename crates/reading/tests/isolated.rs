//! Bombs and broken processes, through processes of their own: the one that asks is never touched.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write as _;
use std::time::Duration;

use reading::isolated::Readers;
use reading::{Kind, Limits, Reason, Unreadable};

/// The program of `examples/reader.rs`, which is built with the tests.
fn readers() -> Readers {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    Readers::of_program(path.join("examples/reader"))
}

async fn reason(kind: Kind, bytes: Vec<u8>) -> Reason {
    readers().read(kind, bytes).await.unwrap().unwrap_err().reason
}

/// A PDF of one page, whose content is unpacked from these bytes.
fn pdf(content: &[u8]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
        2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
        3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>\nendobj\n\
        4 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>\nendobj\n"
        .to_vec();
    file.extend_from_slice(
        format!("5 0 obj\n<< /Length {} /Filter /FlateDecode >>\nstream\n", content.len()).as_bytes(),
    );
    file.extend_from_slice(content);
    file.extend_from_slice(b"\nendstream\nendobj\n");
    let mut places = Vec::new();
    for number in 1..=5 {
        let mark = format!("\n{number} 0 obj");
        places.push(memchr::memmem::find(&file, mark.as_bytes()).unwrap() + 1);
    }
    let table = file.len();
    file.extend_from_slice(b"xref\n0 6\n0000000000 65535 f \n");
    for place in places {
        file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    file.extend_from_slice(format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").as_bytes());
    file
}

/// So many bytes of this, packed.
fn deflated(piece: &[u8], times: usize) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..times {
        packer.write_all(piece).unwrap();
    }
    packer.finish().unwrap()
}

#[tokio::test]
async fn what_is_read_comes_back_whole() {
    let text = "A \"word\" — 😀\n\nand another.\n".repeat(1000);
    let read = readers().read(Kind::Text, text.clone().into_bytes()).await.unwrap().unwrap();
    assert_eq!(read, reading::read(Kind::Text, text.as_bytes(), &Limits::default()).unwrap());
    let bytes = pdf(&deflated(b"BT /F1 12 Tf 72 700 Td (Words enough to be a page of text) Tj ET\n", 1));
    assert_eq!(readers().read(Kind::Pdf, bytes).await.unwrap().unwrap().text, "Words enough to be a page of text");
}

#[tokio::test]
async fn the_longest_text_fits_into_the_answer() {
    // Each letter takes the most bytes, or is escaped; each line is a block.
    let wide = "𝔞".repeat(2_500_000) + &"\"\\".repeat(1_200_000);
    let rows = "a,\"\"\"\"\n".repeat(199_000);
    for (kind, text) in [(Kind::Text, wide), (Kind::Csv, rows)] {
        let here = reading::read(kind, text.as_bytes(), &Limits::default()).unwrap();
        let there = readers().read(kind, text.into_bytes()).await.unwrap().unwrap();
        assert!(here == there, "{kind}");
    }
    assert_eq!(reason(Kind::Text, "a".repeat(5_000_001).into_bytes()).await, Reason::TooLong);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why() {
    let Unreadable { reason, message } = readers().read(Kind::Docx, b"PK\x03\x04".to_vec()).await.unwrap().unwrap_err();
    assert_eq!(reason, Reason::Broken);
    assert!(message.contains("Word document"), "{message}");
}

#[tokio::test]
async fn a_pdf_of_very_many_operators_takes_too_much() {
    let line = b"BT /F1 12 Tf 72 700 Td (a) Tj ET\n".repeat(1000);
    let bytes = pdf(&deflated(&line, 200_000_000 / line.len()));
    assert!(bytes.len() < 2 << 20);
    let reason = reason(Kind::Pdf, bytes).await;
    assert!(matches!(reason, Reason::TooMuch | Reason::TooLong), "{reason}");
}

#[tokio::test]
async fn a_pdf_of_a_gigabyte_of_spaces_takes_too_much() {
    let spaces = vec![b' '; 1 << 20];
    let reason = reason(Kind::Pdf, pdf(&deflated(&spaces, 1024))).await;
    assert!(matches!(reason, Reason::TooMuch | Reason::Broken | Reason::Pictures), "{reason}");
}

#[tokio::test]
async fn a_document_of_a_gigabyte_stops_at_its_budget() {
    use zip::write::SimpleFileOptions;

    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["[Content_Types].xml", "word/document.xml"] {
        zip.start_file(name, SimpleFileOptions::default().compression_level(Some(1))).unwrap();
        zip.write_all(b"<w:document><w:body>").unwrap();
    }
    let text = b"<w:p><w:r><w:t>a</w:t></w:r></w:p>".repeat(30_000);
    for _ in 0..(1 << 30) / text.len() {
        zip.write_all(&text).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 25 << 20, "{}", bytes.len());
    assert_eq!(Kind::detect(&bytes, "x").unwrap(), Kind::Docx);
    assert_eq!(reason(Kind::Docx, bytes).await, Reason::TooLong);
}

#[cfg(unix)]
#[tokio::test]
async fn a_process_that_does_not_do_its_work_is_ended() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    for (name, script) in [
        ("hangs", "sleep 60"),
        ("hears", "cat > /dev/null; sleep 60"),
        ("talks", "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done"),
        ("fails", "exit 1"),
        ("dies", "kill -9 $$"),
        ("lies", "echo no"),
        ("grumbles", "echo no; exit 3"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        let readers = Readers::of_program(&path).patient_for(Duration::from_secs(3));
        let begun = std::time::Instant::now();
        let ended = readers.read(Kind::Text, vec![b'x'; 1 << 20]).await.unwrap();
        assert_eq!(ended.unwrap_err().reason, Reason::TooMuch, "{name}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{name}");
    }
    assert!(Readers::of_program("/nowhere/at/all").read(Kind::Text, b"x".to_vec()).await.is_err());
}

#[tokio::test]
async fn files_that_one_trusts_are_read_here() {
    let read = Readers::in_this_process().read(Kind::Text, b"Hello you".to_vec()).await.unwrap();
    assert_eq!(read.unwrap().text, "Hello you");
}
