//! Pages: what is set flows down them, with margins, a line at the foot, and breaks that leave no line alone.

use kernel::{Error, Result};
use krilla::Document;
use krilla::geom::{PathBuilder, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{LineJoin, Stroke};
use krilla::surface::Surface;

use crate::tags::{self, Part, Tags};
use crate::text::{Colour, Line, Style, Type};

/// A4, in points.
pub const PAGE: (f32, f32) = (595.28, 841.89);
/// Left, top, right and bottom.
const MARGINS: (f32, f32, f32, f32) = (62.0, 66.0, 62.0, 72.0);
/// A page with less than this on it looks as if something were missing: some five lines.
const THIN: f32 = 80.0;
/// So much less room is left on every page, until none is thin: less than nothing is a little more.
const TRIES: [f32; 8] = [0.0, -8.0, 18.0, 36.0, 54.0, 72.0, 96.0, 120.0];

/// What stands on every page.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The title, for the file's properties and the head of the later pages.
    pub title: String,
    /// Beside the number of the page.
    pub foot: String,
}

/// Something that is drawn, at a place of its page.
#[derive(Clone, Debug)]
pub enum Mark {
    /// A line of text: its left end, its baseline.
    Text(f32, f32, String, Style),
    /// A rule from one point to another, so wide.
    Rule((f32, f32), (f32, f32), f32, Colour),
    /// A rectangle: left, top, width, height.
    Box(f32, f32, f32, f32, Colour),
    /// A filled shape through these points, for charts.
    Shape(Vec<(f32, f32)>, Colour),
    /// A line through these points, so wide, for charts.
    Path(Vec<(f32, f32)>, f32, Colour),
}

/// A document in the making.
pub struct Sheet {
    letters: Type,
    setup: Setup,
    /// Each mark with the part that it belongs to.
    pages: Vec<Vec<(Mark, Option<usize>)>>,
    tags: Tags,
    y: f32,
    /// How much room of every page is left free, above the margin.
    spared: f32,
    /// How far down each page that is full was used.
    used: Vec<f32>,
}

/// Makes a document of what `draw` sets. No page of it has only a few lines, if a little less on each of the others helps.
pub fn compose(setup: &Setup, draw: impl Fn(&mut Sheet)) -> Result<Vec<u8>> {
    let mut best: Option<(usize, Sheet)> = None;
    for spared in TRIES {
        let mut sheet = Sheet { spared, ..Sheet::new(setup.clone())? };
        draw(&mut sheet);
        let thin = sheet.thin();
        if best.as_ref().is_none_or(|(least, _)| thin < *least) {
            best = Some((thin, sheet));
        }
        if thin == 0 {
            break;
        }
    }
    best.ok_or_else(|| Error::internal("nothing was set"))?.1.finish()
}

impl Sheet {
    /// An empty document.
    pub fn new(setup: Setup) -> Result<Self> {
        let (letters, tags) = (Type::new()?, Tags::default());
        Ok(Self { letters, setup, pages: vec![Vec::new()], tags, y: MARGINS.1, spared: 0.0, used: Vec::new() })
    }

    /// How many of several pages have only a few lines.
    fn thin(&self) -> usize {
        if self.pages.len() < 2 {
            return 0;
        }
        self.used.iter().chain([&self.y]).filter(|used| **used - MARGINS.1 < THIN).count()
    }

    /// Sets what belongs to a part of the document, which begins here.
    pub fn part<T>(&mut self, part: Part, set: impl FnOnce(&mut Self) -> T) -> T {
        let node = self.begin(part);
        self.within(node, set)
    }

    /// A part of the document, in which nothing is yet; within the one that is open.
    pub(crate) fn begin(&mut self, part: Part) -> usize {
        self.tags.begin(part)
    }

    /// Sets more of a part.
    pub(crate) fn within<T>(&mut self, node: usize, set: impl FnOnce(&mut Self) -> T) -> T {
        self.opened(Some(node), set)
    }

    /// Sets what is only there to be seen: it is no part of the document, as a head of a table that is repeated.
    pub(crate) fn unread<T>(&mut self, set: impl FnOnce(&mut Self) -> T) -> T {
        let node = self.begin(Part::Paragraph);
        self.opened(Some(node), |sheet| {
            let page = sheet.pages.len() - 1;
            let from = sheet.pages[page].len();
            let set = set(sheet);
            if sheet.pages.len() == page + 1 {
                sheet.pages[page][from..].iter_mut().for_each(|(_, part)| *part = None);
            }
            set
        })
    }

