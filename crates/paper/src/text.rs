//! Lines of text: fonts that stand in for each other, shaping, both directions of writing, and where a line may be broken.
//!
//! The fonts are Noto Sans (see `fonts/README.md`): Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai, the common Chinese and
//! Japanese characters and those of names, kana, Hangul, and emoji. A character that none of them has is set as its code, `[U+12000]`:
//! visible, and nothing is pretended; [`missing`](crate::missing) names them beforehand.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use kernel::{Error, Result};
use krilla::color::rgb;
use krilla::geom::Point;
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Script, ShapePlan, UnicodeBuffer};
use unicode_bidi::{BidiInfo, Level};

use crate::fonts::{BOLD, FONTS, Loaded, OTHERS, PACKED};
use crate::letters::{as_seen, belongs_anywhere, is_dropped, is_rtl, words};

/// A colour, as red, green and blue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Of the text.
    pub const INK: Self = Self(28, 32, 38);
    /// Of what is said beside it.
    pub const GREY: Self = Self(105, 112, 122);
    /// Of rules.
    pub const RULE: Self = Self(196, 201, 208);
    /// Behind the heads of tables.
    pub const SHADE: Self = Self(241, 243, 246);
    /// Of headings.
    pub const ACCENT: Self = Self(24, 58, 102);
    /// Of warnings.
    pub const WARNING: Self = Self(166, 44, 32);

    pub(crate) fn fill(self) -> Fill {
        Fill {
            paint: rgb::Color::new(self.0, self.1, self.2).into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }
    }
}

/// How text is set.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Style {
    /// Its size in points.
    pub size: f32,
    /// Bold?
    pub bold: bool,
    /// Its colour.
    pub colour: Colour,
}

impl Style {
    /// The text of a document.
    pub const BODY: Self = Self { size: 9.5, bold: false, colour: Colour::INK };

    /// The same in bold.
    #[must_use]
    pub const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// The same in another size.
    #[must_use]
    pub const fn sized(self, size: f32) -> Self {
        Self { size, ..self }
    }

    /// The same in another colour.
    #[must_use]
    pub const fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// From one line to the next.
    pub fn leading(self) -> f32 {
        self.size * 1.42
    }
}

/// A line that fits its width.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// What it says, in the order in which it is read.
    pub text: String,
    /// How wide it is.
    pub width: f32,
    /// Is its paragraph written from right to left?
    pub rtl: bool,
}

/// What a plan of shaping depends on: the font, whether from the right, the script.
type How = (usize, bool, Option<Script>);

/// The compositor of one document. It keeps what it has learned about how to shape.
pub struct Type {
    fonts: &'static [Loaded],
    plans: RefCell<HashMap<How, ShapePlan>>,
    widths: RefCell<HashMap<(String, bool), f32>>,
}

/// Part of a line in one font and one direction.
struct Run {
    font: usize,
    range: Range<usize>,
    rtl: bool,
}

impl Type {
    /// A compositor.
    pub fn new() -> Result<Self> {
        if FONTS.len() != PACKED.len() {
            return Err(Error::internal("a font of this program cannot be read"));
        }
        Ok(Self { fonts: &FONTS, plans: RefCell::default(), widths: RefCell::default() })
    }

    fn has(&self, font: usize, letter: char) -> bool {
        self.fonts[font].face.glyph_index(letter).is_some()
    }

    /// The font that has this character.
    fn font_for(&self, letter: char, bold: bool) -> Option<usize> {
        let first = usize::from(bold) * BOLD;
        [first].into_iter().chain(OTHERS).find(|font| self.has(*font, letter))
    }

