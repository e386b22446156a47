//! Which rows a filter lets through, found one column after the other.

use super::columns::{Columns, SHARED, UNKNOWN};
use super::query::Ready;

/// One byte for each row: is it in? Bytes, because a loop that only multiplies them has no branch to guess wrong.
pub struct Mask(Vec<u8>);

/// Rows that are looked at together when most of them are out.
const WORD: usize = 8;

/// Slots to be gone through from within: a loop of our own is several times as fast as an iterator of iterators.
pub(super) trait Slots {
    /// Shows every slot.
    fn each(self, show: impl FnMut(u32));
}

impl Slots for &Mask {
    fn each(self, mut show: impl FnMut(u32)) {
        for (number, word) in self.0.chunks(WORD).enumerate() {
            if word.iter().fold(0, |any, byte| any | byte) == 0 {
                continue;
            }
            for (at, byte) in word.iter().enumerate() {
                if *byte != 0 {
                    show((number * WORD + at) as u32);
                }
            }
        }
    }
}

impl<T: Iterator<Item = u32>> Slots for T {
    fn each(self, show: impl FnMut(u32)) {
        self.for_each(show);
    }
}

impl Mask {
    /// These rows of so many.
    pub(super) fn of(rows: usize, slots: impl IntoIterator<Item = u32>) -> Self {
        let mut mask = Self(vec![0; rows]);
        for slot in slots {
            mask.0[slot as usize] = 1;
        }
        mask
    }

    /// A byte for each slot: 1 if it is in, else 0.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The same, a bit for each slot: slot s is bit `s % 64` of word `s / 64`.
    pub fn bits(&self) -> Vec<u64> {
        let bits = |bytes: &[u8]| {
            let mut eight = [0; 8];
            eight[..bytes.len()].copy_from_slice(bytes);
            // Gathers the lowest bit of each byte in the highest byte.
            u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56
        };
        let word = |bytes: &[u8]| bytes.chunks(8).zip(0..).fold(0, |word, (eight, at)| word | bits(eight) << (8 * at));
        self.0.chunks(64).map(word).collect()
    }

    /// How many are in.
    pub fn count(&self) -> usize {
        // Bytes of 0 and 1 are summed in runs that cannot overflow one.
        self.0.chunks(255).map(|run| usize::from(run.iter().sum::<u8>())).sum()
    }

    /// Leaves those in whose value in this column is wanted.
    pub(super) fn keep<T: Copy>(&mut self, column: &[T], wanted: impl Fn(T) -> bool) {
        for (byte, value) in self.0.iter_mut().zip(column) {
            *byte &= u8::from(wanted(*value));
        }
    }

    /// Leaves those in whose word has one of these numbers, or has none of them.
    fn keep_words(&mut self, column: &[u32], numbers: &[u32], wanted: bool) {
        match numbers {
            [] if wanted => self.0.fill(0),
            [] => {}
            [one] => self.keep(column, |number| (number == *one) == wanted),
            many => self.keep(column, |number| many.contains(&number) == wanted),
        }
    }
}

impl Columns {
    /// The rows that a filter lets through; names are not looked at.
    pub(super) fn mask(&self, ready: &Ready<'_>) -> Mask {
        let filter = ready.filter;
        let mut mask = Mask(self.live.iter().map(|live| u8::from(*live)).collect());
        if let Some(own) = ready.owner.filter(|_| self.has_owners()) {
            mask.keep(&self.owners, |owner| owner == SHARED || owner == own);
        }
        if ready.platforms.contains(&false) {
            mask.keep(&self.platforms, |platform| ready.platforms[platform as usize]);
        }
        for (column, numbers) in
            [(&self.niches, &ready.niches), (&self.countries, &ready.countries), (&self.languages, &ready.languages)]
        {
            if let Some(numbers) = numbers {
                mask.keep_words(column, numbers, true);
            }
        }
        if filter.min_followers.is_some() || filter.max_followers.is_some() {
            let (least, most) = (filter.min_followers.unwrap_or(0), filter.max_followers.unwrap_or(u64::MAX));
            mask.keep(&self.followers, |followers| (least..=most).contains(&followers));
        }
        // What is not a number is neither enough nor little enough.
        if let Some(least) = filter.min_engagement {
            mask.keep(&self.engagement, |engagement| engagement >= least as f32);
        }
        if let Some(most) = filter.max_engagement {
            mask.keep(&self.engagement, |engagement| engagement <= most as f32);
        }
        if let Some(least) = filter.min_views {
            mask.keep(&self.views, |views| views != UNKNOWN && views.cast_unsigned() >= least);
        }
        if let Some(least) = filter.min_rate {
            mask.keep(&self.rates, |rate| rate == UNKNOWN || rate >= least);
        }
        if let Some(most) = filter.max_rate {
            // What is unknown is below everything.
            mask.keep(&self.rates, |rate| rate <= most);
        }
        mask.keep_words(&self.niches, &ready.excluded_niches, false);
        mask.keep_words(&self.countries, &ready.excluded_countries, false);
        if !ready.excluded_brands.is_empty() {
            for (byte, brands) in mask.0.iter_mut().zip(&self.brands) {
                *byte &= u8::from(!brands.iter().any(|brand| ready.excluded_brands.contains(brand)));
            }
        }
        mask.keep_words(&self.languages, &ready.excluded_languages, false);
        if let Some(only) = &ready.only_slots {
            let all = std::mem::replace(&mut mask, Mask(vec![0; self.live.len()]));
            for slot in only {
                mask.0[*slot as usize] = all.0[*slot as usize];
            }
        }
        for slot in &ready.excluded_slots {
            mask.0[*slot as usize] = 0;
        }
        mask
    }
}