    fn opened<T>(&mut self, node: Option<usize>, set: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.tags.open(node);
        let set = set(self);
        self.tags.open(before);
        set
    }

    /// Sets text, which is a paragraph if it is no part of something else.
    fn text<T>(&mut self, set: impl FnOnce(&mut Self) -> T) -> T {
        if self.tags.wants_part() { self.part(Part::Paragraph, set) } else { set(self) }
    }

    /// What measures and breaks its text.
    pub fn letters(&self) -> &Type {
        &self.letters
    }

    /// Where the text begins on the left.
    pub const fn left(&self) -> f32 {
        MARGINS.0
    }

    /// How wide the text is.
    pub const fn width(&self) -> f32 {
        PAGE.0 - MARGINS.0 - MARGINS.2
    }

    /// Where the next thing is set, from the top of the page.
    pub const fn y(&self) -> f32 {
        self.y
    }

    /// How much room is left on this page.
    pub fn room(&self) -> f32 {
        PAGE.1 - MARGINS.3 - self.spared - self.y
    }

    /// How much room an empty page has.
    pub fn full(&self) -> f32 {
        PAGE.1 - MARGINS.3 - self.spared - MARGINS.1
    }

    /// Goes on down the page.
    pub fn skip(&mut self, height: f32) {
        self.y += height;
    }

    /// Goes to the next page if there is less room than this; tells whether it did. At the top of a page it never does.
    pub fn need(&mut self, height: f32) -> bool {
        let breaks = self.room() < height && self.y > MARGINS.1;
        if breaks {
            self.next_page();
        }
        breaks
    }

    /// Goes to the next page.
    pub fn next_page(&mut self) {
        self.pages.push(Vec::new());
        self.used.push(self.y);
        self.y = MARGINS.1;
    }

    /// Draws something on this page.
    pub fn mark(&mut self, mark: Mark) {
        let part = self.tags.of(matches!(mark, Mark::Text(..)));
        if let Some(page) = self.pages.last_mut() {
            page.push((mark, part));
        }
    }

    /// Sets a line in a column: at its left, or at its right where it is written from there.
    pub fn line(&mut self, (x, width): (f32, f32), y: f32, line: &Line, style: Style) {
        let x = if line.rtl { x + width - line.width } else { x };
        // The baseline stands where capitals are in the middle of the line.
        self.mark(Mark::Text(x, y + style.size * 1.08, line.text.clone(), style));
    }

    /// Sets text at a place, without moving on; answers its height.
    pub fn place(&mut self, (x, width): (f32, f32), y: f32, text: &str, style: Style) -> f32 {
        let lines = self.letters.wrap(text, style, width);
        self.text(|sheet| {
            for (at, line) in lines.iter().enumerate() {
                sheet.line((x, width), y + at as f32 * style.leading(), line, style);
            }
        });
        lines.len() as f32 * style.leading()
    }

    /// The same for names and labels: they begin at the left whichever way they are written.
    pub fn place_left(&mut self, (x, width): (f32, f32), y: f32, text: &str, style: Style) -> f32 {
        let lines = self.letters.wrap(text, style, width);
        self.text(|sheet| {
            for (at, line) in lines.iter().enumerate() {
                sheet.line((x, line.width), y + at as f32 * style.leading(), line, style);
            }
        });
        lines.len() as f32 * style.leading()
    }

    /// How high a text is in a column.
    pub fn height(&self, text: &str, style: Style, width: f32) -> f32 {
        self.letters.wrap(text, style, width).len() as f32 * style.leading()
    }

    /// Sets a paragraph, indented by so much. Across pages, no line of it stands alone.
    pub fn paragraph(&mut self, text: &str, style: Style, indent: f32) {
        self.text(|sheet| sheet.set_paragraph(text, style, indent));
    }

    fn set_paragraph(&mut self, text: &str, style: Style, indent: f32) {
        let column = (self.left() + indent, self.width() - indent);
        let lines = self.letters.wrap(text, style, column.1);
        let leading = style.leading();
        let mut rest = lines.as_slice();
        while !rest.is_empty() {
            let fit = (self.room() / leading).floor().max(0.0) as usize;
            let mut take = fit.min(rest.len());
            // One line over would stand alone there; one line here, alone here.
            if take + 1 == rest.len() && take > 2 {
                take -= 1;
            }
            if take < 2 && rest.len() > take {
                if self.y > MARGINS.1 {
                    self.next_page();
                    continue;
                }
                take = take.max(1);
            }
            for line in &rest[..take] {
                let y = self.y;
                self.line(column, y, line, style);
                self.y += leading;
            }
            rest = &rest[take..];
            if !rest.is_empty() {
                self.next_page();
            }
        }
    }

