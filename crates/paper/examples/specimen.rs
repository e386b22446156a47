//! Writes a page with names of all scripts, a table and a chart to standard output, to be looked at and copied from:
//! `cargo run -p paper --example specimen > specimen.pdf`.

use std::io::Write as _;

use paper::{Column, Mark, Part, Setup, Style, Table, compose};

const NAMES: [&str; 18] = [
    "Ana Ferreira",
    "Ελένη Παπαδοπούλου",
    "Наталья Ковалёва",
    "מיכל כהן (Michal, 25)",
    "ليلى حداد",
    "Ana ליאור בן",
    "अनुष्का शर्मा",
    "क्षितिज त्रिपाठी",
    "ณัฐวุฒิ ศรีสุข",
    "น้ำทิพย์ ที่นี่",
    "Đặng Thị Hồng Nguyễn",
    "王小明 黃淑芬",
    "𠮷野家 𡈽屋 𠀋",
    "さくら サクラ",
    "김민준",
    "Mia 🌸 👩\u{200d}🚀 👍🏽 🇪🇸 ❤\u{fe0f}",
    "𒀭𒂗",
    "Nguyễn Thị Hồng Đặng",
];

fn main() -> kernel::Result<()> {
    let title = "Specimen of names".to_owned();
    let file = compose(&Setup { title, foot: "Specimen".into() }, |sheet| {
        sheet.title("Specimen of names", Style::BODY.sized(21.0).bold());
        sheet.heading("1  Names", 40.0);
        for name in NAMES {
            sheet.paragraph(name, Style::BODY.sized(12.0), 0.0);
        }
        sheet.paragraph(&NAMES.join(" and "), Style::BODY.bold(), 0.0);
        let mut table = Table::new(vec![Column::text("Name", 3.0), Column::number("Amount", 1.0)]);
        table.rows = NAMES.iter().map(|name| vec![(*name).to_owned(), "USD 1,234,567.00".to_owned()]).collect();
        sheet.heading("2  Table", table.beginning(sheet));
        table.set(sheet);
        sheet.heading("3  Drawing", 60.0);
        sheet.part(Part::Figure("A box".into()), |sheet| {
            sheet.mark(Mark::Box(sheet.left(), sheet.y(), 80.0, 40.0, paper::Colour::ACCENT));
        });
        sheet.skip(44.0);
    })?;
    std::io::stdout().write_all(&file).map_err(kernel::Error::internal)
}
