//! The fonts inside the program (see `fonts/README.md`), unpacked when the first document is written.

use std::io::Read as _;
use std::ops::Range;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use krilla::text::Font;
use rustybuzz::Face;

use crate::letters::is_dropped;

/// A font, ready to be measured and drawn.
pub(crate) struct Loaded {
    pub font: Font,
    pub face: Face<'static>,
    pub units: f32,
}

/// Compressed, as they lie in the program.
pub(crate) static PACKED: [&[u8]; 9] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSans-Bold.ttf.gz"),
    include_bytes!("../fonts/NotoSansHebrew-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansArabic-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansDevanagari-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansThai-Regular.ttf.gz"),
    include_bytes!("../fonts/NotoSansHan-Regular.otf.gz"),
    include_bytes!("../fonts/NotoSansHangul-Regular.otf.gz"),
    include_bytes!("../fonts/NotoEmoji-Regular.ttf.gz"),
];
pub(crate) const BOLD: usize = 1;
/// Those that stand in where the regular one has nothing.
pub(crate) const OTHERS: Range<usize> = 2..9;

/// Unpacked when the first document is written, and kept.
pub(crate) static FILES: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| PACKED.iter().filter_map(|file| unpacked(file).ok()).collect());

pub(crate) static FONTS: LazyLock<Vec<Loaded>> = LazyLock::new(|| {
    let load = |file: &'static Vec<u8>| {
        let face = Face::from_slice(file, 0)?;
        Some(Loaded { font: Font::new(file.as_slice().into(), 0)?, units: face.units_per_em() as f32, face })
    };
    FILES.iter().filter_map(load).collect()
});

fn unpacked(file: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(2 * file.len());
    GzDecoder::new(file).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The characters of a text that no font of this program has, each once: on paper they are set as their codes.
pub fn missing(text: &str) -> Vec<char> {
    let mut missing = Vec::new();
    for letter in text.chars().filter(|letter| !letter.is_control() && !is_dropped(*letter)) {
        let known = FONTS.iter().any(|font| font.face.glyph_index(letter).is_some());
        if !known && !missing.contains(&letter) {
            missing.push(letter);
        }
    }
    missing
}
