//! What `pdf-extract` reads: the lines of each page with the size of their letters.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Document, MediaBox, OutputDev, OutputError, Transform, output_doc, output_doc_page};

/// A line of a page.
#[derive(Clone, Default, Debug)]
pub(super) struct Line {
    pub(super) text: String,
    /// How high its letters are, in points: that of most of them.
    pub(super) size: f64,
    /// How far it is below the line before it, in points; negative if it is above it.
    pub(super) step: f64,
}

/// Why there is nothing.
pub(super) enum Fault {
    Locked,
    Broken,
    TooLong,
}

/// What the reader has of a file, page by page.
#[derive(Default)]
pub(super) struct First {
    /// The lines of each page; `None` for one that the reader gave up on.
    pub(super) pages: Vec<Option<Vec<Line>>>,
    /// Which pages have a picture on them, as far as can be told.
    pub(super) pictures: Vec<bool>,
}

/// Reads every page, to so many letters.
pub(super) fn read(bytes: &[u8], most: usize) -> Result<First, Fault> {
    let loaded = catch_unwind(|| Document::load_mem(bytes));
    let mut document = loaded.map_err(|_| Fault::Broken)?.map_err(|_| Fault::Broken)?;
    if document.is_encrypted() {
        let opened = catch_unwind(AssertUnwindSafe(|| document.decrypt("")));
        opened.map_err(|_| Fault::Broken)?.map_err(|_| Fault::Locked)?;
    }
    let pictures = catch_unwind(AssertUnwindSafe(|| {
        let pages = document.get_pages().into_values();
        pages.map(|page| document.get_page_images(page).map_or(true, |images| !images.is_empty())).collect::<Vec<_>>()
    }));
    let pictures = pictures.map_err(|_| Fault::Broken)?;
    let count = pictures.len();
    let mut pages = Pages { read: vec![None; count], open: None, left: most };
    // One walk over all pages; a page that it breaks at is left out, and those behind it are asked for one by one.
    let mut next = 1;
    if catch_unwind(AssertUnwindSafe(|| output_doc(&document, &mut pages))).is_ok_and(|walked| walked.is_ok()) {
        next = count + 1;
    } else if let Some(open) = pages.open.take() {
        next = open.number + 1;
    }
    for number in next..=count {
        if pages.left == 0 {
            break;
        }
        let _ = catch_unwind(AssertUnwindSafe(|| {
            output_doc_page(&document, &mut pages, u32::try_from(number).unwrap_or(u32::MAX))
        }));
        pages.open = None;
    }
    if pages.left == 0 {
        return Err(Fault::TooLong);
    }
    Ok(First { pages: pages.read, pictures })
}

/// A page that is being read.
struct Open {
    number: usize,
    lines: Vec<Line>,
    sizes: Vec<(f64, usize)>,
    height: f64,
    begins_word: bool,
    last_end: f64,
    last_y: f64,
}

/// The pages read so far.
struct Pages {
    read: Vec<Option<Vec<Line>>>,
    open: Option<Open>,
    /// How many letters may still come.
    left: usize,
}

impl Open {
    /// Begins a line so far below the one before.
    fn line(&mut self, step: f64) {
        self.end();
        self.lines.push(Line { step, ..Line::default() });
    }

    /// Gives the line that ends the size of most of its letters.
    fn end(&mut self) {
        if let Some(line) = self.lines.last_mut() {
            let most = self.sizes.iter().max_by_key(|(_, count)| *count);
            line.size = most.map_or(0.0, |(size, _)| *size);
        }
        self.sizes.clear();
    }

    fn count(&mut self, size: f64, letters: usize) {
        // To half a point: sizes come out of products.
        let size = (size * 2.0).round() / 2.0;
        match self.sizes.iter_mut().find(|(known, _)| (*known - size).abs() < 0.1) {
            Some((_, count)) => *count += letters,
            None => self.sizes.push((size, letters)),
        }
    }
}

impl OutputDev for Pages {
    fn begin_page(
        &mut self,
        number: u32,
        media: &MediaBox,
        _: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        self.open = Some(Open {
            number: number as usize,
            lines: Vec::new(),
            sizes: Vec::new(),
            height: media.ury - media.lly,
            begins_word: false,
            last_end: 100_000.0,
            last_y: 0.0,
        });
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        if let Some(mut open) = self.open.take() {
            open.end();
            if let Some(page) = open.number.checked_sub(1).and_then(|at| self.read.get_mut(at)) {
                *page = Some(open.lines);
            }
        }
        Ok(())
    }

    fn output_character(
        &mut self,
        transform: &Transform,
        width: f64,
        _spacing: f64,
        font_size: f64,
        letters: &str,
    ) -> Result<(), OutputError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let count = letters.chars().count();
        self.left = self.left.saturating_sub(count);
        if self.left == 0 {
            return Err(OutputError::FormatError(std::fmt::Error));
        }
        // The side of the square that is as large as a letter, as `pdf-extract` itself measures it.
        let across = (transform.m11 * font_size + transform.m21 * font_size).abs();
        let up = (transform.m12 * font_size + transform.m22 * font_size).abs();
        let size = (across * up).sqrt();
        let (x, y) = (transform.m31, open.height - transform.m32);
        if open.begins_word || open.lines.is_empty() {
            let step = y - open.last_y;
            let below = step.abs() > size * 1.5 || (x < open.last_end && step.abs() > size * 0.5);
            if open.lines.is_empty() || below {
                open.line(step);
            } else if x > open.last_end + size * 0.1
                && let Some(line) = open.lines.last_mut()
            {
                line.text.push(' ');
            }
        }
        if let Some(line) = open.lines.last_mut() {
            line.text.push_str(letters);
        }
        open.count(size, count);
        open.begins_word = false;
        open.last_y = y;
        open.last_end = x + width * size;
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        if let Some(open) = &mut self.open {
            open.begins_word = true;
        }
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}
