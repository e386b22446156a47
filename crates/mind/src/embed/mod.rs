//! The embedded model: texts to vectors, in English and Spanish, with no other file and no other server.
//!
//! A table of words distilled from a multilingual sentence encoder (`tools/model` makes it; `model/NOTICE` names its
//! sources). A text's vector is the sum of its words' rows, made unit length, minus what all texts of the trade have in
//! common, made unit length again. The same text gives the same vector on every machine: plain `f32` arithmetic in one order.

mod near;
mod table;
#[cfg(test)]
mod tests;
mod words;

use std::sync::OnceLock;

use table::Table;
use words::each_word;

/// Components of a vector of the [`StaticModel`].
pub const DIMS: usize = 256;

static ARTEFACT: &[u8] = include_bytes!("../../model/embed-v1.bin");

/// A model of static word vectors. Reading is lock-free, from any number of threads.
#[derive(Debug)]
pub struct StaticModel {
    table: Table,
}

impl StaticModel {
    /// The model inside the binary. The first call checks its structure and builds the word look-up (some milliseconds);
    /// the vectors stay where they are, four bits a component.
    ///
    /// # Panics
    /// When the artefact that was compiled in is not one, which the tests of this crate would have shown.
    pub fn embedded() -> &'static Self {
        static MODEL: OnceLock<StaticModel> = OnceLock::new();
        MODEL.get_or_init(|| match Table::read(ARTEFACT) {
            Ok(table) => Self { table },
            Err(fault) => panic!("model/embed-v1.bin: {fault}; make it again with tools/model"),
        })
    }

    /// The name of the space its vectors live in, to be kept beside every stored vector: vectors of different names must
    /// not be compared.
    pub const fn id() -> &'static str {
        "static-use-256-v1"
    }

    /// How many words it knows.
    pub fn word_count(&self) -> usize {
        self.table.len()
    }

    /// The vector of a text: [`DIMS`] components, unit length, or all zeros when no word of it is known.
    pub fn embed(&self, text: &str) -> Vec<f32> {
        let mut vector = vec![0.0; DIMS];
        self.embed_into(text, &mut vector);
        vector
    }

    /// As [`embed`](Self::embed), into a buffer of [`DIMS`] components; says whether any word was known.
    ///
    /// # Panics
    /// When the buffer has another length.
    pub fn embed_into(&self, text: &str, vector: &mut [f32]) -> bool {
        assert_eq!(vector.len(), DIMS, "a vector of this model has {DIMS} components");
        vector.fill(0.0);
        each_word(text, |word| self.table.rows_of(word, |row| self.table.add(row, vector)));
        if !normalise(vector) {
            return false;
        }
        for (component, mean) in vector.iter_mut().zip(self.table.mean()) {
            *component -= mean;
        }
        normalise(vector)
    }

    /// One vector of a thing described in several fields: the weighted sum of the fields' vectors, made unit length. Each
    /// field counts by its weight, however long its text; fields without a known word do not count. All zeros when none has one.
    pub fn embed_parts(&self, parts: &[(f32, &str)]) -> Vec<f32> {
        let mut sum = vec![0.0; DIMS];
        let mut vector = [0.0; DIMS];
        for &(weight, text) in parts {
            if self.embed_into(text, &mut vector) {
                for (total, component) in sum.iter_mut().zip(vector) {
                    *total += weight * component;
                }
            }
        }
        normalise(&mut sum);
        sum
    }
}

/// The cosine of the angle between two vectors, −1 to 1; 0 when either is all zeros or has a component that is not finite.
///
/// # Panics
/// When the vectors differ in length.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "vectors of different models cannot be compared");
    let [mut dot, mut aa, mut bb] = [0.0_f64; 3];
    for (&x, &y) in a.iter().zip(b) {
        let [x, y] = [f64::from(x), f64::from(y)];
        dot += x * y;
        aa += x * x;
        bb += y * y;
    }
    let cosine = dot / (aa.sqrt() * bb.sqrt());
    if cosine.is_finite() { cosine.clamp(-1.0, 1.0) as f32 } else { 0.0 }
}

/// Makes a vector unit length. One that has no usable length is made all zeros, and `false` says so.
pub fn normalise(vector: &mut [f32]) -> bool {
    let length = vector.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt();
    if length.is_finite() && length > 1e-12 {
        let scale = (1.0 / length) as f32;
        for component in vector {
            *component *= scale;
        }
        true
    } else {
        vector.fill(0.0);
        false
    }
}
