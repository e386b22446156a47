//! Where a term stands: slots in order, each with how often. A byte or two for each of them.

/// A higher count is kept as this.
const MOST_TIMES: u32 = 255;

/// The slots of one term.
///
/// Of each slot: the gap since the one before, times two, plus one if the term stands there more than once; seven bits in a byte, the
/// lowest first, the eighth says that more follow. Then the count, where it is more than one.
#[derive(Debug, Default)]
pub(super) struct Postings {
    bytes: Vec<u8>,
    /// The slot after the last.
    next: u32,
    count: u32,
}

impl Postings {
    /// Adds a slot behind all others.
    pub(super) fn push(&mut self, slot: u32, times: u32) {
        let times = times.clamp(1, MOST_TIMES);
        let mut rest = u64::from(slot - self.next) << 1 | u64::from(times > 1);
        while rest > 0x7f {
            self.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
        if times > 1 {
            self.bytes.push(times as u8);
        }
        self.next = slot + 1;
        self.count += 1;
    }

    /// In how many slots it stands.
    pub(super) fn count(&self) -> usize {
        self.count as usize
    }

    /// Calls `found` with each slot and how often the term stands there.
    pub(super) fn each(&self, mut found: impl FnMut(u32, u32)) {
        let mut bytes = self.bytes.iter();
        let mut next = 0_u32;
        while let Some(&first) = bytes.next() {
            let mut value = u64::from(first & 0x7f);
            let mut more = first & 0x80 != 0;
            let mut shift = 7;
            while more {
                let Some(&byte) = bytes.next() else { return };
                value |= u64::from(byte & 0x7f) << shift;
                shift += 7;
                more = byte & 0x80 != 0;
            }
            let slot = next + (value >> 1) as u32;
            let times = if value & 1 == 1 { bytes.next().map_or(1, |&times| u32::from(times)) } else { 1 };
            found(slot, times);
            next = slot + 1;
        }
    }

    /// Takes out the slots for which `is_gone` holds.
    pub(super) fn remove(&mut self, is_gone: impl Fn(u32) -> bool) {
        let mut any = false;
        self.each(|slot, _| any |= is_gone(slot));
        if any {
            let mut left = Self::default();
            self.each(|slot, times| {
                if !is_gone(slot) {
                    left.push(slot, times);
                }
            });
            *self = left;
        }
    }

    /// Gives back memory that was taken in advance.
    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }

    /// Bytes of memory taken.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.bytes.capacity()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_put_in_comes_out(gaps in prop::collection::vec((0_u32..100_000, 1_u32..400), 0..60), gone in 0_u32..7) {
            let mut postings = Postings::default();
            let mut all = Vec::new();
            let mut next = 0;
            for (gap, times) in gaps {
                postings.push(next + gap, times);
                all.push((next + gap, times.min(MOST_TIMES)));
                next += gap + 1;
            }
            let read = |postings: &Postings| {
                let mut read = Vec::new();
                postings.each(|slot, times| read.push((slot, times)));
                read
            };
            prop_assert_eq!(read(&postings), all.clone());
            prop_assert_eq!(postings.count(), all.len());
            postings.remove(|slot| slot % 7 == gone);
            all.retain(|(slot, _)| slot % 7 != gone);
            prop_assert_eq!(read(&postings), all.clone());
            postings.push(next + 3, 2);
            all.push((next + 3, 2));
            prop_assert_eq!(read(&postings), all);
        }
    }
}
