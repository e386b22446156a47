//! What a knowledge base is, and how it is set.

use db::Json;
use input::{Fields, Input};
use kernel::{Id, Timestamp, WorkspaceId};
use mind::text::fold;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[doc(hidden)]
#[derive(Debug)]
pub enum BaseMarker {}
/// A knowledge base.
pub type BaseId = Id<BaseMarker>;

/// How many characters a chunk has at most, where nothing else is set,
pub const DEFAULT_SIZE: u32 = 1_000;
/// and how many of them two chunks of one paragraph may share.
pub const DEFAULT_OVERLAP: u32 = 200;
/// So many bytes of JSON the settings of a base may have.
const MOST_SETTINGS: usize = 16 << 10;

/// A knowledge base, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(
    table = "knowledge_bases",
    key(id),
    fixed(owner_id, version, document_count, total_size_bytes, created_at, deleted_at)
)]
pub struct Base {
    /// Its id.
    pub id: BaseId,
    /// The hub whose it is.
    pub owner_id: WorkspaceId,
    /// Its name.
    #[row(also = "name_folded", by = folded)]
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// How it is set, as it was sent.
    pub settings: Json<Map<String, Value>>,
    /// Moves with everything that changes what is found in it.
    pub version: i64,
    /// How many documents it has.
    pub document_count: u64,
    /// How large their files are together, in bytes.
    pub total_size_bytes: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its name, description or settings were last changed.
    pub updated_at: Timestamp,
    /// When it was deleted: its rows go afterwards.
    pub deleted_at: Option<Timestamp>,
}

/// A text as it is searched for: whatever the case and the accents.
pub(super) fn folded(text: impl AsRef<str>) -> String {
    fold(text.as_ref())
}

/// From which confidence on something is answered, and from which on passages that may help are shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Input)]
#[input(name = "KnowledgeThresholds", check = in_order)]
pub struct Thresholds {
    /// From this confidence on a question is answered.
    #[input(number(0.0, 1.0), default = usual().answered)]
    pub answered: f64,
    /// From this one on passages are shown that may help; below it nothing is known.
    #[input(number(0.0, 1.0), default = usual().maybe)]
    pub maybe: f64,
}

/// What holds where nothing else is set: what was measured.
fn usual() -> Thresholds {
    let measured = mind::recall::Thresholds::default();
    // As people write it: 0.62, and not what a narrower number comes to.
    let shown = |number: f32| (f64::from(number) * 10_000.0).round() / 10_000.0;
    Thresholds { answered: shown(measured.answered), maybe: shown(measured.maybe) }
}

impl Default for Thresholds {
    fn default() -> Self {
        usual()
    }
}

impl From<Thresholds> for mind::recall::Thresholds {
    fn from(set: Thresholds) -> Self {
        Self { answered: set.answered as f32, maybe: set.maybe as f32 }
    }
}

fn in_order(thresholds: &Thresholds, fields: &mut Fields) {
    if thresholds.maybe > thresholds.answered {
        fields.fault("maybe", "out_of_range", "must not be above answered");
    }
}

/// How a base is set. Other settings are kept and told as they were sent, and mean nothing.
#[derive(Clone, Debug, PartialEq, Input)]
#[input(name = "KnowledgeSettings", check = fits)]
pub struct BaseSettings {
    /// How many characters a chunk has at most. It holds for documents that are processed from then on.
    #[input(whole(100, 8_000).map(|size| size as u32), default = 1_000_u32, example = 1000)]
    pub chunk_size: u32,
    /// How many characters two chunks of one long paragraph may share: at most half of `chunk_size`.
    #[input(whole(0, 4_000).map(|size| size as u32), example = 200)]
    pub chunk_overlap: Option<u32>,
    /// The model that you would have make the vectors. It is kept as it was sent; `embedded_by` of a document says which one did.
    #[input(text(200), example = "nomic-embed-text")]
    pub embedding_model: Option<String>,
    /// From which confidence on something is answered.
    #[input(nested::<Thresholds>())]
    pub thresholds: Option<Thresholds>,
    /// In which manner a language model words answers: the coach's voice.
    #[input(text(1_000), example = "warm, short sentences, on first-name terms")]
    pub voice: Option<String>,
}

