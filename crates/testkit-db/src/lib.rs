//! Fresh databases for tests, of both engines: a SQLite file in a temporary folder, and a database on a private PostgreSQL server.
//!
//! For tests only; a fault here panics.
#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a test that cannot have its database must fail")]

mod databases;
mod folder;
pub mod pg;

pub use databases::{FreshDb, engines, fresh_db, fresh_db_with};
pub use folder::TempFolder;

/// Makes one test story two tests, one per engine: `story::sqlite` and `story::postgres`. Where no PostgreSQL can be had, the second says so
/// and passes, unless `CI` or `INFLUENCERFLOW_REQUIRE_PG` is set.
///
/// ```ignore
/// testkit_db::on_both! {
///     async fn names_are_unique(fresh: FreshDb) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($fresh:ident: FreshDb) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, reason = "not every story needs its surroundings")]
            use super::*;

            async fn story($fresh: $crate::FreshDb) $body

            $(#[$meta])*
            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                story($crate::fresh_db(::db::Engine::Sqlite).await).await;
            }

            $(#[$meta])*
            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if $crate::engines().await.contains(&::db::Engine::Postgres) {
                    story($crate::fresh_db(::db::Engine::Postgres).await).await;
                }
            }
        }
    )*};
}