    /// Sets the title of the document.
    pub fn title(&mut self, text: &str, style: Style) {
        self.part(Part::Heading(1), |sheet| sheet.paragraph(text, style, 0.0));
    }

    /// Sets a heading that stays with what follows it: at least so much of that.
    pub fn heading(&mut self, text: &str, follows: f32) {
        let style = Style::BODY.sized(12.0).bold().coloured(Colour::ACCENT);
        let height = self.height(text, style, self.width());
        self.need(16.0 + height + 6.0 + follows);
        if self.y > MARGINS.1 {
            self.y += 16.0;
        }
        self.part(Part::Heading(2), |sheet| sheet.paragraph(text, style, 0.0));
        let (y, left, right) = (self.y + 2.0, self.left(), self.left() + self.width());
        self.mark(Mark::Rule((left, y), (right, y), 0.6, Colour::ACCENT));
        self.y += 8.0;
    }

    /// Makes the file.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        let count = self.pages.len();
        let (left, right) = (self.left(), self.left() + self.width());
        for at in 0..count {
            let small = Style::BODY.sized(7.5).coloured(Colour::GREY);
            let foot = PAGE.1 - MARGINS.3 + 26.0;
            let number = format!("{} / {count}", at + 1);
            let number_at = right - self.letters.width(&number, small);
            let mut marks = vec![
                Mark::Rule((left, foot - 12.0), (right, foot - 12.0), 0.5, Colour::RULE),
                Mark::Text(left, foot, self.setup.foot.clone(), small),
                Mark::Text(number_at, foot, number, small),
            ];
            if at > 0 {
                let lines = self.letters.wrap(&self.setup.title, small, right - left - small.size);
                if let Some(title) = lines.first() {
                    // What does not fit on the line is seen to be missing.
                    let more = if lines.len() > 1 { "…" } else { "" };
                    marks.push(Mark::Text(left, MARGINS.1 - 26.0, format!("{}{more}", title.text), small));
                }
                marks.push(Mark::Rule((left, MARGINS.1 - 20.0), (right, MARGINS.1 - 20.0), 0.5, Colour::RULE));
            }
            // What is the same on every page is no part of what is read.
            self.pages[at].extend(marks.into_iter().map(|mark| (mark, None)));
        }
        let mut document = Document::new();
        let mut drawn = Vec::new();
        for marks in &self.pages {
            let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| Error::internal("a page has no size"))?;
            let mut page = document.start_page_with(size);
            let mut surface = page.surface();
            for together in marks.chunk_by(|one, next| one.1 == next.1) {
                drawn.extend(together.first().and_then(|(_, part)| tags::start(&mut surface, *part)));
                for (mark, _) in together {
                    self.draw(&mut surface, mark);
                }
                surface.end_tagged();
            }
            surface.finish();
            page.finish();
        }
        document.set_tag_tree(self.tags.tree(drawn));
        let metadata = Metadata::new().title(self.setup.title.clone()).creator("InfluencerFlow".into());
        document.set_metadata(metadata.language("en".into()));
        document.finish().map_err(|error| Error::internal(format!("the PDF cannot be made: {error:?}")))
    }

    fn draw(&self, surface: &mut Surface<'_>, mark: &Mark) {
        match mark {
            Mark::Text(x, baseline, text, style) => self.letters.draw(surface, *x, *baseline, text, *style),
            Mark::Rule(from, to, width, colour) => {
                let mut path = PathBuilder::new();
                path.move_to(from.0, from.1);
                path.line_to(to.0, to.1);
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke { paint: colour.fill().paint, width: *width, ..Stroke::default() }));
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
                surface.set_stroke(None);
            }
            Mark::Box(x, y, width, height, colour) => {
                let mut path = PathBuilder::new();
                if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                    path.push_rect(rect);
                }
                fill(surface, path, *colour);
            }
            Mark::Shape(points, colour) => {
                let mut path = through(points);
                path.close();
                fill(surface, path, *colour);
            }
            Mark::Path(points, width, colour) => {
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke {
                    paint: colour.fill().paint,
                    width: *width,
                    line_join: LineJoin::Round,
                    ..Stroke::default()
                }));
                if let Some(path) = through(points).finish() {
                    surface.draw_path(&path);
                }
                surface.set_stroke(None);
            }
        }
    }
}

