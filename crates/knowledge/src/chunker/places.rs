//! A text whose characters are counted: ranges of characters as ranges of bytes.

/// A text, and where each of its characters begins.
pub(super) struct Places<'t> {
    text: &'t str,
    /// The byte of each character, and the end of the text. A text that is read here has less than 4 GiB.
    bytes: Vec<u32>,
}

impl<'t> Places<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut bytes: Vec<u32> = text.char_indices().map(|(byte, _)| byte as u32).collect();
        bytes.push(text.len() as u32);
        Self { text, bytes }
    }

    /// How many characters there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() - 1
    }

    /// The characters from `start` up to `end`; as much of them as there is.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        let end = end.min(self.len());
        &self.text[self.bytes[start.min(end)] as usize..self.bytes[end] as usize]
    }

    /// The same range without the space at its ends.
    pub(super) fn trimmed(&self, start: usize, end: usize) -> (usize, usize) {
        let slice = self.slice(start, end);
        let (start, end) = (start.min(self.len()), end.min(self.len()));
        let before = slice.chars().take_while(|letter| letter.is_whitespace()).count();
        let after = slice.chars().rev().take_while(|letter| letter.is_whitespace()).count();
        if before >= end.saturating_sub(start) { (start, start) } else { (start + before, end - after) }
    }

    /// Paragraphs: what stands apart by an empty line.
    pub(super) fn paragraphs(&self) -> Vec<(usize, usize)> {
        let (mut found, mut start, mut newlines) = (Vec::new(), None, 0);
        let mut last = 0;
        for (at, letter) in self.text.chars().enumerate() {
            if letter.is_whitespace() {
                newlines += usize::from(letter == '\n');
                continue;
            }
            match start {
                Some(begun) if newlines > 1 => {
                    found.push((begun, last));
                    start = Some(at);
                }
                None => start = Some(at),
                Some(_) => {}
            }
            (newlines, last) = (0, at + 1);
        }
        found.extend(start.map(|begun| (begun, last)));
        found
    }
}