    /// The text as it can be set: on one line, every character one that a font has, or its code.
    pub fn honest<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let plain =
            |letter: char| !letter.is_control() && !is_dropped(letter) && self.font_for(letter, false).is_some();
        if text.chars().all(plain) {
            return Cow::Borrowed(text);
        }
        let mut told = String::with_capacity(text.len() + 16);
        let mut replaced = false;
        for letter in text.chars() {
            if is_dropped(letter) || (replaced && letter == '\u{200d}') {
                continue;
            }
            replaced = false;
            if letter.is_control() {
                told.push(' ');
            } else if self.font_for(letter, false).is_some() {
                told.push(letter);
            } else {
                use std::fmt::Write as _;
                // Writing to a String cannot fail.
                let _ = write!(told, "[U+{:04X}]", u32::from(letter));
                replaced = true;
            }
        }
        Cow::Owned(told)
    }

    /// How wide a text is on one line.
    pub fn width(&self, text: &str, style: Style) -> f32 {
        let text = self.honest(text);
        self.honest_width(&text, style)
    }

    fn honest_width(&self, text: &str, style: Style) -> f32 {
        let key = (text.to_owned(), style.bold);
        if let Some(width) = self.widths.borrow().get(&key) {
            return width * style.size;
        }
        let runs = self.runs(text, style.bold, 0..text.len(), is_rtl(text));
        let width: f32 = runs.iter().flat_map(|run| self.shape(text, run)).map(|glyph| glyph.x_advance).sum();
        self.widths.borrow_mut().insert(key, width);
        width * style.size
    }

    /// Breaks a text into lines of at most this width. Its own line breaks are kept; a word that is wider than a line is broken in itself.
    pub fn wrap(&self, text: &str, style: Style, width: f32) -> Vec<Line> {
        text.split('\n').flat_map(|paragraph| self.wrap_paragraph(paragraph.trim_end(), style, width)).collect()
    }

    fn wrap_paragraph(&self, paragraph: &str, style: Style, most: f32) -> Vec<Line> {
        let text = self.honest(paragraph);
        let rtl = is_rtl(&text);
        let mut lines = Vec::new();
        let (mut line, mut width) = (String::new(), 0.0);
        let mut end = |line: &mut String, width: &mut f32| {
            let trimmed = line.trim_end();
            if !trimmed.is_empty() || lines.is_empty() {
                lines.push(Line { text: trimmed.to_owned(), width: self.honest_width(trimmed, style), rtl });
            }
            line.clear();
            *width = 0.0;
        };
        for word in words(&text) {
            let own = self.honest_width(word.trim_end(), style);
            if width + own > most && !line.is_empty() {
                end(&mut line, &mut width);
            }
            if own <= most {
                line.push_str(word);
                width += self.honest_width(word, style);
                continue;
            }
            // Wider than a whole line: broken where it must, but not between a letter and its marks.
            for (cluster, own) in self.clusters(word, style.bold) {
                let own = own * style.size;
                if width + own > most && !line.is_empty() {
                    end(&mut line, &mut width);
                }
                line.push_str(&word[cluster]);
                width += own;
            }
        }
        if !line.is_empty() || text.is_empty() {
            end(&mut line, &mut width);
        }
        lines
    }

    /// What of a text stands together, in the order in which it is read, with how wide each is at a size of one.
    fn clusters(&self, text: &str, bold: bool) -> Vec<(Range<usize>, f32)> {
        let runs = self.runs(text, bold, 0..text.len(), is_rtl(text));
        let mut clusters: Vec<(Range<usize>, f32)> = Vec::new();
        for glyph in runs.iter().flat_map(|run| self.shape(text, run)) {
            clusters.push((glyph.text_range, glyph.x_advance));
        }
        clusters.sort_by_key(|(range, _)| (range.start, range.end));
        clusters.dedup_by(|later, kept| {
            let same = later.0.start < kept.0.end;
            if same {
                kept.0.end = kept.0.end.max(later.0.end);
                kept.1 += later.1;
            }
            same
        });
        clusters
    }

    /// Sets a line with its left end at `x`. What is drawn comes in the order in which it is read, wherever it stands, for whoever
    /// copies it.
    pub(crate) fn draw(&self, surface: &mut Surface<'_>, x: f32, baseline: f32, text: &str, style: Style) {
        let text = self.honest(text);
        surface.set_fill(Some(style.colour.fill()));
        let mut at = x;
        let mut runs: Vec<(f32, Run, Vec<KrillaGlyph>)> = Vec::new();
        for run in self.visual(&text, style.bold) {
            let glyphs = self.shape(&text, &run);
            let width: f32 = glyphs.iter().map(|glyph| glyph.x_advance * style.size).sum();
            runs.push((at, run, glyphs));
            at += width;
        }
        runs.sort_by_key(|(_, run, _)| run.range.start);
        let told = as_seen(&text, runs.iter().filter(|(_, run, _)| run.rtl).map(|(_, run, _)| run.range.clone()));
        for (at, run, glyphs) in runs {
            let start = Point::from_xy(at, baseline);
            surface.draw_glyphs(start, &glyphs, self.fonts[run.font].font.clone(), &told, style.size, false);
        }
    }

    /// The runs of a line from left to right, as they are seen.
    fn visual(&self, text: &str, bold: bool) -> Vec<Run> {
        let bidi = BidiInfo::new(text, None);
        let Some(paragraph) = bidi.paragraphs.first() else { return Vec::new() };
        let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
        let mut all = Vec::new();
        for range in runs {
            let rtl = levels.get(range.start).is_some_and(Level::is_rtl);
            all.extend(self.runs(text, bold, range, rtl));
        }
        all
    }

    /// Divides a stretch of one direction by fonts, in the order in which they are seen.
    fn runs(&self, text: &str, bold: bool, range: Range<usize>, rtl: bool) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for (at, letter) in text[range.clone()].char_indices() {
            let (from, to) = (range.start + at, range.start + at + letter.len_utf8());
            // What belongs to any script (spaces, marks, stops) stays in the font that is being set, if that has it.
            let stays = runs.last().is_some_and(|run| belongs_anywhere(letter) && self.has(run.font, letter));
            let font = if stays {
                runs[runs.len() - 1].font
            } else {
                self.font_for(letter, bold).unwrap_or(usize::from(bold))
            };
            match runs.last_mut() {
                Some(run) if run.font == font => run.range.end = to,
                _ => runs.push(Run { font, range: from..to, rtl }),
            }
        }
        if rtl {
            runs.reverse();
        }
        runs
    }

    fn shape(&self, text: &str, run: &Run) -> Vec<KrillaGlyph> {
        let loaded = &self.fonts[run.font];
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text[run.range.clone()]);
        buffer.guess_segment_properties();
        let direction = if run.rtl { Direction::RightToLeft } else { Direction::LeftToRight };
        buffer.set_direction(direction);
        let script = Some(buffer.script());
        let mut plans = self.plans.borrow_mut();
        let plan = plans
            .entry((run.font, run.rtl, script))
            .or_insert_with(|| ShapePlan::new(&loaded.face, direction, script, None, &[]));
        let shaped = rustybuzz::shape_with_plan(&loaded.face, plan, buffer);
        let infos = shaped.glyph_infos();
        let mut starts: Vec<usize> = infos.iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let end_of = |start: usize| {
            let next = starts.partition_point(|other| *other <= start);
            starts.get(next).copied().unwrap_or(run.range.len())
        };
        let place = |value: i32| value as f32 / loaded.units;
        infos
            .iter()
            .zip(shaped.glyph_positions())
            .map(|(info, position)| {
                let start = info.cluster as usize;
                KrillaGlyph::new(
                    GlyphId::new(info.glyph_id),
                    place(position.x_advance),
                    place(position.x_offset),
                    place(position.y_offset),
                    place(position.y_advance),
                    run.range.start + start..run.range.start + end_of(start),
                    None,
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use sha2::Digest as _;

    use super::*;
    use crate::fonts::FILES;
    use crate::missing;

    fn set() -> Type {
        Type::new().unwrap()
    }

    #[test]
    fn the_fonts_are_those_that_the_tool_makes() {
        let listed = include_str!("../fonts/SHA256SUMS");
        let mut sums: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
        let mut own: Vec<String> = FILES.iter().map(|file| hex::encode(sha2::Sha256::digest(file))).collect();
        sums.sort_unstable();
        own.sort_unstable();
        assert_eq!(own, sums);
    }

    #[test]
    fn every_script_has_its_font_and_what_has_none_shows_its_code() {
        let set = set();
        for text in [
            "Ana Ferreira",
            "Ελένη Παπαδοπούλου",
            "Наталья Ковалёва",
            "מיכל",
            "ليلى",
            "王小明",
            "さくら",
            "김민준",
            "Đặng Thị Hồng",
            "Đặng Thị Hồng",
            "अनुष्का शर्मा",
            "ณัฐวุฒิ ศรีสุข",
            "𠮷野家 𠀋",
            "黃淑芬 劉德華",
            "Mia 🌸",
            "👩\u{200d}🚀 👍🏽 🇪🇸",
        ] {
            assert_eq!(set.honest(text), text);
            assert!(set.width(text, Style::BODY) > 10.0, "{text}");
        }
        assert_eq!(set.honest("❤\u{fe0f}"), "❤");
        assert_eq!(set.honest("Ana \u{202e}nel"), "Ana nel");
        assert_eq!(set.honest("𒀀\u{200d}𒀁"), "[U+12000][U+12001]");
        assert_eq!(missing("Ana 𒀀𒀁𒀀 🌸 𠮷\u{202e}\n"), ['𒀀', '𒀁']);
        assert_eq!(set.honest("a\tb\u{7}"), "a b ");
    }

    #[test]
    fn lines_fit_and_lose_nothing() {
        let set = set();
        let long = "x".repeat(400);
        for text in [
            "",
            "one",
            "The quick brown fox jumps over the lazy dog, twice and thrice.",
            "王小明和李小红在上海签署本合同并各执一份",
            &long,
        ] {
            for width in [40.0, 120.0, 500.0] {
                let lines = set.wrap(text, Style::BODY, width);
                assert!(!lines.is_empty());
                assert!(lines.iter().all(|line| line.width <= width + 0.5), "{text} {width}");
                let squeezed = |text: &str| text.split_whitespace().collect::<String>();
                assert_eq!(
                    squeezed(&lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")),
                    squeezed(text)
                );
            }
        }
        assert_eq!(set.wrap("one\ntwo", Style::BODY, 500.0).len(), 2);
    }

    #[test]
    fn letters_stay_with_their_marks_and_emoji_together() {
        let set = set();
        let parts = |text: &str| -> Vec<String> {
            set.clusters(text, false).into_iter().map(|(range, _)| text[range].to_owned()).collect()
        };
        assert_eq!(parts("a\u{301}b"), ["a\u{301}", "b"]);
        assert_eq!(parts("👩\u{200d}🚀👍🏽"), ["👩\u{200d}🚀", "👍🏽"]);
        assert_eq!(parts("ที่นี่"), ["ที่", "นี่"]);
        // One sign each, put together of several letters.
        for text in ["क्षि", "مرحبا", "Đặng"] {
            assert_eq!(parts(text).concat(), text);
        }
        assert_eq!(parts("क्षि").len(), 1);
        let thai = "ก".repeat(30) + &"ที่".repeat(40);
        let lines = set.wrap(&thai, Style::BODY, 60.0);
        assert!(lines.len() > 3 && lines.iter().all(|line| !line.text.starts_with('\u{e48}')), "{lines:?}");
        assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<String>(), thai);
    }

    #[test]
    fn kerning_is_applied() {
        let set = set();
        let apart = set.width("A", Style::BODY) + set.width("V", Style::BODY);
        assert!(set.width("AV", Style::BODY) < apart);
    }

    #[test]
    fn brackets_among_letters_from_the_right_are_told_as_they_are_seen() {
        let set = set();
        let text = "מיכל (כהן) «א» Ana (b)";
        let runs = set.visual(text, false);
        let told = as_seen(text, runs.iter().filter(|run| run.rtl).map(|run| run.range.clone()));
        assert_eq!(told, "מיכל )כהן( »א« Ana (b)");
        assert_eq!(as_seen("a (b)", std::iter::empty()), "a (b)");
    }

    #[test]
    fn arabic_is_read_from_the_right_and_joined() {
        let set = set();
        let lines = set.wrap("ليلى حداد", Style::BODY, 500.0);
        assert!(lines[0].rtl);
        let runs = set.visual("Ana ليلى Ben", false);
        assert_eq!(runs.iter().map(|run| run.rtl).collect::<Vec<_>>(), [false, true, false]);
        let apart: f32 = "ليلى".chars().map(|letter| set.width(&letter.to_string(), Style::BODY)).sum();
        assert!(set.width("ليلى", Style::BODY) < apart);
    }
}