fn fits(settings: &BaseSettings, fields: &mut Fields) {
    if settings.chunk_overlap.is_some_and(|overlap| overlap > settings.chunk_size / 2) {
        fields.fault("chunk_overlap", "out_of_range", "must be at most half of chunk_size");
    }
}

impl BaseSettings {
    /// How many characters two chunks may share.
    pub fn overlap(&self) -> u32 {
        self.chunk_overlap.unwrap_or(DEFAULT_OVERLAP.min(self.chunk_size / 2))
    }
}

/// Reads settings, and answers them as they were sent. The object as a whole is bounded.
fn as_sent(fields: &mut Fields) -> Option<Map<String, Value>> {
    let sent = fields.raw("settings").and_then(Value::as_object).cloned();
    if sent.as_ref().is_some_and(|sent| json!(sent).to_string().len() > MOST_SETTINGS) {
        fields.fault("settings", "too_long", format!("must be at most {MOST_SETTINGS} bytes of JSON"));
    }
    sent
}

/// A new knowledge base.
#[derive(Clone, Debug, Input)]
#[input(name = "NewKnowledgeBase", check = bounded)]
pub struct NewBase {
    /// How it is called.
    #[input(text(200), example = "Coaching handbook")]
    pub name: String,
    /// What it is about.
    #[input(any_text(5_000), example = "Everything about building habits")]
    pub description: Option<String>,
    /// How it is set.
    #[input(nested::<BaseSettings>())]
    pub settings: Option<BaseSettings>,
}

fn bounded(_: &NewBase, fields: &mut Fields) {
    as_sent(fields);
}

/// A change of a knowledge base: what is missing stays.
#[derive(Clone, Debug, Input)]
#[input(name = "KnowledgeBaseChanges", check = bounded_change)]
pub struct BaseChanges {
    /// How it is called.
    #[input(text(200), not_null, example = "Coaching handbook")]
    pub name: Option<String>,
    /// What it is about.
    #[input(any_text(5_000), example = "Everything about building habits")]
    pub description: Option<Option<String>>,
    /// How it is set, from now on: all of it, in place of what was. What was processed before stays as it is, until it is processed again.
    #[input(nested::<BaseSettings>(), not_null)]
    pub settings: Option<BaseSettings>,
}

fn bounded_change(_: &BaseChanges, fields: &mut Fields) {
    as_sent(fields);
}

impl Base {
    /// How it is set; what was stored was read once already.
    pub fn set(&self) -> BaseSettings {
        let fields = Fields::of_body(Value::Object(self.settings.0.clone()));
        let read = fields.and_then(Fields::read::<BaseSettings>);
        read.unwrap_or(BaseSettings {
            chunk_size: DEFAULT_SIZE,
            chunk_overlap: None,
            embedding_model: None,
            thresholds: None,
            voice: None,
        })
    }

    /// The settings as they are told: what was sent, and what holds where nothing was.
    pub fn told_settings(&self) -> Map<String, Value> {
        let set = self.set();
        let mut told = self.settings.0.clone();
        let mut tell = |name: &str, value: Value| {
            if told.get(name).is_none_or(Value::is_null) {
                told.insert(name.to_owned(), value);
            }
        };
        tell("chunk_size", json!(set.chunk_size));
        tell("chunk_overlap", json!(set.overlap()));
        tell("thresholds", json!(set.thresholds.unwrap_or_default()));
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: Value) -> kernel::Result<BaseSettings> {
        Fields::of_body(settings)?.read()
    }

    #[test]
    fn settings_have_bounds() {
        let usual = read(json!({})).unwrap();
        assert_eq!((usual.chunk_size, usual.overlap()), (1_000, 200));
        assert_eq!(read(json!({"chunk_size": 300})).unwrap().overlap(), 150);
        for wrong in [
            json!({"chunk_size": -1}),
            json!({"chunk_size": 99}),
            json!({"chunk_size": 200, "chunk_overlap": 101}),
            json!({"thresholds": {"answered": 0.5, "maybe": 0.9}}),
            json!({"thresholds": {"answered": -1}}),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
