//! Vectors of creators: who makes them, and how they are stored.

use std::hash::Hasher;
use std::sync::Arc;

use async_trait::async_trait;
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
    (parts.len() == dims && rest.is_empty())
        .then(|| parts.iter().map(|part| half::f16::from_le_bytes(*part).to_f32()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_survive_storage() {
        let vector = [0.5, -0.25, 0.0];
        assert_eq!(unpack(&pack(&vector), 3).unwrap(), vector);
        assert_eq!(unpack(&pack(&vector), 4), None);
        assert_eq!(text_hash(""), 0xcbf2_9ce4_8422_2325_u64.cast_signed());
        assert_ne!(text_hash("a"), text_hash("b"));
    }
}
