//! A number that a run and a node always have, and that spreads evenly.

use uuid::Uuid;

/// The hash of an id and a word: the same on every machine and in every version.
pub fn hash(id: Uuid, word: &str) -> u64 {
    // FNV-1a, and the end of MurmurHash3 for its high bits.
    let bytes = id.as_bytes().iter().chain(word.as_bytes());
    let mut hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}
