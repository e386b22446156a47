//! Settings of knowledge.

use std::time::Duration;

use kernel::Variables;
use ports::counters::Quota;

/// How much may be uploaded, kept in memory and answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `DOCUMENT_BYTES`: how large a document may be.
    pub document_bytes: u64,
    /// `DOCUMENTS_PER_BASE`: how many documents a knowledge base may have,
    pub documents: u64,
    /// `KNOWLEDGE_BASES_PER_CREATOR`: and how many of those a creator may have.
    pub bases: u64,
    /// `KNOWLEDGE_INDEX_BYTES`: how much memory the indices of this process may take together.
    pub index_bytes: u64,
    /// `KNOWLEDGE_ANSWERS_PER_HOUR`: how many questions of members are answered for a creator in an hour.
    pub answers: u32,
    /// `KNOWLEDGE_GAPS_KEEP_DAYS`: for how long a question that nobody could answer is kept after it was last asked.
    pub gaps_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            document_bytes: 25 << 20,
            documents: 100_000,
            bases: 100,
            index_bytes: 1 << 30,
            answers: 5_000,
            gaps_days: 180,
        }
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        Self {
            document_bytes: from.number("DOCUMENT_BYTES", usual.document_bytes, 1024, 1 << 30),
            documents: from.number("DOCUMENTS_PER_BASE", usual.documents, 1, 1 << 40),
            bases: from.number("KNOWLEDGE_BASES_PER_CREATOR", usual.bases, 1, 1_000_000),
            index_bytes: from.number("KNOWLEDGE_INDEX_BYTES", usual.index_bytes, 1 << 20, 1 << 44),
            answers: from.number("KNOWLEDGE_ANSWERS_PER_HOUR", usual.answers, 1, 10_000_000),
            gaps_days: from.number("KNOWLEDGE_GAPS_KEEP_DAYS", usual.gaps_days, 1, 36_500),
        }
    }

    /// How many questions of members are answered for a creator.
    pub(crate) fn quota(&self) -> Quota {
        Quota { most: self.answers, per: Duration::from_secs(3_600) }
    }
}
