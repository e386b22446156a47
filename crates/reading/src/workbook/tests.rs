use super::column;
use crate::tests::{blocks, kinds_of, workbook};
use crate::{Kind, Limits, Reason, read};

#[test]
fn rows_are_read_as_they_are_shown() {
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c><c r=\"D1\" t=\"inlineStr\"><is><t>From</t></is></c></row>\
        <row r=\"2\"><c r=\"A2\" t=\"str\"><f>A1&amp;B1</f><v>Basic</v></c><c r=\"B2\" s=\"1\"><v>20.5</v></c><c r=\"D2\" s=\"2\"><v>45292</v></c></row>\
        <row r=\"3\"/><row r=\"4\"><c r=\"B4\" t=\"b\"><v>1</v></c><c r=\"C4\" t=\"e\"><v>#N/A</v></c><c><v>3</v></c></row>";
    let strings = "<si><t>Name</t><rPh><t>x</t></rPh></si><si><r><t>Pri</t></r><r><t>ce</t></r></si>";
    let styles = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"&quot;$&quot;0.00\"/></numFmts><cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs>\
        <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    let file = workbook(rows, strings, &[("xl/styles.xml", styles)]);
    assert_eq!(
        blocks(Kind::Xlsx, &file),
        [
            "Sheet Name | Price | | From\nBasic | $20.50 | | 2024-01-01\nTRUE | 3",
            "HeaderRow Name | Price | | From",
            "Row Basic | $20.50 | | 2024-01-01",
            "Row TRUE | 3",
        ]
    );
}

#[test]
fn sheets_are_headed_by_their_names() {
    let row = |text: &str| format!("<row><c t=\"inlineStr\"><is><t>{text}</t></is></c></row>");
    let sheet = |text: &str| format!("<worksheet><sheetData>{}</sheetData></worksheet>", row(text));
    let book = "<workbook><sheets><sheet name=\"Prices\" r:id=\"r1\"/><sheet name=\"Old\" state=\"hidden\" r:id=\"r4\"/>\
        <sheet name=\"Times\" r:id=\"r5\"/></sheets></workbook>";
    let file = workbook(
        &row("a"),
        "",
        &[
            ("xl/workbook.xml", book),
            ("xl/worksheets/sheet2.xml", &sheet("b")),
            ("xl/worksheets/sheet3.xml", &sheet("c")),
        ],
    );
    let reading = read(Kind::Xlsx, &file, &Limits::default()).unwrap();
    assert_eq!(reading.notes, ["Hidden sheets were left out: 1."]);
    assert_eq!(
        kinds_of(&reading),
        ["Sheet Prices\n\na", "Heading(1) Prices", "Row a", "Sheet Times\n\nc", "Heading(1) Times", "Row c"]
    );
}

#[test]
fn columns_are_counted_by_letters() {
    assert_eq!(
        [column("A1"), column("Z9"), column("AA1"), column("XFD1048576")],
        [Some(0), Some(25), Some(26), Some(16_383)]
    );
    assert_eq!(column("12"), None);
}

#[test]
fn no_grid_is_made_of_cells_that_are_far_apart() {
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row>";
    assert_eq!(blocks(Kind::Xlsx, &workbook(rows, "", &[])), ["Sheet 1\n2", "Row 1", "Row 2"]);
}

#[test]
fn one_large_string_in_many_cells_is_too_long() {
    let string = format!("<si><t>{}</t></si>", "x".repeat(1 << 20));
    for separate in ["", "</row><row>"] {
        let rows = format!("<row>{}</row>", format!("<c t=\"s\"><v>0</v></c>{separate}").repeat(20_000));
        let error = read(Kind::Xlsx, &workbook(&rows, &string, &[]), &Limits::default()).unwrap_err();
        assert_eq!(error.reason, Reason::TooLong);
    }
}
