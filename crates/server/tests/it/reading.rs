//! Documents of strangers, read by the program itself: whatever they are, the one that asks has an answer.

use std::io::Write;

use ::reading::isolated::Readers;
use ::reading::{Kind, Reason};
use testkit::TempFolder;

use crate::program::{run, run_with_input};

fn readers() -> Readers {
    Readers::of_program(env!("CARGO_BIN_EXE_influencerflow"))
}

/// A PDF of one page, whose content is so many times this, packed.
fn pdf(piece: &[u8], times: usize) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..times {
        packer.write_all(piece).unwrap();
    }
    let content = packer.finish().unwrap();
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let stream = format!("<< /Length {} /Filter /FlateDecode >>\nstream\n", content.len());
    let objects: [(&[u8], &[u8]); 5] = [
        (b"<< /Type /Catalog /Pages 2 0 R >>", b""),
        (b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b""),
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
            b"",
        ),
        (b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>", b""),
        (stream.as_bytes(), &content),
    ];
    for (number, (head, stream)) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n", number + 1).as_bytes());
        file.extend_from_slice(head);
        file.extend_from_slice(stream);
        file.extend_from_slice(if stream.is_empty() { b"\nendobj\n" } else { b"\nendstream\nendobj\n" });
    }
    let table = file.len();
    file.extend_from_slice(b"xref\n0 6\n0000000000 65535 f \n");
    for place in places {
        file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    file.extend_from_slice(format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").as_bytes());
    file
}

#[tokio::test]
async fn documents_are_read_by_the_program_itself() {
    let read = readers().read(Kind::Text, "Hola, ¿qué tal?".into()).await.unwrap().unwrap();
    assert_eq!(read.text, "Hola, ¿qué tal?");
    let small = pdf(b"BT /F1 12 Tf 72 700 Td (Words enough to be a page of text) Tj ET\n", 1);
    assert_eq!(readers().read(Kind::Pdf, small).await.unwrap().unwrap().text, "Words enough to be a page of text");
}

#[tokio::test]
async fn a_pdf_that_wants_gigabytes_ends_its_own_process_only() {
    let line = b"BT /F1 12 Tf 72 700 Td (a) Tj ET\n".repeat(1000);
    let bomb = pdf(&line, 200_000_000 / line.len());
    let reason = readers().read(Kind::Pdf, bomb).await.unwrap().unwrap_err().reason;
    assert!(matches!(reason, Reason::TooMuch | Reason::TooLong), "{reason}");
}

#[test]
fn the_command_says_what_it_wants_and_is_not_listed() {
    let folder = TempFolder::new();
    assert!(!run(folder.path(), &["--help"]).out.contains("read-document"));
    let done = run_with_input(folder.path(), &["read-document", "text"], b"Hello you");
    assert!(done.code == Some(0) && done.out.contains("Hello you"), "{} {}", done.out, done.err);
    let done = run_with_input(folder.path(), &["read-document", "docx"], b"Hello you");
    assert!(done.code == Some(3) && done.out.contains("broken"), "{} {}", done.out, done.err);
    assert_eq!(run_with_input(folder.path(), &["read-document", "sounds"], b"").code, Some(2));
}
