//! A number that two things always have together, and that spreads evenly: for splits, hold-out groups and samples.

use uuid::Uuid;

/// The hash of an id and some bytes: the same on every machine and in every version.
pub fn spread(id: Uuid, with: &[u8]) -> u64 {
    // FNV-1a, and the end of MurmurHash3 for its high bits.
    let bytes = id.as_bytes().iter().chain(with);
    let mut hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_changes_and_spreads() {
        // What was drawn by it stays drawn: another number would put members into other groups.
        assert_eq!(spread(Uuid::from_u128(1), b"a"), 0x470d_7970_501a_ba2b);
        let low = (0..10_000_u128).filter(|number| spread(Uuid::from_u128(*number), b"x").is_multiple_of(10)).count();
        assert!((900..1_100).contains(&low), "{low}");
    }
}
