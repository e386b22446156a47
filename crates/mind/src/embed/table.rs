//! The artefact (`model/embed-v1.bin`; `tools/model/README.md` describes it) and the words in it.

use half::f16;

use super::DIMS;

const MAGIC: &[u8] = b"IFEMBED\0";
const VERSION: u32 = 1;
/// Bytes of one row: two components in each.
const ROW: usize = DIMS / 2;
/// No word of the table is longer; the artefact's maker sees to it, and [`Table::read`] checks.
const LONGEST: usize = 20;
/// The shortest beginning, and the shortest half, that may stand for a word that the table has not.
const SHORTEST_PIECE: usize = 3;

/// Words, their vectors at four bits a component, and where each word is.
#[derive(Debug)]
pub(super) struct Table {
    mean: Vec<f32>,
    /// All words, sorted, one after the other.
    letters: &'static [u8],
    /// Where every word begins, and the end of the last.
    starts: Vec<u32>,
    scales: &'static [u8],
    rows: &'static [u8],
    /// Open addressing by hash: row number + 1 in the low bits ([`ROW_BITS`]), the rest a tag of the hash; 0 is free.
    slots: Vec<u32>,
}

const SLOT_BITS: u32 = 18;
const ROW_BITS: u32 = 17;

impl Table {
    pub(super) fn read(artefact: &'static [u8]) -> Result<Self, &'static str> {
        let mut rest = artefact;
        let mut take = |bytes: usize| -> Result<&'static [u8], &'static str> {
            let (head, tail) = rest.split_at_checked(bytes).ok_or("it is cut short")?;
            rest = tail;
            Ok(head)
        };
        if take(MAGIC.len())? != MAGIC {
            return Err("it is no embedding model");
        }
        let header = take(16)?;
        let [version, dims, count, text] = [0, 4, 8, 12].map(|at| read_u32(header, at));
        if version != VERSION || dims as usize != DIMS {
            return Err("it has another version or another number of dimensions");
        }
        // Half of the slots stay free, and the row number must fit its bits.
        if count == 0 || count >= 1 << (SLOT_BITS - 1) || count >= 1 << ROW_BITS {
            return Err("it has no words or too many");
        }
        let [count, text] = [count as usize, text as usize];
        let padding = |bytes: usize| bytes.next_multiple_of(4) - bytes;
        let mean = take(4 * DIMS)?.chunks_exact(4).map(|at| f32::from_bits(read_u32(at, 0))).collect();
        let lengths = take(count)?;
        let letters = take(text)?;
        take(padding(count + text))?;
        let scales = take(2 * count)?;
        take(padding(2 * count))?;
        let rows = take(ROW * count)?;
        if !rest.is_empty() {
            return Err("it has more bytes than its header says");
        }

        let mut starts = Vec::with_capacity(count + 1);
        let mut start = 0;
        for &length in lengths {
            if length == 0 || usize::from(length) > LONGEST {
                return Err("a word in it has an impossible length");
            }
            starts.push(start);
            start += u32::from(length);
        }
        starts.push(start);
        if start as usize != text {
            return Err("its words and their lengths disagree");
        }
        let mut table = Self { mean, letters, starts, scales, rows, slots: vec![0; 1 << SLOT_BITS] };
        table.fill_slots();
        Ok(table)
    }

    fn fill_slots(&mut self) {
        for row in 0..self.len() as u32 {
            let hash = hash(self.word(row));
            let mut slot = first_slot(hash);
            while self.slots[slot] != 0 {
                slot = next_slot(slot);
            }
            self.slots[slot] = (row + 1) | tag(hash);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The part that all texts of the trade share, among unit vectors.
    pub(super) fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// A row's word.
    pub(super) fn word(&self, row: u32) -> &'static [u8] {
        &self.letters[self.starts[row as usize] as usize..self.starts[row as usize + 1] as usize]
    }

    /// The row of exactly this word.
    pub(super) fn find(&self, word: &[u8]) -> Option<u32> {
        let hash = hash(word);
        let mut slot = first_slot(hash);
        loop {
            let entry = self.slots[slot];
            let row = (entry & ((1 << ROW_BITS) - 1)).checked_sub(1)?;
            if entry & !((1 << ROW_BITS) - 1) == tag(hash) && self.word(row) == word {
                return Some(row);
            }
            slot = next_slot(slot);
        }
    }

    /// Calls `found` with the row of a folded word, or with the rows that stand for one that the table has not: its longest
    /// known beginning of at least 60 %, or else two known words that it is made of. A number stands only for itself.
    pub(super) fn rows_of(&self, word: &[u8], mut found: impl FnMut(u32)) {
        if let Some(row) = self.find(word) {
            return found(row);
        }
        if word.iter().all(u8::is_ascii_digit) {
            return;
        }
        let shortest = (word.len() * 3).div_ceil(5).max(SHORTEST_PIECE);
        let beginnings = (shortest..word.len().min(LONGEST + 1)).rev();
        if let Some(row) = beginnings.into_iter().find_map(|end| self.find(&word[..end])) {
            return found(row);
        }
        for at in (SHORTEST_PIECE..(word.len() + 1).saturating_sub(SHORTEST_PIECE)).rev() {
            let (head, tail) = word.split_at(at);
            if let (Some(head), Some(tail)) = (self.find(head), self.find(tail)) {
                found(head);
                return found(tail);
            }
        }
    }

    /// Adds a row to a vector.
    pub(super) fn add(&self, row: u32, vector: &mut [f32]) {
        let row = row as usize;
        let scale = f16::from_le_bytes([self.scales[2 * row], self.scales[2 * row + 1]]).to_f32();
        let (low, high) = vector.split_at_mut(ROW);
        for ((&byte, low), high) in self.rows[row * ROW..][..ROW].iter().zip(low).zip(high) {
            *low += scale * f32::from((byte & 15).cast_signed() - 8);
            *high += scale * f32::from((byte >> 4).cast_signed() - 8);
        }
    }

    /// The product of a row, in units of its scale, with a vector of whole numbers of at most 127.
    pub(super) fn product(&self, row: u32, vector: &[i16; DIMS]) -> f32 {
        const LANES: usize = 16;
        let (low, high) = vector.split_at(ROW);
        let row = &self.rows[row as usize * ROW..][..ROW];
        // Each lane takes 16 products of at most 8 × 127, which sixteen bits hold.
        let mut sums = [0_i16; LANES];
        for ((bytes, low), high) in row.chunks_exact(LANES).zip(low.chunks_exact(LANES)).zip(high.chunks_exact(LANES)) {
            for (((sum, &byte), &low), &high) in sums.iter_mut().zip(bytes).zip(low).zip(high) {
                *sum += (i16::from(byte & 15) - 8) * low + (i16::from(byte >> 4) - 8) * high;
            }
        }
        sums.iter().map(|&sum| f32::from(sum)).sum()
    }

    /// The length of a row, in units of its scale.
    pub(super) fn length(&self, row: u32) -> f32 {
        let squares: i32 = self.rows[row as usize * ROW..][..ROW]
            .iter()
            .flat_map(|&byte| [i32::from(byte & 15) - 8, i32::from(byte >> 4) - 8])
            .map(|x| x * x)
            .sum();
        (squares as f32).sqrt()
    }
}

fn read_u32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// FNV-1a, its high bits mixed down.
fn hash(word: &[u8]) -> u64 {
    let hash = word
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    hash ^ (hash >> 29)
}

const fn first_slot(hash: u64) -> usize {
    (hash & ((1 << SLOT_BITS) - 1)) as usize
}

const fn next_slot(slot: usize) -> usize {
    (slot + 1) & ((1 << SLOT_BITS) - 1)
}

/// The bits of a slot's entry above the row number.
const fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32 & !((1 << ROW_BITS) - 1)
}

#[cfg(test)]
mod tests {
    use super::super::ARTEFACT;
    use super::*;

