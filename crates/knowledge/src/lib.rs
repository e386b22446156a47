//! What a coach knows: files become text, text becomes passages, and a question is answered by a passage that can be shown, or not at all.
//!
//! - A base belongs to one hub, a creator's own or a workspace's. What is another's is not there.
//! - A document is its file, its text and its chunks, which are ranges of the text. A reading writes under a number of its own and becomes
//!   the document's text in one statement, so nobody ever finds half of one ([`store::documents`]).
//! - A file is a row before it is stored, so that whatever dies in between is swept.
//! - What is found lies in memory, per base, and is as new as the base's version says ([`index`]).
//! - An answer quotes. Where a language model words it, each of its sentences is held against what it cites, and what is not borne out is
//!   dropped; below the lower threshold the model is not asked at all ([`ask`]).
//! - What nobody could answer is kept, alike questions together, for the coach to answer once. That answer is a correction: it outranks
//!   every document, can be cited, and keeps its history.
//! - Knowledge knows no member of an audience: `channels` ask it a question, and remember who asked.

pub mod ask;
pub mod chunker;
pub mod data;
pub mod disagree;
pub mod events;
pub mod index;
mod jobs;
mod library;
mod migrations;
pub mod model;
mod routes;
mod settings;
mod state;
pub mod store;
mod uploads;

pub use ask::{Answer, AskQuestion, Citation, Said, Speaker};
pub use data::Owners;
pub use jobs::jobs;
pub use migrations::MIGRATIONS;
pub use model::{BaseId, CorrectionId, DocumentId, GapId, Outcome, QuestionId};
pub use routes::router;
pub use settings::Settings;
pub use state::{Knowledge, Parts};

/// Does what takes long on a thread where nobody waits for it.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> kernel::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(kernel::Error::internal)
}

/// All of it, for the server.
pub fn slice(of: &Knowledge) -> http_base::Slice {
    let gauged = of.clone();
    http_base::Slice::new("knowledge", router(of.clone())).jobs(jobs(of)).data(data::kept(of.owners())).gauges(
        move || {
            let of = gauged.clone();
            async move {
                let (bases, bytes) = of.indices_held();
                metrics::gauge!("knowledge_indices").set(bases as f64);
                metrics::gauge!("knowledge_index_bytes").set(bytes as f64);
            }
        },
    )
}
