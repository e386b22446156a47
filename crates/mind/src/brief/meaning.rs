//! How near texts are in meaning, which a model tells.

use std::sync::LazyLock;

use crate::embed::{StaticModel, cosine};
use crate::score::Calibration;

/// A model that compares texts.
pub trait Meaning {
    /// How near each of some texts is to a first one, as a share of 1: 0 is another subject, 1 the same. None if it cannot tell.
    fn likeness(&self, asked: &str, texts: &[&str]) -> Option<Vec<f32>>;
}

/// The model inside the binary.
#[derive(Clone, Copy, Debug, Default)]
pub struct Embedded;

/// No model: what only meaning could tell stays open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unread;

static CALIBRATION: LazyLock<Calibration> =
    LazyLock::new(|| Calibration::from_probes(|text| StaticModel::embedded().embed(text)));

impl Meaning for Embedded {
    fn likeness(&self, asked: &str, texts: &[&str]) -> Option<Vec<f32>> {
        let model = StaticModel::embedded();
        let mut wanted = vec![0.0; crate::embed::DIMS];
        if texts.is_empty() || !model.embed_into(asked, &mut wanted) {
            return None;
        }
        let near = |text: &&str| f32::from(CALIBRATION.topics.percent(cosine(&wanted, &model.embed(text)))) / 10_000.0;
        Some(texts.iter().map(near).collect())
    }
}

impl Meaning for Unread {
    fn likeness(&self, _: &str, _: &[&str]) -> Option<Vec<f32>> {
        None
    }
}