    #[test]
    fn finds_every_word_and_no_other() {
        let table = Table::read(ARTEFACT).unwrap();
        for row in 0..table.len() as u32 {
            assert_eq!(table.find(table.word(row)), Some(row));
        }
        for stranger in [&b"zzqqzz"[..], b"", b"Fitness", b"gym gym"] {
            assert_eq!(table.find(stranger), None);
        }
    }

    #[test]
    fn unknown_words_take_a_beginning_or_two_halves() {
        let table = Table::read(ARTEFACT).unwrap();
        let rows = |word: &str| {
            let mut rows = Vec::new();
            table.rows_of(word.as_bytes(), |row| rows.push(std::str::from_utf8(table.word(row)).unwrap()));
            rows
        };
        assert_eq!(rows("fitness"), ["fitness"]);
        assert_eq!(rows("fitnessify"), ["fitness"]);
        assert_eq!(rows("gymworkouts"), ["gym", "workouts"]);
        assert_eq!(rows("98765432"), [""; 0]);
        assert_eq!(rows("qz"), [""; 0]);
        assert_eq!(rows("zzqqzzqqzz"), [""; 0]);
    }

    #[test]
    fn a_broken_artefact_is_told() {
        assert!(Table::read(&ARTEFACT[..ARTEFACT.len() - 1]).is_err());
        assert!(Table::read(&ARTEFACT[1..]).is_err());
        assert!(Table::read(b"IFEMBED\0").is_err());
        let mut longer = ARTEFACT.to_vec();
        longer.push(0);
        assert!(Table::read(longer.leak()).is_err());
    }
}