fn through(points: &[(f32, f32)]) -> PathBuilder {
    let mut path = PathBuilder::new();
    for (at, (x, y)) in points.iter().enumerate() {
        if at == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
    }
    path
}

fn fill(surface: &mut Surface<'_>, path: PathBuilder, colour: Colour) {
    surface.set_stroke(None);
    surface.set_fill(Some(colour.fill()));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document of so many paragraphs, which end so far above the foot of their page.
    fn paragraphs(count: usize) -> impl Fn(&mut Sheet) {
        move |sheet| {
            sheet.title("Title", Style::BODY.sized(20.0));
            for at in 0..count {
                sheet.paragraph(&format!("Paragraph {at}"), Style::BODY, 0.0);
            }
        }
    }

    #[test]
    fn no_page_has_three_lines_only() {
        let mut of_two = 0;
        for count in 40..120 {
            let mut sheet = Sheet::new(Setup::default()).unwrap();
            paragraphs(count)(&mut sheet);
            let file = compose(&Setup::default(), paragraphs(count)).unwrap();
            assert!(file.starts_with(b"%PDF-"), "{count}");
            // Whatever was tried, one of the ways has no thin page.
            let thin = TRIES.iter().map(|spared| {
                let mut sheet = Sheet { spared: *spared, ..Sheet::new(Setup::default()).unwrap() };
                paragraphs(count)(&mut sheet);
                sheet.thin()
            });
            assert_eq!(thin.min(), Some(0), "{count}");
            of_two += usize::from(sheet.thin() > 0);
        }
        assert!(of_two > 3, "some would have had one");
    }

    #[test]
    fn what_is_set_is_tagged() {
        let draw = |sheet: &mut Sheet| {
            sheet.title("The title", Style::BODY.sized(20.0));
            sheet.heading("1  Heading", 20.0);
            sheet.paragraph("A paragraph.", Style::BODY, 0.0);
            let mut table =
                crate::Table::new(vec![crate::Column::text("Name", 1.0), crate::Column::number("Number", 1.0)]);
            table.rows = (0..90).map(|at| vec![format!("Row {at}"), at.to_string()]).collect();
            table.set(sheet);
            sheet.part(Part::Figure("Views by day".into()), |sheet| {
                sheet.mark(Mark::Box(70.0, 300.0, 50.0, 50.0, Colour::ACCENT));
                sheet.place((70.0, 100.0), 300.0, "12", Style::BODY);
            });
        };
        let mut sheet = Sheet::new(Setup::default()).unwrap();
        draw(&mut sheet);
        assert!(sheet.pages.len() > 1);
        // The repeated head is not read again: 2 cells of the head, 180 of rows.
        assert_eq!(sheet.tags.count(|part| *part == Part::Head), 2);
        assert_eq!(sheet.tags.count(|part| *part == Part::Cell), 180);
        let unread =
            sheet.pages[1].iter().filter(|(mark, part)| matches!(mark, Mark::Text(..)) && part.is_none()).count();
        assert_eq!(unread, 2);
        let file = compose(&Setup { title: "The title".into(), foot: String::new() }, draw).unwrap();
        let text = String::from_utf8_lossy(&file);
        for wanted in ["/MarkInfo", "/StructTreeRoot", "/Lang", "/Title"] {
            assert!(text.contains(wanted), "{wanted}");
        }
        assert_eq!(file, compose(&Setup { title: "The title".into(), foot: String::new() }, draw).unwrap());
    }

    #[test]
    fn no_line_of_a_paragraph_stands_alone() {
        let words = "word ".repeat(400);
        for above in (0..60).step_by(7) {
            let mut sheet = Sheet::new(Setup::default()).unwrap();
            for _ in 0..above {
                sheet.skip(Style::BODY.leading());
            }
            sheet.paragraph(&words, Style::BODY, 0.0);
            let lines: Vec<usize> = sheet.pages.iter().map(Vec::len).filter(|lines| *lines > 0).collect();
            assert!(lines.iter().all(|lines| *lines >= 2), "{above}: {lines:?}");
            assert!(sheet.room() >= -0.1);
        }
    }
}
