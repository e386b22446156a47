//! What a document is, and how it goes from the file to its chunks.

use db::Json;
use input::Input;
use input::rule::{self, Problem, Rule};
use kernel::{Day, Id, Timestamp, WorkspaceId};
use mind::text::fold;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::BaseId;

#[doc(hidden)]
#[derive(Debug)]
pub enum DocumentMarker {}
/// A document of a knowledge base.
pub type DocumentId = Id<DocumentMarker>;

/// So many bytes of JSON the metadata of a document may have.
const MOST_METADATA: usize = 16 << 10;

/// Before this day nothing is dated.
pub(crate) const FIRST: Day = Day(0);

/// Where a document stands on its way from the file to its chunks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "DocumentStatus")]
pub enum Status {
    /// It is there, and waits to be read.
    #[word("pending")]
    Pending,
    /// It is being read.
    #[word("processing")]
    Processing,
    /// It can be searched.
    #[word("completed")]
    Completed,
    /// It could not be read; `error` says why.
    #[word("failed")]
    Failed,
}

/// What became known of a document while it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The encoding of a plain text, as it was found out or guessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The title that stands in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What its reader has to say of it: pages without a text, sheets that were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The model that made its vectors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedded_by: Option<String>,
}

/// A document, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "knowledge_documents", key(id), fixed(base_id, owner_id, created_at), compare(revision))]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// The base that it belongs to.
    pub base_id: BaseId,
    /// The hub whose it is.
    pub owner_id: WorkspaceId,
    /// Its title.
    #[row(also = "title_folded", from = Self::folded)]
    pub title: String,
    /// The name that its file came with.
    pub file_name: String,
    /// The name by which its file is kept.
    pub file: String,
    /// What kind of file it is: `pdf`, `markdown`.
    pub file_type: String,
    /// How large the file is.
    pub file_size_bytes: u64,
    /// The file's fingerprint, in hexadecimal.
    pub sha256: String,
    /// Whatever the coach keeps beside it.
    pub metadata: Json<Map<String, Value>>,
    /// Where it stands.
    pub status: Status,
    /// How far its reading is, from 0 to 100.
    pub percent: u32,
    /// Why it could not be read.
    pub error: Option<String>,
    /// Of which version the text and the chunks are that are shown; 0 before the first.
    pub version: i64,
    /// The number of the reading that was begun last.
    pub reading: i64,
    /// Counts every write, so that nobody writes over what another one wrote.
    pub revision: i64,
    /// How many chunks it has.
    pub chunk_count: u64,
    /// How many characters its text has.
    pub characters: u64,
    /// Its language: `en`, `es`; nothing if it is another one, or none can be told.
    pub language: Option<String>,
    /// What became known of it while it was read.
    pub about: Json<About>,
    /// Of when it is, if the coach said so: the newer of two that disagree counts.
    pub dated: Option<Timestamp>,
    /// From when on it should be looked at again.
    pub stale_after: Option<Timestamp>,
    /// When the coach was reminded of that.
    pub reminded_at: Option<Timestamp>,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was read, or could not be.
    pub processed_at: Option<Timestamp>,
}

impl Document {
    /// What lists are searched for: the title and the name of the file.
    fn folded(&self) -> String {
        fold(&format!("{} {}", self.title, self.file_name))
    }

    /// Of when it is: as the coach said, or else when it was uploaded.
    pub fn date(&self) -> Timestamp {
        self.dated.unwrap_or(self.created_at)
    }

    /// Is it past the day on which it should have been looked at again?
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.stale_after.is_some_and(|day| day <= now)
    }
}

/// Metadata: an object of JSON, or in a form the text of one.
pub(crate) fn metadata() -> impl Rule<Output = Map<String, Value>> {
    rule::rule(
        || json!({"type": "object", "additionalProperties": true}),
        |value, from_text| {
            let parsed = match value {
                Value::String(text) if from_text => serde_json::from_str(text)
                    .map_err(|_| Problem::new("wrong_format", "must be an object of JSON, such as {\"lesson\": 1}"))?,
                other => other.clone(),
            };
            rule::object(MOST_METADATA).read(&parsed, false)
        },
    )
}

/// A document to be uploaded.
#[derive(Clone, Debug, Input)]
#[input(
    name = "KnowledgeDocumentForm",
    file = "The document: PDF, DOCX, PPTX, XLSX, ODT, EPUB, HTML, Markdown, CSV, SRT, VTT or plain text."
)]
pub struct DocumentForm {
    /// Its title; without one the name of the file, or what is replaced keeps its own.
    #[input(text(300), example = "Handbook")]
    pub title: Option<String>,
    /// Whatever you keep beside it, as JSON.
    #[input(metadata())]
    pub metadata: Option<Map<String, Value>>,
    /// The document whose place it takes: that one keeps its id, and is found by its old text until the new one is there.
    #[input(id())]
    pub replaces: Option<DocumentId>,
    /// Of when it is. Where two documents disagree, the newer one counts; without a date, that is the one that was uploaded later.
    #[input(moment_or_day_from(FIRST))]
    pub dated: Option<Timestamp>,
    /// From when on it should be looked at again: you are reminded of it.
    #[input(moment_or_day_from(FIRST))]
    pub stale_after: Option<Timestamp>,
}

/// A change of a document: what is missing stays.
#[derive(Clone, Debug, Input)]
#[input(name = "KnowledgeDocumentChanges")]
pub struct DocumentChanges {
    /// Its title.
    #[input(text(300), not_null, example = "Habits")]
    pub title: Option<String>,
    /// Whatever you keep beside it: all of it, in place of what was.
    #[input(metadata())]
    pub metadata: Option<Option<Map<String, Value>>>,
    /// Of when it is; null is when it was uploaded.
    #[input(moment_or_day_from(FIRST))]
    pub dated: Option<Option<Timestamp>>,
    /// From when on it should be looked at again; null is never.
    #[input(moment_or_day_from(FIRST))]
    pub stale_after: Option<Option<Timestamp>>,
}
