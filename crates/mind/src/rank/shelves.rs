//! Everybody's sketches, together with those of the same niche and like engagement: what cannot come in is passed over a shelf
//! at a time, and what can is read one after the other.

use std::array;

use crate::index::{BLOCK, VectorIndex};
use crate::score::FULL;

/// Stands for nobody.
const EMPTY: u32 = u32::MAX;
/// The shelf of those who have no vector.
const BARE: u32 = u32::MAX - 1;
/// From so many on a niche has a shelf for each class of engagement; fewer are on one.
const ENOUGH: u32 = 1_024;
/// Classes of engagement, each as wide as the others.
const CLASSES: usize = 8;

/// Where a slot is.
#[derive(Clone, Copy, Debug)]
struct Place {
    shelf: u32,
    at: u32,
}

const NOWHERE: Place = Place { shelf: EMPTY, at: 0 };

/// So many creators side by side.
#[derive(Debug)]
pub(super) struct Block {
    /// Who; [`u32::MAX`] is nobody.
    pub(super) slots: [u32; BLOCK],
    /// Their engagement scores; 0 of nobody.
    pub(super) engagement: [u16; BLOCK],
    /// Their sketches, as [`VectorIndex`] lays them.
    pub(super) codes: Box<[u8]>,
}

/// Creators of one niche, and, where there are many of them, of one class of engagement.
#[derive(Debug)]
pub(super) struct Shelf {
    /// The number of the niche.
    pub(super) niche: u32,
    /// Nobody here has a higher engagement score.
    pub(super) most_engagement: u16,
    pub(super) blocks: Vec<Block>,
    free: Vec<u32>,
    len: u32,
}

#[derive(Clone, Debug)]
struct Niche {
    len: u32,
    mixed: u32,
    classes: [u32; CLASSES],
}

/// The shelves of a directory. They follow its index: see [`Shelves::set`].
#[derive(Debug, Default)]
pub struct Shelves {
    places: Vec<Place>,
    niches: Vec<Niche>,
    shelves: Vec<Shelf>,
    bare: Vec<u32>,
}

impl Shelves {
    /// Puts a creator on the shelf of this niche and engagement score, or moves or renews them there. To be called whenever one
    /// of these or the vector of the slot changes, after the index has it.
    pub fn set(&mut self, slot: u32, niche: u32, engagement: u16, index: &VectorIndex) {
        let code = index.code(slot);
        let number = if code.is_some() { self.shelf_for(slot, niche, engagement) } else { BARE };
        let own = self.place(slot);
        if own.shelf != number {
            self.clear(slot);
        }
        let Some(code) = code else {
            if own.shelf != number {
                self.remember(slot, Place { shelf: BARE, at: self.bare.len() as u32 });
                self.bare.push(slot);
            }
            return;
        };
        let shelf = &mut self.shelves[number as usize];
        let at = if own.shelf == number { own.at } else { shelf.take_place(index.code_bytes()) };
        let (block, row) = (at as usize / BLOCK, at as usize % BLOCK);
        let block = &mut shelf.blocks[block];
        block.slots[row] = slot;
        block.engagement[row] = engagement;
        for (places, code) in block.codes.chunks_exact_mut(BLOCK).zip(code) {
            places[row] = code;
        }
        if own.shelf != number {
            self.niches[niche as usize].len += 1;
            self.remember(slot, Place { shelf: number, at });
        }
    }

    /// Takes a creator off; does nothing if they are not there.
    pub fn clear(&mut self, slot: u32) {
        let Place { shelf, at } = self.place(slot);
        match shelf {
            EMPTY => return,
            BARE => {
                self.bare.swap_remove(at as usize);
                if let Some(&moved) = self.bare.get(at as usize) {
                    self.places[moved as usize].at = at;
                }
            }
            number => {
                let shelf = &mut self.shelves[number as usize];
                let block = &mut shelf.blocks[at as usize / BLOCK];
                block.slots[at as usize % BLOCK] = EMPTY;
                block.engagement[at as usize % BLOCK] = 0;
                shelf.free.push(at);
                shelf.len -= 1;
                self.niches[shelf.niche as usize].len -= 1;
            }
        }
        self.places[slot as usize] = NOWHERE;
    }

    /// Bytes of memory taken.
    pub fn bytes(&self) -> usize {
        let block = |block: &Block| size_of::<Block>() + block.codes.len();
        let shelf = |shelf: &Shelf| size_of::<Shelf>() + shelf.blocks.iter().map(block).sum::<usize>();
        self.places.capacity() * size_of::<Place>() + self.shelves.iter().map(shelf).sum::<usize>()
    }

    /// The shelves on which somebody is.
    pub(super) fn shelves(&self) -> impl Iterator<Item = &Shelf> {
        self.shelves.iter().filter(|shelf| shelf.len > 0)
    }

    /// Those who have no vector.
    pub(super) fn bare(&self) -> &[u32] {
        &self.bare
    }

    fn place(&self, slot: u32) -> Place {
        self.places.get(slot as usize).copied().unwrap_or(NOWHERE)
    }

    fn remember(&mut self, slot: u32, place: Place) {
        if slot as usize >= self.places.len() {
            self.places.resize(slot as usize + 1, NOWHERE);
        }
        self.places[slot as usize] = place;
    }

    /// The number of the shelf that such a creator belongs on. Who is on the mixed one of their niche stays there.
    fn shelf_for(&mut self, slot: u32, niche: u32, engagement: u16) -> u32 {
        if niche as usize >= self.niches.len() {
            let none = Niche { len: 0, mixed: EMPTY, classes: [EMPTY; CLASSES] };
            self.niches.resize(niche as usize + 1, none);
        }
        let own = self.place(slot).shelf;
        let of_niche = &mut self.niches[niche as usize];
        let class = usize::from(engagement.min(FULL - 1)) * CLASSES / usize::from(FULL);
        let mixed = of_niche.len < ENOUGH || (own != EMPTY && own == of_niche.mixed);
        let (number, most_engagement) = if mixed {
            (&mut of_niche.mixed, FULL)
        } else {
            // The last class has the full score; the others end below the next.
            let end = (class + 1) * usize::from(FULL) / CLASSES;
            (&mut of_niche.classes[class], if class + 1 == CLASSES { FULL } else { end as u16 })
        };
        if *number == EMPTY {
            *number = self.shelves.len() as u32;
            self.shelves.push(Shelf { niche, most_engagement, blocks: Vec::new(), free: Vec::new(), len: 0 });
        }
        *number
    }
}

impl Shelf {
    fn take_place(&mut self, code_bytes: usize) -> u32 {
        self.len += 1;
        if let Some(at) = self.free.pop() {
            return at;
        }
        let at = (self.blocks.len() * BLOCK) as u32;
        self.free.extend((at + 1..at + BLOCK as u32).rev());
        self.blocks.push(Block {
            slots: array::from_fn(|_| EMPTY),
            engagement: [0; BLOCK],
            codes: vec![0; BLOCK * code_bytes].into_boxed_slice(),
        });
        at
    }
}
