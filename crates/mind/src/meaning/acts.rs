//! Which acts a sentence performs: small linear models over its words, learnt by `tools/understanding/train.py`.

use std::sync::OnceLock;

use super::features::{BITS, PIECES, hashed};
use crate::embed::{DIMS, StaticModel};

/// What somebody does by a sentence.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Act {
    /// Says yes.
    Accept,
    /// Says it gladly.
    Eager,
    /// Says no.
    Decline,
    /// Has not made up their mind.
    Unsure,
    /// Makes a condition.
    Condition,
    /// Asks the other side to do something.
    Request,
    /// Says what they will do.
    Promise,
    /// Asks for something that they want to know.
    Question,
    /// Names their price.
    Price,
    /// Finds a price too low, or names another.
    Counter,
    /// Agrees on a price.
    Agreed,
    /// Speaks of somebody else's figures, or of what the matter is not.
    Aside,
    /// Says when they have time.
    Time,
    /// Has no time for this talk now.
    Busy,
    /// Does not want to be contacted any more, in some way or at all.
    Stop,
    /// Wants a person.
    Person,
    /// Sends to somebody else.
    Refer,
    /// Greets, thanks, says good-bye.
    Courtesy,
}

const ACTS: usize = 18;

/// How probable each act is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Odds([f32; ACTS]);

impl Odds {
    /// How probable an act is, 0 to 1.
    pub const fn of(&self, act: Act) -> f32 {
        self.0[act as usize]
    }

    /// Of each act the greater.
    pub(super) fn or(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|act| self.0[act].max(other.0[act])))
    }

    pub(super) fn set(&mut self, act: Act, odds: f32) {
        self.0[act as usize] = odds;
    }
}

static ARTEFACT: &[u8] = include_bytes!("../../model/acts-v1.bin");
const MAGIC: &[u8] = b"IFACTS\0\0";
const HEADER: usize = 24;

/// The learnt weights: eight bits each.
#[derive(Debug)]
pub struct Model {
    /// Of each act: what a step of a hashed weight is worth, of one of the vector's, and the bias.
    scales: [[f32; ACTS]; 3],
    hashed: &'static [u8],
    dense: &'static [u8],
}

impl Model {
    /// The model inside the binary.
    ///
    /// # Panics
    /// When the artefact that was compiled in is not one, which the tests of this crate would have shown.
    pub fn embedded() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        MODEL.get_or_init(|| match Self::read(ARTEFACT) {
            Ok(model) => model,
            Err(fault) => panic!("model/acts-v1.bin: {fault}; make it again with tools/understanding/train.py --write"),
        })
    }

    /// Reads an artefact.
    pub fn read(artefact: &'static [u8]) -> Result<Self, &'static str> {
        let (header, rest) = artefact.split_at_checked(HEADER).ok_or("it is cut short")?;
        if !header.starts_with(MAGIC) {
            return Err("it is no model of acts");
        }
        let number =
            |bytes: &[u8], at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let told = [8, 12, 16, 20].map(|at| number(header, at));
        if told != [1, ACTS as u32, BITS, DIMS as u32] {
            return Err("it has another version or another number of acts");
        }
        let (scales, rest) = rest.split_at_checked(3 * ACTS * 4).ok_or("it is cut short")?;
        let (hashed, dense) = rest.split_at_checked(ACTS << BITS).ok_or("it is cut short")?;
        if dense.len() != ACTS * DIMS {
            return Err("its length is not the one its header tells");
        }
        let scale = |row: usize, act: usize| f32::from_bits(number(scales, (row * ACTS + act) * 4));
        let scales = std::array::from_fn(|row| std::array::from_fn(|act| scale(row, act)));
        Ok(Self { scales, hashed, dense })
    }

    /// How probable it is of each act that this sentence performs it.
    pub fn judge(&self, text: &str) -> Odds {
        let (words, pieces) = hashed(text);
        let mut sums = [0.0_f32; ACTS];
        for (buckets, weight) in [(words, 1.0), (pieces, PIECES)] {
            let mut counts = [0_i32; ACTS];
            for bucket in &buckets {
                let row = &self.hashed[bucket * ACTS..][..ACTS];
                for (count, weight) in counts.iter_mut().zip(row) {
                    *count += i32::from(weight.cast_signed());
                }
            }
            let share = weight / (buckets.len().max(1) as f32).sqrt();
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count as f32 * share;
            }
        }
        let mut vector = [0.0; DIMS];
        StaticModel::embedded().embed_into(text, &mut vector);
        let mut dense = [0.0_f32; ACTS];
        for (component, row) in vector.iter().zip(self.dense.chunks_exact(ACTS)) {
            for (sum, weight) in dense.iter_mut().zip(row) {
                *sum += component * f32::from(weight.cast_signed());
            }
        }
        let [hashed_step, dense_step, bias] = &self.scales;
        Odds(std::array::from_fn(|act| {
            let raw = sums[act] * hashed_step[act] + dense[act] * dense_step[act] + bias[act];
            1.0 / (1.0 + (-raw).exp())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_artefact_is_the_one_that_was_released() {
        use sha2::{Digest, Sha256};
        let expected = include_str!("../../model/acts-v1.bin.sha256").split_whitespace().next().unwrap();
        let hex: Vec<String> = Sha256::digest(ARTEFACT).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex.concat(), expected);
        assert!(Model::read(&ARTEFACT[..ARTEFACT.len() - 1]).is_err());
        assert!(Model::read(&ARTEFACT[1..]).is_err());
    }

    #[test]
    fn acts_are_told_from_each_other() {
        let model = Model::embedded();
        for (text, act) in [
            ("Yes please!! Where do I sign?", Act::Eager),
            ("por m\u{ed} encantada", Act::Accept),
            ("I'm afraid it's not for me", Act::Decline),
            ("Dadme de baja", Act::Stop),
            ("Ne m'\u{e9}crivez plus", Act::Stop),
            ("can you send me the contract", Act::Request),
            ("my rate is nine hundred dollars for a reel", Act::Price),
            ("I want to talk to a real person", Act::Person),
        ] {
            let odds = model.judge(text);
            assert!(odds.of(act) > 0.5, "{text}: {act:?} {odds:?}");
        }
    }
}
