//! Vectors of creators: who makes them, and how they are stored.

use std::fmt::Write as _;
use std::hash::Hasher;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use half::slice::HalfFloatSliceExt;
use kernel::{Error, Result};
use mind::embed::StaticModel;
use ports::Embedder;

/// The model inside the binary.
pub struct LocalEmbedder;

#[async_trait]
impl Embedder for LocalEmbedder {
    fn model(&self) -> &str {
        StaticModel::id()
    }

    fn dims(&self) -> usize {
        mind::embed::DIMS
    }

    fn is_local(&self) -> bool {
        true
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        Ok(embed_here(texts))
    }
}

/// What makes vectors in this process, without waiting for anybody.
pub(crate) type EmbedHere = fn(&[String]) -> Vec<Vec<f32>>;

/// What the model inside the binary makes of texts; some ten microseconds for each.
pub(crate) fn embed_here(texts: &[String]) -> Vec<Vec<f32>> {
    let model = StaticModel::embedded();
    texts.iter().map(|text| model.embed(text)).collect()
}

/// Embeds texts; large batches of the local model leave the async threads alone.
pub(crate) async fn embed(embedder: &Arc<dyn Embedder>, texts: Vec<String>) -> Result<Vec<Vec<f32>>> {
    let wanted = texts.len();
    let vectors = if embedder.is_local() && wanted > 16 {
        tokio::task::spawn_blocking(move || embed_here(&texts)).await.map_err(Error::internal)?
    } else {
        embedder.embed(&texts).await?
    };
    let fits = vectors.len() == wanted && vectors.iter().all(|vector| vector.len() == embedder.dims());
    if fits {
        Ok(vectors)
    } else {
        Err(Error::internal("the embedder answered with other vectors than were asked for"))
    }
}

/// A hash of what a vector was made of, to see whether it must be made again. Stable across processes and versions.
pub(crate) fn text_hash(text: &str) -> i64 {
    // FNV-1a, 64 bits.
    struct Fnv(u64);
    impl Hasher for Fnv {
        fn finish(&self) -> u64 {
            self.0
        }
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    hasher.write(text.as_bytes());
    hasher.finish().cast_signed()
}

/// A vector as it is stored: half-precision, little-endian, which is as fine as the index keeps it.
pub(crate) fn pack(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|part| half::f16::from_f32(*part).to_le_bytes()).collect()
}

/// The stored vector; nothing if it is not of this many parts.
pub(crate) fn unpack(bytes: &[u8], dims: usize) -> Option<Vec<f32>> {
    let (parts, rest) = bytes.as_chunks::<2>();
    (parts.len() == dims && rest.is_empty()).then(|| {
        let halves: Vec<half::f16> = parts.iter().map(|part| half::f16::from_le_bytes(*part)).collect();
        halves.to_f32_vec()
    })
}

/// The parts of the longest vector that pgvector takes.
const MOST_SPELLED: usize = 16_000;

/// The stored vector as pgvector reads it: the same numbers, exactly. One with a part that is no number is all zeros, as in the
/// index in memory; nothing where pgvector has no such vector.
pub(crate) fn spell(bytes: &[u8]) -> Option<String> {
    static NUMBERS: LazyLock<Numbers> = LazyLock::new(Numbers::new);
    let (stored, rest) = bytes.as_chunks::<2>();
    if stored.is_empty() || stored.len() > MOST_SPELLED || !rest.is_empty() {
        return None;
    }
    let parts = stored.iter().map(|part| half::f16::from_le_bytes(*part));
    if !parts.clone().all(half::f16::is_finite) {
        return Some(spell_query(&vec![0.0; stored.len()]));
    }
    let mut text = String::with_capacity(stored.len() * 12 + 2);
    for (place, part) in parts.enumerate() {
        text.push(if place == 0 { '[' } else { ',' });
        text.push_str(NUMBERS.spelled(part));
    }
    text.push(']');
    Some(text)
}

/// Every half-precision number, spelled once: an import spells as many of them as there are creators, a few hundred times.
struct Numbers {
    text: String,
    /// Where each number ends, by its bits; it begins where the one before ends.
    ends: Vec<u32>,
}

impl Numbers {
    fn new() -> Self {
        let mut numbers = Self { text: String::new(), ends: Vec::with_capacity(1 << 16) };
        for bits in 0..=u16::MAX {
            // Writing to a String cannot fail.
            let _ = write!(numbers.text, "{}", half::f16::from_bits(bits).to_f32());
            numbers.ends.push(numbers.text.len() as u32);
        }
        numbers
    }

    fn spelled(&self, number: half::f16) -> &str {
        let place = usize::from(number.to_bits());
        let begin = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[begin as usize..self.ends[place] as usize]
    }
}

/// Numbers as pgvector reads them: the shortest decimals that are read as these numbers again.
pub(crate) fn spell_query(parts: &[f32]) -> String {
    let mut text = String::with_capacity(parts.len() * 12 + 2);
    for (place, part) in parts.iter().enumerate() {
        text.push(if place == 0 { '[' } else { ',' });
        // Writing to a String cannot fail.
        let _ = write!(text, "{part}");
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_spelled_exactly() {
        let every: Vec<half::f16> = (0..=u16::MAX).map(half::f16::from_bits).filter(|part| part.is_finite()).collect();
        for vector in every.chunks(1000) {
            let bytes: Vec<u8> = vector.iter().flat_map(|part| part.to_le_bytes()).collect();
            let text = spell(&bytes).unwrap();
            let read: Vec<f32> = text.trim_matches(['[', ']']).split(',').map(|part| part.parse().unwrap()).collect();
            assert_eq!(read, unpack(&bytes, vector.len()).unwrap());
        }
        assert_eq!(spell(&pack(&[1.0, f32::NAN])).unwrap(), "[0,0]");
        assert_eq!(spell(&pack(&[1.0, 1e9])).unwrap(), "[0,0]", "more than half precision holds");
        assert_eq!((spell(&[]), spell(&[0])), (None, None));
    }

    #[test]
    fn vectors_survive_storage() {
        let vector = [0.5, -0.25, 0.0];
        assert_eq!(unpack(&pack(&vector), 3).unwrap(), vector);
        assert_eq!(unpack(&pack(&vector), 4), None);
        assert_eq!(text_hash(""), 0xcbf2_9ce4_8422_2325_u64.cast_signed());
        assert_ne!(text_hash("a"), text_hash("b"));
    }
}
